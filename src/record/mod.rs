//! The record: evidence of what was asked, decided, done and told, one line each, chained by hashes.
//!
//! An act says what it did as [`Statement`]s, made on an [`Occasion`] (when, by whom, from where); it doesn't
//! write them. [`seal`] gives them their place in the chain of their service: a number, and the hash of the line
//! before. The door [`crate::disk`] does that under the registry's lock, so that two who act at once both get
//! their lines in. The judge never reads any of it: state lives in the registry.

mod chain;
mod judged;
mod keys;
mod line;
mod occasion;
mod read;
mod reseal;
mod select;
#[cfg(test)]
pub(crate) mod testing;
mod verify;
mod written;

pub use chain::{Broken, FIRST, Sealed, Tail, Torn, hash_of, seal, tail, torn};
pub use keys::{Recalled, recall};
pub use line::{Addressee, Affected, Deed, Line, Movement, Place, Reason, State, Statement};
pub use occasion::{Ids, Known, Occasion, Who};
pub use read::{Entry, FOLDER, Files, LineEnd, Raw, Recorded, each_line, files, recorded};
pub use reseal::{Unsealable, id_of, reseal};
pub use select::{Selected, Wanted, select};
pub use verify::{Block, Finding, Head, HeadError, Last, Spot, Trouble, Verified, verify};

use crate::registry::Changes;

/// What an act came to, as far as it is written.
pub trait Deeds {
    /// What is to be written; nothing, where there is nothing to do.
    fn writes(&self) -> Writes<'_>;

    /// The statements among that, for whoever says to whom they are to be told.
    fn says_mut(&mut self) -> &mut [Statement];
}

/// Makes what an act came to from its fields `changes` and `says`.
macro_rules! deeds {
    ($($name:ty),+ $(,)?) => {$(
        impl $crate::record::Deeds for $name {
            fn writes(&self) -> $crate::record::Writes<'_> {
                $crate::record::Writes { changes: &self.changes, says: &self.says }
            }

            fn says_mut(&mut self) -> &mut [$crate::record::Statement] {
                &mut self.says
            }
        }
    )+};
}
pub(crate) use deeds;

/// What an act writes: files of the registry, and statements for its record.
#[derive(Debug, Clone, Copy)]
pub struct Writes<'a> {
    /// The files.
    pub changes: &'a Changes,
    /// The statements, in the order in which they are to stand.
    pub says: &'a [Statement],
}

impl<'a> Writes<'a> {
    /// Nothing at all.
    pub fn nothing() -> Writes<'static> {
        static NOTHING: Changes = Changes::new();
        Writes { changes: &NOTHING, says: &[] }
    }

    /// Files that are no act of the field: laying a registry, tidying it. They leave no line.
    pub fn unrecorded(changes: &'a Changes) -> Writes<'a> {
        Writes { changes, says: &[] }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.says.is_empty()
    }
}
