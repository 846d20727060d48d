//! One thing that a CI system shows: a reason against a move, or something that could not be judged.

use std::cmp::Reverse;

use sha2::{Digest, Sha256};

use crate::gate::{Side, Spot};
use crate::judge::{Code, Relief};
use crate::model::{Flag, Id, Key, Level, Owner};
use crate::playbook::by_hand::{Flaw, Wrong};
use crate::report::{Gap, GapKind, Gated, GatedMove, Plan, Standing, plain, words};

/// One flat record. Sentences are cleaned; names, subjects and paths are as they were written, and each format
/// escapes them its own way.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What it is an instance of.
    pub rule: Rule,
    /// How heavy it is.
    pub weight: Weight,
    /// Whose business it is; None: everybody's, as nothing was judged.
    pub key: Option<Owner>,
    /// What a sign-off would name.
    pub subject: String,
    /// A sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The best other target of its move, and why: `2.4.0 (allow): ran here 16 days`.
    pub instead: Option<String>,
    /// Its move in words; empty where there is none.
    pub movement: String,
    /// The service.
    pub service: Option<String>,
    /// The environment.
    pub environment: Option<String>,
    /// The release that the move goes to.
    pub version: Option<String>,
    /// The line that changed.
    pub spot: Option<Spot>,
    /// Where in the registry it comes from.
    pub origin: Option<Place>,
    /// The side whose registry alone gives it.
    pub side: Option<Side>,
    /// Who signed for it, in words.
    pub signed: Option<String>,
    /// The flag's CVSS score.
    pub score: Option<f64>,
    /// Where to read more.
    pub url: Option<String>,
}

/// A place in the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's path in the registry.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
}

/// What a finding is an instance of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A reason of the judge.
    Reason(Code),
    /// Something that could not be judged.
    Gap(GapKind),
    /// Something that is wrong with a playbook.
    Step(Wrong),
}

/// What is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A change of what runs.
    Gate,
    /// Playbooks that people wrote.
    Playbooks,
}

impl About {
    /// The word for it, as in the command.
    pub fn word(self) -> &'static str {
        match self {
            About::Gate => "gate",
            About::Playbooks => "playbook",
        }
    }

    /// What a finding without a move is about.
    pub fn thing(self) -> &'static str {
        match self {
            About::Gate => "change",
            About::Playbooks => "playbook",
        }
    }
}

impl Rule {
    /// Every rule that there is of something, in the order of the documentation.
    pub fn all(about: About) -> Vec<Rule> {
        match about {
            About::Gate => Code::ALL
                .into_iter()
                .map(Rule::Reason)
                .chain(GapKind::ALL.into_iter().map(Rule::Gap))
                .collect(),
            About::Playbooks => Wrong::ALL.into_iter().map(Rule::Step).collect(),
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Rule::Reason(code) => code.word(),
            Rule::Gap(kind) => kind.word(),
            Rule::Step(wrong) => wrong.word(),
        }
    }

    /// What it means and what to do.
    pub fn documentation(self) -> &'static str {
        match self {
            Rule::Reason(code) => code.documentation(),
            Rule::Gap(kind) => kind.documentation(),
            Rule::Step(wrong) => wrong.documentation(),
        }
    }
}

/// How heavy a finding is, the lightest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// It was passed over knowingly.
    Noted,
    /// It would hold the move, and is signed for.
    Signed,
    /// It warns.
    Warn,
    /// It holds the move.
    Hold,
    /// It blocks the move.
    Block,
    /// Because of it there is no verdict.
    Unjudged,
}

impl Weight {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Weight::Noted => "noted",
            Weight::Signed => "signed",
            Weight::Warn => "warn",
            Weight::Hold => "hold",
            Weight::Block => "block",
            Weight::Unjudged => "unjudged",
        }
    }

    /// Whether it stops the change.
    pub fn stops(self) -> bool {
        self >= Weight::Hold
    }

    /// Good news is none of a gate's findings.
    fn of(standing: &Standing) -> Option<Weight> {
        let signed = standing.reason.relief.iter().any(|relief| matches!(relief, Relief::Signed));
        match standing.reason.level {
            Level::Allow => None,
            Level::Warn if signed => Some(Weight::Signed),
            Level::Warn => Some(Weight::Warn),
            Level::Hold => Some(Weight::Hold),
            Level::Block => Some(Weight::Block),
        }
    }
}

impl Finding {
    /// Everything that matters in a gate's answer, worst first.
    pub fn all(gated: &Gated) -> Vec<Finding> {
        let gaps = gated.gaps.iter().filter_map(Finding::of_gap);
        let mut all: Vec<Finding> = gaps.chain(gated.moves.iter().flat_map(Finding::of_move)).collect();
        all.sort_by_key(|finding| Reverse(finding.weight));
        all
    }

    /// What stands against one move, worst first.
    pub fn of_move(of: &GatedMove) -> Vec<Finding> {
        of.reasons().iter().filter_map(|standing| Finding::of_reason(of, standing)).collect()
    }

    fn of_reason(of: &GatedMove, standing: &Standing) -> Option<Finding> {
        let weight = Weight::of(standing)?;
        let (reason, answer) = (standing.reason, standing.judged.answer);
        let verdict = &answer.advice.verdict;
        let (finding, movement) = (&reason.finding, &verdict.movement);
        let service = movement.service.name.as_str();
        let sources = answer.context.sources;
        Some(Finding {
            rule: Rule::Reason(finding.code()),
            weight,
            key: Some(finding.owner()),
            subject: finding.subject(),
            message: cleaned(&finding.message()),
            hint: finding.hint(service, &movement.to.text).as_deref().map(cleaned),
            instead: instead(of),
            movement: cleaned(&words::movement(verdict)),
            service: Some(service.to_owned()),
            environment: movement.environment.as_ref().map(ToString::to_string),
            version: Some(movement.to.text.to_string()),
            spot: of.spot().cloned(),
            origin: finding
                .origin()
                .map(|origin| Place { file: sources.path(origin).to_owned(), line: sources.line(origin) }),
            side: standing.side(),
            signed: (weight == Weight::Signed).then(|| signed(standing)),
            score: finding.flag().and_then(Flag::score),
            url: words::url(finding).map(cleaned),
        })
    }

    /// Images that need not be known are counted, not reported one by one.
    fn of_gap(gap: &Gap) -> Option<Finding> {
        if gap.kind == GapKind::UnknownImage && !gap.stops {
            return None;
        }
        let weight = if gap.stops { Weight::Unjudged } else { Weight::Noted };
        Some(Finding {
            message: cleaned(&gap.message),
            hint: gap.hint.as_deref().map(cleaned),
            service: gap.service.as_ref().map(ToString::to_string),
            spot: gap.spot.clone(),
            ..Finding::bare(Rule::Gap(gap.kind), weight, &gap.subject)
        })
    }

    /// What is wrong with a playbook.
    pub(super) fn of_flaw(path: &str, flaw: &Flaw) -> Finding {
        let weight = if flaw.wrong.fails() { Weight::Block } else { Weight::Warn };
        let line = u32::try_from(flaw.line).unwrap_or(u32::MAX);
        Finding {
            key: Some(Owner::One(Key::Security)),
            message: cleaned(&flaw.message),
            hint: Some(cleaned(&flaw.hint)),
            spot: Some(Spot::new(path, line)),
            origin: flaw.origin.as_ref().map(|(file, line)| Place { file: file.clone(), line: *line }),
            ..Finding::bare(Rule::Step(flaw.wrong), weight, &flaw.step)
        }
    }

    /// One of which nothing else is known.
    pub(super) fn bare(rule: Rule, weight: Weight, subject: &str) -> Finding {
        Finding {
            rule,
            weight,
            key: None,
            subject: subject.to_owned(),
            message: String::new(),
            hint: None,
            instead: None,
            movement: String::new(),
            service: None,
            environment: None,
            version: None,
            spot: None,
            origin: None,
            side: None,
            signed: None,
            score: None,
            url: None,
        }
    }

    /// What it is about, in one line: the move with its level, else what could not be judged.
    pub fn title(&self) -> String {
        let about = if self.movement.is_empty() { self.rule.word() } else { &self.movement };
        format!("{} {about}", self.weight.word().to_uppercase())
    }

    /// What to know beside the sentence, a line each: whose registry says so, what helps, where it stands.
    pub fn details(&self) -> Vec<String> {
        let side = self.side.map(|side| match side {
            Side::Base => "says the registry as it was before this change".to_owned(),
            Side::Head => "says the registry as this change leaves it".to_owned(),
        });
        let instead = self.instead.as_ref().map(|instead| format!("instead: {instead}"));
        let signed = self.signed.as_ref().map(|signed| format!("signed off: {signed}"));
        let origin = self.origin.as_ref().map(|place| format!("registry: {}:{}", place.file, place.line));
        let all = [signed, self.hint.clone(), instead, side, origin, self.url.clone()];
        all.into_iter().flatten().map(|line| cleaned(&line)).collect()
    }

    /// What it is known by from run to run, wherever its line has moved.
    pub fn fingerprint(&self) -> String {
        let place =
            if self.movement.is_empty() { self.spot.as_ref().map(|spot| spot.file.as_str()) } else { None };
        let parts = [self.service.as_deref(), self.environment.as_deref(), self.version.as_deref(), place];
        let mut hash = Sha256::new();
        for part in parts.into_iter().map(Option::unwrap_or_default).chain([self.rule.word(), &self.subject])
        {
            hash.update(part);
            hash.update([0]);
        }
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The file and line to show it at, for formats that need one: what changed, else where it comes from.
    pub fn location(&self) -> (&str, usize) {
        let spot = self.spot.as_ref().map(|spot| (spot.file.as_str(), spot.line as usize));
        let origin = || self.origin.as_ref().map(|place| (place.file.as_str(), place.line));
        let (file, line) = spot.or_else(origin).unwrap_or((NOWHERE, 1));
        (if file.is_empty() { NOWHERE } else { file }, line.max(1))
    }
}

/// What stands for a place where there is none.
const NOWHERE: &str = "holdpoint.toml";

/// Where else the move could go, when it may not go where it goes.
fn instead(of: &GatedMove) -> Option<String> {
    let deciding = of.deciding();
    let plan = Plan::of(deciding.answer.advice);
    let best = plan.instead.into_iter().find(|target| target.verdict.level < deciding.level())?;
    let name = if best.stay { "stay" } else { &best.verdict.movement.to.text };
    Some(cleaned(&format!("{name} ({}): {}", best.verdict.level, words::target(best))))
}

fn signed(standing: &Standing) -> String {
    let given = standing.judged.answer.advice.verdict.given.iter();
    let names = |id: &Id| standing.reason.sign_offs.iter().any(|sign_off| sign_off.id == *id);
    let given: Vec<String> = given.filter(|given| names(&given.sign_off.id)).map(words::given).collect();
    cleaned(&given.join("; "))
}

pub(super) fn cleaned(text: &str) -> String {
    plain(text).into_owned()
}
