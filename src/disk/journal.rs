//! The journal of an act: everything that it writes, in one file, so that it can be brought to its end by whoever
//! comes next.
//!
//! A line says `holdpoint-journal 1` and the SHA-256 of all that follows; then comes each piece: a line of JSON that
//! says what it is, and its bytes as they are. The journal knows what stood there before by its hash, so that what is
//! done already can be told from what somebody else has changed. Nothing is read or written here: see [`super::fit`]
//! and [`super::work`].

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::registry::{Change, Changes};

/// The file, in the registry's folder.
pub const JOURNAL: &str = ".holdpoint-journal";

/// The longest journal that is written, or read: some of the largest files that a registry may have.
pub(super) const MAX_JOURNAL: usize = 4 * crate::registry::MAX_FILE;

/// How its first line begins. A newer format is never guessed at.
const HEAD: &str = "holdpoint-journal 1 ";

/// What an act writes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Journal {
    /// Files to be replaced, made and deleted, in this order.
    pub files: Vec<Piece>,
    /// Lines for the record.
    pub lines: Vec<Lines>,
}

/// What becomes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its path inside the registry.
    pub path: String,
    /// The hash of what stood there; None: nothing.
    pub before: Option<String>,
    /// What is to stand there; None: nothing.
    pub after: Option<Vec<u8>>,
}

/// Lines that are put at the end of a file of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lines {
    /// Its path inside the registry.
    pub file: String,
    /// Where it ended before; None: it wasn't there.
    pub end: Option<Ending>,
    /// The lines.
    pub bytes: Vec<u8>,
}

/// Where a file ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ending {
    /// Its length.
    pub at: u64,
    /// The hash of its last [`LOOKED_AT`] bytes, or of all if it has fewer.
    pub hash: String,
}

/// How much of the end of a file of the record is looked at to know it again.
pub(super) const LOOKED_AT: usize = 4096;

impl Lines {
    /// How long the file was.
    pub fn at(&self) -> u64 {
        self.end.as_ref().map_or(0, |end| end.at)
    }
}

impl Journal {
    /// Of these changes. What stands beside the main file comes last, and with it a new registry.
    pub fn of(changes: &Changes, lines: Vec<Lines>) -> Journal {
        let piece = |(path, change): (&String, &Change)| Piece {
            path: path.clone(),
            before: change.before.as_deref().map(hash),
            after: change.after.clone(),
        };
        let (outside, inside): (Vec<_>, Vec<_>) =
            changes.files().iter().partition(|(path, _)| !path.contains('/'));
        Journal { files: inside.into_iter().chain(outside).map(piece).collect(), lines }
    }

    /// Whether it is a single file or a single line, which is there whole or not at all by itself.
    pub fn is_single(&self) -> bool {
        let lines = self.lines.iter().flat_map(|lines| &lines.bytes).filter(|byte| **byte == b'\n').count();
        self.files.len() + lines <= 1
    }

    /// Every path that it speaks of.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let files = self.files.iter().map(|piece| piece.path.as_str());
        files.chain(self.lines.iter().map(|lines| lines.file.as_str()))
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// When something can't be written as JSON.
    pub fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut body = Vec::new();
        let mut put = |says: &Says<'_>, bytes: &[u8]| -> Result<(), serde_json::Error> {
            serde_json::to_writer(&mut body, says)?;
            body.push(b'\n');
            body.extend_from_slice(bytes);
            body.push(b'\n');
            Ok(())
        };
        for Piece { path, before, after } in &self.files {
            let before = before.as_deref().map(Into::into);
            let bytes = after.as_deref();
            put(
                &Says::File { path: path.into(), before, bytes: bytes.map(<[u8]>::len) },
                bytes.unwrap_or(b""),
            )?;
        }
        for Lines { file, end, bytes } in &self.lines {
            put(&Says::Lines { path: file.into(), end: end.clone(), bytes: bytes.len() }, bytes)?;
        }
        let mut all = format!("{HEAD}{}\n", hash(&body)).into_bytes();
        all.extend(body);
        Ok(all)
    }

    /// Reads such a file.
    ///
    /// # Errors
    /// In words, when it is none of this format, or not whole.
    pub fn decode(bytes: &[u8]) -> Result<Journal, String> {
        let spoilt = || "it isn't as it was written".to_owned();
        let (head, mut rest) = line(bytes).ok_or_else(spoilt)?;
        let sum = head.strip_prefix(HEAD.as_bytes()).ok_or("it is none that this program can read")?;
        if sum != hash(rest).as_bytes() {
            return Err(spoilt());
        }
        let mut journal = Journal::default();
        while !rest.is_empty() {
            let (says, follows) = line(rest).ok_or_else(spoilt)?;
            let says: Says<'_> = serde_json::from_slice(says).map_err(|error| error.to_string())?;
            let (path, length) = match &says {
                Says::File { path, bytes, .. } => (path, bytes.unwrap_or(0)),
                Says::Lines { path, bytes, .. } => (path, *bytes),
            };
            if !is_inside(path) {
                return Err(format!("it leads out of the registry: `{path}`"));
            }
            let (bytes, next) = follows.split_at_checked(length).ok_or_else(spoilt)?;
            rest = next.strip_prefix(b"\n").ok_or_else(spoilt)?;
            match says {
                Says::File { path, before, bytes: after } => journal.files.push(Piece {
                    path: path.into(),
                    before: before.map(Into::into),
                    after: after.map(|_| bytes.to_vec()),
                }),
                Says::Lines { path, end, .. } => {
                    journal.lines.push(Lines { file: path.into(), end, bytes: bytes.to_vec() });
                }
            }
        }
        Ok(journal)
    }
}

/// What stands before the bytes of a piece.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Says<'a> {
    /// A file; without bytes it is deleted.
    File { path: std::borrow::Cow<'a, str>, before: Option<std::borrow::Cow<'a, str>>, bytes: Option<usize> },
    /// Lines of the record.
    Lines { path: std::borrow::Cow<'a, str>, end: Option<Ending>, bytes: usize },
}

/// The first line of bytes, without its newline, and what follows.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((&bytes[..at], &bytes[at + 1..]))
}

/// Whether a path is one of the registry's own: no journal writes anywhere else, whoever made it.
fn is_inside(path: &str) -> bool {
    let part = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    path.split('/').all(part)
}

/// The SHA-256 of bytes, in hexadecimal.
pub(super) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let mut changes = Changes::new();
        changes.put("holdpoint.toml", Some(b"old".to_vec()), Some(b"new\n\xff\n{".to_vec()));
        changes.put("services/a/\"odd\"\n.toml", None, Some(Vec::new()));
        changes.put("services/a/gone.toml", Some(Vec::new()), None);
        let end = Some(Ending { at: 17, hash: hash(b"x") });
        let lines =
            [end, None].map(|end| Lines { file: "log/a/2026-11.jsonl".into(), end, bytes: b"{}\n".to_vec() });
        Journal::of(&changes, lines.into())
    }

    #[test]
    fn what_is_written_is_read_again() {
        let journal = journal();
        assert_eq!(Journal::decode(&journal.encode().unwrap()), Ok(journal.clone()));
        assert_eq!(journal.paths().nth(2), Some("holdpoint.toml"), "beside the main file comes last");
        assert!(!journal.is_single());
    }

    #[test]
    fn no_changed_byte_passes() {
        let bytes = journal().encode().unwrap();
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert!(Journal::decode(&other).is_err(), "byte {at}");
            assert!(Journal::decode(&bytes[..at]).is_err(), "cut at {at}");
        }
        assert!(Journal::decode(b"holdpoint-journal 2 0\n").is_err());
    }

    #[test]
    fn nothing_outside_is_written() {
        for path in ["../x", "/etc/passwd", "a/../../x", "a//b", "", "C:\\x", "a/..", "./a"] {
            let piece = Piece { path: path.into(), before: None, after: None };
            let journal = Journal { files: vec![piece], lines: Vec::new() };
            let error = Journal::decode(&journal.encode().unwrap()).unwrap_err();
            assert!(error.starts_with("it leads out"), "{path}: {error}");
        }
    }
}
