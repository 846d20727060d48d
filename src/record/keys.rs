//! Finding the line of a move that was recorded under a key.

use chrono::Datelike;

use crate::model::{Name, Time};
use crate::record::{Deed, Line};
use crate::registry::{Changes, EntryKind, Tree, TreeError};

/// What the record says of a key.
#[derive(Debug, Clone, Default)]
pub struct Recalled {
    /// The line that holds it.
    pub line: Option<Line>,
    /// The end of what was searched: a line that comes behind may hold the key.
    pub end: Vec<(String, Option<Vec<u8>>)>,
}

impl Recalled {
    /// Lets changes stand only while nothing was recorded behind what was searched.
    pub fn hold(&self, changes: &mut Changes) {
        for (file, bytes) in &self.end {
            changes.hold(file, bytes.clone());
        }
    }
}

/// Looks for the line of a [`Deed::Recorded`] with this key, from the newest back. Lines that can't be read are the
/// business of who verifies the record.
///
/// # Errors
/// When a file of the record can't be read: whether it holds the key can't be told then.
pub fn recall(tree: &dyn Tree, service: &Name, key: &str, now: Time) -> Result<Recalled, TreeError> {
    let folder = format!("log/{service}");
    let entries = tree.list(&folder)?.unwrap_or_default();
    let files =
        entries.iter().filter(|entry| entry.kind == EntryKind::File && entry.name.ends_with(".jsonl"));
    let mut files: Vec<String> = files.map(|entry| format!("{folder}/{}", entry.name)).collect();
    files.sort();
    let mut recalled = Recalled::default();
    let present = format!("{folder}/{:04}-{:02}.jsonl", now.year(), now.month());
    if files.last() != Some(&present) {
        recalled.end.push((present, None));
    }
    let needle = serde_json::to_string(key).unwrap_or_default();
    for file in files.into_iter().rev() {
        let bytes = tree.read(&file)?.unwrap_or_default();
        recalled.line = String::from_utf8_lossy(&bytes)
            .lines()
            .rev()
            .filter(|line| line.contains(&needle))
            .filter_map(|line| serde_json::from_str::<Line>(line).ok())
            .find(|line| is_of(line, key));
        if recalled.end.len() < 2 {
            recalled.end.push((file, Some(bytes)));
        }
        if recalled.line.is_some() {
            break;
        }
    }
    Ok(recalled)
}

fn is_of(line: &Line, key: &str) -> bool {
    matches!(&line.statement.deed, Deed::Recorded { key: Some(of), .. } if **of == *key)
}
