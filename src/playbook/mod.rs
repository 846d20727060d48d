//! Playbooks: what to do now, drawn up from a template by SRE and from steps that rules put in.
//!
//! [`Books`] is what a registry has for them: templates ([`template`], with [`words`] for what is filled in) and the
//! steps of `[[step]]`. [`draw`] judges a place and says what is best there, which template fits, and which steps
//! belong in, and why. [`by_hand`] holds playbooks that people wrote to the same steps. The words of a playbook are
//! [`crate::report`]'s.
//!
//! Deliberately absent: an engine. A template is lines with a closed list of placeholders; it can't loop, read a file
//! or run anything.

mod books;
pub mod by_hand;
mod draw;
pub mod template;
pub mod words;

pub use books::{Book, Books, DEFAULT, Instruction, title};
pub use draw::{Course, Inserted, Playbook, SHOWN, Wanted, Way, draw};
