//! What of a change could not be judged, or was passed over, in words.

use crate::gate::{Spot, UnknownImage, Unmapped, Unreadable};
use crate::model::Name;

/// Something that no verdict covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What kind.
    pub kind: GapKind,
    /// Whether it leaves the whole without a verdict; else it was passed over knowingly.
    pub stops: bool,
    /// Where.
    pub spot: Option<Spot>,
    /// The service, where it is known.
    pub service: Option<Name>,
    /// What it is about, shortly: a path, an image, a place.
    pub subject: String,
    /// A sentence without a full stop. There is text by others in it.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// The kinds of gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GapKind {
    /// A move that the registry can't judge.
    Unjudged,
    /// A manifest that can't be read.
    UnreadableFile,
    /// A known service where nobody says which environment that is.
    NoEnvironment,
    /// An image that belongs to no known service.
    UnknownImage,
}

impl GapKind {
    /// All kinds, the worst first.
    pub const ALL: [GapKind; 4] =
        [GapKind::Unjudged, GapKind::UnreadableFile, GapKind::NoEnvironment, GapKind::UnknownImage];

    /// The word, as in JSON and where reasons have their code.
    pub fn word(self) -> &'static str {
        match self {
            GapKind::Unjudged => "unjudged-move",
            GapKind::UnreadableFile => "unreadable-file",
            GapKind::NoEnvironment => "no-environment",
            GapKind::UnknownImage => "unknown-image",
        }
    }

    /// What it means and what to do, for people.
    pub fn documentation(self) -> &'static str {
        match self {
            GapKind::Unjudged => {
                "The move could not be judged: a mistake in the registry, or a name that it doesn't know. What can't \
                 be judged may not go."
            }
            GapKind::UnreadableFile => {
                "A file that changed can't be read as the manifest that its name says it is, so nobody knows what it \
                 moves."
            }
            GapKind::NoEnvironment => {
                "The version of a known service changes in a place that belongs to no environment. Say which it is \
                 with a `[[gate.environment]]` in the registry."
            }
            GapKind::UnknownImage => {
                "An image changes that no service of the registry names in its `images`, so nothing is known of it."
            }
        }
    }
}

impl Gap {
    /// Whether it is only counted unless all is asked for.
    pub fn is_minor(&self) -> bool {
        self.kind == GapKind::UnknownImage && !self.stops
    }

    /// A move that the registry can't judge, and why.
    pub fn unjudged(service: Option<&Name>, what: &str, why: &str, hint: Option<String>) -> Gap {
        Gap {
            kind: GapKind::Unjudged,
            stops: true,
            spot: None,
            service: service.cloned(),
            subject: what.to_owned(),
            message: format!("{what} could not be judged: {why}"),
            hint,
        }
    }

    /// A file that can't be read; `skipped`: that was to be passed over.
    pub fn unreadable(file: &Unreadable, skipped: bool) -> Gap {
        let usual = "mend it, have `[gate] ignore` leave it out, or pass it over with --skip-unreadable";
        Gap {
            kind: GapKind::UnreadableFile,
            stops: !skipped,
            spot: Some(file.spot.clone()),
            service: None,
            subject: file.spot.file.clone(),
            message: format!("{} can't be read: {}", file.spot.file, file.why),
            hint: Some(file.hint.clone().unwrap_or_else(|| usual.to_owned())),
        }
    }

    /// A version of a known service in a place that belongs to no environment.
    pub fn unmapped(place: &Unmapped, stops: bool) -> Gap {
        let to = place.to.as_ref().map_or_else(|| "nothing".to_owned(), |said| said.version.to_string());
        Gap {
            kind: GapKind::NoEnvironment,
            stops,
            spot: Some(place.spot.clone()),
            service: Some(place.service.clone()),
            subject: place.spot.file.clone(),
            message: format!(
                "{} goes to {to} in {}, which is no known environment",
                place.service, place.workload
            ),
            hint: Some(
                "say which it is with a [[gate.environment]] in holdpoint.toml; in the same repository, by a change \
                 of its own, before this one"
                    .into(),
            ),
        }
    }

    /// An image of no known service; `required`: each must be known.
    pub fn unknown(image: &UnknownImage, required: bool) -> Gap {
        let version = image.version.as_ref().map_or(String::new(), |version| format!(" at {version}"));
        let why = image.why.as_deref().unwrap_or("no service has it in its `images`");
        Gap {
            kind: GapKind::UnknownImage,
            stops: required,
            spot: Some(image.spot.clone()),
            service: None,
            subject: image.image.clone(),
            message: format!("{}{version} belongs to no known service: {why}", image.image),
            hint: Some(
                "add it to the `images` of its service, or have `[gate] ignore` leave the file out".into(),
            ),
        }
    }
}
