//! `entered`: that what runs in an environment got there by acceptance, and from where.
//!
//! - Written when a move went by sign-offs or a break-glass and what was accepted is on the release itself: flags,
//!   the floor, the end of support. What was accepted of the way there (ping-pong, a barrier, the distance, what
//!   isn't known) is done with once it is gone, and leaves no `entered`.
//! - A mitigation that a sign-off says is on counts as acceptance as well: without it the move had been stopped.
//! - One `entered` has one `by` and one `expires`. Of several acceptances the one of security's that lapses first
//!   gives both, since that is the one that `acceptance-expired` speaks of; without any of security's, the one of
//!   reliability's that does. A debt lapses when it is due.
//! - `from` is the release that the exposure was entered from, and stays it while anything that was accepted then
//!   is still on what runs; with nothing of it left, `entered` goes. It is what the registry says that ran, not what
//!   the caller says: whatever stands there excuses flags later.
//! - A release that ran here already can't be entered: a restart, or the way back in a roll-out, changes nothing.
//!
//! The judge drops an acceptance by itself once its exposure is left; here it is taken out of the registry.

use std::collections::BTreeSet;

use super::Acceptance;
use super::case::UNJUDGED;
use super::debt::Opened;
use crate::judge::{self, Code, Finding, Moment, Question, Reason, Relief, Verdict};
use crate::model::{
    Debt, Entered, FlagKind, Id, Key, Level, MoveKind, Name, Owner, Registry, Service, SignOff, Time, Version,
};

/// An exposure that was accepted with a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// What ran, by the registry's word.
    pub from: Option<Version>,
    /// `sign-off ID` or `debt ID`.
    pub by: Box<str>,
    /// What was accepted.
    pub subjects: Vec<Box<str>>,
    /// When that lapses.
    pub expires: Time,
}

/// One acceptance of one reason.
struct One {
    key: Key,
    expires: Time,
    by: Box<str>,
    subjects: Vec<Box<str>>,
}

/// The debt by which something is accepted.
#[derive(Clone, Copy)]
pub(super) struct ByDebt<'a> {
    id: &'a Id,
    due: Time,
    subjects: &'a [Box<str>],
}

impl<'a> ByDebt<'a> {
    /// One in the making.
    pub fn opened(debt: &'a Opened) -> ByDebt<'a> {
        ByDebt { id: &debt.id, due: debt.due, subjects: debt.subjects() }
    }

    fn standing(debt: &'a Debt, registry: &Registry) -> ByDebt<'a> {
        let due = debt.due.unwrap_or_else(|| registry.policy.review_within.after(debt.at));
        ByDebt { id: &debt.id, due, subjects: &debt.subjects }
    }

    /// Whether it was made against this; one that was made without a verdict, against all that there is.
    fn covers(&self, subject: &str) -> bool {
        self.subjects.iter().any(|said| **said == *subject || **said == *UNJUDGED)
    }
}

/// What a move accepts of its target, by sign-offs and, with a debt, of what stands against it.
pub(super) fn accepted(verdict: &Verdict<'_>, debt: Option<ByDebt<'_>>) -> Option<Accepted> {
    if verdict.proof.runs {
        return None;
    }
    let all: Vec<One> = verdict.reasons.iter().filter_map(|reason| one(verdict, reason, debt)).collect();
    let security = all.iter().filter(|one| one.key == Key::Security).min_by_key(|one| one.expires);
    let first = security.or_else(|| all.iter().min_by_key(|one| one.expires))?;
    let subjects: BTreeSet<&Box<str>> = all.iter().flat_map(|one| &one.subjects).collect();
    Some(Accepted {
        from: ran(verdict),
        by: first.by.clone(),
        subjects: subjects.into_iter().cloned().collect(),
        expires: first.expires,
    })
}

/// What ran by the registry's word, and only where it has none, by the caller's.
fn ran(verdict: &Verdict<'_>) -> Option<Version> {
    let movement = &verdict.movement;
    let running = movement.environment.as_ref().and_then(|name| movement.service.running.get(name));
    let Some(running) = running else { return movement.from.clone() };
    let said = running.iter().find(|version| movement.from.as_ref() == Some(*version));
    said.or_else(|| running.iter().max_by(|a, b| a.place.cmp(&b.place))).cloned()
}

/// By whom a reason was accepted that would have stopped the move, when it is on the target itself.
fn one(verdict: &Verdict<'_>, reason: &Reason<'_>, debt: Option<ByDebt<'_>>) -> Option<One> {
    let subjects = on_target(&reason.finding)?;
    let key = match reason.finding.owner() {
        Owner::One(key) => key,
        Owner::Both => Key::Security,
    };
    if !reason.level.proceeds() {
        let debt = debt.filter(|debt| debt.covers(&reason.finding.subject()))?;
        return Some(One { key, expires: debt.due, by: format!("debt {}", debt.id).into(), subjects });
    }
    let (by, expires) = signed(verdict, reason)?;
    Some(One { key, expires, by: format!("sign-off {}", by.id).into(), subjects })
}

/// The sign-off by which a reason doesn't stop the move any more, of several the one that lapses first.
fn signed<'a>(verdict: &Verdict<'a>, reason: &Reason<'a>) -> Option<(&'a SignOff, Time)> {
    let base = reason.rule.map_or(Level::Block, |rule| rule.then);
    let aborts = reason.relief.iter().any(|relief| matches!(relief, Relief::Abort));
    if base.proceeds() || aborts {
        return None;
    }
    let ends = |sign_off: &SignOff| {
        let given = verdict.given.iter().find(|given| given.sign_off.id == sign_off.id);
        given.map_or(sign_off.expires, |given| given.expires)
    };
    let mitigated = reason.relief.iter().filter_map(|relief| match relief {
        Relief::Mitigated(_, sign_off, ends) => Some((*sign_off, *ends)),
        _ => None,
    });
    let signed = reason.sign_offs.iter().map(|sign_off| (*sign_off, ends(sign_off)));
    mitigated.chain(signed).min_by_key(|(_, ends)| *ends)
}

/// The subjects of a finding that is about the target itself and not about the way there.
fn on_target(finding: &Finding<'_>) -> Option<Vec<Box<str>>> {
    match finding {
        Finding::AdvisoryReopened(_)
        | Finding::AdvisoryCarried(_)
        | Finding::Unstable(_)
        | Finding::DoesNotHelp(_)
        | Finding::BelowFloor { .. }
        | Finding::OutOfSupport { .. } => Some(vec![finding.subject().into()]),
        Finding::AcceptanceExpired { flags, .. } => {
            Some(flags.iter().map(|flag| flag.id.as_str().into()).collect())
        }
        _ => None,
    }
}

/// Where an exposure is looked at.
#[derive(Clone, Copy)]
pub(in crate::act) struct Here<'a> {
    pub registry: &'a Registry,
    pub service: &'a Service,
    pub environment: &'a Name,
    pub moment: Moment,
}

impl<'a> Here<'a> {
    /// What the judge says of going to a release.
    fn verdict(self, to: &Version) -> Option<Verdict<'a>> {
        let mut question = Question::of_place(&self.service.name, Some(self.environment), MoveKind::Redeploy);
        question.to = to.text.clone();
        judge::judge(self.registry, &question, self.moment)
    }

    /// What is on a release: its flags, the floor, the end of support.
    fn on(self, version: &Version) -> BTreeSet<Box<str>> {
        let reasons = self.verdict(version).map_or_else(Vec::new, |verdict| verdict.reasons);
        let subjects = reasons.iter().filter_map(|reason| match &reason.finding {
            Finding::Compromised(flag) => Some(vec![flag.id.as_str().into()]),
            finding => on_target(finding),
        });
        subjects.flatten().collect()
    }

    /// What a release that is seen here, and ran not here before, got there by: sign-offs and debts that stand.
    /// The command that was to bring it here may have failed or crashed, so that nobody could say so then.
    pub fn accepted(self, to: &Version) -> Option<Accepted> {
        let of_it = |debt: &&Debt| debt.environment == *self.environment && debt.to.text == to.text;
        let debt = self.service.debts.iter().filter(of_it).max_by_key(|debt| debt.at);
        accepted(&self.verdict(to)?, debt.map(|debt| ByDebt::standing(debt, self.registry)))
    }

    /// Whether an instability is active on a release here.
    pub fn is_unstable(self, version: &Version) -> bool {
        let reasons = self.verdict(version).map_or_else(Vec::new, |verdict| verdict.reasons);
        let mut flags = reasons.iter().filter(|reason| {
            matches!(
                reason.finding.code(),
                Code::UnstableRelease | Code::DoesNotHelp | Code::CompromisedRelease
            )
        });
        flags.any(|reason| reason.finding.flag().is_some_and(|flag| flag.kind == FlagKind::Instability))
    }

    /// What becomes of `entered` when `running` runs, and got there with `accepted`.
    pub fn becomes(self, running: &[Version], accepted: Option<&Accepted>) -> Acceptance {
        let old = self.service.entered.get(self.environment);
        let on: BTreeSet<Box<str>> = running.iter().flat_map(|version| self.on(version)).collect();
        let still: Vec<Box<str>> = old
            .iter()
            .flat_map(|old| &old.subjects)
            .filter(|subject| on.contains(*subject))
            .cloned()
            .collect();
        match (old, accepted) {
            (None, None) => Acceptance::AsItIs,
            (Some(_), None) if still.is_empty() => Acceptance::Left,
            (Some(old), None) if still == old.subjects => Acceptance::AsItIs,
            (Some(old), None) => entered(old.from.clone(), old, still),
            (Some(old), Some(accepted)) if !still.is_empty() => joined(old, still, accepted),
            (_, Some(Accepted { from, by, subjects, expires })) => {
                let (from, by, subjects) = (from.clone(), by.clone(), subjects.clone());
                Acceptance::Entered { from, by, subjects, expires: *expires }
            }
        }
    }
}

fn entered(from: Option<Version>, by: &Entered, subjects: Vec<Box<str>>) -> Acceptance {
    Acceptance::Entered { from, by: by.by.clone(), subjects, expires: by.expires }
}

/// From one exposure on to another: it was entered where the first one was. What wasn't accepted anew lapses when it
/// did.
fn joined(old: &Entered, still: Vec<Box<str>>, new: &Accepted) -> Acceptance {
    let kept = still.iter().any(|subject| !new.subjects.contains(subject));
    let (by, expires) = match kept && old.expires < new.expires {
        true => (&old.by, old.expires),
        false => (&new.by, new.expires),
    };
    let subjects: BTreeSet<Box<str>> = still.into_iter().chain(new.subjects.iter().cloned()).collect();
    let subjects = subjects.into_iter().collect();
    Acceptance::Entered { from: old.from.clone(), by: by.clone(), subjects, expires }
}
