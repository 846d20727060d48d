//! How far an act got on its way to others, for people.

use anstyle::{AnsiColor, Style};

use super::page::{Page, QUIET};
use crate::report::published::{Published, Reached};

/// Writes how far it got, and what to do where that isn't far enough.
pub(super) fn published(page: &mut Page, published: &Published) {
    let style: Style = match published.state {
        Reached::Committed | Reached::Pushed | Reached::Nothing => QUIET,
        Reached::Waiting => AnsiColor::Yellow.on_default(),
        Reached::Uncommitted => AnsiColor::Red.on_default().bold(),
    };
    page.gap();
    page.text(2, &published.sentence(), style);
    published.next.iter().for_each(|command| page.verbatim(4, command));
    published.notes.iter().for_each(|note| page.text(2, &format!("note: {note}"), QUIET));
}
