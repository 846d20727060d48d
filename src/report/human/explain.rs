//! What a word or a flag means, for people.

use std::borrow::Cow;

use super::keys::{LABEL, LEVEL};
use super::page::{Cell, NONE, Page, QUIET, STRONG, of_level};
use super::{Detail, Look, warnings};
use crate::judge::Code;
use crate::model::{Rule, Sources};
use crate::report::explain::{Fact, FlagPage, Known, Meaning};
use crate::report::reasons;
use crate::report::{Context, words};

/// How many releases of a service are named.
const RELEASES: usize = 12;

/// Writes what a documented word means.
pub fn meaning(meaning: &Meaning, look: Look) -> String {
    let mut page = Page::new(look.width);
    let (word, code) = (meaning.word, meaning.word.code());
    let key = code.map_or(String::new(), |code| format!(" (key: {})", reasons::key(code)));
    page.head(&word.kind().to_uppercase(), STRONG, &format!("{}{key}", word.word()));
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    page.gap();
    page.text(2, word.documentation(), NONE);
    if let Some(code) = code {
        let cases: Vec<String> = code.cases().iter().map(|case| (*case).to_owned()).collect();
        if !cases.is_empty() {
            page.gap();
            fact(&mut page, &Fact { label: "cases", lines: cases });
        }
        rules(&mut page, "shipped", code, meaning.shipped, None);
        if let Some((own, context)) = &meaning.own {
            rules(&mut page, "registry", code, own, Some(context.sources));
        }
    }
    notes(&mut page, meaning.notes);
    page.finish()
}

/// The rules that speak of a reason.
fn rules(page: &mut Page, label: &str, code: Code, rules: &[Rule], sources: Option<&Sources>) {
    let levels = reasons::levels(code, rules);
    if levels.is_empty() && sources.is_none() {
        return;
    }
    page.gap();
    let mut label = label;
    if levels.is_empty() {
        page.row(&[Cell(Cow::Borrowed(label), LABEL, STRONG)], "no rule of its own speaks of this reason");
    }
    for level in levels {
        let cells = [
            Cell(Cow::Borrowed(std::mem::take(&mut label)), LABEL, STRONG),
            Cell(Cow::Borrowed(level.rule.then.word()), LEVEL, of_level(level.rule.then)),
        ];
        let column = page.row(&cells, &format!("{} ({})", level.without_level(), level.rule.name));
        let place = sources.zip(level.rule.origin);
        let place = place.map(|(sources, at)| format!("{}:{}", sources.path(at), sources.line(at)));
        let because = level.rule.because.as_deref().map(str::to_owned);
        page.parts(column, &[place, because].into_iter().flatten().collect::<Vec<_>>());
    }
}

/// Writes what is known of a flag.
pub fn known(known: &Known, look: Look) -> String {
    let mut page = Page::new(look.width);
    for (index, flag) in known.flags.iter().enumerate() {
        if index > 0 {
            page.gap();
        }
        self::flag(&mut page, flag, &known.context, look);
    }
    if look.detail > Detail::Quiet {
        notes(&mut page, known.notes);
        warnings(&mut page, &known.context);
    }
    page.finish()
}

fn flag(page: &mut Page, of: &FlagPage, context: &Context, look: Look) {
    let simulated = words::simulated(context);
    let head = format!("{} ({}, {}){simulated}", of.flag.id, of.called(), of.standing_word());
    page.head("FLAG", STRONG, &head);
    if look.detail == Detail::Quiet {
        return;
    }
    page.gap();
    page.text(2, &of.flag.title, NONE);
    let mut parts = of.weight();
    parts.push(format!("{}:{}", of.file, of.line));
    parts.extend(of.flag.url.as_deref().map(str::to_owned));
    page.parts(2, &parts);
    page.gap();
    of.facts().iter().for_each(|one| fact(page, one));
    let most = if look.detail == Detail::Verbose { usize::MAX - 1 } else { RELEASES };
    let (told, rest) = of.told();
    for at in told {
        page.gap();
        page.text(2, &at.service.to_string(), STRONG);
        at.facts(&of.flag, most).iter().for_each(|one| fact(page, one));
    }
    notes(page, rest.as_slice());
}

fn fact(page: &mut Page, fact: &Fact) {
    let mut label = fact.label;
    for line in &fact.lines {
        page.row(&[Cell(Cow::Borrowed(std::mem::take(&mut label)), LABEL, QUIET)], line);
    }
}

/// What else is to be said.
pub(super) fn notes(page: &mut Page, notes: &[String]) {
    if notes.is_empty() {
        return;
    }
    page.gap();
    notes.iter().for_each(|note| page.text(2, note, NONE));
}
