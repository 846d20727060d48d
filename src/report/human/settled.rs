//! A cause that is dealt with, for people.

use std::borrow::Cow;

use anstyle::AnsiColor;

use super::diff::diff;
use super::page::{Cell, NONE, Page, QUIET};
use super::{Detail, Look, warnings};
use crate::report::settled::{Settled, freed};

/// The width of the labels.
const LABEL: usize = 8;

/// Writes what becomes of a cause that is dealt with.
pub fn settled(report: &Settled, look: Look) -> String {
    let mut page = Page::new(look.width);
    let style = if report.settle.stood.is_some() { QUIET } else { AnsiColor::Green.on_default().bold() };
    page.head(report.word(), style, &report.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    page.gap();
    let mut row =
        |label: &'static str, text: &str| page.row(&[Cell(Cow::Borrowed(label), LABEL, NONE)], text);
    row("said", &report.why());
    report.settle.freed.iter().for_each(|one| _ = row("frees", &freed(one)));
    report.settle.notes.iter().for_each(|note| _ = row("note", note));
    if !report.files().is_empty() {
        row("written", &format!("{}, and the record", report.files().join(", ")));
    }
    warnings(&mut page, &report.context);
    let mut out = page.finish();
    if report.dry_run && !report.settle.changes.is_empty() {
        out.push('\n');
        out.push_str(&diff(&report.settle.changes));
    }
    out
}
