//! The record, for people: lines by day, newest last; what is wrong with it; its heads; what was put aside.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};
use textwrap::core::display_width;

use super::page::{Cell, NONE, Page, QUIET, STRONG, of_level};
use super::{Detail, Look};
use crate::model::Level;
use crate::record::{Entry, Finding, Verified};
use crate::report::log::{Heads, Mending, Shown, Verifying, gist, head_of, more, span};
use crate::report::plain;

/// The width of a time of day.
const TIME: usize = 9;
/// The width of the widest verdict.
const VERDICT: usize = 5;
/// The widest that a service's name may make its column.
const SERVICE: usize = 24;

/// Writes lines of the record.
pub fn log(shown: &Shown, look: Look) -> String {
    let mut page = Page::new(look.width);
    page.head("LOG", STRONG, &shown.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    let columns = Columns::of(shown);
    let mut day = String::new();
    for entry in &shown.selected.entries {
        let of = entry.at.map_or_else(|| "?".to_owned(), |at| at.format("%Y-%m-%d %A").to_string());
        if of != day {
            page.gap();
            page.text(0, &of, STRONG);
            day = of;
        }
        columns.write(&mut page, entry, look);
    }
    let notes = shown.notes();
    if !notes.is_empty() {
        page.gap();
    }
    notes.iter().for_each(|note| page.hanging(0, "note", NONE, note));
    page.finish()
}

/// How wide the columns are; 0: there is none.
struct Columns {
    service: usize,
    kind: usize,
    verdict: usize,
}

impl Columns {
    fn of(shown: &Shown) -> Columns {
        let entries = &shown.selected.entries;
        let widest = |field: &str| {
            entries.iter().filter_map(|entry| entry.text(field)).map(|text| display_width(&plain(text))).max()
        };
        let several = entries.iter().any(|entry| entry.text("service") != entries[0].text("service"));
        let judged = entries.iter().any(|entry| entry.text("verdict").is_some());
        Columns {
            service: if several { widest("service").unwrap_or(0).min(SERVICE) } else { 0 },
            kind: widest("kind").unwrap_or(0).min(SERVICE),
            verdict: if judged { VERDICT } else { 0 },
        }
    }

    fn write(&self, page: &mut Page, entry: &Entry, look: Look) {
        let time = entry.at.map_or_else(String::new, |at| at.format("%H:%M:%SZ").to_string());
        let text = |field| entry.text(field).unwrap_or_default();
        let verdict = text("verdict");
        let style = Level::ALL.into_iter().find(|level| level.word() == verdict).map_or(NONE, of_level);
        let cells = [
            Cell(time.into(), TIME, QUIET),
            Cell(text("service").into(), self.service, STRONG),
            Cell(text("kind").into(), self.kind, STRONG),
            Cell(verdict.into(), self.verdict, style),
        ];
        let cells: Vec<Cell> = cells.into_iter().filter(|Cell(_, width, _)| *width > 0).collect();
        let column = page.row(&cells, &sentence(entry));
        if look.detail == Detail::Verbose {
            page.parts(column, &more(entry));
        }
    }
}

/// What the line says, and who did it.
fn sentence(entry: &Entry) -> String {
    let known = entry.text("known").map_or(String::new(), |known| format!(" ({known})"));
    let by = entry.text("by").map_or(String::new(), |by| format!("{by}{known}"));
    [gist(entry), by].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Writes what was found of records.
pub fn log_verify(verifying: &Verifying, look: Look) -> String {
    let mut page = Page::new(look.width);
    let colour = if verifying.is_whole() { AnsiColor::Green } else { AnsiColor::Red };
    page.head(verifying.word(), colour.on_default().bold(), &verifying.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    for record in verifying.records {
        page.gap();
        of_record(&mut page, record);
    }
    if !verifying.beside.is_empty() {
        page.gap();
        verifying.beside.iter().for_each(|finding| self::finding(&mut page, finding, "wrong", red()));
    }
    let hint = verifying.hint();
    if !(hint.is_empty() && verifying.book.notes.is_empty()) {
        page.gap();
    }
    verifying.book.notes.iter().for_each(|note| page.hanging(0, "note", NONE, note));
    if !hint.is_empty() {
        page.hanging(0, "hint:", NONE, &hint);
    }
    page.finish()
}

fn red() -> Style {
    AnsiColor::Red.on_default().bold()
}

fn of_record(page: &mut Page, record: &Verified) {
    page.text(0, &format!("{}: {}", record.service, span(record)), STRONG);
    record.findings.iter().for_each(|finding| self::finding(page, finding, "wrong", red()));
    let yellow = AnsiColor::Yellow.on_default().bold();
    record.warnings.iter().for_each(|finding| self::finding(page, finding, "odd", yellow));
    for (head, seq) in &record.heads {
        if let Some(seq) = seq {
            page.row(
                &[label("fits", AnsiColor::Green.on_default().bold())],
                &format!("the head of number {seq}, {}", head.hash),
            );
        }
    }
    if let Some(head) = head_of(record) {
        page.row(&[label("head", NONE)], &head.to_string());
    }
}

fn label(word: &'static str, style: Style) -> Cell<'static> {
    Cell(Cow::Borrowed(word), VERDICT, style)
}

/// `wrong  line 7 was changed …`, and below it where.
fn finding(page: &mut Page, finding: &Finding, word: &'static str, style: Style) {
    let column = page.row(&[label(word, style)], &finding.message());
    page.text(column, &finding.spot.to_string(), QUIET);
}

/// Writes heads, each as `log verify --head` takes it.
pub fn log_heads(heads: &Heads, look: Look) -> String {
    let mut page = Page::new(look.width);
    heads.heads.iter().for_each(|head| page.verbatim(0, &head.to_string()));
    page.finish()
}

/// Writes what was put aside.
pub fn log_repair(mending: &Mending, look: Look) -> String {
    let mut page = Page::new(look.width);
    page.head(mending.word(), STRONG, &mending.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    let lines = mending.lines();
    if !lines.is_empty() {
        page.gap();
    }
    lines.iter().for_each(|line| page.text(2, line, NONE));
    mending.book.notes.iter().for_each(|note| page.hanging(0, "note", NONE, note));
    page.finish()
}
