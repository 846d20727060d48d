//! The answer to `record rollback` and `record redeploy`, and its words.

use crate::act::movement::{Acceptance, Earlier, Place};
use crate::judge::Question;
use crate::model::{Time, format_time};
use crate::record::{Deed, Line};
use crate::registry::{Changes, Mistakes};
use crate::report::observation::stay;
use crate::report::words::{self, some};
use crate::report::{Answer, Context, Glass, Proposal};

/// What became of a move that was made elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// How the registry was looked at, whatever could be read of it.
    pub context: Context<'a>,
    /// Which move.
    pub question: &'a Question,
    /// How it was judged. None: it could not be.
    pub answer: Option<Answer<'a>>,
    /// Why it could not be judged.
    pub mistakes: Option<&'a Mistakes>,
    /// Why it was made whatever the verdict is, and what that leaves.
    pub glass: Option<Glass<'a>>,
    /// What became of it.
    pub outcome: Outcome<'a>,
    /// When it was made; None: just now.
    pub moved: Option<Time>,
    /// Commands that are worth doing next, with what each is for.
    pub proposals: &'a [Proposal],
    /// What is worth a word.
    pub notes: &'a [String],
}

/// What became of it.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// The verdict stops it; nothing is written.
    Stopped {
        /// It went to a compromised release, so a break-glass was refused, too.
        compromised: bool,
    },
    /// It was recorded before, under the same key; nothing is written.
    Again(&'a Line),
    /// It is recorded.
    Done(Done<'a>),
}

/// A move that is recorded.
#[derive(Debug, Clone, Copy)]
pub struct Done<'a> {
    /// What becomes of what runs.
    pub place: &'a Place,
    /// The files that are written, the record aside.
    pub changes: &'a Changes,
    /// The id of the line that says so.
    pub line: Option<&'a str>,
    /// A mark that a move was under way, which is gone with this.
    pub ended: Option<&'a Earlier>,
    /// Nothing was written.
    pub dry_run: bool,
}

impl Record<'_> {
    /// The first word.
    pub fn word(&self) -> &'static str {
        match (&self.outcome, &self.answer) {
            (Outcome::Stopped { .. }, _) => "NOT RECORDED",
            (Outcome::Again(_), _) => "UNCHANGED",
            (Outcome::Done(done), _) if done.dry_run => "WOULD RECORD",
            (Outcome::Done(_), _) => "RECORDED",
        }
    }

    /// The move in words: `rollback checkout 2.4.1 -> 2.4.0 in prod`.
    pub fn movement(&self) -> String {
        let question = self.question;
        let place = question.environment.as_ref().map_or(String::new(), |name| format!(" in {name}"));
        match (&self.outcome, &self.answer) {
            (Outcome::Again(line), _) => {
                let movement = line.statement.movement.as_ref();
                let kind = movement.map_or(question.asked.word(), |movement| &*movement.kind);
                let from = movement.and_then(|movement| movement.from.as_deref()).unwrap_or("nothing");
                format!("{kind} {} {from} -> {}{place}", question.service, question.to)
            }
            (_, Some(answer)) => words::movement(&answer.advice.verdict),
            (_, None) => {
                let from = question.from.as_deref().unwrap_or("?");
                format!("{} {} {from} -> {}{place}", question.asked, question.service, question.to)
            }
        }
    }

    /// What comes behind the first word.
    pub fn headline(&self) -> String {
        let already = if matches!(self.outcome, Outcome::Again(_)) { " is recorded already" } else { "" };
        format!("{}{already}", self.movement())
    }

    /// The verdict and what decides it: `warn: never ran here`.
    pub fn judged(&self) -> String {
        let Some(answer) = &self.answer else {
            return "not at all: the registry has mistakes".into();
        };
        let verdict = &answer.advice.verdict;
        let why = words::joined(&words::deciding(verdict));
        if why.is_empty() { verdict.level.word().into() } else { format!("{}: {why}", verdict.level) }
    }

    /// When it was made, where that was said.
    pub fn made(&self) -> Option<String> {
        self.moved.map(|moved| format!("at {}; judged as of now", format_time(moved)))
    }
}

impl Done<'_> {
    /// What runs since: `2.4.0, unverified`.
    pub fn runs(&self) -> Option<String> {
        let running = self.place.running.as_ref()?;
        let texts: Vec<&str> = running.iter().map(|version| &*version.text).collect();
        let same = self.place.was.as_ref() == Some(running);
        let how = if same { "as the registry said" } else { "unverified: by your word" };
        Some(format!("{}, {how}", if texts.is_empty() { "nothing".into() } else { some(&texts) }))
    }

    /// What was left, each in a line.
    pub fn left(&self) -> Vec<String> {
        self.place.left.iter().map(|left| format!("{}: {}", left.version, stay(left))).collect()
    }

    /// What becomes of the acceptance by which the release was entered.
    pub fn acceptance(&self) -> Option<String> {
        acceptance(&self.place.acceptance)
    }

    /// That a mark is gone.
    pub fn ended(&self) -> Option<String> {
        let Earlier { to, since, by } = self.ended?;
        Some(format!("the move to {to} that {by} began at {} is over with this", format_time(*since)))
    }

    /// What was written.
    pub fn written(&self) -> String {
        let files: Vec<&str> = self.changes.files().keys().map(String::as_str).collect();
        match (&*files, self.dry_run) {
            ([], false) => "a line in the record".into(),
            ([], true) => "nothing but a line in the record".into(),
            (files, _) => format!("{}, and the record", files.join(", ")),
        }
    }
}

/// What becomes of an acceptance, in words.
pub fn acceptance(acceptance: &Acceptance) -> Option<String> {
    match acceptance {
        Acceptance::AsItIs => None,
        Acceptance::Left => Some("what was accepted here is left".into()),
        Acceptance::Entered { from, by, subjects, expires } => {
            let from = from.as_ref().map_or("nothing known", |from| &*from.text);
            let until = format_time(*expires);
            Some(format!("from {from} by {by}, which accepts {} until {until}", some(subjects)))
        }
    }
}

/// Who recorded a move before, and when.
pub fn before(line: &Line) -> String {
    let statement = &line.statement;
    let moved = match &statement.deed {
        Deed::Recorded { moved: Some(moved), .. } => format!(", made at {moved}"),
        _ => String::new(),
    };
    format!("line {} by {} at {}{moved}", line.seq, statement.by, format_time(statement.at))
}
