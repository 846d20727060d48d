//! Flags that stand already: found by their id, held against what is said.

use super::entry::Entry;
use super::{Loads, Refusal, Request, unfit};
use crate::model::{
    Affects, Flag, Id, Mitigation, Name, Scope, Service, Severity, Vector, format_time, format_until,
};
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

    fn place(&self) -> Place {
        let start = self.flag.origin.offset as usize;
        let source = self.loaded.registry.sources.file(self.flag.origin.file);
        let rest = source.and_then(|source| source.text.get(start..)).unwrap_or_default();
        let length = rest.split('\n').next().map_or(0, |line| line.trim_end().len());
        Place::new(self.flag.origin.file, start..start + length)
    }
}

/// What of the request a standing flag lacks, and what it has already.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    /// For each entry whether all of it is said.
    pub(super) covered: Vec<bool>,
    /// Keys that are set, with what they are called in a sentence.
    pub(super) severity: Option<Severity>,
    pub(super) exploited: bool,
    pub(super) compromised: bool,
    pub(super) aliases: Vec<Box<str>>,
    pub(super) url: Option<Box<str>>,
    pub(super) cvss: Option<Box<str>>,
    pub(super) ticket: Option<Box<str>>,
    pub(super) mitigations: Vec<super::Offer>,
}

impl Plan {
    /// Whether the flag says nothing new beside what it hits.
    pub(super) fn is_silent(&self) -> bool {
        let set = [self.url.is_some(), self.cvss.is_some(), self.ticket.is_some(), self.severity.is_some()];
        !(set.contains(&true) || self.exploited || self.compromised)
            && self.aliases.is_empty()
            && self.mitigations.is_empty()
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
pub(super) fn compare(
    request: &Request,
    entries: &[Entry],
    stands: &[Option<Standing<'_>>],
    id: &Id,
) -> Result<Plan, Refusal> {
    let mut plan = Plan {
        covered: entries
            .iter()
            .zip(stands)
            .map(|(entry, stands)| is_covered(entry, stands.as_ref()))
            .collect(),
        ..Plan::default()
    };
    let mut standing: Vec<&Standing<'_>> = Vec::new();
    for one in stands.iter().flatten() {
        if !standing.iter().any(|other| other.is(one)) {
            standing.push(one);
        }
    }
    let Some(first) = standing.first() else {
        if request.extend {
            let hint = "leave out --extend to make it, or name the one that stands with --id";
            return Err(unfit(
                format!("no flag `{id}` stands for it, so none can be made wider"),
                hint.to_owned(),
            ));
        }
        return Ok(plan);
    };
    let mut list: Vec<Mistake> = standing.iter().flat_map(|one| against(request, one, &mut plan)).collect();
    let same = plan.is_silent() && plan.covered.iter().all(|covered| *covered);
    if list.is_empty() && !same && !request.extend {
        list.extend(standing.iter().map(|one| stands_already(request, entries, one)));
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
    let fixed = |text: &Box<str>| {
        alike.iter().any(|affects| affects.fixed_in.iter().any(|version| version.text == *text))
    };
    versions.each().all(|range| has(&range)) && entry.fixed_in.iter().all(fixed)
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

/// What the flag says otherwise; what it doesn't say yet goes into the plan.
fn against(request: &Request, standing: &Standing<'_>, plan: &mut Plan) -> Vec<Mistake> {
    let flag = standing.flag;
    let mut list = Vec::new();
    let mistake = |message: String, label: &str, hint: &str| {
        Mistake::at(standing.place(), message).label(label.to_owned()).hint(hint.to_owned())
    };
    if let Some(withdrawn) = &flag.withdrawn {
        let message =
            format!("`{}` was withdrawn at {}: {}", flag.id, format_time(withdrawn.at), withdrawn.reason);
        let hint = "what was taken back stays so: flag it under another id, with this one as --alias";
        return vec![mistake(message, "the flag that was withdrawn", hint)];
    }
    if flag.kind != request.kind {
        let message =
            format!("`{}` stands already, as an {}: {}", flag.id, flag.kind.word(), quoted(&flag.title));
        let hint = format!("an {} needs an id of its own", request.kind.word());
        return vec![mistake(message, "what stands", &hint)];
    }
    let mut says = |key: &str, stands: String, said: String| {
        let message = format!("`{key}` of `{}` is {stands}, not {said}", flag.id);
        let hint =
            "a flag is only made wider here; what was wrong is mended in the file, in a reviewed change";
        list.push(mistake(message, "what stands", hint));
    };
    let text = |text: &str| quoted(text);
    if let Some(title) = request.title.as_ref().filter(|title| title.as_str() != &*flag.title) {
        says("title", text(&flag.title), text(title.as_str()));
    }
    let mut fill = |key: &str, stands: Option<&str>, said: Option<&str>| match (stands, said) {
        (Some(stands), Some(said)) if stands != said => {
            says(key, text(stands), text(said));
            None
        }
        (None, Some(said)) => Some(Box::from(said)),
        _ => None,
    };
    let url = fill("url", flag.url.as_deref(), request.url.as_ref().map(|url| url.as_str()));
    let ticket =
        fill("ticket", flag.ticket.as_deref(), request.ticket.as_ref().map(|ticket| ticket.as_str()));
    let vector = flag.cvss.as_ref().map(ToString::to_string);
    let said = request.cvss.as_deref().and_then(Vector::parse).map(|vector| vector.to_string());
    let cvss = fill("cvss", vector.as_deref(), said.as_deref());
    plan.url = plan.url.take().or(url);
    plan.ticket = plan.ticket.take().or(ticket);
    plan.cvss = plan.cvss.take().or(cvss);
    if let Some(said) = request.weight().filter(|said| *said != flag.severity) {
        if said.rank() > flag.severity.rank() || flag.severity == Severity::Unknown && said == Severity::High
        {
            plan.severity = Some(said);
        } else if request.severity.is_some() || flag.severity == Severity::Unknown {
            says("severity", format!("`{}`", flag.severity), format!("`{said}`"));
        }
    }
    let day = |time: Option<_>| time.map(format_time);
    let later = request.effective.filter(|from| flag.effective.is_none_or(|stands| stands != *from));
    if let Some(from) = later {
        says("effective", day(flag.effective).unwrap_or_else(|| "not said".into()), format_time(from));
    }
    if let Some(until) = request.until.filter(|until| flag.until != Some(*until)) {
        says("until", flag.until.map_or("not said".into(), format_until), format_until(until));
    }
    plan.exploited |= request.exploited && !flag.exploited;
    plan.compromised |= request.compromised && !flag.compromised;
    let knows = |alias: &str| flag.aliases.iter().any(|known| known.eq_ignore_ascii_case(alias));
    let new = request.aliases.iter().map(|alias| alias.as_str()).filter(|alias| !knows(alias));
    plan.aliases.extend(new.map(Box::from).collect::<Vec<Box<str>>>());
    for offer in &request.mitigations {
        match flag.mitigations.iter().find(|known| known.id == offer.id) {
            None => plan.mitigations.push(offer.clone()),
            Some(known) if is_offer(known, offer) => {}
            Some(known) => says("mitigation", offered(known), offered(&mitigation(offer))),
        }
    }
    list
}

fn is_offer(known: &Mitigation, offer: &super::Offer) -> bool {
    known.instruction == offer.instruction && known.lowers_to == offer.lowers_to && known.hours == offer.hours
}

fn mitigation(offer: &super::Offer) -> Mitigation {
    Mitigation {
        id: offer.id.clone(),
        instruction: offer.instruction.clone(),
        lowers_to: offer.lowers_to,
        hours: offer.hours,
        origin: crate::model::Origin::default(),
    }
}

fn offered(mitigation: &Mitigation) -> String {
    let hours = mitigation.hours.map_or(String::new(), |hours| format!(",{hours}h"));
    quoted(&format!("{}={}{hours}: {}", mitigation.id, mitigation.lowers_to, mitigation.instruction))
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
    Mistake::at(standing.place(), message).label("what stands").hint(hint)
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
