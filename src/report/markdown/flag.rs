//! A flag, as Markdown.

use super::page::{Page, joined, texts};
use super::verdict::{footer, warnings};
use super::{code, text};
use crate::report::human::Detail;
use crate::report::{Flagging, diff};

/// What the lists may take, each.
const SOME: usize = 8_000;

/// Writes what a flag does.
pub fn flag(flagging: &Flagging, detail: Detail) -> String {
    let mut page = Page::default();
    let flagged = flagging.flagged;
    page.head(flagging.word(), &text(&flagging.what()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    if let Some(flag) = flagged.flag() {
        page.paragraph(&text(&flag.title));
    }
    running(&mut page, flagging);
    before_and_after(&mut page, flagging);
    let mut facts: Vec<String> =
        flagged.reaches.iter().map(|reach| format!("hits {}", text(&flagging.hits(reach)))).collect();
    facts.extend(texts(&flagging.times()).into_iter().map(|times| format!("counts {times}")));
    let spots: Vec<String> =
        flagged.spots().iter().map(|spot| code(&format!("{}:{}", spot.file, spot.line))).collect();
    facts.push(format!("stands in {}", joined(&spots)));
    page.list(SOME, facts.into_iter());
    page.list(SOME, texts(&flagged.notes).into_iter());
    let commands = flagging.next();
    if !commands.is_empty() {
        page.heading("Next");
        if !page.block(&commands) {
            page.list(SOME, commands.iter().map(|command| code(command)).collect::<Vec<_>>().into_iter());
        }
    }
    if flagging.dry_run && !flagged.changes.is_empty() {
        page.difference(&diff::text(&flagged.changes));
    }
    footer(&mut page, &flagging.context, None);
    warnings(&mut page, &flagging.context);
    page.finish()
}

/// What runs and is hit.
fn running(page: &mut Page, flagging: &Flagging) {
    if flagging.is_calm() {
        return page.paragraph(&text(&flagging.calm()));
    }
    let mut items = Vec::new();
    for reach in &flagging.flagged.reaches {
        let line = |runs| format!("**{}**", text(&flagging.runs(reach, runs)));
        items.extend(reach.runs.iter().map(|runs| format!("{} ({})", line(runs), runs.level)));
    }
    page.list(SOME, items.into_iter());
}

/// What comes out otherwise than before.
fn before_and_after(page: &mut Page, flagging: &Flagging) {
    let mut items = Vec::new();
    for reach in &flagging.flagged.reaches {
        let ways = reach.ways.iter().map(|way| format!("**way back** {}", text(&flagging.way(reach, way))));
        let voided =
            reach.voided.iter().map(|voided| format!("**voids** {}", text(&flagging.voided(reach, voided))));
        let stopped = reach
            .stopped
            .iter()
            .map(|stopped| format!("**stops** {}", text(&flagging.stopped(reach, stopped))));
        items.extend(ways.chain(voided).chain(stopped));
    }
    page.list(SOME, items.into_iter());
}
