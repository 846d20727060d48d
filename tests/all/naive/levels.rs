//! The level of a reason: the registry's own rules, then the contract's table, written out by hand.

use holdpoint::model::{
    Condition, Flag, IncidentCondition, Key, Level, MoveKind, Name, Owner, Registry, Rule, Service, Severity,
    Time,
};

use super::past::groups;

/// A reason before and after it was weighed.
pub struct Reason<'a> {
    pub code: &'static str,
    pub subject: String,
    pub owner: Owner,
    pub case: Option<&'static str>,
    pub flag: Option<&'a Flag>,
    /// Whether the barrier that it is about can be undone.
    pub reversible: Option<bool>,
    pub level: Level,
    /// Who must sign while it is held.
    pub sign: Owner,
    /// The keys that must sign still.
    pub wanting: Vec<Key>,
}

/// What rules may ask of the move.
pub struct Around<'a> {
    pub registry: &'a Registry,
    pub service: &'a Service,
    pub place: Option<&'a Name>,
    pub kind: MoveKind,
    pub tags: Vec<String>,
    pub incident: Option<String>,
    pub now: Time,
}

/// Gives the reason its level and its signers.
pub fn weigh(reason: &mut Reason, around: &Around) {
    let (mut level, mut sign) = default(reason);
    for rule in own_rules(around.registry) {
        let in_force = rule.until.is_none_or(|until| around.now < until);
        if in_force && matches(&rule.when, reason, around) {
            level = rule.then;
            sign = rule.sign;
            break;
        }
    }
    if reason.code == "compromised-release" {
        level = Level::Block;
    }
    reason.level = level;
    reason.sign = sign.unwrap_or(reason.owner);
}

/// The rules that stand in the registry, without the shipped ones.
pub fn own_rules(registry: &Registry) -> impl Iterator<Item = &Rule> {
    registry.rules.iter().filter(|rule| rule.origin.is_some())
}

/// The column "default level" of the contract's table.
fn default(reason: &Reason) -> (Level, Option<Owner>) {
    let severity = reason.flag.map(|flag| flag.severity);
    let by_severity = match severity {
        Some(Severity::Critical) => Level::Block,
        Some(Severity::High | Severity::Unknown) => Level::Hold,
        _ => Level::Warn,
    };
    let level = match (reason.code, reason.case) {
        ("advisory-reopened", _) if reason.flag.unwrap().exploited => Level::Block,
        ("advisory-reopened" | "unstable-release", _) => by_severity,
        ("advisory-closed", _) => Level::Allow,
        ("below-floor", None) => Level::Block,
        ("out-of-support", None) => Level::Hold,
        ("barrier-crossed", Some("possible")) => Level::Hold,
        ("barrier-crossed", _) if reason.reversible == Some(true) => Level::Hold,
        ("compromised-release" | "barrier-crossed" | "withdrawn-release", _) => Level::Block,
        ("ping-pong" | "acceptance-expired", _) | ("far-back", Some("over-a-year")) => Level::Hold,
        ("unknown-release" | "needs-other" | "digest-mismatch", None) => Level::Hold,
        ("unknown-release", Some("unplaceable")) => Level::Block,
        _ => Level::Warn,
    };
    (level, None)
}

fn matches(when: &Condition, reason: &Reason, around: &Around) -> bool {
    let words = |wanted: &[Box<str>], word: Option<&str>| {
        wanted.is_empty() || wanted.iter().any(|wanted| Some(&**wanted) == word)
    };
    if !words(&when.reason, Some(reason.code)) || !words(&when.case, reason.case) {
        return false;
    }
    if !when.key.is_empty() && !when.key.contains(&reason.owner) {
        return false;
    }
    if !when.severity.is_empty() && !reason.flag.is_some_and(|flag| when.severity.contains(&flag.severity)) {
        return false;
    }
    if let Some(least) = when.severity_at_least
        && reason.flag.is_none_or(|flag| weight(flag.severity) < weight(least))
    {
        return false;
    }
    if let Some(exploited) = when.exploited
        && reason.flag.is_none_or(|flag| flag.exploited != exploited)
    {
        return false;
    }
    if !when.movement.is_empty() && !when.movement.contains(&around.kind) {
        return false;
    }
    if !when.service.is_empty()
        && !when.service.iter().any(|wanted| glob(wanted, around.service.name.as_str()))
    {
        return false;
    }
    if !words(&when.tier, around.service.tier.as_deref()) {
        return false;
    }
    if !when.tag.is_empty() && !when.tag.iter().any(|tag| around.tags.iter().any(|has| **has == **tag)) {
        return false;
    }
    if !when.environment.is_empty() {
        let line = around.place.map(|place| groups(around.registry, place)).unwrap_or_default();
        if !line.iter().any(|name| when.environment.iter().any(|wanted| glob(wanted, name.as_str()))) {
            return false;
        }
    }
    if when.reversible.is_some() && reason.reversible != when.reversible {
        return false;
    }
    match &when.incident {
        None => true,
        Some(IncidentCondition::Any(any)) => around.incident.is_some() == *any,
        Some(IncidentCondition::Ids(ids)) => ids.iter().any(|id| around.incident.as_deref() == Some(&**id)),
    }
}

/// Low, medium, high and unknown, critical.
pub fn weight(severity: Severity) -> usize {
    match severity {
        Severity::Low => 1,
        Severity::Medium => 2,
        Severity::High | Severity::Unknown => 3,
        Severity::Critical => 4,
    }
}

/// `*` stands for any characters, `?` for one.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            (0..=text.len()).any(|cut| glob(rest, &text[cut..]))
        }
        Some(wanted) => {
            let fits = text.chars().next().is_some_and(|first| wanted == '?' || wanted == first);
            fits && glob(&pattern[1..], &text[1..])
        }
    }
}
