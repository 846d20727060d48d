//! The registry's own rules, and the shipped ones behind them.

use super::{expect, said, verdict, with};
use holdpoint::judge::{Code, Never, never};
use holdpoint::model::Level;
use holdpoint::registry::shipped;

const FLAG: &str = "[advisory.CVE-1]\ntitle = 't'\nseverity = 'high'\naffects = [{ service = 'shop', versions = '<1.3.0', fixed_in = ['1.3.0'] }]\n";

fn ruled(when: &str, then: &str) -> holdpoint::model::Registry {
    with(&format!("{FLAG}[[rule]]\nname = 'mine'\nwhen = {{ {when} }}\nthen = '{then}'\n"))
}

#[test]
fn the_first_rule_that_matches_decides() {
    for (when, matches) in [
        ("reason = 'advisory-reopened'", true),
        ("reason = ['advisory-carried', 'advisory-reopened']", true),
        ("reason = 'advisory-carried'", false),
        ("key = 'security'", true),
        ("key = 'reliability'", false),
        ("severity = 'high'", true),
        ("severity = ['low', 'medium']", false),
        ("severity_at_least = 'medium'", true),
        ("severity_at_least = 'critical'", false),
        ("exploited = false", true),
        ("exploited = true", false),
        ("move = 'rollback'", true),
        ("move = 'redeploy'", false),
        ("service = 'sh*'", true),
        ("service = 'other'", false),
        ("tier = 'critical'", false),
        ("tag = 'base:x'", false),
        ("environment = ['staging', 'p?od']", true),
        ("environment = 'prod-*'", false),
        ("reversible = true", false),
        ("incident = false", true),
        ("incident = true", false),
        ("incident = 'INC-9'", false),
        ("", true),
    ] {
        let level = if matches { "allow" } else { "hold" };
        expect(&ruled(when, "allow"), "1.2.0", &[&format!("advisory-reopened CVE-1 {level}")]);
        let registry = ruled(when, "allow");
        let name = verdict(&registry, "1.2.0").reasons[0].rule.unwrap().name.to_string();
        assert_eq!(name == "mine", matches, "{when}");
    }
}

#[test]
fn an_incident_can_be_a_condition() {
    let incident =
        "[incident.INC-9]\nservices = ['shop']\nseverity = 'sev1'\nstarted = 2026-11-22T02:50:00Z\n";
    let registry = |more: &str| {
        with(&format!(
            "{FLAG}{incident}{more}[[rule]]\nname = 'mine'\nwhen = {{ incident = 'INC-9' }}\nthen = 'warn'\n"
        ))
    };
    expect(&registry(""), "1.2.0", &["advisory-reopened CVE-1 warn"]);
    expect(&registry("ended = 2026-11-22T02:55:00Z\n"), "1.2.0", &["advisory-reopened CVE-1 hold"]);
}

#[test]
fn a_rule_ends_with_its_day() {
    for (until, level) in [("2026-11-21", "hold"), ("2026-11-22", "block")] {
        let registry = with(&format!("{FLAG}[[rule]]\nname = 'mine'\nthen = 'block'\nuntil = {until}\n"));
        expect(&registry, "1.2.0", &[&format!("advisory-reopened CVE-1 {level}")]);
    }
}

#[test]
fn the_shipped_rules_decide_every_code() {
    let registry = with("");
    let named: Vec<_> = registry.rules.iter().flat_map(|rule| &rule.when.reason).collect();
    for code in Code::ALL {
        assert!(named.iter().any(|word| ***word == *code.word()), "no shipped rule for {}", code.word());
    }
    let last = |code: Code| {
        let rules =
            registry.rules.iter().filter(|rule| rule.when.reason.iter().any(|word| **word == *code.word()));
        let bare = |rule: &&holdpoint::model::Rule| {
            holdpoint::model::Condition { reason: Vec::new(), ..rule.when.clone() }
                == holdpoint::model::Condition::default()
        };
        rules.filter(bare).count()
    };
    for code in Code::ALL {
        assert_eq!(last(code), 1, "one rule without further conditions must catch {}", code.word());
    }
}

#[test]
fn without_any_rule_nothing_slips_through() {
    let mut registry = with(FLAG);
    registry.rules.clear();
    let verdict = verdict(&registry, "1.2.0");
    assert_eq!(
        (said(&verdict), verdict.level),
        (vec!["advisory-reopened CVE-1 block".to_owned()], Level::Block)
    );
}

/// What the only rule of a registry can never decide.
fn never_decided(when: &str, then: &str) -> Vec<String> {
    let registry = with(&format!("[[rule]]\nwhen = {{ {when} }}\nthen = \"{then}\"\n"));
    never(&registry.rules[0]).iter().map(Never::to_string).collect()
}

#[test]
fn what_never_fits_is_found() {
    for (when, then, want) in [
        (
            "reason = \"compromised-release\"",
            "warn",
            &["`compromised-release`, which nothing lowers below a block"][..],
        ),
        ("reason = \"compromised-release\"", "block", &[]),
        (
            "reason = [\"compromised-release\", \"advisory-reopened\"]",
            "hold",
            &["`compromised-release`, which nothing lowers below a block"],
        ),
        ("reason = \"far-back\", severity = \"high\"", "hold", &["`far-back`, which speaks of no flag"]),
        (
            "reason = \"far-back\", severity_at_least = \"high\"",
            "hold",
            &["`far-back`, which speaks of no flag"],
        ),
        ("reason = \"open-debt\", exploited = true", "hold", &["`open-debt`, which speaks of no flag"]),
        ("reason = \"far-back\", key = \"security\"", "hold", &["`far-back`, which belongs to reliability"]),
        (
            "reason = \"flag-scheduled\", key = \"both\"",
            "hold",
            &["`flag-scheduled`, which belongs to one key"],
        ),
        ("reason = \"flag-scheduled\", key = \"security\", exploited = true", "hold", &[]),
        ("reason = \"ping-pong\", key = [\"both\"]", "hold", &[]),
        (
            "reason = [\"far-back\", \"below-floor\"], case = \"already-below\"",
            "hold",
            &["`far-back`, which has none of these cases"],
        ),
        ("reason = \"far-back\", reversible = true", "hold", &["`far-back`, which speaks of no barrier"]),
        (
            "reason = \"no-way-back\", move = \"rollback\"",
            "hold",
            &["`no-way-back`, which is of the other kind of move"],
        ),
        (
            "severity = \"high\", reversible = true",
            "hold",
            &["any reason: its conditions exclude each other"],
        ),
        ("severity = \"high\"", "warn", &[]),
        ("service = \"x\"", "warn", &[]),
    ] {
        assert_eq!(never_decided(when, then), want, "{when}");
    }
}

#[test]
fn the_shipped_rules_can_all_decide() {
    assert!(shipped().iter().all(|rule| never(rule).is_empty()));
}
