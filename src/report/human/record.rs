//! A move that was made elsewhere, for people.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};

use super::diff::diff;
use super::notice::notice;
use super::page::{Cell, NONE, Page, QUIET, STRONG};
use super::published::published;
use super::{Detail, Look, mistakes, verdict};
use crate::report::record::{Done, Outcome, Record, before};
use crate::report::run::glass;

/// The width of the labels.
const LABEL: usize = 8;

/// Writes what became of a move: of one that may not go the verdict, else what is recorded of it.
pub fn record(record: &Record, look: Look) -> String {
    let mut page = Page::new(look.width);
    let mut out = String::new();
    match (&record.outcome, &record.answer) {
        (Outcome::Stopped { compromised }, Some(answer)) => {
            out = verdict::verdict(answer, look);
            if look.detail == Detail::Quiet {
                return out;
            }
            page.gap();
            if *compromised {
                page.text(2, "No break-glass goes to a compromised release.", STRONG);
            }
            page.text(2, "Nothing is recorded.", STRONG);
        }
        _ => head(&mut page, record),
    }
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    match &record.outcome {
        Outcome::Stopped { .. } => {}
        Outcome::Again(line) => {
            page.gap();
            row(&mut page, "as", NONE, &before(line));
            row(&mut page, "written", NONE, "nothing: it stands there under the same key");
        }
        Outcome::Done(done) => body(&mut page, record, done),
    }
    record.notes.iter().for_each(|note| _ = row(&mut page, "note", NONE, note));
    record.context.published.iter().for_each(|reached| published(&mut page, reached));
    record.context.notice.iter().for_each(|who| notice(&mut page, who));
    for proposal in record.proposals {
        page.gap();
        page.text(2, &proposal.why, NONE);
        page.verbatim(2, &proposal.command);
    }
    out.push_str(&page.finish());
    if let Outcome::Done(done) = &record.outcome
        && done.dry_run
        && !done.changes.is_empty()
    {
        out.push('\n');
        out.push_str(&diff(done.changes));
    }
    if let Some(list) = record.mistakes {
        out.push('\n');
        out.push_str(&mistakes::mistakes(list, look.width));
    }
    out
}

/// `RECORDED  rollback checkout 2.4.1 -> 2.4.0 in prod`
fn head(page: &mut Page, record: &Record) {
    let style = match record.outcome {
        Outcome::Again(_) => QUIET,
        _ => AnsiColor::Green.on_default().bold(),
    };
    page.head(record.word(), style, &record.headline());
}

fn body(page: &mut Page, record: &Record, done: &Done) {
    page.gap();
    row(page, "judged", NONE, &record.judged());
    if let Some(made) = record.made() {
        row(page, "made", NONE, &made);
    }
    if let Some(broken) = &record.glass {
        let mut label = "glass";
        for line in glass(broken) {
            row(page, std::mem::take(&mut label), NONE, line.trim_start_matches("glass broken: "));
        }
    }
    if let Some(runs) = done.runs() {
        row(page, "runs now", NONE, &runs);
    }
    for left in done.left() {
        row(page, "left", NONE, &left);
    }
    if let Some(acceptance) = done.acceptance() {
        row(page, "entered", NONE, &acceptance);
    }
    if let Some(ended) = done.ended() {
        row(page, "ended", NONE, &ended);
    }
    row(page, "written", QUIET, &done.written());
}

fn row(page: &mut Page, label: &'static str, style: Style, text: &str) -> usize {
    page.row(&[Cell(Cow::Borrowed(label), LABEL, style)], text)
}
