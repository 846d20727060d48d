//! Reports for spreadsheets: CSV as RFC 4180 has it, UTF-8, lines that end in CR LF.
//!
//! A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` as a formula, also behind a tab or a line break. Text
//! of others gets into such cells, so each that begins like one gets an apostrophe in front, which spreadsheets take
//! for "this is text". Whoever reads the file with a program takes it off; the exact bytes stand in the record.

use crate::audit::Row;
use crate::model::is_unseen;
use crate::report::audit::Exporting;
use crate::report::audit::cells::{COLUMNS, cells};

/// Writes the decisions, a row each.
pub fn export(exporting: &Exporting) -> String {
    let rows = exporting.services.iter().flat_map(|(population, _)| &population.rows);
    table(&COLUMNS, rows.map(|row: &Row<'_>| cells(row)))
}

/// Writes why there are no rows, so that no older file passes for these.
pub fn failure((message, hint): &(String, Option<String>)) -> String {
    let row = [message.clone(), hint.clone().unwrap_or_default()];
    table(&["error", "hint"], std::iter::once(row))
}

fn table<const N: usize>(columns: &[&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut out = String::new();
    line(columns.iter().map(|column| (*column).to_owned()), &mut out);
    for row in rows {
        line(row.into_iter(), &mut out);
    }
    out
}

fn line(cells: impl Iterator<Item = String>, out: &mut String) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(',');
        }
        let cell = guarded(&cell);
        if cell.contains(['"', ',', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ') {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

/// The text of a cell: without what can't be seen, but for line breaks; and no formula.
fn guarded(cell: &str) -> String {
    let breaks =
        cell.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n").replace('\t', " ");
    let seen: String = breaks.chars().filter(|c| *c == '\n' || !is_unseen(*c)).collect();
    // What a program reads over before it looks for a sign, full-width forms of the signs among it.
    let first = seen.trim_start().chars().next();
    let begins = cell.starts_with(['\t', '\r', '\n']);
    let is_formula = matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'));
    if is_formula || begins { format!("'{seen}") } else { seen }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(cells: &[&str]) -> String {
        let mut out = String::new();
        line(cells.iter().map(|cell| (*cell).to_owned()), &mut out);
        out
    }

    #[test]
    fn what_divides_cells_and_rows_is_quoted() {
        assert_eq!(written(&["a", "", "b c"]), "a,,b c\r\n");
        assert_eq!(
            written(&["a,b", "say \"no\"", "two\r\nlines", " x"]),
            "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\" x\"\r\n"
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, want) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "' =1"),
            ("  =1", "'  =1"),
            ("\r\n=1", "'\n=1"),
            ("\u{200b}=1", "'=1"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
            ("2.4.1", "2.4.1"),
            ("", ""),
        ] {
            assert_eq!(guarded(cell), want, "{cell:?}");
        }
    }

    #[test]
    fn what_a_terminal_obeys_is_taken_out() {
        assert_eq!(guarded("a\u{1b}[2Jb\u{202e}c"), "a[2Jbc");
    }

    #[test]
    fn a_failure_is_a_table_of_its_own() {
        let text = failure(&("no registry".into(), Some("name it, please".into())));
        assert_eq!(text, "error,hint\r\nno registry,\"name it, please\"\r\n");
    }
}
