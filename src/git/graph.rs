//! Questions about history: who comes before whom, what lies between, and which acts are in it.

use std::collections::BTreeSet;
use std::time::Instant;

use super::checkout::Checkout;
use super::errand::Failed;
use super::parts::Held;

/// What the last lines of a commit's message call an act's lines in the record.
pub const TRAILER: &str = "Holdpoint-Act";

/// A path that two commits differ in, from the top of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differs {
    /// The path.
    pub path: String,
    /// What the first holds; None: nothing.
    pub before: Option<Held>,
    /// What the second holds.
    pub after: Option<Held>,
}

/// A commit with the acts that it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The commit.
    pub id: String,
    /// The commits before it.
    pub parents: Vec<String>,
    /// The ids of its acts' lines in the record.
    pub acts: BTreeSet<String>,
}

impl Checkout {
    /// Whether one commit is before another, or the same.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn is_before(&self, one: &str, other: &str, until: Instant) -> Result<bool, Failed> {
        let answer = self.errand(until).with(&["merge-base", "--is-ancestor", one, other]).answer()?;
        if !answer.done && !answer.err.trim().is_empty() {
            return answer.well().map(|_| false);
        }
        Ok(answer.done)
    }

    /// Where two histories part. None: they have nothing in common that is known here.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn parting(&self, one: &str, other: &str, until: Instant) -> Result<Option<String>, Failed> {
        let answer = self.errand(until).with(&["merge-base", one, other]).answer()?;
        Ok(answer.done.then(|| answer.text()).filter(|id| !id.is_empty()))
    }

    /// The paths that two commits differ in.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn differences(&self, from: &str, to: &str, until: Instant) -> Result<Vec<Differs>, Failed> {
        let how = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--full-index", from, to];
        let said = self.errand(until).with(&how).run()?;
        let mut words =
            said.out.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
        let mut found = Vec::new();
        while let (Some(head), Some(path)) = (words.next(), words.next()) {
            let head: Vec<&str> = head.trim_start_matches(':').split(' ').collect();
            let [mode, to_mode, id, to_id, ..] = head[..] else { break };
            let held = |mode: &str, id: &str| {
                (mode != "000000").then(|| Held { mode: mode.to_owned(), id: id.to_owned() })
            };
            found.push(Differs { path, before: held(mode, id), after: held(to_mode, to_id) });
        }
        Ok(found)
    }

    /// The commits of one history that another doesn't have, oldest first.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn only_in(&self, one: &str, other: Option<&str>, until: Instant) -> Result<Vec<Done>, Failed> {
        let format = format!("--format=%H%x00%P%x00%(trailers:key={TRAILER},valueonly,separator=%x20)%x00");
        let not = other.map(|other| format!("^{other}"));
        let mut how = vec!["log", "--reverse", "--topo-order", &format, one];
        how.extend(not.as_deref());
        how.push("--");
        let said = self.errand(until).with(&how).run()?.text();
        let mut words = said.split('\0').map(str::trim);
        let mut found = Vec::new();
        while let (Some(id), Some(parents), Some(acts)) = (words.next(), words.next(), words.next()) {
            let each = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            found.push(Done {
                id: id.to_owned(),
                parents: each(parents),
                acts: each(acts).into_iter().collect(),
            });
        }
        Ok(found)
    }

    /// How many commits each of two histories has that the other doesn't.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn apart(&self, one: &str, other: &str, until: Instant) -> Result<(u64, u64), Failed> {
        let both = format!("{one}...{other}");
        let said = self.errand(until).with(&["rev-list", "--left-right", "--count", &both]).run()?.text();
        let mut counts = said.split_whitespace().map(|count| count.parse().unwrap_or_default());
        Ok((counts.next().unwrap_or_default(), counts.next().unwrap_or_default()))
    }

    /// Makes a reference point to a commit, unless it points elsewhere than was said by now.
    ///
    /// # Errors
    /// When it does, or Git refuses.
    pub fn point(
        &self,
        name: &str,
        to: &str,
        was: Option<&str>,
        why: &str,
        until: Instant,
    ) -> Result<(), Failed> {
        let was = was.unwrap_or(&self.zero);
        self.errand(until).with(&["update-ref", "-m", why, name, to, was]).run().map(|_| ())
    }
}
