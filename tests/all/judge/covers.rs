//! Whether one rule leaves nothing to another.

use holdpoint::judge::{Code, shadowed};
use holdpoint::registry::{Ask, MemoryTree, load};

/// Whether a rule with the first conditions leaves nothing to one with the second, as to `advisory-reopened`.
fn leaves_nothing(first: &str, second: &str) -> bool {
    let text = format!(
        "format = 1\n[environment.prod]\n[environment.prod-eu]\nin = \"prod\"\n[environment.test]\n\
         [[rule]]\nname = \"a\"\nwhen = {{ {first} }}\nthen = \"warn\"\n\
         [[rule]]\nname = \"b\"\nwhen = {{ {second} }}\nthen = \"warn\"\n"
    );
    let tree: MemoryTree = [("holdpoint.toml", &*text)].into_iter().collect();
    let registry = load(&tree, "holdpoint.toml", &Ask::Everything).unwrap().registry;
    shadowed(&registry, 1).iter().any(|(code, _)| *code == Code::AdvisoryReopened)
}

#[test]
fn what_asks_for_no_more_leaves_nothing() {
    for (first, second) in [
        ("", ""),
        ("", "severity = \"high\""),
        ("reason = [\"advisory-reopened\", \"far-back\"]", "reason = \"advisory-reopened\""),
        ("severity_at_least = \"high\"", "severity = [\"critical\", \"unknown\"]"),
        ("severity = [\"critical\", \"high\", \"unknown\"]", "severity_at_least = \"high\""),
        ("severity = [\"low\", \"medium\", \"high\", \"critical\", \"unknown\"]", "exploited = true"),
        ("key = \"security\"", ""),
        ("kind = \"advisory\"", ""),
        ("key = \"security\"", "kind = \"advisory\""),
        ("score_at_least = 7", "score_at_least = 9.1"),
        ("older_than = \"7d\"", "older_than = \"8d\""),
        ("younger_than = \"7d\"", "younger_than = \"6d\""),
        ("move = [\"rollback\", \"redeploy\"]", ""),
        ("service = \"*\"", ""),
        ("service = \"pay*\"", "service = [\"pay-*\", \"payments\"]"),
        ("environment = \"prod\"", "environment = \"prod-eu\""),
        ("environment = \"p*\"", "environment = [\"prod-*\", \"prod\"]"),
        ("incident = true", "incident = \"INC-1\""),
        ("incident = true", "incident_severity = \"sev1\""),
        (
            "weekday = [\"sat\", \"sun\"], zone = \"UTC\"",
            "weekday = \"sat\", hours = \"01:00-02:00\", zone = \"UTC\"",
        ),
        (
            "hours = \"01:00-02:00\", zone = \"UTC\"",
            "weekday = \"sat\", hours = \"01:00-02:00\", zone = \"UTC\"",
        ),
        ("asked_by = [\"a\", \"b\"]", "asked_by = \"a\""),
    ] {
        assert!(leaves_nothing(first, second), "{first} / {second}");
    }
}

#[test]
fn what_asks_for_more_leaves_something() {
    for (first, second) in [
        ("severity = \"high\"", ""),
        ("reason = \"far-back\"", "reason = \"advisory-reopened\""),
        ("severity_at_least = \"high\"", "severity = [\"critical\", \"medium\"]"),
        ("severity_at_least = \"critical\"", "severity = \"unknown\""),
        ("exploited = true", "exploited = false"),
        ("score_at_least = 7", "score_at_least = 6.9"),
        ("older_than = \"7d\"", "older_than = \"6d\""),
        ("younger_than = \"7d\"", "younger_than = \"8d\""),
        ("mitigated = true", ""),
        ("move = \"rollback\"", ""),
        ("service = \"pay?\"", "service = \"pay*\""),
        ("service = \"pay-*\"", "service = \"pay*\""),
        ("environment = \"prod-eu\"", "environment = \"prod\""),
        ("environment = \"*\"", ""),
        ("incident = \"INC-1\"", "incident = true"),
        ("incident = true", ""),
        ("incident = false", ""),
        ("weekday = \"fri\", zone = \"UTC\"", "weekday = \"fri\", hours = \"22:00-02:00\", zone = \"UTC\""),
        ("weekday = \"fri\", zone = \"UTC\"", "weekday = \"fri\", zone = \"Europe/Berlin\""),
        ("asked_by = \"a\"", "asked_by = [\"a\", \"b\"]"),
        ("reversible = true", ""),
    ] {
        assert!(!leaves_nothing(first, second), "{first} / {second}");
    }
}
