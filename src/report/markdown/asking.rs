//! The answer to `ask`, as Markdown.

use super::page::{Page, texts};
use super::{text, verdict};
use crate::report::asking::Report;
use crate::report::human::Detail;

/// What a list may take.
const SOME: usize = 12_000;

/// Writes who was asked what, how it is signed, and what came of it.
pub fn asking(report: &Report, detail: Detail) -> String {
    let mut page = Page::default();
    page.head(report.word(), &text(&report.what()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    page.list(SOME, texts(&report.sentences()).into_iter());
    let commands: Vec<String> = report.commands().into_iter().map(|(_, command)| command).collect();
    if !commands.is_empty() {
        page.block(&commands);
    }
    let instead = report.instead();
    if !instead.is_empty() {
        page.paragraph("Instead:");
        page.list(SOME, texts(&instead).into_iter());
    }
    verdict::warnings(&mut page, &report.context);
    page.finish()
}
