//! Whether a step can belong into a playbook, by what both say they are for.
//!
//! It is left out only where the two surely exclude each other: one key of a condition names things of which the other
//! names none. What only one of them speaks of excludes nothing.

use std::collections::BTreeMap;

use crate::model::{Condition, Environment, IncidentCondition, Name, glob_matches};

/// What a playbook says it is for, with the groups of its environments and the members of its groups: what is said of
/// a group holds for them.
pub(super) fn of(when: &Condition, environments: &BTreeMap<Name, Environment>) -> Condition {
    let within = |name: &str| environments.get(name).and_then(|environment| environment.within.as_ref());
    let mut all: Vec<Box<str>> = Vec::new();
    let lineage = |name: &str| {
        let up = std::iter::successors(Some(name.to_owned()), |name| within(name).map(ToString::to_string));
        up.take(environments.len() + 1).collect::<Vec<_>>()
    };
    for name in &when.environment {
        all.extend(lineage(name).into_iter().map(Box::from));
        let members =
            environments.keys().filter(|member| lineage(member.as_str()).iter().any(|of| **of == **name));
        all.extend(members.map(|member| Box::from(member.as_str())));
    }
    Condition { environment: all, ..when.clone() }
}

/// Whether something could be as the one and as the other condition say.
pub(super) fn meets(scope: &Condition, step: &Condition) -> bool {
    same(&scope.reason, &step.reason)
        && same(&scope.case, &step.case)
        && same(&scope.key, &step.key)
        && same(&scope.kind, &step.kind)
        && same(&scope.severity, &step.severity)
        && same(&scope.movement, &step.movement)
        && same(&scope.tier, &step.tier)
        && same(&scope.tag, &step.tag)
        && globs(&scope.service, &step.service)
        && globs(&scope.environment, &step.environment)
        && equal(scope.exploited, step.exploited)
        && equal(scope.reversible, step.reversible)
        && equal(scope.mitigated, step.mitigated)
        && severe(scope, step)
        && severe(step, scope)
        && incidents(scope.incident.as_ref(), step.incident.as_ref())
        && same(&scope.incident_severity, &step.incident_severity)
}

fn same<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.is_empty() || other.is_empty() || one.iter().any(|word| other.contains(word))
}

fn equal<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    one.is_none() || other.is_none() || one == other
}

/// Names and globs. Of two globs it isn't told whether something matches both: they don't exclude each other.
fn globs(one: &[Box<str>], other: &[Box<str>]) -> bool {
    let is_glob = |text: &str| text.contains(['*', '?']);
    let meet = |a: &str, b: &str| is_glob(a) && is_glob(b) || glob_matches(a, b) || glob_matches(b, a);
    one.is_empty() || other.is_empty() || one.iter().any(|a| other.iter().any(|b| meet(a, b)))
}

/// Whether one's severities reach the least that the other asks for.
fn severe(one: &Condition, other: &Condition) -> bool {
    let Some(least) = other.severity_at_least else { return true };
    one.severity.is_empty() || one.severity.iter().any(|word| word.rank() >= least.rank())
}

fn incidents(one: Option<&IncidentCondition>, other: Option<&IncidentCondition>) -> bool {
    match (one, other) {
        (Some(IncidentCondition::Any(one)), Some(IncidentCondition::Any(other))) => one == other,
        (Some(IncidentCondition::Any(on)), Some(IncidentCondition::Ids(_)))
        | (Some(IncidentCondition::Ids(_)), Some(IncidentCondition::Any(on))) => *on,
        (Some(IncidentCondition::Ids(one)), Some(IncidentCondition::Ids(other))) => same(one, other),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;

    #[test]
    fn groups_and_their_members_are_meant_as_well() {
        let within = |group: Option<&str>| Environment {
            within: group.map(|group| Name::new(group).unwrap()),
            origin: crate::model::Origin::default(),
        };
        let name = |name| Name::new(name).unwrap();
        let all = BTreeMap::from([
            (name("prod"), within(None)),
            (name("eu"), within(Some("prod"))),
            (name("dev"), within(None)),
        ]);
        let place = |name: &str| Condition { environment: vec![name.into()], ..Condition::default() };
        for (scope, step, meet) in
            [("eu", "prod", true), ("prod", "eu", true), ("eu", "dev", false), ("dev", "prod", false)]
        {
            assert_eq!(meets(&of(&place(scope), &all), &place(step)), meet, "{scope} {step}");
        }
    }

    #[test]
    fn only_what_excludes_each_other_is_left_out() {
        let service = |name: &str| Condition { service: vec![name.into()], ..Condition::default() };
        let none = Condition::default();
        assert!(meets(&none, &service("shop")) && meets(&service("shop"), &none));
        assert!(meets(&service("shop"), &service("sh*")) && meets(&service("*op"), &service("sh*")));
        assert!(!meets(&service("shop"), &service("cart")));
        let least = Condition { severity_at_least: Some(Severity::High), ..Condition::default() };
        let is = |severity| Condition { severity: vec![severity], ..Condition::default() };
        assert!(meets(&is(Severity::Critical), &least) && !meets(&is(Severity::Low), &least));
        let on = |on| Condition { incident: Some(IncidentCondition::Any(on)), ..Condition::default() };
        let ids =
            Condition { incident: Some(IncidentCondition::Ids(vec!["A".into()])), ..Condition::default() };
        assert!(meets(&on(true), &ids) && !meets(&on(false), &ids) && !meets(&on(true), &on(false)));
    }
}
