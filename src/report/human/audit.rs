//! The report for auditors on a terminal; and what was exported.

use anstyle::AnsiColor;

use super::grid::{self, Lines};
use super::page::{NONE, Page, QUIET, STRONG};
use super::{Detail, Look};
use crate::report::audit::{Block, Chart, Document, Exporting, Reporting, Table, bars, hours};

/// How wide the longest bar of text is.
const BAR: i64 = 30;

/// Writes the report.
pub fn log_report(reporting: &Reporting, look: Look) -> String {
    let Document { word, headline, sections } = reporting.document();
    let mut page = Page::new(look.width);
    head(&mut page, word, reporting.is_whole(), &headline);
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    for section in &sections {
        page.gap();
        page.text(0, section.title, STRONG);
        if !section.evidence.is_empty() && look.detail == Detail::Verbose {
            page.text(2, &format!("evidence for {}", section.evidence), QUIET);
        }
        let mut below_table = false;
        for block in &section.blocks {
            let is_table = matches!(block, Block::Table(_) | Block::Chart(_));
            if below_table && !is_table {
                page.gap();
            }
            below_table = is_table;
            match block {
                Block::Text(text) => page.text(2, text, NONE),
                Block::List(points) => points.iter().for_each(|point| page.hanging(2, "-", NONE, point)),
                Block::Table(table) => self::table(&mut page, table, look.width),
                Block::Chart(chart) => self::chart(&mut page, chart),
            }
        }
    }
    page.finish()
}

fn head(page: &mut Page, word: &str, whole: bool, headline: &str) {
    let colour = if whole { AnsiColor::Green } else { AnsiColor::Red };
    page.head(word, colour.on_default().bold(), headline);
}

/// Columns where they fit, else a paragraph a row.
fn table(page: &mut Page, table: &Table, width: usize) {
    page.gap();
    page.text(2, &table.caption, STRONG);
    let names = table.columns.iter().map(|column| Lines::one(column.0, QUIET)).collect();
    let cells = |row: &Vec<String>| row.iter().map(|cell| Lines::one(cell, NONE)).collect();
    let rows: Vec<Vec<Lines>> = std::iter::once(names).chain(table.rows.iter().map(cells)).collect();
    if grid::width(&rows) + 2 <= width {
        grid::lines(&rows).iter().flatten().for_each(|line| page.raw(2, line));
        return;
    }
    for row in &table.rows {
        let said = row.iter().zip(table.columns).filter(|(cell, _)| !cell.is_empty());
        let parts: Vec<String> = said
            .map(|(cell, column)| match column.0 {
                "" | "line" | "when" | "service" => cell.clone(),
                name => format!("{name}: {cell}"),
            })
            .collect();
        page.hanging(2, "-", NONE, &parts.join(" · "));
    }
}

fn chart(page: &mut Page, chart: &Chart) {
    page.gap();
    page.text(2, &chart.caption, STRONG);
    for bar in bars(chart) {
        let (date, length) = (&bar.date, hours(bar.seconds));
        let drawn = format!("{:<30}", bar.drawn(chart.calendar.most(), BAR));
        page.raw(2, &format!("{date}  {length:>8} h  {drawn}  {}", bar.parts));
    }
}

/// Says what was exported; the rows themselves are for programs and spreadsheets.
pub fn log_export(exporting: &Exporting, look: Look) -> String {
    let mut page = Page::new(look.width);
    let word = if exporting.is_whole() { "EXPORT" } else { "BROKEN" };
    head(&mut page, word, exporting.is_whole(), &exporting.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    page.gap();
    exporting.notes().iter().for_each(|note| page.hanging(0, "note", NONE, note));
    page.hanging(
        0,
        "hint:",
        NONE,
        "the rows are written by --format csv and --format json, or --report csv=FILE",
    );
    page.finish()
}

/// What stands beside rows that went to standard output.
pub fn beside(exporting: &Exporting) -> String {
    let all = std::iter::once(exporting.headline()).chain(exporting.notes());
    all.map(|note| format!("note: {}\n", crate::report::plain(&note))).collect()
}
