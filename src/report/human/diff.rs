//! What tidying would change, as a unified diff that `patch` and `git apply` take.

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use super::page::{NONE, STRONG};
use crate::registry::{Done, Tidied};
use crate::report::plain::is_unseen;

/// How many lines stand round a change.
const AROUND: usize = 3;

/// Writes the difference of every file, by path.
pub fn diff(tidied: &Tidied) -> String {
    let mut out = String::new();
    for done in tidied.done() {
        file(&done, &mut out);
    }
    out
}

fn file(done: &Done<'_>, out: &mut String) {
    let old = done.renamed_from.unwrap_or(done.file);
    let mut head = |text: String| line(out, STRONG, &text);
    head(format!("diff --git a/{old} b/{}\n", done.file));
    if done.renamed_from.is_some() {
        head(format!("rename from {old}\n"));
        head(format!("rename to {}\n", done.file));
    }
    let (before, after) = (String::from_utf8_lossy(done.before), String::from_utf8_lossy(done.after));
    if before == after {
        return;
    }
    head(format!("--- a/{old}\n"));
    head(format!("+++ b/{}\n", done.file));
    let lines = TextDiff::from_lines(&*before, &*after);
    for hunk in lines.unified_diff().context_radius(AROUND).iter_hunks() {
        line(out, AnsiColor::Cyan.on_default(), &format!("{}\n", hunk.header()));
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', AnsiColor::Red.on_default()),
                ChangeTag::Insert => ('+', AnsiColor::Green.on_default()),
                ChangeTag::Equal => (' ', NONE),
            };
            line(out, style, &format!("{sign}{}", change.value()));
            if change.missing_newline() {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
}

/// Writes a line in its style. Its text is the file's own, so what a terminal obeys is replaced; a carriage
/// return at the line's end stays, for without it the patch wouldn't fit.
fn line(out: &mut String, style: Style, text: &str) {
    let (text, line_break) = match (text.strip_suffix("\r\n"), text.strip_suffix('\n')) {
        (Some(text), _) => (text, "\r\n"),
        (None, Some(text)) => (text, "\n"),
        (None, None) => (text, ""),
    };
    let seen: String = text
        .chars()
        .map(|c| if is_unseen(c) && c != '\t' { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    out.push_str(&format!("{style}{seen}{style:#}{line_break}"));
}
