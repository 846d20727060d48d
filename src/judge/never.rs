//! What a rule can never decide, whatever the registry holds: a reason that nothing lowers, or a condition that
//! doesn't fit it.
//!
//! Rules that others before them leave nothing to decide are [`super::covers`]' business.

use std::fmt;

use crate::judge::covers::severities;
use crate::judge::{Code, Unmet};
use crate::model::{Condition, FlagKind, IncidentCondition, Level, MoveKind, Owner, Rule};

/// That a rule never decides a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Never {
    /// The reason; None: the rule names none, and there is none that it could decide.
    pub code: Option<Code>,
    /// The first thing in the rule that keeps it from it.
    pub unmet: Unmet,
}

/// The reasons that a rule speaks of and can never decide.
pub fn never(rule: &Rule) -> Vec<Never> {
    let of = |code: Code| hindrance(rule, code).map(|unmet| Never { code: Some(code), unmet });
    let named: Vec<Code> = rule.when.reason.iter().filter_map(|word| Code::from_word(word)).collect();
    if !named.is_empty() {
        return named.into_iter().filter_map(of).collect();
    }
    let all: Option<Vec<Never>> = Code::ALL.into_iter().map(of).collect();
    let last = all.and_then(|all| all.last().copied());
    last.map(|never| Never { code: None, ..never }).into_iter().collect()
}

/// What in a rule keeps it from ever deciding a reason of this code.
pub(super) fn hindrance(rule: &Rule, code: Code) -> Option<Unmet> {
    let when = &rule.when;
    let has_case = when.case.iter().any(|case| code.cases().contains(&&**case));
    let flagless = !has_flag(code);
    let hindrances = [
        (code == Code::CompromisedRelease && rule.then != Level::Block, Unmet::Compromised),
        (!when.case.is_empty() && !has_case, Unmet::Case),
        (!when.key.is_empty() && !when.key.iter().any(|key| may_own(code, *key)), Unmet::Key),
        (!when.kind.is_empty() && flagless, Unmet::Kind),
        (!when.severity.is_empty() && flagless, Unmet::Severity),
        (when.severity_at_least.is_some() && flagless, Unmet::SeverityAtLeast),
        (when.score_at_least.is_some() && flagless, Unmet::ScoreAtLeast),
        (when.exploited.is_some() && flagless, Unmet::Exploited),
        (when.older_than.is_some() && flagless, Unmet::OlderThan),
        (when.younger_than.is_some() && flagless, Unmet::YoungerThan),
        (when.mitigated.is_some() && flagless, Unmet::Mitigated),
        (!when.kind.is_empty() && !when.kind.iter().any(|kind| may_be_of(code, *kind)), Unmet::Kind),
        (when.reversible.is_some() && code != Code::BarrierCrossed, Unmet::Reversible),
        (is_of_other_moves(when, code), Unmet::Move),
    ];
    hindrances.into_iter().find(|(hinders, _)| *hinders).map(|(_, unmet)| unmet)
}

/// Whom reasons of this code can belong to under a condition.
pub(super) fn owners_of(code: Code, when: &Condition) -> Vec<Owner> {
    let kinds = [FlagKind::Advisory, FlagKind::Instability].into_iter();
    let kinds = kinds.filter(|kind| when.kind.is_empty() || when.kind.contains(kind));
    let by_kind = || kinds.clone().map(|kind| Owner::One(kind.key())).collect();
    let owners: Vec<Owner> = code.owner().map_or_else(by_kind, |owner| vec![owner]);
    owners.into_iter().filter(|owner| when.key.is_empty() || when.key.contains(owner)).collect()
}

/// Two keys of a condition that exclude each other.
pub fn contradiction(when: &Condition) -> Option<[&'static str; 2]> {
    let ages = when.older_than.zip(when.younger_than).is_some_and(|(older, younger)| older >= younger);
    let no_incident = when.incident == Some(IncidentCondition::Any(false));
    [
        (severities(when).is_empty(), ["severity", "severity_at_least"]),
        (ages, ["older_than", "younger_than"]),
        (no_incident && !when.incident_severity.is_empty(), ["incident", "incident_severity"]),
    ]
    .into_iter()
    .find(|(excludes, _)| *excludes)
    .map(|(_, keys)| keys)
}

/// Whether it is a key that the reason can belong to.
fn may_own(code: Code, key: Owner) -> bool {
    code.owner().map_or(key != Owner::Both, |owner| owner == key)
}

/// Whether reasons of this code can speak of a flag of this kind.
pub(super) fn may_be_of(code: Code, kind: FlagKind) -> bool {
    match code {
        Code::AdvisoryReopened | Code::AdvisoryCarried | Code::AdvisoryClosed => kind == FlagKind::Advisory,
        Code::UnstableRelease | Code::DoesNotHelp => kind == FlagKind::Instability,
        _ => has_flag(code),
    }
}

/// Whether reasons of this code speak of a flag.
pub fn has_flag(code: Code) -> bool {
    matches!(
        code,
        Code::CompromisedRelease
            | Code::AdvisoryReopened
            | Code::AdvisoryCarried
            | Code::AdvisoryClosed
            | Code::UnstableRelease
            | Code::DoesNotHelp
            | Code::FlagScheduled
            | Code::FlagWithdrawn
            | Code::FlaggedElsewhere
            | Code::FixUnclear
    )
}

fn is_of_other_moves(when: &Condition, code: Code) -> bool {
    let only = match code {
        Code::UnprovenRelease => MoveKind::Rollback,
        Code::NoWayBack => MoveKind::Redeploy,
        _ => return false,
    };
    !when.movement.is_empty() && !when.movement.contains(&only)
}

/// `` `far-back`, which speaks of no flag: `severity` ``
impl fmt::Display for Never {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(code) = self.code else {
            return f.write_str("any reason: its conditions exclude each other");
        };
        write!(f, "`{}`, which ", code.word())?;
        match self.unmet {
            Unmet::Compromised => f.write_str("nothing lowers below a block"),
            Unmet::Case => f.write_str("has none of these cases"),
            Unmet::Key => write!(f, "belongs to {}", code.owner().map_or("one key", Owner::word)),
            Unmet::Reversible => f.write_str("speaks of no barrier"),
            Unmet::Move => f.write_str("is of the other kind of move"),
            Unmet::Kind if has_flag(code) => f.write_str("speaks of the other kind of flag"),
            _ => f.write_str("speaks of no flag"),
        }
    }
}
