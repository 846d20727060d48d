//! Every release as a target, as Markdown.

use super::page::{Page, joined};
use super::verdict::{footer, target, warnings};
use super::{code, text};
use crate::model::Level;
use crate::report::human::Detail;
use crate::report::{Survey, words};

/// What the table may take.
const TARGETS: usize = 50_000;

/// Writes all targets, best first.
pub fn targets(survey: &Survey, detail: Detail) -> String {
    let mut page = Page::default();
    head(&mut page, survey);
    if detail == Detail::Quiet {
        return page.finish();
    }
    let verbose = detail == Detail::Verbose;
    let rows = survey.targets.iter().map(|of| {
        let mut cells = target(of);
        if verbose {
            cells.push(text(&joined(&words::every(&of.verdict))));
        }
        cells
    });
    let columns = ["release", "verdict", "why", "all reasons"];
    page.table(TARGETS, &columns[..if verbose { 4 } else { 3 }], rows);
    footer(&mut page, &survey.context, None);
    warnings(&mut page, &survey.context);
    page.finish()
}

/// ``## TARGETS: `checkout` `2.4.1` in `prod`: 2 allow, 1 warn, 4 block``
fn head(page: &mut Page, survey: &Survey) {
    let mut rest = code(survey.service.name.as_str());
    if let Some(from) = survey.from() {
        rest.push_str(&format!(" {}", code(&from.text)));
    }
    if let Some(environment) = survey.environment {
        rest.push_str(&format!(" in {}", code(environment.as_str())));
    }
    let counts = Level::ALL.map(|level| (survey.count(level), level));
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, level)| format!("{count} {level}"))
        .collect();
    rest.push_str(&if counts.is_empty() { ": none".into() } else { format!(": {}", counts.join(", ")) });
    rest.push_str(&words::simulated(&survey.context));
    page.head("TARGETS", &rest);
}
