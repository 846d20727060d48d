//! The record, as Markdown.

use super::page::{Page, SECTION, item, texts};
use super::{code, text};
use crate::record::{Entry, Finding};
use crate::report::human::Detail;
use crate::report::log::{Heads, Mending, Shown, Verifying, gist, head_of, more, span};

/// What the table of lines may take.
const TABLE: usize = 50_000;
/// What the findings of one service may take.
const FINDINGS: usize = 12_000;

/// Writes lines of the record.
pub fn log(shown: &Shown, detail: Detail) -> String {
    let mut page = Page::default();
    page.head("LOG", &text(&shown.headline()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    let mut columns = vec!["when", "service", "what", "verdict", "", "by"];
    let verbose = detail == Detail::Verbose;
    columns.extend(verbose.then_some("more"));
    // A table that is too long loses its oldest lines.
    let entries = &shown.selected.entries;
    let mut rows: Vec<Vec<String>> = entries.iter().map(|entry| row(entry, verbose)).collect();
    let mut room = TABLE;
    let length = |row: &Vec<String>| row.iter().map(|cell| cell.chars().count() + 3).sum::<usize>() + 2;
    let kept = rows.iter().rev().take_while(|row| {
        let fits = length(row) <= room;
        room = room.saturating_sub(length(row));
        fits
    });
    let left_out = rows.len() - kept.count();
    rows.drain(..left_out);
    page.table(usize::MAX, &columns, rows.into_iter());
    let left_out = (left_out > 0).then(|| format!("{left_out} older left out of this table"));
    let notes: Vec<String> = shown.notes().into_iter().chain(left_out).collect();
    page.list(SECTION, texts(&notes).into_iter());
    page.finish()
}

fn row(entry: &Entry, verbose: bool) -> Vec<String> {
    let field = |field| entry.text(field).unwrap_or_default();
    let at = entry.at.map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M:%SZ").to_string());
    let verdict = field("verdict");
    let verdict = if verdict.is_empty() { String::new() } else { format!("**{}**", text(verdict)) };
    let known = entry.text("known").map_or(String::new(), |known| format!(" ({known})"));
    let by = format!("{}{known}", field("by"));
    let mut cells =
        vec![at, code(field("service")), text(field("kind")), verdict, text(&gist(entry)), text(&by)];
    cells.extend(verbose.then(|| text(&more(entry).join(" · "))));
    cells
}

/// Writes what was found of records.
pub fn log_verify(verifying: &Verifying, detail: Detail) -> String {
    let mut page = Page::default();
    page.head(verifying.word(), &text(&verifying.headline()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    let rows = verifying.records.iter().map(|record| {
        let word = if record.is_whole() { "verified" } else { "**broken**" };
        let head = head_of(record).map_or(String::new(), |head| code(&head.to_string()));
        vec![code(record.service.as_str()), word.to_owned(), text(&span(record)), head]
    });
    page.table(SECTION, &["service", "", "record", "head"], rows);
    for record in verifying.records {
        let wrong = record.findings.iter().map(|finding| ("wrong", finding));
        let odd = record.warnings.iter().map(|finding| ("odd", finding));
        let items: Vec<String> = wrong.chain(odd).map(finding).collect();
        page.list(FINDINGS, items.into_iter());
    }
    let beside: Vec<String> = verifying.beside.iter().map(|one| finding(("wrong", one))).collect();
    page.list(FINDINGS, beside.into_iter());
    page.list(SECTION, texts(verifying.book.notes).into_iter());
    let hint = verifying.hint();
    if !hint.is_empty() {
        page.paragraph(&text(&hint));
    }
    page.finish()
}

fn finding((word, finding): (&str, &Finding)) -> String {
    item(&format!("**{word}** {}", text(&finding.message())), &[code(&finding.spot.to_string())])
}

/// Writes the heads of records, to copy from.
pub fn log_heads(heads: &Heads) -> String {
    let mut page = Page::default();
    page.head("HEADS", &text(&crate::report::words::several(heads.heads.len(), "record")));
    let lines: Vec<String> = heads.heads.iter().map(ToString::to_string).collect();
    if !lines.is_empty() && !page.block(&lines) {
        page.list(SECTION, lines.iter().map(|line| code(line)));
    }
    page.list(SECTION, texts(heads.book.notes).into_iter());
    page.finish()
}

/// Writes what was put aside.
pub fn log_repair(mending: &Mending) -> String {
    let mut page = Page::default();
    page.head(mending.word(), &text(&mending.headline()));
    page.list(FINDINGS, texts(&mending.lines()).into_iter());
    page.list(SECTION, texts(mending.book.notes).into_iter());
    page.finish()
}
