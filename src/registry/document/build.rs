//! The tree of a file, built from what the parser finds in it.

use std::borrow::Cow;

use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::lexer::Token;
use toml_parser::parser::{EventReceiver, parse_document};
use toml_parser::{ErrorSink, ParseError, Source, Span};

use super::{Array, Data, Key, Map, Node, narrow};

/// How deep brackets may nest.
const DEEPEST: usize = 80;
/// The most parts that a dotted key may have; the format's longest has five. Together with the brackets it
/// limits how deep tables can nest: dropping thousands would overflow the stack, which no caller can catch.
const MOST_PARTS: usize = 16;
/// How short tokens are in the densest files of a registry, so that room for them is made once.
const BYTES_PER_TOKEN: usize = 3;
/// Room for the entries of a table with a header, so that most are made in one piece.
const ROOM: usize = 12;

/// What the parser says of a key that stands twice.
pub(in crate::registry) const TWICE: &str = "duplicate key";
/// What is said of a key with more than [`MOST_PARTS`].
pub(in crate::registry) const TOO_DEEP: &str = "a key has more than 16 parts";

/// Parses a file. Where there are errors, the tables hold what could be read; `tokens` is room to work in.
pub(in crate::registry) fn parse<'i>(text: &'i str, tokens: &mut Vec<Token>) -> (Map<'i>, Vec<ParseError>) {
    let source = Source::new(text);
    tokens.clear();
    tokens.reserve(text.len() / BYTES_PER_TOKEN);
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
        let entries = Vec::with_capacity(1);
        let new = Map { entries, implicit: true, dotted, inline, ..Map::default() };
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
    /// How many parts the key that is being read has so far. After a syntax error the parser may close more
    /// than it opened, and then there are fewer than there were.
    fn parts(&self) -> usize {
        self.keys.len().saturating_sub(self.base)
    }

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
        opened.entries.reserve(ROOM);
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
        } else if self.parts() >= MOST_PARTS {
            return; // reported at its dot
        }
        let mut text = Cow::Borrowed("");
        raw(self.source, span, encoding).decode_key(&mut text, errors);
        self.keys.push(Key { start: narrow(span.start()), end: narrow(span.end()), text });
    }

    fn key_sep(&mut self, span: Span, errors: &mut dyn ErrorSink) {
        self.after_dot = true;
        if self.parts() == MOST_PARTS {
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
                    return errors.report_error(ParseError::new(error.to_string()).with_unexpected(span));
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
