//! Registries before and after what was seen.

use super::*;
use crate::import::sight::{Runs, Was};
use crate::model::{Registry, parse_time};
use crate::record::{Ids, Known, State, Who};
use crate::registry::{Ask, Changed, MemoryTree, load};

const MAIN: &str = "holdpoint.toml";

/// A day of November 2025, or a time on one: `18`, `18T14`.
fn at(text: &str) -> Time {
    let (day, hour) = text.split_once('T').unwrap_or((text, "00"));
    parse_time(&format!("2025-11-{day:0>2}T{hour}:00:00Z")).unwrap()
}

fn opt(text: &str) -> Option<Time> {
    (text != "?").then(|| at(text))
}

/// `2.4.0@18` runs; `2.3.0 1..18 >2.4.0` ran; `others`.
fn sight(known: &'static str, text: &str) -> Observation {
    let mut observation = Observation { known, ..Observation::default() };
    for part in text.split("; ").filter(|part| !part.is_empty()) {
        let words: Vec<&str> = part.split(' ').collect();
        match *words {
            ["others"] => observation.others = true,
            [version, span, left_for] => {
                let (since, until) = span.split_once("..").unwrap();
                let left_for = left_for.strip_prefix('>').filter(|version| *version != "?").map(Box::from);
                observation.past.push(Was {
                    version: version.into(),
                    since: opt(since),
                    until: opt(until),
                    left_for,
                    rolled_back: false,
                });
            }
            _ => {
                let (version, since) = part.split_once('@').unwrap();
                observation.running.push(Runs {
                    version: version.into(),
                    since: opt(since),
                    seen: vec!["there".into()],
                });
            }
        }
    }
    observation
}

/// A registry in one file: what runs in prod, and the entries of `ran`, as `ENV VERSION SINCE UNTIL LEFT_FOR KIND`.
fn registry(running: &str, ran: &[&str]) -> MemoryTree {
    let mut text = format!("format = 1\n[service.checkout]\n{running}\n");
    for version in ["2.3.0", "2.4.0", "2.4.1"] {
        text.push_str(&format!("[[service.checkout.release]]\nversion = \"{version}\"\n"));
    }
    for entry in ran {
        let words: Vec<&str> = entry.split(' ').collect();
        text.push_str(&format!(
            "[[service.checkout.ran]]\nenvironment = \"{}\"\nversion = \"{}\"\n",
            words[0], words[1]
        ));
        let keys =
            ["since", "until", "left_for", "kind"].iter().zip(&words[2..]).filter(|(_, word)| **word != "-");
        for (key, word) in keys {
            match *key {
                "since" | "until" => text.push_str(&format!("{key} = {}\n", format_time(at(word)))),
                _ => text.push_str(&format!("{key} = \"{word}\"\n")),
            }
        }
    }
    MemoryTree::from_iter([(MAIN, text)])
}

fn loaded(tree: &dyn Tree) -> Registry {
    load(tree, MAIN, &Ask::Everything).unwrap().registry
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn observed(tree: &dyn Tree, observation: &Observation, now: &str) -> Observed {
    let registry = loaded(tree);
    let service = &registry.services[&name("checkout")];
    let occasion = Occasion {
        now: at(now),
        who: Who { by: "cron".into(), known: Known::Account },
        ids: Ids::from(7),
        state: State::default(),
        ci: Default::default(),
    };
    observe(
        tree,
        MAIN,
        &registry,
        service,
        Sight { environment: &name("prod"), observation, now: at(now), kind: None },
        &occasion,
    )
    .unwrap()
}

/// What stands there afterwards: `running`, then the entries of all environments as [`registry`] takes them.
fn stands(tree: &dyn Tree) -> Vec<String> {
    let registry = loaded(tree);
    let service = &registry.services[&name("checkout")];
    let runs = service.running.get(&name("prod")).map_or("nobody knows".into(), |versions| {
        versions.iter().map(|version| &*version.text).collect::<Vec<_>>().join(" ")
    });
    let time = |time: Option<Time>| {
        time.map_or("-".to_owned(), |time| {
            let text = format_time(time);
            let (day, hour) = (text[8..10].trim_start_matches('0'), &text[11..13]);
            if hour == "00" { day.to_owned() } else { format!("{day}T{hour}") }
        })
    };
    let entry = |ran: &crate::model::Ran| {
        let left_for = ran.left_for.as_ref().map_or("-", |version| &version.text);
        let kind = ran.kind.map_or("-", |kind| kind.word());
        let known = ran.known.as_deref().map_or(String::new(), |known| format!(" {known}"));
        let line = format!(
            "{} {} {} {} {left_for} {kind}",
            ran.environment,
            ran.version,
            time(ran.since),
            time(ran.until)
        );
        format!("{}{known}", line.trim_end_matches(" -"))
    };
    [runs].into_iter().chain(service.ran.iter().map(entry)).collect()
}

/// Holds what stands there after a sight; and that the same sight again changes nothing.
fn hold(running: &str, ran: &[&str], seen: &str, want: &[&str]) {
    let tree = registry(running, ran);
    let observation = sight("k", seen);
    let first = observed(&tree, &observation, "21");
    let changed = Changed { tree: &tree, changes: &first.changes };
    assert_eq!(stands(&changed), want, "{running} {ran:?} + {seen}");
    let second = observed(&changed, &observation, "22");
    assert!(
        second.changes.is_empty() && second.says.is_empty() && !second.drifted(),
        "again: {running} {ran:?} + {seen}: {second:#?}"
    );
    assert_eq!((second.left, second.learnt), (vec![], vec![]));
}

const RUNS: &str = "running = { prod = \"2.4.0\" }";

#[test]
fn a_first_sight_is_written_with_what_it_knows() {
    hold("", &[], "2.4.0@18", &["2.4.0", "prod 2.4.0 18 k"]);
    hold("", &[], "2.4.0@?", &["2.4.0"]);
    hold("", &[], "", &[""]);
    hold("", &[], "2.4.1@18; 2.4.0@2", &["2.4.0 2.4.1", "prod 2.4.0 2 k", "prod 2.4.1 18 k"]);
    hold(RUNS, &[], "2.4.0@18", &["2.4.0", "prod 2.4.0 18 k"]);
    hold(RUNS, &[], "2.4.0@?", &["2.4.0"]);
    hold("", &[], "odd@18", &["odd", "prod odd 18 k"]);
}

#[test]
fn what_was_left_gets_its_end_and_its_kind() {
    hold(RUNS, &[], "2.4.1@18", &["2.4.1", "prod 2.4.0 - 18 2.4.1 redeploy k", "prod 2.4.1 18 k"]);
    hold(RUNS, &[], "2.4.1@?", &["2.4.1", "prod 2.4.0 - 21 2.4.1 redeploy k", "prod 2.4.1 21 k"]);
    hold(RUNS, &[], "2.3.0@18", &["2.3.0", "prod 2.4.0 - 18 2.3.0 rollback k", "prod 2.3.0 18 k"]);
    hold(RUNS, &[], "odd@18", &["odd", "prod 2.4.0 - 18 odd k", "prod odd 18 k"]);
    hold(RUNS, &[], "", &["", "prod 2.4.0 - 21 k"]);
    // An open entry is completed, and stays whose it is.
    hold(
        RUNS,
        &["prod 2.4.0 2"],
        "2.4.1@18",
        &["2.4.1", "prod 2.4.0 2 18 2.4.1 redeploy", "prod 2.4.1 18 k"],
    );
    // Since when it ran, what was left for it tells.
    hold(
        RUNS,
        &["prod 2.3.0 1 2 2.4.0 redeploy"],
        "2.4.1@18",
        &["2.4.1", "prod 2.3.0 1 2 2.4.0 redeploy", "prod 2.4.0 2 18 2.4.1 redeploy k", "prod 2.4.1 18 k"],
    );
    // Said to have run before the other one began: the document can't know when it was left.
    hold(
        RUNS,
        &["prod 2.4.0 18"],
        "2.3.0@2",
        &["2.3.0", "prod 2.4.0 18 21 2.3.0 rollback", "prod 2.3.0 21 k"],
    );
}

#[test]
fn roll_outs_begin_and_end() {
    let both = "running = { prod = [\"2.4.0\", \"2.4.1\"] }";
    hold(RUNS, &["prod 2.4.0 2"], "2.4.0@2; 2.4.1@18", &["2.4.0 2.4.1", "prod 2.4.0 2", "prod 2.4.1 18 k"]);
    hold(RUNS, &["prod 2.4.0 2"], "2.4.1@18; others", &["2.4.0 2.4.1", "prod 2.4.0 2", "prod 2.4.1 18 k"]);
    let open = ["prod 2.4.0 2", "prod 2.4.1 18"];
    hold(both, &open, "2.4.1@18", &["2.4.1", "prod 2.4.0 2 21 2.4.1 redeploy", "prod 2.4.1 18"]);
    hold(both, &open, "2.4.0@2", &["2.4.0", "prod 2.4.0 2", "prod 2.4.1 18 21 2.4.0 rollback"]);
    hold(both, &open, "2.4.0@2; 2.4.1@18", &["2.4.0 2.4.1", "prod 2.4.0 2", "prod 2.4.1 18"]);
}

/// Sights one after the other, each on its day: `1 2.4.0@1`; and what stands there in the end.
fn hold_all(running: &str, ran: &[&str], sights: &[&str], want: &[&str]) {
    let mut tree = registry(running, ran);
    for seen in sights {
        let (day, seen) = seen.split_once(' ').unwrap();
        tree = then(tree, &sight("k", seen), day);
    }
    assert_eq!(stands(&tree), want, "{running} {ran:?} + {sights:?}");
}

/// The registry after a sight, which changes nothing a second time.
fn then(tree: MemoryTree, observation: &Observation, day: &str) -> MemoryTree {
    let first = observed(&tree, observation, day);
    let changed = Changed { tree: &tree, changes: &first.changes };
    let again = observed(&changed, observation, day);
    assert!(again.changes.is_empty(), "{observation:?} on {day}: {:?}, then {again:?}", stands(&changed));
    MemoryTree::from_iter([(MAIN, changed.read(MAIN).unwrap().unwrap())])
}

#[test]
fn a_release_that_ran_on_through_an_aborted_roll_out_is_left_once() {
    hold_all(
        "",
        &[],
        &["1 2.3.0@1", "5 2.3.0@?; 2.4.0@?", "9 2.3.0@?", "20 2.4.1@?"],
        &["2.4.1", "prod 2.3.0 1 20 2.4.1 redeploy k", "prod 2.4.0 5 9 2.3.0 rollback k", "prod 2.4.1 20 k"],
    );
    // Newest last, however they are called.
    hold_all(
        "",
        &[],
        &["11 10.0.0@10; 9.0.0@1", "12 10.0.0@10; 9.0.0 1..10 >10.0.0", "20 11.0.0@20"],
        &[
            "11.0.0",
            "prod 9.0.0 1 10 10.0.0 redeploy k",
            "prod 10.0.0 10 20 11.0.0 redeploy k",
            "prod 11.0.0 20 k",
        ],
    );
    // An open entry that nobody closed is of an earlier stay.
    hold_all(
        "running = { prod = \"2.4.1\" }",
        &["prod 2.4.0 1"],
        &["9 2.4.0@?", "12 2.4.1@?"],
        &[
            "2.4.1",
            "prod 2.4.0 1",
            "prod 2.4.1 - 9 2.4.0 rollback k",
            "prod 2.4.0 9 12 2.4.1 redeploy k",
            "prod 2.4.1 12 k",
        ],
    );
}

/// The stays of each release in the registry, in hours, as the judge takes them.
fn hours(tree: &MemoryTree, now: Time) -> Vec<(String, i64, i64)> {
    let registry = loaded(tree);
    let service = &registry.services[&name("checkout")];
    let running = service.running.get(&name("prod")).into_iter().flatten();
    let stays = crate::model::Stays::of(
        service.ran.iter().map(Into::into).collect(),
        running.map(|version| &*version.text),
    );
    let hour = |time: Time| (time - at("1")).num_hours();
    let span = |(ran, span): (&crate::model::Ran, &crate::model::Span)| {
        let end = if span.goes_on { now } else { span.end.unwrap() };
        (ran.version.to_string(), hour(span.start.unwrap()), hour(end))
    };
    let mut hours: Vec<_> = service.ran.iter().zip(stays.spans()).map(span).collect();
    hours.sort();
    hours
}

mod sequences {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

        /// Whatever runs from sight to sight, the registry has each stay once and as long as it was.
        #[test]
        fn are_kept_as_they_were(steps in proptest::collection::vec((0_u8..8, any::<bool>()), 1..14)) {
            let mut tree = registry("", &[]);
            let mut true_stays: Vec<(String, i64, i64)> = Vec::new();
            let mut since: Vec<Option<usize>> = vec![None; 3];
            for (index, (set, says_since)) in steps.iter().enumerate() {
                let day = index + 1;
                let mut observation = sight("k", "");
                for (which, version) in ["2.3.0", "2.4.0", "2.4.1"].into_iter().enumerate() {
                    let stay = |began: usize| (version.to_owned(), 24 * (began as i64 - 1), 24 * (day as i64 - 1));
                    if set & (1 << which) == 0 {
                        true_stays.extend(since[which].take().map(stay));
                        continue;
                    }
                    let began = *since[which].get_or_insert(day);
                    let told = index == 0 || *says_since;
                    let since = told.then(|| at(&began.to_string()));
                    observation.running.push(Runs { version: version.into(), since, seen: vec![] });
                }
                tree = then(tree, &observation, &day.to_string());
                let going_on = since.iter().zip(["2.3.0", "2.4.0", "2.4.1"]).filter_map(|(since, version)| {
                    Some((version.to_owned(), 24 * ((*since)? as i64 - 1), 24 * (day as i64 - 1)))
                });
                let mut want: Vec<_> = true_stays.iter().cloned().chain(going_on).collect();
                want.sort();
                prop_assert_eq!(hours(&tree, at(&day.to_string())), want, "{:?}", stands(&tree));
            }
        }
    }
}

const HISTORY: &str = "2.4.0@20; 2.3.0 1..2 >2.4.0; 2.4.0 2..18 >2.4.1; 2.4.1 18..20 >2.4.0";

#[test]
fn the_past_is_filled_in_and_never_rewritten() {
    let whole = [
        "2.4.0",
        "prod 2.3.0 1 2 2.4.0 redeploy k",
        "prod 2.4.0 2 18 2.4.1 redeploy k",
        "prod 2.4.1 18 20 2.4.0 rollback k",
        "prod 2.4.0 20 k",
    ];
    hold("", &[], HISTORY, &whole);
    // What runs was left and came back, unseen.
    let mut mine = whole;
    mine[2] = "prod 2.4.0 2 18 2.4.1 redeploy";
    hold(RUNS, &["prod 2.4.0 2"], HISTORY, &mine);
    // Between others, also of another environment; what stands there stays, though it says otherwise.
    hold(
        RUNS,
        &["stage 2.4.1 1", "prod 2.3.0 1T01 2T01", "stage 2.4.1 5 6", "prod 2.4.1 17 19 2.4.0 redeploy"],
        HISTORY,
        &[
            "2.4.0",
            "stage 2.4.1 1",
            "prod 2.3.0 1T01 2T01",
            "stage 2.4.1 5 6",
            "prod 2.4.0 2 18 2.4.1 redeploy k",
            "prod 2.4.1 17 19 2.4.0 redeploy",
            "prod 2.4.0 20 k",
        ],
    );
    // The registry was behind by two moves.
    hold(
        "running = { prod = \"2.3.0\" }",
        &["prod 2.3.0 1"],
        HISTORY,
        &[
            "2.4.0",
            "prod 2.3.0 1 2 2.4.0 redeploy",
            "prod 2.4.0 2 18 2.4.1 redeploy k",
            "prod 2.4.1 18 20 2.4.0 rollback k",
            "prod 2.4.0 20 k",
        ],
    );
    // It runs on elsewhere, or nobody knows since when: then it wasn't left.
    hold(RUNS, &["prod 2.4.0 1"], "2.4.0@?; 2.4.0 1..5 >2.4.1", &["2.4.0", "prod 2.4.0 1"]);
}

#[test]
fn what_a_document_knows_of_a_beginning_stands_over_what_was_tried_beside_it() {
    let seen = "2.4.0@1; 2.4.1 10..11 >2.4.0";
    for running in ["", "running = { prod = \"2.4.0\" }", "running = { prod = \"2.4.1\" }"] {
        hold(running, &[], seen, &["2.4.0", "prod 2.4.0 1 k", "prod 2.4.1 10 11 2.4.0 rollback k"]);
    }
}

#[test]
fn a_rollback_whose_end_nobody_knows_is_one_all_the_same() {
    let seen = "2.4.1@20; 2.4.0 1..10 >2.4.1; 2.4.1 10..? >2.4.0; 2.4.0 ?..20 >2.4.1";
    let rolled_back = |known: &str| format!("prod 2.4.1 10 - 2.4.0 rollback{known}");
    for (running, ran, known) in
        [("", &[][..], " k"), ("running = { prod = \"2.4.1\" }", &["prod 2.4.1 10"], "")]
    {
        let want = [
            "2.4.1",
            "prod 2.4.0 1 10 2.4.1 redeploy k",
            &rolled_back(known),
            "prod 2.4.0 - 20 2.4.1 redeploy k",
            "prod 2.4.1 20 k",
        ];
        hold(running, ran, seen, &want);
    }
}

#[test]
fn ends_that_nobody_knows_are_left_out() {
    hold(
        "",
        &[],
        "2.4.1@18; 2.3.0 1..? >?; 2.4.0 ?..18 >2.4.1",
        &["2.4.1", "prod 2.3.0 1 k", "prod 2.4.0 - 18 2.4.1 redeploy k", "prod 2.4.1 18 k"],
    );
    hold("", &[], "2.4.1@18; 2.4.0 ?..? >2.4.1", &["2.4.1", "prod 2.4.1 18 k"]);
}

#[test]
fn clocks_that_are_ahead_count_as_now() {
    let tree = registry(RUNS, &[]);
    let seen = observed(&tree, &sight("k", "2.4.1@25"), "21");
    assert_eq!(seen.running[0].since, Some(at("21")));
    assert_eq!(seen.notes, ["clocks disagree: 2025-11-25T00:00:00Z lies in the future, and counts as now"]);
}

#[test]
fn what_is_told_is_what_is_written() {
    let tree = registry(RUNS, &["prod 2.4.0 2"]);
    let seen = observed(&tree, &sight("k", "9.9.9@18; 2.3.0 1..2 >2.4.0"), "21");
    assert!(seen.drifted());
    assert_eq!(seen.was.unwrap()[0].text, "2.4.0".into());
    let now = &seen.running[0];
    assert_eq!((now.since, now.registered, &*now.seen), (Some(at("18")), false, &["there".to_owned()][..]));
    let texts = |stays: &[Stay]| stays.iter().map(|stay| stay.version.to_string()).collect::<Vec<_>>();
    assert_eq!((texts(&seen.left), texts(&seen.learnt)), (vec!["2.4.0".into()], vec!["2.3.0".into()]));
}
