//! A `run` for people: the verdict before the command, and what became of it behind it.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};

use super::diff::diff;
use super::notice::notice;
use super::page::{Cell, NONE, Page, QUIET, STRONG, of_level};
use super::published::published;
use super::{Detail, Look, verdict};
use crate::model::Level;
use crate::report::run::{Mover, glass, line, under_way};
use crate::report::{Outcome, Over, Run};

/// The width of the labels.
const LABEL: usize = 12;

/// Writes all of it: what is told before the command, and what is told behind it.
pub fn run(run: &Run, look: Look) -> String {
    match &run.outcome {
        Outcome::Over(over) => format!("{}\n{}", going(run, look), closing(run, over, &[], look)),
        _ => going(run, look),
    }
}

/// Writes what is told before the command is started, and why it isn't.
pub fn going(run: &Run, look: Look) -> String {
    let mut out = match (&run.outcome, &run.answer) {
        (Outcome::UnderWay(mover), _) => return held(run, *mover, look),
        (Outcome::Stopped { .. }, Some(answer)) => verdict::verdict(answer, look),
        (_, Some(answer)) => verdict::going(answer, look),
        (_, None) => unjudged(run, look),
    };
    if look.detail == Detail::Quiet {
        return out;
    }
    let mut page = Page::new(look.width);
    if let Some(broken) = &run.glass {
        page.gap();
        glass(broken).iter().for_each(|text| page.text(2, text, NONE));
    }
    match &run.outcome {
        Outcome::Stopped { compromised: true } => {
            page.text(2, "No break-glass goes to a compromised release.", STRONG);
        }
        Outcome::Stopped { .. } => page.text(2, "Nothing was started.", STRONG),
        Outcome::Tried(changes) => {
            page.gap();
            page.text(2, "Only tried: nothing was started, nothing is recorded. It would run", NONE);
            page.verbatim(2, &line(run.command));
            notes(&mut page, run);
            out.push_str(&page.finish());
            if !changes.is_empty() {
                out.push('\n');
                out.push_str(&diff(changes));
            }
            return out;
        }
        Outcome::UnderWay(_) | Outcome::Begun | Outcome::Over(_) => {}
    }
    notes(&mut page, run);
    if matches!(run.outcome, Outcome::Stopped { .. }) {
        run.published.iter().for_each(|reached| published(&mut page, reached));
    }
    out.push_str(&page.finish());
    out
}

fn notes(page: &mut Page, run: &Run) {
    run.notes.iter().for_each(|note| page.text(2, note, NONE));
}

/// `HOLD  rollback checkout 2.4.1 -> 2.4.0 in prod`, since somebody else is at it.
fn held(run: &Run, mover: Option<Mover>, look: Look) -> String {
    let mut page = Page::new(look.width);
    page.head("HOLD", of_level(Level::Hold), &run.movement());
    if look.detail != Detail::Quiet {
        page.gap();
        under_way(run, mover).iter().for_each(|text| page.text(2, text, NONE));
        page.text(2, "Nothing was started.", STRONG);
    }
    page.finish()
}

/// That it could not be judged; why, stands above already.
fn unjudged(run: &Run, look: Look) -> String {
    let mut page = Page::new(look.width);
    page.head("NOT JUDGED", AnsiColor::Red.on_default().bold(), &run.movement());
    page.finish()
}

/// Writes what became of the command, with `notes` that weren't told before it.
pub fn closing(run: &Run, over: &Over, notes: &[String], look: Look) -> String {
    let mut page = Page::new(look.width);
    let style = match over.word() {
        "DONE" => AnsiColor::Green,
        _ => AnsiColor::Red,
    };
    let how = over.how(run);
    page.head(over.word(), style.on_default().bold(), &format!("{}: {how}", run.movement()));
    if look.detail == Detail::Quiet && over.unrecorded.is_none() {
        return page.finish();
    }
    page.gap();
    if !over.signals.is_empty() {
        row(&mut page, "it got", NONE, &over.signals.join(", "));
    }
    if let Some(runs) = over.runs() {
        row(&mut page, "runs now", NONE, &runs);
    }
    if let Some(why) = over.unwritten {
        row(&mut page, "NOT WRITTEN", AnsiColor::Red.on_default().bold(), &format!("what runs: {why}"));
    }
    match (&over.unrecorded, over.started) {
        (Some(unrecorded), _) => {
            row(&mut page, "NOT RECORDED", AnsiColor::Red.on_default().bold(), unrecorded.why);
            let lines = unrecorded.hint.into_iter().chain(["once it can be written, bring it in:"]);
            lines.for_each(|text| page.text(LABEL + 4, text, NONE));
            page.verbatim(LABEL + 4, unrecorded.command);
        }
        (None, Some(started)) => {
            _ = row(&mut page, "recorded", QUIET, &format!("begun as {started}, and its end"))
        }
        (None, None) => {}
    }
    notes.iter().for_each(|note| page.text(2, note, NONE));
    run.published.iter().for_each(|reached| published(&mut page, reached));
    run.notice.iter().for_each(|who| notice(&mut page, who));
    for proposal in over.proposals {
        page.gap();
        page.text(2, &proposal.why, NONE);
        page.verbatim(2, &proposal.command);
    }
    page.finish()
}

fn row(page: &mut Page, label: &'static str, style: Style, text: &str) -> usize {
    page.row(&[Cell(Cow::Borrowed(label), LABEL, style)], text)
}
