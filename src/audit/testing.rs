//! Records for tests, written down as a person would: only what a test is about, a line each.

use serde_json::{Map, Value, json};

use super::{Ledger, Period};
use crate::model::{Name, Time, parse_time};
use crate::record::{FIRST, hash_of};
use crate::registry::MemoryTree;

/// A time.
pub(super) fn at(text: &str) -> Time {
    parse_time(text).unwrap()
}

/// November 2026, whole.
pub(super) fn november() -> Period {
    let end = at("2026-12-01");
    Period { since: at("2026-11-01"), end, before: end }
}

/// The record of `checkout` with these lines. What every line has is filled in: the number, an id (`L1`, `L2`, …),
/// who (Ann), the chain; times may be as short as `11-22T03:10`. A line that is no JSON stays as it is.
pub(super) fn book(lines: &str) -> Ledger {
    let tree = tree(lines);
    Ledger::read(&tree, &Name::new("checkout").unwrap()).unwrap()
}

/// The same as files.
pub(super) fn tree(lines: &str) -> MemoryTree {
    let (mut text, mut prev) = (String::new(), FIRST.to_owned());
    for (index, line) in lines.lines().enumerate() {
        let line = match serde_json::from_str::<Map<String, Value>>(line) {
            Ok(fields) if fields.contains_key("kind") => filled(index as u64 + 1, fields, &prev),
            _ => line.to_owned(),
        };
        prev = hash_of(line.as_bytes());
        text.push_str(&line);
        text.push('\n');
    }
    [("log/checkout/2026-11.jsonl", text)].into_iter().collect()
}

fn filled(seq: u64, fields: Map<String, Value>, prev: &str) -> String {
    let mut all = Map::new();
    all.insert("seq".into(), seq.into());
    all.insert("id".into(), format!("L{seq}").into());
    let told = fields.get("kind").is_some_and(|kind| kind == "told");
    if !told {
        all.insert("at".into(), "2026-11-01T00:00:00Z".into());
        all.insert("service".into(), "checkout".into());
        all.insert("by".into(), "Ann <ann@example.com>".into());
        all.insert("known".into(), "git".into());
        all.insert("registry".into(), json!({"revision": "9f3c2ab", "dirty": false}));
    }
    all.extend(fields);
    if let Some(Value::String(at)) = all.get_mut("at")
        && !at.starts_with("20")
    {
        *at = format!("2026-{at}:00Z");
    }
    all.insert("prev".into(), prev.into());
    serde_json::to_string(&all).unwrap()
}
