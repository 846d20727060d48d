//! What is to be said of the target itself, and of what runs.

use super::{changed, expect, question, said, verdict, with};
use holdpoint::judge::{Moment, judge};
use holdpoint::model::{Window, parse_time};

#[test]
fn the_floor_holds_unless_we_are_below_it_already() {
    let floor = |version: &str, running: &str| {
        changed(
            "running = { prod = \"1.3.0\" }",
            &format!("running = {{ prod = \"{running}\" }}\nfloor = \"{version}\""),
            "",
        )
    };
    expect(&floor("1.2.0", "1.3.0"), "1.2.0", &[]);
    expect(&floor("1.2.0", "1.3.0"), "1.1.0", &["below-floor block"]);
    expect(&floor("1.3.0", "1.1.0"), "1.2.0", &["below-floor warn", "no-way-back warn"]);
    expect(&floor("1.3.0", "1.1.0"), "1.1.0", &["below-floor warn", "no-way-back warn"]);
    expect(&floor("1.3.0", "1.1.0"), "1.0.0", &["below-floor block"]);
}

#[test]
fn out_of_support_is_no_all_clear() {
    let support = |line: &str| {
        changed(
            "running = { prod = \"1.3.0\" }",
            &format!("running = {{ prod = \"1.3.0\" }}\nsupport = [{line}]"),
            "",
        )
    };
    expect(&support("{ versions = '<1.3.0', until = 2026-11-21 }"), "1.2.0", &["out-of-support hold"]);
    expect(&support("{ versions = '<1.3.0', until = 2026-11-22 }"), "1.2.0", &[]);
    expect(&support("{ versions = '*', until = 2026-11-21 }"), "1.2.0", &["out-of-support warn"]);
    // One window still open is enough.
    let both = "{ versions = '<1.3.0', until = 2026-01-01 }, { versions = '1.2.0', until = 2027-01-01 }";
    expect(&support(both), "1.2.0", &[]);
}

#[test]
fn withdrawn_artifacts_can_not_be_deployed() {
    let gone = |version: &str| {
        let from = format!("{{ version = \"{version}\",");
        changed(&from, &format!("{from} withdrawn = {{ at = 2026-11-19, reason = 'image deleted' }},"), "")
    };
    expect(&gone("1.2.0"), "1.2.0", &["withdrawn-release block"]);
    expect(&gone("1.3.0"), "1.3.0", &["withdrawn-release block"]);
}

#[test]
fn what_nobody_registered() {
    let registry = with(
        "[advisory.CVE-1]\ntitle = 't'\nseverity = 'low'\naffects = [{ service = 'shop', versions = '<1.3.0', fixed_in = ['1.3.0'] }]\n",
    );
    expect(&registry, "1.4.0", &["unknown-release warn"]);
    expect(
        &registry,
        "1.2.7",
        &["unknown-release hold", "advisory-reopened CVE-1 warn", "unproven-release warn"],
    );
    let unplaceable = verdict(&registry, "main-4711");
    assert_eq!(said(&unplaceable), ["unknown-release block", "unproven-release warn"]);
    assert!(unplaceable.reasons[0].finding.message().contains("1 flag could not be compared"));
    // The same place under another spelling is another release, and the registered one is offered.
    let spelt = verdict(&registry, "v1.2.0");
    assert_eq!(spelt.level, holdpoint::model::Level::Hold);
    assert_eq!(spelt.reasons[0].finding.hint("shop", "v1.2.0").as_deref(), Some("did you mean `1.2.0`?"));
}

#[test]
fn a_restart_of_what_runs_is_not_stopped_for_being_unregistered() {
    let registry = changed("running = { prod = \"1.3.0\" }", "running = { prod = \"1.2.7\" }", "");
    expect(&registry, "1.2.7", &["unknown-release warn"]);
}

#[test]
fn where_nobody_knows_what_runs_everything_counts() {
    let registry = changed(
        "running = { prod = \"1.3.0\" }",
        "running = { staging = \"1.3.0\" }",
        "[[service.shop.barrier]]\nbefore = '1.3.0'\nreason = 'drops a table'\n\
         [advisory.CVE-1]\ntitle = 't'\nseverity = 'high'\naffects = [{ service = 'shop', versions = '*' }]\n",
    );
    expect(
        &registry,
        "1.2.0",
        &["advisory-reopened CVE-1 hold", "barrier-crossed barrier-crossed:1.3.0 hold", "unknown-from warn"],
    );
    // `--from` alone is the baseline then.
    expect(
        &registry,
        "1.3.0 -> 1.2.0",
        &["barrier-crossed barrier-crossed:1.3.0 block", "advisory-carried CVE-1 warn"],
    );
    expect(
        &registry,
        "whatever -> 1.2.0",
        &["advisory-reopened CVE-1 hold", "barrier-crossed barrier-crossed:1.3.0 hold", "unknown-from warn"],
    );
}

#[test]
fn two_answers_to_what_runs_both_stand() {
    let registry = with(
        "[advisory.CVE-1]\ntitle = 't'\nseverity = 'high'\naffects = [{ service = 'shop', versions = '<1.3.0', fixed_in = ['1.3.0'] }]\n",
    );
    expect(&registry, "1.2.0 -> 1.1.0", &["advisory-reopened CVE-1 hold", "from-disagrees warn"]);
    expect(&registry, "1.3.0 -> 1.1.0", &["advisory-reopened CVE-1 hold"]);
}

#[test]
fn a_lapsed_acceptance_is_left_or_renewed() {
    let registry = changed(
        "running = { prod = \"1.3.0\" }",
        "running = { prod = \"1.2.0\" }",
        "[service.shop.entered.prod]\nfrom = '1.3.0'\nby = 'sign-off A'\nsubjects = ['CVE-1']\nexpires = 2026-11-22T02:00:00Z\n\
         [advisory.CVE-1]\ntitle = 't'\nseverity = 'medium'\naffects = [{ service = 'shop', versions = '<1.3.0', fixed_in = ['1.3.0'] }]\n",
    );
    expect(&registry, "1.1.0", &["acceptance-expired hold", "advisory-reopened CVE-1 warn"]);
    // A restart of what runs isn't stopped by it, and the way out is free.
    expect(&registry, "1.2.0", &["advisory-carried CVE-1 warn", "no-way-back warn"]);
    expect(&registry, "1.3.0", &["advisory-closed CVE-1 allow"]);
}

#[test]
fn a_release_entered_by_acceptance_is_no_measure() {
    // 1.2.0 was accepted although it has CVE-1; it lacks CVE-2, which 1.3.0, where we came from, has too.
    let registry = changed(
        "running = { prod = \"1.3.0\" }",
        "running = { prod = \"1.2.0\" }",
        "[service.shop.entered.prod]\nfrom = '1.3.0'\nby = 'sign-off A'\nsubjects = ['CVE-1']\nexpires = 2026-11-22T06:00:00Z\n\
         [advisory.CVE-1]\ntitle = 't'\nseverity = 'critical'\naffects = [{ service = 'shop', versions = '<1.3.0', fixed_in = ['1.3.0'] }]\n\
         [advisory.CVE-2]\ntitle = 't'\nseverity = 'critical'\naffects = [{ service = 'shop', versions = '1.3.0' }]\n",
    );
    expect(
        &registry,
        "1.3.0",
        &["advisory-carried CVE-2 warn", "no-way-back warn", "advisory-closed CVE-1 allow"],
    );
    expect(&registry, "1.1.0", &["advisory-reopened CVE-1 block"]);
}

#[test]
fn debts_are_said_once_overdue() {
    let debt = |more: &str| {
        with(&format!(
            "[debt.D1]\nservice = 'shop'\nenvironment = 'prod'\nfrom = '1.2.0'\nto = '1.3.0'\nsubjects = ['ping-pong']\nreason = 'r'\nby = 'x'\nat = 2026-11-18T03:00:00Z\n{more}\n"
        ))
    };
    expect(&debt(""), "1.2.0", &["open-debt open-debt:D1 warn"]);
    expect(&debt("due = 2026-11-23T00:00:00Z"), "1.2.0", &[]);
    let review = |key: &str| format!("{{ as = '{key}', by = 'x', at = 2026-11-19, note = 'n' }}");
    expect(&debt(&format!("reviews = [{}]", review("security"))), "1.2.0", &["open-debt open-debt:D1 warn"]);
    expect(&debt(&format!("reviews = [{}, {}]", review("security"), review("reliability"))), "1.2.0", &[]);
}

#[test]
fn an_old_registry_is_said_where_policy_asks() {
    let registry = with("[policy]\nmax_age = '24h'\n");
    let at = |refreshed: Option<&str>| {
        let moment = Moment { refreshed: refreshed.map(|at| parse_time(at).unwrap()), ..super::now() };
        said(&judge(&registry, &question("1.2.0"), moment).unwrap())
    };
    assert_eq!(at(Some("2026-11-21T03:00:01Z")), [""; 0]);
    assert_eq!(at(Some("2026-11-21T03:00:00Z")), ["stale-registry warn"]);
    assert_eq!(at(None), ["stale-registry warn"]);
    assert_eq!(registry.policy.max_age, Some(Window::hours(24)));
}
