//! `policy why` and the verdict must tell the same story, on every world.

use std::cell::Cell;
use std::ptr;

use holdpoint::judge::{Trace, Unmet, judge, why};
use holdpoint::model::{Level, Registry, Rule};

use super::agree::answer;
use super::generate::Asked;
use super::laws::on_worlds;

/// The rules that can match a code, in their order.
fn of_code<'r>(registry: &'r Registry, code: &str) -> Vec<&'r Rule> {
    let names = |rule: &&Rule| {
        let reasons = &rule.when.reason;
        reasons.is_empty() || reasons.iter().any(|word| **word == *code)
    };
    registry.rules.iter().filter(names).collect()
}

/// The rules that a trace names, in its order.
fn named<'r>(trace: &Trace<'r>) -> Vec<&'r Rule> {
    trace.tried.iter().map(|tried| tried.rule).chain(trace.rule).collect()
}

#[test]
fn why_names_the_rule_that_decided_and_every_one_before_it() {
    let (tried, over, compromised) = (Cell::new(0), Cell::new(0), Cell::new(0));
    on_worlds(40_000, 300, |_, registry, Asked { question, moment }, _| {
        let verdict = judge(registry, question, *moment).unwrap();
        let why = why(registry, question, *moment).unwrap();
        if answer(&verdict) != answer(&why.verdict) || verdict.reasons.len() != why.traces.len() {
            return Err("it judges otherwise".into());
        }
        for (reason, trace) in verdict.reasons.iter().zip(&why.traces) {
            let code = reason.finding.code().word();
            if reason.rule.map(ptr::from_ref) != trace.rule.map(ptr::from_ref) {
                return Err(format!("{code}: another rule decides"));
            }
            let (rules, named) = (of_code(registry, code), named(trace));
            let prefix = rules.iter().zip(&named).take_while(|(a, b)| ptr::eq(**a, **b)).count();
            if prefix != named.len() || trace.rule.is_none() && named.len() != rules.len() {
                return Err(format!("{code}: it leaves a rule out"));
            }
            let blocks = code == "compromised-release" || trace.rule.is_none();
            let ruled = if blocks { Level::Block } else { trace.rule.unwrap().then };
            if trace.ruled != ruled || reason.relief.is_empty() && reason.level != ruled {
                return Err(format!("{code}: {} is not {ruled}", trace.ruled));
            }
            let count = |kind| trace.tried.iter().filter(|tried| tried.unmet == kind).count();
            tried.set(tried.get() + trace.tried.len());
            over.set(over.get() + count(Unmet::Until));
            compromised.set(compromised.get() + count(Unmet::Compromised));
        }
        Ok(true)
    });
    assert!(tried.get() > 1_000 && over.get() > 10 && compromised.get() > 0);
}
