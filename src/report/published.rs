//! How far an act got on its way to others, and its words.

use crate::report::plain;

/// How far an act got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// How far.
    pub state: Reached,
    /// The commit that holds it.
    pub commit: Option<String>,
    /// The branch of that commit: here, or where it was pushed.
    pub branch: Option<String>,
    /// The remote that it was pushed to, or was to be.
    pub remote: Option<String>,
    /// Why it got no further.
    pub why: Option<String>,
    /// What to do about that: commands to paste.
    pub next: Vec<String>,
    /// What else is worth a word.
    pub notes: Vec<String>,
}

/// How far an act got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It is written to the files, and could not be committed.
    Uncommitted,
    /// It is committed, as it was to be.
    Committed,
    /// It is committed, and could not be pushed.
    Waiting,
    /// It is pushed.
    Pushed,
    /// On what others had published meanwhile there was nothing to be written.
    Nothing,
}

/// How many letters of a commit's id are shown.
const SHORT: usize = 10;

impl Reached {
    /// Its word, for programs.
    pub fn word(self) -> &'static str {
        match self {
            Reached::Uncommitted => "uncommitted",
            Reached::Committed => "committed",
            Reached::Waiting => "waiting",
            Reached::Pushed => "pushed",
            Reached::Nothing => "nothing",
        }
    }
}

impl Published {
    /// That it got no further than the files, and why.
    pub fn uncommitted(why: impl Into<String>) -> Published {
        Published {
            state: Reached::Uncommitted,
            commit: None,
            branch: None,
            remote: None,
            why: Some(why.into()),
            next: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Whether it got as far as it was to get.
    pub fn is_well(&self) -> bool {
        !matches!(self.state, Reached::Uncommitted | Reached::Waiting)
    }

    /// It in one sentence: `pushed to origin/main as 9f3c2ab123`.
    pub fn sentence(&self) -> String {
        let commit = self.commit.as_deref().unwrap_or_default();
        let commit = commit.get(..SHORT).unwrap_or(commit);
        let on = self.branch.as_ref().map_or(String::new(), |branch| format!(" on {branch}"));
        let why = self.why.as_deref().unwrap_or("nobody knows why");
        let stays = self.why.as_ref().map_or(String::new(), |why| format!("; {why}"));
        let said = match self.state {
            Reached::Pushed => {
                let to = [self.remote.as_deref(), self.branch.as_deref()];
                format!("pushed to {} as {commit}", to.into_iter().flatten().collect::<Vec<_>>().join("/"))
                    + &stays
            }
            Reached::Committed => format!("committed as {commit}{on}"),
            Reached::Waiting => format!("committed as {commit}{on}, NOT PUSHED: {why}"),
            Reached::Nothing => {
                format!("others were first: on what they have published nothing was to be written{stays}")
            }
            Reached::Uncommitted => format!("NOT COMMITTED: {why}; it counts here, and only here"),
        };
        plain(&said).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_far_an_act_got() {
        let mut published = Published {
            state: Reached::Pushed,
            commit: Some("0123456789abcdef".into()),
            branch: Some("main".into()),
            remote: Some("origin".into()),
            why: None,
            next: Vec::new(),
            notes: Vec::new(),
        };
        assert_eq!(published.sentence(), "pushed to origin/main as 0123456789");
        published.state = Reached::Committed;
        assert_eq!(published.sentence(), "committed as 0123456789 on main");
        published =
            Published { state: Reached::Waiting, why: Some("it\u{1b}[2J is\ngone".into()), ..published };
        assert_eq!(published.sentence(), "committed as 0123456789 on main, NOT PUSHED: it[2J is gone");
        let none = Published::uncommitted("a merge is under way");
        assert_eq!(none.sentence(), "NOT COMMITTED: a merge is under way; it counts here, and only here");
        assert!(!none.is_well() && !published.is_well());
    }
}
