//! A message for a channel of Slack, by an incoming webhook: blocks, and one line for where blocks aren't shown.
//!
//! All text of others stands in plain text objects, which have no markup; only the command stands in a block of code.
//! `&`, `<` and `>` are escaped everywhere: a mention is written with them.

use serde_json::{Value, json};

use super::text::{cut, fitting, link};
use super::{Body, event_id};
use crate::model::format_time;
use crate::telling::{Message, Urgency};

/// The limits of Slack.
const HEADER: usize = 150;
const SECTION: usize = 3000;
const FIELD: usize = 2000;
const FIELDS: usize = 10;
/// The largest message; Slack's own limit is 8,000 characters.
const LARGEST: usize = 7900;

/// How long the texts may be.
#[derive(Clone, Copy)]
struct Room {
    header: usize,
    paragraph: usize,
    value: usize,
    command: usize,
}

impl Room {
    const USUAL: Room = Room { header: HEADER, paragraph: 2000, value: 240, command: 800 };

    fn half(self) -> Room {
        let half = |length: usize| (length / 2).max(16);
        Room {
            header: self.header,
            paragraph: half(self.paragraph),
            value: half(self.value),
            command: half(self.command),
        }
    }
}

/// The message.
pub fn body(message: &Message) -> Body {
    let mut room = Room::USUAL;
    loop {
        let body = Body::json("application/json; charset=utf-8", &laid(message, room));
        if body.text.len() <= LARGEST || room.paragraph <= 16 {
            return body;
        }
        room = room.half();
    }
}

fn laid(message: &Message, room: Room) -> Value {
    let sentence = format!("{}{}", sign(message), message.sentence);
    let mut blocks = vec![json!({ "type": "header", "text": plain_text(&sentence, room.header) })];
    if !message.paragraph.trim().is_empty() {
        let text = plain_text(&message.paragraph, room.paragraph.min(SECTION));
        blocks.push(json!({ "type": "section", "text": text }));
    }
    let fields: Vec<Value> = fields(message, room);
    if !fields.is_empty() {
        blocks.push(json!({ "type": "section", "fields": fields }));
    }
    if let Some(command) = message.command.as_deref().filter(|command| !command.trim().is_empty()) {
        let text = format!("```{}```", code(command, room.command));
        blocks
            .push(json!({ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } }));
    }
    blocks.push(json!({ "type": "context", "elements": [foot(message)] }));
    json!({ "text": escaped(&sentence, room.header), "blocks": blocks, "unfurl_links": false, "unfurl_media": false })
}

/// What tells at a glance how much it presses.
fn sign(message: &Message) -> &'static str {
    match message.urgency {
        _ if message.resolves => "Over: ",
        Urgency::Page => "Urgent: ",
        Urgency::Warn | Urgency::Info => "",
    }
}

fn fields(message: &Message, room: Room) -> Vec<Value> {
    let fields = message.fields.iter().filter(|(_, value)| !value.trim().is_empty());
    fields.take(FIELDS).map(|(name, value)| field(name, value, room)).collect()
}

fn field(name: &str, value: &str, room: Room) -> Value {
    let text = format!("{}\n{}", escaped(name, 40), escaped(value, room.value));
    json!({ "type": "plain_text", "text": cut(&text, FIELD), "emoji": false })
}

/// When, on which incident, the event's id, and where to read more.
fn foot(message: &Message) -> Value {
    let mut parts = vec![format!("{} UTC", format_time(message.at).replace('T', " ").trim_end_matches('Z'))];
    parts.extend(message.incident.as_deref().map(|incident| bare(incident, 100)));
    parts.push(format!("event {}", event_id(message)));
    if let Some(link) = link(message.link.as_deref()) {
        parts.push(format!("<{}|more>", escape(link)));
    }
    json!({ "type": "mrkdwn", "text": parts.join(" · "), "verbatim": true })
}

fn plain_text(text: &str, most: usize) -> Value {
    json!({ "type": "plain_text", "text": escaped(text, most), "emoji": false })
}

/// The text on one line, escaped, and then at most so many characters long.
fn escaped(text: &str, most: usize) -> String {
    let mut room = most;
    loop {
        let text = escape(&fitting(text, room));
        let length = text.chars().count();
        if length <= most || room == 0 {
            return if text.is_empty() { "…".to_owned() } else { text };
        }
        // As many fewer as it is too long, were all of them escaped by five.
        room -= (length - most).div_ceil(5).min(room);
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Text for a block of code: it can't end it.
fn code(command: &str, most: usize) -> String {
    escaped(command, most).replace("```", "'''")
}

/// Text where markup is read: without the characters of markup.
fn bare(text: &str, most: usize) -> String {
    escaped(text, most).replace(['*', '_', '~', '`'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telling::body::testing::{HOSTILE, bare, hostile, message};

    fn of(message: &Message) -> Value {
        serde_json::from_str(&body(message).text).unwrap()
    }

    /// All texts that Slack would read for markup or mentions.
    fn texts(value: &Value) -> Vec<&str> {
        match value {
            Value::String(text) => vec![text],
            Value::Array(items) => items.iter().flat_map(texts).collect(),
            Value::Object(map) => map.values().flat_map(texts).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_message_has_its_sentence_what_to_do_and_where_it_comes_from() {
        let body = of(&message());
        assert!(body["text"].as_str().unwrap().starts_with("Urgent: checkout 2.4.1, which runs in prod"));
        let kinds: Vec<&str> =
            body["blocks"].as_array().unwrap().iter().map(|block| block["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["header", "section", "section", "section", "context"]);
        assert_eq!(body["blocks"][2]["fields"][2]["text"], "safe target\n2.4.0");
        let command = body["blocks"][3]["text"]["text"].as_str().unwrap();
        assert!(command.starts_with("```holdpoint run checkout 2.4.0 --env prod -- "), "{command}");
        let foot = body["blocks"][4]["elements"][0]["text"].as_str().unwrap();
        assert_eq!(
            foot,
            "2026-11-22 03:05:00 UTC · event 01KAF3M6Q0000000000000000A · <https://example.com/CVE-2026-31337|more>"
        );
        assert_eq!(of(&bare())["blocks"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn limits_are_kept_by_shortening() {
        for message in [hostile(), Message { paragraph: "支".repeat(9000), ..message() }] {
            let text = body(&message).text;
            assert!(text.len() <= 8000, "{}", text.len());
            let body: Value = serde_json::from_str(&text).unwrap();
            let blocks = body["blocks"].as_array().unwrap();
            assert!(blocks.len() <= 50);
            let length = |value: &Value| value.as_str().unwrap().chars().count();
            assert!(length(&blocks[0]["text"]["text"]) <= HEADER);
            for block in blocks {
                if block["text"].is_object() {
                    assert!((1..=SECTION).contains(&length(&block["text"]["text"])));
                }
                if let Some(fields) = block["fields"].as_array() {
                    assert!((1..=FIELDS).contains(&fields.len()));
                    assert!(fields.iter().all(|field| length(&field["text"]) <= FIELD));
                }
            }
        }
    }

    #[test]
    fn nothing_that_others_wrote_is_obeyed() {
        let body = of(&hostile());
        for text in texts(&body) {
            // Nothing but what we write ourselves begins with a sign of Slack's.
            assert!(!text.contains('<'), "{text}");
            assert!(
                !text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").contains('&'),
                "{text}"
            );
            assert!(!text.chars().any(|c| c != '\n' && crate::model::is_unseen(c)), "{text:?}");
        }
        let command = body["blocks"][3]["text"]["text"].as_str().unwrap();
        assert_eq!(command.matches("```").count(), 2, "{command}");
        assert!(!super::bare(HOSTILE, 1000).contains(['*', '`']));
        // An entity is whole or not there.
        assert_eq!(escaped("a<b", 5), "a…");
        assert_eq!(escaped("a<b", 6), "a&lt;b");
        assert_eq!(escaped("<<<<<<<<<<", 9), "&lt;&lt;…");
        assert_eq!(escaped("", 9), "…");
    }
}
