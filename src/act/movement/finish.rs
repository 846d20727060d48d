//! After the command of a `run`: what runs now, and that the move is over.

use super::exposure::Here;
use super::propose::{Next, closable, flags};
use super::start::Begun;
use super::{Acceptance, Refusal};
use crate::act::observe::{self, Observed, Sight, Stay};
use crate::import::sight::{Observation, Runs};
use crate::judge::{self, Moment};
use crate::model::{Key, MoveKind, Time, UnderWay, Version, format_time};
use crate::record::{Deed, Occasion, Statement};
use crate::registry::edit::{EditError, Editor, Fields, Value};
use crate::registry::{Ask, Changed, Changes, LoadError, Loaded, Tree, load};

/// How what runs after a `run` without a look is known, in the words of the registry.
const UNVERIFIED: &str = "run, unverified";

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ended {
    /// Its exit code.
    pub code: Option<i32>,
    /// The signal that ended it: `SIGTERM`.
    pub signal: Option<Box<str>>,
    /// The signals that were passed on to it.
    pub passed_on: Vec<Box<str>>,
    /// Why it could not be started, or what runs could not be seen.
    pub trouble: Option<Box<str>>,
    /// It was never started, so what ran runs on.
    pub never_began: bool,
}

impl Ended {
    /// Whether its word counts that it did what it was to do.
    pub fn succeeded(&self) -> bool {
        self.code == Some(0) && self.signal.is_none()
    }
}

/// What comes of a move that is over.
#[derive(Debug, Clone)]
pub struct Finished {
    /// The files to write.
    pub changes: Changes,
    /// The lines of the record.
    pub says: Vec<Statement>,
    /// The registry as it will be; None: it can't be loaded.
    pub after: Option<Box<Loaded>>,
    /// What became of what runs.
    pub place: Place,
    /// Whether somebody looked; else the command's word was taken, or nobody knows.
    pub verified: bool,
    /// What to paste next.
    pub next: Vec<Next>,
    /// Why what runs could not be written; the lines of the record are, all the same.
    pub unwritten: Option<String>,
    /// What is worth a word.
    pub notes: Vec<String>,
}

/// What becomes of one environment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// What the registry said that runs; None: nothing.
    pub was: Option<Vec<Version>>,
    /// What it says since; None: nothing, since nobody knows.
    pub running: Option<Vec<Version>>,
    /// What was left.
    pub left: Vec<Stay>,
    /// What becomes of the acceptance by which it was entered.
    pub acceptance: Acceptance,
}

impl Place {
    /// What runs, as the record has it.
    pub(super) fn texts(&self) -> Vec<Box<str>> {
        self.running.iter().flatten().map(|version| version.text.clone()).collect()
    }
}

/// Works out what the end of a move changes: what is `seen` to run, else `to` on the word of a command that
/// succeeded, else nothing.
///
/// # Errors
/// When there is no registry any more, or it doesn't hold the service. One that has mistakes is left alone, and the
/// record is told all the same.
pub fn finish(
    tree: &dyn Tree,
    main: &str,
    begun: &Begun,
    ended: &Ended,
    seen: Option<&Observation>,
    occasion: &Occasion,
) -> Result<Finished, Refusal> {
    let over = Over { begun, ended, seen, occasion };
    match load(tree, main, &Ask::Service(begun.service.clone())) {
        Ok(before) => match over.written(tree, main, &before) {
            Err(Refusal::Unedited(error)) => {
                Ok(over.unwritten(&before_of(&before, begun), error.to_string()))
            }
            finished => finished,
        },
        Err(error @ LoadError::Mistakes(_)) => Ok(over.unwritten(&Place::default(), error.to_string())),
        Err(error) => Err(error.into()),
    }
}

/// What the registry goes on to say when it isn't edited.
fn before_of(before: &Loaded, begun: &Begun) -> Place {
    let service = before.registry.services.get(&begun.service);
    let running = service.and_then(|service| service.running.get(&begun.environment)).cloned();
    Place { was: running.clone(), running, ..Place::default() }
}

struct Over<'a> {
    begun: &'a Begun,
    ended: &'a Ended,
    seen: Option<&'a Observation>,
    occasion: &'a Occasion,
}

impl Over<'_> {
    fn written(&self, tree: &dyn Tree, main: &str, before: &Loaded) -> Result<Finished, Refusal> {
        let begun = self.begun;
        let service = before.registry.services.get(&begun.service);
        let service = service.ok_or_else(|| super::case::gone(&begun.service))?;
        let here = Here {
            registry: &before.registry,
            service,
            environment: &begun.environment,
            moment: Moment::present(self.occasion.now),
        };
        let mut editor = Editor::new(tree, main);
        let mut notes = Vec::new();
        let said = said(&begun.movement.to, self.occasion.now, UNVERIFIED);
        let sight = self.seen.or(self.ended.succeeded().then_some(&said));
        let place = match sight {
            Some(observation) => {
                let kind = (observation.running.iter().any(|runs| runs.version == begun.movement.to))
                    .then_some(begun.kind);
                arrive(&mut editor, here, observation, (kind, begun.accepted.as_ref()), &mut notes)?
            }
            None => before_of(before, begun),
        };
        if self.seen.is_some() && place.texts() != [begun.movement.to.clone()] {
            notes.insert(
                0,
                format!("{} runs, not {} alone, as was wanted", named(&place.texts()), begun.movement.to),
            );
        }
        if sight.is_none() && !self.ended.never_began {
            notes.push("the command failed, and nobody looked: what runs isn't known, and the registry says what it said".into());
        }
        end_under_way(&mut editor, here, |under_way| is_of(under_way, begun), &mut notes)?;
        let changes = editor.finish()?;
        let ask = Ask::Service(begun.service.clone());
        let after = load(&Changed { tree, changes: &changes }, main, &ask)?;
        let mut next = flags((tree, main), here, &place.left, begun.incident.as_deref());
        if self.seen.is_none() && !self.ended.never_began {
            next.push(Next::Observe);
        }
        next.extend(begun.debt.clone().map(|debt| Next::Review(debt, Key::ALL.to_vec())));
        notes.extend(closable(&after.registry, &begun.service, &begun.environment, here.moment));
        Ok(Finished {
            says: vec![self.says(&place, None)],
            after: Some(Box::new(after)),
            verified: self.seen.is_some(),
            unwritten: None,
            changes,
            place,
            next,
            notes,
        })
    }

    /// The record alone is told.
    fn unwritten(&self, place: &Place, why: String) -> Finished {
        Finished {
            changes: Changes::new(),
            says: vec![self.says(place, Some(&why))],
            after: None,
            place: place.clone(),
            verified: self.seen.is_some(),
            next: vec![Next::Observe],
            unwritten: Some(why),
            notes: Vec::new(),
        }
    }

    fn says(&self, place: &Place, unwritten: Option<&str>) -> Statement {
        let (begun, ended) = (self.begun, self.ended);
        let unwritten = unwritten.map(|why| format!("what runs could not be written: {why}"));
        let trouble: Vec<String> = ended.trouble.iter().map(ToString::to_string).chain(unwritten).collect();
        let running = match (self.seen, place.running.is_some()) {
            (Some(seen), false) => seen.running.iter().map(|runs| runs.version.clone()).collect(),
            _ => place.texts(),
        };
        let deed = Deed::Finished {
            of: begun.line.clone(),
            code: ended.code,
            signal: ended.signal.clone(),
            passed_on: ended.passed_on.clone(),
            running,
            verified: self.seen.is_some(),
            trouble: (!trouble.is_empty()).then(|| trouble.join("; ").into()),
        };
        Statement {
            environment: Some(begun.environment.as_str().into()),
            movement: Some(begun.movement.clone()),
            incident: begun.incident.clone(),
            ..self.occasion.says(&begun.service, deed)
        }
    }
}

/// What somebody's word is that made a move: a release runs since then.
pub(super) fn said(to: &str, since: Time, known: &'static str) -> Observation {
    let runs = Runs { version: to.into(), since: Some(since), seen: Vec::new() };
    Observation { known, running: vec![runs], ..Observation::default() }
}

/// Writes what runs, and what becomes of the acceptance by which it is there.
pub(super) fn arrive(
    editor: &mut Editor<'_>,
    here: Here<'_>,
    observation: &Observation,
    (kind, accepted): (Option<MoveKind>, Option<&super::exposure::Accepted>),
    notes: &mut Vec<String>,
) -> Result<Place, Refusal> {
    let sight = Sight { environment: here.environment, observation, now: here.moment.now, kind };
    let Observed { was, running, left, notes: more, .. } = observe::lay(editor, here.service, sight)?;
    notes.extend(more);
    let running: Vec<Version> = running.into_iter().map(|now| now.version).collect();
    // What was accepted for a release that doesn't run was accepted in vain.
    let accepted = accepted.filter(|_| kind.is_some());
    let acceptance = here.becomes(&running, accepted);
    keep(editor, here, &acceptance)?;
    Ok(Place { was, running: Some(running), left, acceptance })
}

/// Writes by which acceptance releases that are seen got where they are, when no command could say so.
///
/// # Errors
/// When the files can't be edited.
pub(in crate::act) fn enter(
    editor: &mut Editor<'_>,
    here: Here<'_>,
    running: &[Version],
) -> Result<Option<String>, EditError> {
    let was = here.service.running.get(here.environment).map_or(&[][..], Vec::as_slice);
    let mut new = running.iter().filter(|version| was.iter().all(|was| was.text != version.text));
    let Some(accepted) = new.find_map(|version| here.accepted(version)) else { return Ok(None) };
    keep(editor, here, &here.becomes(running, Some(&accepted)))?;
    Ok(Some(format!(
        "it is there by {}, which accepts {}",
        accepted.by,
        judge::and(accepted.subjects.iter().map(|s| &**s))
    )))
}

/// Writes what becomes of an acceptance.
pub(super) fn keep(
    editor: &mut Editor<'_>,
    here: Here<'_>,
    acceptance: &Acceptance,
) -> Result<(), EditError> {
    let (service, keys) = (&here.service.name, ["entered", here.environment.as_str()]);
    match acceptance {
        Acceptance::AsItIs => {}
        Acceptance::Left => {
            editor.remove(service, &keys)?;
        }
        Acceptance::Entered { from, by, subjects, expires } => {
            let from = from.as_ref().map(|from| ("from".to_owned(), Value::from(&*from.text)));
            let rest = [
                ("by".to_owned(), Value::from(&**by)),
                ("subjects".to_owned(), Value::texts(subjects)),
                ("expires".to_owned(), Value::from(*expires)),
            ];
            let fields: Fields = from.into_iter().chain(rest).collect();
            editor.set(service, &keys, Value::Section(fields))?;
        }
    }
    Ok(())
}

/// Takes the mark out that a move is under way, if it is the one that is over.
pub(super) fn end_under_way(
    editor: &mut Editor<'_>,
    here: Here<'_>,
    is_over: impl Fn(&UnderWay) -> bool,
    notes: &mut Vec<String>,
) -> Result<(), Refusal> {
    let Some(under_way) = here.service.under_way.get(here.environment) else { return Ok(()) };
    if is_over(under_way) {
        editor.remove(&here.service.name, &["under-way", here.environment.as_str()])?;
        return Ok(());
    }
    let (to, since, by) = (&under_way.to, format_time(under_way.since), &under_way.by);
    notes.push(format!("another move, to {to}, is marked as under way since {since}, by {by}"));
    Ok(())
}

/// Whether a mark is that of this move. The registry keeps times to the second.
fn is_of(under_way: &UnderWay, begun: &Begun) -> bool {
    let is_to = under_way.to.text == begun.movement.to;
    is_to && under_way.by == begun.by && format_time(under_way.since) == format_time(begun.since)
}

/// `2.4.0 and 2.4.1`, or `nothing`.
fn named(texts: &[Box<str>]) -> String {
    if texts.is_empty() { "nothing".into() } else { judge::and(texts.iter().map(|text| &**text)) }
}
