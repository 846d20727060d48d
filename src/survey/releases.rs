//! What was done to the releases of a service: registered, withdrawn, thrown away.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{
    Change, RELEASE_CHANGED, RELEASE_DELETED, RELEASE_NEW, RELEASE_RESTORED, RELEASE_WITHDRAWN,
};
use super::compare::Side;
use super::flags::some;
use crate::model::Release;

type Releases<'a> = BTreeMap<&'a str, &'a Release>;

/// The changes of a service's releases.
pub(super) fn find(before: Side<'_>, after: Side<'_>) -> Vec<Change> {
    let (old, new) = (releases(before), releases(after));
    let mut found = Vec::new();
    for (version, release) in &old {
        let Some(now) = new.get(version) else {
            let message = format!("release {version} was deleted");
            found.push(
                Change::new(&RELEASE_DELETED, *version, message).at(&before.registry.sources, release.origin),
            );
            continue;
        };
        let at = |change: Change| change.at(&after.registry.sources, now.origin);
        found.extend(withdrawn(release, now).map(at));
        let differs = differs(release, now);
        if !differs.is_empty() {
            let message = format!("release {version} says something else: {}", differs.join(", "));
            found.push(at(Change::new(&RELEASE_CHANGED, *version, message)));
        }
    }
    found.extend(
        registered(&old, &new).map(|change| change.at(&after.registry.sources, after.service.origin)),
    );
    found
}

fn releases(side: Side<'_>) -> Releases<'_> {
    side.service.releases.iter().map(|release| (&*release.version.text, release)).collect()
}

/// The new ones, told together.
fn registered(old: &Releases<'_>, new: &Releases<'_>) -> Option<Change> {
    let came: BTreeSet<&str> = new.keys().copied().filter(|version| !old.contains_key(version)).collect();
    let words = match came.len() {
        0 => return None,
        1 => format!("release {} was registered", some(&came)),
        count => format!("{count} releases were registered: {}", some(&came)),
    };
    Some(Change::new(&RELEASE_NEW, came.iter().next().copied().unwrap_or_default(), words))
}

fn withdrawn(old: &Release, new: &Release) -> Option<Change> {
    let version = &*new.version.text;
    match (&old.withdrawn, &new.withdrawn) {
        (None, Some(now)) => {
            let by = now.by.as_deref().map_or(String::new(), |by| format!("by {by}: "));
            let change = Change::new(&RELEASE_WITHDRAWN, version, format!("release {version} was withdrawn"));
            Some(change.by(Some(format!("{by}{}", now.reason))))
        }
        (Some(_), None) => {
            let message = format!("release {version} is no longer withdrawn");
            Some(Change::new(&RELEASE_RESTORED, version, message))
        }
        _ => None,
    }
}

fn differs(old: &Release, new: &Release) -> Vec<&'static str> {
    [
        ("digests", old.digests != new.digests),
        ("tags", old.tags != new.tags),
        ("commit", old.commit != new.commit),
        ("released", old.released != new.released),
        ("sbom", old.sbom != new.sbom),
    ]
    .into_iter()
    .filter(|(_, differs)| *differs)
    .map(|(key, _)| key)
    .collect()
}
