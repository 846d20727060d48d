//! Flagging: a team says that releases are bad, and the registry holds it against every move from then on.
//!
//! [`flag`] is the entry point. A new flag is one file of the layout, or, where everything stands in one file, one
//! table of it. A flag that stands is never changed but for growing: `extend` adds releases, services and weight;
//! what would take something back or say something else is refused with both sides shown. Saying the same again
//! changes nothing, so a pipeline may repeat it.
//!
//! What the flag does is worked out by judging before and after it ([`Reach`]), by the judge that checks ask.
//! Taking a flag back is not done here.

mod entry;
mod given;
mod growth;
mod reach;
mod standing;
mod team;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;

pub use given::{GivenError, Offer, Part, offer, part, score, vector};
pub use reach::{Back, Next, NextMove, Reach, RunsHit, Stopped, Voided, Way};
pub use team::by_team;

use self::entry::Entry;
use self::write::Writing;
use crate::act::Said;
use crate::act::refusal::{Refusal, unfit_with, unsaid};
use crate::judge::Moment;
use crate::model::{FlagKind, Id, Name, Severity, Time, format_time, format_until};
use crate::record::{Affected, Deed, Occasion, Place, Statement};
use crate::registry::edit::{Editor, Spot};
use crate::registry::{Ask, Changed, Changes, LoadError, Loaded, Tree, load};
use crate::version::is_invisible;

/// What is said: which releases are bad, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Insecure or unstable.
    pub kind: FlagKind,
    /// The services with the releases that are hit, the one that was named first before the others.
    pub parts: Vec<Part>,
    /// Its id; None: a new one.
    pub id: Option<Id>,
    /// What is wrong; only what stands already needs none.
    pub title: Option<Said>,
    /// Where to read more.
    pub url: Option<Said>,
    /// How bad it is, in a word.
    pub severity: Option<Severity>,
    /// A CVSS vector.
    pub cvss: Option<Box<str>>,
    /// Whether it is known to be exploited.
    pub exploited: bool,
    /// Whether the artifact is malicious.
    pub compromised: bool,
    /// Other ids of the same bug.
    pub aliases: Vec<Said>,
    /// What is left out, with the service that it is said of; None: the first one.
    pub except: Vec<(Option<Name>, Box<str>)>,
    /// What mends it, likewise.
    pub fixed_in: Vec<(Option<Name>, Box<str>)>,
    /// Where only; empty: everywhere.
    pub environments: Vec<Name>,
    /// When it begins to count.
    pub effective: Option<Time>,
    /// When it stops counting.
    pub until: Option<Time>,
    /// What can be put on against it.
    pub mitigations: Vec<Offer>,
    /// A ticket.
    pub ticket: Option<Said>,
    /// Whether one that stands is to be made wider.
    pub extend: bool,
    /// Whether it may be about releases to come only.
    pub future: bool,
}

impl Request {
    /// How bad it is, as said: the word, else that of the vector. None: nothing was said.
    pub fn weight(&self) -> Option<Severity> {
        let vector = self.cvss.as_deref().and_then(crate::model::Vector::parse);
        self.severity.or_else(|| vector.map(|vector| vector.severity()))
    }
}

/// What becomes of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The flag is new.
    Flagged,
    /// It stood, and is wider now.
    Extended,
    /// It stands, with all that is said.
    Unchanged,
}

/// A flag as it will stand.
#[derive(Debug, Clone)]
pub struct Flagged {
    /// What becomes of the registry.
    pub outcome: Outcome,
    /// Insecure or unstable.
    pub kind: FlagKind,
    /// Its id.
    pub id: Id,
    /// The files to write.
    pub changes: Changes,
    /// The statements for the record.
    pub says: Vec<Statement>,
    /// What it does, for each service.
    pub reaches: Vec<Reach>,
    /// What is worth a word.
    pub notes: Vec<String>,
}

/// The registry as each service's check loads it.
type Loads = BTreeMap<Name, Loaded>;

/// Works out what a flag changes. `main` is the name of the registry's main file.
///
/// # Errors
/// When the registry can't be read or edited, the versions have no place, no known release is hit, or a flag with
/// this id stands and says otherwise.
pub fn flag(tree: &dyn Tree, main: &str, request: &Request, occasion: &Occasion) -> Result<Flagged, Refusal> {
    check(request, occasion.now)?;
    let mut loads = loaded(tree, main, request)?;
    let mut notes = remarks(request, occasion.now);
    let entries = request
        .parts
        .iter()
        .map(|part| entry::entry(request, part, &loads, &mut notes))
        .collect::<Result<Vec<Entry>, Refusal>>()?;
    let id = request.id.clone().unwrap_or_else(|| occasion.id());
    let shared = standing::shared(tree, main, &id, &mut loads)?;
    let stands = standing::find(&entries, &id, &loads, shared.as_ref())?;
    let plan = standing::compare(request, &entries, &stands, &id)?;
    if !request.future {
        // What stands was understood when it was said.
        let mut new = entries.iter().zip(&plan.covered).filter(|(_, covered)| !**covered);
        new.try_for_each(|(entry, _)| entry::check_known(entry, &loads))?;
    }
    let mut editor = Editor::new(tree, main);
    let writing = Writing { tree, main, request, occasion, entries: &entries, stands: &stands, plan: &plan };
    let outcome = writing.write(&mut editor, &id, &mut notes)?;
    if outcome == Outcome::Unchanged {
        // What there was to say of it was said when it was made.
        notes.clear();
    }
    let id = stands.iter().flatten().next().map_or(id, |standing| standing.flag.id.clone());
    let changes = editor.finish()?;
    let after = Changed { tree, changes: &changes };
    let moment = Moment::present(request.effective.map_or(occasion.now, |from| from.max(occasion.now)));
    let mut reaches = Vec::new();
    for entry in &entries {
        let name = &entry.service;
        let after = load(&after, main, &Ask::Service(name.clone()))?;
        let before = loads.get(name).unwrap_or(&after);
        notes.extend(standing::namesakes(request, &id, before, name));
        reaches.push(reach::reach(entry, (request.kind, &id), before, &after, moment));
    }
    let mut seen = std::collections::BTreeSet::new();
    notes.retain(|note| seen.insert(note.clone()));
    let says = match outcome {
        Outcome::Unchanged => Vec::new(),
        _ => statements(&entries, &reaches, outcome, occasion, (request.kind, &id)),
    };
    Ok(Flagged { outcome, kind: request.kind, id, changes, says, reaches, notes })
}

/// What can't be meant, whatever the registry holds.
fn check(request: &Request, now: Time) -> Result<(), Refusal> {
    if request.kind == FlagKind::Instability {
        for (option, is_said) in [("--compromised", request.compromised), ("--exploited", request.exploited)]
        {
            if is_said {
                let message = format!("{option} is about security, and this flag says unstable");
                return Err(unsaid(message, "say --insecure, or leave it out"));
            }
        }
    }
    if let Some(until) = request.until
        && until <= request.effective.map_or(now, |from| from.max(now))
    {
        let begins = if request.effective.is_some_and(|from| from > now) { "--effective" } else { "now" };
        let message =
            format!("--until {} is not after {begins}, so the flag would never count", format_until(until));
        return Err(unsaid(
            message,
            "correct the date, or leave it out: a flag is taken back with `clear-flag`",
        ));
    }
    if request.title.is_none() && !request.extend {
        return Err(unsaid("a new flag needs --title", "say in one line what is wrong"));
    }
    let twice = |part: &&Part| request.parts.iter().filter(|other| other.service == part.service).count() > 1;
    if let Some(part) = request.parts.iter().find(twice) {
        let hint = "give the ranges one after the other: SERVICE '<1.2.0' 2.0.1";
        return Err(unsaid(format!("`{}` is named twice", part.service), hint));
    }
    if let Some(code) = request.id.as_ref().filter(|id| crate::judge::Code::from_word(id.as_str()).is_some())
    {
        let message = format!("`{code}` is the code of a reason, so it can't be the id of a flag");
        return Err(unsaid(message, "give it another id, or none: one is made then"));
    }
    let named = request.except.iter().chain(&request.fixed_in).filter_map(|(name, _)| name.as_ref());
    let is_flagged = |name: &&Name| request.parts.iter().any(|part| part.service == **name);
    match named.clone().find(|name| !is_flagged(name)) {
        Some(name) => Err(unsaid(
            format!("`{name}` isn't flagged, so nothing can be said of its releases"),
            format!("add --service {name}=VERSIONS, or leave it out"),
        )),
        None => Ok(()),
    }
}

fn loaded(tree: &dyn Tree, main: &str, request: &Request) -> Result<Loads, Refusal> {
    let names = request.parts.iter().map(|part| part.service.clone());
    let load = |name: Name| load(tree, main, &Ask::Service(name.clone())).map(|loaded| (name, loaded));
    Ok(names.map(load).collect::<Result<Loads, LoadError>>()?)
}

/// What is worth a word of the request alone.
fn remarks(request: &Request, now: Time) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(from) = request.effective.filter(|from| *from > now) {
        notes.push(format!(
            "it counts from {} on; what is said here is how it will be then",
            format_time(from)
        ));
    }
    if request.weight().is_none() && !request.extend {
        notes.push("no severity was said, so it is judged like high".to_owned());
    }
    let hidden = |c: char| c.is_control() || is_invisible(c);
    if request.title.iter().any(|title| title.as_str().contains(hidden)) {
        notes.push(
            "the title holds characters that can't be seen: it is stored as it was said, and shown without them"
                .to_owned(),
        );
    }
    notes
}

/// One statement for each service, held together by a group where there are several.
fn statements(
    entries: &[Entry],
    reaches: &[Reach],
    outcome: Outcome,
    occasion: &Occasion,
    (kind, id): (FlagKind, &Id),
) -> Vec<Statement> {
    let group: Option<Box<str>> = (entries.len() > 1).then(|| occasion.id().as_str().into());
    let state = |(entry, reach): (&Entry, &Reach)| {
        let flag = reach.flag(kind, id)?;
        let deed = Deed::Flagged {
            flag: id.as_str().into(),
            key: kind.key().word().into(),
            title: flag.title.clone(),
            severity: flag.severity.word().into(),
            exploited: flag.exploited,
            compromised: flag.compromised,
            affects: affected(entry, reach),
            extended: outcome == Outcome::Extended,
        };
        Some(Statement { group: group.clone(), ..occasion.says(&entry.service, deed) })
    };
    entries.iter().zip(reaches).filter_map(state).collect()
}

fn affected(entry: &Entry, reach: &Reach) -> Affected {
    let place = |runs: &RunsHit| Place {
        environment: runs.environment.as_str().into(),
        version: runs.version.text.clone(),
    };
    Affected {
        versions: entry.versions.clone(),
        except: entry.except.clone(),
        environments: entry.environments.iter().map(|name| name.as_str().into()).collect(),
        fixed_in: entry.fixed_in.clone(),
        hits: reach.releases.clone(),
        running: reach.runs.iter().filter(|runs| runs.sure).map(place).collect(),
    }
}

impl Flagged {
    /// Where it stands, each place once.
    pub fn spots(&self) -> Vec<&Spot> {
        let mut spots: Vec<&Spot> = Vec::new();
        for reach in &self.reaches {
            if !spots.contains(&&reach.spot) {
                spots.push(&reach.spot);
            }
        }
        spots
    }

    /// The flag as it will stand, as the first service sees it.
    pub fn flag(&self) -> Option<&crate::model::Flag> {
        self.reaches.first()?.flag(self.kind, &self.id)
    }
}
