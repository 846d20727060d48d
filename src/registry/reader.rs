//! Tables and values with their places: each take checks the type, reports what is wrong, gives the value.
//!
//! A take that gives None for something that is there has reported why; so a reader may go on with what it
//! has, and whoever asked for the registry gets all mistakes at once. The takes of dates stand in `moment`.

use std::fmt;
use std::ops::Range;

use crate::model::{Id, Name, NameError, Origin, Window};
use crate::registry::desk::Desk;
use crate::registry::document::{Data, Key, Map, Node};
use crate::registry::mistake::{Mistake, Place};
use crate::registry::shape::{Field, Shape};
use crate::registry::wording::{meant, quoted};
use crate::version::check_text;

/// A table of a known shape, without unknown keys or with those reported.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    map: &'a Map<'a>,
    start: usize,
    end: usize,
    pub(super) file: u32,
    pub(super) shape: &'static Shape,
    pub(super) desk: &'a Desk<'a>,
}

/// A value, and how messages call it.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    raw: &'a Node<'a>,
    pub(super) key: &'a str,
    of: Of<'a>,
    pub(super) file: u32,
    pub(super) desk: &'a Desk<'a>,
}

/// A key of one's own choice with its value, as `prod` in `running`.
pub(super) struct Entry<'a> {
    pub(super) key: &'a str,
    pub(super) key_place: Place,
    pub(super) value: Value<'a>,
}

/// Whose key it is.
#[derive(Clone, Copy)]
enum Of<'a> {
    Shape(&'static Shape),
    Key(&'a str),
}

impl fmt::Display for Of<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Of::Shape(shape) => f.write_str(shape.name),
            Of::Key(key) => write!(f, "`{key}`"),
        }
    }
}

impl<'a> Table<'a> {
    /// Opens a file's top table or any other; reports the keys that its shape doesn't have.
    pub(super) fn open(
        map: &'a Map<'a>,
        span: Range<usize>,
        file: u32,
        shape: &'static Shape,
        desk: &'a Desk<'a>,
    ) -> Table<'a> {
        let table = Table { map, start: span.start, end: span.end, file, shape, desk };
        for (key, _) in map.entries() {
            if shape.field(&key.text).is_none() {
                table.report_unknown(key);
            }
        }
        table
    }

    /// The same for who wants one key of a file, whatever else stands there.
    pub(super) fn of(map: &'a Map<'a>, file: u32, shape: &'static Shape, desk: &'a Desk<'a>) -> Table<'a> {
        Table { map, start: 0, end: 0, file, shape, desk }
    }

    /// The keys that its shape doesn't have, for who opened it by [`Table::of`].
    pub(super) fn unknown(&self) -> impl Iterator<Item = (&'a str, Place)> + use<'a> {
        let (shape, file) = (self.shape, self.file);
        let keys = self.map.entries().iter().map(|(key, _)| key);
        keys.filter(|key| shape.field(&key.text).is_none())
            .map(move |key| (&*key.text, Place::new(file, key.span())))
    }

    fn report_unknown(&self, key: &Key<'_>) {
        let (name, place) = (&key.text, Place::new(self.file, key.span()));
        let message = format!("no key {} in {}", quoted(name), self.shape.name);
        let hint = meant(name, self.shape.names(), "its keys:");
        self.desk.report(Mistake::at(place, message).maybe_hint(hint));
    }

    /// Where it stands: its header, or all of it when it is written inline.
    pub(super) fn place(&self) -> Place {
        Place::new(self.file, self.start..self.end)
    }

    /// Where it begins.
    pub(super) fn origin(&self) -> Origin {
        self.place().origin()
    }

    /// Whether the key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.map.get(key).is_some()
    }

    /// Where the key stands, when it is there.
    pub(super) fn key_place(&self, key: &str) -> Option<Place> {
        self.map.entry(key).map(|(key, _)| Place::new(self.file, key.span()))
    }

    /// The value of a key; a required one that is missing is reported.
    pub(super) fn get(&self, key: &'static str) -> Option<Value<'a>> {
        debug_assert!(self.shape.field(key).is_some(), "{key} of {}", self.shape.name);
        let Some(raw) = self.map.get(key) else {
            let required = |field: &&Field| field.required && field.name == key;
            self.shape.fields.iter().find(required).inspect(|field| self.report_missing(field));
            return None;
        };
        Some(Value { raw, key, of: Of::Shape(self.shape), file: self.file, desk: self.desk })
    }

    fn report_missing(&self, field: &Field) {
        let message = format!("{} needs `{}`", self.shape.name, field.name);
        let hint = match field.name {
            "expires" => {
                "say until when it holds: `expires = 2026-11-22T07:05:00Z`; nothing is accepted for ever"
                    .to_owned()
            }
            "format" => "write `format = 1` at the top".to_owned(),
            name => format!("add `{name} = …`: {}", lower_first(field.doc)),
        };
        self.desk.report(Mistake::at(self.place(), message).hint(hint));
    }

    /// A text; a required one must not be blank.
    pub(super) fn text(&self, key: &'static str) -> Option<Box<str>> {
        let value = self.get(key)?;
        let text = value.text()?;
        if text.trim().is_empty() && self.shape.field(key).is_some_and(|field| field.required) {
            self.desk.report(Mistake::at(value.place(), format!("`{key}` of {} is empty", self.shape.name)));
            return None;
        }
        Some(text.into())
    }

    /// A list of texts; none when the key isn't there.
    pub(super) fn texts(&self, key: &'static str) -> Vec<Box<str>> {
        self.get(key).and_then(Value::texts).unwrap_or_default()
    }

    /// A list of digests, as they are compared: hexadecimal digits mean the same in either case.
    pub(super) fn digests(&self, key: &'static str) -> Vec<Box<str>> {
        self.texts(key).into_iter().map(lower_hex).collect()
    }

    /// The same, which must not be empty where it is given.
    pub(super) fn some_digests(&self, key: &'static str) -> Vec<Box<str>> {
        self.some_texts(key).into_iter().map(lower_hex).collect()
    }

    /// A list of texts that must not be empty where it is given.
    pub(super) fn some_texts(&self, key: &'static str) -> Vec<Box<str>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let texts = value.texts();
        if texts.as_ref().is_some_and(Vec::is_empty) {
            value.report_empty();
        }
        texts.unwrap_or_default()
    }

    /// `true` or `false`.
    pub(super) fn bool(&self, key: &'static str) -> Option<bool> {
        self.get(key)?.bool()
    }

    /// A name.
    pub(super) fn name(&self, key: &'static str) -> Option<Name> {
        self.get(key)?.name()
    }

    /// The name of an environment, declared if any are.
    pub(super) fn environment(&self, key: &'static str) -> Option<Name> {
        self.get(key)?.environment()
    }

    /// A version as written, which need not be placeable.
    pub(super) fn version(&self, key: &'static str) -> Option<&'a str> {
        self.get(key)?.version()
    }

    /// A table inside this one.
    pub(super) fn table(&self, key: &'static str, shape: &'static Shape) -> Option<Table<'a>> {
        self.get(key)?.table(shape)
    }

    /// The tables of a list.
    pub(super) fn tables(&self, key: &'static str, shape: &'static Shape) -> Vec<Table<'a>> {
        self.get(key).map(|value| value.tables(shape)).unwrap_or_default()
    }

    /// One of some words.
    pub(super) fn word<T>(
        &self,
        key: &'static str,
        words: &[&'static str],
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        self.get(key)?.word(words, read)
    }
}

impl<'a> Value<'a> {
    pub(super) fn place(&self) -> Place {
        Place::new(self.file, self.raw.span())
    }

    pub(super) fn origin(&self) -> Origin {
        self.place().origin()
    }

    pub(super) fn raw(&self) -> &'a Data<'a> {
        &self.raw.data
    }

    /// A value found inside this one, which is called by its own key and this one's.
    pub(super) fn inner(self, key: &'static str, raw: &'a Node<'a>) -> Value<'a> {
        Value { raw, key, of: Of::Key(self.key), ..self }
    }

    /// The value with its place, as parsed.
    pub(super) fn node(&self) -> &'a Node<'a> {
        self.raw
    }

    /// How messages call it: "`title` of an advisory".
    pub(super) fn called(&self) -> String {
        format!("{} of {}", quoted(self.key), self.of)
    }

    /// The value as it is written.
    pub(super) fn written(&self) -> Option<&'a str> {
        self.desk.sources.file(self.file)?.text.get(self.raw.span())
    }

    pub(super) fn report(&self, message: impl Into<String>) {
        self.desk.report(Mistake::at(self.place(), message));
    }

    pub(super) fn report_hint(&self, message: impl Into<String>, hint: impl Into<String>) {
        self.desk.report(Mistake::at(self.place(), message).hint(hint));
    }

    pub(super) fn report_empty(&self) {
        self.report_hint(format!("{} is an empty list", self.called()), "leave it out, or name at least one");
    }

    /// Reports a wrong type, and gives None.
    pub(super) fn wrong<T>(&self, wanted: &str, hint: Option<String>) -> Option<T> {
        let message = format!("{} must be {wanted}, not {}", self.called(), found(&self.raw.data));
        self.desk.report(Mistake::at(self.place(), message).maybe_hint(hint));
        None
    }

    pub(super) fn text(self) -> Option<&'a str> {
        match self.raw() {
            Data::Text(text) => Some(text),
            Data::Time(_) | Data::Integer(..) | Data::Float => {
                self.wrong("a text", Some("put it in quotes".to_owned()))
            }
            _ => self.wrong("a text", None),
        }
    }

    pub(super) fn texts(self) -> Option<Vec<Box<str>>> {
        self.items("a list of texts")?.map(|item| item.text().map(Box::from)).collect()
    }

    /// A text or a list of texts; a list must not be empty.
    pub(super) fn one_or_more(self) -> Vec<Value<'a>> {
        match self.raw() {
            Data::Array(array) if array.items.is_empty() => {
                self.report_empty();
                Vec::new()
            }
            Data::Array(array) => array.items.iter().map(|raw| Value { raw, ..self }).collect(),
            _ => vec![self],
        }
    }

    /// The items of a list, each called like the list.
    pub(super) fn items(self, wanted: &str) -> Option<impl Iterator<Item = Value<'a>> + use<'a>> {
        match self.raw() {
            Data::Array(array) => Some(array.items.iter().map(move |raw| Value { raw, ..self })),
            Data::Text(_) => self.wrong(wanted, Some("put it in square brackets".to_owned())),
            _ => self.wrong(wanted, None),
        }
    }

    pub(super) fn bool(self) -> Option<bool> {
        match self.raw() {
            Data::Bool(value) => Some(*value),
            Data::Text(_) => self.wrong("`true` or `false`", Some("write it without quotes".to_owned())),
            _ => self.wrong("`true` or `false`", None),
        }
    }

    /// A whole number from 1.
    pub(super) fn count(self) -> Option<u32> {
        let Data::Integer(digits, radix) = self.raw() else { return self.wrong("a whole number", None) };
        let count = u32::from_str_radix(digits, *radix).ok().filter(|&count| count > 0);
        if count.is_none() {
            self.report(format!("{} must be a whole number from 1", self.called()));
        }
        count
    }

    pub(super) fn name(self) -> Option<Name> {
        let text = self.text()?;
        Name::new(text).map_err(|error| self.desk.report(no_name(text, error, self.place()))).ok()
    }

    pub(super) fn id(self) -> Option<Id> {
        let text = self.text()?;
        Id::new(text).map_err(|error| self.desk.report(no_id(text, error, self.place()))).ok()
    }

    pub(super) fn environment(self) -> Option<Name> {
        let name = self.name()?;
        self.desk.check_environment(&name, || self.place());
        Some(name)
    }

    pub(super) fn version(self) -> Option<&'a str> {
        let text = match self.raw() {
            Data::Integer(..) | Data::Float => {
                return self.wrong("a version", Some("put it in quotes".to_owned()));
            }
            Data::Text(text) => text,
            _ => return self.wrong("a version", None),
        };
        check_text(text).map_err(|error| self.report(format!("{error}: {}", quoted(text)))).ok()?;
        Some(text)
    }

    pub(super) fn window(self) -> Option<Window> {
        let text = self.text()?;
        let window = Window::parse(text);
        if window.is_none() {
            self.report_hint(
                format!("{} can't be {}", self.called(), quoted(text)),
                "write a whole number and `m`, `h`, `d` or `w`, as in `30d` or `72h`; at most a hundred years",
            );
        }
        window
    }

    /// One of some words.
    pub(super) fn word<T>(self, words: &[&'static str], read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let word = self.text()?;
        let value = words.iter().find(|known| **known == word).and_then(|known| read(known));
        if value.is_none() {
            let hint = meant(word, words.iter().copied(), "known:");
            let message = format!("{} can't be {}", self.called(), quoted(word));
            self.desk.report(Mistake::at(self.place(), message).maybe_hint(hint));
        }
        value
    }

    pub(super) fn table(self, shape: &'static Shape) -> Option<Table<'a>> {
        let Data::Table(map) = self.raw() else {
            return self.wrong("a table", Some(format!("write `{}`", shape.header)));
        };
        Some(Table::open(map, self.raw.span(), self.file, shape, self.desk))
    }

    pub(super) fn tables(self, shape: &'static Shape) -> Vec<Table<'a>> {
        let Data::Array(array) = self.raw() else {
            let _: Option<()> = self.wrong("a list of tables", Some(format!("write `{}`", shape.header)));
            return Vec::new();
        };
        array.items.iter().filter_map(|raw| Value { raw, ..self }.table(shape)).collect()
    }

    /// The entries of a table with keys of one's own choice.
    pub(super) fn entries(self) -> Option<impl Iterator<Item = Entry<'a>> + use<'a>> {
        let Data::Table(map) = self.raw() else { return self.wrong("a table", None) };
        Some(map.sorted().into_iter().map(move |(key, raw)| Entry {
            key: &key.text,
            key_place: Place::new(self.file, key.span()),
            value: Value { raw, key: &key.text, of: Of::Key(self.key), ..self },
        }))
    }

    /// The place of a stretch of this text: exact when it was written without escapes, else the whole value.
    pub(super) fn place_within(&self, stretch: Range<usize>) -> Place {
        let span = self.raw.span();
        let Data::Text(text) = self.raw() else { return self.place() };
        let plain =
            self.written().and_then(|written| written.get(1..written.len().checked_sub(1)?)) == Some(text);
        if plain && stretch.start <= stretch.end && stretch.end <= text.len() {
            return Place::new(self.file, span.start + 1 + stretch.start..span.start + 1 + stretch.end);
        }
        self.place()
    }
}

impl Entry<'_> {
    /// The key as a name.
    pub(super) fn name(&self) -> Option<Name> {
        let report = |error| self.value.desk.report(no_name(self.key, error, self.key_place.clone()));
        Name::new(self.key).map_err(report).ok()
    }

    /// The key as an id.
    pub(super) fn id(&self) -> Option<Id> {
        let report = |error| self.value.desk.report(no_id(self.key, error, self.key_place.clone()));
        Id::new(self.key).map_err(report).ok()
    }
}

fn no_name(text: &str, error: NameError, place: Place) -> Mistake {
    Mistake::at(place, format!("the name {} {error}", quoted(text)))
        .hint("names are lower-case letters, digits, `.`, `_` and `-`, and begin with a letter or a digit")
}

fn no_id(text: &str, error: NameError, place: Place) -> Mistake {
    Mistake::at(place, format!("the id {} {error}", quoted(text)))
        .hint("ids are letters, digits, `.`, `_` and `-`, and don't begin with a dot")
}

fn found(value: &Data<'_>) -> &'static str {
    match value {
        Data::Text(_) => "a text",
        Data::Integer(..) | Data::Float => "a number",
        Data::Bool(_) => "`true` or `false`",
        Data::Time(_) => "a time",
        Data::Array(_) => "a list",
        Data::Table(_) => "a table",
    }
}

fn lower_first(text: &str) -> String {
    let text = text.trim_end_matches('.');
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// A digest in lower case, if it is written in hexadecimal digits: `sha256:AB…`.
fn lower_hex(digest: Box<str>) -> Box<str> {
    let hex = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    match digest.split_once(':') {
        Some((_, digits)) if hex(digits) => digest.to_ascii_lowercase().into(),
        _ => digest,
    }
}
