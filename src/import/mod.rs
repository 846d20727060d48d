//! Foreign documents, read: what other tools know becomes something that a registry can hold.
//!
//! - [`alertmanager`]: what Alertmanager posts to a webhook as what is known of an incident
//! - [`sight`]: what kubectl, helm and Argo CD show of a service as what runs and what ran
//! - [`tags`]: the tags of a Git repository as releases
//!
//! Pure: whoever fetches a document (a door) hands it in as text or as values.

pub mod alertmanager;
pub mod sight;
pub mod tags;
