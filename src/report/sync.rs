//! The answer to `sync`, and its words: what was brought here, what was brought there, and what stands in the way.

use crate::registry::{Changes, Mistakes};
use crate::report::Context;
use crate::report::words::several;

/// What became of a checkout and what is published.
#[derive(Debug, Clone, Copy)]
pub struct Sync<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// The remote's name.
    pub remote: &'a str,
    /// The branch there.
    pub branch: &'a str,
    /// What became of it.
    pub outcome: Outcome,
    /// How many commits came, or would come.
    pub came: usize,
    /// How many commits went, or would go.
    pub went: usize,
    /// How many of ours were published already under other ids, and are dropped.
    pub dropped: usize,
    /// The commit that both are on now.
    pub commit: Option<&'a str>,
    /// What stands in the way.
    pub conflicts: Option<&'a Conflicts>,
    /// Why the checkout stays as it is.
    pub stays: Option<&'a str>,
    /// What to do next: commands to paste.
    pub next: &'a [String],
    /// What is worth a word.
    pub notes: &'a [String],
    /// Nothing was changed.
    pub dry_run: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Both were the same.
    UpToDate,
    /// What is published was brought here.
    Brought,
    /// What was done here was published.
    Pushed,
    /// Both.
    Joined,
    /// Both changed the same.
    Conflicts,
    /// Changes that aren't committed stand in the way of what is published.
    Stays,
}

/// What two sides can't both have.
#[derive(Debug, Clone, Default)]
pub struct Conflicts {
    /// Files that both changed.
    pub files: Vec<Conflict>,
    /// What is wrong with both changes together.
    pub meaning: Option<Mistakes>,
}

/// A file that both changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Its path, from the top of the repository.
    pub path: String,
    /// As it is here; None: it isn't.
    pub ours: Option<Vec<u8>>,
    /// As others have it.
    pub theirs: Option<Vec<u8>>,
    /// What else there is to say.
    pub why: Option<String>,
}

impl Conflicts {
    /// The files.
    pub fn paths(&self) -> Vec<&str> {
        self.files.iter().map(|file| file.path.as_str()).collect()
    }

    /// The way from what others have to what is here.
    pub fn changes(&self) -> Changes {
        let mut changes = Changes::new();
        for file in &self.files {
            changes.put(&file.path, file.theirs.clone(), file.ours.clone());
        }
        changes
    }
}

impl Sync<'_> {
    /// The first word.
    pub fn word(&self) -> &'static str {
        match (self.outcome, self.dry_run) {
            (Outcome::UpToDate, _) => "UP TO DATE",
            (Outcome::Conflicts, _) => "CONFLICT",
            (Outcome::Stays, _) => "STAYS",
            (_, true) => "WOULD SYNC",
            (_, false) => "SYNCED",
        }
    }

    /// The word for programs.
    pub fn outcome(&self) -> &'static str {
        match self.outcome {
            Outcome::UpToDate => "up-to-date",
            Outcome::Brought => "brought",
            Outcome::Pushed => "pushed",
            Outcome::Joined => "joined",
            Outcome::Conflicts => "conflicts",
            Outcome::Stays => "stays",
        }
    }

    /// What comes behind it: `origin/main: 2 commits came, 1 went`.
    pub fn headline(&self) -> String {
        let place = format!("{}/{}", self.remote, self.branch);
        match self.outcome {
            Outcome::UpToDate => format!("{place}: nothing came, nothing went"),
            Outcome::Conflicts => {
                format!("{place}: both sides changed the same, and nothing was changed now")
            }
            Outcome::Stays => format!("{place}: changes that aren't committed stand in the way"),
            _ => {
                let came = (self.came > 0).then(|| format!("{} came", several(self.came, "commit")));
                let went = (self.went > 0).then(|| format!("{} went", several(self.went, "commit")));
                let dropped = format!("{} of ours stood there already", several(self.dropped, "commit"));
                let parts = [came, went, (self.dropped > 0).then_some(dropped)];
                let parts: Vec<String> = parts.into_iter().flatten().collect();
                format!("{place}: {}", if parts.is_empty() { "done".into() } else { parts.join(", ") })
            }
        }
    }

    /// What is said of single files and of their meaning.
    pub fn troubles(&self) -> Vec<String> {
        let Some(conflicts) = self.conflicts else {
            return self.stays.iter().map(|why| (*why).to_owned()).collect();
        };
        let file = |file: &Conflict| match (&file.why, &file.ours, &file.theirs) {
            (Some(why), ..) => format!("`{}`: {why}", file.path),
            (None, None, _) => format!("`{}` is gone here and was changed there", file.path),
            (None, _, None) => format!("`{}` was changed here and is gone there", file.path),
            _ => format!("`{}` was changed here and there", file.path),
        };
        let mistake = |mistakes: &Mistakes| {
            let one = |one: &crate::registry::Mistake| {
                let line =
                    one.position(&mistakes.sources).map_or(String::new(), |(line, _)| format!(":{line}"));
                format!(
                    "together they make a mistake: {}{line}: {}",
                    one.file(&mistakes.sources),
                    one.message
                )
            };
            mistakes.list.iter().map(one).collect::<Vec<_>>()
        };
        let meaning = conflicts.meaning.as_ref().map(mistake).unwrap_or_default();
        conflicts.files.iter().map(file).chain(meaning).collect()
    }
}
