//! A move that was made elsewhere, as Markdown.

use super::page::{Page, texts};
use super::verdict::{notice, published};
use super::{text, verdict};
use crate::report::diff;
use crate::report::human::Detail;
use crate::report::record::{Done, Outcome, Record, before};
use crate::report::run::glass;

/// What the lists may take, each.
const SOME: usize = 6_000;

/// Writes what became of a move, then the verdict.
pub fn record(record: &Record, detail: Detail) -> String {
    let mut page = Page::default();
    page.head(record.word(), &text(&record.headline()));
    let mut lines = Vec::new();
    match &record.outcome {
        Outcome::Stopped { compromised } => {
            if *compromised {
                lines.push("no break-glass goes to a compromised release".to_owned());
            }
            lines.push("nothing is recorded".to_owned());
        }
        Outcome::Again(line) => {
            lines.push(text(&before(line)));
            lines.push("nothing is written: it stands there under the same key".to_owned());
        }
        Outcome::Done(done) => lines.extend(body(record, done)),
    }
    if detail == Detail::Quiet {
        return page.finish();
    }
    page.list(SOME, lines.into_iter());
    page.list(SOME, texts(record.notes).into_iter());
    record.context.published.iter().for_each(|reached| published(&mut page, reached));
    record.context.notice.iter().for_each(|who| notice(&mut page, who));
    for proposal in record.proposals {
        page.paragraph(&text(&proposal.why));
        page.block(std::slice::from_ref(&proposal.command));
    }
    if let Outcome::Done(done) = &record.outcome
        && done.dry_run
        && !done.changes.is_empty()
    {
        page.difference(&diff::text(done.changes));
    }
    let mut out = page.finish();
    if let Some(answer) = record.answer.as_ref().filter(|_| !matches!(record.outcome, Outcome::Again(_))) {
        out.push('\n');
        out.push_str(&verdict::verdict(answer, detail));
    }
    out
}

fn body(record: &Record, done: &Done) -> Vec<String> {
    let mut lines = vec![format!("judged: {}", text(&record.judged()))];
    lines.extend(record.made().map(|made| format!("made {}", text(&made))));
    lines.extend(record.glass.iter().flat_map(|broken| texts(&glass(broken))));
    lines.extend(done.runs().map(|runs| format!("runs now: {}", text(&runs))));
    lines.extend(done.left().iter().map(|left| format!("left {}", text(left))));
    lines.extend(done.acceptance().map(|acceptance| format!("entered {}", text(&acceptance))));
    lines.extend(done.ended().map(|ended| text(&ended)));
    lines.push(format!("written: {}", text(&done.written())));
    lines
}
