//! After the command: what runs, and what the record is told.

use super::*;
use crate::act::movement::{Ended, Next, Place};

#[test]
fn what_succeeded_runs_on_the_commands_word() {
    for mut world in World::both("", &[]) {
        let finished = world.goes("1.1.0", None);
        assert_eq!(
            world.state(),
            [
                "runs 1.1.0",
                "1.1.0 01T00:00..18T00:00 for 1.2.0 by redeploy",
                "1.2.0 18T00:00..22T03:05 for 1.1.0 by rollback",
                "1.1.0 22T03:05..- (run, unverified)",
            ]
        );
        assert_eq!(
            world.record(),
            [
                "started rollback 1.2.0 -> 1.1.0 [allow] helm upgrade",
                "finished rollback 1.2.0 -> 1.1.0 0 runs 1.1.0"
            ]
        );
        let flag = Next::Flag { version: "1.2.0".into(), id: Named::Nothing, unregistered: false };
        assert_eq!(finished.next, [flag, Next::Observe]);
        assert!(!finished.verified && finished.unwritten.is_none() && finished.notes.is_empty());
        assert_eq!(finished.place.acceptance, Acceptance::AsItIs);
    }
}

#[test]
fn what_is_seen_counts_more_than_what_was_wanted() {
    let runs = |running: &[&str], code: i32| {
        let mut world = World::one("", &[]);
        let begun = world.begin("1.1.0", None).begun;
        let finished = world.finish(&begun, code, Some(&sight(running)));
        assert!(finished.verified && !finished.next.contains(&Next::Observe));
        (world.state(), finished.notes, world.record().pop().unwrap())
    };
    let (state, notes, line) = runs(&["1.1.0"], 0);
    assert_eq!((state[0].as_str(), state[3].as_str()), ("runs 1.1.0", "1.1.0 22T03:05..- (kubectl)"));
    assert!(notes.is_empty() && line.ends_with("0 runs 1.1.0, verified"), "{line}");

    // Half a roll-out, and a command that did nothing.
    let (state, notes, _) = runs(&["1.1.0", "1.2.0"], 1);
    assert_eq!(state[0], "runs 1.1.0 1.2.0");
    assert_eq!(notes, ["1.1.0 and 1.2.0 runs, not 1.1.0 alone, as was wanted"]);
    let (state, notes, line) = runs(&["1.2.0"], 0);
    assert_eq!((state[0].as_str(), state.len()), ("runs 1.2.0", 3));
    assert_eq!(notes, ["1.2.0 runs, not 1.1.0 alone, as was wanted"]);
    assert!(line.ends_with("0 runs 1.2.0, verified"), "{line}");
    let (state, notes, _) = runs(&[], 0);
    assert_eq!((state[0].as_str(), notes.len()), ("runs nothing", 1));
}

#[test]
fn of_a_failed_command_nobody_knows_what_it_left() {
    for mut world in World::both("", &[]) {
        let before = world.state();
        let begun = world.begin("1.1.0", None).begun;
        let finished = world.finish(&begun, 1, None);
        assert_eq!(world.state(), before);
        assert_eq!(finished.next, [Next::Observe]);
        assert_eq!(finished.notes.len(), 1);
        assert_eq!(world.record()[1], "finished rollback 1.2.0 -> 1.1.0 1 runs 1.2.0");
    }
}

#[test]
fn a_signal_and_trouble_are_told() {
    let mut world = World::one("", &[]);
    let begun = world.begin("1.1.0", None).begun;
    let ended = Ended {
        signal: Some("SIGTERM".into()),
        passed_on: vec!["SIGTERM".into()],
        trouble: Some("kubectl isn't there".into()),
        ..Ended::default()
    };
    let occasion = world.occasion();
    let finished = finish(&world.tree, MAIN, &begun, &ended, None, &occasion).unwrap();
    let Deed::Finished { of, signal, passed_on, trouble, .. } = &finished.says[0].deed else { panic!() };
    assert_eq!((&**of, signal.as_deref(), passed_on.len()), (&*begun.line, Some("SIGTERM"), 1));
    assert_eq!(trouble.as_deref(), Some("kubectl isn't there"));
}

#[test]
fn a_release_that_is_said_to_be_unstable_need_not_be_flagged_again() {
    let flag = advisory("INC-1", ">=1.2.0", "high").replace("advisory", "instability");
    for mut world in World::both("", std::slice::from_ref(&flag)) {
        assert_eq!(world.goes("1.1.0", None).next, [Next::Observe]);
    }
    // Withdrawn, it doesn't say so any more.
    let withdrawn = flag.replace("title", "withdrawn = { at = 2026-11-20, reason = \"x\" }\ntitle");
    let mut world = World::one("", &[withdrawn]);
    assert_eq!(world.goes("1.1.0", None).next.len(), 2);
}

#[test]
fn a_flag_is_proposed_for_the_incident_and_a_review_for_each_key() {
    let incident = "[incident.INC-9]\nservices = [\"shop\"]\nstarted = 2026-11-22T01:00:00Z\n".to_owned();
    let mut world = World::one("", &[incident, advisory("CVE-1", "<1.2.0", "high")]);
    let finished = world.goes("1.1.0", Some("x"));
    let debt = world.registry().services["shop"].debts[0].id.clone();
    assert_eq!(
        finished.next,
        [
            Next::Flag { version: "1.2.0".into(), id: Named::New("INC-9".into()), unregistered: false },
            Next::Observe,
            Next::Review(debt, vec![crate::model::Key::Reliability, crate::model::Key::Security]),
        ]
    );
    assert!(finished.says[0].incident.as_deref() == Some("INC-9"));
}

#[test]
fn the_mark_of_another_move_is_left_alone() {
    let mut world = World::one("", &[]);
    let begun = world.begin("1.1.0", None).begun;
    world.by = "Joe <joe@example.com>";
    world.begin("1.0.0", None);
    let finished = world.finish(&begun, 0, None);
    assert_eq!(world.state().last().unwrap(), "under way to 1.0.0 since 22T03:00 by Joe <joe@example.com>");
    assert!(finished.notes[0].starts_with("another move, to 1.0.0, is marked as under way"));
}

#[test]
fn a_registry_that_got_mistakes_meanwhile_is_left_alone_and_the_record_is_told() {
    for mut world in World::both("", &[]) {
        let begun = world.begin("1.1.0", None).begun;
        world.tree.put("services/shop/instabilities/BAD.toml", "[instability.BAD]\n");
        let before = world.tree.clone();
        let finished = world.finish(&begun, 0, None);
        assert!(finished.unwritten.as_deref().unwrap().contains("can't be read"), "{:?}", finished.unwritten);
        assert_eq!((finished.next, finished.place), (vec![Next::Observe], Place::default()));
        let line = world.record().pop().unwrap();
        assert!(line.contains("what runs could not be written"), "{line}");
        let state = |tree: &MemoryTree| {
            let files = tree.files().iter().filter(|(path, _)| !path.starts_with("log/"));
            files.map(|(path, bytes)| (path.clone(), bytes.clone())).collect::<Vec<_>>()
        };
        assert_eq!(state(&world.tree), state(&before));
    }
}

#[test]
fn a_debt_that_nothing_keeps_open_any_more_is_said() {
    let review = |key: &str| format!("{{ as = \"{key}\", by = \"x\", at = 2026-11-21 }}");
    let debt = |reviews: &[&str]| {
        let reviews: Vec<String> = reviews.iter().map(|key| review(key)).collect();
        format!(
            "[debt.D1]\nservice = \"shop\"\nenvironment = \"prod\"\nto = \"1.2.0\"\nsubjects = [\"CVE-1\"]\n\
             reason = \"x\"\nby = \"x\"\nat = 2026-11-20\nreviews = [{}]\n",
            reviews.join(", ")
        )
    };
    for (reviews, said) in [(&["security", "reliability"][..], 1), (&["security"], 0)] {
        let mut world = World::one("", &[debt(reviews), advisory("CVE-1", "1.2.0", "high")]);
        let notes = world.goes("1.1.0", None).notes;
        assert_eq!(notes.len(), said, "{notes:?}");
    }
}

/// The proposal works as it is printed, so it must not name an id under which something else stands.
#[test]
fn a_flag_that_stands_under_the_incident_is_made_wider_if_it_can_be() {
    let incident = "[incident.INC-9]\nservices = [\"shop\"]\nstarted = 2026-11-22T01:00:00Z\n".to_owned();
    let stands = advisory("inc-9", "1.0.0", "low").replace("advisory", "instability");
    let with = |line: &str| stands.replace("title", &format!("{line}\ntitle"));
    let over = with("recorded = 2026-11-19\nuntil = 2026-11-20");
    let withdrawn = with("withdrawn = { at = 2026-11-20, by = \"x\", reason = \"x\" }");
    let of_other = stands.replace("shop", "cart");
    let cart = "[service.cart]\n[[service.cart.release]]\nversion = \"1.0.0\"\n".to_owned();
    let cases = [
        (vec![], Named::New("INC-9".into())),
        (vec![stands.clone()], Named::Wider("inc-9".into())),
        (vec![over], Named::Nothing),
        (vec![withdrawn], Named::Nothing),
        (vec![advisory("INC-9", "1.0.0", "low")], Named::Nothing),
        (vec![cart, of_other], Named::Nothing),
    ];
    for (flags, id) in cases {
        let rest: Vec<String> = [incident.clone()].into_iter().chain(flags).collect();
        let finished = World::one("", &rest).goes("1.1.0", None);
        let flag = Next::Flag { version: "1.2.0".into(), id, unregistered: false };
        assert_eq!(finished.next[0], flag, "{rest:?}");
    }
}

#[test]
fn a_release_that_is_not_registered_is_flagged_as_one_to_come_and_one_without_a_place_not_at_all() {
    for (running, want) in [("1.3.0", Some(true)), ("nightly", None)] {
        let mut world = World::one("", &[]);
        let text = String::from_utf8(world.tree.read(MAIN).unwrap().unwrap()).unwrap();
        world.tree.put(MAIN, text.replace("prod = \"1.2.0\"", &format!("prod = \"{running}\"")));
        let next = world.goes("1.1.0", Some("x")).next;
        let flag = next.iter().find_map(|next| match next {
            Next::Flag { unregistered, .. } => Some(*unregistered),
            _ => None,
        });
        assert_eq!(flag, want, "{running}");
    }
}
