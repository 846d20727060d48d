//! Where a registry was before a change that moves it, or that puts another one nearer: else a change that brings its
//! own registry along would judge itself free.

use std::collections::BTreeSet;

use anyhow::Result;

use super::revisions::Revisions;
use crate::cli::failure::Complaint;
use crate::cli::registry::Found;
use crate::cli::source::unread;
use crate::disk::MAIN_FILE;
use crate::git::{Commit, Objects};

/// The registry as it is where the change is to go, when there is none at the same place. None: the change brings the
/// first one.
///
/// # Errors
/// When Git can't tell, or several registries went.
pub(super) fn registry(found: &Found, objects: &Objects, revisions: &Revisions) -> Result<Option<Found>> {
    let mains = |commit: &Commit| -> Result<BTreeSet<String>> {
        let contents = objects.contents(commit).map_err(unread)?;
        let paths = contents.into_iter().map(|(path, _)| path);
        Ok(paths.filter(|path| [MAIN_FILE, &found.main].contains(&split(path).1)).collect())
    };
    let (base, head) = (mains(&revisions.base)?, mains(&revisions.head)?);
    let place = objects.prefix();
    let above = base.iter().filter(|path| is_above(split(path).0, &place));
    if let Some(nearest) = above.max_by_key(|path| path.len()) {
        return open(found, objects, &revisions.base, nearest).map(Some);
    }
    let gone: Vec<&String> = base.difference(&head).collect();
    match gone.as_slice() {
        [] => Ok(None),
        [one] => open(found, objects, &revisions.base, one).map(Some),
        [one, ..] => {
            let message = format!(
                "the registry of this change is in `{place}`, and of the {} that it takes away (`{one}` is one) \
                 nobody knows which that was",
                gone.len()
            );
            let hint = "move registries in a change of their own, in which nothing else moves".to_owned();
            Err(Complaint::unjudged(message, Some(hint)).into())
        }
    }
}

fn open(found: &Found, objects: &Objects, commit: &Commit, main: &str) -> Result<Found> {
    let (folder, name) = split(main);
    let work = objects.repository().work();
    let folder = if folder.is_empty() { work.to_owned() } else { work.join(folder) };
    let there = Objects::open(&folder).map_err(unread)?;
    Ok(found.elsewhere(folder, name, there, commit))
}

/// The folder and the name of a path.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// Whether a folder holds another one.
fn is_above(folder: &str, place: &str) -> bool {
    folder != place && (folder.is_empty() || place.starts_with(&format!("{folder}/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_what_is_below_it() {
        for (folder, place, want) in
            [("", "a", true), ("a", "a/b", true), ("a", "a", false), ("a", "ab", false), ("a/b", "a", false)]
        {
            assert_eq!(is_above(folder, place), want, "{folder} {place}");
        }
    }
}
