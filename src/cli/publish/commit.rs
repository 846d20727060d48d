//! The commit of an act: exactly the files that it changed and the lines that it left in the record.
//!
//! What else is staged or changed stays as it is. Where somebody has changed one of its files by hand, the act is done
//! on that file as it is committed, and their changes stay uncommitted. The record is evidence: earlier lines that
//! weren't committed go along.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::Press;
use super::wish::sync_command;
use crate::cli::failure::brief;
use crate::git::{Checkout, Failed, Held, Objects, Part, TRAILER};
use crate::model::Name;
use crate::record::{Deeds, Statement, files};
use crate::registry::{Changes, Snapshot, Tree, TreeError};
use crate::report::commands::quoted;
use crate::report::message;

/// A commit that holds an act.
pub(super) struct Committed {
    pub id: String,
    pub notes: Vec<String>,
}

/// Why there is none, and what to do by hand.
pub(super) struct Uncommitted {
    pub why: String,
    pub next: Vec<String>,
}

/// Files of the registry with the bytes that they are to have; None: they are to go.
pub(super) type Files = BTreeMap<String, Option<Vec<u8>>>;

impl From<Failed> for Uncommitted {
    fn from(failed: Failed) -> Uncommitted {
        let why = match failed {
            // What a hook or a server has to say may take several lines.
            Failed::Refused(says) => says.lines().take(4).collect::<Vec<_>>().join(" / "),
            failed => failed.to_string(),
        };
        Uncommitted { why, next: Vec::new() }
    }
}

impl From<TreeError> for Uncommitted {
    fn from(error: TreeError) -> Uncommitted {
        Uncommitted { why: error.to_string(), next: Vec::new() }
    }
}

fn because(why: impl Into<String>) -> Uncommitted {
    Uncommitted { why: why.into(), next: Vec::new() }
}

impl<T: Deeds> Press<'_, T> {
    /// Commits what the act wrote.
    pub(super) fn commit(&self, value: &T) -> Result<Committed, Uncommitted> {
        let writes = value.writes();
        self.try_commit(writes.changes, writes.says).map_err(|mut uncommitted| {
            if uncommitted.next.is_empty() {
                uncommitted.next = self.by_hand(writes.changes, writes.says);
            }
            uncommitted
        })
    }

    fn try_commit(&self, changes: &Changes, says: &[Statement]) -> Result<Committed, Uncommitted> {
        self.obstacles()?;
        let (head, until) = (self.stand.head.as_deref(), self.here());
        let logs: Vec<String> = services(says).iter().map(|name| format!("log/{name}/")).collect();
        let paths = changes.files().keys().map(String::as_str).chain(logs.iter().map(String::as_str));
        let paths: Vec<String> = paths.map(|path| self.checkout.full(path)).collect();
        let held = self.checkout.held(head, &paths.iter().map(String::as_str).collect::<Vec<_>>(), until)?;
        let main = self.checkout.full(&self.found.main);
        if self.checkout.held(head, &[&main], until)?.is_empty()
            && !changes.files().contains_key(&self.found.main)
        {
            return Err(Uncommitted {
                why: format!("`{main}` itself isn't committed yet"),
                next: vec!["git add -A && git commit".into(), sync_command(self.found, self.settings)],
            });
        }
        if let Some((path, _)) = held.iter().find(|(_, held)| !held.is_file()) {
            return Err(because(format!("`{path}` is a link in what is committed")));
        }
        let mut notes = Vec::new();
        let mut files = self.files(changes, &held, &mut notes)?;
        for service in services(says) {
            let own = says.iter().filter(|says| *says.service == *service.as_str()).count();
            files.extend(self.record(&service, own, &held, &mut notes)?);
        }
        let parts = parts(self.checkout, &files, &held, until)?;
        let id = self.checkout.commit_parts(head, &parts, &message(says, TRAILER), until)?;
        let left = self.checkout.settle(&held, &parts, self.here());
        notes.extend(match left {
            Ok(left) if left.is_empty() => None,
            Ok(left) => Some(format!("what you have staged of `{}` stays staged", left.join("`, `"))),
            Err(failed) => {
                Some(format!("the index still holds what was committed before ({failed}): git reset -q"))
            }
        });
        Ok(Committed { id, notes })
    }

    /// What stands in the way of any commit.
    fn obstacles(&self) -> Result<(), Uncommitted> {
        if let Some(what) = self.checkout.under_way() {
            return Err(because(format!("{what} is under way in this checkout")));
        }
        if self.stand.branch.is_none() && self.wish.sharing.branch.is_none() {
            return Err(because(
                "no branch is checked out (HEAD is detached), and `[git] branch` names none",
            ));
        }
        // Whoever has it is done soon, or was killed.
        let most = Instant::now() + LOCKED;
        while self.checkout.index_is_locked() {
            if Instant::now() >= most {
                return Err(because("another program is changing Git's index (index.lock is there)"));
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Ok(())
    }

    /// The files that the act changes, as they are to be committed.
    fn files(
        &self,
        changes: &Changes,
        held: &BTreeMap<String, Held>,
        notes: &mut Vec<String>,
    ) -> Result<Files, Uncommitted> {
        let mut by_hand = Vec::new();
        for (path, change) in changes.files() {
            let committed = held.get(&self.checkout.full(path)).map(|held| held.id.clone());
            let before = change.before.as_deref();
            let before =
                before.map(|bytes| self.checkout.id_of(&self.checkout.full(path), bytes, self.here()));
            if before.transpose()? != committed {
                by_hand.push(path.as_str());
            }
        }
        if by_hand.is_empty() {
            return Ok(changes
                .files()
                .iter()
                .map(|(path, change)| (path.clone(), change.after.clone()))
                .collect());
        }
        let names = format!("`{}`", by_hand.join("`, `"));
        let files = self.on_committed(changes).map_err(|why| {
            because(format!("{names} has changes of your own that aren't committed, and without them {why}"))
        })?;
        notes.push(format!("your own changes of {names} stay uncommitted"));
        Ok(files)
    }

    /// What the act changes of what is committed.
    fn on_committed(&self, changes: &Changes) -> Result<Files, String> {
        let head = self.stand.head.as_deref().ok_or("nothing is committed yet")?;
        let objects = Objects::open(&self.found.folder).map_err(|error| error.to_string())?;
        let commit = objects.commit(head).map_err(|error| error.to_string())?;
        let tree = objects.tree(&commit);
        let occasion = self.occasion.on(self.occasion.state.clone());
        let done = self.act.on(&Snapshot::new(&tree), &self.found.main, &occasion);
        let value = done.map_err(|error| format!("it can't be done: {}", brief(&error).0))?;
        let other = value.writes().changes;
        if other.is_empty() || !other.files().keys().all(|path| changes.files().contains_key(path)) {
            return Err("it comes out differently".into());
        }
        Ok(other.files().iter().map(|(path, change)| (path.clone(), change.after.clone())).collect())
    }

    /// The files of a service's record that aren't committed as they are.
    fn record(
        &self,
        service: &Name,
        own: usize,
        held: &BTreeMap<String, Held>,
        notes: &mut Vec<String>,
    ) -> Result<Files, Uncommitted> {
        let tree = self.found.tree();
        let months = files(&tree, service)?.unwrap_or_default().months;
        let last = months.iter().rposition(|month| held.contains_key(&self.checkout.full(month)));
        let (mut out, mut lines) = (Files::new(), 0);
        for (at, month) in months.iter().enumerate().skip(last.unwrap_or_default()) {
            let bytes = tree.read(month)?.unwrap_or_default();
            let before = if Some(at) == last { self.committed(month)? } else { Vec::new() };
            let new = bytes.strip_prefix(&*before).ok_or_else(|| {
                because(format!("`{month}` doesn't begin with what is committed: holdpoint log verify"))
            })?;
            lines += new.iter().filter(|byte| **byte == b'\n').count();
            if !new.is_empty() {
                out.insert(month.clone(), Some(bytes.clone()));
            }
        }
        if lines > own {
            let earlier = lines - own;
            let word = if earlier == 1 { "line" } else { "lines" };
            notes.push(format!(
                "{earlier} earlier {word} of {service}'s record that weren't committed go along"
            ));
        }
        Ok(out)
    }

    /// A file as it is committed.
    fn committed(&self, path: &str) -> Result<Vec<u8>, Uncommitted> {
        let Some(head) = self.stand.head.as_deref() else { return Ok(Vec::new()) };
        let unread = |error: crate::git::ObjectsError| because(error.to_string());
        let objects = Objects::open(&self.found.folder).map_err(unread)?;
        let commit = objects.commit(head).map_err(unread)?;
        Ok(objects.tree(&commit).read(path)?.unwrap_or_default())
    }

    /// What to do where it can't be committed: the commands that do it by hand.
    fn by_hand(&self, changes: &Changes, says: &[Statement]) -> Vec<String> {
        let logs = services(says).into_iter().map(|name| format!("log/{name}"));
        let paths: Vec<String> =
            changes.files().keys().cloned().chain(logs).map(|path| quoted(&path).into()).collect();
        let (paths, folder) = (paths.join(" "), quoted(&self.found.folder.to_string_lossy()).into_owned());
        let subject = crate::report::subject(says);
        vec![
            format!(
                "git -C {folder} add -- {paths} && git -C {folder} commit -m {} -- {paths}",
                quoted(&subject)
            ),
            sync_command(self.found, self.settings),
        ]
    }
}

/// How long is waited for another program's lock on the index.
const LOCKED: std::time::Duration = std::time::Duration::from_secs(3);

/// The services that statements are about.
pub(super) fn services(says: &[Statement]) -> BTreeSet<Name> {
    says.iter().filter_map(|says| Name::new(&says.service).ok()).collect()
}

/// Files as parts of a commit: their bytes are stored, with the rights that they have there.
pub(super) fn parts(
    checkout: &Checkout,
    files: &Files,
    held: &BTreeMap<String, Held>,
    until: Instant,
) -> Result<Vec<Part>, Failed> {
    let part = |(path, bytes): (&String, &Option<Vec<u8>>)| {
        let path = checkout.full(path);
        let mode = held.get(&path).map_or("100644", |held| held.mode.as_str()).to_owned();
        let id = bytes.as_deref().map(|bytes| checkout.store(&path, bytes, until)).transpose()?;
        Ok(Part { path, held: id.map(|id| Held { mode, id }) })
    };
    files.iter().map(part).collect()
}
