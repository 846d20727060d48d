//! Break-glasses and their reviews, for people.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};

use super::diff::diff;
use super::page::{Cell, NONE, Page, QUIET, STRONG, of_level};
use super::{Detail, Look, warnings};
use crate::act::review::Outcome;
use crate::model::{Level, format_time};
use crate::report::review::{DebtPage, Reviewing};

/// The width of the labels.
const LABEL: usize = 8;

/// Writes what is owed for break-glasses, and what was done about it.
pub fn review(reviewing: &Reviewing, look: Look) -> String {
    let mut page = Page::new(look.width);
    page.head(reviewing.word(), style(reviewing), &reviewing.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    for debt in reviewing.debts {
        page.gap();
        if !reviewing.one || reviewing.debts.len() > 1 {
            page.text(2, &format!("{}  {}", debt.debt.id, debt.movement()), STRONG);
        }
        facts(&mut page, reviewing, debt);
    }
    if !reviewing.notes.is_empty() {
        page.gap();
        reviewing.notes.iter().for_each(|note| page.text(2, &format!("note: {note}"), QUIET));
    }
    warnings(&mut page, &reviewing.context);
    let mut out = page.finish();
    if let Some(changes) = reviewing.shown_only() {
        out.push('\n');
        out.push_str(&diff(changes));
    }
    out
}

fn style(reviewing: &Reviewing) -> Style {
    match reviewing.done.map(|done| done.outcome) {
        Some(Outcome::Reviewed | Outcome::Closed) => AnsiColor::Green.on_default().bold(),
        Some(Outcome::Open) => of_level(Level::Hold),
        Some(Outcome::Unchanged) => QUIET,
        None if reviewing.debts.iter().any(|page| page.overdue) => of_level(Level::Warn),
        None => STRONG,
    }
}

fn facts(page: &mut Page, reviewing: &Reviewing, debt: &DebtPage) {
    let of = &debt.debt;
    let mut row = |label: &'static str, text: &str| {
        page.row(&[Cell(Cow::Borrowed(label), LABEL, NONE)], text);
    };
    row("by", &format!("{} at {}", of.by, format_time(of.at)));
    row("reason", &of.reason);
    row("against", &of.subjects.join(", "));
    row("release", &debt.release());
    debt.reviews().iter().for_each(|review| row("reviewed", review));
    debt.missing().iter().for_each(|missing| row("wants", missing));
    reviewing.place(debt).iter().for_each(|place| row("stands", place));
    let next = reviewing.next(debt);
    if next.is_empty() {
        return;
    }
    page.text(2, "Next:", NONE);
    for step in next {
        page.aside(4, &format!("# {}", step.why));
        page.verbatim(4, &step.command);
    }
}
