//! A playbook, drawn up: what is the case, what is best, and which steps of rules it takes.
//!
//! Everything is judged by the judge of the checks, on one registry at one moment, so that nothing is said here that
//! `rollback-check` or `targets` wouldn't say.

use crate::judge::{
    self, Advice, Along, Holds, Moment, Overview, Question, Running, Target, Verdict, holding, lasts_until,
};
use crate::model::{Level, MoveKind, Name, Phase, Registry, Time};
use crate::playbook::books::{Book, Books, Instruction};

/// How many targets a playbook shows; `targets` shows all.
pub const SHOWN: usize = 10;

/// For what a playbook is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The service.
    pub service: Name,
    /// Where.
    pub environment: Option<Name>,
    /// The incident, of those that are on for the service.
    pub incident: Option<Box<str>>,
    /// Where to go; None: wherever is best.
    pub to: Option<Box<str>>,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// Go there.
    Go,
    /// Go there once it is signed.
    Sign,
    /// Stay on what runs.
    Stay,
    /// There is no safe way, and staying is no answer: the teams decide together.
    Deadlock,
    /// What was asked for may not go, and nothing makes it.
    Stop,
    /// Nothing can be recommended: nobody said what runs, or nothing is known to go to.
    Unknown,
}

impl Course {
    /// The word, in JSON and as the first one of a playbook for people.
    pub fn word(self) -> &'static str {
        match self {
            Course::Go => "go",
            Course::Sign => "sign",
            Course::Stay => "stay",
            Course::Deadlock => "deadlock",
            Course::Stop => "stop",
            Course::Unknown => "unknown",
        }
    }
}

/// A playbook.
#[derive(Debug)]
pub struct Playbook<'a> {
    /// How the place stands.
    pub overview: Overview<'a>,
    /// Every target, best first.
    pub targets: Vec<Target<'a>>,
    /// What to do.
    pub course: Course,
    /// The move that it is about, with what else there is; None: there is none.
    pub advice: Option<Advice<'a>>,
    /// Where another release would be better than what was asked for: the best.
    pub better: Option<usize>,
    /// The template.
    pub book: &'a Book,
    /// The steps that rules put in.
    pub steps: Vec<Inserted<'a>>,
    /// Until when everything in it holds; None: nothing changes by itself.
    pub valid_until: Option<Time>,
}

/// A step that a rule puts in, and for which ways.
#[derive(Debug)]
pub struct Inserted<'a> {
    /// The step.
    pub instruction: &'a Instruction,
    /// Whether it is for the way that the playbook goes, or for all; else it is for the others of `ways` only.
    pub now: bool,
    /// For which releases, and by which of the reasons on them; empty: for the place, whatever is done.
    pub ways: Vec<Way>,
}

/// A release that a step is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The release.
    pub version: Box<str>,
    /// The subjects of the reasons.
    pub subjects: Vec<String>,
    /// The reasons in a few words are made of these.
    pub reasons: Vec<usize>,
}

/// Draws up a playbook. None: the registry doesn't hold the service.
pub fn draw<'a>(
    registry: &'a Registry,
    books: &'a Books,
    wanted: &Wanted,
    moment: Moment,
) -> Option<Playbook<'a>> {
    let question = question(wanted);
    let overview = judge::overview(registry, &wanted.service, wanted.environment.as_ref(), moment)?;
    let targets = judge::survey(registry, &question, moment)?;
    let (course, to) = match &wanted.to {
        Some(to) => (None, Some(to.clone())),
        None => course(&targets),
    };
    let advise = |to: Box<str>| judge::advise(registry, &Question { to, ..question.clone() }, moment);
    let advice = to.and_then(advise);
    let untold = wanted.to.is_none() && matches!(overview.running, Running::Unknown);
    let course = settled(course, advice.as_ref(), untold);
    let steps = insert(registry, books, &question, moment, &targets, advice.as_ref())?;
    let better = wanted.to.as_ref().and_then(|_| better(&targets, advice.as_ref()?));
    let shown = targets.iter().take(SHOWN).map(|target| &target.verdict);
    let stated = shown.chain(advice.iter().map(|advice| &advice.verdict));
    let valid_until = stated.filter_map(|verdict| until(registry, &question, moment, verdict)).min();
    Some(Playbook { overview, targets, course, advice, better, book: steps.0, steps: steps.1, valid_until })
}

fn question(wanted: &Wanted) -> Question {
    Question {
        service: wanted.service.clone(),
        environment: wanted.environment.clone(),
        from: None,
        to: Box::default(),
        asked: MoveKind::Rollback,
        incident: wanted.incident.clone(),
        asker: None,
        along: Along::default(),
    }
}

fn until(registry: &Registry, question: &Question, moment: Moment, verdict: &Verdict<'_>) -> Option<Time> {
    let to = Question { to: verdict.movement.to.text.clone(), ..question.clone() };
    lasts_until(registry, &to, moment)
}

/// Where to go when nobody said. While an incident is on, what runs is suspect, also where nobody has flagged it yet.
fn course(targets: &[Target<'_>]) -> (Option<Course>, Option<Box<str>>) {
    let text = |target: &Target<'_>| target.verdict.movement.to.text.clone();
    let open = |target: &&Target<'_>| target.verdict.level.proceeds();
    let suspect = targets.first().is_some_and(|first| first.verdict.movement.incident.is_some());
    let mut ways = targets.iter().filter(|target| !target.stay);
    match (targets.first(), ways.clone().find(open)) {
        (Some(first), Some(_)) if first.stay && first.verdict.level.proceeds() && !suspect => {
            (Some(Course::Stay), Some(text(first)))
        }
        (_, Some(way)) => (Some(Course::Go), Some(text(way))),
        (_, None) => (None, ways.next().or(targets.first()).map(text)),
    }
}

/// What comes of it once the move is judged.
///
/// Where nobody said what runs, every flag counts and every barrier may be crossed: what may not go then is no advice.
fn settled(course: Option<Course>, advice: Option<&Advice<'_>>, untold: bool) -> Course {
    let Some(advice) = advice else { return Course::Unknown };
    let verdict = &advice.verdict;
    match course {
        Some(course) => course,
        None if untold => Course::Unknown,
        None if verdict.level.proceeds() && verdict.proof.runs => Course::Stay,
        None if verdict.level.proceeds() => Course::Go,
        None if advice.deadlock => Course::Deadlock,
        None if verdict.level == Level::Hold => Course::Sign,
        None => Course::Stop,
    }
}

/// The best target, where it is better than what was asked for.
fn better(targets: &[Target<'_>], advice: &Advice<'_>) -> Option<usize> {
    let asked = &advice.verdict;
    let best = targets.iter().position(|target| !target.stay)?;
    let better = targets.get(best).is_some_and(|target| target.verdict.level < asked.level);
    better.then_some(best)
}

/// The template that fits, and the steps whose conditions hold.
fn insert<'a>(
    registry: &'a Registry,
    books: &'a Books,
    question: &Question,
    moment: Moment,
    targets: &[Target<'a>],
    advice: Option<&Advice<'a>>,
) -> Option<(&'a Book, Vec<Inserted<'a>>)> {
    let moved = advice.map(|advice| &advice.verdict);
    let others = targets.iter().map(|target| &target.verdict);
    let others = others.filter(|of| moved.is_none_or(|moved| moved.movement.to != of.movement.to));
    let verdicts: Vec<&Verdict<'a>> = moved.into_iter().chain(others).collect();
    let asked = books.asked();
    let rows = holding(registry, question, moment, &verdicts, &asked)?;
    let at = Matches { verdicts: &verdicts, rows: &rows, moved: moved.is_some() };
    let steps = books.steps.iter().enumerate().filter_map(|(index, of)| at.inserted(index, of)).collect();
    let first = books.steps.len();
    // A template is for the place and for the way that the playbook goes.
    let fits = |index: usize| {
        let is = |row: Option<&Vec<Holds>>| {
            row.and_then(|row| row.get(first + index)).is_some_and(|holds| *holds != Holds::No)
        };
        is(rows.last()) || at.moved && is(rows.first())
    };
    Some((books.choose(|index, _| fits(index))?, steps))
}

/// Which conditions hold for which moves.
struct Matches<'m, 'v> {
    verdicts: &'m [&'m Verdict<'v>],
    /// A row for each verdict, and one for the place.
    rows: &'m [Vec<Holds>],
    /// Whether the first verdict is that of the playbook's own way.
    moved: bool,
}

impl Matches<'_, '_> {
    fn inserted<'a>(&self, index: usize, instruction: &'a Instruction) -> Option<Inserted<'a>> {
        let holds = |row: &Vec<Holds>| row.get(index).cloned().unwrap_or(Holds::No);
        if self.rows.last().is_some_and(|row| holds(row) == Holds::Here) {
            return Some(Inserted { instruction, now: true, ways: Vec::new() });
        }
        let mut ways = Vec::new();
        let mut now = false;
        for (at, (verdict, row)) in self.verdicts.iter().zip(self.rows).enumerate() {
            let reasons = match holds(row) {
                Holds::No => continue,
                Holds::Here => Vec::new(),
                Holds::Of(reasons) => reasons,
            };
            // What runs stays while nothing else is done: what is true of it is true now.
            now |= at == 0 && self.moved || verdict.proof.runs;
            let subject = |at: &usize| verdict.reasons.get(*at).map(|reason| reason.finding.subject());
            let mut subjects: Vec<String> = reasons.iter().filter_map(subject).collect();
            subjects.dedup();
            ways.push(Way { version: verdict.movement.to.text.clone(), subjects, reasons });
        }
        (!ways.is_empty()).then_some(Inserted { instruction, now, ways })
    }
}

impl Playbook<'_> {
    /// The steps of a phase, in their order.
    pub fn steps_of(&self, phase: Phase) -> impl Iterator<Item = &Inserted<'_>> {
        self.steps.iter().filter(move |of| of.instruction.step.phase == phase)
    }

    /// The verdict on the move that it is about.
    pub fn verdict(&self) -> Option<&Verdict<'_>> {
        self.advice.as_ref().map(|advice| &advice.verdict)
    }
}
