//! A flag as it is written, also what it says of services that weren't loaded.

use crate::registry::document::{self, Map, Node};
use crate::registry::edit::path::Path;

/// A flag as it is written: also what it says of services that weren't loaded.
#[derive(Debug, Clone, Default)]
pub struct WrittenFlag {
    /// The entries of `affects`, as they stand.
    pub affects: Vec<WrittenAffects>,
    /// What `narrowed` says that the range was.
    pub was: Vec<String>,
    /// Of which service it says that.
    pub was_of: Option<String>,
}

/// One entry of `affects`.
#[derive(Debug, Clone, Default)]
pub struct WrittenAffects {
    /// The service; None: all.
    pub service: Option<String>,
    /// The alternatives of `versions`; empty: none are given.
    pub versions: Vec<String>,
    /// Whether they stand in a list.
    pub listed: bool,
    /// What mends it.
    pub fixed_in: Vec<String>,
}

/// How a flag stands in a file's text; `flag` is its table: `["advisory", "CVE-1"]`. None: it doesn't.
pub fn written_flag(text: &str, flag: [&str; 2]) -> Option<WrittenFlag> {
    let (root, _) = document::parse(text, &mut Vec::new());
    let table = Path::of(flag).find(&root)?.map?;
    let entries = table.get("affects").and_then(Node::as_array).unwrap_or_default();
    let affects = entries.iter().map(|entry| entry.as_table().map(written_affects).unwrap_or_default());
    let narrowed = table.get("narrowed").and_then(Node::as_table);
    Some(WrittenFlag {
        affects: affects.collect(),
        was: narrowed.map(|table| texts(table.get("was"))).unwrap_or_default(),
        was_of: narrowed.and_then(|table| text_of(table, "service")),
    })
}

fn written_affects(table: &Map<'_>) -> WrittenAffects {
    let versions = table.get("versions");
    WrittenAffects {
        service: text_of(table, "service"),
        versions: texts(versions),
        listed: versions.and_then(Node::as_array).is_some(),
        fixed_in: texts(table.get("fixed_in")),
    }
}

fn text_of(table: &Map<'_>, key: &str) -> Option<String> {
    table.get(key).and_then(Node::as_str).map(str::to_owned)
}

/// A text, or those of a list.
fn texts(node: Option<&Node<'_>>) -> Vec<String> {
    let Some(node) = node else { return Vec::new() };
    let items = node.as_array().unwrap_or(std::slice::from_ref(node));
    items.iter().filter_map(Node::as_str).map(str::to_owned).collect()
}
