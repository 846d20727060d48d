//! A flag, for people: what runs and is hit stands first.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};

use super::diff::diff;
use super::page::{Cell, NONE, Page, QUIET, STRONG, of_level};
use super::{Detail, Look, warnings};
use crate::act::flag::Outcome;
use crate::model::Level;
use crate::report::Flagging;

/// The width of the labels.
const LABEL: usize = 8;

/// Writes what a flag does.
pub fn flag(flagging: &Flagging, look: Look) -> String {
    let mut page = Page::new(look.width);
    let flagged = flagging.flagged;
    let style = match flagged.outcome {
        Outcome::Unchanged => QUIET,
        _ => AnsiColor::Yellow.on_default().bold(),
    };
    page.head(flagging.word(), style, &flagging.what());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    page.gap();
    running(&mut page, flagging);
    before_and_after(&mut page, flagging);
    for reach in &flagged.reaches {
        row(&mut page, "hits", NONE, &flagging.hits(reach));
    }
    for times in flagging.times() {
        row(&mut page, "counts", NONE, &times);
    }
    for spot in flagged.spots() {
        row(&mut page, "stands", NONE, &format!("{}:{}", spot.file, spot.line));
    }
    for note in &flagged.notes {
        row(&mut page, "note", NONE, note);
    }
    next(&mut page, flagging);
    warnings(&mut page, &flagging.context);
    let mut out = page.finish();
    if flagging.dry_run && !flagged.changes.is_empty() {
        out.push('\n');
        out.push_str(&diff(&flagged.changes));
    }
    out
}

/// What runs and is hit.
fn running(page: &mut Page, flagging: &Flagging) {
    if flagging.is_calm() {
        return row(page, "runs", NONE, &flagging.calm());
    }
    for reach in &flagging.flagged.reaches {
        for runs in &reach.runs {
            let level = if runs.sure { runs.level.max(Level::Warn) } else { Level::Warn };
            row(page, "RUNS", of_level(level), &format!("{} ({})", flagging.runs(reach, runs), runs.level));
        }
    }
}

/// What comes out otherwise than before.
fn before_and_after(page: &mut Page, flagging: &Flagging) {
    for reach in &flagging.flagged.reaches {
        for way in &reach.ways {
            let style = if way.is_lost() { of_level(Level::Block) } else { STRONG };
            row(page, "way back", style, &flagging.way(reach, way));
        }
        for voided in &reach.voided {
            row(page, "voids", of_level(voided.level), &flagging.voided(reach, voided));
        }
        for stopped in &reach.stopped {
            row(page, "stops", of_level(stopped.after), &flagging.stopped(reach, stopped));
        }
    }
}

fn next(page: &mut Page, flagging: &Flagging) {
    let mut commands = flagging.next().into_iter();
    if let Some(first) = commands.next() {
        page.gap();
        page.verbatim(2, &format!("Next: {first}"));
        commands.for_each(|command| page.verbatim(8, &command));
    }
}

fn row(page: &mut Page, label: &'static str, style: Style, text: &str) {
    page.row(&[Cell(Cow::Borrowed(label), LABEL, style)], text);
}
