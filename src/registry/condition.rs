//! Conditions: what rules match.

use crate::judge::Code;
use crate::model::{Condition, FlagKind, Id, IncidentCondition, MoveKind, Name, Owner, Score, Severity};
use crate::registry::calendar::calendar;
use crate::registry::document::Data;
use crate::registry::mistake::Mistake;
use crate::registry::reader::{Table, Value};
use crate::registry::sign_off::key;
use crate::registry::state::move_kind;
use crate::registry::wording::{listed, meant, nearest, quoted};

/// Whose business a reason is.
pub(super) fn owner(word: &str) -> Option<Owner> {
    if word == "both" { Some(Owner::Both) } else { key(word).map(Owner::One) }
}

/// `when = { … }`
pub(super) fn condition(table: &Table<'_>) -> Condition {
    let reason = codes(table);
    Condition {
        case: cases(table, &reason),
        reason: reason.iter().map(|code| Box::from(code.word())).collect(),
        key: words(table, "key", &["reliability", "security", "both"], owner),
        kind: words(table, "kind", &["advisory", "instability"], flag_kind),
        severity: words(
            table,
            "severity",
            &["low", "medium", "high", "critical", "unknown"],
            Severity::from_word,
        ),
        severity_at_least: table.word(
            "severity_at_least",
            &["low", "medium", "high", "critical", "unknown"],
            Severity::from_word,
        ),
        score_at_least: table.get("score_at_least").and_then(score),
        exploited: table.bool("exploited"),
        older_than: table.get("older_than").and_then(Value::window),
        younger_than: table.get("younger_than").and_then(Value::window),
        mitigated: table.bool("mitigated"),
        movement: moves(table),
        service: one_or_more(table, "service"),
        tier: one_or_more(table, "tier"),
        tag: one_or_more(table, "tag"),
        environment: environments(table),
        reversible: table.bool("reversible"),
        incident: table.get("incident").and_then(incident),
        incident_severity: one_or_more(table, "incident_severity"),
        calendar: calendar(table),
        asked_by: teams(table),
    }
}

/// Kinds of move.
pub(super) fn moves(table: &Table<'_>) -> Vec<MoveKind> {
    words(table, "move", &["rollback", "redeploy"], move_kind)
}

fn flag_kind(word: &str) -> Option<FlagKind> {
    [FlagKind::Advisory, FlagKind::Instability].into_iter().find(|kind| kind.word() == word)
}

/// A CVSS score, a number with one decimal at most.
fn score(value: Value<'_>) -> Option<Score> {
    let (Data::Float | Data::Integer(..)) = value.raw() else {
        let hint = matches!(value.raw(), Data::Text(_)).then(|| "write it without quotes".to_owned());
        return value.wrong("a number", hint);
    };
    let score = value.written().and_then(Score::parse);
    if score.is_none() {
        let hint = "write a CVSS score from 0 to 10 with one decimal at most, as in `7` or `7.5`";
        value.report_hint(format!("{} is no score", value.called()), hint);
    }
    score
}

fn teams(table: &Table<'_>) -> Vec<Name> {
    values(table, "asked_by").into_iter().filter_map(Value::name).collect()
}

/// A text or a list of them. An empty list or text would match everything or nothing: a mistake.
pub(super) fn values<'a>(table: &Table<'a>, key: &'static str) -> Vec<Value<'a>> {
    let values = table.get(key).map(Value::one_or_more).unwrap_or_default();
    for value in &values {
        if value.node().as_str().is_some_and(str::is_empty) {
            value.report(format!("{} is empty, so it would match nothing", value.called()));
        }
    }
    values
}

pub(super) fn one_or_more(table: &Table<'_>, key: &'static str) -> Vec<Box<str>> {
    values(table, key).into_iter().filter_map(Value::text).map(Box::from).collect()
}

pub(super) fn words<T>(
    table: &Table<'_>,
    key: &'static str,
    known: &[&'static str],
    read: fn(&str) -> Option<T>,
) -> Vec<T> {
    values(table, key).into_iter().filter_map(|value| value.word(known, read)).collect()
}

fn codes(table: &Table<'_>) -> Vec<Code> {
    let mut codes = Vec::new();
    for value in values(table, "reason") {
        let Some(word) = value.text() else { continue };
        let code = Code::from_word(word);
        if code.is_none() {
            let hint = match nearest(word, Code::ALL.into_iter().map(Code::word)) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "docs/reasons.md lists the codes".to_owned(),
            };
            value.report_hint(format!("no reason {}", quoted(word)), hint);
        }
        codes.extend(code);
    }
    codes
}

/// Special cases: of the reasons that are named, else of any.
fn cases(table: &Table<'_>, reasons: &[Code]) -> Vec<Box<str>> {
    let of: &[Code] = if reasons.is_empty() { &Code::ALL } else { reasons };
    let known: Vec<&str> = of.iter().flat_map(|code| code.cases()).copied().collect();
    let mut cases = Vec::new();
    for value in values(table, "case") {
        let Some(word) = value.text() else { continue };
        if !known.contains(&word) {
            let hint = meant(word, known.iter().copied(), "known:").or_else(|| match reasons {
                [] => None,
                _ => {
                    let reasons: Vec<&str> = reasons.iter().map(|code| code.word()).collect();
                    Some(format!("{} has no special cases", listed(&reasons)))
                }
            });
            value
                .desk
                .report(Mistake::at(value.place(), format!("no case {}", quoted(word))).maybe_hint(hint));
        }
        cases.push(word.into());
    }
    cases
}

/// Globs on environments. One without a glob's characters must be declared, if any are.
pub(super) fn environments(table: &Table<'_>) -> Vec<Box<str>> {
    let mut globs = Vec::new();
    for value in values(table, "environment") {
        let Some(glob) = value.text() else { continue };
        if !glob.contains(['*', '?']) && !glob.is_empty() {
            value.environment();
        }
        globs.push(glob.into());
    }
    globs
}

fn incident(value: Value<'_>) -> Option<IncidentCondition> {
    match value.raw() {
        Data::Bool(any) => Some(IncidentCondition::Any(*any)),
        Data::Text(_) | Data::Array(_) => {
            let ids =
                value.one_or_more().into_iter().filter_map(Value::id).map(|id: Id| Box::from(id.as_str()));
            Some(IncidentCondition::Ids(ids.collect()))
        }
        _ => value.wrong("`true`, `false`, an id or a list of ids", None),
    }
}
