//! A CloudEvent 1.0 in structured mode, with our own JSON as its data.

use serde_json::json;

use super::text::fitting;
use super::{Body, event, event_id};
use crate::model::format_time;
use crate::telling::Message;

/// What our kinds of events begin with.
const TYPE: &str = "dev.holdpoint.";
const MEDIA_TYPE: &str = "application/cloudevents+json; charset=utf-8";

/// The event as a CloudEvent.
pub fn body(message: &Message) -> Body {
    let subject: Vec<String> = [&message.service, &message.environment]
        .into_iter()
        .flatten()
        .map(|name| fitting(name, 128))
        .collect();
    let mut event = json!({
        "specversion": "1.0",
        "id": event_id(message),
        "source": source(message),
        "type": format!("{TYPE}{}", fitting(&message.kind, 128)),
        "time": format_time(message.at),
        "datacontenttype": "application/json",
    });
    if !subject.is_empty() {
        event["subject"] = subject.join("/").into();
    }
    event["data"] = event::event(message);
    Body::json(MEDIA_TYPE, &event)
}

/// Where the event comes from: a relative reference, whatever the service is called.
fn source(message: &Message) -> String {
    let Some(service) = &message.service else { return "/holdpoint".to_owned() };
    let mut source = String::from("/holdpoint/services/");
    for byte in fitting(service, 128).bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            source.push(char::from(byte));
        } else {
            source.push_str(&format!("%{byte:02X}"));
        }
    }
    source
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::telling::body::testing::{bare, hostile, message};

    fn of(message: &Message) -> Value {
        serde_json::from_str(&body(message).text).unwrap()
    }

    #[test]
    fn an_event_has_the_attributes_that_every_event_needs() {
        let event = of(&message());
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["id"], "01KAF3M6Q0000000000000000A");
        assert_eq!(event["source"], "/holdpoint/services/checkout");
        assert_eq!(event["type"], "dev.holdpoint.release.flagged");
        assert_eq!(event["subject"], "checkout/prod");
        assert_eq!(event["data"]["schema"], "holdpoint/event/v1");
        assert_eq!(body(&message()).header("content-type"), Some(MEDIA_TYPE));
        assert!(of(&bare()).get("subject").is_none(), "an attribute is never null or empty");
        assert_eq!(of(&bare())["source"], "/holdpoint");
    }

    #[test]
    fn a_source_is_a_reference_whatever_was_written() {
        let event = of(&hostile());
        let source = event["source"].as_str().unwrap();
        assert!(source.chars().all(|c| c.is_ascii_alphanumeric() || "/-._~%".contains(c)), "{source}");
    }
}
