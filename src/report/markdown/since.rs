//! What happened lately, as Markdown.

use super::page::Page;
use super::{code, text};
use crate::report::human::Detail;
use crate::report::since::Since;

/// What the list may take.
const SOME: usize = 40_000;

/// Writes what happened, worst first.
pub fn since(since: &Since, detail: Detail) -> String {
    let mut page = Page::default();
    page.head("SINCE", &text(&since.what()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    let events = since.events.iter().map(|event| {
        let notice = event.notice();
        let notice = if notice.is_empty() { String::new() } else { format!(" ({})", text(&notice)) };
        let command = event.command.as_ref().map_or(String::new(), |command| format!(" {}", code(command)));
        format!("{} {}{command}{notice}", code(event.kind), text(&event.sentence))
    });
    page.list(SOME, events.collect::<Vec<_>>().into_iter());
    page.finish()
}
