//! All that a CI system is told of one gate.

use super::{About, Finding, Rule, Weight};
use crate::gate::Spot;
use crate::model::Level;
use crate::report::playbook::CheckReport;
use crate::report::{GapKind, Gated, GatedMove, words};

/// Everything that the formats for CI systems lay out.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// What it is of.
    pub about: About,
    /// The verdict's word; `unjudged` where there is none.
    pub verdict: &'static str,
    /// What matters, worst first.
    pub findings: Vec<Finding>,
    /// The moves that nothing stands against.
    pub clear: Vec<Clear>,
    /// What there is, in words of ours only.
    pub tally: String,
    /// How many moves are held.
    pub holds: usize,
    /// How many are blocked.
    pub blocks: usize,
}

/// A move that nothing stands against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clear {
    /// The move in words.
    pub movement: String,
    /// The service.
    pub service: String,
    /// The environment.
    pub environment: Option<String>,
    /// The line that changed.
    pub spot: Option<Spot>,
}

impl Account {
    /// What is to be told of a gate.
    pub fn of(gated: &Gated) -> Account {
        let findings = Finding::all(gated);
        let clear = |of: &&GatedMove| Finding::of_move(of).is_empty();
        Account {
            about: About::Gate,
            verdict: gated.word(),
            findings,
            clear: gated.moves.iter().filter(clear).map(Clear::of).collect(),
            tally: gated.tally(),
            holds: gated.count(Level::Hold),
            blocks: gated.count(Level::Block),
        }
    }

    /// What is to be told of playbooks that people wrote.
    pub fn of_playbooks(report: &CheckReport<'_>) -> Account {
        let playbooks = &report.checked.playbooks;
        let flaws = playbooks.iter().flat_map(|of| of.flaws.iter().map(|flaw| (&of.path, flaw)));
        let mut findings: Vec<Finding> = flaws.map(|(path, flaw)| Finding::of_flaw(path, flaw)).collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.weight));
        let clear = playbooks.iter().filter(|of| of.flaws.is_empty()).map(|of| Clear {
            movement: "has every step of security's".into(),
            service: About::Playbooks.word().into(),
            environment: None,
            spot: Some(Spot::new(&*of.path, 1)),
        });
        Account {
            about: About::Playbooks,
            verdict: if report.checked.passes() { "pass" } else { "fail" },
            clear: clear.collect(),
            tally: report.headline(),
            holds: 0,
            blocks: findings.iter().filter(|finding| finding.weight == Weight::Block).count(),
            findings,
        }
    }

    /// What is to be told when nothing could be judged at all: why, and what to do about it.
    pub fn of_failure(message: &str, hint: Option<&str>) -> Account {
        let finding = Finding {
            message: super::finding::cleaned(message),
            hint: hint.map(super::finding::cleaned),
            ..Finding::bare(Rule::Gap(GapKind::Unjudged), Weight::Unjudged, "gate")
        };
        Account {
            about: About::Gate,
            verdict: "unjudged",
            findings: vec![finding],
            clear: Vec::new(),
            tally: "nothing was judged".into(),
            holds: 0,
            blocks: 0,
        }
    }
}

impl Clear {
    fn of(of: &GatedMove) -> Clear {
        let movement = &of.verdict().movement;
        Clear {
            movement: super::finding::cleaned(&words::movement(of.verdict())),
            service: movement.service.name.to_string(),
            environment: movement.environment.as_ref().map(ToString::to_string),
            spot: of.spot().cloned(),
        }
    }
}
