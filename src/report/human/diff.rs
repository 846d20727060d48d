//! A difference for people: coloured, and safe to look at.

use anstyle::{AnsiColor, Style};

use super::page::{NONE, STRONG};
use crate::registry::Changes;
use crate::report::diff::{Part, lines};
use crate::report::plain::is_unseen;

/// Writes what changes do to files.
pub(super) fn diff(changes: &Changes) -> String {
    lines(changes).iter().map(|(part, line)| styled(line, of_part(*part))).collect()
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
fn styled(line: &str, style: Style) -> String {
    let (line, end) = line.strip_suffix('\r').map_or((line, "\n"), |line| (line, "\r\n"));
    let seen = |c: char| if is_unseen(c) && c != '\t' { char::REPLACEMENT_CHARACTER } else { c };
    format!("{style}{}{style:#}{end}", line.chars().map(seen).collect::<String>())
}
