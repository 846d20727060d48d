//! What a Git repository says of itself, read from its files: which commit, how fresh, and what it holds.
//!
//! No `git` is started: a call costs more than a whole check. Nothing here is an error either: a registry
//! needs no repository, and where anything is odd the answer is None. Only what no check needs ([`tags`],
//! [`identity`], [`is_dirty`]) asks the program, and what looks at another commit than the one that is checked out:
//! [`Objects`]. Acts that are shared go through a [`Checkout`].

#![expect(clippy::disallowed_methods, reason = "a door: it reads the files of a Git repository")]

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use chrono::DateTime;

mod batch;
mod between;
mod bring;
mod checkout;
mod commit_tree;
mod contents;
mod errand;
mod far;
mod folder;
mod graph;
mod identity;
mod index;
mod kept;
mod merged;
mod objects;
mod parts;
mod program;
mod tags;

pub use bring::Rest;
pub use checkout::{Checkout, Stand, Upstream, has_remote};
pub use commit_tree::CommitTree;
pub use contents::{Blob, BlobError, BlobKind, Differing};
pub use errand::Failed;
pub use far::{Far, Pushed};
pub use graph::{Differs, Done, TRAILER};
pub use identity::{identity, is_dirty, uncommitted};
pub use merged::merged_by;
pub use objects::{Commit, Objects, ObjectsError};
pub use parts::{Held, Made, Part};
pub use tags::{Tagging, TagsUnread, tags, work_tree};

use crate::model::Time;

/// How often a reference may point to another one.
const LONGEST_CHAIN: usize = 5;
/// Beyond this, a file of Git's is not what we take it for. Packed references can be many.
const LARGEST: u64 = 64 * 1024 * 1024;
/// How much of the end of a reference log is read: some hundred entries.
const LAST_ENTRIES: u64 = 64 * 1024;

/// The folders that a repository's state lies in.
#[derive(Debug, Clone)]
pub struct Repository {
    /// Where `HEAD` lies; of one work tree, when there are several.
    own: PathBuf,
    /// Where the references lie that all work trees share.
    common: PathBuf,
    /// What stands in `HEAD`.
    head: String,
    /// The folder whose files it holds.
    work: PathBuf,
}

impl Repository {
    /// The repository that `folder` lies in: the nearest one upwards.
    pub fn around(folder: &Path) -> Option<Repository> {
        let folder = fs::canonicalize(folder).ok()?;
        folder.ancestors().find_map(|folder| Repository::at(&folder.join(".git")))
    }

    /// The repository of a `.git`: a folder, or a file that says where the folder is.
    fn at(git: &Path) -> Option<Repository> {
        let work = git.parent()?;
        if let Some(head) = text(&git.join("HEAD")) {
            return Some(Repository::open(git.to_owned(), head, work));
        }
        let link = text(git)?;
        let own = work.join(link.strip_prefix("gitdir:")?.trim());
        let head = text(&own.join("HEAD"))?;
        Some(Repository::open(own, head, work))
    }

    /// The folder whose files it holds.
    pub fn work(&self) -> &Path {
        &self.work
    }

    fn open(own: PathBuf, head: String, work: &Path) -> Repository {
        let common = text(&own.join("commondir")).map_or_else(|| own.clone(), |path| own.join(path.trim()));
        Repository { own, common, head, work: work.to_owned() }
    }

    /// Whether a file is of the repository, or is to be with the next commit. What can't be told counts as no.
    pub fn tracks(&self, file: &Path) -> bool {
        let folder = file.parent().and_then(|folder| fs::canonicalize(folder).ok());
        let Some((folder, name)) = folder.zip(file.file_name()) else { return false };
        let path = folder.join(name);
        let Some(path) = path.strip_prefix(&self.work).ok().and_then(Path::to_str) else { return false };
        let path = path.replace(std::path::MAIN_SEPARATOR, "/");
        let mut index = Vec::new();
        let read =
            File::open(self.own.join("index")).and_then(|file| file.take(LARGEST).read_to_end(&mut index));
        let hash = self.revision().map_or(20, |id| id.len() / 2);
        read.is_ok() && index::holds(&index, path.as_bytes(), hash) == Some(true)
    }

    /// Whether another is the same, perhaps with a work tree of its own.
    pub fn is_same(&self, other: &Repository) -> bool {
        let real = |path: &Path| fs::canonicalize(path).ok();
        real(&self.common).is_some_and(|common| real(&other.common) == Some(common))
    }

    /// The commit that `HEAD` stands on.
    pub fn revision(&self) -> Option<String> {
        let mut content = self.head.clone();
        for _ in 0..LONGEST_CHAIN {
            let Some(name) = content.strip_prefix("ref:") else { return commit(&content) };
            let name = name.trim().to_owned();
            if !is_reference(&name) {
                return None;
            }
            match text(&self.own.join(&name)).or_else(|| text(&self.common.join(&name))) {
                Some(next) => content = next,
                None => return self.packed(&name),
            }
        }
        None
    }

    /// The commit of a reference that was packed away.
    fn packed(&self, name: &str) -> Option<String> {
        let packed = text(&self.common.join("packed-refs"))?;
        let of_name =
            |line: &str| line.split_once(' ').filter(|(_, of)| *of == name).and_then(|(id, _)| commit(id));
        packed.lines().find_map(of_name)
    }

    /// When it was fetched, cloned, or committed to last.
    pub fn refreshed(&self) -> Option<Time> {
        let fetched = Repository::fetched(&self.own).max(Repository::fetched(&self.common));
        // To be cloned is the only one of its times that a linked work tree shares.
        let cloned = if self.own == self.common { None } else { renewed(&self.common, &["clone"]) };
        fetched.max(renewed(&self.own, &RENEWALS)).max(cloned)
    }

    /// When a fetch brought something here last. A fetch that fails leaves an empty file behind.
    ///
    /// Each work tree has its own, and what one of them fetches, all have.
    fn fetched(folder: &Path) -> Option<Time> {
        let file = fs::metadata(folder.join("FETCH_HEAD")).ok().filter(|file| file.len() > 0)?;
        file.modified().ok().map(Time::from)
    }
}

/// The time of the last entry in the log of `HEAD` that brought something new by one of these acts.
fn renewed(folder: &Path, acts: &[&str]) -> Option<Time> {
    let mut file = File::open(folder.join("logs/HEAD")).ok()?;
    let start = file.metadata().ok()?.len().saturating_sub(LAST_ENTRIES);
    file.seek(SeekFrom::Start(start)).ok()?;
    let mut end = Vec::new();
    file.take(LAST_ENTRIES).read_to_end(&mut end).ok()?;
    // Where the reading begins in the midst of the file, the first line may be a part of one.
    let text = String::from_utf8_lossy(&end);
    text.lines().skip(usize::from(start > 0)).filter_map(|line| renewal(line, acts)).last()
}

/// The acts that bring something new, as the log of `HEAD` calls them. To check out another branch, or to
/// reset this one, makes no registry fresher.
const RENEWALS: [&str; 8] = ["commit", "clone", "pull", "merge", "rebase", "cherry-pick", "revert", "am"];

/// The time of an entry, if its act brought something new: `commit (amend): …`, `pull: …`, `merge topic: …`.
fn renewal(line: &str, acts: &[&str]) -> Option<Time> {
    let (_, message) = line.split_once('\t')?;
    let act = message.split([' ', ':']).next()?;
    acts.contains(&act).then(|| entry_time(line)).flatten()
}

/// The time in `<old> <new> Name <e-mail> 1795000000 +0100\tmessage`.
fn entry_time(line: &str) -> Option<Time> {
    let (who, _) = line.split_once('\t').unwrap_or((line, ""));
    let (_, when) = who.rsplit_once("> ")?;
    let seconds = when.split(' ').next()?.parse().ok()?;
    DateTime::from_timestamp(seconds, 0)
}

/// A commit's id: SHA-1 or SHA-256 in hexadecimal.
fn commit(text: &str) -> Option<String> {
    let id = text.trim();
    let fits = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| id.to_ascii_lowercase())
}

/// Whether a name is a reference's, and leads nowhere else.
fn is_reference(name: &str) -> bool {
    name.starts_with("refs/") && !name.split('/').any(|part| matches!(part, "" | "." | ".."))
}

/// A small text file; None when it isn't one.
fn text(path: &Path) -> Option<String> {
    let mut out = String::new();
    File::open(path).ok()?.take(LARGEST).read_to_string(&mut out).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests;
