//! What a flag hits among the releases of a service, wherever; and whether it could hit less than before.

use std::collections::BTreeSet;
use std::ops::Bound;

use crate::model::{Affects, Flag, Name, Service, Version};
use crate::version::{Place, Ranges};

/// What a flag hits: a release by its version, and an environment; None: everywhere.
pub(super) type Hits<'a> = BTreeSet<(&'a str, Option<&'a Name>)>;

/// The versions that are known of a service: registered, running, or of the past.
pub(super) fn versions(service: &Service) -> BTreeSet<&str> {
    let registered = service.releases.iter().map(|release| &release.version);
    let running = service.running.values().flatten();
    let ran = service.ran.iter().map(|ran| &ran.version);
    registered.chain(running).chain(ran).map(|version| &*version.text).collect()
}

/// What of a flag speaks of a service.
pub(super) fn entries<'a>(flag: &'a Flag, service: &Service) -> impl Iterator<Item = &'a Affects> {
    let name = service.name.clone();
    flag.affects.iter().filter(move |affects| affects.scope.covers(&name))
}

/// What a flag hits of these versions. What can't be told counts as a hit: the judge doesn't let it pass either.
pub(super) fn hits<'a>(flag: &'a Flag, service: &Service, versions: &BTreeSet<&'a str>) -> Hits<'a> {
    let mut hits = Hits::new();
    for text in versions {
        let release = service.release(text);
        let version = release.map_or_else(|| Version::new(text, &service.scale), |of| of.version.clone());
        for affects in entries(flag, service).filter(|one| one.hits(&version, release) != Some(false)) {
            match &affects.environments[..] {
                [] => _ = hits.insert((text, None)),
                named => hits.extend(named.iter().map(|name| (*text, Some(name)))),
            }
        }
    }
    hits
}

/// What is in the first and not covered by the second.
pub(super) fn missing<'a>(of: &Hits<'a>, there: &Hits<'a>) -> BTreeSet<&'a str> {
    let missing = of.iter().filter(|(version, environment)| {
        !there.contains(&(version, None)) && !there.contains(&(version, *environment))
    });
    missing.map(|(version, _)| *version).collect()
}

/// Whether the entries of a flag on a service surely hold, for releases to come as well, all that they held before.
pub(super) fn holds_all(before: (&Flag, &Service), after: (&Flag, &Service)) -> bool {
    let after: Vec<&Affects> = entries(after.0, after.1).collect();
    entries(before.0, before.1).all(|old| after.iter().any(|new| holds(old, new)))
}

fn holds(old: &Affects, new: &Affects) -> bool {
    let environments = new.environments.is_empty()
        || !old.environments.is_empty()
            && old.environments.iter().all(|name| new.environments.contains(name));
    let tag = new.tag.is_none() || new.tag == old.tag;
    let digests = new.digests.is_empty()
        || !old.digests.is_empty() && old.digests.iter().all(|digest| new.digests.contains(digest));
    let versions = within(old.versions.as_ref(), new.versions.as_ref());
    let spares = match (&new.except, &old.except) {
        (None, _) => true,
        (Some(new), Some(old)) => within(Some(new), Some(old)),
        (Some(_), None) => false,
    };
    environments && tag && digests && versions && spares
}

/// Whether some ranges surely lie within others, each in one of them; no ranges are all versions.
fn within(inner: Option<&Ranges>, outer: Option<&Ranges>) -> bool {
    let Some(outer) = outer else { return true };
    let Some(inner) = inner else { return false };
    inner == outer
        || inner
            .intervals()
            .all(|one| outer.intervals().any(|other| begins(one.0, other.0) && ends(one.1, other.1)))
            && inner.intervals().count() > 0
            && !has_exact(outer)
}

/// Whether ranges name a version as written, which holds less than the point where it stands.
fn has_exact(ranges: &Ranges) -> bool {
    ranges.alternatives().any(|one| {
        let text = one.to_string();
        text != "*" && !text.starts_with(['<', '>', '='])
    })
}

/// Whether an interval that begins at `inner` begins no earlier than one that begins at `outer`.
fn begins(inner: Bound<&Place>, outer: Bound<&Place>) -> bool {
    match (inner, outer) {
        (_, Bound::Unbounded) => true,
        (Bound::Unbounded, _) => false,
        (Bound::Excluded(inner), Bound::Excluded(outer) | Bound::Included(outer)) => outer <= inner,
        (Bound::Included(inner), Bound::Included(outer)) => outer <= inner,
        (Bound::Included(inner), Bound::Excluded(outer)) => outer < inner,
    }
}

/// Whether an interval that ends at `inner` ends no later than one that ends at `outer`.
fn ends(inner: Bound<&Place>, outer: Bound<&Place>) -> bool {
    match (inner, outer) {
        (_, Bound::Unbounded) => true,
        (Bound::Unbounded, _) => false,
        (Bound::Excluded(inner), Bound::Excluded(outer) | Bound::Included(outer)) => inner <= outer,
        (Bound::Included(inner), Bound::Included(outer)) => inner <= outer,
        (Bound::Included(inner), Bound::Excluded(outer)) => inner < outer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::{Order, Scale};

    #[test]
    fn ranges_lie_within_others() {
        let semver = Scale::new(Order::Semver);
        let ranges = |texts: &str| Ranges::parse(texts.split('|'), &semver).unwrap();
        for (inner, outer, yes) in [
            ("<2", "<2", true),
            ("<2", "<3", true),
            ("<2", "<=2", true),
            ("<=2", "<2", false),
            ("<2", "*", true),
            ("*", "<2", false),
            (">=1, <2", "<3", true),
            (">1, <2", ">=1, <2", true),
            (">=1, <2", ">1, <2", false),
            ("<1|>=3", "<2|>=3", true),
            ("<1|>=3", "<2", false),
            ("1.5", ">=1, <2", true),
        ] {
            assert_eq!(within(Some(&ranges(inner)), Some(&ranges(outer))), yes, "{inner} in {outer}");
        }
        assert!(within(Some(&ranges("<1")), None) && !within(None, Some(&ranges("<1"))));
        let exact = Ranges::parse_except(["1.5"], &semver).unwrap();
        assert!(!within(Some(&ranges("=1.5")), Some(&exact)) && within(Some(&exact), Some(&exact)));
    }
}
