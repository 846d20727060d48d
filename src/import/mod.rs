//! Foreign documents, read: what other tools know becomes something that a registry can hold.
//!
//! - [`sight`]: what kubectl, helm and Argo CD show of a service as what runs and what ran
//! - [`tags`]: the tags of a Git repository as releases
//!
//! Pure: whoever fetches a document (a door) hands it in as text or as values.

pub mod sight;
pub mod tags;
