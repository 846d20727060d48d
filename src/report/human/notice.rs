//! Who was told of an act, for people.

use anstyle::{AnsiColor, Style};

use super::page::{NONE, Page, QUIET};
use crate::report::Notice;

/// Writes who was told, and how what is left is told.
pub(super) fn notice(page: &mut Page, notice: &Notice) {
    let style: Style = if notice.is_well() { QUIET } else { AnsiColor::Yellow.on_default() };
    for sentence in notice.sentences() {
        page.text(2, &sentence, style);
    }
    if notice.has_left() {
        page.text(2, "what is left is told by whoever acts next, or by:", NONE);
        page.verbatim(4, &notice.next);
    }
}
