//! `BASE..HEAD`: two states of the registry, each a commit, or what stands there now.

use std::fmt;

use anyhow::Result;

use super::failure::Complaint;
use super::registry::Found;
use super::settings::Settings;
use super::source::{Files, Source, unread};
use crate::git::{Commit, Objects};
use crate::report::difference::Revision;

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    before: String,
    /// None: the files as they stand.
    after: Option<String>,
    /// Whether `before` stands for where the two parted.
    parted: bool,
}

/// Two states of a registry, opened.
#[derive(Debug)]
pub(super) struct Between {
    /// Where it is.
    pub found: Found,
    range: Range,
    commits: (Commit, Option<Commit>),
    sources: (Source, Source),
    /// The paths that differ, below the registry's folder.
    pub paths: Vec<String>,
}

impl Range {
    /// Reads `BASE..HEAD`, `BASE...HEAD` (from where they parted), `BASE..` (to `HEAD`), or `BASE` (to the files as
    /// they stand).
    pub fn parse(text: &str) -> Result<Range, String> {
        let (parted, parts) = match text.split_once("...") {
            Some(parts) => (true, Some(parts)),
            None => (false, text.split_once("..")),
        };
        let or_head = |rev: &str| if rev.is_empty() { "HEAD".to_owned() } else { rev.to_owned() };
        match parts {
            Some((_, after)) if after.starts_with('.') || after.contains("..") => {
                Err(format!("`{text}` {FORM}"))
            }
            Some((before, after)) => {
                Ok(Range { before: or_head(before), after: Some(or_head(after)), parted })
            }
            None if text.trim().is_empty() => Err(format!("it {FORM}")),
            None => Ok(Range { before: text.to_owned(), after: None, parted }),
        }
    }

    /// From what was committed last to the files as they stand.
    pub fn uncommitted() -> Range {
        Range { before: "HEAD".into(), after: None, parted: false }
    }
}

const FORM: &str = "must be BASE..HEAD, BASE...HEAD, or BASE alone for the files as they stand";

/// What the files as they stand are called.
const STANDING: &str = "the files as they stand";

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dots = if self.parted { "..." } else { ".." };
        write!(f, "{}{dots}{}", self.before, self.after.as_deref().unwrap_or(STANDING))
    }
}

impl Between {
    /// Finds the registry, both states of it, and what differs between them.
    ///
    /// # Errors
    /// When one of them isn't there, or Git can't tell.
    pub fn open(range: &Range, settings: &Settings) -> Result<Between> {
        if settings.at_revision.is_some() {
            let hint =
                format!("leave --at-revision out, and name the commit in the range: {}..REV", range.before);
            return Err(Complaint::usage("the range says which commits are read", &hint).into());
        }
        let found = Found::by(settings)?;
        let objects = Objects::open(&found.folder).map_err(unread)?;
        let commit = |rev: &str| objects.commit(rev).map_err(|error| missing(&objects, error));
        let after = range.after.as_deref().map(commit).transpose()?;
        let mut before = commit(&range.before)?;
        if let Some(after) = after.as_ref().filter(|_| range.parted) {
            before = parted(&objects, range, &before, after)?;
        }
        let paths = objects.changed(&before, after.as_ref()).map_err(|error| missing(&objects, error))?;
        let source = |commit: &Commit| Source::of(objects.another(), commit.clone());
        let sources = (source(&before), after.as_ref().map_or(Source::Folder, source));
        Ok(Between { found, range: range.clone(), commits: (before, after), sources, paths })
    }

    /// The files of both. A tree isn't shared between threads.
    pub fn trees(&self) -> (Files, Files) {
        (self.sources.0.tree(&self.found.folder), self.sources.1.tree(&self.found.folder))
    }

    /// The earlier state, for a report.
    pub fn before(&self) -> Revision<'_> {
        Revision { said: &self.range.before, id: Some(&self.commits.0.id) }
    }

    /// The later state, for a report.
    pub fn after(&self) -> Revision<'_> {
        Revision {
            said: self.range.after.as_deref().unwrap_or(STANDING),
            id: self.commits.1.as_ref().map(|commit| commit.id.as_str()),
        }
    }
}

/// Where two commits parted.
fn parted(objects: &Objects, range: &Range, before: &Commit, after: &Commit) -> Result<Commit> {
    let found = objects.merge_base(before, after).map_err(|error| missing(objects, error))?;
    let found = found.ok_or_else(|| {
        let message = format!("`{range}`: the two have no commit in common in this clone");
        let hint = match objects.is_shallow() {
            true => UNSHALLOW.to_owned(),
            false => format!("compare them as they are: {}..{}", range.before, after.id),
        };
        Complaint::unjudged(message, Some(hint))
    })?;
    Ok(found)
}

const UNSHALLOW: &str = "this clone is shallow; the rest of its history comes with: git fetch --unshallow \
                         (in CI, clone with the whole history: fetch-depth: 0, GIT_DEPTH: 0)";

/// Why a commit can't be read; in a shallow clone that is what it comes from, mostly.
fn missing(objects: &Objects, error: crate::git::ObjectsError) -> Complaint {
    match error {
        error @ (crate::git::ObjectsError::NoRevision { .. } | crate::git::ObjectsError::NotHere { .. })
            if objects.is_shallow() =>
        {
            Complaint::unjudged(error.to_string(), Some(UNSHALLOW.into()))
        }
        error => unread(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_written_as_git_writes_them() {
        for (text, said) in [
            ("main..topic", "main..topic"),
            ("main...topic", "main...topic"),
            ("main..", "main..HEAD"),
            ("main...", "main...HEAD"),
            ("..topic", "HEAD..topic"),
            ("v1.0.0", "v1.0.0..the files as they stand"),
            ("HEAD~3", "HEAD~3..the files as they stand"),
        ] {
            assert_eq!(Range::parse(text).unwrap().to_string(), said);
        }
        for wrong in ["", " ", "a..b..c", "a....b"] {
            assert!(Range::parse(wrong).is_err(), "{wrong}");
        }
    }
}
