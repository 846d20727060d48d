//! GitLab's code quality: an array that a merge request shows beside its lines.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Account, Finding, Weight};
use crate::report::json::text;

#[derive(Serialize)]
struct Entry<'a> {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// Writes the array; `[]` when there is nothing to show. Entries of one fingerprint would be shown as one, so each
/// is there once, the worst of them.
pub fn gitlab(account: &Account) -> String {
    let mut seen = BTreeSet::new();
    let new = |finding: &&Finding| seen.insert(finding.fingerprint());
    let entries: Vec<Entry> = account.findings.iter().filter(new).map(entry).collect();
    text::write(&entries)
}

fn entry(finding: &Finding) -> Entry<'_> {
    let (path, begin) = finding.location();
    let description =
        std::iter::once(format!("{}: {}", finding.title(), finding.message)).chain(finding.details());
    Entry {
        description: description.collect::<Vec<_>>().join(" · "),
        check_name: finding.rule.word(),
        fingerprint: finding.fingerprint(),
        severity: severity(finding.weight),
        location: Location { path, lines: Lines { begin } },
    }
}

fn severity(weight: Weight) -> &'static str {
    match weight {
        Weight::Unjudged | Weight::Block => "blocker",
        Weight::Hold => "critical",
        Weight::Warn => "minor",
        Weight::Signed | Weight::Noted => "info",
    }
}
