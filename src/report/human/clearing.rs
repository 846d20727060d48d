//! A cleared flag, for people.

use std::borrow::Cow;

use anstyle::AnsiColor;

use super::diff::diff;
use super::page::{Cell, NONE, Page, QUIET, STRONG};
use super::{Detail, Look, warnings};
use crate::act::clear::Outcome;
use crate::report::explain::Fact;
use crate::report::words::several;
use crate::report::{Clearing, plain};

/// The width of the labels.
const LABEL: usize = 9;
/// How many releases are named.
const RELEASES: usize = 8;
/// How many services are told of.
const SERVICES: usize = 12;

/// Writes what became of a flag.
pub fn clearing(clearing: &Clearing, look: Look) -> String {
    let mut page = Page::new(look.width);
    let cleared = clearing.cleared;
    let style = match cleared.outcome {
        Outcome::Unchanged => QUIET,
        _ => AnsiColor::Green.on_default().bold(),
    };
    page.head(clearing.word(), style, &clearing.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    let most = if look.detail == Detail::Verbose { usize::MAX - 1 } else { RELEASES };
    page.gap();
    row(&mut page, "flag", &clearing.flag());
    if cleared.outcome != Outcome::Unchanged {
        row(&mut page, "reason", clearing.request.reason.as_str());
    }
    let effects = clearing.effects(most);
    let shown = if look.detail == Detail::Verbose { effects.len() } else { SERVICES };
    for (effect, facts) in effects.iter().take(shown) {
        if effects.len() > 1 {
            page.gap();
            page.text(2, &plain(effect.service.as_str()), STRONG);
        }
        facts.iter().for_each(|fact| write(&mut page, fact));
    }
    if effects.len() > shown {
        let more = several(effects.len() - shown, "service");
        page.text(2, &format!("… and {more} more; -v tells of all"), QUIET);
    }
    if effects.len() > 1 {
        page.gap();
    }
    for note in clearing.notes() {
        row(&mut page, "note", &note);
    }
    warnings(&mut page, &clearing.context);
    let mut out = page.finish();
    if clearing.dry_run && !cleared.changes.is_empty() {
        out.push('\n');
        out.push_str(&diff(&cleared.changes));
    }
    out
}

fn write(page: &mut Page, fact: &Fact) {
    let mut label = fact.label;
    for line in &fact.lines {
        row(page, std::mem::take(&mut label), line);
    }
}

fn row(page: &mut Page, label: &'static str, text: &str) {
    page.row(&[Cell(Cow::Borrowed(label), LABEL, NONE)], text);
}
