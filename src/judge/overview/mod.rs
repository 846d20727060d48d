//! What runs in one place, and how it stands: the judgement behind `status`.
//!
//! A *place* is a service in an environment. [`overview`] judges what runs there as if it came from nothing, so
//! that every flag on it counts; finds the release that a rollback would go to; and collects what needs
//! attention ([`Attention`]), as values that others put into words.
//!
//! It runs once for each place of a whole registry, so it weighs as few moves as it can: of the ways back the
//! nearest first, and no more once one is as good as any can be.

mod attention;
mod back;

use std::collections::BTreeSet;

pub use attention::{Attention, Matter, SOON, SUPPORT_SOON};
pub use back::WayBack;

pub(super) use attention::is_of_place;

use crate::judge::scene::Scene;
use crate::judge::weigh::weigh_from_nothing;
use crate::judge::{Moment, Question, Verdict};
use crate::model::{Key, Level, MoveKind, Name, Registry, Service, Time, Version};

/// How one place stands.
#[derive(Debug, Clone)]
pub struct Overview<'a> {
    /// The service.
    pub service: &'a Service,
    /// Where; None only where it isn't known to run anywhere.
    pub environment: Option<Name>,
    /// What runs.
    pub running: Running<'a>,
    /// Where a rollback would go.
    pub way_back: WayBack<'a>,
    /// What needs attention, worst first.
    pub attention: Vec<Attention<'a>>,
}

/// What runs in a place.
#[derive(Debug, Clone)]
pub enum Running<'a> {
    /// Nobody said.
    Unknown,
    /// Nothing does; empty is only [`Running::Releases`] of none.
    Releases(Vec<Runs<'a>>),
}

/// One release that runs.
#[derive(Debug, Clone)]
pub struct Runs<'a> {
    /// Since when, as far as the registry tells.
    pub since: Option<Time>,
    /// The verdict on it, as if it came from nothing; its version is where that move goes.
    pub verdict: Verdict<'a>,
}

impl Runs<'_> {
    /// Its version.
    pub fn version(&self) -> &Version {
        &self.verdict.movement.to
    }
}

impl<'a> Overview<'a> {
    /// The releases that run, newest first; none where nothing does or nobody knows.
    pub fn releases(&self) -> &[Runs<'a>] {
        match &self.running {
            Running::Unknown => &[],
            Running::Releases(runs) => runs,
        }
    }

    /// The level of one key: the worst of what runs. None where there is nothing to judge.
    pub fn key(&self, key: Key) -> Option<Level> {
        self.releases().iter().map(|runs| runs.verdict.key(key)).max()
    }

    /// The verdict on what runs: the worst of it. None where there is nothing to judge.
    pub fn level(&self) -> Option<Level> {
        self.releases().iter().map(|runs| runs.verdict.level).max()
    }

    /// Whether there are older releases, and none of them is better than a hold: the rollback desert.
    pub fn is_desert(&self) -> bool {
        matches!(self.way_back, WayBack::Desert(_))
    }
}

/// The environments that a service is known in: where it runs or ran, where a move was begun, where a debt
/// is open. An environment that is only declared isn't one of them.
pub fn environments(service: &Service) -> BTreeSet<&Name> {
    let state = service.running.keys().chain(service.under_way.keys());
    let past = service.ran.iter().map(|ran| &ran.environment);
    state.chain(past).chain(service.debts.iter().map(|debt| &debt.environment)).collect()
}

/// How a service stands in an environment. None: the registry doesn't hold the service.
pub fn overview<'a>(
    registry: &'a Registry,
    service: &Name,
    environment: Option<&Name>,
    moment: Moment,
) -> Option<Overview<'a>> {
    let question = Question::of_place(service, environment, MoveKind::Rollback);
    let scene = Scene::set(registry, &question, moment)?;
    let way_back = back::find(&scene, &question);
    // To run the first release there is isn't a fault of that release.
    let running = running(&scene, matches!(way_back, WayBack::Desert(_)));
    let attention = attention::find(&scene, &running, &way_back);
    Some(Overview { service: scene.service, environment: scene.environment, running, way_back, attention })
}

fn running<'a>(scene: &Scene<'a>, stranded: bool) -> Running<'a> {
    let Some(running) = &scene.running else { return Running::Unknown };
    let mut candidates = running.clone();
    candidates.sort_by(|a, b| b.version.place.cmp(&a.version.place));
    let runs = candidates.into_iter().map(|candidate| Runs {
        since: scene.since(&candidate.version),
        verdict: weigh_from_nothing(scene, candidate, stranded),
    });
    Running::Releases(runs.collect())
}
