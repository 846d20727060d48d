//! The files of both sides, changed ones and those around them. What others are understood by is parsed once.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::gate::node::Node;
use crate::gate::yaml::{self, YamlError};
use crate::gate::{Around, Change, Side, Spot, Unreadable};

/// The documents of a file, or why it has none.
pub(super) type Documents = Rc<Result<Vec<Rc<Node>>, YamlError>>;

pub(super) struct Files<'a> {
    changes: HashMap<&'a str, &'a Change>,
    around: &'a dyn Around,
    listed: [OnceCell<BTreeSet<String>>; 2],
    parsed: RefCell<HashMap<(Side, String), Option<Documents>>>,
    failed: RefCell<Vec<Unreadable>>,
}

impl<'a> Files<'a> {
    pub fn new(changes: &'a [Change], around: &'a dyn Around) -> Files<'a> {
        let changes = changes.iter().map(|change| (change.path.as_str(), change)).collect();
        let listed = [OnceCell::new(), OnceCell::new()];
        Files { changes, around, listed, parsed: RefCell::default(), failed: RefCell::default() }
    }

    /// Whether the change touches a path.
    pub fn is_changed(&self, path: &str) -> bool {
        self.changes.contains_key(path)
    }

    /// The bytes of a file of one side. What can't be read is kept for [`Files::failed`].
    pub fn bytes(&self, side: Side, path: &str) -> Option<Cow<'a, [u8]>> {
        if let Some(change) = self.changes.get(path) {
            return change.on(side).map(Cow::Borrowed);
        }
        let read = self.around.read(side, path);
        read.unwrap_or_else(|why| self.fail(side, path, why)).map(Cow::Owned)
    }

    /// The documents of a file of YAML that others are understood by: they are kept. None: there is no such file.
    pub fn documents(&self, side: Side, path: &str) -> Option<Documents> {
        let key = (side, path.to_owned());
        if let Some(known) = self.parsed.borrow().get(&key) {
            return known.clone();
        }
        let documents = self.bytes(side, path).map(|bytes| Rc::new(yaml::read(&bytes)));
        self.parsed.borrow_mut().insert(key, documents.clone());
        documents
    }

    /// The only document of a file that can be read.
    pub fn document(&self, side: Side, path: &str) -> Option<Rc<Node>> {
        self.documents(side, path)?.as_ref().as_ref().ok()?.first().cloned()
    }

    /// The paths of all files of one side that are there.
    pub fn paths(&self, side: Side) -> &BTreeSet<String> {
        self.listed[usize::from(side == Side::Head)].get_or_init(|| {
            let around = self.around.paths(side);
            let around = around.unwrap_or_else(|why| self.fail(side, ".", why).unwrap_or_default());
            let mut paths: BTreeSet<String> =
                around.into_iter().filter(|path| !self.is_changed(path)).collect();
            let changed = self.changes.values().filter(|change| change.on(side).is_some());
            paths.extend(changed.map(|change| change.path.clone()));
            paths
        })
    }

    /// What couldn't be read.
    pub fn failed(self) -> Vec<Unreadable> {
        self.failed.into_inner()
    }

    fn fail<T>(&self, side: Side, path: &str, why: String) -> Option<T> {
        let spot = Spot::new(path, 1);
        self.failed.borrow_mut().push(Unreadable { spot, side, why, hint: None });
        None
    }
}

/// The folder of a path; that of a name alone is `""`.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The name at the end of a path.
pub(super) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A path as seen from a folder: `../base` from `overlays/prod` is `overlays/base`. None: it leads out of the tree,
/// or is none, such as an address.
pub(super) fn joined(folder: &str, path: &str) -> Option<String> {
    if path.contains("://") || path.starts_with('/') || path.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folders that a path is in, nearest first, the root (`""`) last.
pub(super) fn folders(path: &str) -> impl Iterator<Item = &str> {
    let mut at = Some(path);
    std::iter::from_fn(move || {
        let here = at?;
        let up = (!here.is_empty()).then(|| folder(here));
        at = up;
        up
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Nothing;

    #[test]
    fn paths_are_joined_and_walked_up() {
        for (from, path, want) in [
            ("overlays/prod", "../../base", Some("base")),
            ("overlays/prod", "./a.yaml", Some("overlays/prod/a.yaml")),
            ("", "a//b/", Some("a/b")),
            ("a", "../..", None),
            ("a", "https://example.com/x", None),
            ("a", "/etc", None),
        ] {
            assert_eq!(joined(from, path).as_deref(), want, "{from} {path}");
        }
        assert_eq!(folders("a/b/c.yaml").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(folders("c.yaml").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn a_changed_file_is_never_read_from_around() {
        let changes = [Change { path: "a.yaml".into(), base: None, head: Some(b"x: 1".to_vec()) }];
        let files = Files::new(&changes, &Nothing);
        assert!(files.bytes(Side::Base, "a.yaml").is_none() && files.bytes(Side::Head, "a.yaml").is_some());
        assert!(files.paths(Side::Base).is_empty());
        assert_eq!(files.paths(Side::Head).iter().collect::<Vec<_>>(), ["a.yaml"]);
    }
}
