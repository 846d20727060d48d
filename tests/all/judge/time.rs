//! Time travel, and until when a verdict holds.

use super::{advice, question, said, with};
use holdpoint::judge::{Moment, advise, judge};
use holdpoint::model::{format_time, parse_time};

fn valid_until(more: &str, words: &str) -> Option<String> {
    advice(&with(more), words).valid_until.map(format_time)
}

const FLAG: &str = "[advisory.CVE-1]\ntitle = 't'\nseverity = 'high'\naffects = [{ service = 'shop', versions = '<1.3.0', fixed_in = ['1.3.0'] }]\n";

#[test]
fn as_of_a_moment_only_what_was_known_then_counts() {
    let registry = with(&format!("{FLAG}recorded = 2026-11-15\n"));
    let at = |time: &str, to: &str| {
        let verdict = judge(&registry, &question(to), Moment::as_of(parse_time(time).unwrap())).unwrap();
        (verdict.movement.from.as_ref().map(|from| from.text.to_string()), said(&verdict))
    };
    assert_eq!(
        at("2026-11-16", "1.2.0"),
        (Some("1.3.0".into()), vec!["advisory-reopened CVE-1 hold".into()])
    );
    assert_eq!(at("2026-11-14", "1.2.0"), (Some("1.3.0".into()), vec![]));
    // What ran then, and what was released then.
    assert_eq!(at("2026-10-25", "1.1.0"), (Some("1.2.0".into()), vec![]));
    assert_eq!(at("2026-10-25", "1.3.0"), (Some("1.2.0".into()), vec!["unknown-release warn".into()]));
    assert_eq!(at("2026-08-01", "1.0.0").0, None);
}

#[test]
fn a_verdict_says_until_when_it_holds() {
    assert_eq!(valid_until("", "1.2.0"), None);
    assert_eq!(
        valid_until(&format!("{FLAG}until = 2026-12-19\n"), "1.2.0").as_deref(),
        Some("2026-12-20T00:00:00Z")
    );
    assert_eq!(
        valid_until(&format!("{FLAG}effective = 2026-11-30T12:00:00Z\n"), "1.2.0").as_deref(),
        Some("2026-11-30T12:00:00Z")
    );
    // What doesn't bear on this move doesn't end it.
    let older = FLAG.replace("<1.3.0", "<1.1.0").replace("['1.3.0']", "['1.1.0']");
    assert_eq!(valid_until(&format!("{older}effective = 2026-11-30T12:00:00Z\n"), "1.2.0"), None);
    let sign_off = "[sign-off.S1]\nservice = 'shop'\nenvironment = 'prod'\nto = '1.2.0'\naccepts = ['CVE-1']\nas = 'security'\nby = 'x'\nreason = 'r'\nat = 2026-11-22T02:00:00Z\nexpires = 2026-11-29T10:00:00Z\n";
    // Not the file's own expiry but the longest that policy allows.
    assert_eq!(valid_until(&format!("{FLAG}{sign_off}"), "1.2.0").as_deref(), Some("2026-11-25T02:00:00Z"));
    assert_eq!(
        valid_until(&format!("{FLAG}[[rule]]\nname = 'r'\nthen = 'allow'\nuntil = 2026-12-01\n"), "1.2.0")
            .as_deref(),
        Some("2026-12-02T00:00:00Z")
    );
}

#[test]
fn looking_ahead_reveals_nothing_that_was_not_known() {
    let registry = with(&format!("{FLAG}recorded = 2026-11-15\n"));
    let then = Moment::as_of(parse_time("2026-11-01").unwrap());
    let advice = advise(&registry, &question("1.1.0"), then).unwrap();
    assert_eq!(advice.valid_until, None);
}
