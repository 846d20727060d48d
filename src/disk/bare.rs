//! A folder as it stands there, whatever is under way in it.
//!
//! Cheap, since a check reads dozens of small files: a file is opened by its name in the open folder, looked
//! at, and read, four calls in all. A link is followed only as long as it stays in the registry, and only
//! regular files are read, so that neither a pipe nor a device can make a check wait.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::PathBuf;

#[cfg(unix)]
use super::handle::{Folder, follow};
#[cfg(not(unix))]
use super::path::{Folder, follow};
use super::{is_absent, parent};
use crate::registry::{End, Entry, EntryKind, MAX_FILE, Tree, TreeError, TreeErrorKind};

/// How much of a file is read at once, where it is read piece by piece.
const PIECE: usize = 256 * 1024;

/// What stands in a folder, links not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    Other,
}

/// A folder on disk, as it stands there.
#[derive(Debug)]
pub(super) struct Bare {
    root: PathBuf,
    /// Folders that were seen to lie inside the root.
    inside: RefCell<BTreeSet<String>>,
    /// The folder that was opened last: what is read next mostly stands in it.
    open: RefCell<Option<(String, Folder)>>,
}

impl Bare {
    /// The tree below `root`.
    pub fn new(root: impl Into<PathBuf>) -> Bare {
        Bare { root: root.into(), inside: RefCell::default(), open: RefCell::default() }
    }

    /// Refuses a path of which some folder is a link that leads out.
    fn enter(&self, folder: &str) -> Result<(), TreeError> {
        if folder.is_empty() || self.inside.borrow().contains(folder) {
            return Ok(());
        }
        self.enter(parent(folder))?;
        match fs::symlink_metadata(self.root.join(folder)) {
            Ok(data) if data.is_symlink() => self.check_link(folder)?,
            Ok(_) => {}
            Err(error) if is_absent(&error) => {}
            Err(error) => return Err(wrong(folder, &error)),
        }
        self.inside.borrow_mut().insert(folder.to_owned());
        Ok(())
    }

    /// Refuses a link that leads out of the root.
    fn check_link(&self, path: &str) -> Result<(), TreeError> {
        let resolve = |path: PathBuf| fs::canonicalize(path);
        let target = match resolve(self.root.join(path)) {
            Ok(target) => target,
            Err(error) if is_absent(&error) => return Ok(()),
            Err(error) => return Err(wrong(path, &error)),
        };
        let root = resolve(self.root.clone()).map_err(|error| wrong(path, &error))?;
        let inside = target.starts_with(root);
        if inside { Ok(()) } else { Err(TreeError { path: path.to_owned(), kind: TreeErrorKind::LeadsOut }) }
    }

    /// Does something with a folder. None: there is no such folder.
    fn with<T>(
        &self,
        folder: &str,
        act: impl FnOnce(&mut Folder) -> Result<T, TreeError>,
    ) -> Result<Option<T>, TreeError> {
        let mut open = self.open.borrow_mut();
        if let Some((path, opened)) = open.as_mut()
            && path == folder
        {
            return act(opened).map(Some);
        }
        let opened = match self.open_folder(folder) {
            Ok(Some(opened)) => opened,
            nothing => return nothing.map(|_| None),
        };
        let (_, opened) = open.insert((folder.to_owned(), opened));
        act(opened).map(Some)
    }

    /// Opens a folder. None: there is no such folder.
    fn open_folder(&self, folder: &str) -> Result<Option<Folder>, TreeError> {
        let full = self.root.join(folder);
        if !folder.is_empty() {
            self.enter(parent(folder))?;
            if let Ok(opened) = Folder::open(&full, false) {
                self.inside.borrow_mut().insert(folder.to_owned());
                return Ok(Some(opened));
            }
        }
        self.enter(folder)?; // it may be a link
        match Folder::open(&full, true) {
            Ok(opened) => Ok(Some(opened)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == ErrorKind::NotADirectory => Err(not_a_folder(folder)),
            Err(error) => Err(wrong(folder, &error)),
        }
    }

    /// What an entry is; a link is what it leads to.
    fn kind(&self, path: impl FnOnce() -> String, kind: Kind) -> EntryKind {
        match kind {
            Kind::File => EntryKind::File,
            Kind::Folder => EntryKind::Folder,
            Kind::Other => EntryKind::Other,
            Kind::Link => match fs::metadata(self.root.join(path())) {
                Ok(data) if data.is_file() => EntryKind::File,
                Ok(data) if data.is_dir() => EntryKind::Folder,
                Ok(_) => EntryKind::Other,
                Err(error) if is_absent(&error) => EntryKind::Other,
                // A link into what may not be looked at, or in a circle: to be refused when it is opened.
                Err(_) => EntryKind::File,
            },
        }
    }

    /// Opens a regular file; gives it with its length. None: there is no such file.
    fn open(&self, path: &str) -> Result<Option<(File, u64)>, TreeError> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let opened = match self.with(folder, |open| Ok(open.file(name))) {
            Ok(Some(Ok(file))) => Some(file),
            Ok(Some(Err(error))) if is_absent(&error) => None,
            Ok(Some(Err(error))) => self.open_link(path, &error)?,
            Ok(None) => None,
            Err(error) if error.kind == TreeErrorKind::NotAFolder => None,
            Err(error) => return Err(error),
        };
        let Some(file) = opened else { return Ok(None) };
        let data = file.metadata().map_err(|error| wrong(path, &error))?;
        if !data.is_file() {
            return Err(TreeError { path: path.to_owned(), kind: TreeErrorKind::NotAFile });
        }
        Ok(Some((file, data.len())))
    }

    /// The bytes of a file of at most this length.
    pub(super) fn read_up_to(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, TreeError> {
        let Some((file, length)) = self.open(path)? else { return Ok(None) };
        let too_large = || Err(TreeError { path: path.to_owned(), kind: TreeErrorKind::TooLarge });
        if length > limit as u64 {
            return too_large();
        }
        let bytes = read_at_most(file, length, limit).map_err(|error| wrong(path, &error))?;
        if bytes.len() > limit { too_large() } else { Ok(Some(bytes)) }
    }

    /// The bytes of a file from a place on that depends on its length.
    pub(super) fn read_from(
        &self,
        path: &str,
        place: impl FnOnce(u64) -> u64,
    ) -> Result<Option<End>, TreeError> {
        let Some((mut file, length)) = self.open(path)? else { return Ok(None) };
        let mut bytes = Vec::new();
        let start = place(length).min(length);
        if length - start > MAX_FILE as u64 {
            return Err(TreeError { path: path.to_owned(), kind: TreeErrorKind::TooLarge });
        }
        file.seek(SeekFrom::Start(start))
            .and_then(|_| file.take(length - start).read_to_end(&mut bytes))
            .map_err(|error| wrong(path, &error))?;
        Ok(Some(End { length, bytes }))
    }

    /// Opens what could not be opened by its name alone: a link, or something that is refused.
    fn open_link(&self, path: &str, because: &io::Error) -> Result<Option<File>, TreeError> {
        let full = self.root.join(path);
        let data = match fs::symlink_metadata(&full) {
            Ok(data) => data,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(wrong(path, &error)),
        };
        if !data.is_symlink() {
            let refused = TreeError { path: path.to_owned(), kind: TreeErrorKind::NotAFile };
            return Err(if data.is_file() { wrong(path, because) } else { refused });
        }
        self.check_link(path)?;
        match follow(&full) {
            Ok(file) => Ok(Some(file)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(wrong(path, &error)),
        }
    }
}

impl Tree for Bare {
    fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, TreeError> {
        let found = self.with(folder, |open| open.entries().map_err(|error| wrong(folder, &error)))?;
        let Some(found) = found else { return Ok(None) };
        let entry = |(name, kind): (String, Kind)| {
            let path = || if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let kind = self.kind(path, kind);
            Entry { name, kind }
        };
        let mut entries: Vec<Entry> = found.into_iter().map(entry).collect();
        entries.sort_unstable();
        Ok(Some(entries))
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, TreeError> {
        self.read_up_to(path, MAX_FILE)
    }

    fn read_end(&self, path: &str, at_most: usize) -> Result<Option<End>, TreeError> {
        self.read_from(path, |length| length.saturating_sub(at_most as u64))
    }

    fn stream(&self, path: &str, take: &mut dyn FnMut(&[u8])) -> Result<bool, TreeError> {
        let Some((mut file, _)) = self.open(path)? else { return Ok(false) };
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece) {
                Ok(0) => return Ok(true),
                Ok(count) => take(&piece[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(wrong(path, &error)),
            }
        }
    }

    fn has_folder(&self, path: &str) -> Result<bool, TreeError> {
        self.enter(path)?;
        match fs::metadata(self.root.join(path)) {
            Ok(data) => Ok(data.is_dir()),
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) => Err(wrong(path, &error)),
        }
    }

    fn is_link(&self, path: &str) -> Result<bool, TreeError> {
        match fs::symlink_metadata(self.root.join(path)) {
            Ok(data) => Ok(data.is_symlink()),
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) => Err(wrong(path, &error)),
        }
    }
}

/// Reads a file that may grow meanwhile, but never more than one byte over the limit.
fn read_at_most(mut file: File, length: u64, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).map_or(limit, |length| length.min(limit)) + 1];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        if filled as u64 == length {
            break; // the byte more that was asked for isn't there
        }
    }
    bytes.truncate(filled);
    if filled as u64 > length {
        // It grew: the rest follows.
        file.take((limit + 1 - filled) as u64).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn not_a_folder(folder: &str) -> TreeError {
    TreeError { path: folder.to_owned(), kind: TreeErrorKind::NotAFolder }
}

fn wrong(path: &str, error: &io::Error) -> TreeError {
    let kind = match error.kind() {
        ErrorKind::PermissionDenied => TreeErrorKind::Denied,
        _ => TreeErrorKind::Io(error.to_string()),
    };
    TreeError { path: path.to_owned(), kind }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("root/services/checkout")).unwrap();
        fs::write(folder.path().join("root/holdpoint.toml"), "format = 1").unwrap();
        fs::write(folder.path().join("outside.toml"), "secret").unwrap();
        folder
    }

    #[test]
    fn the_end_of_a_file_is_read_by_itself() {
        let folder = folder();
        let tree = Bare::new(folder.path().join("root"));
        let end = |at_most| tree.read_end("holdpoint.toml", at_most).unwrap().unwrap();
        assert_eq!(end(1), End { length: 10, bytes: b"1".to_vec() });
        assert_eq!(end(0), End { length: 10, bytes: Vec::new() });
        assert_eq!(end(100), End { length: 10, bytes: b"format = 1".to_vec() });
        assert_eq!(tree.read_end("nothing", 1).unwrap(), None);
        let large = File::create(folder.path().join("root/large")).unwrap();
        large.set_len(MAX_FILE as u64 + 1).unwrap();
        assert_eq!(tree.read_end("large", 2).unwrap().unwrap().bytes, [0, 0], "however large it is");
        assert_eq!(tree.read_end("large", usize::MAX).unwrap_err().kind, TreeErrorKind::TooLarge);
    }

    #[test]
    fn files_and_folders_are_listed_and_read() {
        let folder = folder();
        let tree = Bare::new(folder.path().join("root"));
        let names = |folder| {
            tree.list(folder).unwrap().map(|l| l.into_iter().map(|e| (e.name, e.kind)).collect::<Vec<_>>())
        };
        assert_eq!(
            names("").unwrap(),
            [("holdpoint.toml".to_owned(), EntryKind::File), ("services".to_owned(), EntryKind::Folder)]
        );
        assert_eq!(names("nothing"), None);
        assert_eq!(tree.list("holdpoint.toml").unwrap_err().kind, TreeErrorKind::NotAFolder);
        assert_eq!(tree.read("holdpoint.toml").unwrap().unwrap(), b"format = 1");
        assert_eq!(tree.read("nothing.toml").unwrap(), None);
        assert_eq!(tree.read("services").unwrap_err().kind, TreeErrorKind::NotAFile);
        assert!(tree.has_folder("services/checkout").unwrap());
        assert!(!tree.has_folder("holdpoint.toml").unwrap() && !tree.has_folder("services/x").unwrap());
    }

    #[test]
    fn links_are_followed_inside_and_refused_outside() {
        let folder = folder();
        let root = folder.path().join("root");
        symlink("holdpoint.toml", root.join("inside.toml")).unwrap();
        symlink("../outside.toml", root.join("outside.toml")).unwrap();
        symlink(folder.path(), root.join("up")).unwrap();
        symlink("nowhere", root.join("broken")).unwrap();
        symlink("circle", root.join("circle")).unwrap();
        symlink("services", root.join("alias")).unwrap();
        let tree = Bare::new(&root);
        let why = |path: &str| tree.read(path).unwrap_err().kind;
        assert_eq!(tree.read("inside.toml").unwrap().unwrap(), b"format = 1");
        assert_eq!(why("outside.toml"), TreeErrorKind::LeadsOut);
        assert_eq!(why("up/outside.toml"), TreeErrorKind::LeadsOut);
        assert_eq!(tree.list("up").unwrap_err().kind, TreeErrorKind::LeadsOut);
        assert_eq!(tree.has_folder("up/root").unwrap_err().kind, TreeErrorKind::LeadsOut);
        assert!(matches!(why("circle"), TreeErrorKind::Io(_)));
        assert_eq!(tree.read("broken").unwrap(), None);
        let links =
            ["inside.toml", "broken", "holdpoint.toml", "nothing"].map(|path| tree.is_link(path).unwrap());
        assert_eq!(links, [true, true, false, false]);
        assert!(tree.has_folder("alias/checkout").unwrap());
        let kinds = tree.list("").unwrap().unwrap();
        let kind = |name: &str| kinds.iter().find(|entry| entry.name == name).unwrap().kind;
        assert_eq!(
            (kind("alias"), kind("inside.toml"), kind("broken")),
            (EntryKind::Folder, EntryKind::File, EntryKind::Other)
        );
    }

    #[test]
    fn what_could_hang_or_fill_the_memory_is_not_opened() {
        let folder = folder();
        let root = folder.path().join("root");
        let tree = Bare::new(&root);
        let large = File::create(root.join("large.toml")).unwrap();
        large.set_len(MAX_FILE as u64 + 1).unwrap();
        assert_eq!(tree.read("large.toml").unwrap_err().kind, TreeErrorKind::TooLarge);
        large.set_len(MAX_FILE as u64).unwrap();
        assert_eq!(tree.read("large.toml").unwrap().unwrap().len(), MAX_FILE);
        let device = Bare::new("/dev");
        assert_eq!(device.read("zero").unwrap_err().kind, TreeErrorKind::NotAFile);
        let made = std::process::Command::new("mkfifo").arg(root.join("pipe.toml")).status().unwrap();
        assert!(made.success());
        assert_eq!(tree.read("pipe.toml").unwrap_err().kind, TreeErrorKind::NotAFile);
    }
}
