//! Decisions of a small registry, recorded and judged again; then with something changed.

use super::*;
use crate::act::movement::{Act, Going, Record, record as record_move};
use crate::judge::{self, Moment, Question};
use crate::model::{MoveKind, Name, Registry, Time, parse_time};
use crate::record::{
    Deed, Entry, Ids, Known, Occasion, Spot, State, Statement, Wanted, Who, seal, select, tail, verify,
};
use crate::registry::{Ask, MemoryTree, load};

const MAIN: &str = "holdpoint.toml";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Two environments, three releases, the newest of which is unstable; what is older has a hole.
const SHOP: &str = "\
format = 1
[policy]
max_age = \"24h\"
[service.shop]
owner = { reliability = \"sre\", security = \"appsec\" }
running = { prod = \"1.2.0\" }
[team.sre]
members = [\"sre@example.com\"]
[team.appsec]
members = [\"sec@example.com\"]
[[service.shop.release]]
version = \"1.0.0\"
[[service.shop.release]]
version = \"1.1.0\"
[[service.shop.release]]
version = \"1.2.0\"
[[service.shop.ran]]
environment = \"prod\"
version = \"1.1.0\"
since = 2026-11-01T00:00:00Z
until = 2026-11-18T00:00:00Z
left_for = \"1.2.0\"
kind = \"redeploy\"
[[service.shop.ran]]
environment = \"prod\"
version = \"1.2.0\"
since = 2026-11-18T00:00:00Z
[advisory.CVE-1]
title = \"A hole\"
severity = \"medium\"
affects = [{ service = \"shop\", versions = \"<1.2.0\" }]
";

fn now() -> Time {
    parse_time("2026-11-22T03:00:00Z").unwrap()
}

fn shop() -> Name {
    Name::new("shop").unwrap()
}

fn tree(text: &str) -> MemoryTree {
    [(MAIN, text)].into_iter().collect()
}

fn registry(tree: &MemoryTree) -> Registry {
    load(tree, MAIN, &Ask::Service(shop())).unwrap().registry
}

fn occasion(by: &str, dirty: Option<bool>) -> Occasion {
    Occasion {
        now: now(),
        who: Who { by: by.into(), known: Known::Git },
        ids: Ids::from(7),
        state: State { revision: Some(COMMIT.into()), dirty },
        ci: Default::default(),
    }
}

fn question(to: &str, from: Option<&str>, asker: Option<&str>) -> Question {
    Question {
        service: shop(),
        environment: Some(Name::new("prod").unwrap()),
        from: from.map(Into::into),
        to: to.into(),
        asked: MoveKind::Rollback,
        incident: None,
        asker: asker.map(Into::into),
        along: Default::default(),
    }
}

/// A check, as it is recorded.
fn checked(registry: &Registry, to: &str, from: Option<&str>, refreshed: Option<Time>) -> Statement {
    let moment = Moment { refreshed, ..Moment::present(now()) };
    let verdict = judge::judge(registry, &question(to, from, None), moment).unwrap();
    occasion("Ann <ann@example.com>", Some(false)).says(&shop(), Deed::Checked).judged(&verdict)
}

/// A record of these statements, one behind the other.
fn recorded(says: &[Statement]) -> MemoryTree {
    let mut tree = MemoryTree::new();
    for statement in says {
        let sealed = seal(&shop(), &tail(&tree, &shop()).unwrap(), &[statement]).unwrap();
        tree.files_mut().entry(sealed.file).or_default().extend(sealed.bytes);
    }
    tree
}

/// What comes of judging every decision of a record again on a registry.
fn again(record: &MemoryTree, registry: &Registry) -> Vec<Outcome> {
    let doubts = Doubts::of(&verify(record, &shop(), &[]).unwrap());
    let selected = select(record, &[shop()], &Wanted::default()).unwrap();
    let decisions = selected.entries.iter().filter_map(|entry| Decision::of(entry).unwrap());
    let outcome = |decision: Decision| match decision.revision() {
        Ok(_) => decision.again(registry, &doubts),
        Err(why) => Outcome::Not(why),
    };
    decisions.map(outcome).collect()
}

fn difference(outcomes: &[Outcome]) -> &Difference {
    match outcomes {
        [Outcome::Differs(difference)] => difference,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_judged_alike_comes_out_the_same() {
    let registry = registry(&tree(SHOP));
    let stale = checked(&registry, "1.1.0", None, None);
    assert!(stale.reasons.iter().any(|reason| &*reason.code == "stale-registry"));
    let says = [
        checked(&registry, "1.1.0", None, Some(now())),
        checked(&registry, "1.2.0", None, Some(now())),
        checked(&registry, "9.9.9", Some("1.0.0"), Some(now())),
        checked(&registry, "1.0.0", Some("1.2.0"), Some(now())),
        stale,
    ];
    assert!(says[2].reasons.iter().any(|reason| &*reason.code == "from-disagrees"));
    assert_eq!(again(&recorded(&says), &registry), vec![Outcome::Same; says.len()]);
}

#[test]
fn who_asked_counts_where_it_counted() {
    let signed = SHOP.replace("\"medium\"", "\"high\"")
        + "[sign-off.S1]\nservice = \"shop\"\nenvironment = \"prod\"\nto = \"1.1.0\"\naccepts = [\"CVE-1\"]\n\
           as = \"security\"\nby = \"sec@example.com\"\nreason = \"so\"\nat = 2026-11-22T02:00:00Z\n\
           expires = 2026-11-22T04:00:00Z\n";
    let registry = registry(&tree(&signed));
    let judged = |by: &str, deed: Deed| {
        let moment = Moment { refreshed: Some(now()), ..Moment::present(now()) };
        let asker = (!matches!(deed, Deed::Checked)).then_some(by);
        let verdict = judge::judge(&registry, &question("1.1.0", None, asker), moment).unwrap();
        occasion(by, Some(false)).says(&shop(), deed).judged(&verdict)
    };
    let started = || Deed::Started { command: vec!["true".into()] };
    let says = ["sec@example.com", "sre@example.com"].map(|by| judged(by, started())).to_vec();
    assert_eq!(
        says.iter().map(|says| says.verdict.as_deref().unwrap()).collect::<Vec<_>>(),
        ["hold", "warn"]
    );
    let says = [says, vec![judged("sec@example.com", Deed::Checked)]].concat();
    assert_eq!(&**says[2].verdict.as_ref().unwrap(), "warn");
    assert_eq!(again(&recorded(&says), &registry), vec![Outcome::Same; 3]);
}

/// What `observe` leaves of a rollback to 1.1.0.
fn seen() -> MemoryTree {
    let left = "since = 2026-11-18T00:00:00Z\nuntil = 2026-11-22T02:00:00Z\nleft_for = \"1.1.0\"\nkind = \"rollback\"\n\
                [[service.shop.ran]]\nenvironment = \"prod\"\nversion = \"1.1.0\"\nsince = 2026-11-22T02:00:00Z\n";
    let text = SHOP.replace("running = { prod = \"1.2.0\" }", "running = { prod = \"1.1.0\" }");
    tree(&text.replace("since = 2026-11-18T00:00:00Z\n", left))
}

#[test]
fn a_move_that_was_seen_before_it_was_recorded_is_judged_as_it_was_then() {
    let tree = seen();
    let (question, moment) = (question("1.1.0", None, Some("ann")), Moment::present(now()));
    let moment = Moment { refreshed: Some(now()), ..moment };
    let going = Going { question: &question, moment, break_glass: None, strict: false };
    let act = Act { going, moved: None, key: None };
    let Record::Done(done) = record_move(&tree, MAIN, act, &occasion("ann", Some(false))).unwrap() else {
        panic!("it goes");
    };
    let movement = done.says[0].movement.clone().unwrap();
    assert_eq!((&*movement.kind, movement.from.as_deref()), ("rollback", Some("1.2.0")), "not a restart");
    assert_eq!(again(&recorded(&done.says), &registry(&tree)), [Outcome::Same]);
    // A check saw a restart there, and comes out as one.
    let check = checked(&registry(&tree), "1.1.0", None, Some(now()));
    assert_eq!(again(&recorded(&[check]), &registry(&tree)), [Outcome::Same]);
}

#[test]
fn what_differs_is_told_reason_by_reason() {
    let before = registry(&tree(SHOP));
    let after = SHOP.replace("severity = \"medium\"", "severity = \"high\"")
        + "[instability.INC-1]\ntitle = \"slow\"\nseverity = \"low\"\n\
           affects = [{ service = \"shop\", versions = \"1.1.0\" }]\n";
    let record = recorded(&[checked(&before, "1.1.0", None, Some(now()))]);
    let outcomes = again(&record, &registry(&tree(&after)));
    let difference = difference(&outcomes);
    assert_eq!((&*difference.was.verdict, &*difference.is.verdict), ("warn", "hold"));
    let level =
        |reason: &Option<crate::record::Reason>| reason.as_ref().map(|reason| reason.level.to_string());
    let mut told: Vec<(String, Option<String>, Option<String>)> = Vec::new();
    for changed in &difference.changed {
        let any = changed.was.as_ref().or(changed.is.as_ref()).unwrap();
        told.push((any.subject.to_string(), level(&changed.was), level(&changed.is)));
    }
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        told,
        [("CVE-1".to_owned(), some("warn"), some("hold")), ("INC-1".to_owned(), None, some("warn")),]
    );
    assert_eq!(
        difference.cause,
        Cause::Holdpoint { last: true },
        "the line says that the registry was clean"
    );
}

#[test]
fn the_most_likely_cause_is_what_can_be_shown() {
    let before = registry(&tree(SHOP));
    let after = registry(&tree(&SHOP.replace("medium", "high")));
    let cause = |says: &[Statement]| match &again(&recorded(says), &after)[0] {
        Outcome::Differs(difference) => difference.cause.clone(),
        other => panic!("{other:?}"),
    };
    let check = checked(&before, "1.1.0", None, Some(now()));
    let dirty = |dirty| Statement { registry: State { dirty, ..check.registry.clone() }, ..check.clone() };
    assert_eq!(cause(&[dirty(Some(true))]), Cause::Dirty);
    assert_eq!(cause(&[dirty(None)]), Cause::PerhapsDirty);
    // The same reason at another level, by a shipped rule.
    let Cause::Rules { rules, last } = cause(&[check.clone(), check.clone()]) else { panic!("rules") };
    assert_eq!((rules.len(), &*rules[0].code, last), (1, "advisory-reopened", false));
    assert!(rules[0].was.is_some() && rules[0].was != rules[0].is);
    let restart = checked(&before, "1.2.0", None, Some(now()));
    assert_eq!(again(&recorded(&[check, restart]), &before), [Outcome::Same, Outcome::Same]);
}

#[test]
fn a_line_that_was_changed_is_the_first_to_be_doubted() {
    let registry = registry(&tree(SHOP));
    let check = || checked(&registry, "1.1.0", None, Some(now()));
    let says = ["01KA", "01KB", "01KC"].map(|id| Statement { id: id.into(), ..check() });
    let record = recorded(&says);
    let path = "log/shop/2026-11.jsonl";
    let text = String::from_utf8(record.files()[path].clone()).unwrap();
    for line in 0..3 {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines[line] = lines[line].replace("\"verdict\":\"warn\"", "\"verdict\":\"allow\"");
        let spoilt: MemoryTree = [(path, format!("{}\n", lines.join("\n")))].into_iter().collect();
        let outcomes = again(&spoilt, &registry);
        let Outcome::Differs(difference) = &outcomes[line] else { panic!("{:?}", outcomes[line]) };
        match line {
            // Nothing stands behind the last line that could give it away, and that is said.
            2 => assert_eq!(difference.cause, Cause::Holdpoint { last: true }),
            _ => assert!(matches!(&difference.cause, Cause::Chain(said) if said.contains("was changed"))),
        }
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Same).count(), 2);
    }
}

#[test]
fn what_can_not_be_judged_again_says_why() {
    let registry = registry(&tree(SHOP));
    let check = checked(&registry, "1.1.0", None, Some(now()));
    let on = |revision: Option<&str>| {
        let revision = revision.map(Into::into);
        Statement { registry: State { revision, dirty: None }, ..check.clone() }
    };
    let unjudged = Statement { verdict: None, reasons: Vec::new(), ..check.clone() };
    let says = [on(None), on(Some("HEAD")), on(Some("9f3c2ab")), on(Some("--help")), unjudged];
    let words: Vec<&str> = again(&recorded(&says), &registry)
        .iter()
        .map(|outcome| match outcome {
            Outcome::Not(why) => why.word(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(words, ["no-revision", "revision-odd", "revision-odd", "revision-odd", "unjudged-then"]);
    let other = SHOP.replace("service.shop", "service.shop2").replace("\"shop\"", "\"shop2\"");
    let gone = load(&tree(&other), MAIN, &Ask::Everything).unwrap().registry;
    assert!(matches!(&again(&recorded(&[check]), &gone)[..], [Outcome::Not(Unjudged::Unloaded { .. })]));
}

#[test]
fn only_lines_that_decide_are_judged_again() {
    let registry = registry(&tree(SHOP));
    let check = checked(&registry, "1.1.0", None, Some(now()));
    let of = |deed: Deed| Statement { deed, ..check.clone() };
    let says = [
        of(Deed::IncidentEnded),
        of(Deed::Observed { was: None, running: Vec::new(), source: "by hand".into() }),
        Statement { movement: None, ..check.clone() },
        check,
    ];
    assert_eq!(again(&recorded(&says), &registry), [Outcome::Same]);
    let mut says = serde_json::Map::new();
    says.insert("kind".into(), "checked".into());
    let entry = Entry { file: "x".into(), line: 3, at: None, says };
    assert_eq!(Decision::of(&entry), Err(Spot { file: "x".into(), line: 3 }));
}
