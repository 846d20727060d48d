//! A cause that is dealt with, as Markdown.

use super::page::{Page, texts};
use super::text;
use super::verdict::{footer, warnings};
use crate::report::diff;
use crate::report::human::Detail;
use crate::report::settled::{Settled, freed};

/// What the lists may take, each.
const SOME: usize = 12_000;

/// Writes what becomes of a cause that is dealt with.
pub fn settled(report: &Settled, detail: Detail) -> String {
    let mut page = Page::default();
    page.head(report.word(), &text(&report.headline()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    let said = format!("said {}", text(&report.why()));
    let freed = report.settle.freed.iter().map(|one| text(&freed(one)));
    let lines: Vec<String> = [said].into_iter().chain(freed).collect();
    page.list(SOME, lines.into_iter());
    page.list(SOME, texts(&report.settle.notes).into_iter());
    if report.dry_run && !report.settle.changes.is_empty() {
        page.difference(&diff::text(&report.settle.changes));
    }
    footer(&mut page, &report.context, None);
    warnings(&mut page, &report.context);
    page.finish()
}
