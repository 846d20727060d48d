//! What `holdpoint gate` says: every move of a change with its verdict, and what of the change could not be judged.
//!
//! The command fills [`Gated`] and leaves the rest to it: the verdict of the whole, which of two registries counts
//! for a reason, until when all of it holds. The formats only lay it out; those that CI systems read take the flat
//! [`crate::report::ci::Finding`]s that are made from it.

mod gap;
mod one;
mod words;

pub use gap::{Gap, GapKind};
pub use one::{GatedMove, Judged, Standing};
pub use words::removed;

use std::cmp::Reverse;

use crate::gate::{Hint, Removed};
use crate::model::{Level, Time};
use crate::report::Context;

/// The answer to `gate`.
#[derive(Debug, Clone, Copy)]
pub struct Gated<'a> {
    /// How the registry was looked at; of two, the one of the tree as it is to be.
    pub context: Context<'a>,
    /// What was to be judged.
    pub asked: Asked<'a>,
    /// The moves, each judged.
    pub moves: &'a [GatedMove<'a>],
    /// Services that are taken out of an environment; nobody judges that.
    pub removed: &'a [Removed],
    /// What could not be judged, or was passed over.
    pub gaps: &'a [Gap],
    /// What is worth a word and decides nothing.
    pub hints: &'a [Hint],
    /// Files that are no documents by themselves and were passed over: templates of charts.
    pub templates: &'a [String],
    /// What was understood otherwise than it was typed, and how fresh the registry is.
    pub notes: &'a [String],
}

/// What a gate was asked to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked<'a> {
    /// One move that was named (`--service`).
    Named,
    /// A list of moves, by the name of its file; `-` is standard input.
    List(&'a str),
    /// What lies between two commits.
    Diff {
        /// The commit that it is compared with.
        base: &'a str,
        /// The commit that is to be.
        head: &'a str,
    },
    /// What lies between two rendered folders.
    Rendered {
        /// What was.
        base: &'a str,
        /// What is to be.
        head: &'a str,
    },
}

impl Asked<'_> {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Asked::Named => "move",
            Asked::List(_) => "list",
            Asked::Diff { .. } => "diff",
            Asked::Rendered { .. } => "rendered",
        }
    }

    /// What it is compared with, and what with it.
    pub fn sides(&self) -> Option<(&str, &str)> {
        match self {
            Asked::Named | Asked::List(_) => None,
            Asked::Diff { base, head } | Asked::Rendered { base, head } => Some((base, head)),
        }
    }
}

impl<'a> Gated<'a> {
    /// The verdict of the whole: the worst of its moves, `allow` where nothing moves. None: not all of it could be
    /// judged, so there is none, however the rest was judged.
    pub fn level(&self) -> Option<Level> {
        let judged = self.gaps.iter().all(|gap| !gap.stops);
        judged.then(|| self.moves.iter().map(GatedMove::level).max().unwrap_or_default())
    }

    /// Whether the change may go.
    pub fn proceeds(&self) -> bool {
        self.level().is_some_and(Level::proceeds)
    }

    /// The word for the whole: a level's, or `unjudged`.
    pub fn word(&self) -> &'static str {
        self.level().map_or("unjudged", Level::word)
    }

    /// The moves, worst first, each after those that stand before it in the change.
    pub fn worst_first(&self) -> Vec<&'a GatedMove<'a>> {
        let mut moves: Vec<&'a GatedMove<'a>> = self.moves.iter().collect();
        moves.sort_by_key(|one| Reverse(one.level()));
        moves
    }

    /// How many moves have this level.
    pub fn count(&self, level: Level) -> usize {
        self.moves.iter().filter(|one| one.level() == level).count()
    }

    /// The gaps because of which there is no verdict.
    pub fn stopping(&self) -> impl Iterator<Item = &'a Gap> {
        self.gaps.iter().filter(|gap| gap.stops)
    }

    /// The first moment at which one of the verdicts changes by itself.
    pub fn valid_until(&self) -> Option<Time> {
        let answers = self.moves.iter().flat_map(GatedMove::answers);
        answers.filter_map(|judged| judged.answer.advice.valid_until).min()
    }
}
