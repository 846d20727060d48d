//! A sign-off that was given or taken back, as Markdown.

use super::page::{Page, SECTION, item, level, texts};
use super::verdict::{footer, movement, warnings};
use super::{code, text};
use crate::model::Key;
use crate::report::human::Detail;
use crate::report::signing::After;
use crate::report::{Signing, diff, words};

/// What a list may take, each.
const SOME: usize = 12_000;

/// Writes what became of a sign-off.
pub fn sign_off(signing: &Signing, detail: Detail) -> String {
    let mut page = Page::default();
    let sign_off = signing.sign_off();
    let movement = movement(signing.after);
    page.head(signing.word(), &format!("{} as {} for {movement}", code(sign_off.id.as_str()), sign_off.key));
    if detail == Detail::Quiet {
        return page.finish();
    }
    page.list(SOME, signing.facts().iter().map(|(label, value)| format!("{label}: {}", text(value))));
    page.list(SOME / 2, texts(&signing.done.notes).into_iter());
    let rows = signing.verdicts().into_iter().map(|(label, verdict)| {
        let key = |key| format!("{}: {}", level(verdict.key(key)), text(&words::key(verdict, key)));
        vec![label.to_owned(), level(verdict.level), key(Key::Reliability), key(Key::Security)]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    page.table(SECTION, &["", "verdict", "reliability", "security"], rows.into_iter());
    next(&mut page, signing);
    if signing.dry_run && !signing.done.changes.is_empty() {
        page.difference(&diff::text(&signing.done.changes));
    }
    footer(&mut page, &signing.context, None);
    warnings(&mut page, &signing.context);
    page.finish()
}

fn next(page: &mut Page, signing: &Signing) {
    match signing.next() {
        After::Nothing => {}
        After::Run(command) => {
            page.heading("Next");
            if !page.block(&[command]) {
                page.paragraph("The command is too long to be shown here.");
            }
        }
        After::Sign(signers) => {
            page.heading("Next");
            page.list(SOME / 2, signers.iter().map(|(who, _)| item(&text(who), &[])));
            let commands: Vec<String> = signers.into_iter().map(|(_, command)| command).collect();
            if !page.block(&commands) {
                page.paragraph("The commands to sign by are too long to be shown here.");
            }
        }
        After::Shut(why) => {
            page.heading("Next");
            page.paragraph(&text(&why));
        }
    }
}
