//! Releases, versions as people write them, and the barriers between releases.

use std::fmt;

use crate::model::{Need, Origin, Time, Withdrawn};
use crate::version::{Place, Scale};

/// A version as written, with its place under the service's order where it has one.
///
/// Its identity is the text: `2.4.0` and `v2.4.0` have the same place and are different releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// As written.
    pub text: Box<str>,
    /// None: the order can't place it.
    pub place: Option<Place>,
}

impl Version {
    /// Takes `text` as written and places it.
    pub fn new(text: &str, scale: &Scale) -> Version {
        Version { text: text.into(), place: scale.place(text) }
    }

    /// Whether it is surely older than `other`; false when the two can't be compared.
    pub fn is_older_than(&self, other: &Version) -> bool {
        matches!((&self.place, &other.place), (Some(mine), Some(theirs)) if mine < theirs)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// One version of one service.
#[derive(Debug, Clone)]
pub struct Release {
    /// Its version; its place is always known, the loader sees to that.
    pub version: Version,
    /// When it was released.
    pub released: Option<Time>,
    /// The commit it was built from.
    pub commit: Option<Box<str>>,
    /// The artifacts' digests, such as `sha256:…`.
    pub digests: Vec<Box<str>>,
    /// Words that flags and rules can match.
    pub tags: Vec<Box<str>>,
    /// Where its bill of materials lies, in the registry.
    pub sbom: Option<Box<str>>,
    /// The releases of other services that it works beside, one entry a service.
    pub needs: Vec<Need>,
    /// Can't be deployed at all any more.
    pub withdrawn: Option<Withdrawn>,
    /// Where it stands.
    pub origin: Origin,
}

/// A point between two releases that can't be crossed backwards, or only with an undo procedure.
#[derive(Debug, Clone)]
pub struct Barrier {
    /// Releases older than this can't live with what was done.
    pub before: Version,
    /// The oldest release that does it; `before` itself unless said otherwise.
    pub since: Version,
    /// What was done.
    pub reason: Box<str>,
    /// How to undo it; None: it can't be undone.
    pub undo: Option<Box<str>>,
    /// Where to read more.
    pub url: Option<Box<str>>,
    /// Where it stands.
    pub origin: Origin,
}
