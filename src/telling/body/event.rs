//! `holdpoint/event/v1`: an event as our own JSON, for programs. Fields may be added, none is ever renamed.
//!
//! A webhook gets it as its body, a CloudEvent as its data, a command on its standard input, a file as a line.
//! `type`, `timestamp` and `data` are called as Standard Webhooks calls them.

use serde::Serialize;
use serde_json::{Value, json};

use super::event_id;
use super::text::{cut, fitting, seen};
use crate::model::format_time;
use crate::telling::Message;

/// The name of this format.
pub const SCHEMA: &str = "holdpoint/event/v1";

/// The longest sentence, paragraph, and value of a field.
const SENTENCE: usize = 1000;
const PARAGRAPH: usize = 8000;
const FIELD: usize = 1000;
/// How many fields are told.
const FIELDS: usize = 50;
/// The largest `data`: what carries events between programs need not take more than 64 KiB.
const DATA: usize = 32 * 1024;

#[derive(Serialize)]
struct Event {
    schema: &'static str,
    id: String,
    #[serde(rename = "type")]
    kind: String,
    timestamp: String,
    service: Option<String>,
    environment: Option<String>,
    team: Option<String>,
    incident: Option<String>,
    urgency: &'static str,
    subject: String,
    resolves: bool,
    sentence: String,
    paragraph: String,
    fields: Vec<Field>,
    command: Option<String>,
    link: Option<String>,
    data: Value,
}

#[derive(Serialize)]
struct Field {
    name: String,
    value: String,
}

/// The event.
pub fn event(message: &Message) -> Value {
    let short = |text: &Option<Box<str>>| text.as_deref().map(|text| fitting(text, FIELD));
    let fields = message.fields.iter().take(FIELDS);
    let event = Event {
        schema: SCHEMA,
        id: event_id(message),
        kind: fitting(&message.kind, FIELD),
        timestamp: format_time(message.at),
        service: short(&message.service),
        environment: short(&message.environment),
        team: short(&message.team),
        incident: short(&message.incident),
        urgency: message.urgency.word(),
        subject: fitting(&message.subject_key, FIELD),
        resolves: message.resolves,
        sentence: fitting(&message.sentence, SENTENCE),
        paragraph: fitting(&message.paragraph, PARAGRAPH),
        fields: fields
            .map(|(name, value)| Field { name: fitting(name, FIELD), value: fitting(value, FIELD) })
            .collect(),
        command: message.command.as_deref().map(|command| fitting(command, PARAGRAPH)),
        link: message.link.as_deref().map(|link| cut(&fitting(link, 2 * FIELD), 2 * FIELD).into_owned()),
        data: data(message),
    };
    // Plain data can't fail to become JSON.
    serde_json::to_value(event).unwrap_or_default()
}

/// The event as one line.
pub fn line(message: &Message) -> String {
    format!("{}\n", event(message))
}

/// What there is to know for programs; what is too large is left out, and says so.
fn data(message: &Message) -> Value {
    let data = seen(&message.data);
    let size = data.to_string().len();
    if size > DATA {
        json!({ "left_out": format!("{size} bytes; see the record, line {}", message.id) })
    } else {
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::is_unseen;
    use crate::telling::body::testing::{bare, hostile, message};

    #[test]
    fn an_event_says_all_there_is() {
        let event = event(&message());
        assert_eq!(event["schema"], "holdpoint/event/v1");
        assert_eq!(event["id"], "01KAF3M6Q0000000000000000A");
        assert_eq!(event["type"], "release.flagged");
        assert_eq!(event["timestamp"], "2026-11-22T03:05:00Z");
        assert_eq!(event["urgency"], "page");
        assert_eq!(event["fields"][2], json!({ "name": "safe target", "value": "2.4.0" }));
        assert_eq!(event["data"]["flag"], "CVE-2026-31337");
        assert_eq!(event["resolves"], false);
    }

    #[test]
    fn what_is_not_known_is_null_and_every_key_is_there() {
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&event(&bare())), keys(&event(&message())));
        assert_eq!(event(&bare())["service"], Value::Null);
    }

    #[test]
    fn a_line_is_one_line_of_a_sensible_size_whatever_was_written() {
        let line = line(&Message { data: json!({ "long": "x".repeat(40_000) }), ..hostile() });
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.len() < 250_000, "{}", line.len());
        let back: Value = serde_json::from_str(&line).unwrap();
        assert!(!back.to_string().contains(is_unseen));
        assert!(back["data"]["left_out"].is_string());
    }
}
