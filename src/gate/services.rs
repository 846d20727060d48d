//! Whose version a sighting is, and which release that is.

use std::collections::BTreeMap;

use crate::gate::{Said, Sighting, Subject};
use crate::model::{Image, Name, Registry, Service, is_same_tag};

/// The services of a registry, by what deployments call them.
pub(super) struct Services<'r> {
    registry: &'r Registry,
    by_image: BTreeMap<String, Vec<&'r Name>>,
}

impl<'r> Services<'r> {
    pub fn of(registry: &'r Registry) -> Services<'r> {
        let mut by_image: BTreeMap<String, Vec<&Name>> = BTreeMap::new();
        for service in registry.services.values() {
            for image in &service.images {
                // Charts are kept under addresses of the same form.
                let bare = image.split_once("://").map_or(&**image, |(_, rest)| rest);
                let Some(image) = Image::parse(bare) else { continue };
                let names = by_image.entry(image.home()).or_default();
                if !names.contains(&&service.name) {
                    names.push(&service.name);
                }
            }
        }
        Services { registry, by_image }
    }

    pub fn get(&self, name: &Name) -> Option<&'r Service> {
        self.registry.services.get(name)
    }

    /// The services that a sighting is of: none that is known, one, or several that share an image.
    pub fn of_sighting(&self, sighting: &Sighting) -> Vec<&'r Name> {
        match &sighting.subject {
            Subject::Image(repository) => self.of_image(repository),
            Subject::Named(names) => {
                names.iter().map(|name| self.named(name)).find(|found| !found.is_empty()).unwrap_or_default()
            }
        }
    }

    fn of_image(&self, repository: &str) -> Vec<&'r Name> {
        // The host may be filled in elsewhere: then the path alone tells.
        let open = ["${", "$(", "{{"].iter().any(|mark| repository.starts_with(mark));
        let path = repository.split_once('/').map(|(_, path)| format!("/{path}"));
        match path.filter(|_| open) {
            Some(path) => {
                let ends = self.by_image.iter().filter(|(home, _)| home.ends_with(&path));
                ends.flat_map(|(_, names)| names.iter().copied()).collect()
            }
            None => Image::parse(repository)
                .and_then(|image| self.by_image.get(&image.home()).cloned())
                .unwrap_or_default(),
        }
    }

    /// A name is a service's, or what it says among its images.
    fn named(&self, text: &str) -> Vec<&'r Name> {
        let found = Image::parse(text)
            .filter(|_| text.contains('/'))
            .and_then(|image| self.by_image.get(&image.home()));
        let service =
            || self.registry.services.get_key_value(text).map(|(name, _)| name).into_iter().collect();
        found.cloned().unwrap_or_else(service)
    }
}

/// What a sighting says of a service's version.
pub(super) fn said(sighting: &Sighting, service: &Service) -> Said {
    let text = sighting.tag.as_deref();
    let tagged = text.map(|tag| of_tag(tag, service));
    let digested: Vec<Box<str>> = sighting
        .digest
        .iter()
        .flat_map(|digest| service.releases_with_digest(digest))
        .map(|release| release.version.text.clone())
        .collect();
    // Where one artifact was released twice, the tag says as which.
    let agreed = tagged.as_ref().filter(|tagged| digested.is_empty() || digested.contains(tagged));
    let digest = || sighting.digest.as_deref().map(Box::from);
    let version = agreed.or(digested.first()).cloned().or_else(digest).unwrap_or_else(|| "latest".into());
    Said {
        version,
        tag: text.map(Box::from),
        digest: sighting.digest.as_deref().map(Box::from),
        tagged,
        digested,
        unresolved: sighting.unresolved,
    }
}

/// The release that a tag names, else the tag; with `+` for `_` where only that can be placed.
fn of_tag(tag: &str, service: &Service) -> Box<str> {
    if let Some(release) = service.release_tagged(tag) {
        return release.version.text.clone();
    }
    let plus = tag.replace('_', "+");
    let placed = |text: &str| service.scale.place(text).is_some();
    if !placed(tag) && placed(&plus) { plus.into() } else { tag.into() }
}

/// Whether what is said on the two sides is the same to who runs it.
pub(super) fn is_same(base: &Said, head: &Said, service: &Service) -> bool {
    if base.tag == head.tag && base.digest == head.digest {
        return true;
    }
    let other_artifact = || {
        let registered = service.release(&head.version).is_some_and(|release| !release.digests.is_empty());
        head.digest.is_some() && head.digested.is_empty() && registered && base.digest != head.digest
    };
    is_same_tag(&base.version, &head.version) && !head.disagrees() && !other_artifact()
}
