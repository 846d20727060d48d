//! Better trades, aborts, mitigations and sign-offs.

use super::{changed, expect, now, question, said, verdict, with};
use holdpoint::judge::{Question, Refusal, judge};

fn advisory(id: &str, keys: &str, versions: &str) -> String {
    format!(
        "[advisory.{id}]\ntitle = 't'\n{keys}\naffects = [{{ service = 'shop', versions = '{versions}' }}]\n"
    )
}

#[test]
fn a_better_trade_turns_a_block_into_a_hold() {
    let trade = |closed: &str, reopened: &str| {
        with(&(advisory("CVE-NEW", closed, "1.3.0") + &advisory("CVE-OLD", reopened, "<1.3.0-0")))
    };
    let cases = [
        ("severity = 'critical'\nexploited = true", "severity = 'critical'", "hold"),
        ("severity = 'low'\nexploited = true", "severity = 'critical'", "hold"),
        ("severity = 'critical'", "severity = 'critical'", "block"),
        ("severity = 'critical'", "severity = 'high'\nexploited = true", "block"),
        ("severity = 'high'", "severity = 'critical'", "block"),
    ];
    for (closed, reopened, level) in cases {
        let registry = trade(closed, reopened);
        expect(
            &registry,
            "1.2.0",
            &[&format!("advisory-reopened CVE-OLD {level}"), "advisory-closed CVE-NEW allow"],
        );
    }
    // A warning is not raised by it, and a rule's block is lowered like any other.
    let registry = trade("severity = 'critical'", "severity = 'low'");
    expect(&registry, "1.2.0", &["advisory-reopened CVE-OLD warn", "advisory-closed CVE-NEW allow"]);
    let ruled = with(
        &(advisory("CVE-NEW", "severity = 'critical'", "1.3.0")
            + &advisory("CVE-OLD", "severity = 'low'", "<1.3.0-0")
            + "[[rule]]\nname = 'strict'\nwhen = { reason = 'advisory-reopened' }\nthen = 'block'\n"),
    );
    expect(&ruled, "1.2.0", &["advisory-reopened CVE-OLD hold", "advisory-closed CVE-NEW allow"]);
}

#[test]
fn a_trade_must_beat_every_advisory_it_reopens() {
    let registry = with(
        &(advisory("CVE-NEW", "severity = 'critical'", "1.3.0")
            + &advisory("CVE-A", "severity = 'critical'", "<1.3.0-0")
            + &advisory("CVE-B", "severity = 'low'", "<1.3.0-0")),
    );
    expect(
        &registry,
        "1.2.0",
        &["advisory-reopened CVE-A block", "advisory-reopened CVE-B warn", "advisory-closed CVE-NEW allow"],
    );
}

#[test]
fn an_abort_is_at_most_a_warning() {
    let rules = "[[rule]]\nname = 'strict'\nwhen = { reason = ['advisory-carried', 'does-not-help'] }\nthen = 'block'\n";
    let flag = advisory("CVE-1", "severity = 'critical'", "<1.3.0-0") + rules;
    let registry =
        changed("running = { prod = \"1.3.0\" }", "running = { prod = [\"1.2.0\", \"1.3.0\"] }", &flag);
    expect(&registry, "1.2.0", &["advisory-carried CVE-1 warn"]);
    // A third release is no abort.
    let third = verdict(&registry, "1.1.0");
    assert_eq!(third.level, holdpoint::model::Level::Block);
}

const FLAG: &str = "[advisory.CVE-1]\ntitle = 't'\nexploited = true\naffects = [{ service = 'shop', versions = '<1.3.0', fixed_in = ['1.3.0'] }]\nmitigation = [{ id = 'waf', do = 'enable R3', lowers_to = 'hold', hours = 4 }]\n";

fn sign_off(keys: &str) -> String {
    let mut text = "[sign-off.S1]\nservice = 'shop'\n".to_owned();
    let defaults = [
        ("environment", "'prod'"),
        ("to", "'1.2.0'"),
        ("accepts", "['CVE-1']"),
        ("as", "'security'"),
        ("by", "'Sec <sec@example.com>'"),
        ("reason", "'r'"),
        ("at", "2026-11-22T02:00:00Z"),
        ("expires", "2026-11-22T10:00:00Z"),
    ];
    for (key, value) in defaults {
        if !keys.lines().any(|line| line.starts_with(&format!("{key} ="))) {
            text += &format!("{key} = {value}\n");
        }
    }
    text + keys + "\n"
}

#[test]
fn a_sign_off_covers_a_hold_and_never_a_block() {
    let high = FLAG.replace("exploited = true", "severity = 'high'");
    expect(&with(&(high.clone() + &sign_off(""))), "1.2.0", &["advisory-reopened CVE-1 warn"]);
    expect(&with(&(FLAG.to_owned() + &sign_off(""))), "1.2.0", &["advisory-reopened CVE-1 block"]);
    for keys in [
        "to = '1.1.0'",
        "environment = 'staging'",
        "accepts = ['CVE-2']",
        "as = 'reliability'",
        "expires = 2026-11-22T03:00:00Z",
        "at = 2026-11-19T03:00:00Z\nexpires = 2026-12-22T03:00:00Z",
        "at = 2026-12-19T03:00:00Z\nexpires = 2026-12-20T03:00:00Z",
    ] {
        let registry = with(&(high.clone() + &sign_off(keys)));
        let verdict = verdict(&registry, "1.2.0");
        assert_eq!(verdict.level, holdpoint::model::Level::Hold, "{keys}");
    }
}

#[test]
fn only_members_of_the_owner_team_sign() {
    let high = FLAG.replace("exploited = true", "severity = 'high'");
    let owned = |members: &str| {
        changed(
            "running =",
            "owner = { reliability = 'sre', security = 'appsec' }\nrunning =",
            &format!("{high}{}[team.appsec]\nmembers = [{members}]\n", sign_off("")),
        )
    };
    expect(&owned("'sec@example.com'"), "1.2.0", &["advisory-reopened CVE-1 warn"]);
    let stranger = owned("'other@example.com'");
    let verdict = verdict(&stranger, "1.2.0");
    assert_eq!(verdict.level, holdpoint::model::Level::Hold);
    assert!(matches!(&verdict.refused[0].1, Refusal::NotMember(team) if team.as_str() == "appsec"));
}

#[test]
fn a_mitigation_counts_while_somebody_signs_that_it_is_on() {
    let on = |keys: &str| with(&(FLAG.to_owned() + &sign_off(&format!("with = ['CVE-1/waf']\n{keys}"))));
    // The block becomes a hold, and the same sign-off covers that.
    expect(&on(""), "1.2.0", &["advisory-reopened CVE-1 warn"]);
    expect(&on("accepts = ['other']"), "1.2.0", &["advisory-reopened CVE-1 hold"]);
    // Four hours from `at`, to the second.
    expect(&on("at = 2026-11-21T23:00:00Z"), "1.2.0", &["advisory-reopened CVE-1 block"]);
    // SRE can't say it for security.
    expect(&on("as = 'reliability'"), "1.2.0", &["advisory-reopened CVE-1 block"]);
}

#[test]
fn a_rule_says_who_signs() {
    let high = FLAG.replace("exploited = true", "severity = 'high'");
    let rule =
        "[[rule]]\nname = 'two'\nwhen = { reason = 'advisory-reopened' }\nthen = 'hold'\nsign = 'both'\n";
    let registry = with(&(high + rule + &sign_off("")));
    let verdict = verdict(&registry, "1.2.0");
    assert_eq!(verdict.level, holdpoint::model::Level::Hold);
    assert_eq!(verdict.needed(), [holdpoint::model::Key::Reliability]);
}

#[test]
fn nobody_signs_for_security_what_they_ask_for() {
    let high = FLAG.replace("exploited = true", "severity = 'high'");
    let of_security = with(&(high.clone() + &sign_off("")));
    let unstable = high.replace("advisory.", "instability.");
    let of_reliability = with(&(unstable + &sign_off("as = 'reliability'")));
    let asked = |registry, asker: &str| {
        let question = Question { asker: Some(asker.into()), ..question("1.2.0") };
        let verdict = judge(registry, &question, now()).unwrap();
        let own: Vec<bool> = verdict.given.iter().map(|given| given.own).collect();
        let refused: Vec<Refusal> = verdict.refused.iter().map(|(_, refusal)| refusal.clone()).collect();
        (said(&verdict), own, refused)
    };
    for same in ["Sec <sec@example.com>", "Somebody <SEC@example.com>", "sec@example.com"] {
        let held = vec!["advisory-reopened CVE-1 hold".to_owned()];
        assert_eq!(asked(&of_security, same), (held, vec![], vec![Refusal::Own]), "{same}");
        let signed = vec!["unstable-release CVE-1 warn".to_owned()];
        assert_eq!(asked(&of_reliability, same), (signed, vec![true], vec![]), "{same}");
    }
    for other in ["Sec <other@example.com>", "Sec"] {
        let signed = vec!["advisory-reopened CVE-1 warn".to_owned()];
        assert_eq!(asked(&of_security, other), (signed, vec![false], vec![]), "{other}");
    }
}
