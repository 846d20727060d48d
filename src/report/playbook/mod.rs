//! A playbook in words: the template with everything filled in, for every format.
//!
//! [`Drawn`] is what there is to tell; [`Drawn::document`] tells it. What is filled in for each placeholder stands in
//! `blocks`, what steps of rules say in `steps`, whom a move is told to in `told`, how a signature is asked for in
//! `asking`.

mod asking;
mod blocks;
mod checked;
mod document;
mod fill;
mod steps;
mod told;

pub use checked::CheckReport;
pub(in crate::report) use checked::flaw;
pub use document::{Cell, Document, Item, Section, Span, Task};

use crate::judge::{Target, Verdict};
use crate::model::{Key, Name, Registry, Route, format_time};
use crate::playbook::{Course, Playbook, SHOWN};
use crate::report::status::Place;
use crate::report::{Context, Plan, words};

/// The answer to `playbook`.
#[derive(Debug)]
pub struct Drawn<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// What it holds.
    pub registry: &'a Registry,
    /// The playbook.
    pub playbook: &'a Playbook<'a>,
    /// How the place stands.
    pub place: Place,
    /// Who is told what; None: that can't be read.
    pub routes: Option<&'a [Route]>,
    /// The incident, where it was named.
    pub incident: Option<&'a str>,
    /// What was understood otherwise than it was typed.
    pub notes: &'a [String],
}

/// A rule, or a step, that shaped a playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shaper {
    /// What it is: `step`, `rule`, `template`.
    pub what: &'static str,
    /// Its name.
    pub name: String,
    /// Where it stands: `file:line`; None: it is shipped.
    pub place: Option<(String, usize)>,
}

impl<'a> Drawn<'a> {
    /// The verdict on the move that the playbook is about: in a deadlock, the least bad one.
    pub fn verdict(&self) -> Option<&'a Verdict<'a>> {
        let advice = self.playbook.advice.as_ref()?;
        let way_out = Plan::of(advice).way_out.map(|way| way.verdict);
        Some(way_out.filter(|_| self.playbook.course == Course::Deadlock).unwrap_or(&advice.verdict))
    }

    /// The service.
    pub fn service(&self) -> &'a Name {
        &self.playbook.overview.service.name
    }

    /// Where.
    pub fn environment(&self) -> Option<&Name> {
        self.playbook.overview.environment.as_ref()
    }

    /// The teams that own its keys.
    fn teams(&self) -> impl Iterator<Item = &str> {
        let owners = &self.playbook.overview.service.owners;
        Key::ALL.into_iter().filter_map(|key| owners.of(key)).map(Name::as_str)
    }

    /// Whether something moves by it.
    fn moves(&self) -> bool {
        matches!(self.playbook.course, Course::Go | Course::Sign | Course::Deadlock)
    }

    /// The targets that are shown.
    pub fn shown(&self) -> &'a [Target<'a>] {
        let targets = &self.playbook.targets;
        &targets[..targets.len().min(SHOWN)]
    }

    /// The verdict on a way that a step speaks of.
    fn verdict_on(&self, version: &str) -> Option<&'a Verdict<'a>> {
        let own = self.playbook.advice.as_ref().map(|advice| &advice.verdict);
        let all = own.into_iter().chain(self.playbook.targets.iter().map(|target| &target.verdict));
        all.into_iter().find(|verdict| &*verdict.movement.to.text == version)
    }

    /// What shaped it: the template, the steps that rules put in, and the rules that decided the verdict.
    pub fn shaped_by(&self) -> Vec<Shaper> {
        let mut all = vec![Shaper { what: "template", name: self.playbook.book.name.clone(), place: None }];
        all.extend(self.playbook.steps.iter().map(|of| {
            let step = &of.instruction.step;
            Shaper { what: "step", name: step.name.to_string(), place: Some(of.instruction.place.clone()) }
        }));
        let rules = self.verdict().into_iter().flat_map(|verdict| &verdict.reasons).filter_map(|of| of.rule);
        for rule in rules {
            let sources = self.context.sources;
            let place = rule.origin.map(|at| (sources.path(at).to_owned(), sources.line(at)));
            let shaper = Shaper { what: "rule", name: rule.name.to_string(), place };
            if !all.contains(&shaper) {
                all.push(shaper);
            }
        }
        all
    }

    /// Until when it holds, and by what it was drawn up.
    pub fn footer(&self) -> Vec<String> {
        let until = match self.playbook.valid_until {
            Some(until) => format!("It holds until {}; draw it up anew then.", format_time(until)),
            None => "Nothing in it changes by itself; draw it up anew when the registry changes.".to_owned(),
        };
        let revision = self.context.revision.map_or(String::new(), |at| format!(" at commit `{at}`"));
        let simulated = match words::simulated(&self.context) {
            said if said.is_empty() => String::new(),
            _ => " It is a rehearsal: draw it up for now before you act.".to_owned(),
        };
        let by = format!(
            "Drawn up as of {} by the registry{revision}.{simulated}",
            format_time(self.context.as_of)
        );
        vec![until, by]
    }
}
