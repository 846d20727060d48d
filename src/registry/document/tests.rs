//! Held against `toml::de::DeTable`, on documents of all kinds: accepted by both or none, with the same tree.

#![expect(clippy::disallowed_methods, reason = "files, and how many documents to compare")]

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::build::TOO_DEEP;
use super::*;

/// A tree as text, places and all, its tables in the order of their keys.
fn ours(node: &Node<'_>, out: &mut String) {
    use std::fmt::Write;
    write!(out, "@{:?}", node.span()).unwrap();
    match &node.data {
        Data::Text(text) => write!(out, "{text:?}").unwrap(),
        Data::Integer(digits, radix) => write!(out, "{digits}/{radix}").unwrap(),
        Data::Float => out.push_str("float"),
        Data::Bool(value) => write!(out, "{value}").unwrap(),
        Data::Time(time) => write!(out, "{time}").unwrap(),
        Data::Array(array) => {
            out.push('[');
            array.items.iter().for_each(|item| ours(item, out));
            out.push(']');
        }
        Data::Table(map) => our_table(map, out),
    }
}

fn our_table(map: &Map<'_>, out: &mut String) {
    use std::fmt::Write;
    out.push('{');
    for (key, node) in map.sorted() {
        write!(out, "{:?}@{:?}=", key.text, key.span()).unwrap();
        assert!(std::ptr::eq(map.get(&key.text).unwrap(), node));
        ours(node, out);
    }
    out.push('}');
}

fn theirs(value: &Spanned<DeValue<'_>>, out: &mut String) {
    use std::fmt::Write;
    write!(out, "@{:?}", value.span()).unwrap();
    match value.get_ref() {
        DeValue::String(text) => write!(out, "{text:?}").unwrap(),
        DeValue::Integer(number) => write!(out, "{}/{}", number.as_str(), number.radix()).unwrap(),
        DeValue::Float(_) => out.push_str("float"),
        DeValue::Boolean(value) => write!(out, "{value}").unwrap(),
        DeValue::Datetime(time) => write!(out, "{time}").unwrap(),
        DeValue::Array(array) => {
            out.push('[');
            array.iter().for_each(|item| theirs(item, out));
            out.push(']');
        }
        DeValue::Table(map) => their_table(map, out),
    }
}

fn their_table(map: &DeTable<'_>, out: &mut String) {
    use std::fmt::Write;
    out.push('{');
    for (key, value) in map {
        write!(out, "{:?}@{:?}=", key.get_ref(), key.span()).unwrap();
        theirs(value, out);
    }
    out.push('}');
}

/// Whether it was accepted, which both must say, with the same tree.
fn compare(text: &str) -> bool {
    let (map, errors) = parse(text, &mut Vec::new());
    if errors.iter().any(|error| error.description() == TOO_DEEP) {
        return false; // a limit of ours
    }
    let (table, their_errors) = DeTable::parse_recoverable(text);
    assert_eq!(errors.is_empty(), their_errors.is_empty(), "{text}\n{errors:?}\n{their_errors:?}");
    if errors.is_empty() {
        let (mut a, mut b) = (String::new(), String::new());
        our_table(&map, &mut a);
        their_table(table.get_ref(), &mut b);
        assert_eq!(a, b, "{text}");
    }
    errors.is_empty()
}

const KEYS: &[&str] =
    &["a", "b", "c", "a.b", "a.c", "b.a", "a.b.c", "\"a\"", "'b'", " a . b ", "\"\\u0061\"", "d"];
const VALUES: &[&str] = &[
    "1",
    "0x1F",
    "1_000",
    "-7",
    "1.5",
    "inf",
    "true",
    "\"x\"",
    "'y'",
    "\"\\n\\u00e9\"",
    "\"\"\"m\nn\"\"\"",
    "'''l'''",
    "2026-11-22",
    "2026-11-22T03:00:00Z",
    "2026-11-22 03:00:00.5+01:00",
    "03:00:00",
    "[]",
    "[1, 2,]",
    "[\n# c\n1,\n[2]\n]",
    "{}",
    "{ a = 1 }",
    "{ a.b = 1, a.c = 2 }",
    "{ a = { b = 1 }, a.c = 2 }",
    "[{ a = 1 }, { a = 2 }]",
    "{ a = 1, a = 2 }",
    "{ b = [{ c.d = { e = 1 } }] }",
    "{ a.b = 1, a = 2 }",
    "{ a = [], a.b = 1 }",
    "",
    "2026-13-01",
    "01",
    "nan",
    "x",
    "{ a = 1,\n b = 2,\n}",
];

fn line() -> impl Strategy<Value = String> {
    let pair = (select(KEYS), select(VALUES)).prop_map(|(key, value)| format!("{key} = {value}\n"));
    let many = (1usize..60).prop_map(|n| (0..n).map(|i| format!("k{} = {i}\n", i * 7 % 60)).collect());
    prop_oneof![
        8 => pair,
        4 => select(KEYS).prop_map(|key| format!("[{key}]\n")),
        4 => select(KEYS).prop_map(|key| format!("[[{key}]] # c\n")),
        1 => many,
        1 => Just("\r\n".to_owned()),
    ]
}

/// Some lines, of which one place may be spoilt.
fn document() -> impl Strategy<Value = String> {
    let bits =
        ["", "]", "[", ".", "=", "\"", "{", "}", ",", "\n", "#", " ", "\u{1}", "é", "''", "\r", "\u{feff}"];
    let spoilt = (any::<prop::sample::Index>(), select(bits.to_vec()));
    let spoilt = prop::option::weighted(0.3, spoilt);
    (prop::collection::vec(line(), 0..8), spoilt).prop_map(|(lines, spoilt)| {
        let mut text = lines.concat();
        let Some((place, bit)) = spoilt.filter(|_| !text.is_empty()) else { return text };
        let (at, c) = text.char_indices().nth(place.index(text.chars().count())).unwrap();
        text.replace_range(at..at + c.len_utf8(), bit);
        text
    })
}

/// More of them: `DOCUMENTS=1000000 cargo test documents_are_read`.
#[test]
fn documents_are_read_as_toml_reads_them() {
    let cases = std::env::var("DOCUMENTS").map_or(3000, |count| count.parse().unwrap());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let accepted = std::cell::Cell::new(0);
    let runner = TestRunner::new(config).run(&document(), |text| {
        accepted.set(accepted.get() + u32::from(compare(&text)));
        Ok(())
    });
    runner.unwrap();
    assert!(accepted.get() > cases / 10, "only {} were accepted", accepted.get());
}

/// Every text that stands in the pinned cases, mistakes and all.
#[test]
fn written_files_are_read_as_toml_reads_them() {
    let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases")];
    let mut accepted = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file()
                && let Ok(text) = std::fs::read_to_string(entry.path())
            {
                accepted += u32::from(compare(&text));
            }
        }
    }
    assert!(accepted > 100, "only {accepted} were accepted");
}
