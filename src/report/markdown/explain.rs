//! What a word or a flag means, as Markdown.

use super::page::{Page, SECTION, item, joined, level, texts};
use super::verdict::{footer, warnings};
use super::{code, link, text};
use crate::judge::Code;
use crate::model::Rule;
use crate::report::explain::{Fact, FlagPage, Known, Meaning};
use crate::report::human::Detail;
use crate::report::policy::place;
use crate::report::reasons;
use crate::report::{Context, words};

/// What all services of a flag may take.
const SERVICES: usize = 16_000;
/// Beyond this no further flag is begun.
const FULL: usize = 30_000;
/// How many releases of a service are named.
const RELEASES: usize = 12;

/// Writes what a documented word means.
pub fn meaning(meaning: &Meaning, detail: Detail) -> String {
    let mut page = Page::default();
    let word = meaning.word;
    let key = word.code().map_or(String::new(), |of| format!(" (key: {})", reasons::key(of)));
    page.head(&word.kind().to_uppercase(), &format!("{}{key}", code(word.word())));
    if detail == Detail::Quiet {
        return page.finish();
    }
    page.paragraph(&text(word.documentation()));
    if let Some(of) = word.code() {
        levels(&mut page, of, meaning);
    }
    page.list(SECTION, texts(meaning.notes).into_iter());
    page.finish()
}

/// The cases of a reason, and the rules that speak of it.
fn levels(page: &mut Page, of: Code, meaning: &Meaning) {
    if !of.cases().is_empty() {
        let cases: Vec<String> = of.cases().iter().map(|case| code(case)).collect();
        page.paragraph(&format!("Cases that a rule can match: {}.", cases.join(", ")));
    }
    page.heading("Shipped levels");
    rules(page, of, meaning.shipped, None);
    if let Some((own, context)) = &meaning.own {
        page.heading("Rules of this registry");
        if reasons::levels(of, own).is_empty() {
            page.paragraph("None of them speaks of this reason.");
        }
        rules(page, of, own, Some(context));
    }
}

fn rules(page: &mut Page, of: Code, rules: &[Rule], context: Option<&Context>) {
    let levels = reasons::levels(of, rules);
    let line = |one: &reasons::LevelOf| {
        let place = context.map(|context| code(&place(context.sources, one.rule)));
        let because = one.rule.because.as_deref().map(link);
        let line = format!("{}: {}", level(one.rule.then), text(&one.without_level()));
        let rule = Some(format!("rule {}", code(&one.rule.name)));
        item(&line, &[joined(&[rule, place, because].into_iter().flatten().collect::<Vec<_>>())])
    };
    page.list(SECTION, levels.iter().map(line));
}

/// Writes what is known of a flag.
pub fn known(known: &Known, detail: Detail) -> String {
    let mut page = Page::default();
    for (index, flag) in known.flags.iter().enumerate() {
        if page.length() > FULL {
            page.paragraph(&format!("… and {} more", known.flags.len() - index));
            break;
        }
        self::flag(&mut page, flag, &known.context, detail);
    }
    if detail > Detail::Quiet {
        page.list(SECTION, texts(known.notes).into_iter());
        footer(&mut page, &known.context, None);
        warnings(&mut page, &known.context);
    }
    page.finish()
}

fn flag(page: &mut Page, of: &FlagPage, context: &Context, detail: Detail) {
    let flag = &of.flag;
    let (id, simulated) = (code(flag.id.as_str()), words::simulated(context));
    page.head("FLAG", &format!("{id} ({}, {}){simulated}", text(&of.called()), of.standing_word()));
    if detail == Detail::Quiet {
        return;
    }
    page.paragraph(&text(&flag.title));
    let mut parts = texts(&of.weight());
    parts.push(code(&format!("{}:{}", of.file, of.line)));
    parts.extend(flag.url.as_deref().map(link));
    page.paragraph(&joined(&parts));
    page.list(SECTION, of.facts().iter().map(fact));
    let (told, rest) = of.told();
    let services = told.iter().map(|at| {
        let facts: Vec<String> = at.facts(flag, RELEASES).iter().map(short).collect();
        item(&format!("**{}**", text(at.service.as_str())), &facts)
    });
    page.list(SERVICES, services);
    rest.iter().for_each(|rest| page.paragraph(&text(rest)));
}

/// A fact with its lines below it.
fn fact(fact: &Fact) -> String {
    match &*fact.lines {
        [_] => short(fact),
        lines => item(fact.label, &texts(lines)),
    }
}

/// A fact in one line.
fn short(fact: &Fact) -> String {
    format!("{}: {}", fact.label, texts(&fact.lines).join("; "))
}
