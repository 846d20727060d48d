//! What a change of the registry does, as a comment on a pull request: the sum, who gets looser, who loses the way
//! back; a table for each place; the rest folded away.

use super::page::{Page, item, joined, level};
use super::{code, text};
use crate::model::Level;
use crate::report::difference::{
    Comparing, Fold, back, case, folds, hit, in_place, place, rule, running, services,
};
use crate::report::human::Detail;
use crate::report::words;
use crate::survey::{Change, Effect, PlaceDifference, RulesDifference, Way};

/// What the errors may take.
const ERRORS: usize = 8_000;
/// What each list of what loosens, or of who loses the way back, may take.
const LIST: usize = 6_000;
/// What the tables of all places may take together.
const PLACES: usize = 15_000;
/// What one of them may take.
const ONE_PLACE: usize = 3_500;
/// What stands round one of them at most: its heading, with two names, and the head of the table.
const ROUND: usize = 900;
/// What a list of little weight may take.
const LITTLE: usize = 3_000;
/// What a revision's name may take.
const NAME: usize = 120;

/// Writes what is different.
pub fn difference(of: &Comparing, detail: Detail) -> String {
    let mut page = Page::default();
    page.head(of.word(), &format!("{}{}", text(&headline(of)), words::simulated(&of.context)));
    if detail == Detail::Quiet {
        return page.finish();
    }
    let difference = of.difference();
    unread(&mut page, of);
    mistakes(&mut page, of);
    changes(&mut page, ERRORS, "Errors", of, Effect::Error);
    ways_back(&mut page, of);
    hits(&mut page, of);
    changes(&mut page, LIST, "Looser", of, Effect::Looser);
    changes(&mut page, LIST, "Stricter", of, Effect::Stricter);
    places(&mut page, of);
    difference.rules.iter().for_each(|rules| self::rules(&mut page, of, rules));
    alone(&mut page, of);
    also(&mut page, of);
    footer(&mut page, of);
    page.finish()
}

/// The headline, with names that others chose cut short.
fn headline(of: &Comparing) -> String {
    let headline = of.headline();
    let long = of.before.said.len() + of.after.said.len() > 2 * NAME;
    match headline.split_once(": ").filter(|_| long) {
        Some((_, sum)) => sum.to_owned(),
        None => headline,
    }
}

fn unread(page: &mut Page, of: &Comparing) {
    let why = of.reviewed.unread.iter();
    page.list(LITTLE, why.map(|why| format!("{} can't be read: {}", code(of.before.said), text(why))));
}

fn mistakes(page: &mut Page, of: &Comparing) {
    let all = of.reviewed.mistakes.iter();
    let list: Vec<String> = all
        .flat_map(|one| one.list.iter().map(|mistake| super::mistakes::one(&one.sources, mistake)))
        .collect();
    if !list.is_empty() {
        page.heading("Mistakes");
        page.list(LIST, list.into_iter());
    }
}

fn changes(page: &mut Page, most: usize, heading: &str, of: &Comparing, effect: Effect) {
    let list: Vec<String> = of.changes(effect).into_iter().map(change).collect();
    if !list.is_empty() {
        page.heading(heading);
        page.list(most, list.into_iter());
    }
}

fn change(change: &Change) -> String {
    let line = format!("{} {}: {}", code(change.kind.word), text(&services(change)), text(&change.message));
    let spot = change.spot.as_ref().map(|spot| code(&format!("{}:{}", spot.file, spot.line)));
    let parts: Vec<String> = change.by.as_deref().map(text).into_iter().chain(spot).collect();
    item(&line, &[joined(&parts)])
}

fn ways_back(page: &mut Page, of: &Comparing) {
    let told = |one: &&PlaceDifference| {
        format!(
            "{}: was {}; is {}",
            text(&place(one)),
            text(&back(&one.way_back.0)),
            text(&back(&one.way_back.1))
        )
    };
    let all = of.places();
    for (heading, wanted) in [
        ("Loses the safe way back", PlaceDifference::strands as fn(&PlaceDifference) -> bool),
        ("Has a safe way back again", PlaceDifference::wins_way_back),
    ] {
        let list: Vec<String> = all.iter().filter(|one| wanted(one)).map(told).collect();
        if !list.is_empty() {
            page.heading(heading);
            page.list(LITTLE, list.into_iter());
        }
    }
}

fn hits(page: &mut Page, of: &Comparing) {
    let told = |one: &PlaceDifference| -> Vec<String> {
        one.hits.iter().map(|of| format!("{}: {}", text(&place(one)), text(&hit(of)))).collect()
    };
    let list: Vec<String> = of.places().into_iter().flat_map(told).collect();
    if !list.is_empty() {
        page.heading("Newly hit, and running");
        page.list(LITTLE, list.into_iter());
    }
}

/// A table for each place, those first that matter most, as many as there is room for.
fn places(page: &mut Page, of: &Comparing) {
    let all = of.places();
    let end = page.length() + PLACES;
    for (index, one) in all.iter().enumerate() {
        if page.length() + ONE_PLACE + ROUND > end {
            let left = words::several(all.len() - index, "more place");
            return page.paragraph(&format!("… and {left}, of less weight, left out here"));
        }
        one_place(page, one);
    }
}

fn one_place(page: &mut Page, one: &PlaceDifference) {
    page.heading(&text(&place(one)));
    let (ran, runs) = (running(one.ran.as_ref()), running(one.runs.as_ref()));
    let runs = if one.moved() {
        format!("runs {}, and ran {}", text(&runs), text(&ran))
    } else {
        format!("runs {}", text(&runs))
    };
    page.paragraph(&joined(&[runs, counts(one)]));
    let decides = |way| matches!(way, Way::Looser | Way::Stricter | Way::Other);
    let rows: Vec<Vec<String>> = folds(one, decides).iter().map(row).collect();
    page.table(ONE_PLACE * 2 / 3, &["release", "was", "is", "why"], rows.into_iter());
    let rest: Vec<Vec<String>> =
        folds(one, |way| matches!(way, Way::Same | Way::Moved)).iter().map(row).collect();
    if !rest.is_empty() {
        details(
            page,
            &format!("{} of little weight", words::several(rest.len(), "other difference")),
            |page| {
                page.table(ONE_PLACE / 4, &["release", "was", "is", "why"], rest.into_iter());
            },
        );
    }
}

/// How many releases stand at each level: `block 1 to 2`.
fn counts(one: &PlaceDifference) -> String {
    let (was, is) = one.counts;
    let changed = Level::ALL.iter().zip(was.iter().zip(is)).rev().filter(|(_, (was, is))| **was != *is);
    changed.map(|(of, (was, is))| format!("{of} {was} → {is}")).collect::<Vec<_>>().join(", ")
}

fn row(fold: &Fold) -> Vec<String> {
    let of = |level_of: Option<Level>, none: &str| level_of.map_or(none.to_owned(), level);
    vec![
        text(&fold.called()),
        of(fold.shift.go.0, "not there"),
        of(fold.shift.go.1, "gone"),
        text(&fold.why()),
    ]
}

fn rules(page: &mut Page, of: &Comparing, rules: &RulesDifference) {
    if !rules.changes.is_empty() {
        page.heading("Rules");
        let told = rules.changes.iter().map(|change| {
            let lines: Vec<String> = rule(change).iter().map(|line| text(line)).collect();
            item(
                &format!("{} {}", change.what.word(), lines.first().map_or("", String::as_str)),
                lines.get(1..).unwrap_or_default(),
            )
        });
        page.list(LITTLE, told.collect::<Vec<_>>().into_iter());
    }
    for (heading, cases) in [("weigh less", &rules.lowered), ("weigh more", &rules.raised)] {
        if !cases.is_empty() {
            let summary =
                format!("{} by the rules in {}", heading, words::several(cases.len(), "supposed case"));
            details(page, &format!("Reasons {summary}"), |page| {
                page.list(LITTLE, cases.iter().map(|of| text(&case(of))));
            });
        }
    }
    let alone = of.by_rules();
    let rows: Vec<Vec<String>> = alone
        .iter()
        .flat_map(|one| {
            let shown = folds(one, |way| matches!(way, Way::Looser | Way::Stricter));
            shown.iter().map(|fold| [vec![text(&place(one))], row(fold)].concat()).collect::<Vec<_>>()
        })
        .collect();
    if !rows.is_empty() {
        details(page, "What the rules and periods alone change", |page| {
            page.table(LITTLE, &["place", "release", "was", "is", "why"], rows.into_iter());
        });
    }
}

fn alone(page: &mut Page, of: &Comparing) {
    let rows: Vec<Vec<String>> = of
        .difference()
        .alone
        .iter()
        .flat_map(|alone| alone.places.iter().map(|one| (&alone.service, one)))
        .map(|(service, one)| {
            let counts = Level::ALL.iter().zip(one.counts()).rev().filter(|(_, count)| *count > 0);
            vec![
                text(&in_place(service, one.environment.as_ref())),
                text(&running(one.running.as_ref())),
                text(&back(&one.way_back)),
                counts.map(|(of, count)| format!("{of} {count}")).collect::<Vec<_>>().join(", "),
            ]
        })
        .collect();
    if !rows.is_empty() {
        page.heading("As it stands, without what was before");
        page.table(LIST, &["place", "runs", "way back", "releases"], rows.into_iter());
    }
}

fn also(page: &mut Page, of: &Comparing) {
    let list: Vec<String> = of.changes(Effect::Neutral).into_iter().map(change).collect();
    if !list.is_empty() {
        details(page, &format!("Also changed: {}", words::several(list.len(), "thing")), |page| {
            page.list(LITTLE, list.into_iter());
        });
    }
}

/// Something to unfold; the summary is ours.
fn details(page: &mut Page, summary: &str, inside: impl FnOnce(&mut Page)) {
    page.paragraph(&format!("<details><summary>{summary}</summary>"));
    inside(page);
    page.paragraph("</details>");
}

fn footer(page: &mut Page, of: &Comparing) {
    let id = |id: Option<&str>| id.map_or("the files as they stand".to_owned(), code);
    let compared = match (of.before.id, of.after.id) {
        (None, None) => String::new(),
        (before, after) => format!("{} against {}", id(after), id(before)),
    };
    page.paragraph(&joined(&[of.looked_at(), compared]));
}
