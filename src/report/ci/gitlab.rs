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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ci::testing;
    use serde_json::Value;

    #[test]
    fn an_entry_stands_at_the_changed_line_and_each_is_there_once() {
        let shop = testing::shop("Session fixation", "");
        let advice = testing::to(&shop, "2.3.0");
        let (one, other) = (testing::found("a b/prod.yaml", "2.3.0"), testing::found("other.yaml", "2.3.0"));
        let moves = [testing::moved(&shop, &advice, &one), testing::moved(&shop, &advice, &other)];
        let text = gitlab(&Account::of(&testing::gate(&shop, &moves, &[])));
        let entries: Vec<Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(entries[0]["check_name"], "advisory-reopened");
        assert_eq!(entries[0]["severity"], "blocker");
        assert_eq!(
            entries[0]["location"],
            serde_json::json!({"path": "a b/prod.yaml", "lines": {"begin": 12}})
        );
        let prints: BTreeSet<&str> = entries.iter().map(|one| one["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(prints.len(), entries.len());
    }

    #[test]
    fn nothing_to_show_is_an_empty_array() {
        let shop = testing::shop("t", "");
        assert_eq!(gitlab(&Account::of(&testing::gate(&shop, &[], &[]))), "[]\n");
    }
}
