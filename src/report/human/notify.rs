//! The answers to `notify`, for people.

use anstyle::{AnsiColor, Style};

use super::notice::notice;
use super::page::{NONE, Page, QUIET, STRONG};
use super::{Detail, Look};
use crate::report::notify::{Flush, Listing, Trials, count, way};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Yellow.on_default().bold();

/// What was told, and what is left.
pub fn flush(flush: &Flush, look: Look) -> String {
    let mut page = Page::new(look.width);
    page.head(flush.word(), if flush.is_well() { GOOD } else { BAD }, &flush.what());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    notice(&mut page, flush.notice);
    for waits in flush.would.iter().chain(flush.held) {
        page.text(2, &waits.sentence(), NONE);
    }
    unread(&mut page, flush.unread);
    page.finish()
}

/// Who is told what, by which sinks, and what waits.
pub fn notifying(listing: &Listing, look: Look) -> String {
    let mut page = Page::new(look.width);
    let counts = [
        count(listing.routes.len(), "route"),
        count(listing.sinks.len(), "sink"),
        format!("{} waiting", count(listing.waits.len(), "message")),
    ];
    page.head("NOTIFY", STRONG, &counts.join(", "));
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    if listing.routes.is_empty() {
        page.text(2, "nobody is told anything: docs/telling.md shows how to add a `[[notify]]`", NONE);
    }
    for route in listing.routes {
        page.gap();
        let team = route.team.as_ref().map_or("whoever reads them", |team| team.as_str());
        let sinks: Vec<&str> = route.to.iter().map(|sink| sink.as_str()).collect();
        page.text(2, &format!("{} -> {team} by {}", route.on.join(", "), sinks.join(", ")), NONE);
        let when = Listing::when(route);
        if !when.is_empty() {
            page.text(4, &format!("only {when}"), NONE);
        }
        page.text(4, &listing.place(route), QUIET);
    }
    if !listing.sinks.is_empty() {
        page.gap();
    }
    for (name, sink) in listing.sinks {
        page.text(2, &format!("{name} ({}): {}", sink.kind.word(), way(sink)), NONE);
        if let Some(why) = listing.missing.get(name) {
            page.text(4, why, BAD);
        }
    }
    if !listing.waits.is_empty() {
        page.gap();
    }
    for waits in listing.waits {
        page.text(2, &waits.sentence(), NONE);
    }
    unread(&mut page, listing.unread);
    page.finish()
}

/// What sinks made of a test message.
pub fn trials(trials: &Trials, look: Look) -> String {
    let mut page = Page::new(look.width);
    let arrived = trials.trials.iter().filter(|trial| trial.answer.arrived).count();
    let all = arrived == trials.trials.len();
    let (word, style) = if all { ("ARRIVED", GOOD) } else { ("NOT ALL ARRIVED", BAD) };
    page.head(word, style, &format!("{arrived} of {}", count(trials.trials.len(), "test message")));
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    for trial in trials.trials {
        let how = if trial.answer.arrived { "arrived" } else { "NOT ARRIVED" };
        let gone = if trial.answer.gone { "; the sink takes nothing any more" } else { "" };
        page.text(2, &format!("{} {how}: {}{gone}", trial.sink.name, trial.answer.answer), NONE);
    }
    page.finish()
}

fn unread(page: &mut Page, services: &[String]) {
    for name in services {
        page.text(
            2,
            &format!("{name} can't be read, so what time has brought there isn't known: holdpoint lint"),
            BAD,
        );
    }
}
