//! A registry that was laid, for people.

use std::borrow::Cow;

use super::page::{Cell, NONE, Page, QUIET, STRONG};
use super::{Detail, Look};
use crate::report::laid::about;
use crate::report::{Laid, Source};

/// How many tags are named that are no releases.
const SHOWN: usize = 10;
/// Paths and tags are aligned up to this width.
const LONGEST: usize = 44;

/// Writes what was laid, what was left alone, and what to try first.
pub fn init(laid: &Laid, look: Look) -> String {
    let mut page = Page::new(look.width);
    page.head(laid.word(), STRONG, &laid.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    page.gap();
    let paths = laid.plan.sheets.iter().map(|sheet| &*sheet.path);
    let width = widest(paths.chain(laid.plan.kept.iter().map(|kept| &*kept.path)));
    for sheet in &laid.plan.sheets {
        page.row(&[Cell(Cow::Borrowed(&sheet.path), width, NONE)], sheet.about);
    }
    left_alone(&mut page, laid, width);
    if let Some(source) = &laid.source {
        tags(&mut page, source, look.detail);
    }
    for note in laid.notes {
        page.gap();
        page.text(2, &format!("note: {note}"), NONE);
    }
    page.gap();
    page.text(2, "Next:", NONE);
    for step in laid.steps() {
        // One line, like the command: what is pasted whole must stay a comment.
        page.aside(4, &format!("# {}", step.about));
        page.verbatim(4, &step.command);
    }
    page.finish()
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or_default().min(LONGEST)
}

fn left_alone(page: &mut Page, laid: &Laid, width: usize) {
    for kept in &laid.plan.kept {
        let words = about(kept);
        let text = words.as_deref().unwrap_or("is there already, and left alone");
        page.row(&[Cell(Cow::Borrowed(&kept.path), width, NONE)], text);
        kept.add.iter().for_each(|line| page.verbatim(4, line));
    }
}

/// How tags became releases, and which did not.
fn tags(page: &mut Page, source: &Source, detail: Detail) {
    page.gap();
    page.row(&[Cell("order".into(), 8, STRONG)], &source.order());
    page.row(&[Cell("versions".into(), 8, STRONG)], &source.versions());
    let odd = &source.tagged.odd;
    if odd.is_empty() {
        return;
    }
    page.gap();
    let are = if odd.len() == 1 { "tag is no release" } else { "tags are no releases" };
    page.text(2, &format!("{} {are}:", odd.len()), NONE);
    let shown = if detail == Detail::Verbose { odd.len() } else { SHOWN };
    let width = widest(odd.iter().take(shown).map(|odd| &*odd.tag));
    for odd in odd.iter().take(shown) {
        page.row(&[Cell(Cow::Borrowed(&odd.tag), width, NONE)], &odd.why.to_string());
    }
    if odd.len() > shown {
        page.text(2, &format!("and {} more; -v names them all", odd.len() - shown), QUIET);
    }
}
