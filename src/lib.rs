//! holdpoint: may SERVICE in ENVIRONMENT move from release A to release B, now?
//!
//! The rooms, in reading order. An arrow goes one way only: a room uses those above it, doors don't use each
//! other, and only [`cli`] composes them. A test reads the `use crate::` lines and holds that.
//!
//! Pure, without disk, clock, environment, network or terminal:
//!
//! - [`version`]: how versions compare, and ranges; "can't be ordered" is a third answer
//! - [`model`]: what a registry holds, as types that can't be wrong in themselves
//! - [`judge`]: the judgement, with all its reasons, and the shipped rules
//! - [`registry`]: a tree of TOML files becomes the model, or all its mistakes; changes to such files
//! - [`import`]: what other tools know, such as the tags of a Git repository
//! - [`record`]: what is evidence: statements of what was done, chained by hashes
//! - [`audit`]: the record for auditors: a population of decisions, and what became of them
//! - [`merge`]: two histories of one registry, put together
//! - [`act`]: what is to be written: a request becomes changes of files
//! - [`gate`]: two trees of deployment manifests, compared: the moves that a change makes
//! - [`playbook`]: what to do now, from templates and from the steps of rules
//! - [`replay`]: what was decided, judged again on what was known then
//! - [`policy`]: cases that hold the rules to their word, and which rules they cover
//! - [`lint`]: what a careful person would want to hear of a registry that loads
//! - [`survey`]: what a change of the registry does to verdicts, by how things stand before and after
//! - [`telling`]: what lines of the record mean to somebody: events, who is to hear of them, what is still to be
//!   told, and how each kind of receiver gets it
//! - [`report`]: verdicts, targets and mistakes as text for people and as JSON for programs
//!
//! Doors, one per outside thing:
//!
//! - [`disk`]: a folder as a tree of files; changes put there whole or not at all
//! - [`git`]: which commit a checkout stands on, read from its files
//! - [`child`]: another program with our terminal, its signals, its end
//! - [`net`]: HTTP out, for the helper `holdpoint-send` alone
//! - [`cli`]: arguments, environment, terminal, clock, exit code; one file per command
//!
//! `docs/architecture.md` has the invariants, and says where the next thing goes.

pub mod version;

pub mod model;

pub mod judge;

pub mod registry;

pub mod import;

pub mod record;

pub mod audit;
pub mod merge;

pub mod act;
pub mod gate;
pub mod playbook;

pub mod replay;

pub mod lint;
pub mod policy;
pub mod survey;

pub mod telling;

pub mod report;

pub mod child;
pub mod disk;
pub mod git;
pub mod net;

pub mod cli;
