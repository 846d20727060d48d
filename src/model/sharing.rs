//! How acts reach others: through the Git repository that the registry lies in.

/// How far an act goes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub enum Publish {
    /// It is written to the files, and no further.
    #[default]
    None,
    /// It is committed.
    Commit,
    /// It is committed and pushed.
    Push,
}

impl Publish {
    /// The words, in this order.
    pub const WORDS: &[&str] = &["none", "commit", "push"];

    /// By its word.
    pub fn from_word(word: &str) -> Option<Publish> {
        [Publish::None, Publish::Commit, Publish::Push].into_iter().find(|publish| publish.word() == word)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Publish::None => "none",
            Publish::Commit => "commit",
            Publish::Push => "push",
        }
    }
}

/// `[git]`: how acts are shared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sharing {
    /// How far an act goes by itself.
    pub publish: Publish,
    /// To which remote, by its name in the clone; None: the branch's own, else `origin`.
    pub remote: Option<Box<str>>,
    /// To which branch there; None: the one that the clone's branch follows, else the one of its own name.
    pub branch: Option<Box<str>>,
}

/// Whether Git takes a text for the name of a branch, and nothing else could be meant by it: no option, no pattern,
/// no range, no path that leads out (`git check-ref-format`).
pub fn is_branch(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    let odd = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    !text.contains(odd)
        && !text.contains("..")
        && !text.contains("@{")
        && !text.starts_with('-')
        && !text.ends_with('.')
        && !matches!(text, "@" | "HEAD")
        && text.split('/').all(part)
}

/// Whether a text can be the name of a remote, and neither an address nor an option.
pub fn is_remote(text: &str) -> bool {
    is_branch(text) && text.chars().all(|c| c.is_alphanumeric() || "-_./+".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back() {
        for word in Publish::WORDS {
            assert_eq!(Publish::from_word(word).map(Publish::word), Some(*word));
        }
        assert_eq!(Publish::from_word("Push"), None);
    }

    #[test]
    fn a_branch_is_a_name_and_nothing_else() {
        for good in ["main", "release/2026.11", "a-b_c", "ä", "x@y", "+x"] {
            assert!(is_branch(good), "{good}");
        }
        for bad in [
            "",
            "-f",
            "--all",
            "a..b",
            "a:b",
            "+a:b",
            "a b",
            "a^",
            "a~1",
            "*",
            "a/*",
            ".a",
            "a/.b",
            "a.",
            "a/",
            "/a",
            "a//b",
            "a.lock",
            "a.lock/b",
            "@",
            "HEAD",
            "a@{1}",
            "a\\b",
            "a\nb",
            "refs/heads/a?",
        ] {
            assert!(!is_branch(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_remote_is_no_address() {
        for good in ["origin", "up-stream", "team/registry", "o_1"] {
            assert!(is_remote(good), "{good}");
        }
        for bad in
            ["", "-x", "https://example.com/r", "git@example.com:r", "ext::sh -c x", "../r", "/srv/r", "a b"]
        {
            assert!(!is_remote(bad), "{bad:?}");
        }
    }
}
