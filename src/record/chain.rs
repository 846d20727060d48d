//! The chain: each line holds the hash of the one before.

use chrono::Datelike;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::model::{Name, Time};
use crate::record::{Line, Statement};
use crate::registry::{EntryKind, Tree, TreeError};

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
    let folder = format!("log/{service}");
    let entries = tree.list(&folder)?.unwrap_or_default();
    let months = entries.iter().filter(|entry| entry.kind == EntryKind::File && is_month(&entry.name));
    let mut months: Vec<String> = months.map(|entry| format!("{folder}/{}", entry.name)).collect();
    months.sort();
    for file in months.into_iter().rev() {
        let bytes = tree.read(&file)?.unwrap_or_default();
        let length = bytes.len() as u64;
        let Some(last) = bytes.strip_suffix(b"\n") else {
            if bytes.is_empty() {
                continue;
            }
            return Err(Broken::Torn(file));
        };
        let start = last.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let numbered: Numbered = serde_json::from_slice(&last[start..])
            .map_err(|error| Broken::Strange { file: file.clone(), why: error.to_string() })?;
        return Ok(Tail { file: Some(file), length, seq: numbered.seq, hash: hash(&bytes[start..]) });
    }
    Ok(Tail { file: None, length: 0, seq: 0, hash: FIRST.to_owned() })
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
        let mut text = serde_json::to_vec(&line)?;
        text.push(b'\n');
        prev = hash(&text);
        bytes.extend(text);
    }
    Ok(Sealed { file, bytes })
}

fn month_file(service: &Name, at: Time) -> String {
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

/// The SHA-256 of bytes, in hexadecimal.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
