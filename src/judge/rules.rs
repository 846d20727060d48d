//! Rules: the first that matches a finding decides its level.

use std::rc::Rc;

use chrono::Datelike;

use crate::judge::scene::Scene;
use crate::judge::weigh::Step;
use crate::judge::{Code, Finding, Given, Reason, relief};
use crate::model::{
    Calendar, Condition, Flag, FlagKind, Incident, IncidentCondition, Level, MoveKind, Name, Owner, Registry,
    Release, Rule, Score, Severity, Time, Vector, Window, glob_matches,
};

/// What conditions are held against besides the finding itself.
pub(super) struct Context<'s, 'a> {
    pub scene: &'s Scene<'a>,
    pub kind: MoveKind,
    pub target: Option<&'a Release>,
    pub incident: Option<&'a Incident>,
    /// The teams of whoever asks.
    pub teams: &'s [Name],
    /// The sign-offs that count for the move.
    pub given: &'s [Given<'a>],
}

impl<'s, 'a> Context<'s, 'a> {
    pub fn new(
        scene: &'s Scene<'a>,
        step: &Step<'a>,
        incident: Option<&'a Incident>,
        teams: &'s [Name],
        given: &'s [Given<'a>],
    ) -> Context<'s, 'a> {
        Context { scene, kind: step.kind, target: step.to.release, incident, teams, given }
    }

    /// The rules that can match a reason of this code, in their order.
    pub fn rules_of(&self, code: Code) -> impl Iterator<Item = &'a Rule> + use<'_, 's, 'a> {
        self.scene.rules.iter().filter(move |(codes, _)| codes.has(code)).map(|(_, rule)| *rule)
    }

    /// What rules see of a finding here.
    pub fn traits(&self, finding: &Finding<'a>) -> Traits<'s> {
        let scene = self.scene;
        Traits {
            code: finding.code(),
            case: finding.case(),
            owner: finding.owner(),
            flag: finding.flag().map(|flag| self.of_flag(flag)),
            reversible: match finding {
                Finding::BarrierCrossed { barrier, .. } => Some(barrier.undo.is_some()),
                _ => None,
            },
            kind: self.kind,
            tags: self.target.map_or(&[], |release| &release.tags),
            service: scene.service.name.as_str(),
            tier: scene.service.tier.as_deref(),
            lineage: &scene.lineage,
            incident: self.incident.map(|incident| (incident.id.as_str(), incident.severity.as_deref())),
            teams: self.teams,
        }
    }

    fn of_flag(&self, flag: &'a Flag) -> OfFlag<'a> {
        OfFlag {
            kind: flag.kind,
            severity: flag.severity,
            score: Scored::By(flag.cvss.as_ref()),
            exploited: flag.exploited,
            since: flag.recorded.max(flag.effective),
            mitigated: relief::is_mitigated(self.scene, flag, self.given),
        }
    }

    /// For what is true of a place although no release stands for it.
    pub fn of_place(scene: &'s Scene<'a>, incident: Option<&'a Incident>) -> Context<'s, 'a> {
        Context { scene, kind: MoveKind::Redeploy, target: None, incident, teams: &[], given: &[] }
    }
}

/// The teams of which whoever asks is a member; none where nobody is known to ask.
pub(super) fn teams_of(registry: &Registry, asker: Option<&str>) -> Vec<Name> {
    let Some(asker) = asker else { return Vec::new() };
    let teams = registry.teams.iter().filter(|(_, team)| team.has(asker));
    teams.map(|(name, _)| name.clone()).collect()
}

/// What rules see of a flag.
#[derive(Debug, Clone, Copy)]
pub struct OfFlag<'t> {
    /// Whose statement it is.
    pub kind: FlagKind,
    /// How bad it is.
    pub severity: Severity,
    /// Its score.
    pub score: Scored<'t>,
    /// Whether it is known to be exploited.
    pub exploited: bool,
    /// Since when it counts; None: it always has.
    pub since: Option<Time>,
    /// Whether a sign-off for the move says that a mitigation of it is on.
    pub mitigated: bool,
}

/// Where a flag's score comes from. It is computed only when a rule asks for it.
#[derive(Debug, Clone, Copy)]
pub enum Scored<'t> {
    /// Its vector, if it has one.
    By(Option<&'t Vector>),
    /// It is supposed to be this.
    Supposed(Score),
}

impl Scored<'_> {
    fn reaches(self, least: Score) -> bool {
        match self {
            Scored::By(vector) => vector.is_some_and(|vector| vector.reaches(least)),
            Scored::Supposed(score) => score >= least,
        }
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
    /// The flag that it speaks of; None: it speaks of none.
    pub flag: Option<OfFlag<'t>>,
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
    /// The incident that the move is judged under, and its severity.
    pub incident: Option<(&'t str, Option<&'t str>)>,
    /// The teams of whoever asks for it.
    pub teams: &'t [Name],
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
    /// `kind`
    Kind,
    /// `severity`
    Severity,
    /// `severity_at_least`
    SeverityAtLeast,
    /// `score_at_least`
    ScoreAtLeast,
    /// `exploited`
    Exploited,
    /// `older_than`
    OlderThan,
    /// `younger_than`
    YoungerThan,
    /// `mitigated`
    Mitigated,
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
    /// `incident_severity`
    IncidentSeverity,
    /// `weekday`
    Weekday,
    /// `hours`
    Hours,
    /// `asked_by`
    AskedBy,
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
    .or_else(|| of_flag(when, traits.flag, now))
    .or_else(|| elsewhere(when, traits.service, traits.tier, traits.lineage.iter()))
    .or_else(|| {
        first_failing([
            (when.movement.is_empty() || when.movement.contains(&traits.kind), Unmet::Move),
            (tagged(&when.tag, traits.tags), Unmet::Tag),
            (when.reversible.is_none_or(|wanted| traits.reversible == Some(wanted)), Unmet::Reversible),
            (incident(when.incident.as_ref(), traits.incident.map(|(id, _)| id)), Unmet::Incident),
            (
                word(&when.incident_severity, traits.incident.and_then(|(_, severity)| severity)),
                Unmet::IncidentSeverity,
            ),
            (
                when.asked_by.is_empty() || when.asked_by.iter().any(|team| traits.teams.contains(team)),
                Unmet::AskedBy,
            ),
        ])
    })
    .or_else(|| out_of_hours(when.calendar.as_ref()?, now))
}

/// What of a calendar doesn't hold: the day, else the hour.
fn out_of_hours(calendar: &Calendar, now: Time) -> Option<Unmet> {
    if calendar.holds(now) {
        return None;
    }
    let is_day = calendar.has_day(calendar.zone.local(now).weekday());
    Some(if calendar.hours.is_empty() || !is_day { Unmet::Weekday } else { Unmet::Hours })
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

/// The same in the place of a scene.
pub(super) fn elsewhere_of(when: &Condition, scene: &Scene<'_>) -> Option<Unmet> {
    let service = scene.service;
    elsewhere(when, service.name.as_str(), service.tier.as_deref(), scene.lineage.iter())
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
fn of_flag(when: &Condition, flag: Option<OfFlag<'_>>, now: Time) -> Option<Unmet> {
    let is = |holds: &dyn Fn(OfFlag<'_>) -> bool| flag.is_some_and(holds);
    let counted_for = |window: Window, flag: OfFlag<'_>| flag.since.is_none_or(|at| window.after(at) <= now);
    first_failing([
        (when.kind.is_empty() || is(&|flag| when.kind.contains(&flag.kind)), Unmet::Kind),
        (when.severity.is_empty() || is(&|flag| when.severity.contains(&flag.severity)), Unmet::Severity),
        (
            when.severity_at_least.is_none_or(|least| is(&|flag| flag.severity.rank() >= least.rank())),
            Unmet::SeverityAtLeast,
        ),
        (when.score_at_least.is_none_or(|least| is(&|flag| flag.score.reaches(least))), Unmet::ScoreAtLeast),
        (when.exploited.is_none_or(|wanted| is(&|flag| flag.exploited == wanted)), Unmet::Exploited),
        (when.older_than.is_none_or(|age| is(&|flag| counted_for(age, flag))), Unmet::OlderThan),
        (when.younger_than.is_none_or(|age| is(&|flag| !counted_for(age, flag))), Unmet::YoungerThan),
        (when.mitigated.is_none_or(|wanted| is(&|flag| flag.mitigated == wanted)), Unmet::Mitigated),
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

/// Whether all of a condition holds of what is told by these traits, for others than rules: who is told, what a
/// playbook says.
pub fn meets(when: &Condition, traits: &Traits<'_>, now: Time) -> bool {
    let (when, then) = (when.clone(), Level::Block);
    let rule = Rule {
        name: "".into(),
        when,
        then,
        sign: None,
        silence: None,
        because: None,
        until: None,
        origin: None,
    };
    speaks_of(&rule, traits.code) && unmet(&rule, traits, now).is_none()
}
