//! Decisions that were judged again, for people: those that come out differently, with their likely cause.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};

use super::page::{Cell, NONE, Page, QUIET, STRONG, of_level};
use super::{Detail, Look};
use crate::model::Level;
use crate::replay::{Decision, Difference};
use crate::report::replay::{Replay, cause, changed, decision, verdicts};

/// The width of the labels.
const LABEL: usize = 7;
/// How many are shown without `-v`.
const SHOWN: usize = 20;

/// Writes what came of judging decisions again.
pub fn log_replay(replay: &Replay, look: Look) -> String {
    let mut page = Page::new(look.width);
    page.head(replay.word(), style(replay), &replay.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    let differing: Vec<_> = replay.differing().collect();
    let shown = if look.detail == Detail::Verbose { differing.len() } else { SHOWN };
    for (of, difference) in differing.iter().take(shown) {
        page.gap();
        one(&mut page, of, difference, look);
    }
    if differing.len() > shown {
        page.gap();
        page.text(2, &format!("… and {} more; -v shows all", differing.len() - shown), QUIET);
    }
    let (apart, notes) = (replay.apart(), replay.notes());
    if !(apart.is_empty() && notes.is_empty()) {
        page.gap();
    }
    for apart in apart {
        page.hanging(0, "not judged", NONE, &format!("{}: {}", apart.decisions.len(), apart.message));
        apart.hint.iter().for_each(|hint| page.hanging(0, "hint:", NONE, hint));
    }
    notes.iter().for_each(|note| page.hanging(0, "note", NONE, note));
    page.finish()
}

fn style(replay: &Replay) -> Style {
    match (replay.is_same(), replay.is_void()) {
        (false, _) => AnsiColor::Red.on_default().bold(),
        (true, true) => of_level(Level::Warn),
        (true, false) => AnsiColor::Green.on_default().bold(),
    }
}

fn one(page: &mut Page, of: &Decision, difference: &Difference, look: Look) {
    page.text(2, &decision(of), STRONG);
    let mut row = |label: &'static str, text: &str| {
        page.row(&[Cell(Cow::Borrowed(label), LABEL, NONE)], text);
    };
    row("verdict", &verdicts(difference));
    difference.changed.iter().for_each(|one| row("reason", &changed(one)));
    row("likely", &cause(&difference.cause));
    let revision = of.says.registry.revision.as_deref().unwrap_or("?");
    let mut parts = vec![of.spot.to_string(), of.says.id.to_string()];
    parts.extend((look.detail == Detail::Verbose).then(|| format!("registry {revision}")));
    page.parts(2, &parts);
}
