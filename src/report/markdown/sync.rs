//! What became of a checkout and what is published, as Markdown.

use super::page::{Page, texts};
use super::text;
use crate::report::diff;
use crate::report::human::Detail;
use crate::report::sync::Sync;

/// What the lists may take, each.
const SOME: usize = 12_000;

/// Writes what came, what went, and what stands in the way.
pub fn sync(sync: &Sync, detail: Detail) -> String {
    let mut page = Page::default();
    page.head(sync.word(), &text(&sync.headline()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    page.list(SOME, texts(&sync.troubles()).into_iter());
    if !sync.next.is_empty() {
        page.block(sync.next);
    }
    page.list(SOME, texts(sync.notes).into_iter());
    if let Some(conflicts) = sync.conflicts.filter(|conflicts| !conflicts.files.is_empty()) {
        page.difference(&diff::text(&conflicts.changes()));
    }
    page.finish()
}
