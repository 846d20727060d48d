//! What was committed, of a registry's folder: [`Objects::commit`] finds the commit that somebody names,
//! [`Objects::tree`] is the folder as it was there.
//!
//! One `git cat-file --batch` serves it all (`batch.rs`), started with the first question; only an error asks more.
//! An [`Objects`] isn't shared between threads: each opens its own.

use std::cell::RefCell;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::batch::{Batch, Header, Kind, Unread};
use super::commit_tree::{CommitTree, Held};
use super::folder::{Id, is_full, tree_of_commit};
use super::kept::Kept;
use super::program::{Unanswered, ask};
use super::{Repository, fs};

/// A commit or a tag with more to say than this is none that we read.
const LARGEST_COMMIT: u64 = 16 * 1024 * 1024;
/// How alike a name must be, from 0 to 1, to be offered in place of another.
const ALIKE: f64 = 0.6;

/// A repository, for whoever reads what was committed of one of its folders.
#[derive(Debug)]
pub struct Objects {
    pub(super) batch: Batch,
    pub(super) kept: RefCell<Kept>,
    repository: Repository,
    /// The folder's names below the top of the repository.
    prefix: Vec<String>,
}

/// A commit that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its whole id, in hexadecimal.
    pub id: String,
    /// The top folder that it holds.
    pub(super) tree: Id,
}

/// Why nothing can be read of a commit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectsError {
    /// There is no such program.
    #[error("`git` is not installed, or not in PATH")]
    NoGit,
    /// The folder lies in no repository.
    #[error("`{0}` is in no Git repository")]
    NoRepository(String),
    /// Nothing has this name.
    #[error("no revision `{rev}` in `{repository}`")]
    NoRevision {
        /// What was asked for.
        rev: String,
        /// Where.
        repository: String,
        /// The branch or tag that is nearest by name.
        nearest: Option<String>,
    },
    /// It is the id of a commit, and that commit isn't here.
    #[error("commit {id} isn't in `{repository}`")]
    NotHere {
        /// Which one.
        id: String,
        /// Where.
        repository: String,
        /// The history was cut off when it was cloned.
        shallow: bool,
    },
    /// Several objects begin like this.
    #[error("`{0}` is the beginning of several objects' ids")]
    Ambiguous(String),
    /// It is there, and is something else.
    #[error("`{rev}` is a {kind}, not a commit")]
    NotACommit {
        /// What was asked for.
        rev: String,
        /// What it is.
        kind: &'static str,
    },
    /// Git says why.
    #[error("git can't read `{repository}`: {says}")]
    Refused {
        /// Where.
        repository: String,
        /// Git's first line.
        says: String,
    },
}

impl ObjectsError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            ObjectsError::NoGit => "install Git: what was committed is read by it".into(),
            ObjectsError::NoRepository(_) => {
                "name a registry in a clone with --registry, or stand in one; in a folder without Git there is only \
                 what stands there now"
                    .into()
            }
            ObjectsError::NoRevision { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            ObjectsError::NoRevision { .. } => {
                "name a branch, a tag or a commit of this repository: git log --oneline -n 20; what others have \
                 pushed is here after: git fetch --tags"
                    .into()
            }
            ObjectsError::NotHere { shallow: true, .. } => {
                "this clone is shallow; the rest of its history comes with: git fetch --unshallow".into()
            }
            ObjectsError::NotHere { .. } => {
                "it was never published, or isn't fetched yet: git fetch --all --tags".into()
            }
            ObjectsError::Ambiguous(_) => "write more of the id: git log --oneline -n 20".into(),
            ObjectsError::NotACommit { .. } => "name a commit, or a branch or tag that leads to one".into(),
            ObjectsError::Refused { .. } => return None,
        })
    }
}

impl Objects {
    /// Of the repository around a registry's folder, which needn't be there any more: it may stand in a commit only.
    ///
    /// # Errors
    /// When the folder lies in no repository.
    pub fn open(folder: &Path) -> Result<Objects, ObjectsError> {
        let none = || ObjectsError::NoRepository(folder.to_string_lossy().into_owned());
        let (there, gone) = place(folder).ok_or_else(none)?;
        let repository = Repository::around(&there).ok_or_else(none)?;
        let inside = there.strip_prefix(&repository.work).map_err(|_| none())?;
        let prefix = names(inside).zip(names(&gone)).map(|(inside, gone)| [inside, gone].concat());
        Ok(Objects {
            batch: Batch::new(repository.work.clone()),
            kept: RefCell::default(),
            prefix: prefix.ok_or_else(none)?,
            repository,
        })
    }

    /// The commit that somebody names: by id, branch, tag, `HEAD~3`, or whatever else Git understands.
    ///
    /// # Errors
    /// When there is none, or Git can't be asked.
    pub fn commit(&self, rev: &str) -> Result<Commit, ObjectsError> {
        let rev = rev.trim();
        if rev.contains(|c: char| c.is_control()) {
            return Err(self.none(rev));
        }
        // A tag leads to what was tagged, which may be a tag again; Git peels that, once the name is an id.
        let (header, bytes) = self.named(rev, rev)?;
        let (header, bytes) = match header.kind {
            Kind::Tag => self.named(&format!("{}^{{}}", header.id), rev)?,
            _ => (header, bytes),
        };
        let kind = match header.kind {
            Kind::Commit => "commit",
            Kind::Tree => "folder",
            Kind::Blob => "file",
            Kind::Tag => "tag",
        };
        let tree = (header.kind == Kind::Commit).then(|| tree_of_commit(&bytes)).flatten();
        let tree = tree.ok_or_else(|| ObjectsError::NotACommit { rev: rev.to_owned(), kind })?;
        Ok(Commit { id: header.id.to_string(), tree })
    }

    /// The registry's folder as it was in a commit.
    pub fn tree(&self, commit: &Commit) -> CommitTree<'_> {
        CommitTree::new(Held::Lent(self), commit)
    }

    /// The same, for whoever keeps nothing but the tree.
    pub fn into_tree(self, commit: &Commit) -> CommitTree<'static> {
        CommitTree::new(Held::Own(Box::new(self)), commit)
    }

    /// Another one of the same folder, for another thread. Nothing is started yet.
    pub fn another(&self) -> Objects {
        let batch = Batch::new(self.repository.work.clone());
        let (repository, prefix) = (self.repository.clone(), self.prefix.clone());
        Objects { batch, kept: RefCell::default(), repository, prefix }
    }

    /// The repository.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// The top of the repository.
    pub(super) fn top(&self) -> &Path {
        &self.repository.work
    }

    /// Whether the history was cut off when it was cloned.
    pub fn is_shallow(&self) -> bool {
        fs::metadata(self.repository.common.join("shallow")).is_ok()
    }

    /// Why Git gives no answer.
    pub(super) fn unanswered(&self, unanswered: Unanswered) -> ObjectsError {
        match unanswered {
            Unanswered::NoGit => ObjectsError::NoGit,
            Unanswered::Refused(says) => ObjectsError::Refused { repository: self.called(), says },
        }
    }

    /// The registry's folder below the top of the repository: `""`, `ops/registry`.
    pub fn prefix(&self) -> String {
        self.prefix.join("/")
    }

    /// The names that the prefix is made of.
    pub(super) fn prefix_names(&self) -> &[String] {
        &self.prefix
    }

    /// What an object is that somebody names, with the bytes of a commit.
    fn named(&self, name: &str, rev: &str) -> Result<(Header, Vec<u8>), ObjectsError> {
        let read = |header: Header, bytes: &mut dyn Read| {
            let mut taken = Vec::new();
            if header.kind == Kind::Commit && header.size <= LARGEST_COMMIT {
                bytes.read_to_end(&mut taken)?;
            }
            io::Result::Ok((header, taken))
        };
        self.batch.ask(name, read).map_err(|unread| match unread {
            Unread::Missing => self.none(rev),
            Unread::Ambiguous => ObjectsError::Ambiguous(rev.to_owned()),
            Unread::Failed(unanswered) => self.unanswered(unanswered),
        })
    }

    /// Why there is nothing of this name.
    fn none(&self, rev: &str) -> ObjectsError {
        let (rev, repository) = (rev.to_owned(), self.called());
        if is_full(&rev) {
            return ObjectsError::NotHere { id: rev, repository, shallow: self.is_shallow() };
        }
        let nearest = self.nearest(&rev);
        ObjectsError::NoRevision { rev, repository, nearest }
    }

    /// The branch or tag whose name is most like this one.
    fn nearest(&self, rev: &str) -> Option<String> {
        let listed = ask(&self.repository.work, &["for-each-ref", "--format=%(refname:short)"]).ok()?;
        let alike = |name: &&str| strsim::normalized_damerau_levenshtein(rev, name);
        let nearest = listed.lines().max_by(|one, other| alike(one).total_cmp(&alike(other)))?;
        (alike(&nearest) >= ALIKE).then(|| nearest.to_owned())
    }

    /// How the repository is called.
    fn called(&self) -> String {
        self.repository.work.to_string_lossy().into_owned()
    }
}

/// The nearest folder upwards that is there, links resolved, and what is missing below it.
fn place(folder: &Path) -> Option<(PathBuf, PathBuf)> {
    let folder = std::path::absolute(folder).ok()?;
    folder.ancestors().find_map(|there| {
        let gone = folder.strip_prefix(there).ok()?;
        fs::canonicalize(there).ok().map(|there| (there, gone.to_owned()))
    })
}

/// The names of a path that only goes down.
fn names(path: &Path) -> Option<Vec<String>> {
    let name = |part: Component<'_>| match part {
        Component::Normal(name) => name.to_str().map(str::to_owned),
        _ => None,
    };
    path.components().map(name).collect()
}
