//! A sign-off that was given or taken back, for people.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};

use super::diff::diff;
use super::keys::{LABEL, LEVEL};
use super::page::{Cell, NONE, Page, QUIET, STRONG, of_level};
use super::{Detail, Look, warnings};
use crate::act::sign_off::Outcome;
use crate::judge::Verdict;
use crate::model::Key;
use crate::report::signing::After;
use crate::report::{Signing, words};

/// Writes what became of a sign-off: what it says, the verdict before and after, what to do now.
pub fn sign_off(signing: &Signing, look: Look) -> String {
    let mut page = Page::new(look.width);
    let style = match signing.done.outcome {
        Outcome::Signed | Outcome::Revoked => AnsiColor::Green.on_default().bold(),
        Outcome::Stands | Outcome::Gone => QUIET,
    };
    page.head(signing.word(), style, &signing.headline());
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    page.gap();
    for (label, text) in signing.facts() {
        row(&mut page, label, NONE, &text);
    }
    for note in &signing.done.notes {
        row(&mut page, "note", STRONG, note);
    }
    for (label, verdict) in signing.verdicts() {
        page.gap();
        row(&mut page, label, STRONG, &verdict.level.word().to_uppercase());
        keys(&mut page, verdict, look);
    }
    next(&mut page, signing);
    warnings(&mut page, &signing.context);
    let mut out = page.finish();
    if signing.dry_run && !signing.done.changes.is_empty() {
        out.push('\n');
        out.push_str(&diff(&signing.done.changes));
    }
    out
}

/// Both keys side by side, in short.
fn keys(page: &mut Page, verdict: &Verdict, look: Look) {
    for key in Key::ALL {
        let level = verdict.key(key);
        let cells = [
            Cell(Cow::Borrowed(key.word()), LABEL, NONE),
            Cell(Cow::Borrowed(level.word()), LEVEL, of_level(level)),
        ];
        page.row(&cells, &words::key(verdict, key));
    }
    if look.detail == Detail::Verbose {
        page.parts(2 + LABEL + 2, &words::every(verdict));
    }
}

fn next(page: &mut Page, signing: &Signing) {
    match signing.next() {
        After::Nothing => {}
        After::Run(command) => {
            page.gap();
            page.verbatim(2, &format!("Next: {command}"));
        }
        After::Sign(signers) => {
            page.gap();
            let mut label = "Sign-off";
            for (who, command) in &signers {
                let column = row(page, std::mem::take(&mut label), STRONG, who);
                page.verbatim(column, command);
            }
        }
        After::Shut(why) => {
            page.gap();
            page.text(2, &format!("Next: {why}"), STRONG);
        }
    }
}

fn row(page: &mut Page, label: &'static str, style: Style, text: &str) -> usize {
    page.row(&[Cell(Cow::Borrowed(label), LABEL, style)], text)
}
