//! Break-glasses and their reviews, as Markdown.

use super::page::{Page, SECTION, texts};
use super::verdict::{footer, warnings};
use super::{code, text};
use crate::model::format_time;
use crate::report::diff;
use crate::report::human::Detail;
use crate::report::review::{DebtPage, Reviewing};

/// What the break-glasses may take, together.
const ALL: usize = 40_000;

/// Writes what is owed for break-glasses, and what was done about it.
pub fn review(reviewing: &Reviewing, detail: Detail) -> String {
    let mut page = Page::default();
    page.head(reviewing.word(), &text(&reviewing.headline()));
    if detail == Detail::Quiet {
        return page.finish();
    }
    for (index, debt) in reviewing.debts.iter().enumerate() {
        if page.length() > ALL {
            page.paragraph(&format!("… and {} more", reviewing.debts.len() - index));
            break;
        }
        if !reviewing.one || reviewing.debts.len() > 1 {
            page.heading(&format!("{}: {}", code(debt.debt.id.as_str()), text(&debt.movement())));
        }
        facts(&mut page, reviewing, debt);
    }
    page.list(SECTION, texts(reviewing.notes).into_iter());
    if let Some(changes) = reviewing.shown_only() {
        page.difference(&diff::text(changes));
    }
    footer(&mut page, &reviewing.context, None);
    warnings(&mut page, &reviewing.context);
    page.finish()
}

fn facts(page: &mut Page, reviewing: &Reviewing, debt: &DebtPage) {
    let of = &debt.debt;
    let subjects: Vec<String> = of.subjects.iter().map(|subject| code(subject)).collect();
    let mut items = vec![
        format!("**by** {} at {}: {}", text(&of.by), format_time(of.at), text(&of.reason)),
        format!("**against** {}", subjects.join(", ")),
        text(&debt.release()),
    ];
    items.extend(debt.reviews().iter().map(|review| format!("**reviewed** for {}", text(review))));
    items.extend(debt.missing().iter().map(|missing| format!("**wants** {}", text(missing))));
    items.extend(reviewing.place(debt).map(|place| code(&place)));
    page.list(SECTION, items.into_iter());
    let commands: Vec<String> = reviewing.next(debt).into_iter().map(|step| step.command).collect();
    if !commands.is_empty() {
        page.paragraph("Next:");
        page.block(&commands);
    }
}
