//! Why an act isn't done. All acts refuse in the same ways, so that one place tells people of them.

use crate::registry::edit::EditError;
use crate::registry::{LoadError, Mistakes, TreeError};

/// Why an act isn't done; nothing is to be written then.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// The registry can't be loaded, or what is named isn't in it.
    #[error(transparent)]
    Unloaded(#[from] LoadError),
    /// The files can't be edited.
    #[error(transparent)]
    Unedited(#[from] EditError),
    /// Something of the registry can't be read.
    #[error(transparent)]
    Unreadable(#[from] TreeError),
    /// What stands there says otherwise; each difference with its place.
    #[error("what stands there says otherwise")]
    Otherwise(Mistakes),
    /// Something isn't said that has to be, or two things that don't go together: wrong usage.
    #[error("{message}")]
    Unsaid {
        /// What.
        message: String,
        /// What to say.
        hint: String,
    },
    /// The request can't be met.
    #[error("{message}")]
    Unfit {
        /// Why.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
}

/// A request that can't be met, and what to do about it.
pub(super) fn unfit(message: impl Into<String>, hint: impl Into<String>) -> Refusal {
    Refusal::Unfit { message: message.into(), hint: Some(hint.into()) }
}

/// A request that can't be met, and what to do about it if there is something.
pub(super) fn unfit_with(message: impl Into<String>, hint: impl Into<Option<String>>) -> Refusal {
    Refusal::Unfit { message: message.into(), hint: hint.into() }
}

/// Wrong usage, and what to say instead.
pub(super) fn unsaid(message: impl Into<String>, hint: impl Into<String>) -> Refusal {
    Refusal::Unsaid { message: message.into(), hint: hint.into() }
}
