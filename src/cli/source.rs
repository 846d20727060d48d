//! Where a registry is read from: the folder as it stands there, or that folder in a commit (`--at-revision`).
//!
//! Both are a [`Tree`], so whatever looks at a registry does the same with either. Only who writes needs the folder.

#![expect(clippy::disallowed_methods, reason = "a door: whether a path is still there")]

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use super::failure::Complaint;
use super::settings;
use crate::disk::{DiskTree, steady};
use crate::git::{Commit, CommitTree, Objects, ObjectsError, Repository};
use crate::model::Time;
use crate::registry::{End, Entry, Tree, TreeError};

/// A folder, or a commit.
#[derive(Debug)]
pub(super) enum Source {
    /// What stands there now.
    Folder,
    /// What stood there in a commit.
    Commit(Box<Past>),
}

/// A registry in a commit.
#[derive(Debug)]
pub(super) struct Past {
    commit: Commit,
    /// Whoever asks for a tree gets what was opened, and the next one a new one like it.
    objects: Mutex<Objects>,
}

impl Source {
    /// A folder in the commit that somebody names. With it comes the main file's name, where a path that isn't there
    /// any more was that of a file.
    pub fn at(rev: &str, folder: &Path) -> Result<(Source, Option<(PathBuf, String)>)> {
        let objects = Objects::open(folder).map_err(unread)?;
        let commit = objects.commit(rev).map_err(unread)?;
        match Source::main_file(folder, &commit) {
            Some((objects, parent, name)) => Ok((Source::of(objects, commit), Some((parent, name)))),
            None => Ok((Source::of(objects, commit), None)),
        }
    }

    /// The folder of these objects, in a commit of them.
    pub fn of(objects: Objects, commit: Commit) -> Source {
        Source::Commit(Box::new(Past { commit, objects: Mutex::new(objects) }))
    }

    /// What a path is split into that was a file's in the commit, and is nothing here.
    fn main_file(path: &Path, commit: &Commit) -> Option<(Objects, PathBuf, String)> {
        if path.is_dir() {
            return None;
        }
        let (parent, name) = (path.parent()?, path.file_name()?.to_str()?);
        let objects =
            Objects::open(if parent.as_os_str().is_empty() { Path::new(".") } else { parent }).ok()?;
        let is_file = objects.tree(commit).read_end(name, 0).is_ok_and(|end| end.is_some());
        is_file.then(|| (objects, parent.to_owned(), name.to_owned()))
    }

    /// The files. A tree isn't shared between threads.
    pub fn tree(&self, folder: &Path) -> Files {
        match self {
            Source::Folder => Files::There(DiskTree::new(folder), folder.to_owned()),
            Source::Commit(past) => {
                let mut kept = past.objects.lock().unwrap_or_else(PoisonError::into_inner);
                let next = kept.another();
                Files::Committed(std::mem::replace(&mut *kept, next).into_tree(&past.commit))
            }
        }
    }

    /// Reads in one state, though others may write; nobody writes in a commit.
    pub fn steady<T>(&self, folder: &Path, read: impl Fn(&dyn Tree) -> T) -> T {
        match self {
            Source::Folder => steady(folder, |tree| read(&Merged { tree, folder })),
            Source::Commit(_) => read(&self.tree(folder)),
        }
    }

    /// The repository that it lies in.
    pub fn repository(&self, folder: &Path) -> Option<Repository> {
        match self {
            Source::Folder => Repository::around(folder),
            Source::Commit(past) => {
                let kept = past.objects.lock().unwrap_or_else(PoisonError::into_inner);
                Some(kept.repository().clone())
            }
        }
    }

    /// The commit that is read, or that what is read stands on.
    pub fn revision(&self, repository: Option<&Repository>) -> Option<String> {
        match self {
            Source::Folder => repository?.revision(),
            Source::Commit(past) => Some(past.commit.id.clone()),
        }
    }

    /// Whether it is a commit that is read, and not what is checked out.
    pub fn is_past(&self) -> bool {
        matches!(self, Source::Commit(_))
    }
}

/// Why nothing can be read of a commit, for people.
pub(super) fn unread(error: ObjectsError) -> Complaint {
    let hint = error.hint();
    Complaint::unjudged(error.to_string(), hint)
}

/// The files of a registry.
#[derive(Debug)]
pub(super) enum Files {
    /// On disk, in this folder.
    There(DiskTree, PathBuf),
    /// In a commit.
    Committed(CommitTree<'static>),
}

impl Files {
    fn tree(&self) -> &dyn Tree {
        match self {
            Files::There(tree, _) => tree,
            Files::Committed(tree) => tree,
        }
    }
}

impl Tree for Files {
    fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, TreeError> {
        self.tree().list(folder)
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, TreeError> {
        self.tree().read(path)
    }

    fn stream(&self, path: &str, take: &mut dyn FnMut(&[u8])) -> Result<bool, TreeError> {
        self.tree().stream(path, take)
    }

    fn read_end(&self, path: &str, at_most: usize) -> Result<Option<End>, TreeError> {
        self.tree().read_end(path, at_most)
    }

    fn has_folder(&self, path: &str) -> Result<bool, TreeError> {
        self.tree().has_folder(path)
    }

    fn is_link(&self, path: &str) -> Result<bool, TreeError> {
        self.tree().is_link(path)
    }

    fn merged_by(&self, path: &str, bytes: &[u8], until: Time) -> Option<String> {
        match self {
            Files::There(_, folder) => merged_by(folder, path, bytes, until),
            Files::Committed(tree) => tree.merged_by(path, bytes, until),
        }
    }
}

/// A folder whose repository is asked who merged what.
struct Merged<'a> {
    tree: &'a dyn Tree,
    folder: &'a Path,
}

impl Tree for Merged<'_> {
    fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, TreeError> {
        self.tree.list(folder)
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, TreeError> {
        self.tree.read(path)
    }

    fn stream(&self, path: &str, take: &mut dyn FnMut(&[u8])) -> Result<bool, TreeError> {
        self.tree.stream(path, take)
    }

    fn read_end(&self, path: &str, at_most: usize) -> Result<Option<End>, TreeError> {
        self.tree.read_end(path, at_most)
    }

    fn has_folder(&self, path: &str) -> Result<bool, TreeError> {
        self.tree.has_folder(path)
    }

    fn is_link(&self, path: &str) -> Result<bool, TreeError> {
        self.tree.is_link(path)
    }

    fn merged_by(&self, path: &str, bytes: &[u8], until: Time) -> Option<String> {
        merged_by(self.folder, path, bytes, until)
    }
}

/// Who merged a file into the branch that is checked out. Only of what still counts: it is the one thing for which a
/// check starts a program, and old sign-offs must not make it do that for ever.
fn merged_by(folder: &Path, path: &str, bytes: &[u8], until: Time) -> Option<String> {
    if until <= settings::now() {
        return None;
    }
    crate::git::merged_by(folder, "HEAD", path, bytes)
}
