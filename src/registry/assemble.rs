//! Services and flags, put together from the main file, the services' folders and the shared folders.

use std::collections::BTreeMap;

use crate::model::{Flag, FlagKind, Id, Key, Name, Origin, Service};
use crate::registry::desk::Desk;
use crate::registry::document::Map;
use crate::registry::flag::{self, Home};
use crate::registry::known::Known;
use crate::registry::layout::{Folder, Item, Slot};
use crate::registry::load::{Folders, Which};
use crate::registry::mistake::{Mistake, Place};
use crate::registry::reader::{Entry, Table, Value};
use crate::registry::shape::{DEBT, ROOT, SERVICE, SIGN_OFF, Shape};
use crate::registry::shared::Common;
use crate::registry::wording::quoted;
use crate::registry::{service, sign_off, syntax};

/// The tables `[service.NAME]` of the main file.
pub(super) type Sections<'a> = BTreeMap<Name, Value<'a>>;

/// The services of the main file, not yet read. A name that is none is reported: it may be a misspelt one.
pub(super) fn sections<'a>(root: &Table<'a>) -> Sections<'a> {
    let entries = root.get("service").and_then(Value::entries).into_iter().flatten();
    entries.filter_map(|entry| Some((entry.name()?, entry.value))).collect()
}

/// The services that were asked for, with what their folders hold, and the flags that stand elsewhere.
pub(super) fn assemble<'a>(
    root: &Table<'a>,
    sections: &Sections<'a>,
    common: &Common<'_>,
    folders: &Folders,
    known: &Known<'_>,
    which: Which<'_>,
) -> (BTreeMap<Name, Service>, Vec<Flag>) {
    let desk = root.desk;
    let mut names: Vec<&Name> = sections.keys().chain(folders.keys()).collect();
    names.retain(|name| which.has(name));
    names.sort();
    names.dedup();
    let empty = Folder::default();
    let mut services = BTreeMap::new();
    for name in names {
        let folder = folders.get(name).unwrap_or(&empty);
        if let Some(service) = one_service(name, sections.get(name), folder, common.main, known, desk) {
            services.insert(name.clone(), service);
        }
    }
    add_acceptances(root, known, &mut services);
    let flags = shared_flags(root, common, known, &services);
    (services, flags)
}

/// One service: its table of the main file, and its folder.
pub(super) fn one_service(
    name: &Name,
    section: Option<&Value<'_>>,
    folder: &Folder,
    main: u32,
    known: &Known<'_>,
    desk: &Desk<'_>,
) -> Option<Service> {
    let parsed = folder.tables.iter().filter_map(|file| Some((*file, syntax::parse(desk, *file)?)));
    let trees: Vec<(u32, Map<'_>)> = parsed.collect();
    let mut tables: Vec<Table<'_>> = section.and_then(|value| value.table(&SERVICE)).into_iter().collect();
    for (file, tree) in &trees {
        tables.extend(service_file(name, *file, tree, desk));
    }
    if trees.len() < folder.tables.len() {
        // Its order and its releases may stand in what can't be parsed, so nothing of the rest can be placed:
        // that versions "can't be ordered" would be untrue. What else can't be parsed is said as well.
        folder.items.iter().for_each(|item| _ = syntax::parse(desk, item.file));
        return None;
    }
    let origin = Origin { file: folder.tables.first().copied().unwrap_or(main), offset: 0 };
    let mut service = service::service(name, &tables, origin, desk)?;
    for item in &folder.items {
        add_item(item, &mut service, known, desk);
    }
    Some(service)
}

/// The table `[service.NAME]` of a file in the service's folder, which holds nothing else.
fn service_file<'a>(name: &Name, file: u32, tree: &'a Map<'a>, desk: &'a Desk<'a>) -> Option<Table<'a>> {
    let root = only(file, tree, "service", desk);
    let mut table = None;
    let mut any = false;
    for entry in root.get("service").and_then(Value::entries).into_iter().flatten() {
        any = true;
        if entry.key == name.as_str() {
            table = entry.value.table(&SERVICE);
        } else {
            let message = format!("the service {} stands in the folder of `{name}`", quoted(entry.key));
            let hint = format!("files in `services/{name}` hold only `[service.{name}]`");
            desk.report(Mistake::at(entry.key_place, message).hint(hint));
        }
    }
    if !any && tree.entries().is_empty() {
        // An emptied file: whatever stood in it must not be missed silently.
        let path = desk.sources.file(file).map_or("", |source| &source.path);
        let message = format!("{} holds no `[service.{name}]`", quoted(path));
        let hint = "write its keys, bring back what was lost, or delete the file";
        desk.report(Mistake::at(Place::new(file, 0..0), message).hint(hint));
    }
    table
}

/// Opens a file of a folder, in which only one kind of table may stand.
fn only<'a>(file: u32, tree: &'a Map<'a>, word: &'static str, desk: &'a Desk<'a>) -> Table<'a> {
    let root = Table::open(tree, 0..0, file, &ROOT, desk);
    for (key, _) in tree.entries() {
        // Another key than those of the main file was reported when the table was opened.
        let Some(field) = ROOT.field(&key.text).filter(|field| field.name != word) else { continue };
        let path = desk.sources.file(file).map_or("", |source| &source.path);
        let message = format!("`{}` can't stand in {}", field.name, quoted(path));
        desk.report(Mistake::at(Place::new(file, key.span()), message).hint(home_of(field.name, word)));
    }
    root
}

fn home_of(key: &str, word: &str) -> String {
    let home = match key {
        "service" => "keys of a service stand in `services/<name>/service.toml`",
        "advisory" => "an advisory stands in `services/<name>/advisories/<id>.toml`",
        "instability" => "an instability stands in `services/<name>/instabilities/<id>.toml`",
        "sign-off" => "a sign-off stands in `services/<name>/sign-offs/<key>/<id>.toml`",
        "debt" => "a debt stands in `services/<name>/debts/<id>.toml`",
        _ => "it stands in the main file only",
    };
    format!("this file holds `[{word}.…]` only; {home}")
}

/// The one table of a file that is named by its id.
fn item_entry<'a>(item: &Item, tree: &'a Map<'a>, desk: &'a Desk<'a>) -> Option<Entry<'a>> {
    let word = item.slot.word();
    let root = only(item.file, tree, word, desk);
    let wanted = || format!("this file holds exactly `[{word}.{}]`", item.id);
    let path = desk.sources.file(item.file).map_or("", |source| &source.path);
    if !root.has(word) {
        let message = format!("{} holds no `{word}`", quoted(path));
        desk.report(Mistake::at(Place::new(item.file, 0..0), message).hint(wanted()));
        return None;
    }
    let mut found = None;
    let mut any = false;
    for entry in root.get(word)?.entries()? {
        any = true;
        if entry.key == item.id.as_str() {
            found = Some(entry);
        } else {
            let message = format!("{} can't stand in {}", quoted(entry.key), quoted(path));
            desk.report(Mistake::at(entry.key_place, message).hint(wanted()));
        }
    }
    if !any {
        let message = format!("{} holds no `{word}`", quoted(path));
        desk.report(Mistake::at(Place::new(item.file, 0..0), message).hint(wanted()));
    }
    found
}

/// Adds what a file of a service's folder holds.
fn add_item(item: &Item, service: &mut Service, known: &Known<'_>, desk: &Desk<'_>) {
    let Some(tree) = syntax::parse(desk, item.file) else { return };
    let Some(entry) = item_entry(item, &tree, desk) else { return };
    let id = item.id.clone();
    match item.slot {
        Slot::Advisory => service.flags.extend(own_flag(FlagKind::Advisory, id, entry.value, service, known)),
        Slot::Instability => {
            service.flags.extend(own_flag(FlagKind::Instability, id, entry.value, service, known))
        }
        Slot::SignOff(key) => add_sign_off(id, entry.value, Some(key), service),
        Slot::Debt => add_debt(id, entry.value, true, service),
    }
}

fn own_flag(kind: FlagKind, id: Id, value: Value<'_>, service: &Service, known: &Known<'_>) -> Option<Flag> {
    let services = |name: &Name| (*name == service.name).then_some(service);
    let home = Home { folder: Some(&service.name), services: &services, known };
    flag::flag(kind, id, &value.table(flag::shape(kind))?, &home)
}

fn add_sign_off(id: Id, value: Value<'_>, folder: Option<Key>, service: &mut Service) {
    let Some(table) = value.table(&SIGN_OFF) else { return };
    if folder.is_some() {
        sign_off::check_service(&table, &service.name);
    }
    service.sign_offs.extend(sign_off::sign_off(id, &table, folder));
}

fn add_debt(id: Id, value: Value<'_>, in_folder: bool, service: &mut Service) {
    let Some(table) = value.table(&DEBT) else { return };
    if in_folder {
        sign_off::check_service(&table, &service.name);
    }
    service.debts.extend(sign_off::debt(id, &table, &service.scale));
}

/// Adds the sign-offs and debts of the main file to their services, but those of other services.
pub(super) fn add_acceptances(root: &Table<'_>, known: &Known<'_>, services: &mut BTreeMap<Name, Service>) {
    for (slot, shape) in [("sign-off", &SIGN_OFF), ("debt", &DEBT)] {
        for entry in root.get(slot).and_then(Value::entries).into_iter().flatten() {
            let Some((id, service)) = acceptance(&entry, shape, known, services) else { continue };
            match slot {
                "sign-off" => add_sign_off(id, entry.value, None, service),
                _ => add_debt(id, entry.value, false, service),
            }
        }
    }
}

/// The id and the service of a sign-off or a debt. Without a service it is reported, shape and all.
fn acceptance<'s>(
    entry: &Entry<'_>,
    shape: &'static Shape,
    known: &Known<'_>,
    services: &'s mut BTreeMap<Name, Service>,
) -> Option<(Id, &'s mut Service)> {
    let desk = entry.value.desk;
    let map = entry.value.node().as_table();
    if map.is_some_and(|map| flag::names_other(map, known, desk)) {
        return None;
    }
    let id = entry.id()?;
    let Some(map) = map else { return entry.value.wrong("a table", None) };
    let Some(value) = map.get("service") else {
        return entry.value.table(shape)?.get("service").and(None); // reports what is missing, and what is misspelt
    };
    let value = entry.value.inner("service", value);
    let name = value.name()?;
    if !known.check(&name, value.place(), desk) {
        return None;
    }
    services.get_mut(&name).map(|service| (id, service))
}

/// The flags of the main file and of the shared folders, but those on other services.
pub(super) fn shared_flags<'a>(
    root: &Table<'a>,
    common: &Common<'_>,
    known: &Known<'_>,
    services: &BTreeMap<Name, Service>,
) -> Vec<Flag> {
    let desk = root.desk;
    let lookup = |name: &Name| services.get(name);
    let home = Home { folder: None, services: &lookup, known };
    let mut flags = Vec::new();
    for (word, kind) in [("advisory", FlagKind::Advisory), ("instability", FlagKind::Instability)] {
        for entry in root.get(word).and_then(Value::entries).into_iter().flatten() {
            if flag::is_of_others(entry.value.node(), known, desk) {
                continue;
            }
            let id = entry.id();
            let Some(table) = entry.value.table(flag::shape(kind)) else { continue };
            flags.extend(id.and_then(|id| flag::flag(kind, id, &table, &home)));
        }
    }
    for (item, tree) in &common.shared {
        let ready = common.ready.get(&item.file).cloned();
        flags.extend(ready.or_else(|| shared_file(item, tree, &home, desk)));
    }
    flags
}

fn shared_file(item: &Item, tree: &Map<'_>, home: &Home<'_>, desk: &Desk<'_>) -> Option<Flag> {
    let kind = if item.slot == Slot::Advisory { FlagKind::Advisory } else { FlagKind::Instability };
    let entry = item_entry(item, tree, desk)?;
    if flag::is_of_others(entry.value.node(), home.known, desk) {
        return None;
    }
    flag::flag(kind, item.id.clone(), &entry.value.table(flag::shape(kind))?, home)
}
