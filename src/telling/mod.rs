//! What people are told: messages, and how each kind of receiver gets them.
//!
//! A [`Message`] is one event in words. It is the same for every receiver; [`body`] turns it into the bytes that a
//! receiver understands. A [`Parcel`] is one message for one receiver, and an [`Answer`] what became of it.
//!
//! Deliberately absent: where secrets come from, which are handed in where something is sent, and the sending itself.

pub mod body;
mod message;
mod parcel;
pub mod wire;

pub use message::{Message, Urgency};
pub use parcel::{Answer, Parcel};
