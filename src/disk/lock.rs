//! The lock of whoever writes a registry.
//!
//! [`take`] needs no right to write the lock file that somebody else has made: two teams may write one registry.
//! It never follows a link, never waits in silence, and never for ever.

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// The file whose lock a writer holds, in the registry's folder. It stays there, empty.
pub const LOCK: &str = ".holdpoint.lock";

/// How long is waited for the lock at most. Nobody who writes takes a second.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// How long until it is tried again.
const PAUSE: Duration = Duration::from_millis(50);

/// Takes the registry's lock, which is given back when the file is dropped. None: somebody held it all the time.
///
/// `waits` is called once, when it has to be waited for.
pub(super) fn take(root: &Path, patience: Duration, waits: &dyn Fn()) -> io::Result<Option<File>> {
    let file = open(&root.join(LOCK))?;
    let begun = Instant::now();
    let mut said = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if !said => waits(),
            Err(TryLockError::WouldBlock) => {}
        }
        said = true;
        if begun.elapsed() >= patience {
            return Ok(None);
        }
        thread::sleep(PAUSE);
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
    use std::fs;

    use super::*;

    #[test]
    fn who_has_to_wait_hears_of_it_once_and_not_for_ever() {
        let root = tempfile::tempdir().unwrap();
        let told = Cell::new(0);
        let take = |patience| take(root.path(), patience, &|| told.set(told.get() + 1)).unwrap();
        let held = take(Duration::ZERO).unwrap();
        assert_eq!(told.get(), 0, "nobody held it");
        assert!(take(Duration::ZERO).is_none());
        assert_eq!(told.get(), 1);
        drop(held);
        assert!(take(Duration::ZERO).is_some());
    }

    #[test]
    fn it_goes_on_as_soon_as_it_may() {
        let root = tempfile::tempdir().unwrap();
        let held = Cell::new(Some(open(&root.path().join(LOCK)).unwrap()));
        let lock = held.take().unwrap();
        lock.lock().unwrap();
        held.set(Some(lock));
        let got = take(root.path(), PATIENCE, &|| drop(held.take())).unwrap();
        assert!(got.is_some());
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
        assert!(take(root.path(), Duration::ZERO, &|| ()).unwrap().is_some());
        fs::remove_file(&lock).unwrap();
        symlink("outside", &lock).unwrap();
        for there in [false, true] {
            let error = take(root.path(), Duration::ZERO, &|| ()).unwrap_err();
            assert_eq!((error.to_string().as_str(), outside.exists()), ("it is a symbolic link", there));
            fs::write(&outside, "").unwrap();
        }
        fs::remove_file(&lock).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&lock).status().unwrap().success());
        let error = take(root.path(), Duration::ZERO, &|| ()).unwrap_err();
        assert_eq!(error.to_string(), "it is not a regular file");
    }
}
