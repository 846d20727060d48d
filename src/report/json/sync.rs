//! `holdpoint/sync/v1`: what became of a checkout and what is published.

use serde::Serialize;

use super::error::One;
use super::{Registry, sentence, text};
use crate::model::format_time;
use crate::report::diff;
use crate::report::sync::Sync;

/// The name of this schema.
const SCHEMA: &str = "holdpoint/sync/v1";

#[derive(Serialize)]
struct SyncV1<'a> {
    schema: &'static str,
    /// `up-to-date`, `brought`, `pushed`, `joined`, `conflicts`, `stays`.
    outcome: &'static str,
    dry_run: bool,
    message: String,
    remote: &'a str,
    branch: &'a str,
    /// The commit that both are on, or would be.
    commit: Option<&'a str>,
    /// How many commits of others came, of ours went, and of ours stood there under other ids.
    came: usize,
    went: usize,
    dropped: usize,
    conflicts: Vec<ConflictV1<'a>>,
    /// What is wrong with both sides' changes together.
    mistakes: Vec<One<'a>>,
    /// Why the checkout stays as it is.
    stays: Option<String>,
    /// The way from what others have to what is here, where both changed a file.
    diff: Option<String>,
    next: &'a [String],
    notes: Vec<String>,
    registry: Registry<'a>,
    as_of: String,
}

#[derive(Serialize)]
struct ConflictV1<'a> {
    path: &'a str,
    /// Whether the file is here, and there.
    ours: bool,
    theirs: bool,
    why: Option<String>,
}

/// Writes what became of it.
pub fn sync(sync: &Sync) -> String {
    let files = sync.conflicts.map_or(&[][..], |conflicts| &conflicts.files);
    let meaning = sync.conflicts.and_then(|conflicts| conflicts.meaning.as_ref());
    text::write(&SyncV1 {
        schema: SCHEMA,
        outcome: sync.outcome(),
        dry_run: sync.dry_run,
        message: sentence(&format!("{}: {}", sync.word().to_lowercase(), sync.headline())),
        remote: sync.remote,
        branch: sync.branch,
        commit: sync.commit,
        came: sync.came,
        went: sync.went,
        dropped: sync.dropped,
        conflicts: files
            .iter()
            .map(|file| ConflictV1 {
                path: &file.path,
                ours: file.ours.is_some(),
                theirs: file.theirs.is_some(),
                why: file.why.as_deref().map(sentence),
            })
            .collect(),
        mistakes: meaning.map_or_else(Vec::new, |mistakes| {
            mistakes.list.iter().map(|mistake| One::of(&mistakes.sources, mistake)).collect()
        }),
        stays: sync.stays.map(sentence),
        diff: sync
            .conflicts
            .filter(|conflicts| !conflicts.files.is_empty())
            .map(|conflicts| diff::text(&conflicts.changes())),
        next: sync.next,
        notes: sync.notes.iter().map(|note| sentence(note)).collect(),
        registry: Registry::of(&sync.context),
        as_of: format_time(sync.context.as_of),
    })
}
