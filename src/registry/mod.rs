//! The registry's text, read: a [`Tree`] of TOML files becomes a [`crate::model::Registry`], or all its mistakes.
//!
//! [`load`] is the entry point. It reads the files that a question needs (`layout`), parses each once
//! (`syntax`), and turns tables into the model, one file of this room per concept. Every reader leaves its
//! mistakes on the `Desk` and goes on, so that all of them are shown together; one is enough that nothing is
//! judged. Which keys there are stands in the tables of [`Shape`]s, and nowhere else.
//!
//! Deliberately absent: the disk (a [`Tree`] is handed in), the clock, a cache, and a second parser.

mod affects;
mod assemble;
mod calendar;
mod case;
mod changes;
mod concern;
mod condition;
mod config;
mod desk;
mod document;
pub mod edit;
mod flag;
mod format;
mod freeze;
mod gate;
mod known;
mod layout;
mod lines;
mod load;
mod mistake;
mod moment;
mod moves;
mod neighbours;
mod placing;
mod playbook;
mod proposed;
mod readable;
mod reader;
mod release;
mod rule;
pub mod schema;
mod service;
mod shape;
mod shared;
mod sharing;
mod sign_off;
mod sink;
mod snapshot;
mod state;
mod syntax;
mod telling;
#[cfg(test)]
mod tests;
mod tidy;
mod tree;
mod twice;
mod whole;
pub(crate) mod wording;

pub use case::{
    Base, CASE_SHAPES, CASES, Case, CaseFile, Expected, ExpectedReason, On, Supposed, cases, suppose,
};
pub use changes::{Change, Changed, Changes};
pub use concern::{Concern, concern};
pub use layout::FOLDERS;
pub use load::{Ask, LoadError, Loaded, holds_service, load};
pub use mistake::{Mistake, Mistakes, Place, Weight, position};
pub use moves::{Listed, moves};
pub use playbook::{
    FrontMatter, MAX_PLAYBOOK, MAX_STEPS, PLAYBOOKS, PlacedStep, Playbooks, playbooks, playbooks_by_hand,
};
pub use proposed::proposed;
pub use readable::{Readable, readable};
pub use shape::{Field, Kind, SHAPES, Shape};
pub use shared::shipped;
pub use sharing::sharing;
pub use sink::sinks;
pub use snapshot::Snapshot;
pub use telling::{Routes, routes};
pub use tidy::{Done, Left, Tidied, tidy};
pub use tree::{End, Entry, EntryKind, MAX_FILE, MemoryTree, Tree, TreeError, TreeErrorKind};
pub use whole::Whole;
pub(crate) use wording::{listed, quoted, shell_word};
