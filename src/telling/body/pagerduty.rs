//! Events for PagerDuty's Events API v2.
//!
//! Only what is to wake somebody triggers an alert, and only what ends that resolves one. Everything else is a change
//! event: it stands beside alerts, and rings nowhere.
//!
//! An alert is found again by its `dedup_key`, so that is made of what the message is about, and not of the event's id:
//! the event that raises something and the one that ends it have two ids. The event's id stands in the details.

use serde_json::{Map, Value, json};

use super::identity::hash;
use super::text::{cut_bytes, fitting, link};
use super::{Body, event_id};
use crate::model::format_time;
use crate::telling::{Message, Urgency};

/// Where the API is.
pub const USUAL: &str = "https://events.pagerduty.com";
const ALERTS: &str = "/v2/enqueue";
const CHANGES: &str = "/v2/change/enqueue";

/// The longest summary, key, and text of the details.
const SUMMARY: usize = 1024;
const KEY: usize = 255;
const DETAIL: usize = 4000;
const NAME: usize = 200;
const FIELDS: usize = 50;

/// Where an event goes, from the address of the API.
pub fn path(message: &Message) -> &'static str {
    if is_alert(message) { ALERTS } else { CHANGES }
}

/// The event, for the service that has this routing key.
pub fn body(message: &Message, routing_key: &str) -> Body {
    let mut event = Map::new();
    event.insert("routing_key".into(), routing_key.into());
    if is_alert(message) {
        let action = if message.resolves { "resolve" } else { "trigger" };
        event.insert("event_action".into(), action.into());
        event.insert("dedup_key".into(), dedup_key(message).into());
    }
    if !message.resolves {
        event.insert("payload".into(), payload(message));
        if let Some(link) = link(message.link.as_deref()) {
            event.insert("links".into(), json!([{ "href": link, "text": "more" }]));
        }
    }
    if is_alert(message) {
        event.insert("client".into(), "holdpoint".into());
    }
    Body::json("application/json", &Value::Object(event))
}

/// Whether it rings, or ends what rang.
fn is_alert(message: &Message) -> bool {
    message.resolves || message.urgency == Urgency::Page
}

/// What an alert is found again by: the same in the event that raises it and in the one that ends it.
fn dedup_key(message: &Message) -> String {
    let subject = &*message.subject_key;
    let key = format!("holdpoint/{subject}");
    let safe = key.len() <= KEY && key.chars().all(|c| c.is_ascii_graphic());
    if safe { key } else { format!("holdpoint/{}", hash(subject)) }
}

fn payload(message: &Message) -> Value {
    let short = |text: &str| fitting(text, NAME);
    let summary = fitting(&message.sentence, SUMMARY);
    let mut payload = Map::new();
    payload.insert("summary".into(), cut_bytes(&summary, SUMMARY).into());
    payload.insert("source".into(), source(message).into());
    payload.insert("timestamp".into(), format_time(message.at).into());
    if is_alert(message) {
        payload.insert("severity".into(), severity(message.urgency).into());
        payload.insert("class".into(), short(&message.kind).into());
        let (component, group) = (message.service.as_deref(), message.environment.as_deref());
        payload.extend(component.map(|service| ("component".to_owned(), short(service).into())));
        payload.extend(group.map(|environment| ("group".to_owned(), short(environment).into())));
    }
    payload.insert("custom_details".into(), details(message));
    Value::Object(payload)
}

fn severity(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Page => "critical",
        Urgency::Warn => "warning",
        Urgency::Info => "info",
    }
}

fn source(message: &Message) -> String {
    let short = |text: &str| fitting(text, NAME);
    match (message.service.as_deref(), message.environment.as_deref()) {
        (Some(service), Some(environment)) => format!("{} in {}", short(service), short(environment)),
        (Some(service), None) => short(service),
        _ => "holdpoint".to_owned(),
    }
}

fn details(message: &Message) -> Value {
    let mut details = Map::new();
    let mut add = |name: &str, text: Option<&str>| {
        let text = text.map(|text| fitting(text, DETAIL)).filter(|text| !text.is_empty());
        details.extend(text.map(|text| (fitting(name, NAME), text.into())));
    };
    for (name, value) in message.fields.iter().take(FIELDS) {
        add(name, Some(value));
    }
    add("what", Some(&message.paragraph));
    add("next", message.command.as_deref());
    add("team", message.team.as_deref());
    add("incident", message.incident.as_deref());
    add("kind", Some(&message.kind));
    add("event", Some(&event_id(message)));
    Value::Object(details)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telling::body::testing::{bare, hostile, message};

    const ROUTING: &str = "0123456789abcdef0123456789abcdef";

    fn of(message: &Message) -> Value {
        serde_json::from_str(&body(message, ROUTING).text).unwrap()
    }

    #[test]
    fn what_is_to_wake_somebody_triggers_and_its_end_resolves() {
        let trigger = of(&message());
        assert_eq!((&trigger["event_action"], path(&message())), (&json!("trigger"), "/v2/enqueue"));
        assert_eq!(trigger["payload"]["severity"], "critical");
        assert_eq!(trigger["payload"]["source"], "checkout in prod");
        assert_eq!(trigger["dedup_key"], "holdpoint/checkout/CVE-2026-31337");
        assert_eq!(trigger["payload"]["custom_details"]["event"], "01KAF3M6Q0000000000000000A");
        assert_eq!(trigger["links"][0]["href"], "https://example.com/CVE-2026-31337");

        let cleared = Message {
            id: "other".into(),
            kind: "release.cleared".into(),
            urgency: Urgency::Info,
            resolves: true,
            ..message()
        };
        let resolve = of(&cleared);
        assert_eq!((&resolve["event_action"], path(&cleared)), (&json!("resolve"), "/v2/enqueue"));
        assert_eq!(resolve["dedup_key"], trigger["dedup_key"], "else nothing is resolved");
        assert_eq!(resolve.get("payload"), None);
    }

    #[test]
    fn everything_else_is_a_change() {
        for urgency in [Urgency::Info, Urgency::Warn] {
            let rollback = Message { kind: "rollback.started".into(), urgency, ..message() };
            let change = of(&rollback);
            assert_eq!(path(&rollback), "/v2/change/enqueue");
            assert_eq!(change.get("event_action"), None);
            assert_eq!(change.get("dedup_key"), None);
            assert_eq!(change["payload"]["timestamp"], "2026-11-22T03:05:00Z");
            assert_eq!(change["payload"].get("severity"), None);
        }
        assert_eq!(of(&bare())["payload"]["source"], "holdpoint");
    }

    #[test]
    fn limits_are_kept_by_shortening() {
        let event = of(&hostile());
        let summary = event["payload"]["summary"].as_str().unwrap();
        assert!((1..=SUMMARY).contains(&summary.len()), "{}", summary.len());
        let key = event["dedup_key"].as_str().unwrap();
        assert!(key.len() <= KEY && key.chars().all(|c| c.is_ascii_graphic()), "{key}");
        assert!(event.to_string().len() < 512 * 1024);
        assert_eq!(event.get("links"), None);
        assert_eq!(dedup_key(&hostile()), dedup_key(&Message { id: "y".into(), ..hostile() }));
    }
}
