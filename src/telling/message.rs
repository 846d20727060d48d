//! One event in words, as every receiver gets it.

use serde_json::Value;

use crate::model::Time;

/// What is to be told of one event. Its texts may hold what others wrote; whoever renders it makes that harmless.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The event's id for its whole life: a message that is sent twice bears it twice.
    pub id: Box<str>,
    /// What happened: `rollback.started`.
    pub kind: Box<str>,
    /// When it happened.
    pub at: Time,
    /// Of which service.
    pub service: Option<Box<str>>,
    /// Where.
    pub environment: Option<Box<str>>,
    /// How much it presses.
    pub urgency: Urgency,
    /// All in one sentence.
    pub sentence: String,
    /// The same with why it matters, and what can be done.
    pub paragraph: String,
    /// Names and values.
    pub fields: Vec<(String, String)>,
    /// The command that is to be typed next.
    pub command: Option<String>,
    /// Where more can be read.
    pub link: Option<String>,
    /// The team that it is for.
    pub team: Option<Box<str>>,
    /// The incident that it belongs to.
    pub incident: Option<Box<str>>,
    /// What it is about: the same in the message that raises something and in the one that ends it, such as
    /// `checkout/CVE-2026-31337`. An alert is found again by it.
    pub subject_key: Box<str>,
    /// Whether it ends what an earlier message on the same subject raised.
    pub resolves: bool,
    /// What there is to know for programs: the `data` of `holdpoint/event/v1`.
    pub data: Value,
}

/// How much a message presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Good to know.
    Info,
    /// To be looked at in working hours.
    Warn,
    /// Somebody is to be woken.
    Page,
}

impl Urgency {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Urgency::Info => "info",
            Urgency::Warn => "warn",
            Urgency::Page => "page",
        }
    }
}
