//! What a document writes where an image belongs: a reference, or something that only becomes one elsewhere.

use crate::gate::{Sighting, Source, Spot, Subject, Workload};
use crate::model::Image;

/// What marks a part of a text that is filled in elsewhere: by Compose, Flux, Kubernetes, a template.
const MARKS: [&str; 4] = ["${", "$(", "{{", "$["];

/// Whether the tree alone can't tell what a text becomes.
pub(super) fn is_unresolved(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark))
}

/// The sighting of an image's reference.
pub(super) fn of_reference(text: &str, source: Source, workload: Workload, spot: Spot) -> Sighting {
    let image = Image::parse(text);
    let (subject, tag, digest) = match image {
        Some(image) => (image.repository, image.tag, image.digest),
        None => (text.to_owned(), None, None),
    };
    Sighting { tag, digest, ..of_subject(Subject::Image(subject), source, workload, spot) }.marked()
}

/// A sighting that doesn't say a version yet.
pub(super) fn of_subject(subject: Subject, source: Source, workload: Workload, spot: Spot) -> Sighting {
    Sighting {
        subject,
        tag: None,
        digest: None,
        unresolved: false,
        of_chart: false,
        source,
        workload,
        labels: Default::default(),
        environment: None,
        spot,
    }
}

impl Sighting {
    /// Sets whether the tree alone can tell the version.
    pub(in crate::gate) fn marked(mut self) -> Sighting {
        self.unresolved = [&self.tag, &self.digest].into_iter().flatten().any(|text| is_unresolved(text));
        self
    }
}
