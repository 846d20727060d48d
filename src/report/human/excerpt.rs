//! One line of a file with a stretch of it marked, fit to be shown: short, and without what a terminal obeys.

use std::ops::Range;

use crate::model::Source;
use crate::model::is_unseen;

/// A mark beyond this column is shown with so much before it; the renderer shortens what is nearer.
const FAR: usize = 2000;
const BEFORE: usize = 60;
/// How much is kept from the mark's beginning on. All in characters.
const AFTER: usize = 140;

/// A line round a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// The line, cut where it is too long.
    pub text: String,
    /// The mark, in bytes of `text`.
    pub mark: Range<usize>,
    /// Whether the line's beginning is cut off, so that `text` no longer tells the column.
    pub cut: bool,
}

impl Excerpt {
    /// The line in which `span` begins; a span over several lines is marked to the end of its first.
    pub fn of(source: &Source, span: &Range<usize>) -> Excerpt {
        let text = &*source.text;
        let start = boundary(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let end = boundary(text, span.end).clamp(start, line_end);

        let column = 1 + text[line_start..start].chars().count();
        let from = if column > FAR { column - BEFORE } else { 0 };
        let mut excerpt = Excerpt {
            line: 1 + text[..start].matches('\n').count(),
            column,
            text: String::new(),
            mark: usize::MAX..usize::MAX,
            cut: from > 0,
        };
        let line = &text[line_start..line_end];
        let line = line.strip_suffix('\r').unwrap_or(line);
        excerpt.fill(line, from, start - line_start..end - line_start);
        excerpt
    }

    /// Takes the characters of `line` beyond the first `from`, and remembers where the mark comes to stand.
    fn fill(&mut self, line: &str, from: usize, mark: Range<usize>) {
        if self.cut {
            self.text.push('…');
        }
        let kept = self.column - from + AFTER;
        let mut chars = line.char_indices().skip(from);
        for (at, c) in chars.by_ref().take(kept) {
            self.note(at, &mark);
            self.text.push(if c == '\t' {
                ' '
            // `##[` is a command to a CI, wherever it stands in a line.
            } else if is_unseen(c) || c == '[' && self.text.ends_with("##") {
                '\u{fffd}'
            } else {
                c
            });
        }
        // A mark at the line's end, or one that goes on beyond what is kept.
        self.mark.start = self.mark.start.min(self.text.len());
        self.mark.end = self.mark.end.clamp(self.mark.start, self.text.len());
        if chars.next().is_some() {
            self.text.push('…');
        }
    }

    fn note(&mut self, at: usize, mark: &Range<usize>) {
        if at == mark.start {
            self.mark.start = self.text.len();
        }
        if at == mark.end {
            self.mark.end = self.text.len();
        }
    }
}

/// The nearest beginning of a character at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, span: Range<usize>) -> Excerpt {
        Excerpt::of(&Source { path: "a.toml".into(), text: text.into() }, &span)
    }

    #[test]
    fn the_mark_lies_on_what_it_marked() {
        let marked = |text, span| {
            let excerpt = excerpt(text, span);
            (excerpt.line, excerpt.column, excerpt.text[excerpt.mark].to_owned())
        };
        assert_eq!(marked("a = 1\nbé = 2\r\n", 12..13), (2, 6, "2".into()));
        assert_eq!(marked("a = 1\nbé = 2\r\n", 6..9), (2, 1, "bé".into()));
        assert_eq!(marked("a\nb", 0..3), (1, 1, "a".into()));
        assert_eq!(marked("a", 1..1), (1, 2, String::new()));
        assert_eq!(marked("", 7..9), (1, 1, String::new()));
        assert_eq!(marked("é", 1..1), (1, 1, String::new()));
    }

    #[test]
    fn long_lines_are_cut_round_the_mark() {
        let long = format!("{}here{}", "x".repeat(5000), "y".repeat(5000));
        let excerpt = excerpt(&long, 5000..5004);
        assert_eq!((excerpt.line, excerpt.column, excerpt.cut), (1, 5001, true));
        assert_eq!(&excerpt.text[excerpt.mark.clone()], "here");
        assert!(excerpt.text.starts_with('…') && excerpt.text.ends_with('…'));
        assert_eq!(excerpt.text.chars().count(), BEFORE + AFTER + 2);
    }

    #[test]
    fn a_near_mark_keeps_its_column_and_a_long_one_ends_with_the_cut() {
        let long = "z".repeat(5000);
        let excerpt = excerpt(&long, 10..4000);
        assert_eq!((excerpt.column, excerpt.cut), (11, false));
        assert_eq!(excerpt.mark, 10..excerpt.text.len() - '…'.len_utf8());
    }

    #[test]
    fn nothing_a_terminal_obeys_is_left() {
        let excerpt = excerpt("a\t\u{1b}[2J\u{202e}b", 2..3);
        assert_eq!(excerpt.text, "a \u{fffd}[2J\u{fffd}b");
        assert_eq!(&excerpt.text[excerpt.mark.clone()], "\u{fffd}");
    }
}
