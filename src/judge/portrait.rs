//! One flag as it concerns one service: what it hits, where that runs and ran, and what was accepted of it.

use std::collections::BTreeSet;

use crate::judge::relief;
use crate::judge::scene::{Scene, Standing, Standpoint};
use crate::judge::{Moment, Owed, Question, Refusal, debt};
use crate::model::{Flag, MoveKind, Name, Registry, Release, Service, SignOff, Time, Version};

/// A flag at one service.
#[derive(Debug, Clone)]
pub struct Portrait<'a> {
    /// The flag.
    pub flag: &'a Flag,
    /// The service.
    pub service: &'a Service,
    /// Where it stands in its life.
    pub standing: Standing,
    /// The registered releases that it hits somewhere, in the registry's order.
    pub releases: Vec<&'a Release>,
    /// How many releases are known at the moment.
    pub known: usize,
    /// The hit releases that run now, and those that run and can't be compared.
    pub runs: Vec<Hit>,
    /// The hit releases that ran within `policy.target_age`, and don't run there now.
    pub ran: Vec<HitBefore>,
    /// The sign-offs that name it, newest first: until when each counts, or why it doesn't.
    pub sign_offs: Vec<(&'a SignOff, Result<Time, Refusal>)>,
    /// The break-glasses that name it.
    pub debts: Vec<Owed<'a>>,
}

/// A release that runs in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Where.
    pub environment: Name,
    /// What.
    pub version: Version,
    /// Whether the flag surely hits it there; false: the two can't be compared.
    pub sure: bool,
}

/// A release that ran in an environment, and when it was left last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HitBefore {
    /// Where.
    pub environment: Name,
    /// What.
    pub version: Version,
    /// Until when.
    pub until: Time,
}

/// Every place that a service runs or ran in, as far as the registry tells.
fn places(service: &Service) -> BTreeSet<&Name> {
    service.running.keys().chain(service.ran.iter().map(|ran| &ran.environment)).collect()
}

/// See [`Portrait`]. None: the flag doesn't speak of the service, or isn't there yet at the moment.
pub(super) fn portrait<'a>(
    registry: &'a Registry,
    service: &Name,
    flag: &'a Flag,
    moment: Moment,
) -> Option<Portrait<'a>> {
    let anywhere = scene(registry, service, None, moment)?;
    let point = *find(&anywhere, flag)?;
    let releases: Vec<&Release> = anywhere.releases().collect();
    let mut portrait = Portrait {
        flag,
        service: anywhere.service,
        standing: point.standing,
        known: releases.len(),
        releases: Vec::new(),
        runs: Vec::new(),
        ran: Vec::new(),
        sign_offs: sign_offs(&anywhere, flag),
        debts: debts(&anywhere, flag),
    };
    let hit = |release: &&Release| point.hits(&anywhere.candidate(&release.version.text)) == Some(true);
    portrait.releases = releases.into_iter().filter(hit).collect();
    for place in places(anywhere.service) {
        let here = scene(registry, service, Some(place), moment)?;
        portrait.look(&here, place);
    }
    Some(portrait)
}

impl Portrait<'_> {
    fn look(&mut self, here: &Scene<'_>, place: &Name) {
        let Some(point) = find(here, self.flag) else { return };
        for candidate in here.running.iter().flatten() {
            let hit = point.hits(candidate);
            if hit != Some(false) {
                let (environment, version) = (place.clone(), candidate.version.clone());
                self.runs.push(Hit { environment, version, sure: hit.is_some() });
            }
        }
        let window = here.registry.policy.target_age;
        let first = self.ran.len();
        let lately = here.ran.iter().rev().filter(|stay| here.moment.now < window.after(stay.end));
        for stay in lately.filter(|stay| !here.runs(&stay.version)) {
            let said = self.ran[first..].iter().any(|ran| ran.version == stay.version);
            if !said && point.hits(&here.candidate(&stay.version.text)) == Some(true) {
                let (environment, version) = (place.clone(), stay.version.clone());
                self.ran.push(HitBefore { environment, version, until: stay.end });
            }
        }
    }
}

/// The scene of a place; of none: whatever a flag says of any environment holds.
fn scene<'a>(
    registry: &'a Registry,
    service: &Name,
    environment: Option<&Name>,
    moment: Moment,
) -> Option<Scene<'a>> {
    let question = Question::of_place(service, environment, MoveKind::Redeploy);
    Scene::set(registry, &question, moment)
}

fn find<'s, 'a>(scene: &'s Scene<'a>, flag: &Flag) -> Option<&'s Standpoint<'a>> {
    scene.flags.iter().find(|point| std::ptr::eq(point.flag, flag))
}

fn sign_offs<'a>(scene: &Scene<'a>, flag: &Flag) -> Vec<(&'a SignOff, Result<Time, Refusal>)> {
    let names = |sign_off: &&SignOff| {
        sign_off.accepts.iter().any(|subject| **subject == *flag.id.as_str())
            || sign_off.with.iter().any(|(of, _)| *of == flag.id)
    };
    let seen = scene.service.sign_offs.iter().filter(|sign_off| scene.moment.sees(sign_off.at));
    let mut naming: Vec<_> =
        seen.filter(names).map(|sign_off| (sign_off, relief::validity(scene, sign_off))).collect();
    naming.sort_by_key(|(sign_off, _)| std::cmp::Reverse(sign_off.at));
    naming
}

fn debts<'a>(scene: &Scene<'a>, flag: &Flag) -> Vec<Owed<'a>> {
    let moment = scene.moment;
    let seen = scene.service.debts.iter().filter(|debt| moment.sees(debt.at));
    let named = seen.filter(|debt| debt.subjects.iter().any(|subject| **subject == *flag.id.as_str()));
    named.filter_map(|debt| debt::owed(scene.registry, &scene.service.name, debt, moment)).collect()
}
