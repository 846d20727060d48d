//! The words of holdpoint as types: what a registry holds, already checked.
//!
//! A value of this room can't be wrong in itself: names are names, ranges are placed under their
//! service's order, times are UTC instants. Turning text into these types is the business of
//! [`crate::registry`]; judging them is the business of [`crate::judge`]. Nothing here knows TOML.

mod calendar;
mod called;
mod condition;
mod environment;
mod event;
mod flag;
mod freeze;
mod gate;
mod glob;
mod image;
mod incident;
mod level;
mod name;
mod need;
mod origin;
mod plain;
mod policy;
mod release;
mod rule;
mod service;
mod severity;
mod sharing;
mod sign_off;
mod sink;
mod stays;
mod step;
mod team;
mod time;
mod zone;

use std::collections::BTreeMap;

pub use calendar::{Calendar, Hours, WEEKDAYS, weekday, weekday_word};
pub use called::is_same_tag;
pub use condition::{Condition, IncidentCondition};
pub use environment::Environment;
pub use event::{EventKind, Route};
pub use flag::{Affects, Flag, FlagKind, Mitigation, Narrowed, Scope, Withdrawn};
pub use freeze::Freeze;
pub use gate::{Find, FindError, Gate, GateEnvironment, Line, LinePattern};
pub use glob::{GlobError, PathGlob, glob_matches};
pub use image::{Image, ImageError};
pub use incident::Incident;
pub use level::{Key, Level, MoveKind, Owner};
pub use name::{Id, Name, NameError};
pub use need::Need;
pub use origin::{Origin, Source, Sources};
pub use plain::{is_unseen, plain};
pub use policy::{Period, Policy};
pub use release::{Barrier, Release, Version};
pub use rule::Rule;
pub use service::{Entered, Floor, Owners, Ran, Service, Settled, Support, UnderWay};
pub use severity::{Rank, Score, Severity, Vector};
pub use sharing::{Publish, Sharing, is_branch, is_remote};
pub use sign_off::{BY_MERGE, Debt, Review, SignOff};
pub use sink::{EventFormat, Mailbox, Secret, Sink, SinkKind};
pub use stays::{Entry as StayEntry, Span, Stays};
pub use step::{Phase, Step};
pub use team::{Membership, Team, is_same_person};
pub use time::{CLOCK_TOLERANCE, Time, TimeError, Window, format_time, format_until, parse_time};
pub use zone::Zone;

/// What both teams know: the whole registry, or as much of it as one service's check needs.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    /// The texts that everything was read from, for line numbers and excerpts.
    pub sources: Sources,
    /// The periods that the judge works with.
    pub policy: Policy,
    /// The registry's own rules in their order, then the shipped defaults: the first match decides.
    pub rules: Vec<Rule>,
    /// The change freezes, in the order of the registry.
    pub freezes: Vec<Freeze>,
    /// The declared environments. Empty: the names in `running` and `ran` are the environments.
    pub environments: BTreeMap<Name, Environment>,
    /// The teams, by name.
    pub teams: BTreeMap<Name, Team>,
    /// Incidents, current and ended.
    pub incidents: Vec<Incident>,
    /// How changes of manifests are read. The check of one service doesn't look at it, and has the default.
    pub gate: Gate,
    /// The services that were loaded.
    pub services: BTreeMap<Name, Service>,
    /// Services beside those, without flags, sign-offs and debts: what they release, and what runs of them. Those that
    /// a release needs, and those that whoever loaded it wants to see beside.
    pub neighbours: BTreeMap<Name, Service>,
    /// Flags of `holdpoint.toml` and of the two shared folders, which may hit several services.
    /// Flags of a service's own folder stand in [`Service::flags`].
    pub flags: Vec<Flag>,
}

impl Registry {
    /// Every flag that may hit `service`: the shared ones and its own.
    ///
    /// Each flag still says by [`Affects`] what it hits.
    pub fn flags_of<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a Flag> {
        self.flags.iter().chain(&service.flags)
    }

    /// A service, as far as it is known, whether it was asked about or stands beside.
    pub fn beside(&self, name: &Name) -> Option<&Service> {
        self.services.get(name).or_else(|| self.neighbours.get(name))
    }

    /// `environment` and the groups it is in, nearest first: what is said of any of them holds for it.
    pub fn lineage<'a>(&'a self, environment: &'a Name) -> Vec<&'a Name> {
        let mut line = vec![environment];
        // The loader refuses circles; a model made by hand must not hang us, so no line is longer than this.
        while let Some(group) =
            line.last().and_then(|name| self.environments.get(*name)).and_then(|e| e.within.as_ref())
            && line.len() <= self.environments.len()
        {
            line.push(group);
        }
        line
    }
}
