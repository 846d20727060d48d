//! A service, put together from all its tables: one in the main file, one in each `*.toml` of its folder.

use std::collections::{BTreeMap, HashMap};

use crate::model::{Barrier, Floor, Name, Origin, Owners, Service, Support};
use crate::registry::desk::Desk;
use crate::registry::document::Data;
use crate::registry::mistake::{Mistake, Place};
use crate::registry::reader::{Entry, Table, Value};
use crate::registry::shape::{BARRIER, OWNER, RAN, RELEASE, SUPPORT, Shape};
use crate::registry::wording::{meant, quoted};
use crate::registry::{release, state};
use crate::version::{Order, Scale, check_text};

/// The tables of one service.
struct Parts<'a> {
    name: &'a Name,
    tables: &'a [Table<'a>],
    desk: &'a Desk<'a>,
}

/// Reads a service. None: not even its order is known, so nothing else of it can be read.
pub(super) fn service(name: &Name, tables: &[Table<'_>], origin: Origin, desk: &Desk<'_>) -> Option<Service> {
    read(name, tables, origin, desk, None)
}

/// Reads what is supposed of a service that is known: its versions compare as they do.
pub(super) fn supposed(known: &Service, table: Table<'_>, desk: &Desk<'_>) -> Option<Service> {
    if let Some(place) = table.key_place("order") {
        let message = format!("how versions of {} compare can't be supposed", quoted(known.name.as_str()));
        desk.report(Mistake::at(place, message).hint("leave `order` out: the registry says it"));
    }
    read(&known.name, &[table], table.origin(), desk, Some(known))
}

fn read(
    name: &Name,
    tables: &[Table<'_>],
    origin: Origin,
    desk: &Desk<'_>,
    known: Option<&Service>,
) -> Option<Service> {
    let parts = Parts { name, tables, desk };
    let order = known.map_or_else(|| parts.order(), |known| Some(known.scale.order()))?;
    let releases = parts.tables("release", &RELEASE, order == Order::Listed);
    let scale = match order {
        Order::Listed => {
            let before: Vec<&str> =
                known.into_iter().flat_map(|of| &of.releases).map(|of| &*of.version.text).collect();
            let listed = releases.iter().filter_map(|table| table.version("version"));
            let new = listed.filter(|version| !before.contains(version));
            Scale::listed(before.iter().copied().chain(new).collect::<Vec<_>>())
        }
        _ => Scale::new(order),
    };
    parts.check_releases(&releases);
    let mut releases: Vec<_> =
        releases.iter().filter_map(|table| release::release(table, name, &scale)).collect();
    if order != Order::Listed {
        releases.sort_by(|a, b| a.version.place.cmp(&b.version.place));
    }
    let owners = parts
        .one("owner")
        .and_then(|value| value.table(&OWNER))
        .map(|table| Owners { reliability: table.name("reliability"), security: table.name("security") });
    let floor = parts
        .one("floor")
        .and_then(|value| Some(Floor { version: value.placed(&scale)?, origin: value.origin() }));
    let support =
        parts.tables("support", &SUPPORT, false).into_iter().filter_map(|table| support(&table, &scale));
    let ran = parts.tables("ran", &RAN, true).into_iter().filter_map(|table| state::ran(&table, &scale));
    let barriers = parts.tables("barrier", &BARRIER, false).into_iter();
    let barriers: Vec<_> = barriers.filter_map(|table| release::barrier(&table, &scale)).collect();
    check_barriers(&barriers, desk);
    Some(Service {
        name: name.clone(),
        about: parts.text("about"),
        owners: owners.unwrap_or_default(),
        tier: parts.text("tier"),
        images: parts.each("images").filter_map(Value::texts).flatten().collect(),
        deploy: parts.text("deploy"),
        floor,
        support: support.collect(),
        running: parts.by_environment("running", |value| state::running(value, &scale)),
        ran: ran.collect(),
        entered: parts.by_environment("entered", |value| state::entered(value, &scale)),
        under_way: parts.by_environment("under-way", |value| state::under_way(value, &scale)),
        settled: parts.by_version("settled", state::settled),
        releases,
        barriers,
        flags: Vec::new(),
        sign_offs: Vec::new(),
        debts: Vec::new(),
        origin: tables.first().map_or(origin, Table::origin),
        scale,
    })
}

/// Refuses a second barrier before the same release: a sign-off names a barrier by its `before`, so one that
/// was given for the first would cover the second unseen.
fn check_barriers(barriers: &[Barrier], desk: &Desk<'_>) {
    let place = |barrier: &Barrier| {
        let offset = barrier.origin.offset as usize;
        Place::new(barrier.origin.file, offset..offset)
    };
    for (index, barrier) in barriers.iter().enumerate() {
        let mut earlier = barriers.iter().take(index);
        if let Some(first) = earlier.find(|first| first.before.place == barrier.before.place) {
            let message = format!("a second barrier before {}", quoted(&barrier.before.text));
            let mistake = Mistake::at(place(barrier), message).also(place(first), "first defined here");
            desk.report(mistake.hint("say both in one barrier: a sign-off names a barrier by its `before`"));
        }
    }
}

fn support(table: &Table<'_>, scale: &Scale) -> Option<Support> {
    let (versions, until) = (table.ranges("versions", scale), table.until("until"));
    Some(Support { versions: versions?, until: until?, origin: table.origin() })
}

impl<'a> Parts<'a> {
    /// The values of a key, one for each table that has it.
    fn each(&self, key: &'static str) -> impl Iterator<Item = Value<'a>> + use<'a> {
        self.tables.iter().filter_map(move |table| table.get(key))
    }

    /// The only value of a key; a second one is reported.
    fn one(&self, key: &'static str) -> Option<Value<'a>> {
        self.check_once(key, "");
        self.each(key).next()
    }

    fn text(&self, key: &'static str) -> Option<Box<str>> {
        self.one(key)?.text().map(Box::from)
    }

    fn check_once(&self, key: &'static str, why: &str) {
        let mut places = self.tables.iter().filter_map(|table| table.key_place(key));
        let Some(first) = places.next() else { return };
        for again in places {
            let message = format!("`{key}` of {} stands in two files{why}", quoted(self.name.as_str()));
            let hint = "keep it in one of them";
            self.desk
                .report(Mistake::at(again, message).also(first.clone(), "first defined here").hint(hint));
        }
    }

    /// The tables of a list, file after file; `ordered`: in one file only, since the order would be a guess.
    fn tables(&self, key: &'static str, shape: &'static Shape, ordered: bool) -> Vec<Table<'a>> {
        if ordered {
            self.check_once(key, ", and their order would be a guess");
        }
        self.each(key).flat_map(|value| value.tables(shape)).collect()
    }

    /// The entries of a map that may be spread over files, each key once.
    fn entries(&self, key: &'static str) -> Vec<Entry<'a>> {
        let mut first: BTreeMap<&str, Place> = BTreeMap::new();
        let mut all = Vec::new();
        for entry in self.each(key).filter_map(Value::entries).flatten() {
            if let Some(first) = first.get(entry.key) {
                let message = format!("{} of `{key}` stands in two files", quoted(entry.key));
                let mistake =
                    Mistake::at(entry.key_place.clone(), message).also(first.clone(), "first defined here");
                self.desk.report(mistake.hint("keep it in one of them"));
            }
            first.entry(entry.key).or_insert_with(|| entry.key_place.clone());
            all.push(entry);
        }
        all
    }

    fn by_environment<T>(
        &self,
        key: &'static str,
        read: impl Fn(Value<'a>) -> Option<T>,
    ) -> BTreeMap<Name, T> {
        let entry = |entry: Entry<'a>| {
            let name = entry.name();
            if let Some(name) = &name {
                self.desk.check_environment(name, || entry.key_place.clone());
            }
            let value = read(entry.value);
            Some((name?, value?))
        };
        self.entries(key).into_iter().filter_map(entry).collect()
    }

    fn by_version<T>(
        &self,
        key: &'static str,
        read: impl Fn(Value<'a>) -> Option<T>,
    ) -> BTreeMap<Box<str>, T> {
        let entry = |entry: Entry<'a>| {
            if let Err(error) = check_text(entry.key) {
                let message = format!("{error}: {}", quoted(entry.key));
                self.desk.report(Mistake::at(entry.key_place.clone(), message));
            }
            Some((Box::from(entry.key), read(entry.value)?))
        };
        self.entries(key).into_iter().filter_map(entry).collect()
    }

    /// `order`, semver when it isn't there; None when it is wrong.
    fn order(&self) -> Option<Order> {
        let Some(value) = self.one("order") else { return Some(Order::default()) };
        let word = value.text()?;
        let order = Order::from_word(word);
        if order.is_none() {
            let hint = meant(word, Order::WORDS.iter().copied(), "known:");
            let message = format!("no order {}", quoted(word));
            self.desk.report(Mistake::at(value.place(), message).maybe_hint(hint));
        }
        order
    }

    /// Reports a version that is registered twice.
    fn check_releases(&self, releases: &[Table<'a>]) {
        let mut first: HashMap<&str, Place> = HashMap::with_capacity(releases.len());
        for table in releases {
            let Some(value) = table.has("version").then(|| table.get("version")).flatten() else { continue };
            let Data::Text(version) = value.raw() else { continue };
            if let Some(first) = first.get(&**version) {
                let message = format!("the release {} stands here twice", quoted(version));
                self.desk
                    .report(Mistake::at(value.place(), message).also(first.clone(), "first defined here"));
                continue;
            }
            first.insert(version, value.place());
        }
    }
}
