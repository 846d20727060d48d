//! What to do instead and next: worked out once, from the judge's advice, for every format.

use crate::judge::{Advice, Code, Reason, Target, Verdict};
use crate::model::{Key, Level, Mitigation};

/// How many targets a person is shown.
const SHOWN: usize = 3;

/// What a report offers beside the verdict.
#[derive(Debug)]
pub struct Plan<'a> {
    /// Other targets worth showing, best first.
    pub instead: Vec<&'a Target<'a>>,
    /// Whose sign-off would let the move go; empty when none would.
    pub wanted: Vec<Wanted>,
    /// In a deadlock: the least bad way out.
    pub way_out: Option<WayOut<'a>>,
    /// What to do now.
    pub next: Next<'a>,
}

/// One key's sign-off that is wanting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Whose.
    pub key: Key,
    /// The subjects that it has to name.
    pub subjects: Vec<String>,
    /// The mitigations that it has to say are on, as `flag/mitigation`.
    pub with: Vec<String>,
}

impl Wanted {
    /// Per key the subjects that are held and not signed yet, also beside a block.
    pub fn of(verdict: &Verdict) -> Vec<Wanted> {
        wanted(verdict, &[])
    }

    /// The same once the mitigations are on that are offered against blocks; empty where it stays blocked.
    pub fn mitigated(verdict: &Verdict) -> Vec<Wanted> {
        let on: Vec<_> =
            verdict.reasons.iter().filter_map(|reason| Some((reason, mitigation(reason)?))).collect();
        if opened(verdict) == Level::Block { Vec::new() } else { wanted(verdict, &on) }
    }
}

/// The least bad of the moves that may not go, and what it takes.
#[derive(Debug)]
pub struct WayOut<'a> {
    /// The verdict on it.
    pub verdict: &'a Verdict<'a>,
    /// What has to be put on first.
    pub mitigations: Vec<(&'a Reason<'a>, &'a Mitigation)>,
    /// Who has to sign; empty when no signature opens it.
    pub wanted: Vec<Wanted>,
}

impl WayOut<'_> {
    /// Whether no sign-off opens it either.
    pub fn stays_shut(&self) -> bool {
        self.wanted.is_empty() && self.verdict.level == Level::Block
    }
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next<'a> {
    /// Go to this version.
    Run(&'a str),
    /// Stay on this version: nothing else may go.
    Stay(&'a str),
    /// Have it signed first.
    Sign,
    /// Nothing may go: the teams decide together.
    Decide,
}

impl<'a> Plan<'a> {
    /// Works out what to offer.
    pub fn of(advice: &'a Advice<'a>) -> Plan<'a> {
        let verdict = &advice.verdict;
        let wanted = if verdict.level == Level::Hold { wanted(verdict, &[]) } else { Vec::new() };
        Plan {
            instead: instead(advice),
            wanted,
            way_out: if advice.deadlock { way_out(advice) } else { None },
            next: next(advice),
        }
    }

    /// The mitigations that lower the blocks of a verdict, one for each.
    pub fn mitigations<'v>(verdict: &'v Verdict<'a>) -> Vec<(&'v Reason<'a>, &'a Mitigation)> {
        verdict.reasons.iter().filter_map(|reason| Some((reason, mitigation(reason)?))).collect()
    }
}

/// Shown when the move may not go, or when something cleaner than a warning is at hand.
fn instead<'a>(advice: &'a Advice<'a>) -> Vec<&'a Target<'a>> {
    let targets = &advice.targets;
    let cleaner = targets.iter().any(|target| !target.stay && target.verdict.level == Level::Allow);
    let worst = match advice.verdict.level {
        Level::Warn if cleaner => Level::Warn,
        Level::Allow | Level::Warn => return Vec::new(),
        Level::Hold | Level::Block => Level::Hold,
    };
    // In a deadlock it is said already that staying is no answer.
    let offered = |target: &&Target| target.verdict.level <= worst && !(advice.deadlock && target.stay);
    let open: Vec<_> = targets.iter().filter(offered).take(SHOWN).collect();
    if open.is_empty() && !advice.deadlock { targets.iter().take(SHOWN).collect() } else { open }
}

fn next<'a>(advice: &'a Advice<'a>) -> Next<'a> {
    let verdict = &advice.verdict;
    if verdict.level.proceeds() {
        return Next::Run(&verdict.movement.to.text);
    }
    let mut open = advice.targets.iter().filter(|target| target.verdict.level.proceeds());
    if let Some(target) = open.clone().find(|target| !target.stay) {
        return Next::Run(&target.verdict.movement.to.text);
    }
    match open.next() {
        Some(stay) if !advice.deadlock => Next::Stay(&stay.verdict.movement.to.text),
        _ if verdict.level == Level::Hold => Next::Sign,
        _ => Next::Decide,
    }
}

/// Per key the subjects that must be signed, once the given mitigations are on.
fn wanted(verdict: &Verdict, on: &[(&Reason, &Mitigation)]) -> Vec<Wanted> {
    let of_key = |key: Key| {
        let mut wanted = Wanted { key, subjects: Vec::new(), with: Vec::new() };
        for reason in &verdict.reasons {
            let mitigation = on.iter().find(|(of, _)| std::ptr::eq(*of, reason)).map(|(_, with)| *with);
            let level = mitigation.map_or(reason.level, |with| with.lowers_to.min(reason.level));
            let concerns = level == Level::Hold || mitigation.is_some();
            if !concerns || !wants(reason, key) {
                continue;
            }
            let subject = reason.finding.subject();
            wanted.with.extend(mitigation.map(|with| format!("{subject}/{}", with.id)));
            if level == Level::Hold {
                wanted.subjects.push(subject);
            }
        }
        wanted
    };
    let wanting = |wanted: &Wanted| !wanted.subjects.is_empty() || !wanted.with.is_empty();
    Key::ALL.into_iter().map(of_key).filter(wanting).collect()
}

/// Whether `key` must still sign this reason, were it held.
fn wants(reason: &Reason, key: Key) -> bool {
    reason.signers.keys().contains(&key) && reason.sign_offs.iter().all(|sign_off| sign_off.key != key)
}

fn way_out<'a>(advice: &'a Advice<'a>) -> Option<WayOut<'a>> {
    let others = advice.targets.iter().filter(|target| !target.stay).map(|target| &target.verdict);
    // Among equals the first is taken, and what was asked for stands first.
    let verdict = std::iter::once(&advice.verdict)
        .chain(others)
        .min_by_key(|verdict| (opened(verdict), verdict.level))?;
    Some(WayOut { verdict, mitigations: Plan::mitigations(verdict), wanted: Wanted::mitigated(verdict) })
}

/// The level of a move once every mitigation is on that is offered against one of its blocks.
fn opened(verdict: &Verdict) -> Level {
    let level = |reason: &Reason| mitigation(reason).map_or(reason.level, |with| with.lowers_to);
    verdict.reasons.iter().map(level).max().unwrap_or_default()
}

/// The mitigation that lowers a block the most, if one does. Nothing lowers a compromised release.
fn mitigation<'a>(reason: &Reason<'a>) -> Option<&'a Mitigation> {
    if reason.level != Level::Block || reason.finding.code() == Code::CompromisedRelease {
        return None;
    }
    let offers = &reason.finding.flag()?.mitigations;
    offers.iter().filter(|with| with.lowers_to < reason.level).min_by_key(|with| with.lowers_to)
}
