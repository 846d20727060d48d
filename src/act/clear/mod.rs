//! Clearing a flag: it is withdrawn, or its open range is closed where the fix begins.
//!
//! [`clear`] is the entry point; which flag is meant is found out before ([`find`]). Nothing is deleted: a
//! withdrawn flag stays where it stands, with when, by whom and why; a range that is closed keeps what it was.
//! Only the team whose statement a flag is may take it back, where teams are given. What that frees is worked
//! out service by service, each let go before the next: a flag on a base image may concern thousands.

mod close;
mod effect;
pub mod find;
#[cfg(test)]
mod tests;

pub use effect::{Change, Effect, Freed, Pointless};
pub use find::{Candidate, Holder};

use std::collections::BTreeSet;

use self::close::{Closing, closing};
use crate::act::refusal::{Refusal, unfit};
use crate::act::{Said, member};
use crate::judge::{Moment, Standing, YOUNG, portrait};
use crate::model::{Flag, Name, Registry, Scope, Service, Time, format_time};
use crate::record::{Deed, Occasion, Statement};
use crate::registry::edit::{Editor, Fields, Value, written_flag};
use crate::registry::{Ask, Changed, Changes, Loaded, Tree, Whole, load};

/// What is asked.
#[derive(Debug, Clone)]
pub struct Request {
    /// The flag that is meant.
    pub target: Candidate,
    /// The service that was named.
    pub service: Option<Name>,
    /// Why.
    pub reason: Said,
    /// The release that mends it: the range is closed, and the flag still stands. None: it is withdrawn.
    pub fixed_in: Option<Box<str>>,
}

/// What becomes of the flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is taken back.
    Withdrawn,
    /// Its range is closed.
    Narrowed,
    /// It was so already.
    Unchanged,
}

/// A flag as it will be cleared.
#[derive(Debug, Clone)]
pub struct Cleared {
    /// What becomes of it.
    pub outcome: Outcome,
    /// The flag as it was, with what it hits of the first service that it concerns.
    pub flag: Flag,
    /// Where it stood in its life.
    pub was: Standing,
    /// The file that it stands in, and the line.
    pub place: (String, usize),
    /// The files to write.
    pub changes: Changes,
    /// What the record says of it.
    pub says: Vec<Statement>,
    /// What it means for each service that it concerns.
    pub effects: Vec<Effect>,
    /// How many services can't be read, so nothing is told of them.
    pub unread: usize,
    /// The registry as it will be, as the first of the services sees it.
    pub after: Loaded,
    /// Until when the judge warns of the all-clear.
    pub young_until: Time,
    /// What is worth a word.
    pub notes: Vec<String>,
}

/// Works out what clearing a flag changes. `main` is the name of the registry's main file.
///
/// # Errors
/// When the registry can't be read, the caller isn't of the flag's team, or its range can't be closed there.
pub fn clear(
    tree: &dyn Tree,
    main: &str,
    request: &Request,
    occasion: &Occasion,
) -> Result<Cleared, Refusal> {
    let scope = Reach::of(tree, main, request)?;
    let sight = scope.look(tree, main, request, occasion)?;
    let mut editor = Editor::new(tree, main);
    let (outcome, mut notes) = write(&mut editor, request, &sight, occasion)?;
    let changes = editor.finish()?;
    let after_tree = Changed { tree, changes: &changes };
    let mut effects = Vec::new();
    let mut after = None;
    for name in sight.concerned.iter().filter(|_| outcome != Outcome::Unchanged) {
        let ask = Ask::Service(name.clone());
        let (old, new) = (load(tree, main, &ask)?, load(&after_tree, main, &ask)?);
        effects.push(Effect::of(&old.registry, &new.registry, name, &request.target, occasion.now));
        after.get_or_insert(new);
    }
    let Sight { first, flag, standing, unread, .. } = sight;
    notes.extend(remarks(&flag, standing, request, outcome));
    let says = if outcome == Outcome::Unchanged { Vec::new() } else { says(request, &effects, occasion) };
    let sources = &first.registry.sources;
    Ok(Cleared {
        outcome,
        place: (sources.path(flag.origin).to_owned(), sources.line(flag.origin)),
        was: standing,
        changes,
        says,
        effects,
        unread,
        young_until: occasion.now + YOUNG,
        notes,
        flag,
        after: after.unwrap_or(first),
    })
}

/// The services that a flag speaks of.
struct Reach {
    names: Vec<Name>,
    /// It speaks of all there are: those that it doesn't hit are none of its business.
    every: bool,
}

/// What is to be known before anything is written.
struct Sight {
    /// The registry as the first of the services sees it.
    first: Loaded,
    /// The flag, as that one sees it.
    flag: Flag,
    standing: Standing,
    concerned: Vec<Name>,
    unread: usize,
}

impl Reach {
    fn of(tree: &dyn Tree, main: &str, request: &Request) -> Result<Reach, Refusal> {
        let target = &request.target;
        let named = match &target.holder {
            Holder::Own(name) => BTreeSet::from([name.clone()]),
            Holder::Shared => {
                let whole = Whole::open(tree, main)?;
                let shared = whole.shared(tree)?.registry;
                let flag = shared.flags.iter().find(|flag| target.is(flag)).ok_or_else(|| gone(target))?;
                if flag.affects.iter().any(|affects| affects.scope == Scope::Every) {
                    return Reach::every(whole.names().to_vec(), request);
                }
                flag.affects.iter().filter_map(|affects| named(&affects.scope)).collect()
            }
        };
        let names: Vec<Name> = named.into_iter().collect();
        let names =
            if request.fixed_in.is_some() { vec![one(names, request)?] } else { all(names, request)? };
        Ok(Reach { names, every: false })
    }

    fn every(names: Vec<Name>, request: &Request) -> Result<Reach, Refusal> {
        let id = &request.target.id;
        if request.fixed_in.is_some() {
            let message = format!("{id} speaks of every service, and each has versions of its own");
            let hint = "withdraw it (leave --fixed-in out) once nothing that it hits is built any more";
            return Err(unfit(message, hint));
        }
        if let Some(service) = &request.service {
            return Err(only_whole(id.as_str(), service, "every service"));
        }
        Ok(Reach { names, every: true })
    }

    /// Looks at each service; refuses whoever may not clear the flag on one of them.
    fn look(
        &self,
        tree: &dyn Tree,
        main: &str,
        request: &Request,
        occasion: &Occasion,
    ) -> Result<Sight, Refusal> {
        let (target, moment) = (&request.target, Moment::present(occasion.now));
        let mut sight: Option<Sight> = None;
        let mut unread = 0;
        for name in &self.names {
            let loaded = match load(tree, main, &Ask::Service(name.clone())) {
                Ok(loaded) => loaded,
                Err(_) if self.every => {
                    unread += 1;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let registry = &loaded.registry;
            let Some(service) = registry.services.get(name) else { continue };
            let Some(flag) = target.among(registry.flags_of(service)) else { continue };
            let picture = portrait(registry, name, flag, moment);
            let standing = picture.as_ref().map_or(Standing::Active, |picture| picture.standing);
            let hit =
                picture.is_some_and(|picture| !(picture.releases.is_empty() && picture.runs.is_empty()));
            if !matches!(standing, Standing::Withdrawn(_)) && (hit || !self.every) {
                check_team(registry, service, flag, &occasion.who.by)?;
            }
            let flag = flag.clone();
            let sight = sight.get_or_insert(Sight {
                first: loaded,
                flag,
                standing,
                concerned: Vec::new(),
                unread: 0,
            });
            if hit || !self.every {
                sight.concerned.push(name.clone());
            }
        }
        let mut sight = sight.ok_or_else(|| gone(target))?;
        if sight.concerned.is_empty() {
            // It hits nothing anywhere: the record still has to say somewhere that it was cleared.
            sight.concerned.extend(sight.first.registry.services.keys().cloned());
        }
        Ok(Sight { unread, ..sight })
    }
}

fn named(scope: &Scope) -> Option<Name> {
    match scope {
        Scope::One(name) => Some(name.clone()),
        Scope::Every => None,
    }
}

fn listed(names: &[Name]) -> String {
    crate::registry::listed(&names.iter().map(Name::as_str).collect::<Vec<_>>())
}

/// The flag was there when it was looked for.
fn gone(target: &Candidate) -> Refusal {
    unfit(format!("{} is gone from the registry", target.id), "somebody else changed it just now; look again")
}

/// A range is closed at a version, and versions are those of one service.
fn one(names: Vec<Name>, request: &Request) -> Result<Name, Refusal> {
    let id = &request.target.id;
    match (&request.service, &*names) {
        (Some(service), names) if names.contains(service) => Ok(service.clone()),
        (None, [only]) => Ok(only.clone()),
        (Some(service), names) => Err(unfit(
            format!("{id} doesn't speak of `{service}`"),
            format!("it speaks of {}", listed(names)),
        )),
        (None, names) => {
            let message = format!("{id} speaks of {}, and each has versions of its own", listed(names));
            Err(unfit(message, "say with --service of which one the range is to be closed"))
        }
    }
}

/// A flag is withdrawn for all services that it speaks of.
fn all(names: Vec<Name>, request: &Request) -> Result<Vec<Name>, Refusal> {
    let id = request.target.id.as_str();
    match &request.service {
        Some(service) if !names.contains(service) => Err(unfit(
            format!("{id} doesn't speak of `{service}`"),
            format!("it speaks of {}", listed(&names)),
        )),
        Some(service) if names.len() > 1 => Err(only_whole(id, service, &listed(&names))),
        _ => Ok(names),
    }
}

fn only_whole(id: &str, service: &Name, names: &str) -> Refusal {
    unfit(
        format!("{id} speaks of {names}, and is withdrawn for all of them or for none"),
        format!(
            "leave --service out to withdraw it whole; what is fixed in `{service}` is said with --fixed-in VERSION"
        ),
    )
}

/// Refuses whoever isn't a member of the team whose statement the flag is.
fn check_team(registry: &Registry, service: &Service, flag: &Flag, by: &str) -> Result<(), Refusal> {
    let key = flag.kind.key();
    member::check(registry, service, key, by)
        .map_err(|of| unfit(format!("{} is for {key} to take back: {}", flag.id, of.message), of.hint))
}

/// Writes what is to be written.
fn write(
    editor: &mut Editor<'_>,
    request: &Request,
    sight: &Sight,
    occasion: &Occasion,
) -> Result<(Outcome, Vec<String>), Refusal> {
    let flag = &sight.flag;
    if let Some(withdrawn) = &flag.withdrawn {
        let by = withdrawn.by.as_deref().map_or(String::new(), |by| format!(" by {by}"));
        let note = format!("it was withdrawn at {}{by}: {}", format_time(withdrawn.at), withdrawn.reason);
        return Ok((Outcome::Unchanged, vec![note]));
    }
    let registry = &sight.first.registry;
    let service = registry.services.values().next().ok_or_else(|| gone(&request.target))?;
    let source = registry.sources.file(flag.origin.file).ok_or_else(|| gone(&request.target))?;
    let table = [flag.kind.word(), flag.id.as_str()];
    match &request.fixed_in {
        None => {
            let withdrawn = withdrawn(request, occasion);
            editor.set_in(&service.name, &source.path, &[&table[..], &["withdrawn"]].concat(), withdrawn)?;
            Ok((Outcome::Withdrawn, Vec::new()))
        }
        Some(version) => {
            let written = written_flag(&source.text, table).ok_or_else(|| gone(&request.target))?;
            let Some(Closing { entries, narrowed, notes }) =
                closing(&written, service, flag, version, occasion.now)?
            else {
                return Ok((Outcome::Unchanged, vec![format!("its range ends before {version} already")]));
            };
            for entry in entries {
                let (file, at) = (&source.path, entry.position);
                for (alternative, range) in &entry.ranges {
                    editor.change_range(&service.name, file, table, (at, *alternative), range)?;
                }
                editor.change_affects(&service.name, file, table, at, "fixed_in", entry.fixed_in)?;
            }
            let path = [&table[..], &["narrowed"]].concat();
            editor.set_in(&service.name, &source.path, &path, narrowed)?;
            Ok((Outcome::Narrowed, notes))
        }
    }
}

fn withdrawn(request: &Request, occasion: &Occasion) -> Value {
    let fields: Fields = vec![
        ("at".into(), occasion.now.into()),
        ("by".into(), Value::from(&*occasion.who.by)),
        ("reason".into(), Value::from(request.reason.as_str())),
    ];
    Value::Table(fields)
}

/// What is worth a word of the flag itself.
fn remarks(flag: &Flag, was: Standing, request: &Request, outcome: Outcome) -> Vec<String> {
    let mut notes = Vec::new();
    if outcome == Outcome::Unchanged {
        return notes;
    }
    if flag.compromised {
        notes.push(format!(
            "{} said that the artifact is compromised, which nothing could lower: from now on it may run again",
            flag.id
        ));
    }
    match was {
        Standing::Scheduled(from) => {
            notes.push(format!("it wasn't to count before {}, so nothing changes now", format_time(from)))
        }
        Standing::Over => notes.push("its time was over already, so nothing changes now".into()),
        Standing::Active | Standing::Withdrawn(_) => {}
    }
    let target = &request.target;
    if let Some(alias) = &target.alias {
        notes.push(format!("`{alias}` is an alias of it"));
    }
    notes
}

/// One line for each service that it concerns.
fn says(request: &Request, effects: &[Effect], occasion: &Occasion) -> Vec<Statement> {
    let group = (effects.len() > 1).then(|| Box::from(occasion.id().as_str()));
    let deed = || Deed::Cleared {
        flag: request.target.id.as_str().into(),
        key: request.target.kind.key().word().into(),
        reason: request.reason.as_str().into(),
        fixed_in: request.fixed_in.clone(),
    };
    let line = |effect: &Effect| Statement { group: group.clone(), ..occasion.says(&effect.service, deed()) };
    effects.iter().map(line).collect()
}
