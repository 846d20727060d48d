//! What a commit's message says that it takes back.

/// The commits that a message says it reverts, as `git revert` writes it: `This reverts commit 9f3c2ab….`
pub fn reverts(message: &str) -> Vec<&str> {
    let behind = message.match_indices("This reverts commit ").map(|(at, said)| &message[at + said.len()..]);
    let commits = behind.map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
        &rest[..end]
    });
    commits.filter(|commit| commit.len() >= 7).collect()
}

#[cfg(test)]
mod tests {
    use super::reverts;

    #[test]
    fn commits_are_named_as_git_names_them() {
        let message = "Revert \"Bump\"\n\nThis reverts commit 9f3c2ab17.\nThis reverts commit abcdef0, reversing\nchanges";
        assert_eq!(reverts(message), ["9f3c2ab17", "abcdef0"]);
        assert!(reverts("This reverts commit of yesterday").is_empty());
    }
}
