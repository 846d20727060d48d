//! What was decided, judged again: on the registry that was recorded, at the time that was recorded.
//!
//! [`Decision::of`] takes a line of the record, [`Decision::again`] judges it on a registry that was loaded from the
//! commit that it names, and compares: the move, the verdict, and of all reasons the code, the subject and the level.
//! What differs gets its most likely cause (`cause.rs`); what can't be judged again is counted apart ([`Unjudged`]).
//!
//! Deliberately absent: Git, and any guess at what a line doesn't say. How fresh the registry was stands in no
//! commit, so that is taken from the line.

mod again;
mod cause;
mod decision;
mod doubt;
#[cfg(test)]
mod tests;

pub use again::{Changed, Difference, Judgement};
pub use cause::{Cause, RuleChange};
pub use decision::{Decision, KINDS};
pub use doubt::Doubts;

use crate::registry::LoadError;

/// What comes of judging a decision again.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The same.
    Same,
    /// Something else.
    Differs(Box<Difference>),
    /// It can't be judged again.
    Not(Unjudged),
}

/// Why a decision can't be judged again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unjudged {
    /// It wasn't judged then either: the glass was broken against a registry with mistakes.
    Then,
    /// No commit was recorded: the registry was in no repository, or nobody could tell.
    NoRevision,
    /// The commit isn't in this repository.
    NotHere(Box<str>),
    /// What is recorded isn't the id of a commit.
    NoCommit(Box<str>),
    /// The registry can't be loaded from that commit.
    Unloaded {
        /// The commit.
        revision: Box<str>,
        /// Why not.
        why: String,
    },
}

impl Unjudged {
    /// That the registry can't be loaded from a commit.
    pub fn unloaded(revision: &str, error: &LoadError) -> Unjudged {
        let why = match error {
            LoadError::Mistakes(mistakes) => mistakes.list.first().map_or_else(
                || error.to_string(),
                |first| format!("{}: {}", first.file(&mistakes.sources), first.message),
            ),
            LoadError::NoRegistry { file } => format!("there is no `{file}` in it"),
            LoadError::NoService { name, .. } => format!("there is no service `{name}` in it"),
        };
        Unjudged::Unloaded { revision: revision.into(), why }
    }

    /// Its word, for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Unjudged::Then => "unjudged-then",
            Unjudged::NoRevision => "no-revision",
            Unjudged::NotHere(_) => "revision-missing",
            Unjudged::NoCommit(_) => "revision-odd",
            Unjudged::Unloaded { .. } => "registry-unloaded",
        }
    }
}
