//! The work of one act, step by step, and how it is taken back.
//!
//! 1. Every new file is written beside its place, and every file of the record is opened: a full disk or a missing
//!    right is found here.
//! 2. More than one piece: the journal is put there, durably. From now on it counts.
//! 3. The lines of the record are put at the end of their files, durably; then the files are moved to their places.
//! 4. When the folders are durable, the journal is removed.
//!
//! What fails takes back all that was done. Were that to fail, too, the journal stays, and whoever writes next
//! brings the act to its end.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::apply::ApplyError;
use super::hands::Hands;
use super::journal::{JOURNAL, Journal, Lines, MAX_JOURNAL, Piece};
use super::parent;
use crate::registry::Changes;

/// How a file begins and ends that is being written.
const TEMPORARY: (&str, &str) = (".holdpoint-", ".tmp");

/// How many names are tried for such a file.
const NAMES: usize = 1000;

/// A step that failed.
#[derive(Debug)]
pub(super) struct Failed {
    /// The path inside the registry.
    pub path: String,
    /// What the system says.
    pub error: io::Error,
}

/// Says which path a step was about.
pub(super) fn at<T>(path: &str, done: io::Result<T>) -> Result<T, Failed> {
    done.map_err(|error| Failed { path: path.to_owned(), error })
}

/// What was made on the way.
pub(super) struct Work<'a> {
    hands: &'a dyn Hands,
    root: &'a Path,
    /// The folders that were made, outermost first.
    folders: Vec<PathBuf>,
    files: Vec<Staged<'a>>,
    lines: Vec<Opened<'a>>,
    /// Whether the journal is there.
    journaled: bool,
    /// How many names were given to files that are being written.
    names: Cell<usize>,
}

/// A file to be: written beside its place; or, when it is to be deleted, the name that it is put aside under until
/// all is done.
struct Staged<'a> {
    piece: &'a Piece,
    place: PathBuf,
    beside: PathBuf,
    moved: bool,
}

/// A file of the record that can be written.
struct Opened<'a> {
    lines: &'a Lines,
    place: PathBuf,
}

impl<'a> Work<'a> {
    /// Nothing is done yet.
    pub fn new(hands: &'a dyn Hands, root: &'a Path) -> Work<'a> {
        Work {
            hands,
            root,
            folders: Vec::new(),
            files: Vec::new(),
            lines: Vec::new(),
            journaled: false,
            names: Cell::new(0),
        }
    }

    /// Does it all; gives whether no journal is left behind.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn carry_out(mut self, changes: &Changes, journal: &'a Journal) -> Result<bool, ApplyError> {
        let staged = self.stage(journal);
        let committed = staged.and_then(|()| if journal.is_single() { Ok(()) } else { self.commit(journal) });
        match committed.and_then(|()| self.finish()) {
            Ok(()) => Ok(!self.journaled || self.drop_journal().is_ok()),
            Err(failed) => Err(self.take_back(changes, failed)),
        }
    }

    /// Writes every new file beside its place, and opens those of the record.
    fn stage(&mut self, journal: &'a Journal) -> Result<(), Failed> {
        for piece in &journal.files {
            at(&piece.path, self.stage_file(piece))?;
        }
        for lines in &journal.lines {
            at(&lines.file, self.open(lines))?;
        }
        Ok(())
    }

    fn stage_file(&mut self, piece: &'a Piece) -> io::Result<()> {
        self.make_folder(parent(&piece.path))?;
        let place = self.place(piece)?;
        let beside = match &piece.after {
            Some(bytes) => self.write_beside(&place, bytes)?,
            None => self.free_beside(&place)?,
        };
        self.files.push(Staged { piece, place, beside, moved: false });
        Ok(())
    }

    fn open(&mut self, lines: &'a Lines) -> io::Result<()> {
        self.make_folder(parent(&lines.file))?;
        let place = self.root.join(&lines.file);
        self.lines.push(Opened { lines, place: place.clone() });
        self.hands.append(&place, b"")
    }

    /// Puts the journal there: this is the moment from which on the act counts.
    fn commit(&mut self, journal: &Journal) -> Result<(), Failed> {
        let write = || -> io::Result<PathBuf> {
            let bytes = journal.encode().map_err(io::Error::other)?;
            if bytes.len() > MAX_JOURNAL {
                return Err(io::Error::new(ErrorKind::FileTooLarge, "it is too much at once"));
            }
            self.write_beside(&self.root.join(JOURNAL), &bytes)
        };
        let beside = at(JOURNAL, write())?;
        let moved = self.hands.rename(&beside, &self.root.join(JOURNAL));
        at(JOURNAL, moved.inspect_err(|_| _ = self.hands.remove(&beside)))?;
        self.journaled = true;
        at(JOURNAL, self.hands.sync_folder(self.root))
    }

    /// Puts everything to its place: the evidence first.
    fn finish(&mut self) -> Result<(), Failed> {
        for Opened { lines, place } in &self.lines {
            at(
                &lines.file,
                self.hands.append(place, &lines.bytes).and_then(|()| self.hands.sync_file(place)),
            )?;
        }
        self.sync_up(self.lines.iter().map(|opened| (&*opened.lines.file, &*opened.place)))?;
        for file in &mut self.files {
            let (from, to) = file.way();
            at(&file.piece.path, self.hands.rename(from, to))?;
            file.moved = true;
        }
        self.sync_up(self.files.iter().map(|file| (&*file.piece.path, &*file.place)))?;
        for file in self.files.iter().filter(|file| file.piece.after.is_none()) {
            let _ = self.hands.remove(&file.beside); // else the next one who writes here does it
        }
        Ok(())
    }

    /// Removes the journal; that it isn't there is as good.
    pub fn drop_journal(&self) -> io::Result<()> {
        match self.hands.remove(&self.root.join(JOURNAL)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => {
                let _ = self.hands.sync_folder(self.root); // else the next one who writes does it
                Ok(())
            }
        }
    }

    /// Takes back all that was done, and says what became of it.
    fn take_back(&mut self, changes: &Changes, failed: Failed) -> ApplyError {
        let Failed { path, error } = failed;
        let left = self.undo(changes);
        let durable = || {
            let files = self.files.iter().filter(|file| file.moved);
            let files = files.map(|file| (&*file.piece.path, &*file.place));
            self.sync_up(files).is_ok()
        };
        // Without the journal nobody would bring to its end what can't be taken back.
        if self.journaled && !(left.is_empty() && durable() && self.drop_journal().is_ok()) {
            return ApplyError::Unfinished { path, error };
        }
        for folder in self.folders.iter().rev() {
            let _ = self.hands.remove_folder(folder);
        }
        if left.is_empty() {
            ApplyError::Refused { path, error }
        } else {
            ApplyError::HalfDone { path, error, left }
        }
    }

    /// Puts back what was moved, and takes away what was added; names the files where that fails.
    fn undo(&self, changes: &Changes) -> Vec<String> {
        let mut left = Vec::new();
        for file in self.files.iter().rev() {
            let before = changes.files().get(&file.piece.path).and_then(|change| change.before.as_deref());
            if !file.moved {
                if file.piece.after.is_some() {
                    let _ = self.hands.remove(&file.beside);
                }
            } else if self.put_back(file, before).is_err() {
                left.push(format!("`{}`", file.piece.path));
            }
        }
        for Opened { lines, place } in self.lines.iter().rev() {
            if self.cut_back(lines, place).is_err() {
                left.push(format!("`{}`", lines.file));
            }
        }
        left.reverse();
        left
    }

    /// Undoes a move; `before` is what stood there.
    fn put_back(&self, file: &Staged<'_>, before: Option<&[u8]>) -> io::Result<()> {
        match (&file.piece.after, before) {
            (None, _) => self.hands.rename(&file.beside, &file.place),
            (Some(_), Some(bytes)) => {
                let beside = self.write_beside(&file.place, bytes)?;
                self.hands.rename(&beside, &file.place).inspect_err(|_| _ = self.hands.remove(&beside))
            }
            (Some(_), None) => self.hands.remove(&file.place),
        }
    }

    /// Cuts a file of the record back to what it was.
    fn cut_back(&self, lines: &Lines, place: &Path) -> io::Result<()> {
        let length = match fs::metadata(place) {
            Ok(data) => data.len(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        match &lines.end {
            None => self.hands.remove(place),
            Some(end) if end.at < length => {
                self.hands.truncate(place, end.at)?;
                self.hands.sync_file(place)
            }
            Some(_) => Ok(()),
        }
    }

    /// Brings a piece of somebody else's act to its end.
    pub fn complete(&mut self, piece: &Piece) -> Result<(), Failed> {
        let mut complete = || -> io::Result<()> {
            self.make_folder(parent(&piece.path))?;
            let place = self.place(piece)?;
            let Some(bytes) = &piece.after else { return self.hands.remove(&place) };
            let beside = self.write_beside(&place, bytes)?;
            self.hands.rename(&beside, &place).inspect_err(|_| _ = self.hands.remove(&beside))
        };
        at(&piece.path, complete())
    }

    /// Brings lines of somebody else's act to their end; some of their bytes may be there.
    pub fn complete_lines(&mut self, lines: &Lines) -> Result<(), Failed> {
        let place = self.root.join(&lines.file);
        let mut complete = || -> io::Result<()> {
            self.make_folder(parent(&lines.file))?;
            if fs::metadata(&place).is_ok_and(|data| data.len() > lines.at()) {
                self.hands.truncate(&place, lines.at())?;
            }
            self.hands.append(&place, &lines.bytes)
        };
        at(&lines.file, complete())
    }

    /// Waits until files, and the names of all folders that lead to them, are on the disk itself.
    pub fn sync_all(&self, journal: &Journal) -> Result<(), Failed> {
        let lines: Vec<(&str, PathBuf)> =
            journal.lines.iter().map(|lines| (&*lines.file, self.root.join(&lines.file))).collect();
        for (file, place) in &lines {
            at(file, self.hands.sync_file(place))?;
        }
        self.sync_up(lines.iter().map(|(file, place)| (*file, &**place)))?;
        let places: Vec<(&str, PathBuf)> = journal
            .files
            .iter()
            .map(|piece| at(&piece.path, self.place(piece)).map(|place| (&*piece.path, place)))
            .collect::<Result<_, _>>()?;
        self.sync_up(places.iter().map(|(path, place)| (*path, &**place)))
    }

    /// Waits until the names of files, and of all folders that lead to them, are on the disk itself. A folder may
    /// have been made by somebody who didn't come to that.
    fn sync_up<'p>(&self, places: impl Iterator<Item = (&'p str, &'p Path)>) -> Result<(), Failed> {
        let mut synced: BTreeSet<&Path> = BTreeSet::new();
        for (path, place) in places {
            for folder in place.ancestors().skip(1) {
                if !synced.insert(folder) {
                    break;
                }
                // What was deleted with its folder has no name any more.
                let done = self.hands.sync_folder(folder);
                at(path, done.or_else(|error| if is_gone(&error) { Ok(()) } else { Err(error) }))?;
                if folder == self.root || !folder.starts_with(self.root) {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Where a file really lies: a link stays a link, and what it leads to is written. It is deleted itself.
    fn place(&self, piece: &Piece) -> io::Result<PathBuf> {
        let place = self.root.join(&piece.path);
        if piece.after.is_some() && place.is_symlink() { fs::canonicalize(place) } else { Ok(place) }
    }

    fn make_folder(&mut self, folder: &str) -> io::Result<()> {
        if folder.is_empty() {
            return Ok(());
        }
        let path = self.root.join(folder);
        if path.is_dir() {
            return Ok(());
        }
        self.make_folder(parent(folder))?;
        match self.hands.make_folder(&path) {
            Ok(()) => self.folders.push(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Writes bytes durably into a new file in the folder of `place`, with the rights of what stands there.
    pub fn write_beside(&self, place: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
        let beside = self.free_beside(place)?;
        let rights = fs::metadata(place).ok().map(|data| data.permissions());
        let written = self.hands.create(&beside, bytes, rights);
        let written = written.and_then(|()| self.hands.sync_file(&beside));
        written.inspect_err(|_| _ = self.hands.remove(&beside))?;
        Ok(beside)
    }

    /// A name for a file that is being written, in the folder of `place`, that nothing has, and that is given once.
    fn free_beside(&self, place: &Path) -> io::Result<PathBuf> {
        let folder = place.parent().ok_or(ErrorKind::NotFound)?;
        let (begin, end) = TEMPORARY;
        for _ in 0..NAMES {
            let number = self.names.replace(self.names.get() + 1);
            let path = folder.join(format!("{begin}{}-{number}{end}", std::process::id()));
            match fs::symlink_metadata(&path) {
                Ok(_) => {}
                Err(error) if is_gone(&error) => return Ok(path),
                Err(error) => return Err(error),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }
}

impl Staged<'_> {
    /// From where to where it is moved.
    fn way(&self) -> (&Path, &Path) {
        if self.piece.after.is_some() { (&self.beside, &self.place) } else { (&self.place, &self.beside) }
    }
}

fn is_gone(error: &io::Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

/// Removes what killed writers have left in a folder. Whoever writes a file has the lock, so under it nobody does.
pub(super) fn sweep(hands: &dyn Hands, folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let (begin, end) = TEMPORARY;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(begin) && name.ends_with(end));
        if ours && !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let _ = hands.remove(&entry.path());
        }
    }
}
