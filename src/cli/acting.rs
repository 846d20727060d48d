//! Who acts, and on what occasion: what every command that leaves a line in the record begins with.

use anyhow::Result;

use super::ci;
use super::failure::Complaint;
use super::registry::Found;
use super::settings::Settings;
use crate::git;
use crate::record::{Ids, Known, Occasion, State, Who};

/// What is said of the one who acts.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Acting {
    /// Who does it: "Name <e-mail>"; unless given, the CI's actor or Git's identity
    #[arg(long, value_name = "WHO", value_parser = who)]
    by: Option<Box<str>>,
}

/// Takes who somebody is.
pub(super) fn who(text: &str) -> Result<Box<str>, String> {
    match text.trim() {
        "" => Err("it is empty".into()),
        text if text.chars().any(char::is_control) => Err("it holds control characters".into()),
        text => Ok(text.into()),
    }
}

impl Acting {
    /// The occasion of an act on this registry, now.
    ///
    /// # Errors
    /// When nobody says who it is.
    pub fn occasion(&self, found: &Found, settings: &Settings) -> Result<Occasion> {
        let run = ci::run();
        let who = self.who(found, run.as_ref())?;
        let revision = found.revision();
        let dirty = revision.as_ref().and_then(|_| git::is_dirty(&found.folder));
        Ok(Occasion {
            now: settings.moment.now,
            who,
            ids: Ids::from(random()?),
            state: State { revision: revision.map(Into::into), dirty },
            ci: run.map(|run| run.says).unwrap_or_default(),
        })
    }

    /// Who it is: as said, else as the CI says, whose Git identity is nobody's, else as Git says.
    fn who(&self, found: &Found, run: Option<&ci::Run>) -> Result<Who> {
        if let Some(by) = &self.by {
            return Ok(Who { by: by.clone(), known: Known::Flag });
        }
        if let Some(actor) = run.and_then(|run| run.actor.as_deref()) {
            return Ok(Who { by: actor.into(), known: Known::Ci });
        }
        let identity = git::identity(&found.folder).ok_or_else(|| {
            let hint = "say it with --by \"Name <e-mail>\", or tell Git: git config --global user.email you@example.com";
            Complaint::usage("nobody says who does this, and the record needs it", hint)
        })?;
        Ok(Who { by: identity.into(), known: Known::Git })
    }
}

/// Random bits for new ids.
fn random() -> Result<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Complaint::unjudged(format!("no random number for a new id: {error}"), None))?;
    Ok(u128::from_le_bytes(bytes))
}
