//! Rules: the first that matches a finding decides its level.

use std::rc::Rc;

use crate::judge::scene::Scene;
use crate::judge::weigh::Step;
use crate::judge::{Code, Finding, Reason};
use crate::model::{
    Condition, IncidentCondition, Level, MoveKind, Name, Owner, Registry, Release, Rule, Severity, Time,
    glob_matches,
};

/// What conditions are held against besides the finding itself.
pub(super) struct Context<'s, 'a> {
    pub scene: &'s Scene<'a>,
    pub kind: MoveKind,
    pub target: Option<&'a Release>,
    pub incident: Option<&'s str>,
}

impl<'s, 'a> Context<'s, 'a> {
    pub fn new(scene: &'s Scene<'a>, step: &Step<'a>, incident: Option<&'s str>) -> Context<'s, 'a> {
        Context { scene, kind: step.kind, target: step.to.release, incident }
    }

    /// The rules that can match a reason of this code, in their order.
    pub fn rules_of(&self, code: Code) -> impl Iterator<Item = &'a Rule> + use<'_, 's, 'a> {
        self.scene.rules.iter().filter(move |(codes, _)| codes.has(code)).map(|(_, rule)| *rule)
    }

    /// What rules see of a finding here.
    pub fn traits(&self, finding: &Finding<'_>) -> Traits<'s> {
        let scene = self.scene;
        Traits {
            code: finding.code(),
            case: finding.case(),
            owner: finding.owner(),
            flag: finding.flag().map(|flag| (flag.severity, flag.exploited)),
            reversible: match finding {
                Finding::BarrierCrossed { barrier, .. } => Some(barrier.undo.is_some()),
                _ => None,
            },
            kind: self.kind,
            tags: self.target.map_or(&[], |release| &release.tags),
            service: scene.service.name.as_str(),
            tier: scene.service.tier.as_deref(),
            lineage: &scene.lineage,
            incident: self.incident,
        }
    }

    /// For what is true of a place although no release stands for it.
    pub fn of_place(scene: &'s Scene<'a>, incident: Option<&'s str>) -> Context<'s, 'a> {
        Context { scene, kind: MoveKind::Redeploy, target: None, incident }
    }
}

/// All that rules see of a reason, and of the move that it stands for or against.
#[derive(Debug, Clone, Copy)]
pub struct Traits<'t> {
    /// Its code.
    pub code: Code,
    /// The special case of its code.
    pub case: Option<&'t str>,
    /// Whose business it is.
    pub owner: Owner,
    /// Severity of the flag that it speaks of, and whether that is exploited; None: it speaks of none.
    pub flag: Option<(Severity, bool)>,
    /// Whether the barrier that it speaks of can be undone; None: it speaks of none.
    pub reversible: Option<bool>,
    /// The kind of the move.
    pub kind: MoveKind,
    /// The tags of the release that the move goes to.
    pub tags: &'t [Box<str>],
    /// The service's name.
    pub service: &'t str,
    /// The service's tier.
    pub tier: Option<&'t str>,
    /// The environment and the groups it is in.
    pub lineage: &'t [Name],
    /// The incident that the move is judged under.
    pub incident: Option<&'t str>,
}

/// The level that rules give to a reason with these traits, before anything lowers it, and the rule that decides.
/// `rules` are those that speak of its code ([`speaks_of`]), in their order.
pub fn ruled<'r>(rules: &[&'r Rule], traits: &Traits<'_>, now: Time) -> (Level, Option<&'r Rule>) {
    let rule = rules.iter().find(|rule| unmet(rule, traits, now).is_none()).copied();
    (level(traits.code, rule), rule)
}

/// Whether a rule can match reasons of a code.
pub fn speaks_of(rule: &Rule, code: Code) -> bool {
    Codes::of(&rule.when).has(code)
}

/// A set of codes, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Codes(u32);

const _: () = assert!(Code::ALL.len() <= 32);

impl Codes {
    /// The codes that a condition lets through; all when it names none.
    pub fn of(when: &Condition) -> Codes {
        if when.reason.is_empty() {
            return Codes(u32::MAX);
        }
        let codes = when.reason.iter().filter_map(|word| Code::from_word(word));
        Codes(codes.fold(0, |set, code| set | 1 << code as u32))
    }

    pub fn has(self, code: Code) -> bool {
        self.0 & 1 << code as u32 != 0
    }
}

/// The rules in their order, with the codes that each can match.
pub(super) fn by_code(registry: &Registry) -> Rc<[(Codes, &Rule)]> {
    registry.rules.iter().map(|rule| (Codes::of(&rule.when), rule)).collect()
}

/// Gives a finding its level.
pub(super) fn decide<'a>(context: &Context<'_, 'a>, finding: Finding<'a>) -> Reason<'a> {
    let traits = context.traits(&finding);
    let now = context.scene.moment.now;
    let rule = context.rules_of(traits.code).find(|rule| unmet(rule, &traits, now).is_none());
    Reason {
        level: level(traits.code, rule),
        signers: rule.and_then(|rule| rule.sign).unwrap_or(traits.owner),
        finding,
        rule,
        relief: Vec::new(),
        sign_offs: Vec::new(),
    }
}

/// The rule's level. The shipped rules decide every finding, which a test holds; should a model come
/// without them, nothing may slip through.
pub(super) fn level(code: Code, rule: Option<&Rule>) -> Level {
    match (code, rule) {
        (Code::CompromisedRelease, _) | (_, None) => Level::Block,
        (_, Some(rule)) => rule.then,
    }
}

/// What keeps a rule from deciding a reason: mostly the key of a condition in its `when`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmet {
    /// Its time is over.
    Until,
    /// It would lower what must never run.
    Compromised,
    /// `case`
    Case,
    /// `key`
    Key,
    /// `severity`
    Severity,
    /// `severity_at_least`
    SeverityAtLeast,
    /// `exploited`
    Exploited,
    /// `move`
    Move,
    /// `service`
    Service,
    /// `tier`
    Tier,
    /// `tag`
    Tag,
    /// `environment`
    Environment,
    /// `reversible`
    Reversible,
    /// `incident`
    Incident,
}

/// The first condition that keeps a rule from deciding a reason of one of its codes; None: it decides.
pub(super) fn unmet(rule: &Rule, traits: &Traits<'_>, now: Time) -> Option<Unmet> {
    let when = &rule.when;
    // No rule lowers what must never run: only one that blocks it may put its name to it.
    if traits.code == Code::CompromisedRelease && rule.then != Level::Block {
        return Some(Unmet::Compromised);
    }
    let over = rule.until.is_some_and(|until| until <= now);
    first_failing([
        (!over, Unmet::Until),
        (word(&when.case, traits.case), Unmet::Case),
        (when.key.is_empty() || when.key.contains(&traits.owner), Unmet::Key),
    ])
    .or_else(|| of_flag(when, traits.flag))
    .or_else(|| elsewhere(when, traits.service, traits.tier, traits.lineage.iter()))
    .or_else(|| {
        first_failing([
            (when.movement.is_empty() || when.movement.contains(&traits.kind), Unmet::Move),
            (tagged(&when.tag, traits.tags), Unmet::Tag),
            (when.reversible.is_none_or(|wanted| traits.reversible == Some(wanted)), Unmet::Reversible),
            (incident(when.incident.as_ref(), traits.incident), Unmet::Incident),
        ])
    })
}

/// The first condition by which a rule can never match in a place: a service, and the environment with the
/// groups it is in.
pub(super) fn elsewhere<'n>(
    when: &Condition,
    service: &str,
    tier: Option<&str>,
    lineage: impl Iterator<Item = &'n Name> + Clone,
) -> Option<Unmet> {
    first_failing([
        (globs(&when.service, [service]), Unmet::Service),
        (word(&when.tier, tier), Unmet::Tier),
        (in_environment(when, lineage), Unmet::Environment),
    ])
}

/// Whether the condition on the environment holds in one, or in a group it is in.
pub(super) fn in_environment<'n>(when: &Condition, lineage: impl Iterator<Item = &'n Name> + Clone) -> bool {
    globs(&when.environment, lineage.map(Name::as_str))
}

fn first_failing<const N: usize>(conditions: [(bool, Unmet); N]) -> Option<Unmet> {
    conditions.into_iter().find(|(holds, _)| !holds).map(|(_, unmet)| unmet)
}

fn word(wanted: &[Box<str>], is: Option<&str>) -> bool {
    wanted.is_empty() || is.is_some_and(|is| wanted.iter().any(|wanted| **wanted == *is))
}

/// The conditions on a flag. Where one is given, there must be a flag.
fn of_flag(when: &Condition, flag: Option<(Severity, bool)>) -> Option<Unmet> {
    let severity = flag.map(|(severity, _)| severity);
    let one_of = when.severity.is_empty() || severity.is_some_and(|is| when.severity.contains(&is));
    let bad_enough =
        when.severity_at_least.is_none_or(|least| severity.is_some_and(|is| is.rank() >= least.rank()));
    let exploited = when.exploited.is_none_or(|wanted| flag.is_some_and(|(_, is)| is == wanted));
    first_failing([
        (one_of, Unmet::Severity),
        (bad_enough, Unmet::SeverityAtLeast),
        (exploited, Unmet::Exploited),
    ])
}

fn tagged(wanted: &[Box<str>], tags: &[Box<str>]) -> bool {
    wanted.is_empty() || wanted.iter().any(|tag| tags.contains(tag))
}

fn incident(wanted: Option<&IncidentCondition>, is: Option<&str>) -> bool {
    match wanted {
        None => true,
        Some(IncidentCondition::Any(wanted)) => is.is_some() == *wanted,
        Some(IncidentCondition::Ids(ids)) => is.is_some_and(|is| ids.iter().any(|id| **id == *is)),
    }
}

fn globs<'n>(wanted: &[Box<str>], names: impl IntoIterator<Item = &'n str> + Clone) -> bool {
    wanted.is_empty()
        || wanted.iter().any(|glob| names.clone().into_iter().any(|name| glob_matches(glob, name)))
}
