//! Before the command: what goes, what doesn't, and what is written of it.

use super::*;
use crate::registry::LoadError;

/// Going back to 1.1.0 reopens a high one, which is held; 1.0.0 is blocked.
fn held() -> Vec<String> {
    vec![advisory("CVE-1", "<1.2.0", "high"), advisory("CVE-2", "<1.1.0", "critical")]
}

#[test]
fn what_goes_is_marked_as_under_way_and_recorded_as_started() {
    for mut world in World::both("", &[]) {
        let started = world.begin("1.1.0", None);
        assert_eq!(started.begun.level, Some(Level::Allow));
        assert!(started.broken.is_none() && started.earlier.is_none() && started.notes.is_empty());
        assert_eq!(
            world.state().last().unwrap(),
            "under way to 1.1.0 since 22T03:00 by Sue <sre@example.com>"
        );
        assert_eq!(world.record(), ["started rollback 1.2.0 -> 1.1.0 [allow] helm upgrade"]);
    }
}

#[test]
fn what_is_stopped_writes_nothing() {
    for world in World::both("", &held()) {
        for (to, level) in [("1.1.0", Level::Hold), ("1.0.0", Level::Block)] {
            let mut after = world.clone();
            let Start::Stopped(stopped) = after.start(to, None).unwrap() else { panic!("{to} goes") };
            assert_eq!((stopped.level, stopped.compromised), (level, false));
            assert_eq!(after.tree.files(), world.tree.files());
            let question = question(to, MoveKind::Rollback);
            let going = Going {
                question: &question,
                moment: Moment::present(at("22T03")),
                break_glass: None,
                strict: false,
            };
            assert_eq!(stopped.advice(going).unwrap().verdict.level, level);
        }
    }
}

#[test]
fn a_broken_glass_leaves_a_debt_with_all_that_stood_against_it() {
    for mut world in World::both("", &held()) {
        let started = world.begin("1.0.0", Some("prod is down"));
        let broken = started.broken.unwrap();
        assert_eq!((broken.debt, broken.due), (started.begun.debt, Some(at("25T03"))));
        let state = world.state();
        assert_eq!(state.last().unwrap(), "debt 1.2.0 -> 1.0.0: CVE-2 CVE-1; prod is down; due 25T03:00");
        assert_eq!(
            world.record(),
            [
                "broke-glass rollback 1.2.0 -> 1.0.0 [block] debt: CVE-2 CVE-1",
                "started rollback 1.2.0 -> 1.0.0 [block] helm upgrade"
            ]
        );
    }
}

#[test]
fn a_debt_is_a_file_of_its_own_where_the_service_has_a_folder() {
    let mut world = World::folder("", &held());
    let debt = world.begin("1.1.0", Some("x")).begun.debt.unwrap();
    let text = world.tree.read(&format!("services/shop/debts/{debt}.toml")).unwrap().unwrap();
    assert_eq!(
        String::from_utf8(text).unwrap(),
        format!(
            "[debt.{debt}]\nservice = \"shop\"\nenvironment = \"prod\"\nfrom = \"1.2.0\"\nto = \"1.1.0\"\n\
             subjects = [\"CVE-1\"]\nreason = \"x\"\nby = \"Sue <sre@example.com>\"\nat = 2026-11-22T03:00:00Z\n\
             due = 2026-11-25T03:00:00Z\n"
        )
    );
}

#[test]
fn a_debt_keeps_to_the_policy_and_leaves_out_what_was_signed() {
    let policy = "[policy]\nreview_within = \"24h\"\n".to_owned();
    let signed = sign_off("S1", "security", "1.0.0", &["CVE-1"], "2026-11-22T08:00:00Z");
    let mut world = World::one("", &[held(), vec![policy, signed]].concat());
    world.begin("1.0.0", Some("x"));
    assert_eq!(world.state().last().unwrap(), "debt 1.2.0 -> 1.0.0: CVE-2; x; due 23T03:00");
}

#[test]
fn a_glass_that_needn_t_be_broken_is_recorded_without_a_debt() {
    for mut world in World::both("", &[]) {
        let started = world.begin("1.1.0", Some("to be sure"));
        assert_eq!(started.broken.unwrap(), Broken { debt: None, subjects: Vec::new(), due: None });
        assert!(!world.state().iter().any(|line| line.starts_with("debt")));
        assert_eq!(world.record()[0], "broke-glass rollback 1.2.0 -> 1.1.0 [allow] no debt: nothing");
    }
}

#[test]
fn no_glass_is_broken_for_a_compromised_release() {
    let flag = advisory("CVE-1", "1.1.0", "low").replace("affects", "compromised = true\naffects");
    for world in World::both("", &[flag, advisory("CVE-2", "<1.2.0", "high")]) {
        for break_glass in [None, Some("prod is down")] {
            let mut after = world.clone();
            let Start::Stopped(stopped) = after.start("1.1.0", break_glass).unwrap() else {
                panic!("it goes")
            };
            assert_eq!((stopped.level, stopped.compromised), (Level::Block, true));
            assert_eq!(after.tree.files(), world.tree.files());
        }
    }
}

#[test]
fn a_move_that_was_begun_before_is_said_and_replaced() {
    let mark = "[service.shop.under-way.prod]\nto = \"1.0.0\"\nsince = 2026-11-22T01:00:00Z\nby = \"Joe\"\n";
    for mut world in World::both(mark, &[]) {
        let earlier = world.begin("1.1.0", None).earlier.unwrap();
        assert_eq!(earlier, Earlier { to: "1.0.0".into(), since: at("22T01"), by: "Joe".into() });
        assert_eq!(
            world.state().last().unwrap(),
            "under way to 1.1.0 since 22T03:00 by Sue <sre@example.com>"
        );
    }
}

/// A registry whose service can't be loaded, and that says it in another file than those of the service's state.
fn spoilt(world: &mut World) {
    let text = "[instability.BAD]\ntitel = \"x\"\n";
    match world.tree.files_mut().get_mut("services/shop/service.toml") {
        Some(_) => world.tree.put("services/shop/instabilities/BAD.toml", text),
        None => world.tree.files_mut().get_mut(MAIN).unwrap().extend(text.bytes()),
    }
}

#[test]
fn mistakes_stop_a_move_unless_the_glass_is_broken() {
    for mut world in World::both("", &held()) {
        spoilt(&mut world);
        let before = world.tree.clone();
        assert!(matches!(world.start("1.1.0", None), Err(Refusal::Unloaded(LoadError::Mistakes(_)))));
        assert_eq!(world.tree.files(), before.files());

        let started = world.begin("1.1.0", Some("prod is down"));
        assert_eq!(started.begun.level, None);
        let in_folder = before.files().len() > 1;
        assert_eq!(started.begun.debt.is_some(), in_folder, "a new file is safe, an edit isn't");
        let debt = if in_folder { "debt" } else { "no debt" };
        assert_eq!(
            world.record(),
            [
                format!("broke-glass rollback - -> 1.1.0 {debt}: could-not-judge; unjudged"),
                "started rollback - -> 1.1.0 helm upgrade".to_owned()
            ]
        );
        let changed = world.tree.files().iter().filter(|(path, _)| !path.starts_with("log/"));
        let changed: Vec<&String> =
            changed.map(|(path, _)| path).filter(|path| !before.files().contains_key(*path)).collect();
        assert_eq!(changed.len(), usize::from(in_folder), "{changed:?}");
        assert!(before.files().iter().all(|(path, bytes)| world.tree.files()[path] == *bytes));
        assert_eq!(started.notes.len(), if in_folder { 1 } else { 2 }, "{:?}", started.notes);
    }
}

#[test]
fn what_can_be_read_of_a_registry_with_mistakes_still_forbids_a_compromised_release() {
    let flag = advisory("CVE-1", "1.1.0", "low").replace("affects", "compromised = true\naffects");
    for mut world in World::both("", &[flag]) {
        spoilt(&mut world);
        let refusal = world.start("1.1.0", Some("x")).unwrap_err();
        assert_eq!(refusal.to_string(), "`1.1.0` is a compromised release: no break-glass goes there");
        assert!(world.record().is_empty());
        world.begin("1.0.0", Some("x"));
    }
}

#[test]
fn where_it_cannot_be_told_which_release_is_compromised_no_glass_is_broken() {
    let flag = |line: &str| advisory("CVE-1", "1.1.0", "low").replace("affects", &format!("{line}\naffects"));
    let broken_flag = |flag: String| ("services/shop/advisories/CVE-1.toml", flag);
    let broken = [
        ("services/shop/security.toml", "x = [".to_owned()),
        (MAIN, "format = 1\nx = [".to_owned()),
        (MAIN, "format = 2\n".to_owned()),
        broken_flag(flag("compromised = true") + "x = ["),
        broken_flag(flag("compromised = true").replace("1.1.0", "1.1.0 or so")),
        broken_flag(flag("compromised = tru")),
        broken_flag(flag("compromised true")),
        // What else stands in the line takes nothing from it.
        broken_flag("advisory.CVE-1 = { compromised = true, exploited = false, x = [ }\n".to_owned()),
    ];
    for (path, text) in broken {
        let mut world = World::folder("", &[flag("compromised = true")]);
        world.tree.put(path, text.clone());
        let refusal = world.start("1.1.0", Some("x")).unwrap_err().to_string();
        let told = ["advisories/CVE-1.toml:", "can't be told whether `1.1.0` is one"];
        let is_unclear = told.iter().all(|told| refusal.contains(told));
        // A flag whose releases can't be read counts for all of them.
        let is_clear = refusal == "`1.1.0` is a compromised release: no break-glass goes there";
        assert!(is_unclear || is_clear && text.contains("or so"), "{path} {text}: {refusal}");
        // A flag that says nothing of the kind keeps nobody from going on, nor does one that was withdrawn.
        if path != "services/shop/advisories/CVE-1.toml" {
            let withdrawn = "compromised = true\nwithdrawn = { at = 2026-11-20, by = \"x\", reason = \"y\" }";
            for said in ["exploited = true", "compromised = false", withdrawn] {
                world.tree.put("services/shop/advisories/CVE-1.toml", flag(said));
                world.clone().begin("1.1.0", Some("x"));
            }
        }
    }
}

#[test]
fn a_flag_on_another_service_hides_none_that_cannot_be_read() {
    let other = "[advisory.CVE-2]\ntitle = \"t\"\ncompromised = true\n\
                 affects = [{ service = \"other\", versions = \"*\" }]\n";
    let shared = |spoilt: &str| ("advisories/CVE-2.toml", format!("{other}{spoilt}"));
    for (spoilt, goes) in [
        ("[advisory.CVE-1\ncompromised = true\n", false),
        ("[advisory.CVE-1]\ncompromised = true\naffects = [\n", false),
        ("x = [\n", true),
        ("[advisory.CVE-1\ncompromised = false\n", true),
    ] {
        let mut world = World::folder("", &[]);
        let (path, text) = shared(spoilt);
        world
            .tree
            .put("services/other/service.toml", "[service.other]\nrelease = [{ version = \"1.0.0\" }]\n");
        world.tree.put(path, text);
        let start = world.start("1.1.0", Some("x"));
        assert_eq!(start.is_ok(), goes, "{spoilt}: {:?}", start.err());
    }
}

#[test]
fn without_a_place_to_record_it_no_glass_is_broken() {
    let mut spoilt = World::one("", &[]);
    spoilt.tree.put(MAIN, "format = 1\n[service.other]\nflor = 1\n");
    let refusal = spoilt.start("1.1.0", Some("x")).unwrap_err();
    assert!(refusal.to_string().starts_with("no service `shop`"), "{refusal}");
    spoilt.tree.put(MAIN, "format = 1\n");
    assert!(matches!(spoilt.start("1.1.0", Some("x")), Err(Refusal::Unloaded(LoadError::NoService { .. }))));
    spoilt.tree = MemoryTree::new();
    assert!(matches!(spoilt.start("1.1.0", Some("x")), Err(Refusal::Unloaded(LoadError::NoRegistry { .. }))));
}

#[test]
fn a_debt_of_an_unknown_or_empty_place_has_no_from() {
    let policy = advisory("CVE-1", "<1.2.0", "high");
    for (running, from) in [("prod = []", "nothing"), ("staging = \"1.0.0\"", "nothing")] {
        let mut world = World::one("", std::slice::from_ref(&policy));
        let text = String::from_utf8(world.tree.read(MAIN).unwrap().unwrap()).unwrap();
        world.tree.put(MAIN, text.replace("prod = \"1.2.0\", staging = []", running));
        world.begin("1.1.0", Some("x"));
        let state = world.state();
        let debt = state.last().unwrap();
        assert!(debt.starts_with(&format!("debt {from} -> 1.1.0: CVE-1")), "{debt}");
    }
}
