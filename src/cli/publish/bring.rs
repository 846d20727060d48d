//! Bringing this checkout from one commit to another.
//!
//! The registry's files are put there as an act is: all at once, so that a check beside us sees the one state or the
//! other. The rest is Git's business. Nothing that somebody has changed is overwritten; then the checkout stays as it
//! is. What was cut short is done again from the beginning: a file that is there already is left.

use std::time::{Duration, Instant};

use crate::cli::registry::Found;
use crate::cli::settings::Settings;
use crate::cli::write::{mutter, writer};
use crate::disk::apply;
use crate::git::{Checkout, CommitTree, Differs, Failed, Objects};
use crate::merge;
use crate::model::Name;
use crate::record::{FOLDER, Writes};
use crate::registry::{Changes, FOLDERS, MAX_FILE, Tree};

/// How long it may take at least, whatever the limit is: nobody waits for a network.
pub(in crate::cli) const LEAST: Duration = Duration::from_secs(10);

/// Brings the checkout, its branch and its index from one commit to another. The error is why it stays as it is.
///
/// # Errors
/// When something that isn't committed stands in the way, or the system refuses.
pub(in crate::cli) fn bring_up(
    found: &Found,
    settings: &Settings,
    checkout: &Checkout,
    (from, to): (&str, &str),
    branch: Option<&str>,
    until: Instant,
) -> Result<(), String> {
    let says = |failed: Failed| failed.to_string();
    if from == to {
        return Ok(());
    }
    let differs = checkout.differences(from, to, until).map_err(says)?;
    let own: Vec<Differs> = differs.into_iter().filter(|differs| is_own(found, checkout, differs)).collect();
    let rest = checkout.could_bring(from, to, &own, until).map_err(says)?;
    let objects = Objects::open(&found.folder).map_err(|error| error.to_string())?;
    let commit = |id: &str| objects.commit(id).map_err(|error| error.to_string());
    let (before, after) = (commit(from)?, commit(to)?);
    let bring = Bring { found, checkout, before: objects.tree(&before), after: objects.tree(&after), until };
    let changes = bring.changes(&own)?;
    for changes in portions(changes) {
        apply(&found.folder, Writes::unrecorded(&changes), &writer(settings), &|note| mutter(note, settings))
            .map_err(|error| error.to_string())?;
    }
    checkout.bring((from, to), &own, &rest, branch, until).map_err(says)
}

/// What is put there at once: all of it, unless it is more than a journal can hold, as when somebody has imported a
/// whole world.
fn portions(changes: Changes) -> Vec<Changes> {
    let mut all = vec![Changes::new()];
    let mut size = 0;
    for (path, change) in changes.files() {
        let more = change.after.as_ref().map_or(0, Vec::len) + path.len();
        if size > 0 && size + more > PORTION {
            all.push(Changes::new());
            size = 0;
        }
        size += more;
        all.iter_mut()
            .last()
            .into_iter()
            .for_each(|last| last.put(path, change.before.clone(), change.after.clone()));
    }
    all
}

/// How much is put there at once: well below what a journal may hold.
const PORTION: usize = 2 * MAX_FILE;

/// Whether it is a file of the registry, as holdpoint reads and writes them.
fn is_own(found: &Found, checkout: &Checkout, differs: &Differs) -> bool {
    let Some(path) = checkout.own(&differs.path) else { return false };
    let folders = FOLDERS.into_iter().chain([FOLDER]);
    let mut below = folders.filter_map(|folder| path.strip_prefix(folder));
    let is_named = path == found.main || below.any(|rest| rest.starts_with('/'));
    // What a commit says may be anything. A path that leads elsewhere is Git's to refuse.
    let odd = |part: &str| matches!(part, "" | "." | "..") || part.eq_ignore_ascii_case(".git");
    if path.contains(['\\', ':', '\0']) || path.split('/').any(odd) {
        return false;
    }
    let files = [&differs.before, &differs.after].into_iter().flatten();
    is_named && files.into_iter().all(|held| held.is_file())
}

struct Bring<'a> {
    found: &'a Found,
    checkout: &'a Checkout,
    before: CommitTree<'a>,
    after: CommitTree<'a>,
    until: Instant,
}

impl Bring<'_> {
    /// What has to be written, by what stands there now.
    fn changes(&self, own: &[Differs]) -> Result<Changes, String> {
        let (disk, mut changes) = (self.found.tree(), Changes::new());
        let mut added: Vec<(Name, &str, Vec<u8>)> = Vec::new();
        for differs in own {
            let Some(path) = self.checkout.own(&differs.path) else { continue };
            let there = disk.read(path).map_err(|error| error.to_string())?;
            let (before, after) = (self.read(&self.before, path)?, self.read(&self.after, path)?);
            if self.is(path, &there, &after, differs.after.as_ref().map(|held| &*held.id))? {
                continue;
            }
            if !self.is(path, &there, &before, differs.before.as_ref().map(|held| &*held.id))? {
                // Lines that aren't committed yet go on behind what was brought.
                let known = before.as_deref().unwrap_or_default();
                let more = there.as_deref().and_then(|there| there.strip_prefix(known));
                match (of_record(path), more) {
                    (Some(service), Some(more)) => added.push((service, path, more.to_vec())),
                    _ => return Err(format!("`{path}` has changes of your own that aren't committed")),
                }
            }
            changes.put(path, there, after);
        }
        for (service, path, lines) in added {
            let tree = crate::registry::Changed { tree: &self.after, changes: &Changes::new() };
            let lines: Vec<&[u8]> =
                lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
            let files = merge::behind(&service, &tree, &lines).map_err(|error| error.to_string())?;
            for (file, bytes) in files {
                let there = disk.read(&file).map_err(|error| error.to_string())?;
                if file != path && there.is_some() {
                    return Err(format!("`{path}` has lines that aren't committed"));
                }
                changes.put(&file, there, Some(bytes));
            }
        }
        Ok(changes)
    }

    fn read(&self, tree: &CommitTree<'_>, path: &str) -> Result<Option<Vec<u8>>, String> {
        tree.read(path).map_err(|error| error.to_string())
    }

    /// Whether what stands there is what a commit holds: the same bytes, or what Git makes of them.
    fn is(
        &self,
        path: &str,
        there: &Option<Vec<u8>>,
        held: &Option<Vec<u8>>,
        id: Option<&str>,
    ) -> Result<bool, String> {
        if there == held {
            return Ok(true);
        }
        let (Some(there), Some(id)) = (there, id) else { return Ok(false) };
        let full = self.checkout.full(path);
        Ok(self.checkout.id_of(&full, there, self.until).map_err(|failed| failed.to_string())? == id)
    }
}

/// The service whose record a file is of.
fn of_record(path: &str) -> Option<Name> {
    let (service, file) = path.strip_prefix(FOLDER)?.strip_prefix('/')?.split_once('/')?;
    if file.ends_with(".jsonl") { Name::new(service).ok() } else { None }
}
