//! What happened lately that concerns a team: the answer to `status --since`.

use crate::model::{Time, format_time};
use crate::report::{Context, plain};
use crate::telling::Urgency;

/// What happened since a moment.
#[derive(Debug, Clone, Copy)]
pub struct Since<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// Since when.
    pub since: Time,
    /// Whom it concerns; None: anybody.
    pub team: Option<&'a str>,
    /// What happened, worst first.
    pub events: &'a [Happened],
    /// Services that can't be read.
    pub unread: &'a [String],
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// Its id.
    pub id: Box<str>,
    /// What kind of event.
    pub kind: &'static str,
    /// When.
    pub at: Time,
    /// Of which service.
    pub service: Box<str>,
    /// Where.
    pub environment: Option<Box<str>>,
    /// How much it presses.
    pub urgency: Urgency,
    /// In one sentence.
    pub sentence: String,
    /// What to type next.
    pub command: Option<String>,
    /// Who was told of it, by which sink, and when.
    pub told: Vec<String>,
    /// Who is to be told, and wasn't yet.
    pub untold: Vec<String>,
}

impl Since<'_> {
    /// What comes behind the first word.
    pub fn what(&self) -> String {
        let count = self.events.len();
        let events = if count == 1 { "1 event".to_owned() } else { format!("{count} events") };
        let team = self.team.map_or(String::new(), |team| format!(" that concern {team}"));
        format!("{events}{team} since {}", format_time(self.since))
    }
}

impl Happened {
    /// Whether somebody was told, in words; empty where nobody is to be.
    pub fn notice(&self) -> String {
        let mut parts = Vec::new();
        if !self.told.is_empty() {
            parts.push(format!("told {}", self.told.join(", ")));
        }
        if !self.untold.is_empty() {
            parts.push(format!("NOT TOLD {}", self.untold.join(", ")));
        }
        plain(&parts.join("; ")).into_owned()
    }
}
