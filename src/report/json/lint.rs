//! `holdpoint/lint/v1`: what `lint` found, and what `--fix` did.

use std::collections::BTreeMap;

use serde::Serialize;

use super::error::One;
use super::{Registry, sentence, text};
use crate::lint;
use crate::model::{Name, Time, format_time};
use crate::report::{Linting, Tidying, words};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/lint/v1";

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    mistakes: Vec<One<'a>>,
    warnings: Vec<Warning<'a>>,
    counts: Counts,
    /// Null without `--fix`.
    fix: Option<Fix<'a>>,
    simulated: bool,
    registry: Registry<'a>,
    as_of: String,
}

#[derive(Serialize)]
struct Warning<'a> {
    lint: &'static str,
    message: String,
    hint: Option<String>,
    /// Null where it is no single service's.
    service: Option<&'a str>,
    file: &'a str,
    line: usize,
    column: usize,
    /// The files to do something to, where there are many.
    files: &'a [Box<str>],
}

#[derive(Serialize)]
struct Counts {
    mistakes: usize,
    warnings: usize,
    services: usize,
    lints: BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
struct Fix<'a> {
    /// False with `--diff`.
    written: bool,
    files: Vec<Done<'a>>,
    left: Vec<Left<'a>>,
}

#[derive(Serialize)]
struct Done<'a> {
    file: &'a str,
    renamed_from: Option<&'a str>,
    message: String,
}

#[derive(Serialize)]
struct Left<'a> {
    file: &'a str,
    message: String,
}

/// Writes what was found.
pub fn lint(linting: &Linting) -> String {
    let (context, findings) = (&linting.context, linting.findings);
    let mistakes = &findings.mistakes;
    let as_of: Time = context.as_of;
    text::write(&Report {
        schema: SCHEMA,
        mistakes: mistakes.list.iter().map(|mistake| One::of(&mistakes.sources, mistake)).collect(),
        warnings: findings.warnings.iter().map(warning).collect(),
        counts: Counts {
            mistakes: mistakes.list.len(),
            warnings: findings.warnings.len(),
            services: findings.services,
            lints: findings.by_lint().into_iter().collect(),
        },
        fix: linting.tidying.map(fix),
        simulated: context.simulated,
        registry: Registry::of(context),
        as_of: format_time(as_of),
    })
}

fn warning(warning: &lint::Warning) -> Warning<'_> {
    Warning {
        lint: warning.lint.word,
        message: sentence(&warning.message),
        hint: warning.hint.as_deref().map(sentence),
        service: warning.service.as_ref().map(Name::as_str),
        file: &warning.file,
        line: warning.line,
        column: warning.column,
        files: &warning.files,
    }
}

fn fix(tidying: Tidying<'_>) -> Fix<'_> {
    let done = tidying.tidied.done().map(|done| Done {
        file: done.file,
        renamed_from: done.renamed_from,
        message: words::done(&done),
    });
    let left = tidying.tidied.left.iter();
    Fix {
        written: tidying.written,
        files: done.collect(),
        left: left.map(|left| Left { file: &left.file, message: left.why.clone() }).collect(),
    }
}
