//! An act that others were faster than, done again on what they have published.

use std::time::Instant;

use super::Press;
use super::commit::{Files, parts, services};
use crate::cli::sync;
use crate::git::{Checkout, Failed, Made, Objects, TRAILER};
use crate::record::{Deeds, State, Statement, seal, tail};
use crate::registry::{Changes, Snapshot, Tree};
use crate::report::message;

/// What an act is done again on.
pub(super) struct Base {
    pub id: String,
    /// It joins others' commits and earlier ones of ours, and isn't published yet.
    pub is_ours: bool,
}

/// What came of it.
pub(super) enum Again<T> {
    /// It is done, and committed behind what they have published.
    Done { value: T, id: String },
    /// There is nothing to do any more.
    Nothing { value: T, base: Base },
    /// It can't be done any more.
    Refused { error: anyhow::Error, base: Base },
    /// Git, or what they have published, stands in the way.
    Stuck(String),
}

impl<T: Deeds> Press<'_, T> {
    /// Does the act again on what others have published, and commits it there.
    pub(super) fn again(&self, tip: &str) -> Again<T> {
        let base = match self.base(tip) {
            Ok(base) => base,
            Err(why) => return Again::Stuck(why),
        };
        match self.on(&base) {
            Ok(Ok((value, Some(id)))) => Again::Done { value, id },
            Ok(Ok((value, None))) => Again::Nothing { value, base },
            Ok(Err(error)) => Again::Refused { error, base },
            Err(why) => Again::Stuck(why),
        }
    }

    /// What it is done on: what others have published, joined with earlier commits of ours that aren't.
    fn base(&self, tip: &str) -> Result<Base, String> {
        let theirs = Base { id: tip.to_owned(), is_ours: false };
        let Some(head) = self.stand.head.as_deref() else { return Ok(theirs) };
        let says = |failed: Failed| failed.to_string();
        if self.checkout.is_before(head, tip, self.here()).map_err(says)? {
            return Ok(theirs);
        }
        match sync::join(self.found, self.checkout, head, tip, None, self.here())? {
            sync::Joined::Published => Ok(theirs),
            sync::Joined::Made(id) => Ok(Base { id, is_ours: true }),
            sync::Joined::Conflicts(conflicts) => {
                let paths = conflicts.paths().join("`, `");
                Err(format!(
                    "earlier commits that aren't pushed and what others have published both change `{paths}`"
                ))
            }
        }
    }

    /// Does it there. The inner error is the act's own; None in place of a commit: there is nothing to do.
    fn on(&self, base: &Base) -> Result<anyhow::Result<(T, Option<String>)>, String> {
        let objects = Objects::open(&self.found.folder).map_err(|error| error.to_string())?;
        let commit = objects.commit(&base.id).map_err(|error| error.to_string())?;
        let tree = objects.tree(&commit);
        let state = State { revision: Some(base.id.as_str().into()), dirty: Some(false) };
        // The ids are those that it had here, so that it can be known again.
        let occasion = self.occasion.on(state);
        let value = match self.act.on(&Snapshot::new(&tree), &self.found.main, &occasion) {
            Ok(value) => value,
            Err(error) => return Ok(Err(error)),
        };
        let writes = value.writes();
        if writes.is_empty() {
            return Ok(Ok((value, None)));
        }
        let files = written(&tree, writes.changes, writes.says)?;
        let id = commit_files(self.checkout, base, &files, writes.says, self.here())
            .map_err(|failed| failed.to_string())?;
        Ok(Ok((value, Some(id))))
    }
}

/// The files that an act changes, those of the record among them.
fn written(tree: &dyn Tree, changes: &Changes, says: &[Statement]) -> Result<Files, String> {
    let mut files: Files =
        changes.files().iter().map(|(path, change)| (path.clone(), change.after.clone())).collect();
    for service in services(says) {
        let own: Vec<&Statement> = says.iter().filter(|says| *says.service == *service.as_str()).collect();
        let end = tail(tree, &service).map_err(|error| error.to_string())?;
        let sealed = seal(&service, &end, &own).map_err(|error| error.to_string())?;
        let mut bytes = tree.read(&sealed.file).map_err(|error| error.to_string())?.unwrap_or_default();
        bytes.extend(sealed.bytes);
        files.insert(sealed.file, Some(bytes));
    }
    Ok(files)
}

fn commit_files(
    checkout: &Checkout,
    base: &Base,
    files: &Files,
    says: &[Statement],
    until: Instant,
) -> Result<String, Failed> {
    let paths: Vec<String> = files.keys().map(|path| checkout.full(path)).collect();
    let held = checkout.held(Some(&base.id), &paths.iter().map(String::as_str).collect::<Vec<_>>(), until)?;
    let parts = parts(checkout, files, &held, until)?;
    let made = Made { parents: std::slice::from_ref(&base.id), message: &message(says, TRAILER) };
    checkout.commit_on(&base.id, &parts, made, until)
}
