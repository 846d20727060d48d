//! `holdpoint/policy/v1` and `holdpoint/why/v1`: the rules in force, and the way to each reason's level.

use std::borrow::Cow;

use serde::Serialize;

use super::error::One;
use super::verdict::{Move, ReliefV1, movement, relief};
use super::{Place, Registry, sentence, text};
use crate::judge::{Reason, Trace, Tried};
use crate::model::{
    Condition, Freeze, IncidentCondition, Name, Owner, Period, Rule, Score, Severity, format_time,
    weekday_word,
};
use crate::report::policy::{InForce, Reasoned, is_over, never};
use crate::report::{Context, conditions, plain};

/// The names of these schemas.
const POLICY: &str = "holdpoint/policy/v1";
const WHY: &str = "holdpoint/why/v1";

#[derive(Serialize)]
struct PolicyV1<'a> {
    schema: &'static str,
    service: Option<&'a str>,
    environment: Option<&'a str>,
    periods: Vec<PeriodV1<'a>>,
    freezes: Vec<FreezeV1<'a>>,
    rules: Vec<NumberedV1<'a>>,
    simulated: bool,
    /// How many rules can never match there.
    left_out: usize,
    registry: Registry<'a>,
    as_of: String,
    warnings: Vec<One<'a>>,
}

#[derive(Serialize)]
struct PeriodV1<'a> {
    key: &'static str,
    /// As it could stand in the registry; null: off.
    length: Option<String>,
    seconds: Option<i64>,
    default: bool,
    origin: Option<Place<'a>>,
}

/// A change freeze.
#[derive(Serialize)]
struct FreezeV1<'a> {
    name: &'a str,
    when: FreezeWhenV1<'a>,
    from: Option<String>,
    until: Option<String>,
    because: Option<Cow<'a, str>>,
    /// Whether it is on at the moment, wherever it concerns.
    on: bool,
    origin: Place<'a>,
}

/// The conditions of a freeze; an empty list or null: not given.
#[derive(Serialize)]
struct FreezeWhenV1<'a> {
    #[serde(rename = "move")]
    movement: Vec<&'static str>,
    service: Vec<&'a str>,
    tier: Vec<&'a str>,
    environment: Vec<&'a str>,
    weekday: Vec<&'static str>,
    hours: Vec<String>,
    zone: Option<&'static str>,
}

#[derive(Serialize)]
struct NumberedV1<'a> {
    number: usize,
    #[serde(flatten)]
    rule: RuleV1<'a>,
    /// What it speaks of and can never decide, in words.
    never: Vec<String>,
}

/// A rule.
#[derive(Serialize)]
pub(super) struct RuleV1<'a> {
    name: Cow<'a, str>,
    when: WhenV1<'a>,
    then: &'static str,
    /// Who signs a hold; null: the owner of the reason's key.
    sign: Option<&'static str>,
    /// After how long without an answer its hold goes on; null: never.
    silent_after: Option<String>,
    because: Option<Cow<'a, str>>,
    until: Option<String>,
    over: bool,
    shipped: bool,
    origin: Option<Place<'a>>,
}

/// The conditions; an empty list or null: not given.
#[derive(Serialize)]
pub(super) struct WhenV1<'a> {
    reason: Vec<&'a str>,
    case: Vec<&'a str>,
    key: Vec<&'static str>,
    kind: Vec<&'static str>,
    severity: Vec<&'static str>,
    severity_at_least: Option<&'static str>,
    score_at_least: Option<f64>,
    exploited: Option<bool>,
    older_than: Option<String>,
    younger_than: Option<String>,
    mitigated: Option<bool>,
    #[serde(rename = "move")]
    movement: Vec<&'static str>,
    service: Vec<&'a str>,
    tier: Vec<&'a str>,
    tag: Vec<&'a str>,
    environment: Vec<&'a str>,
    reversible: Option<bool>,
    incident: Option<IncidentV1<'a>>,
    incident_severity: Vec<&'a str>,
    weekday: Vec<&'static str>,
    hours: Vec<String>,
    zone: Option<&'static str>,
    asked_by: Vec<&'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum IncidentV1<'a> {
    Any(bool),
    Ids(Vec<&'a str>),
}

#[derive(Serialize)]
struct WhyV1<'a> {
    schema: &'static str,
    verdict: &'static str,
    simulated: bool,
    #[serde(rename = "move")]
    movement: Move<'a>,
    reasons: Vec<TraceV1<'a>>,
    registry: Registry<'a>,
    as_of: String,
    notes: Vec<Cow<'a, str>>,
    warnings: Vec<One<'a>>,
}

#[derive(Serialize)]
struct TraceV1<'a> {
    code: &'static str,
    key: &'static str,
    subject: String,
    message: String,
    level: &'static str,
    /// The level that the rule gave, before anything lowered it.
    ruled: &'static str,
    /// The rule that decided.
    rule: Option<RuleV1<'a>>,
    /// The rules that speak of this reason and stand before it.
    tried: Vec<TriedV1<'a>>,
    relief: Vec<ReliefV1<'a>>,
}

#[derive(Serialize)]
struct TriedV1<'a> {
    rule: Cow<'a, str>,
    shipped: bool,
    origin: Option<Place<'a>>,
    /// The first condition that doesn't hold, as it is written in `when`.
    condition: &'static str,
    message: String,
}

/// Writes the rules in force.
pub fn policy(policy: &InForce) -> String {
    let context = &policy.context;
    let period = |of: Period| PeriodV1 {
        key: of.key,
        length: of.length.map(|length| length.to_string()),
        seconds: of.length.map(|length| length.length().num_seconds()),
        default: of.set.is_none(),
        origin: of.set.map(|origin| Place::of(context, origin)),
    };
    text::write(&PolicyV1 {
        schema: POLICY,
        service: policy.service.map(|name| name.as_str()),
        environment: policy.environment.map(|name| name.as_str()),
        periods: policy.policy.periods().into_iter().map(period).collect(),
        freezes: policy.freezes.iter().map(|of| freeze(of, context)).collect(),
        rules: policy
            .rules
            .iter()
            .map(|(number, of)| NumberedV1 {
                number: *number,
                rule: rule(of, Some(context)),
                never: never(of),
            })
            .collect(),
        simulated: context.simulated,
        left_out: policy.left_out,
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
        warnings: context.warnings.iter().map(|warning| One::of(context.sources, warning)).collect(),
    })
}

fn freeze<'a>(freeze: &'a Freeze, context: &Context<'a>) -> FreezeV1<'a> {
    let WhenV1 { movement, service, tier, environment, weekday, hours, zone, .. } = when(&freeze.when);
    FreezeV1 {
        name: freeze.name.as_str(),
        when: FreezeWhenV1 { movement, service, tier, environment, weekday, hours, zone },
        from: freeze.from.map(format_time),
        until: freeze.until.map(format_time),
        because: freeze.because.as_deref().map(plain),
        on: freeze.is_on(context.as_of),
        origin: Place::of(context, freeze.origin),
    }
}

/// One rule; without a registry at hand, nothing is known of its place.
pub(super) fn rule<'a>(rule: &'a Rule, context: Option<&Context<'a>>) -> RuleV1<'a> {
    RuleV1 {
        name: plain(&rule.name),
        when: when(&rule.when),
        then: rule.then.word(),
        sign: rule.sign.map(Owner::word),
        silent_after: rule.silence.map(|after| after.to_string()),
        because: rule.because.as_deref().map(plain),
        until: rule.until.map(format_time),
        over: context.is_some_and(|context| is_over(rule, context.as_of)),
        shipped: rule.origin.is_none(),
        origin: context.zip(rule.origin).map(|(context, origin)| Place::of(context, origin)),
    }
}

pub(super) fn when(when: &Condition) -> WhenV1<'_> {
    let calendar = when.calendar.as_ref();
    WhenV1 {
        reason: texts(&when.reason),
        case: texts(&when.case),
        key: when.key.iter().map(|key| key.word()).collect(),
        kind: when.kind.iter().map(|kind| kind.word()).collect(),
        severity: when.severity.iter().map(|severity| severity.word()).collect(),
        severity_at_least: when.severity_at_least.map(Severity::word),
        score_at_least: when.score_at_least.map(Score::value),
        exploited: when.exploited,
        older_than: when.older_than.map(|age| age.to_string()),
        younger_than: when.younger_than.map(|age| age.to_string()),
        mitigated: when.mitigated,
        movement: when.movement.iter().map(|kind| kind.word()).collect(),
        service: texts(&when.service),
        tier: texts(&when.tier),
        tag: texts(&when.tag),
        environment: texts(&when.environment),
        reversible: when.reversible,
        incident: when.incident.as_ref().map(|incident| match incident {
            IncidentCondition::Any(any) => IncidentV1::Any(*any),
            IncidentCondition::Ids(ids) => IncidentV1::Ids(texts(ids)),
        }),
        incident_severity: texts(&when.incident_severity),
        weekday: calendar.map_or_else(Vec::new, |of| of.weekdays.iter().copied().map(weekday_word).collect()),
        hours: calendar.map_or_else(Vec::new, |of| of.hours.iter().map(ToString::to_string).collect()),
        zone: calendar.map(|of| of.zone.name()),
        asked_by: when.asked_by.iter().map(Name::as_str).collect(),
    }
}

fn texts(list: &[Box<str>]) -> Vec<&str> {
    list.iter().map(|text| &**text).collect()
}

/// Writes the way to each reason's level.
pub fn why(of: &Reasoned) -> String {
    let (verdict, context) = (&of.why.verdict, &of.context);
    let reasons = verdict.reasons.iter().zip(&of.why.traces);
    text::write(&WhyV1 {
        schema: WHY,
        verdict: verdict.level.word(),
        simulated: context.simulated,
        movement: movement(&verdict.movement),
        reasons: reasons.map(|(reason, trace)| traced(context, reason, trace)).collect(),
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
        notes: of.notes.iter().map(|note| plain(note)).collect(),
        warnings: context.warnings.iter().map(|warning| One::of(context.sources, warning)).collect(),
    })
}

fn traced<'a>(context: &Context<'a>, reason: &Reason<'a>, trace: &Trace<'a>) -> TraceV1<'a> {
    let finding = &reason.finding;
    TraceV1 {
        code: finding.code().word(),
        key: finding.owner().word(),
        subject: finding.subject(),
        message: sentence(&finding.message()),
        level: reason.level.word(),
        ruled: trace.ruled.word(),
        rule: trace.rule.map(|of| rule(of, Some(context))),
        tried: trace.tried.iter().map(|of| tried(context, of)).collect(),
        relief: reason.relief.iter().map(relief).collect(),
    }
}

fn tried<'a>(context: &Context<'a>, tried: &Tried<'a>) -> TriedV1<'a> {
    TriedV1 {
        rule: plain(&tried.rule.name),
        shipped: tried.rule.origin.is_none(),
        origin: tried.rule.origin.map(|origin| Place::of(context, origin)),
        condition: conditions::condition(tried.unmet),
        message: sentence(&conditions::unmet(tried)),
    }
}
