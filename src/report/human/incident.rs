//! An incident that began or ended, for people.

use std::borrow::Cow;

use anstyle::AnsiColor;

use super::diff::diff;
use super::page::{Cell, NONE, Page, QUIET};
use super::{Detail, Look, warnings};
use crate::act::incident::Outcome;
use crate::report::IncidentReport;

/// The width of the labels.
const LABEL: usize = 10;

/// Writes what became of an incident.
pub fn incident(report: &IncidentReport, look: Look) -> String {
    let mut page = Page::new(look.width);
    let written = report.written;
    let colour = match written.outcome {
        Outcome::Unchanged => QUIET,
        Outcome::Ended => AnsiColor::Green.on_default().bold(),
        Outcome::Started | Outcome::Extended => AnsiColor::Yellow.on_default().bold(),
    };
    page.head(report.word(), colour, &report.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    page.gap();
    for fact in report.facts() {
        let mut label = fact.label;
        for line in &fact.lines {
            row(&mut page, std::mem::take(&mut label), line);
        }
    }
    written.notes.iter().for_each(|note| row(&mut page, "note", note));
    let mut commands = report.commands().into_iter();
    if let Some(first) = commands.next() {
        page.gap();
        page.verbatim(2, &format!("Next: {first}"));
        commands.for_each(|command| page.verbatim(8, &command));
    }
    warnings(&mut page, &report.context);
    let mut out = page.finish();
    if report.dry_run && !written.changes.is_empty() {
        out.push('\n');
        out.push_str(&diff(&written.changes));
    }
    out
}

fn row(page: &mut Page, label: &'static str, text: &str) {
    page.row(&[Cell(Cow::Borrowed(label), LABEL, NONE)], text);
}
