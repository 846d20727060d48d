//! JSON as text: indented, with everything escaped that a terminal would obey.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use crate::model::is_unseen;

/// The value as indented JSON with a line break at its end.
pub(in crate::report) fn write(value: &impl Serialize) -> String {
    let mut out = Vec::with_capacity(2048);
    let mut serializer = Serializer::with_formatter(&mut out, Guarded(PrettyFormatter::new()));
    // Writing plain data to memory can't fail; were it to, no text is better than half of one.
    if value.serialize(&mut serializer).is_err() {
        return String::new();
    }
    out.push(b'\n');
    String::from_utf8(out).unwrap_or_default()
}

/// Where the first character is that somebody would obey: what can't be seen, and what makes `##[`, wherever it
/// stands in a line, a command to a CI.
fn obeyed(text: &str) -> Option<usize> {
    let unseen = text.find(is_unseen);
    unseen.into_iter().chain(text.find("##[").map(|at| at + 1)).min()
}

/// Indents as [`PrettyFormatter`] does, and escapes what can't be seen.
struct Guarded(PrettyFormatter<'static>);

impl Formatter for Guarded {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = obeyed(rest) {
            let (before, from) = rest.split_at(at);
            writer.write_all(before.as_bytes())?;
            let mut chars = from.chars();
            let unseen = chars.next().unwrap_or_default();
            for unit in unseen.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = chars.as_str();
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unseen_characters_are_escaped_and_come_back() {
        let wild = "a\u{1b}[0m\u{202e}\u{9b}\u{e0041}\"\\\nz##[error]";
        let text = write(&vec![wild]);
        assert!(text.chars().all(|c| c == '\n' || !is_unseen(c)), "{text:?}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), [wild]);
        assert!(!text.contains("##[") && text.contains(r"\u202e") && text.contains(r"\udb40\udc41"));
    }
}
