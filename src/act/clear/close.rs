//! Closing a range: where it has no upper end, it ends before the release that mends it.

use super::{Refusal, unfit};
use crate::judge::YOUNG;
use crate::model::{Flag, Scope, Service, Time, Version};
use crate::registry::edit::{Fields, Value, WrittenAffects, WrittenFlag};
use crate::version::Ranges;

/// What is to be written.
pub(super) struct Closing {
    pub entries: Vec<Closed>,
    /// `narrowed`.
    pub narrowed: Value,
    pub notes: Vec<String>,
}

/// One entry of `affects` as it will be.
pub(super) struct Closed {
    /// Its position in the file.
    pub position: usize,
    /// The ranges that are closed: where in the list, if they stand in one, and what they are.
    pub ranges: Vec<(Option<usize>, String)>,
    pub fixed_in: Value,
}

/// Works out how the range of a flag on a service is closed at a version. None: it is so already.
pub(super) fn closing(
    written: &WrittenFlag,
    service: &Service,
    flag: &Flag,
    version: &str,
    now: Time,
) -> Result<Option<Closing>, Refusal> {
    check_place(service, version)?;
    let is_its = |entry: &WrittenAffects| entry.service.as_deref() == Some(service.name.as_str());
    let own: Vec<(usize, &WrittenAffects)> =
        written.affects.iter().enumerate().filter(|(_, entry)| is_its(entry)).collect();
    let mut entries = Vec::new();
    let mut ranges = Vec::with_capacity(own.len());
    for (position, entry) in &own {
        let alternatives = closed(entry, service, version)?;
        if alternatives != entry.versions {
            let changed =
                alternatives.iter().enumerate().filter(|(at, new)| entry.versions.get(*at) != Some(new));
            let ranges = changed.map(|(at, new)| (entry.listed.then_some(at), new.clone())).collect();
            entries.push(Closed { position: *position, ranges, fixed_in: fixed_in(entry, version) });
        }
        ranges.push(parse(&alternatives, service));
    }
    if entries.is_empty() {
        return if is_done(flag, service, version, &own) {
            Ok(None)
        } else {
            Err(closed_already(flag, service, &own))
        };
    }
    check_spared(flag, service, version, &ranges)?;
    let mut notes = Vec::new();
    if service.release(version).is_none() {
        notes.push(format!("{version} isn't registered yet"));
    }
    let narrowed = narrowed(written, service, flag, &own, now, &mut notes);
    Ok(Some(Closing { entries, narrowed, notes }))
}

fn check_place(service: &Service, version: &str) -> Result<(), Refusal> {
    if service.scale.place(version).is_some() {
        return Ok(());
    }
    let hint = Ranges::parse([version], &service.scale).err().and_then(|error| error.hint());
    let order = service.scale.order().word();
    let message = format!("`{version}` has no place in the order of `{}`, {order}", service.name);
    Err(Refusal::Unfit { message, hint })
}

fn parse(alternatives: &[String], service: &Service) -> Option<Ranges> {
    Ranges::parse(alternatives.iter().map(String::as_str), &service.scale).ok()
}

/// The alternatives of an entry, those closed that were open.
fn closed(entry: &WrittenAffects, service: &Service, version: &str) -> Result<Vec<String>, Refusal> {
    let close = |text: &String| {
        let open = Ranges::parse([text.as_str()], &service.scale)
            .is_ok_and(|range| range.intervals().any(|(_, upper)| upper == std::ops::Bound::Unbounded));
        if !open {
            return Ok(text.clone());
        }
        let closed = match text.trim() {
            "*" => format!("<{version}"),
            open => format!("{open}, <{version}"),
        };
        match Ranges::parse([closed.as_str()], &service.scale) {
            Ok(_) => Ok(closed),
            Err(_) => Err(unfit(
                format!("`{}` can't end before {version}: nothing would be left of it", text.trim()),
                "name the first release of that line that has the fix; a flag that was wrong is withdrawn",
            )),
        }
    };
    entry.versions.iter().map(close).collect()
}

/// A text, or a list where there are several.
fn value(alternatives: &[String]) -> Value {
    match alternatives {
        [only] => Value::from(only.as_str()),
        several => Value::texts(several),
    }
}

fn fixed_in(entry: &WrittenAffects, version: &str) -> Value {
    let more = (!entry.fixed_in.iter().any(|fixed| fixed == version)).then_some(version);
    Value::texts(entry.fixed_in.iter().map(String::as_str).chain(more))
}

/// Whether the range was closed just so before.
fn is_done(flag: &Flag, service: &Service, version: &str, own: &[(usize, &WrittenAffects)]) -> bool {
    let known = own.iter().any(|(_, entry)| entry.fixed_in.iter().any(|fixed| fixed == version));
    let (release, placed) = (service.release(version), Version::new(version, &service.scale));
    known && flag.affects.iter().all(|affects| affects.hits(&placed, release) == Some(false))
}

fn closed_already(flag: &Flag, service: &Service, own: &[(usize, &WrittenAffects)]) -> Refusal {
    let versions: Vec<&str> = own.iter().flat_map(|(_, entry)| &entry.versions).map(String::as_str).collect();
    if versions.is_empty() {
        let message = format!("{} says by tags or digests what it hits of `{}`", flag.id, service.name);
        return unfit(message, "there is no range to close; a flag that is no longer true is withdrawn");
    }
    let listed = crate::registry::listed(&versions);
    unfit(
        format!("the range of {} on `{}` is closed already: {listed}", flag.id, service.name),
        "to spare a backport, add it to `except` and `fixed_in` by hand; a flag that was wrong is withdrawn",
    )
}

/// Refuses when the release that is said to mend the flag is still hit by it.
fn check_spared(
    flag: &Flag,
    service: &Service,
    version: &str,
    ranges: &[Option<Ranges>],
) -> Result<(), Refusal> {
    let named = |scope: &Scope| *scope == Scope::One(service.name.clone());
    let entries = flag.affects.iter().filter(|affects| named(&affects.scope));
    let (release, placed) = (service.release(version), Version::new(version, &service.scale));
    for (affects, ranges) in entries.zip(ranges) {
        if affects.hits_within(ranges.as_ref(), &placed, release) != Some(false) {
            let by = ranges.as_ref().map_or_else(|| "a tag or digest".to_owned(), |by| format!("`{by}`"));
            return Err(unfit(
                format!("{version} would still be hit by {}: {by}", flag.id),
                "name a release that the flag doesn't hit otherwise, or change the flag by hand",
            ));
        }
    }
    Ok(())
}

/// `narrowed`: when, and what the range was until then. What an earlier narrowing freed that is as young as this
/// one stays in it, for the judge still warns of that.
fn narrowed(
    written: &WrittenFlag,
    service: &Service,
    flag: &Flag,
    own: &[(usize, &WrittenAffects)],
    now: Time,
    notes: &mut Vec<String>,
) -> Value {
    let mut was: Vec<String> = Vec::new();
    let young = flag.narrowed.as_ref().is_some_and(|earlier| now < earlier.at + YOUNG);
    let of_this = written.was_of.as_deref().is_none_or(|of| of == service.name.as_str());
    if young && of_this {
        was.extend(written.was.iter().cloned());
    }
    if let Some(other) = written.was_of.as_ref().filter(|_| !of_this) {
        notes.push(format!("that the range on `{other}` was closed stands only in the record from now on"));
    }
    was.extend(own.iter().flat_map(|(_, entry)| entry.versions.iter().cloned()));
    let mut once: Vec<String> = Vec::new();
    was.into_iter().for_each(|one| {
        if !once.contains(&one) {
            once.push(one);
        }
    });
    let mut fields: Fields = vec![("at".into(), now.into()), ("was".into(), value(&once))];
    let several = written.affects.iter().any(|entry| entry.service.as_deref() != Some(service.name.as_str()));
    if several {
        fields.push(("service".into(), Value::from(service.name.as_str())));
    }
    Value::Table(fields)
}
