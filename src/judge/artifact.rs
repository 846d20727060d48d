//! Whether the artifact that a deployment names by its digest is the release that is said.

use crate::judge::scene::Scene;
use crate::judge::weigh::Step;
use crate::judge::{Along, Artifact, Finding};
use crate::model::{Release, Version};

pub(super) fn find<'a>(scene: &Scene<'a>, step: &Step<'a>, along: &Along) -> Option<Finding<'a>> {
    let artifact = along.artifact.as_ref()?;
    let seen = |release: &&'a Release| scene.moment.sees_opt(release.released);
    let of: Vec<&'a Release> = scene.service.releases_with_digest(&artifact.digest).filter(seen).collect();
    let said = said(scene, step, artifact)?;
    if of.iter().any(|release| *release.version.text == *said) {
        return None;
    }
    let registered = scene.service.release(&said).filter(seen);
    // Of a release without digests nobody can tell.
    let is_other = !of.is_empty() || registered.is_some_and(|release| !release.digests.is_empty());
    is_other.then(|| Finding::DigestMismatch { digest: artifact.digest.clone(), said, of })
}

/// The release that is said beside the digest: by the tag, else where the move goes. None: the tag is a word that
/// moves, such as `latest`, and says no release.
fn said(scene: &Scene<'_>, step: &Step<'_>, artifact: &Artifact) -> Option<Box<str>> {
    let Some(tag) = &artifact.tag else { return Some(step.to.version.text.clone()) };
    if let Some(release) = scene.service.release_tagged(tag) {
        return Some(release.version.text.clone());
    }
    let version = Version::new(tag, &scene.service.scale);
    version.place.is_some().then_some(version.text)
}
