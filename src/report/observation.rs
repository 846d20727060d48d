//! What `observe` has to say, in words that all its reports share.

use crate::act::observe::{Now, Observed, Stay};
use crate::judge::and;
use crate::model::{Name, Service, Version, format_time};
use crate::report::Context;
use crate::report::commands::quoted;
use crate::version::Order;

/// What was observed, and what became of it.
#[derive(Debug, Clone, Copy)]
pub struct Observation<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// Whose releases.
    pub service: &'a Service,
    /// Where.
    pub environment: &'a Name,
    /// How what runs is known.
    pub known: &'a str,
    /// What was worked out.
    pub observed: &'a Observed,
    /// Nothing was written.
    pub dry_run: bool,
}

impl Observation<'_> {
    /// `checkout in prod: 2.4.0, not 2.4.1 as the registry said (kubectl)`.
    pub fn headline(&self) -> String {
        let running: Vec<&Version> = self.observed.running.iter().map(|now| &now.version).collect();
        let against = match &self.observed.was {
            _ if !self.observed.drifted() => ", as the registry says".into(),
            None => ", of which the registry said nothing".into(),
            Some(was) => format!(", not {} as the registry said", named(&was.iter().collect::<Vec<_>>())),
        };
        let (service, environment) = (&self.service.name, self.environment);
        format!("{service} in {environment}: {}{against} ({})", named(&running), self.known)
    }

    /// What happened to the registry: `written: services/checkout/running.toml`.
    pub fn outcome(&self) -> String {
        let files: Vec<&str> = self.observed.changes.files().keys().map(String::as_str).collect();
        match (&*files, self.dry_run) {
            ([], _) => "nothing to write: the registry says all that already".into(),
            (files, true) => format!("would write {}", files.join(", ")),
            (files, false) => format!("written: {}", files.join(", ")),
        }
    }

    /// What is odd of the releases that run.
    pub fn warnings(&self) -> Vec<String> {
        self.observed.running.iter().filter_map(|now| self.warning(now)).collect()
    }

    fn warning(&self, now: &Now) -> Option<String> {
        let version = &now.version;
        let order = self.service.scale.order().word();
        match (now.registered, version.place.is_some()) {
            (true, _) => None,
            (false, true) => Some(format!("{version} isn't registered: checks know nothing of it")),
            (false, false) if self.can_be_added(now) => {
                Some(format!("{version} isn't registered, so the order `{order}` can't place it"))
            }
            (false, false) => Some(format!(
                "{version} isn't registered, and the order `{order}` has no place for it, so checks can't compare \
                 it: register its digest with the release that it is, or say that with `--running`"
            )),
        }
    }

    /// Whether it can be registered as it is called: under `listed`, the list makes its place.
    fn can_be_added(&self, now: &Now) -> bool {
        now.version.place.is_some() || self.service.scale.order() == Order::Listed
    }

    /// What to paste next: the registration of what runs without one.
    pub fn commands(&self) -> Vec<String> {
        let unknown = self.observed.running.iter().filter(|now| !now.registered && self.can_be_added(now));
        let registry = match self.context.named {
            true => format!(" --registry {}", quoted(self.context.registry)),
            false => String::new(),
        };
        let add = |now: &Now| {
            format!("holdpoint release add {} {}{registry}", self.service.name, quoted(&now.version.text))
        };
        unknown.map(add).collect()
    }
}

/// `2.4.0 and 2.4.1`, or `nothing`.
fn named(versions: &[&Version]) -> String {
    let texts: Vec<&str> = versions.iter().map(|version| &*version.text).collect();
    if texts.is_empty() { "nothing".into() } else { and(texts.into_iter()) }
}

/// What is known of a release that runs: `since 2026-11-18T14:00:00Z`, then where it was seen.
pub fn runs(now: &Now) -> Vec<String> {
    let since =
        now.since.map_or("since when isn't known".into(), |since| format!("since {}", format_time(since)));
    let unseen = if now.seen.is_empty() { Some("as the registry said".to_owned()) } else { None };
    [since].into_iter().chain(unseen).chain(now.seen.iter().cloned()).collect()
}

/// `2026-11-02T09:00:00Z to 2026-11-18T15:10:00Z, left for 2.4.1 by a redeploy`.
pub fn stay(stay: &Stay) -> String {
    let time = |time: Option<_>| time.map(format_time);
    let length = match (time(stay.since), time(stay.until)) {
        (Some(since), Some(until)) => format!("{since} to {until}"),
        (Some(since), None) => format!("from {since}"),
        (None, Some(until)) => format!("until {until}"),
        (None, None) => "at some time".into(),
    };
    let left = stay.left_for.as_ref().map_or(String::new(), |version| format!(", left for {version}"));
    let kind = stay.kind.map_or(String::new(), |kind| format!(" by a {kind}"));
    format!("{length}{left}{kind}")
}
