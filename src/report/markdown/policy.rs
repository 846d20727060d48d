//! The rules in force, and why each reason has its level, as Markdown.

use super::page::{Page, SECTION, item, joined, level, texts};
use super::verdict::{footer, movement, warnings};
use super::{code, link, text};
use crate::judge::{Reason, Trace};
use crate::model::{Rule, format_time};
use crate::report::human::Detail;
use crate::report::policy::{InForce, Reasoned, frozen, is_over, matches, never, place, standing};
use crate::report::{Context, conditions, words};

/// What the rules, or the reasons, may take.
const LONG: usize = 50_000;

/// Writes the periods and the rules, in their order.
pub fn policy(policy: &InForce, detail: Detail) -> String {
    let mut page = Page::default();
    page.head("POLICY", &format!("{}{}", text(&policy.called()), words::simulated(&policy.context)));
    if detail == Detail::Quiet {
        return page.finish();
    }
    let sources = policy.context.sources;
    page.heading("Periods");
    let periods = policy.policy.periods().into_iter().map(|period| {
        let place = |at| code(&format!("{}:{}", sources.path(at), sources.line(at)));
        let length = period.length.map_or("off".into(), |length| length.to_string());
        vec![code(period.key), length, period.set.map_or("default".into(), place)]
    });
    page.table(SECTION, &["period", "length", "set in"], periods);
    freezes(&mut page, policy);
    page.heading("Rules, the first match decides");
    let rows = policy.rules.iter().map(|(number, of)| rule(&policy.context, *number, of));
    page.table(LONG, &["", "level", "rule", "matches", "stands in"], rows);
    footer(&mut page, &policy.context, None);
    warnings(&mut page, &policy.context);
    page.finish()
}

fn freezes(page: &mut Page, policy: &InForce) {
    if policy.freezes.is_empty() {
        return;
    }
    page.heading("Change freezes");
    let sources = policy.context.sources;
    let rows = policy.freezes.iter().map(|freeze| {
        let place = code(&format!("{}:{}", sources.path(freeze.origin), sources.line(freeze.origin)));
        let because = freeze.because.as_deref().map(link);
        let when = [text(&frozen(freeze))].into_iter().chain(because).collect::<Vec<_>>();
        let standing = standing(freeze, policy.context.as_of).to_owned();
        vec![standing, code(freeze.name.as_str()), joined(&when), place]
    });
    page.table(SECTION, &["now", "freeze", "when", "stands in"], rows);
}

fn rule(context: &Context, number: usize, rule: &Rule) -> Vec<String> {
    let until = rule.until.map(|until| match is_over(rule, context.as_of) {
        true => format!("over since {}", format_time(until)),
        false => format!("until {}", format_time(until)),
    });
    let because = rule.because.as_deref().map(link);
    let mut matches = vec![text(&matches(rule))];
    matches.extend(texts(&never(rule)));
    matches.extend(until.into_iter().chain(because));
    let place = rule.origin.map_or("defaults".into(), |_| code(&place(context.sources, rule)));
    vec![number.to_string(), level(rule.then), code(&rule.name), joined(&matches), place]
}

/// Writes for each reason which rule decided, which didn't and why, and what lowered it then.
pub fn why(of: &Reasoned, detail: Detail) -> String {
    let mut page = Page::default();
    let verdict = &of.why.verdict;
    let simulated = words::simulated(&of.context);
    page.head("WHY", &format!("{} is {}{simulated}", movement(verdict), level(verdict.level)));
    if detail == Detail::Quiet {
        return page.finish();
    }
    page.list(SECTION, texts(of.notes).into_iter());
    let reasons = verdict.reasons.iter().zip(&of.why.traces);
    page.list(LONG, reasons.map(|(reason, trace)| self::reason(&of.context, reason, trace)));
    if verdict.reasons.is_empty() {
        page.paragraph("There is no reason for or against it.");
    }
    footer(&mut page, &of.context, None);
    warnings(&mut page, &of.context);
    page.finish()
}

fn reason(context: &Context, reason: &Reason, trace: &Trace) -> String {
    let finding = &reason.finding;
    let line =
        format!("{} {}: {}", level(reason.level), code(finding.code().word()), text(&finding.message()));
    let mut below = vec![match trace.rule {
        Some(rule) => format!(
            "decided by {}: {} ({}) {}",
            code(&rule.name),
            conditions::gives(rule),
            code(&place(context.sources, rule)),
            text(&conditions::words(&rule.when).join(" and "))
        ),
        None => "no rule decides it, which makes it a block".into(),
    }];
    let tried = trace.tried.iter();
    below.extend(tried.map(|of| format!("not {}: {}", code(&of.rule.name), text(&conditions::unmet(of)))));
    below.extend(reason.relief.iter().map(|relief| format!("then {}", text(&words::relief(relief, reason)))));
    item(&line, &below)
}
