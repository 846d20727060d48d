//! Which keys may stand together, and what single keys ask for beyond their kind: what the readers check.

use serde_json::{Map, Value, json};

use super::value::{ID, NAME, NOT_BLANK, code_words};
use crate::model::SinkKind;
use crate::registry::shape::{
    AFFECTS, BARRIER, CONDITION, ENTERED, FREEZE, FREEZE_CONDITION, Field, Kind, ROOT, RULE, SIGN_OFF, SINK,
    Shape,
};
use crate::registry::sink::keys_of;

/// The name of a variable of the environment, and what a signing secret begins with.
const VARIABLE: &str = "^[A-Za-z_][A-Za-z0-9_]*$";
const SIGNS: &str = "^whsec_";

/// The tables that may stand alone in a file of their own.
const OWN_FILE: [&str; 5] = ["service", "advisory", "instability", "sign-off", "debt"];

/// What holds for any file: the main file is known by having several tables or one of its own, and needs
/// `format`; any other holds one table.
pub(super) fn in_any_file() -> Map<String, Value> {
    let main_only = ROOT.names().filter(|name| !OWN_FILE.contains(name));
    let mut is_main: Vec<Value> = main_only.map(|name| json!({ "required": [name] })).collect();
    is_main.extend([json!({ "minProperties": 2 }), json!({ "maxProperties": 0 })]);
    let single: Map<String, Value> =
        OWN_FILE.into_iter().map(|name| (name.to_owned(), entries(name == "service"))).collect();
    let mut rule = Map::new();
    rule.insert("if".into(), json!({ "anyOf": is_main }));
    rule.insert("then".into(), json!({ "required": ["format"] }));
    rule.insert("else".into(), open(single.into()));
    rule
}

/// What holds for a file with one table only.
pub(super) fn one_table(word: &str, may_be_empty: bool) -> Map<String, Value> {
    let mut rule = Map::new();
    rule.insert("if".into(), true.into());
    rule.insert("then".into(), open(json!({ word: entries(may_be_empty) })));
    rule
}

fn entries(may_be_empty: bool) -> Value {
    if may_be_empty {
        json!({ "maxProperties": 1, "additionalProperties": true })
    } else {
        json!({ "minProperties": 1, "maxProperties": 1, "additionalProperties": true })
    }
}

/// What one key asks for beyond its kind.
pub(super) fn narrow(shape: &'static Shape, field: &Field, property: &mut Map<String, Value>) {
    let is = |of: &'static Shape, name: &str| std::ptr::eq(shape, of) && field.name == name;
    let mut set = |key: &str, value: Value| _ = property.insert(key.to_owned(), value);
    let (id, name) = (&ID[1..ID.len() - 1], &NAME[1..NAME.len() - 1]);
    if matches!(field.kind, Kind::Text) && field.required || is(&RULE, "name") || is(&AFFECTS, "tag") {
        set("pattern", NOT_BLANK.into());
    }
    if matches!(field.kind, Kind::Tables(of) if std::ptr::eq(of, &AFFECTS)) {
        set("minItems", 1.into());
    } else if std::ptr::eq(shape, &SINK) && field.name.ends_with("_env") {
        set("pattern", VARIABLE.into());
        set("not", json!({ "pattern": SIGNS }));
    } else if std::ptr::eq(shape, &SINK) && field.name.ends_with("_file") {
        set("pattern", NOT_BLANK.into());
    } else if is(&ENTERED, "by") {
        set("pattern", format!("^(sign-off|debt) (.* )?{id}$").into());
    } else if is(&SIGN_OFF, "with") {
        set("items", json!({ "type": "string", "pattern": format!("^{id}/{id}$") }));
    } else if is(&CONDITION, "environment") || is(&FREEZE_CONDITION, "environment") {
        // A glob, or the name of an environment.
        set("anyOf", one_or_some(json!({ "type": "string", "pattern": format!("[*?]|^{name}$") })));
    } else if is(&ROOT, "advisory") || is(&ROOT, "instability") {
        // A sign-off that names the code of a reason would accept both.
        let own = property.remove("propertyNames").unwrap_or_default();
        property
            .insert("propertyNames".into(), json!({ "allOf": [own, { "not": { "enum": code_words() } }] }));
    }
}

fn one_or_some(item: Value) -> Value {
    json!([item, { "type": "array", "items": item.clone(), "minItems": 1 }])
}

/// The rules on keys that stand together, or must not.
pub(super) fn of(shape: &'static Shape) -> Vec<Value> {
    let is = |of: &'static Shape| std::ptr::eq(shape, of);
    if is(&AFFECTS) {
        affects()
    } else if is(&BARRIER) {
        barrier()
    } else if is(&SIGN_OFF) {
        vec![json!({
            "if": says("accepts", json!({ "maxItems": 0 })),
            "then": says("with", json!({ "minItems": 1 })),
        })]
    } else if is(&FREEZE) {
        let some = ["when", "from", "until"].map(has);
        vec![json!({ "anyOf": some })]
    } else if is(&CONDITION) || is(&FREEZE_CONDITION) {
        calendar()
    } else if is(&SINK) {
        SinkKind::WORDS.iter().map(|kind| sink(kind)).collect()
    } else {
        Vec::new()
    }
}

/// Some keys of a table. Tombi takes such a list for all there are, unless it is told that others may follow.
fn open(properties: Value) -> Value {
    json!({ "properties": properties, "additionalProperties": true })
}

fn says(key: &str, value: Value) -> Value {
    json!({ "required": [key], "properties": { key: value }, "additionalProperties": true })
}

fn has(key: &str) -> Value {
    json!({ "required": [key] })
}

fn has_not(key: &str) -> Value {
    json!({ "not": has(key) })
}

fn affects() -> Vec<Value> {
    let no_tag_and_no_digests = [has_not("tag"), has_not("digests")];
    vec![
        json!({ "if": has_not("services"), "then": has("service") }),
        json!({
            "if": has("services"),
            "then": open(json!({ "service": false, "versions": false, "except": false, "fixed_in": false })),
        }),
        json!({
            "if": { "allOf": no_tag_and_no_digests },
            "then": { "if": has("services"), "then": has("tag"), "else": has("versions") },
        }),
        json!({ "if": has("digests"), "then": open(json!({ "versions": false })) }),
        json!({ "dependencies": { "except": ["versions"] } }),
    ]
}

fn calendar() -> Vec<Value> {
    let times = json!({ "anyOf": [has("weekday"), has("hours")] });
    vec![json!({ "if": times, "then": has("zone") }), json!({ "if": has("zone"), "then": times })]
}

fn barrier() -> Vec<Value> {
    let undo = says("undo", json!({ "pattern": NOT_BLANK }));
    let reversible = says("reversible", json!({ "enum": [true] }));
    vec![json!({ "if": reversible, "then": undo }), json!({ "if": undo, "then": reversible })]
}

/// What a sink of a kind may have, and what it needs.
fn sink(kind: &str) -> Value {
    let one_of = |one: &str, other: &str| json!({ "oneOf": [has(one), has(other)] });
    let needs = match kind {
        "webhook" => vec![
            one_of("url_env", "url_file"),
            json!({ "not": { "required": ["secret_env", "secret_file"] } }),
        ],
        "slack" => vec![one_of("url_env", "url_file")],
        "pagerduty" => vec![one_of("key_env", "key_file")],
        "email" => vec![has("command"), has("from"), has("to")],
        "command" => vec![has("command")],
        _ => vec![has("path")],
    };
    let keys = json!({ "propertyNames": { "enum": keys_of(kind) }, "allOf": needs });
    json!({ "if": says("kind", json!({ "enum": [kind] })), "then": keys })
}
