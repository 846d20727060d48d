//! A document of YAML as a tree: each value with its line, each scalar as written.
//!
//! As written, because `1.10` is a version and not the number 1.1. Aliases are shared, not copied.

use std::rc::Rc;

/// The longest text that is a name, a reference or a version to anybody.
const LONGEST: usize = 1024;

/// A value of a document.
#[derive(Debug)]
pub(super) struct Node {
    /// The line on which it stands, counted from 1: of an alias, the line of what it stands for.
    pub line: u32,
    pub data: Data,
    /// How many values it is, aliases followed, and how deep.
    pub weight: usize,
    pub depth: usize,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Data {
    Scalar(Scalar),
    List(Vec<Rc<Node>>),
    Map(Vec<Pair>),
}

/// A text, a number, a word such as `true`, or nothing (a plain `~`, `null`, or no text at all).
#[derive(Debug, Clone)]
pub(super) struct Scalar {
    pub text: Box<str>,
    pub style: Style,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Without quotes: it may be a number.
    Plain,
    Quoted,
    /// As a block of which each line is a line of the text.
    Literal,
    Folded,
}

/// A key with its value.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub key: Box<str>,
    pub value: Rc<Node>,
}

impl Node {
    /// The keys and values of a map.
    pub fn pairs(&self) -> &[Pair] {
        match &self.data {
            Data::Map(pairs) => pairs,
            _ => &[],
        }
    }

    /// The items of a list.
    pub fn items(&self) -> &[Rc<Node>] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    pub fn is_map(&self) -> bool {
        matches!(self.data, Data::Map(_))
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.pairs().iter().find(|pair| &*pair.key == key).map(|pair| &*pair.value)
    }

    /// The value at a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The scalar, unless it is nothing.
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.data {
            Data::Scalar(scalar) if !scalar.is_nothing() => Some(scalar),
            _ => None,
        }
    }

    /// The text of a scalar without the blanks around it; None if that is nothing, or longer than any name is.
    pub fn text(&self) -> Option<&str> {
        let text = self.scalar()?.text.trim();
        (!text.is_empty() && text.len() <= LONGEST).then_some(text)
    }

    /// The text of a key.
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }
}

impl Scalar {
    fn is_nothing(&self) -> bool {
        self.style == Style::Plain && matches!(&*self.text, "" | "~" | "null" | "Null" | "NULL")
    }
}
