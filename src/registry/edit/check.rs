//! The proof that an edit did what it was to do, and nothing else.
//!
//! What a file says, without its looks, is compared before and after: the one change is made on the values as
//! well, and the two must come out the same.

use std::collections::BTreeMap;

use crate::model::format_time;
use crate::registry::document::{Data, Map, Node};
use crate::registry::edit::path::{Path, Step};
use crate::registry::edit::revise::Edit;
use crate::registry::edit::value::Value;

/// What a file says, without where and how it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::registry) enum Plain {
    Leaf(String),
    List(Vec<Plain>),
    Table(BTreeMap<String, Plain>),
}

/// Whether two parsed files, each with its text, say the same, whatever the order of their keys.
pub(in crate::registry) fn says_the_same(a: (&Map<'_>, &str), b: (&Map<'_>, &str)) -> bool {
    Plain::of(a.0, a.1) == Plain::of(b.0, b.1)
}

impl Plain {
    /// What a parsed file says.
    pub(super) fn of(root: &Map<'_>, text: &str) -> Plain {
        let entries = root.entries().iter();
        Plain::Table(entries.map(|(key, node)| (key.text.to_string(), Plain::of_node(node, text))).collect())
    }

    /// What a part of it says.
    pub(in crate::registry) fn of_node(node: &Node<'_>, text: &str) -> Plain {
        Plain::Leaf(match &node.data {
            Data::Text(text) => format!("text {text}"),
            Data::Integer(digits, radix) => format!("number {digits} {radix}"),
            Data::Float => format!("float {}", text.get(node.span()).unwrap_or_default()),
            Data::Bool(value) => format!("bool {value}"),
            Data::Time(time) => format!("time {time}"),
            Data::Array(array) => {
                return Plain::List(array.items.iter().map(|item| Plain::of_node(item, text)).collect());
            }
            Data::Table(map) => return Plain::of(map, text),
        })
    }

    fn of_value(value: &Value) -> Plain {
        Plain::Leaf(match value {
            Value::Text(text) => format!("text {text}"),
            Value::Number(number) => format!("number {number} 10"),
            Value::Bool(value) => format!("bool {value}"),
            Value::Time(time) => format!("time {}", format_time(*time)),
            Value::List(items) => return Plain::List(items.iter().map(Plain::of_value).collect()),
            Value::Table(fields) | Value::Section(fields) => {
                let entries = fields.iter();
                return Plain::Table(
                    entries.map(|(key, value)| (key.clone(), Plain::of_value(value))).collect(),
                );
            }
        })
    }

    /// Whether a value says what stands in a file already.
    pub(super) fn is_said(value: &Value, node: &Node<'_>, text: &str) -> bool {
        Plain::of_node(node, text) == Plain::of_value(value)
    }

    /// The same after an edit. None: it can't be made here.
    pub(super) fn edited(mut self, edit: &Edit) -> Option<Plain> {
        match edit {
            Edit::Set(path, value) => self.put(&path.0, Plain::of_value(value))?,
            Edit::Insert(list, position, value) => match self.reach(list)? {
                Plain::List(items) if *position <= items.len() => {
                    items.insert(*position, Plain::of_value(value));
                }
                _ => return None,
            },
            Edit::InsertRun(list, position, values) => match self.reach(list)? {
                Plain::List(items) if *position <= items.len() => {
                    items.splice(*position..*position, values.iter().map(Plain::of_value));
                }
                _ => return None,
            },
            Edit::Remove(path) => {
                let (last, above) = path.0.split_last()?;
                match (last, self.get(above)?) {
                    (Step::Key(key), Plain::Table(entries)) => drop(entries.remove(key)?),
                    (Step::At(position), Plain::List(items)) if *position < items.len() => {
                        items.remove(*position);
                    }
                    _ => return None,
                }
            }
        }
        Some(self)
    }

    fn get(&mut self, path: &[Step]) -> Option<&mut Plain> {
        path.iter().try_fold(self, |place, step| match (step, place) {
            (Step::Key(key), Plain::Table(entries)) => entries.get_mut(key),
            (Step::At(position), Plain::List(items)) => items.get_mut(*position),
            _ => None,
        })
    }

    /// The list at a path, made when it isn't there.
    fn reach(&mut self, list: &Path) -> Option<&mut Plain> {
        if self.get(&list.0).is_none() {
            self.put(&list.0, Plain::List(Vec::new()))?;
        }
        self.get(&list.0)
    }

    /// Puts something at a path; tables on the way are made.
    fn put(&mut self, path: &[Step], new: Plain) -> Option<()> {
        let (step, rest) = match path.split_first() {
            Some(split) => split,
            None => {
                *self = new;
                return Some(());
            }
        };
        let place = match (step, self) {
            (Step::Key(key), Plain::Table(entries)) => {
                entries.entry(key.clone()).or_insert_with(|| Plain::Table(BTreeMap::new()))
            }
            (Step::At(position), Plain::List(items)) => items.get_mut(*position)?,
            _ => return None,
        };
        place.put(rest, new)
    }

    /// The same without empty tables: what is taken out may have been all that a table held.
    pub(super) fn without_empty(self) -> Plain {
        match self {
            Plain::Table(entries) => {
                let entries = entries.into_iter().map(|(key, value)| (key, value.without_empty()));
                let empty = |value: &Plain| matches!(value, Plain::Table(entries) if entries.is_empty());
                Plain::Table(entries.filter(|(_, value)| !empty(value)).collect())
            }
            other => other,
        }
    }
}
