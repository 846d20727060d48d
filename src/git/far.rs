//! The way to others: a branch of a remote is fetched, and pushed to, which only ever moves it forward.

use std::time::Instant;

use super::checkout::Checkout;
use super::errand::{Answer, Failed, telling};

/// A branch of a remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Far {
    /// The remote's name.
    pub remote: String,
    /// The branch's name there.
    pub branch: String,
}

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// It is there.
    Done,
    /// Others were first: the branch isn't any more where it was.
    Overtaken,
    /// The other side won't have it; in its words.
    Refused(String),
    /// It could not be reached, or not in time.
    Unreached(Failed),
}

/// Where what was fetched is kept: a reference of this work tree alone.
const FETCHED: &str = "refs/worktree/holdpoint/fetched";

/// What the other side says when somebody else pushes in the same moment.
const RACES: [&str; 6] = [
    "cannot lock ref",
    "failed to lock",
    "failed to update ref",
    "incorrect old value",
    "reference already exists",
    "fetch first",
];

impl Checkout {
    /// Pushes a commit, if that only moves the branch forward.
    pub fn push(&self, commit: &str, far: &Far, until: Instant) -> Pushed {
        let to = format!("{commit}:refs/heads/{}", far.branch);
        let how =
            ["push", "--porcelain", "--no-follow-tags", "--recurse-submodules=no", "--", &far.remote, &to];
        match self.errand(until).far().with(&how).answer() {
            Ok(answer) => pushed(&answer),
            Err(failed) => Pushed::Unreached(failed),
        }
    }

    /// Fetches the branch, and gives its commit. None: there is no such branch.
    ///
    /// # Errors
    /// When the remote can't be reached, or not in time.
    pub fn fetch(&self, far: &Far, until: Instant) -> Result<Option<String>, Failed> {
        let from = format!("+refs/heads/{}:{FETCHED}", far.branch);
        let how =
            ["-c", "gc.auto=0", "-c", "maintenance.auto=false", "fetch", "-q", "--no-tags", "--no-prune"];
        let what = ["--no-recurse-submodules", "--", &far.remote, &from];
        let answer = self.errand(until).far().with(&how).with(&what).answer()?;
        if !answer.done && answer.err.contains("couldn't find remote ref") {
            return Ok(None);
        }
        answer.well()?;
        self.commit(FETCHED, until)
    }
}

impl Checkout {
    /// Where a branch of a remote was when it was fetched last, as far as that is known here.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn tracked(&self, far: &Far, until: Instant) -> Result<Option<String>, Failed> {
        self.commit(&format!("refs/remotes/{}/{}", far.remote, far.branch), until)
    }
}

/// Reads what `push --porcelain` says: a sign, what was pushed where, and how that went.
fn pushed(answer: &Answer) -> Pushed {
    let out = String::from_utf8_lossy(&answer.out).into_owned();
    let line = out.lines().find(|line| line.split('\t').count() >= 3);
    let how = line.and_then(|line| line.split('\t').nth(2)).unwrap_or_default();
    match line {
        Some(line) if answer.done && !line.starts_with('!') => Pushed::Done,
        Some(line) if line.starts_with('!') => {
            let race = RACES.iter().any(|race| how.contains(race));
            let behind = how.starts_with("[rejected]");
            if race || behind { Pushed::Overtaken } else { Pushed::Refused(refused(how, &answer.err)) }
        }
        _ => Pushed::Unreached(Failed::Refused(telling(&answer.err))),
    }
}

/// Why the other side won't have it: its reason, and what a hook there says.
fn refused(how: &str, err: &str) -> String {
    let reason = how.split_once('(').map_or(how, |(_, reason)| reason.trim_end_matches(')'));
    let said = err.lines().filter_map(|line| line.strip_prefix("remote:")).map(str::trim);
    let said: Vec<&str> = said.filter(|line| !line.is_empty()).collect();
    if said.is_empty() { reason.to_owned() } else { format!("{reason}: {}", said.join(" / ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(done: bool, out: &str, err: &str) -> Pushed {
        pushed(&Answer { done, out: out.as_bytes().to_vec(), err: err.into() })
    }

    #[test]
    fn what_became_of_a_push_is_read() {
        let line = |sign: &str, how: &str| format!("To ../r\n{sign}\tabc:refs/heads/main\t{how}\nDone\n");
        for (sign, how) in [(" ", "1..2"), ("*", "[new branch]"), ("=", "[up to date]")] {
            assert_eq!(said(true, &line(sign, how), ""), Pushed::Done);
        }
        for how in [
            "[rejected] (fetch first)",
            "[rejected] (non-fast-forward)",
            "[remote rejected] (cannot lock ref 'refs/heads/main': is at 1 but expected 2)",
            "[remote rejected] (failed to update ref)",
            "[remote rejected] (incorrect old value provided)",
        ] {
            assert_eq!(said(false, &line("!", how), ""), Pushed::Overtaken, "{how}");
        }
        let hook = said(
            false,
            &line("!", "[remote rejected] (pre-receive hook declined)"),
            "remote: no flags on Fridays        \nerror: x\n",
        );
        assert_eq!(hook, Pushed::Refused("pre-receive hook declined: no flags on Fridays".into()));
        let gone = said(false, "", "fatal: Could not read from remote repository.\n\nPlease make sure\n");
        assert!(
            matches!(gone, Pushed::Unreached(Failed::Refused(says)) if says.starts_with("Could not read"))
        );
    }
}
