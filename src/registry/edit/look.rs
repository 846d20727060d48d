//! Where in a text something stands that the model knows without its place.

use crate::model::{Name, Origin, Sources};
use crate::registry::Place;
use crate::registry::document;
use crate::registry::edit::path::Path;

/// Where a key of a release stands: its value. None: it has no such key, or the release isn't there.
pub fn place_of_release_key(
    sources: &Sources,
    service: &Name,
    release: Origin,
    version: &str,
    key: &str,
) -> Option<Place> {
    let (root, _) = document::parse(&sources.file(release.file)?.text, &mut Vec::new());
    let list = Path::of(["service", service.as_str(), "release"]).find(&root)?.node?;
    let is_it =
        |table: &&document::Map<'_>| table.get("version").and_then(|node| node.as_str()) == Some(version);
    let table = list.as_array()?.iter().filter_map(|node| node.as_table()).find(is_it)?;
    Some(Place::new(release.file, table.get(key)?.span()))
}
