//! Flags that stand already: found by their id, held against what is said.

use super::entry::Entry;
use super::growth::Growth;
use super::{Loads, Refusal, Request, unfit_with};
use crate::model::{Affects, Flag, Id, Name, Scope, Service, format_time};
use crate::registry::edit::{EditError, SharedFlag, shared_flags};
use crate::registry::{Ask, Loaded, Mistake, Mistakes, Place, Tree, load, quoted};

/// A flag that stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing<'a> {
    pub(super) flag: &'a Flag,
    /// The registry through which it is seen.
    pub(super) loaded: &'a Loaded,
    /// The service whose folder it stands in; None: it may name several.
    pub(super) folder: Option<&'a Name>,
}

impl Standing<'_> {
    /// Its file.
    pub(super) fn file(&self) -> &str {
        self.loaded.registry.sources.path(self.flag.origin)
    }

    /// Whether the two are one and the same.
    pub(super) fn is(&self, other: &Standing<'_>) -> bool {
        self.file() == other.file() && self.flag.id == other.flag.id
    }

    /// Something that is wrong with it, in the light of what is said now.
    pub(super) fn mistake(&self, message: String, hint: &str) -> Mistake {
        Mistake::at(self.place(), message).label("what stands").hint(hint)
    }

    fn place(&self) -> Place {
        let start = self.flag.origin.offset as usize;
        let source = self.loaded.registry.sources.file(self.flag.origin.file);
        let rest = source.and_then(|source| source.text.get(start..)).unwrap_or_default();
        let length = rest.split('\n').next().map_or(0, |line| line.trim_end().len());
        Place::new(self.flag.origin.file, start..start + length)
    }
}

/// What of the request stands already, and what the flags that stand get.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    /// For each entry whether all of it is said.
    pub(super) covered: Vec<bool>,
    /// Each flag that stands, once, with what it lacks.
    pub(super) growths: Vec<(Standing<'a>, Growth)>,
}

impl Plan<'_> {
    /// Whether everything stands already.
    pub(super) fn is_done(&self) -> bool {
        self.growths.iter().all(|(_, growth)| growth.is_none()) && self.covered.iter().all(|covered| *covered)
    }
}

/// The flag with this id that stands where several services may be named, whether it names one of these or not.
/// The registry of a service that it names is loaded along.
pub(super) fn shared(
    tree: &dyn Tree,
    main: &str,
    id: &Id,
    loads: &mut Loads,
) -> Result<Option<SharedFlag>, Refusal> {
    let found = shared_flags(tree, main, id).map_err(EditError::Unreadable)?.into_iter().next();
    if let Some(name) = found.as_ref().and_then(|flag| flag.services.first())
        && !loads.contains_key(name)
    {
        let loaded = load(tree, main, &Ask::Service(name.clone()))?;
        loads.insert(name.clone(), loaded);
    }
    Ok(found)
}

/// For each entry the flag that stands for it: one that names its service, else the shared one of this id.
pub(super) fn find<'a>(
    entries: &[Entry],
    id: &Id,
    loads: &'a Loads,
    shared: Option<&SharedFlag>,
) -> Result<Vec<Option<Standing<'a>>>, Refusal> {
    let elsewhere = shared.and_then(|shared| {
        let name = shared.services.first()?;
        of(loads, name, id).filter(|standing| standing.folder.is_none())
    });
    Ok(entries.iter().map(|entry| of(loads, &entry.service, id).or(elsewhere)).collect())
}

fn of<'a>(loads: &'a Loads, name: &Name, id: &Id) -> Option<Standing<'a>> {
    let loaded = loads.get(name)?;
    let service = loaded.registry.services.get(name)?;
    let is_it = |flag: &&Flag| flag.id.as_str().eq_ignore_ascii_case(id.as_str());
    let own = service.flags.iter().find(is_it).map(|flag| (flag, Some(&service.name)));
    let (flag, folder) = own.or_else(|| Some((loaded.registry.flags.iter().find(is_it)?, None)))?;
    Some(Standing { flag, loaded, folder })
}

/// Holds what is said against what stands.
///
/// # Errors
/// When something else stands, or it may not be made wider.
pub(super) fn compare<'a>(
    request: &Request,
    entries: &[Entry],
    stands: &[Option<Standing<'a>>],
    id: &Id,
) -> Result<Plan<'a>, Refusal> {
    let covered =
        entries.iter().zip(stands).map(|(entry, stands)| is_covered(entry, stands.as_ref())).collect();
    let mut plan = Plan { covered, growths: Vec::new() };
    let mut list: Vec<Mistake> = Vec::new();
    for standing in stands.iter().flatten() {
        if plan.growths.iter().all(|(other, _)| !other.is(standing)) {
            let (growth, contradictions) = Growth::of(request, standing);
            plan.growths.push((*standing, growth));
            list.extend(contradictions);
        }
    }
    let Some((first, _)) = plan.growths.first() else {
        if request.extend {
            let hint = "leave out --extend to make it, or name the one that stands with --id".to_owned();
            return Err(unfit_with(format!("no flag `{id}` stands for it, so none can be made wider"), hint));
        }
        return Ok(plan);
    };
    if list.is_empty() && !request.extend && !plan.is_done() {
        list.extend(plan.growths.iter().map(|(standing, _)| stands_already(request, entries, standing)));
    }
    match list.is_empty() {
        true => Ok(plan),
        false => Err(Refusal::Otherwise(Mistakes::new(first.loaded.registry.sources.clone(), list))),
    }
}

/// Whether all that is said of a service stands in the flag.
fn is_covered(entry: &Entry, standing: Option<&Standing<'_>>) -> bool {
    let Some(standing) = standing else { return false };
    let Some(versions) = &entry.affects.versions else { return false };
    let alike: Vec<&Affects> =
        standing.flag.affects.iter().filter(|affects| is_alike(affects, entry)).collect();
    let has = |range: &crate::version::Ranges| {
        let mut ranges = alike.iter().filter_map(|affects| affects.versions.as_ref());
        ranges.any(|stands| stands.each().any(|one| one == *range))
    };
    let fixed: Vec<&str> =
        alike.iter().flat_map(|affects| &affects.fixed_in).map(|version| &*version.text).collect();
    versions.each().all(|range| has(&range)) && entry.fixed_in.iter().all(|text| fixed.contains(&&**text))
}

/// Whether an entry of a flag speaks of the same service, places and exceptions.
pub(super) fn is_alike(affects: &Affects, entry: &Entry) -> bool {
    let same_places = affects.environments.len() == entry.environments.len()
        && entry.environments.iter().all(|name| affects.environments.contains(name));
    affects.scope == Scope::One(entry.service.clone())
        && affects.tag.is_none()
        && affects.digests.is_empty()
        && affects.except == entry.affects.except
        && same_places
}

/// That the flag stands, and says less.
fn stands_already(request: &Request, entries: &[Entry], standing: &Standing<'_>) -> Mistake {
    let flag = standing.flag;
    let by = flag.by.as_deref().map_or(String::new(), |by| format!(", by {by}"));
    let at = flag.recorded.map_or(String::new(), |at| format!(", {}", format_time(at)));
    let title = quoted(&flag.title);
    let message = format!("`{}` stands already: {title} on {}{by}{at}", flag.id, hit(flag));
    let said: Vec<String> = entries
        .iter()
        .map(|entry| format!("{} of `{}`", entry.versions.join(" or "), entry.service))
        .collect();
    let title =
        request.title.as_ref().map_or(String::new(), |title| format!("{} on ", quoted(title.as_str())));
    let hint = format!(
        "said now: {title}{}; if that is the same, --extend makes it wider; else give it another id",
        said.join(" and ")
    );
    standing.mistake(message, &hint)
}

/// What a flag hits, in words.
fn hit(flag: &Flag) -> String {
    let mut parts: Vec<String> = Vec::new();
    for affects in &flag.affects {
        let service = match &affects.scope {
            Scope::One(name) => format!("`{name}`"),
            Scope::Every => "every service".to_owned(),
        };
        let versions = affects
            .versions
            .as_ref()
            .map_or("what carries its tag or digest".to_owned(), |ranges| ranges.to_string());
        let except = affects.except.as_ref().map_or(String::new(), |except| format!(" except {except}"));
        parts.push(format!("{versions}{except} of {service}"));
    }
    parts.join(" and ")
}

/// Other flags that go by the same name: an alias that is said, or the id, stands as an alias or the id of one.
pub(super) fn namesakes(request: &Request, id: &Id, loaded: &Loaded, name: &Name) -> Vec<String> {
    let Some(service) = loaded.registry.services.get(name) else { return Vec::new() };
    let said: Vec<&str> =
        request.aliases.iter().map(|alias| alias.as_str()).chain(request.id.iter().map(Id::as_str)).collect();
    let others =
        loaded.registry.flags_of(service).filter(|flag| !flag.id.as_str().eq_ignore_ascii_case(id.as_str()));
    others.filter_map(|flag| namesake(flag, &said, service, loaded)).collect()
}

fn namesake(flag: &Flag, said: &[&str], service: &Service, loaded: &Loaded) -> Option<String> {
    let names = flag.aliases.iter().map(|alias| &**alias).chain([flag.id.as_str()]);
    let shared = names.into_iter().find(|name| said.iter().any(|said| said.eq_ignore_ascii_case(name)))?;
    let sources = &loaded.registry.sources;
    let place = format!("{}:{}", sources.path(flag.origin), sources.line(flag.origin));
    let withdrawn = if flag.withdrawn.is_some() { ", and was withdrawn" } else { "" };
    let known = if shared == flag.id.as_str() {
        String::new()
    } else {
        format!("is an alias of `{}`, which ", flag.id)
    };
    Some(format!(
        "`{shared}` {known}stands already for `{}`{withdrawn} ({place}): likely the same bug, told twice",
        service.name
    ))
}
