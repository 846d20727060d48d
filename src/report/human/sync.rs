//! What became of a checkout and what is published, for people.

use anstyle::AnsiColor;

use super::diff::diff;
use super::page::{NONE, Page, QUIET};
use super::{Detail, Look};
use crate::report::sync::{Outcome, Sync};

/// Writes what came, what went, and what stands in the way.
pub fn sync(sync: &Sync, look: Look) -> String {
    let mut page = Page::new(look.width);
    let style = match sync.outcome {
        Outcome::UpToDate => QUIET,
        Outcome::Conflicts | Outcome::Stays => AnsiColor::Red.on_default().bold(),
        _ => AnsiColor::Green.on_default().bold(),
    };
    page.head(sync.word(), style, &sync.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    let troubles = sync.troubles();
    if !troubles.is_empty() {
        page.gap();
        troubles.iter().for_each(|trouble| page.text(2, trouble, NONE));
    }
    if !sync.next.is_empty() {
        page.gap();
        sync.next.iter().for_each(|command| page.verbatim(2, command));
    }
    if !sync.notes.is_empty() {
        page.gap();
        sync.notes.iter().for_each(|note| page.text(2, &format!("note: {note}"), QUIET));
    }
    let mut out = page.finish();
    if let Some(conflicts) = sync.conflicts.filter(|conflicts| !conflicts.files.is_empty()) {
        out.push('\n');
        out.push_str(&diff(&conflicts.changes()));
    }
    out
}
