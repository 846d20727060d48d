//! Ids that stand twice: a file system that ignores case must not decide which of two flags counts.

use std::collections::BTreeMap;

use crate::model::{Flag, Id, Name, Origin, Registry, Scope, Service};
use crate::registry::desk::Desk;
use crate::registry::mistake::{Mistake, Place};
use crate::registry::wording::quoted;

/// A flag, and the service whose folder it stands in.
type Owned<'a> = (&'a Flag, Option<&'a Name>);

/// Reports flags, sign-offs and debts of one service that have the same id.
pub(super) fn check(registry: &Registry, desk: &Desk<'_>) {
    let own = registry
        .services
        .values()
        .flat_map(|service| service.flags.iter().map(|flag| (flag, Some(&service.name))));
    let mut by_id: BTreeMap<String, Vec<Owned<'_>>> = BTreeMap::new();
    for owned in registry.flags.iter().map(|flag| (flag, None)).chain(own) {
        by_id.entry(owned.0.id.as_str().to_ascii_lowercase()).or_default().push(owned);
    }
    for flags in by_id.into_values().filter(|flags| flags.len() > 1) {
        check_flags(&flags, desk);
    }
    for service in registry.services.values() {
        check_service(service, desk);
    }
}

/// Flags of one id: each service may be named by one of them only.
fn check_flags(flags: &[Owned<'_>], desk: &Desk<'_>) {
    let mut every: Option<&Flag> = None;
    let mut any: Option<&Flag> = None;
    let mut by_service: BTreeMap<&Name, &Flag> = BTreeMap::new();
    for (flag, folder) in flags {
        let names = || {
            flag.affects.iter().filter_map(|affects| match &affects.scope {
                Scope::One(name) => Some(name),
                Scope::Every => None,
            })
        };
        let is_every = flag.affects.iter().any(|affects| affects.scope == Scope::Every);
        let shared = names().chain(*folder).find_map(|name| by_service.get(name).copied());
        let first = every.or(if is_every { any } else { shared });
        if let Some(first) = first {
            twice("flag", (&first.id, first.origin), (&flag.id, flag.origin), desk);
            continue;
        }
        any = any.or(Some(flag));
        if is_every {
            every = Some(flag);
        }
        by_service.extend(names().chain(*folder).map(|name| (name, *flag)));
    }
}

fn check_service(service: &Service, desk: &Desk<'_>) {
    let sign_offs = service.sign_offs.iter().map(|sign_off| (&sign_off.id, sign_off.origin));
    check_ids("sign-off", sign_offs, desk);
    check_ids("debt", service.debts.iter().map(|debt| (&debt.id, debt.origin)), desk);
}

fn check_ids<'a>(what: &str, ids: impl Iterator<Item = (&'a Id, Origin)>, desk: &Desk<'_>) {
    let mut first: BTreeMap<String, (&Id, Origin)> = BTreeMap::new();
    for item in ids {
        let lower = item.0.as_str().to_ascii_lowercase();
        match first.get(&lower) {
            Some(first) => twice(what, *first, item, desk),
            None => _ = first.insert(lower, item),
        }
    }
}

fn twice(what: &str, first: (&Id, Origin), again: (&Id, Origin), desk: &Desk<'_>) {
    let message = match first.0 == again.0 {
        true => format!("the {what} {} is defined twice", quoted(again.0.as_str())),
        false => {
            format!("the {what} {} is defined twice: case doesn't count in ids", quoted(again.0.as_str()))
        }
    };
    let hint = "remove one of them, or give it another id";
    desk.report(
        Mistake::at(line(again.1, desk), message).also(line(first.1, desk), "first defined here").hint(hint),
    );
}

/// From an origin to the end of its line.
pub(super) fn line(origin: Origin, desk: &Desk<'_>) -> Place {
    let start = origin.offset as usize;
    let rest = desk.sources.file(origin.file).and_then(|source| source.text.get(start..)).unwrap_or_default();
    let length = rest.split('\n').next().map_or(0, |line| line.trim_end().len());
    Place::new(origin.file, start..start + length)
}
