//! Where the files come from: a folder, a commit, or memory. The loader knows only this.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Time;

/// The largest file that is read: 16 MB. No registry needs one, and a check must not be made to wait.
pub const MAX_FILE: usize = 16 * 1024 * 1024;

/// A tree of files under one root. Paths are relative to it, with `/` between the parts.
pub trait Tree {
    /// What stands directly in a folder, sorted by name; `""` is the root. None: there is no such folder.
    ///
    /// # Errors
    /// When there is something that can't be listed.
    fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, TreeError>;

    /// The bytes of a file. None: there is no such file.
    ///
    /// # Errors
    /// When there is something that can't be read, or must not be.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, TreeError>;

    /// Gives the bytes of a file piece by piece; one that only grows, as the record does, may be of any size. False:
    /// there is no such file.
    ///
    /// # Errors
    /// When there is something that can't be read, or must not be.
    fn stream(&self, path: &str, take: &mut dyn FnMut(&[u8])) -> Result<bool, TreeError> {
        let bytes = self.read(path)?;
        bytes.iter().for_each(|bytes| take(bytes));
        Ok(bytes.is_some())
    }

    /// The last bytes of a file, at most so many, for files that only grow at their end. None: there is no such
    /// file.
    ///
    /// # Errors
    /// When there is something that can't be read, or must not be.
    fn read_end(&self, path: &str, at_most: usize) -> Result<Option<End>, TreeError> {
        Ok(self.read(path)?.map(|bytes| End::of(&bytes, at_most)))
    }

    /// Whether there is a folder of this path.
    ///
    /// # Errors
    /// When that can't be told.
    fn has_folder(&self, path: &str) -> Result<bool, TreeError>;

    /// Whether a path itself is a symbolic link, which can be written through, but isn't to be renamed.
    ///
    /// # Errors
    /// When that can't be told.
    fn is_link(&self, _path: &str) -> Result<bool, TreeError> {
        Ok(false)
    }

    /// Who merged a file, that has these bytes and counts until then, into what is published: for what is signed by
    /// merging it. None: nobody did, or it can't be told.
    fn merged_by(&self, _path: &str, _bytes: &[u8], _until: Time) -> Option<String> {
        None
    }
}

/// The end of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// How long the whole file is.
    pub length: u64,
    /// Its last bytes.
    pub bytes: Vec<u8>,
}

impl End {
    /// Of a file with these bytes, at most so many.
    pub fn of(bytes: &[u8], at_most: usize) -> End {
        let start = bytes.len().saturating_sub(at_most);
        End { length: bytes.len() as u64, bytes: bytes.get(start..).unwrap_or_default().to_vec() }
    }
}

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its name, without the folder's.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
}

/// What a name in a folder stands for. A symbolic link is what it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A device, a pipe, a socket, or a link that leads nowhere.
    Other,
}

/// Why something of a tree could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` {kind}")]
pub struct TreeError {
    /// The path inside the tree.
    pub path: String,
    /// What stands in the way.
    pub kind: TreeErrorKind,
}

/// What stands in the way of reading a file or a folder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeErrorKind {
    /// Over [`MAX_FILE`].
    #[error("is larger than 16 MB")]
    TooLarge,
    /// A symbolic link to something outside the registry.
    #[error("is a symbolic link that leads out of the registry")]
    LeadsOut,
    /// A folder, a pipe, a device where a file should stand.
    #[error("is not a regular file")]
    NotAFile,
    /// A file where a folder should stand.
    #[error("is not a folder")]
    NotAFolder,
    /// The system forbids it.
    #[error("can't be read: permission denied")]
    Denied,
    /// Files of another repository, in a commit that only names them.
    #[error("is a submodule: its files aren't in this commit")]
    Submodule,
    /// It was committed, and this clone doesn't hold it.
    #[error("isn't in this clone: it lacks Git's object {0}")]
    NotHere(String),
    /// It belongs to an act that was cut short and can't be brought to its end.
    #[error("belongs to an act that was cut short and can't be brought to its end: {0}")]
    HeldUp(String),
    /// Anything else that the system says.
    #[error("can't be read: {0}")]
    Io(String),
}

impl TreeError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self.kind {
            TreeErrorKind::TooLarge => "split it: one file per flag, one folder per service",
            TreeErrorKind::LeadsOut => "put the file itself there: what a check reads stands in the registry",
            TreeErrorKind::NotAFile => "only regular files are read; move it out of the registry's folders",
            TreeErrorKind::NotAFolder => "a folder of this name is part of the layout; move the file away",
            TreeErrorKind::Denied => "give the user who checks the right to read it",
            TreeErrorKind::Submodule => "what a check reads stands in the registry; take the files into it",
            TreeErrorKind::NotHere(_) => {
                "fetch what is missing: git fetch --refetch --no-filter (a partial clone), git fetch --unshallow \
                 (a shallow one); git fsck says whether it is damaged"
            }
            TreeErrorKind::HeldUp(_) => {
                "look at it, then `holdpoint log repair` puts what was under way aside, and keeps it"
            }
            TreeErrorKind::Io(_) => return None,
        })
    }
}

/// A tree in memory: for tests, for fuzzing, and for replays.
#[derive(Debug, Clone, Default)]
pub struct MemoryTree {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryTree {
    /// A tree without files.
    pub fn new() -> MemoryTree {
        MemoryTree::default()
    }

    /// Puts a file there, in place of what stood there.
    pub fn put(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.files.insert(path.to_owned(), bytes.into());
    }

    /// The files, by path.
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// The files, to be changed.
    pub fn files_mut(&mut self) -> &mut BTreeMap<String, Vec<u8>> {
        &mut self.files
    }

    /// The rests of the paths of all files below a folder.
    fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        let files = self.files.range(folder.to_owned()..).map(|(path, _)| path.as_str());
        files.take_while(move |path| path.starts_with(folder)).filter_map(move |path| {
            let rest = path.strip_prefix(folder)?;
            if folder.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
        })
    }
}

impl<P: Into<String>, B: Into<Vec<u8>>> FromIterator<(P, B)> for MemoryTree {
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> MemoryTree {
        MemoryTree { files: files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect() }
    }
}

impl Tree for MemoryTree {
    fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, TreeError> {
        let entries: BTreeSet<Entry> = self.below(folder).map(entry).collect();
        if entries.is_empty() && self.files.contains_key(folder) {
            return Err(TreeError { path: folder.to_owned(), kind: TreeErrorKind::NotAFolder });
        }
        Ok((folder.is_empty() || !entries.is_empty()).then(|| entries.into_iter().collect()))
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, TreeError> {
        match self.files.get(path) {
            Some(bytes) if bytes.len() > MAX_FILE => {
                Err(TreeError { path: path.to_owned(), kind: TreeErrorKind::TooLarge })
            }
            found => Ok(found.cloned()),
        }
    }

    fn has_folder(&self, path: &str) -> Result<bool, TreeError> {
        Ok(self.below(path).next().is_some())
    }
}

/// The first part of a path: a folder when more follows.
fn entry(rest: &str) -> Entry {
    match rest.split_once('/') {
        Some((name, _)) => Entry { name: name.to_owned(), kind: EntryKind::Folder },
        None => Entry { name: rest.to_owned(), kind: EntryKind::File },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_lists_what_stands_directly_in_a_folder() {
        let tree: MemoryTree = [
            ("holdpoint.toml", "a"),
            ("services/a/x.toml", ""),
            ("services/b.toml", ""),
            ("servicesx/a", ""),
        ]
        .into_iter()
        .collect();
        let names = |folder: &str| {
            tree.list(folder)
                .unwrap()
                .map(|list| list.into_iter().map(|e| (e.name, e.kind)).collect::<Vec<_>>())
        };
        use EntryKind::{File, Folder};
        let of = |name: &str, kind| (name.to_owned(), kind);
        assert_eq!(
            names("").unwrap(),
            [of("holdpoint.toml", File), of("services", Folder), of("servicesx", Folder)]
        );
        assert_eq!(names("services").unwrap(), [of("a", Folder), of("b.toml", File)]);
        assert_eq!(names("service"), None);
        assert!(tree.has_folder("services/a").unwrap() && !tree.has_folder("services/b.toml").unwrap());
        assert_eq!(tree.list("services/b.toml").unwrap_err().kind, TreeErrorKind::NotAFolder);
        assert_eq!(tree.read("holdpoint.toml").unwrap().unwrap(), b"a");
        assert_eq!(tree.read("services").unwrap(), None);
    }
}
