//! What others have left behind: a journal is followed to its end, or put aside; a torn line is put aside.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::apply::{ApplyError, Note, locked};
use super::bare::Bare;
use super::fit::{Far, Fit, fit};
use super::hands::{Hands, OwnHands};
use super::journal::{JOURNAL, Journal};
use super::torn::{self, Aside};
use super::work::{Work, at, sweep};
use super::writer::Writer;
use super::{laid, parent};
use crate::model::Name;
use crate::record::{self, Broken, Writes};
use crate::registry::{TreeError, TreeErrorKind};

/// What was done about an act that was cut short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It was brought to its end: these are its files.
    Finished(Vec<String>),
    /// It could not be.
    PutAside {
        /// Why.
        why: String,
        /// The files that it speaks of, as far as that can be made out. Some may be as it wanted them.
        paths: Vec<String>,
        /// Where it lies now.
        aside: Aside,
    },
}

/// Brings the act that was cut short to its end, or puts it aside when it doesn't fit what stands there. None: there
/// is none. `tell` hears of what else happens.
///
/// # Errors
/// When somebody else writes all the time, or the system refuses.
pub fn put_aside_journal(
    root: &Path,
    writer: &Writer,
    tell: &dyn Fn(&Note),
) -> Result<Option<Settled>, ApplyError> {
    let hands = &OwnHands;
    let _lock = locked(root, writer, tell)?;
    let found = match journal(&Bare::new(root)) {
        Ok(None) => return Ok(None),
        Ok(Some((journal, fit))) => {
            finish(hands, root, &journal, &fit)?;
            return Ok(Some(Settled::Finished(paths(&journal))));
        }
        Err(found) => found,
    };
    let TreeErrorKind::HeldUp(why) = found.why.kind else { return Err(found.why.into()) };
    let place = root.join(JOURNAL);
    let bytes = fs::metadata(&place).map_or(0, |data| data.len());
    let name = |number: &usize| format!("{JOURNAL}-{number}");
    let free = |number: &usize| fs::symlink_metadata(root.join(name(number))).is_err();
    let to = (1..).find(free).map_or_else(|| name(&0), |number| name(&number));
    let moved = hands.rename(&place, &root.join(&to)).and_then(|()| hands.sync_folder(root));
    at(JOURNAL, moved)?;
    let aside = Aside { from: JOURNAL.into(), to, bytes };
    Ok(Some(Settled::PutAside { why, paths: found.paths, aside }))
}

/// Puts the torn end of a service's record aside. None: it ends with a whole line, or has none.
///
/// # Errors
/// When somebody else writes all the time, the record can't be read, or the system refuses.
pub fn put_aside_torn(
    root: &Path,
    service: &Name,
    writer: &Writer,
    tell: &dyn Fn(&Note),
) -> Result<Option<Aside>, ApplyError> {
    let hands = &OwnHands;
    let _lock = locked(root, writer, tell)?;
    settle(hands, root, &BTreeSet::new(), tell)?;
    match record::tail(&Bare::new(root), service) {
        Err(Broken::Torn(file)) => torn::put_aside(hands, root, &file),
        Err(Broken::Unreadable(error)) => Err(error.into()),
        _ => Ok(None),
    }
}

/// Brings what was cut short to its end, and removes what it has left in these folders. To be called under the lock.
///
/// # Errors
/// When a journal doesn't fit, or the system refuses.
pub(super) fn settle(
    hands: &dyn Hands,
    root: &Path,
    folders: &BTreeSet<PathBuf>,
    tell: &dyn Fn(&Note),
) -> Result<(), ApplyError> {
    if let Some((journal, fit)) = journal(&Bare::new(root)).map_err(|found| found.why)? {
        finish(hands, root, &journal, &fit)?;
        tell(&Note::Finished(paths(&journal)));
    }
    folders.iter().for_each(|folder| sweep(hands, folder));
    // A journal that was removed must not come back after what is written now.
    let _ = hands.sync_folder(root);
    Ok(())
}

/// The folders that a write may leave something in.
pub(super) fn folders(root: &Path, writes: Writes<'_>) -> BTreeSet<PathBuf> {
    let files = writes.changes.files().keys().flat_map(|path| {
        let place = root.join(path);
        let led_to = fs::canonicalize(&place).ok().filter(|_| place.is_symlink());
        [Some(root.join(parent(path))), led_to.and_then(|place| place.parent().map(Path::to_path_buf))]
    });
    let logs = writes.says.iter().map(|says| Some(root.join("log").join(&*says.service)));
    files.chain(logs).chain([Some(root.to_owned())]).flatten().collect()
}

/// A journal that can't be followed.
struct Unfit {
    why: TreeError,
    paths: Vec<String>,
}

/// The journal that stands there, with how far it is.
fn journal(tree: &Bare) -> Result<Option<(Journal, Fit)>, Unfit> {
    let held_up = |why| TreeError { path: JOURNAL.into(), kind: TreeErrorKind::HeldUp(why) };
    let read = laid::read(tree).map_err(|error| {
        let why = match error.kind {
            kind @ (TreeErrorKind::Denied | TreeErrorKind::Io(_)) => TreeError { kind, ..error },
            kind => held_up(format!("it {kind}")),
        };
        Unfit { why, paths: Vec::new() }
    })?;
    let Some(bytes) = read else { return Ok(None) };
    let journal = Journal::decode(&bytes).map_err(|why| Unfit { why: held_up(why), paths: Vec::new() })?;
    match fit(tree, &journal) {
        Ok(fit) => Ok(Some((journal, fit))),
        Err(why) => Err(Unfit { why: held_up(why), paths: paths(&journal) }),
    }
}

/// Does what is left of it: the evidence first, all of it durable before the journal goes.
fn finish(hands: &dyn Hands, root: &Path, journal: &Journal, fit: &Fit) -> Result<(), ApplyError> {
    let mut work = Work::new(hands, root);
    let mut finish = || {
        let begun = |far: &Far| *far == Far::Before;
        for (lines, _) in journal.lines.iter().zip(&fit.lines).filter(|(_, far)| begun(far)) {
            work.complete_lines(lines)?;
        }
        for (piece, _) in journal.files.iter().zip(&fit.files).filter(|(_, far)| begun(far)) {
            work.complete(piece)?;
        }
        work.sync_all(journal)?;
        at(JOURNAL, work.drop_journal())
    };
    finish().map_err(|failed| ApplyError::Pending { path: failed.path, error: failed.error })?;
    let folders: BTreeSet<PathBuf> = journal.paths().map(|path| root.join(parent(path))).collect();
    folders.iter().for_each(|folder| sweep(hands, folder));
    Ok(())
}

fn paths(journal: &Journal) -> Vec<String> {
    journal.paths().map(str::to_owned).collect()
}
