//! What is to be written: the files of a registry before and after, as values.
//!
//! Whatever changes a registry (an edit, a new file, a tidied order) says so with [`Changes`]: nothing is
//! written by whoever works them out, so every write can be shown first, counted, and tried again on a newer
//! state. Putting them on disk is the business of [`crate::disk`].

use std::collections::BTreeMap;

use crate::model::Time;
use crate::registry::{End, Tree, TreeError};

/// Files to write, by path inside the registry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    files: BTreeMap<String, Change>,
    held: BTreeMap<String, Option<Vec<u8>>>,
}

/// What becomes of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its bytes as they were read; None: there was no such file. Whoever writes holds them against what
    /// stands there then, so that nobody's work is overwritten.
    pub before: Option<Vec<u8>>,
    /// Its bytes to be; None: it is to be deleted.
    pub after: Option<Vec<u8>>,
}

impl Changes {
    /// No change yet.
    pub const fn new() -> Changes {
        Changes { files: BTreeMap::new(), held: BTreeMap::new() }
    }

    /// Makes `after` of a file, whose present bytes are looked up in `tree`.
    ///
    /// # Errors
    /// When what stands there can't be read.
    pub fn write(&mut self, tree: &dyn Tree, path: &str, after: impl Into<Vec<u8>>) -> Result<(), TreeError> {
        let before = tree.read(path)?;
        self.put(path, before, Some(after.into()));
        Ok(())
    }

    /// Makes `after` of a file that is known to be `before`. A second change of the same file goes on from
    /// the first.
    pub fn put(&mut self, path: &str, before: Option<Vec<u8>>, after: Option<Vec<u8>>) {
        let before = self.files.remove(path).map_or(before, |earlier| earlier.before);
        if before != after {
            self.files.insert(path.to_owned(), Change { before, after });
        }
    }

    /// Lets the changes stand only while a file is as it was read, though none of them touches it.
    pub fn hold(&mut self, path: &str, before: Option<Vec<u8>>) {
        self.held.insert(path.to_owned(), before);
    }

    /// The files that must be as they were read, with their bytes; None: there is no such file.
    pub fn held(&self) -> &BTreeMap<String, Option<Vec<u8>>> {
        &self.held
    }

    /// The files, in the order of their paths. None of them is without a change.
    pub fn files(&self) -> &BTreeMap<String, Change> {
        &self.files
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// A tree as it will be: another one, with changes laid over it.
#[derive(Clone, Copy)]
pub struct Changed<'a> {
    /// What is there.
    pub tree: &'a dyn Tree,
    /// What is to become of it.
    pub changes: &'a Changes,
}

impl Changed<'_> {
    /// What the changes put directly into a folder, and what they take out of it.
    fn beside<'c>(&'c self, folder: &str) -> impl Iterator<Item = (&'c str, bool, bool)> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self.changes.files.iter().filter_map(move |(path, change)| {
            let rest = path.strip_prefix(prefix.as_str())?;
            let (name, deeper) = rest.split_once('/').map_or((rest, false), |(name, _)| (name, true));
            Some((name, deeper, change.after.is_some()))
        })
    }
}

impl Tree for Changed<'_> {
    fn list(&self, folder: &str) -> Result<Option<Vec<crate::registry::Entry>>, TreeError> {
        use crate::registry::{Entry, EntryKind};
        let there = self.tree.list(folder)?;
        let is_there = there.is_some();
        let mut entries = there.unwrap_or_default();
        for (name, deeper, stays) in self.beside(folder) {
            let kind = if deeper { EntryKind::Folder } else { EntryKind::File };
            if !stays && !deeper {
                entries.retain(|entry| entry.name != name);
            } else if stays && entries.iter().all(|entry| entry.name != name) {
                entries.push(Entry { name: name.to_owned(), kind });
            }
        }
        entries.sort();
        Ok((is_there || !entries.is_empty()).then_some(entries))
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, TreeError> {
        match self.changes.files.get(path) {
            Some(change) => Ok(change.after.clone()),
            None => self.tree.read(path),
        }
    }

    fn read_end(&self, path: &str, at_most: usize) -> Result<Option<End>, TreeError> {
        let Some(change) = self.changes.files.get(path) else { return self.tree.read_end(path, at_most) };
        Ok(change.after.as_deref().map(|bytes| End::of(bytes, at_most)))
    }

    fn stream(&self, path: &str, take: &mut dyn FnMut(&[u8])) -> Result<bool, TreeError> {
        let Some(change) = self.changes.files().get(path) else { return self.tree.stream(path, take) };
        change.after.iter().for_each(|bytes| take(bytes));
        Ok(change.after.is_some())
    }

    fn has_folder(&self, path: &str) -> Result<bool, TreeError> {
        let made = self.beside(path).any(|(_, _, stays)| stays);
        if made { Ok(true) } else { self.tree.has_folder(path) }
    }

    fn is_link(&self, path: &str) -> Result<bool, TreeError> {
        let made = self.changes.files.get(path).is_some_and(|change| change.before.is_none());
        if made { Ok(false) } else { self.tree.is_link(path) }
    }

    fn merged_by(&self, path: &str, bytes: &[u8], until: Time) -> Option<String> {
        match self.changes.files.contains_key(path) {
            // What is changed here nobody has merged.
            true => None,
            false => self.tree.merged_by(path, bytes, until),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::MemoryTree;

    #[test]
    fn a_second_change_goes_on_from_the_first_and_no_change_is_none() {
        let mut changes = Changes::new();
        changes.put("a", Some(b"1".to_vec()), Some(b"2".to_vec()));
        changes.put("a", Some(b"2".to_vec()), Some(b"3".to_vec()));
        assert_eq!(changes.files()["a"], Change { before: Some(b"1".to_vec()), after: Some(b"3".to_vec()) });
        changes.put("a", None, Some(b"1".to_vec()));
        changes.put("b", None, None);
        assert!(changes.is_empty(), "{changes:?}");
    }

    #[test]
    fn a_changed_tree_shows_what_will_be() {
        let tree: MemoryTree = [("a/x", "1"), ("a/y", "2"), ("b", "3")].into_iter().collect();
        let mut changes = Changes::new();
        changes.write(&tree, "a/z/new", "4").unwrap();
        changes.put("a/y", Some(b"2".to_vec()), None);
        changes.write(&tree, "b", "5").unwrap();
        let changed = Changed { tree: &tree, changes: &changes };
        let names = |folder: &str| {
            let list = changed.list(folder).unwrap();
            list.map(|list| list.into_iter().map(|entry| entry.name).collect::<Vec<_>>())
        };
        assert_eq!(names("a").unwrap(), ["x", "z"]);
        assert_eq!(
            (names("").unwrap(), names("a/z").unwrap()),
            (vec!["a".into(), "b".into()], vec!["new".into()])
        );
        assert_eq!(names("c"), None);
        assert_eq!(
            (changed.read("b").unwrap().unwrap(), changed.read("a/y").unwrap()),
            (b"5".to_vec(), None)
        );
        assert!(changed.has_folder("a/z").unwrap() && !changed.has_folder("a/q").unwrap());
    }
}
