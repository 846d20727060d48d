//! Lints on rules and freezes that all services share: rules that never decide because of others or of themselves,
//! rules that let through what is being exploited, names that nobody bears, freezes that are over.

use crate::judge::{self, Code};
use crate::lint::Lint;
use crate::lint::note::{Note, Notes};
use crate::model::{
    Condition, FlagKind, IncidentCondition, Key, Level, Origin, Owner, Registry, Rule, Severity, Time,
};
use crate::registry::listed;
use crate::registry::wording::meant;

pub(super) static RULE_SHADOWED: Lint = Lint {
    word: "rule-shadowed",
    documentation: "A rule before this one matches all that it does, so it never decides: of all its reasons, or of those that \
        are told. The first match decides; put the narrower rule first, or remove one of the two.",
};

pub(super) static RULE_CONTRADICTS_ITSELF: Lint = Lint {
    word: "rule-contradicts-itself",
    documentation: "Two conditions of a rule exclude each other, so it matches nothing: an age of at least a week and below a \
        day, a severity that isn't as bad as `severity_at_least` asks, the severity of an incident where there must be none.",
};

pub(super) static RULE_LETS_EXPLOITED_PASS: Lint = Lint {
    word: "rule-lets-exploited-pass",
    documentation: "A rule gives `allow` or `warn` to a rollback that brings a critical advisory back which is known to be \
        exploited, or lets reliability alone sign for it. Where that is meant, ask for a mitigation (`mitigated = true`), or \
        leave such flags out (`exploited = false`); else put a rule before it that blocks them.",
};

pub(super) static RULE_NAMES_NOBODY: Lint = Lint {
    word: "rule-names-nobody",
    documentation: "A rule asks for a team or an incident that the registry doesn't hold. Such a rule fails silently: what it \
        was written for gets another rule's level. Mostly the name is misspelt.",
};

pub(super) static FREEZE_OVER: Lint = Lint {
    word: "freeze-over",
    documentation: "The `until` of a change freeze has passed, so it is never on again. Remove it, or move its dates if it comes \
        again.",
};

pub(super) fn find(registry: &Registry, now: Time, notes: &mut Notes) {
    for (at, rule) in registry.rules.iter().enumerate() {
        let Some(origin) = rule.origin.filter(|_| rule.until.is_none_or(|until| now < until)) else {
            continue;
        };
        if let Some([one, other]) = judge::contradiction(&rule.when) {
            let message =
                format!("the rule `{}` matches nothing: `{one}` and `{other}` exclude each other", rule.name);
            notes.push(
                Note::new(&RULE_CONTRADICTS_ITSELF, origin, message).hint("remove one of them, or the rule"),
            );
            continue;
        }
        notes.extend(shadowed(registry, at, rule, origin));
        notes.extend(lets_exploited_pass(registry, at, rule, origin));
        names_nobody(registry, rule, origin, notes);
    }
    for freeze in registry.freezes.iter().filter(|freeze| freeze.is_over(now)) {
        let until = freeze.until.map_or_else(String::new, |until| format!(" since {}", until.date_naive()));
        let message = format!("the freeze `{}` has been over{until}", freeze.name);
        notes.push(Note::new(&FREEZE_OVER, freeze.origin, message).hint("remove it, or move its dates"));
    }
}

fn shadowed(registry: &Registry, at: usize, rule: &Rule, origin: Origin) -> Vec<Note> {
    let shadowed = judge::shadowed(registry, at);
    let all = judge::spoken_of(rule).len() == shadowed.len();
    // One without a reason is mostly meant for what others before it leave.
    if !all && rule.when.reason.is_empty() {
        return Vec::new();
    }
    let mut by: Vec<(&Rule, Vec<&str>)> = Vec::new();
    for (code, earlier) in &shadowed {
        match by.iter_mut().find(|(known, _)| std::ptr::eq(*known, *earlier)) {
            Some((_, codes)) => codes.push(code.word()),
            None => by.push((earlier, vec![code.word()])),
        }
    }
    let told: Vec<(String, Vec<&str>)> = match rule.when.reason.is_empty() {
        true if by.is_empty() => Vec::new(),
        true => vec![("anything".into(), by.iter().map(|(earlier, _)| &*earlier.name).collect())],
        false => by.iter().map(|(earlier, codes)| (listed(codes), vec![&*earlier.name])).collect(),
    };
    let note = |(what, names): (String, Vec<&str>)| {
        let do_so = if names.len() == 1 { "does" } else { "do" };
        let message =
            format!("the rule `{}` never decides {what}: {} {do_so} before it", rule.name, listed(&names));
        Note::new(&RULE_SHADOWED, origin, message).hint("put the narrower one first, or remove one")
    };
    told.into_iter().map(note).collect()
}

/// The worst that a rollback can bring back: critical, and being exploited.
fn worst(when: &Condition) -> Condition {
    Condition {
        kind: vec![FlagKind::Advisory],
        key: vec![Owner::One(Key::Security)],
        severity: vec![Severity::Critical],
        exploited: Some(true),
        ..when.clone()
    }
}

fn lets_exploited_pass(registry: &Registry, at: usize, rule: &Rule, origin: Origin) -> Option<Note> {
    let when = &rule.when;
    let by_reliability = rule.then == Level::Hold && rule.sign == Some(Owner::One(Key::Reliability));
    let fits = judge::spoken_of(rule).contains(&Code::AdvisoryReopened)
        && (when.severity.is_empty() || when.severity.contains(&Severity::Critical))
        && when.exploited != Some(false)
        && when.mitigated != Some(true);
    if !fits || !(rule.then < Level::Hold || by_reliability) {
        return None;
    }
    let case = worst(when);
    let mut before = registry.rules.get(..at)?.iter();
    if before.any(|earlier| judge::covers(registry, earlier, &case, Code::AdvisoryReopened)) {
        return None;
    }
    let how = if by_reliability { "with reliability's word alone" } else { rule.then.word() };
    let message = format!(
        "the rule `{}` lets a rollback pass that reopens an exploited critical advisory: {how}",
        rule.name
    );
    let hint =
        "add `exploited = false` or `mitigated = true`, or put a rule before it that blocks such flags";
    Some(Note::new(&RULE_LETS_EXPLOITED_PASS, origin, message).hint(hint))
}

fn names_nobody(registry: &Registry, rule: &Rule, origin: Origin, notes: &mut Notes) {
    let mut missing = |what: &str, name: &str, known: Vec<&str>| {
        let message = format!("the rule `{}` asks for the {what} `{name}`, and there is none", rule.name);
        let hint = meant(name, known, "known:").unwrap_or_else(|| format!("no {what} is known at all"));
        notes.push(Note::new(&RULE_NAMES_NOBODY, origin, message).hint(hint));
    };
    for team in rule.when.asked_by.iter().filter(|team| !registry.teams.contains_key(*team)) {
        missing("team", team.as_str(), registry.teams.keys().map(|name| name.as_str()).collect());
    }
    let Some(IncidentCondition::Ids(ids)) = &rule.when.incident else { return };
    let known = || registry.incidents.iter().map(|incident| incident.id.as_str());
    for id in ids.iter().filter(|id| known().all(|known| *known != ***id)) {
        missing("incident", id, known().collect());
    }
}
