//! What `policy test` found, as JUnit's XML: a suite for each file, a test for each case.

use std::collections::BTreeMap;

use crate::policy::{Outcome, Tried};
use crate::registry::Mistakes;
use crate::report::ci::suites::{self, Test, suites};
use crate::report::trial::{Testing, lines, movement};

/// Writes the suites, in the order of their files. Too little coverage is a test of its own that fails.
pub fn trial(testing: &Testing) -> String {
    let mut by_file: BTreeMap<&str, Vec<Test>> = BTreeMap::new();
    for outcome in &testing.trial.outcomes {
        by_file.entry(&outcome.file).or_default().push(of(outcome));
    }
    for mistakes in &testing.trial.unread {
        let file = mistakes.list.first().map_or("", |mistake| mistake.file(&mistakes.sources));
        let outcome = suites::Outcome::Unjudged("unread", "the file can't be read".into(), told(mistakes));
        by_file.entry(file).or_default().push(test("the file can be read", outcome));
    }
    if testing.trial.wanted.is_some() {
        let missing: Vec<&str> = testing.trial.coverage.missing().map(|rule| &*rule.name).collect();
        let outcome = match testing.trial.is_covered() {
            true => suites::Outcome::Passed,
            false => suites::Outcome::Failed("coverage", testing.coverage(), missing.join("\n")),
        };
        by_file.entry("coverage").or_default().push(test("enough rules are covered", outcome));
    }
    suites("holdpoint policy test", &by_file)
}

fn test(name: &str, outcome: suites::Outcome) -> Test {
    Test { class: "holdpoint.policy".into(), name: name.into(), outcome }
}

fn of(outcome: &Outcome) -> Test {
    let came = match &outcome.tried {
        Tried::Passed(_) => suites::Outcome::Passed,
        Tried::Failed(got, differences) => {
            let both =
                differences.iter().flat_map(lines).map(|(side, line)| format!("{} {line}", side.sign()));
            suites::Outcome::Failed("differs", movement(outcome, got), both.collect::<Vec<_>>().join("\n"))
        }
        Tried::Unjudged(mistakes) => {
            suites::Outcome::Unjudged("unjudged", "it could not be judged".into(), told(mistakes))
        }
    };
    let class = format!("holdpoint.policy.{}", outcome.service);
    Test { class, name: outcome.name.to_string(), outcome: came }
}

fn told(mistakes: &Mistakes) -> String {
    let line = |mistake: &crate::registry::Mistake| {
        let line = mistake.position(&mistakes.sources).map_or(String::new(), |(line, _)| format!(":{line}"));
        format!("{}{line}: {}", mistake.file(&mistakes.sources), mistake.message)
    };
    mistakes.list.iter().map(line).collect::<Vec<_>>().join("\n")
}
