//! `affects`: what a flag hits.

use crate::model::{Affects, Name, Scope, Service, Version};
use crate::registry::flag::{Home, is_of_other};
use crate::registry::mistake::Mistake;
use crate::registry::reader::{Table, Value};
use crate::registry::shape::AFFECTS;
use crate::registry::wording::quoted;

/// The entries that concern what was asked for.
pub(super) fn affects(flag: &Table<'_>, home: &Home<'_>) -> Vec<Affects> {
    let Some(value) = flag.get("affects") else { return Vec::new() };
    let Some(items) = value.items("a list of tables: `affects = [{ service = …, versions = … }]`") else {
        return Vec::new();
    };
    let mut affects = Vec::new();
    let mut any = false;
    for item in items {
        any = true;
        if home.folder.is_none() && is_of_other(item.node(), home.known, item.desk) {
            continue;
        }
        affects.extend(item.table(&AFFECTS).and_then(|table| entry(&table, home)));
    }
    if !any {
        let hint = "say what it hits: `affects = [{ service = …, versions = … }]`; to take a flag back, set `withdrawn`";
        value.report_hint("`affects` is empty, so the flag would hit nothing", hint);
    }
    affects
}

fn entry(table: &Table<'_>, home: &Home<'_>) -> Option<Affects> {
    check_conditions(table);
    let scope = scope(table, home);
    let environments = environments(table);
    let service = match &scope {
        Some(Scope::One(name)) => (home.services)(name),
        _ => None,
    };
    let ranges = |key, read: fn(Value<'_>, &Service) -> Option<_>| match (table.get(key), service) {
        (Some(value), Some(service)) => read(value, service),
        _ => None,
    };
    let affects = Affects {
        versions: ranges("versions", |value, service| value.ranges(&service.scale)),
        except: ranges("except", |value, service| value.exceptions(&service.scale)),
        scope: scope?,
        tag: table.get("tag").and_then(tag),
        digests: table.some_digests("digests"),
        environments,
        fixed_in: Vec::new(),
        origin: table.origin(),
    };
    let fixed_in = service.map(|service| fixed_in(table, &affects, service)).unwrap_or_default();
    Some(Affects { fixed_in, ..affects })
}

fn tag(value: Value<'_>) -> Option<Box<str>> {
    let tag = value.text()?;
    if tag.trim().is_empty() {
        value.report(format!("{} is empty", value.called()));
    }
    Some(tag.into())
}

/// Which keys may stand together.
fn check_conditions(table: &Table<'_>) {
    let report = |key: &str, message: &str, hint: &str| {
        let place = table.key_place(key).unwrap_or_else(|| table.place());
        table.desk.report(Mistake::at(place, message).hint(hint));
    };
    if table.has("services") {
        for key in ["versions", "except", "fixed_in"].into_iter().filter(|key| table.has(key)) {
            let message = format!("`{key}` means nothing across services: each has its own versions");
            report(key, &message, "name one `service`, or use `tag` or `digests`");
        }
    }
    if !["versions", "tag", "digests"].into_iter().any(|key| table.has(key)) {
        let message = "an `affects` entry doesn't say which releases it hits";
        let hint = match table.has("services") {
            true => "add `tag` or `digests`",
            false => "add `versions` (`*` for all), `tag` or `digests`",
        };
        report("", message, hint);
    }
    if table.has("versions") && table.has("digests") {
        report(
            "digests",
            "`digests` stand instead of `versions`, not beside them",
            "remove one of the two, or write two entries",
        );
    }
    if table.has("except") && !table.has("versions") && !table.has("services") {
        report(
            "except",
            "`except` needs `versions`, from which it takes releases away",
            "add `versions`, such as `versions = \"*\"`",
        );
    }
}

/// The service that it names, or all of them.
fn scope(table: &Table<'_>, home: &Home<'_>) -> Option<Scope> {
    match (table.has("service"), table.has("services")) {
        (true, false) => {
            let value = table.get("service")?;
            let name = value.name()?;
            check_service(&name, value, home).then_some(Scope::One(name))
        }
        (false, true) => {
            let value = table.get("services")?;
            let star = value.text()? == "*";
            if !star {
                value.report_hint(
                    "`services` can only be `*`",
                    "name one service: `service = …`; for several, write several entries",
                );
            } else if let Some(folder) = home.folder {
                not_here(value, "`*`", folder);
            }
            star.then_some(Scope::Every)
        }
        (both, _) => {
            let message = match both {
                true => "an `affects` entry has `service` and `services`",
                false => "an `affects` entry doesn't say which service it hits",
            };
            let hint = "write either `service = …`, or `services = \"*\"` with `tag` or `digests`";
            table.desk.report(Mistake::at(table.place(), message).hint(hint));
            None
        }
    }
}

fn check_service(name: &Name, value: Value<'_>, home: &Home<'_>) -> bool {
    match home.folder {
        Some(folder) if folder != name => {
            not_here(value, &quoted(name.as_str()), folder);
            false
        }
        Some(_) => true,
        None => home.known.check(name, value.place(), value.desk),
    }
}

fn not_here(value: Value<'_>, what: &str, folder: &Name) {
    let message = format!("a flag in the folder of `{folder}` can't name {what}");
    value.report_hint(
        message,
        "a flag on several services stands in `advisories/` or `instabilities/` beside the main file",
    );
}

fn environments(table: &Table<'_>) -> Vec<Name> {
    let Some(value) = table.get("environments") else { return Vec::new() };
    let names: Option<Vec<Name>> =
        value.items("a list of names").map(|items| items.filter_map(Value::environment).collect());
    let is_empty_list = value.node().as_array().is_some_and(|items| items.is_empty());
    if is_empty_list {
        value.report_empty();
    }
    names.unwrap_or_default()
}

/// The releases that mend it; one that the flag itself hits is a mistake.
fn fixed_in(table: &Table<'_>, affects: &Affects, service: &Service) -> Vec<Version> {
    let Some(value) = table.get("fixed_in") else { return Vec::new() };
    let Some(items) = value.items("a list of versions") else { return Vec::new() };
    let mut fixed = Vec::new();
    let mut any = false;
    for item in items {
        any = true;
        let Some(version) = item.placed(&service.scale) else { continue };
        if affects.hits(&version, service.release(&version.text)) == Some(true) {
            let message =
                format!("{} is said to be fixed, and is affected by the same entry", quoted(&version.text));
            item.report_hint(message, "correct `versions`, add it to `except`, or remove it from `fixed_in`");
        }
        fixed.push(version);
    }
    if !any {
        value.report_empty();
    }
    fixed
}
