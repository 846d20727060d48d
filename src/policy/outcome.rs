//! One case, judged: what came out, and what of it is not as it must be.

use crate::judge::{self, Along, Artifact, Moment, Question, Reason, Verdict};
use crate::model::{Level, MoveKind, Name, Owner, Time};
use crate::registry::{Base, Case, CaseFile, Expected, ExpectedReason, Mistakes, suppose};

/// What came of a case.
#[derive(Debug)]
pub struct Outcome {
    /// The file, as it was given.
    pub file: Box<str>,
    /// The line on which the case begins.
    pub line: usize,
    /// What it shows.
    pub name: Box<str>,
    /// More of it.
    pub about: Option<Box<str>>,
    /// The moment.
    pub at: Time,
    /// The service.
    pub service: Name,
    /// What must come out.
    pub expected: Expected,
    /// What did.
    pub tried: Tried,
}

/// Whether a case came out as it must.
#[derive(Debug)]
pub enum Tried {
    /// It did.
    Passed(Got),
    /// It didn't, and in what.
    Failed(Got, Vec<Difference>),
    /// It could not be judged.
    Unjudged(Mistakes),
}

/// A verdict, let go of its registry.
#[derive(Debug)]
pub struct Got {
    /// The kind of the move.
    pub kind: MoveKind,
    /// Where.
    pub environment: Option<Name>,
    /// What runs; None: nothing, or nobody knows.
    pub from: Option<Box<str>>,
    /// Where it goes.
    pub to: Box<str>,
    /// The verdict.
    pub level: Level,
    /// Its reasons, worst first.
    pub reasons: Vec<GotReason>,
}

/// A reason of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GotReason {
    /// Its code.
    pub code: &'static str,
    /// Its subject.
    pub subject: Box<str>,
    /// Its level.
    pub level: Level,
    /// Whose business it is.
    pub key: Owner,
    /// The rule that decided, and its place among all; None: none did.
    pub rule: Option<(Box<str>, usize)>,
    /// Its sentence. Holds text by others.
    pub message: Box<str>,
}

/// One thing that isn't as it must be.
#[derive(Debug, PartialEq, Eq)]
pub enum Difference {
    /// The verdict is another.
    Verdict {
        /// What it must be.
        expected: Level,
        /// What it is.
        got: Level,
    },
    /// A reason isn't there.
    Missing(ExpectedReason),
    /// A reason is there and is otherwise; the nearest one.
    Otherwise(ExpectedReason, GotReason),
    /// A reason is there that must not be.
    Beside(GotReason),
}

/// Judges a case on what it stands on.
pub fn try_case(base: Base<'_>, file: &CaseFile, case: &Case) -> Outcome {
    let tried = match suppose(base, file, case) {
        Err(mistakes) => Tried::Unjudged(mistakes),
        Ok(supposed) => {
            let question = question(case, supposed.environment);
            // The service is there, which was looked at when the registry was put together.
            match judge::judge(&supposed.registry, &question, Moment::as_of(case.at)) {
                Some(verdict) => held(got(&verdict, &supposed.registry.rules), &case.expected),
                None => Tried::Unjudged(Mistakes::default()),
            }
        }
    };
    Outcome::of(file, case, tried)
}

impl Outcome {
    /// What came of a case of a file.
    pub fn of(file: &CaseFile, case: &Case, tried: Tried) -> Outcome {
        Outcome {
            file: file.path().into(),
            line: case.line,
            name: case.name.clone(),
            about: case.about.clone(),
            at: case.at,
            service: case.service.clone(),
            expected: case.expected.clone(),
            tried,
        }
    }

    /// What came out, if it could be judged.
    pub fn got(&self) -> Option<&Got> {
        match &self.tried {
            Tried::Passed(got) | Tried::Failed(got, _) => Some(got),
            Tried::Unjudged(_) => None,
        }
    }
}

fn question(case: &Case, environment: Option<Name>) -> Question {
    let artifact = case.digest.clone().map(|digest| Artifact { digest, tag: None });
    Question {
        service: case.service.clone(),
        environment,
        from: case.from.clone(),
        to: case.to.clone(),
        asked: case.asked,
        incident: case.incident.clone(),
        asker: case.by.clone(),
        along: Along { artifact, ..Along::default() },
    }
}

fn got(verdict: &Verdict<'_>, rules: &[crate::model::Rule]) -> Got {
    let movement = &verdict.movement;
    let reason = |reason: &Reason<'_>| GotReason {
        code: reason.finding.code().word(),
        subject: reason.finding.subject().into(),
        level: reason.level,
        key: reason.finding.owner(),
        rule: reason.rule.and_then(|rule| {
            let at = rules.iter().position(|one| std::ptr::eq(one, rule))?;
            Some((rule.name.clone(), at))
        }),
        message: reason.finding.message().into(),
    };
    Got {
        kind: movement.kind,
        environment: movement.environment.clone(),
        from: movement.from.as_ref().map(|from| from.text.clone()),
        to: movement.to.text.clone(),
        level: verdict.level,
        reasons: verdict.reasons.iter().map(reason).collect(),
    }
}

/// Holds what came out against what must.
fn held(got: Got, expected: &Expected) -> Tried {
    let differences = differences(&got, expected);
    if differences.is_empty() { Tried::Passed(got) } else { Tried::Failed(got, differences) }
}

fn differences(got: &Got, expected: &Expected) -> Vec<Difference> {
    let mut found = Vec::new();
    if got.level != expected.level {
        found.push(Difference::Verdict { expected: expected.level, got: got.level });
    }
    let mut met: Vec<&GotReason> = Vec::new();
    for wanted in &expected.reasons {
        let about = || got.reasons.iter().filter(|reason| wanted.is_about(reason));
        let free = |reason: &&GotReason| met.iter().all(|known| !std::ptr::eq(*known, *reason));
        match about().filter(free).find(|reason| wanted.fits(reason)) {
            Some(reason) => met.push(reason),
            None => found.push(match about().find(free) {
                Some(reason) => {
                    met.push(reason);
                    Difference::Otherwise(wanted.clone(), reason.clone())
                }
                None => Difference::Missing(wanted.clone()),
            }),
        }
    }
    if expected.exact {
        let beside =
            got.reasons.iter().filter(|reason| met.iter().all(|known| !std::ptr::eq(*known, *reason)));
        found.extend(beside.cloned().map(Difference::Beside));
    }
    found
}

impl ExpectedReason {
    /// Whether it speaks of the same thing.
    fn is_about(&self, reason: &GotReason) -> bool {
        self.code.word() == reason.code
            && self.subject.as_ref().is_none_or(|subject| *subject == reason.subject)
    }

    fn fits(&self, reason: &GotReason) -> bool {
        self.level.is_none_or(|level| level == reason.level)
            && self.key.is_none_or(|key| key == reason.key)
            && self
                .rule
                .as_ref()
                .is_none_or(|rule| reason.rule.as_ref().is_some_and(|(name, _)| name == rule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Code;

    fn got(level: Level, reasons: &[(Code, &str, Level, &str)]) -> Got {
        let reason = |(code, subject, level, rule): &(Code, &str, Level, &str)| GotReason {
            code: code.word(),
            subject: (*subject).into(),
            level: *level,
            key: code.owner().unwrap_or(Owner::Both),
            rule: Some(((*rule).into(), 0)),
            message: "m".into(),
        };
        let reasons = reasons.iter().map(reason).collect();
        Got { kind: MoveKind::Rollback, environment: None, from: None, to: "1".into(), level, reasons }
    }

    fn wanted(code: Code, subject: &str, level: Option<Level>, rule: &str) -> ExpectedReason {
        let some = |text: &str| (!text.is_empty()).then(|| Box::from(text));
        ExpectedReason { code, subject: some(subject), level, key: None, rule: some(rule) }
    }

    #[test]
    fn what_is_not_as_it_must_be_is_told_once() {
        use Code::{AdvisoryReopened as Reopened, FarBack};
        use Level::{Block, Hold, Warn};
        let out = got(
            Hold,
            &[(Reopened, "A", Hold, "r"), (Reopened, "B", Warn, "r"), (FarBack, "far-back", Warn, "f")],
        );
        let expect = |level, reasons: Vec<ExpectedReason>, exact| {
            let told = differences(&out, &Expected { level, reasons, exact });
            let word = |difference: &Difference| match difference {
                Difference::Verdict { expected, got } => format!("{got} for {expected}"),
                Difference::Missing(wanted) => format!("no {}", wanted.code.word()),
                Difference::Otherwise(wanted, got) => format!("{} for {}", got.subject, wanted.code.word()),
                Difference::Beside(got) => format!("also {}", got.subject),
            };
            told.iter().map(word).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(expect(Hold, vec![], false), "");
        assert_eq!(expect(Block, vec![], false), "hold for block");
        assert_eq!(expect(Hold, vec![], true), "also A, also B, also far-back");
        // Two of one code are two, whichever order they are asked for in.
        let both = vec![wanted(Reopened, "", Some(Warn), ""), wanted(Reopened, "", Some(Hold), "r")];
        assert_eq!(expect(Hold, both, false), "");
        let thrice = vec![wanted(Reopened, "", None, ""); 3];
        assert_eq!(expect(Hold, thrice, false), "no advisory-reopened");
        assert_eq!(
            expect(Hold, vec![wanted(Reopened, "A", Some(Block), "")], false),
            "A for advisory-reopened"
        );
        assert_eq!(
            expect(Hold, vec![wanted(Reopened, "A", None, "other")], true),
            "A for advisory-reopened, also B, also far-back"
        );
        assert_eq!(expect(Hold, vec![wanted(Reopened, "C", None, "")], false), "no advisory-reopened");
    }
}
