//! What is said of one service: its ranges, placed under its order, and whether they can be meant.

use std::ops::Bound;

use super::{Loads, Part, Refusal, Request, unfit_with};
use crate::model::{Affects, Name, Origin, Registry, Scope, Service, Version};
use crate::registry::wording::{meant, nearest_of};
use crate::registry::{listed, quoted};
use crate::version::{Order, Place, RangeError, Ranges};

/// The releases of one service that a flag hits, as said and as understood.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) service: Name,
    pub(super) versions: Vec<Box<str>>,
    pub(super) except: Vec<Box<str>>,
    pub(super) environments: Vec<Name>,
    pub(super) fixed_in: Vec<Box<str>>,
    /// The same as a flag has it.
    pub(super) affects: Affects,
}

/// Takes what is said of one service.
///
/// # Errors
/// When a range or a version has no place, an environment isn't known, or what mends it is hit by it.
pub(super) fn entry(
    request: &Request,
    part: &Part,
    loads: &Loads,
    notes: &mut Vec<String>,
) -> Result<Entry, Refusal> {
    let registry = loads.get(&part.service).map(|loaded| &loaded.registry);
    let (registry, service) = registry
        .and_then(|registry| Some((registry, registry.services.get(&part.service)?)))
        .ok_or_else(|| unfit_with(format!("no service `{}`", part.service), None))?;
    let first = request.parts.first().is_some_and(|first| first.service == part.service);
    let own = |all: &[(Option<Name>, Box<str>)]| -> Vec<Box<str>> {
        let is_own = |name: &Option<Name>| name.as_ref().map_or(first, |name| *name == part.service);
        all.iter().filter(|(name, _)| is_own(name)).map(|(_, text)| text.clone()).collect()
    };
    let (except, fixed_in) = (own(&request.except), own(&request.fixed_in));
    check_environments(registry, service, &request.environments)?;
    let versions = ranges(&part.versions, |texts| Ranges::parse(texts, &service.scale), "versions", service)?;
    let spared = match except.is_empty() {
        true => None,
        false => {
            Some(ranges(&except, |texts| Ranges::parse_except(texts, &service.scale), "--except", service)?)
        }
    };
    let entry = Entry {
        service: part.service.clone(),
        versions: part.versions.clone(),
        affects: Affects {
            scope: Scope::One(part.service.clone()),
            versions: Some(versions),
            except: spared,
            tag: None,
            digests: Vec::new(),
            environments: request.environments.clone(),
            fixed_in: Vec::new(),
            origin: Origin::default(),
        },
        except,
        environments: request.environments.clone(),
        fixed_in,
    };
    let fixed = fixed_in_of(&entry, service, notes)?;
    notes.extend(short_bounds(&entry, service));
    notes.extend(open_end(&entry, service));
    let affects = Affects { fixed_in: fixed, ..entry.affects };
    Ok(Entry { affects, ..entry })
}

fn ranges<'t>(
    texts: &'t [Box<str>],
    parse: impl Fn(Vec<&'t str>) -> Result<Ranges, RangeError>,
    what: &str,
    service: &Service,
) -> Result<Ranges, Refusal> {
    parse(texts.iter().map(|text| &**text).collect()).map_err(|error| {
        let text = texts.get(error.alternative).map_or("", |text| text);
        let message = format!("{what} {} of `{}`: {error}", quoted(text), service.name);
        unfit_with(message, error.hint())
    })
}

/// Refuses an environment that can't be one: a flag that is meant for it would hit nothing.
fn check_environments(registry: &Registry, service: &Service, names: &[Name]) -> Result<(), Refusal> {
    let declared: Vec<&str> = registry.environments.keys().map(Name::as_str).collect();
    let in_use = || crate::judge::environments(service).into_iter().map(Name::as_str).collect();
    let known: Vec<&str> = if declared.is_empty() { in_use() } else { declared };
    match names.iter().find(|name| !known.is_empty() && !known.contains(&name.as_str())) {
        Some(name) => {
            let hint = meant(name.as_str(), known.iter().copied(), "there are");
            Err(unfit_with(format!("no environment `{name}`"), hint))
        }
        None => Ok(()),
    }
}

/// What mends it; it must not be hit.
fn fixed_in_of(entry: &Entry, service: &Service, notes: &mut Vec<String>) -> Result<Vec<Version>, Refusal> {
    let mut fixed = Vec::new();
    for text in &entry.fixed_in {
        let version = Version::new(text, &service.scale);
        if version.place.is_none() {
            let message = match service.scale.order() {
                Order::Listed => format!("--fixed-in: `{text}` isn't a listed release of `{}`", service.name),
                order => format!("--fixed-in: `{text}` can't be ordered as {}", order.word()),
            };
            return Err(unfit_with(message, RangeError::not_placed(text, &service.scale).hint()));
        }
        if entry.affects.hits(&version, service.release(text)) == Some(true) {
            let message = format!("`{text}` is said to mend it, and is among the versions that are hit");
            let hint =
                format!("end the range before it, as in '<{text}', or leave it out with --except {text}");
            return Err(unfit_with(message, hint));
        }
        if service.release(text).is_none() {
            notes.push(format!(
                "`{text}`, which mends it, isn't registered as a release of `{}` yet",
                service.name
            ));
        }
        fixed.push(version);
    }
    Ok(fixed)
}

/// Every version that the registry knows of a service: registered, running, or once run.
fn known(service: &Service) -> impl Iterator<Item = &Version> {
    let releases = service.releases.iter().map(|release| &release.version);
    let running = service.running.values().flatten();
    releases.chain(running).chain(service.ran.iter().map(|ran| &ran.version))
}

/// Refuses a range in which no known release lies: most likely a slip, and a flag that hits nothing looks like one
/// that does.
pub(super) fn check_known(entry: &Entry, loads: &Loads) -> Result<(), Refusal> {
    let service = loads.get(&entry.service).and_then(|loaded| loaded.registry.services.get(&entry.service));
    let Some(service) = service else { return Ok(()) };
    let hint = |near: Vec<String>| {
        let near: Vec<&str> = near.iter().map(String::as_str).collect();
        let nearest = match near.as_slice() {
            [] => String::new(),
            [one] => format!("the nearest is `{one}`; "),
            several => format!("the nearest are {}; ", listed(several)),
        };
        format!("{nearest}correct it, or add --future if it is about releases to come")
    };
    let alternatives = entry.affects.versions.iter().flat_map(Ranges::each);
    for (range, text) in alternatives.zip(&entry.versions) {
        let within = |version: &Version| range.contains(&version.text, version.place.as_ref()) == Some(true);
        if !known(service).any(within) {
            let message = format!("no known release of `{}` is in {}", service.name, quoted(text));
            return Err(unfit_with(message, hint(nearest(&range, text, service))));
        }
    }
    let is_hit =
        |version: &Version| entry.affects.hits(version, service.release(&version.text)) == Some(true);
    if known(service).any(is_hit) {
        return Ok(());
    }
    let message = format!("--except leaves no known release of `{}` that is hit", service.name);
    Err(unfit_with(message, hint(Vec::new())))
}

/// The known releases nearest to a range: those written most alike, else the ones on both sides of it.
fn nearest(range: &Ranges, text: &str, service: &Service) -> Vec<String> {
    let mut all: Vec<&Version> = known(service).collect();
    all.sort_by(|a, b| (&a.place, &a.text).cmp(&(&b.place, &b.text)));
    all.dedup_by(|a, b| a.text == b.text);
    let bare = text.trim_start_matches(['<', '>', '=', ' ']);
    let names: Vec<String> = all.iter().map(|version| version.text.to_string()).collect();
    let distance = |name: &String| strsim::damerau_levenshtein(bare, name);
    let mut alike = nearest_of(bare, &names);
    let least = alike.first().map(distance);
    alike.retain(|name| Some(distance(name)) == least);
    if !alike.is_empty() && !text.contains(',') {
        return alike;
    }
    let Some((lower, upper)) = range.intervals().next() else { return Vec::new() };
    let end = |bound: Bound<&Place>| match bound {
        Bound::Included(place) | Bound::Excluded(place) => Some(place.clone()),
        Bound::Unbounded => None,
    };
    let (lower, upper) = (end(lower), end(upper));
    let below = |version: &&&Version| lower.is_some() && version.place <= lower;
    let above = |version: &&&Version| upper.is_some() && version.place >= upper;
    let sides = [all.iter().rfind(below), all.iter().find(above)];
    sides.into_iter().flatten().map(|version| version.text.to_string()).collect()
}

/// Bounds that leave out a registered release only because it has something behind them, as `<=2.4.0` does
/// `2.4.0-1.el9`.
fn short_bounds(entry: &Entry, service: &Service) -> Vec<String> {
    let Some(versions) = &entry.affects.versions else { return Vec::new() };
    let left_out = |version: &Version| {
        let is_fixed = entry.fixed_in.contains(&version.text) || entry.except.contains(&version.text);
        let (bound, _) = versions.just_short_of(&version.text, &service.scale).filter(|_| !is_fixed)?;
        Some(format!(
            "the bound `{bound}` leaves out `{version}`, which is newer for what stands behind it; if that is hit \
             too, name the first version that isn't, as in '<2.4.1'"
        ))
    };
    service.releases.iter().filter_map(|release| left_out(&release.version)).collect()
}

/// That releases to come are hit, too, and how that ends.
fn open_end(entry: &Entry, service: &Service) -> Option<String> {
    let versions = entry.affects.versions.as_ref()?;
    let is_open = versions.intervals().any(|(_, upper)| upper == Bound::Unbounded);
    is_open.then(|| {
        format!(
            "the range of `{}` has no end, so every release to come is hit, too, until the flag is cleared \
             with --fixed-in",
            service.name
        )
    })
}
