//! The tags of a repository, asked of the `git` program.
//!
//! Only for acts that a person waits for: a check never starts a program. Git is asked so that it neither
//! waits for an answer, nor goes to the network, nor starts what the repository's configuration names.

use std::path::{Path, PathBuf};

use chrono::DateTime;

use super::program::{Unanswered, ask};
use crate::import::tags::{Tag, Target};
use crate::model::Time;

/// What is asked of each tag, with NUL between, which no field holds.
const FIELDS: &str = "--format=%(refname)%00%(objectname)%00%(objecttype)%00%(*objectname)%00%(*objecttype)\
                      %00%(creatordate:unix)%00%(*committerdate:unix)";

/// The tags of a repository, and what is to be known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagging {
    /// By name.
    pub tags: Vec<Tag>,
    /// Its history was cut off when it was cloned; tags of older commits may be missing.
    pub shallow: bool,
    /// The repository's name: that of its folder.
    pub name: Option<String>,
}

/// Why the tags can't be read.
#[derive(Debug, thiserror::Error)]
pub enum TagsUnread {
    /// There is no such program.
    #[error("`git` is not installed, or not in PATH")]
    NoGit,
    /// Not a folder.
    #[error("no folder `{0}`")]
    NoFolder(String),
    /// Git says why.
    #[error("git can't read `{repository}`: {says}")]
    Refused {
        /// Which repository.
        repository: String,
        /// Git's first line.
        says: String,
    },
}

impl TagsUnread {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            TagsUnread::NoGit => "install Git, or leave out --from-tags",
            TagsUnread::NoFolder(_) => {
                "give the folder of a repository; one that is elsewhere is cloned first: git clone --bare URL"
            }
            TagsUnread::Refused { .. } => "give a Git repository, with its tags: git fetch --tags",
        }
    }
}

/// Reads all tags of the repository in (or around) a folder; a bare one will do.
///
/// # Errors
/// When there is no Git, no repository, or Git refuses to read it.
pub fn tags(repository: &Path) -> Result<Tagging, TagsUnread> {
    if !repository.is_dir() {
        return Err(TagsUnread::NoFolder(repository.to_string_lossy().into_owned()));
    }
    let about = git(repository, &["rev-parse", "--is-shallow-repository", "--absolute-git-dir"])?;
    let (shallow, folder) = about.split_once('\n').unwrap_or((&about, ""));
    let list = git(repository, &["for-each-ref", FIELDS, "refs/tags"])?;
    Ok(Tagging {
        tags: list.lines().filter_map(tag).collect(),
        shallow: shallow.trim() == "true",
        name: name(Path::new(folder.trim_end_matches('\n'))),
    })
}

/// The nearest folder from `folder` upwards that is a repository's work tree. The folder must be there.
pub fn work_tree(folder: &Path) -> Option<PathBuf> {
    let folder = std::fs::canonicalize(folder).ok()?;
    folder
        .ancestors()
        .find(|folder| super::Repository::at(&folder.join(".git")).is_some())
        .map(Path::to_owned)
}

/// The name of a repository by its Git folder: `shop/.git`, `shop.git`.
fn name(folder: &Path) -> Option<String> {
    let own = folder.file_name()?.to_string_lossy().into_owned();
    let name = if own == ".git" { folder.parent()?.file_name()?.to_string_lossy().into_owned() } else { own };
    Some(name.strip_suffix(".git").map(str::to_owned).unwrap_or(name))
}

/// What Git says to standard output.
fn git(repository: &Path, arguments: &[&str]) -> Result<String, TagsUnread> {
    ask(repository, arguments).map_err(|unanswered| match unanswered {
        Unanswered::NoGit => TagsUnread::NoGit,
        Unanswered::Refused(says) => {
            TagsUnread::Refused { repository: repository.to_string_lossy().into_owned(), says }
        }
    })
}

/// One line of the list.
fn tag(line: &str) -> Option<Tag> {
    let fields: Vec<&str> = line.split('\0').collect();
    let [name, id, kind, peeled_id, peeled, made, committed] = &fields[..] else { return None };
    // An annotated tag is an object of its own; what it leads to stands behind it.
    let (id, kind) = if *kind == "tag" { (peeled_id, peeled) } else { (id, kind) };
    let target = match *kind {
        "commit" => Target::Commit((*id).to_owned()),
        other => Target::Other(other.to_owned()),
    };
    let at = seconds(made).or_else(|| seconds(committed));
    Some(Tag { name: name.strip_prefix("refs/tags/")?.to_owned(), at, target })
}

fn seconds(text: &str) -> Option<Time> {
    DateTime::from_timestamp(text.parse().ok()?, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_tag_whatever_kind_it_is_of() {
        let light = tag("refs/tags/a/v1\0c1\0commit\0\0\x001795000000\0").unwrap();
        assert_eq!((&*light.name, light.target), ("a/v1", Target::Commit("c1".into())));
        assert_eq!(light.at.unwrap().timestamp(), 1_795_000_000);
        let annotated = tag("refs/tags/v1\0t1\0tag\0c1\0commit\0\x001795000000").unwrap();
        assert_eq!(annotated.target, Target::Commit("c1".into()));
        assert!(annotated.at.is_some(), "without a tagger, the commit's date counts");
        let tree = tag("refs/tags/v1\0t1\0tree\0\0\0\0").unwrap();
        assert_eq!((tree.target, tree.at), (Target::Other("tree".into()), None));
        assert_eq!(tag("nonsense"), None);
    }

    #[test]
    fn a_repository_is_called_as_its_folder() {
        for (folder, want) in [("/a/shop/.git", "shop"), ("/a/shop.git", "shop"), ("/a/mirror", "mirror")] {
            assert_eq!(name(Path::new(folder)).as_deref(), Some(want));
        }
        assert_eq!(name(Path::new("/.git")), None);
    }

    #[test]
    fn what_is_no_repository_is_said() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(tags(&folder.path().join("none")), Err(TagsUnread::NoFolder(_))));
        let error = tags(folder.path()).unwrap_err();
        assert!(error.to_string().contains("not a git repository"), "{error}");
    }
}
