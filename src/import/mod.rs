//! Foreign documents, read: what other tools know becomes something that a registry can hold.
//!
//! Pure: whoever fetches a document (a door) hands it in as text or as values.

pub mod tags;
