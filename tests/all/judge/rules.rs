//! The registry's own rules, and the shipped ones behind them.

use super::{expect, now, question, said, verdict, with};
use holdpoint::judge::{Code, Moment, Never, Question, advise, judge, never};
use holdpoint::model::{Level, format_time, parse_time};
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
        ("kind = 'advisory'", true),
        ("kind = ['advisory', 'instability']", true),
        ("kind = 'instability'", false),
        ("older_than = '99w'", true), // without dates it always counts
        ("younger_than = '99w'", false),
        ("score_at_least = 0", false), // it has none
        ("mitigated = false", true),
        ("mitigated = true", false),
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
        ("incident_severity = 'sev1'", false),
        ("weekday = 'sun', zone = 'UTC'", true),
        ("weekday = 'sun', zone = 'America/New_York'", false),
        ("weekday = ['sat', 'mon'], zone = 'America/New_York'", true),
        ("hours = '04:00-04:01', zone = 'Europe/Berlin'", true),
        ("hours = ['03:00-04:00', '04:01-03:00'], zone = 'Europe/Berlin'", false),
        ("weekday = 'sat', hours = '22:00-06:00', zone = 'UTC'", true),
        ("asked_by = 'sre'", false), // nobody is known to ask
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
fn the_severity_of_the_incident_can_be_a_condition() {
    let registry = |severity: &str, wanted: &str| {
        let incident =
            format!("[incident.INC-9]\nservices = ['shop']\nstarted = 2026-11-22T02:50:00Z\n{severity}\n");
        with(&format!("{FLAG}{incident}[[rule]]\nwhen = {{ incident_severity = {wanted} }}\nthen = 'warn'\n"))
    };
    expect(&registry("severity = 'sev1'", "['sev0', 'sev1']"), "1.2.0", &["advisory-reopened CVE-1 warn"]);
    expect(&registry("severity = 'sev2'", "['sev0', 'sev1']"), "1.2.0", &["advisory-reopened CVE-1 hold"]);
    expect(&registry("", "'sev1'"), "1.2.0", &["advisory-reopened CVE-1 hold"]);
}

#[test]
fn a_flag_grows_older_and_a_verdict_knows_when() {
    let registry = |when: &str, dates: &str| {
        with(&format!("{FLAG}{dates}\n[[rule]]\nname = 'mine'\nwhen = {{ {when} }}\nthen = 'warn'\n"))
    };
    let said = |when: &str, dates: &str| {
        let registry = registry(when, dates);
        let advice = super::advice(&registry, "1.2.0");
        (advice.verdict.level == Level::Warn, advice.valid_until.map(format_time).unwrap_or_default())
    };
    for (when, dates, matches, until) in [
        ("older_than = '7d'", "recorded = 2026-11-15T03:00:00Z", true, ""),
        ("older_than = '7d'", "recorded = 2026-11-15T03:00:01Z", false, "2026-11-22T03:00:01Z"),
        ("younger_than = '7d'", "recorded = 2026-11-15T03:00:00Z", false, ""),
        ("younger_than = '7d'", "recorded = 2026-11-15T03:00:01Z", true, "2026-11-22T03:00:01Z"),
        // The later of the two dates.
        (
            "older_than = '1h'",
            "recorded = 2026-01-01\neffective = 2026-11-22T02:30:00Z",
            false,
            "2026-11-22T03:30:00Z",
        ),
        (
            "older_than = '1h'",
            "recorded = 2026-11-22T02:30:00Z\neffective = 2026-01-01",
            false,
            "2026-11-22T03:30:00Z",
        ),
    ] {
        assert_eq!(said(when, dates), (matches, until.to_owned()), "{when} with {dates}");
    }
}

#[test]
fn a_score_can_be_a_condition() {
    // 8.1
    let vector = "cvss = 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H'\n";
    for (least, level) in [("8.1", "warn"), ("8", "warn"), ("8.2", "hold"), ("10.0", "hold")] {
        let rule = format!("[[rule]]\nwhen = {{ score_at_least = {least} }}\nthen = 'warn'\n");
        expect(
            &with(&format!("{FLAG}{vector}{rule}")),
            "1.2.0",
            &[&format!("advisory-reopened CVE-1 {level}")],
        );
    }
}

#[test]
fn a_rule_can_ask_whether_a_mitigation_is_on() {
    let offer = "mitigation = [{ id = 'waf', do = 'enable R3', lowers_to = 'hold', hours = 4 }]\n";
    let rule = "[[rule]]\nname = 'mine'\nwhen = { reason = 'advisory-reopened', mitigated = true }\nthen = 'allow'\n";
    let signed = |with: &str, at: &str| {
        format!(
            "[sign-off.S]\nservice = 'shop'\nenvironment = 'prod'\nto = '1.2.0'\naccepts = ['other']\n{with}as = 'security'\n\
             by = 'x'\nreason = 'r'\nat = {at}\nexpires = 2026-11-22T20:00:00Z\n"
        )
    };
    let on = "with = ['CVE-1/waf']\n";
    for (sign_off, level) in [
        (signed(on, "2026-11-22T02:00:00Z"), "allow"),
        (signed(on, "2026-11-21T23:00:00Z"), "hold"), // its four hours are over
        (signed("", "2026-11-22T02:00:00Z"), "hold"),
        (String::new(), "hold"),
    ] {
        let registry = with(&format!("{FLAG}{offer}{rule}{sign_off}"));
        expect(&registry, "1.2.0", &[&format!("advisory-reopened CVE-1 {level}")]);
        // Another target was signed for nothing.
        expect(&registry, "1.1.0", &["advisory-reopened CVE-1 hold"]);
    }
}

#[test]
fn whoever_asks_can_be_a_condition() {
    let teams = "[team.sre]\nmembers = ['rosa@example.com']\n[team.leads]\nmembers = ['ann@example.com']\n";
    let rule = "[[rule]]\nwhen = { asked_by = ['leads', 'nobody'] }\nthen = 'warn'\n";
    let registry = with(&format!("{FLAG}{teams}{rule}"));
    for (asker, level) in [
        (Some("Ann on call <ANN@example.com>"), Level::Warn),
        (Some("Rosa <rosa@example.com>"), Level::Hold),
        (Some("leads"), Level::Hold),
        (None, Level::Hold),
    ] {
        let question = Question { asker: asker.map(Into::into), ..question("1.2.0") };
        assert_eq!(judge(&registry, &question, now()).unwrap().level, level, "{asker:?}");
    }
}

#[test]
fn a_verdict_holds_until_hours_begin_or_end() {
    let until = |when: &str| {
        let registry = with(&format!("{FLAG}[[rule]]\nwhen = {{ {when} }}\nthen = 'block'\n"));
        super::advice(&registry, "1.2.0").valid_until.map(format_time)
    };
    for (when, wanted) in [
        ("hours = '09:00-17:00', zone = 'Europe/Berlin'", Some("2026-11-22T08:00:00Z")),
        ("weekday = 'sun', zone = 'UTC'", Some("2026-11-23T00:00:00Z")),
        ("weekday = 'sat', hours = '22:00-23:00', zone = 'UTC'", Some("2026-11-28T22:00:00Z")),
        // Of another place, or of a reason that isn't there.
        ("service = 'other', weekday = 'sun', zone = 'UTC'", None),
        ("reason = 'far-back', weekday = 'sun', zone = 'UTC'", None),
        ("hours = '00:00-24:00', zone = 'UTC'", None),
    ] {
        assert_eq!(until(when).as_deref(), wanted, "{when}");
    }
    // What begins by date is followed by the hours that come then.
    let late = format!("{FLAG}effective = 2027-01-04T12:00:00Z\n");
    let rule = "[[rule]]\nwhen = { hours = '00:00-06:00', zone = 'UTC' }\nthen = 'block'\n";
    let registry = with(&format!("{late}{rule}"));
    let monday = Moment::present(parse_time("2027-01-04T13:00:00Z").unwrap());
    let advice = advise(&registry, &question("1.2.0"), monday).unwrap();
    assert_eq!(advice.valid_until.map(format_time).as_deref(), Some("2027-01-05T00:00:00Z"));
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
