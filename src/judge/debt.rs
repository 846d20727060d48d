//! Break-glasses: what is still owed for one, and whether it may be closed.
//!
//! A debt is open until each team has reviewed it and what it went to is no exposure any more: it was left, or
//! nothing that was gone against holds it now. "Holds" is the judge's own word: what runs is weighed as if it came
//! from nothing, as `status` does, with its sign-offs and mitigations. So a flag that was withdrawn, a level that a
//! rule has lowered and an acceptance that counts end it alike, and a block is ended by nobody's acceptance.

use crate::judge::scene::Scene;
use crate::judge::weigh::weigh_from_nothing;
use crate::judge::{Code, Moment, Question, Reason, Verdict, upkeep};
use crate::model::{Debt, Key, Level, MoveKind, Name, Registry, Time};

/// A break-glass with what is still owed for it.
#[derive(Debug, Clone)]
pub struct Owed<'a> {
    /// The break-glass.
    pub debt: &'a Debt,
    /// By when it is to be reviewed.
    pub due: Time,
    /// The keys whose team hasn't reviewed it yet.
    pub unreviewed: Vec<Key>,
    /// What became of the release that it went to.
    pub went: Went,
}

/// What became of the release that a break-glass went to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Went {
    /// It doesn't run there.
    Left,
    /// It runs, and nothing that was gone against holds it any more.
    Settled,
    /// It runs, and this holds it still.
    Held(Vec<Holding>),
    /// Nobody says what runs there.
    Unknown,
}

/// One thing that holds what runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The subject of the reason.
    pub subject: Box<str>,
    /// Hold or block.
    pub level: Level,
    /// The keys that could sign it and haven't; none of a block.
    pub wanting: Vec<Key>,
}

impl Owed<'_> {
    /// Whether nothing is owed any more.
    pub fn is_settled(&self) -> bool {
        self.unreviewed.is_empty() && matches!(self.went, Went::Left | Went::Settled)
    }

    /// Whether a review is overdue.
    pub fn is_overdue(&self, now: Time) -> bool {
        self.due <= now && !self.unreviewed.is_empty()
    }
}

/// What is owed for a break-glass of a service. None: the registry doesn't hold the service.
pub(super) fn owed<'a>(
    registry: &Registry,
    service: &Name,
    debt: &'a Debt,
    moment: Moment,
) -> Option<Owed<'a>> {
    let question = Question::of_place(service, Some(&debt.environment), MoveKind::Redeploy);
    let scene = Scene::set(registry, &question, moment)?;
    Some(owed_here(&scene, debt))
}

/// What is owed for a break-glass of the scene's environment.
pub(super) fn owed_here<'d>(scene: &Scene<'_>, debt: &'d Debt) -> Owed<'d> {
    Owed {
        debt,
        due: upkeep::due(scene, debt),
        unreviewed: upkeep::unreviewed(scene, debt),
        went: went(scene, debt),
    }
}

fn went(scene: &Scene<'_>, debt: &Debt) -> Went {
    if scene.running.is_none() {
        return Went::Unknown;
    }
    if !scene.runs(&debt.to) {
        return Went::Left;
    }
    let verdict = weigh_from_nothing(scene, scene.candidate(&debt.to.text), false);
    match holding(scene, debt, &verdict) {
        list if list.is_empty() => Went::Settled,
        list => Went::Held(list),
    }
}

fn holding(scene: &Scene<'_>, debt: &Debt, verdict: &Verdict<'_>) -> Vec<Holding> {
    // What names neither a flag nor a reason stands for a judgement that couldn't be made then: all counts.
    let of_all = debt.subjects.iter().any(|subject| !is_known(scene, subject));
    let named = |reason: &&Reason<'_>| {
        of_all || debt.subjects.iter().any(|subject| reason.finding.is_subject(subject))
    };
    let held = verdict.reasons.iter().filter(|reason| !reason.level.proceeds());
    held.filter(named)
        .map(|reason| Holding {
            subject: reason.finding.subject().into(),
            level: reason.level,
            wanting: reason.wanting().collect(),
        })
        .collect()
}

/// Whether a subject names a flag on the service, or a reason.
fn is_known(scene: &Scene<'_>, subject: &str) -> bool {
    let code = subject.split(':').next().unwrap_or(subject);
    Code::from_word(code).is_some() || scene.flags.iter().any(|point| point.flag.id.as_str() == subject)
}
