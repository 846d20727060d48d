//! Where messages go: the receivers that a registry names, without their secrets.

use crate::model::{Name, Origin};

/// `[sink.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sink {
    /// Its name.
    pub name: Name,
    /// What it is, and how it is reached.
    pub kind: SinkKind,
    /// Where it stands.
    pub origin: Origin,
}

/// What a receiver is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkKind {
    /// Any program that takes events by HTTP.
    Webhook {
        /// Its address.
        url: Secret,
        /// What signs each message (Standard Webhooks).
        secret: Option<Secret>,
        /// How an event is written.
        format: EventFormat,
        /// Certificates that are trusted instead of the system's.
        ca_file: Option<Box<str>>,
    },
    /// A channel of Slack, by an incoming webhook.
    Slack {
        /// Its address.
        url: Secret,
        /// Certificates that are trusted instead of the system's.
        ca_file: Option<Box<str>>,
    },
    /// A service of PagerDuty, by its Events API.
    PagerDuty {
        /// The routing key.
        key: Secret,
        /// Where the API is; None: the usual one.
        url: Option<Box<str>>,
        /// Certificates that are trusted instead of the system's.
        ca_file: Option<Box<str>>,
    },
    /// A program that gets the event on its standard input.
    Command {
        /// The program and its arguments.
        command: Vec<Box<str>>,
    },
    /// Mail, handed to a program such as `sendmail -t`.
    Email {
        /// The program and its arguments.
        command: Vec<Box<str>>,
        /// Whom it is from.
        from: Mailbox,
        /// Whom it goes to.
        to: Vec<Mailbox>,
    },
    /// A file that gets one line an event.
    File {
        /// Its path.
        path: Box<str>,
    },
}

impl SinkKind {
    /// The words, in this order.
    pub const WORDS: &[&str] = &["webhook", "slack", "pagerduty", "command", "email", "file"];

    /// Its word.
    pub fn word(&self) -> &'static str {
        match self {
            SinkKind::Webhook { .. } => "webhook",
            SinkKind::Slack { .. } => "slack",
            SinkKind::PagerDuty { .. } => "pagerduty",
            SinkKind::Command { .. } => "command",
            SinkKind::Email { .. } => "email",
            SinkKind::File { .. } => "file",
        }
    }
}

/// Where a secret is to be read: never in the registry itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// In this variable of the environment.
    Env(Box<str>),
    /// In this file.
    File(Box<str>),
}

/// How a webhook writes an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EventFormat {
    /// As our own JSON.
    #[default]
    Json,
    /// As a CloudEvent that holds our own JSON.
    CloudEvents,
}

impl EventFormat {
    /// The words, in this order.
    pub const WORDS: &[&str] = &["json", "cloudevents"];

    /// By its word.
    pub fn from_word(word: &str) -> Option<EventFormat> {
        match word {
            "json" => Some(EventFormat::Json),
            "cloudevents" => Some(EventFormat::CloudEvents),
            _ => None,
        }
    }
}

/// Somebody's address of mail, with a name or without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// What people call it; empty: nothing.
    pub name: Box<str>,
    /// The address: `user@host`.
    pub address: Box<str>,
}

impl Mailbox {
    /// Reads `user@host` or `Name <user@host>`. None for what could mean another header, or more than one receiver.
    pub fn parse(text: &str) -> Option<Mailbox> {
        let text = text.trim();
        let (name, address) = match text.strip_suffix('>') {
            Some(rest) => rest.rsplit_once('<')?,
            None => ("", text),
        };
        let (user, host) = address.split_once('@')?;
        let in_user = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
        let in_host = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
        let is = |part: &str, fits: fn(char) -> bool| !part.is_empty() && part.chars().all(fits);
        let name = name.trim();
        let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
        let good = is(user, in_user) && !user.starts_with('-') && is(host, in_host) && !host.starts_with('-');
        let named = !name.chars().any(|c| c.is_control() || "\"<>\\".contains(c));
        (good && named).then(|| Mailbox { name: name.into(), address: address.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_one_address() {
        let of = |text| {
            Mailbox::parse(text).map(|mailbox| (mailbox.name.to_string(), mailbox.address.to_string()))
        };
        let is = |name: &str, address: &str| Some((name.to_owned(), address.to_owned()));
        assert_eq!(of("a@example.com"), is("", "a@example.com"));
        assert_eq!(of(" App Sec <a.b+c@example.com> "), is("App Sec", "a.b+c@example.com"));
        assert_eq!(of("\"Sec, App\" <a@x>"), is("Sec, App", "a@x"));
        for bad in [
            "",
            "a",
            "@x",
            "a@",
            "a@x, b@x",
            "a@x\nBcc: b@x",
            "N\r\nBcc: b@x <a@x>",
            "a b@x",
            "-oQ/tmp@x",
            "a@x>",
            "a@b@c",
            "A <b@x> <a@x>",
        ] {
            assert_eq!(of(bad), None, "{bad:?}");
        }
    }
}
