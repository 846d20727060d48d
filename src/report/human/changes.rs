//! Files before and after, as a unified diff that `patch` and `git apply` take.

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use super::page::{NONE, STRONG};
use crate::registry::{Change, Changes};
use crate::report::plain::is_unseen;

/// How many lines stand round a change.
const AROUND: usize = 3;

/// Writes the difference of every file, by path.
pub fn changes(changes: &Changes) -> String {
    let mut out = String::new();
    changes.files().iter().for_each(|(path, change)| file(path, change, &mut out));
    out
}

fn file(path: &str, change: &Change, out: &mut String) {
    let side = |letter: char, bytes: Option<&Vec<u8>>| {
        bytes.map_or("/dev/null".to_owned(), |_| format!("{letter}/{path}"))
    };
    let text =
        |bytes: Option<&Vec<u8>>| String::from_utf8_lossy(bytes.map_or(&[], Vec::as_slice)).into_owned();
    let (before, after) = (change.before.as_ref(), change.after.as_ref());
    line(out, STRONG, &format!("--- {}\n", side('a', before)));
    line(out, STRONG, &format!("+++ {}\n", side('b', after)));
    let (before, after) = (text(before), text(after));
    let lines = TextDiff::from_lines(&before, &after);
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

/// Writes a line in its style; of its text, what a terminal obeys is replaced.
fn line(out: &mut String, style: Style, text: &str) {
    let body = text.trim_end_matches(['\r', '\n']);
    let ending = text.get(body.len()..).unwrap_or_default();
    let unseen = |c: char| if is_unseen(c) && c != '\t' { char::REPLACEMENT_CHARACTER } else { c };
    let body: String = body.chars().map(unseen).collect();
    out.push_str(&format!("{style}{body}{style:#}{ending}"));
}
