//! Columns that stay straight whatever stands in them: a table without a frame, line by line.

use anstyle::Style;
use tabled::builder::Builder;
use tabled::settings::{Padding, Style as Frame};
use textwrap::core::display_width;

use crate::report::plain;

/// The gap between two columns.
pub(super) const GAP: usize = 2;

/// What stands in a cell: lines of parts, each part in a style.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines(Vec<Vec<(String, Style)>>);

impl Lines {
    /// One line.
    pub fn one(text: &str, style: Style) -> Lines {
        Lines::parts([(text.to_owned(), style)])
    }

    /// One line of several parts.
    pub fn parts(parts: impl IntoIterator<Item = (String, Style)>) -> Lines {
        Lines(vec![parts.into_iter().map(|(text, style)| (plain(&text).into_owned(), style)).collect()])
    }

    /// Several lines.
    pub fn several(lines: impl IntoIterator<Item = (String, Style)>) -> Lines {
        Lines(lines.into_iter().map(|(text, style)| vec![(plain(&text).into_owned(), style)]).collect())
    }

    fn height(&self) -> usize {
        self.0.len().max(1)
    }

    fn width(&self) -> usize {
        let width = |parts: &Vec<(String, Style)>| parts.iter().map(|(text, _)| display_width(text)).sum();
        self.0.iter().map(width).max().unwrap_or_default()
    }

    fn text(&self) -> String {
        let styled = |(text, style): &(String, Style)| match text.as_str() {
            "" => String::new(),
            text => format!("{style}{text}{style:#}"),
        };
        let line = |parts: &Vec<(String, Style)>| parts.iter().map(styled).collect::<String>();
        self.0.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// How wide a table of these rows is.
pub(super) fn width(rows: &[Vec<Lines>]) -> usize {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(Lines::width).max();
    let widths: usize = (0..columns).filter_map(widest).sum();
    widths + GAP * columns.saturating_sub(1)
}

/// The lines of each row. No line ends in blanks.
pub(super) fn lines(rows: &[Vec<Lines>]) -> Vec<Vec<String>> {
    let mut builder = Builder::default();
    for row in rows {
        builder.push_record(row.iter().map(Lines::text));
    }
    let mut table = builder.build();
    table.with(Frame::empty()).with(Padding::new(0, GAP, 0, 0));
    let text = table.to_string();
    let mut lines = text.lines().map(|line| line.trim_end().to_owned());
    let height = |row: &Vec<Lines>| row.iter().map(Lines::height).max().unwrap_or(1);
    rows.iter().map(|row| lines.by_ref().take(height(row)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::human::page::{NONE, STRONG};

    #[test]
    fn columns_stay_straight_with_wide_characters_and_styles() {
        let cell = |text: &str, style| Lines::one(text, style);
        let rows = vec![
            vec![cell("name", STRONG), cell("what", NONE), cell("end", NONE)],
            vec![cell("支付服务", STRONG), cell("🔥🔥 fire", STRONG), cell("x", NONE)],
            vec![
                Lines::several([("a".to_owned(), NONE), ("b".to_owned(), STRONG)]),
                cell("", NONE),
                cell("x", NONE),
            ],
        ];
        assert_eq!(width(&rows), 8 + 2 + 9 + 2 + 3);
        let lines = lines(&rows);
        assert_eq!(lines.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 2]);
        let bare = |text: &String| anstream::adapter::strip_str(text).to_string();
        let column = |line: &str, word: &str| display_width(&line[..line.rfind(word).unwrap()]);
        assert_eq!(column(&bare(&lines[0][0]), "end"), 21);
        assert_eq!(column(&bare(&lines[1][0]), "x"), 21);
        assert_eq!(column(&bare(&lines[2][0]), "x"), 21);
        assert_eq!(bare(&lines[2][1]), "b");
    }
}
