//! A TOML file as a tree of values with their places.
//!
//! `toml_parser` finds the tokens and the grammar, decodes texts and scalars, and reports what is wrong with
//! them; what is left, and done here, is the meaning of headers and dotted keys: which table a key goes into,
//! and when it stands twice. The tree is built as the parser goes, without a list of events in between, and
//! small tables are lists: a check reads many small files, and that is most of what it does.
//!
//! A test holds this against `toml::de::DeTable` on generated documents: the same files are accepted, with the
//! same values in the same places.

mod build;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use toml_datetime::Datetime;
use toml_parser::Span;

pub(super) use build::{TOO_DEEP, TWICE, parse};

/// From how many entries on a table has an index.
const MANY: usize = 24;
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
    #[expect(clippy::box_collection, reason = "few tables have one, and all are moved")]
    index: Option<Box<HashMap<Cow<'i, str>, usize>>>,
    /// Made by a longer key or header, and not opened itself.
    implicit: bool,
    /// Made by a dotted key.
    dotted: bool,
    /// Written in curly brackets: nothing can be added later.
    inline: bool,
}

impl<'i> Node<'i> {
    /// The same, with texts of its own.
    fn into_owned(self) -> Node<'static> {
        let data = match self.data {
            Data::Text(text) => Data::Text(Cow::Owned(text.into_owned())),
            Data::Integer(digits, radix) => Data::Integer(Cow::Owned(digits.into_owned()), radix),
            Data::Float => Data::Float,
            Data::Bool(value) => Data::Bool(value),
            Data::Time(time) => Data::Time(time),
            Data::Array(Array { items, of_tables }) => {
                Data::Array(Array { items: items.into_iter().map(Node::into_owned).collect(), of_tables })
            }
            Data::Table(map) => Data::Table(map.into_owned()),
        };
        Node { start: self.start, end: self.end, data }
    }

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

    /// Whether it is a list whose tables have headers.
    pub(super) fn is_list_of_headers(&self) -> bool {
        matches!(&self.data, Data::Array(array) if array.of_tables)
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
    /// The same, with a text of its own.
    fn into_owned(self) -> Key<'static> {
        Key { start: self.start, end: self.end, text: Cow::Owned(self.text.into_owned()) }
    }

    /// The bytes that it takes, quotes and all.
    pub(super) fn span(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    fn place(&self) -> Span {
        Span::new_unchecked(self.start as usize, self.end as usize)
    }
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// With a header of its own, or as the file's top.
    Header,
    /// Only as a part of longer headers.
    Implied,
    /// By dotted keys in another table.
    Dotted,
    /// In curly brackets.
    Inline,
}

/// Files end at 16 MB, so every place fits.
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

impl<'i> Map<'i> {
    /// The same, with texts of its own: for what outlives the text that it was parsed from.
    pub(super) fn into_owned(self) -> Map<'static> {
        let owned = |(key, node): (Key<'i>, Node<'i>)| (key.into_owned(), node.into_owned());
        let index = self.index.map(|index| {
            Box::new(index.into_iter().map(|(key, at)| (Cow::Owned(key.into_owned()), at)).collect())
        });
        Map {
            entries: self.entries.into_iter().map(owned).collect(),
            index,
            implicit: self.implicit,
            dotted: self.dotted,
            inline: self.inline,
        }
    }

    pub(super) fn entry(&self, key: &str) -> Option<&(Key<'i>, Node<'i>)> {
        self.entries.get(self.find(key)?)
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node<'i>> {
        self.entry(key).map(|(_, node)| node)
    }

    /// How it is written. By dotted keys within curly brackets counts as dotted.
    pub(super) fn written(&self) -> Written {
        match self {
            Map { dotted: true, .. } => Written::Dotted,
            Map { inline: true, .. } => Written::Inline,
            Map { implicit: true, .. } => Written::Implied,
            _ => Written::Header,
        }
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

    /// Takes the table of one key out of each table of a list, in its order, each with its place.
    pub(super) fn take_tables(&mut self, list: &str, key: &str) -> Vec<Option<(Map<'i>, Range<usize>)>> {
        let found = self.find(list).and_then(|at| self.entries.get_mut(at));
        let Some((_, Node { data: Data::Array(array), .. })) = found else { return Vec::new() };
        let take = |node: &mut Node<'i>| match &mut node.data {
            Data::Table(table) => table.take_table(key),
            _ => None,
        };
        array.items.iter_mut().map(take).collect()
    }

    /// Takes the table of a key out, with its place.
    pub(super) fn take_table(&mut self, key: &str) -> Option<(Map<'i>, Range<usize>)> {
        let at = self.find(key)?;
        let node = &mut self.entries.get_mut(at)?.1;
        let span = node.span();
        match std::mem::replace(&mut node.data, Data::Bool(false)) {
            Data::Table(map) => Some((map, span)),
            _ => None,
        }
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
