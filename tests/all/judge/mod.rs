//! The judge by tables: a small registry, a move, and exactly the reasons that must come out.

mod advice;
mod covers;
mod exposure;
mod freezes;
mod history;
mod needs;
mod overview;
mod release;
mod relief;
mod rules;
mod time;

use holdpoint::judge::{Advice, Moment, Question, Verdict, advise, judge};
use holdpoint::model::{MoveKind, Name, Registry, parse_time};
use holdpoint::registry::{Ask, LoadError, MemoryTree, load};

/// The moment of all these judgements, unless a case says otherwise.
pub const NOW: &str = "2026-11-22T03:00:00Z";

/// Four releases that all ran in prod, one after the other; the newest runs.
pub const BASE: &str = r#"
format = 1
[service.shop]
running = { prod = "1.3.0" }
release = [
    { version = "1.0.0", released = 2026-09-01 },
    { version = "1.1.0", released = 2026-10-01 },
    { version = "1.2.0", released = 2026-10-20 },
    { version = "1.3.0", released = 2026-11-10 },
]

[[service.shop.ran]]
environment = "prod"
version = "1.0.0"
since = 2026-09-02
until = 2026-10-02
left_for = "1.1.0"
kind = "redeploy"

[[service.shop.ran]]
environment = "prod"
version = "1.1.0"
since = 2026-10-02
until = 2026-10-21
left_for = "1.2.0"
kind = "redeploy"

[[service.shop.ran]]
environment = "prod"
version = "1.2.0"
since = 2026-10-21
until = 2026-11-11
left_for = "1.3.0"
kind = "redeploy"
"#;

/// Loads a one-file registry, or panics with its mistakes.
pub fn world(text: &str) -> Registry {
    let mut tree = MemoryTree::default();
    tree.put("holdpoint.toml", text);
    match load(&tree, "holdpoint.toml", &Ask::Service(Name::new("shop").unwrap())) {
        Ok(loaded) => loaded.registry,
        Err(LoadError::Mistakes(mistakes)) => {
            let said: Vec<_> = mistakes.list.iter().map(|mistake| &mistake.message).collect();
            panic!("the registry of this case is wrong: {said:?}\n{text}")
        }
        Err(other) => panic!("not loaded: {other:?}"),
    }
}

/// [`BASE`] with more tables behind it.
pub fn with(more: &str) -> Registry {
    world(&format!("{BASE}{more}"))
}

/// [`BASE`] with one of its lines' parts replaced, and more tables behind it.
pub fn changed(from: &str, to: &str, more: &str) -> Registry {
    assert!(BASE.contains(from), "nothing to replace: {from}");
    world(&format!("{}{more}", BASE.replace(from, to)))
}

/// A question in a few words: `VERSION`, `FROM -> VERSION`, either with ` in ENV` behind it (else prod).
pub fn question(words: &str) -> Question {
    let (words, environment) = words.split_once(" in ").unwrap_or((words, "prod"));
    let (from, to) = words.split_once(" -> ").map_or((None, words), |(from, to)| (Some(from), to));
    Question {
        service: Name::new("shop").unwrap(),
        environment: (environment != "-").then(|| Name::new(environment).unwrap()),
        from: from.map(Into::into),
        to: to.into(),
        asked: MoveKind::Rollback,
        incident: None,
        asker: None,
        along: Default::default(),
    }
}

pub fn now() -> Moment {
    Moment::present(parse_time(NOW).unwrap())
}

pub fn verdict<'a>(registry: &'a Registry, words: &str) -> Verdict<'a> {
    judge(registry, &question(words), now()).unwrap()
}

pub fn advice<'a>(registry: &'a Registry, words: &str) -> Advice<'a> {
    advise(registry, &question(words), now()).unwrap()
}

/// A verdict's reasons as `code subject level`; the subject is left out where it is the code.
pub fn said(verdict: &Verdict<'_>) -> Vec<String> {
    let reason = |reason: &holdpoint::judge::Reason<'_>| {
        let (code, subject, level) = (reason.finding.code().word(), reason.finding.subject(), reason.level);
        if subject == code { format!("{code} {level}") } else { format!("{code} {subject} {level}") }
    };
    verdict.reasons.iter().map(reason).collect()
}

/// Holds the reasons of a move against what they must be, all of them, worst first.
#[track_caller]
pub fn expect(registry: &Registry, words: &str, reasons: &[&str]) {
    let verdict = verdict(registry, words);
    assert_eq!(said(&verdict), reasons, "{words}");
    let worst = verdict.reasons.iter().map(|reason| reason.level).max().unwrap_or_default();
    assert_eq!(verdict.level, worst, "{words}: a verdict is the worst of its reasons");
}
