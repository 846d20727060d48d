//! Observing: what runs in an environment, as somebody saw it, becomes `running` and `ran`.
//!
//! [`observe`] is the entry point. What stands in `ran` is never shortened or rewritten: entries that are
//! missing are added, and the open entry of a release that was left gets its end. Seeing the same again
//! changes nothing. `entered` and `under-way` are left alone: the judge itself drops an acceptance once its
//! exposure is left, and a move is ended by the command that began it.

mod history;
mod plan;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use self::history::Entry;
use self::plan::Plan;
use crate::import::Observation;
use crate::model::{CLOCK_TOLERANCE, MoveKind, Name, Service, Time, Version, format_time};
use crate::registry::{Changes, EditError, Editor, Fields, Tree, Value, quoted};

/// What was seen, where and when.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// Where.
    pub environment: &'a Name,
    /// What.
    pub observation: &'a Observation,
    /// When: now.
    pub now: Time,
}

/// What becomes of the registry, and what there is to say of it.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// The files to write; none when the registry says all that already.
    pub changes: Changes,
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
        let texts = |versions: &mut dyn Iterator<Item = &Version>| {
            versions.map(|version| version.text.clone()).collect::<BTreeSet<_>>()
        };
        let now = texts(&mut self.running.iter().map(|now| &now.version));
        self.was.as_ref().is_none_or(|was| texts(&mut was.iter()) != now)
    }
}

/// Works out what a sight changes. `main` is the name of the registry's main file.
///
/// # Errors
/// When the files can't be edited.
pub fn observe(tree: &dyn Tree, main: &str, service: &Service, sight: Sight<'_>) -> Result<Observed, EditError> {
    let plan = Plan::of(service, sight);
    let changes = written(tree, main, service, sight.environment, &plan)?;
    let Plan { history, running, others, left, mut notes, .. } = plan;
    notes.splice(0..0, sight.observation.notes.iter().cloned());
    let now = |version: &Version| Now {
        version: version.clone(),
        since: history.since(version),
        registered: service.release(&version.text).is_some(),
        seen: sight
            .observation
            .running
            .iter()
            .find(|runs| runs.version == version.text)
            .map_or_else(Vec::new, |runs| runs.seen.clone()),
    };
    let running: Vec<Now> = running.iter().map(now).collect();
    let stay = |entry: &Entry| entry.stay.clone();
    let is_left = |entry: &&Entry| left.contains(&entry.stay.version.text) && entry.is_touched();
    let newest = |entry: &&Entry| history.last(&entry.stay.version).is_some_and(|last| std::ptr::eq(last, *entry));
    let (left, learnt): (Vec<&Entry>, Vec<&Entry>) =
        history.touched().filter(|entry| entry.stay.until.is_some() || entry.stay.left_for.is_some()).partition(
            |entry| is_left(entry) && newest(entry),
        );
    if others {
        notes.push("what the registry said is kept beside it until the roll-out is done".into());
    }
    notes.extend(asides(service, sight));
    Ok(Observed {
        changes,
        was: service.running.get(sight.environment).cloned(),
        left: left.into_iter().map(stay).collect(),
        learnt: learnt.into_iter().map(stay).collect(),
        running,
        notes,
    })
}

/// What else the registry holds of the environment that a person should think of.
fn asides(service: &Service, sight: Sight<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(under_way) = service.under_way.get(sight.environment) {
        let (to, since) = (&under_way.to, format_time(under_way.since));
        notes.push(format!("a move to {to} is marked as under way since {since}, by {}", under_way.by));
    }
    let stays_entered = service.entered.get(sight.environment).filter(|entered| {
        sight.observation.running.iter().any(|runs| runs.version == entered.from.text)
    });
    if let Some(entered) = stays_entered {
        notes.push(format!(
            "{} runs again, that {} was entered from by {}: the acceptance is over once its exposure is left",
            entered.from, sight.environment, entered.by
        ));
    }
    notes
}

/// The changes of files: ends first, where their entries still stand; then new entries, the last one first, so
/// that each place is still right when it is used.
fn written(
    tree: &dyn Tree,
    main: &str,
    service: &Service,
    environment: &Name,
    plan: &Plan,
) -> Result<Changes, EditError> {
    let name = &service.name;
    let mut editor = Editor::new(tree, main);
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
    let end = service.ran.len();
    let mut next = end;
    for entry in plan.history.entries.iter().rev() {
        match entry.place {
            Some(place) => next = place,
            // Nothing of this environment stands behind it.
            None if next == end => editor.insert_ran(name, end, &fields(environment, &entry.stay)).map(drop)?,
            None => editor.insert_ran(name, next, &fields(environment, &entry.stay)).map(drop)?,
        }
    }
    editor.finish()
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
        let note = format!(
            "clocks disagree: {} in the document lies in the future, and counts as now",
            quoted(&format_time(time)).replace('`', "")
        );
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    time.min(now)
}
