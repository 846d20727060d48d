//! Pieces put into a text, in the text's own manner: its line breaks, its missing last one.

use std::ops::Range;

/// One piece: what stands in a stretch is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    /// The stretch; empty: nothing is taken out.
    pub(super) at: Range<usize>,
    /// What comes there, its lines ended by `\n`.
    pub(super) text: String,
}

impl Splice {
    /// Something in place of a stretch.
    pub(super) fn replace(at: Range<usize>, text: impl Into<String>) -> Splice {
        Splice { at, text: text.into() }
    }

    /// Something between two characters.
    pub(super) fn insert(at: usize, text: impl Into<String>) -> Splice {
        Splice::replace(at..at, text)
    }

    /// Nothing in place of a stretch.
    pub(super) fn remove(at: Range<usize>) -> Splice {
        Splice::replace(at, "")
    }

    /// Whole lines at a place where a line begins, or at the end of the text, which may lack its last break.
    pub(super) fn lines(text: &str, at: usize, lines: &str) -> Splice {
        if at == text.len() && !text.is_empty() && !text.ends_with(['\n', '\u{feff}']) {
            return Splice::insert(at, format!("\n{}", lines.trim_end_matches('\n')));
        }
        Splice::insert(at, lines)
    }
}

/// The text with all pieces in it, which must not overlap. Pieces at the same place stay in their order.
pub(super) fn apply(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|splice| splice.at.start);
    let crlf = is_crlf(text);
    let mut out = String::with_capacity(text.len() + 256);
    let mut from = 0;
    for Splice { at, text: piece } in splices {
        out.push_str(text.get(from..at.start).unwrap_or_default());
        if crlf {
            out.push_str(&piece.replace('\n', "\r\n"))
        } else {
            out.push_str(&piece)
        }
        from = at.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// Whether the first line ends as on Windows.
fn is_crlf(text: &str) -> bool {
    text.find('\n').is_some_and(|end| text.get(..end).is_some_and(|line| line.ends_with('\r')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_take_on_the_manner_of_the_text() {
        let at = |text: &str, place: usize, lines: &str| apply(text, vec![Splice::lines(text, place, lines)]);
        assert_eq!(at("a\nb\n", 2, "x\n"), "a\nx\nb\n");
        assert_eq!(at("a\r\nb\r\n", 3, "x\ny\n"), "a\r\nx\r\ny\r\nb\r\n");
        assert_eq!(at("a\r\nb", 4, "x\n"), "a\r\nb\r\nx");
        assert_eq!((at("", 0, "x\n"), at("\u{feff}", 3, "x\n")), ("x\n".into(), "\u{feff}x\n".into()));
        let two = vec![Splice::remove(2..3), Splice::insert(0, "1"), Splice::insert(0, "2")];
        assert_eq!(apply("abc", two), "12ab");
    }
}
