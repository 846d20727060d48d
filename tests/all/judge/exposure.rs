//! What a move does to the flags.

use super::{changed, expect, now, question, verdict, with, world};
use holdpoint::judge::{Moment, judge};
use holdpoint::model::parse_time;

fn advisory(keys: &str) -> String {
    format!("[advisory.CVE-1]\ntitle = 't'\n{keys}\n")
}

#[test]
fn a_clean_step_back_has_nothing_to_say() {
    expect(&with(""), "1.2.0", &[]);
}

#[test]
fn the_default_levels_of_a_reopened_advisory() {
    for (keys, level) in [
        ("severity = 'critical'", "block"),
        ("severity = 'low'\nexploited = true", "block"),
        ("severity = 'high'", "hold"),
        ("", "hold"),
        ("severity = 'medium'", "warn"),
        ("severity = 'low'", "warn"),
        ("cvss = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'", "block"),
        // The word decides over the score.
        ("severity = 'low'\ncvss = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'", "warn"),
    ] {
        let affects = "affects = [{ service = 'shop', versions = '<1.3.0', fixed_in = ['1.3.0'] }]\n";
        let registry = with(&advisory(&format!("{affects}{keys}")));
        expect(&registry, "1.2.0", &[&format!("advisory-reopened CVE-1 {level}")]);
    }
}

#[test]
fn what_is_as_bad_where_we_are_is_carried() {
    let registry = with(&advisory("severity = 'critical'\naffects = [{ service = 'shop', versions = '*' }]"));
    expect(&registry, "1.2.0", &["advisory-carried CVE-1 warn"]);
    expect(&registry, "1.3.0", &["advisory-carried CVE-1 warn"]);
}

#[test]
fn leaving_an_advisory_is_good_news() {
    let registry =
        with(&advisory("severity = 'critical'\naffects = [{ service = 'shop', versions = '>=1.3.0' }]"));
    expect(&registry, "1.2.0", &["advisory-closed CVE-1 allow"]);
}

#[test]
fn small_steps_reach_nothing_that_one_could_not() {
    // 1.3.0 mends it and ran here until yesterday; from 1.2.0, which has it, one more step down is no excuse.
    let registry = changed(
        "running = { prod = \"1.3.0\" }",
        "running = { prod = \"1.2.0\" }",
        "[[service.shop.ran]]\nenvironment = 'prod'\nversion = '1.3.0'\nsince = 2026-11-11\nuntil = 2026-11-21\nkind = 'redeploy'
[advisory.CVE-1]\ntitle = 't'\nseverity = 'critical'\naffects = [{ service = 'shop', versions = '<1.3.0', fixed_in = '1.3.0' }]\n"
            .replace("'1.3.0' }]", "['1.3.0'] }]").as_str(),
    );
    expect(&registry, "1.1.0", &["advisory-reopened CVE-1 block"]);
    // What runs may be restarted all the same, though from there it's all uphill.
    expect(&registry, "1.2.0", &["advisory-carried CVE-1 warn", "no-way-back warn"]);
}

#[test]
fn the_baseline_forgets_after_its_window() {
    let more = "[[service.shop.ran]]\nenvironment = 'prod'\nversion = '1.3.0'\nsince = 2026-10-01\nuntil = 2026-10-23T03:00:00Z\nkind = 'redeploy'
[advisory.CVE-1]\ntitle = 't'\nseverity = 'critical'\naffects = [{ service = 'shop', versions = '<1.3.0', fixed_in = ['1.3.0'] }]\n";
    let registry = changed("running = { prod = \"1.3.0\" }", "running = { prod = \"1.2.0\" }", more);
    // 30 days to the second: over.
    expect(&registry, "1.1.0", &["advisory-carried CVE-1 warn"]);
    let before =
        judge(&registry, &question("1.1.0"), Moment::present(parse_time("2026-11-22T02:59:59Z").unwrap()))
            .unwrap();
    assert_eq!(super::said(&before), ["advisory-reopened CVE-1 block"]);
}

#[test]
fn an_upgrade_is_not_punished_for_an_older_cleaner_past() {
    // 1.0.0 was clean, 1.1.0 on are affected: going forward within it carries.
    let registry = changed(
        "running = { prod = \"1.3.0\" }",
        "running = { prod = \"1.2.0\" }",
        &advisory("severity = 'critical'\naffects = [{ service = 'shop', versions = '>=1.1.0' }]"),
    );
    expect(&registry, "1.3.0", &["advisory-carried CVE-1 warn"]);
}

#[test]
fn onto_an_empty_environment_everything_reopens() {
    let registry = changed(
        "running = { prod = \"1.3.0\" }",
        "running = { prod = [] }",
        &advisory("severity = 'high'\naffects = [{ service = 'shop', versions = '>=1.1.0' }]"),
    );
    let verdict = verdict(&registry, "1.3.0");
    assert_eq!(verdict.movement.from, None);
    assert_eq!(verdict.movement.kind.word(), "redeploy");
    assert!(super::said(&verdict).contains(&"advisory-reopened CVE-1 hold".to_owned()));
}

#[test]
fn instabilities_stop_only_what_goes_onto_them() {
    let flag = |severity: &str, versions: &str| {
        format!(
            "[instability.INC-1]\ntitle = 't'\n{severity}\naffects = [{{ service = 'shop', versions = '{versions}', fixed_in = ['1.3.0'] }}]\n"
        )
    };
    for (severity, level) in [
        ("severity = 'critical'", "block"),
        ("severity = 'high'", "hold"),
        ("", "hold"),
        ("severity = 'low'", "warn"),
    ] {
        expect(&with(&flag(severity, "<1.3.0")), "1.2.0", &[&format!("unstable-release INC-1 {level}")]);
    }
    let everywhere = with(
        "[instability.INC-1]\ntitle = 't'\nseverity = 'critical'\naffects = [{ service = 'shop', versions = '*' }]\n",
    );
    expect(&everywhere, "1.2.0", &["does-not-help INC-1 warn"]);
}

#[test]
fn a_compromised_artifact_never_runs() {
    let registry = with(&advisory(
        "compromised = true\nseverity = 'low'\naffects = [{ service = 'shop', versions = '*' }]\n\
         [[rule]]\nname = 'soft'\nwhen = { reason = 'compromised-release' }\nthen = 'allow'\n\
         [[rule]]\nname = 'softer'\nthen = 'allow'",
    ));
    expect(&registry, "1.2.0", &["compromised-release CVE-1 block"]);
    expect(&registry, "1.3.0", &["compromised-release CVE-1 block", "no-way-back allow"]);
    let verdict = verdict(&registry, "1.2.0");
    assert_eq!(verdict.changes.carried.len(), 1, "it stands among the changes all the same");
}

#[test]
fn ranges_spare_what_they_except_and_nothing_else() {
    let registry = with(&advisory(
        "severity = 'high'\naffects = [{ service = 'shop', versions = '<1.3.0', except = '1.2.0', fixed_in = ['1.2.0', '1.3.0'] }]",
    ));
    expect(&registry, "1.2.0", &[]);
    expect(&registry, "1.1.0", &["advisory-reopened CVE-1 hold"]);
}

#[test]
fn flags_by_tag_and_digest_hit_what_carries_them() {
    let text = super::BASE.replace(
        "{ version = \"1.2.0\",",
        "{ version = \"1.2.0\", tags = ['base:deb12'], digests = ['sha256:aa'],",
    );
    let tag = "[advisory.BASE-1]\ntitle = 't'\nseverity = 'high'\naffects = [{ services = '*', tag = 'base:deb12' }]\n";
    expect(&world(&format!("{text}{tag}")), "1.2.0", &["advisory-reopened BASE-1 hold"]);
    let digest = "[advisory.BASE-1]\ntitle = 't'\nseverity = 'high'\naffects = [{ service = 'shop', digests = ['sha256:aa', 'sha256:bb'] }]\n";
    let registry = world(&format!("{text}{digest}"));
    expect(&registry, "1.2.0", &["advisory-reopened BASE-1 hold"]);
    expect(&registry, "1.1.0", &[]);
}

#[test]
fn flags_of_an_environment_hold_there_and_in_its_members() {
    let text = super::BASE.replace(
        "running = { prod = \"1.3.0\" }",
        "running = { prod = \"1.3.0\", prod-eu = \"1.3.0\", staging = \"1.3.0\" }",
    );
    let registry = world(&format!(
        "{text}[environment.prod]\n[environment.prod-eu]\nin = 'prod'\n[environment.staging]\n\
         [advisory.CVE-1]\ntitle = 't'\nseverity = 'high'\naffects = [{{ service = 'shop', versions = '1.2.0', environments = ['prod'], fixed_in = ['1.3.0'] }}]\n"
    ));
    expect(&registry, "1.2.0 in prod", &["advisory-reopened CVE-1 hold"]);
    expect(&registry, "1.2.0 in prod-eu", &["advisory-reopened CVE-1 hold"]);
    expect(&registry, "1.2.0 in staging", &["flagged-elsewhere CVE-1 warn"]);
}

#[test]
fn a_first_deployment_into_a_group_is_held_against_the_group() {
    let registry = with(
        "[environment.prod]\n[environment.prod-eu]\nin = 'prod'\n\
         [advisory.CVE-1]\ntitle = 't'\nseverity = 'critical'\naffects = [{ service = 'shop', versions = '*' }]\n",
    );
    let verdict = verdict(&registry, "1.3.0 in prod-eu");
    assert_eq!(super::said(&verdict), ["advisory-carried CVE-1 warn"]);
    assert_eq!(verdict.movement.from, None);
}

#[test]
fn flags_have_a_life() {
    let flag = |keys: &str| {
        with(&advisory(&format!(
            "{keys}\nseverity = 'high'\naffects = [{{ service = 'shop', versions = '<1.3.0', fixed_in = ['1.3.0'] }}]"
        )))
    };
    let reopened: &[&str] = &["advisory-reopened CVE-1 hold"];
    let cases: &[(&str, &[&str])] = &[
        ("recorded = 2026-11-22T03:00:00Z", reopened),
        ("recorded = 2026-11-22T03:09:00Z", reopened),
        ("recorded = 2026-11-22T04:00:00Z", &["advisory-reopened CVE-1 hold", "clock-disagrees warn"]),
        ("effective = 2026-11-22T03:00:00Z", reopened),
        ("effective = 2026-11-22T03:00:01Z", &["flag-scheduled CVE-1 warn"]),
        ("until = 2026-11-22", reopened),
        ("until = 2026-11-21", &[]),
        ("until = 2026-11-22T03:00:00Z", &[]),
        ("withdrawn = { at = 2026-11-22T02:00:00Z, by = 'x', reason = 'r' }", &["flag-withdrawn CVE-1 warn"]),
        ("withdrawn = { at = 2026-11-15T03:00:01Z, by = 'x', reason = 'r' }", &["flag-withdrawn CVE-1 warn"]),
        ("withdrawn = { at = 2026-11-15T03:00:00Z, by = 'x', reason = 'r' }", &[]),
    ];
    for (keys, reasons) in cases {
        expect(&flag(keys), "1.2.0", reasons);
    }
}

#[test]
fn a_young_narrowing_is_said() {
    let registry = with(&advisory(
        "severity = 'high'\nnarrowed = { at = 2026-11-20, was = '<1.3.0' }\naffects = [{ service = 'shop', versions = '<1.2.0', fixed_in = ['1.2.0'] }]",
    ));
    expect(&registry, "1.2.0", &["flag-withdrawn CVE-1 warn"]);
    expect(&registry, "1.1.0", &["advisory-reopened CVE-1 hold"]);
    let earlier =
        judge(&registry, &question("1.2.0"), Moment::as_of(parse_time("2026-11-19").unwrap())).unwrap();
    assert_eq!(super::said(&earlier), ["advisory-reopened CVE-1 hold"], "as of then it wasn't narrowed");
}

#[test]
fn a_range_that_just_ends_is_worth_a_question() {
    let registry =
        with(&advisory("severity = 'high'\naffects = [{ service = 'shop', versions = '<1.2.0' }]"));
    expect(&registry, "1.2.0", &["fix-unclear CVE-1 warn"]);
    expect(&registry, "1.3.0", &[]);
    let _ = now();
}
