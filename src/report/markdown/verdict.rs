//! A check's answer as Markdown.

use super::page::{LIMIT, Page, SECTION, item, joined, level, texts};
use super::{code, link, text};
use crate::judge::{Reason, Target, Verdict};
use crate::model::{Key, format_time};
use crate::report::human::Detail;
use crate::report::{Answer, Context, Next, Notice, Plan, Published, Wanted, commands, words};

/// What the reasons may take: about half of what a comment holds.
const REASONS: usize = 28_000;
/// What notes, warnings and sign-offs may take, each.
const LITTLE: usize = 3_000;
// Notes and warnings; sign-offs given; two commands to sign by, for the move and for the way out of a deadlock,
// with who must sign; targets; the next command. What stays below the limit is for what is always there.
const _: () = assert!(REASONS + 3 * LITTLE + 3 * SECTION + SECTION / 2 < LIMIT);

/// Writes the answer to a check: the verdict first, both keys, the reasons, what to do instead and next.
pub fn verdict(answer: &Answer, detail: Detail) -> String {
    let verdict = &answer.advice.verdict;
    let mut page = Page::default();
    head(&mut page, answer);
    if detail == Detail::Quiet {
        return page.finish();
    }
    page.list(LITTLE, texts(answer.notes).into_iter());
    keys(&mut page, verdict);
    reasons(&mut page, &answer.context, verdict);
    let plan = Plan::of(answer.advice);
    signatures(&mut page, answer, &plan);
    way_out(&mut page, answer, &plan);
    instead(&mut page, answer, &plan, detail);
    next(&mut page, answer, &plan);
    tail(&mut page, answer);
    page.finish()
}

/// ``## BLOCK: rollback `checkout` `2.4.1` → `2.3.0` in `prod` ``
fn head(page: &mut Page, answer: &Answer) {
    let verdict = &answer.advice.verdict;
    let rest = format!("{}{}", movement(verdict), words::simulated(&answer.context));
    page.head(&verdict.level.word().to_uppercase(), &rest);
}

/// ``rollback `checkout` `2.4.1` → `2.3.0` in `prod` ``
pub(super) fn movement(verdict: &Verdict) -> String {
    let movement = &verdict.movement;
    let from = movement.from.as_ref().map_or_else(|| words::no_from(verdict).into(), |from| code(&from.text));
    let place =
        movement.environment.as_ref().map_or(String::new(), |name| format!(" in {}", code(name.as_str())));
    let service = code(movement.service.name.as_str());
    format!("{} {service} {from} → {}{place}", movement.kind, code(&movement.to.text))
}

/// Both keys side by side: their levels, and why in a few words.
fn keys(page: &mut Page, verdict: &Verdict) {
    let rows = [
        Key::ALL.map(|key| level(verdict.key(key))).to_vec(),
        Key::ALL.map(|key| text(&words::key(verdict, key))).to_vec(),
    ];
    page.table(SECTION / 2, &Key::ALL.map(Key::word), rows.into_iter());
}

/// All reasons, worst first.
fn reasons(page: &mut Page, context: &Context, verdict: &Verdict) {
    if verdict.reasons.is_empty() {
        return;
    }
    page.heading("Reasons");
    page.list(REASONS, verdict.reasons.iter().map(|of| reason(context, verdict, of)));
}

pub(super) fn reason(context: &Context, verdict: &Verdict, reason: &Reason) -> String {
    let (finding, movement) = (&reason.finding, &verdict.movement);
    let line = format!(
        "{} {} {}: {}",
        level(reason.level),
        finding.owner().word(),
        code(&finding.subject()),
        text(&finding.message())
    );
    let place = finding
        .origin()
        .map(|origin| code(&format!("{}:{}", context.sources.path(origin), context.sources.line(origin))));
    let url = words::url(finding).map(link);
    let rule = reason.rule.map(|rule| format!("rule {}", code(&rule.name)));
    let source: Vec<String> =
        [Some(code(finding.code().word())), rule, place, url].into_iter().flatten().collect();
    let mut below: Vec<String> =
        reason.relief.iter().map(|relief| text(&words::relief(relief, reason))).collect();
    below.extend(finding.hint(movement.service.name.as_str(), &movement.to.text).map(|hint| text(&hint)));
    below.push(joined(&source));
    item(&line, &below)
}

/// The sign-offs that count, those that don't, and those that are wanting.
pub(super) fn signatures(page: &mut Page, answer: &Answer, plan: &Plan) {
    let verdict = &answer.advice.verdict;
    let given = verdict.given.iter().map(|given| format!("signed: {}", text(&words::given(given))));
    let refused = verdict
        .refused
        .iter()
        .map(|(sign_off, why)| format!("not counted: {}", text(&words::refused(sign_off, why))));
    let all: Vec<String> = given.chain(refused).collect();
    if all.is_empty() && plan.wanted.is_empty() {
        return;
    }
    page.heading("Sign-offs");
    page.list(LITTLE, all.into_iter());
    wanted(page, &answer.context, verdict, &plan.wanted);
}

/// Who must sign, naming what, and the commands for it.
fn wanted(page: &mut Page, context: &Context, verdict: &Verdict, wanted: &[Wanted]) {
    if wanted.is_empty() {
        return;
    }
    let movement = &verdict.movement;
    let signers = wanted.iter().map(|one| text(&words::signer(movement, one)));
    page.list(LITTLE / 2, signers.collect::<Vec<_>>().into_iter());
    let command = |one: &Wanted| {
        commands::sign_off(context, movement, &movement.to.text, one.key, &one.subjects, &one.with)
    };
    if !page.block(&wanted.iter().map(command).collect::<Vec<_>>()) {
        page.paragraph("The commands to sign by are too long to be shown here.");
    }
}

/// A deadlock, with the least bad way out and what it takes.
pub(super) fn way_out(page: &mut Page, answer: &Answer, plan: &Plan) {
    let Some(way) = &plan.way_out else { return };
    let movement = &way.verdict.movement;
    page.heading("Deadlock");
    page.paragraph(
        "Every release to go to needs a signature or is blocked, and staying is no answer either.",
    );
    let reasons = text(&words::joined(&words::deciding(way.verdict)));
    let least = format!("least bad: {} ({}): {reasons}", code(&movement.to.text), way.verdict.level);
    let mitigations = way.mitigations.iter().map(|(reason, with)| text(&words::put_on(reason, with)));
    page.list(LITTLE / 2, std::iter::once(least).chain(mitigations).collect::<Vec<_>>().into_iter());
    if way.stays_shut() {
        page.paragraph("No sign-off opens it.");
    } else if movement.to != answer.advice.verdict.movement.to || plan.wanted.is_empty() {
        wanted(page, &answer.context, way.verdict, &way.wanted);
    }
}

fn instead(page: &mut Page, answer: &Answer, plan: &Plan, detail: Detail) {
    let all: Vec<&Target> = answer.advice.targets.iter().collect();
    let targets = if detail == Detail::Verbose { &all } else { &plan.instead };
    if targets.is_empty() {
        return;
    }
    page.heading("Instead");
    page.table(SECTION, &["release", "verdict", "why"], targets.iter().map(|of| target(of)));
}

/// A target as a row.
pub(super) fn target(target: &Target) -> Vec<String> {
    let name = if target.stay { "stay".into() } else { code(&target.verdict.movement.to.text) };
    vec![name, level(target.verdict.level), text(&words::target(target))]
}

fn next(page: &mut Page, answer: &Answer, plan: &Plan) {
    page.heading("Next");
    let movement = &answer.advice.verdict.movement;
    match (words::next(plan.next, &answer.context), plan.next) {
        (None, Next::Run(to)) => {
            if !page.block(&[commands::run(&answer.context, movement, to)]) {
                page.block(&[commands::run_by_hand(&answer.context, movement, to)]);
            }
        }
        (words, _) => page.paragraph(&text(&words.unwrap_or_default())),
    }
}

/// Under which incident and until when the answer holds, what it was judged by, and what is odd in the registry.
fn tail(page: &mut Page, answer: &Answer) {
    let until = answer.advice.valid_until.map(|until| format!("valid until {}", format_time(until)));
    let incident = answer.advice.verdict.movement.incident.as_ref();
    let incident = incident.map(|id| format!("under the incident {}", code(id)));
    footer(page, &answer.context, Some(joined(&[incident.unwrap_or_default(), until.unwrap_or_default()])));
    warnings(page, &answer.context);
}

/// Until when, as of when, by which registry.
pub(super) fn footer(page: &mut Page, context: &Context, until: Option<String>) {
    let revision = context.revision.map(|revision| format!(" at commit {}", code(revision)));
    let registry = format!("registry {}{}", code(context.registry), revision.unwrap_or_default());
    let as_of = format!("as of {}", format_time(context.as_of));
    page.paragraph(&joined(&[until.unwrap_or_default(), as_of, registry]));
}

/// How far an act got, if one was done, and what is odd in the registry and stops nothing.
pub(super) fn warnings(page: &mut Page, context: &Context) {
    context.published.iter().for_each(|reached| published(page, reached));
    context.notice.iter().for_each(|who| notice(page, who));
    let warning = |warning| format!("warning: {}", super::mistakes::one(context.sources, warning));
    page.list(LITTLE, context.warnings.iter().map(warning));
}

/// Who was told of an act, and how what is left is told.
pub(super) fn notice(page: &mut Page, notice: &Notice) {
    page.list(LITTLE, texts(&notice.sentences()).into_iter());
    if notice.has_left() {
        page.block(std::slice::from_ref(&notice.next));
    }
}

/// How far an act got on its way to others, and what to do where that isn't far enough.
pub(super) fn published(page: &mut Page, published: &Published) {
    page.paragraph(&text(&published.sentence()));
    if !published.next.is_empty() {
        page.block(&published.next);
    }
    page.list(LITTLE, texts(&published.notes).into_iter());
}
