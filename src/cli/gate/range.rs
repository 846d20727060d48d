//! Which commits are compared: as it was typed, else as the CI says of the pull or merge request that it checks.

#![expect(clippy::disallowed_methods, reason = "a door: it reads the environment and the CI's event")]

use std::fmt;
use std::fs;

use serde_json::Value;

/// Two commits, by what people call them. Compared is always where HEAD parted from BASE with HEAD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Range {
    /// Where it is to go.
    pub base: String,
    /// What is to go there.
    pub head: String,
}

impl Range {
    /// Reads `BASE..HEAD`, `BASE...HEAD` (which means the same here), or `BASE` for what leads from it to `HEAD`. Git
    /// takes no BASE for `HEAD`; here it is mostly a variable of the CI that isn't set, and nothing would be judged.
    pub fn parse(text: &str) -> Result<Range, String> {
        let (base, head) = text.split_once("...").or_else(|| text.split_once("..")).unwrap_or((text, ""));
        let odd = |name: &str| name.starts_with('.') || name.starts_with('-') || name.contains("..");
        if odd(base) || odd(head) || text.trim().is_empty() {
            return Err(format!("`{text}` must be BASE..HEAD, or BASE for what leads from it to HEAD"));
        }
        if base.trim().is_empty() {
            return Err(format!("`{text}` has no BASE: is a variable not set? It must be BASE..HEAD"));
        }
        let head = if head.is_empty() { "HEAD" } else { head };
        Ok(Range { base: base.to_owned(), head: head.to_owned() })
    }

    /// What the CI says. None: we are in none that we know, or it checks no request.
    pub fn of_ci() -> Option<Range> {
        of(&|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()), &event)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.base, self.head)
    }
}

fn of(variable: &dyn Fn(&str) -> Option<String>, event: &dyn Fn(&str) -> Option<Value>) -> Option<Range> {
    let to_head = |base: String| Range { base, head: "HEAD".into() };
    if variable("GITHUB_ACTIONS").is_some() {
        let said = |path: [&str; 3]| {
            let event = event(&variable("GITHUB_EVENT_PATH")?)?;
            let found =
                path.iter().filter(|key| !key.is_empty()).try_fold(&event, |value, key| value.get(key));
            found?.as_str().map(str::to_owned)
        };
        let Some(branch) = variable("GITHUB_BASE_REF") else {
            return said(["merge_group", "base_sha", ""]).map(to_head);
        };
        let base = format!("origin/{branch}");
        // There, what is checked out is the base, and nothing would differ.
        return match variable("GITHUB_EVENT_NAME").as_deref() {
            Some("pull_request_target") => {
                said(["pull_request", "head", "sha"]).map(|head| Range { base, head })
            }
            _ => Some(to_head(base)),
        };
    }
    if variable("GITLAB_CI").is_some() {
        // Where results of merges are checked, the target's newest commit is part of them; else only an older one is.
        let target = variable("CI_MERGE_REQUEST_TARGET_BRANCH_SHA");
        return target.or_else(|| variable("CI_MERGE_REQUEST_DIFF_BASE_SHA")).map(to_head);
    }
    None
}

/// What GitHub says of why it runs: a file of JSON.
fn event(path: &str) -> Option<Value> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_leads_to_head_unless_it_says_otherwise() {
        for (text, said) in [
            ("main..topic", "main..topic"),
            ("main...topic", "main..topic"),
            ("main..", "main..HEAD"),
            ("main", "main..HEAD"),
            ("HEAD~3", "HEAD~3..HEAD"),
        ] {
            assert_eq!(Range::parse(text).unwrap().to_string(), said);
        }
        for wrong in ["", " ", "..", "..topic", " ..topic", "a..b..c", "a....b", "--output=x", "a..-b"] {
            assert!(Range::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_request_of_github_or_gitlab_says_where_it_is_to_go() {
        let said = |set: &[(&str, &str)]| {
            let get = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).to_owned());
            let event = |_: &str| {
                let event = r#"{"merge_group": {"base_sha": "1f"}, "pull_request": {"head": {"sha": "3d"}}}"#;
                serde_json::from_str(event).ok()
            };
            of(&get, &event).map(|range| range.to_string())
        };
        let github = ("GITHUB_ACTIONS", "true");
        assert_eq!(said(&[github, ("GITHUB_BASE_REF", "main")]).as_deref(), Some("origin/main..HEAD"));
        assert_eq!(said(&[github, ("GITHUB_EVENT_PATH", "e.json")]).as_deref(), Some("1f..HEAD"));
        assert_eq!(said(&[github]), None);
        let target = [github, ("GITHUB_BASE_REF", "main"), ("GITHUB_EVENT_NAME", "pull_request_target")];
        assert_eq!(said(&target), None, "what is checked out is no request");
        let event = [&target[..], &[("GITHUB_EVENT_PATH", "e.json")]].concat();
        assert_eq!(said(&event).as_deref(), Some("origin/main..3d"));
        let gitlab = ("GITLAB_CI", "true");
        assert_eq!(said(&[gitlab, ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "2e")]).as_deref(), Some("2e..HEAD"));
        let merged =
            [gitlab, ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "2e"), ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "4c")];
        assert_eq!(said(&merged).as_deref(), Some("4c..HEAD"));
        assert_eq!(said(&[("GITHUB_BASE_REF", "main"), ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "2e")]), None);
    }
}
