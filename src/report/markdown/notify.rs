//! The answers to `notify`, as Markdown.

use super::page::{Page, texts};

use super::{code, text};
use crate::report::human::Detail;
use crate::report::notify::{Flush, Listing, Trials, count, way};

/// What a list may take.
const LITTLE: usize = 12_000;

/// What was told, and what is left.
pub fn flush(flush: &Flush, detail: Detail) -> String {
    let mut page = Page::default();
    page.head(flush.word(), &text(&flush.what()));
    if detail != Detail::Quiet {
        super::verdict::notice(&mut page, flush.notice);
        let waits: Vec<String> =
            flush.would.iter().chain(flush.held).map(|waits| text(&waits.sentence())).collect();
        page.list(LITTLE, waits.into_iter());
        unread(&mut page, flush.unread);
    }
    page.finish()
}

/// Who is told what, by which sinks, and what waits.
pub fn notifying(listing: &Listing, detail: Detail) -> String {
    let mut page = Page::default();
    let counts = [count(listing.routes.len(), "route"), count(listing.sinks.len(), "sink")];
    page.head("NOTIFY", &format!("{}, {} waiting", counts.join(", "), count(listing.waits.len(), "message")));
    if detail == Detail::Quiet {
        return page.finish();
    }
    let routes = listing.routes.iter().map(|route| {
        let team = route.team.as_ref().map_or("whoever reads them".to_owned(), |team| code(team.as_str()));
        let sinks: Vec<String> = route.to.iter().map(|sink| code(sink.as_str())).collect();
        let when = Listing::when(route);
        let when = if when.is_empty() { String::new() } else { format!(" (only {})", text(&when)) };
        format!("{} to {team} by {}{when}", code(&route.on.join(", ")), sinks.join(", "))
    });
    page.list(LITTLE, routes.collect::<Vec<_>>().into_iter());
    let sinks = listing.sinks.iter().map(|(name, sink)| {
        let missing = listing.missing.get(name).map_or(String::new(), |why| format!(": {}", text(why)));
        format!("{} {}, {}{missing}", code(name.as_str()), sink.kind.word(), text(&way(sink)))
    });
    page.list(LITTLE, sinks.collect::<Vec<_>>().into_iter());
    let waits: Vec<String> = listing.waits.iter().map(crate::report::notify::Waits::sentence).collect();
    page.list(LITTLE, texts(&waits).into_iter());
    unread(&mut page, listing.unread);
    page.finish()
}

/// What sinks made of a test message.
pub fn trials(trials: &Trials, detail: Detail) -> String {
    let mut page = Page::default();
    let arrived = trials.trials.iter().filter(|trial| trial.answer.arrived).count();
    page.head("TEST", &format!("{arrived} of {} arrived", count(trials.trials.len(), "message")));
    if detail != Detail::Quiet {
        let rows = trials.trials.iter().map(|trial| {
            let how = if trial.answer.arrived { "arrived" } else { "not arrived" };
            format!("{} {how}: {}", code(trial.sink.name.as_str()), text(&trial.answer.answer))
        });
        page.list(LITTLE, rows.collect::<Vec<_>>().into_iter());
    }
    page.finish()
}

fn unread(page: &mut Page, services: &[String]) {
    let lines =
        services.iter().map(|name| format!("{} can't be read: {}", code(name), code("holdpoint lint")));
    page.list(LITTLE, lines.collect::<Vec<_>>().into_iter());
}
