//! The answer to `ask`, for people.

use anstyle::AnsiColor;

use super::page::{NONE, Page, QUIET, STRONG};
use super::{Detail, Look};
use crate::report::asking::Report;

/// Writes who was asked what, how it is signed, and what came of it.
pub fn asking(report: &Report, look: Look) -> String {
    let mut page = Page::new(look.width);
    let colour = if report.is_well() { AnsiColor::Green } else { AnsiColor::Yellow };
    page.head(report.word(), colour.on_default().bold(), &report.what());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    page.gap();
    report.sentences().iter().for_each(|sentence| page.text(2, sentence, NONE));
    for (key, command) in report.commands() {
        page.text(2, &format!("{key} signs with:"), QUIET);
        page.verbatim(4, &command);
    }
    let instead = report.instead();
    if !instead.is_empty() {
        page.text(2, "Instead", STRONG);
        instead.iter().for_each(|target| page.text(4, target, NONE));
    }
    super::mistakes::warnings(&mut page, &report.context);
    page.finish()
}
