//! Which of the service's releases a name in a document means.

use std::collections::BTreeSet;

use super::document::ImportError;
use crate::model::{Image, Release, Service};
use crate::registry::{listed, quoted, shell_word};
use crate::version::check_text;

/// How many images an error names.
const LISTED: usize = 8;

/// A release's version, and what is odd about how it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub version: Box<str>,
    pub note: Option<String>,
}

/// What a document calls things, against what the registry does.
pub(super) struct Naming<'a> {
    service: &'a Service,
    repositories: BTreeSet<String>,
    /// The repositories that were seen and aren't the service's.
    others: BTreeSet<String>,
}

impl<'a> Naming<'a> {
    pub fn of(service: &'a Service) -> Naming<'a> {
        let images = service.images.iter().filter_map(|image| Image::parse(image));
        let repositories = images.map(|image| image.home()).collect();
        Naming { service, repositories, others: BTreeSet::new() }
    }

    /// The reference, when it is an image of the service; what isn't is remembered for [`Naming::nowhere`].
    pub fn own(&mut self, reference: &str) -> Option<Image> {
        let image = Image::parse(reference)?;
        if self.repositories.contains(&image.home()) {
            return Some(image);
        }
        self.others.insert(image.short());
        None
    }

    /// The release that an image of the service is. `resolved` is the digest that its tag turned out to be.
    ///
    /// A digest decides over a tag, for a tag can be moved. Where one artifact was released twice (a release
    /// candidate that was promoted), the tag says as which.
    pub fn of_image(&self, image: &Image, resolved: Option<&str>) -> Result<Named, ImportError> {
        let digest = image.digest.as_deref().or(resolved);
        let tagged = image.tag.as_deref().map(|tag| self.of_tag(tag));
        let Some(digest) = digest else {
            return checked(tagged.unwrap_or_else(|| "latest".into()), None);
        };
        match (self.by_digest(digest, tagged.as_deref())?, tagged) {
            (Some(release), Some(tagged)) if *tagged != *release.version.text => {
                let version = &release.version.text;
                let note = format!(
                    "{} is tagged {tagged}, but its digest is that of {version}: the digest decides",
                    image.short()
                );
                checked(version.clone(), Some(note))
            }
            (Some(release), _) => checked(release.version.text.clone(), None),
            (None, Some(tagged)) => {
                let known = self.service.release(&tagged).is_some_and(|release| !release.digests.is_empty());
                let note = (known && image.digest.is_some()).then(|| {
                    format!("{tagged} runs with a digest that isn't among those registered for it: {digest}")
                });
                checked(tagged, note)
            }
            (None, None) => {
                let message =
                    format!("no release of `{}` has the digest {}", self.service.name, quoted(digest));
                let name = &self.service.name;
                let hint = format!(
                    "say which release it is: `holdpoint release add {name} VERSION --digest {}`",
                    shell_word(digest)
                );
                Err(ImportError::new(message, hint))
            }
        }
    }

    /// The release with this digest; of several, the one that is tagged. Both digests are in lower case.
    fn by_digest(&self, digest: &str, tagged: Option<&str>) -> Result<Option<&'a Release>, ImportError> {
        let found: Vec<&Release> = self.service.releases_with_digest(digest).collect();
        let is_tagged = |release: &&&Release| tagged == Some(&*release.version.text);
        match (&*found, found.iter().find(is_tagged)) {
            (_, Some(release)) => Ok(Some(release)),
            ([], None) => Ok(None),
            ([release], None) => Ok(Some(release)),
            (several, None) => {
                let versions: Vec<String> =
                    several.iter().map(|release| quoted(&release.version.text)).collect();
                let message = format!(
                    "the digest {} is that of {}, and no tag says which of them runs",
                    quoted(digest),
                    versions.join(" and ")
                );
                Err(ImportError::new(message, "say it by hand: `--running VERSION`"))
            }
        }
    }

    /// The registered release that a tag or a version of a chart means, else the tag as written.
    pub fn of_tag(&self, tag: &str) -> Box<str> {
        self.registered(tag).map_or_else(|| tag.into(), |release| release.version.text.clone())
    }

    /// The release that a tag or a commit means.
    pub fn registered(&self, tag: &str) -> Option<&'a Release> {
        self.service.release_tagged(tag)
    }

    /// The only release of a commit.
    pub fn by_commit(&self, text: &str) -> Option<&'a Release> {
        self.service.release_of_commit(text)
    }

    /// Nothing of the service was seen: which images were, and what decides.
    pub fn nowhere(&self, what: &str) -> ImportError {
        let name = &self.service.name;
        let mut seen: Vec<String> = self.others.iter().cloned().collect();
        // What resembles the service stands first, for it is likely the one.
        seen.sort_by_key(|image| !image.rsplit('/').next().is_some_and(|last| last.contains(name.as_str())));
        let likely = seen.first().cloned();
        let named: Vec<String> = seen.iter().take(LISTED).map(|image| quoted(image)).collect();
        let more = seen.len().saturating_sub(LISTED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = if seen.is_empty() {
            format!("{what} with an image of `{name}` in the document")
        } else {
            format!("{what} with an image of `{name}` in the document; seen were {}{more}", named.join(", "))
        };
        let mine: Vec<&str> = self.service.images.iter().map(|image| &**image).collect();
        let hint = match (&*mine, likely) {
            ([], Some(likely)) => format!(
                "`images` of the service decides, and it has none: add `images = [\"{likely}\"]` if that is it"
            ),
            ([], None) => {
                "`images` of the service decides, and it has none: say there how deployments name it".into()
            }
            (mine, _) => format!("`images` of the service decides; it says {}", listed(mine)),
        };
        ImportError::new(message, hint)
    }
}

/// A version must be one that the registry can hold.
pub(super) fn checked(version: Box<str>, note: Option<String>) -> Result<Named, ImportError> {
    match check_text(&version) {
        Ok(()) => Ok(Named { version, note }),
        Err(error) => Err(ImportError::new(
            format!("{} in the document is no version: {error}", quoted(&version)),
            "say what runs by hand: `--running VERSION`",
        )),
    }
}
