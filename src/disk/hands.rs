//! The hands: every step that changes the disk, and nothing else.
//!
//! All writing goes through [`Hands`], one call for one step. The program's own are [`OwnHands`]; tests count the
//! steps with others, write them down, let one fail, or stop dead after it. No step follows another by itself
//! and nothing is taken back here: what belongs together is the business of whoever calls.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// What can be done to a disk, step by step.
pub trait Hands {
    /// Makes a folder in one that is there.
    ///
    /// # Errors
    /// What the system says; that something stands there already among it.
    fn make_folder(&self, path: &Path) -> io::Result<()>;

    /// Makes a new file of these bytes. What can't be written whole is left half, for the caller to remove.
    ///
    /// # Errors
    /// What the system says; that something stands there already among it.
    fn create(&self, path: &Path, bytes: &[u8], rights: Option<Permissions>) -> io::Result<()>;

    /// Puts bytes at the end of a file, which is made if it isn't there. It may end up with some of them only.
    ///
    /// # Errors
    /// What the system says.
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Cuts a file to a length.
    ///
    /// # Errors
    /// What the system says.
    fn truncate(&self, path: &Path, length: u64) -> io::Result<()>;

    /// Moves a file to another name, in place of what has that name.
    ///
    /// # Errors
    /// What the system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file, or a link itself.
    ///
    /// # Errors
    /// What the system says.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Removes a folder, which must be empty.
    ///
    /// # Errors
    /// What the system says.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;

    /// Waits until what a file holds is on the disk itself.
    ///
    /// # Errors
    /// What the system says.
    fn sync_file(&self, path: &Path) -> io::Result<()>;

    /// Waits until the names in a folder are on the disk itself.
    ///
    /// # Errors
    /// What the system says. That it can't do such a thing at all is no error.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
}

/// The program's own hands.
#[derive(Debug, Clone, Copy, Default)]
pub struct OwnHands;

impl Hands for OwnHands {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn create(&self, path: &Path, bytes: &[u8], rights: Option<Permissions>) -> io::Result<()> {
        let mut file = File::options().write(true).create_new(true).open(path)?;
        // Set and not only asked for: what a new file is made with goes through the user's mask. On systems
        // without modes the usual rights are right.
        if let Some(rights) = rights.filter(|_| cfg!(unix)) {
            file.set_permissions(rights)?;
        }
        file.write_all(bytes)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        File::options().append(true).create(true).open(path)?.write_all(bytes)
    }

    fn truncate(&self, path: &Path, length: u64) -> io::Result<()> {
        File::options().write(true).open(path)?.set_len(length)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        // To read is enough where there are modes, and all that a file without the right to write allows.
        File::options().read(true).write(cfg!(not(unix))).open(path)?.sync_all()
    }

    #[cfg(unix)]
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        let synced = File::open(path).and_then(|folder| folder.sync_all());
        match synced {
            Err(error) if is_beyond(&error) => Ok(()),
            synced => synced,
        }
    }

    #[cfg(not(unix))]
    fn sync_folder(&self, _path: &Path) -> io::Result<()> {
        Ok(()) // there is no such thing
    }
}

/// Whether a folder can't be synced by its nature: it may be written but not read, or lies on a file system that
/// knows no such thing.
#[cfg(unix)]
fn is_beyond(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::InvalidInput | ErrorKind::Unsupported)
}
