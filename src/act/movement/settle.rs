//! `settled`: that what caused an earlier rollback is dealt with, so that the release may be returned to.
//!
//! It speaks of a release that was left by a rollback, wherever that was. Where teams are given, a member of the
//! service's reliability team says so: it is that team's rollback, and what security knows of the release stands
//! in its own flags, which this touches none of.

use super::case::gone;
use super::{Refusal, unfit};
use crate::act::member;
use crate::judge::{self, Code, Moment, Question};
use crate::model::{Key, Level, MoveKind, Name, Ran, Registry, Service, Settled, format_time};
use crate::record::{Deed, Occasion, Statement};
use crate::registry::edit::{Editor, Value};
use crate::registry::{Ask, Changed, Changes, Loaded, Tree, load};

/// What is said to be dealt with.
#[derive(Debug, Clone, Copy)]
pub struct Settling<'a> {
    /// Of which service.
    pub service: &'a Name,
    /// The release that was left.
    pub version: &'a str,
    /// How it was dealt with.
    pub reason: &'a str,
}

/// What comes of settling.
#[derive(Debug, Clone)]
pub struct Settle {
    /// The files to write; none when it stands there already.
    pub changes: Changes,
    /// The lines of the record.
    pub says: Vec<Statement>,
    /// The registry as it will be.
    pub after: Loaded,
    /// That it stood there already.
    pub stood: Option<Settled>,
    /// What it changes of the way back there, by environment.
    pub freed: Vec<Freed>,
    /// What is worth a word.
    pub notes: Vec<String>,
}

/// What going back to the release means in one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freed {
    /// Where.
    pub environment: Name,
    /// The verdict before.
    pub before: Level,
    /// The verdict since.
    pub after: Level,
    /// Whether `ping-pong` was among the reasons.
    pub ping_pong: bool,
}

/// Works out what settling changes. `main` is the name of the registry's main file.
///
/// # Errors
/// When the registry can't be loaded or edited, the release was never left by a rollback, or whoever says so isn't
/// one of those who may.
pub fn settle(
    tree: &dyn Tree,
    main: &str,
    settling: Settling<'_>,
    moment: Moment,
    occasion: &Occasion,
) -> Result<Settle, Refusal> {
    let ask = Ask::Service(settling.service.clone());
    let before = load(tree, main, &ask)?;
    let service = before.registry.services.get(settling.service).ok_or_else(|| gone(settling.service))?;
    check_signer(&before.registry, service, &occasion.who.by)?;
    let last = service.ran.iter().rfind(|ran| *ran.version.text == *settling.version && was_fled(ran));
    let last = last.ok_or_else(|| never_left(service, settling.version))?;
    let begun = last.since.or(last.until);
    let stands = service.settled.get(settling.version);
    // What was settled before this stay began was about an earlier one.
    let stood = stands.filter(|settled| begun.is_none_or(|begun| settled.at >= begun)).cloned();
    let mut notes = Vec::new();
    let changes = match (&stood, stands) {
        (Some(settled), _) => {
            if *settled.reason != *settling.reason {
                notes.push(format!("the reason that stands there is another, and stays: {}", settled.reason));
            }
            Changes::new()
        }
        (None, earlier) => {
            notes.extend(earlier.map(|earlier| {
                format!(
                    "what was settled at {} was about an earlier stay, and is replaced",
                    format_time(earlier.at)
                )
            }));
            changes(tree, main, settling, occasion)?
        }
    };
    let after = load(&Changed { tree, changes: &changes }, main, &ask)?;
    let freed = freed(&before.registry, &after.registry, service, settling.version, moment);
    let deed = Deed::Settled { version: settling.version.into(), reason: settling.reason.into() };
    let says = if changes.is_empty() { Vec::new() } else { vec![occasion.says(settling.service, deed)] };
    Ok(Settle { changes, says, after, stood, freed, notes })
}

fn changes(
    tree: &dyn Tree,
    main: &str,
    settling: Settling<'_>,
    occasion: &Occasion,
) -> Result<Changes, Refusal> {
    let mut editor = Editor::new(tree, main);
    let settled = Value::Table(vec![
        ("at".into(), occasion.now.into()),
        ("by".into(), (&*occasion.who.by).into()),
        ("reason".into(), settling.reason.into()),
    ]);
    editor.set(settling.service, &["settled", settling.version], settled)?;
    Ok(editor.finish()?)
}

/// Whether a release was left by a rollback, as the judge takes it.
fn was_fled(ran: &Ran) -> bool {
    let went_back = || ran.left_for.as_ref().is_some_and(|next| next.is_older_than(&ran.version));
    ran.kind.map_or_else(went_back, |kind| kind == MoveKind::Rollback)
}

/// Where teams are given, only a member of the reliability team may.
fn check_signer(registry: &Registry, service: &Service, by: &str) -> Result<(), Refusal> {
    member::check(registry, service, Key::Reliability, by).map_err(|of| unfit(of.message, of.hint))
}

/// That a release was never left by a rollback, with those that were.
fn never_left(service: &Service, version: &str) -> Refusal {
    let mut fled: Vec<&str> =
        service.ran.iter().filter(|ran| was_fled(ran)).map(|ran| &*ran.version.text).collect();
    fled.sort_unstable();
    fled.dedup();
    let settled = |version: &&str| service.settled.contains_key(*version);
    let named =
        |list: Vec<&str>| list.iter().map(|version| format!("`{version}`")).collect::<Vec<_>>().join(", ");
    let (done, open): (Vec<&str>, Vec<&str>) = fled.into_iter().partition(settled);
    let hint = match (open.is_empty(), done.is_empty()) {
        (true, true) => format!("no release of `{}` was", service.name),
        (true, false) => format!("those that were are settled: {}", named(done)),
        (false, true) => format!("those that were: {}", named(open)),
        (false, false) => format!("those that were: {}; and settled already: {}", named(open), named(done)),
    };
    unfit(format!("`{version}` was never left by a rollback as far as the registry knows"), hint)
}

/// How going back to a release is judged before and after, where it was left by a rollback and doesn't run.
fn freed(
    before: &Registry,
    after: &Registry,
    service: &Service,
    version: &str,
    moment: Moment,
) -> Vec<Freed> {
    let left = service.ran.iter().filter(|ran| *ran.version.text == *version && was_fled(ran));
    let mut places: Vec<&Name> = left.map(|ran| &ran.environment).collect();
    places.sort_unstable();
    places.dedup();
    let freed = |place: &Name| {
        let mut question = Question::of_place(&service.name, Some(place), MoveKind::Redeploy);
        question.to = version.into();
        let was = judge::judge(before, &question, moment)?;
        let is = judge::judge(after, &question, moment)?;
        let ping_pong = was.reasons.iter().any(|reason| reason.finding.code() == Code::PingPong);
        Some(Freed { environment: place.clone(), before: was.level, after: is.level, ping_pong })
    };
    places.into_iter().filter_map(freed).collect()
}
