//! Which rules decided a reason in some case: a rule that no case speaks of may say anything.

use crate::model::{Origin, Rule};
use crate::policy::Outcome;

/// One rule, and in how many cases it decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// Its name.
    pub name: Box<str>,
    /// Where it stands; None: it is a shipped one.
    pub origin: Option<Origin>,
    /// In how many cases it decided a reason.
    pub cases: usize,
}

/// The rules that are to be covered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// In their order.
    pub rules: Vec<Covered>,
}

impl Coverage {
    /// Counts the registry's own rules, and with `shipped` the shipped ones as well.
    pub fn of(rules: &[Rule], outcomes: &[Outcome], shipped: bool) -> Coverage {
        let decided = |at: usize| {
            let decides = |outcome: &&Outcome| {
                let reasons = outcome.got().into_iter().flat_map(|got| &got.reasons);
                reasons.filter_map(|reason| reason.rule.as_ref()).any(|(_, place)| *place == at)
            };
            outcomes.iter().filter(decides).count()
        };
        let wanted = rules.iter().enumerate().filter(|(_, rule)| shipped || rule.origin.is_some());
        let covered = |(at, rule): (usize, &Rule)| Covered {
            name: rule.name.clone(),
            origin: rule.origin,
            cases: decided(at),
        };
        Coverage { rules: wanted.map(covered).collect() }
    }

    /// How many of them decided something.
    pub fn covered(&self) -> usize {
        self.rules.iter().filter(|rule| rule.cases > 0).count()
    }

    /// The same in percent, rounded down, so that only all of them are a hundred; of no rules all are covered.
    pub fn percent(&self) -> u8 {
        let percent = (self.covered() * 100).checked_div(self.rules.len()).unwrap_or(100);
        u8::try_from(percent).unwrap_or(100)
    }

    /// Those that decided nothing.
    pub fn missing(&self) -> impl Iterator<Item = &Covered> {
        self.rules.iter().filter(|rule| rule.cases == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_rules_are_a_hundred_percent() {
        let rules = |covered: usize, all: usize| Coverage {
            rules: (0..all)
                .map(|at| Covered { name: "r".into(), origin: None, cases: usize::from(at < covered) })
                .collect(),
        };
        for (covered, all, percent) in [(0, 0, 100), (0, 3, 0), (2, 3, 66), (999, 1000, 99), (3, 3, 100)] {
            let coverage = rules(covered, all);
            assert_eq!((coverage.covered(), coverage.percent()), (covered, percent));
            assert_eq!(coverage.missing().count(), all - covered);
        }
    }
}
