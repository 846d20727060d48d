//! Whether one condition holds wherever another does, as far as that can be told from the two alone.
//!
//! "No" also stands for "it can't be told": several rules that together leave nothing are not looked for.

use crate::judge::never::{hindrance, owners_of};
use crate::judge::{Code, has_flag, speaks_of};
use crate::model::{
    Calendar, Condition, FlagKind, IncidentCondition, Level, MoveKind, Name, Registry, Rule, Severity,
    glob_matches,
};

/// The reasons that a rule speaks of, could decide by itself, and never does, since an earlier one matches
/// all that it does; each with that earlier one.
pub fn shadowed(registry: &Registry, at: usize) -> Vec<(Code, &Rule)> {
    let Some((rule, earlier)) = registry.rules.get(..=at).and_then(<[Rule]>::split_last) else {
        return Vec::new();
    };
    let first = |code: Code| {
        let mut covering = earlier.iter().filter(|earlier| outlasts(earlier, rule));
        covering.find(|earlier| covers(registry, earlier, &rule.when, code)).map(|earlier| (code, earlier))
    };
    spoken_of(rule).into_iter().filter_map(first).collect()
}

/// The reasons that a rule speaks of and can decide, were it the only one.
pub fn spoken_of(rule: &Rule) -> Vec<Code> {
    Code::ALL.into_iter().filter(|code| speaks_of(rule, *code) && hindrance(rule, *code).is_none()).collect()
}

/// Whether one rule goes on for as long as another.
fn outlasts(one: &Rule, other: &Rule) -> bool {
    one.until.is_none_or(|until| other.until.is_some_and(|other| other <= until))
}

/// Whether a rule decides every reason of a code for which these conditions hold.
pub fn covers(registry: &Registry, rule: &Rule, when: &Condition, code: Code) -> bool {
    let own = &rule.when;
    speaks_of(rule, code)
        && (code != Code::CompromisedRelease || rule.then == Level::Block)
        && (own.case.is_empty() || within(&when.case, &own.case))
        && (own.key.is_empty() || owners_of(code, when).iter().all(|owner| own.key.contains(owner)))
        && (own.reversible.is_none() || own.reversible == when.reversible)
        && of_flag(own, when, code)
        && of_move(own, when, code)
        && (own.service.is_empty() || all_globs(&when.service, &own.service))
        && (own.tier.is_empty() || within(&when.tier, &own.tier))
        && (own.tag.is_empty() || within(&when.tag, &own.tag))
        && (own.environment.is_empty() || places(registry, &when.environment, &own.environment))
        && incident(own.incident.as_ref(), when)
        && (own.incident_severity.is_empty() || within(&when.incident_severity, &own.incident_severity))
        && own.calendar.as_ref().is_none_or(|own| when.calendar.as_ref().is_some_and(|it| lies_in(it, own)))
        && (own.asked_by.is_empty() || within(&when.asked_by, &own.asked_by))
}

fn of_flag(own: &Condition, when: &Condition, code: Code) -> bool {
    if !has_flag(code) {
        // Whoever asks of a flag never matches here.
        return *own == without_flag(own);
    }
    let least = |own: Option<_>, it: Option<_>| own.is_none_or(|own| it.is_some_and(|it| it >= own));
    kinds(when, code).iter().all(|kind| own.kind.is_empty() || own.kind.contains(kind))
        && severities(when).iter().all(|severity| severities(own).contains(severity))
        && own.score_at_least.is_none_or(|own| when.score_at_least.is_some_and(|it| it >= own))
        && (own.exploited.is_none() || own.exploited == when.exploited)
        && least(own.older_than, when.older_than)
        && own.younger_than.is_none_or(|own| when.younger_than.is_some_and(|it| it <= own))
        && (own.mitigated.is_none() || own.mitigated == when.mitigated)
}

/// The same without what it asks of a flag.
fn without_flag(when: &Condition) -> Condition {
    Condition {
        kind: Vec::new(),
        severity: Vec::new(),
        severity_at_least: None,
        score_at_least: None,
        exploited: None,
        older_than: None,
        younger_than: None,
        mitigated: None,
        ..when.clone()
    }
}

/// The severities that a condition lets through.
pub(super) fn severities(when: &Condition) -> Vec<Severity> {
    let all =
        [Severity::Unknown, Severity::Low, Severity::Medium, Severity::High, Severity::Critical].into_iter();
    let named = all.filter(|one| when.severity.is_empty() || when.severity.contains(one));
    named.filter(|one| when.severity_at_least.is_none_or(|least| one.rank() >= least.rank())).collect()
}

/// The kinds of flag that a reason of this code can speak of under a condition.
fn kinds(when: &Condition, code: Code) -> Vec<FlagKind> {
    let can = |kind: &FlagKind| super::never::may_be_of(code, *kind);
    let all = [FlagKind::Advisory, FlagKind::Instability].into_iter().filter(can);
    all.filter(|kind| when.kind.is_empty() || when.kind.contains(kind)).collect()
}

fn of_move(own: &Condition, when: &Condition, code: Code) -> bool {
    let can = |kind: &MoveKind| match code {
        Code::UnprovenRelease => *kind == MoveKind::Rollback,
        Code::NoWayBack => *kind == MoveKind::Redeploy,
        _ => true,
    };
    let all = [MoveKind::Rollback, MoveKind::Redeploy].into_iter().filter(can);
    let mut moves = all.filter(|kind| when.movement.is_empty() || when.movement.contains(kind));
    own.movement.is_empty() || moves.all(|kind| own.movement.contains(&kind))
}

/// Whether something is asked for, and nothing but these.
fn within<T: PartialEq>(asked: &[T], of: &[T]) -> bool {
    !asked.is_empty() && asked.iter().all(|one| of.contains(one))
}

fn all_globs(asked: &[Box<str>], of: &[Box<str>]) -> bool {
    of.iter().any(|glob| **glob == *"*") || !asked.is_empty() && asked.iter().all(|one| in_globs(one, of))
}

/// Whether whatever one glob matches is matched by one of these. A `*` of theirs takes a `*` as it takes any text;
/// a `?` doesn't.
fn in_globs(asked: &str, of: &[Box<str>]) -> bool {
    of.iter().any(|glob| **glob == *asked || !glob.contains('?') && glob_matches(glob, asked))
}

/// Whether each of these environments is one of those, or in one of them.
fn places(registry: &Registry, asked: &[Box<str>], of: &[Box<str>]) -> bool {
    let one = |asked: &str| match Name::new(asked) {
        Ok(name) => registry.lineage(&name).iter().any(|name| in_globs(name.as_str(), of)),
        Err(_) => in_globs(asked, of),
    };
    // Where no environment is known, none is asked for, and a condition on it never holds.
    !asked.is_empty() && asked.iter().all(|asked| one(asked))
}

fn incident(own: Option<&IncidentCondition>, when: &Condition) -> bool {
    match (own, &when.incident) {
        (None, _) => true,
        (
            Some(IncidentCondition::Any(true)),
            Some(IncidentCondition::Any(true) | IncidentCondition::Ids(_)),
        ) => true,
        (Some(IncidentCondition::Any(true)), None) => !when.incident_severity.is_empty(),
        (Some(IncidentCondition::Any(false)), Some(IncidentCondition::Any(false))) => true,
        (Some(IncidentCondition::Ids(own)), Some(IncidentCondition::Ids(ids))) => within(ids, own),
        _ => false,
    }
}

/// Whether one calendar lies in another: by the same clocks, on no other days, at the same hours or at some of all.
fn lies_in(it: &Calendar, own: &Calendar) -> bool {
    let days = own.weekdays.is_empty() || within(&it.weekdays, &own.weekdays);
    let hours = own.hours.is_empty() || within(&it.hours, &own.hours);
    // Hours over midnight reach into a day that isn't named.
    let stays = !own.hours.is_empty() || own.weekdays.is_empty() || !it.reaches_over_midnight();
    it.zone == own.zone && days && hours && stays
}
