//! The report for auditors, to print.

use super::chart::figure;
use super::{cell, page, sentence, text};
use crate::report::audit::{Block, Document, Kind, Reporting, Section, Table};

/// A table of so many columns is set smaller on paper.
const WIDE: usize = 7;

/// Writes the report.
pub fn report(reporting: &Reporting) -> String {
    let Document { word, headline, sections } = reporting.document();
    let (state, class) = match reporting.is_whole() {
        true => ("VERIFIED", "state"),
        false => (word, "state broken"),
    };
    let mut body = String::from("<main>\n<h1>What was asked, decided and done</h1>\n");
    body.push_str(&format!(
        "<p class=\"lead\"><span class=\"{class}\">{state}</span> {}</p>\n",
        text(&headline)
    ));
    sections.iter().for_each(|section| self::section(section, &mut body));
    body.push_str("</main>\n");
    page(&format!("holdpoint report: {headline}"), &body)
}

fn section(section: &Section, out: &mut String) {
    out.push_str(&format!("<section>\n<h2>{}</h2>\n", text(section.title)));
    if !section.evidence.is_empty() {
        out.push_str(&format!("<p class=\"evidence\">Evidence for {}</p>\n", text(&section.evidence)));
    }
    for block in &section.blocks {
        match block {
            Block::Text(text) => out.push_str(&format!("<p>{}</p>\n", sentence(text))),
            Block::List(points) => {
                let items: String =
                    points.iter().map(|point| format!("<li>{}</li>\n", sentence(point))).collect();
                out.push_str(&format!("<ul>\n{items}</ul>\n"));
            }
            Block::Table(table) => self::table(table, out),
            Block::Chart(chart) => out.push_str(&figure(chart, &text(&chart.caption))),
        }
    }
    out.push_str("</section>\n");
}

fn table(table: &Table, out: &mut String) {
    let class = |kind: Kind| match kind {
        Kind::Text => "",
        Kind::Code => " class=\"code\"",
        Kind::Number => " class=\"n\"",
    };
    let wide = if table.columns.len() >= WIDE { " class=\"wide\"" } else { "" };
    out.push_str(&format!(
        "<div class=\"table\"><table{wide}><caption>{}</caption>\n<thead><tr>",
        text(&table.caption)
    ));
    for column in table.columns {
        let class = if column.1 == Kind::Number { " class=\"n\"" } else { "" };
        out.push_str(&format!("<th scope=\"col\"{class}>{}</th>", text(column.0)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        let cells = row.iter().zip(table.columns);
        let cells: String =
            cells.map(|(text, column)| format!("<td{}>{}</td>", class(column.1), cell(text))).collect();
        out.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    out.push_str("</tbody></table></div>\n");
}
