//! Where something stands that the model knows without its place, or not at all for the service that is asked about.

use crate::model::{FlagKind, Id, Name, Origin, Sources};
use crate::registry::document;
use crate::registry::edit::path::Path;
use crate::registry::{EntryKind, Place, Tree, TreeError};

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

/// A flag that stands where several services may be named: in the main file, or in one of the two shared folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedFlag {
    /// The file.
    pub file: String,
    /// Advisory or instability.
    pub kind: FlagKind,
    /// Its id, as written.
    pub id: Id,
    /// The services that it names, in its order. None of them: it speaks of all.
    pub services: Vec<Name>,
}

/// The flags with this id, case ignored, that stand where several services may be named, whichever they name.
///
/// # Errors
/// When something can't be read. What can't be parsed is passed over: the loader is who refuses it.
pub fn shared_flags(tree: &dyn Tree, main: &str, id: &Id) -> Result<Vec<SharedFlag>, TreeError> {
    let mut found = Vec::new();
    in_file(tree, main, id, &mut found)?;
    for folder in ["advisories", "instabilities"] {
        for entry in tree.list(folder)?.unwrap_or_default() {
            let stem = entry.name.strip_suffix(".toml");
            if entry.kind == EntryKind::File
                && stem.is_some_and(|stem| stem.eq_ignore_ascii_case(id.as_str()))
            {
                in_file(tree, &format!("{folder}/{}", entry.name), id, &mut found)?;
            }
        }
    }
    Ok(found)
}

fn in_file(tree: &dyn Tree, file: &str, id: &Id, found: &mut Vec<SharedFlag>) -> Result<(), TreeError> {
    let text = String::from_utf8(tree.read(file)?.unwrap_or_default()).unwrap_or_default();
    let (root, _) = document::parse(&text, &mut Vec::new());
    for kind in [FlagKind::Advisory, FlagKind::Instability] {
        let Some(flags) = root.get(kind.word()).and_then(|node| node.as_table()) else { continue };
        let same = flags.entries().iter().filter(|(key, _)| key.text.eq_ignore_ascii_case(id.as_str()));
        found.extend(same.filter_map(|(key, node)| {
            let id = Id::new(&key.text).ok()?;
            Some(SharedFlag { file: file.to_owned(), kind, id, services: services(node) })
        }));
    }
    Ok(())
}

fn services(flag: &document::Node<'_>) -> Vec<Name> {
    let entries = flag.as_table().and_then(|flag| flag.get("affects")).and_then(|affects| affects.as_array());
    let name = |entry: &document::Node<'_>| Name::new(entry.as_table()?.get("service")?.as_str()?).ok();
    entries.unwrap_or_default().iter().filter_map(name).collect()
}

/// The position in a flag's `affects` of the entry that begins at this offset of a text.
pub(super) fn entry_at(root: &document::Map<'_>, flag: &Path, offset: usize) -> Option<usize> {
    let entries = flag.key("affects").find(root)?.node?;
    entries.as_array()?.iter().position(|entry| entry.span().start == offset)
}
