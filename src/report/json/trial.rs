//! `holdpoint/policy-test/v1`: what came of the cases, and which rules they cover.

use std::borrow::Cow;

use serde::Serialize;

use super::error::One;
use super::{Place, Registry, sentence, text};
use crate::model::{Level, Owner, format_time};
use crate::policy::{Covered, Difference, Got, GotReason, Outcome, Tried};
use crate::registry::ExpectedReason;
use crate::report::plain;
use crate::report::trial::{Testing, result};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/policy-test/v1";

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    /// Whether all cases pass and enough rules are covered.
    holds: bool,
    cases: Vec<CaseV1<'a>>,
    counts: Counts,
    coverage: CoverageV1<'a>,
    /// What is wrong with files that can't be read.
    errors: Vec<One<'a>>,
    registry: Registry<'a>,
}

#[derive(Serialize)]
struct Counts {
    cases: usize,
    passed: usize,
    failed: usize,
    unjudged: usize,
}

#[derive(Serialize)]
struct CoverageV1<'a> {
    /// In percent, rounded down.
    percent: u8,
    /// Null: nothing was wanted.
    wanted: Option<u8>,
    covered: usize,
    rules: Vec<RuleV1<'a>>,
}

#[derive(Serialize)]
struct RuleV1<'a> {
    name: Cow<'a, str>,
    shipped: bool,
    origin: Option<Place<'a>>,
    /// In how many cases it decided a reason.
    cases: usize,
}

#[derive(Serialize)]
struct CaseV1<'a> {
    name: Cow<'a, str>,
    about: Option<Cow<'a, str>>,
    file: &'a str,
    line: usize,
    /// `passed`, `failed` or `unjudged`.
    result: &'static str,
    at: String,
    /// Null where it could not be judged.
    #[serde(rename = "move")]
    movement: Option<MoveV1<'a>>,
    expected: ExpectedV1<'a>,
    /// Null where it could not be judged.
    got: Option<GotV1<'a>>,
    differences: Vec<DifferenceV1<'a>>,
    errors: Vec<One<'a>>,
}

#[derive(Serialize)]
struct MoveV1<'a> {
    kind: &'static str,
    service: &'a str,
    environment: Option<&'a str>,
    from: Option<&'a str>,
    to: &'a str,
}

#[derive(Serialize)]
struct ExpectedV1<'a> {
    verdict: &'static str,
    reasons: Vec<WantedV1<'a>>,
    exact: bool,
}

/// A reason that must come out; null: it may be anything.
#[derive(Serialize)]
struct WantedV1<'a> {
    code: &'static str,
    subject: Option<&'a str>,
    level: Option<&'static str>,
    key: Option<&'static str>,
    rule: Option<Cow<'a, str>>,
}

#[derive(Serialize)]
struct GotV1<'a> {
    verdict: &'static str,
    reasons: Vec<ReasonV1<'a>>,
}

#[derive(Serialize)]
struct ReasonV1<'a> {
    code: &'static str,
    subject: &'a str,
    level: &'static str,
    key: &'static str,
    rule: Option<Cow<'a, str>>,
    message: String,
}

#[derive(Serialize)]
struct DifferenceV1<'a> {
    /// `verdict`, `missing`, `otherwise` or `beside`.
    kind: &'static str,
    /// What must be: a verdict or a reason; null where nothing must.
    expected: Option<SideV1<'a>>,
    /// What is; null where nothing is.
    got: Option<SideV1<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum SideV1<'a> {
    Verdict { verdict: &'static str },
    Wanted(WantedV1<'a>),
    Reason(ReasonV1<'a>),
}

/// Writes what came of the cases.
pub fn trial(testing: &Testing) -> String {
    let (context, trial) = (&testing.context, testing.trial);
    let (passed, failed) = (trial.passed(), trial.failed());
    let unread = trial.unread.iter();
    text::write(&Report {
        schema: SCHEMA,
        holds: trial.holds(),
        cases: trial.outcomes.iter().map(case).collect(),
        counts: Counts {
            cases: trial.outcomes.len(),
            passed,
            failed,
            unjudged: trial.outcomes.len() - passed - failed,
        },
        coverage: CoverageV1 {
            percent: trial.coverage.percent(),
            wanted: trial.wanted,
            covered: trial.coverage.covered(),
            rules: trial.coverage.rules.iter().map(|of| rule(testing, of)).collect(),
        },
        errors: unread.flat_map(|of| of.list.iter().map(|one| One::of(&of.sources, one))).collect(),
        registry: Registry::of(context),
    })
}

fn rule<'a>(testing: &Testing<'a>, of: &'a Covered) -> RuleV1<'a> {
    RuleV1 {
        name: plain(&of.name),
        shipped: of.origin.is_none(),
        origin: of.origin.map(|origin| Place::of(&testing.context, origin)),
        cases: of.cases,
    }
}

fn case(outcome: &Outcome) -> CaseV1<'_> {
    let got = outcome.got();
    let (differences, errors) = match &outcome.tried {
        Tried::Passed(_) => (&[][..], Vec::new()),
        Tried::Failed(_, differences) => (&differences[..], Vec::new()),
        Tried::Unjudged(of) => (&[][..], of.list.iter().map(|one| One::of(&of.sources, one)).collect()),
    };
    CaseV1 {
        name: plain(&outcome.name),
        about: outcome.about.as_deref().map(plain),
        file: &outcome.file,
        line: outcome.line,
        result: result(outcome),
        at: format_time(outcome.at),
        movement: got.map(|got| movement(outcome, got)),
        expected: ExpectedV1 {
            verdict: outcome.expected.level.word(),
            reasons: outcome.expected.reasons.iter().map(wanted).collect(),
            exact: outcome.expected.exact,
        },
        got: got.map(|got| GotV1 {
            verdict: got.level.word(),
            reasons: got.reasons.iter().map(reason).collect(),
        }),
        differences: differences.iter().map(difference).collect(),
        errors,
    }
}

fn movement<'a>(outcome: &'a Outcome, got: &'a Got) -> MoveV1<'a> {
    MoveV1 {
        kind: got.kind.word(),
        service: outcome.service.as_str(),
        environment: got.environment.as_ref().map(|name| name.as_str()),
        from: got.from.as_deref(),
        to: &got.to,
    }
}

fn wanted(of: &ExpectedReason) -> WantedV1<'_> {
    WantedV1 {
        code: of.code.word(),
        subject: of.subject.as_deref(),
        level: of.level.map(Level::word),
        key: of.key.map(Owner::word),
        rule: of.rule.as_deref().map(plain),
    }
}

fn reason(of: &GotReason) -> ReasonV1<'_> {
    ReasonV1 {
        code: of.code,
        subject: &of.subject,
        level: of.level.word(),
        key: of.key.word(),
        rule: of.rule.as_ref().map(|(name, _)| plain(name)),
        message: sentence(&of.message),
    }
}

fn difference(of: &Difference) -> DifferenceV1<'_> {
    let verdict = |level: &Level| Some(SideV1::Verdict { verdict: level.word() });
    let (kind, expected, got) = match of {
        Difference::Verdict { expected, got } => ("verdict", verdict(expected), verdict(got)),
        Difference::Missing(of) => ("missing", Some(SideV1::Wanted(wanted(of))), None),
        Difference::Otherwise(of, got) => {
            ("otherwise", Some(SideV1::Wanted(wanted(of))), Some(SideV1::Reason(reason(got))))
        }
        Difference::Beside(got) => ("beside", None, Some(SideV1::Reason(reason(got)))),
    };
    DifferenceV1 { kind, expected, got }
}
