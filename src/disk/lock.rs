//! The lock of whoever writes a registry.
//!
//! [`take`] needs no right to write the lock file that somebody else has made: two teams may write one registry.
//! It never follows a link, never waits in silence, and never for ever.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::writer::{Writer, Writing, clear};

/// The file whose lock a writer holds, in the registry's folder. It stays there, and is empty unless somebody writes.
pub const LOCK: &str = ".holdpoint.lock";

/// How long until it is tried again: short at first, for most who write are done by then.
const PAUSES: [u64; 4] = [2, 5, 15, 50]; // milliseconds

/// The registry's lock, which is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    /// Whether who holds it stands in the file.
    noted: bool,
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.noted {
            clear(&self.file);
        }
    }
}

/// What became of the wish for the lock.
pub(super) enum Taken {
    /// It is ours.
    Ours(Lock),
    /// Somebody held it all the time.
    Held(Option<Writing>),
}

/// The lock of whoever publishes acts of a checkout, which is given back when this is dropped.
#[derive(Debug)]
pub struct PublishLock(#[expect(dead_code, reason = "it is held, not used")] Lock);

impl PublishLock {
    /// Takes it, at this file. `waits` is called once, with who holds it, when it has to be waited for. The inner error
    /// is who held it all the time.
    ///
    /// # Errors
    /// When there can be no such file.
    pub fn take(
        file: &Path,
        writer: &Writer,
        waits: &dyn Fn(Option<Writing>),
    ) -> io::Result<Result<PublishLock, Option<Writing>>> {
        Ok(match take_at(file, writer, waits)? {
            Taken::Ours(lock) => Ok(PublishLock(lock)),
            Taken::Held(holder) => Err(holder),
        })
    }
}

/// Takes the registry's lock. `waits` is called once, with who holds it, when it has to be waited for.
pub(super) fn take(root: &Path, writer: &Writer, waits: &dyn Fn(Option<Writing>)) -> io::Result<Taken> {
    take_at(&root.join(LOCK), writer, waits)
}

fn take_at(path: &Path, writer: &Writer, waits: &dyn Fn(Option<Writing>)) -> io::Result<Taken> {
    let mut file = open(path)?;
    let begun = Instant::now();
    let mut tries = 0;
    loop {
        match file.try_lock() {
            // Somebody has removed it meanwhile: whoever came since then holds another one.
            Ok(()) if !is_at(&file, path) => {
                file = open(path)?;
                continue;
            }
            Ok(()) => {
                let noted = Writing::present(writer).note(&file);
                return Ok(Taken::Ours(Lock { file, noted }));
            }
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if begun.elapsed() >= writer.patience => {
                return Ok(Taken::Held(Writing::read(&file)));
            }
            Err(TryLockError::WouldBlock) => {}
        }
        if tries == PAUSES.len() {
            waits(Writing::read(&file));
        }
        let pause = PAUSES.get(tries).or(PAUSES.last()).copied().unwrap_or_default();
        thread::sleep(Duration::from_millis(pause).min(writer.patience.saturating_sub(begun.elapsed())));
        tries += 1;
    }
}

/// Opens the lock file, and makes it where there is none.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let opened = match file(path, true, false) {
        // To read is enough for a lock, but for some network file systems.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => file(path, false, false),
        Err(error) if error.kind() == ErrorKind::NotFound => match file(path, true, true) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                file(path, true, false).or_else(|_| file(path, false, false))
            }
            made => made,
        },
        opened => opened,
    };
    let opened =
        opened.map_err(|error| if path.is_symlink() { odd("it is a symbolic link") } else { error })?;
    if opened.metadata()?.is_file() { Ok(opened) } else { Err(odd("it is not a regular file")) }
}

/// Whether an open file is the one that has this name.
#[cfg(unix)]
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(open), Ok(named)) = (file.metadata(), fs::symlink_metadata(path)) else { return false };
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}

/// An open file can't be taken away here.
#[cfg(not(unix))]
pub(super) fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

fn odd(why: &str) -> io::Error {
    io::Error::other(why)
}

#[cfg(unix)]
fn file(path: &Path, write: bool, make: bool) -> io::Result<File> {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    let way = if write { OFlags::RDWR } else { OFlags::RDONLY };
    let new = if make { OFlags::CREATE | OFlags::EXCL } else { OFlags::empty() };
    // A pipe in its place must not make anybody wait.
    let always = OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    Ok(openat(CWD, path, way | new | always, Mode::from_raw_mode(0o666))?.into())
}

#[cfg(not(unix))]
fn file(path: &Path, write: bool, make: bool) -> io::Result<File> {
    if path.is_symlink() {
        return Err(odd("it is a symbolic link"));
    }
    File::options().read(true).write(write).create_new(make).open(path)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn writer(patience: Duration) -> Writer {
        Writer { command: "holdpoint release add".into(), patience }
    }

    /// Takes it without waiting. None: somebody holds it.
    fn at_once(root: &Path) -> io::Result<Option<Lock>> {
        let told = |_| panic!("nobody waits");
        Ok(match take(root, &writer(Duration::ZERO), &told)? {
            Taken::Ours(lock) => Some(lock),
            Taken::Held(_) => None,
        })
    }

    #[test]
    fn who_has_to_wait_hears_of_it_once_and_not_for_ever() {
        let root = tempfile::tempdir().unwrap();
        let told = Cell::new(0);
        let held = at_once(root.path()).unwrap();
        assert!(held.is_some(), "nobody held it");
        assert!(at_once(root.path()).unwrap().is_none(), "without patience nobody waits");
        let waits = |holder: Option<Writing>| {
            told.set(told.get() + 1);
            assert_eq!(holder.unwrap().command, "holdpoint release add");
        };
        let Taken::Held(holder) = take(root.path(), &writer(Duration::from_millis(200)), &waits).unwrap()
        else {
            panic!("two hold it")
        };
        assert_eq!(told.get(), 1);
        assert_eq!(holder.unwrap().pid, std::process::id());
        drop(held);
        assert_eq!(fs::read(root.path().join(LOCK)).unwrap(), b"", "nobody writes any more");
        assert!(at_once(root.path()).unwrap().is_some());
    }

    #[test]
    fn it_goes_on_as_soon_as_it_may() {
        let root = tempfile::tempdir().unwrap();
        let held = Cell::new(at_once(root.path()).unwrap());
        let got = take(root.path(), &writer(Writer::PATIENCE), &|_| drop(held.take())).unwrap();
        assert!(matches!(got, Taken::Ours(_)));
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_that_was_removed_is_none() {
        let root = tempfile::tempdir().unwrap();
        let held = Cell::new(at_once(root.path()).unwrap());
        let other = Cell::new(None);
        // While somebody waits, all that Git ignores is removed, and a third one comes.
        let waits = |_| {
            fs::remove_file(root.path().join(LOCK)).unwrap();
            other.set(at_once(root.path()).unwrap());
            drop(held.take());
        };
        let got = take(root.path(), &writer(Duration::from_millis(200)), &waits).unwrap();
        assert!(other.take().is_some() && matches!(got, Taken::Held(_)), "two hold it");
    }

    #[cfg(unix)]
    #[test]
    fn it_is_for_everybody_and_follows_nothing() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let root = tempfile::tempdir().unwrap();
        let (lock, outside) = (root.path().join(LOCK), root.path().join("outside"));
        fs::write(&lock, "").unwrap();
        // Whoever may only read it may lock it. (Root may do everything, and shows nothing here.)
        fs::set_permissions(&lock, fs::Permissions::from_mode(0o444)).unwrap();
        assert!(at_once(root.path()).unwrap().is_some());
        fs::remove_file(&lock).unwrap();
        symlink("outside", &lock).unwrap();
        for there in [false, true] {
            let error = at_once(root.path()).unwrap_err();
            assert_eq!((error.to_string().as_str(), outside.exists()), ("it is a symbolic link", there));
            fs::write(&outside, "").unwrap();
        }
        fs::remove_file(&lock).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&lock).status().unwrap().success());
        let error = at_once(root.path()).unwrap_err();
        assert_eq!(error.to_string(), "it is not a regular file");
    }
}
