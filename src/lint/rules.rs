//! Lints on rules: those that are over or can never decide, and the names in them that nothing bears.

use crate::judge::never;
use crate::lint::ask::{Ask, What};
use crate::lint::note::{Note, Notes};
use crate::lint::{Lint, View};
use crate::model::{Origin, Rule};

pub(super) static RULE_EXPIRED: Lint = Lint {
    word: "rule-expired",
    documentation: "The `until` of a rule has passed, so it no longer matches and the next rule decides. Remove it, or move \
        its `until` if it was meant to go on.",
};

pub(super) static RULE_NEVER_DECIDES: Lint = Lint {
    word: "rule-never-decides",
    documentation: "A rule names a reason that it can never decide. Nothing lowers `compromised-release`, so a rule that gives \
        it another level than `block` is passed over. And a condition may not fit the reason: one on a flag or a barrier where \
        the reason speaks of none, another key's, another's case. What the rule was written for gets another rule's level. \
        Remove the reason or the condition, or split the rule.",
};

pub(super) static RULE_MATCHES_NOTHING: Lint = Lint {
    word: "rule-matches-nothing",
    documentation: "A rule or a freeze asks for a service, a tier, an environment or a tag that nothing in the registry has. \
        Such a rule fails silently: what it was written for gets another rule's level. Mostly the name is misspelt. It is looked for \
        only when all services were looked at and could be loaded.",
};

/// The registry's own rules, each with its place.
fn own<'a>(view: &View<'a>) -> impl Iterator<Item = (&'a Rule, Origin)> {
    view.registry.rules.iter().filter_map(|rule| Some((rule, rule.origin?)))
}

pub(super) fn find(view: &View<'_>, notes: &mut Notes) {
    for (rule, origin) in own(view) {
        for never in never(rule) {
            let message = format!("the rule `{}` never decides {never}", rule.name);
            let hint = "remove the reason or the condition, or split the rule";
            notes.push(Note::new(&RULE_NEVER_DECIDES, origin, message).hint(hint));
        }
        let Some(until) = rule.until.filter(|until| *until <= view.moment.now) else { continue };
        let message = format!("the rule `{}` has been over since {}", rule.name, until.date_naive());
        notes.push(Note::new(&RULE_EXPIRED, origin, message).hint("remove it, or move its `until`"));
    }
}

/// What rules and freezes ask for; whether a tag is met is told here, the rest once all services are known.
pub(super) fn asks(view: &View<'_>) -> Vec<Ask> {
    let mut asks = Vec::new();
    let tagged = |tag: &str| view.releases().any(|release| release.tags.iter().any(|has| **has == *tag));
    let now = view.moment.now;
    let rules = own(view).filter(|(rule, _)| rule.until.is_none_or(|until| now < until));
    let rules = rules.map(|(rule, origin)| (format!("rule `{}`", rule.name), &rule.when, origin));
    let freezes = view.registry.freezes.iter().filter(|freeze| !freeze.is_over(now));
    let freezes = freezes.map(|freeze| (format!("freeze `{}`", freeze.name), &freeze.when, freeze.origin));
    for (who, when, origin) in rules.chain(freezes) {
        let all = [
            (What::Service, &when.service),
            (What::Tier, &when.tier),
            (What::Environment, &when.environment),
            (What::Tag, &when.tag),
        ];
        for (what, words) in all {
            for word in words {
                let message = format!("the {who} asks for {} `{word}`, {}", what.word(), what.missing());
                let met = what == What::Tag && tagged(word);
                asks.push(Ask {
                    what,
                    word: word.clone(),
                    met,
                    note: Note::new(&RULE_MATCHES_NOTHING, origin, message),
                });
            }
        }
    }
    asks
}
