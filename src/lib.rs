//! holdpoint: may SERVICE in ENVIRONMENT move from release A to release B, now?
//!
//! The rooms, in reading order: [`version`] (orders and ranges), [`model`] (the words as types), [`judge`]
//! (the answer), [`registry`] (texts into model, or all their mistakes), [`report`] (answers as text). These
//! are pure: no disk, clock, environment, network or terminal. The doors reach one outside thing each:
//! [`disk`] files, [`git`] what a repository says of itself, [`cli`] the command line; only `cli` knows the
//! others. A room uses only rooms named before it; `tests/all/architecture.rs` keeps that a fact.

pub mod cli;
pub mod disk;
pub mod git;
pub mod judge;
pub mod model;
pub mod registry;
pub mod report;
pub mod version;
