//! Bytes to text to TOML, with all syntax errors of a file.

use toml_parser::{Expected, ParseError, Span};

use crate::model::Sources;
use crate::registry::desk::Desk;
use crate::registry::document::{self, Map, TOO_DEEP, TWICE};
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

/// A file's tables. None, and all its syntax errors reported: it can't be read.
pub(super) fn parse<'a>(desk: &Desk<'a>, file: u32) -> Option<Map<'a>> {
    let (map, errors) = parse_anyhow(desk, file);
    if errors.is_empty() {
        return Some(map);
    }
    report(desk, file, errors);
    None
}

/// The tables as far as they could be read, and what is wrong with the rest.
pub(super) fn parse_anyhow<'a>(desk: &Desk<'a>, file: u32) -> (Map<'a>, Vec<ParseError>) {
    let text = desk.sources.file(file).map_or("", |source| &source.text);
    document::parse(text, &mut desk.tokens.borrow_mut())
}

fn report(desk: &Desk<'_>, file: u32, mut errors: Vec<ParseError>) {
    let text = desk.sources.file(file).map_or("", |source| &source.text);
    let place = |span: Option<Span>| match span {
        Some(span) => Place::new(file, span.start()..span.end()),
        None => Place::new(file, text.len()..text.len()),
    };
    errors.sort_by_key(|error| error.unexpected().map_or(text.len(), |span| span.start()));
    for error in errors.iter().take(SHOWN) {
        let place = place(error.unexpected());
        let first = error.context().map(|first| Place::new(file, first.start()..first.end()));
        desk.report(match (error.description(), first) {
            (TWICE, Some(first)) => {
                let key = text.get(place.span.clone()).unwrap_or_default();
                Mistake::at(place, format!("the same key twice: `{key}`")).also(first, "first defined here")
            }
            (TOO_DEEP, _) => Mistake::at(place, TOO_DEEP).hint("no key of the format has more than five"),
            _ => Mistake::at(place, message(error)),
        });
    }
    if let Some(last) = errors.get(SHOWN) {
        let message = format!("… and {} more syntax errors from here on", errors.len() - SHOWN);
        desk.report(Mistake::at(place(last.unexpected()), message));
    }
}

/// What is wrong, and what was expected instead.
fn message(error: &ParseError) -> String {
    let expected: Vec<String> = match error.expected() {
        None => return error.description().to_owned(),
        Some([]) => vec!["nothing".to_owned()],
        Some(expected) => expected.iter().map(describe).collect(),
    };
    format!("{}, expected {}", error.description(), expected.join(", "))
}

fn describe(expected: &Expected) -> String {
    match expected {
        Expected::Literal("\n") => "newline".to_owned(),
        Expected::Literal("`") => "'`'".to_owned(),
        Expected::Literal(text) if text.chars().all(|c| c.is_ascii_control()) => {
            format!("`{}`", text.escape_debug())
        }
        Expected::Literal(text) => format!("`{text}`"),
        Expected::Description(text) => (*text).to_owned(),
        _ => "etc".to_owned(),
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

    /// The parser closes more than was opened.
    #[test]
    fn brackets_that_do_not_match_are_errors_and_nothing_else() {
        for text in [
            "a = [{ b...= 1 }",
            "a = ]}.b",
            "a = {}}.b = 1",
            // Found by fuzzing.
            r##"format = 1

[service.checkout]
running = { prod = "2.4.1" }
release = [{ verssio...............= "2.0.0"

[advisory.CVE-1]
title = "Session fixation"
affects = [{ servts = [{ service!ce.checkout]
running = { prod = "2.4.1" }
releasGe = ckout", versions = "= "chebkout", versions = "<2.prod = "2.4.1" }
release = [{ version = "2.3.},"{  0 version = "2.4.1" ]:S}.S31/AV:N/AC:L"
affects = [{ service!ce.checkout]S:3.1/AV:N/AC:L"
affects = [{ service!ce.checkout]
running = { prod = "2.4.1" }
releasGe = ckout", versions = 4.0" }]
"##,
        ] {
            assert!(!errors(text).is_empty(), "{text}");
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
        let list = errors(&nested(17));
        assert_eq!(list[0].message, "a key has more than 16 parts");
        let mut sources = Sources::default();
        let file = sources.add("holdpoint.toml", nested(16));
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
