use std::collections::BTreeMap;

use super::*;
use crate::model::{Time, parse_time};
use crate::record::{Ids, Known, State, Who};
use crate::registry::{Changed, MemoryTree};

const MAIN: &str = r#"
format = 1
[team.sre]
members = ["sam@example.com", "sue@example.com"]
[team.appsec]
members = ["ann@example.com", "art@example.com", "sam@example.com"]
"#;

const SERVICE: &str = r#"
[service.shop]
owner = { reliability = "sre", security = "appsec" }
running = { prod = "1.0.0" }
release = [{ version = "1.0.0" }, { version = "1.1.0" }]
"#;

const FLAG: &str = r#"
[advisory.CVE-1]
title = "t"
severity = "high"
affects = [{ service = "shop", versions = "<1.1.0" }]
"#;

const DEBT: &str = r#"
# somebody's remark
[debt.01D]
service = "shop"
environment = "prod"
from = "1.1.0"
to = "1.0.0"
subjects = ["CVE-1"]
reason = "down"
by = "Sam <sam@example.com>"
at = 2026-11-20T03:00:00Z
"#;

fn now() -> Time {
    parse_time("2026-11-22T03:00:00Z").unwrap()
}

/// A registry in folders; the last file overrides.
fn tree(more: &[(&str, &str)]) -> MemoryTree {
    let files = [
        ("holdpoint.toml", MAIN),
        ("services/shop/service.toml", SERVICE),
        ("services/shop/advisories/CVE-1.toml", FLAG),
        ("services/shop/debts/01D.toml", DEBT),
    ];
    files.into_iter().chain(more.iter().copied()).collect()
}

fn occasion(by: &str) -> Occasion {
    Occasion {
        now: now(),
        who: Who { by: by.into(), known: Known::Flag },
        ids: Ids::from(1),
        state: State::default(),
        ci: BTreeMap::new(),
    }
}

fn look_back(tree: &MemoryTree, by: &str, key: Option<Key>, note: &str) -> Result<Reviewed, Refusal> {
    asked(tree, by, Asked::Review { key, note: Said::new(note).unwrap() })
}

fn asked(tree: &MemoryTree, by: &str, asked: Asked) -> Result<Reviewed, Refusal> {
    let request = Request { service: Name::new("shop").unwrap(), debt: Id::new("01d").unwrap(), asked };
    review(tree, "holdpoint.toml", &request, &occasion(by))
}

/// The tree after what was done.
fn after(tree: &MemoryTree, done: &Reviewed) -> MemoryTree {
    let mut after = MemoryTree::default();
    let changed = Changed { tree, changes: &done.changes };
    for path in [
        "holdpoint.toml",
        "services/shop/service.toml",
        "services/shop/advisories/CVE-1.toml",
        "services/shop/debts/01D.toml",
    ] {
        if let Some(bytes) = changed.read(path).unwrap() {
            after.put(path, bytes);
        }
    }
    after
}

fn deed(done: &Reviewed) -> &Deed {
    assert_eq!(done.says.len(), 1);
    &done.says[0].deed
}

#[test]
fn a_review_is_added_below_what_stands_there() {
    let tree = tree(&[]);
    let done = look_back(&tree, "Ann <ann@example.com>", None, "nobody came in\nsays the WAF").unwrap();
    assert_eq!((done.outcome, done.key), (Outcome::Reviewed, Some(Key::Security)), "the key of her team");
    let text = after(&tree, &done).read("services/shop/debts/01D.toml").unwrap().unwrap();
    let want = format!(
        "{DEBT}\n[[debt.01D.reviews]]\nas = \"security\"\nby = \"Ann <ann@example.com>\"\nat = 2026-11-22T03:00:00Z\nnote = \"nobody came in\\nsays the WAF\"\n"
    );
    assert_eq!(String::from_utf8(text).unwrap(), want);
    let closed = matches!(deed(&done), Deed::Reviewed { closed, .. } if *closed);
    assert!(!closed);
    let movement = done.says[0].movement.as_ref().unwrap();
    assert_eq!(
        (&*movement.kind, movement.from.as_deref(), &*movement.to),
        ("rollback", Some("1.1.0"), "1.0.0")
    );
}

#[test]
fn it_is_closed_once_both_have_reviewed_and_the_release_is_left() {
    let left = SERVICE.replace("prod = \"1.0.0\"", "prod = \"1.1.0\"");
    let first = tree(&[("services/shop/service.toml", &left)]);
    let one = look_back(&first, "sue@example.com", None, "watched it").unwrap();
    assert_eq!(one.outcome, Outcome::Reviewed);
    let second = after(&first, &one);
    let two = look_back(&second, "ann@example.com", None, "nobody came in").unwrap();
    assert_eq!(two.outcome, Outcome::Closed);
    assert!(after(&second, &two).read("services/shop/debts/01D.toml").unwrap().is_none());
    assert!(matches!(deed(&two), Deed::Reviewed { closed: true, key: Some(_), note: Some(_), .. }));
}

/// The two reviews, in the form in which the first made of them stand.
fn reviewed(debt: &str) -> String {
    let review = |key: &str| format!("{{ as = \"{key}\", by = \"x\", at = 2026-11-21, note = \"n\" }}");
    format!("{debt}reviews = [{}, {}]\n", review("security"), review("reliability"))
}

#[test]
fn closing_takes_what_the_judge_holds_against_what_runs() {
    let close = |service: &str, flag: &str, debt: &str| {
        let debt = reviewed(debt);
        let tree = tree(&[
            ("services/shop/service.toml", service),
            ("services/shop/advisories/CVE-1.toml", flag),
            ("services/shop/debts/01D.toml", &debt),
        ]);
        let done = asked(&tree, "anybody@example.com", Asked::Close).unwrap();
        assert_eq!(done.changes.is_empty(), done.outcome == Outcome::Open);
        assert_eq!(done.says.is_empty(), done.outcome == Outcome::Open);
        done.outcome
    };
    let sign = |expires: &str, by: &str| {
        format!(
            "{SERVICE}\n[service.shop.entered.prod]\nfrom = \"1.1.0\"\nby = \"debt 01D\"\nsubjects = [\"CVE-1\"]\nexpires = {expires}\n# {by}\n"
        )
    };
    let exploited = FLAG.replace("title", "exploited = true\ntitle");
    for (service, flag, debt, outcome, why) in [
        (SERVICE, FLAG, DEBT, Outcome::Open, "it runs, and the flag holds it"),
        (
            &SERVICE.replace("prod = \"1.0.0\"", "prod = \"1.1.0\""),
            FLAG,
            DEBT,
            Outcome::Closed,
            "it was left",
        ),
        (&SERVICE.replace("prod = \"1.0.0\"", "prod = []"), FLAG, DEBT, Outcome::Closed, "nothing runs"),
        (
            &SERVICE.replace("prod = \"1.0.0\"", "prod = [\"1.0.0\", \"1.1.0\"]"),
            FLAG,
            DEBT,
            Outcome::Open,
            "half left",
        ),
        (
            &SERVICE.replace("prod = \"1.0.0\"", "staging = \"1.1.0\""),
            FLAG,
            DEBT,
            Outcome::Open,
            "nobody knows",
        ),
        (
            SERVICE,
            &format!("{FLAG}withdrawn = {{ at = 2026-11-21, reason = \"r\" }}\n"),
            DEBT,
            Outcome::Closed,
            "it was withdrawn",
        ),
        (SERVICE, &FLAG.replace("high", "medium"), DEBT, Outcome::Closed, "it only warns"),
        (SERVICE, &exploited, DEBT, Outcome::Open, "it blocks"),
        (
            &sign("2026-11-30", "a break-glass accepts nothing"),
            FLAG,
            DEBT,
            Outcome::Open,
            "entered by the debt itself",
        ),
        (
            SERVICE,
            FLAG,
            &DEBT.replace("\"CVE-1\"", "\"ping-pong\""),
            Outcome::Closed,
            "the move alone was gone against",
        ),
        (
            SERVICE,
            FLAG,
            &DEBT.replace("\"CVE-1\"", "\"not judged\""),
            Outcome::Open,
            "it couldn't be judged: all counts",
        ),
    ] {
        assert_eq!(close(service, flag, debt), outcome, "{why}");
    }
}

#[test]
fn an_acceptance_that_counts_ends_it_and_one_of_a_block_does_not() {
    let sign_off = "[sign-off.S1]\nservice = \"shop\"\nenvironment = \"prod\"\nto = \"1.0.0\"\naccepts = [\"CVE-1\"]\nas = \"security\"\nby = \"Ann <ann@example.com>\"\nreason = \"r\"\nat = 2026-11-22T02:00:00Z\nexpires = 2026-11-22T09:00:00Z\n";
    let debt = reviewed(DEBT);
    let exploited = FLAG.replace("title", "exploited = true\ntitle");
    for (flag, sign_off, outcome) in [
        (FLAG, sign_off, Outcome::Closed),
        (FLAG, &sign_off.replace("09:00", "02:30"), Outcome::Open),
        (FLAG, &sign_off.replace("ann@", "eve@"), Outcome::Open),
        (&exploited, sign_off, Outcome::Open),
    ] {
        let tree = tree(&[
            ("services/shop/sign-offs/security/S1.toml", sign_off),
            ("services/shop/advisories/CVE-1.toml", flag),
            ("services/shop/debts/01D.toml", &debt),
        ]);
        assert_eq!(asked(&tree, "anybody", Asked::Close).unwrap().outcome, outcome, "{flag}{sign_off}");
    }
}

#[test]
fn only_the_team_reviews_and_security_not_the_one_who_broke_the_glass() {
    let tree = tree(&[]);
    let refused = |by: &str, key| look_back(&tree, by, key, "n").unwrap_err().to_string();
    let unfit = refused("Eve <eve@example.com>", Some(Key::Security));
    assert_eq!(
        unfit,
        "Eve <eve@example.com> isn't a member of `appsec`, which owns the security key of `shop`"
    );
    let own = refused("sam@example.com", Some(Key::Security));
    assert_eq!(own, "sam@example.com broke the glass, and can't review that for security");
    assert!(
        look_back(&tree, "sam@example.com", Some(Key::Reliability), "n").is_ok(),
        "like a sign-off of one's own"
    );
    for (by, hint) in
        [("eve@example.com", "no team of `shop` is known"), ("Sam <sam@example.com>", "is in both teams")]
    {
        let Err(Refusal::Unsaid { hint: said, .. }) = look_back(&tree, by, None, "n") else { panic!("{by}") };
        assert!(said.contains(hint) && said.contains("--as"), "{said}");
    }
}

#[test]
fn a_review_is_not_rewritten() {
    let first = tree(&[]);
    let done = look_back(&first, "ann@example.com", None, "fine").unwrap();
    let second = after(&first, &done);
    let again = look_back(&second, "Ann <ann@example.com>", None, "fine").unwrap();
    assert_eq!(again.outcome, Outcome::Unchanged);
    assert!(again.changes.is_empty() && again.says.is_empty());
    let other = look_back(&second, "ann@example.com", None, "not fine").unwrap_err().to_string();
    for part in [
        "ann@example.com reviewed it for security at 2026-11-22T03:00:00Z: \"fine\"",
        "01D.toml:3",
        "not \"not fine\"",
    ] {
        assert!(other.contains(part), "{other}");
    }
    let another = look_back(&second, "art@example.com", None, "not fine").unwrap();
    assert_eq!((another.outcome, another.debt.reviews.len()), (Outcome::Reviewed, 2));
}

#[test]
fn saying_it_again_closes_what_is_settled_meanwhile() {
    let review = "reviews = [{ as = \"security\", by = \"ann@example.com\", at = 2026-11-21, note = \"n\" }, { as = \"reliability\", by = \"x\", at = 2026-11-21 }]\n";
    let left = SERVICE.replace("prod = \"1.0.0\"", "prod = \"1.1.0\"");
    let tree = tree(&[
        ("services/shop/service.toml", &left),
        ("services/shop/debts/01D.toml", &format!("{DEBT}{review}")),
    ]);
    let done = look_back(&tree, "ann@example.com", None, "n").unwrap();
    assert_eq!(done.outcome, Outcome::Closed);
    assert!(matches!(deed(&done), Deed::Reviewed { closed: true, note: None, .. }));
}

#[test]
fn in_one_file_only_the_debt_goes() {
    let rest = format!("{MAIN}{SERVICE}# of the flag\n{FLAG}");
    let left = rest.replace("prod = \"1.0.0\"", "prod = \"1.1.0\"");
    let one = |text: &str| -> MemoryTree { [("holdpoint.toml", text)].into_iter().collect() };
    let tree = one(&format!("{left}{DEBT}"));
    let first = look_back(&tree, "sue@example.com", None, "n").unwrap();
    let tree = after(&tree, &first);
    let text = |tree: &MemoryTree| String::from_utf8(tree.read("holdpoint.toml").unwrap().unwrap()).unwrap();
    assert!(text(&tree).starts_with(&format!("{left}{DEBT}")), "{}", text(&tree));
    let second = look_back(&tree, "ann@example.com", None, "n").unwrap();
    let closed = text(&after(&tree, &second));
    assert!(closed.starts_with(&left) && !closed.contains("debt.01D"), "{closed}");
}

#[test]
fn a_debt_that_is_closed_meanwhile_is_said() {
    let tree = tree(&[("services/shop/debts/01D.toml", &DEBT.replace("01D", "01E"))]);
    assert!(
        matches!(look_back(&tree, "ann@example.com", None, "n"), Err(Refusal::Unloaded(_))),
        "its path disagrees"
    );
    let none: MemoryTree =
        [("holdpoint.toml", MAIN), ("services/shop/service.toml", SERVICE)].into_iter().collect();
    let gone = look_back(&none, "ann@example.com", None, "n").unwrap_err().to_string();
    assert_eq!(gone, "no break-glass `01d` of `shop` is open");
}
