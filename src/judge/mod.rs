//! The judge: may this service move there, now? A pure function of registry, question and moment.
//!
//! [`judge`] weighs one move and gives all its reasons. [`advise`] judges the same move and adds what
//! could be done instead, and until when the answer holds. [`overview`] judges what runs. Nothing here reads a clock, a disk or the
//! record, and nothing is decided by the order in which files were read.
//!
//! The way of a judgement: the `scene` is set (what runs, what ran, which flags stand), the finders
//! (`exposure`, `release`, `history`, `upkeep`) collect [`Finding`]s, the `rules` give each a level, and
//! `relief` lowers some. The principle: only what a move makes worse may stop it.

mod artifact;
mod code;
mod covers;
mod debt;
mod exposure;
mod finding;
mod freeze;
mod history;
mod holds;
mod needs;
mod never;
mod overview;
mod portrait;
mod release;
mod relief;
mod rules;
mod scene;
mod targets;
mod timeline;
mod upkeep;
mod validity;
mod verdict;
mod way_back;
mod weigh;
mod why;
mod words;

pub use code::Code;
pub use covers::{covers, shadowed, spoken_of};
pub use debt::{Holding, Owed, Went};
pub use exposure::YOUNG;
pub use finding::{Finding, Unregistered};
pub use holds::{Asked, Holds, holding};
pub use needs::{Lack, Rift, There};
pub use never::{Never, contradiction, has_flag, never};
pub use overview::{
    Attention, Matter, Overview, Running, Runs, SOON, SUPPORT_SOON, WayBack, environments, overview,
};
pub use portrait::{Hit, HitBefore, Portrait};
pub use rules::{OfFlag, Scored, Traits, Unmet, meets, ruled, speaks_of};
pub use scene::Standing;
pub use targets::Previous;
pub use timeline::{Entry, Mark, Timeline, timeline};
pub use verdict::{
    Advice, Along, Arrival, Artifact, Changes, Given, Moment, Move, Proof, Question, Reason, Refusal, Relief,
    Target, Verdict,
};
pub use weigh::incidents_on;
pub use why::{Trace, Tried, Why, could_match};
pub use words::{Days, Weight, and};

use crate::model::{Debt, Flag, Name, Registry, Time};

/// The shipped rules, in the registry's own format. They stand behind a registry's rules.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// Judges one move. None: the registry doesn't hold the service.
pub fn judge<'a>(registry: &'a Registry, question: &Question, moment: Moment) -> Option<Verdict<'a>> {
    let scene = scene::Scene::set(registry, question, moment)?;
    Some(weigh::weigh(&scene, question))
}

/// Judges one move, and says of each reason which rule decided and why none before it did.
/// None: the registry doesn't hold the service.
pub fn why<'a>(registry: &'a Registry, question: &Question, moment: Moment) -> Option<Why<'a>> {
    let scene = scene::Scene::set(registry, question, moment)?;
    Some(why::why(&scene, question))
}

/// Judges one move, ranks what could be done instead, and says until when the answer holds.
/// None: the registry doesn't hold the service.
pub fn advise<'a>(registry: &'a Registry, question: &Question, moment: Moment) -> Option<Advice<'a>> {
    let scene = scene::Scene::set(registry, question, moment)?;
    let verdict = weigh::weigh(&scene, question);
    let targets = targets::nearby(&scene, question, &verdict);
    let deadlock = targets::deadlock(&verdict, &targets);
    let valid_until = validity::valid_until(&scene, question, &verdict);
    Some(Advice { verdict, targets, deadlock, valid_until })
}

/// Every release as a target, best first. `question.to` is left out of account. None: no such service.
pub fn survey<'a>(registry: &'a Registry, question: &Question, moment: Moment) -> Option<Vec<Target<'a>>> {
    let scene = scene::Scene::set(registry, question, moment)?;
    Some(targets::every(&scene, question))
}

/// Until when the judge says the same of a move; None: it doesn't change by itself.
pub fn lasts_until(registry: &Registry, question: &Question, moment: Moment) -> Option<Time> {
    let scene = scene::Scene::set(registry, question, moment)?;
    validity::valid_until(&scene, question, &weigh::weigh(&scene, question))
}

/// One flag as it concerns one service. None: it doesn't speak of it, or isn't there yet at the moment.
pub fn portrait<'a>(
    registry: &'a Registry,
    service: &Name,
    flag: &'a Flag,
    moment: Moment,
) -> Option<Portrait<'a>> {
    portrait::portrait(registry, service, flag, moment)
}

/// What is still owed for a break-glass of a service, which need not stand in the registry as it is told here.
/// None: the registry doesn't hold the service.
pub fn owed<'a>(registry: &Registry, service: &Name, debt: &'a Debt, moment: Moment) -> Option<Owed<'a>> {
    debt::owed(registry, service, debt, moment)
}

/// The version that a rollback without a named target goes to: what ran here before, else the next older
/// release. None: there is neither.
pub fn previous(registry: &Registry, question: &Question, moment: Moment) -> Option<Previous> {
    let scene = scene::Scene::set(registry, question, moment)?;
    targets::previous(&scene, question)
}
