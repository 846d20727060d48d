//! The scene of a judgement: what runs and ran in one environment, and which flags stand, at one moment.
//!
//! Everything that depends on the moment alone is settled here, once; the finders then only compare
//! versions. A scene can be moved on ([`Scene::after`]), which is how "and what then?" is answered.

mod flags;
mod stays;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::judge::rules::{self, Codes};
use crate::judge::{Code, Moment, Question, upkeep};
use crate::model::{Affects, Entered, Flag, Name, Registry, Release, Rule, Service, Time, Version};

/// A version together with what is known of it at the moment, looked up once per scene.
pub(super) type Candidate<'a> = Rc<Known<'a>>;

/// See [`Candidate`].
#[derive(Debug)]
pub(super) struct Known<'a> {
    pub version: Version,
    /// What is registered of it.
    pub release: Option<&'a Release>,
    /// Whether it is hit by each of the scene's flags, by their index. None: it can't be told.
    hits: Vec<Option<bool>>,
}

impl Known<'_> {
    /// Whether it is the same release: the version as written.
    pub fn is(&self, other: &Version) -> bool {
        self.version.text == other.text
    }
}

/// One stay of a release in the environment, with its ends made certain.
#[derive(Debug, Clone)]
pub(super) struct Stay {
    pub version: Version,
    /// When it began; None: not known.
    pub start: Option<Time>,
    /// When it ended; now at the latest, and now where it isn't known.
    pub end: Time,
    /// Whether it is known when it ended.
    pub ended: bool,
    /// Whether both ends stand in the registry, so that its length can be told.
    pub measured: bool,
    /// Whether a rollback ended it.
    pub rolled_back: bool,
}

/// Where a flag stands in its life at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Active,
    /// It will count from then on.
    Scheduled(Time),
    /// It was taken back then.
    Withdrawn(Time),
    /// Its time is over.
    Over,
}

/// A flag that can hit the service, with its standing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standpoint<'a> {
    pub flag: &'a Flag,
    pub standing: Standing,
    /// Its place among the scene's flags.
    index: usize,
}

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Scene<'a> {
    pub registry: &'a Registry,
    pub service: &'a Service,
    pub moment: Moment,
    pub environment: Option<Name>,
    /// The environment and the groups it is in.
    pub lineage: Rc<[Name]>,
    /// What runs here; None: nobody knows.
    pub running: Option<Vec<Candidate<'a>>>,
    /// What ran here, in the order of the registry.
    pub ran: Vec<Stay>,
    /// Whether the history tells of this environment, if only since when something runs.
    pub knows_past: bool,
    /// How what runs here was entered, when it was by acceptance.
    pub entered: Option<&'a Entered>,
    /// The flags that are known at the moment and may hit this service.
    pub flags: Rc<[Standpoint<'a>]>,
    /// What of the flags speaks of this service in this environment, with the flag's index.
    entries: Rc<[(usize, &'a Affects)]>,
    /// The rules, with the codes that each can match.
    pub rules: Rc<[(Codes, &'a Rule)]>,
    /// What is dated in the future: how many times, and the furthest.
    pub ahead: Option<(usize, Time)>,
    /// What was looked up so far. It depends on the moment and the place, not on what runs, so scenes that
    /// were moved on share it.
    known: Rc<RefCell<BTreeMap<Box<str>, Candidate<'a>>>>,
    /// Releases that no redeploy from here could go back to.
    pub barred: RefCell<BTreeSet<Box<str>>>,
}

impl Standpoint<'_> {
    /// Whether the flag hits this version here, whatever its standing. None: it can't be told.
    pub fn hits(&self, candidate: &Known<'_>) -> Option<bool> {
        candidate.hits.get(self.index).copied().flatten()
    }
}

impl<'a> Scene<'a> {
    /// Sets the scene. None: the registry doesn't hold the service.
    pub fn set(registry: &'a Registry, question: &Question, moment: Moment) -> Option<Scene<'a>> {
        let service = registry.services.get(&question.service)?;
        let lineage = question
            .environment
            .as_ref()
            .map_or_else(Vec::new, |name| registry.lineage(name).into_iter().cloned().collect());
        let mut scene = Scene {
            registry,
            service,
            moment,
            environment: question.environment.clone(),
            lineage: lineage.into(),
            running: None,
            ran: Vec::new(),
            knows_past: false,
            entered: None,
            flags: Rc::new([]),
            entries: Rc::new([]),
            rules: rules::by_code(registry),
            ahead: None,
            known: Rc::default(),
            barred: RefCell::default(),
        };
        scene.settle();
        Some(scene)
    }

    /// The same scene at another moment, with the same things hidden.
    ///
    /// What was looked up stays good: which flags there are, and what they hit, depends on what is hidden and
    /// not on the moment.
    pub fn at(&self, now: Time) -> Scene<'a> {
        let mut scene = self.clone();
        scene.moment.now = now;
        scene.barred = RefCell::default();
        scene.settle();
        scene
    }

    /// Works out what depends on the moment.
    fn settle(&mut self) {
        self.flags = self.standing_flags();
        self.entries = self.entries_here();
        self.ahead = upkeep::ahead(self);
        let Some(environment) = self.environment.clone() else { return };
        self.ran = self.stays(&environment);
        self.knows_past = self.knows(&environment);
        let (running, as_it_stands) = self.runs_in(&environment);
        self.running = running;
        let entered = self.service.entered.get(&environment).filter(|_| as_it_stands);
        self.entered = entered.filter(|entered| {
            // A subject that is no flag's was accepted of the release itself, so it stays with it.
            let of_release = |subject: &str| Code::from_word(subject.split(':').next().unwrap_or(subject));
            let mut subjects = entered.subjects.iter();
            subjects.any(|subject| of_release(subject).is_some())
                || self.running.iter().flatten().any(|runs| self.is_exposed(entered, runs))
        });
    }

    /// The scene after a move to `to`: it runs alone, what ran before has just been left, and an acceptance
    /// stands only while `to` has something of what was accepted.
    pub fn after(&self, to: &Candidate<'a>) -> Scene<'a> {
        let mut after = self.clone();
        after.entered = self.entered.filter(|entered| self.is_exposed(entered, to));
        let left = after.running.replace(vec![to.clone()]).unwrap_or_default();
        let now = self.moment.now;
        after.knows_past |= !left.is_empty();
        after.ran.extend(left.into_iter().map(|candidate| Stay {
            version: candidate.version.clone(),
            start: None,
            end: now,
            ended: true,
            measured: false,
            rolled_back: false,
        }));
        after
    }

    /// Whether a release has one of the flags that were accepted.
    fn is_exposed(&self, entered: &Entered, candidate: &Known<'_>) -> bool {
        let accepted = |point: &&Standpoint<'_>| {
            entered.subjects.iter().any(|subject| **subject == *point.flag.id.as_str())
        };
        self.active().filter(accepted).any(|point| point.hits(candidate) == Some(true))
    }

    /// What is known of a version as written.
    pub fn candidate(&self, text: &str) -> Candidate<'a> {
        if let Some(known) = self.known.borrow().get(text) {
            return Rc::clone(known);
        }
        let release = self.service.release(text).filter(|release| self.moment.sees_opt(release.released));
        let version = release.map_or_else(|| Version::new(text, &self.service.scale), |r| r.version.clone());
        let mut known = Known { hits: Vec::new(), version, release };
        known.hits = self.hits(&known);
        let known = Rc::new(known);
        self.known.borrow_mut().insert(text.into(), Rc::clone(&known));
        known
    }

    /// The releases that are known at the moment, in the registry's order.
    pub fn releases(&self) -> impl DoubleEndedIterator<Item = &'a Release> + use<'a> {
        let moment = self.moment;
        self.service.releases.iter().filter(move |release| moment.sees_opt(release.released))
    }

    /// Whether `version` runs here now.
    pub fn runs(&self, version: &Version) -> bool {
        self.running.iter().flatten().any(|candidate| candidate.is(version))
    }

    /// The flags that count now.
    pub fn active(&self) -> impl Iterator<Item = &Standpoint<'a>> {
        self.flags.iter().filter(|point| point.standing == Standing::Active)
    }
}
