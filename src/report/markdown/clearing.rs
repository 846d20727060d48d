//! A cleared flag, as Markdown.

use super::page::{Page, SECTION, texts};
use super::verdict::{footer, warnings};
use super::{code, text};
use crate::report::human::Detail;
use crate::report::{Clearing, diff};

/// How many releases are named.
const RELEASES: usize = 12;
/// How many services are told of.
const SERVICES: usize = 5;

/// Writes what became of a flag.
pub fn clearing(clearing: &Clearing, detail: Detail) -> String {
    let mut page = Page::default();
    page.head(clearing.word(), &text(&clearing.headline()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    page.paragraph(&text(&clearing.flag()));
    page.paragraph(&format!("Reason: {}", text(clearing.request.reason.as_str())));
    let effects = clearing.effects(RELEASES);
    for (effect, facts) in effects.iter().take(SERVICES) {
        page.heading(&code(effect.service.as_str()));
        let lines = facts.iter().flat_map(|fact| fact.lines.iter().map(|line| (fact.label, line)));
        let items: Vec<String> = lines.map(|(label, line)| format!("**{label}** {}", text(line))).collect();
        page.list(SECTION / 2, items.into_iter());
    }
    if effects.len() > SERVICES {
        page.paragraph(&format!("… and {} services more.", effects.len() - SERVICES));
    }
    page.list(SECTION / 2, texts(&clearing.notes()).into_iter());
    if clearing.dry_run && !clearing.cleared.changes.is_empty() {
        page.difference(&diff::text(&clearing.cleared.changes));
    }
    footer(&mut page, &clearing.context, None);
    warnings(&mut page, &clearing.context);
    page.finish()
}
