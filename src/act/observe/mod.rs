//! Observing: what runs in an environment, as somebody saw it, becomes `running` and `ran`.
//!
//! [`observe`] is the entry point. What stands in `ran` is never shortened or rewritten: entries that are
//! missing are added, and the open entry of a release that was left gets its end. Seeing the same again
//! changes nothing. `under-way` is left alone: a move is ended by the command that began it. `entered` is written for
//! a release that got there by a sign-off or a debt which stands; what was left of it, the judge itself drops.

mod history;
mod plan;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, VecDeque};

use self::history::{Entry, History};
use self::plan::Plan;
use crate::act::movement::{Here, enter};
use crate::import::sight::Observation;
use crate::judge::Moment;
use crate::model::{CLOCK_TOLERANCE, MoveKind, Name, Registry, Service, Time, Version, format_time};
use crate::record::{Deed, Occasion, Statement};
use crate::registry::edit::{EditError, Editor, Fields, Value};
use crate::registry::{Changes, Tree};

/// What was seen, where and when.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// Where.
    pub environment: &'a Name,
    /// What.
    pub observation: &'a Observation,
    /// When: now.
    pub now: Time,
    /// The kind of the move that led there, as whoever made it calls it; it counts where versions can't be
    /// compared.
    pub kind: Option<MoveKind>,
}

/// What becomes of the registry, and what there is to say of it.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// The files to write; none when the registry says all that already.
    pub changes: Changes,
    /// What the record is to say; nothing when nothing changes.
    pub says: Vec<Statement>,
    /// What the registry said; None: nothing.
    pub was: Option<Vec<Version>>,
    /// What runs.
    pub running: Vec<Now>,
    /// What was left since.
    pub left: Vec<Stay>,
    /// What was learnt of the past beside that.
    pub learnt: Vec<Stay>,
    /// What is worth a word.
    pub notes: Vec<String>,
}

/// A release that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Now {
    /// Which.
    pub version: Version,
    /// Since when, as the registry will say; None: nobody knows.
    pub since: Option<Time>,
    /// Whether it is registered.
    pub registered: bool,
    /// Where it was seen; nowhere, when the registry's word was taken for it.
    pub seen: Vec<String>,
}

/// A stay of a release, as the registry will have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// Which release.
    pub version: Version,
    /// Since when.
    pub since: Option<Time>,
    /// Until when.
    pub until: Option<Time>,
    /// What it was left for.
    pub left_for: Option<Version>,
    /// By what kind of move.
    pub kind: Option<MoveKind>,
    /// How that is known.
    pub known: Option<Box<str>>,
}

impl Observed {
    /// Whether something else runs than the registry said.
    pub fn drifted(&self) -> bool {
        let now: BTreeSet<&str> = self.running.iter().map(|now| &*now.version.text).collect();
        let differs = |was: &Vec<Version>| {
            was.iter().any(|version| !now.contains(&*version.text)) || was.len() != now.len()
        };
        self.was.as_ref().is_none_or(differs)
    }
}

/// Works out what a sight changes. `main` is the name of the registry's main file.
///
/// # Errors
/// When the files can't be edited.
pub fn observe(
    tree: &dyn Tree,
    main: &str,
    registry: &Registry,
    service: &Service,
    sight: Sight<'_>,
    occasion: &Occasion,
) -> Result<Observed, EditError> {
    let mut editor = Editor::new(tree, main);
    let mut observed = lay(&mut editor, service, sight)?;
    let here = Here { registry, service, environment: sight.environment, moment: Moment::present(sight.now) };
    let running: Vec<Version> = observed.running.iter().map(|now| now.version.clone()).collect();
    observed.notes.extend(enter(&mut editor, here, &running)?);
    observed.notes.extend(asides(service, sight));
    observed.changes = editor.finish()?;
    // Seeing what is known already leaves no line.
    if !observed.changes.is_empty() {
        observed.says.push(says(&observed, service, sight, occasion));
    }
    Ok(observed)
}

/// What the record is to say: who looked, and what they saw.
fn says(observed: &Observed, service: &Service, sight: Sight<'_>, occasion: &Occasion) -> Statement {
    let text = |version: &Version| version.text.clone();
    let was = observed.was.as_ref().map(|was| was.iter().map(text).collect());
    let running = observed.running.iter().map(|now| text(&now.version)).collect();
    let deed = Deed::Observed { was, running, source: sight.observation.known.into() };
    let mut statement = occasion.says(&service.name, deed);
    statement.environment = Some(sight.environment.as_str().into());
    statement
}

/// The same among other changes, which the editor goes on to hold.
pub(super) fn lay(
    editor: &mut Editor<'_>,
    service: &Service,
    sight: Sight<'_>,
) -> Result<Observed, EditError> {
    let plan = Plan::of(service, sight);
    write(editor, service, sight.environment, &plan)?;
    let Plan { history, running, others, left, mut notes, .. } = plan;
    notes.splice(0..0, sight.observation.notes.iter().cloned());
    let running: Vec<Now> = running.iter().map(|version| now(service, sight, &history, version)).collect();
    let over = history.touched().filter(|entry| !entry.is_open());
    let is_last =
        |entry: &Entry| history.last(&entry.stay.version).is_some_and(|last| std::ptr::eq(last, entry));
    let (gone, learnt): (Vec<&Entry>, Vec<&Entry>) =
        over.partition(|entry| left.contains(&entry.stay.version.text) && is_last(entry));
    let stays = |entries: Vec<&Entry>| entries.into_iter().map(|entry| entry.stay.clone()).collect();
    if others {
        notes.push("what the registry said is kept beside it until the roll-out is done".into());
    }
    Ok(Observed {
        changes: Changes::new(),
        says: Vec::new(),
        was: service.running.get(sight.environment).cloned(),
        left: stays(gone),
        learnt: stays(learnt),
        running,
        notes,
    })
}

/// What is known of a release that runs.
fn now(service: &Service, sight: Sight<'_>, history: &History, version: &Version) -> Now {
    let mut seen = sight.observation.running.iter().filter(|runs| runs.version == version.text);
    Now {
        version: version.clone(),
        since: history.since(version),
        registered: service.release(&version.text).is_some(),
        seen: seen.next().map_or_else(Vec::new, |runs| runs.seen.clone()),
    }
}

/// What else the registry holds of the environment that a person should think of.
fn asides(service: &Service, sight: Sight<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(under_way) = service.under_way.get(sight.environment) {
        let (to, since) = (&under_way.to, format_time(under_way.since));
        notes.push(format!("a move to {to} is marked as under way since {since}, by {}", under_way.by));
    }
    notes
}

/// Writes a plan: ends first, where their entries still stand; then new entries, the last ones first, so that each
/// place is still right when it is used, and those of one place at once.
fn write(
    editor: &mut Editor<'_>,
    service: &Service,
    environment: &Name,
    plan: &Plan,
) -> Result<(), EditError> {
    let name = &service.name;
    if plan.restated {
        let texts: Vec<&str> = plan.running.iter().map(|version| &*version.text).collect();
        editor.set_running(name, environment, &texts)?;
    }
    for entry in plan.history.touched() {
        let Some(place) = entry.place else { continue };
        for (key, value) in ends(&entry.stay) {
            editor.change_ran(name, place, key, value)?;
        }
    }
    let (mut next, mut run) = (service.ran.len(), VecDeque::new());
    for entry in plan.history.entries.iter().rev() {
        match entry.place {
            Some(place) => {
                editor.insert_ran_run(name, next, std::mem::take(&mut run).make_contiguous())?;
                next = place;
            }
            None => run.push_front(fields(environment, &entry.stay)),
        }
    }
    editor.insert_ran_run(name, next, run.make_contiguous())
}

/// What an open entry gets when its release was left.
fn ends(stay: &Stay) -> Vec<(&'static str, Value)> {
    let until = stay.until.map(|until| ("until", Value::Time(until)));
    let left_for = stay.left_for.as_ref().map(|version| ("left_for", Value::from(&*version.text)));
    let kind = stay.kind.map(|kind| ("kind", Value::from(kind.word())));
    until.into_iter().chain(left_for).chain(kind).collect()
}

/// A new entry, its keys in the format's order.
fn fields(environment: &Name, stay: &Stay) -> Fields {
    let mut fields: Fields = vec![
        ("environment".into(), Value::from(environment.as_str())),
        ("version".into(), Value::from(&*stay.version.text)),
    ];
    fields.extend(stay.since.map(|since| ("since".into(), Value::Time(since))));
    fields.extend(ends(stay).into_iter().map(|(key, value)| (key.to_owned(), value)));
    fields.extend(stay.known.as_ref().map(|known| ("known".into(), Value::from(&**known))));
    fields
}

/// A time of the document, or now when it lies in the future; far in the future, that is said.
fn clamped(time: Time, now: Time, notes: &mut Vec<String>) -> Time {
    if time > CLOCK_TOLERANCE.after(now) {
        let time = format_time(time);
        let note = format!("clocks disagree: {time} lies in the future, and counts as now");
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    time.min(now)
}
