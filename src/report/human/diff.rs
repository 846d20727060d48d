//! Differences for people: coloured, and safe to look at.

use anstyle::{AnsiColor, Style};

use super::page::{NONE, STRONG};
use crate::model::is_unseen;
use crate::registry::{Changes, Tidied};
use crate::report::diff::{self, Part};

/// Writes what changes do to files.
pub(super) fn diff(changes: &Changes) -> String {
    styled(&diff::lines(changes))
}

/// Writes what tidying does to files, also to their names, so that `patch` and `git apply` take it.
pub(super) fn tidied(tidied: &Tidied) -> String {
    styled(&diff::of_tidied(tidied))
}

fn styled(lines: &[(Part, String)]) -> String {
    lines.iter().map(|(part, line)| one(line, of_part(*part))).collect()
}

fn of_part(part: Part) -> Style {
    match part {
        Part::File => STRONG,
        Part::Place => AnsiColor::Cyan.on_default(),
        Part::Same => NONE,
        Part::Gone => AnsiColor::Red.on_default(),
        Part::New => AnsiColor::Green.on_default(),
    }
}

/// A line in its style. Its text is a file's own, so what a terminal obeys is replaced; a `\r` at its end
/// stays, for a patch wouldn't fit without it.
fn one(line: &str, style: Style) -> String {
    let (line, end) = line.strip_suffix('\r').map_or((line, "\n"), |line| (line, "\r\n"));
    let seen = |c: char| if is_unseen(c) && c != '\t' { char::REPLACEMENT_CHARACTER } else { c };
    format!("{style}{}{style:#}{end}", line.chars().map(seen).collect::<String>())
}
