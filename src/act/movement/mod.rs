//! A move that is made: what it leaves in the registry and in the record.
//!
//! [`start`] comes before the command of a `run`: it judges, and says that the move is under way. [`finish`] comes
//! after it: what runs now, as it was seen or on the command's word. [`record`] is both at once for a move that was
//! made elsewhere. [`settle`] says that what caused an earlier rollback is dealt with.
//!
//! - **What may not go** is not begun, and nothing is written: the caller shows the verdict. A break-glass goes on
//!   against a hold, a block or mistakes that keep the registry from being judged; it leaves a debt, unless the
//!   verdict would have let the move go. `compromised-release` stops that as well.
//! - **What runs** is worked out by [`crate::act::observe`], in whose words it is written.
//! - **`entered`** is kept in `exposure`, where its rules stand.
//!
//! Deliberately absent: the command itself, its lock, and telling anybody.

mod case;
mod debt;
mod exposure;
mod finish;
mod propose;
mod record;
mod rewind;
mod settle;
mod start;
#[cfg(test)]
mod tests;

pub(super) use debt::Opened;
pub use exposure::Accepted;
pub(super) use exposure::Here;
pub(super) use finish::enter;
pub use finish::{Ended, Finished, Place, finish};
pub(super) use propose::named;
pub use propose::{Named, Next};
pub use record::{Act, Record, Recorded, Repeated, record};
pub(crate) use rewind::before_the_move;
pub use settle::{Freed, Settle, Settling, settle};
pub use start::{Begun, Earlier, Start, Started, start};

use crate::act::refusal::{Refusal, unfit};
use crate::judge::{self, Advice, Moment, Question, Verdict};
use crate::model::{Id, Level, Time, Version};
use crate::registry::{Loaded, Mistakes};

/// A move that somebody is about to make, or has made.
#[derive(Debug, Clone, Copy)]
pub struct Going<'a> {
    /// Which move; its environment must be named.
    pub question: &'a Question,
    /// When it is judged.
    pub moment: Moment,
    /// Why it goes on whatever the verdict is.
    pub break_glass: Option<&'a str>,
    /// A warning stops it, too, unless the glass is broken.
    pub strict: bool,
}

/// How a move was judged, with the registry by which it was.
#[derive(Debug, Clone)]
pub enum Judged {
    /// By the registry as it was before.
    By(Box<Loaded>, Level),
    /// Not at all: the registry has mistakes that the move may depend on.
    Not(Mistakes),
}

impl Judged {
    /// The verdict; None: it could not be judged.
    pub fn level(&self) -> Option<Level> {
        match self {
            Judged::By(_, level) => Some(*level),
            Judged::Not(_) => None,
        }
    }

    /// The registry as it was before; None: it could not be loaded.
    pub fn before(&self) -> Option<&Loaded> {
        match self {
            Judged::By(before, _) => Some(before),
            Judged::Not(_) => None,
        }
    }

    /// The verdict again, with all its reasons.
    pub fn verdict(&self, going: Going<'_>) -> Option<Verdict<'_>> {
        judge::judge(&self.before()?.registry, going.question, going.moment)
    }

    /// The same with what could be done instead.
    pub fn advice(&self, going: Going<'_>) -> Option<Advice<'_>> {
        judge::advise(&self.before()?.registry, going.question, going.moment)
    }
}

/// A move that may not go. Nothing is written.
#[derive(Debug, Clone)]
pub struct Stopped {
    /// The registry by which it was judged.
    pub before: Loaded,
    /// The verdict.
    pub level: Level,
    /// It goes to a compromised release, so a break-glass is refused as well.
    pub compromised: bool,
}

impl Stopped {
    /// The verdict again, with what could be done instead.
    pub fn advice(&self, going: Going<'_>) -> Option<Advice<'_>> {
        judge::advise(&self.before.registry, going.question, going.moment)
    }
}

/// A break-glass, as it was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The debt that it leaves; None: the verdict would have let the move go, or the debt stands in the record only.
    pub debt: Option<Id>,
    /// What was gone against; nothing, when it wasn't needed.
    pub subjects: Vec<Box<str>>,
    /// By when each team is to have reviewed it.
    pub due: Option<Time>,
}

/// What becomes of the acceptance by which an environment's release was entered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Acceptance {
    /// There is none, or it stays as it is.
    #[default]
    AsItIs,
    /// It begins, or goes on with something else.
    Entered {
        /// The release that the exposure was entered from.
        from: Option<Version>,
        /// `sign-off ID` or `debt ID`.
        by: Box<str>,
        /// What was accepted.
        subjects: Vec<Box<str>>,
        /// When that lapses.
        expires: Time,
    },
    /// The exposure was left.
    Left,
}
