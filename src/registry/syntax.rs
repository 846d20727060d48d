//! Bytes to text to TOML: the one place where TOML is parsed, with all syntax errors of a file.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};
use toml_parser::lexer::TokenKind;

use crate::model::Sources;
use crate::registry::desk::Desk;
use crate::registry::mistake::{Mistake, Place};

/// How many syntax errors of one file are shown; after so many, one more helps nobody.
const SHOWN: usize = 50;

/// Takes a file's bytes into the sources. Bytes that aren't UTF-8 are shown as far as they are, and reported.
pub(super) fn take(
    sources: &mut Sources,
    path: &str,
    bytes: Vec<u8>,
    list: &mut Vec<Mistake>,
) -> Option<u32> {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Some(sources.add(path, text)),
        Err(error) => error,
    };
    let (offset, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
    let byte = bytes.get(offset).copied().unwrap_or_default();
    let line = 1 + bytes.iter().take(offset).filter(|&&byte| byte == b'\n').count();
    let message = format!("`{path}` is not UTF-8: byte 0x{byte:02X} at offset {offset}, in line {line}");
    let file = sources.add(path, String::from_utf8_lossy(bytes).into_owned());
    let place = Place::new(file, offset..offset + char::REPLACEMENT_CHARACTER.len_utf8());
    list.push(Mistake::at(place, message).hint("save the file as UTF-8"));
    None
}

/// The most parts that a dotted key may have; the format's longest has five.
const MOST_PARTS: usize = 16;

/// Where a key with too many parts stands.
///
/// The parser allows eighty nested brackets and eighty parts of a key, each on its own. Together they make
/// thousands of nested tables, and dropping those overflows the stack, which no caller can catch.
fn too_deep(text: &str) -> Option<Range<usize>> {
    let dots = |line: &str| line.bytes().filter(|&byte| byte == b'.').count();
    if !text.split('\n').any(|line| dots(line) >= MOST_PARTS) {
        return None; // a key can't go on in the next line
    }
    let mut parts = 1;
    let deep = toml_parser::Source::new(text).lex().find(|token| {
        parts = match token.kind() {
            TokenKind::Dot => parts + 1,
            TokenKind::Whitespace | TokenKind::Atom | TokenKind::BasicString | TokenKind::LiteralString => {
                parts
            }
            _ => 1,
        };
        parts > MOST_PARTS
    })?;
    Some(deep.span().start()..deep.span().end())
}

/// A file's tables. None, and all its syntax errors reported: it can't be read.
pub(super) fn parse<'a>(desk: &Desk<'a>, file: u32) -> Option<DeTable<'a>> {
    let text = desk.sources.file(file).map_or("", |source| &source.text);
    if let Some(span) = too_deep(text) {
        let message = format!("a key has more than {MOST_PARTS} parts");
        desk.report(
            Mistake::at(Place::new(file, span), message).hint("no key of the format has more than five"),
        );
        return None;
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Some(table.into_inner());
    }
    report(desk, file, text, table.get_ref(), &errors);
    None
}

/// The tables as far as they could be read, for a look at a file that has syntax errors.
pub(super) fn parse_anyhow<'a>(desk: &Desk<'a>, file: u32) -> DeTable<'a> {
    let text = desk.sources.file(file).map_or("", |source| &source.text);
    if too_deep(text).is_some() { DeTable::new() } else { DeTable::parse_recoverable(text).0.into_inner() }
}

fn report(desk: &Desk<'_>, file: u32, text: &str, table: &DeTable<'_>, errors: &[Error]) {
    for error in errors.iter().take(SHOWN) {
        let span = error.span().unwrap_or(text.len()..text.len());
        let mistake = Mistake::at(Place::new(file, span.clone()), error.message());
        desk.report(match first_of(text, table, &span) {
            Some(first) if error.message() == "duplicate key" => {
                let key = text.get(span).unwrap_or_default();
                let message = format!("the same key twice: `{key}`");
                Mistake { message, ..mistake.also(Place::new(file, first), "first defined here") }
            }
            _ => mistake,
        });
    }
    if let Some(last) = errors.get(SHOWN) {
        let span = last.span().unwrap_or(text.len()..text.len());
        let message = format!("… and {} more syntax errors from here on", errors.len() - SHOWN);
        desk.report(Mistake::at(Place::new(file, span), message));
    }
}

/// Where the key of a duplicate was defined first. The parser knows, but doesn't say.
fn first_of(text: &str, table: &DeTable<'_>, again: &Range<usize>) -> Option<Range<usize>> {
    let line_start = text.get(..again.start)?.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(line_start..)?.split('\n').next()?;
    let header = line.trim_start();
    if header.starts_with('[') && header.split_once(']').is_some() {
        return first_header(text.get(..line_start)?, header.trim_end());
    }
    let mut home = (0, table);
    find_home(text, table, again.start, &mut home);
    let (key, _) = home.1.get_key_value(text.get(again.clone())?)?;
    (key.span().start < again.start).then(|| key.span())
}

/// The table that an entry at `at` belongs to: the last one that was opened before it and is still open.
fn find_home<'a, 'i>(text: &str, table: &'a DeTable<'i>, at: usize, home: &mut (usize, &'a DeTable<'i>)) {
    for (_, value) in table.iter() {
        let tables: &[Spanned<DeValue<'i>>] = match value.get_ref() {
            DeValue::Array(items) => items,
            _ => std::slice::from_ref(value),
        };
        for value in tables {
            let DeValue::Table(inner) = value.get_ref() else { continue };
            let span = value.span();
            let open = match text.as_bytes().get(span.start) {
                Some(b'[') => span.start < at,
                Some(b'{') => span.start < at && at < span.end,
                _ => false,
            };
            if open && span.start >= home.0 {
                *home = (span.start, inner);
            }
            find_home(text, inner, at, home);
        }
    }
}

/// Where the table of a header, which stands after `before`, was opened first.
fn first_header(before: &str, header: &str) -> Option<Range<usize>> {
    let (header, _) = DeTable::parse_recoverable(header);
    let (before, _) = DeTable::parse_recoverable(before);
    let (mut step, mut within) = (header.get_ref(), before.get_ref());
    loop {
        let (key, value) = step.iter().next()?;
        let name: &Cow<'_, str> = key.get_ref();
        let (first, found) = within.get_key_value(name.as_ref())?;
        step = inner(value.get_ref())?;
        if step.is_empty() {
            return Some(first.span());
        }
        within = inner(found.get_ref())?;
    }
}

/// A table, or the last of a list of tables: what a header's next part goes into.
fn inner<'a, 'i>(value: &'a DeValue<'i>) -> Option<&'a DeTable<'i>> {
    match value {
        DeValue::Table(table) => Some(table),
        DeValue::Array(items) => items.last()?.get_ref().as_table(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Vec<Mistake> {
        let mut sources = Sources::default();
        let file = sources.add("holdpoint.toml", text.into());
        let desk = Desk::new(&sources, Vec::new());
        assert!(parse(&desk, file).is_none(), "{text}");
        desk.into_list()
    }

    /// In each text the word `x` stands twice as the same key.
    #[test]
    fn duplicates_show_both_places() {
        for text in [
            "x = 1\nx = 2",
            "[a]\nx = 1\n\"y\" = {x = 2}\nx = 3",
            "[[a]]\nx = 1\n[[a]]\nx = 1\nx = 2\n",
            "[t.x]\ny = 1\n[u]\n[t.x]\nz = 1",
            "t = [{x = 1, y = 2, x = 3}]",
            "[t]\nu = 1\n[t.x]\n[t.v]\n  [ t . x ] # again\n",
        ] {
            let list = errors(text);
            let [mistake] = &list[..] else { panic!("{text}: {list:?}") };
            let (place, (first, label)) = (mistake.place.clone().unwrap(), mistake.also.clone().unwrap());
            assert_eq!(
                (mistake.message.as_str(), label.as_str()),
                ("the same key twice: `x`", "first defined here")
            );
            assert_eq!((&text[place.span.clone()], &text[first.span.clone()]), ("x", "x"), "{text}");
            assert_eq!(text.rfind('x'), Some(place.span.start), "{text}");
            let before: Vec<usize> = text[..place.span.start].match_indices('x').map(|(at, _)| at).collect();
            assert!(before.contains(&first.span.start), "{text}");
        }
        let list = errors("[[a]]\nx = 1\n[[a]]\nx = 1\nx = 2\n");
        assert_eq!(list[0].also.as_ref().unwrap().0.span, 18..19, "the one in the same table");
    }

    #[test]
    fn all_syntax_errors_of_a_file_are_reported_but_not_without_end() {
        let messages: Vec<_> =
            errors("a = \nb = 1979-13-01\nc = 2 2\n").into_iter().map(|m| m.message).collect();
        assert_eq!(messages.len(), 3, "{messages:#?}");
        let many = errors(&"= 1\n".repeat(1000));
        assert_eq!(many.len(), SHOWN + 1);
        assert!(many[SHOWN].message.starts_with("… and "), "{}", many[SHOWN].message);
    }

    /// The parser recurses, and so does dropping what it built: both must stay within a thread's stack.
    #[test]
    fn deep_nesting_ends_in_an_error() {
        let dotted = |n: usize| vec!["a"; n].join(".");
        for text in [
            format!("a = {}", "[".repeat(200_000)),
            format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000)),
            format!("a = {}", "{a=".repeat(100_000)),
            format!("{} = 1", dotted(100_000)),
            format!("[{}]", dotted(100_000)),
        ] {
            assert!(!errors(&text).is_empty());
        }
    }

    /// The parser limits brackets and the parts of a key each on their own, so they multiply.
    #[test]
    fn nesting_by_both_ways_at_once_does_not_overflow() {
        let nested = |parts| {
            let dotted = vec!["a"; parts].join(".");
            let open = format!("{{{dotted}=");
            format!("{dotted}={}1{}", open.repeat(78), "}".repeat(78))
        };
        let list = errors(&nested(MOST_PARTS + 1));
        assert_eq!(list[0].message, "a key has more than 16 parts");
        let mut sources = Sources::default();
        let file = sources.add("holdpoint.toml", nested(MOST_PARTS));
        let desk = Desk::new(&sources, Vec::new());
        assert!(parse(&desk, file).is_some());
        let (dots, file) = (format!("a = \"{}\"", ".".repeat(99)), 1);
        assert_eq!(sources.add("b.toml", dots), file);
        assert!(parse(&Desk::new(&sources, Vec::new()), file).is_some(), "dots in a text are no parts");
    }

    #[test]
    fn text_that_is_not_utf_8_is_placed() {
        let (mut sources, mut list) = (Sources::default(), Vec::new());
        assert_eq!(take(&mut sources, "a.toml", b"x = 1\ny = \"\xff\"".to_vec(), &mut list), None);
        assert_eq!(list[0].message, "`a.toml` is not UTF-8: byte 0xFF at offset 11, in line 2");
        assert_eq!(list[0].position(&sources), Some((2, 6)));
    }
}
