//! Writing: changes are put on disk whole, or not at all.
//!
//! [`apply`] takes the registry's lock, holds what stands there against what the changes were worked out from,
//! writes every new file beside its place, and only then moves them to it, each in one step. A full disk or a
//! missing right is found before anything is moved; were a move to fail after others, those are taken back.
//! A reader sees each file as it was or as it will be, never half of it. The statements of an act get their place
//! in the record under the same lock, and are durable before anything else changes.

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use super::lock::{LOCK, PATIENCE, take};
use super::{DiskTree, parent, reason};
use crate::model::Name;
use crate::record::{self, Sealed, Statement, Writes, seal};
use crate::registry::{Change, Changes, Tree, TreeError};

/// Why changes could not be put on disk. Nothing was changed then, unless the text says so.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A file isn't any more what the changes were worked out from.
    #[error("`{0}` was changed by somebody else meanwhile")]
    Overtaken(String),
    /// Somebody else holds the lock, and doesn't let go of it.
    #[error("somebody else has been writing this registry for {} s: `{LOCK}` is locked", PATIENCE.as_secs())]
    Locked,
    /// Nothing can be put behind the end of the record.
    #[error(transparent)]
    Record(#[from] record::Broken),
    /// What stands there can't be looked at.
    #[error(transparent)]
    Unreadable(#[from] TreeError),
    /// The system refuses.
    #[error("`{path}` can't be written: {}", reason(.error))]
    Refused {
        /// The path inside the registry.
        path: String,
        /// What the system says.
        error: io::Error,
    },
    /// The system refused half-way, and again when it was to be taken back.
    #[error("`{path}` can't be written: {}; {} could not be taken back", reason(.error), .left.join(", "))]
    HalfDone {
        /// The path inside the registry.
        path: String,
        /// What the system says.
        error: io::Error,
        /// The files that stay changed.
        left: Vec<String>,
    },
}

impl ApplyError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            ApplyError::Overtaken(_) => "nothing was written; do it again".into(),
            ApplyError::Locked => {
                let who = if cfg!(unix) { format!(" (`fuser {LOCK}` says which)") } else { String::new() };
                format!("nothing was written; end the program that hangs{who}, and do it again")
            }
            ApplyError::Record(_) => "nothing was written; `holdpoint log verify` says more".into(),
            ApplyError::Unreadable(error) => error.hint().unwrap_or("nothing was written").into(),
            ApplyError::Refused { error, .. } => match error.kind() {
                ErrorKind::PermissionDenied => "nothing was written; ask for the right to write there".into(),
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                    "nothing was written; make room and do it again".into()
                }
                _ => "nothing was written".into(),
            },
            ApplyError::HalfDone { .. } => "look at these files, or take them back with Git".into(),
        }
    }
}

/// Puts changes on disk, below `root`, which must be there. `waits` is called when somebody else is writing and
/// has to be waited for.
///
/// # Errors
/// When a file was changed meanwhile, somebody else doesn't come to an end with writing, or the system refuses.
pub fn apply(root: &Path, writes: Writes<'_>, waits: &dyn Fn()) -> Result<(), ApplyError> {
    let Writes { changes, says } = writes;
    if writes.is_empty() {
        return Ok(());
    }
    let _lock = locked(root, waits)?;
    let tree = DiskTree::new(root);
    for (path, change) in changes.files() {
        if tree.read(path)? != change.before {
            return Err(ApplyError::Overtaken(path.clone()));
        }
    }
    for (path, before) in changes.held() {
        if tree.read(path)? != *before {
            return Err(ApplyError::Overtaken(path.clone()));
        }
    }
    let sealed = sealed(&tree, says)?;
    let mut work = Work { root, folders: Vec::new() };
    let staged = work.stage(changes);
    let recorded =
        staged.and_then(|staged| sealed.iter().try_for_each(|lines| work.append(lines)).map(|()| staged));
    let done = recorded.and_then(|staged| work.finish(changes, staged));
    if done.is_err() {
        work.remove_folders();
    }
    done
}

/// Gives statements their places, service by service.
fn sealed(tree: &DiskTree, says: &[Statement]) -> Result<Vec<Sealed>, ApplyError> {
    let services: BTreeSet<&str> = says.iter().map(|statement| &*statement.service).collect();
    let each = |service: &str| {
        let name = Name::new(service).map_err(|error| odd(service, error))?;
        let of_service: Vec<&Statement> = says.iter().filter(|says| *says.service == *service).collect();
        seal(&name, &record::tail(tree, &name)?, &of_service).map_err(|error| odd(service, error))
    };
    services.into_iter().map(each).collect()
}

fn odd(service: &str, error: impl std::error::Error + Send + Sync + 'static) -> ApplyError {
    refused(&format!("log/{service}"), io::Error::other(error))
}

/// Takes the registry's lock; it is given back when the file is dropped.
fn locked(root: &Path, waits: &dyn Fn()) -> Result<File, ApplyError> {
    match take(root, PATIENCE, waits) {
        Ok(Some(lock)) => Ok(lock),
        Ok(None) => Err(ApplyError::Locked),
        Err(error) => Err(refused(LOCK, error)),
    }
}

fn refused(path: &str, error: io::Error) -> ApplyError {
    ApplyError::Refused { path: path.to_owned(), error }
}

/// A file to be: written beside its place; or, when it is to be deleted, where it is put aside until all is done.
struct Staged<'a> {
    path: &'a str,
    place: PathBuf,
    file: NamedTempFile,
    deleted: bool,
}

/// A file that was moved.
struct Moved<'a> {
    path: &'a str,
    place: PathBuf,
    /// Where a deleted one lies; it is gone when this is dropped.
    aside: Option<TempPath>,
}

/// What was made on the way.
struct Work<'a> {
    root: &'a Path,
    /// The folders that were made, outermost first.
    folders: Vec<PathBuf>,
}

impl Work<'_> {
    /// Writes every new file beside its place.
    fn stage<'c>(&mut self, changes: &'c Changes) -> Result<Vec<Staged<'c>>, ApplyError> {
        let each = |(path, change): (&'c String, &Change)| {
            let refused = |error| refused(path, error);
            self.make_folder(parent(path)).map_err(refused)?;
            let deleted = change.after.is_none();
            // A link is deleted itself, and what it leads to stays.
            let place = if deleted { self.root.join(path) } else { self.place(path).map_err(refused)? };
            let file = beside(&place, change.after.as_deref().unwrap_or_default()).map_err(refused)?;
            Ok(Staged { path, place, file, deleted })
        };
        // What stands beside the main file comes last, and with it a new registry: one that was cut short on
        // the way is none yet, and can be laid again.
        let (beside_main, inside): (Vec<_>, Vec<_>) =
            changes.files().iter().partition(|(path, _)| parent(path).is_empty());
        inside.into_iter().chain(beside_main).map(each).collect()
    }

    /// Puts lines at the end of a file, durably; or none of them.
    fn append(&mut self, lines: &Sealed) -> Result<(), ApplyError> {
        let refused = |error| refused(&lines.file, error);
        self.make_folder(parent(&lines.file)).map_err(refused)?;
        let mut file =
            File::options().append(true).create(true).open(self.root.join(&lines.file)).map_err(refused)?;
        let before = file.metadata().map_err(refused)?.len();
        let done = file.write_all(&lines.bytes).and_then(|()| file.sync_all());
        done.inspect_err(|_| _ = file.set_len(before)).map_err(refused)
    }

    /// Where a file really lies: a link stays a link, and what it leads to is written.
    fn place(&self, path: &str) -> io::Result<PathBuf> {
        let place = self.root.join(path);
        if place.is_symlink() { fs::canonicalize(place) } else { Ok(place) }
    }

    fn make_folder(&mut self, folder: &str) -> io::Result<()> {
        if folder.is_empty() {
            return Ok(());
        }
        self.make_folder(parent(folder))?;
        let path = self.root.join(folder);
        match fs::create_dir(&path) {
            Ok(()) => self.folders.push(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Takes back the folders that were made and are empty.
    fn remove_folders(&self) {
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }

    /// Moves everything to its place.
    fn finish(&self, changes: &Changes, staged: Vec<Staged<'_>>) -> Result<(), ApplyError> {
        let mut done: Vec<Moved<'_>> = Vec::new();
        for one in staged {
            let path = one.path;
            match one.go() {
                Ok(moved) => done.push(moved),
                Err(error) => return Err(take_back(changes, done, path, error)),
            }
        }
        // The names are on disk, too, only once their folders are. What a system can't sync it may lose.
        for folder in done.iter().filter_map(|moved| moved.place.parent()).chain([self.root]) {
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }
}

impl<'a> Staged<'a> {
    /// Moves it to its place, in one step.
    fn go(self) -> io::Result<Moved<'a>> {
        let Staged { path, place, file, deleted } = self;
        let aside = if deleted {
            let aside = file.into_temp_path();
            fs::rename(&place, &aside)?;
            Some(aside)
        } else {
            file.persist(&place).map_err(|error| error.error)?;
            None
        };
        Ok(Moved { path, place, aside })
    }
}

impl Moved<'_> {
    /// Undoes it; `before` is what stood there.
    fn back(self, before: Option<&[u8]>) -> io::Result<()> {
        let place = &self.place;
        match (self.aside, before) {
            (Some(aside), _) => fs::rename(&aside, place).inspect_err(|_| {
                let _ = aside.keep(); // better a stray file than none
            }),
            (None, Some(bytes)) => {
                beside(place, bytes)?.persist(place).map(|_| ()).map_err(|error| error.error)
            }
            (None, None) => fs::remove_file(place),
        }
    }
}

/// Puts back what was moved before the one that failed.
fn take_back(changes: &Changes, done: Vec<Moved<'_>>, path: &str, error: io::Error) -> ApplyError {
    let mut left = Vec::new();
    for moved in done.into_iter().rev() {
        let path = moved.path;
        let before = changes.files().get(path).and_then(|change| change.before.as_deref());
        if moved.back(before).is_err() {
            left.push(format!("`{path}`"));
        }
    }
    let path = path.to_owned();
    if left.is_empty() {
        ApplyError::Refused { path, error }
    } else {
        left.reverse();
        ApplyError::HalfDone { path, error, left }
    }
}

/// Writes bytes into a new file in the folder of `place`, with the rights of what stands there.
fn beside(place: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder = place.parent().ok_or(ErrorKind::NotFound)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".holdpoint-").suffix(".tmp");
    let rights = fs::metadata(place).ok().map(|data| data.permissions());
    #[cfg(unix)]
    if rights.is_none() {
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    if let Some(rights) = as_new(rights) {
        // Set and not only asked for: what a new file is made with goes through the user's mask.
        file.as_file().set_permissions(rights)?;
    }
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// The rights to give a file: those of the one that it replaces. On systems without modes, the usual.
fn as_new(rights: Option<Permissions>) -> Option<Permissions> {
    if cfg!(unix) { rights } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(root: &Path, changes: &Changes) -> Result<(), ApplyError> {
        super::apply(root, Writes::unrecorded(changes), &|| ())
    }

    fn changes(files: &[(&str, Option<&str>, Option<&str>)]) -> Changes {
        let mut changes = Changes::new();
        let bytes = |text: &Option<&str>| text.map(|text| text.as_bytes().to_vec());
        files.iter().for_each(|(path, before, after)| changes.put(path, bytes(before), bytes(after)));
        changes
    }

    /// Every path below a folder but the lock, with its text.
    fn files(root: &Path) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                if path.is_dir() {
                    found.push((format!("{name}/"), String::new()));
                    folders.push(path);
                } else if name != LOCK {
                    found.push((name, fs::read_to_string(path).unwrap()));
                }
            }
        }
        found.sort();
        found
    }

    #[test]
    fn files_are_made_changed_and_deleted() {
        let root = tempfile::tempdir().unwrap();
        apply(root.path(), &changes(&[("a/b/c", None, Some("1")), ("d", None, Some("2"))])).unwrap();
        apply(root.path(), &changes(&[("a/b/c", Some("1"), Some("3")), ("d", Some("2"), None)])).unwrap();
        let want = [("a/", ""), ("a/b/", ""), ("a/b/c", "3")].map(|(path, text)| (path.into(), text.into()));
        assert_eq!(files(root.path()), want);
    }

    #[test]
    fn nobodys_work_is_overwritten() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a"), "theirs").unwrap();
        for (before, after) in [(Some("mine"), Some("new")), (None, Some("new")), (Some("mine"), None)] {
            let error = apply(root.path(), &changes(&[("a", before, after), ("b/c", None, Some("x"))]));
            assert!(matches!(error, Err(ApplyError::Overtaken(path)) if path == "a"));
        }
        assert_eq!(files(root.path()), [("a".to_owned(), "theirs".to_owned())]);
    }

    /// Stages, lets something happen, and moves.
    fn meanwhile(root: &Path, changes: &Changes, happens: impl FnOnce()) -> Result<(), ApplyError> {
        let mut work = Work { root, folders: Vec::new() };
        let staged = work.stage(changes)?;
        happens();
        let done = work.finish(changes, staged);
        work.remove_folders();
        done
    }

    #[test]
    fn what_can_not_be_staged_leaves_no_trace() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("c"), "old").unwrap();
        // Nothing can stand below a file; two others were staged by then.
        let all =
            changes(&[("a/b", None, Some("1")), ("c", Some("old"), Some("2")), ("c/d", None, Some("3"))]);
        let error = apply(root.path(), &all).unwrap_err();
        assert!(matches!(&error, ApplyError::Refused { path, .. } if path == "c/d"), "{error:?}");
        assert_eq!(files(root.path()), [("c".to_owned(), "old".to_owned())]);
    }

    #[test]
    fn what_was_moved_is_taken_back_when_a_later_move_fails() {
        for (last, before, after) in
            [("z", None, Some("3")), ("z", Some("z"), Some("3")), ("z", Some("z"), None)]
        {
            let root = tempfile::tempdir().unwrap();
            let (kept, gone, z) = (root.path().join("kept"), root.path().join("gone"), root.path().join("z"));
            fs::write(&kept, "old").unwrap();
            fs::write(&gone, "was").unwrap();
            let all = changes(&[
                ("a/b", None, Some("1")),
                ("gone", Some("was"), None),
                ("kept", Some("old"), Some("2")),
                (last, before, after),
            ]);
            // Where a file was to come or to go, somebody makes a folder.
            let error = meanwhile(root.path(), &all, || {
                fs::create_dir(&z).unwrap();
                fs::write(z.join("theirs"), "").unwrap();
            });
            assert!(matches!(&error, Err(ApplyError::Refused { path, .. }) if path == "z"), "{error:?}");
            let want = [("gone", "was"), ("kept", "old"), ("z/", ""), ("z/theirs", "")];
            assert_eq!(files(root.path()), want.map(|(path, text)| (path.to_owned(), text.to_owned())));
        }
    }

    #[test]
    fn what_can_not_be_taken_back_is_named() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("b"), "old").unwrap();
        fs::write(root.path().join("c"), "old").unwrap();
        let all = changes(&[("a/b", Some("old"), Some("1")), ("c", Some("old"), Some("2"))]);
        let mut work = Work { root: root.path(), folders: Vec::new() };
        let done = work.stage(&all).unwrap().into_iter().map(|one| one.go().unwrap()).collect();
        fs::remove_dir_all(&folder).unwrap();
        let error = take_back(&all, done, "d", io::Error::other("No"));
        assert_eq!(error.to_string(), "`d` can't be written: no; `a/b` could not be taken back");
        assert_eq!(files(root.path()), [("c".to_owned(), "old".to_owned())], "the other one was");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_deleted_and_put_back_itself() {
        use std::os::unix::fs::symlink;
        let root = tempfile::tempdir().unwrap();
        let (link, shared) = (root.path().join("link"), root.path().join("shared"));
        fs::write(&shared, "1").unwrap();
        symlink("shared", &link).unwrap();
        let all = changes(&[("link", Some("1"), None), ("new", None, Some("2"))]);
        let new = root.path().join("new");
        let error = meanwhile(root.path(), &all, || fs::create_dir(&new).unwrap());
        assert!(matches!(error, Err(ApplyError::Refused { path, .. }) if path == "new"));
        assert_eq!(fs::read_link(&link).unwrap(), Path::new("shared"));
        fs::remove_dir(&new).unwrap();
        apply(root.path(), &all).unwrap();
        assert!(!link.is_symlink());
        assert_eq!(fs::read_to_string(&shared).unwrap(), "1", "what it led to is somebody else's");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_rights_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("real");
        fs::write(&file, "1").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o664)).unwrap();
        symlink("real", root.path().join("link")).unwrap();
        apply(root.path(), &changes(&[("link", Some("1"), Some("2"))])).unwrap();
        assert!(root.path().join("link").is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "2");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o664, "whatever the mask");
    }
}
