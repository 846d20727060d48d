//! The report for auditors, as Markdown. It is kept in a file, so nothing is cut for a comment's sake.

use super::page::Page;
use super::{code, text};
use crate::report::audit::{BarText, Block, Chart, Document, Exporting, Kind, Reporting, Table, bars, hours};

/// How wide the longest bar of text is.
const BAR: i64 = 30;

/// Writes the report.
pub fn log_report(reporting: &Reporting) -> String {
    let Document { word, headline, sections } = reporting.document();
    let mut page = Page::default();
    page.head(word, &text(&headline));
    for section in &sections {
        page.heading(section.title);
        if !section.evidence.is_empty() {
            page.paragraph(&format!("*Evidence for {}*", text(&section.evidence)));
        }
        for block in &section.blocks {
            match block {
                Block::Text(words) => page.paragraph(&text(words)),
                Block::List(points) => page.list(usize::MAX, points.iter().map(|point| text(point))),
                Block::Table(table) => self::table(&mut page, table),
                Block::Chart(chart) => self::chart(&mut page, chart),
            }
        }
    }
    page.finish()
}

fn table(page: &mut Page, table: &Table) {
    page.paragraph(&format!("**{}**", text(&table.caption)));
    let names: Vec<&str> = table.columns.iter().map(|column| column.0).collect();
    let rows = table.rows.iter().map(|row| {
        let cells = row.iter().zip(table.columns);
        cells.map(|(cell, column)| if column.1 == Kind::Code { code(cell) } else { text(cell) }).collect()
    });
    page.table(usize::MAX, &names, rows);
}

/// The bars as a table of text.
fn chart(page: &mut Page, chart: &Chart) {
    page.paragraph(&format!("**{}**", text(&chart.caption)));
    let row = |bar: BarText| {
        let drawn = bar.drawn(chart.calendar.most(), BAR);
        vec![bar.date, hours(bar.seconds), drawn, bar.parts]
    };
    let rows: Vec<Vec<String>> = bars(chart).into_iter().map(row).collect();
    let first = format!("{} from", chart.calendar.step.word());
    page.table(usize::MAX, &[&first, "hours", "", "by severity"], rows.into_iter());
}

/// Says what was exported; the rows themselves are for programs and spreadsheets.
pub fn log_export(exporting: &Exporting) -> String {
    let mut page = Page::default();
    page.head(if exporting.is_whole() { "EXPORT" } else { "BROKEN" }, &text(&exporting.headline()));
    page.list(usize::MAX, super::page::texts(&exporting.notes()).into_iter());
    page.paragraph(&text("The rows are written by --format csv and --format json."));
    page.finish()
}
