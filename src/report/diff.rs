//! What changes do to files, line by line, as `diff -u` and Git have it.

use std::borrow::Cow;

use similar::{ChangeTag, TextDiff};

use crate::registry::{Change, Changes, Done, Tidied};

/// How many lines stand round a change.
const AROUND: usize = 3;

/// What a line of a difference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The name of a file.
    File,
    /// Where in the file what follows stands.
    Place,
    /// It stays.
    Same,
    /// It goes.
    Gone,
    /// It comes.
    New,
}

/// The lines of the difference that changes make, without their line breaks, in the order of the files. A
/// line of a file on Windows keeps its `\r`: without it the difference wouldn't fit.
pub fn lines(changes: &Changes) -> Vec<(Part, String)> {
    changes.files().iter().flat_map(|(path, change)| of_file(path, change)).collect()
}

/// The same as one text.
pub fn text(changes: &Changes) -> String {
    lines(changes).into_iter().map(|(_, line)| line + "\n").collect()
}

/// What tidying does, with the files that get another name.
pub fn of_tidied(tidied: &Tidied) -> Vec<(Part, String)> {
    tidied.done().flat_map(|done| of_done(&done)).collect()
}

fn of_file(path: &str, change: &Change) -> Vec<(Part, String)> {
    let name = |side: &str, bytes: &Option<Vec<u8>>| match bytes {
        Some(_) => format!("{side}/{path}"),
        None => "/dev/null".to_owned(),
    };
    let mut out = vec![
        (Part::File, format!("--- {}", name("a", &change.before))),
        (Part::File, format!("+++ {}", name("b", &change.after))),
    ];
    out.extend(hunks(change.before.as_deref(), change.after.as_deref()));
    out
}

fn of_done(done: &Done<'_>) -> Vec<(Part, String)> {
    let old = done.renamed_from.unwrap_or(done.file);
    let mut head = vec![format!("diff --git a/{old} b/{}", done.file)];
    if done.renamed_from.is_some() {
        head.extend([format!("rename from {old}"), format!("rename to {}", done.file)]);
    }
    let hunks = hunks(Some(done.before), Some(done.after));
    if !hunks.is_empty() {
        head.extend([format!("--- a/{old}"), format!("+++ b/{}", done.file)]);
    }
    head.into_iter().map(|line| (Part::File, line)).chain(hunks).collect()
}

fn hunks(before: Option<&[u8]>, after: Option<&[u8]>) -> Vec<(Part, String)> {
    let (before, after) = (as_text(before), as_text(after));
    let diff = TextDiff::from_lines(&*before, &*after);
    let mut out = Vec::new();
    for hunk in diff.unified_diff().context_radius(AROUND).iter_hunks() {
        out.push((Part::Place, hunk.header().to_string()));
        for line in hunk.iter_changes() {
            let (part, sign) = match line.tag() {
                ChangeTag::Equal => (Part::Same, ' '),
                ChangeTag::Delete => (Part::Gone, '-'),
                ChangeTag::Insert => (Part::New, '+'),
            };
            let text = line.value();
            out.push((part, format!("{sign}{}", text.strip_suffix('\n').unwrap_or(text))));
            if line.missing_newline() {
                out.push((Part::Same, "\\ No newline at end of file".to_owned()));
            }
        }
    }
    out
}

fn as_text(bytes: Option<&[u8]>) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_come_change_and_go_are_shown_as_git_shows_them() {
        let mut changes = Changes::new();
        let bytes = |text: &str| Some(text.as_bytes().to_vec());
        changes.put("a.toml", None, bytes("x = 1\n"));
        changes.put("b.toml", bytes("1\r\n2\r\n3"), bytes("1\r\n2\r\n3\r\n4"));
        changes.put("c.toml", bytes("gone\n"), None);
        let want = "--- /dev/null\n+++ b/a.toml\n@@ -0,0 +1 @@\n+x = 1\n\
                    --- a/b.toml\n+++ b/b.toml\n@@ -1,3 +1,4 @@\n 1\r\n 2\r\n-3\n\\ No newline at end of file\n\
                    +3\r\n+4\n\\ No newline at end of file\n\
                    --- a/c.toml\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n";
        assert_eq!(text(&changes), want);
    }
}
