//! Why nothing was judged, as Markdown.

use super::page::{Page, item, joined};
use super::{code, text};
use crate::model::Sources;
use crate::registry::{Mistake, Mistakes};
use crate::report::words;

/// What the list may take.
const MISTAKES: usize = 50_000;
/// The first words of every such report.
const HEAD: &str = "NOT JUDGED";

/// Writes all mistakes of a registry: why nothing was judged.
pub fn mistakes(mistakes: &Mistakes) -> String {
    listed(HEAD, mistakes)
}

/// The same where something was to be written: why nothing was.
pub fn refused(mistakes: &Mistakes) -> String {
    listed("NOT WRITTEN", mistakes)
}

fn listed(head: &str, mistakes: &Mistakes) -> String {
    let mut page = Page::default();
    page.head(head, &text(&words::mistakes(mistakes)));
    page.list(MISTAKES, mistakes.list.iter().map(|mistake| one(&mistakes.sources, mistake)));
    page.finish()
}

/// Writes a failure that is no mistake of the registry's.
pub fn failure(message: &str, hint: Option<&str>) -> String {
    let mut page = Page::default();
    page.head(HEAD, &text(message));
    if let Some(hint) = hint {
        page.paragraph(&format!("hint: {}", text(hint)));
    }
    page.finish()
}

/// One mistake or warning: what, where, what to do.
pub(super) fn one(sources: &Sources, mistake: &Mistake) -> String {
    let file = mistake.file(sources);
    let place = match mistake.position(sources) {
        Some((line, column)) => format!("{file}:{line}:{column}"),
        None => file.to_owned(),
    };
    let hint = mistake.hint.as_deref().map(|hint| format!("hint: {}", text(hint)));
    item(&text(&mistake.message), &[joined(&[code(&place)]), hint.unwrap_or_default()])
}
