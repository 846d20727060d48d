//! The answer to `release add`, and its words.

use crate::act::release::{Hit, Outcome, Registered, Request};
use crate::judge::Weight;
use crate::model::format_time;
use crate::report::Context;
use crate::report::words::some;

/// What becomes of a release that is registered.
#[derive(Debug, Clone, Copy)]
pub struct Registering<'a> {
    /// How the registry was looked at; its texts are those that it has afterwards.
    pub context: Context<'a>,
    /// What was asked.
    pub request: &'a Request,
    /// What comes of it.
    pub registered: &'a Registered,
    /// The flags that hit the release.
    pub hits: &'a [Hit<'a>],
    /// Whether it is only shown: nothing was written.
    pub dry_run: bool,
}

impl Registering<'_> {
    /// The first word.
    pub fn word(&self) -> &'static str {
        match (self.registered.outcome, self.dry_run) {
            (Outcome::Added, false) => "ADDED",
            (Outcome::Added, true) => "WOULD ADD",
            (Outcome::Completed, false) => "COMPLETED",
            (Outcome::Completed, true) => "WOULD COMPLETE",
            (Outcome::Unchanged, _) => "UNCHANGED",
        }
    }

    /// What comes behind service and version in the first line, but for the place.
    pub fn what(&self) -> String {
        match self.registered.outcome {
            Outcome::Added => "in".into(),
            Outcome::Completed => format!("with {} in", some(&self.registered.keys)),
            Outcome::Unchanged => "is registered already in".into(),
        }
    }

    /// Where the release stands: `file:line`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.registered.spot.file, self.registered.spot.line)
    }

    /// The keys that are written, each with its value, but for the version.
    pub fn written(&self) -> Vec<(&'static str, String)> {
        let Some(release) = self.registered.release(self.request) else { return Vec::new() };
        let value = |key: &str| match key {
            "released" => release.released.map(format_time),
            "commit" => release.commit.as_deref().map(str::to_owned),
            "digests" => Some(release.digests.join(", ")),
            "tags" => Some(release.tags.join(", ")),
            "sbom" => release.sbom.as_deref().map(str::to_owned),
            _ => None,
        };
        self.registered.keys.iter().filter_map(|key| Some((*key, value(key)?))).collect()
    }
}

/// A flag that hits a release: `CVE-2026-31337 (high 8.1, exploited): session fixation`.
pub(super) fn hit(hit: &Hit) -> String {
    Weight(hit.flag).to_string()
}

/// When and where it does so, if that isn't now and everywhere.
pub(super) fn limits(hit: &Hit) -> Vec<String> {
    let from = hit.from.map(|from| format!("from {} on", format_time(from)));
    let names: Vec<&str> = hit.environments.iter().map(|name| name.as_str()).collect();
    let only = (!names.is_empty()).then(|| format!("in {} only", some(&names)));
    from.into_iter().chain(only).collect()
}
