//! What a disk may hold after the power went: what was waited for is there; of the rest anything may be.
//!
//! The bytes of a file are sure once it was synced, a name once its folder was. Bytes that aren't sure may be there,
//! not be there, be there in part, or be zeros. Names that aren't sure come and go each by itself, in any order: all
//! of them, none, those up to one, all but one, only one. A move within a folder is one step.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::hands::Step;

/// What a path holds; None: a folder.
pub(super) type Image = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    File(usize),
    Folder,
}

/// The bytes of a file: those that are sure, and those that the system has.
#[derive(Debug, Clone, Default)]
struct Bytes {
    sure: Vec<u8>,
    seen: Vec<u8>,
}

/// A change of the names in a folder that isn't sure yet.
#[derive(Debug, Clone)]
struct Change {
    folder: PathBuf,
    names: Vec<(PathBuf, Option<Node>)>,
}

/// A disk, with what is sure of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    files: Vec<Bytes>,
    sure: BTreeMap<PathBuf, Node>,
    seen: BTreeMap<PathBuf, Node>,
    pending: Vec<Change>,
}

/// How much of the bytes that aren't sure is there.
const SHARES: [fn(&Bytes) -> Vec<u8>; 4] = [
    |bytes| bytes.seen.clone(),
    |bytes| bytes.sure.clone(),
    |bytes| {
        let common = bytes.seen.iter().zip(&bytes.sure).take_while(|(a, b)| a == b).count();
        bytes.seen[..common + (bytes.seen.len() - common) / 2].to_vec()
    },
    |bytes| {
        let mut zeros = bytes.sure.clone();
        zeros.resize(bytes.seen.len(), 0);
        zeros
    },
];

impl Disk {
    /// A disk that holds this for sure.
    pub(super) fn of(image: &Image) -> Disk {
        let mut disk = Disk::default();
        for (path, bytes) in image {
            let node = bytes.as_ref().map_or(Node::Folder, |bytes| disk.file(bytes, bytes));
            disk.sure.insert(path.clone(), node);
        }
        disk.seen = disk.sure.clone();
        disk
    }

    fn file(&mut self, sure: &[u8], seen: &[u8]) -> Node {
        self.files.push(Bytes { sure: sure.to_vec(), seen: seen.to_vec() });
        Node::File(self.files.len() - 1)
    }

    /// Does a step that went well.
    pub(super) fn step(&mut self, step: &Step) {
        match step {
            Step::MakeFolder(path) => self.names(path, vec![(path.clone(), Some(Node::Folder))]),
            Step::Create(path, bytes) => {
                let node = self.file(b"", bytes);
                self.names(path, vec![(path.clone(), Some(node))]);
            }
            Step::Append(path, bytes) => match self.seen.get(path).copied() {
                Some(Node::File(at)) => self.files[at].seen.extend(bytes),
                _ => self.step(&Step::Create(path.clone(), bytes.clone())),
            },
            Step::Truncate(path, length) => {
                if let Some(Node::File(at)) = self.seen.get(path).copied() {
                    self.files[at].seen.resize(*length as usize, 0);
                }
            }
            Step::Rename(from, to) => {
                if let Some(node) = self.seen.get(from).copied() {
                    self.names(to, vec![(from.clone(), None), (to.clone(), Some(node))]);
                }
            }
            Step::Remove(path) | Step::RemoveFolder(path) => {
                if self.seen.contains_key(path) {
                    self.names(path, vec![(path.clone(), None)]);
                }
            }
            Step::SyncFile(path) => {
                if let Some(Node::File(at)) = self.seen.get(path).copied() {
                    self.files[at].sure = self.files[at].seen.clone();
                }
            }
            Step::SyncFolder(folder) => {
                let (sure, pending) = std::mem::take(&mut self.pending)
                    .into_iter()
                    .partition(|change| change.folder == *folder);
                self.pending = pending;
                let sure: Vec<Change> = sure;
                sure.iter().for_each(|change| change.does(&mut self.sure));
            }
        }
    }

    fn names(&mut self, path: &Path, names: Vec<(PathBuf, Option<Node>)>) {
        let change = Change { folder: path.parent().unwrap().to_owned(), names };
        change.does(&mut self.seen);
        self.pending.push(change);
    }

    /// What a process that comes after another one that was killed finds.
    pub(super) fn seen(&self) -> Image {
        self.image(&(0..self.pending.len()).collect(), SHARES[0])
    }

    /// Everything that may be there after the power went.
    pub(super) fn images(&self) -> BTreeSet<Image> {
        let count = self.pending.len();
        let mut choices: BTreeSet<BTreeSet<usize>> = (0..=count).map(|end| (0..end).collect()).collect();
        for one in 0..count {
            choices.insert((0..count).filter(|at| *at != one).collect());
            choices.insert([one].into());
        }
        let each = |choice: &BTreeSet<usize>| SHARES.map(|share| self.image(choice, share));
        choices.iter().flat_map(each).collect()
    }

    fn image(&self, choice: &BTreeSet<usize>, share: fn(&Bytes) -> Vec<u8>) -> Image {
        let mut names = self.sure.clone();
        choice.iter().for_each(|at| self.pending[*at].does(&mut names));
        let is_there = |path: &Path| {
            path.ancestors()
                .skip(1)
                .all(|folder| folder.as_os_str().is_empty() || names.get(folder) == Some(&Node::Folder))
        };
        let there = names.iter().filter(|(path, _)| is_there(path));
        there
            .map(|(path, node)| match node {
                Node::Folder => (path.clone(), None),
                Node::File(at) => {
                    let bytes = &self.files[*at];
                    let sure = bytes.sure == bytes.seen;
                    (path.clone(), Some(if sure { bytes.sure.clone() } else { share(bytes) }))
                }
            })
            .collect()
    }
}

impl Change {
    fn does(&self, names: &mut BTreeMap<PathBuf, Node>) {
        for (path, node) in &self.names {
            match node {
                Some(node) => names.insert(path.clone(), *node),
                None => names.remove(path),
            };
        }
    }
}
