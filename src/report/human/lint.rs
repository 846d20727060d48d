//! What `lint` found, for people: mistakes with excerpts, then warnings by file, then how many of each.

use std::collections::BTreeMap;

use anstyle::{AnsiColor, Style};

use super::mistakes::{SHOWN, one};
use super::page::{Cell, NONE, Page, QUIET};
use super::{Detail, Look, diff};
use crate::lint::{Findings, Warning};
use crate::report::words::{self, several};
use crate::report::{Linting, Tidying};

/// How many warnings of one lint are shown without `-v`.
const OF_EACH: usize = 10;

/// Writes what was found. With `--diff` only the difference.
pub fn lint(linting: &Linting, look: Look) -> String {
    match linting.tidying {
        Some(Tidying { tidied, written: false }) => diff::tidied(tidied),
        _ if look.detail == Detail::Quiet => last_line(linting, look),
        _ => all(linting, look),
    }
}

fn all(linting: &Linting, look: Look) -> String {
    let (findings, mut out) = (linting.findings, String::new());
    if let Some(tidying) = linting.tidying {
        out.push_str(&fixed(tidying, look));
    }
    let all = look.detail == Detail::Verbose;
    let list = &findings.mistakes.list;
    let shown = if all { list.len() } else { SHOWN };
    for mistake in list.iter().take(shown) {
        out.push_str(&one(&findings.mistakes.sources, mistake, look.width));
        out.push_str("\n\n");
    }
    if let Some(more) = list.len().checked_sub(shown).filter(|more| *more > 0) {
        out.push_str(&format!("… and {} more; -v shows all\n\n", several(more, "mistake")));
    }
    out.push_str(&warnings(findings, if all { usize::MAX } else { OF_EACH }, look));
    out.push_str(&last_line(linting, look));
    out
}

/// What was changed, and what was left alone.
fn fixed(tidying: Tidying, look: Look) -> String {
    let mut page = Page::new(look.width);
    let mut row = |word: &'static str, style: AnsiColor, text: &str| {
        page.row(&[Cell(word.into(), 5, style.on_default().bold())], text);
    };
    for done in tidying.tidied.done() {
        row("fixed", AnsiColor::Green, &format!("{}: {}", done.file, words::done(&done)));
    }
    for left in &tidying.tidied.left {
        row("left", AnsiColor::Yellow, &format!("{}: {}", left.file, left.why));
    }
    let mut text = page.finish();
    if text.is_empty() {
        text.push_str("  nothing to fix\n");
    }
    format!("{text}\n")
}

/// Warnings by file; of each lint so many as are allowed, the rest counted.
fn warnings(findings: &Findings, of_each: usize, look: Look) -> String {
    let mut page = Page::new(look.width);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut file = None;
    for warning in &findings.warnings {
        let seen = seen.entry(warning.lint.word).or_default();
        *seen += 1;
        if *seen > of_each {
            continue;
        }
        if file != Some(&warning.file) {
            if file.is_some() {
                page.gap();
            }
            file = Some(&warning.file);
            page.verbatim(0, &warning.file);
        }
        row(&mut page, warning, look);
    }
    if file.is_some() {
        page.gap();
    }
    let folded = seen.iter().filter(|(_, count)| **count > of_each);
    let folded: Vec<String> =
        folded.map(|(word, count)| format!("… and {} more of {word}", count - of_each)).collect();
    if !folded.is_empty() {
        page.parts(0, &folded);
        page.text(0, "-v shows all", QUIET);
        page.gap();
    }
    page.finish()
}

fn row(page: &mut Page, warning: &Warning, look: Look) {
    let line = Cell(warning.line.to_string().into(), 4, QUIET);
    let column = page.row(&[line], &warning.message);
    if look.detail == Detail::Verbose && !warning.excerpt.is_empty() {
        page.text(column, &format!("| {}", warning.excerpt), NONE);
    }
    let parts: Vec<String> = warning.hint.iter().cloned().chain([warning.lint.word.to_owned()]).collect();
    page.parts(column, &parts);
}

/// How much was found, and of what, where it is of several kinds.
fn last_line(linting: &Linting, look: Look) -> String {
    let findings = linting.findings;
    let mut page = Page::new(look.width);
    let style: Style = match (findings.mistakes.list.is_empty(), findings.warnings.is_empty()) {
        (false, _) => AnsiColor::Red.on_default().bold(),
        (true, false) => AnsiColor::Yellow.on_default().bold(),
        (true, true) => AnsiColor::Green.on_default().bold(),
    };
    let by_lint = findings.by_lint();
    if by_lint.len() > 1 && findings.warnings.len() > OF_EACH && look.detail != Detail::Quiet {
        let counts: Vec<String> = by_lint.iter().map(|(word, count)| format!("{word} {count}")).collect();
        page.parts(0, &counts);
    }
    let sum = format!("{}{}", words::findings(findings), words::read_at(&linting.context));
    page.text(0, &sum, if look.detail == Detail::Quiet { NONE } else { style });
    page.finish()
}
