//! What happened lately, for people.

use super::page::{NONE, Page, QUIET, STRONG, of_level};
use super::{Detail, Look};
use crate::model::Level;
use crate::report::since::Since;
use crate::telling::Urgency;

/// Writes what happened, worst first.
pub fn since(since: &Since, look: Look) -> String {
    let mut page = Page::new(look.width);
    page.head("SINCE", STRONG, &since.what());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    for event in since.events {
        page.gap();
        let style = match event.urgency {
            Urgency::Page => of_level(Level::Block),
            Urgency::Warn => of_level(Level::Warn),
            Urgency::Info => NONE,
        };
        page.hanging(2, event.kind, style, &event.sentence);
        event.command.iter().for_each(|command| page.verbatim(4, command));
        let notice = event.notice();
        if !notice.is_empty() {
            page.text(4, &notice, QUIET);
        }
    }
    for name in since.unread {
        page.text(2, &format!("{name} can't be read: holdpoint lint"), NONE);
    }
    page.finish()
}
