//! Edits of a registry's files that keep the author's hand.
//!
//! [`Editor`] is the entry point: it knows in which file a key stands or belongs, makes changes one after the
//! other, and gives [`Changes`](crate::registry::Changes); nothing is written here. A change is a few pieces put into the text beside what
//! stands there, in its manner, so comments, order, line breaks and everything else stay byte for byte.
//!
//! Two proofs stand between an edit and the disk: after each change the file is parsed again, and must say what
//! it said but for that change; and in the end the changed registry must load without a mistake. A file with
//! syntax errors is never edited.
//!
//! Deliberately absent: judging, and what the changes mean. That is the business of whoever asks for them.

mod check;
mod draft;
mod editor;
mod hand;
mod home;
mod items;
mod look;
mod outline;
mod path;
mod revise;
mod splice;
#[cfg(test)]
mod tests;
mod value;
mod written;

pub(super) use check::{Plain, says_the_same};
pub use editor::{EditError, Editor, Spot};
pub use look::{SharedFlag, place_of_release_key, shared_flags};
pub use value::{Fields, Value, written_key};
pub use written::{WrittenAffects, WrittenFlag, written_flag};
