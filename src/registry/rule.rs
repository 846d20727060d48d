//! Rules, the registry's own and the shipped ones.

use std::collections::HashMap;

use crate::model::{Level, Rule, Window};
use crate::registry::condition::{condition, owner};
use crate::registry::flag::level;
use crate::registry::mistake::{Mistake, Place};
use crate::registry::reader::{Table, Value};
use crate::registry::shape::{CONDITION, RULE};
use crate::registry::wording::quoted;

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
    let silence = silence(table, then);
    let (because, until) = (table.text("because"), table.until("until"));
    let name = name.unwrap_or_else(|| format!("rule {}", index + 1).into());
    Some(Rule { name, when, then: then?, sign, silence, because, until, origin: Some(table.origin()) })
}

/// After how long without an answer the rule's hold goes on. Only a hold can: what a rule blocks, silence never opens.
fn silence(table: &Table<'_>, then: Option<Level>) -> Option<Window> {
    let proceed = table.word("if_silent", &["proceed"], |word| Some(word.to_owned()));
    let after = table.get("silent_after");
    if proceed.is_none() {
        if let Some(after) = after {
            after
                .report_hint("`silent_after` stands alone", "add `if_silent = \"proceed\"`, or leave it out");
        }
        return None;
    }
    let value = table.get("if_silent")?;
    if then.is_some_and(|then| then != Level::Hold) {
        let hint = "leave it out, or let the rule give `hold`";
        value.report_hint("`if_silent` is for a rule that holds, and this one doesn't", hint);
    }
    if after.is_none() {
        let hint = "say how long nobody may answer: `silent_after = \"15m\"`";
        value.report_hint("`if_silent` needs `silent_after`", hint);
    }
    after.and_then(Value::window)
}
