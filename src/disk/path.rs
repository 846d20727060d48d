//! Folders as paths, for systems whose handles the standard library doesn't show.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::bare::Kind;

/// A folder that was there when it was looked at.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Looks at a folder. A link is an error unless it is to be followed.
    pub(super) fn open(path: &Path, follow: bool) -> io::Result<Folder> {
        let data = if follow { fs::metadata(path)? } else { fs::symlink_metadata(path)? };
        if data.is_dir() { Ok(Folder(path.to_owned())) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// Opens what has this name, which must be a regular file. A link is an error.
    pub(super) fn file(&self, name: &str) -> io::Result<File> {
        let path = self.0.join(name);
        if !fs::symlink_metadata(&path)?.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        File::open(path)
    }

    /// What stands in it, in no order.
    pub(super) fn entries(&mut self) -> io::Result<Vec<(String, Kind)>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            let kind = match entry.file_type()? {
                kind if kind.is_symlink() => Kind::Link,
                kind if kind.is_file() => Kind::File,
                kind if kind.is_dir() => Kind::Folder,
                _ => Kind::Other,
            };
            entries.push((entry.file_name().to_string_lossy().into_owned(), kind));
        }
        Ok(entries)
    }
}

/// Opens a regular file, through links.
pub(super) fn follow(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    File::open(path)
}
