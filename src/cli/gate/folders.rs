//! Two folders of rendered manifests as the two trees of a change.

#![expect(clippy::disallowed_methods, reason = "a door: it reads the folders")]

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::revisions::Differences;
use crate::cli::failure::Complaint;
use crate::disk::reason;
use crate::gate::{Around, Change, Hint, Side, Spot, Unreadable, is_read};
use crate::model::Gate;
use crate::registry::MAX_FILE;

/// The folders that are compared.
#[derive(Debug)]
pub(super) struct Folders {
    base: Folder,
    head: Folder,
}

#[derive(Debug)]
struct Folder {
    root: PathBuf,
    /// Every file below it, with `/` between the parts.
    files: BTreeSet<String>,
    /// The links to folders, which nobody follows.
    links: BTreeSet<String>,
}

impl Folders {
    /// Lists both.
    ///
    /// # Errors
    /// When one of them isn't there.
    pub fn open(base: &str, head: &str) -> Result<Folders> {
        let folder = |path: &str| {
            let root = PathBuf::from(path);
            let mut found = Folder { root: root.clone(), files: BTreeSet::new(), links: BTreeSet::new() };
            walk(&root, "", &mut found).map_err(|error| {
                let message = format!("the folder `{path}` can't be read: {}", reason(&error));
                Complaint::unjudged(message, Some("name two folders of rendered manifests".into()))
            })?;
            anyhow::Ok(found)
        };
        Ok(Folders { base: folder(base)?, head: folder(head)? })
    }

    /// What differs, as far as these settings look at it.
    pub fn differences(&self, gate: &Gate) -> Differences {
        let mut out = Differences::default();
        let said = |path: &String| Hint {
            text: format!("what {path} leads to isn't looked at: it is a link to a folder"),
            spot: None,
        };
        out.hints.extend(self.head.links.iter().map(said));
        for path in self.base.files.union(&self.head.files).filter(|path| is_read(gate, path)) {
            let mut side = |side: Side| {
                let read = self.on(side).read(path);
                read.unwrap_or_else(|why| {
                    let (spot, hint) = (Spot::new(path.clone(), 1), None);
                    out.unreadable.push(Unreadable { spot, side, why, hint });
                    None
                })
            };
            let (base, head) = (side(Side::Base), side(Side::Head));
            if base != head {
                out.changes.push(Change { path: path.clone(), base, head });
            }
        }
        out
    }

    fn on(&self, side: Side) -> &Folder {
        match side {
            Side::Base => &self.base,
            Side::Head => &self.head,
        }
    }
}

impl Folder {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        if !self.files.contains(path) {
            return Ok(None);
        }
        let path = self.root.join(path);
        let size = fs::metadata(&path).map_err(|error| reason(&error))?.len();
        if size > MAX_FILE as u64 {
            return Err("it is too large to be read".into());
        }
        fs::read(&path).map(Some).map_err(|error| reason(&error))
    }
}

impl Around for Folders {
    fn paths(&self, side: Side) -> Result<Vec<String>, String> {
        Ok(self.on(side).files.iter().cloned().collect())
    }

    fn read(&self, side: Side, path: &str) -> Result<Option<Vec<u8>>, String> {
        self.on(side).read(path)
    }
}

/// Every file below a folder. Links to files are files; those to folders aren't followed, for they may lead in a
/// circle.
fn walk(folder: &Path, inside: &str, found: &mut Folder) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &path, found)?;
        } else if kind.is_file() || fs::metadata(entry.path()).is_ok_and(|data| data.is_file()) {
            found.files.insert(path);
        } else if kind.is_symlink() {
            found.links.insert(path);
        }
    }
    Ok(())
}
