//! What a change does to what runs.

use crate::gate::{Side, Source, Spot, Workload};
use crate::model::Name;

/// All that was found in a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The moves that it makes, by service and environment.
    pub moves: Vec<FoundMove>,
    /// Services that it takes out of an environment.
    pub removed: Vec<Removed>,
    /// Versions that it changes and that no known service can be named for.
    pub unknown_images: Vec<UnknownImage>,
    /// Versions of known services that it changes where nobody says which environment that is.
    pub unmapped: Vec<Unmapped>,
    /// Files that can't be read.
    pub unreadable: Vec<Unreadable>,
    /// Files that are no documents by themselves and were passed over: templates of charts.
    pub templates: Vec<String>,
    /// What is worth a word and decides nothing.
    pub hints: Vec<Hint>,
}

/// A service that goes from one release to another in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundMove {
    /// The service.
    pub service: Name,
    /// The environment.
    pub environment: Name,
    /// What the tree said before; None: the service wasn't there.
    pub from: Option<Said>,
    /// What it says now.
    pub to: Said,
    /// The line of the value that changed, in the tree as it is to be.
    pub spot: Spot,
    /// The line of the value that it had, in the tree as it was.
    pub base_spot: Option<Spot>,
    /// Further lines that say the same move: other containers, other workloads.
    pub also: Vec<Spot>,
    /// The image's repository, or the chart's or service's name, as written.
    pub image: String,
    /// What runs it.
    pub workload: Workload,
    /// Which kind of document says it.
    pub source: Source,
}

/// What a place says of a version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The release: as the registry calls it, else the tag as written, else the digest. A digest decides over a tag.
    pub version: Box<str>,
    /// The tag as written.
    pub tag: Option<Box<str>>,
    /// The digest as written, in lower case.
    pub digest: Option<Box<str>>,
    /// The release that the tag names: as the registry calls it, else as written.
    pub tagged: Option<Box<str>>,
    /// The registered releases that have the digest.
    pub digested: Vec<Box<str>>,
    /// Whether the tree alone can't tell the version: a variable without a default, a template.
    pub unresolved: bool,
}

impl Said {
    /// Whether the digest is that of other releases than the tag says.
    pub fn disagrees(&self) -> bool {
        let tagged = self.tagged.as_ref();
        tagged.is_some_and(|tagged| !self.digested.is_empty() && !self.digested.contains(tagged))
    }
}

/// A service that is no longer in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// The service.
    pub service: Name,
    /// The environment.
    pub environment: Name,
    /// What the tree said before.
    pub from: Said,
    /// Where it stood.
    pub base_spot: Spot,
    /// What ran it.
    pub workload: Workload,
    /// Whether the service goes on in the environment elsewhere in the change.
    pub goes_on: bool,
}

/// A changed version that no known service can be named for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownImage {
    /// The image as written, or what stands in its place.
    pub image: String,
    /// The version as written.
    pub version: Option<String>,
    /// Where it stands.
    pub spot: Spot,
    /// What runs it.
    pub workload: Workload,
    /// Why no service can be named, where it is more than that none has such an image.
    pub why: Option<String>,
}

/// A changed version of a known service in a place that belongs to no environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmapped {
    /// The service.
    pub service: Name,
    /// What the place says now; None: nothing any more.
    pub to: Option<Said>,
    /// Where it stands: in the tree as it is to be, else as it was.
    pub spot: Spot,
    /// What runs it.
    pub workload: Workload,
}

/// A file, or a part of one, that can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Where.
    pub spot: Spot,
    /// On which side. What can't be read on the base side alone, the change mends.
    pub side: Side,
    /// Why: a lower-case fragment.
    pub why: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Something that is worth a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// What.
    pub text: String,
    /// Where, if it has a place.
    pub spot: Option<Spot>,
}
