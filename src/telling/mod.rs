//! Telling: what a line of the record means to somebody, who is to hear it, and what is still to be told.
//!
//! The record is the outbox. When an act is written, [`address()`] puts on each of its lines to whom it is to be told;
//! a line that says so and has no [`crate::record::Deed::Told`] that arrived is pending ([`pending`]), for whoever
//! looks, from any clone. What only time brings (a debt that is overdue) is found by looking at the registry
//! ([`passing()`]). Whoever tells gives each event the same id, for its whole life.
//!
//! A [`Message`] is one event in words, the same for every receiver; [`body`] turns it into the bytes that a receiver
//! understands, and [`wire`] is how they are handed to the helper that sends. A [`Parcel`] is one message for one receiver, and
//! an [`Answer`] what became of it.
//!
//! Deliberately absent: the words themselves (`crate::report::told`), secrets, which are handed in where something is
//! sent, and the sending. Nothing here ever changes a verdict, or stops an act.

mod address;
pub mod body;
mod event;
mod facts;
mod message;
mod outbox;
mod parcel;
mod passing;
pub mod wire;

pub(crate) use address::passed_over;
pub use address::{address, routed};
pub use event::{Event, kind_of};
pub use message::{Message, Urgency};
pub use outbox::{Attempts, Outbox, Patience, Pending, pending};
pub use parcel::{Answer, Parcel};
pub use passing::{Passing, passing};
