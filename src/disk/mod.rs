//! The door to the disk: a folder as a [`Tree`], the search for the registry upwards, and writing.
//!
//! [`DiskTree`] reads: the folder as it stands there (`bare.rs`), with an act that was committed and cut short
//! laid over it (`laid.rs`); [`steady`] reads all of it in one state. [`apply`] writes: what an act changes and what
//! it says for the record, all of it or nothing (`apply.rs`, `work.rs`), with every step through [`Hands`]. What a
//! crash has left, the next writer brings to its end, and [`put_aside_journal`] and [`put_aside_torn`] move out of
//! the way what can't be.

#![expect(clippy::disallowed_methods, reason = "this is the door to the disk")]

use std::cell::OnceCell;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

mod append;
mod apply;
mod bare;
mod fit;
#[cfg(unix)]
mod handle;
mod hands;
mod journal;
mod laid;
mod lock;
mod make;
mod move_lock;
#[cfg(not(unix))]
mod path;
mod repair;
mod steady;
mod torn;
mod work;
mod writer;

pub use append::append;
pub use apply::{ApplyError, Note, apply, apply_with};
pub use hands::{Hands, OwnHands};
pub use journal::JOURNAL;
pub use lock::{LOCK, PublishLock};
pub use make::{make, make_with, whereabouts};
pub use move_lock::{Holder, MoveLock, MoveLockError};
pub use repair::{Settled, put_aside_journal, put_aside_torn};
pub use steady::steady;
pub use torn::Aside;
pub use writer::{Writer, Writing};

use bare::Bare;
use laid::{Laid, Layers};

use crate::registry::{End, Entry, Tree, TreeError};

/// The name of a registry's main file.
pub const MAIN_FILE: &str = "holdpoint.toml";

/// The nearest folder from `start` upwards that holds `holdpoint.toml`, or is about to.
///
/// A place that can't be looked at counts as one: going on would take a farther registry for the nearest.
pub fn find_registry(start: &Path) -> Option<PathBuf> {
    let holds = |folder: &&Path| [MAIN_FILE, JOURNAL].iter().any(|name| holds(folder, name));
    start.ancestors().find(holds).map(Path::to_path_buf)
}

fn holds(folder: &Path, name: &str) -> bool {
    match fs::symlink_metadata(folder.join(name)) {
        Ok(_) => true,
        Err(error) => !is_absent(&error),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// A folder on disk. An act that was committed and not brought to its end is seen as done.
#[derive(Debug)]
pub struct DiskTree {
    bare: Bare,
    laid: OnceCell<Laid>,
}

impl DiskTree {
    /// The tree below `root`.
    pub fn new(root: impl Into<PathBuf>) -> DiskTree {
        DiskTree { bare: Bare::new(root), laid: OnceCell::new() }
    }

    fn layers(&self) -> Layers<'_> {
        Layers { tree: &self.bare, laid: self.laid.get_or_init(|| Laid::look(&self.bare)) }
    }
}

impl Tree for DiskTree {
    fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, TreeError> {
        self.layers().list(folder)
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, TreeError> {
        self.layers().read(path)
    }

    fn read_end(&self, path: &str, at_most: usize) -> Result<Option<End>, TreeError> {
        self.layers().read_end(path, at_most)
    }

    fn stream(&self, path: &str, take: &mut dyn FnMut(&[u8])) -> Result<bool, TreeError> {
        self.layers().stream(path, take)
    }

    fn has_folder(&self, path: &str) -> Result<bool, TreeError> {
        self.layers().has_folder(path)
    }

    fn is_link(&self, path: &str) -> Result<bool, TreeError> {
        self.layers().is_link(path)
    }
}

/// The system's words without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

#[cfg(test)]
mod tests;
