//! What `policy test` found, for people: what fails, with the two sides of it, then which rules no case covers.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};

use super::mistakes::one;
use super::page::{Cell, NONE, Page, QUIET, STRONG};
use super::{Detail, Look};
use crate::policy::{Outcome, Tried};
use crate::registry::Mistakes;
use crate::report::trial::{Side, Testing, lines, movement, reason};

/// The width of the word before a case.
const WORD: usize = 4;

/// Writes what came of the cases. Those that pass are told with `-v` only.
pub fn trial(testing: &Testing, look: Look) -> String {
    let mut page = Page::new(look.width);
    page.head("POLICY TEST", STRONG, &testing.called());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    let all = look.detail == Detail::Verbose;
    let (mut file, mut unjudged) = ("", false);
    for outcome in &testing.trial.outcomes {
        let passed = matches!(outcome.tried, Tried::Passed(_));
        if passed && !all {
            continue;
        }
        if *outcome.file != *file {
            page.gap();
            page.text(2, &outcome.file, STRONG);
            file = &outcome.file;
        } else if unjudged {
            page.gap();
        }
        unjudged = matches!(outcome.tried, Tried::Unjudged(_));
        case(&mut page, outcome, look);
    }
    for mistakes in &testing.trial.unread {
        excerpts(&mut page, mistakes, look);
    }
    uncovered(&mut page, testing, all);
    page.finish()
}

fn case(page: &mut Page, outcome: &Outcome, look: Look) {
    let (word, colour) = match outcome.tried {
        Tried::Passed(_) => ("ok", AnsiColor::Green),
        Tried::Failed(..) => ("FAIL", AnsiColor::Red),
        Tried::Unjudged(_) => ("?", AnsiColor::Magenta),
    };
    let cell = Cell(Cow::Borrowed(word), WORD, bold(colour));
    let column = page.row(&[cell], &format!("{} (line {})", outcome.name, outcome.line));
    if let Some(got) = outcome.got() {
        page.text(column, &movement(outcome, got), QUIET);
    }
    match &outcome.tried {
        Tried::Passed(_) => {}
        Tried::Failed(got, differences) => {
            for (side, line) in differences.iter().flat_map(lines) {
                let style = if side == Side::Expected { AnsiColor::Red } else { AnsiColor::Green };
                page.hanging(column, side.sign(), bold(style), &line);
            }
            let told = got.reasons.iter().map(|got| format!("{}: {}", reason(got), got.message));
            if look.detail == Detail::Verbose {
                told.for_each(|line| page.text(column, &line, QUIET));
            }
        }
        Tried::Unjudged(mistakes) => excerpts(page, mistakes, look),
    }
}

fn bold(colour: AnsiColor) -> Style {
    colour.on_default().bold()
}

fn excerpts(page: &mut Page, mistakes: &Mistakes, look: Look) {
    for mistake in &mistakes.list {
        page.gap();
        for line in one(&mistakes.sources, mistake, look.width).lines() {
            page.raw(0, line);
        }
    }
}

/// The rules that no case covers; with `-v` all, with how many do.
fn uncovered(page: &mut Page, testing: &Testing, all: bool) {
    let rules = &testing.trial.coverage.rules;
    let told: Vec<_> = rules.iter().filter(|rule| all || rule.cases == 0).collect();
    if told.is_empty() {
        return;
    }
    page.gap();
    page.text(2, if all { "Rules, and how many cases they decide" } else { "No case covers" }, STRONG);
    for rule in told {
        let count = if all { format!("{:>3}  ", rule.cases) } else { String::new() };
        page.text(4, &format!("{count}{} ({})", rule.name, testing.place(rule)), NONE);
    }
}
