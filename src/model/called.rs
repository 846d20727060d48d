//! Which release of a service a tag, a commit or a digest means: deployments rarely write a version as the registry
//! does.

use crate::model::{Release, Service};

/// The shortest stretch of a commit that a tag may name it by.
const SHORT_COMMIT: usize = 7;

impl Service {
    /// The release whose version is written so, with or without a `v`, `+` as `_`; or whose commit it names.
    pub fn release_tagged(&self, tag: &str) -> Option<&Release> {
        let alike = || self.releases.iter().find(|release| is_same_tag(&release.version.text, tag));
        self.release(tag).or_else(alike).or_else(|| self.release_of_commit(tag))
    }

    /// The only release of a commit, which may be shortened, and be called `sha-…` as some builds do.
    pub fn release_of_commit(&self, text: &str) -> Option<&Release> {
        let commit = text.strip_prefix("sha-").unwrap_or(text).to_ascii_lowercase();
        let hex =
            |text: &str| text.len() >= SHORT_COMMIT && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hex(&commit) {
            return None;
        }
        let is = |release: &&Release| {
            release.commit.as_deref().is_some_and(|other| {
                let other = other.to_ascii_lowercase();
                hex(&other) && (other.starts_with(&commit) || commit.starts_with(&other))
            })
        };
        let mut found = self.releases.iter().filter(is);
        found.next().filter(|_| found.next().is_none())
    }

    /// The releases that have this digest, given in lower case: one artifact may be released twice.
    pub fn releases_with_digest<'s, 'd>(
        &'s self,
        digest: &'d str,
    ) -> impl Iterator<Item = &'s Release> + use<'s, 'd> {
        self.releases.iter().filter(move |release| release.digests.iter().any(|other| **other == *digest))
    }
}

/// Whether two texts are the same version but for a leading `v` and for `+`, which a tag writes as `_`.
pub fn is_same_tag(one: &str, other: &str) -> bool {
    let bare = |text: &str| text.strip_prefix('v').unwrap_or(text).replace('+', "_");
    one == other || bare(one) == bare(other)
}
