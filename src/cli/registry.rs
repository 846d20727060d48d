//! Finding the registry, and loading what a check of one service needs.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::failure::{Broken, Complaint};
use super::settings::{Said, Settings};
use crate::git::Repository;
use crate::judge::Moment;
use crate::model::{Name, Registry};
use crate::registry::{self, Mistake};
use crate::report::Context;

/// A registry, loaded for one service.
#[derive(Debug)]
pub(super) struct Opened {
    /// What it holds.
    pub registry: Registry,
    /// The moment to judge.
    pub moment: Moment,
    /// Where it lies, as it was named or found.
    path: String,
    /// The Git commit that it stands on.
    revision: Option<String>,
    /// What is odd in it and stops nothing.
    warnings: Vec<Mistake>,
}

impl Opened {
    /// What every report says of it.
    pub fn context<'a>(&'a self, settings: &Settings) -> Context<'a> {
        Context {
            sources: &self.registry.sources,
            registry: &self.path,
            named: matches!(settings.registry, Some(Said::Option(_))),
            revision: self.revision.as_deref(),
            as_of: self.moment.now,
            simulated: settings.simulated,
            warnings: &self.warnings,
        }
    }
}

/// STANDIN
pub(super) fn open(_settings: &Settings, service: &Name) -> Result<Opened> {
    Err(Complaint::unjudged(format!("no registry for {service}"), None).into())
}
