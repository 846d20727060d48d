//! How a whole registry stands, as Markdown.

use super::page::{Page, joined, level};
use super::verdict::footer;
use super::{code, text};
use crate::model::{Level, Time, format_time};
use crate::report::human::Detail;
use crate::report::status::{BackState, Place, Status, Stretch, Timeline, age};
use crate::report::{Context, words};

/// What the table of all places may take.
const PLACES: usize = 40_000;
/// What the releases of all places may take together.
const RELEASES: usize = 22_000;
/// The least that those of one place are worth beginning for.
const LEAST: usize = 4_000;
/// What stands round a table of releases at most: its heading, with two names, its head, and what is left out.
const ROUND: usize = 2_000;
/// How many things that need attention are told of a place, unless all are asked for.
const TOLD: usize = 4;

/// Writes how everything stands: the sum, then every place, worst first.
pub fn status(context: &Context, status: &Status, detail: Detail) -> String {
    let mut page = Page::default();
    page.head("STATUS", &format!("{}{}", text(&status.summary()), words::simulated(context)));
    if detail == Detail::Quiet {
        return page.finish();
    }
    let columns = ["service", "environment", "running", "reliability", "security", "way back", "attention"];
    let unjudged = status.unjudged.iter().map(|one| {
        let mut cells = vec![code(&one.service)];
        cells.extend(std::iter::repeat_n("?".to_owned(), 5));
        cells.push(text(&one.words()));
        cells
    });
    let places = status.places.iter().map(|place| row(context, place, detail));
    let rows: Vec<Vec<String>> = unjudged.chain(places).collect();
    page.table(PLACES, &columns, rows.into_iter());
    timelines(&mut page, context, status, detail);
    if status.beside > 0 {
        let count = words::several(status.beside, "mistake");
        page.paragraph(&format!("Beside these, the registry has {count}: see `holdpoint lint`."));
    }
    footer(&mut page, context, None);
    page.finish()
}

fn row(context: &Context, place: &Place, detail: Detail) -> Vec<String> {
    let key = |index: usize| place.keys.map_or("-".to_owned(), |keys| level(keys[index]));
    vec![
        code(&place.service),
        place.environment.as_deref().map_or("-".to_owned(), code),
        running(context, place),
        key(0),
        key(1),
        way_back(place),
        attention(place, detail),
    ]
}

fn running(context: &Context, place: &Place) -> String {
    let Some(running) = &place.running else { return "**unknown**".into() };
    if running.is_empty() {
        return "nothing".into();
    }
    let one = |version: &str, since: Option<Time>| {
        let since = since.map_or(String::new(), |since| format!(", {}", age(context.as_of - since)));
        format!("{}{since}", code(version))
    };
    running.iter().map(|row| one(&row.version, row.since)).collect::<Vec<_>>().join("; ")
}

fn way_back(place: &Place) -> String {
    match (place.way_back.state, &place.way_back.best) {
        (BackState::Open, Some(best)) => format!("{} {}", code(&best.version), level(best.level)),
        (BackState::Desert, _) => "**none**".into(),
        (BackState::First, _) => "none older".into(),
        (BackState::Empty, _) => "-".into(),
        (BackState::Open | BackState::Unknown, _) => "unknown".into(),
    }
}

fn attention(place: &Place, detail: Detail) -> String {
    let all = detail == Detail::Verbose;
    let items: Vec<_> = place.attention.iter().filter(|item| all || !item.minor).collect();
    let told = if all || items.len() <= TOLD + 1 { items.len() } else { TOLD };
    let words = items[..told].iter().map(|item| text(if all { &item.message } else { &item.short }));
    let mut parts: Vec<String> = words.collect();
    if told < items.len() {
        parts.push(format!("{} more", items.len() - told));
    }
    joined(&parts)
}

/// The releases of every place of one service, as many places as there is room for.
fn timelines(page: &mut Page, context: &Context, status: &Status, detail: Detail) {
    let detailed: Vec<_> =
        status.places.iter().filter_map(|place| Some((place, place.timeline.as_ref()?))).collect();
    let section = (RELEASES / detailed.len().max(1)).max(LEAST);
    // The flags below it take up to a quarter more.
    let most = (section - ROUND) * 4 / 5;
    let end = page.length() + RELEASES;
    for (index, (place, timeline)) in detailed.iter().enumerate() {
        if page.length() + section > end {
            let left = words::several(detailed.len() - index, "more environment");
            return page.paragraph(&format!("… and {left}: name one with {}", code("--env")));
        }
        releases(page, context, place, timeline, most, detail);
    }
}

fn releases(
    page: &mut Page,
    context: &Context,
    place: &Place,
    timeline: &Timeline,
    most: usize,
    detail: Detail,
) {
    let place_of = place.environment.as_deref().map_or(String::new(), |name| format!(" in {}", code(name)));
    page.heading(&format!("{}{place_of}, newest first", code(&place.service)));
    let columns = ["release", "released", "stable", "secure", "go", "flags", "here"];
    let stretches = timeline.stretches(&timeline.columns(usize::MAX), detail == Detail::Verbose);
    let rows: Vec<Vec<String>> =
        stretches.iter().map(|stretch| release(context, timeline, stretch)).collect();
    page.table(most, &columns, rows.into_iter());
    let flags = timeline.flags.iter().map(|flag| {
        let from = flag.from.map_or(String::new(), |from| format!(", from {}", format_time(from)));
        format!("{}{from}", text(&flag.words))
    });
    page.list(most / 4, flags);
}

fn release(context: &Context, timeline: &Timeline, stretch: &Stretch<'_>) -> Vec<String> {
    let row = stretch.first;
    let several = stretch.count > 1;
    let version = match several {
        true => format!("{} … {}", code(&row.version), code(&stretch.last.version)),
        false => code(&row.version),
    };
    let hit = timeline.flags.iter().zip(&row.hits).filter(|(_, hit)| **hit == Some(true));
    let mut here = if several { vec![format!("{} releases alike", stretch.count)] } else { Vec::new() };
    here.push(text(&row.here(context.as_of)));
    here.extend(stretch.last.below.iter().map(|line| format!("below: {}", text(line))));
    vec![
        version,
        row.released.filter(|_| !several).map_or(String::new(), |at| at.format("%Y-%m-%d").to_string()),
        mark(row.reliability),
        mark(row.security),
        level(row.go),
        hit.map(|(flag, _)| code(&flag.id)).collect::<Vec<_>>().join(", "),
        joined(&here),
    ]
}

fn mark(level: Level) -> String {
    match level {
        Level::Allow => "yes".into(),
        Level::Warn => "yes, with a warning".into(),
        Level::Hold | Level::Block => format!("**no** ({level})"),
    }
}
