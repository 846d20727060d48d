//! A registry that was laid, as Markdown.

use super::page::Page;
use super::{code, text};
use crate::report::human::Detail;
use crate::report::laid::about;
use crate::report::{Laid, Source};

/// What the tags that are no releases may take.
const TAGS: usize = 30_000;
/// What the files may take.
const FILES: usize = 10_000;

/// Writes what was laid, what was left alone, and what to try first.
pub fn init(laid: &Laid, detail: Detail) -> String {
    let mut page = Page::default();
    page.head(laid.word(), &text(&laid.headline()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    let rows = laid.plan.sheets.iter().map(|sheet| vec![code(&sheet.path), text(sheet.about)]);
    page.table(FILES, &["file", "what it is for"], rows);
    for kept in &laid.plan.kept {
        let words = about(kept);
        let words = words.as_deref().unwrap_or("is there already, and left alone");
        page.paragraph(&format!("{} {}", code(&kept.path), text(words)));
        if !kept.add.is_empty() {
            page.block(&kept.add);
        }
    }
    if let Some(source) = &laid.source {
        tags(&mut page, source);
    }
    for note in laid.notes {
        page.paragraph(&format!("Note: {}", text(note)));
    }
    page.heading("Next");
    let lines = laid.steps().into_iter().flat_map(|step| [format!("# {}", step.about), step.command]);
    page.block(&lines.collect::<Vec<_>>());
    page.finish()
}

fn tags(page: &mut Page, source: &Source) {
    page.paragraph(&format!("Order: {}  \nVersions: {}", text(&source.order()), text(&source.versions())));
    let odd = &source.tagged.odd;
    if odd.is_empty() {
        return;
    }
    page.heading("Tags that are no releases");
    page.table(TAGS, &["tag", "why"], odd.iter().map(|odd| vec![code(&odd.tag), text(&odd.why.to_string())]));
}
