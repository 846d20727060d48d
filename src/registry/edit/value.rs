//! What is to be written, and how it looks in TOML 1.0.

use crate::model::{Time, format_time};

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// An instant, written in UTC, to the second.
    Time(Time),
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A list.
    List(Vec<Value>),
    /// A table in curly brackets, its keys in this order.
    Table(Fields),
    /// A table with a header of its own where that is possible, else one in curly brackets.
    Section(Fields),
}

/// The keys of a table with their values, in the order in which they are to be written.
pub type Fields = Vec<(String, Value)>;

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<Time> for Value {
    fn from(time: Time) -> Value {
        Value::Time(time)
    }
}

impl Value {
    /// A list of texts.
    pub fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Value {
        Value::List(texts.into_iter().map(|text| Value::from(text.as_ref())).collect())
    }

    /// The fields of a table, however it is to be written.
    pub(super) fn fields(&self) -> Option<&Fields> {
        match self {
            Value::Table(fields) | Value::Section(fields) => Some(fields),
            _ => None,
        }
    }

    /// The value on one line.
    pub fn inline(&self) -> String {
        match self {
            Value::Text(text) => quoted(text),
            Value::Time(time) => format_time(*time),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.to_string(),
            Value::List(items) => {
                format!("[{}]", items.iter().map(Value::inline).collect::<Vec<_>>().join(", "))
            }
            Value::Table(fields) | Value::Section(fields) if fields.is_empty() => "{}".to_owned(),
            Value::Table(fields) | Value::Section(fields) => format!("{{ {} }}", pairs(fields)),
        }
    }

    /// The value behind `key = `, over several lines when it is a list that wouldn't fit in `room` columns.
    pub(super) fn wrapped(&self, room: usize, indent: &str) -> String {
        let line = self.inline();
        let Value::List(items) = self else { return line };
        if line.chars().count() <= room || items.len() < 2 {
            return line;
        }
        let items: String = items.iter().map(|item| format!("{indent}    {},\n", item.inline())).collect();
        format!("[\n{items}{indent}]")
    }
}

/// `a = 1, b = 2`.
pub(super) fn pairs(fields: &Fields) -> String {
    let pair = |(key, value): &(String, Value)| format!("{} = {}", written_key(key), value.inline());
    fields.iter().map(pair).collect::<Vec<_>>().join(", ")
}

/// A key: bare where that is allowed.
pub fn written_key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { basic(key) }
}

/// A text in quotes: in single ones where that saves escapes.
fn quoted(text: &str) -> String {
    let escapes = text.contains(['"', '\\']);
    let literal = !text.contains('\'') && !text.chars().any(is_obeyed);
    if escapes && literal { format!("'{text}'") } else { basic(text) }
}

/// A text in double quotes, with the escapes that every TOML knows.
fn basic(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_obeyed(c) && u32::from(c) > 0xFFFF => out.push_str(&format!("\\U{:08X}", u32::from(c))),
            c if is_obeyed(c) => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether a viewer of the file would obey a character instead of showing it: controls, what turns a line around or
/// breaks it, and what is there without being seen. A text with one of them must not read as another in a review.
/// Joiners and variation selectors are left: scripts and pictographs are written with them.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_time;

    #[test]
    fn texts_are_quoted_as_a_person_would() {
        for (text, want) in [
            ("2.4.1", "\"2.4.1\""),
            ("say \"no\"", "'say \"no\"'"),
            ("it's \"so\"", "\"it's \\\"so\\\"\""),
            ("a\nb\u{1b}\u{7f}", "\"a\\nb\\u001B\\u007F\""),
            ("", "\"\""),
            ("支付", "\"支付\""),
            ("\u{202e}'\"\u{e0041}", "\"\\u202E'\\\"\\U000E0041\""),
        ] {
            assert_eq!(Value::from(text).inline(), want);
        }
        assert_eq!((written_key("under-way"), written_key("a.b")), ("under-way".into(), "\"a.b\"".into()));
        assert_eq!(written_key(""), "\"\"");
    }

    #[test]
    fn values_are_written_on_one_line_or_wrapped() {
        let at = parse_time("2026-11-22T04:05:06.7+01:00").unwrap();
        let table = Value::Table(vec![("at".into(), at.into()), ("on".into(), Value::Bool(true))]);
        assert_eq!(table.inline(), "{ at = 2026-11-22T03:05:06Z, on = true }");
        let list = Value::texts(["one", "two"]);
        assert_eq!(list.wrapped(80, ""), "[\"one\", \"two\"]");
        assert_eq!(list.wrapped(8, "  "), "[\n      \"one\",\n      \"two\",\n  ]");
        assert_eq!((Value::Table(vec![]).inline(), Value::List(vec![]).inline()), ("{}".into(), "[]".into()));
    }
}
