//! Signing off: a team accepts, in writing and for a while, named subjects that hold a move; and taking that back.
//!
//! [`give`] and [`revoke`] are the entry points. What is signed is exactly what was named, and only what is held: a
//! signature that changes nothing would be read as one that does. A sign-off that was taken back stays where it is,
//! marked as revoked, for what was done by it has to stay explained.
//!
//! Deliberately absent: who runs the move. For security nobody signs what they ask for themselves; where it isn't
//! known yet who asks, the command that makes the move checks that.

pub(super) mod give;
mod named;
mod revoke;

pub use give::{Expiry, Request, USUAL, give};
pub use named::Unnamed;
pub use revoke::{Revocation, revoke};

use crate::act::member::Outsider;
use crate::judge::{Moment, Question, Verdict, judge};
use crate::model::{MoveKind, Name, Service, SignOff};
use crate::record::Statement;
use crate::registry::edit::{EditError, Spot};
use crate::registry::{Changes, LoadError, Loaded};

/// What becomes of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The sign-off is new.
    Signed,
    /// The same person has signed the same already, and it counts.
    Stands,
    /// A sign-off was taken back.
    Revoked,
    /// It didn't count any more.
    Gone,
}

/// A sign-off that was given or taken back.
#[derive(Debug, Clone)]
pub struct Done {
    /// What becomes of the registry.
    pub outcome: Outcome,
    /// The sign-off, as it stands afterwards.
    pub sign_off: SignOff,
    /// Where it stands.
    pub spot: Spot,
    /// The files to write.
    pub changes: Changes,
    /// What goes into the record.
    pub says: Vec<Statement>,
    /// The registry as it was.
    pub before: Loaded,
    /// The registry as it will be; None: as it was.
    changed: Option<Loaded>,
    /// The move.
    question: Question,
    /// When.
    moment: Moment,
    /// What is worth a word.
    pub notes: Vec<String>,
}

impl Done {
    /// The registry as it will be.
    pub fn after(&self) -> &Loaded {
        self.changed.as_ref().unwrap_or(&self.before)
    }

    /// The service, as it will be.
    pub fn service(&self) -> Option<&Service> {
        self.after().registry.services.get(&self.question.service)
    }

    /// How the move was judged, and how it will be.
    pub fn verdicts(&self) -> Option<(Verdict<'_>, Verdict<'_>)> {
        let judged = |loaded| judged(loaded, &self.question, self.moment);
        Some((judged(&self.before)?, judged(self.after())?))
    }
}

fn judged<'a>(loaded: &'a Loaded, question: &Question, moment: Moment) -> Option<Verdict<'a>> {
    judge(&loaded.registry, question, moment)
}

/// Whether it goes to what runs there alone: nothing is moved, and only staying is accepted.
pub fn stays(verdict: &Verdict<'_>) -> bool {
    let movement = &verdict.movement;
    movement.from.as_ref().is_some_and(|from| from.text == movement.to.text)
}

/// Why nothing is signed or taken back.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The registry can't be loaded, or the service isn't there.
    #[error(transparent)]
    Unloaded(#[from] LoadError),
    /// The file can't be edited.
    #[error(transparent)]
    Unedited(#[from] EditError),
    /// Something has to be said that wasn't.
    #[error("{message}")]
    Unsaid {
        /// What.
        message: String,
        /// How.
        hint: String,
    },
    /// Nothing was named to accept.
    #[error("name what you accept; nothing is guessed")]
    Unnamed(Box<Unnamed>),
    /// The request can't be met.
    #[error("{message}")]
    Unfit {
        /// Why.
        message: String,
        /// What to do about it.
        hint: String,
    },
}

impl From<Outsider> for Refusal {
    fn from(Outsider { message, hint }: Outsider) -> Refusal {
        unfit(message, hint)
    }
}

fn unfit(message: impl Into<String>, hint: impl Into<String>) -> Refusal {
    Refusal::Unfit { message: message.into(), hint: hint.into() }
}

fn unsaid(message: impl Into<String>, hint: impl Into<String>) -> Refusal {
    Refusal::Unsaid { message: message.into(), hint: hint.into() }
}

fn gone(service: &Name) -> Refusal {
    unfit(format!("no service `{service}`"), "`holdpoint status` lists all services")
}

/// The move that a sign-off is for, as it is judged without anybody who asks.
fn question(service: &Name, sign_off: &SignOff) -> Question {
    let place = Question::of_place(service, Some(&sign_off.environment), MoveKind::Rollback);
    Question { to: sign_off.to.clone(), ..place }
}
