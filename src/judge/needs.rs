//! Whether the services of an environment fit together once everything is moved: what goes must find beside it what it
//! needs, and what stays must not lose it.

use std::collections::BTreeMap;

use crate::judge::scene::{Candidate, Scene};
use crate::judge::weigh::Step;
use crate::judge::words::and;
use crate::judge::{Along, Finding};
use crate::model::{Name, Need, Origin, Service, Version};

/// That two services don't fit together.
#[derive(Debug, Clone)]
pub struct Rift<'a> {
    /// The other service.
    pub other: &'a Service,
    /// What is lacking, on either side.
    pub lacks: Vec<Lack<'a>>,
}

/// A need that isn't met.
#[derive(Debug, Clone)]
pub struct Lack<'a> {
    /// Which one.
    pub need: &'a Need,
    /// The other service's release that needs this one; None: it is the target that needs the other.
    pub of: Option<Version>,
    /// What will be there instead.
    pub there: There,
    /// It isn't met now either.
    pub already: bool,
}

/// What will be there of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum There {
    /// These, which aren't what is needed, or can't be compared.
    Other(Vec<Version>),
    /// Nothing.
    Nothing,
    /// Nobody says.
    Unknown,
}

/// What runs of a service; None: nobody says.
type Runs = Option<Vec<Version>>;

pub(super) fn find<'a>(scene: &Scene<'a>, step: &Step<'a>, along: &Along) -> Vec<Finding<'a>> {
    let needs = step.to.release.map_or(&[][..], |release| &release.needs);
    let me = &scene.service.name;
    let registry = scene.registry;
    // Mostly there is nobody beside, and this is on the way of every target.
    if needs.is_empty() && registry.services.len() == 1 && registry.neighbours.is_empty() {
        return Vec::new();
    }
    let state = State { scene, step, along };
    let mut rifts: BTreeMap<&'a Name, Rift<'a>> = BTreeMap::new();
    let mut add = |other: &'a Service, lack: Lack<'a>| {
        let empty = || Rift { other, lacks: Vec::new() };
        rifts.entry(&other.name).or_insert_with(empty).lacks.push(lack);
    };
    for need in needs {
        if let Some(other) = registry.beside(&need.service)
            && let Some(lack) = state.lack(other, need)
        {
            add(other, lack);
        }
    }
    let others = registry.services.values().chain(registry.neighbours.values());
    for other in others.filter(|other| other.name != *me) {
        state.lacking_me(other).into_iter().for_each(|lack| add(other, lack));
    }
    rifts.into_values().map(Finding::NeedsOther).collect()
}

/// What runs beside, before everything is moved and after.
struct State<'s, 'a> {
    scene: &'s Scene<'a>,
    step: &'s Step<'a>,
    along: &'s Along,
}

impl<'a> State<'_, 'a> {
    /// What the target lacks of another service.
    fn lack(&self, other: &'a Service, need: &'a Need) -> Option<Lack<'a>> {
        let before = self.scene.runs_of(other);
        let after = self.arriving(other).unwrap_or_else(|| before.clone());
        let there = unmet(need, after)?;
        let needed_too = |here: &Candidate<'_>| {
            let mut needs = here.release.into_iter().flat_map(|release| &release.needs);
            let same = needs.find(|same| same.service == need.service);
            same.is_some_and(|same| unmet(same, before.clone()).is_some())
        };
        let already = if self.step.runs { needed_too(&self.step.to) } else { self.all_here(needed_too) };
        Some(Lack { need, of: None, there, already })
    }

    /// What another service lacks of this one. One that is moved as well says so at its own move.
    fn lacking_me(&self, other: &'a Service) -> Vec<Lack<'a>> {
        let needs_me = other.releases.iter().any(|release| self.need_of_me(&release.needs).is_some());
        if !needs_me || self.arriving(other).is_some() {
            return Vec::new();
        }
        let to = vec![self.step.to.version.clone()];
        let lack = |version: Version| {
            let release = other.release(&version.text)?;
            let seen = self.scene.moment.sees_opt(release.released);
            let need = self.need_of_me(&release.needs).filter(|_| seen)?;
            let there = unmet(need, Some(to.clone()))?;
            let unmet_now = |here: &Candidate<'_>| need.is_met_by(&here.version) != Some(true);
            let already = self.step.runs || self.all_here(unmet_now);
            Some(Lack { need, of: Some(version), there, already })
        };
        self.scene.runs_of(other).into_iter().flatten().filter_map(lack).collect()
    }

    fn need_of_me<'n>(&self, needs: &'n [Need]) -> Option<&'n Need> {
        needs.iter().find(|need| need.service == self.scene.service.name)
    }

    /// What arrives of another service in the same go. None: it isn't moved.
    fn arriving(&self, other: &Service) -> Option<Runs> {
        let here = self.scene.environment.as_ref()?;
        let mut moves = self.along.moves.iter();
        let arrival = moves.find(|arrival| arrival.service == other.name && arrival.environment == *here)?;
        let version = |text: &str| {
            let release = other.release(text).map(|release| release.version.clone());
            release.unwrap_or_else(|| Version::new(text, &other.scale))
        };
        Some(Some(arrival.to.iter().map(|text| version(text)).collect()))
    }

    /// Whether something is true of all that the move comes from: of `from` and, where `--from` disagrees with the
    /// registry, of all that runs.
    fn all_here(&self, holds: impl Fn(&Candidate<'a>) -> bool) -> bool {
        let mut running = self.scene.running.iter().flatten().filter(|_| self.step.disagrees);
        self.step.from.as_ref().is_some_and(&holds) && running.all(holds)
    }
}

/// What is there in place of what is needed; None: the need is met. While a service rolls out, both of its releases
/// are asked, and one that can't be compared isn't what is needed.
fn unmet(need: &Need, runs: Runs) -> Option<There> {
    let Some(runs) = runs else { return Some(There::Unknown) };
    if runs.is_empty() {
        return Some(There::Nothing);
    }
    let wrong: Vec<Version> =
        runs.into_iter().filter(|version| need.is_met_by(version) != Some(true)).collect();
    (!wrong.is_empty()).then_some(There::Other(wrong))
}

impl Rift<'_> {
    /// The special case: all that is lacking was so before, or nobody can tell.
    pub fn case(&self) -> Option<&'static str> {
        let unknown = |lack: &Lack<'_>| lack.there == There::Unknown;
        let excused = |lack: &Lack<'_>| lack.already || unknown(lack);
        match (self.lacks.iter().all(excused), self.lacks.iter().all(|lack| lack.already)) {
            (true, true) => Some("already"),
            (true, false) => Some("unknown"),
            (false, _) => None,
        }
    }

    /// Where the first of what is lacking stands.
    pub fn origin(&self) -> Option<Origin> {
        self.lacks.first().map(|lack| lack.need.origin)
    }

    /// All that is lacking, in one sentence.
    pub fn message(&self) -> String {
        let lacks: Vec<String> = self.lacks.iter().map(|lack| lack.message(&self.other.name)).collect();
        lacks.join("; ")
    }

    /// What to do about it.
    pub fn hint(&self, service: &str, to: &str) -> String {
        let other = &self.other.name;
        let first = match self.lacks.first() {
            Some(lack) if lack.there == There::Unknown => {
                return format!(
                    "say what runs of it: `holdpoint observe {other} --env <env> --running \"<version>\"`"
                );
            }
            Some(lack) if lack.of.is_none() => format!("move {other} to {} first", lack.need.wanted()),
            Some(_) | None => format!("move {other} first to a release that works with {service} {to}"),
        };
        format!("{first}, or both in one go, judged together: `holdpoint gate --moves <file>`")
    }
}

impl Lack<'_> {
    fn message(&self, other: &Name) -> String {
        let wanted = self.need.wanted();
        let before = if self.already { ", as now" } else { "" };
        if let Some(version) = &self.of {
            return format!("{other} {version} stays and needs {} {wanted}{before}", self.need.service);
        }
        let there = match &self.there {
            There::Other(versions) => {
                format!("{} will run beside it", and(versions.iter().map(|version| &*version.text)))
            }
            There::Nothing => "nothing of it will run here".into(),
            There::Unknown => "nobody says what runs of it here".into(),
        };
        format!("needs {other} {wanted}, and {there}{before}")
    }
}
