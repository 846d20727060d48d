//! An incident that began or ended, as Markdown.

use super::page::{Page, SECTION, texts};
use super::text;
use super::verdict::{footer, warnings};
use crate::report::human::Detail;
use crate::report::{IncidentReport, diff};

/// Writes what became of an incident.
pub fn incident(report: &IncidentReport, detail: Detail) -> String {
    let mut page = Page::default();
    page.head(report.word(), &text(&report.headline()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    let facts = report.facts();
    let lines = facts.iter().flat_map(|fact| fact.lines.iter().map(|line| (fact.label, line)));
    let items: Vec<String> = lines.map(|(label, line)| format!("**{label}** {}", text(line))).collect();
    page.list(2 * SECTION, items.into_iter());
    page.list(SECTION, texts(&report.written.notes).into_iter());
    let commands = report.commands();
    if !commands.is_empty() {
        page.heading("Next");
        page.block(&commands);
    }
    if report.dry_run && !report.written.changes.is_empty() {
        page.difference(&diff::text(&report.written.changes));
    }
    footer(&mut page, &report.context, None);
    warnings(&mut page, &report.context);
    page.finish()
}
