//! A message as the bytes that a receiver understands: one file a receiver.
//!
//! Receivers have limits, and a message that is refused tells nobody anything: so texts are shortened until they fit,
//! and nothing fails. What others wrote is made harmless here, for each receiver in its own way; `text.rs` holds what is
//! the same for all.

pub mod cloudevents;
pub mod email;
pub mod event;
mod identity;
pub mod pagerduty;
pub mod slack;
mod text;
pub mod webhook;

pub use identity::event_id;

#[cfg(test)]
mod testing;

/// What is sent by HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Headers, by name, with what each says.
    pub headers: Vec<(&'static str, String)>,
    /// The bytes, always JSON.
    pub text: String,
}

impl Body {
    /// JSON of this media type.
    fn json(media_type: &str, value: &serde_json::Value) -> Body {
        Body { headers: vec![("content-type", media_type.to_owned())], text: value.to_string() }
    }

    /// What a header says.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, says)| &**says)
    }
}
