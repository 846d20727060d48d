//! The record of a service before and after: lines may be added at its end, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::change::{Change, LOG_APPENDED, LOG_BROKEN, LOG_BROKEN_BEFORE, LOG_CHANGED, LOG_DELETED, Spot};
use crate::model::Name;
use crate::record::{self, LineEnd, Raw, each_line, files};
use crate::registry::{Tree, TreeError};

/// What was found of one record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chronicle {
    /// What was done to it.
    pub changes: Vec<Change>,
    /// What the added lines say.
    pub appended: Appended,
}

/// What the lines say that were added to a record, as far as a comparison needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Appended {
    /// How many there are.
    pub lines: usize,
    /// The break-glasses that were closed, and by whom.
    pub closed: BTreeMap<String, String>,
    /// The flags that were withdrawn or narrowed, by whom and why.
    pub cleared: BTreeMap<String, String>,
}

/// The hash of a line with its end, and its number in the file.
type Lines = Vec<[u8; 32]>;

/// Holds the record of a service before against the same after.
///
/// # Errors
/// When either can't be read.
pub fn chronicle(service: &Name, before: &dyn Tree, after: &dyn Tree) -> Result<Chronicle, TreeError> {
    let old = files(before, service)?.unwrap_or_default().months;
    let new = files(after, service)?.unwrap_or_default().months;
    let mut found = Chronicle::default();
    for file in &old {
        if new.contains(file) {
            found.hold(file, before, after)?;
        } else {
            let lines = lines(before, file)?.len();
            let message = format!("`{file}` was deleted, with {}", count(lines));
            found.changes.push(at(Change::new(&LOG_DELETED, service.as_str(), message), file, 1));
        }
    }
    for file in new.iter().filter(|file| !old.contains(file)) {
        found.add(file, after, 0)?;
    }
    found.verify(service, before, after)?;
    let lines = found.appended.lines;
    if lines > 0 && found.changes.is_empty() {
        let message =
            format!("{} {} added to the record", count(lines), if lines == 1 { "was" } else { "were" });
        found.changes.push(Change::new(&LOG_APPENDED, service.as_str(), message));
    }
    found.changes = found.changes.into_iter().map(|change| change.of(service)).collect();
    Ok(found)
}

fn count(lines: usize) -> String {
    if lines == 1 { "1 line".into() } else { format!("{lines} lines") }
}

fn at(mut change: Change, file: &str, line: usize) -> Change {
    change.spot = Some(Spot { file: file.into(), line });
    change
}

impl Chronicle {
    /// Holds a file against what stood in it: it must begin with the same bytes.
    fn hold(&mut self, file: &str, before: &dyn Tree, after: &dyn Tree) -> Result<(), TreeError> {
        let (old, new) = (lines(before, file)?, lines(after, file)?);
        let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
        if same == old.len() {
            return self.add(file, after, same);
        }
        let message = format!("`{file}`: {}", what_happened(&old, &new, same));
        self.changes.push(at(Change::new(&LOG_CHANGED, file, message), file, same + 1));
        Ok(())
    }

    /// Takes in the lines behind the first so many.
    fn add(&mut self, file: &str, after: &dyn Tree, known: usize) -> Result<(), TreeError> {
        each_line(after, file, &mut |raw: Raw<'_>| {
            if raw.number > known && raw.end == LineEnd::Newline {
                self.appended.lines += 1;
                self.appended.take(raw.bytes);
            }
        })
    }

    fn verify(&mut self, service: &Name, before: &dyn Tree, after: &dyn Tree) -> Result<(), TreeError> {
        let verified = record::verify(after, service, &[])?;
        if verified.is_whole() {
            return Ok(());
        }
        let earlier = record::verify(before, service, &[])?.findings;
        for finding in &verified.findings {
            let kind = if earlier.contains(finding) { &LOG_BROKEN_BEFORE } else { &LOG_BROKEN };
            let message = format!("{}: {}", finding.spot, finding.message());
            let change = Change::new(kind, service.as_str(), message);
            self.changes.push(at(change, &finding.spot.file, finding.spot.line.max(1)));
        }
        Ok(())
    }
}

/// The whole lines of a file. What has no end was never a line: the next act puts it aside.
fn lines(tree: &dyn Tree, file: &str) -> Result<Lines, TreeError> {
    let mut lines = Lines::new();
    each_line(tree, file, &mut |raw: Raw<'_>| {
        if raw.end != LineEnd::Nothing {
            let hash = Sha256::new().chain_update(raw.bytes).chain_update([raw.end.length() as u8]);
            lines.push(hash.finalize().into());
        }
    })?;
    Ok(lines)
}

/// What became of the lines from the first that is another.
fn what_happened(old: &Lines, new: &Lines, same: usize) -> String {
    let (was, is) = (&old[same..], &new[same..]);
    let there: BTreeSet<&[u8; 32]> = is.iter().collect();
    let gone = was.iter().filter(|line| !there.contains(line)).count();
    let line = same + 1;
    match (is.is_empty(), gone) {
        (true, _) => format!("{} from line {line} on {} cut off", count(was.len()), were(was.len())),
        (false, 0) if is.len() < was.len() => format!("lines from {line} on were put together anew"),
        (false, 0) => format!("lines from {line} on stand elsewhere than before"),
        (false, 1) if is.get(1) == was.get(1) => format!("line {line} is another"),
        (false, _) if is.len() < was.len() && gone == was.len() - is.len() => {
            format!("{} from line {line} on {} dropped", count(gone), were(gone))
        }
        (false, gone) => format!("{} from line {line} on {} changed or dropped", count(gone), were(gone)),
    }
}

fn were(lines: usize) -> &'static str {
    if lines == 1 { "was" } else { "were" }
}

impl Appended {
    fn take(&mut self, line: &[u8]) {
        let Ok(line) = serde_json::from_slice::<Value>(line) else { return };
        let text = |key: &str| line.get(key).and_then(Value::as_str).map(str::to_owned);
        let why = |key: &str| {
            let by = text("by").map_or(String::new(), |by| format!("by {by}"));
            text(key).map_or(by.clone(), |why| format!("{by}: {why}"))
        };
        match line.get("kind").and_then(Value::as_str) {
            Some("reviewed") if line.get("closed").and_then(Value::as_bool) == Some(true) => {
                self.closed.extend(text("debt").map(|debt| (debt, why("note"))));
            }
            Some("cleared") => self.cleared.extend(text("flag").map(|flag| (flag, why("reason")))),
            _ => {}
        }
    }
}
