//! Commits of exactly what an act writes: made in an index of their own, so that whatever else is staged or changed
//! stays as it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::checkout::Checkout;
use super::errand::Failed;

/// What a commit, or the index, holds at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// `100644`, or what else Git knows.
    pub mode: String,
    /// The object's id.
    pub id: String,
}

impl Held {
    /// Whether it is a file, and neither a link nor another repository.
    pub fn is_file(&self) -> bool {
        self.mode.starts_with("100")
    }
}

/// What becomes of a path, from the top of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The path.
    pub path: String,
    /// What is to stand there; None: nothing.
    pub held: Option<Held>,
}

/// Who and what a commit is made of beside its files.
#[derive(Debug, Clone, Copy)]
pub struct Made<'a> {
    /// The commits before it.
    pub parents: &'a [String],
    /// What it says.
    pub message: &'a str,
}

/// An index of our own, which is taken away in the end.
#[derive(Debug)]
pub(super) struct OwnIndex(PathBuf);

impl OwnIndex {
    /// One that has what the work tree's has: what is known there of files needn't be found out again.
    pub fn copied(checkout: &Checkout) -> Result<OwnIndex, Failed> {
        let own = OwnIndex(checkout.git.join(format!("holdpoint-index-{}", std::process::id())));
        let _ = fs::remove_file(&own.0);
        match fs::copy(checkout.git.join("index"), &own.0) {
            Ok(_) => Ok(own),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(own),
            Err(error) => Err(Failed::Refused(format!("the index can't be copied: {error}"))),
        }
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for OwnIndex {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
        let _ = fs::remove_file(self.0.with_extension("lock"));
    }
}

impl Checkout {
    /// What a commit holds at these paths and below them.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn held(
        &self,
        commit: Option<&str>,
        paths: &[&str],
        until: Instant,
    ) -> Result<BTreeMap<String, Held>, Failed> {
        let Some(commit) = commit.filter(|_| !paths.is_empty()) else { return Ok(BTreeMap::new()) };
        let listed = self.errand(until).with(&["ls-tree", "-r", "-z", commit, "--"]).with(paths).run()?;
        Ok(entries(&listed.out, |words| Some((words.first()?, words.get(2)?))).into_iter().collect())
    }

    /// What the index holds at these paths; one that is in conflict isn't there.
    pub(super) fn indexed(&self, paths: &[&str], until: Instant) -> Result<BTreeMap<String, Held>, Failed> {
        if paths.is_empty() {
            return Ok(BTreeMap::new());
        }
        let listed = self.errand(until).with(&["ls-files", "-s", "-z", "--"]).with(paths).run()?;
        let whole = |words: &[String]| (words.get(2).map(String::as_str) == Some("0")).then_some(());
        let kept = entries(&listed.out, |words| whole(words).and(Some((words.first()?, words.get(1)?))));
        Ok(kept.into_iter().collect())
    }

    /// Writes bytes as a file of this path would be committed, and gives the object's id.
    ///
    /// # Errors
    /// When Git refuses.
    pub fn store(&self, path: &str, bytes: &[u8], until: Instant) -> Result<String, Failed> {
        self.hash(&["hash-object", "-w", "--stdin"], path, bytes, until)
    }

    /// The id that they would have.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn id_of(&self, path: &str, bytes: &[u8], until: Instant) -> Result<String, Failed> {
        self.hash(&["hash-object", "--stdin"], path, bytes, until)
    }

    fn hash(&self, how: &[&str], path: &str, bytes: &[u8], until: Instant) -> Result<String, Failed> {
        // As a file at that path: with the line ends and filters that are set up for it.
        let at = format!("--path={path}");
        Ok(self.errand(until).with(how).with(&[&at]).input(bytes).run()?.text())
    }

    /// Commits these parts on top of what is checked out, as `git commit` does: with the user's identity, signature
    /// and hooks. Gives the commit.
    ///
    /// # Errors
    /// When Git or a hook refuses. Nothing is committed then.
    pub fn commit_parts(
        &self,
        head: Option<&str>,
        parts: &[Part],
        message: &str,
        until: Instant,
    ) -> Result<String, Failed> {
        let index = OwnIndex::copied(self)?;
        self.fill(&index, head, parts, until)?;
        let how = ["commit", "-q", "--cleanup=verbatim", "--no-status", "-F", "-"];
        let done = self.errand(until).index(Some(index.path())).with(&how).input(message).run();
        let now = self.commit("HEAD", Instant::now() + CLOSING)?;
        match (done, now) {
            // Its time may be over when all but a hook behind it is done.
            (Ok(_) | Err(Failed::TimeUp), Some(now)) if Some(&*now) != head => Ok(now),
            (Err(failed), _) => Err(failed),
            (Ok(_), _) => Err(Failed::Refused("Git made no commit and doesn't say why".into())),
        }
    }

    /// Makes a commit of these parts on top of another one's files, which nothing points to yet. It is signed where
    /// the user signs commits.
    ///
    /// # Errors
    /// When Git refuses.
    pub fn commit_on(
        &self,
        base: &str,
        parts: &[Part],
        made: Made<'_>,
        until: Instant,
    ) -> Result<String, Failed> {
        let tree = self.tree_on(base, parts, until)?;
        let mut how = vec!["commit-tree".to_owned(), tree];
        for parent in made.parents {
            how.extend(["-p".to_owned(), parent.clone()]);
        }
        if self.is_set("commit.gpgsign", until)? {
            how.push("-S".into());
        }
        how.extend(["-F".to_owned(), "-".to_owned()]);
        let how: Vec<&str> = how.iter().map(String::as_str).collect();
        Ok(self.errand(until).with(&how).input(made.message).run()?.text())
    }

    /// The files of a commit with these parts in their places.
    ///
    /// # Errors
    /// When Git refuses: a part can't stand beside what the commit holds.
    pub fn tree_on(&self, base: &str, parts: &[Part], until: Instant) -> Result<String, Failed> {
        let index = OwnIndex::copied(self)?;
        self.fill(&index, Some(base), parts, until)?;
        Ok(self.errand(until).index(Some(index.path())).with(&["write-tree"]).run()?.text())
    }

    /// Makes an index hold a commit's files, and these parts in their places.
    fn fill(
        &self,
        index: &OwnIndex,
        base: Option<&str>,
        parts: &[Part],
        until: Instant,
    ) -> Result<(), Failed> {
        let read: &[&str] = match base {
            Some(base) => &["read-tree", "--reset", base],
            None => &["read-tree", "--empty"],
        };
        self.errand(until).index(Some(index.path())).with(read).run()?;
        self.put(Some(index.path()), parts, until)
    }

    /// Puts parts into an index: one of ours, or the work tree's.
    pub(super) fn put(&self, index: Option<&Path>, parts: &[Part], until: Instant) -> Result<(), Failed> {
        let mut lines = Vec::new();
        for Part { path, held } in parts {
            let line = match held {
                Some(Held { mode, id }) => format!("{mode} {id}\t{path}\0"),
                None => format!("0 {}\t{path}\0", self.zero),
            };
            lines.extend(line.into_bytes());
        }
        if lines.is_empty() {
            return Ok(());
        }
        self.errand(until).index(index).with(&["update-index", "-z", "--index-info"]).input(lines).run()?;
        Ok(())
    }

    /// Makes the work tree's index hold what was committed, where it held what was committed before: what is staged
    /// otherwise stays. Gives the paths that it left alone.
    ///
    /// # Errors
    /// When somebody else is changing the index all the time.
    pub fn settle(
        &self,
        before: &BTreeMap<String, Held>,
        parts: &[Part],
        until: Instant,
    ) -> Result<Vec<String>, Failed> {
        let paths: Vec<&str> = parts.iter().map(|part| part.path.as_str()).collect();
        let indexed = self.indexed(&paths, until)?;
        let as_before = |part: &&Part| indexed.get(&part.path) == before.get(&part.path);
        let (fit, odd): (Vec<&Part>, Vec<&Part>) = parts.iter().partition(as_before);
        let fit: Vec<Part> = fit.into_iter().cloned().collect();
        self.put_patiently(&fit, until)?;
        Ok(odd
            .into_iter()
            .filter(|part| indexed.get(&part.path) != part.held.as_ref())
            .map(|part| part.path.clone())
            .collect())
    }

    /// The same as [`Checkout::put`] for the work tree's index, again while another program has it.
    pub(super) fn put_patiently(&self, parts: &[Part], until: Instant) -> Result<(), Failed> {
        loop {
            match self.put(None, parts, until) {
                Err(Failed::Refused(says)) if says.contains("index.lock") && Instant::now() < until => {
                    std::thread::sleep(std::time::Duration::from_millis(20));
                }
                done => return done,
            }
        }
    }
}

/// How long what has to be asked at the end may take, whatever the limit was.
pub(super) const CLOSING: std::time::Duration = std::time::Duration::from_secs(10);

/// Lines of `ls-tree` and `ls-files`: words, a tab, a path, and a zero.
fn entries(bytes: &[u8], pick: impl Fn(&[String]) -> Option<(&String, &String)>) -> Vec<(String, Held)> {
    let line = |line: &[u8]| {
        let line = String::from_utf8_lossy(line).into_owned();
        let (words, path) = line.split_once('\t')?;
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        let (mode, id) = pick(&words)?;
        Some((path.to_owned(), Held { mode: mode.clone(), id: id.clone() }))
    };
    bytes.split(|byte| *byte == 0).filter_map(line).collect()
}
