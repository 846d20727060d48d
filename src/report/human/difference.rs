//! What a change of the registry does, for people: errors, who loses the way back, what gets looser, what stricter.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};

use super::page::{Cell, NONE, Page, QUIET, STRONG, of_level};
use super::{Detail, Look};
use crate::model::Level;
use crate::report::difference::{Comparing, back, case, folds, hit, place, rule, running, services};
use crate::report::words;
use crate::survey::{Change, Effect, Lowered, PlaceDifference, RulesDifference, Way};

/// How many things of a section are told without `-v`.
const TOLD: usize = 12;
/// The width of levels that change.
const LEVELS: usize = 16;
/// The widest word of a kind that others are aligned to.
const KIND: usize = 18;

/// Writes what is different.
pub fn difference(of: &Comparing, look: Look) -> String {
    let mut page = Page::new(look.width);
    let headline = format!("{}{}", of.headline(), words::simulated(&of.context));
    if look.detail == Detail::Quiet {
        page.head(of.word(), style(of), &headline);
        return page.finish();
    }
    page.hanging(0, of.word(), style(of), &headline);
    let mut report = Report { page, look };
    report.unread(of);
    report.changes("Errors", of, Effect::Error);
    report.ways_back(of);
    report.hits(of);
    report.changes("Looser", of, Effect::Looser);
    report.verdicts("Verdicts that get looser", of, |way| way == Way::Looser);
    report.rules(of.difference().rules.as_ref());
    report.by_rules(of);
    report.changes("Stricter", of, Effect::Stricter);
    report.verdicts("Verdicts that get stricter", of, |way| way == Way::Stricter);
    report.moved(of);
    report.changes("Also changed", of, Effect::Neutral);
    if look.detail == Detail::Verbose {
        let other = |way| matches!(way, Way::Same | Way::Other | Way::Moved);
        report.verdicts("Other differences", of, other);
    }
    report.alone(of);
    report.page.gap();
    report.page.text(2, &of.looked_at(), QUIET);
    report.page.finish()
}

fn style(of: &Comparing) -> Style {
    match of.word() {
        "MISTAKES" | "ERRORS" => of_level(Level::Block),
        "STRANDED" | "LOOSER" => of_level(Level::Hold),
        "SAME" => AnsiColor::Green.on_default().bold(),
        _ => STRONG,
    }
}

struct Report {
    page: Page,
    look: Look,
}

impl Report {
    fn most(&self) -> usize {
        if self.look.detail == Detail::Verbose { usize::MAX } else { TOLD }
    }

    fn heading(&mut self, words: &str) {
        self.page.gap();
        self.page.text(2, words, STRONG);
    }

    /// Says how many of a section are left out.
    fn more(&mut self, all: usize) {
        if let Some(more) = all.checked_sub(self.most()).filter(|more| *more > 0) {
            self.page.text(4, &format!("… and {more} more; -v shows all"), QUIET);
        }
    }

    fn unread(&mut self, of: &Comparing) {
        for why in &of.reviewed.unread {
            self.page.text(2, &format!("{} can't be read: {why}", of.before.said), of_level(Level::Warn));
        }
    }

    fn changes(&mut self, heading: &str, of: &Comparing, effect: Effect) {
        let changes: Vec<&Change> = of.changes(effect);
        if changes.is_empty() {
            return;
        }
        self.heading(heading);
        for change in changes.iter().take(self.most()) {
            let text = format!("{}: {}", services(change), change.message);
            let column =
                self.page.row(&[Cell("".into(), 0, NONE), Cell(change.kind.word.into(), KIND, NONE)], &text);
            let spot = change.spot.as_ref().map(|spot| format!("{}:{}", spot.file, spot.line));
            let parts: Vec<String> = change.by.iter().cloned().chain(spot).collect();
            self.page.parts(column, &parts);
        }
        self.more(changes.len());
    }

    fn ways_back(&mut self, of: &Comparing) {
        for (heading, wanted) in [
            ("Loses the safe way back", PlaceDifference::strands as fn(&PlaceDifference) -> bool),
            ("Has a safe way back again", PlaceDifference::wins_way_back),
        ] {
            let places: Vec<&PlaceDifference> =
                of.places().into_iter().filter(|place| wanted(place)).collect();
            if places.is_empty() {
                continue;
            }
            self.heading(heading);
            for one in places.iter().take(self.most()) {
                let text =
                    format!("{}: was {}; is {}", place(one), back(&one.way_back.0), back(&one.way_back.1));
                self.page.text(4, &text, NONE);
            }
            self.more(places.len());
        }
    }

    fn hits(&mut self, of: &Comparing) {
        let places = of.places();
        let hits: Vec<String> = places
            .iter()
            .flat_map(|one| one.hits.iter().map(move |of| format!("{}: {}", place(one), hit(of))))
            .collect();
        self.list("Newly hit, and running", &hits);
    }

    fn list(&mut self, heading: &str, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        self.heading(heading);
        lines.iter().take(self.most()).for_each(|line| self.page.text(4, line, NONE));
        self.more(lines.len());
    }

    fn verdicts(&mut self, heading: &str, of: &Comparing, wanted: impl Fn(Way) -> bool + Copy) {
        self.shifts(heading, &of.places(), wanted);
    }

    fn shifts(&mut self, heading: &str, places: &[&PlaceDifference], wanted: impl Fn(Way) -> bool + Copy) {
        let all: Vec<_> = places
            .iter()
            .flat_map(|one| folds(one, wanted).into_iter().map(move |fold| (one, fold)))
            .collect();
        if all.is_empty() {
            return;
        }
        self.heading(heading);
        let mut last = None;
        for (one, fold) in all.iter().take(self.most()) {
            if last != Some(place(one)) {
                self.page.text(4, &place(one), NONE);
                last = Some(place(one));
            }
            let levels = Cell(fold.levels().into(), LEVELS, fold.shift.go.1.map_or(NONE, of_level));
            let text = [fold.called(), fold.why()].into_iter().filter(|part| !part.is_empty());
            self.page.row(&[Cell(Cow::Borrowed(""), 2, NONE), levels], &text.collect::<Vec<_>>().join(": "));
        }
        self.more(all.len());
    }

    fn rules(&mut self, rules: Option<&RulesDifference>) {
        let Some(rules) = rules else { return };
        if !rules.changes.is_empty() {
            self.heading("Rules");
            for change in rules.changes.iter().take(self.most()) {
                let word = Cell(change.what.word().into(), 7, NONE);
                let mut lines = rule(change).into_iter();
                let column =
                    self.page.row(&[Cell("".into(), 0, NONE), word], &lines.next().unwrap_or_default());
                lines.for_each(|line| self.page.text(column, &line, NONE));
                let spot = change.spot.as_ref().map(|spot| format!("{}:{}", spot.file, spot.line));
                self.page.parts(column, &spot.into_iter().collect::<Vec<_>>());
            }
            self.more(rules.changes.len());
        }
        self.cases("Weighs less by the rules, here or in a registry like this", &rules.lowered);
        self.cases("Weighs more by the rules, here or in a registry like this", &rules.raised);
    }

    fn cases(&mut self, heading: &str, cases: &[Lowered]) {
        let lines: Vec<String> = cases.iter().map(case).collect();
        self.list(heading, &lines);
    }

    /// What the rules alone do, where other things changed as well.
    fn by_rules(&mut self, of: &Comparing) {
        let places = of.by_rules();
        self.shifts("Of these by the rules and periods alone", &places, |way| {
            matches!(way, Way::Looser | Way::Stricter)
        });
    }

    fn moved(&mut self, of: &Comparing) {
        let places = of.places();
        let moved = places.iter().filter(|one| one.moved()).map(|one| {
            let (ran, runs) = (running(one.ran.as_ref()), running(one.runs.as_ref()));
            format!("{}: {runs}, and {ran} before", place(one))
        });
        let lines: Vec<String> = moved.collect();
        self.list("What runs is another", &lines);
    }

    fn alone(&mut self, of: &Comparing) {
        let lines: Vec<String> = of
            .difference()
            .alone
            .iter()
            .flat_map(|alone| alone.places.iter().map(|one| (&alone.service, one)))
            .map(|(service, one)| {
                let counts = one.counts();
                let levels = Level::ALL.iter().zip(counts).rev().filter(|(_, count)| *count > 0);
                let levels: Vec<String> = levels.map(|(level, count)| format!("{count} {level}")).collect();
                format!(
                    "{}: {} runs; way back {}; releases: {}",
                    crate::report::difference::in_place(service, one.environment.as_ref()),
                    running(one.running.as_ref()),
                    back(&one.way_back),
                    levels.join(", ")
                )
            })
            .collect();
        self.list("As it stands, without what was before", &lines);
    }
}
