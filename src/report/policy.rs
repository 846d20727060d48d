//! What `policy show` and `policy why` say.

use crate::judge::{self, Why};
use crate::model::{Freeze, Name, Policy, Rule, Sources, Time, format_time, format_until};
use crate::report::{Context, conditions, words};

/// The answer to `policy show`.
#[derive(Debug, Clone)]
pub struct InForce<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// For which service; None: any.
    pub service: Option<&'a Name>,
    /// In which environment; None: any.
    pub environment: Option<&'a Name>,
    /// The periods.
    pub policy: &'a Policy,
    /// The rules in their order, with the place of each among all, from 1.
    pub rules: Vec<(usize, &'a Rule)>,
    /// The change freezes that can be on there.
    pub freezes: Vec<&'a Freeze>,
    /// How many rules can never match there.
    pub left_out: usize,
}

/// The answer to `policy why`.
#[derive(Debug, Clone, Copy)]
pub struct Reasoned<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// The verdict and the way to its levels.
    pub why: &'a Why<'a>,
    /// What was understood otherwise than it was typed.
    pub notes: &'a [String],
}

impl InForce<'_> {
    /// `47 rules for checkout in prod, 3 left out`
    pub fn called(&self) -> String {
        let service = self.service.map_or(String::new(), |name| format!(" for {name}"));
        let environment = self.environment.map_or(String::new(), |name| format!(" in {name}"));
        let left_out = match self.left_out {
            0 => String::new(),
            count => format!(", {count} left out that can't match there"),
        };
        format!("{}{service}{environment}{left_out}", words::several(self.rules.len(), "rule"))
    }

    /// The registry's own rules, or the shipped ones.
    pub fn rules(&self, shipped: bool) -> Vec<(usize, &Rule)> {
        self.rules.iter().filter(|(_, rule)| rule.origin.is_none() == shipped).copied().collect()
    }
}

/// What a rule matches: the reasons, then the other conditions.
pub fn matches(rule: &Rule) -> String {
    let reasons = conditions::reasons(&rule.when).unwrap_or_else(|| "any reason".into());
    let words = conditions::words(&rule.when);
    let words = if words.is_empty() { String::new() } else { format!(" {}", words.join(" and ")) };
    format!("{reasons}{words}{}{}", conditions::signers(rule), conditions::silence(rule))
}

/// When and for which moves a freeze is on.
pub fn frozen(freeze: &Freeze) -> String {
    let words = conditions::words(&freeze.when);
    let words = (!words.is_empty()).then(|| words.join(" and "));
    let from = freeze.from.map(|from| format!("from {}", format_time(from)));
    let until = freeze.until.map(|until| format!("until {}", format_until(until)));
    words.into_iter().chain(from).chain(until).collect::<Vec<_>>().join(" ")
}

/// How a freeze stands at a moment.
pub fn standing(freeze: &Freeze, now: Time) -> &'static str {
    match freeze {
        _ if freeze.is_over(now) => "over",
        _ if freeze.is_on(now) => "on",
        _ => "off",
    }
}

/// The reasons that a rule speaks of and can never decide: `never decides …`.
pub fn never(rule: &Rule) -> Vec<String> {
    judge::never(rule).iter().map(|never| format!("never decides {never}")).collect()
}

/// Where a rule stands: `holdpoint.toml:12`, or `defaults` for a shipped one.
pub fn place(sources: &Sources, rule: &Rule) -> String {
    rule.origin.map_or("defaults".into(), |at| format!("{}:{}", sources.path(at), sources.line(at)))
}

/// Whether a rule's time is over.
pub fn is_over(rule: &Rule, now: Time) -> bool {
    rule.until.is_some_and(|until| until <= now)
}
