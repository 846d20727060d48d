//! Reading a registry in one state, while others write.
//!
//! A reader takes no lock, and reads one file after the other: an act of several files could come in between, and
//! half of it be seen. Such an act puts its journal into the registry's folder first, so the folder gives it away.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

use super::journal::JOURNAL;
use super::{DiskTree, holds};

/// How often is read again while others write without a pause; then what was read last has to do.
const TRIES: usize = 8;

/// Two changes of a folder within this time may look like one: the system's clock for files goes in steps.
const STEP: Duration = Duration::from_millis(10);

/// Reads what is below `root`, again if an act came in between.
pub fn steady<T>(root: &Path, read: impl Fn(&DiskTree) -> T) -> T {
    let mut tries = 0;
    loop {
        let before = Stamp::of(root);
        if before.is_young() {
            thread::sleep(STEP);
        }
        let seen = read(&DiskTree::new(root));
        tries += 1;
        if tries == TRIES || Stamp::of(root) == before {
            return seen;
        }
    }
}

/// What shows that an act was begun or done meanwhile.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    changed: Option<SystemTime>,
    journal: bool,
}

impl Stamp {
    fn of(root: &Path) -> Stamp {
        let changed = fs::metadata(root).and_then(|data| data.modified()).ok();
        Stamp { changed, journal: holds(root, JOURNAL) }
    }

    /// Whether another change may get the same time.
    fn is_young(&self) -> bool {
        self.changed.and_then(|changed| changed.elapsed().ok()).is_some_and(|age| age < STEP)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::disk::{Writer, apply};
    use crate::record::Writes;
    use crate::registry::{Changes, Tree};

    /// What is read of two files while somebody writes both, so often.
    fn seen(acts: usize) -> (usize, [Option<Vec<u8>>; 2]) {
        let root = tempfile::tempdir().unwrap();
        let (left, reads) = (Cell::new(acts), Cell::new(0));
        let act = || {
            let mut changes = Changes::new();
            for path in ["a", "s/b"] {
                changes.write(&DiskTree::new(root.path()), path, left.get().to_string()).unwrap();
            }
            apply(root.path(), Writes::unrecorded(&changes), &Writer::default(), &|_| ()).unwrap();
        };
        act();
        let found = steady(root.path(), |tree| {
            reads.set(reads.get() + 1);
            let a = tree.read("a").unwrap();
            if left.get() > 0 {
                left.set(left.get() - 1);
                act();
            }
            [a, tree.read("s/b").unwrap()]
        });
        (reads.get(), found)
    }

    #[test]
    fn no_half_of_an_act_is_seen() {
        assert_eq!(seen(0), (1, [Some(b"0".to_vec()), Some(b"0".to_vec())]), "nobody writes");
        assert_eq!(seen(3), (4, [Some(b"0".to_vec()), Some(b"0".to_vec())]));
        assert_eq!(seen(100).0, TRIES, "nobody waits for ever");
    }
}
