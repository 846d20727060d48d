//! How a whole registry stands, for people: one table, worst first.

use std::borrow::Cow;

use anstyle::Style;

use super::grid::{self, GAP, Lines};
use super::keys::LEVEL;
use super::page::{Cell, NONE, Page, QUIET, STRONG, of_level, wrap};
use super::{Detail, Look, timeline};
use crate::model::Level;
use crate::report::status::{BackState, Item, Place, Status, age};
use crate::report::{Context, words};

/// What the table is moved in by.
const INDENT: usize = 2;
/// Below this, what needs attention stands on lines of its own.
const ATTENTION: usize = 36;
/// How many things that need attention are told, unless all are asked for.
const TOLD: usize = 4;

/// Writes how everything stands: the sum, then every place, worst first.
pub fn status(context: &Context, status: &Status, look: Look) -> String {
    let mut page = Page::new(look.width);
    let sum = format!("{}{}", status.summary(), words::simulated(context));
    if look.detail == Detail::Quiet {
        page.head("STATUS", STRONG, &sum);
        return page.finish();
    }
    page.hanging(0, "STATUS", STRONG, &sum);
    let layout = Layout::fitting(context, status, look);
    if !status.places.is_empty() || !status.unjudged.is_empty() {
        page.gap();
        layout.write(&mut page, context, status, look);
    }
    timeline::write(&mut page, context, &status.places, look);
    if status.beside > 0 {
        page.gap();
        let text = format!(
            "Beside these, the registry has {}: see `holdpoint lint`.",
            words::several(status.beside, "mistake")
        );
        page.text(INDENT, &text, QUIET);
    }
    page.finish()
}

/// How much of a place stands in its row; what doesn't stands below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Everything, what needs attention in a last column of this width.
    Wide(usize),
    /// What needs attention below.
    Below,
    /// Also without since when it runs.
    Short,
    /// Service and environment on a line of their own.
    Stacked,
}

impl Layout {
    fn fitting(context: &Context, status: &Status, look: Look) -> Layout {
        let taken = |layout: Layout| INDENT + grid::width(&layout.rows(context, status, look));
        let left = look.width.saturating_sub(taken(Layout::Below) + GAP);
        if left >= ATTENTION && look.detail < Detail::Verbose {
            return Layout::Wide(left);
        }
        let fits = |layout: &Layout| taken(*layout) <= look.width;
        [Layout::Below, Layout::Short].into_iter().find(fits).unwrap_or(Layout::Stacked)
    }

    /// The head and all rows.
    fn rows(self, context: &Context, status: &Status, look: Look) -> Vec<Vec<Lines>> {
        let words =
            ["service", "environment", "running", "for", "reliability", "security", "way back", "attention"];
        let head = words.map(|word| Lines::one(word, QUIET));
        let unjudged = status.unjudged.iter().map(|one| {
            let mut row = vec![Lines::one(&one.service, STRONG)];
            row.extend(std::iter::repeat_n(Lines::one("?", of_level(Level::Block)), 6));
            row.push(self.attention(&one.words()));
            row
        });
        let places = status.places.iter().map(|place| self.row(context, place, look));
        let all = std::iter::once(head.to_vec()).chain(unjudged).chain(places);
        all.map(|row| self.columns(row)).collect()
    }

    fn row(self, context: &Context, place: &Place, look: Look) -> Vec<Lines> {
        let now = context.as_of;
        let running = place.running.as_deref();
        let versions = match running {
            None => Lines::one("unknown", of_level(Level::Hold)),
            Some([]) => Lines::one("nothing", QUIET),
            Some(rows) => Lines::several(rows.iter().map(|row| (row.version.to_string(), NONE))),
        };
        let since = running
            .unwrap_or_default()
            .iter()
            .map(|row| (row.since.map_or(String::new(), |since| age(now - since)), QUIET));
        let key = |index: usize| {
            place
                .keys
                .map_or(Lines::one("-", QUIET), |keys| Lines::one(keys[index].word(), of_level(keys[index])))
        };
        let (back, style) = way_back(place);
        vec![
            Lines::one(&place.service, STRONG),
            Lines::one(place.environment.as_deref().unwrap_or("-"), NONE),
            versions,
            Lines::several(since),
            key(0),
            key(1),
            Lines::one(&back, style),
            self.attention(&attention(place, look)),
        ]
    }

    fn attention(self, text: &str) -> Lines {
        match self {
            Layout::Wide(width) => Lines::several(wrap(text, width).into_iter().map(|line| (line, NONE))),
            _ => Lines::default(),
        }
    }

    /// The columns that this layout has.
    fn columns(self, row: Vec<Lines>) -> Vec<Lines> {
        let keeps = |column: usize| match self {
            Layout::Wide(_) => true,
            Layout::Below => column < 7,
            Layout::Short => column < 7 && column != 3,
            Layout::Stacked => (4..7).contains(&column) || column == 2,
        };
        row.into_iter().enumerate().filter(|(column, _)| keeps(*column)).map(|(_, lines)| lines).collect()
    }

    fn write(self, page: &mut Page, context: &Context, status: &Status, look: Look) {
        let table = grid::lines(&self.rows(context, status, look));
        let mut table = table.into_iter();
        let indent = if self == Layout::Stacked { 2 * INDENT } else { INDENT };
        let mut row =
            |page: &mut Page| table.next().into_iter().flatten().for_each(|line| page.raw(indent, &line));
        row(page);
        for one in &status.unjudged {
            self.title(page, &one.service, None);
            row(page);
            if !matches!(self, Layout::Wide(_)) {
                page.text(2 * INDENT, &one.words(), NONE);
            }
        }
        for place in &status.places {
            self.title(page, &place.service, place.environment.as_deref());
            row(page);
            self.below(page, context, place, look);
        }
    }

    fn title(self, page: &mut Page, service: &str, environment: Option<&str>) {
        if self == Layout::Stacked {
            let place = environment.map_or(String::new(), |environment| format!(" in {environment}"));
            page.text(INDENT, &format!("{service}{place}"), STRONG);
        }
    }

    /// What found no room in the row.
    fn below(self, page: &mut Page, context: &Context, place: &Place, look: Look) {
        if look.detail == Detail::Verbose {
            return in_full(page, place);
        }
        if matches!(self, Layout::Wide(_)) {
            return;
        }
        let since = if self == Layout::Below { String::new() } else { since(context, place) };
        let parts = [since, attention(place, look)];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if !parts.is_empty() {
            page.text(2 * INDENT, &parts.join("; "), NONE);
        }
    }
}

/// Everything that needs attention, with what to do about it and where it comes from.
fn in_full(page: &mut Page, place: &Place) {
    if let Some(best) = &place.way_back.best {
        let level = best.level;
        row(page, level, &format!("back to {}: {}", best.version, best.why));
    }
    for item in &place.attention {
        let column = row(page, item.level, &item.message);
        page.parts(column, &details(item));
    }
}

fn row(page: &mut Page, level: Level, text: &str) -> usize {
    let cells = [Cell(Cow::Borrowed(""), 0, NONE), Cell(Cow::Borrowed(level.word()), LEVEL, of_level(level))];
    page.row(&cells, text)
}

fn details(item: &Item) -> Vec<String> {
    let mut parts: Vec<String> = item.hint.iter().cloned().collect();
    parts.extend(item.origin.as_ref().map(|(file, line)| format!("{file}:{line}")));
    parts.push(item.code.into());
    parts.extend(item.rule.as_ref().map(|rule| format!("rule {rule}")));
    parts
}

/// What needs attention, shortly.
fn attention(place: &Place, look: Look) -> String {
    if look.detail == Detail::Verbose {
        return String::new();
    }
    let items: Vec<&Item> = place.attention.iter().filter(|item| !item.minor).collect();
    let told = if items.len() <= TOLD + 1 { items.len() } else { TOLD };
    let mut parts: Vec<String> = items[..told].iter().map(|item| item.short.clone()).collect();
    if told < items.len() {
        parts.push(format!("{} more (-v)", items.len() - told));
    }
    parts.join("; ")
}

fn way_back(place: &Place) -> (String, Style) {
    match (place.way_back.state, &place.way_back.best) {
        (BackState::Open, Some(best)) => (format!("{} {}", best.version, best.level), of_level(best.level)),
        (BackState::Desert, _) => ("none".into(), of_level(Level::Block)),
        (BackState::First, _) => ("none older".into(), QUIET),
        (BackState::Empty, _) => ("-".into(), QUIET),
        (BackState::Open | BackState::Unknown, _) => ("unknown".into(), of_level(Level::Hold)),
    }
}

/// `for 4 days`, where the row doesn't say so.
fn since(context: &Context, place: &Place) -> String {
    let running = place.running.as_deref().unwrap_or_default();
    let told = running.iter().filter_map(|row| {
        let since = row.since?;
        let which = if running.len() > 1 { format!("{} ", row.version) } else { String::new() };
        Some(format!("{which}for {}", age(context.as_of - since)))
    });
    told.collect::<Vec<_>>().join(", ")
}
