//! What two commits hold, whole and side by side: every file by its path, and which differ.
//!
//! Git says which in one call, and the bytes come through the one `cat-file` that serves all else.

use std::io::{self, Read};

use super::batch::{Header, Unread};
use super::folder::{Id, is_full};
use super::objects::{Commit, Objects, ObjectsError};
use super::program::{Unanswered, ask};

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Which kind of thing it is.
    pub kind: BlobKind,
    /// Where it is kept; of a submodule, its commit.
    pub id: String,
}

/// The kinds of things at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlobKind {
    /// A file.
    File,
    /// A symbolic link: what is kept is where it leads.
    Link,
    /// Another repository.
    Submodule,
}

/// A path that isn't the same in two commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// From the top of the repository, with `/` between the parts.
    pub path: String,
    /// What stood there; None: nothing.
    pub before: Option<Blob>,
    /// What stands there then.
    pub after: Option<Blob>,
}

/// Why a blob isn't there to be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// It isn't in this clone.
    #[error("its content isn't in this clone (git fetch --refetch --no-filter brings it)")]
    NotHere,
    /// It has more bytes than wanted.
    #[error("it is too large to be read")]
    TooLarge,
    /// Git says why.
    #[error("git can't read it: {0}")]
    Refused(String),
}

impl Objects {
    /// What differs between two commits. Of `paths`, which Git understands as seen from the folder that was opened,
    /// none: everywhere in the repository.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn differing(
        &self,
        before: &Commit,
        after: &Commit,
        paths: &[String],
    ) -> Result<Vec<Differing>, ObjectsError> {
        let folder = self.top().join(self.prefix());
        // The folder needn't be checked out.
        let folder = if folder.is_dir() { folder.as_path() } else { self.top() };
        let mut arguments = vec!["diff-tree", "-r", "-z", "--no-renames", &before.id, &after.id, "--"];
        arguments.extend(paths.iter().map(String::as_str));
        let said = ask(folder, &arguments).map_err(|unanswered| self.unanswered(unanswered))?;
        let mut parts = said.split('\0').filter(|part| !part.is_empty());
        let mut differing = Vec::new();
        while let (Some(line), Some(path)) = (parts.next(), parts.next()) {
            let (before, after) = sides(line).ok_or_else(|| self.odd(line))?;
            differing.push(Differing { path: path.to_owned(), before, after });
        }
        Ok(differing)
    }

    /// Every file of a commit, by its path from the top of the repository.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn contents(&self, commit: &Commit) -> Result<Vec<(String, Blob)>, ObjectsError> {
        let said = ask(self.top(), &["ls-tree", "-r", "-z", "--full-tree", &commit.id]);
        let said = said.map_err(|unanswered| self.unanswered(unanswered))?;
        let lines = said.split('\0').filter(|line| !line.is_empty());
        let entry = |line: &str| {
            let entry = line.split_once('\t').and_then(|(what, path)| {
                let mut words = what.split(' ');
                Some((path.to_owned(), blob(words.next()?, words.nth(1)?)?))
            });
            entry.ok_or_else(|| self.odd(line))
        };
        lines.map(entry).collect()
    }

    /// Whether a commit has something at a path from the top of the repository.
    ///
    /// # Errors
    /// When Git can't be asked.
    pub fn has(&self, commit: &Commit, path: &str) -> Result<bool, ObjectsError> {
        match self.batch.ask(&format!("{}:{path}", commit.id), |_, _| io::Result::Ok(())) {
            Ok(()) => Ok(true),
            Err(Unread::Failed(unanswered)) => Err(self.unanswered(unanswered)),
            Err(_) => Ok(false),
        }
    }

    /// The bytes of a file, or where a link leads; at most so many.
    ///
    /// # Errors
    /// When there are more, or they aren't here.
    pub fn bytes(&self, blob: &Blob, most: u64) -> Result<Vec<u8>, BlobError> {
        unpacked(self.batch.ask(&blob.id, |header, bytes| taken(header, bytes, most)))
    }

    /// The same for many, in their order, with Git and us at work side by side.
    pub fn bytes_of_each(&self, blobs: &[&Blob], most: u64) -> Vec<Result<Vec<u8>, BlobError>> {
        let ids: Vec<Option<Id>> = blobs.iter().map(|blob| Id::parse(&blob.id)).collect();
        let asked: Vec<Id> = ids.iter().copied().flatten().collect();
        let answers = self.batch.ask_each(&asked, |header, bytes| taken(header, bytes, most));
        let mut answers = answers.into_iter();
        let answer = |id: Option<Id>| id.and_then(|_| answers.next()).unwrap_or(Err(Unread::Missing));
        ids.into_iter().map(answer).map(unpacked).collect()
    }

    /// What a commit's message says, and those of all that lead from one commit to another.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn messages(&self, from: &Commit, to: &Commit) -> Result<Vec<String>, ObjectsError> {
        let range = format!("{}..{}", from.id, to.id);
        let said = ask(self.top(), &["log", "-z", "--format=%B", "--max-count=1000", &range, "--"]);
        let said = said.map_err(|unanswered| self.unanswered(unanswered))?;
        Ok(said.split('\0').map(|message| message.trim().to_owned()).collect())
    }

    fn odd(&self, line: &str) -> ObjectsError {
        let says = format!("an answer that isn't understood: {}", line.escape_debug());
        self.unanswered(Unanswered::Refused(says))
    }
}

/// The bytes of an object; None: there are more than so many.
fn taken(header: Header, bytes: &mut dyn Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    if header.size > most {
        return Ok(None);
    }
    let mut taken = Vec::with_capacity(usize::try_from(header.size).unwrap_or_default());
    bytes.read_to_end(&mut taken)?;
    Ok(Some(taken))
}

fn unpacked(answer: Result<Option<Vec<u8>>, Unread>) -> Result<Vec<u8>, BlobError> {
    match answer {
        Ok(bytes) => bytes.ok_or(BlobError::TooLarge),
        Err(Unread::Missing | Unread::Ambiguous) => Err(BlobError::NotHere),
        Err(Unread::Failed(Unanswered::NoGit)) => Err(BlobError::Refused("it is not installed".into())),
        Err(Unread::Failed(Unanswered::Refused(says))) => Err(BlobError::Refused(says)),
    }
}

/// The two sides of `:MODE MODE ID ID STATUS`.
fn sides(line: &str) -> Option<(Option<Blob>, Option<Blob>)> {
    let mut words = line.strip_prefix(':')?.split(' ');
    let (mode_before, mode_after) = (words.next()?, words.next()?);
    let (before, after) = (words.next()?, words.next()?);
    let side = |mode: &str, id: &str| match mode {
        "000000" => Some(None),
        mode => blob(mode, id).map(Some),
    };
    Some((side(mode_before, before)?, side(mode_after, after)?))
}

fn blob(mode: &str, id: &str) -> Option<Blob> {
    let kind = match mode {
        "120000" => BlobKind::Link,
        "160000" => BlobKind::Submodule,
        _ => BlobKind::File,
    };
    is_full(id).then(|| Blob { kind, id: id.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_git_say_what_stood_there_and_what_stands() {
        let (zero, one, two) = ("0".repeat(40), "1".repeat(40), "2".repeat(40));
        let file = |id: &str| Some(Blob { kind: BlobKind::File, id: id.to_owned() });
        for (line, want) in [
            (format!(":100644 100755 {one} {two} M"), Some((file(&one), file(&two)))),
            (format!(":000000 100644 {zero} {two} A"), Some((None, file(&two)))),
            (format!(":100644 000000 {one} {zero} D"), Some((file(&one), None))),
            (
                format!(":120000 160000 {one} {two} T"),
                Some((
                    Some(Blob { kind: BlobKind::Link, id: one.clone() }),
                    Some(Blob { kind: BlobKind::Submodule, id: two.clone() }),
                )),
            ),
            (format!("100644 100644 {one} {two} M"), None),
            (":100644 100644 123 456 M".into(), None),
            (String::new(), None),
        ] {
            assert_eq!(sides(&line), want, "{line}");
        }
    }
}
