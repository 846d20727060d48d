//! What runs, as it was observed, for people.

use std::borrow::Cow;

use super::diff::diff;
use super::page::{Cell, NONE, Page, QUIET, STRONG, of_level};
use super::{Detail, Look, warnings};
use crate::model::{Level, Version};
use crate::report::Observation;
use crate::report::observation::{runs, stay};

/// Versions are aligned up to this width.
const LONGEST: usize = 32;
/// The width of the words before them.
const WORD: usize = 4;

/// Writes what was observed, and what became of the registry.
pub fn observation(report: &Observation, look: Look) -> String {
    let mut page = Page::new(look.width);
    let style = if report.observed.drifted() { of_level(Level::Warn) } else { STRONG };
    page.head("OBSERVED", style, &report.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    let observed = report.observed;
    page.gap();
    let versions = observed.running.iter().map(|now| &now.version);
    let versions = versions.chain(observed.left.iter().chain(&observed.learnt).map(|stay| &stay.version));
    let width = versions.map(|version| version.text.chars().count()).max().unwrap_or_default().min(LONGEST);
    let mut row = |word: &'static str, version: &Version, text: &str| {
        let cells = [Cell(word.into(), WORD, NONE), Cell(Cow::Borrowed(&*version.text), width, STRONG)];
        page.row(&cells, text);
    };
    for now in &observed.running {
        row("runs", &now.version, &runs(now).join(" · "));
    }
    for left in &observed.left {
        row("left", &left.version, &stay(left));
    }
    for learnt in &observed.learnt {
        row("ran", &learnt.version, &stay(learnt));
    }
    for note in &observed.notes {
        page.text(2, &format!("note: {note}"), QUIET);
    }
    for warning in report.warnings() {
        page.text(2, &format!("warning: {warning}"), of_level(Level::Warn));
    }
    page.gap();
    page.text(2, &report.outcome(), NONE);
    let mut commands = report.commands().into_iter();
    if let Some(first) = commands.next() {
        page.gap();
        page.verbatim(2, &format!("Next: {first}"));
        commands.for_each(|command| page.verbatim(8, &command));
    }
    warnings(&mut page, &report.context);
    let mut out = page.finish();
    if report.dry_run && !observed.changes.is_empty() {
        out.push('\n');
        out.push_str(&diff(&observed.changes));
    }
    out
}
