//! The chain: each line holds the hash of the one before.

use chrono::Datelike;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::model::{Name, Time};
use crate::record::read::files;
use crate::record::{Head, Line, Statement};
use crate::registry::{End, Tree, TreeError};

/// What the first line of a service has for the hash of the line before it.
pub const FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Where the record of a service ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// The newest month's file, by path inside the registry; None: nothing is recorded yet.
    pub file: Option<String>,
    /// How many bytes it has.
    pub length: u64,
    /// The number of the last line; 0: there is none.
    pub seq: u64,
    /// The hash of the last line, in hexadecimal.
    pub hash: String,
}

impl Tail {
    /// What to keep elsewhere, so that what stands there now can be told from what is written there later. None:
    /// there is nothing yet.
    pub fn head(&self, service: &Name) -> Option<Head> {
        let of = |seq| Head { service: Some(service.clone()), seq: Some(seq), hash: self.hash.clone() };
        (self.seq > 0).then(|| of(self.seq))
    }
}

/// Why nothing can be put behind the end of a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// It can't be read.
    #[error(transparent)]
    Unreadable(#[from] TreeError),
    /// Its last line has no end: a write was cut short.
    #[error("the last line of `{0}` has no end")]
    Torn(String),
    /// Its last line isn't one of ours.
    #[error("the last line of `{file}` can't be read: {why}")]
    Strange {
        /// The file.
        file: String,
        /// What the reader says.
        why: String,
    },
}

/// All that has to be known of a line to put another behind it: a later holdpoint may have written more, or a kind
/// that isn't known here.
#[derive(Deserialize)]
struct Numbered {
    seq: u64,
}

/// Finds the end of a service's record.
///
/// # Errors
/// When it can't be read, or its end isn't a whole line.
pub fn tail(tree: &dyn Tree, service: &Name) -> Result<Tail, Broken> {
    for file in files(tree, service)?.unwrap_or_default().months.into_iter().rev() {
        let (length, line) = last_line(tree, &file)?;
        let Some(text) = line.strip_suffix(b"\n") else {
            if length == 0 {
                continue;
            }
            return Err(Broken::Torn(file));
        };
        // A carriage return was put there by Git or an editor: the line is what it was without.
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let numbered: Numbered = serde_json::from_slice(text)
            .map_err(|error| Broken::Strange { file: file.clone(), why: error.to_string() })?;
        return Ok(Tail { file: Some(file), length, seq: numbered.seq, hash: hex(&digest(text)) });
    }
    Ok(Tail { file: None, length: 0, seq: 0, hash: FIRST.to_owned() })
}

/// A last line without an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    /// The file.
    pub file: String,
    /// How many bytes there are of it.
    pub bytes: u64,
}

/// Finds what of a record's end is to be put aside: a last line that was torn. None: it ends with a whole line.
///
/// # Errors
/// When it can't be read.
pub fn torn(tree: &dyn Tree, service: &Name) -> Result<Option<Torn>, TreeError> {
    match tail(tree, service) {
        Err(Broken::Torn(file)) => {
            let (_, line) = last_line(tree, &file)?;
            Ok(Some(Torn { file, bytes: line.len() as u64 }))
        }
        Err(Broken::Unreadable(error)) => Err(error),
        Ok(_) | Err(Broken::Strange { .. }) => Ok(None),
    }
}

/// How much of the end of a file is looked at for its last line, at first. Most lines have a tenth of it.
const FIRST_LOOK: usize = 16 * 1024;

/// The length of a file, and its last line with the newline; without one, whatever stands there for a line.
fn last_line(tree: &dyn Tree, file: &str) -> Result<(u64, Vec<u8>), TreeError> {
    let mut at_most = FIRST_LOOK;
    loop {
        let End { length, mut bytes } =
            tree.read_end(file, at_most)?.unwrap_or(End { length: 0, bytes: Vec::new() });
        let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        match line.iter().rposition(|byte| *byte == b'\n') {
            Some(at) => return Ok((length, bytes.split_off(at + 1))),
            None if bytes.len() as u64 >= length => return Ok((length, bytes)),
            None => at_most = at_most.saturating_mul(8),
        }
    }
}

/// Lines to be put at the end of a file, which may not be there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The file, by path inside the registry.
    pub file: String,
    /// Its new bytes.
    pub bytes: Vec<u8>,
}

/// Gives statements of one service their place behind the end of its record.
///
/// They go into the file of their month, or into the newest there is, if that is later: the files are read in the
/// order of their names.
///
/// # Errors
/// When one can't be written as JSON.
pub fn seal(service: &Name, tail: &Tail, says: &[&Statement]) -> Result<Sealed, serde_json::Error> {
    let first = says.first().map(|statement| month_file(service, statement.at));
    let file = tail.file.clone().into_iter().chain(first).max().unwrap_or_default();
    let (mut seq, mut prev, mut bytes) = (tail.seq, tail.hash.clone(), Vec::new());
    for statement in says {
        seq += 1;
        let line = Line { seq, statement: (*statement).clone(), prev: prev.into() };
        let text = serde_json::to_vec(&line)?;
        prev = hex(&digest(&text));
        bytes.extend(text);
        bytes.push(b'\n');
    }
    Ok(Sealed { file, bytes })
}

/// The file of the month of a moment.
pub(super) fn month_file(service: &Name, at: Time) -> String {
    format!("log/{service}/{:04}-{:02}.jsonl", at.year(), at.month())
}

/// Whether a file's name is that of a month: `2026-11.jsonl`.
pub(super) fn is_month(name: &str) -> bool {
    let Some((year, month)) = name.strip_suffix(".jsonl").and_then(|stem| stem.split_once('-')) else {
        return false;
    };
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(year, 4) && digits(month, 2) && ("01"..="12").contains(&month)
}

/// A SHA-256.
pub(super) type Hash = [u8; 32];

/// The hash of a line, given without its end: a newline belongs to it.
pub(super) fn digest(line: &[u8]) -> Hash {
    Sha256::new().chain_update(line).chain_update(b"\n").finalize().into()
}

/// The hash of a line in hexadecimal, as `sha256sum` gives it; the line is given without its end.
pub fn hash_of(line: &[u8]) -> String {
    hex(&digest(line))
}

/// A hash in hexadecimal.
pub(super) fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A hash, from hexadecimal in small letters.
pub(super) fn unhex(text: &str) -> Option<Hash> {
    let digit = |byte: u8| char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase());
    let mut hash = Hash::default();
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != hash.len() || !rest.is_empty() {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(pairs) {
        *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::testing::{named, statement, written};
    use crate::registry::MemoryTree;

    #[test]
    fn lines_go_on_behind_what_stands_there() {
        let tree = written(&["2026-10-30", "2026-10-31", "2026-11-01"]);
        let tail = tail(&tree, &named("checkout")).unwrap();
        assert_eq!((tail.seq, tail.file.as_deref()), (3, Some("log/checkout/2026-11.jsonl")));
        assert_eq!(tail.length, tree.files()["log/checkout/2026-11.jsonl"].len() as u64);
        // A clock that is behind: the newest file takes it, so that the files stay in order.
        let sealed = seal(&named("checkout"), &tail, &[&statement("2026-10-31")]).unwrap();
        assert_eq!(sealed.file, "log/checkout/2026-11.jsonl");
        assert!(sealed.bytes.starts_with(b"{\"seq\":4,"), "{sealed:?}");
        assert_eq!(tail_of("").unwrap().hash, FIRST);
    }

    fn tail_of(text: &str) -> Result<Tail, Broken> {
        let tree: MemoryTree = [("log/checkout/2026-11.jsonl", text)].into_iter().collect();
        tail(&tree, &named("checkout"))
    }

    #[test]
    fn a_later_holdpoints_line_can_be_gone_on_from_and_a_torn_one_not() {
        let later = "{\"seq\":7,\"kind\":\"teleported\",\"beam\":{\"wide\":[1.50]}}";
        let tail = tail_of(&format!("{later}\n")).unwrap();
        assert_eq!((tail.seq, tail.hash), (7, hex(&digest(later.as_bytes()))));
        assert_eq!(tail_of(&format!("{later}\r\n")).unwrap().hash, hex(&digest(later.as_bytes())));
        assert_eq!(tail_of(later).unwrap_err(), Broken::Torn("log/checkout/2026-11.jsonl".into()));
        assert!(matches!(tail_of("{\"kind\":\"x\"}\n").unwrap_err(), Broken::Strange { .. }));
    }

    #[test]
    fn hashes_are_read_as_they_are_written() {
        let hash = digest(b"x");
        assert_eq!(unhex(&hex(&hash)), Some(hash));
        assert_eq!(unhex(FIRST), Some([0; 32]));
        for wrong in
            ["", "0", &FIRST[1..], &format!("{FIRST}00"), &hex(&hash).to_uppercase(), &"g".repeat(64)]
        {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }
}
