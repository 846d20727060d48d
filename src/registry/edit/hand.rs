//! The hand of whoever wrote what stands beside a new piece: indents, blanks round `=` and inside brackets.

use std::ops::Range;

use crate::registry::document::{Map, Written};
use crate::registry::edit::value::{Fields, Value, written_key};
use crate::registry::lines::line_start;

/// How wide a line of a list may get before it is broken.
const ROOM: usize = 100;

/// How lines of a table are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hand {
    /// What stands before a key.
    indent: String,
    /// What stands between a key and its value.
    equals: Equals,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Equals {
    /// `a = 1`
    Spaced,
    /// `a=1`
    Tight,
    /// `a   = 1`, all in this column
    Column(usize),
}

impl Default for Hand {
    fn default() -> Hand {
        Hand { indent: String::new(), equals: Equals::Spaced }
    }
}

impl Hand {
    /// The hand in which the lines of a table are written.
    pub(super) fn of(text: &str, map: &Map<'_>) -> Hand {
        let entries = map.entries().iter().filter(|(_, node)| {
            !node.is_list_of_headers()
                && node.as_table().is_none_or(|inner| inner.written() == Written::Inline)
        });
        let gaps: Vec<Gap<'_>> =
            entries.filter_map(|(key, node)| Gap::between(text, key.span(), node.span())).collect();
        let Some(first) = gaps.first() else { return Hand::default() };
        Hand { indent: first.indent.to_owned(), equals: equals(&gaps) }
    }

    /// A line with a key and its value; the key is written already.
    pub(super) fn line(&self, key: &str, value: &Value) -> String {
        let equals = match self.equals {
            Equals::Spaced => " = ".to_owned(),
            Equals::Tight => "=".to_owned(),
            Equals::Column(column) => {
                format!("{} = ", " ".repeat(column.saturating_sub(key.chars().count() + 1)))
            }
        };
        let value = value.wrapped(ROOM.saturating_sub(key.len()), &self.indent);
        format!("{}{key}{equals}{value}\n", self.indent)
    }

    /// The lines of a table.
    pub(super) fn lines(&self, fields: &Fields) -> String {
        fields.iter().map(|(key, value)| self.line(&written_key(key), value)).collect()
    }

    /// The same hand with another indent.
    pub(super) fn indented(self, indent: &str) -> Hand {
        Hand { indent: indent.to_owned(), ..self }
    }
}

/// What stands between a key and its value, and before the key.
struct Gap<'t> {
    indent: &'t str,
    key: usize,
    between: &'t str,
}

impl<'t> Gap<'t> {
    fn between(text: &'t str, key: Range<usize>, value: Range<usize>) -> Option<Gap<'t>> {
        let indent = text.get(line_start(text, key.start)..key.start)?;
        let key_length = text.get(key.clone())?.chars().count();
        let between = text.get(key.end..value.start)?;
        indent.trim().is_empty().then_some(Gap { indent, key: key_length, between })
    }

    /// In which column after the key's beginning the `=` stands.
    fn column(&self) -> usize {
        self.key + self.between.find('=').unwrap_or_default()
    }
}

fn equals(gaps: &[Gap<'_>]) -> Equals {
    let column = gaps.first().map_or(0, Gap::column);
    let padded = gaps.iter().any(|gap| gap.between.starts_with("  "));
    if padded && gaps.iter().all(|gap| gap.column() == column) {
        return Equals::Column(column);
    }
    if gaps.iter().all(|gap| gap.between == "=") { Equals::Tight } else { Equals::Spaced }
}

/// A table in curly brackets, with or without blanks inside them as `like` has it.
pub(super) fn braces(fields: &Fields, like: Option<&str>) -> String {
    let table = Value::Table(fields.clone()).inline();
    let tight = like.is_some_and(|like| like.starts_with('{') && !like.starts_with("{ ") && like.len() > 2);
    match table.strip_prefix("{ ").and_then(|inner| inner.strip_suffix(" }")) {
        Some(inner) if tight => format!("{{{inner}}}"),
        _ => table,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::document::parse;

    fn line(text: &str) -> String {
        let (root, errors) = parse(text, &mut Vec::new());
        assert!(errors.is_empty(), "{errors:?}");
        Hand::of(text, &root).line("commit", &Value::from("c"))
    }

    #[test]
    fn new_lines_look_like_their_neighbours() {
        for (text, want) in [
            ("version = \"1\"\n", "commit = \"c\"\n"),
            ("version=\"1\"\n", "commit=\"c\"\n"),
            ("  version = \"1\"\n", "  commit = \"c\"\n"),
            ("version  = \"1\"\nreleased = 2026-01-01\n", "commit   = \"c\"\n"),
            ("v  = \"1\"\nreleased = 2026-01-01\n", "commit = \"c\"\n"),
            ("a  = 1\n", "commit = \"c\"\n"),
            ("", "commit = \"c\"\n"),
        ] {
            assert_eq!(line(text), want, "{text:?}");
        }
        let fields = vec![("a".to_owned(), Value::from("b"))];
        assert_eq!(braces(&fields, Some("{x = 1}")), "{a = \"b\"}");
        assert_eq!(
            (braces(&fields, Some("{ x = 1 }")), braces(&fields, Some("{}"))),
            (braces(&fields, None), "{ a = \"b\" }".into())
        );
    }
}
