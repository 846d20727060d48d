//! Who acts, and on what occasion: what every command that leaves a line in the record begins with.

#![expect(clippy::disallowed_methods, reason = "a door: it reads the environment")]

use anyhow::Result;

use super::ci;
use super::failure::Complaint;
use super::publish::Options;
use super::registry::Found;
use super::settings::Settings;
use super::telling;
use super::write::Patience;
use crate::git;
use crate::record::{Ids, Known, Occasion, State, Who};
use crate::registry::FOLDERS;

/// What is said of the one who acts.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Acting {
    /// Who does it: "Name <e-mail>"; unless given, the CI's actor or Git's identity
    #[arg(long, value_name = "WHO", value_parser = who)]
    by: Option<Box<str>>,

    #[command(flatten)]
    patience: Patience,

    #[command(flatten)]
    publish: Options,

    #[command(flatten)]
    telling: telling::Telling,
}

/// Takes who somebody is.
pub(super) fn who(text: &str) -> Result<Box<str>, String> {
    match text.trim() {
        "" => Err("it is empty".into()),
        text if text.chars().any(char::is_control) => Err("it holds control characters".into()),
        text if is_left_in(text) => Err("a name and an address are to stand there instead".into()),
        text => Ok(text.into()),
    }
}

/// Whether a `<placeholder>` was pasted with the command: what stands between the two signs is an address.
fn is_left_in(text: &str) -> bool {
    text.split_once('<').is_some_and(|(_, behind)| !behind.contains('@'))
}

impl Acting {
    /// The occasion of an act on this registry, now. What is written from now on waits as long as was said.
    ///
    /// # Errors
    /// When nobody says who it is.
    pub fn occasion(&self, found: &Found, settings: &Settings) -> Result<Occasion> {
        let run = ci::run();
        let who = self.who(found, run.as_ref()).ok_or_else(nobody)?;
        self.on(who, run, found, settings)
    }

    /// The same for what machines do, builds and timers among them: where nobody says who it is, it is the account
    /// that the program runs under. A build must not fail for want of a name.
    ///
    /// # Errors
    /// When the system has no random number.
    pub fn machines_occasion(&self, found: &Found, settings: &Settings) -> Result<Occasion> {
        let run = ci::run();
        let who = self.who(found, run.as_ref()).unwrap_or_else(account);
        self.on(who, run, found, settings)
    }

    /// Who asks for something that is only judged: as said, else as the CI says. Whose Git identity it is says nothing
    /// of who asks.
    pub fn asker(&self) -> Option<Box<str>> {
        self.by.clone().or_else(|| ci::run().and_then(|run| run.actor))
    }

    /// Whether somebody said who it is.
    pub fn is_said(&self) -> bool {
        self.by.is_some()
    }

    fn on(&self, who: Who, run: Option<ci::Run>, found: &Found, settings: &Settings) -> Result<Occasion> {
        self.patience.begin(settings);
        self.publish.begin(settings);
        self.telling.begin(settings);
        Ok(Occasion {
            now: settings.moment.now,
            who,
            ids: Ids::from(random()?),
            state: state(found),
            ci: run.map(|run| run.says).unwrap_or_default(),
        })
    }

    /// Who it is: as said, else as the CI says, whose Git identity is nobody's, else as Git says.
    /// None: nobody says it.
    fn who(&self, found: &Found, run: Option<&ci::Run>) -> Option<Who> {
        if let Some(by) = &self.by {
            return Some(Who { by: by.clone(), known: Known::Flag });
        }
        if let Some(actor) = run.and_then(|run| run.actor.as_deref()) {
            return Some(Who { by: actor.into(), known: Known::Ci });
        }
        let identity = git::identity(&found.folder)?;
        Some(Who { by: identity.into(), known: Known::Git })
    }
}

/// The state of the registry's repository.
pub(super) fn state(found: &Found) -> State {
    let revision = found.revision();
    let [services, advisories, instabilities] = FOLDERS;
    let files = [&*found.main, services, advisories, instabilities];
    let dirty = revision.as_ref().and_then(|_| git::is_dirty(&found.folder, &files));
    State { revision: revision.map(Into::into), dirty }
}

/// An act of people needs a name.
fn nobody() -> Complaint {
    let hint = "say it with --by \"Name <e-mail>\", or tell Git both: \
                git config --global user.name \"<your name>\" && git config --global user.email <e-mail>";
    Complaint::usage("nobody says who does this, and the record needs it", hint)
}

/// The account that the program runs under, as its environment calls it.
fn account() -> Who {
    let said = ["LOGNAME", "USER", "USERNAME"].iter().filter_map(|name| std::env::var(name).ok());
    let mut said = said.filter_map(|name| who(&name).ok());
    Who { by: said.next().unwrap_or_else(|| "unknown".into()), known: Known::Account }
}

/// Random bits for new ids.
fn random() -> Result<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Complaint::unjudged(format!("no random number for a new id: {error}"), None))?;
    Ok(u128::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::who;

    #[test]
    fn somebody_is_named_and_no_placeholder_is_anybody() {
        for text in ["Ann <ann@example.com>", "ann@example.com", " ann ", "Ann \u{1f600}"] {
            assert_eq!(who(text).as_deref(), Ok(text.trim()));
        }
        for text in ["", "  ", "Ann\nBob", "\u{1b}[2J", "Name <e-mail>", "<you>"] {
            assert!(who(text).is_err(), "{text}");
        }
    }
}
