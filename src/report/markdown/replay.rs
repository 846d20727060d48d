//! Decisions that were judged again, as Markdown.

use super::page::{Page, SECTION, item, texts};
use super::{code, text};
use crate::replay::{Decision, Difference};
use crate::report::human::Detail;
use crate::report::replay::{Replay, cause, changed, decision, verdicts};

/// What the decisions may take that come out differently.
const DIFFERING: usize = 40_000;

/// Writes what came of judging decisions again.
pub fn log_replay(replay: &Replay, detail: Detail) -> String {
    let mut page = Page::default();
    page.head(replay.word(), &text(&replay.headline()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    let differing: Vec<String> = replay.differing().map(|(of, difference)| one(of, difference)).collect();
    page.list(DIFFERING, differing.into_iter());
    let apart = replay.apart().into_iter().map(|apart| {
        let hint: Vec<String> = apart.hint.iter().map(|hint| text(hint)).collect();
        item(&format!("**not judged** {}: {}", apart.decisions.len(), text(&apart.message)), &hint)
    });
    page.list(SECTION, apart);
    page.list(SECTION, texts(&replay.notes()).into_iter());
    page.finish()
}

fn one(of: &Decision, difference: &Difference) -> String {
    let reasons = difference.changed.iter().map(|one| text(&changed(one)));
    let likely = format!("likely: {}", text(&cause(&difference.cause)));
    let place = format!("{} {}", code(&of.spot.to_string()), code(&of.says.id));
    let more: Vec<String> = reasons.chain([likely, place]).collect();
    item(&format!("{}: **{}**", text(&decision(of)), text(&verdicts(difference))), &more)
}
