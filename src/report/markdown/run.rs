//! A `run`, as Markdown.

use super::page::{Page, texts};
use super::verdict::{notice, published};
use super::{code, text, verdict};
use crate::report::human::Detail;
use crate::report::run::{glass, line, under_way};
use crate::report::{Outcome, Over, Run, diff};

/// What the lists may take, each.
const SOME: usize = 6_000;

/// Writes what became of a move: the command's end first, then the verdict.
pub fn run(run: &Run, detail: Detail) -> String {
    let mut page = Page::default();
    match &run.outcome {
        Outcome::Over(over) => closing(&mut page, run, over),
        Outcome::UnderWay(mover) => {
            page.head("HOLD", &text(&run.movement()));
            under_way(run, *mover).iter().for_each(|line| page.paragraph(&text(line)));
            page.paragraph("Nothing was started.");
        }
        Outcome::Tried(changes) => {
            page.head("TRIED", &text(&run.movement()));
            page.paragraph("Nothing was started, nothing is recorded. It would run:");
            page.block(&[line(run.command)]);
            if !changes.is_empty() {
                page.difference(&diff::text(changes));
            }
        }
        Outcome::Begun => page.head("BEGUN", &text(&run.movement())),
        Outcome::Stopped { .. } => {
            page.head("STOPPED", &format!("{}: nothing was started", text(&run.movement())))
        }
    }
    if let Some(broken) = &run.glass {
        page.list(SOME, texts(&glass(broken)).into_iter());
    }
    page.list(SOME, texts(run.notes).into_iter());
    run.published.iter().for_each(|reached| published(&mut page, reached));
    run.notice.iter().for_each(|who| notice(&mut page, who));
    let mut out = page.finish();
    if let Some(answer) = &run.answer
        && !matches!(run.outcome, Outcome::UnderWay(_))
    {
        out.push('\n');
        out.push_str(&verdict::verdict(answer, detail));
    }
    out
}

fn closing(page: &mut Page, run: &Run, over: &Over) {
    page.head(over.word(), &format!("{}: {}", text(&run.movement()), text(&over.how(run))));
    let mut lines = Vec::new();
    if !over.signals.is_empty() {
        lines.push(format!("it got {}", over.signals.join(", ")));
    }
    lines.extend(over.runs().map(|runs| format!("runs now: {}", text(&runs))));
    lines.extend(over.unwritten.map(|why| format!("**what runs isn't written**: {}", text(why))));
    match (&over.unrecorded, over.started) {
        (Some(unrecorded), _) => lines.push(format!("**not recorded**: {}", text(unrecorded.why))),
        (None, Some(started)) => lines.push(format!("recorded: begun as {}, and its end", code(started))),
        (None, None) => {}
    }
    page.list(SOME, lines.into_iter());
    if let Some(unrecorded) = &over.unrecorded {
        page.paragraph("Once it can be written, bring it in:");
        page.block(&[unrecorded.command.to_owned()]);
    }
    for proposal in over.proposals {
        page.paragraph(&text(&proposal.why));
        page.block(std::slice::from_ref(&proposal.command));
    }
}
