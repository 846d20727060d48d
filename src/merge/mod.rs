//! Two histories of one registry, put together: what two clones changed since they parted.
//!
//! [`files`] goes file by file: what only one side changed is taken, what both changed differently is a conflict for
//! people. The record is the exception ([`record`]): both sides' lines are kept, ours behind theirs. Nothing is
//! read or written here; what a file holds is only compared.

mod files;
mod record;

pub use files::{Change, Joined, Side, files};
pub use record::{Unjoined, behind, ids, record};
