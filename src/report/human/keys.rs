//! The two keys of a verdict, side by side: their levels and their reasons, worst first.

use std::borrow::Cow;

use super::page::{Cell, NONE, Page, STRONG, of_level};
use super::{Detail, Look};
use crate::judge::{Code, Reason, Verdict};
use crate::model::{Key, Level, Owner};
use crate::report::{Context, words};

/// The width of the labels at the left: that of `reliability`.
pub(super) const LABEL: usize = 11;
/// The width of a level.
pub(super) const LEVEL: usize = 5;
/// How many ids stand in a row of what isn't shown one by one.
const IDS: usize = 6;

/// Writes both keys.
pub(super) fn write(page: &mut Page, context: &Context, verdict: &Verdict, look: Look) {
    for key in Key::ALL {
        let mut rows = Rows { page, label: Some(key), level: verdict.key(key) };
        let reasons = verdict.reasons.iter().filter(|reason| reason.finding.owner().keys().contains(&key));
        for group in groups(reasons) {
            rows.group(context, verdict, key, &group, look);
        }
        rows.comfort(verdict, key);
    }
}

/// Reasons of one level and one code each, in the order of the first of each.
fn groups<'v, 'a>(reasons: impl Iterator<Item = &'v Reason<'a>>) -> Vec<Vec<&'v Reason<'a>>> {
    let mut groups: Vec<Vec<&Reason>> = Vec::new();
    for reason in reasons {
        let alike = |group: &&mut Vec<&Reason>| {
            group[0].level == reason.level && group[0].finding.code() == reason.finding.code()
        };
        match groups.iter_mut().find(alike) {
            Some(group) => group.push(reason),
            None => groups.push(vec![reason]),
        }
    }
    groups
}

/// The rows of one key; the first carries the key's name and level.
struct Rows<'p> {
    page: &'p mut Page,
    label: Option<Key>,
    level: Level,
}

impl Rows<'_> {
    fn group(&mut self, context: &Context, verdict: &Verdict, key: Key, group: &[&Reason], look: Look) {
        if group[0].finding.code() == Code::AdvisoryClosed && look.detail < Detail::Verbose {
            let closed: Vec<String> = group.iter().map(|reason| reason.finding.subject()).collect();
            self.row(group[0].level, &format!("closes {}", words::some(&closed)));
            return;
        }
        // What belongs to both keys is told in full under the first of them.
        if group[0].finding.owner() == Owner::Both && key != Key::ALL[0] {
            let environment = verdict.movement.environment.as_ref();
            self.row(group[0].level, &format!("{}, as above", words::reason(group[0], environment)));
            return;
        }
        let shown = shown(group, look.detail);
        for reason in &group[..shown] {
            let column = self.row(reason.level, &reason.finding.message());
            self.page.parts(column, &details(context, verdict, reason, look.detail));
        }
        self.rest(&group[shown..]);
    }

    /// One row for what isn't shown one by one.
    fn rest(&mut self, rest: &[&Reason]) {
        let Some(first) = rest.first() else { return };
        let mut ids: Vec<String> = rest.iter().take(IDS).map(|reason| reason.finding.subject()).collect();
        if rest.len() > IDS {
            ids.push("… (-v shows all)".into());
        }
        let text = format!("and {} more {}: {}", rest.len(), first.finding.code().word(), ids.join(", "));
        self.row(first.level, &text);
    }

    /// What speaks for the move, or that nothing speaks against it.
    fn comfort(&mut self, verdict: &Verdict, key: Key) {
        let good = match key {
            Key::Reliability => [words::proof(&verdict.proof), words::leaves(verdict)],
            Key::Security => [None, None],
        };
        let good: Vec<String> = good.into_iter().flatten().collect();
        if !good.is_empty() {
            self.row(Level::Allow, &good.join("; "));
        } else if self.label.is_some() {
            self.row(Level::Allow, &format!("nothing known against {}", verdict.movement.to));
        }
    }

    fn row(&mut self, level: Level, text: &str) -> usize {
        let label = self.label.take().map_or("", Key::word);
        let level = if label.is_empty() { level } else { self.level };
        let label = Cell(Cow::Borrowed(label), LABEL, STRONG);
        let level_style = if level == Level::Allow && label.0.is_empty() { NONE } else { of_level(level) };
        self.page.row(&[label, Cell(Cow::Borrowed(level.word()), LEVEL, level_style)], text)
    }
}

/// How many of a group are told in full. One alone is never left to "and 1 more".
fn shown(group: &[&Reason], detail: Detail) -> usize {
    let most = match group[0].level {
        _ if detail == Detail::Verbose => group.len(),
        Level::Block | Level::Hold => 3,
        Level::Warn | Level::Allow => 2,
    };
    if group.len() <= most + 1 { group.len() } else { most }
}

/// The quiet line below a reason: what lowered it, what to do, where it comes from.
fn details(context: &Context, verdict: &Verdict, reason: &Reason, detail: Detail) -> Vec<String> {
    let movement = &verdict.movement;
    let finding = &reason.finding;
    let mut parts: Vec<String> = reason.relief.iter().map(|relief| words::relief(relief, reason)).collect();
    parts.extend(finding.hint(movement.service.name.as_str(), &movement.to.text));
    let place = |origin| format!("{}:{}", context.sources.path(origin), context.sources.line(origin));
    parts.extend(finding.origin().map(place));
    parts.extend(words::url(finding).map(str::to_owned));
    if detail == Detail::Verbose {
        parts.push(finding.code().word().into());
        parts.extend(reason.rule.map(|rule| match &rule.because {
            Some(because) => format!("rule {} ({because})", rule.name),
            None => format!("rule {}", rule.name),
        }));
    }
    parts
}
