//! What `policy test` found, as Markdown: what fails, then which rules no case covers.

use super::page::{Page, SECTION, item};
use super::{code, text};
use crate::policy::{Outcome, Tried};
use crate::report::human::Detail;
use crate::report::trial::{Side, Testing, lines, movement};

/// What the cases may take.
const LONG: usize = 40_000;

/// Writes what came of the cases.
pub fn trial(testing: &Testing, detail: Detail) -> String {
    let mut page = Page::default();
    page.head("POLICY TEST", &text(&testing.called()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    let outcomes = testing.trial.outcomes.iter();
    let wrong: Vec<&Outcome> = outcomes.filter(|of| !matches!(of.tried, Tried::Passed(_))).collect();
    if !wrong.is_empty() {
        page.heading("Cases that don't pass");
        page.list(LONG, wrong.into_iter().map(case));
    }
    let unread: Vec<String> = testing.trial.unread.iter().flat_map(mistakes).collect();
    if !unread.is_empty() {
        page.heading("Files that can't be read");
        page.list(SECTION, unread.into_iter());
    }
    let missing: Vec<String> = testing
        .trial
        .coverage
        .missing()
        .map(|rule| format!("{} ({})", code(&rule.name), code(&testing.place(rule))))
        .collect();
    if !missing.is_empty() {
        page.heading("Rules that no case covers");
        page.list(SECTION, missing.into_iter());
    }
    page.finish()
}

fn case(outcome: &Outcome) -> String {
    let place = code(&format!("{}:{}", outcome.file, outcome.line));
    let mut below: Vec<String> = outcome.got().map(|got| text(&movement(outcome, got))).into_iter().collect();
    match &outcome.tried {
        Tried::Passed(_) => {}
        Tried::Failed(_, differences) => {
            below.extend(differences.iter().flat_map(lines).map(|(side, line)| {
                let word = if side == Side::Expected { "expected" } else { "got" };
                format!("{word} {}", code(&line))
            }))
        }
        Tried::Unjudged(wrong) => below.extend(mistakes(wrong)),
    }
    item(&format!("**{}** ({place})", text(&outcome.name)), &below)
}

fn mistakes(mistakes: &crate::registry::Mistakes) -> Vec<String> {
    let one = |mistake: &crate::registry::Mistake| {
        let file = mistake.file(&mistakes.sources);
        let place = match mistake.position(&mistakes.sources) {
            Some((line, _)) => format!("{file}:{line}"),
            None => file.to_owned(),
        };
        format!("{}: {}", code(&place), text(&mistake.message))
    };
    mistakes.list.iter().map(one).collect()
}
