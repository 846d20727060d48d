//! The lock of whoever moves a service in an environment, held from before the command until its end is recorded.
//!
//! A second `run` is told at once who holds it; nobody waits here, for a deployment takes as long as it takes. The
//! file says who, for people and for the one who is refused. It is taken away with the lock, so that a registry of
//! thousands of services doesn't fill with empty files; one that a crash left behind is taken over.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::lock::{self, is_at};
use crate::model::Name;

/// The longest name of a file that every file system takes.
const LONGEST: usize = 240;
/// A line about a holder is never longer; whatever is, isn't ours.
const LONGEST_LINE: u64 = 64 * 1024;
/// How often a lock file that is taken away just then is looked for again.
const TRIES: usize = 100;

/// Who moves a service, as the lock file says in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// To which release.
    pub to: String,
    /// Who.
    pub by: String,
    /// Since when: RFC 3339.
    pub since: String,
    /// The process that does it.
    pub pid: u32,
    /// The machine that it is on, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

/// Why the lock could not be taken.
#[derive(Debug)]
pub enum MoveLockError {
    /// Somebody else moves the service there just now. None: who, can't be read.
    Held(Option<Holder>),
    /// The system refuses.
    Refused {
        /// The lock file's name.
        file: String,
        /// What it says.
        error: io::Error,
    },
}

/// The lock on moves of one service in one environment; given back when it is dropped.
#[derive(Debug)]
pub struct MoveLock {
    path: PathBuf,
    file: File,
}

impl MoveLock {
    /// Takes the lock, in the registry's folder, and says in it who holds it.
    ///
    /// # Errors
    /// When somebody holds it, or there can be no such file.
    pub fn take(
        root: &Path,
        service: &Name,
        environment: &Name,
        holder: &Holder,
    ) -> Result<MoveLock, MoveLockError> {
        let name = file_name(service, environment);
        let path = root.join(&name);
        let refused = |error| MoveLockError::Refused { file: name.clone(), error };
        for _ in 0..TRIES {
            let mut file = lock::open(&path).map_err(refused)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(MoveLockError::Held(read(&mut file))),
                Err(TryLockError::Error(error)) => return Err(refused(error)),
            }
            // Whoever held it may have taken it away between the two: then another one is, or will be, the lock.
            if is_at(&file, &path) {
                let lock = MoveLock { path, file };
                // What a crash of somebody else left may be locked and not written; the lock is what counts.
                let _ = lock.say(holder);
                return Ok(lock);
            }
        }
        Err(refused(io::Error::other("it is made and taken away all the time")))
    }

    fn say(&self, holder: &Holder) -> io::Result<()> {
        let line = serde_json::to_string(holder)?;
        let mut file = &self.file;
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(format!("{line}\n").as_bytes())
    }
}

impl Drop for MoveLock {
    fn drop(&mut self) {
        // As long as we hold it, nobody else takes this file for the lock.
        if is_at(&self.file, &self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// `.holdpoint-move-checkout@prod.lock`. The sign between the two can't stand in a name, so that no two pairs have
/// the same file.
fn file_name(service: &Name, environment: &Name) -> String {
    let pair = format!("{service}@{environment}");
    let name = format!(".holdpoint-move-{pair}.lock");
    if name.len() <= LONGEST {
        return name;
    }
    let hash: String = Sha256::digest(pair.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    format!(".holdpoint-move-{hash}.lock")
}

/// What a lock file says of its holder.
fn read(file: &mut File) -> Option<Holder> {
    let mut line = Vec::new();
    file.take(LONGEST_LINE).read_to_end(&mut line).ok()?;
    serde_json::from_slice(&line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn holder(by: &str) -> Holder {
        let (to, by, since) = ("2.4.0".into(), by.into(), "2026-11-22T03:00:00Z".into());
        Holder { to, by, since, pid: 7, host: Some("ops-1".into()) }
    }

    fn take(root: &Path, service: &str, environment: &str, by: &str) -> Result<MoveLock, MoveLockError> {
        MoveLock::take(root, &name(service), &name(environment), &holder(by))
    }

    #[test]
    fn one_at_a_time_moves_a_service_in_an_environment() {
        let root = tempfile::tempdir().unwrap();
        let held = take(root.path(), "shop", "prod", "ann").unwrap();
        match take(root.path(), "shop", "prod", "bob") {
            Err(MoveLockError::Held(Some(by))) => assert_eq!(by, holder("ann")),
            other => panic!("{other:?}"),
        }
        // Another environment, another service, and a pair whose names look alike when joined.
        for (service, environment) in [("shop", "staging"), ("cart", "prod"), ("shop-prod", "eu")] {
            take(root.path(), service, environment, "bob").unwrap();
        }
        drop(held);
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0, "nothing is left behind");
        take(root.path(), "shop", "prod", "bob").unwrap();
    }

    #[test]
    fn what_a_crash_left_is_taken_over_and_rewritten() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(".holdpoint-move-shop@prod.lock");
        fs::write(&path, "x".repeat(4000)).unwrap();
        let _held = take(root.path(), "shop", "prod", "ann").unwrap();
        let line: Holder = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(line, holder("ann"));
    }

    #[test]
    fn a_lock_file_that_was_put_in_place_of_ours_stays() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(".holdpoint-move-shop@prod.lock");
        let held = take(root.path(), "shop", "prod", "ann").unwrap();
        fs::remove_file(&path).unwrap();
        let _other = take(root.path(), "shop", "prod", "bob").unwrap();
        drop(held);
        assert!(
            path.exists() && matches!(take(root.path(), "shop", "prod", "eve"), Err(MoveLockError::Held(_)))
        );
    }

    #[test]
    fn every_pair_has_a_file_of_its_own_however_long() {
        let long = "a".repeat(128);
        let (one, other) = (file_name(&name(&long), &name(&long)), file_name(&name(&long), &name("prod")));
        assert!(one != other && one.len() <= LONGEST && one.ends_with(".lock"));
        assert_eq!(file_name(&name("shop"), &name("prod")), ".holdpoint-move-shop@prod.lock");
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("theirs"), "text").unwrap();
        std::os::unix::fs::symlink("theirs", root.path().join(".holdpoint-move-shop@prod.lock")).unwrap();
        let error = take(root.path(), "shop", "prod", "ann").unwrap_err();
        assert!(matches!(error, MoveLockError::Refused { .. }), "{error:?}");
        assert_eq!(fs::read_to_string(root.path().join("theirs")).unwrap(), "text");
    }
}
