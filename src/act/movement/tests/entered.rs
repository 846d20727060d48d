//! `entered`: when it is written, what it says, how it goes on and when it goes.

use super::*;

const UNTIL: &str = "2026-11-22T08:00:00Z";

/// The line of `entered` after moves, each `TO` or `TO!` for one that breaks the glass.
fn entered(world: &mut World, moves: &[&str]) -> Option<String> {
    for to in moves {
        match to.strip_suffix('!') {
            Some(to) => world.goes(to, Some("x")),
            None => world.goes(to, None),
        };
    }
    world.state().into_iter().find(|line| line.starts_with("entered"))
}

fn high() -> String {
    advisory("CVE-1", "<1.2.0", "high")
}

#[test]
fn it_is_written_when_an_exposure_was_accepted() {
    let floor = "floor = \"1.2.0\"\n";
    let unstable = || high().replace("advisory.CVE-1", "instability.INC-1");
    let security = |accepts: &[&str]| sign_off("S1", "security", "1.1.0", accepts, UNTIL);
    let sre = |accepts: &[&str], expires: &str| sign_off("R1", "reliability", "1.1.0", accepts, expires);
    let cases: [(&str, Vec<String>, &str, Option<&str>); 7] = [
        ("", vec![high(), security(&["CVE-1"])], "1.1.0", Some("by sign-off S1: CVE-1, until 22T08:00")),
        ("", vec![high()], "1.1.0!", Some("by debt: CVE-1, until 25T03:00")),
        (floor, vec![], "1.1.0!", Some("by debt: below-floor, until 25T03:00")),
        // The security team's lapses are what `acceptance-expired` is about, though another one lapses first.
        (
            "",
            vec![high(), unstable(), security(&["CVE-1"]), sre(&["INC-1"], "2026-11-22T04:00:00Z")],
            "1.1.0",
            Some("by sign-off S1: CVE-1 INC-1, until 22T08:00"),
        ),
        (
            "",
            vec![unstable(), sre(&["INC-1"], UNTIL)],
            "1.1.0",
            Some("by sign-off R1: INC-1, until 22T08:00"),
        ),
        // A signature that wasn't needed accepts nothing.
        ("", vec![advisory("CVE-1", "<1.2.0", "low"), security(&["CVE-1"])], "1.1.0", None),
        ("", vec![], "1.1.0!", None),
    ];
    for (added, rest, to, want) in cases {
        for mut world in World::both(added, &rest) {
            let want = want.map(|want| format!("entered from 1.2.0 {want}"));
            assert_eq!(entered(&mut world, &[to]), want, "{to} {rest:?}");
        }
    }
}

#[test]
fn what_was_accepted_of_the_way_leaves_none() {
    let barrier =
        "[[service.shop.barrier]]\nbefore = \"1.2.0\"\nreason = \"x\"\nreversible = true\nundo = \"y\"\n";
    for mut world in World::both(barrier, &[]) {
        assert_eq!(entered(&mut world, &["1.1.0!"]), None);
        assert!(
            world.state().iter().any(|line| line.starts_with("debt 1.2.0 -> 1.1.0: barrier-crossed:1.2.0"))
        );
        // Back to what was left by a rollback, of which no cause was recorded.
        assert_eq!(entered(&mut world, &["1.2.0!"]), None);
        assert!(world.state().iter().any(|line| line.starts_with("debt 1.1.0 -> 1.2.0: ping-pong")));
    }
}

#[test]
fn a_mitigation_that_is_on_is_an_acceptance() {
    let flag = high() + "mitigation = [{ id = \"waf\", do = \"on\", lowers_to = \"warn\", hours = 4 }]\n";
    let with =
        sign_off("S1", "security", "1.1.0", &[], UNTIL).replace("as =", "with = [\"CVE-1/waf\"]\nas =");
    let mut world = World::one("", &[flag, with]);
    let want = "entered from 1.2.0 by sign-off S1: CVE-1, until 22T06:00";
    assert_eq!(entered(&mut world, &["1.1.0"]).as_deref(), Some(want));
}

#[test]
fn moving_on_under_the_exposure_keeps_where_it_was_entered_from() {
    for mut world in World::both("", &[high()]) {
        let first = entered(&mut world, &["1.1.0!"]).unwrap();
        assert_eq!(first, "entered from 1.2.0 by debt: CVE-1, until 25T03:00");
        let onward = entered(&mut world, &["1.0.0!"]).unwrap();
        assert_eq!(onward, "entered from 1.2.0 by debt: CVE-1, until 25T03:05");
        // Back into the same exposure, newer than where it came from: it still isn't left.
        let back = entered(&mut world, &["1.1.0!"]).unwrap();
        assert!(back.starts_with("entered from 1.2.0 by debt: CVE-1"), "{back}");
        assert_eq!(entered(&mut world, &["1.2.0!"]), None, "it is left");
    }
}

#[test]
fn what_isn_t_on_it_any_more_is_taken_out_of_it() {
    let two = [high(), advisory("CVE-2", "<1.1.0", "high"), advisory("CVE-3", ">=1.1.0, <1.2.0", "medium")];
    let mut world = World::one("", &two);
    let both = entered(&mut world, &["1.0.0!"]).unwrap();
    assert_eq!(both, "entered from 1.2.0 by debt: CVE-1 CVE-2, until 25T03:00");
    let one = entered(&mut world, &["1.1.0!"]).unwrap();
    assert!(one.starts_with("entered from 1.2.0 by debt: CVE-1, until"), "{one}");
}

#[test]
fn what_was_accepted_for_a_release_that_doesn_t_run_was_accepted_in_vain() {
    let mut world = World::one("", &[high()]);
    let begun = world.begin("1.1.0", Some("x")).begun;
    world.finish(&begun, 0, Some(&sight(&["1.2.0"])));
    assert_eq!(entered(&mut world, &[]), None);
    // Nor does a command that failed enter anything, or leave it.
    let begun = world.begin("1.1.0", Some("x")).begun;
    world.finish(&begun, 1, None);
    assert_eq!(entered(&mut world, &[]), None);
    assert!(entered(&mut world, &["1.1.0!"]).is_some());
    let begun = world.begin("1.2.0", Some("x")).begun;
    world.finish(&begun, 1, None);
    assert!(entered(&mut world, &[]).is_some());
}

#[test]
fn a_restart_changes_nothing_of_it() {
    let mut world = World::one("", &[high()]);
    let first = entered(&mut world, &["1.1.0!"]);
    assert_eq!(entered(&mut world, &["1.1.0", "1.1.0!"]), first);
}

#[test]
fn what_was_entered_from_nothing_has_no_from_and_is_no_measure() {
    let mut world = World::one("", &[high()]);
    let text = String::from_utf8(world.tree.read(MAIN).unwrap().unwrap()).unwrap();
    world.tree.put(MAIN, text.replace("prod = \"1.2.0\"", "prod = []"));
    let first = entered(&mut world, &["1.1.0!"]).unwrap();
    assert_eq!(first, "entered from nothing by debt: CVE-1, until 25T03:00");
    // Still exposed: it reopens, for what was accepted doesn't count.
    assert!(matches!(world.start("1.0.0", None).unwrap(), Start::Stopped(_)));
}

#[test]
fn from_is_what_the_registry_says_not_what_the_caller_says() {
    let mut world = World::one("", &[high()]);
    let mut question = question("1.1.0", MoveKind::Rollback);
    question.from = Some("1.0.0".into());
    let going = Going {
        question: &question,
        moment: Moment::present(world.now),
        break_glass: Some("x"),
        strict: false,
    };
    let occasion = world.occasion();
    let Start::Goes(started) = start(&world.tree, MAIN, going, &[], &occasion).unwrap() else { panic!() };
    assert_eq!(&*started.begun.accepted.unwrap().from.unwrap().text, "1.2.0");
}

#[test]
fn the_judge_drops_what_the_act_takes_out() {
    // Left, and judged anew, a way back is as any other: held by the flag, not by a lapsed acceptance.
    let mut world = World::one("", &[high()]);
    entered(&mut world, &["1.1.0!", "1.2.0!"]);
    world.now = at("28T00");
    let Start::Stopped(stopped) = world.start("1.1.0", None).unwrap() else { panic!("it goes") };
    let question = question("1.1.0", MoveKind::Rollback);
    let going =
        Going { question: &question, moment: Moment::present(world.now), break_glass: None, strict: false };
    let advice = stopped.advice(going).unwrap();
    let codes: Vec<&str> = advice.verdict.reasons.iter().map(|reason| reason.finding.code().word()).collect();
    assert!(codes.contains(&"advisory-reopened") && !codes.contains(&"acceptance-expired"), "{codes:?}");
}

/// A command that failed or crashed may have done what it was to do: whoever looks then says what runs, and what was
/// accepted for it is remembered, so that a later move with the same exposure isn't let go as one that only carries.
#[test]
fn it_is_written_for_what_is_seen_when_no_command_could_say_so() {
    let bad = || advisory("CVE-1", ">=1.3.0", "high");
    let newer =
        "[[service.shop.release]]\nversion = \"1.3.0\"\n[[service.shop.release]]\nversion = \"1.4.0\"\n";
    let signed = sign_off("S1", "security", "1.3.0", &["CVE-1"], UNTIL);
    let cases: [(Vec<String>, Option<&str>, &str); 2] = [
        (vec![bad()], Some("x"), "by debt: CVE-1, until 25T03:00"),
        (vec![bad(), signed], None, "by sign-off S1: CVE-1, until 22T08:00"),
    ];
    for (rest, glass, want) in cases {
        for world in World::both(newer, &rest) {
            for failed in [true, false] {
                let mut world = world.clone();
                let begun = world.begin("1.3.0", glass).begun;
                if failed {
                    world.finish(&begun, 1, None);
                }
                assert!(!world.state().iter().any(|line| line.starts_with("entered")));
                let notes = world.sees(&["1.3.0"]);
                assert!(notes.iter().any(|note| note.starts_with("it is there by ")), "{notes:?}");
                let state = world.state();
                let want = format!("entered from 1.2.0 {want}");
                assert!(state.contains(&want), "{state:?}");
                let further = judge::judge(
                    &world.registry(),
                    &question("1.4.0", MoveKind::Redeploy),
                    Moment::present(world.now),
                )
                .map(|verdict| verdict.level);
                assert_eq!(further, Some(Level::Hold));
                assert!(world.sees(&["1.3.0"]).iter().all(|note| !note.starts_with("it is there by ")));
            }
        }
    }
    // What nobody accepted is only seen.
    let mut world = World::one(newer, &[bad()]);
    world.sees(&["1.3.0"]);
    assert!(!world.state().iter().any(|line| line.starts_with("entered")));
}

#[test]
fn a_debt_that_was_made_without_a_verdict_accepts_what_is_there() {
    let newer = "[[service.shop.release]]\nversion = \"1.3.0\"\n";
    let mut world = World::folder(newer, &[advisory("CVE-1", ">=1.3.0", "high")]);
    let whole = world.tree.read(MAIN).unwrap().unwrap();
    world.tree.put(MAIN, [&*whole, b"[flor]\n"].concat());
    let begun = world.begin("1.3.0", Some("x")).begun;
    world.finish(&begun, 0, None);
    world.tree.put(MAIN, whole);
    world.sees(&["1.3.0"]);
    assert!(world.state().contains(&"entered from 1.2.0 by debt: CVE-1, until 25T03:00".to_owned()));
}
