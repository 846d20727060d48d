//! Incidents: that something is wrong with some services begins, and ends.
//!
//! [`start`] and [`end`] write `[incident.ID]` in the main file. While one is on, checks of its services are made
//! under it without being told, and rules can ask for it. At the end it is said what is left to do: break-glasses
//! to review, and releases that were left by a rollback although nobody wrote down what was wrong with them.

mod alert;
mod left;
#[cfg(test)]
mod tests;

pub use alert::notified;
pub use left::{Left, Owed, RolledBack};

use crate::act::refusal::{Refusal, unfit};
use crate::act::said::Said;
use crate::model::{CLOCK_TOLERANCE, Id, Incident, Name, Time, format_time};
use crate::record::{Deed, Occasion, Statement};
use crate::registry::edit::{Editor, Fields, Value};
use crate::registry::wording::{nearest, nearest_of};
use crate::registry::{Changed, Changes, LoadError, Loaded, Tree, Whole, listed};

/// That an incident began.
#[derive(Debug, Clone)]
pub struct Start {
    /// Its id in the incident tool.
    pub id: Id,
    /// The services that it concerns.
    pub services: Vec<Name>,
    /// A free word such as `sev1`; None: nothing is said of it.
    pub severity: Option<Said>,
    /// When it began; None: now.
    pub at: Option<Time>,
}

/// That an incident ended.
#[derive(Debug, Clone)]
pub struct End {
    /// Which.
    pub id: Id,
    /// When it ended; None: now.
    pub at: Option<Time>,
}

/// What becomes of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is on from now on.
    Started,
    /// It was on, and concerns more services, or has another severity.
    Extended,
    /// It is over.
    Ended,
    /// All that was said already.
    Unchanged,
}

/// An incident as it will be.
#[derive(Debug, Clone)]
pub struct Written {
    /// What becomes of the registry.
    pub outcome: Outcome,
    /// The incident.
    pub incident: Incident,
    /// The services that it concerns now and didn't.
    pub added: Vec<Name>,
    /// The severity that it had, where it gets another.
    pub severity_was: Option<Box<str>>,
    /// The main file, and the line.
    pub place: (String, usize),
    /// The files to write.
    pub changes: Changes,
    /// What the record says of it.
    pub says: Vec<Statement>,
    /// The other incidents that are on for its services.
    pub others: Vec<Incident>,
    /// At its end: what is left to do, service by service.
    pub left: Vec<Left>,
    /// What all services share, as it will be.
    pub after: Loaded,
    /// What is worth a word.
    pub notes: Vec<String>,
}

/// Works out what it changes that an incident began. `main` is the name of the registry's main file.
///
/// # Errors
/// When the registry can't be read, a service isn't there, or the incident is over or began at another time.
pub fn start(tree: &dyn Tree, main: &str, request: &Start, occasion: &Occasion) -> Result<Written, Refusal> {
    let at = moment(request.at, occasion, "started")?;
    let whole = Whole::open(tree, main)?;
    check_services(&whole, &request.services)?;
    let before = whole.shared(tree)?;
    let Some(known) = find(&before, &request.id) else { return begin(tree, main, request, at, occasion) };
    if let Some(ended) = known.ended {
        return Err(unfit(
            format!(
                "{} is over: it lasted from {} to {}",
                known.id,
                format_time(known.started),
                format_time(ended)
            ),
            "take another id; two incidents are two, also where the second follows from the first",
        ));
    }
    if let Some(at) = request.at.filter(|at| format_time(*at) != format_time(known.started)) {
        return Err(unfit(
            format!("{} is on since {}, not since {}", known.id, format_time(known.started), format_time(at)),
            "leave --at out to name further services; a wrong beginning is corrected by hand in the main file",
        ));
    }
    extend(tree, main, request, known.clone(), before, occasion)
}

/// A new incident.
fn begin(
    tree: &dyn Tree,
    main: &str,
    request: &Start,
    at: Time,
    occasion: &Occasion,
) -> Result<Written, Refusal> {
    let severity: Option<Box<str>> = request.severity.clone().map(Into::into);
    let mut fields: Fields = vec![("services".into(), Value::texts(names(&request.services)))];
    fields.extend(severity.as_deref().map(|word| ("severity".into(), Value::from(word))));
    fields.push(("started".into(), at.into()));
    let mut editor = Editor::new(tree, main);
    let path = ["incident", request.id.as_str()];
    editor.set_in(first(&request.services)?, main, &path, Value::Section(fields))?;
    finish(
        tree,
        main,
        Change {
            id: &request.id,
            outcome: Outcome::Started,
            changes: editor.finish()?,
            deeds: request
                .services
                .iter()
                .map(|name| (name, Deed::IncidentStarted { severity: severity.clone() }))
                .collect(),
            added: request.services.clone(),
            severity_was: None,
        },
        occasion,
    )
}

/// One that is on: further services, another severity, or nothing.
fn extend(
    tree: &dyn Tree,
    main: &str,
    request: &Start,
    known: Incident,
    before: Loaded,
    occasion: &Occasion,
) -> Result<Written, Refusal> {
    let said = request.severity.as_ref().map(Said::as_str);
    let added: Vec<Name> =
        request.services.iter().filter(|name| !known.services.contains(name)).cloned().collect();
    let other = said.filter(|said| known.severity.as_deref() != Some(said));
    if added.is_empty() && other.is_none() {
        return Ok(unchanged(known, before, occasion));
    }
    let mut editor = Editor::new(tree, main);
    let (service, id) = (first(&request.services)?, known.id.as_str());
    if !added.is_empty() {
        let all = Value::texts(names(&known.services).chain(names(&added)));
        editor.set_in(service, main, &["incident", id, "services"], all)?;
    }
    if let Some(word) = other {
        editor.set_in(service, main, &["incident", id, "severity"], Value::from(word))?;
    }
    // Another severity is news for all of them.
    let concerned = known.services.iter().filter(|_| other.is_some()).chain(&added);
    let severity: Option<Box<str>> = other.map(Into::into).or(known.severity.clone());
    let deeds = concerned.map(|name| (name, Deed::IncidentStarted { severity: severity.clone() })).collect();
    let severity_was = other.and(known.severity.clone());
    let (outcome, changes) = (Outcome::Extended, editor.finish()?);
    let change = Change { id: &known.id, outcome, changes, deeds, added: added.clone(), severity_was };
    finish(tree, main, change, occasion)
}

/// Works out what it changes that an incident ended.
///
/// # Errors
/// When the registry can't be read, there is no such incident, or it ended at another time or before it began.
pub fn end(tree: &dyn Tree, main: &str, request: &End, occasion: &Occasion) -> Result<Written, Refusal> {
    let at = moment(request.at, occasion, "ended")?;
    let before = Whole::open(tree, main)?.shared(tree)?;
    let Some(known) = find(&before, &request.id).cloned() else { return Err(unknown(&before, &request.id)) };
    let stands = |ended: &Time| request.at.is_none_or(|at| format_time(at) == format_time(*ended));
    match known.ended {
        Some(ended) if stands(&ended) => {
            let note = format!("it ended at {} already", format_time(ended));
            return Ok(Written { notes: vec![note], ..unchanged(known, before, occasion) });
        }
        Some(ended) => {
            return Err(unfit(
                format!("{} ended at {}, not at {}", known.id, format_time(ended), format_time(at)),
                "a wrong end is corrected by hand in the main file",
            ));
        }
        None => {}
    }
    if request.at.is_some_and(|at| at < known.started) {
        return Err(unfit(
            format!(
                "{} can't end at {}: it began at {}",
                known.id,
                format_time(at),
                format_time(known.started)
            ),
            "say when it ended, or correct by hand when it began",
        ));
    }
    let mut editor = Editor::new(tree, main);
    // Clocks may be apart by a little: it can't end before it began.
    let ended = Value::from(at.max(known.started));
    editor.set_in(first(&known.services)?, main, &["incident", known.id.as_str(), "ended"], ended)?;
    let deeds = known.services.iter().map(|name| (name, Deed::IncidentEnded)).collect();
    let (outcome, changes, added) = (Outcome::Ended, editor.finish()?, Vec::new());
    let change = Change { id: &known.id, outcome, changes, deeds, added, severity_was: None };
    let written = finish(tree, main, change, occasion)?;
    let mut notes = Vec::new();
    let left = left::of((tree, main), &written.incident, occasion.now, &mut notes);
    Ok(Written { left, notes, ..written })
}

/// What is to be written, on its way to be told.
struct Change<'a> {
    id: &'a Id,
    outcome: Outcome,
    changes: Changes,
    deeds: Vec<(&'a Name, Deed)>,
    added: Vec<Name>,
    severity_was: Option<Box<str>>,
}

/// Reads the registry as it will be, and puts together what there is to say.
fn finish(tree: &dyn Tree, main: &str, change: Change<'_>, occasion: &Occasion) -> Result<Written, Refusal> {
    let after_tree = Changed { tree, changes: &change.changes };
    let after = Whole::open(&after_tree, main)?.shared(&after_tree)?;
    let incident = find(&after, change.id).cloned().ok_or_else(|| unknown(&after, change.id))?;
    let group = (change.deeds.len() > 1).then(|| Box::from(occasion.id().as_str()));
    let line = |(name, deed): (&Name, Deed)| Statement {
        incident: Some(change.id.as_str().into()),
        group: group.clone(),
        ..occasion.says(name, deed)
    };
    let says = change.deeds.into_iter().map(line).collect();
    let written = unchanged(incident, after, occasion);
    let Change { outcome, changes, added, severity_was, .. } = change;
    Ok(Written { outcome, changes, says, added, severity_was, ..written })
}

fn unchanged(incident: Incident, after: Loaded, occasion: &Occasion) -> Written {
    let registry = &after.registry;
    let on = |other: &&Incident| {
        other.id != incident.id
            && other.ended.is_none_or(|ended| ended > occasion.now)
            && other.services.iter().any(|name| incident.services.contains(name))
    };
    Written {
        outcome: Outcome::Unchanged,
        place: (registry.sources.path(incident.origin).to_owned(), registry.sources.line(incident.origin)),
        others: registry.incidents.iter().filter(on).cloned().collect(),
        added: Vec::new(),
        severity_was: None,
        changes: Changes::new(),
        says: Vec::new(),
        left: Vec::new(),
        notes: Vec::new(),
        incident,
        after,
    }
}

/// The moment that was said, else now; what hasn't come yet is refused.
fn moment(at: Option<Time>, occasion: &Occasion, what: &str) -> Result<Time, Refusal> {
    match at {
        Some(at) if at > CLOCK_TOLERANCE.after(occasion.now) => Err(unfit(
            format!("{} lies in the future: nothing has {what} then yet", format_time(at)),
            "leave --at out for now, or say the moment with its offset",
        )),
        at => Ok(at.unwrap_or(occasion.now)),
    }
}

/// Ids are the same in any case.
fn find<'a>(loaded: &'a Loaded, id: &Id) -> Option<&'a Incident> {
    loaded.registry.incidents.iter().find(|known| known.id.as_str().eq_ignore_ascii_case(id.as_str()))
}

fn check_services(whole: &Whole, services: &[Name]) -> Result<(), Refusal> {
    let Some(name) = services.iter().find(|name| !whole.names().contains(name)) else { return Ok(()) };
    let known: Vec<String> = whole.names().iter().map(ToString::to_string).collect();
    let nearest = nearest_of(name.as_str(), &known);
    Err(Refusal::Unloaded(LoadError::NoService { name: name.clone(), nearest, known }))
}

fn unknown(loaded: &Loaded, id: &Id) -> Refusal {
    let incidents = &loaded.registry.incidents;
    let on: Vec<&str> =
        incidents.iter().filter(|one| one.ended.is_none()).map(|one| one.id.as_str()).collect();
    let hint = match (nearest(id.as_str(), incidents.iter().map(|one| one.id.as_str())), &*on) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => "no incident is on; one is begun with `holdpoint incident start`".into(),
        (None, on) => format!("on: {}", listed(on)),
    };
    unfit(format!("no incident `{id}`"), hint)
}

fn first(services: &[Name]) -> Result<&Name, Refusal> {
    services.first().ok_or_else(|| unfit("no service is named", "say with --service which it concerns"))
}

fn names(services: &[Name]) -> impl Iterator<Item = &str> {
    services.iter().map(Name::as_str)
}
