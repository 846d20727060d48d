//! Flags: `[advisory.ID]` and `[instability.ID]`, which have the same shape.

use std::collections::HashMap;

use crate::judge::Code;
use crate::model::{
    Affects, Flag, FlagKind, Id, Level, Mitigation, Name, Narrowed, Scope, Service, Severity, Vector,
};
use crate::registry::desk::Desk;
use crate::registry::document::{Map, Node};
use crate::registry::known::Known;
use crate::registry::mistake::{Mistake, Place};
use crate::registry::reader::{Table, Value};
use crate::registry::shape::{ADVISORY, INSTABILITY, MITIGATION, NARROWED, Shape, WITHDRAWN};
use crate::registry::wording::quoted;
use crate::registry::{affects, release};

/// Where a flag stands, and what is known around it.
#[derive(Clone, Copy)]
pub(super) struct Home<'a> {
    /// The service whose folder it stands in; None: it may name several.
    pub(super) folder: Option<&'a Name>,
    /// The services that were loaded.
    pub(super) services: &'a dyn Fn(&Name) -> Option<&'a Service>,
    pub(super) known: &'a Known<'a>,
}

/// The shape of a kind of flag.
pub(super) fn shape(kind: FlagKind) -> &'static Shape {
    match kind {
        FlagKind::Advisory => &ADVISORY,
        FlagKind::Instability => &INSTABILITY,
    }
}

/// Whether a flag, not yet read, surely hits only services that the question isn't about.
pub(super) fn is_of_others(flag: &Node<'_>, known: &Known<'_>, desk: &Desk<'_>) -> bool {
    let affects = flag.as_table().and_then(|table| table.get("affects"));
    let Some(entries) = affects.and_then(|affects| affects.as_array()) else { return false };
    !entries.is_empty() && entries.iter().all(|entry| is_of_other(entry, known, desk))
}

/// Whether one entry of `affects` surely names another service.
pub(super) fn is_of_other(entry: &Node<'_>, known: &Known<'_>, desk: &Desk<'_>) -> bool {
    let Some(table) = entry.as_table() else { return false };
    table.get("services").is_none() && names_other(table, known, desk)
}

/// Whether `service` of a table, not yet read, surely names another service.
pub(super) fn names_other(table: &Map<'_>, known: &Known<'_>, desk: &Desk<'_>) -> bool {
    let name = table.get("service").and_then(|name| name.as_str());
    name.is_some_and(|name| known.is_other(name, desk))
}

/// Reads a flag. None: it is wrong, or it hits nothing that was asked for.
pub(super) fn flag(kind: FlagKind, id: Id, table: &Table<'_>, home: &Home<'_>) -> Option<Flag> {
    let title = table.text("title");
    let affects = affects::affects(table, home);
    let (severity, cvss) = severity(table);
    check_id(&id, table);
    let flag = Flag {
        kind,
        id,
        title: title.unwrap_or_default(),
        url: table.text("url"),
        severity,
        cvss,
        exploited: table.bool("exploited").unwrap_or(false),
        compromised: table.bool("compromised").unwrap_or(false),
        aliases: table.texts("aliases"),
        recorded: table.time("recorded"),
        effective: table.time("effective"),
        until: table.until("until"),
        by: table.text("by"),
        ticket: table.text("ticket"),
        withdrawn: release::withdrawn(table, "withdrawn", &WITHDRAWN),
        narrowed: narrowed(table, &affects, home),
        mitigations: mitigations(table),
        affects,
        origin: table.origin(),
    };
    check_life(&flag, table);
    (!flag.affects.is_empty()).then_some(flag)
}

/// Refuses an id that is the code of a reason: a sign-off that names it would accept both.
fn check_id(id: &Id, table: &Table<'_>) {
    if Code::from_word(id.as_str()).is_some() {
        let message =
            format!("{} is the code of a reason, so it can't be the id of a flag", quoted(id.as_str()));
        table.desk.report(Mistake::at(table.place(), message).hint("give the flag another id"));
    }
}

/// Refuses a flag that is over before it begins: it would never count, without a word.
fn check_life(flag: &Flag, table: &Table<'_>) {
    for (key, begins) in [("recorded", flag.recorded), ("effective", flag.effective)] {
        if let (Some(until), Some(begins)) = (flag.until, begins)
            && until <= begins
            && let Some(value) = table.get("until")
        {
            let hint =
                "correct the date; a flag that is over is withdrawn with `withdrawn = { at, by, reason }`";
            value.report_hint(format!("`until` is not after `{key}`, so the flag would never count"), hint);
        }
    }
}

/// The word, and the vector behind it. A vector that can't be read is only said: the flag must count.
fn severity(table: &Table<'_>) -> (Severity, Option<Vector>) {
    let word = table.word("severity", Severity::WORDS, Severity::from_word);
    let vector = table.get("cvss").and_then(|value| Some((value, value.text()?)));
    let read = vector.and_then(|(value, text)| {
        let read = Vector::parse(text);
        if read.is_none() {
            let message = format!("the CVSS vector {} can't be read, so it gives no score", quoted(text));
            let severity = word.map_or(Severity::Unknown, |word| word);
            let hint = format!("correct it, or leave it out; the severity is taken to be `{severity}`");
            value.desk.report(Mistake::at(value.place(), message).hint(hint).warning());
        }
        read
    });
    (word.or_else(|| read.as_ref().map(Vector::severity)).unwrap_or_default(), read)
}

/// What the range was before, for each loaded service that the flag names, or for the one that it says.
fn narrowed(table: &Table<'_>, affects: &[Affects], home: &Home<'_>) -> Option<Narrowed> {
    let table = table.table("narrowed", &NARROWED)?;
    let (at, was, only) = (table.time("at"), table.get("was"), table.name("service"));
    if let (Some(only), Some(value)) = (&only, table.get("service"))
        && home.folder.is_some_and(|folder| folder != only)
    {
        value.report(format!("the flag doesn't name {}", quoted(only.as_str())));
    }
    let mut ranges = Vec::new();
    for entry in affects {
        let Scope::One(name) = &entry.scope else { continue };
        let other = only.as_ref().is_some_and(|only| only != name);
        if other || ranges.iter().any(|(known, _)| known == name) {
            continue;
        }
        if let (Some(service), Some(was)) = ((home.services)(name), was) {
            ranges.extend(was.ranges(&service.scale).map(|range| (name.clone(), range)));
        }
    }
    Some(Narrowed { at: at?, was: ranges })
}

fn mitigations(table: &Table<'_>) -> Vec<Mitigation> {
    let mut all: Vec<Mitigation> = Vec::new();
    let mut places: HashMap<String, Place> = HashMap::new();
    for table in table.tables("mitigation", &MITIGATION) {
        let Some(mitigation) = mitigation(&table) else { continue };
        let lower = mitigation.id.as_str().to_ascii_lowercase();
        if let (Some(first), Some(value)) = (places.get(&lower), table.get("id")) {
            let message = format!("the mitigation {} stands here twice", quoted(mitigation.id.as_str()));
            table.desk.report(Mistake::at(value.place(), message).also(first.clone(), "first defined here"));
        }
        let start = mitigation.origin.offset as usize;
        places.entry(lower).or_insert_with(|| Place::new(table.file, start..start));
        all.push(mitigation);
    }
    all
}

fn mitigation(table: &Table<'_>) -> Option<Mitigation> {
    let id = table.get("id").and_then(Value::id);
    let instruction = table.text("do");
    let lowers_to = table.word("lowers_to", &["allow", "warn", "hold", "block"], level);
    let hours = table.get("hours").and_then(Value::count);
    Some(Mitigation {
        id: id?,
        instruction: instruction?,
        lowers_to: lowers_to?,
        hours,
        origin: table.origin(),
    })
}

/// The level with this word.
pub(super) fn level(word: &str) -> Option<Level> {
    Level::ALL.into_iter().find(|level| level.word() == word)
}
