//! A TOML file as a tree of values with their places.
//!
//! `toml_parser` finds the tokens and the grammar, decodes texts and scalars, and reports what is wrong with
//! them; what is left, and done here, is the meaning of headers and dotted keys: which table a key goes into,
//! and when it stands twice. The tree is built as the parser goes, without a list of events in between, and
//! small tables are lists: a check reads many small files, and that is most of what it does.
//!
//! A test holds this against `toml::de::DeTable` on generated documents: the same files are accepted, with the
//! same values in the same places.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use toml_datetime::Datetime;
use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::lexer::Token;
use toml_parser::parser::{EventReceiver, parse_document};
use toml_parser::{ErrorSink, ParseError, Source, Span};

/// How deep brackets may nest.
const DEEPEST: usize = 80;
/// The most parts that a dotted key may have; the format's longest has five. Together with the brackets it
/// limits how deep tables can nest: dropping thousands would overflow the stack, which no caller can catch.
const MOST_PARTS: usize = 16;
/// From how many entries on a table has an index.
const MANY: usize = 24;

/// What the parser says of a key that stands twice.
pub(super) const TWICE: &str = "duplicate key";
/// What is said of a key with more than [`MOST_PARTS`].
pub(super) const TOO_DEEP: &str = "a key has more than 16 parts";

/// A value and its place.
#[derive(Debug)]
pub(super) struct Node<'i> {
    start: u32,
    end: u32,
    pub(super) data: Data<'i>,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Data<'i> {
    Text(Cow<'i, str>),
    /// Digits without prefix and underscores, and their base.
    Integer(Cow<'i, str>, u32),
    /// Nothing of the format is one, so its value isn't kept.
    Float,
    Bool(bool),
    Time(Datetime),
    Array(Array<'i>),
    Table(Map<'i>),
}

/// A list of values.
#[derive(Debug, Default)]
pub(super) struct Array<'i> {
    pub(super) items: Vec<Node<'i>>,
    /// Written as `[[header]]`s, which may go on.
    of_tables: bool,
}

/// A key and its place.
#[derive(Debug, Clone)]
pub(super) struct Key<'i> {
    start: u32,
    end: u32,
    pub(super) text: Cow<'i, str>,
}

/// A table: its entries as they were written, each key once.
#[derive(Debug, Default)]
pub(super) struct Map<'i> {
    entries: Vec<(Key<'i>, Node<'i>)>,
    /// Where each key is, once there are many.
    index: Option<Box<HashMap<Cow<'i, str>, usize>>>,
    /// Made by a longer key or header, and not opened itself.
    implicit: bool,
    /// Made by a dotted key.
    dotted: bool,
    /// Written in curly brackets: nothing can be added later.
    inline: bool,
}

impl<'i> Node<'i> {
    fn new(span: Span, data: Data<'i>) -> Node<'i> {
        Node { start: narrow(span.start()), end: narrow(span.end()), data }
    }

    /// The bytes that it takes; of a table with a header, the header's.
    pub(super) fn span(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(super) fn as_table(&self) -> Option<&Map<'i>> {
        if let Data::Table(map) = &self.data { Some(map) } else { None }
    }

    pub(super) fn as_array(&self) -> Option<&[Node<'i>]> {
        if let Data::Array(array) = &self.data { Some(&array.items) } else { None }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        if let Data::Text(text) = &self.data { Some(text) } else { None }
    }

    fn kind(&self) -> &'static str {
        match self.data {
            Data::Text(_) => "string",
            Data::Integer(..) => "integer",
            Data::Float => "float",
            Data::Bool(_) => "boolean",
            Data::Time(_) => "datetime",
            Data::Array(_) => "array",
            Data::Table(_) => "table",
        }
    }

    /// The table that a longer header goes into: it itself, or the last of a list of tables.
    fn open(&mut self) -> Option<&mut Map<'i>> {
        match &mut self.data {
            Data::Table(map) => Some(map),
            Data::Array(array) if array.of_tables => array.items.last_mut()?.open(),
            _ => None,
        }
    }
}

impl Key<'_> {
    /// The bytes that it takes, quotes and all.
    pub(super) fn span(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    fn place(&self) -> Span {
        Span::new_unchecked(self.start as usize, self.end as usize)
    }
}

/// Files end at 16 MB, so every place fits.
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

impl<'i> Map<'i> {
    pub(super) fn entry(&self, key: &str) -> Option<&(Key<'i>, Node<'i>)> {
        self.entries.get(self.find(key)?)
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node<'i>> {
        self.entry(key).map(|(_, node)| node)
    }

    /// The entries as they were written.
    pub(super) fn entries(&self) -> &[(Key<'i>, Node<'i>)] {
        &self.entries
    }

    /// The entries in the order of their keys.
    pub(super) fn sorted(&self) -> Vec<&(Key<'i>, Node<'i>)> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_unstable_by(|a, b| a.0.text.cmp(&b.0.text));
        entries
    }

    fn find(&self, key: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(key).copied(),
            // Headers go on with the table that was opened last.
            None => self.entries.iter().rposition(|(known, _)| known.text == key),
        }
    }

    /// Adds an entry, of which there must be none yet, and gives its position.
    fn push(&mut self, key: Key<'i>, node: Node<'i>) -> usize {
        let position = self.entries.len();
        if let Some(index) = &mut self.index {
            index.insert(key.text.clone(), position);
        } else if position >= MANY {
            let known = self.entries.iter().map(|(key, _)| &key.text).chain([&key.text]);
            self.index = Some(Box::new(known.cloned().zip(0..).collect()));
        }
        self.entries.push((key, node));
        position
    }
}

/// Parses a file. Where there are errors, the tables hold what could be read; `tokens` is room to work in.
pub(super) fn parse<'i>(text: &'i str, tokens: &mut Vec<Token>) -> (Map<'i>, Vec<ParseError>) {
    let source = Source::new(text);
    tokens.clear();
    tokens.extend(source.lex());
    let mut builder = Builder {
        source,
        root: Map::default(),
        table: Map::default(),
        home: Vec::new(),
        lost: false,
        header: None,
        keys: Vec::new(),
        base: 0,
        after_dot: false,
        frames: Vec::new(),
    };
    let mut errors = Vec::new();
    parse_document(tokens, &mut builder, &mut errors);
    builder.finish_table();
    (builder.root, errors)
}

/// What is built while the parser goes.
struct Builder<'i> {
    source: Source<'i>,
    root: Map<'i>,
    /// The table that was opened last; what belongs there is put back when the next one is opened.
    table: Map<'i>,
    /// The way to its place, by positions.
    home: Vec<usize>,
    /// Whether it has no place, because something is wrong with its header.
    lost: bool,
    /// The header that is being read: where it begins, and whether it opens a list's next table.
    header: Option<(Span, bool)>,
    /// The parts of the key that is being read, behind those of the inline tables around it.
    keys: Vec<Key<'i>>,
    /// Where the parts of this key begin.
    base: usize,
    after_dot: bool,
    frames: Vec<Frame<'i>>,
}

/// A value in brackets that isn't closed yet.
struct Frame<'i> {
    start: Span,
    data: Data<'i>,
    /// Where the parts of the key around it begin.
    base: usize,
}

/// By what a key goes through a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Header,
    Dotted,
    DottedInline,
}

fn twice(key: &Key<'_>, first: Option<Span>) -> ParseError {
    let error = ParseError::new(TWICE).with_unexpected(key.place());
    match first {
        Some(first) => error.with_context(first),
        None => error,
    }
}

/// Goes one part of a key down, making the table if there is none; gives its position.
fn step<'i>(table: &mut Map<'i>, key: &Key<'i>, way: Way) -> Result<usize, ParseError> {
    let Some(position) = table.find(&key.text) else {
        let dotted = way != Way::Header;
        let inline = way == Way::DottedInline;
        let new = Map { implicit: true, dotted, inline, ..Map::default() };
        return Ok(table.push(key.clone(), Node::new(key.place(), Data::Table(new))));
    };
    let extend = |kind: &str| {
        let message = format!("cannot extend value of type {kind} with a dotted key");
        Err(ParseError::new(message).with_unexpected(key.place()))
    };
    match table.entries.get_mut(position).map(|(_, node)| node) {
        Some(Node { data: Data::Table(inner), .. }) => {
            if inner.inline && way != Way::DottedInline {
                return extend("inline table");
            }
            if way == Way::Dotted && inner.implicit {
                inner.dotted = true;
            }
            if way != Way::Header && !inner.implicit { Err(twice(key, None)) } else { Ok(position) }
        }
        Some(Node { data: Data::Array(array), .. }) if array.of_tables && way != Way::DottedInline => {
            Ok(position)
        }
        other => extend(other.map_or("table", |node| node.kind())),
    }
}

/// Puts a value under a dotted key.
fn put<'i>(
    table: &mut Map<'i>,
    path: &[Key<'i>],
    key: Key<'i>,
    node: Node<'i>,
    way: Way,
) -> Result<(), ParseError> {
    let mut table = table;
    for part in path {
        let position = step(table, part, way)?;
        let inner = table.entries.get_mut(position).and_then(|(_, node)| node.open());
        table = inner.ok_or_else(|| twice(part, None))?;
    }
    if !path.is_empty() && !table.implicit {
        return Err(twice(&key, None));
    }
    match table.entry(&key.text) {
        Some((first, _)) => Err(twice(&key, Some(first.place()))),
        None => {
            table.push(key, node);
            Ok(())
        }
    }
}

impl<'i> Builder<'i> {
    /// Puts the open table where it belongs.
    fn finish_table(&mut self) {
        let table = std::mem::take(&mut self.table);
        if std::mem::replace(&mut self.lost, true) {
            return;
        }
        let mut place = Some(&mut self.root);
        for position in self.home.drain(..) {
            place = place.and_then(|map| map.entries.get_mut(position)).and_then(|(_, node)| node.open());
        }
        if let Some(place) = place {
            *place = table;
        }
    }

    /// Opens the table of a header that has been read.
    fn start_table(&mut self, header: Span, of_list: bool, errors: &mut dyn ErrorSink) {
        let base = self.base;
        let Some(key) = self.keys.pop().filter(|_| self.keys.len() >= base) else { return };
        self.home.clear();
        let mut table = Some(&mut self.root);
        for part in self.keys.drain(base..) {
            let Some(outer) = table else { return };
            match step(outer, &part, Way::Header) {
                Ok(position) => {
                    self.home.push(position);
                    table = outer.entries.get_mut(position).and_then(|(_, node)| node.open());
                }
                Err(error) => return errors.report_error(error),
            }
        }
        let Some(table) = table else { return };
        let (mut opened, mut error) = (Map::default(), None);
        let position = table.find(&key.text).unwrap_or(table.entries.len());
        match table.entries.get_mut(position) {
            Some((_, Node { data: Data::Array(array), .. })) if of_list && array.of_tables => {
                array.items.push(Node::new(header, Data::Table(Map::default())));
            }
            Some((first, _)) if of_list => error = Some(twice(&key, Some(first.place()))),
            Some((first, node)) => {
                let place = first.place();
                let empty = Data::Table(Map::default());
                let old = std::mem::replace(node, Node::new(header, empty)).data;
                match old {
                    Data::Table(map) if map.implicit && !map.dotted => opened = map,
                    Data::Table(map) => (opened, error) = (map, Some(twice(&key, Some(place)))),
                    _ => error = Some(twice(&key, Some(place))),
                }
                (first.start, first.end) = (key.start, key.end);
            }
            None => {
                let new = Data::Table(Map::default());
                let new = match of_list {
                    true => Data::Array(Array { items: vec![Node::new(header, new)], of_tables: true }),
                    false => new,
                };
                table.push(key, Node::new(header, new));
            }
        }
        self.home.push(position);
        (opened.implicit, opened.dotted) = (false, false);
        (self.table, self.lost) = (opened, false);
        if let Some(error) = error {
            errors.report_error(error);
        }
    }

    /// Takes a value to where it belongs.
    fn value(&mut self, node: Node<'i>, errors: &mut dyn ErrorSink) {
        let (table, way) = match self.frames.last_mut().map(|frame| &mut frame.data) {
            Some(Data::Array(array)) => return array.items.push(node),
            Some(Data::Table(table)) => (table, Way::DottedInline),
            _ => (&mut self.table, Way::Dotted),
        };
        let Some(key) = self.keys.pop().filter(|_| self.keys.len() >= self.base) else { return };
        let path = self.keys.get(self.base..).unwrap_or_default();
        if let Err(error) = put(table, path, key, node, way) {
            errors.report_error(error);
        }
        self.keys.truncate(self.base);
    }

    /// Opens a value in brackets; gives whether it may nest so deep.
    fn open(&mut self, start: Span, data: Data<'i>, errors: &mut dyn ErrorSink) -> bool {
        self.frames.push(Frame { start, data, base: self.base });
        self.base = self.keys.len();
        let allowed = self.frames.len() <= DEEPEST;
        if !allowed {
            let message = "cannot recurse further; max recursion depth met";
            errors.report_error(ParseError::new(message).with_unexpected(start));
        }
        allowed
    }

    fn close(&mut self, end: Span, errors: &mut dyn ErrorSink) {
        let Some(Frame { start, data, base }) = self.frames.pop() else { return };
        self.keys.truncate(self.base);
        self.base = base;
        self.value(Node::new(start.append(end), data), errors);
    }

    fn open_header(&mut self, span: Span, of_list: bool) {
        self.finish_table();
        self.keys.truncate(self.base);
        self.header = Some((span, of_list));
    }

    fn close_header(&mut self, end: Span, errors: &mut dyn ErrorSink) {
        if let Some((start, of_list)) = self.header.take() {
            self.start_table(start.append(end), of_list, errors);
        }
    }
}

impl EventReceiver for Builder<'_> {
    fn std_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.open_header(span, false);
    }

    fn array_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.open_header(span, true);
    }

    fn std_table_close(&mut self, span: Span, errors: &mut dyn ErrorSink) {
        self.close_header(span, errors);
    }

    fn array_table_close(&mut self, span: Span, errors: &mut dyn ErrorSink) {
        self.close_header(span, errors);
    }

    fn inline_table_open(&mut self, span: Span, errors: &mut dyn ErrorSink) -> bool {
        self.open(span, Data::Table(Map { inline: true, ..Map::default() }), errors)
    }

    fn inline_table_close(&mut self, span: Span, errors: &mut dyn ErrorSink) {
        self.close(span, errors);
    }

    fn array_open(&mut self, span: Span, errors: &mut dyn ErrorSink) -> bool {
        self.open(span, Data::Array(Array::default()), errors)
    }

    fn array_close(&mut self, span: Span, errors: &mut dyn ErrorSink) {
        self.close(span, errors);
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, errors: &mut dyn ErrorSink) {
        if !std::mem::take(&mut self.after_dot) {
            self.keys.truncate(self.base);
        } else if self.keys.len() - self.base >= MOST_PARTS {
            return; // reported at its dot
        }
        let mut text = Cow::Borrowed("");
        raw(self.source, span, encoding).decode_key(&mut text, errors);
        self.keys.push(Key { start: narrow(span.start()), end: narrow(span.end()), text });
    }

    fn key_sep(&mut self, span: Span, errors: &mut dyn ErrorSink) {
        self.after_dot = true;
        if self.keys.len() - self.base == MOST_PARTS {
            errors.report_error(ParseError::new(TOO_DEEP).with_unexpected(span));
        }
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, errors: &mut dyn ErrorSink) {
        let mut text = Cow::Borrowed("");
        let data = match raw(self.source, span, encoding).decode_scalar(&mut text, errors) {
            ScalarKind::String => Data::Text(text),
            ScalarKind::Boolean(value) => Data::Bool(value),
            ScalarKind::Integer(radix) => Data::Integer(text, radix.value()),
            ScalarKind::Float => Data::Float,
            ScalarKind::DateTime => match text.parse() {
                Ok(time) => Data::Time(time),
                Err(error) => {
                    let error: toml_datetime::DatetimeParseError = error;
                    return errors
                        .report_error(ParseError::new(error.to_string()).with_unexpected(span));
                }
            },
        };
        self.value(Node::new(span, data), errors);
    }

    fn comment(&mut self, span: Span, errors: &mut dyn ErrorSink) {
        raw(self.source, span, None).decode_comment(errors);
    }

    fn newline(&mut self, span: Span, errors: &mut dyn ErrorSink) {
        self.after_dot = false;
        raw(self.source, span, None).decode_newline(errors);
    }
}

/// The parser's spans lie in the text, at characters' ends.
fn raw<'i>(source: Source<'i>, span: Span, encoding: Option<Encoding>) -> toml_parser::Raw<'i> {
    let text = source.input().get(span.start()..span.end()).unwrap_or_default();
    toml_parser::Raw::new_unchecked(text, encoding, span)
}

#[cfg(test)]
mod tests {
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
    use proptest::prelude::*;
    use toml::Spanned;
    use toml::de::{DeTable, DeValue};

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

    const KEYS: &[&str] = &["a", "b", "c", "a.b", "a.c", "b.a", "a.b.c", "\"a\"", "'b'", " a . b ", "\"\\u0061\"", "d"];
    const VALUES: &[&str] = &[
        "1", "0x1F", "1_000", "-7", "1.5", "inf", "true", "\"x\"", "'y'", "\"\\n\\u00e9\"", "\"\"\"m\nn\"\"\"",
        "'''l'''", "2026-11-22", "2026-11-22T03:00:00Z", "2026-11-22 03:00:00.5+01:00", "03:00:00", "[]", "[1, 2,]",
        "[\n# c\n1,\n[2]\n]", "{}", "{ a = 1 }", "{ a.b = 1, a.c = 2 }", "{ a = { b = 1 }, a.c = 2 }", "[{ a = 1 }, { a = 2 }]",
        "{ a = 1, a = 2 }", "{ b = [{ c.d = { e = 1 } }] }", "{ a.b = 1, a = 2 }", "{ a = [], a.b = 1 }", "",
        "2026-13-01", "01", "nan", "x", "{ a = 1,\n b = 2,\n}",
    ];

    fn line() -> impl Strategy<Value = String> {
        use proptest::sample::select;
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

    fn document() -> impl Strategy<Value = String> {
        let spoiling = proptest::option::weighted(0.3, (any::<proptest::sample::Index>(), ".*"));
        let cut = (any::<proptest::sample::Index>(), proptest::sample::select(&["", "]", "[", ".", "=", "\"", "{", "}", ",", "\n", "#", " ", "\u{1}", "é", "''"][..]));
        let _ = spoiling;
        (proptest::collection::vec(line(), 0..8), proptest::option::weighted(0.3, cut)).prop_map(|(lines, cut)| {
            let mut text = lines.concat();
            if let Some((at, with)) = cut {
                let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
                if !places.is_empty() {
                    let at = *at.get(&places);
                    let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
                    text.replace_range(at..end, with);
                }
            }
            text
        })
    }

    #[test]
    fn documents_are_read_as_toml_reads_them() {
        let cases = std::env::var("DOCUMENTS").ok().and_then(|n| n.parse().ok()).unwrap_or(3000);
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let accepted = std::cell::Cell::new(0);
        let mut runner = TestRunner::new_with_rng(config, rng);
        runner
            .run(&document(), |text| {
                accepted.set(accepted.get() + u32::from(compare(&text)));
                Ok(())
            })
            .unwrap();
        assert!(accepted.get() > cases / 10, "{} accepted", accepted.get());
    }
}
