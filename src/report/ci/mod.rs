//! Reports for CI systems, all of them over one flat record, [`Finding`].
//!
//! What matters is worked out once, in [`Finding::all`]; a format is a file and knows layout and escaping only.
//! Each format has its own way to be misled by text that others wrote (a line that becomes a command, a control
//! character that makes a whole file unreadable), and defuses that in its own file.

mod finding;

pub use finding::{Finding, Place, Rule, Weight};
