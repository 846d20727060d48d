//! Rules and their conditions, the registry's own and the shipped ones.

use std::collections::HashMap;

use crate::judge::Code;
use crate::model::{Condition, Id, IncidentCondition, Owner, Rule, Severity};
use crate::registry::document::Data;
use crate::registry::flag::level;
use crate::registry::mistake::{Mistake, Place};
use crate::registry::reader::{Table, Value};
use crate::registry::shape::{CONDITION, RULE};
use crate::registry::sign_off::key;
use crate::registry::state::move_kind;
use crate::registry::wording::{listed, meant, nearest, quoted};

/// The rules of a file, in their order.
pub(super) fn rules(root: &Table<'_>) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut places: HashMap<Box<str>, Place> = HashMap::new();
    for (index, table) in root.tables("rule", &RULE).iter().enumerate() {
        let Some(rule) = rule(table, index) else { continue };
        let place = table.get("name").map_or_else(|| table.place(), |name| name.place());
        if let Some(first) = places.get(&rule.name) {
            let message = format!("two rules are called {}", quoted(&rule.name));
            let mistake = Mistake::at(place, message).also(first.clone(), "first defined here");
            table.desk.report(mistake.hint("a verdict names the rule that decided: rename one"));
        } else {
            places.insert(rule.name.clone(), place);
        }
        rules.push(rule);
    }
    rules
}

fn rule(table: &Table<'_>, index: usize) -> Option<Rule> {
    let name = table.get("name").and_then(|name| {
        let text = name.text()?;
        if text.trim().is_empty() {
            name.report_hint("the name of a rule is empty", "name it, or leave `name` out");
        }
        Some(Box::from(text))
    });
    let when = table.table("when", &CONDITION).map(|when| condition(&when)).unwrap_or_default();
    let then = table.word("then", &["allow", "warn", "hold", "block"], level);
    let sign = table.word("sign", &["reliability", "security", "both"], owner);
    let (because, until) = (table.text("because"), table.until("until"));
    let name = name.unwrap_or_else(|| format!("rule {}", index + 1).into());
    Some(Rule { name, when, then: then?, sign, because, until, origin: Some(table.origin()) })
}

/// Whose something is, by its word.
pub(super) fn owner(word: &str) -> Option<Owner> {
    if word == "both" { Some(Owner::Both) } else { key(word).map(Owner::One) }
}

/// `when = { … }`.
pub(super) fn condition(table: &Table<'_>) -> Condition {
    let reason = codes(table);
    Condition {
        case: cases(table, &reason),
        reason: reason.iter().map(|code| Box::from(code.word())).collect(),
        key: words(table, "key", &["reliability", "security", "both"], owner),
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
        exploited: table.bool("exploited"),
        movement: words(table, "move", &["rollback", "redeploy"], move_kind),
        service: one_or_more(table, "service"),
        tier: one_or_more(table, "tier"),
        tag: one_or_more(table, "tag"),
        environment: environments(table),
        reversible: table.bool("reversible"),
        incident: table.get("incident").and_then(incident),
    }
}

/// A text or a list of them. An empty list or text would match everything or nothing: a mistake.
fn values<'a>(table: &Table<'a>, key: &'static str) -> Vec<Value<'a>> {
    let values = table.get(key).map(Value::one_or_more).unwrap_or_default();
    for value in &values {
        if value.node().as_str().is_some_and(str::is_empty) {
            value.report(format!("{} is empty, so it would match nothing", value.called()));
        }
    }
    values
}

fn one_or_more(table: &Table<'_>, key: &'static str) -> Vec<Box<str>> {
    values(table, key).into_iter().filter_map(Value::text).map(Box::from).collect()
}

fn words<T>(
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
fn environments(table: &Table<'_>) -> Vec<Box<str>> {
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
