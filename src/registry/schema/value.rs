//! What a value may be, as a schema.

use serde_json::{Map, Value, json};

use super::reference;
use crate::judge::Code;
use crate::model::Zone;
use crate::registry::shape::{Field, Kind};

/// `[a-z0-9][a-z0-9._-]*`.
pub(super) const NAME: &str = "^[a-z0-9][a-z0-9._-]*$";
/// `[A-Za-z0-9._-]+`, not beginning with a dot.
pub(super) const ID: &str = "^[A-Za-z0-9_-][A-Za-z0-9._-]*$";
/// Something that can be seen.
pub(super) const NOT_BLANK: &str = "\\S";
/// The longest name, id or version.
const LONGEST: u32 = 128;
/// A version: no comparator's beginning, no comma, no white space.
const VERSION: &str = "^[^<>=*^~!,\\s-][^,\\s]*$";
/// Control characters, and such as can't be seen, of which the common ones are named.
const UNSEEN: &str =
    "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff]";
/// Comparators with commas between them.
const RANGE: &str = "^\\s*(\\*|([<>]=?|=)?\\s*[^<>=*^~!,\\s-][^,\\s]*)\\s*(,\\s*(\\*|([<>]=?|=)?\\s*[^<>=*^~!,\\s-][^,\\s]*)\\s*)*$";
/// What TOML 1.1 has beyond the format `date-time`: a time without seconds; and any leap second.
const ODD_TIME: &str =
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:60(\\.[0-9]+)?)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";
/// A whole number from 1 and a unit.
const WINDOW: &str = "^0*[1-9][0-9]{0,7}[mhdw]$";

/// Two times of a day.
const HOURS: &str = "^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$";

/// What an editor shows beside a key: its documentation, and how its value is written.
pub(super) fn description(field: &Field) -> String {
    let how = match field.kind {
        Kind::Time => " Written without quotes: `2026-11-22T03:00:00Z`, or a date (its beginning, UTC).",
        Kind::Until => " Written without quotes: `2026-11-22T03:00:00Z`, or a date (to its end, UTC).",
        Kind::Window => " A whole number and `m`, `h`, `d` or `w`.",
        Kind::Ranges => " Comparators `>=`, `>`, `<=`, `<`, `=` with commas between them, or `*`.",
        _ => "",
    };
    format!("{}{how}", field.doc)
}

/// What a value of this kind may be.
pub(super) fn value(kind: Kind) -> Map<String, Value> {
    let schema = match kind {
        Kind::Format => json!({ "type": "integer", "enum": [1] }),
        Kind::Text => text(),
        Kind::Texts => list(text()),
        Kind::SomeTexts => some(text()),
        Kind::TextOrTexts => one_or_some(json!({ "type": "string", "minLength": 1 })),
        Kind::Word(words) => one_of(words),
        Kind::Words(words) => one_or_some(one_of(words)),
        Kind::Codes => one_or_some(codes()),
        Kind::Cases => one_or_some(one_of(&cases())),
        Kind::Name => name(),
        Kind::Names => some(name()),
        Kind::Id => id(),
        Kind::Version => version(),
        Kind::Versions => some(version()),
        Kind::VersionOrVersions => {
            json!({ "anyOf": [version(), { "type": "array", "items": version(), "uniqueItems": true }] })
        }
        Kind::Ranges => one_or_some(json!({ "type": "string", "pattern": RANGE })),
        Kind::Time | Kind::Until => time(),
        Kind::Window => json!({ "type": "string", "pattern": WINDOW }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Count => json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
        Kind::Score => json!({ "type": "number", "minimum": 0, "maximum": 10 }),
        Kind::Hours => one_or_some(json!({ "type": "string", "pattern": HOURS })),
        Kind::Zone => json!({ "type": "string", "enum": zones() }),
        Kind::NameOrNames => one_or_some(name()),
        Kind::BoolOrIds => json!({ "anyOf": [{ "type": "boolean" }, id(), some(id())] }),
        Kind::Star => json!({ "type": "string", "enum": ["*"] }),
        Kind::Table(shape) => json!({ "allOf": [reference(shape)] }),
        Kind::Tables(shape) => list(reference(shape)),
        Kind::Map(keys, kind) => map(keys, *kind),
    };
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

/// The words of all reasons.
pub(super) fn code_words() -> Vec<&'static str> {
    Code::ALL.into_iter().map(Code::word).collect()
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn some(items: Value) -> Value {
    json!({ "type": "array", "items": items, "minItems": 1 })
}

fn one_or_some(item: Value) -> Value {
    json!({ "anyOf": [item, some(item.clone())] })
}

fn one_of(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

/// A time with its offset, or a date. By the formats an editor that tells times from text knows which is wanted;
/// the pattern takes what they leave out: a time without seconds, and a leap second.
fn time() -> Value {
    json!({ "anyOf": [
        { "type": "string", "format": "date-time" },
        { "type": "string", "format": "date" },
        { "type": "string", "pattern": ODD_TIME },
    ] })
}

/// The codes of reasons, each with its documentation for the editors that show it.
fn codes() -> Value {
    let docs: Vec<&str> = Code::ALL.into_iter().map(Code::documentation).collect();
    json!({ "type": "string", "enum": code_words(), "x-taplo": { "docs": { "enumValues": docs } } })
}

fn cases() -> Vec<&'static str> {
    let mut cases: Vec<&str> = Code::ALL.into_iter().flat_map(Code::cases).copied().collect();
    cases.sort_unstable();
    cases.dedup();
    cases
}

fn zones() -> Vec<&'static str> {
    let mut zones: Vec<&str> = Zone::names().collect();
    zones.sort_unstable();
    zones
}

fn name() -> Value {
    json!({ "type": "string", "maxLength": LONGEST, "pattern": NAME })
}

fn id() -> Value {
    json!({ "type": "string", "maxLength": LONGEST, "pattern": ID })
}

fn version() -> Value {
    json!({ "type": "string", "maxLength": LONGEST, "pattern": VERSION, "not": { "pattern": UNSEEN } })
}

/// A table with keys of one's own choice.
fn map(keys: &str, kind: Kind) -> Value {
    let values = match kind {
        Kind::Table(shape) => reference(shape),
        kind => Value::Object(value(kind)),
    };
    json!({ "type": "object", "propertyNames": key(keys), "additionalProperties": values })
}

/// What the keys of such a table may be, by what the format says of them.
fn key(keys: &str) -> Value {
    match keys {
        "ids" => id(),
        "versions" => version(),
        _ => name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::SHAPES;

    /// A new word for keys would be taken for names without a word.
    #[test]
    fn the_keys_of_every_map_are_known() {
        for field in SHAPES.iter().flat_map(|shape| shape.fields) {
            if let Kind::Map(keys, _) = field.kind {
                assert!(["ids", "versions"].contains(&keys) || keys.starts_with("names of "), "{keys}");
            }
        }
    }
}
