//! A folder that is made for what is put into it, and taken back when that fails.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::apply::{ApplyError, Note, apply_with};
use super::hands::{Hands, OwnHands};
use super::lock::LOCK;
use super::writer::Writer;
use crate::record::Writes;
use crate::registry::Changes;

/// Puts changes below `root`, which is made if it isn't there. `tell` hears what else happens.
///
/// # Errors
/// Those of [`super::apply`], and when the folder can't be made. What was made for nothing is gone then.
pub fn make(root: &Path, changes: &Changes, writer: &Writer, tell: &dyn Fn(&Note)) -> Result<(), ApplyError> {
    make_with(&OwnHands, root, changes, writer, tell)
}

/// The same with other hands than the program's own.
///
/// # Errors
/// Those of [`make`].
pub fn make_with(
    hands: &dyn Hands,
    root: &Path,
    changes: &Changes,
    writer: &Writer,
    tell: &dyn Fn(&Note),
) -> Result<(), ApplyError> {
    let mut missing: Vec<&Path> = root.ancestors().take_while(|folder| is_new(folder)).collect();
    missing.reverse();
    let mut made = Vec::new();
    let done = missing
        .iter()
        .try_for_each(|folder| {
            match hands.make_folder(folder) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => return Ok(()),
                done => done?,
            }
            made.push(*folder);
            hands.sync_folder(
                folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new(".")),
            )
        })
        .map_err(|error| ApplyError::Refused { path: root.to_string_lossy().into_owned(), error })
        .and_then(|()| apply_with(hands, root, Writes::unrecorded(changes), writer, tell));
    if done.as_ref().is_err_and(|error| !matches!(error, ApplyError::Unfinished { .. })) && !made.is_empty() {
        let _ = fs::remove_file(root.join(LOCK));
        // A folder that somebody put something into meanwhile stays.
        made.iter().rev().for_each(|folder| _ = hands.remove_folder(folder));
    }
    done
}

fn is_new(folder: &Path) -> bool {
    !folder.as_os_str().is_empty() && !folder.exists()
}

/// Where a path leads, links resolved as far as there is something; the rest is what isn't there yet.
///
/// None: something on the way is no folder, or can't be looked at.
pub fn whereabouts(path: &Path) -> Option<PathBuf> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    match fs::canonicalize(path) {
        Ok(there) => there.is_dir().then_some(there),
        // A link that leads nowhere is in the way, too.
        Err(error) if error.kind() == ErrorKind::NotFound && !path.is_symlink() => {
            Some(whereabouts(path.parent()?)?.join(path.file_name()?))
        }
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(root: &Path, changes: &Changes) -> Result<(), ApplyError> {
        super::make(root, changes, &Writer::default(), &|_| ())
    }

    #[test]
    fn folders_are_made_and_taken_back() {
        let root = tempfile::tempdir().unwrap();
        let mut changes = Changes::new();
        changes.put("a/b", None, Some(b"1".to_vec()));
        make(&root.path().join("x/y"), &changes).unwrap();
        assert_eq!(fs::read(root.path().join("x/y/a/b")).unwrap(), b"1");
        // The same file is there now, so the change isn't one any more.
        assert!(make(&root.path().join("x/y"), &changes).is_err());
        assert!(root.path().join("x/y/a/b").exists());
        changes.put("a", None, Some(b"2".to_vec()));
        assert!(make(&root.path().join("new/deep"), &changes).is_err(), "`a` can't be a file and a folder");
        assert!(!root.path().join("new").exists());
        assert!(make(&root.path().join("x/y/a/b/below"), &changes).is_err());
    }

    #[test]
    fn a_path_leads_somewhere_before_it_is_there() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("file"), "").unwrap();
        let real = fs::canonicalize(root.path()).unwrap();
        assert_eq!(whereabouts(&root.path().join("new/deep")), Some(real.join("new/deep")));
        assert_eq!(whereabouts(root.path()), Some(real));
        assert_eq!(whereabouts(&root.path().join("file/below")), None);
        assert_eq!(whereabouts(&root.path().join("file")), None);
        assert_eq!(whereabouts(Path::new("")), fs::canonicalize(".").ok());
    }
}
