//! Moves that were made elsewhere.

use super::*;
use crate::act::movement::{Act, Next, Record, Recorded, record};

/// What is said of a move: `TO [from V] [at TIME] [key K] [broken]`.
fn try_record(world: &mut World, asked: MoveKind, said: &str) -> Result<Record, Refusal> {
    let mut words = said.split(' ');
    let mut question = question(words.next().unwrap(), asked);
    let (mut moved, mut key, mut break_glass) = (None, None, None);
    while let Some(word) = words.next() {
        match word {
            "from" => question.from = Some(words.next().unwrap().into()),
            "at" => moved = Some(at(words.next().unwrap())),
            "key" => key = words.next(),
            "broken" => break_glass = Some("it was down"),
            other => panic!("{other}"),
        }
    }
    let going = Going { question: &question, moment: Moment::present(world.now), break_glass, strict: false };
    let occasion = world.occasion();
    let recorded = record(&world.tree, MAIN, Act { going, moved, key }, &occasion)?;
    world.apply(recorded.writes());
    Ok(recorded)
}

fn rollback(world: &mut World, said: &str) -> Recorded {
    match try_record(world, MoveKind::Rollback, said).unwrap() {
        Record::Done(recorded) => *recorded,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_move_becomes_state_and_a_line_at_once() {
    for mut world in World::both("", &[]) {
        let recorded = rollback(&mut world, "1.1.0 at 22T02:10 key 17");
        assert_eq!(
            world.state(),
            [
                "runs 1.1.0",
                "1.1.0 01T00:00..18T00:00 for 1.2.0 by redeploy",
                "1.2.0 18T00:00..22T02:10 for 1.1.0 by rollback",
                "1.1.0 22T02:10..- (record)",
            ]
        );
        let line = "recorded rollback 1.2.0 -> 1.1.0 [allow] 17 2026-11-22T02:10:00Z runs 1.1.0";
        assert_eq!(world.record(), [line]);
        let flag = Next::Flag { version: "1.2.0".into(), id: Named::Nothing, unregistered: false };
        assert_eq!(recorded.next, [flag, Next::Observe]);
    }
}

#[test]
fn the_versions_say_which_kind_it_was() {
    let mut world = World::one("", &[]);
    let Record::Done(_) = try_record(&mut world, MoveKind::Redeploy, "1.1.0").unwrap() else { panic!() };
    assert!(world.record()[0].starts_with("recorded rollback"));
    let listed = SHOP
        .replace("%", "order = \"listed\"")
        .replace("version = \"1.1.0\"\nsince", "version = \"old\"\nsince");
    let mut world = World::of(&[(MAIN, format!("format = 1\n{TEAMS}{listed}"))]);
    rollback(&mut world, "odd broken");
    assert!(world.state()[2].ends_with("for odd by rollback"), "{:?}", world.state());
}

#[test]
fn what_would_be_stopped_is_recorded_only_with_a_reason() {
    let high = advisory("CVE-1", "<1.2.0", "high");
    for mut world in World::both("", &[high]) {
        let before = world.tree.clone();
        let Record::Stopped(stopped) = try_record(&mut world, MoveKind::Rollback, "1.1.0").unwrap() else {
            panic!("it goes")
        };
        assert_eq!((stopped.level, world.tree.files()), (Level::Hold, before.files()));
        let recorded = rollback(&mut world, "1.1.0 broken");
        let debt = recorded.broken.unwrap().debt.unwrap();
        assert!(
            matches!(recorded.next.last(), Some(Next::Review(id, keys)) if *id == debt && keys.len() == 2)
        );
        let state = world.state();
        assert_eq!(state[4], "entered from 1.2.0 by debt: CVE-1, until 25T03:00");
        assert_eq!(state[5], "debt 1.2.0 -> 1.1.0: CVE-1; it was down; due 25T03:00");
        assert_eq!(
            world.record(),
            [
                "broke-glass rollback 1.2.0 -> 1.1.0 [hold] debt: CVE-1",
                "recorded rollback 1.2.0 -> 1.1.0 [hold] - - runs 1.1.0"
            ]
        );
    }
}

#[test]
fn the_same_key_says_nothing_twice() {
    for mut world in World::both("", &[]) {
        rollback(&mut world, "1.1.0 at 22T02:10 key ci/17");
        let before = world.tree.clone();
        world.now = at("30T03");
        for said in ["1.1.0 key ci/17", "1.1.0 at 22T02:10 key ci/17", "1.1.0 from 1.2.0 key ci/17 broken"] {
            let again = try_record(&mut world, MoveKind::Rollback, said).unwrap();
            assert!(matches!(&again, Record::Again(repeated) if repeated.line.seq == 1), "{said}");
            assert_eq!(world.tree.files(), before.files());
        }
        for (said, why) in [
            ("1.0.0 key ci/17", "rollback 1.2.0 -> 1.1.0 in prod, made at 2026-11-22T02:10:00Z, recorded at"),
            (
                "1.1.0 at 22T02:11 key ci/17",
                "this one is a rollback 1.1.0 in prod, made at 2026-11-22T02:11:00Z",
            ),
            ("1.1.0 from 1.0.0 key ci/17", "this one is a rollback 1.0.0 -> 1.1.0 in prod"),
        ] {
            let refusal = try_record(&mut world, MoveKind::Rollback, said).unwrap_err().to_string();
            assert!(
                refusal.starts_with("the key `ci/17` stands for another move") && refusal.contains(why),
                "{refusal}"
            );
        }
        // Another key is another move, also in a later month.
        world.now = crate::model::Window::days(10).after(world.now);
        rollback(&mut world, "1.0.0 key ci/1");
        assert!(matches!(
            try_record(&mut world, MoveKind::Rollback, "1.1.0 key ci/17"),
            Ok(Record::Again(_))
        ));
        assert_eq!(world.record().len(), 2);
    }
}

#[test]
fn a_key_holds_the_end_of_the_record_still() {
    let mut world = World::one("", &[]);
    rollback(&mut world, "1.1.0 key 1");
    let recorded = rollback(&mut world, "1.0.0 key 2");
    assert!(recorded.changes.held().contains_key("log/shop/2026-11.jsonl"));
}

#[test]
fn a_move_of_which_somebody_saw_the_end_is_judged_as_it_was_before() {
    let high = advisory("CVE-1", "<1.2.0", "high");
    let seen = SHOP.replace("running = { prod = \"1.2.0\"", "running = { prod = \"1.1.0\"").replace(
        "since = 2026-11-18T00:00:00Z\n",
        "since = 2026-11-18T00:00:00Z\nuntil = 2026-11-22T02:00:00Z\nleft_for = \"1.1.0\"\n",
    ) + "[[service.shop.ran]]\nenvironment = \"prod\"\nversion = \"1.1.0\"\nsince = 2026-11-22T02:00:00Z\n";
    let seen = World::of(&[(MAIN, format!("format = 1\n{TEAMS}{}{high}", seen.replace('%', "")))]);
    let stops = |asked, said: &str| {
        let mut world = seen.clone();
        matches!(try_record(&mut world, asked, said).unwrap(), Record::Stopped(_))
    };
    assert!(stops(MoveKind::Rollback, "1.1.0"));
    assert!(stops(MoveKind::Redeploy, "1.1.0 from 1.2.0"));
    assert!(!stops(MoveKind::Redeploy, "1.1.0"), "a restart");

    let mut world = seen.clone();
    let before = world.state();
    rollback(&mut world, "1.1.0 broken");
    let state = world.state();
    assert_eq!(state[..4], before[..4], "what was seen stays as it was seen");
    assert_eq!(state[4], "entered from 1.2.0 by debt: CVE-1, until 25T03:00");
    assert!(state[5].starts_with("debt 1.2.0 -> 1.1.0: CVE-1"), "{state:?}");
    assert_eq!(world.record()[1], "recorded rollback 1.2.0 -> 1.1.0 [hold] - - runs 1.1.0");
}

#[test]
fn a_move_that_isn_t_the_last_one_leaves_what_runs() {
    let mut world = World::one("", &[]);
    let before = world.state();
    let recorded = rollback(&mut world, "1.1.0 at 17T00");
    assert_eq!(world.state(), before);
    assert!(recorded.notes[0].starts_with("1.2.0 runs since 2026-11-18T00:00:00Z, later than this move"));
    assert_eq!(
        world.record(),
        ["recorded rollback 1.2.0 -> 1.1.0 [allow] - 2026-11-17T00:00:00Z runs 1.2.0"]
    );
    let refusal = try_record(&mut world, MoveKind::Rollback, "1.1.0 at 23T00").unwrap_err();
    assert_eq!(refusal.to_string(), "2026-11-23T00:00:00Z lies in the future");
}

#[test]
fn it_ends_the_move_that_was_under_way_there() {
    let mark = |to: &str| {
        format!("[service.shop.under-way.prod]\nto = \"{to}\"\nsince = 2026-11-22T01:00:00Z\nby = \"Joe\"\n")
    };
    let mut world = World::one(&mark("1.1.0"), &[]);
    assert_eq!(&*rollback(&mut world, "1.1.0").ended.unwrap().by, "Joe");
    assert!(!world.state().iter().any(|line| line.starts_with("under way")));
    let mut world = World::one(&mark("1.0.0"), &[]);
    let recorded = rollback(&mut world, "1.1.0");
    assert!(recorded.ended.is_none() && recorded.notes[0].starts_with("another move, to 1.0.0"));
    assert!(world.state().iter().any(|line| line.starts_with("under way")));
}

#[test]
fn against_mistakes_only_the_record_and_a_new_file_are_written() {
    for mut world in World::both("", &[]) {
        let folder = world.tree.files().len() > 1;
        let bad = "[instability.BAD]\n";
        match folder {
            true => world.tree.put("services/shop/instabilities/BAD.toml", bad),
            false => world.tree.files_mut().get_mut(MAIN).unwrap().extend(bad.bytes()),
        }
        let before = world.tree.clone();
        assert!(matches!(try_record(&mut world, MoveKind::Rollback, "1.1.0"), Err(Refusal::Unloaded(_))));
        let recorded = rollback(&mut world, "1.1.0 broken");
        assert_eq!(recorded.broken.unwrap().debt.is_some(), folder);
        assert_eq!(recorded.next[0], Next::Observe);
        assert!(before.files().iter().all(|(path, bytes)| world.tree.files()[path] == *bytes));
        assert_eq!(world.record()[1], "recorded rollback - -> 1.1.0 - - runs nothing");
    }
}
