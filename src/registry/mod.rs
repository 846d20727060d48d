//! The registry's text, read: a [`Tree`] of TOML files becomes a [`crate::model::Registry`], or all its mistakes.
mod desk;
mod mistake;
mod moment;
mod reader;
mod shape;
mod syntax;
mod tree;
mod wording;

pub use mistake::{Mistake, Mistakes, Place, Weight, position};
pub use shape::{Field, Kind, SHAPES, Shape};
pub use tree::{Entry, EntryKind, MAX_FILE, MemoryTree, Tree, TreeError, TreeErrorKind};
