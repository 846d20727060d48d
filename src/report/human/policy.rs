//! The rules in force, and why each reason has its level, for people.

use std::borrow::Cow;

use textwrap::core::display_width;

use super::explain::notes;
use super::keys::{LABEL, LEVEL};
use super::page::{Cell, NONE, Page, QUIET, STRONG, of_level};
use super::{Detail, Look, warnings};
use crate::judge::{Reason, Trace};
use crate::model::{Rule, format_time};
use crate::report::policy::{InForce, Reasoned, frozen, is_over, matches, never, place, standing};
use crate::report::{Context, conditions, plain, words};

/// Names of rules are aligned up to this width.
const LONGEST: usize = 28;
/// The width of a rule's number.
const NUMBER: usize = 3;

/// Writes the periods and the rules, in their order.
pub fn policy(policy: &InForce, look: Look) -> String {
    let mut page = Page::new(look.width);
    page.head("POLICY", STRONG, &format!("{}{}", policy.called(), words::simulated(&policy.context)));
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    periods(&mut page, policy);
    freezes(&mut page, policy);
    let width = policy.rules.iter().map(|(_, rule)| display_width(&plain(&rule.name))).max();
    let width = width.unwrap_or_default().min(LONGEST);
    for (shipped, heading) in [(false, "Rules of this registry"), (true, "Shipped rules (defaults)")] {
        let rules = policy.rules(shipped);
        page.gap();
        page.text(2, heading, STRONG);
        if rules.is_empty() {
            page.text(4, "none", NONE);
        }
        rules.iter().for_each(|(number, rule)| self::rule(&mut page, policy, *number, rule, width));
    }
    page.gap();
    page.text(2, "The first rule that matches a reason decides its level. A hold is signed by the owner of the reason's key, unless a rule says by whom.", QUIET);
    warnings(&mut page, &policy.context);
    page.finish()
}

fn periods(page: &mut Page, policy: &InForce) {
    page.gap();
    page.text(2, "Periods", STRONG);
    let sources = policy.context.sources;
    for period in policy.policy.periods() {
        let length = period.length.map_or("off".into(), |length| length.to_string());
        let from =
            period.set.map_or("default".into(), |at| format!("{}:{}", sources.path(at), sources.line(at)));
        let cells = [
            Cell(Cow::Borrowed(period.key), "review_within".len(), NONE),
            Cell(Cow::Owned(length), LEVEL, NONE),
        ];
        page.row(&cells, &from);
    }
}

fn freezes(page: &mut Page, policy: &InForce) {
    if policy.freezes.is_empty() {
        return;
    }
    page.gap();
    page.text(2, "Change freezes", STRONG);
    let width = policy.freezes.iter().map(|freeze| freeze.name.as_str().len()).max().unwrap_or_default();
    for freeze in &policy.freezes {
        let standing = standing(freeze, policy.context.as_of);
        let look = if standing == "on" { STRONG } else { QUIET };
        let cells = [
            Cell(Cow::Borrowed(standing), LEVEL, look),
            Cell(Cow::Borrowed(freeze.name.as_str()), width.min(LONGEST), NONE),
        ];
        let column = page.row(&cells, &frozen(freeze));
        let sources = policy.context.sources;
        let place = format!("{}:{}", sources.path(freeze.origin), sources.line(freeze.origin));
        let because = freeze.because.as_deref().map(str::to_owned);
        page.parts(column, &[place].into_iter().chain(because).collect::<Vec<_>>());
    }
}

fn rule(page: &mut Page, policy: &InForce, number: usize, rule: &Rule, width: usize) {
    let over = is_over(rule, policy.context.as_of);
    let cells = [
        Cell(Cow::Owned(format!("{number:>NUMBER$}")), NUMBER, QUIET),
        Cell(Cow::Borrowed(rule.then.word()), LEVEL, if over { QUIET } else { of_level(rule.then) }),
        Cell(Cow::Borrowed(&rule.name), width, NONE),
    ];
    let column = page.row(&cells, &matches(rule));
    let until = rule.until.map(|until| match over {
        true => format!("over since {}", format_time(until)),
        false => format!("until {}", format_time(until)),
    });
    let origin = rule.origin.map(|_| place(policy.context.sources, rule));
    let because = rule.because.as_deref().map(str::to_owned);
    let mut parts = never(rule);
    parts.extend([until, origin, because].into_iter().flatten());
    page.parts(column, &parts);
}

/// Writes for each reason which rule decided, which didn't and why, and what lowered it then.
pub fn why(of: &Reasoned, look: Look) -> String {
    let mut page = Page::new(look.width);
    let verdict = &of.why.verdict;
    let head = format!("{} is {}{}", words::movement(verdict), verdict.level, words::simulated(&of.context));
    page.head("WHY", STRONG, &head);
    if look.detail == Detail::Quiet {
        return page.finish();
    }
    of.notes.iter().for_each(|note| page.text(5, note, NONE));
    for (reason, trace) in verdict.reasons.iter().zip(&of.why.traces) {
        page.gap();
        self::reason(&mut page, &of.context, reason, trace);
    }
    if verdict.reasons.is_empty() {
        notes(&mut page, &["there is no reason for or against it".to_owned()]);
    }
    warnings(&mut page, &of.context);
    page.finish()
}

fn reason(page: &mut Page, context: &Context, reason: &Reason, trace: &Trace) {
    let finding = &reason.finding;
    let level = Cell(Cow::Borrowed(reason.level.word()), LEVEL, of_level(reason.level));
    page.row(&[level], &format!("{}: {}", finding.code().word(), finding.message()));
    let mut labelled = |label: &'static str, text: &str| {
        let cells = [Cell(Cow::Borrowed(""), LEVEL, NONE), Cell(Cow::Borrowed(label), LABEL, QUIET)];
        page.row(&cells, text);
    };
    match trace.rule {
        Some(rule) => {
            let place = place(context.sources, rule);
            labelled("decided by", &format!("{}: {} ({place})", rule.name, conditions::gives(rule)));
            let words = conditions::words(&rule.when);
            if !words.is_empty() {
                labelled("applies", &words.join(" and "));
            }
        }
        None => labelled("decided by", "no rule, and what no rule decides is a block"),
    }
    let mut label = "before it";
    for tried in &trace.tried {
        let text = format!("{}: {}", tried.rule.name, conditions::unmet(tried));
        labelled(std::mem::take(&mut label), &text);
    }
    let mut label = "then";
    for relief in &reason.relief {
        labelled(std::mem::take(&mut label), &words::relief(relief, reason));
    }
}
