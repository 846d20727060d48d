//! Hands that count their steps, write them down, fail at one, or stop dead after it.
//!
//! None of them waits for the disk: a process that is killed loses nothing that the system has taken.

use std::cell::{Cell, RefCell};
use std::fs::Permissions;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use holdpoint::disk::{Hands, OwnHands};

/// A step, with its paths inside the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    MakeFolder(PathBuf),
    Create(PathBuf, Vec<u8>),
    Append(PathBuf, Vec<u8>),
    Truncate(PathBuf, u64),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
    RemoveFolder(PathBuf),
    SyncFile(PathBuf),
    SyncFolder(PathBuf),
}

impl Step {
    /// Bytes that are on their way to the disk, and may get there in part.
    fn bytes(&self) -> &[u8] {
        match self {
            Step::Create(_, bytes) | Step::Append(_, bytes) => bytes,
            _ => &[],
        }
    }

    /// Does it, below `root`.
    fn does(&self, root: &Path) -> io::Result<()> {
        let at = |path: &PathBuf| root.join(path);
        match self {
            Step::MakeFolder(path) => OwnHands.make_folder(&at(path)),
            Step::Create(path, bytes) => OwnHands.create(&at(path), bytes, None),
            Step::Append(path, bytes) => OwnHands.append(&at(path), bytes),
            Step::Truncate(path, length) => OwnHands.truncate(&at(path), *length),
            Step::Rename(from, to) => OwnHands.rename(&at(from), &at(to)),
            Step::Remove(path) => OwnHands.remove(&at(path)),
            Step::RemoveFolder(path) => OwnHands.remove_folder(&at(path)),
            Step::SyncFile(path) | Step::SyncFolder(path) => at(path).metadata().map(drop),
        }
    }

    /// The same with the first half of its bytes.
    fn half(&self) -> Step {
        let half = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
        match self {
            Step::Create(path, bytes) => Step::Create(path.clone(), half(bytes)),
            Step::Append(path, bytes) => Step::Append(path.clone(), half(bytes)),
            other => other.clone(),
        }
    }
}

/// What is to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// Nothing.
    Never,
    /// The process dies right after this moment. Where bytes are written, half of them are a moment of their own.
    Dies(usize),
    /// The step of this number fails, half-way where bytes are written; all others go well.
    Fails(usize, ErrorKind),
    /// From this step on whatever needs room fails, and the rest goes well.
    Full(usize),
    /// From this step on everything fails.
    Gone(usize, ErrorKind),
}

/// Hands below a root.
pub(super) struct Tried {
    root: PathBuf,
    wrong: Wrong,
    steps: RefCell<Vec<Step>>,
    moments: Cell<usize>,
}

impl Tried {
    pub(super) fn new(root: &Path, wrong: Wrong) -> Tried {
        Tried { root: root.to_owned(), wrong, steps: RefCell::default(), moments: Cell::new(0) }
    }

    /// What was done, step by step, failed ones among it.
    pub(super) fn steps(&self) -> Vec<Step> {
        self.steps.borrow().clone()
    }

    /// In how many moments the process could have died.
    pub(super) fn moments(&self) -> usize {
        self.moments.get()
    }

    /// A moment in which a process may die.
    fn moment(&self) {
        self.moments.set(self.moments.get() + 1);
        if self.wrong == Wrong::Dies(self.moments.get()) {
            std::process::abort();
        }
    }

    fn inside(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).unwrap_or(path).to_owned()
    }

    fn step(&self, step: Step) -> io::Result<()> {
        let number = self.steps.borrow().len() + 1;
        self.steps.borrow_mut().push(step.clone());
        let fails = match self.wrong {
            Wrong::Fails(at, kind) if at == number => Some(kind),
            Wrong::Gone(at, kind) if number >= at => Some(kind),
            Wrong::Full(at) if number >= at && needs_room(&step) => Some(ErrorKind::StorageFull),
            _ => None,
        };
        if let Some(kind) = fails {
            // A disk that is full or breaks has often taken a part.
            if !step.bytes().is_empty() && matches!(self.wrong, Wrong::Fails(..) | Wrong::Full(_)) {
                step.half().does(&self.root)?;
            }
            return Err(kind.into());
        }
        if let (Wrong::Dies(at), 2..) = (self.wrong, step.bytes().len())
            && at == self.moments() + 1
        {
            step.half().does(&self.root)?;
        }
        if step.bytes().len() > 1 {
            self.moment();
        }
        step.does(&self.root)?;
        self.moment();
        Ok(())
    }
}

fn needs_room(step: &Step) -> bool {
    matches!(step, Step::MakeFolder(_) | Step::Create(..)) || !step.bytes().is_empty()
}

impl Hands for Tried {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.step(Step::MakeFolder(self.inside(path)))
    }
    fn create(&self, path: &Path, bytes: &[u8], _: Option<Permissions>) -> io::Result<()> {
        self.step(Step::Create(self.inside(path), bytes.to_vec()))
    }
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step(Step::Append(self.inside(path), bytes.to_vec()))
    }
    fn truncate(&self, path: &Path, length: u64) -> io::Result<()> {
        self.step(Step::Truncate(self.inside(path), length))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(Step::Rename(self.inside(from), self.inside(to)))
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step(Step::Remove(self.inside(path)))
    }
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step(Step::RemoveFolder(self.inside(path)))
    }
    fn sync_file(&self, path: &Path) -> io::Result<()> {
        self.step(Step::SyncFile(self.inside(path)))
    }
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step(Step::SyncFolder(self.inside(path)))
    }
}
