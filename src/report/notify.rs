//! The answers to `notify`: what was told, what waits, and who is told what.

use std::collections::BTreeMap;

use crate::model::{Name, Route, Secret, Sink, SinkKind, Sources, Time, format_time};
use crate::report::{Context, Notice, conditions, plain};
use crate::telling::Answer;

/// The answer to `notify flush`.
#[derive(Debug, Clone, Copy)]
pub struct Flush<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// What became of what was due.
    pub notice: &'a Notice,
    /// What would be told, when it is only to be shown.
    pub would: &'a [Waits],
    /// Whether it is only to be shown.
    pub dry_run: bool,
    /// What isn't told now, and why.
    pub held: &'a [Waits],
    /// Services that can't be read.
    pub unread: &'a [String],
}

impl Flush<'_> {
    /// Whether everybody was told, and nothing is left.
    pub fn is_well(&self) -> bool {
        self.notice.is_well() && self.held.is_empty() && self.unread.is_empty()
    }

    /// The first word.
    pub fn word(&self) -> &'static str {
        match (self.dry_run, self.notice.told.is_empty(), self.is_well()) {
            (true, ..) => "WOULD TELL",
            (false, true, true) => "NOTHING WAITS",
            (false, _, true) => "TOLD",
            (false, _, false) => "SOME LEFT",
        }
    }

    /// What comes behind it.
    pub fn what(&self) -> String {
        if self.dry_run {
            return count(self.would.len(), "message");
        }
        let arrived = self.notice.told.iter().filter(|told| told.arrived).count();
        format!("{arrived} of {} arrived", count(self.notice.told.len(), "message"))
    }
}

/// Something that waits to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// The event's id.
    pub event: Box<str>,
    /// Its kind.
    pub kind: Box<str>,
    /// When it happened.
    pub at: Time,
    /// Of which service.
    pub service: Box<str>,
    /// Where.
    pub environment: Option<Box<str>>,
    /// Whom.
    pub team: Option<Box<str>>,
    /// By which sink.
    pub sink: Box<str>,
    /// How often that was tried.
    pub tried: u32,
    /// What was answered last.
    pub answer: Option<Box<str>>,
    /// Why it isn't told now; None: it may be.
    pub why: Option<Why>,
}

/// Why something isn't told now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The sink wants to be left alone until then.
    Until(Time),
    /// The sink said that it is gone.
    Gone(Time),
    /// It was tried just before, and rests for a while.
    Resting,
}

impl Waits {
    /// In one line: `rollback.started of checkout in prod at …: appsec by sec-slack, tried 2 times, last: 503`.
    pub fn sentence(&self) -> String {
        let place = self.environment.as_ref().map_or(String::new(), |name| format!(" in {name}"));
        let team = self.team.as_ref().map_or(String::new(), |team| format!("{team} by "));
        let answer = self.answer.as_ref().map_or(String::new(), |answer| format!(", last: {answer}"));
        let tried = match self.tried {
            0 => String::new(),
            1 => format!(", tried once{answer}"),
            count => format!(", tried {count} times{answer}"),
        };
        let why = match self.why {
            None => String::new(),
            Some(Why::Until(time)) => format!("; the sink wants nothing before {}", format_time(time)),
            Some(Why::Gone(since)) => format!("; the sink said at {} that it is gone", format_time(since)),
            Some(Why::Resting) => "; tried just before, left alone for a while".into(),
        };
        let (kind, service, at) = (&self.kind, &self.service, format_time(self.at));
        plain(&format!("{kind} of {service}{place} at {at}: {team}{}{tried}{why}", self.sink)).into_owned()
    }
}

/// The answer to `notify list`.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// The texts that the routes come from.
    pub sources: &'a Sources,
    /// Who is told what.
    pub routes: &'a [Route],
    /// By which sinks.
    pub sinks: &'a BTreeMap<Name, Sink>,
    /// Sinks whose secret isn't there, and why.
    pub missing: &'a BTreeMap<Name, String>,
    /// What waits.
    pub waits: &'a [Waits],
    /// Services that can't be read.
    pub unread: &'a [String],
}

impl Listing<'_> {
    /// Where a route stands: `holdpoint.toml:12`.
    pub fn place(&self, route: &Route) -> String {
        format!("{}:{}", self.sources.path(route.origin), self.sources.line(route.origin))
    }

    /// The conditions of a route, in words.
    pub fn when(route: &Route) -> String {
        let mut when = conditions::words(&route.when);
        if route.owned {
            when.push("of services that the team owns a key of".into());
        }
        when.join(", ")
    }
}

/// Where a sink's address or secret comes from, in words, without it.
pub fn way(sink: &Sink) -> String {
    let from = |secret: &Secret| match secret {
        Secret::Env(name) => format!("from ${name}"),
        Secret::File(path) => format!("from the file {path}"),
    };
    match &sink.kind {
        SinkKind::Webhook { url, secret, .. } => {
            let signed =
                secret.as_ref().map_or("unsigned".to_owned(), |secret| format!("signed, {}", from(secret)));
            format!("address {}; {signed}", from(url))
        }
        SinkKind::Slack { url, .. } => format!("address {}", from(url)),
        SinkKind::PagerDuty { key, .. } => format!("routing key {}", from(key)),
        SinkKind::Command { command } => command.join(" "),
        SinkKind::Email { command, to, .. } => format!("{} mailboxes, by {}", to.len(), command.join(" ")),
        SinkKind::File { path } => path.to_string(),
    }
}

/// The answer to `notify test`.
#[derive(Debug, Clone, Copy)]
pub struct Trials<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// The message's id.
    pub id: &'a str,
    /// One for each sink.
    pub trials: &'a [Trial<'a>],
}

/// A sink, and what it made of a test message.
#[derive(Debug, Clone, Copy)]
pub struct Trial<'a> {
    /// The sink.
    pub sink: &'a Sink,
    /// What it answered.
    pub answer: &'a Answer,
}

/// `1 message`, `3 messages`.
pub fn count(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_time;

    #[test]
    fn what_waits_is_told_in_a_line() {
        let at = parse_time("2026-11-22T03:00:00Z").unwrap();
        let waits = Waits {
            event: "E".into(),
            kind: "rollback.started".into(),
            at,
            service: "checkout".into(),
            environment: Some("prod".into()),
            team: Some("appsec".into()),
            sink: "chat".into(),
            tried: 2,
            answer: Some("503\u{7}".into()),
            why: Some(Why::Gone(at)),
        };
        assert_eq!(
            waits.sentence(),
            "rollback.started of checkout in prod at 2026-11-22T03:00:00Z: appsec by chat, tried 2 times, last: 503; \
             the sink said at 2026-11-22T03:00:00Z that it is gone"
        );
        assert_eq!((count(1, "message"), count(0, "message")), ("1 message".into(), "0 messages".into()));
    }
}
