//! The same bug in two flags.

use std::collections::BTreeMap;

use crate::lint::note::{Note, Notes};
use crate::lint::{Lint, View};
use crate::model::Flag;

pub(super) static SAME_FLAG_TWICE: Lint = Lint {
    word: "same-flag-twice",
    documentation: "Two open flags of one kind, which may hit the same service, are the same bug: one names the other as an \
        alias, or both have an alias in common (a CVE and its GHSA, mostly). Case doesn't count. A sign-off names one of \
        them and is stopped by the other, and whoever clears one believes it done. Keep one with all the aliases, and \
        withdraw the other.",
};

pub(super) fn find(view: &View<'_>, notes: &mut Notes) {
    let mut first: BTreeMap<(&str, String), &Flag> = BTreeMap::new();
    let flags: Vec<&Flag> = view.open_flags().collect();
    for flag in &flags {
        first.entry((flag.kind.word(), flag.id.as_str().to_lowercase())).or_insert(flag);
    }
    for flag in &flags {
        let mut told: Vec<&Flag> = Vec::new();
        for alias in &flag.aliases {
            let other = *first.entry((flag.kind.word(), alias.to_lowercase())).or_insert(flag);
            if std::ptr::eq(other, *flag) || told.iter().any(|told| std::ptr::eq(*told, other)) {
                continue;
            }
            told.push(other);
            if names(other, flag) && other.origin < flag.origin {
                continue; // each names the other: said once, at the one that stands first
            }
            notes.push(note(view, flag, other, alias));
        }
    }
}

/// Whether a flag has another one's id among its aliases.
fn names(flag: &Flag, other: &Flag) -> bool {
    flag.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(other.id.as_str()))
}

fn note(view: &View<'_>, flag: &Flag, other: &Flag, alias: &str) -> Note {
    let kind = flag.kind.word();
    let by = if alias.eq_ignore_ascii_case(other.id.as_str()) {
        String::new()
    } else {
        format!(": both are also called `{alias}`")
    };
    let message = format!("the {kind} `{}` is the same as `{}`{by}", flag.id, other.id);
    let file = view.registry.sources.path(other.origin);
    let line = view.registry.sources.line(other.origin);
    let hint = format!("keep one with all the aliases and withdraw the other, which stands at {file}:{line}");
    Note::new(&SAME_FLAG_TWICE, flag.origin, message).hint(hint)
}
