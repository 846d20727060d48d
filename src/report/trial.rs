//! What `policy test` says: the same words for every format.

use crate::model::{Owner, format_time};
use crate::policy::{Covered, Difference, Got, GotReason, Outcome, Trial, Tried};
use crate::registry::ExpectedReason;
use crate::report::{Context, words};

/// The answer to `policy test`.
#[derive(Debug, Clone, Copy)]
pub struct Testing<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// What came of the cases.
    pub trial: &'a Trial,
    /// Whether the shipped rules are counted as well.
    pub shipped: bool,
}

impl Testing<'_> {
    /// `12 cases, 1 fails; 5 of 6 rules covered (83 %)`
    pub fn called(&self) -> String {
        let trial = self.trial;
        let unjudged = trial.outcomes.len() - trial.passed() - trial.failed();
        let mut parts = vec![words::several(trial.outcomes.len(), "case")];
        parts.extend(counted(trial.failed(), "fails", "fail"));
        parts.extend(counted(unjudged, "can't be judged", "can't be judged"));
        if !trial.unread.is_empty() {
            parts.push(format!("{} can't be read", words::several(trial.unread.len(), "file")));
        }
        if parts.len() == 1 && !trial.outcomes.is_empty() {
            parts.push(if trial.outcomes.len() == 1 { "it passes".into() } else { "all pass".into() });
        }
        format!("{}; {}", parts.join(", "), self.coverage())
    }

    /// `5 of 6 rules covered (83 %, wanted 100 %)`
    pub fn coverage(&self) -> String {
        let coverage = &self.trial.coverage;
        let which = if self.shipped { "rules" } else { "own rules" };
        if coverage.rules.is_empty() {
            return format!("there are no {which} to cover");
        }
        let wanted = self.trial.wanted.map_or(String::new(), |wanted| format!(", wanted {wanted} %"));
        let (covered, all) = (coverage.covered(), coverage.rules.len());
        format!("{covered} of {all} {which} covered ({} %{wanted})", coverage.percent())
    }

    /// Where a rule stands: `holdpoint.toml:12`, or `defaults` for a shipped one.
    pub fn place(&self, rule: &Covered) -> String {
        let sources = self.context.sources;
        rule.origin.map_or("defaults".into(), |at| format!("{}:{}", sources.path(at), sources.line(at)))
    }
}

fn counted(count: usize, one: &str, many: &str) -> Option<String> {
    (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { many }))
}

/// The word for what came of a case.
pub fn result(outcome: &Outcome) -> &'static str {
    match outcome.tried {
        Tried::Passed(_) => "passed",
        Tried::Failed(..) => "failed",
        Tried::Unjudged(_) => "unjudged",
    }
}

/// The move and the moment: `rollback checkout 2.4.1 -> 2.3.0 in prod, as of 2026-11-22T03:00:00Z`.
pub fn movement(outcome: &Outcome, got: &Got) -> String {
    let from = got.from.as_deref().unwrap_or("nothing known");
    let place = got.environment.as_ref().map_or(String::new(), |name| format!(" in {name}"));
    let at = format_time(outcome.at);
    format!("{} {} {from} -> {}{place}, as of {at}", got.kind, outcome.service, got.to)
}

/// Which side of a difference a line stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What must be.
    Expected,
    /// What is.
    Got,
}

impl Side {
    /// The sign before the line, as in a difference of files.
    pub fn sign(self) -> &'static str {
        match self {
            Side::Expected => "-",
            Side::Got => "+",
        }
    }
}

/// The lines of what isn't as it must be: what was expected, then what came out.
pub fn lines(difference: &Difference) -> Vec<(Side, String)> {
    match difference {
        Difference::Verdict { expected, got } => {
            vec![(Side::Expected, format!("verdict {expected}")), (Side::Got, format!("verdict {got}"))]
        }
        Difference::Missing(wanted) => vec![(Side::Expected, expected(wanted))],
        Difference::Otherwise(wanted, got) => {
            vec![(Side::Expected, expected(wanted)), (Side::Got, reason(got))]
        }
        Difference::Beside(got) => vec![(Side::Got, reason(got))],
    }
}

/// `block  advisory-reopened CVE-2026-31337, security, by exploited-advisories-block`; what isn't asked for is left out.
fn expected(wanted: &ExpectedReason) -> String {
    let level = wanted.level.map_or("any level", |level| level.word());
    let subject = wanted.subject.as_deref().filter(|subject| *subject != wanted.code.word());
    let rule = wanted.rule.as_deref();
    line(level, wanted.code.word(), subject, wanted.key, rule)
}

/// The same of a reason that came out.
pub fn reason(got: &GotReason) -> String {
    let subject = Some(&*got.subject).filter(|subject| *subject != got.code);
    let rule = got.rule.as_ref().map(|(name, _)| &**name);
    line(got.level.word(), got.code, subject, Some(got.key), rule)
}

fn line(level: &str, code: &str, subject: Option<&str>, key: Option<Owner>, rule: Option<&str>) -> String {
    let subject = subject.map_or(String::new(), |subject| format!(" {subject}"));
    let key = key.map_or(String::new(), |key| format!(", {}", key.word()));
    let rule = rule.map_or(String::new(), |rule| format!(", by {rule}"));
    format!("{level:<5}  {code}{subject}{key}{rule}")
}
