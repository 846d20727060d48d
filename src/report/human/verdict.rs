//! A check's answer for people.

use std::borrow::Cow;

use super::keys::{self, LABEL, LEVEL};
use super::page::{Cell, NONE, Page, QUIET, STRONG, of_level};
use super::{Detail, Look, warnings};
use crate::judge::{Reason, Target, Verdict};
use crate::model::{SignOff, format_time};
use crate::report::{Answer, Context, Next, Plan, Wanted, commands, words};

/// The column behind the labels.
const BODY: usize = 2 + LABEL + 2;
/// Versions are aligned up to this width.
const LONGEST: usize = 24;

/// Writes the answer to a check: the verdict first, both keys, what to do instead, what to do next.
pub fn verdict(answer: &Answer, look: Look) -> String {
    let mut page = Page::new(look.width);
    let verdict = &answer.advice.verdict;
    head(&mut page, answer);
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    let indent = verdict.level.word().len() + 2;
    answer.notes.iter().for_each(|note| page.text(indent, note, NONE));
    page.gap();
    keys::write(&mut page, &answer.context, verdict, look);
    signatures(&mut page, verdict, look);

    let plan = Plan::of(answer.advice);
    sign_off(&mut page, &answer.context, verdict, &plan.wanted);
    way_out(&mut page, answer, &plan);
    instead(&mut page, answer, &plan, look);
    next(&mut page, answer, &plan);
    tail(&mut page, answer, look);
    page.finish()
}

/// Writes a verdict that is acted on: the same without what could be done instead or next.
pub(super) fn going(answer: &Answer, look: Look) -> String {
    let mut page = Page::new(look.width);
    let verdict = &answer.advice.verdict;
    head(&mut page, answer);
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    let indent = verdict.level.word().len() + 2;
    answer.notes.iter().for_each(|note| page.text(indent, note, NONE));
    page.gap();
    keys::write(&mut page, &answer.context, verdict, look);
    signatures(&mut page, verdict, look);
    if look.detail == Detail::Verbose {
        page.gap();
    }
    tail(&mut page, answer, look);
    page.finish()
}

/// Writes what a gate says of one of its moves: both keys, the sign-offs, what to do instead.
pub(super) fn matter(page: &mut Page, answer: &Answer, look: Look) {
    let verdict = &answer.advice.verdict;
    keys::write(page, &answer.context, verdict, look);
    signatures(page, verdict, look);
    let plan = Plan::of(answer.advice);
    sign_off(page, &answer.context, verdict, &plan.wanted);
    way_out(page, answer, &plan);
    instead(page, answer, &plan, look);
}

/// `BLOCK  rollback checkout 2.4.1 -> 2.3.0 in prod`
fn head(page: &mut Page, answer: &Answer) {
    let verdict = &answer.advice.verdict;
    let text = format!("{}{}", words::movement(verdict), words::simulated(&answer.context));
    page.head(&verdict.level.word().to_uppercase(), of_level(verdict.level), &text);
}

/// The sign-offs for this move: those that count, and those that don't.
///
/// Of the latter, unless all is asked for, only the newest that names what stands in the way now: old
/// ones pile up in a registry, and none of them helps to decide.
fn signatures(page: &mut Page, verdict: &Verdict, look: Look) {
    let names =
        |reason: &Reason, sign_off: &SignOff| sign_off.accepts.iter().any(|s| reason.finding.is_subject(s));
    let stops =
        |sign_off: &SignOff| verdict.reasons.iter().any(|r| !r.level.proceeds() && names(r, sign_off));
    let all = look.detail == Detail::Verbose;
    let refused = verdict.refused.iter().filter(|(sign_off, _)| all || stops(sign_off));
    let mut refused: Vec<_> = refused.collect();
    refused.sort_by_key(|(sign_off, _)| std::cmp::Reverse(sign_off.at));
    let shown = if all { refused.len() } else { 1 };
    if verdict.given.is_empty() && refused.is_empty() {
        return;
    }
    page.gap();
    for given in &verdict.given {
        labelled(page, "Signed", &words::given(given));
    }
    for (sign_off, refusal) in refused.iter().take(shown) {
        labelled(page, "Not counted", &words::refused(sign_off, refusal));
    }
}

/// Who must sign for a hold, naming what.
fn sign_off(page: &mut Page, context: &Context, verdict: &Verdict, wanted: &[Wanted]) {
    if wanted.is_empty() {
        return;
    }
    page.gap();
    let mut label = "Sign-off";
    for one in wanted {
        signer(page, std::mem::take(&mut label), context, verdict, one);
    }
}

fn signer(page: &mut Page, label: &str, context: &Context, verdict: &Verdict, wanted: &Wanted) {
    let movement = &verdict.movement;
    labelled(page, label, &words::signer(movement, wanted));
    let command =
        commands::sign_off(context, movement, &movement.to.text, wanted.key, &wanted.subjects, &wanted.with);
    page.verbatim(BODY, &command);
}

/// A deadlock, plainly, with the least bad way out and what it takes.
fn way_out(page: &mut Page, answer: &Answer, plan: &Plan) {
    let Some(way) = &plan.way_out else { return };
    let movement = &way.verdict.movement;
    let asked = &answer.advice.verdict;
    page.gap();
    let staying = answer.advice.targets.iter().find(|target| target.stay).map(words::target);
    let staying = staying.map_or(String::new(), |words| format!(", and staying is no answer: {words}"));
    labelled(page, "Deadlock", &format!("every release to go to needs a signature or is blocked{staying}"));
    let reasons = words::joined(&words::deciding(way.verdict));
    labelled(page, "Least bad", &format!("{} ({}): {reasons}", movement.to, way.verdict.level));
    for (reason, with) in &way.mitigations {
        labelled(page, "", &words::put_on(reason, with));
    }
    // Of a hold that was asked for, the signatures stand above already.
    if way.stays_shut() {
        labelled(page, "", "no sign-off opens it");
    } else if movement.to != asked.movement.to || plan.wanted.is_empty() {
        way.wanted.iter().for_each(|one| signer(page, "", &answer.context, way.verdict, one));
    }
}

fn instead(page: &mut Page, answer: &Answer, plan: &Plan, look: Look) {
    let all: Vec<&Target> = answer.advice.targets.iter().collect();
    let targets = if look.detail == Detail::Verbose { &all } else { &plan.instead };
    if targets.is_empty() {
        return;
    }
    page.gap();
    let width = targets.iter().map(|target| name(target).chars().count()).max().unwrap_or_default();
    let mut label = "Instead";
    for target in targets {
        let level = target.verdict.level;
        let cells = [
            Cell(Cow::Borrowed(std::mem::take(&mut label)), LABEL, STRONG),
            Cell(Cow::Borrowed(name(target)), width.min(LONGEST), NONE),
            Cell(Cow::Borrowed(level.word()), LEVEL, of_level(level)),
        ];
        let column = page.row(&cells, &words::target(target));
        if look.detail == Detail::Verbose && target.verdict.reasons.len() > 1 {
            page.parts(column, &words::every(&target.verdict));
        }
    }
}

/// What a target is called: its version, or `stay`.
pub(super) fn name<'a>(target: &'a Target) -> &'a str {
    if target.stay { "stay" } else { &target.verdict.movement.to.text }
}

fn next(page: &mut Page, answer: &Answer, plan: &Plan) {
    page.gap();
    let movement = &answer.advice.verdict.movement;
    match (words::next(plan.next, &answer.context), plan.next) {
        (None, Next::Run(to)) => {
            page.verbatim(2, &format!("Next: {}", commands::run(&answer.context, movement, to)));
        }
        (words, _) => {
            let style = if answer.context.simulated { NONE } else { STRONG };
            page.text(2, &format!("Next: {}", words.unwrap_or_default()), style);
        }
    }
}

/// Under which incident it was judged, until when the answer holds, and what is odd in the registry.
fn tail(page: &mut Page, answer: &Answer, look: Look) {
    if let Some(incident) = &answer.advice.verdict.movement.incident {
        page.text(2, &format!("Judged under the incident {incident}, which is on."), QUIET);
    }
    if let Some(until) = answer.advice.valid_until {
        page.text(2, &format!("This may change by itself at {}.", format_time(until)), QUIET);
    }
    if look.detail == Detail::Verbose {
        let context = &answer.context;
        let revision = context.revision.map_or(String::new(), |revision| format!(" at commit {revision}"));
        page.text(
            2,
            &format!("Judged as of {}, by {}{revision}.", format_time(context.as_of), context.registry),
            QUIET,
        );
    }
    warnings(page, &answer.context);
}

fn labelled(page: &mut Page, label: &str, text: &str) {
    page.row(&[Cell(Cow::Borrowed(label), LABEL, STRONG)], text);
}
