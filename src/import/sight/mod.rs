//! Sights: what another tool shows of a service becomes what runs and what ran.
//!
//! [`read`] is the entry point; [`detect`] says of a document which tool printed it. One file per tool (`kubectl`, `helm`, `argocd`): each takes the few fields it
//! needs and lets the rest be, for these documents grow with every version of their tools. What a name in such
//! a document (an image, a chart) means among the service's releases is settled in `naming`; what followed what
//! in `timeline`.
//!
//! Deliberately absent: YAML (the tools all print JSON), guesses at which image is the service's (its `images`
//! say so), and any decision on what becomes of the registry: that is [`crate::registry`]'s neighbour `act`.

mod argocd;
mod detect;
mod document;
mod helm;
mod kubectl;
mod naming;
#[cfg(test)]
mod tests;
mod time;
mod timeline;

pub use detect::detect;
pub use document::{ImportError, MAX_DOCUMENT};
pub use helm::HelmVersion;

use crate::model::{Service, Time};

/// The tool that a document comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// `kubectl get … -o json`.
    Kubectl,
    /// `helm list -o json`, `helm history -o json`.
    Helm,
    /// `argocd app get -o json`.
    ArgoCd,
}

/// What is looked for in a document.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Whose releases.
    pub service: &'a Service,
    /// Only what lies in these namespaces; none: in all.
    pub namespaces: &'a [String],
    /// How Helm calls the service; None: by its name.
    pub helm_release: Option<&'a str>,
    /// Which of a chart's two versions is the release's; None: the registered one.
    pub helm_version: Option<HelmVersion>,
}

impl Wanted<'_> {
    /// Whether what lies in this namespace counts.
    fn is_in(&self, namespace: &str) -> bool {
        self.namespaces.is_empty() || self.namespaces.iter().any(|wanted| wanted == namespace)
    }
}

/// What a document shows of a service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Observation {
    /// How that is known, in a word or two: `kubectl`, `helm history`.
    pub known: &'static str,
    /// What runs; empty: nothing does.
    pub running: Vec<Runs>,
    /// Beside these, pods run of a release that the document doesn't name: a roll-out is unfinished.
    pub others: bool,
    /// What ran before, oldest first.
    pub past: Vec<Was>,
    /// What is worth a word.
    pub notes: Vec<String>,
}

/// A release that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runs {
    /// Its version: as it is registered, else as the document has it.
    pub version: Box<str>,
    /// Since when, as far as the document tells.
    pub since: Option<Time>,
    /// Where it was seen: `deployment shop/checkout, 3 of 3 ready`.
    pub seen: Vec<String>,
}

/// A release that ran and was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Was {
    /// Its version.
    pub version: Box<str>,
    /// Since when.
    pub since: Option<Time>,
    /// Until when.
    pub until: Option<Time>,
    /// What it was left for.
    pub left_for: Option<Box<str>>,
    /// The tool says that a rollback ended it.
    pub rolled_back: bool,
}

/// Reads a document.
///
/// # Errors
/// When it isn't what the tool prints, or doesn't speak of the service.
pub fn read(tool: Tool, bytes: &[u8], wanted: Wanted<'_>) -> Result<Observation, ImportError> {
    let mut observation = match tool {
        Tool::Kubectl => kubectl::read(bytes, wanted),
        Tool::Helm => helm::read(bytes, wanted),
        Tool::ArgoCd => argocd::read(bytes, wanted),
    }?;
    let mut said = std::collections::BTreeSet::new();
    observation.notes.retain(|note| said.insert(note.clone()));
    Ok(observation)
}
