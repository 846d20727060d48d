//! Judging a decision again, and what differs.

use std::collections::BTreeSet;

use super::cause::{Cause, cause};
use super::{Decision, Doubts, Outcome};
use crate::act::movement::before_the_move;
use crate::judge::{self, Along, Code, Moment, Question};
use crate::model::{MoveKind, Registry};
use crate::record::{Movement, Reason, Statement};

/// A verdict, as the record tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The move as it was understood.
    pub movement: Movement,
    /// `allow`, `warn`, `hold`, `block`.
    pub verdict: Box<str>,
    /// All reasons.
    pub reasons: Vec<Reason>,
}

/// What comes out differently.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// What was recorded.
    pub was: Judgement,
    /// What comes out now.
    pub is: Judgement,
    /// The reasons that differ.
    pub changed: Vec<Changed>,
    /// The most likely cause.
    pub cause: Cause,
}

/// A reason that is there on one side only, or has another level there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// As it was recorded.
    pub was: Option<Reason>,
    /// As it comes out now.
    pub is: Option<Reason>,
}

impl Judgement {
    /// What a line tells of a verdict; None: it has none.
    fn of(says: &Statement) -> Option<Judgement> {
        let (movement, verdict) = (says.movement.clone()?, says.verdict.clone()?);
        Some(Judgement { movement, verdict, reasons: says.reasons.clone() })
    }

    /// What counts as the same: the move, the verdict, and which reasons there are at which level. Which rule decided
    /// and who signed changes nothing by itself.
    fn facts(&self) -> (&Movement, &str, BTreeSet<Fact<'_>>) {
        (&self.movement, &self.verdict, self.reasons.iter().map(fact).collect())
    }
}

/// Code, subject and level.
type Fact<'a> = (&'a str, &'a str, &'a str);

fn fact(reason: &Reason) -> Fact<'_> {
    (&reason.code, &reason.subject, &reason.level)
}

impl Decision {
    /// Judges it again on a registry that was loaded from its commit.
    pub fn again(&self, registry: &Registry, doubts: &Doubts) -> Outcome {
        let Some(was) = Judgement::of(&self.says) else { return Outcome::Not(super::Unjudged::Then) };
        let mut nearest: Option<(usize, Judgement)> = None;
        for question in self.questions() {
            for registry in self.registries(registry, &question) {
                let Some(verdict) = judge::judge(registry.registry(), &question, self.moment()) else {
                    continue;
                };
                let Some(is) = Judgement::of(&self.says.clone().judged(&verdict)) else { continue };
                if is.facts() == was.facts() {
                    return Outcome::Same;
                }
                let apart = differing(&was, &is).len() + usize::from(was.movement != is.movement);
                if nearest.as_ref().is_none_or(|(least, _)| apart < *least) {
                    nearest = Some((apart, is));
                }
            }
        }
        let Some((_, is)) = nearest else {
            let why = format!("there is no service `{}` in it", self.service);
            let revision = self.says.registry.revision.clone().unwrap_or_default();
            return Outcome::Not(super::Unjudged::Unloaded { revision, why });
        };
        let changed = differing(&was, &is);
        let cause = cause(self, &changed, doubts);
        Outcome::Differs(Box::new(Difference { was, is, changed, cause }))
    }

    /// What may have been asked. A line says what was taken to run, and not whether somebody typed it.
    fn questions(&self) -> impl Iterator<Item = Question> {
        let movement = self.says.movement.clone();
        let from = movement.as_ref().and_then(|movement| movement.from.clone());
        let asked =
            match movement.as_ref().is_some_and(|movement| *movement.kind == *MoveKind::Rollback.word()) {
                true => MoveKind::Rollback,
                false => MoveKind::Redeploy,
            };
        let question = Question {
            service: self.service.clone(),
            environment: self.environment.clone(),
            from: None,
            to: movement.map(|movement| movement.to).unwrap_or_default(),
            asked,
            incident: self.says.incident.clone(),
            asker: self.asker(),
            along: Along::default(),
        };
        let typed = from.map(|from| Question { from: Some(from), ..question.clone() });
        [question].into_iter().chain(typed)
    }

    /// The registry as it was; for what was recorded after it was seen to be done, also without what was seen.
    fn registries<'r>(&self, registry: &'r Registry, question: &Question) -> Vec<Seen<'r>> {
        let rewound = self.is_recorded().then(|| before_the_move(registry, question)).flatten();
        let rewound = rewound.map(|registry| Seen::Rewound(Box::new(registry)));
        [Some(Seen::AsItIs(registry)), rewound].into_iter().flatten().collect()
    }

    /// When it was judged. When the registry was refreshed stands in no commit: whether it was fresh, the line says.
    fn moment(&self) -> Moment {
        let stale = self.says.reasons.iter().any(|reason| *reason.code == *Code::StaleRegistry.word());
        Moment { refreshed: (!stale).then_some(self.says.at), ..Moment::present(self.says.at) }
    }
}

/// A registry that a decision may have been made on.
enum Seen<'r> {
    AsItIs(&'r Registry),
    Rewound(Box<Registry>),
}

impl Seen<'_> {
    fn registry(&self) -> &Registry {
        match self {
            Seen::AsItIs(registry) => registry,
            Seen::Rewound(registry) => registry,
        }
    }
}

/// The reasons that differ, those of the same code and subject side by side.
fn differing(was: &Judgement, is: &Judgement) -> Vec<Changed> {
    let only = |one: &Judgement, other: &Judgement| {
        let (own, others): (_, BTreeSet<Fact<'_>>) = (&one.reasons, other.reasons.iter().map(fact).collect());
        own.iter().filter(|reason| !others.contains(&fact(reason))).cloned().collect::<Vec<Reason>>()
    };
    let (gone, mut come) = (only(was, is), only(is, was));
    let mut changed = Vec::new();
    for was in gone {
        let same = |is: &Reason| is.code == was.code && is.subject == was.subject;
        let is = come.iter().position(same).map(|at| come.remove(at));
        changed.push(Changed { was: Some(was), is });
    }
    changed.extend(come.into_iter().map(|is| Changed { was: None, is: Some(is) }));
    changed
}
