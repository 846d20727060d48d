//! Why each reason of a verdict has its level: which rule decided, and what kept those before it from doing so.
//!
//! A check never comes here. The conditions are those of [`rules`], asked once more, so that the two can't
//! differ.

use chrono::{Datelike, TimeDelta};

use crate::judge::rules::{self, Context, Unmet};
use crate::judge::scene::Scene;
use crate::judge::weigh::{Step, current_incident, weigh};
use crate::judge::words::Days;
use crate::judge::{Finding, Question, Verdict, relief};
use crate::model::{Condition, Flag, Level, Name, Registry, Rule, Service, Time, weekday_word};

/// A verdict, and for each of its reasons the way to its level.
#[derive(Debug, Clone)]
pub struct Why<'a> {
    /// The verdict.
    pub verdict: Verdict<'a>,
    /// One for each reason, in the same order.
    pub traces: Vec<Trace<'a>>,
}

/// The way to one reason's level.
#[derive(Debug, Clone)]
pub struct Trace<'a> {
    /// The rule that decided; None: none matched.
    pub rule: Option<&'a Rule>,
    /// The level that it gave, before anything lowered it.
    pub ruled: Level,
    /// The rules of this reason's code that stand before the one that decided, in their order.
    pub tried: Vec<Tried<'a>>,
}

/// A rule that speaks of a reason's code and didn't decide it.
#[derive(Debug, Clone)]
pub struct Tried<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// The first of its conditions that doesn't hold.
    pub unmet: Unmet,
    /// What is the case instead, in a word or two: `high`, `no flag`.
    pub is: String,
}

/// Weighs a move and traces its reasons.
pub(super) fn why<'a>(scene: &Scene<'a>, question: &Question) -> Why<'a> {
    let verdict = weigh(scene, question);
    let step = Step::new(scene, question);
    let incident = current_incident(scene, question.incident.as_deref());
    let teams = rules::teams_of(scene.registry, question.asker.as_deref());
    let signed = relief::signed(scene, &step, question.asker.as_deref());
    let context = Context::new(scene, &step, incident, &teams, &signed.given);
    let traces = verdict.reasons.iter().map(|reason| trace(&context, &reason.finding)).collect();
    Why { verdict, traces }
}

fn trace<'a>(context: &Context<'_, 'a>, finding: &Finding<'a>) -> Trace<'a> {
    let mut tried = Vec::new();
    let (code, traits, now) = (finding.code(), context.traits(finding), context.scene.moment.now);
    for rule in context.rules_of(code) {
        match rules::unmet(rule, &traits, now) {
            Some(unmet) => tried.push(Tried { rule, unmet, is: is(context, rule, finding, unmet) }),
            None => return Trace { rule: Some(rule), ruled: rules::level(code, Some(rule)), tried },
        }
    }
    Trace { rule: None, ruled: rules::level(code, None), tried }
}

/// What is the case where a condition doesn't hold.
fn is<'a>(context: &Context<'_, 'a>, rule: &Rule, finding: &Finding<'a>, unmet: Unmet) -> String {
    let flag = finding.flag();
    let (service, now) = (context.scene.service, context.scene.moment.now);
    let of_flag = |text: Option<String>| text.unwrap_or_else(|| "that of no flag".into());
    let or = |text: Option<&str>, none: &str| text.map_or_else(|| none.to_owned(), str::to_owned);
    match unmet {
        Unmet::Until => "over".into(),
        Unmet::Compromised => rule.then.word().into(),
        Unmet::Case => or(finding.case(), "none"),
        Unmet::Key => finding.owner().word().into(),
        Unmet::Kind => of_flag(flag.map(|flag| flag.kind.word().into())),
        Unmet::Severity | Unmet::SeverityAtLeast => of_flag(flag.map(|flag| flag.severity.to_string())),
        Unmet::ScoreAtLeast => of_flag(flag.map(score)),
        Unmet::Exploited => of_flag(flag.map(|flag| flag.exploited.to_string())),
        Unmet::OlderThan | Unmet::YoungerThan => of_flag(flag.map(|flag| age(flag, now))),
        Unmet::Mitigated => {
            of_flag(flag.map(|flag| relief::is_mitigated(context.scene, flag, context.given).to_string()))
        }
        Unmet::Move => context.kind.word().into(),
        Unmet::Service => service.name.to_string(),
        Unmet::Tier => or(service.tier.as_deref(), "none"),
        Unmet::Tag => listed(context.target.map_or(&[][..], |release| &release.tags), "none"),
        Unmet::Environment => listed(&context.scene.lineage, "none"),
        Unmet::Reversible => match finding {
            Finding::BarrierCrossed { barrier, .. } => barrier.undo.is_some().to_string(),
            _ => "that of no barrier".into(),
        },
        Unmet::Incident => or(context.incident.map(|incident| incident.id.as_str()), "none"),
        Unmet::IncidentSeverity => or(context.incident.and_then(|of| of.severity.as_deref()), "none"),
        Unmet::Weekday | Unmet::Hours => {
            let local = rule.when.calendar.as_ref().map(|calendar| calendar.zone.local(now));
            local.map_or_else(String::new, |at| {
                format!("{} {}", weekday_word(at.weekday()), at.format("%H:%M"))
            })
        }
        Unmet::AskedBy => listed(context.teams, "nobody known to be of a team"),
    }
}

fn score(flag: &Flag) -> String {
    flag.score().map_or_else(|| "that of no vector".into(), |score| format!("{score:.1}"))
}

/// For how long a flag has counted.
fn age(flag: &Flag, now: Time) -> String {
    let since = flag.recorded.max(flag.effective);
    since.map_or_else(|| "unlimited".into(), |since| Days((now - since).max(TimeDelta::zero())).to_string())
}

fn listed<T: ToString>(items: &[T], none: &str) -> String {
    let items: Vec<String> = items.iter().map(T::to_string).collect();
    if items.is_empty() { none.to_owned() } else { items.join(", ") }
}

/// Whether conditions could ever hold in a place: a service, an environment, or both.
pub fn could_match(
    registry: &Registry,
    when: &Condition,
    service: Option<&Service>,
    environment: Option<&Name>,
) -> bool {
    let lineage = environment.map(|name| registry.lineage(name));
    let lineage = || lineage.iter().flatten().copied();
    let of = service.map(|service| (service.name.as_str(), service.tier.as_deref()));
    match (of, environment) {
        (Some((name, tier)), Some(_)) => rules::elsewhere(when, name, tier, lineage()).is_none(),
        // Without an environment, the condition on it may hold in some.
        (Some((name, tier)), None) => rules::elsewhere(when, name, tier, std::iter::empty())
            .is_none_or(|unmet| unmet == Unmet::Environment),
        (None, Some(_)) => rules::in_environment(when, lineage()),
        (None, None) => true,
    }
}
