//! What `lint` found, as Markdown: the count, the mistakes, the warnings as a table.

use super::mistakes::one;
use super::page::{Page, SECTION};
use super::{code, text};
use crate::lint::Warning;
use crate::report::{Linting, words};

/// What the warnings may take; with the mistakes and the fixes it stays below a comment's limit.
const WARNINGS: usize = 40_000;

/// Writes what was found.
pub fn lint(linting: &Linting) -> String {
    let findings = linting.findings;
    let word = match (findings.mistakes.list.is_empty(), findings.warnings.is_empty()) {
        (false, _) => "MISTAKES",
        (true, false) => "WARNINGS",
        (true, true) => "CLEAN",
    };
    let mut page = Page::default();
    let read_at = words::read_at(&linting.context);
    page.head(word, &text(&format!("{}{read_at}", words::findings(findings))));
    if let Some(tidying) = linting.tidying {
        let heading = if tidying.written { "Fixed" } else { "To be fixed" };
        let done: Vec<Vec<String>> =
            tidying.tidied.done().map(|done| vec![code(done.file), text(&words::done(&done))]).collect();
        let left = tidying.tidied.left.iter();
        let left: Vec<Vec<String>> = left.map(|left| vec![code(&left.file), text(&left.why)]).collect();
        section(&mut page, heading, &["file", ""], done);
        section(&mut page, "Left alone", &["file", "why"], left);
    }
    let mistakes = &findings.mistakes;
    page.list(SECTION, mistakes.list.iter().map(|mistake| one(&mistakes.sources, mistake)));
    if !findings.warnings.is_empty() {
        page.table(WARNINGS, &["where", "what", "lint"], findings.warnings.iter().map(row));
    }
    page.finish()
}

fn section(page: &mut Page, heading: &str, columns: &[&str], rows: Vec<Vec<String>>) {
    if !rows.is_empty() {
        page.heading(heading);
        page.table(SECTION, columns, rows.into_iter());
    }
}

fn row(warning: &Warning) -> Vec<String> {
    let hint = warning.hint.as_deref().map_or(String::new(), |hint| format!(" (hint: {})", text(hint)));
    vec![
        code(&format!("{}:{}", warning.file, warning.line)),
        format!("{}{hint}", text(&warning.message)),
        code(warning.lint.word),
    ]
}
