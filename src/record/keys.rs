//! Finding the line of a move that was recorded under a key.

use crate::model::{Name, Time};
use crate::record::chain::month_file;
use crate::record::{Deed, Line, files};
use crate::registry::{Changes, Tree, TreeError};

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
    let files = files(tree, service)?.unwrap_or_default().months;
    let mut recalled = Recalled::default();
    let present = month_file(service, now);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::testing::{deed, named, statement};
    use crate::record::{FIRST, Tail, seal};
    use crate::registry::MemoryTree;

    fn keyed(at: &str, key: &str) -> String {
        let says = deed(at, Deed::Recorded { key: Some(key.into()), moved: None, running: Vec::new() });
        let tail = Tail { file: None, length: 0, seq: 0, hash: FIRST.into() };
        String::from_utf8(seal(&named("checkout"), &tail, &[&says]).unwrap().bytes).unwrap()
    }

    #[test]
    fn a_key_is_found_in_the_months_and_nowhere_else() {
        let tree: MemoryTree = [
            ("log/checkout/2026-09.jsonl", keyed("2026-09-01", "a")),
            ("log/checkout/2026-10.jsonl", keyed("2026-10-01", "b") + "{\"key\":\"c\"}\n"),
            // Kept by people, after a merge; and what was never a file of the record.
            ("log/checkout/.2026-10.from-branch-x.jsonl", keyed("2026-10-01", "d")),
            ("log/checkout/old.jsonl", keyed("2026-10-01", "e")),
        ]
        .into_iter()
        .collect();
        let now = statement("2026-11-22").at;
        let found = |key| recall(&tree, &named("checkout"), key, now).unwrap();
        for (key, there) in [("a", true), ("b", true), ("c", false), ("d", false), ("e", false)] {
            assert_eq!(found(key).line.is_some(), there, "{key}");
        }
        let end: Vec<_> = found("b").end.into_iter().map(|(file, bytes)| (file, bytes.is_some())).collect();
        let (present, newest) = ("log/checkout/2026-11.jsonl", "log/checkout/2026-10.jsonl");
        assert_eq!(end, [(present.to_owned(), false), (newest.to_owned(), true)]);
    }
}
