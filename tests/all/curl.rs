//! curl's real releases and vulnerabilities, against the expected data that stand beside the example.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use holdpoint::disk::DiskTree;
use holdpoint::judge::{Moment, Question, Verdict, judge};
use holdpoint::model::{Flag, MoveKind, Name, Registry, parse_time};
use holdpoint::registry::{Ask, load};

fn example() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/curl")
}

fn registry() -> Registry {
    let tree = DiskTree::new(example());
    load(&tree, "holdpoint.toml", &Ask::Service(curl())).unwrap().registry
}

fn expected(file: &str) -> String {
    std::fs::read_to_string(example().join("expected").join(file)).unwrap()
}

fn curl() -> Name {
    Name::new("curl").unwrap()
}

fn rollback(from: &str, to: &str) -> Question {
    Question {
        service: curl(),
        environment: None,
        from: Some(from.into()),
        to: to.into(),
        asked: MoveKind::Rollback,
        incident: None,
        asker: None,
        along: Default::default(),
    }
}

fn today() -> Moment {
    Moment::present(parse_time("2026-11-22T03:00:00Z").unwrap())
}

/// One rollback of the key; the keys of the file that aren't compared are left out.
#[derive(serde::Deserialize)]
struct Expected {
    from: String,
    to: String,
    as_of: String,
    reintroduced: Vec<String>,
    still_present: Vec<String>,
    resolved: Vec<String>,
    known_reintroduced: Vec<String>,
    known_still_present: Vec<String>,
    known_resolved: Vec<String>,
}

fn ids(flags: &[&Flag]) -> Vec<String> {
    flags.iter().map(|flag| flag.id.to_string()).collect()
}

fn changes(verdict: &Verdict<'_>) -> [Vec<String>; 3] {
    let changes = &verdict.changes;
    [ids(&changes.reopened), ids(&changes.carried), ids(&changes.closed)]
}

fn sorted(mut lists: [Vec<String>; 3]) -> [Vec<String>; 3] {
    lists.iter_mut().for_each(|list| list.sort());
    lists
}

#[test]
fn fifty_rollbacks_are_exact() {
    let registry = registry();
    let key: Vec<Expected> = serde_json::from_str(&expected("rollbacks.json")).unwrap();
    assert_eq!(key.len(), 50);
    for case in key {
        let question = rollback(&case.from, &case.to);
        let now = judge(&registry, &question, today()).unwrap();
        let wanted = sorted([case.reintroduced, case.still_present, case.resolved]);
        assert_eq!(changes(&now), wanted, "{} -> {}", case.from, case.to);

        let then = Moment::as_of(parse_time(&case.as_of).unwrap());
        let known = judge(&registry, &question, then).unwrap();
        let wanted = sorted([case.known_reintroduced, case.known_still_present, case.known_resolved]);
        assert_eq!(changes(&known), wanted, "{} -> {} as of {}", case.from, case.to, case.as_of);
    }
}

/// Every pair twice: the sets against those of the affected releases, and their sizes against the key.
#[test]
fn every_pair_is_exact() {
    let registry = registry();
    let affected: BTreeMap<String, BTreeSet<String>> =
        serde_json::from_str(&expected("affected.json")).unwrap();
    let pairs = expected("pairs.tsv");
    let mut tried = 0;
    for line in pairs.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [from, to, counts @ ..] = &cells[..] else { panic!("not a pair: {line}") };
        let verdict = judge(&registry, &rollback(from, to), today()).unwrap();
        assert_eq!(verdict.movement.kind, MoveKind::Rollback, "{line}");
        let (before, after) = (&affected[*from], &affected[*to]);
        let sets = [after - before, after & before, before - after];
        let said = changes(&verdict);
        assert!(
            said.iter().zip(&sets).all(|(said, set)| said.iter().eq(set)),
            "{line}: {said:?}, not {sets:?}"
        );
        let counts: Vec<usize> = counts.iter().map(|count| count.parse().unwrap()).collect();
        assert_eq!(said.map(|list| list.len()), *counts, "{line}");
        tried += 1;
    }
    assert_eq!(tried, 37_675);
}

#[test]
fn the_disputed_releases_follow_the_enumeration() {
    let registry = registry();
    for (to, affected) in [("7.65.1", true), ("7.65.2", false), ("7.65.3", false)] {
        let verdict = judge(&registry, &rollback("7.66.0", to), today()).unwrap();
        let reopened = ids(&verdict.changes.reopened).contains(&"CVE-2019-5443".to_owned());
        assert_eq!(reopened, affected, "{to}");
    }
}
