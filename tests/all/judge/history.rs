//! Barriers, ping-pong, proof, age and the way back.

use holdpoint::judge::{Moment, judge};
use holdpoint::model::{Level, parse_time};

use super::{changed, expect, question, said, verdict, with, world};

const IRREVERSIBLE: &str = "[[service.shop.barrier]]\nbefore = '1.2.0'\nreason = 'drops a table'\n";

#[test]
fn a_barrier_stops_the_way_below_it() {
    expect(&with(IRREVERSIBLE), "1.2.0", &[]);
    expect(&with(IRREVERSIBLE), "1.1.0", &["barrier-crossed barrier-crossed:1.2.0 block"]);
    let reversible = format!("{IRREVERSIBLE}reversible = true\nundo = 'run down.sql'\n");
    expect(&with(&reversible), "1.1.0", &["barrier-crossed barrier-crossed:1.2.0 hold"]);
}

#[test]
fn a_barrier_is_crossed_only_once_its_cause_has_run() {
    // The migration comes with 1.4.0, which never ran here.
    let registry = changed(
        "{ version = \"1.3.0\", released = 2026-11-10 },",
        "{ version = \"1.3.0\", released = 2026-11-10 }, { version = \"1.4.0\" },",
        "[[service.shop.barrier]]\nbefore = '1.2.0'\nsince = '1.4.0'\nreason = 'drops a table'\n",
    );
    expect(&registry, "1.1.0", &[]);
    expect(
        &registry,
        "1.4.0 -> 1.1.0",
        &["barrier-crossed barrier-crossed:1.2.0 block", "from-disagrees warn"],
    );
}

#[test]
fn what_ran_below_since_has_undone_it() {
    // 1.3.0 ran, then 1.1.0 again (with the undo), now 1.1.0 runs: 1.0.0 is no crossing.
    let registry = changed(
        "running = { prod = \"1.3.0\" }",
        "running = { prod = \"1.1.0\" }",
        &format!(
            "{IRREVERSIBLE}[[service.shop.ran]]\nenvironment = 'prod'\nversion = '1.3.0'\nsince = 2026-11-11\nuntil = 2026-11-12\nkind = 'redeploy'\n"
        ),
    );
    expect(&registry, "1.0.0", &[]);
    // While both run, the roll-out of 1.3.0 may have done it already.
    let both = changed(
        "running = { prod = \"1.3.0\" }",
        "running = { prod = [\"1.1.0\", \"1.3.0\"] }",
        IRREVERSIBLE,
    );
    expect(&both, "1.0.0", &["barrier-crossed barrier-crossed:1.2.0 block"]);
    expect(&both, "1.1.0", &[]);
}

#[test]
fn a_claim_undoes_no_barrier_and_brings_nothing_nearer() {
    // 1.3.0 did it and was left for 1.2.0, which can live with it; that 1.1.0 runs is only said.
    let registry = changed(
        "running = { prod = \"1.3.0\" }",
        "running = { prod = \"1.2.0\" }",
        "[[service.shop.barrier]]\nbefore = '1.2.0'\nsince = '1.3.0'\nreason = 'drops a table'\n\
         [[service.shop.ran]]\nenvironment = 'prod'\nversion = '1.3.0'\nsince = 2026-11-11\nuntil = 2026-11-12\nkind = 'redeploy'\n",
    );
    expect(&registry, "1.0.0", &["barrier-crossed barrier-crossed:1.2.0 block"]);
    expect(
        &registry,
        "1.1.0 -> 1.0.0",
        &["barrier-crossed barrier-crossed:1.2.0 block", "from-disagrees warn"],
    );
    let old = changed("\"1.0.0\", released = 2026-09-01", "\"1.0.0\", released = 2025-01-01", "");
    expect(&old, "1.0.0", &["far-back hold"]);
    expect(&old, "1.0.0 -> 1.0.0", &["far-back hold", "no-way-back warn", "from-disagrees warn"]);
}

const FLED: &str = "[[service.shop.ran]]\nenvironment = 'prod'\nversion = '1.3.0'\nsince = 2026-11-11\nuntil = 2026-11-20\nleft_for = '1.2.0'\nkind = 'rollback'\n";

fn fled(more: &str) -> holdpoint::model::Registry {
    changed("running = { prod = \"1.3.0\" }", "running = { prod = \"1.2.0\" }", &format!("{FLED}{more}"))
}

#[test]
fn going_back_to_what_was_fled_is_ping_pong() {
    expect(&fled(""), "1.3.0", &["ping-pong hold"]);
    let flag = |keys: &str| {
        format!(
            "[instability.INC-1]\ntitle = 't'\nseverity = 'low'\n{keys}\naffects = [{{ service = 'shop', versions = '1.3.0' }}]\n"
        )
    };
    expect(&fled(&flag("")), "1.3.0", &["ping-pong hold", "unstable-release INC-1 warn"]);
    let withdrawn = flag("withdrawn = { at = 2026-11-01, by = 'x', reason = 'r' }");
    expect(&fled(&withdrawn), "1.3.0", &[]);
    let settled =
        "[service.shop.settled]\n\"1.3.0\" = { at = 2026-11-21, by = 'x', reason = 'load test passed' }\n";
    expect(&fled(settled), "1.3.0", &[]);
    let settled_before =
        "[service.shop.settled]\n\"1.3.0\" = { at = 2026-11-10, by = 'x', reason = 'the time before' }\n";
    expect(&fled(settled_before), "1.3.0", &["ping-pong hold"]);
    expect(&fled("[policy]\nping_pong = '1d'\n"), "1.3.0", &[]);
}

#[test]
fn ping_pong_wants_a_signature_of_each_key() {
    let sign = |id: &str, key: &str| {
        format!(
            "[sign-off.{id}]\nservice = 'shop'\nenvironment = 'prod'\nto = '1.3.0'\naccepts = ['ping-pong']\nas = '{key}'\nby = 'x'\nreason = 'r'\nat = 2026-11-22T02:00:00Z\nexpires = 2026-11-22T06:00:00Z\n"
        )
    };
    let one = fled(&sign("A", "security"));
    expect(&one, "1.3.0", &["ping-pong hold"]);
    assert_eq!(verdict(&one, "1.3.0").needed(), [holdpoint::model::Key::Reliability]);
    let both = fled(&(sign("A", "security") + &sign("B", "reliability")));
    expect(&both, "1.3.0", &["ping-pong warn"]);
    assert_eq!(verdict(&both, "1.3.0").given.len(), 2);
}

#[test]
fn what_never_ran_here_is_unproven() {
    let registry = changed(
        "{ version = \"1.0.0\", released = 2026-09-01 },",
        "{ version = \"1.0.0\", released = 2026-09-01 }, { version = \"1.1.5\" },",
        "",
    );
    expect(&registry, "1.1.5", &["unproven-release warn"]);
    // Nothing is known of this environment's past, so nothing can be unproven.
    let fresh =
        changed("running = { prod = \"1.3.0\" }", "running = { prod = \"1.3.0\", test = \"1.3.0\" }", "");
    expect(&fresh, "1.2.0 in test", &[]);
}

#[test]
fn far_back_is_told_by_the_dates() {
    for (released, reasons) in [
        ("2026-08-12", vec![]),
        ("2026-08-11", vec!["far-back warn"]),
        ("2025-11-10", vec!["far-back warn"]),
        ("2025-11-09", vec!["far-back hold"]),
    ] {
        let registry = changed("released = 2026-09-01", &format!("released = {released}"), "");
        expect(&registry, "1.0.0", &reasons);
    }
    expect(&changed("\"1.0.0\", released = 2026-09-01", "\"1.0.0\"", ""), "1.0.0", &[]);
}

#[test]
fn a_redeploy_without_a_way_back_is_said() {
    let registry = changed(
        "running = { prod = \"1.3.0\" }",
        "running = { prod = \"1.2.0\" }",
        "[[service.shop.barrier]]\nbefore = '1.3.0'\nreason = 'drops a table'\n",
    );
    expect(&registry, "1.3.0", &["no-way-back warn"]);
}

#[test]
fn an_unfinished_move_is_said() {
    let registry =
        with("[service.shop.under-way.prod]\nto = '1.2.0'\nsince = 2026-11-22T02:59:00Z\nby = 'ann'\n");
    expect(&registry, "1.2.0", &["move-under-way warn"]);
}

/// Since when what runs does: an entry that nothing ends.
const OPEN: &str =
    "[[service.shop.ran]]\nenvironment = 'prod'\nversion = '1.3.0'\nsince = 2026-11-11\nknown = 'kubectl'\n";

#[test]
fn since_when_something_runs_is_no_history() {
    for to in ["1.0.0", "1.2.0", "1.3.0", "1.9.0"] {
        let (without, open) = (with(""), with(OPEN));
        let verdicts = [&without, &open].map(|registry| verdict(registry, to));
        assert_eq!(said(&verdicts[0]), said(&verdicts[1]), "{to}");
    }
    // It tells of the place all the same: what isn't in it has never run here, as far as is known.
    let first = "format = 1\n[service.shop]\nrunning = { prod = '1.3.0' }\nrelease = [{ version = '1.0.0' }, { version = '1.3.0' }]\n";
    expect(&world(&format!("{first}{OPEN}")), "1.0.0", &["unproven-release warn"]);
    expect(&world(first), "1.0.0", &[]);
    // Once it doesn't run any more, it ran.
    let left = first.replace("prod = '1.3.0'", "prod = '1.0.0'");
    expect(&world(&format!("{left}{OPEN}")), "1.3.0", &[]);
    expect(&world(&format!("{left}{OPEN}")), "0.9.0", &["unknown-release hold", "unproven-release warn"]);
}

#[test]
fn since_when_an_accepted_exposure_runs_makes_it_no_measure() {
    let entered = "[service.shop.entered.prod]\nfrom = '1.0.0'\nby = 'sign-off S1'\nsubjects = ['CVE-1']\nexpires = 2026-12-01\n\
        [advisory.CVE-1]\ntitle = 'x'\nseverity = 'low'\naffects = [{ service = 'shop', versions = '>=1.2.0' }]\n";
    let one = "format = 1\n[service.shop]\nrunning = { prod = '1.3.0' }\nrelease = [{ version = '1.0.0' }, { version = '1.2.0' }, { version = '1.3.0' }]\n";
    let reopened = "advisory-reopened CVE-1 warn";
    expect(&world(&format!("{one}{entered}")), "1.2.0", &[reopened]);
    expect(&world(&format!("{one}{OPEN}{entered}")), "1.2.0", &[reopened, "unproven-release warn"]);
}

/// A roll-out of 2.1.0 beside 2.0.0, given up after ten days.
const ABORTED: &str = "format = 1\n[service.shop]\nrunning = { prod = '2.0.0' }\n\
    release = [{ version = '2.0.0' }, { version = '2.1.0' }]\n\
    [[service.shop.ran]]\nenvironment = 'prod'\nversion = '2.0.0'\nsince = 2026-11-01\n\
    [[service.shop.ran]]\nenvironment = 'prod'\nversion = '2.1.0'\nsince = 2026-11-10\nuntil = 2026-11-20\n\
    left_for = '2.0.0'\nkind = 'rollback'\n\
    [advisory.CVE-1]\ntitle = 'x'\nseverity = 'critical'\naffects = [{ service = 'shop', versions = '<2.1.0' }]\n";

#[test]
fn what_runs_ran_on_beside_what_was_tried_and_left() {
    let registry = world(ABORTED);
    let on = |time: &str| {
        let moment = Moment::as_of(parse_time(time).unwrap());
        let verdict = judge(&registry, &question("2.0.0"), moment).unwrap();
        let from = verdict.movement.from.as_ref().map(|from| from.text.to_string());
        (from, verdict.level)
    };
    assert_eq!(on("2026-11-05").0.as_deref(), Some("2.0.0"));
    // Both ran: going back is giving up, and brings nothing in that isn't there.
    assert_eq!(on("2026-11-15"), (Some("2.1.0".into()), Level::Warn));
    assert_eq!(on("2026-11-21").0.as_deref(), Some("2.0.0"));
}

#[test]
fn as_of_a_time_what_began_later_did_not_run() {
    let registry = with(&OPEN.replace("2026-11-11", "2026-11-15"));
    let running = |time: &str| {
        let moment = Moment::as_of(parse_time(time).unwrap());
        judge(&registry, &question("1.0.0"), moment).unwrap().movement.from.map(|from| from.text.to_string())
    };
    assert_eq!(running("2026-11-10").as_deref(), Some("1.2.0"));
    assert_eq!(running("2026-11-12"), None, "1.2.0 was left, 1.3.0 hadn't begun");
    assert_eq!(running("2026-11-20").as_deref(), Some("1.3.0"));
}
