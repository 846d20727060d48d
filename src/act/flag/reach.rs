//! What a flag does to one service: what it hits, what of that runs, and which moves come out otherwise than before.
//!
//! Everything is answered by asking the judge twice, of the registry before and after.

use std::collections::BTreeSet;

use super::entry::Entry;
use crate::judge::{self, Code, Moment, Question, Verdict, WayBack, advise, judge, overview, portrait};
use crate::model::{Flag, FlagKind, Id, Key, Level, MoveKind, Name, Registry, Service, SignOff, Version};
use crate::registry::Loaded;
use crate::registry::edit::Spot;

/// What a flag does to one service.
#[derive(Debug, Clone)]
pub struct Reach {
    /// The service.
    pub service: Name,
    /// The registry as the service's checks will load it.
    pub after: Loaded,
    /// Where the flag will stand.
    pub spot: Spot,
    /// What was said of the service: ranges, and what is left out of them.
    pub said: (Vec<Box<str>>, Vec<Box<str>>),
    /// The environments to which that is limited; empty: everywhere.
    pub environments: Vec<Name>,
    /// The releases that mend it.
    pub fixed_in: Vec<Box<str>>,
    /// The registered releases that the flag hits.
    pub releases: Vec<Box<str>>,
    /// Those of them that it didn't hit before.
    pub new: Vec<Box<str>>,
    /// How many releases are registered.
    pub known: usize,
    /// What runs and is hit, or may be.
    pub runs: Vec<RunsHit>,
    /// Where a rollback goes now, where that is another release, or can't go any more.
    pub ways: Vec<Way>,
    /// The sign-offs that no longer let their move go.
    pub voided: Vec<Voided>,
    /// The moves to what ran before that no longer go.
    pub stopped: Vec<Stopped>,
    /// What to do about it, by environment.
    pub next: Vec<NextMove>,
}

/// A release that runs and is hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunsHit {
    /// Where.
    pub environment: Name,
    /// Which.
    pub version: Version,
    /// Whether it surely is; false: its version can't be compared.
    pub sure: bool,
    /// Whether it wasn't before.
    pub new: bool,
    /// The verdict on what runs, as if it came from nothing.
    pub level: Level,
}

/// Where a rollback goes: the release, and how that weighs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    /// The release.
    pub version: Box<str>,
    /// The verdict on going there.
    pub level: Level,
}

/// A way back that is another than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Where.
    pub environment: Name,
    /// Where it went; None: nowhere.
    pub before: Option<Back>,
    /// Where it goes.
    pub after: Option<Back>,
}

impl Way {
    /// Whether it leads elsewhere, or may go now and couldn't before, or the other way round.
    fn differs(&self) -> bool {
        let of =
            |back: &Option<Back>| back.as_ref().map(|back| (back.version.clone(), back.level.proceeds()));
        of(&self.before) != of(&self.after)
    }

    /// Whether there was a safe way back, and is none any more.
    pub fn is_lost(&self) -> bool {
        let safe = |back: &Option<Back>| back.as_ref().is_some_and(|back| back.level.proceeds());
        safe(&self.before) && !safe(&self.after)
    }
}

/// A sign-off that no longer lets its move go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voided {
    /// The sign-off.
    pub id: Id,
    /// The key that was signed for.
    pub key: Key,
    /// Who signed.
    pub by: Box<str>,
    /// Where.
    pub environment: Name,
    /// The move's target.
    pub to: Box<str>,
    /// The verdict now.
    pub level: Level,
    /// The reasons that stop the move now: code and subject.
    pub why: Vec<(Code, String)>,
}

/// A move that could go before and can't any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Where.
    pub environment: Name,
    /// What runs.
    pub from: Option<Box<str>>,
    /// Where it would go.
    pub to: Box<str>,
    /// The verdict before.
    pub before: Level,
    /// The verdict now.
    pub after: Level,
    /// The reasons that stop it now: code and subject.
    pub why: Vec<(Code, String)>,
}

/// What to do in one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextMove {
    /// Where.
    pub environment: Name,
    /// What.
    pub next: Next,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Go to this release, which isn't hit and may be gone to.
    Run(Version),
    /// Look at what there is to go to: nothing may simply be gone to.
    Targets,
    /// Nothing that runs is hit; the move that was offered till now is to be asked about again.
    Check(Box<str>),
}

/// Works out what the flag does to a service.
pub(super) fn reach(
    entry: &Entry,
    (kind, id): (FlagKind, &Id),
    before: &Loaded,
    after: &Loaded,
    moment: Moment,
) -> Reach {
    let mut reach = Reach {
        service: entry.service.clone(),
        spot: Spot { file: String::new(), line: 0 },
        said: (entry.versions.clone(), entry.except.clone()),
        environments: entry.environments.clone(),
        fixed_in: entry.fixed_in.clone(),
        releases: Vec::new(),
        new: Vec::new(),
        known: 0,
        runs: Vec::new(),
        ways: Vec::new(),
        voided: Vec::new(),
        stopped: Vec::new(),
        next: Vec::new(),
        after: after.clone(),
    };
    let sides = Sides { before: &before.registry, after: &after.registry, name: &entry.service, moment };
    if let (Some(service), Some(flag)) = (sides.service(), find(&after.registry, &entry.service, kind, id)) {
        let sources = &after.registry.sources;
        reach.spot = Spot { file: sources.path(flag.origin).to_owned(), line: sources.line(flag.origin) };
        reach.look(&sides, flag, id, kind);
        reach.compare(&sides, service);
        reach.next = reach.propose(&sides, flag);
    }
    reach
}

fn find<'a>(registry: &'a Registry, name: &Name, kind: FlagKind, id: &Id) -> Option<&'a Flag> {
    let service = registry.services.get(name)?;
    registry.flags_of(service).find(|flag| flag.kind == kind && flag.id == *id)
}

/// The registry before and after, as it concerns one service.
struct Sides<'a> {
    before: &'a Registry,
    after: &'a Registry,
    name: &'a Name,
    moment: Moment,
}

impl<'a> Sides<'a> {
    fn service(&self) -> Option<&'a Service> {
        self.after.services.get(self.name)
    }

    /// One move, judged before and after.
    fn judged(&self, environment: &Name, to: &str) -> Option<(Verdict<'a>, Verdict<'a>)> {
        let place = Question::of_place(self.name, Some(environment), MoveKind::Rollback);
        let question = Question { to: to.into(), ..place };
        let before = judge(self.before, &question, self.moment)?;
        Some((before, judge(self.after, &question, self.moment)?))
    }

    /// Where a rollback goes, before and after.
    fn ways(&self, environment: &Name) -> Option<Way> {
        let back = |registry: &Registry| {
            let overview = overview(registry, self.name, Some(environment), self.moment)?;
            let back = |verdict: &Verdict<'_>| Back {
                version: verdict.movement.to.text.clone(),
                level: verdict.level,
            };
            Some(match &overview.way_back {
                WayBack::To(verdict) | WayBack::Desert(verdict) => Some(back(verdict)),
                _ => None,
            })
        };
        let way = Way {
            environment: environment.clone(),
            before: back(self.before).flatten(),
            after: back(self.after).flatten(),
        };
        way.differs().then_some(way)
    }
}

impl Reach {
    /// The flag, as it will stand.
    pub fn flag(&self, kind: FlagKind, id: &Id) -> Option<&Flag> {
        find(&self.after.registry, &self.service, kind, id)
    }

    /// The service, as it will stand.
    pub fn of(&self) -> Option<&Service> {
        self.after.registry.services.get(&self.service)
    }

    /// What is hit, and what of it runs.
    fn look(&mut self, sides: &Sides<'_>, flag: &Flag, id: &Id, kind: FlagKind) {
        let Some(now) = portrait(sides.after, sides.name, flag, sides.moment) else { return };
        let was = find(sides.before, sides.name, kind, id);
        let was = was.and_then(|flag| portrait(sides.before, sides.name, flag, sides.moment));
        let text = |release: &&crate::model::Release| release.version.text.clone();
        let before: BTreeSet<Box<str>> = was.iter().flat_map(|was| &was.releases).map(text).collect();
        self.releases = now.releases.iter().map(text).collect();
        self.new = self.releases.iter().filter(|text| !before.contains(*text)).cloned().collect();
        self.known = now.known;
        for hit in &now.runs {
            let stood = was.iter().flat_map(|was| &was.runs).any(|other| other == hit);
            let level = self.level(sides, &hit.environment, &hit.version);
            let (environment, version) = (hit.environment.clone(), hit.version.clone());
            self.runs.push(RunsHit { environment, version, sure: hit.sure, new: !stood, level });
        }
        self.runs.sort_by(|a, b| (b.sure, &a.environment).cmp(&(a.sure, &b.environment)));
    }

    /// The verdict on what runs in an environment.
    fn level(&self, sides: &Sides<'_>, environment: &Name, version: &Version) -> Level {
        let overview = overview(sides.after, sides.name, Some(environment), sides.moment);
        let runs = overview.iter().flat_map(judge::Overview::releases);
        runs.filter(|runs| runs.version().text == version.text)
            .map(|runs| runs.verdict.level)
            .max()
            .unwrap_or_default()
    }

    /// What comes out otherwise than before.
    fn compare(&mut self, sides: &Sides<'_>, service: &Service) {
        for environment in judge::environments(service) {
            self.ways.extend(sides.ways(environment));
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            for ran in service.ran.iter().rev().filter(|ran| ran.environment == *environment) {
                if seen.insert(&ran.version.text) {
                    self.stopped.extend(stopped(sides, environment, &ran.version.text));
                }
            }
        }
        self.ways.sort_by_key(|way| !way.is_lost());
        let all = service.sign_offs.iter();
        self.voided = all.flat_map(|sign_off| voided(sides, service, sign_off)).collect();
    }

    /// What to do, where something that runs is hit, or a way back is lost or no move goes any more.
    fn propose(&self, sides: &Sides<'_>, flag: &Flag) -> Vec<NextMove> {
        let mut next: Vec<NextMove> = Vec::new();
        let hit = self.runs.iter().map(|runs| (&runs.environment, runs.version.text.clone(), true));
        let lost =
            self.ways.iter().filter(|way| way.is_lost()).map(|way| (&way.environment, Box::default(), false));
        for (environment, version, is_hit) in hit.chain(lost) {
            if next.iter().any(|other| other.environment == *environment) {
                continue;
            }
            let target = if is_hit { clean_target(sides, environment, &version, flag) } else { None };
            let what = target.map_or(Next::Targets, Next::Run);
            next.push(NextMove { environment: environment.clone(), next: what });
        }
        if next.is_empty() {
            let checks = self.stopped.first().map(|stopped| NextMove {
                environment: stopped.environment.clone(),
                next: Next::Check(stopped.to.clone()),
            });
            next.extend(checks);
        }
        next
    }
}

/// The best release to go to that the flag doesn't hit.
fn clean_target(sides: &Sides<'_>, environment: &Name, version: &str, flag: &Flag) -> Option<Version> {
    let place = Question::of_place(sides.name, Some(environment), MoveKind::Rollback);
    let advice = advise(sides.after, &Question { to: version.into(), ..place }, sides.moment)?;
    let clean = |verdict: &Verdict<'_>| {
        verdict.level.proceeds() && verdict.kept.iter().all(|kept| !std::ptr::eq(*kept, flag))
    };
    let mut targets = advice.targets.iter().filter(|target| !target.stay && clean(&target.verdict));
    targets.next().map(|target| target.verdict.movement.to.clone())
}

/// A move to what ran before that no longer goes. What runs isn't gone to.
fn stopped(sides: &Sides<'_>, environment: &Name, to: &str) -> Option<Stopped> {
    let (before, after) = sides.judged(environment, to)?;
    if after.proof.runs || !before.level.proceeds() || after.level.proceeds() {
        return None;
    }
    Some(Stopped {
        environment: environment.clone(),
        from: after.movement.from.as_ref().map(|from| from.text.clone()),
        to: to.into(),
        before: before.level,
        after: after.level,
        why: deciding(&after),
    })
}

/// Where a sign-off counted and its move no longer goes: its own environment, or one that is in it.
fn voided(sides: &Sides<'_>, service: &Service, sign_off: &SignOff) -> Vec<Voided> {
    let mut places = judge::environments(service);
    places.retain(|name| sides.after.lineage(name).contains(&&sign_off.environment));
    places.insert(&sign_off.environment);
    places.into_iter().filter_map(|place| voided_in(sides, place, sign_off)).collect()
}

fn voided_in(sides: &Sides<'_>, environment: &Name, sign_off: &SignOff) -> Option<Voided> {
    let (before, after) = sides.judged(environment, &sign_off.to)?;
    let counts = before.given.iter().any(|given| given.sign_off.id == sign_off.id);
    if !counts || !before.level.proceeds() || after.level.proceeds() {
        return None;
    }
    Some(Voided {
        id: sign_off.id.clone(),
        key: sign_off.key,
        by: sign_off.by.clone(),
        environment: environment.clone(),
        to: sign_off.to.clone(),
        level: after.level,
        why: deciding(&after),
    })
}

/// The reasons that stop a move: those of its own level.
fn deciding(verdict: &Verdict<'_>) -> Vec<(Code, String)> {
    let decides = |reason: &&judge::Reason<'_>| reason.level == verdict.level;
    let reasons = verdict.reasons.iter().filter(decides);
    reasons.map(|reason| (reason.finding.code(), reason.finding.subject().to_string())).collect()
}
