//! What needs attention in a place: the reasons on what runs, and what the judge of a move has no reason for.

use chrono::TimeDelta;

use super::back::WayBack;
use super::{Running, Runs};
use crate::judge::debt::owed_here;
use crate::judge::release::supported_by;
use crate::judge::rules::{self, Context};
use crate::judge::scene::Scene;
use crate::judge::weigh::current_incident;
use crate::judge::{Code, Owed, Reason, Relief, incidents_on, upkeep};
use crate::model::{Debt, Entered, Flag, Incident, Level, Mitigation, SignOff, Support, Time, Version};

/// An acceptance that ends within this time is about to expire.
pub const SOON: TimeDelta = TimeDelta::hours(24);
/// A line of releases whose support ends within this time is to be left.
pub const SUPPORT_SOON: TimeDelta = TimeDelta::days(14);

/// One thing that needs attention in a place.
#[derive(Debug, Clone)]
pub struct Attention<'a> {
    /// What.
    pub matter: Matter<'a>,
    /// The running releases that it is about; empty when it is about the place.
    pub on: Vec<Version>,
}

/// What can need attention.
#[derive(Debug, Clone)]
pub enum Matter<'a> {
    /// A reason on what runs, or on the place: a flag, a debt, an unregistered release, no safe way back.
    Found(Reason<'a>),
    /// Nobody said what runs.
    UnknownRunning,
    /// No older release is known that one could go back to.
    NothingOlder,
    /// An incident is on for the service.
    Incident(&'a Incident),
    /// What runs got here by an acceptance that lapsed, and no flag on it says so.
    AcceptanceLapsed(&'a Entered),
    /// What runs got here by an acceptance that is about to lapse.
    AcceptanceExpires(&'a Entered),
    /// A sign-off that what runs stands on is about to expire.
    SignOffExpires(&'a SignOff, Time),
    /// A mitigation that what runs stands on is about to end.
    MitigationEnds(&'a Flag, &'a Mitigation, Time),
    /// The support of what runs is about to end.
    SupportEnds(&'a Support),
    /// A break-glass is open, and not overdue.
    DebtOpen(Owed<'a>),
}

impl Attention<'_> {
    /// How heavy it is. What no rule speaks of is a warning, but for what everybody begins with.
    pub fn level(&self) -> Level {
        match &self.matter {
            Matter::Found(reason) => reason.level,
            Matter::NothingOlder => Level::Allow,
            _ => Level::Warn,
        }
    }

    /// Among what is equally heavy, what is nearer to hurting somebody stands first.
    fn urgency(&self) -> u8 {
        match &self.matter {
            Matter::Found(reason) => match reason.finding.code() {
                Code::CompromisedRelease => 0,
                Code::AdvisoryReopened | Code::UnstableRelease => 1,
                Code::NoWayBack => 3,
                Code::MoveUnderWay => 5,
                Code::FlagScheduled => 6,
                Code::FlagWithdrawn | Code::FlaggedElsewhere | Code::FixUnclear => 9,
                Code::ClockDisagrees | Code::StaleRegistry => 8,
                _ => 2,
            },
            Matter::UnknownRunning | Matter::AcceptanceLapsed(_) | Matter::Incident(_) => 2,
            Matter::AcceptanceExpires(_) | Matter::SignOffExpires(..) | Matter::MitigationEnds(..) => 4,
            Matter::DebtOpen(_) | Matter::SupportEnds(_) => 7,
            Matter::NothingOlder => 9,
        }
    }
}

pub(super) fn find<'a>(
    scene: &Scene<'a>,
    running: &Running<'a>,
    way_back: &WayBack<'a>,
) -> Vec<Attention<'a>> {
    let mut list: Vec<Attention<'a>> = Vec::new();
    match running {
        Running::Releases(runs) if !runs.is_empty() => {
            runs.iter().for_each(|runs| of_release(scene, runs, &mut list));
            list.extend(matches!(way_back, WayBack::NothingOlder).then(|| of_place(Matter::NothingOlder)));
        }
        unjudged => {
            let unknown = matches!(unjudged, Running::Unknown);
            list.extend(unknown.then(|| of_place(Matter::UnknownRunning)));
            list.extend(found_of_place(scene));
        }
    }
    let incidents = incidents_on(scene.registry, &scene.service.name, scene.moment);
    list.extend(incidents.map(|incident| of_place(Matter::Incident(incident))));
    list.extend(acceptance(scene, &list).map(of_place));
    list.extend(scene.service.debts.iter().filter_map(|debt| open_debt(scene, debt)).map(of_place));
    list.sort_by_cached_key(|one| (std::cmp::Reverse(one.level()), one.urgency(), subject(one)));
    list
}

fn of_place(matter: Matter<'_>) -> Attention<'_> {
    Attention { matter, on: Vec::new() }
}

/// So that the same registry always tells the same order.
fn subject(attention: &Attention<'_>) -> String {
    match &attention.matter {
        Matter::Found(reason) => reason.finding.subject(),
        Matter::SignOffExpires(sign_off, _) => sign_off.id.to_string(),
        Matter::DebtOpen(owed) => owed.debt.id.to_string(),
        Matter::Incident(incident) => incident.id.to_string(),
        _ => String::new(),
    }
}

/// What a running release has against it, and what it stands on that won't last.
fn of_release<'a>(scene: &Scene<'a>, runs: &Runs<'a>, list: &mut Vec<Attention<'a>>) {
    let version = runs.version();
    for reason in &runs.verdict.reasons {
        let about = !is_of_place(reason.finding.code());
        merge(list, Matter::Found(reason.clone()), about.then_some(version));
        let ends = reason.sign_offs.iter().filter_map(|sign_off| signed(scene, sign_off));
        ends.chain(mitigated(scene, reason)).for_each(|matter| merge(list, matter, Some(version)));
    }
    let soon = scene.moment.now + SUPPORT_SOON;
    let ending = |support: &&Support| scene.moment.now < support.until && support.until <= soon;
    if let Some(support) = supported_by(scene, version).filter(ending) {
        merge(list, Matter::SupportEnds(support), Some(version));
    }
}

/// Whether a reason is about the place, whichever release runs there.
pub(in crate::judge) fn is_of_place(code: Code) -> bool {
    matches!(
        code,
        Code::NoWayBack
            | Code::OpenDebt
            | Code::ClockDisagrees
            | Code::StaleRegistry
            | Code::MoveUnderWay
            | Code::AcceptanceExpired
    )
}

/// Adds a matter; one that is there already for another running release becomes one about both, as heavy as
/// the heavier.
fn merge<'a>(list: &mut Vec<Attention<'a>>, matter: Matter<'a>, version: Option<&Version>) {
    let Some(same) = list.iter_mut().find(|one| is_same(&one.matter, &matter)) else {
        list.push(Attention { matter, on: version.into_iter().cloned().collect() });
        return;
    };
    same.on.extend(version.into_iter().cloned());
    if let (Matter::Found(mine), Matter::Found(theirs)) = (&mut same.matter, matter)
        && mine.level < theirs.level
    {
        *mine = theirs;
    }
}

fn is_same(a: &Matter<'_>, b: &Matter<'_>) -> bool {
    match (a, b) {
        (Matter::Found(a), Matter::Found(b)) => {
            a.finding.code() == b.finding.code() && a.finding.subject() == b.finding.subject()
        }
        (Matter::SignOffExpires(a, _), Matter::SignOffExpires(b, _)) => std::ptr::eq(*a, *b),
        (Matter::MitigationEnds(_, a, _), Matter::MitigationEnds(_, b, _)) => std::ptr::eq(*a, *b),
        (Matter::SupportEnds(a), Matter::SupportEnds(b)) => std::ptr::eq(*a, *b),
        _ => false,
    }
}

/// What is true of the place although no release stands for it, weighed by the rules.
fn found_of_place<'a>(scene: &Scene<'a>) -> Vec<Attention<'a>> {
    let incident = current_incident(scene, None);
    let context = Context::of_place(scene, incident);
    let findings = upkeep::of_place(scene).into_iter();
    findings.map(|finding| of_place(Matter::Found(rules::decide(&context, finding)))).collect()
}

/// A sign-off that holds a reason down, when it is about to expire.
///
/// That by which the release came here is told as its acceptance.
fn signed<'a>(scene: &Scene<'a>, sign_off: &'a SignOff) -> Option<Matter<'a>> {
    let ends = sign_off.ends(scene.registry.policy.sign_off_max);
    let entry = scene.entered.and_then(Entered::id);
    (is_soon(scene, ends) && entry.as_ref() != Some(&sign_off.id))
        .then_some(Matter::SignOffExpires(sign_off, ends))
}

/// A mitigation that holds a reason down, when it is about to end, and ends before the sign-off does.
fn mitigated<'a>(scene: &Scene<'a>, reason: &Reason<'a>) -> Option<Matter<'a>> {
    let flag = reason.finding.flag()?;
    reason.relief.iter().find_map(|relief| match relief {
        Relief::Mitigated(mitigation, _, ends) if is_soon(scene, *ends) => {
            Some(Matter::MitigationEnds(flag, mitigation, *ends))
        }
        _ => None,
    })
}

fn acceptance<'a>(scene: &Scene<'a>, list: &[Attention<'a>]) -> Option<Matter<'a>> {
    let entered = scene.entered?;
    if scene.moment.now < entered.expires {
        return is_soon(scene, entered.expires).then_some(Matter::AcceptanceExpires(entered));
    }
    let said = |one: &Attention<'_>| matches!(&one.matter, Matter::Found(reason) if reason.finding.code() == Code::AcceptanceExpired);
    (!list.iter().any(said)).then_some(Matter::AcceptanceLapsed(entered))
}

/// A debt that is open and not overdue; an overdue one is a reason.
fn open_debt<'a>(scene: &Scene<'a>, debt: &'a Debt) -> Option<Matter<'a>> {
    if !upkeep::is_here(scene, debt) {
        return None;
    }
    let owed = owed_here(scene, debt);
    (!owed.is_overdue(scene.moment.now)).then_some(Matter::DebtOpen(owed))
}

fn is_soon(scene: &Scene<'_>, at: Time) -> bool {
    at <= scene.moment.now + SOON
}
