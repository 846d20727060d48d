//! Folders as handles: what stands in one is opened by its name, so that no path is walked twice.
//!
//! Nothing here follows a link unless it is told to. A pipe or a device is opened without waiting for its
//! other end, and is never read: whoever opens looks at what it opened.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, statat};

use super::bare::Kind;

const FILE: OFlags = OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK).union(OFlags::NOCTTY);
const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::DIRECTORY);

/// An open folder.
#[derive(Debug)]
pub(super) struct Folder(Dir);

impl Folder {
    /// Opens a folder. A link is an error unless it is to be followed.
    pub(super) fn open(path: &Path, follow: bool) -> io::Result<Folder> {
        let flags = if follow { FOLDER } else { FOLDER | OFlags::NOFOLLOW };
        Ok(Folder(Dir::new(openat(CWD, path, flags, Mode::empty())?)?))
    }

    /// Opens what has this name. A link is an error.
    pub(super) fn file(&self, name: &str) -> io::Result<File> {
        Ok(openat(self.0.fd()?, name, FILE | OFlags::NOFOLLOW, Mode::empty())?.into())
    }

    /// What stands in it, in no order.
    pub(super) fn entries(&mut self) -> io::Result<Vec<(String, Kind)>> {
        let mut entries = Vec::new();
        self.0.rewind();
        while let Some(entry) = self.0.read() {
            let entry = entry?;
            let name = match entry.file_name().to_bytes() {
                b"." | b".." => continue,
                _ => entry.file_name().to_string_lossy().into_owned(),
            };
            let mut kind = entry.file_type();
            if kind == FileType::Unknown {
                let data = statat(self.0.fd()?, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW)?;
                kind = FileType::from_raw_mode(data.st_mode);
            }
            let kind = match kind {
                FileType::RegularFile => Kind::File,
                FileType::Directory => Kind::Folder,
                FileType::Symlink => Kind::Link,
                _ => Kind::Other,
            };
            entries.push((name, kind));
        }
        Ok(entries)
    }
}

/// Opens a file, through links.
pub(super) fn follow(path: &Path) -> io::Result<File> {
    Ok(openat(CWD, path, FILE, Mode::empty())?.into())
}
