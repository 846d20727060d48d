//! One message for one receiver, and what became of it.

use crate::model::Sink;
use crate::telling::Message;

/// One message for one receiver.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// What is to be told.
    pub message: &'a Message,
    /// Whom.
    pub sink: &'a Sink,
}

/// What became of a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether the receiver has it.
    pub arrived: bool,
    /// What the receiver said, or why it didn't: short, printable, and without any secret.
    pub answer: String,
    /// In how many seconds it may be tried again, as the receiver asked.
    pub retry_after: Option<u64>,
    /// Whether the receiver wants nothing more, ever (410).
    pub gone: bool,
}

impl Answer {
    /// That it arrived.
    pub fn arrived(answer: impl Into<String>) -> Answer {
        Answer { arrived: true, answer: answer.into(), retry_after: None, gone: false }
    }

    /// That it didn't, and may be tried again.
    pub fn failed(answer: impl Into<String>) -> Answer {
        Answer { arrived: false, ..Answer::arrived(answer) }
    }
}
