//! A checkout that acts are committed to: which branch it is on, what that follows, and what stands in the way.
//!
//! Asked of the `git` program, for acts only. What is done to it stands in the files beside this one: commits
//! (`parts.rs`), the way to others (`far.rs`), its history (`graph.rs`), and bringing it up (`bring.rs`).

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::errand::{Errand, Failed};
use super::program::ask;

/// The repository around a registry's folder, and the folder's place in it.
#[derive(Debug)]
pub struct Checkout {
    /// The top of the work tree.
    top: PathBuf,
    /// Where it lies below the top of the repository: empty, or with a `/` at its end.
    pub(super) prefix: String,
    /// Git's own folder for this work tree.
    pub(super) git: PathBuf,
    /// Whether its history was cut off when it was cloned.
    pub shallow: bool,
    /// The id that stands for nothing.
    pub(super) zero: String,
}

/// Where a checkout stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// The branch that is checked out; None: none is.
    pub branch: Option<String>,
    /// Its commit; None: there is none yet.
    pub head: Option<String>,
    /// The remote and the branch there that it follows, and where that was when it was fetched last.
    pub upstream: Option<Upstream>,
}

/// What a branch follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// The remote's name.
    pub remote: String,
    /// The branch's name there.
    pub branch: String,
    /// The commit that it was on when it was fetched last, where that is known.
    pub fetched: Option<String>,
}

/// Whether a repository knows any other one.
pub fn has_remote(folder: &Path) -> bool {
    ask(folder, &["remote"]).is_ok_and(|remotes| !remotes.trim().is_empty())
}

/// What Git is in the midst of, by the file that says so.
const UNDER_WAY: [(&str, &str); 6] = [
    ("MERGE_HEAD", "a merge"),
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
    ("sequencer", "a series of commits"),
];

impl Checkout {
    /// Looks around a registry's folder. None: it lies in no work tree of a repository.
    ///
    /// # Errors
    /// When there is no Git, or it can't read the repository.
    pub fn around(folder: &Path, until: Instant) -> Result<Option<Checkout>, Failed> {
        let inside = ["rev-parse", "--is-inside-work-tree"];
        let answer = Errand::new(folder, until).with(&inside).answer()?;
        if !answer.done && answer.err.contains("not a git repository") {
            return Ok(None);
        }
        if answer.well()?.text() != "true" {
            return Ok(None);
        }
        let asked = ["rev-parse", "--is-shallow-repository", "--show-object-format", "--absolute-git-dir"];
        let more = ["--show-toplevel", "--show-prefix"];
        let text = Errand::new(folder, until).with(&asked).with(&more).run()?;
        let text = String::from_utf8_lossy(&text.out).into_owned();
        let mut lines = text.lines();
        let mut next = || lines.next().unwrap_or_default().to_owned();
        let (shallow, format, git, top, prefix) = (next(), next(), next(), next(), next());
        let zero = "0".repeat(if format == "sha256" { 64 } else { 40 });
        Ok(Some(Checkout { top: top.into(), prefix, git: git.into(), shallow: shallow == "true", zero }))
    }

    /// A call at its top.
    pub(super) fn errand(&self, until: Instant) -> Errand<'_> {
        Errand::new(&self.top, until)
    }

    /// The file whose lock whoever publishes holds.
    pub fn lock_file(&self) -> PathBuf {
        self.git.join("holdpoint-publish.lock")
    }

    /// A path of the registry, from the top of the repository.
    pub fn full(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// A path of the repository, from the registry's folder. None: it isn't in there.
    pub fn own<'p>(&self, full: &'p str) -> Option<&'p str> {
        full.strip_prefix(self.prefix.as_str())
    }

    /// Where it stands.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn stand(&self, until: Instant) -> Result<Stand, Failed> {
        let name = self.errand(until).with(&["symbolic-ref", "-q", "HEAD"]).answer()?;
        let full = name.text();
        let branch = full.strip_prefix("refs/heads/").map(str::to_owned);
        let upstream = if branch.is_some() { self.upstream(&full, until)? } else { None };
        Ok(Stand { branch, head: self.commit("HEAD", until)?, upstream })
    }

    fn upstream(&self, branch: &str, until: Instant) -> Result<Option<Upstream>, Failed> {
        let format = "--format=%(upstream:remotename)%00%(upstream:remoteref)%00%(upstream)";
        let said = self.errand(until).with(&["for-each-ref", format, branch]).run()?.text();
        let mut said = said.split('\0').map(str::to_owned);
        let mut next = || said.next().unwrap_or_default();
        let (remote, there, tracking) = (next(), next(), next());
        // `.` is the repository itself.
        let there = there.strip_prefix("refs/heads/").map(str::to_owned);
        let Some(branch) = there.filter(|_| !remote.is_empty() && remote != ".") else { return Ok(None) };
        let fetched = if tracking.is_empty() { None } else { self.commit(&tracking, until)? };
        Ok(Some(Upstream { remote, branch, fetched }))
    }

    /// The commit that a name of ours stands for. None: there is none.
    pub(super) fn commit(&self, name: &str, until: Instant) -> Result<Option<String>, Failed> {
        let name = format!("{name}^{{commit}}");
        let answer =
            self.errand(until).with(&["rev-parse", "-q", "--verify", "--end-of-options", &name]).answer()?;
        Ok(answer.done.then(|| answer.text()).filter(|id| !id.is_empty()))
    }

    /// What Git is in the midst of, so that nothing is to be committed: `a merge`.
    pub fn under_way(&self) -> Option<&'static str> {
        UNDER_WAY.iter().find(|(file, _)| self.git.join(file).exists()).map(|(_, what)| *what)
    }

    /// Whether another program is changing the index.
    pub fn index_is_locked(&self) -> bool {
        self.git.join("index.lock").exists()
    }

    /// The names of the remotes.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn remotes(&self, until: Instant) -> Result<Vec<String>, Failed> {
        Ok(self.errand(until).with(&["remote"]).run()?.text().lines().map(str::to_owned).collect())
    }

    /// Whether a setting says yes.
    pub(super) fn is_set(&self, name: &str, until: Instant) -> Result<bool, Failed> {
        Ok(self.errand(until).with(&["config", "--type=bool", name]).answer()?.text() == "true")
    }
}
