//! A tree that doesn't change while it is looked at.
//!
//! An act reads a registry several times: to load it, to find where to write, to edit. Somebody else may write
//! in between, and what was worked out from two states at once would be wrong in both. So an act reads through a
//! [`Snapshot`]: what was read once is what stays.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::model::Time;
use crate::registry::{End, Entry, Tree, TreeError};

type Remembered<T> = RefCell<BTreeMap<String, Result<T, TreeError>>>;

/// A tree whose files and folders are read once each.
pub struct Snapshot<'a> {
    tree: &'a dyn Tree,
    files: Remembered<Option<Vec<u8>>>,
    lists: Remembered<Option<Vec<Entry>>>,
}

impl<'a> Snapshot<'a> {
    /// Of this tree, nothing of which is read yet.
    pub fn new(tree: &'a dyn Tree) -> Snapshot<'a> {
        Snapshot { tree, files: RefCell::default(), lists: RefCell::default() }
    }
}

impl Tree for Snapshot<'_> {
    fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, TreeError> {
        once(&self.lists, folder, || self.tree.list(folder))
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, TreeError> {
        once(&self.files, path, || self.tree.read(path))
    }

    // The end of what grows at its end; whoever writes looks at it again.
    fn read_end(&self, path: &str, at_most: usize) -> Result<Option<End>, TreeError> {
        self.tree.read_end(path, at_most)
    }

    // What is read piece by piece is too large to be remembered.
    fn stream(&self, path: &str, take: &mut dyn FnMut(&[u8])) -> Result<bool, TreeError> {
        self.tree.stream(path, take)
    }

    fn has_folder(&self, path: &str) -> Result<bool, TreeError> {
        self.tree.has_folder(path)
    }

    fn is_link(&self, path: &str) -> Result<bool, TreeError> {
        self.tree.is_link(path)
    }

    fn merged_by(&self, path: &str, bytes: &[u8], until: Time) -> Option<String> {
        self.tree.merged_by(path, bytes, until)
    }
}

fn once<T: Clone>(
    known: &Remembered<T>,
    path: &str,
    read: impl FnOnce() -> Result<T, TreeError>,
) -> Result<T, TreeError> {
    if let Some(known) = known.borrow().get(path) {
        return known.clone();
    }
    let answer = read();
    known.borrow_mut().insert(path.to_owned(), answer.clone());
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// A file that says something else each time.
    #[derive(Default)]
    struct Restless(Cell<u8>);

    impl Tree for Restless {
        fn list(&self, _: &str) -> Result<Option<Vec<Entry>>, TreeError> {
            Ok(None)
        }

        fn read(&self, _: &str) -> Result<Option<Vec<u8>>, TreeError> {
            self.0.set(self.0.get() + 1);
            Ok(Some(vec![self.0.get()]))
        }

        fn has_folder(&self, _: &str) -> Result<bool, TreeError> {
            Ok(false)
        }
    }

    #[test]
    fn what_was_read_once_stays() {
        let restless = Restless::default();
        let snapshot = Snapshot::new(&restless);
        let first = snapshot.read("a").unwrap();
        assert_eq!(snapshot.read("a").unwrap(), first);
        assert_ne!(snapshot.read("b").unwrap(), first);
    }
}
