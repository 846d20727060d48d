//! What was done to the rules and periods, and which reasons weigh something else by them.

use std::collections::BTreeSet;

use super::change::{
    Change, Kind, PERIOD_CHANGED, PERIOD_LAXER, PERIOD_STRICTER, RULE_ADDED, RULE_CHANGED, RULE_MOVED,
    RULE_REMOVED, RULES_LOOSEN, Spot,
};
use super::supposed::weighed;
use crate::model::{Condition, Level, Owner, Registry, Rule, Time, Window};

/// What is different in the rules of two registries.
#[derive(Debug, Clone, Default)]
pub struct RulesDifference {
    /// The registry's own rules that are others, in their order.
    pub changes: Vec<RuleChange>,
    /// The periods that are others.
    pub periods: Vec<PeriodChange>,
    /// Cases in which a reason weighs less than before, or needs fewer to sign it.
    pub lowered: Vec<Lowered>,
    /// Cases in which it weighs more.
    pub raised: Vec<Lowered>,
}

/// A rule that is another.
#[derive(Debug, Clone)]
pub struct RuleChange {
    /// What was done to it.
    pub what: Retold,
    /// Its place among all rules, before and now, from 1.
    pub numbers: (Option<usize>, Option<usize>),
    /// As it was.
    pub before: Option<Rule>,
    /// As it is.
    pub after: Option<Rule>,
    /// Where it stands, or stood.
    pub spot: Option<Spot>,
}

/// What was done to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Retold {
    /// It came.
    Added,
    /// It is gone.
    Removed,
    /// It says something else, or its time is over.
    Changed,
    /// It stands elsewhere among the others.
    Moved,
}

/// A period that is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodChange {
    /// Its key.
    pub key: &'static str,
    /// How long it was; None: it was off.
    pub before: Option<Window>,
    /// How long it is; None: it is off.
    pub after: Option<Window>,
    /// What that means.
    pub kind: &'static Kind,
    /// Where it is set now.
    pub spot: Option<Spot>,
}

/// A case in which the rules weigh a reason differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowered {
    /// The case: a reason and a move for which these hold.
    pub when: Condition,
    /// What it was given.
    pub before: Given,
    /// What it is given.
    pub after: Given,
}

/// What rules give to a reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Given {
    /// The level.
    pub level: Level,
    /// Who signs it while it is held.
    pub signers: &'static str,
    /// The rule that decides.
    pub rule: Option<Box<str>>,
}

impl RuleChange {
    /// Its name.
    pub fn name(&self) -> &str {
        self.after.as_ref().or(self.before.as_ref()).map_or("", |rule| &rule.name)
    }
}

impl Retold {
    /// The word in JSON and in messages.
    pub fn word(self) -> &'static str {
        match self {
            Retold::Added => "added",
            Retold::Removed => "removed",
            Retold::Changed => "changed",
            Retold::Moved => "moved",
        }
    }
}

impl RulesDifference {
    /// Whether nothing is different.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.periods.is_empty()
    }

    /// The same as changes of the registry.
    pub(super) fn told(&self) -> Vec<Change> {
        let mut told: Vec<Change> = self.changes.iter().map(rule_told).collect();
        for period in &self.periods {
            let length = |of: Option<Window>| of.map_or("off".into(), |length| length.to_string());
            let message = format!(
                "policy.{} was {} and is {}",
                period.key,
                length(period.before),
                length(period.after)
            );
            told.push(Change { spot: period.spot.clone(), ..Change::new(period.kind, period.key, message) });
        }
        if !self.lowered.is_empty() {
            let message = match self.lowered.len() {
                1 => "by the rules as they are now, a reason weighs less than before in one case".to_owned(),
                count => {
                    format!("by the rules as they are now, reasons weigh less than before in {count} cases")
                }
            };
            told.push(Change::new(&RULES_LOOSEN, "rules", message));
        }
        told
    }
}

fn rule_told(change: &RuleChange) -> Change {
    let name = change.name();
    let (kind, message) = match change.what {
        Retold::Added => (&RULE_ADDED, format!("rule {name} was added")),
        Retold::Removed => (&RULE_REMOVED, format!("rule {name} was removed")),
        Retold::Changed => (&RULE_CHANGED, format!("rule {name} says something else")),
        Retold::Moved => {
            let number = |of: Option<usize>| of.map_or("?".into(), |number| number.to_string());
            let (was, is) = (number(change.numbers.0), number(change.numbers.1));
            (&RULE_MOVED, format!("rule {name} stands at {is}, and stood at {was}"))
        }
    };
    Change { spot: change.spot.clone(), ..Change::new(kind, name, message) }
}

/// Holds the rules and periods of two registries against each other, at one moment.
pub fn rules(before: &Registry, after: &Registry, now: Time) -> RulesDifference {
    let changes = changed(before, after, now);
    let touched: Vec<&Rule> =
        changes.iter().flat_map(|change| change.before.iter().chain(&change.after)).collect();
    let (lowered, raised) = weighed(&before.rules, &after.rules, &touched, now);
    RulesDifference { periods: periods(before, after), lowered, raised, changes }
}

/// One of the registry's own rules with its number.
#[derive(Clone, Copy)]
struct Numbered<'a> {
    number: usize,
    rule: &'a Rule,
}

fn own(registry: &Registry) -> Vec<Numbered<'_>> {
    let numbered = registry.rules.iter().enumerate().map(|(at, rule)| Numbered { number: at + 1, rule });
    numbered.filter(|of| of.rule.origin.is_some()).collect()
}

fn changed(before: &Registry, after: &Registry, now: Time) -> Vec<RuleChange> {
    let (old, new) = (own(before), own(after));
    let pairs = paired(&old, &new, now);
    let still = in_order(&pairs);
    let mut changes = Vec::new();
    let spot = |registry: &Registry, rule: &Rule| rule.origin.map(|at| Spot::of(&registry.sources, at));
    for (at, is) in new.iter().enumerate() {
        let pair = pairs.iter().position(|(_, now)| *now == at);
        let was = pair.and_then(|pair| old.get(pairs[pair].0));
        let what = match was {
            None => Retold::Added,
            Some(was) if !same(was.rule, is.rule, now) => Retold::Changed,
            Some(_) if pair.is_some_and(|pair| !still.contains(&pair)) => Retold::Moved,
            Some(_) => continue,
        };
        changes.push(RuleChange {
            what,
            numbers: (was.map(|was| was.number), Some(is.number)),
            before: was.map(|was| was.rule.clone()),
            after: Some(is.rule.clone()),
            spot: spot(after, is.rule),
        });
    }
    let gone = old.iter().enumerate().filter(|(at, _)| pairs.iter().all(|(was, _)| was != at));
    changes.extend(gone.map(|(_, was)| RuleChange {
        what: Retold::Removed,
        numbers: (Some(was.number), None),
        before: Some(was.rule.clone()),
        after: None,
        spot: spot(before, was.rule),
    }));
    changes
}

/// Which rule is which: by what it says and its name; one without a name is called by its place, which moves, so by
/// what it says alone; else by its name alone. Places in the two lists.
fn paired(old: &[Numbered<'_>], new: &[Numbered<'_>], now: Time) -> Vec<(usize, usize)> {
    type Alike<'a> = &'a dyn Fn(&Rule, &Rule) -> bool;
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let alike: [Alike<'_>; 3] = [
        &|was, is| was.name == is.name && same(was, is, now),
        &|was, is| is_unnamed(was) && is_unnamed(is) && same(was, is, now),
        &|was, is| was.name == is.name,
    ];
    for alike in alike {
        for (at, is) in new.iter().enumerate() {
            if pairs.iter().any(|(_, taken)| *taken == at) {
                continue;
            }
            let free = |index: &usize| pairs.iter().all(|(taken, _)| taken != index);
            let found = (0..old.len()).filter(free).find(|index| alike(old[*index].rule, is.rule));
            pairs.extend(found.map(|was| (was, at)));
        }
    }
    pairs.sort_by_key(|(_, is)| *is);
    pairs
}

/// Whether a rule has no name of its own, and is called by its place.
fn is_unnamed(rule: &Rule) -> bool {
    let number = rule.name.strip_prefix("rule ");
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether two rules say the same at a moment.
fn same(was: &Rule, is: &Rule, now: Time) -> bool {
    let over = |rule: &Rule| rule.until.is_some_and(|until| until <= now);
    was.when == is.when
        && was.then == is.then
        && was.sign == is.sign
        && was.silence == is.silence
        && was.until == is.until
        && over(was) == over(is)
        && was.because == is.because
}

/// The pairs that kept their order, as many as possible: the others have moved.
fn in_order(pairs: &[(usize, usize)]) -> BTreeSet<usize> {
    // The longest run that rises: of each pair, how long the longest is that ends with it, and what stands before.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(pairs.len());
    for (at, (was, _)) in pairs.iter().enumerate() {
        let before = (0..at).filter(|index| pairs[*index].0 < *was).max_by_key(|index| best[*index].0);
        best.push((before.map_or(1, |index| best[index].0 + 1), before));
    }
    let mut still = BTreeSet::new();
    let mut next = (0..best.len()).max_by_key(|index| best[*index].0);
    while let Some(index) = next {
        still.insert(index);
        next = best[index].1;
    }
    still
}

fn periods(before: &Registry, after: &Registry) -> Vec<PeriodChange> {
    let pairs = before.policy.periods().into_iter().zip(after.policy.periods());
    pairs
        .filter(|(was, is)| was.length != is.length)
        .map(|(was, is)| PeriodChange {
            key: is.key,
            before: was.length,
            after: is.length,
            kind: meaning(is.key, was.length, is.length),
            spot: is.set.map(|at| Spot::of(&after.sources, at)),
        })
        .collect()
}

/// What it means that a period is another.
fn meaning(key: &str, was: Option<Window>, is: Option<Window>) -> &'static Kind {
    // Off is as long as can be.
    let longer = match (was, is) {
        (Some(was), Some(is)) => is > was,
        (_, is) => is.is_none(),
    };
    let longer_is_laxer = match key {
        // What is compared with more, and what is remembered for longer, stops more.
        "baseline" | "ping_pong" => false,
        "target_age" => return &PERIOD_CHANGED,
        _ => true,
    };
    if longer == longer_is_laxer { &PERIOD_LAXER } else { &PERIOD_STRICTER }
}

impl Given {
    pub(super) fn new(level: Level, signers: Owner, rule: Option<&Rule>) -> Given {
        let signers = if level == Level::Hold { signers.word() } else { "" };
        Given { level, signers, rule: rule.map(|rule| rule.name.clone()) }
    }
}
