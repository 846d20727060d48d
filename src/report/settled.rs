//! The answer to `record settled`, and its words.

use crate::act::movement::{Freed, Settle, Settling};
use crate::model::format_time;
use crate::report::Context;

/// What becomes of a cause that is dealt with.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'a> {
    /// How the registry was looked at; its texts are those that it has afterwards.
    pub context: Context<'a>,
    /// What was asked.
    pub settling: Settling<'a>,
    /// Who says so.
    pub by: &'a str,
    /// What comes of it.
    pub settle: &'a Settle,
    /// Nothing was written.
    pub dry_run: bool,
}

impl Settled<'_> {
    /// The first word.
    pub fn word(&self) -> &'static str {
        match (&self.settle.stood, self.dry_run) {
            (Some(_), _) => "UNCHANGED",
            (None, true) => "WOULD SETTLE",
            (None, false) => "SETTLED",
        }
    }

    /// What comes behind it: `checkout 2.4.1`.
    pub fn headline(&self) -> String {
        let already = if self.settle.stood.is_some() { " is settled already" } else { "" };
        format!("{} {}{already}", self.settling.service, self.settling.version)
    }

    /// Who says why: `by Sue: load test passed`.
    pub fn why(&self) -> String {
        match &self.settle.stood {
            Some(stood) => {
                let by = stood.by.as_deref().map_or(String::new(), |by| format!(" by {by}"));
                format!("at {}{by}: {}", format_time(stood.at), stood.reason)
            }
            None => format!("by {}: {}", self.by, self.settling.reason),
        }
    }

    /// The files that are written, the record aside.
    pub fn files(&self) -> Vec<&str> {
        self.settle.changes.files().keys().map(String::as_str).collect()
    }
}

/// What it changes of the way back there: `in prod hold before, warn now`.
pub fn freed(freed: &Freed) -> String {
    let Freed { environment, before, after, ping_pong } = freed;
    match (ping_pong, before == after) {
        (_, false) => format!("going back there in {environment}: {before} before, {after} now"),
        (true, true) => format!("going back there in {environment} stays {after}: other reasons hold it"),
        (false, true) => format!("going back there in {environment} is {after}, as before"),
    }
}
