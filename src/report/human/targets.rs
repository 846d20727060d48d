//! Every release as a target, for people.

use std::borrow::Cow;

use super::keys::LEVEL;
use super::page::{Cell, NONE, Page, STRONG, of_level};
use super::verdict::name;
use super::{Detail, Look, warnings};
use crate::model::Level;
use crate::report::{Survey, words};

/// Versions are aligned up to this width.
const LONGEST: usize = 32;

/// Writes all targets, best first.
pub fn targets(survey: &Survey, look: Look) -> String {
    let mut page = Page::new(look.width);
    head(&mut page, survey);
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    page.gap();
    let width = survey.targets.iter().map(|target| name(target).chars().count()).max().unwrap_or_default();
    for target in survey.targets {
        let level = target.verdict.level;
        let cells = [
            Cell(Cow::Borrowed(name(target)), width.min(LONGEST), NONE),
            Cell(Cow::Borrowed(level.word()), LEVEL, of_level(level)),
        ];
        let column = page.row(&cells, &words::target(target));
        if look.detail == Detail::Verbose && target.verdict.reasons.len() > 1 {
            page.parts(column, &words::every(&target.verdict));
        }
    }
    warnings(&mut page, &survey.context);
    page.finish()
}

/// `TARGETS  checkout 2.4.1 in prod: 2 allow, 1 warn, 4 block`
fn head(page: &mut Page, survey: &Survey) {
    let mut text = survey.service.name.to_string();
    if let Some(from) = survey.from() {
        text.push_str(&format!(" {from}"));
    }
    if let Some(environment) = survey.environment {
        text.push_str(&format!(" in {environment}"));
    }
    let counts: Vec<String> = Level::ALL
        .into_iter()
        .map(|level| (survey.count(level), level))
        .filter(|(count, _)| *count > 0)
        .map(|(count, level)| format!("{count} {level}"))
        .collect();
    text.push_str(&if counts.is_empty() { ": none".into() } else { format!(": {}", counts.join(", ")) });
    text.push_str(&words::simulated(&survey.context));
    page.head("TARGETS", STRONG, &text);
}
