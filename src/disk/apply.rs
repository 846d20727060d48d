//! Writing: what an act changes and says is put on disk whole, or not at all.
//!
//! [`apply`] takes the registry's lock, brings to its end what others were cut short at, holds what stands there
//! against what the changes were worked out from, gives the statements their places in the record, and hands all
//! of it to [`super::work`]. A reader sees the act as a whole, or nothing of it.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use super::bare::Bare;
use super::hands::{Hands, OwnHands};
use super::journal::{Ending, JOURNAL, Journal, LOOKED_AT, Lines, hash};
use super::lock::{LOCK, Lock, Taken, take};
use super::reason;
use super::repair::{folders, settle};
use super::torn::{self, Aside};
use super::work::{Failed, Work};
use super::writer::{Writer, Writing};
use crate::model::Name;
use crate::record::{self, Broken, Sealed, Statement, Tail, Writes, seal};
use crate::registry::{Tree, TreeError};

/// Why changes could not be put on disk. Nothing was changed then, unless the text says so.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A file isn't any more what the changes were worked out from.
    #[error("`{0}` was changed by somebody else meanwhile")]
    Overtaken(String),
    /// Somebody else holds the lock, and doesn't let go of it.
    #[error("somebody else {}: {}", held(.waited), who(.holder))]
    Locked {
        /// How long was waited.
        waited: Duration,
        /// Who it is, if that can be told.
        holder: Option<Writing>,
    },
    /// The folder isn't there any more.
    #[error("the registry's folder `{0}` isn't there any more")]
    Vanished(String),
    /// Nothing can be put behind the end of the record.
    #[error(transparent)]
    Record(#[from] Broken),
    /// What stands there can't be looked at, or belongs to an act that can't be brought to its end.
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
    /// The system refused after the act was committed, and again when it was to be taken back.
    #[error("`{path}` can't be written: {}; what was to be written waits in `{JOURNAL}`, and counts", reason(.error))]
    Unfinished {
        /// The path inside the registry.
        path: String,
        /// What the system says.
        error: io::Error,
    },
    /// The system refuses to let an earlier act be brought to its end.
    #[error("an act that was cut short can't be brought to its end: `{path}` can't be written: {}", reason(.error))]
    Pending {
        /// The path inside the registry.
        path: String,
        /// What the system says.
        error: io::Error,
    },
}

fn held(waited: &Duration) -> String {
    match waited.as_secs_f64() {
        0.0 => "is writing this registry".into(),
        seconds => format!("has been writing this registry for {seconds} s"),
    }
}

fn who(holder: &Option<Writing>) -> String {
    holder.as_ref().map_or_else(|| format!("`{LOCK}` is locked"), Writing::to_string)
}

impl From<Failed> for ApplyError {
    fn from(Failed { path, error }: Failed) -> ApplyError {
        ApplyError::Refused { path, error }
    }
}

impl ApplyError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        const NOTHING: &str = "nothing was written";
        match self {
            ApplyError::Overtaken(_) => format!("{NOTHING}; do it again"),
            ApplyError::Locked { waited, .. } if waited.is_zero() => {
                format!("{NOTHING}; do it again, or wait with --lock-timeout 30")
            }
            ApplyError::Locked { holder, .. } => {
                let which = if cfg!(unix) { format!(" (`fuser {LOCK}` says which)") } else { String::new() };
                let which = if holder.is_some() { String::new() } else { which };
                format!("{NOTHING}; end the program that hangs{which}, and do it again")
            }
            ApplyError::Vanished(_) => format!("{NOTHING}; look where it has gone"),
            ApplyError::Record(Broken::Unreadable(error)) | ApplyError::Unreadable(error) => {
                error.hint().map_or_else(|| NOTHING.into(), |hint| format!("{NOTHING}; {hint}"))
            }
            ApplyError::Record(_) => {
                format!(
                    "{NOTHING}; move what isn't of the record out of the file: `holdpoint log verify` names the lines, \
                     docs/record.md says how"
                )
            }
            ApplyError::Refused { error, .. } => match remedy(error) {
                Some(remedy) => format!("{NOTHING}; {remedy} and do it again"),
                None => NOTHING.into(),
            },
            ApplyError::HalfDone { .. } => "look at these files, or take them back with Git".into(),
            ApplyError::Unfinished { error, .. } => {
                let remedy = remedy(error).map_or_else(String::new, |remedy| format!("{remedy}; "));
                format!("{remedy}the next command that writes brings it to its end, so don't do it again")
            }
            ApplyError::Pending { error, .. } => {
                let remedy = remedy(error).unwrap_or("mend that");
                format!("{NOTHING} of this one, and the earlier one counts; {remedy} and do this one again")
            }
        }
    }
}

/// What helps against what the system says.
fn remedy(error: &io::Error) -> Option<&'static str> {
    Some(match error.kind() {
        ErrorKind::PermissionDenied => "ask for the right to write there",
        ErrorKind::ReadOnlyFilesystem => "have it made writable",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room",
        _ => return None,
    })
}

/// What else happens while something is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Somebody else is writing, and has to be waited for; who it is, if that can be told.
    Waiting(Option<Writing>),
    /// An act that was cut short was brought to its end: these are its files.
    Finished(Vec<String>),
    /// The end of a file of the record was torn, and is put aside.
    Torn(Aside),
    /// All is written, but the journal could not be removed: whoever writes next does it.
    JournalStays,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Waiting(Some(holder)) => {
                write!(f, "waiting: another program is writing this registry: {holder}")
            }
            Note::Waiting(None) => {
                write!(f, "waiting: another program is writing this registry (it holds `{LOCK}`)")
            }
            Note::Finished(paths) => {
                write!(f, "note: an act that was cut short was brought to its end: `{}`", paths.join("`, `"))
            }
            Note::Torn(Aside { from, to, bytes }) => {
                let bytes = if *bytes == 1 { "1 byte".into() } else { format!("{bytes} bytes") };
                write!(f, "note: the last line of `{from}` had no end, for a write was cut short: ")?;
                write!(f, "its {bytes} were put aside as `{to}`")
            }
            Note::JournalStays => {
                write!(
                    f,
                    "note: all is written, but `{JOURNAL}` could not be removed; the next command that writes does it"
                )
            }
        }
    }
}

/// Puts an act on disk, below `root`, which must be there. `tell` hears what else happens.
///
/// # Errors
/// When a file was changed meanwhile, somebody else doesn't come to an end with writing, or the system refuses.
pub fn apply(
    root: &Path,
    writes: Writes<'_>,
    writer: &Writer,
    tell: &dyn Fn(&Note),
) -> Result<(), ApplyError> {
    apply_with(&OwnHands, root, writes, writer, tell)
}

/// The same with other hands than the program's own.
///
/// # Errors
/// Those of [`apply`].
pub fn apply_with(
    hands: &dyn Hands,
    root: &Path,
    writes: Writes<'_>,
    writer: &Writer,
    tell: &dyn Fn(&Note),
) -> Result<(), ApplyError> {
    if writes.is_empty() {
        return Ok(());
    }
    let _lock = locked(root, writer, tell)?;
    settle(hands, root, &folders(root, writes), tell)?;
    let tree = Bare::new(root);
    let changed = writes.changes.files().iter().map(|(path, change)| (path, &change.before));
    for (path, before) in changed.chain(writes.changes.held()) {
        if tree.read(path)? != *before {
            return Err(ApplyError::Overtaken(path.clone()));
        }
    }
    let sealed = sealed(hands, root, writes.says, tell)?;
    let lines = sealed.into_iter().map(|sealed| lines(&tree, sealed)).collect::<Result<_, _>>()?;
    let journal = Journal::of(writes.changes, lines);
    if !Work::new(hands, root).carry_out(writes.changes, &journal)? {
        tell(&Note::JournalStays);
    }
    Ok(())
}

/// Takes the registry's lock.
pub(super) fn locked(root: &Path, writer: &Writer, tell: &dyn Fn(&Note)) -> Result<Lock, ApplyError> {
    match take(root, writer, &|holder| tell(&Note::Waiting(holder))) {
        Ok(Taken::Ours(lock)) => Ok(lock),
        Ok(Taken::Held(holder)) => Err(ApplyError::Locked { waited: writer.patience, holder }),
        Err(_) if !root.is_dir() => Err(ApplyError::Vanished(root.to_string_lossy().into_owned())),
        Err(error) => Err(ApplyError::Refused { path: LOCK.into(), error }),
    }
}

/// Gives statements their places, service by service.
fn sealed(
    hands: &dyn Hands,
    root: &Path,
    says: &[Statement],
    tell: &dyn Fn(&Note),
) -> Result<Vec<Sealed>, ApplyError> {
    let services: BTreeSet<&str> = says.iter().map(|statement| &*statement.service).collect();
    let each = |service: &str| {
        let name = Name::new(service).map_err(|error| odd(service, error))?;
        let of_service: Vec<&Statement> = says.iter().filter(|says| *says.service == *service).collect();
        seal(&name, &tail(hands, root, &name, tell)?, &of_service).map_err(|error| odd(service, error))
    };
    services.into_iter().map(each).collect()
}

/// Finds the end of a service's record. Torn bytes behind its last whole line are put aside: they stop nobody.
fn tail(hands: &dyn Hands, root: &Path, service: &Name, tell: &dyn Fn(&Note)) -> Result<Tail, ApplyError> {
    match record::tail(&Bare::new(root), service) {
        Err(Broken::Torn(file)) => {
            if let Some(aside) = torn::put_aside(hands, root, &file)? {
                tell(&Note::Torn(aside));
            }
            Ok(record::tail(&Bare::new(root), service)?)
        }
        found => Ok(found?),
    }
}

fn odd(service: &str, error: impl std::error::Error + Send + Sync + 'static) -> ApplyError {
    ApplyError::Refused { path: format!("log/{service}"), error: io::Error::other(error) }
}

/// Lines with what the journal has to know of their file.
fn lines(tree: &Bare, Sealed { file, bytes }: Sealed) -> Result<Lines, ApplyError> {
    let end = tree.read_end(&file, LOOKED_AT)?;
    let end = end.map(|end| Ending { at: end.length, hash: hash(&end.bytes) });
    Ok(Lines { file, end, bytes })
}
