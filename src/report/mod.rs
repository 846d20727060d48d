//! What is said: verdicts, targets and mistakes as text for people, as Markdown, and as JSON for programs.
//!
//! A format is a file, and knows layout and colour only. What is worth saying is worked out beside them,
//! once for all formats: [`Plan`] (what to do instead and next), [`words`] (short words), [`commands`]
//! (what to paste), [`status`] (how a whole registry stands). Everything here is text from values: nothing is written anywhere, and whether a
//! terminal shows colours is decided by who writes it.
//!
//! Text that others wrote goes through [`plain()`] on its way; both the page of the human report and the
//! writer of the JSON do that themselves, so that no caller can forget it.

pub mod asking;
pub mod audit;
pub mod ci;
mod clearing;
pub mod commands;
mod commit;
pub mod conditions;
pub mod csv;
pub mod diff;
pub mod difference;
pub mod explain;
mod flagging;
mod gated;
pub mod html;
pub mod human;
mod incident;
pub mod json;
pub mod junit;
mod laid;
pub mod log;
pub mod markdown;
mod notice;
pub mod notify;
mod observation;
mod plan;
pub mod playbook;
pub mod policy;
mod proposal;
mod published;
pub mod reasons;
pub mod record;
mod registering;
pub mod replay;
pub mod review;
mod run;
pub mod settled;
pub mod signing;
pub mod since;
pub mod status;
pub mod sync;
pub mod told;
pub mod trial;
pub mod words;

pub use clearing::Clearing;
pub use commit::{message, subject};
pub use flagging::Flagging;
pub use gated::{Asked, Gap, GapKind, Gated, GatedMove, Judged, Standing, removed};
pub use incident::IncidentReport;
pub use laid::{Laid, Source, Step};
pub use notice::{Notice, Told};
pub use observation::Observation;
pub use plan::{Next, Plan, Wanted, WayOut};
pub use proposal::{Proposal, all_the_same, proposals};
pub use published::{Published, Reached};
pub use registering::Registering;
pub use run::{Glass, Mover, Outcome, Over, Run, Unrecorded};
pub use signing::Signing;

pub use crate::model::plain;

use crate::judge::{Advice, Target};
use crate::lint::Findings;
use crate::model::{Level, Name, Service, Sources, Time, Version, Window};
use crate::registry::{Mistake, Tidied};

/// How the registry was looked at: what is the same for every report of one run.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The texts that the reasons come from.
    pub sources: &'a Sources,
    /// Where the registry lies, as it was named or found.
    pub registry: &'a str,
    /// Whether the caller named it with `--registry`: commands to paste then name it too.
    pub named: bool,
    /// The Git commit that it was read from, or stands on.
    pub revision: Option<&'a str>,
    /// Whether it was read from that commit, with `--at-revision`, and not from what stands there.
    pub committed: bool,
    /// The moment judged.
    pub as_of: Time,
    /// Whether that moment was given with `--as-of`, or the commit with `--at-revision`.
    pub simulated: bool,
    /// The longest that a sign-off lasts by the policy; None: nobody asked for the policy.
    pub longest: Option<Window>,
    /// What is odd in the registry and stops nothing.
    pub warnings: &'a [Mistake],
    /// How far an act got on its way to others; None: nothing was to go anywhere.
    pub published: Option<&'a Published>,
    /// Who was told of an act; None: nobody was to be.
    pub notice: Option<&'a Notice>,
}

impl<'a> Context<'a> {
    /// The same, with how far the act got.
    pub fn reached(self, published: Option<&'a Published>) -> Context<'a> {
        Context { published, ..self }
    }

    /// The same, with who was told of the act.
    pub fn told(self, notice: Option<&'a Notice>) -> Context<'a> {
        Context { notice, ..self }
    }
}

/// The answer to a check.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// What the judge says.
    pub advice: &'a Advice<'a>,
    /// What was understood otherwise than it was typed.
    pub notes: &'a [String],
}

/// The answer to `targets`.
#[derive(Debug, Clone, Copy)]
pub struct Survey<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// Whose targets.
    pub service: &'a Service,
    /// Where.
    pub environment: Option<&'a Name>,
    /// All of them, best first.
    pub targets: &'a [Target<'a>],
}

/// The answer to `lint`.
#[derive(Debug, Clone, Copy)]
pub struct Linting<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// What was found.
    pub findings: &'a Findings,
    /// What `--fix` does.
    pub tidying: Option<Tidying<'a>>,
}

/// What `lint --fix` does.
#[derive(Debug, Clone, Copy)]
pub struct Tidying<'a> {
    /// What changes.
    pub tidied: &'a Tidied,
    /// Whether it was written; else it is only to be shown.
    pub written: bool,
}

impl Survey<'_> {
    /// What runs there, as far as any target tells.
    pub fn from(&self) -> Option<&Version> {
        self.targets.first().and_then(|target| target.verdict.movement.from.as_ref())
    }

    /// How many targets have this level.
    pub fn count(&self, level: Level) -> usize {
        self.targets.iter().filter(|target| target.verdict.level == level).count()
    }
}
