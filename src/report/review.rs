//! Break-glasses and what is owed for them: the answer to `review`, and its words, which `status` shares.
//!
//! Services are loaded one by one and let go, so what is told of a debt is kept in values of its own ([`DebtPage`]).

use crate::act::review::Outcome;
use crate::judge::{Holding, Owed, Went, and};
use crate::model::{Debt, Key, Level, Name, Registry, Review, Time, Window, format_time};
use crate::registry::Changes;
use crate::report::words::some;
use crate::report::{Context, commands};

/// A break-glass with what is owed for it.
#[derive(Debug, Clone)]
pub struct DebtPage {
    /// Of which service.
    pub service: Name,
    /// The break-glass.
    pub debt: Debt,
    /// The file that it stands in.
    pub file: String,
    /// The line.
    pub line: usize,
    /// By when it is to be reviewed.
    pub due: Time,
    /// The keys whose team hasn't reviewed it yet.
    pub unreviewed: Vec<Key>,
    /// What became of the release that it went to.
    pub went: Went,
    /// Whether a review is overdue.
    pub overdue: bool,
    /// Whether nothing is owed any more.
    pub settled: bool,
    /// The longest that a sign-off lasts by its registry's policy.
    pub longest: Window,
}

/// The answer to `review`.
#[derive(Debug, Clone, Copy)]
pub struct Reviewing<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// The break-glasses that are told of, those first that are due first.
    pub debts: &'a [DebtPage],
    /// What was done; None: nothing was to be.
    pub done: Option<Done<'a>>,
    /// One break-glass was asked for by its id, and not all.
    pub one: bool,
    /// What else is to be said.
    pub notes: &'a [String],
}

/// What was done with a break-glass.
#[derive(Debug, Clone, Copy)]
pub struct Done<'a> {
    /// What became of it.
    pub outcome: Outcome,
    /// The key that was reviewed for.
    pub key: Option<Key>,
    /// The files that were written, or would be.
    pub changes: &'a Changes,
    /// Nothing was written.
    pub dry_run: bool,
}

/// A command to paste, and what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    /// What it is for.
    pub why: String,
    /// The command.
    pub command: String,
}

impl DebtPage {
    /// The page of a break-glass.
    pub fn of(service: &Name, owed: &Owed<'_>, registry: &Registry, now: Time) -> DebtPage {
        let sources = &registry.sources;
        DebtPage {
            longest: registry.policy.sign_off_max,
            service: service.clone(),
            debt: owed.debt.clone(),
            file: sources.path(owed.debt.origin).to_owned(),
            line: sources.line(owed.debt.origin),
            due: owed.due,
            unreviewed: owed.unreviewed.clone(),
            went: owed.went.clone(),
            overdue: owed.is_overdue(now),
            settled: owed.is_settled(),
        }
    }

    /// `checkout 2.4.1 -> 2.3.0 in prod`.
    pub fn movement(&self) -> String {
        let debt = &self.debt;
        format!("{} {} in {}", self.service, debt.way(), debt.environment)
    }

    /// What is owed, one thing each; nothing when it may be closed.
    pub fn missing(&self) -> Vec<String> {
        let debt = &self.debt;
        reviews_missing(&self.unreviewed, self.due, self.overdue)
            .into_iter()
            .chain(left_or_accepted(debt, &self.went))
            .collect()
    }

    /// What became of the release that it went to.
    pub fn release(&self) -> String {
        let debt = &self.debt;
        match &self.went {
            Went::Left => format!("{} was left: it doesn't run in {}", debt.to, debt.environment),
            Went::Settled => format!("{} runs, and nothing that was gone against holds it now", debt.to),
            Went::Unknown => format!("nobody says what runs in {}", debt.environment),
            Went::Held(holding) => format!("{} runs, held by {}", debt.to, held_by(holding)),
        }
    }

    /// The reviews: `security by Ann at …: note`.
    pub fn reviews(&self) -> Vec<String> {
        let line = |review: &Review| {
            let note = review.note.as_deref().map_or(String::new(), |note| format!(": {note}"));
            format!("{} by {} at {}{note}", review.key, review.by, format_time(review.at))
        };
        self.debt.reviews.iter().map(line).collect()
    }

    /// What can be done now, ready to paste. `several`: others have the same id.
    pub fn next(&self, context: &Context, several: bool) -> Vec<NextStep> {
        let (service, debt) = (&self.service, &self.debt);
        let context = &Context { longest: Some(self.longest), ..*context };
        let of = several.then_some(service);
        let step = |why: &str, command| NextStep { why: why.to_owned(), command };
        let mut steps: Vec<NextStep> = Vec::new();
        for key in &self.unreviewed {
            steps.push(step(&format!("{key} looks back"), commands::review(context, &debt.id, *key, of)));
        }
        match &self.went {
            _ if self.settled => steps.push(step("close it", commands::close(context, &debt.id, of))),
            Went::Held(holding) => {
                let place = (service, Some(&debt.environment));
                steps.push(step("leave it: where to", commands::targets(context, place)));
                for key in Key::ALL {
                    let of_key = |holding: &&Holding| holding.wanting.contains(&key);
                    let subjects: Vec<String> =
                        holding.iter().filter(of_key).map(|holding| holding.subject.to_string()).collect();
                    if !subjects.is_empty() && holding.iter().all(|holding| holding.level == Level::Hold) {
                        let command =
                            commands::sign_off_at(context, place, &debt.to.text, key, &subjects, &[]);
                        steps.push(step(&format!("or accept it, as {key}"), command));
                    }
                }
            }
            Went::Unknown => {
                let command = commands::observe(context, service, &debt.environment);
                steps.push(step("say what runs", command));
            }
            Went::Left | Went::Settled => {}
        }
        steps
    }
}

/// `its review by security until …`, `its review by security, overdue since …`.
fn reviews_missing(unreviewed: &[Key], due: Time, overdue: bool) -> Option<String> {
    let keys = and(unreviewed.iter().map(|key| key.word()));
    let due = format_time(due);
    let until = if overdue { format!(", overdue since {due}") } else { format!(" until {due}") };
    (!unreviewed.is_empty()).then(|| format!("its review by {keys}{until}"))
}

/// `2.3.0 to be left or accepted: CVE-1 (hold) holds it`.
fn left_or_accepted(debt: &Debt, went: &Went) -> Option<String> {
    match went {
        Went::Left | Went::Settled => None,
        Went::Unknown => Some(format!("word of what runs in {}", debt.environment)),
        Went::Held(holding) => {
            let or = if holding.iter().all(|one| one.level == Level::Hold) { " or accepted" } else { "" };
            Some(format!("{} to be left{or}, as it is held by {}", debt.to, held_by(holding)))
        }
    }
}

fn held_by(holding: &[Holding]) -> String {
    let words: Vec<String> = holding.iter().map(|one| format!("{} ({})", one.subject, one.level)).collect();
    some(&words)
}

/// What a break-glass waits for, in a sentence; `overdue` is said elsewhere.
pub fn waits(owed: &Owed<'_>) -> String {
    let reviews = reviews_missing(&owed.unreviewed, owed.due, false);
    let missing: Vec<String> = reviews.into_iter().chain(left_or_accepted(owed.debt, &owed.went)).collect();
    match &missing[..] {
        [] => "is reviewed, and nothing is owed: it may be closed".to_owned(),
        missing => format!("waits for {}", missing.join("; and for ")),
    }
}

impl Reviewing<'_> {
    /// The first word.
    pub fn word(&self) -> &'static str {
        match self.done.map(|done| (done.outcome, done.dry_run)) {
            None if self.one => "DEBT",
            None => "DEBTS",
            Some((Outcome::Reviewed, false)) => "REVIEWED",
            Some((Outcome::Reviewed, true)) => "WOULD REVIEW",
            Some((Outcome::Closed, false)) => "CLOSED",
            Some((Outcome::Closed, true)) => "WOULD CLOSE",
            Some((Outcome::Unchanged, _)) => "UNCHANGED",
            Some((Outcome::Open, _)) => "STILL OPEN",
        }
    }

    /// The rest of the first line.
    pub fn headline(&self) -> String {
        match self.debts {
            [one] if self.one => {
                let key = self.done.and_then(|done| done.key);
                let key = key.map_or(String::new(), |key| format!(" as {key}"));
                let already = match self.done.map(|done| done.outcome) {
                    Some(Outcome::Unchanged) => ", which said so already",
                    _ => "",
                };
                format!("break-glass {}{key}{already}: {}", one.debt.id, one.movement())
            }
            [] => "no break-glass is open".to_owned(),
            all => {
                let overdue = all.iter().filter(|page| page.overdue).count();
                let overdue = if overdue == 0 { String::new() } else { format!(", {overdue} overdue") };
                let open = if all.len() == 1 {
                    "1 break-glass is"
                } else {
                    &format!("{} break-glasses are", all.len())
                };
                format!("{open} open{overdue}")
            }
        }
    }

    /// What can be done now with one of them, ready to paste.
    pub fn next(&self, page: &DebtPage) -> Vec<NextStep> {
        let is_done = |done: Done<'_>| done.outcome == Outcome::Closed;
        if self.done.is_some_and(is_done) {
            return Vec::new();
        }
        let same = |other: &&DebtPage| other.debt.id.as_str().eq_ignore_ascii_case(page.debt.id.as_str());
        page.next(&self.context, self.debts.iter().filter(same).count() > 1)
    }

    /// Where it stands; None: nowhere any more, since it was closed.
    pub fn place(&self, page: &DebtPage) -> Option<String> {
        let is_gone = self.done.is_some_and(|done| done.outcome == Outcome::Closed && !done.dry_run);
        (!is_gone).then(|| format!("{}:{}", page.file, page.line))
    }

    /// The difference of files, when it is only to be shown.
    pub fn shown_only(&self) -> Option<&Changes> {
        self.done.filter(|done| done.dry_run && !done.changes.is_empty()).map(|done| done.changes)
    }
}
