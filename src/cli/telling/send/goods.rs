//! A parcel made ready: rendered for its receiver, with the receiver's secrets.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::{Post, secret};
use crate::model::{EventFormat, Name, Secret, Sink, SinkKind};
use crate::telling::body::webhook::Keys;
use crate::telling::body::{Body, email, event, pagerduty, slack, webhook};
use crate::telling::{Message, Parcel};

/// What is handed over, and how.
#[derive(Debug)]
pub(super) struct Goods {
    /// Whom it goes to.
    pub lane: Name,
    /// How.
    pub way: Way,
}

/// The ways to a receiver.
pub(super) enum Way {
    /// By the helper.
    Http {
        /// Where to.
        url: String,
        /// What.
        body: Body,
        /// Certificates that are trusted instead of the system's.
        ca: Option<String>,
    },
    /// To a program.
    Program {
        /// Its name or path.
        name: OsString,
        /// Its arguments.
        arguments: Vec<OsString>,
        /// What it reads.
        input: String,
    },
    /// Into a file.
    File {
        /// Its path.
        path: std::path::PathBuf,
        /// The line.
        line: String,
    },
}

/// Says nothing of where it goes and what is in it.
impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Way::Http { .. } => "by HTTP",
            Way::Program { .. } => "to a program",
            Way::File { .. } => "into a file",
        })
    }
}

/// Makes parcels ready, and reads each secret once.
pub(super) struct Packer<'p> {
    post: &'p Post<'p>,
    read: BTreeMap<String, Result<String, String>>,
    secrets: Vec<String>,
    variables: Vec<String>,
}

impl<'p> Packer<'p> {
    pub fn new(post: &'p Post<'p>) -> Packer<'p> {
        Packer { post, read: BTreeMap::new(), secrets: Vec::new(), variables: Vec::new() }
    }

    /// What must not be seen in any answer.
    pub fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// The variables that hold secrets of receivers, which no program is to get.
    pub fn variables(&self) -> Vec<String> {
        self.variables.clone()
    }

    /// Makes a parcel ready. The error is why that can't be.
    pub fn pack(&mut self, parcel: &Parcel<'_>) -> Result<Goods, String> {
        let Parcel { message, sink } = *parcel;
        let way = match &sink.kind {
            SinkKind::Webhook { url, secret, format, ca_file } => {
                let url = self.address(url)?;
                let body = self.signed(message, *format, secret.as_ref())?;
                Way::Http { url, body, ca: self.certificates(ca_file.as_deref())? }
            }
            SinkKind::Slack { url, ca_file } => {
                let (url, body) = (self.address(url)?, slack::body(message));
                Way::Http { url, body, ca: self.certificates(ca_file.as_deref())? }
            }
            SinkKind::PagerDuty { key, url, ca_file } => {
                let key = self.secret(key)?;
                let base = url.as_deref().unwrap_or(pagerduty::USUAL);
                let (url, body) =
                    (format!("{base}{}", pagerduty::path(message)), pagerduty::body(message, &key));
                Way::Http { url, body, ca: self.certificates(ca_file.as_deref())? }
            }
            SinkKind::Command { command } => self.program(command, event::line(message))?,
            SinkKind::Email { command, from, to } => self.program(command, email::mail(message, from, to))?,
            SinkKind::File { path } => {
                Way::File { path: self.post.folder.join(&**path), line: event::line(message) }
            }
        };
        Ok(Goods { lane: lane(sink), way })
    }

    fn signed(
        &mut self,
        message: &Message,
        format: EventFormat,
        secret: Option<&Secret>,
    ) -> Result<Body, String> {
        let keys = match secret {
            None => None,
            Some(secret) => {
                let text = self.secret(secret)?;
                let called = secret::called(secret);
                let hint = "make one with: echo \"whsec_$(openssl rand -base64 32)\"";
                Some(Keys::parse(&text).map_err(|error| format!("what {called} holds {error}; {hint}"))?)
            }
        };
        Ok(webhook::body(message, format, keys.as_ref(), self.post.now))
    }

    fn address(&mut self, secret: &Secret) -> Result<String, String> {
        let url = self.secret(secret)?;
        let web = url.starts_with("https://") || url.starts_with("http://");
        if !web || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(format!(
                "what {} holds is no address that begins with https://",
                secret::called(secret)
            ));
        }
        Ok(url)
    }

    fn secret(&mut self, secret: &Secret) -> Result<String, String> {
        let known = self.read.entry(secret::called(secret));
        let read = known.or_insert_with(|| secret::read(secret, self.post.folder)).clone();
        if let Ok(text) = &read {
            self.secrets.extend(secret::parts(text));
        }
        if let Secret::Env(name) = secret {
            self.variables.push(name.to_string());
        }
        read
    }

    fn certificates(&self, path: Option<&str>) -> Result<Option<String>, String> {
        let read = |path| secret::of_file(path, self.post.folder);
        path.map(read).transpose().map_err(|why| format!("its `ca_file`: {why}"))
    }

    /// A program by its name, or by its path from the registry.
    fn program(&self, command: &[Box<str>], input: String) -> Result<Way, String> {
        let (name, arguments) = command.split_first().ok_or("its `command` names no program")?;
        let is_path = name.contains('/') || cfg!(windows) && name.contains('\\');
        let name = if is_path { self.post.folder.join(&**name).into() } else { OsString::from(&**name) };
        let arguments = arguments.iter().map(|argument| OsString::from(&**argument)).collect();
        Ok(Way::Program { name, arguments, input })
    }
}

/// What goes to the same receiver goes one behind the other.
fn lane(sink: &Sink) -> Name {
    sink.name.clone()
}
