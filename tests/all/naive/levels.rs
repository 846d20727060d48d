//! The level of a reason: the registry's own rules, then the contract's table, written out by hand.

use chrono::{Datelike, Timelike, Weekday};
use holdpoint::model::{
    Calendar, Condition, Flag, IncidentCondition, Key, Level, MoveKind, Name, Owner, Registry, Rule, Service,
    Severity, Time, Window,
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
    pub incident_severity: Option<String>,
    pub asker: Option<&'a str>,
    /// Mitigations that valid sign-offs say are on: flag and mitigation.
    pub on: Vec<(&'a str, &'a str)>,
    pub now: Time,
}

impl Around<'_> {
    fn asks(&self, team: &Name) -> bool {
        let members = self.registry.teams.get(team).map(|team| &team.members[..]).unwrap_or_default();
        let address = self.asker.map(|asker| match asker.rsplit_once('<') {
            Some((_, rest)) => rest.trim_end().trim_end_matches('>').trim(),
            None => asker.trim(),
        });
        members.iter().any(|member| address.is_some_and(|address| address.eq_ignore_ascii_case(member)))
    }
}

/// Gives the reason its level and its signers.
pub fn weigh(reason: &mut Reason, around: &Around) {
    let (mut level, mut sign) = default(reason, around);
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
fn default(reason: &Reason, around: &Around) -> (Level, Option<Owner>) {
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
        ("frozen", _) if around.incident.is_none() => Level::Hold,
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
    let right_incident = match &when.incident {
        None => true,
        Some(IncidentCondition::Any(any)) => around.incident.is_some() == *any,
        Some(IncidentCondition::Ids(ids)) => ids.iter().any(|id| around.incident.as_deref() == Some(&**id)),
    };
    right_incident
        && flag_fits(when, reason, around)
        && words(&when.incident_severity, around.incident_severity.as_deref())
        && when.calendar.as_ref().is_none_or(|calendar| is_on(calendar, around.now))
        && (when.asked_by.is_empty() || when.asked_by.iter().any(|team| around.asks(team)))
}

fn flag_fits(when: &Condition, reason: &Reason, around: &Around) -> bool {
    let Some(flag) = reason.flag else {
        return when.kind.is_empty()
            && when.score_at_least.is_none()
            && when.older_than.is_none()
            && when.younger_than.is_none()
            && when.mitigated.is_none();
    };
    let long_enough = |age: Window| match (flag.recorded, flag.effective) {
        (None, None) => true,
        (Some(at), None) | (None, Some(at)) => around.now - at >= age.length(),
        (Some(one), Some(other)) => around.now - one >= age.length() && around.now - other >= age.length(),
    };
    let mitigated = around.on.iter().any(|(id, _)| *id == flag.id.as_str());
    (when.kind.is_empty() || when.kind.contains(&flag.kind))
        && when
            .score_at_least
            .is_none_or(|least| flag.score().is_some_and(|score| score > least.value() - 0.05))
        && when.older_than.is_none_or(long_enough)
        && when.younger_than.is_none_or(|age| !long_enough(age))
        && when.mitigated.is_none_or(|wanted| wanted == mitigated)
}

/// By the words of the calendar, counted back from now.
pub fn is_on(calendar: &Calendar, now: Time) -> bool {
    let local = calendar.zone.local(now);
    let (minute, day) = (local.hour() * 60 + local.minute(), local.weekday());
    let on_day = |day: Weekday| calendar.weekdays.is_empty() || calendar.weekdays.contains(&day);
    if calendar.hours.is_empty() {
        return on_day(day);
    }
    calendar.hours.iter().any(|hours| {
        let text = hours.to_string();
        let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap();
        let (from, to) = (number(0..2) * 60 + number(3..5), number(6..8) * 60 + number(9..11));
        let length = if to > from { to - from } else { to + 24 * 60 - from };
        // So many minutes ago it would have begun: today, or yesterday.
        let ago = (minute + 24 * 60 - from) % (24 * 60);
        ago < length && on_day(if minute >= from { day } else { day.pred() })
    })
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
pub fn glob(pattern: &str, text: &str) -> bool {
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
