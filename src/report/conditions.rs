//! The conditions of rules in words, and why one doesn't hold.

use crate::judge::{Tried, Unmet};
use crate::model::{
    Calendar, Condition, IncidentCondition, Key, Level, Owner, Rule, Severity, format_time, weekday_word,
};

/// What a rule gives: `hold, signed for by both keys`.
pub fn gives(rule: &Rule) -> String {
    format!("{}{}{}", rule.then, signers(rule), silence(rule))
}

/// That its hold goes on without an answer, where it says so: `, goes on if nobody answers for 15m`.
pub fn silence(rule: &Rule) -> String {
    rule.silence.map_or(String::new(), |after| format!(", goes on if nobody answers for {after}"))
}

/// Who signs, where a rule says so: `, signed for by both keys`.
pub fn signers(rule: &Rule) -> &'static str {
    match rule.sign {
        None => "",
        Some(Owner::Both) => ", signed for by both keys",
        Some(Owner::One(Key::Reliability)) => ", signed for by reliability",
        Some(Owner::One(Key::Security)) => ", signed for by security",
    }
}

/// The reasons that a condition names; None: any.
pub fn reasons(when: &Condition) -> Option<String> {
    (!when.reason.is_empty()).then(|| listed(when.reason.iter().map(|word| &**word)))
}

/// All conditions but that on the reason, each in a few words; none: it always holds.
pub fn words(when: &Condition) -> Vec<String> {
    let texts = |before: &str, list: &[Box<str>]| {
        (!list.is_empty()).then(|| format!("{before} {}", listed(list.iter().map(|word| &**word))))
    };
    let severity = (!when.severity.is_empty()).then(|| {
        format!("when the severity is {}", listed(when.severity.iter().map(|severity| severity.word())))
    });
    let kind = (!when.kind.is_empty()).then(|| {
        format!("when the flag is of the kind {}", listed(when.kind.iter().map(|kind| kind.word())))
    });
    let asked_by = (!when.asked_by.is_empty())
        .then(|| format!("when asked by {}", listed(when.asked_by.iter().map(|team| team.as_str()))));
    let key = (!when.key.is_empty())
        .then(|| format!("when the key is {}", listed(when.key.iter().map(|key| key.word()))));
    let movement = (!when.movement.is_empty())
        .then(|| format!("when the move is a {}", listed(when.movement.iter().map(|kind| kind.word()))));
    [
        texts("in the case", &when.case),
        key,
        kind,
        severity,
        when.severity_at_least.map(at_least),
        when.score_at_least.map(|least| format!("when the score is {least} or more")),
        when.exploited.map(|yes| format!("when the flag is {}exploited", not(yes))),
        when.older_than.map(|age| format!("when the flag is at least {age} old")),
        when.younger_than.map(|age| format!("when the flag is younger than {age}")),
        when.mitigated.map(|yes| format!("when the flag is {}mitigated", not(yes))),
        when.reversible.map(|yes| format!("when the barrier is {}reversible", not(yes))),
        movement,
        texts("for", &when.service),
        texts("of the tier", &when.tier),
        texts("when the target is tagged", &when.tag),
        texts("in", &when.environment),
        when.incident.as_ref().map(incident),
        texts("when the incident is", &when.incident_severity),
        when.calendar.as_ref().map(calendar),
        asked_by,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn at_least(least: Severity) -> String {
    let unknown = if Severity::Unknown.rank() >= least.rank() { ", or unknown" } else { "" };
    format!("when the severity is `{least}` or worse{unknown}")
}

fn incident(wanted: &IncidentCondition) -> String {
    match wanted {
        IncidentCondition::Any(true) => "during an incident".into(),
        IncidentCondition::Any(false) => "without an incident".into(),
        IncidentCondition::Ids(ids) => format!("during the incident {}", listed(ids.iter().map(|id| &**id))),
    }
}

/// `on sat, sun at 22:00-06:00 in Europe/Berlin`
pub fn calendar(of: &Calendar) -> String {
    let days: Vec<&str> = of.weekdays.iter().copied().map(weekday_word).collect();
    let hours: Vec<String> = of.hours.iter().map(ToString::to_string).collect();
    let days = if days.is_empty() { String::new() } else { format!("on {} ", days.join(", ")) };
    let hours = if hours.is_empty() { String::new() } else { format!("at {} ", hours.join(", ")) };
    format!("{days}{hours}in {}", of.zone)
}

fn not(yes: bool) -> &'static str {
    if yes { "" } else { "not " }
}

/// `` `a`, `b` ``
fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Why a rule didn't decide: `severity is high, wants critical`.
pub fn unmet(tried: &Tried) -> String {
    let (rule, is) = (tried.rule, &tried.is);
    match tried.unmet {
        Unmet::Until => {
            let until = rule.until.map_or(String::new(), |until| format!(" since {}", format_time(until)));
            format!("it is over{until}")
        }
        Unmet::Compromised => format!("it says {is}, and nothing but {} is heard here", Level::Block),
        unmet => format!("{} is {is}, wants {}", condition(unmet), wants(&rule.when, unmet)),
    }
}

/// The key of a condition, as it stands in `when`.
pub fn condition(unmet: Unmet) -> &'static str {
    match unmet {
        Unmet::Until => "until",
        Unmet::Compromised => "then",
        Unmet::Case => "case",
        Unmet::Key => "key",
        Unmet::Kind => "kind",
        Unmet::Severity => "severity",
        Unmet::SeverityAtLeast => "severity_at_least",
        Unmet::ScoreAtLeast => "score_at_least",
        Unmet::Exploited => "exploited",
        Unmet::OlderThan => "older_than",
        Unmet::YoungerThan => "younger_than",
        Unmet::Mitigated => "mitigated",
        Unmet::Move => "move",
        Unmet::Service => "service",
        Unmet::Tier => "tier",
        Unmet::Tag => "tag",
        Unmet::Environment => "environment",
        Unmet::Reversible => "reversible",
        Unmet::Incident => "incident",
        Unmet::IncidentSeverity => "incident_severity",
        Unmet::Weekday => "weekday",
        Unmet::Hours => "hours",
        Unmet::AskedBy => "asked_by",
    }
}

/// What a condition wants, as it stands in `when`.
fn wants(when: &Condition, unmet: Unmet) -> String {
    let texts = |list: &[Box<str>]| or(list.iter().map(|word| &**word));
    let flag = |wanted: Option<bool>| wanted.map_or(String::new(), |wanted| wanted.to_string());
    match unmet {
        Unmet::Until | Unmet::Compromised => String::new(),
        Unmet::Case => texts(&when.case),
        Unmet::Key => or(when.key.iter().map(|key| key.word())),
        Unmet::Severity => or(when.severity.iter().map(|severity| severity.word())),
        Unmet::SeverityAtLeast => when.severity_at_least.map_or(String::new(), |least| least.to_string()),
        Unmet::Kind => or(when.kind.iter().map(|kind| kind.word())),
        Unmet::ScoreAtLeast => said(when.score_at_least),
        Unmet::Exploited => flag(when.exploited),
        Unmet::OlderThan => said(when.older_than),
        Unmet::YoungerThan => said(when.younger_than),
        Unmet::Mitigated => flag(when.mitigated),
        Unmet::Move => or(when.movement.iter().map(|kind| kind.word())),
        Unmet::Service => texts(&when.service),
        Unmet::Tier => texts(&when.tier),
        Unmet::Tag => texts(&when.tag),
        Unmet::Environment => texts(&when.environment),
        Unmet::Reversible => flag(when.reversible),
        Unmet::Incident => match &when.incident {
            Some(IncidentCondition::Any(true)) => "one".into(),
            Some(IncidentCondition::Any(false)) | None => "none".into(),
            Some(IncidentCondition::Ids(ids)) => texts(ids),
        },
        Unmet::IncidentSeverity => texts(&when.incident_severity),
        Unmet::Weekday | Unmet::Hours => when.calendar.as_ref().map_or(String::new(), calendar),
        Unmet::AskedBy => or(when.asked_by.iter().map(|team| team.as_str())),
    }
}

fn said<T: ToString>(wanted: Option<T>) -> String {
    wanted.map_or(String::new(), |wanted| wanted.to_string())
}

fn or<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FlagKind, Hours, MoveKind, Name, Score, Window, Zone};
    use chrono::Weekday;

    #[test]
    fn every_condition_has_words() {
        let list = |words: &[&str]| words.iter().map(|word| Box::from(*word)).collect::<Vec<Box<str>>>();
        let when = Condition {
            reason: list(&["far-back"]),
            case: list(&["over-a-year"]),
            key: vec![Owner::Both, Owner::One(Key::Security)],
            kind: vec![FlagKind::Advisory],
            severity: vec![Severity::Low],
            severity_at_least: Some(Severity::High),
            score_at_least: Score::parse("7"),
            exploited: Some(false),
            older_than: Some(Window::days(7)),
            younger_than: Some(Window::hours(24)),
            mitigated: Some(false),
            movement: vec![MoveKind::Rollback],
            service: list(&["pay*", "web"]),
            tier: list(&["critical"]),
            tag: list(&["base:1"]),
            environment: list(&["prod"]),
            reversible: Some(true),
            incident: Some(IncidentCondition::Any(true)),
            incident_severity: list(&["sev1"]),
            calendar: Some(Calendar {
                weekdays: vec![Weekday::Fri, Weekday::Sat],
                hours: vec![Hours::parse("22:00-06:00").unwrap()],
                zone: Zone::named("Europe/Berlin").unwrap(),
            }),
            asked_by: vec![Name::new("sre").unwrap()],
        };
        let want = [
            "in the case `over-a-year`",
            "when the key is `both`, `security`",
            "when the flag is of the kind `advisory`",
            "when the severity is `low`",
            "when the severity is `high` or worse, or unknown",
            "when the score is 7.0 or more",
            "when the flag is not exploited",
            "when the flag is at least 7d old",
            "when the flag is younger than 24h",
            "when the flag is not mitigated",
            "when the barrier is reversible",
            "when the move is a `rollback`",
            "for `pay*`, `web`",
            "of the tier `critical`",
            "when the target is tagged `base:1`",
            "in `prod`",
            "during an incident",
            "when the incident is `sev1`",
            "on fri, sat at 22:00-06:00 in Europe/Berlin",
            "when asked by `sre`",
        ];
        assert_eq!(words(&when), want);
        assert_eq!(reasons(&when).as_deref(), Some("`far-back`"));
        assert_eq!((words(&Condition::default()), reasons(&Condition::default())), (Vec::new(), None));
    }
}
