//! The record of one service, line by line, each with what is needed to find and to verify it again.
//!
//! Nothing is passed over: a line of a later holdpoint, one that can't be read and an empty one are lines as well,
//! for whoever samples the record must be able to count them.

use serde_json::{Map, Value};

use crate::model::{Name, Time, parse_time};
use crate::record::{Deed, Line, Raw, Statement, each_line, files, hash_of};
use crate::registry::{Tree, TreeError};

/// The lines of a service, in their order.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// Whose.
    pub service: Name,
    /// The files, by path inside the registry.
    pub files: Vec<String>,
    /// The lines.
    pub entries: Vec<Entry>,
}

/// One line.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The place of its file in [`Ledger::files`].
    pub file: usize,
    /// Its number there, from 1.
    pub line: usize,
    /// Its SHA-256 with a newline behind it, in hexadecimal: what the next line's `prev` must be.
    pub hash: String,
    /// Its number in the record.
    pub seq: Option<u64>,
    /// The hash of the line before, as it says.
    pub prev: Option<Box<str>>,
    /// When; of a line that doesn't say, the time of the line before it.
    pub at: Time,
    /// What it says.
    pub says: Says,
}

/// What a line says, as far as it is understood.
#[derive(Debug, Clone)]
pub enum Says {
    /// A line as this holdpoint writes them.
    Known(Box<Statement>),
    /// Somebody was told of a line.
    Told(Told),
    /// A line of a kind that isn't known here.
    Other(Box<Map<String, Value>>),
    /// It can't be read, and why.
    Unreadable(Box<str>),
}

/// That somebody was told of a line, or could not be. Whatever is missing stays empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The ids of the lines that were told of.
    pub of: Vec<Box<str>>,
    /// Who, or by which way.
    pub who: Option<Box<str>>,
    /// When.
    pub at: Option<Time>,
    /// What came back.
    pub answer: Option<Box<str>>,
    /// Whether it arrived; a line that doesn't say so means that.
    pub arrived: bool,
}

impl Entry {
    /// The word of its kind; of what can't be read, `unreadable`.
    pub fn kind(&self) -> &str {
        match &self.says {
            Says::Known(says) => says.deed.word(),
            Says::Told(_) => TOLD,
            Says::Other(fields) => fields.get("kind").and_then(Value::as_str).unwrap_or(UNREADABLE),
            Says::Unreadable(_) => UNREADABLE,
        }
    }

    /// What it says, if it is of a kind that is known here.
    pub fn known(&self) -> Option<&Statement> {
        match &self.says {
            Says::Known(says) => Some(says),
            _ => None,
        }
    }

    /// What was done, if it is of a kind that is known here.
    pub fn deed(&self) -> Option<&Deed> {
        self.known().map(|says| &says.deed)
    }

    /// Its id.
    pub fn id(&self) -> Option<&str> {
        match &self.says {
            Says::Known(says) => Some(&says.id),
            Says::Other(fields) => fields.get("id").and_then(Value::as_str),
            Says::Told(_) | Says::Unreadable(_) => None,
        }
    }
}

/// The kind of lines that say who was told.
const TOLD: &str = "told";
/// What stands for the kind of a line that can't be read.
const UNREADABLE: &str = "unreadable";

impl Ledger {
    /// Reads the record of a service.
    ///
    /// # Errors
    /// When a file of it can't be read. A line that can't is one of the lines.
    pub fn read(tree: &dyn Tree, service: &Name) -> Result<Ledger, TreeError> {
        let files = files(tree, service)?.unwrap_or_default().months;
        let mut entries: Vec<Entry> = Vec::new();
        for (index, file) in files.iter().enumerate() {
            each_line(tree, file, &mut |raw| {
                let before = entries.last().map_or(Time::MIN_UTC, |entry| entry.at);
                entries.push(entry(index, raw, before));
            })?;
        }
        Ok(Ledger { service: service.clone(), files, entries })
    }

    /// Where a line stands: `log/checkout/2026-11.jsonl`.
    pub fn file(&self, entry: &Entry) -> &str {
        self.files.get(entry.file).map_or("", String::as_str)
    }

    /// What the known lines say, with the place of each.
    pub fn known(&self) -> impl DoubleEndedIterator<Item = (usize, &Statement)> {
        self.entries.iter().enumerate().filter_map(|(place, entry)| Some((place, entry.known()?)))
    }
}

fn entry(file: usize, raw: Raw<'_>, before: Time) -> Entry {
    let (line, hash) = (raw.number, hash_of(raw.bytes));
    match serde_json::from_slice::<Line>(raw.bytes) {
        Ok(Line { seq, statement, prev }) if statement.deed.word() != TOLD => {
            let (at, says) = (statement.at, Says::Known(Box::new(statement)));
            Entry { file, line, hash, seq: Some(seq), prev: Some(prev), at, says }
        }
        unknown => {
            let fields = serde_json::from_slice::<Map<String, Value>>(raw.bytes);
            let fields = fields.ok().filter(|fields| fields.get("kind").is_some_and(Value::is_string));
            let Some(fields) = fields else {
                let why = match unknown.err() {
                    _ if raw.bytes.trim_ascii().is_empty() => "it is empty".into(),
                    why => why.map_or_else(String::new, |why| why.to_string()),
                };
                let says = Says::Unreadable(why.into());
                return Entry { file, line, hash, seq: None, prev: None, at: before, says };
            };
            let text = |field: &str| fields.get(field).and_then(Value::as_str);
            let (seq, prev) = (fields.get("seq").and_then(Value::as_u64), text("prev").map(Into::into));
            let at = text("at").and_then(|at| parse_time(at).ok()).unwrap_or(before);
            let says = match text("kind") {
                Some(TOLD) => Says::Told(told(&fields)),
                _ => Says::Other(Box::new(fields)),
            };
            Entry { file, line, hash, seq, prev, at, says }
        }
    }
}

fn told(fields: &Map<String, Value>) -> Told {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(flag) => Some(flag.to_string().into()),
        _ => None,
    };
    let field = |name: &str| fields.get(name).and_then(text);
    let of = match fields.get("of") {
        Some(Value::Array(list)) => list.iter().filter_map(text).collect(),
        Some(one) => text(one).into_iter().collect(),
        None => Vec::new(),
    };
    let at = fields.get("at").and_then(Value::as_str).and_then(|at| parse_time(at).ok());
    let who = match (field("who"), field("sink")) {
        (Some(who), Some(sink)) => Some(format!("{who} by {sink}").into()),
        (who, sink) => who.or(sink),
    };
    let arrived = fields.get("arrived").and_then(Value::as_bool).unwrap_or(true);
    Told { of, who, at, answer: field("answer"), arrived }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing::{at, book};

    #[test]
    fn every_line_is_there_whatever_it_is() {
        let ledger = book(
            r#"{"at":"2026-11-01T10:00:00Z","kind":"checked"}
{"kind":"told","of":"L1","sink":"chat","answer":200}
{"at":"2026-11-02T10:00:00Z","kind":"teleported","id":"X"}
nonsense

{"seq":9}"#,
        );
        let kinds: Vec<&str> = ledger.entries.iter().map(Entry::kind).collect();
        assert_eq!(kinds, ["checked", "told", "teleported", "unreadable", "unreadable", "unreadable"]);
        // What says no time has that of the line before.
        let times: Vec<Time> = ledger.entries.iter().map(|entry| entry.at).collect();
        assert_eq!(times[1], at("2026-11-01T10:00:00Z"));
        assert_eq!(times[5], at("2026-11-02T10:00:00Z"));
        let Says::Told(told) = &ledger.entries[1].says else { panic!("{ledger:?}") };
        let want = Told {
            of: vec!["L1".into()],
            who: Some("chat".into()),
            at: None,
            answer: Some("200".into()),
            arrived: true,
        };
        assert_eq!(*told, want);
        assert_eq!(ledger.entries[2].id(), Some("X"));
    }

    #[test]
    fn the_hash_of_a_line_is_what_the_next_one_holds() {
        let ledger = book("{\"kind\":\"checked\"}\n{\"kind\":\"checked\"}");
        assert_eq!(ledger.entries[1].prev.as_deref(), Some(&*ledger.entries[0].hash));
    }
}
