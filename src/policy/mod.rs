//! A policy held to its word: cases are judged, what comes out is held against what must, and which rules decided
//! anything at all is counted.
//!
//! [`try_case`] judges one case; [`Trial`] puts many together. What comes out is owned, so that each registry can be
//! let go as soon as its case was judged.

mod coverage;
mod outcome;

pub use coverage::{Coverage, Covered};
pub use outcome::{Difference, Got, GotReason, Outcome, Tried, try_case};

/// All cases that were tried.
#[derive(Debug, Default)]
pub struct Trial {
    /// What came of each, by file and in the order of each file.
    pub outcomes: Vec<Outcome>,
    /// What is wrong with files that could not be read at all.
    pub unread: Vec<crate::registry::Mistakes>,
    /// Which rules decided a reason.
    pub coverage: Coverage,
    /// The least coverage that is wanted, in percent.
    pub wanted: Option<u8>,
}

impl Trial {
    /// How many came out as they must.
    pub fn passed(&self) -> usize {
        self.outcomes.iter().filter(|outcome| matches!(outcome.tried, Tried::Passed(_))).count()
    }

    /// How many came out otherwise.
    pub fn failed(&self) -> usize {
        self.outcomes.iter().filter(|outcome| matches!(outcome.tried, Tried::Failed(..))).count()
    }

    /// Whether something could not be judged.
    pub fn is_unjudged(&self) -> bool {
        !self.unread.is_empty()
            || self.outcomes.iter().any(|outcome| matches!(outcome.tried, Tried::Unjudged(_)))
    }

    /// Whether as many rules are covered as are wanted.
    pub fn is_covered(&self) -> bool {
        self.wanted.is_none_or(|wanted| self.coverage.percent() >= wanted)
    }

    /// Whether the policy keeps its word.
    pub fn holds(&self) -> bool {
        self.failed() == 0 && !self.is_unjudged() && self.is_covered()
    }
}
