//! The way to a value in a file: keys, and positions in lists.

use std::fmt;

use crate::registry::document::{Data, Map, Node};
use crate::registry::edit::value::written_key;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Into a table.
    Key(String),
    /// Into a list.
    At(usize),
}

/// The steps from the file's top.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Path(pub(super) Vec<Step>);

impl Path {
    /// The path of these keys.
    pub(super) fn of<K: AsRef<str>>(keys: impl IntoIterator<Item = K>) -> Path {
        Path(keys.into_iter().map(|key| Step::Key(key.as_ref().to_owned())).collect())
    }

    /// A key further.
    pub(super) fn key(&self, key: &str) -> Path {
        self.step(Step::Key(key.to_owned()))
    }

    /// An element further.
    pub(super) fn at(&self, position: usize) -> Path {
        self.step(Step::At(position))
    }

    fn step(&self, step: Step) -> Path {
        Path(self.0.iter().cloned().chain([step]).collect())
    }

    /// Whether this is `other` or below it.
    pub(super) fn is_within(&self, other: &Path) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The value there, if there is one.
    pub(super) fn find<'m, 'i>(&self, root: &'m Map<'i>) -> Option<Found<'m, 'i>> {
        let mut found = Found { map: Some(root), node: None };
        for step in &self.0 {
            let node = match step {
                Step::Key(key) => found.map?.get(key)?,
                Step::At(position) => found.node?.as_array()?.get(*position)?,
            };
            found = Found { map: node.as_table(), node: Some(node) };
        }
        Some(found)
    }

    /// The keys, as a header or a dotted key has them. Positions have no place in either.
    pub(super) fn dotted(&self) -> String {
        let keys = self.0.iter().filter_map(|step| match step {
            Step::Key(key) => Some(written_key(key)),
            Step::At(_) => None,
        });
        keys.collect::<Vec<_>>().join(".")
    }
}

/// What stands at a path.
#[derive(Clone, Copy)]
pub(super) struct Found<'m, 'i> {
    /// The table, when it is one.
    pub(super) map: Option<&'m Map<'i>>,
    /// The value; None: the file's top.
    pub(super) node: Option<&'m Node<'i>>,
}

impl Found<'_, '_> {
    /// How many elements the list there has, when it is one.
    pub(super) fn count(&self) -> Option<usize> {
        match &self.node?.data {
            Data::Array(array) => Some(array.items.len()),
            _ => None,
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if index == 0 => f.write_str(&written_key(key))?,
                Step::Key(key) => write!(f, ".{}", written_key(key))?,
                Step::At(position) => write!(f, "[{position}]")?,
            }
        }
        Ok(())
    }
}
