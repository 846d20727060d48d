//! What runs, as it was observed, as Markdown.

use super::page::{Page, SECTION, texts};
use super::verdict::{footer, warnings};
use super::{code, text};
use crate::report::human::Detail;
use crate::report::observation::{runs, stay};
use crate::report::{Observation, diff};

/// Writes what was observed, and what became of the registry.
pub fn observation(report: &Observation, detail: Detail) -> String {
    let mut page = Page::default();
    page.head("OBSERVED", &text(&report.headline()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    let observed = report.observed;
    let row = |word: &str, version: &str, what: &str| vec![word.to_owned(), code(version), text(what)];
    let mut rows: Vec<Vec<String>> =
        observed.running.iter().map(|now| row("runs", &now.version.text, &runs(now).join("; "))).collect();
    rows.extend(observed.left.iter().map(|left| row("left", &left.version.text, &stay(left))));
    rows.extend(observed.learnt.iter().map(|ran| row("ran", &ran.version.text, &stay(ran))));
    page.table(SECTION, &["", "release", ""], rows.into_iter());
    page.list(SECTION, texts(&report.warnings()).into_iter());
    page.list(SECTION, texts(&observed.notes).into_iter());
    page.paragraph(&text(&report.outcome()));
    let commands = report.commands();
    if !commands.is_empty() {
        page.heading("Next");
        page.block(&commands);
    }
    if report.dry_run && !observed.changes.is_empty() {
        page.difference(&diff::text(&observed.changes));
    }
    footer(&mut page, &report.context, None);
    warnings(&mut page, &report.context);
    page.finish()
}
