//! A table of words, for a terminal or for Markdown.

/// Rows of equal length; the first is the head.
pub struct Table(Vec<Vec<String>>);

impl Table {
    pub fn new(head: &[&str]) -> Self {
        Self(vec![head.iter().map(|&word| word.to_owned()).collect()])
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.0.push(cells);
    }

    pub fn to_text(&self, markdown: bool) -> String {
        let (between, edge) = if markdown { (" | ", ("| ", " |")) } else { ("  ", ("", "")) };
        let widths = self.widths();
        let line = |row: &Vec<String>| {
            let cells: Vec<_> =
                row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
            format!("{}\n", format!("{}{}{}", edge.0, cells.join(between), edge.1).trim_end())
        };
        let mut lines: Vec<String> = self.0.iter().map(line).collect();
        if markdown {
            lines.insert(1, line(&widths.iter().map(|&width| "-".repeat(width)).collect()));
        }
        lines.concat()
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.0.first().map_or(0, Vec::len);
        let width = |column: usize| self.0.iter().map(|row| row[column].chars().count()).max();
        (0..columns).map(|column| width(column).unwrap_or(0)).collect()
    }
}
