//! The answer to `run`, and its words: how the move was judged, what became of the command, and what is recorded.

use crate::judge::Question;
use crate::model::{MoveKind, Time, format_time};
use crate::registry::{Changes, Mistakes};
use crate::report::{Answer, Context, Notice, Proposal, Published, commands, words};

/// What became of a move that was to be made.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// Where the registry lies.
    pub registry: &'a str,
    /// Which move was asked for.
    pub question: &'a Question,
    /// How it was judged. None: it could not be.
    pub answer: Option<Answer<'a>>,
    /// Why it could not be judged.
    pub mistakes: Option<&'a Mistakes>,
    /// The command.
    pub command: &'a [String],
    /// Why it goes whatever the verdict is, and what that leaves.
    pub glass: Option<Glass<'a>>,
    /// What became of it.
    pub outcome: Outcome<'a>,
    /// What is worth a word.
    pub notes: &'a [String],
    /// How far what is recorded got on its way to others; None: it was not to go anywhere, or nothing is.
    pub published: Option<&'a Published>,
    /// Who was told; None: nobody was to be.
    pub notice: Option<&'a Notice>,
    /// When it was asked for.
    pub at: Time,
}

/// A break-glass.
#[derive(Debug, Clone, Copy)]
pub struct Glass<'a> {
    /// Why.
    pub reason: &'a str,
    /// The debt that it leaves; None: none, or it could not be written.
    pub debt: Option<&'a str>,
    /// What was gone against; nothing, when it wasn't needed.
    pub subjects: &'a [Box<str>],
    /// By when each team is to have reviewed it.
    pub due: Option<Time>,
}

/// What became of a command.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// The verdict stops it; nothing was started, nothing written.
    Stopped {
        /// It goes to a compromised release, so a break-glass was refused, too.
        compromised: bool,
    },
    /// It was only to be tried: it would go, and nothing was started, nothing written.
    Tried(&'a Changes),
    /// Somebody else moves the service there.
    UnderWay(Option<Mover<'a>>),
    /// It is about to be started.
    Begun,
    /// It was started, or could not be.
    Over(Over<'a>),
}

/// Somebody who moves a service just now.
#[derive(Debug, Clone, Copy)]
pub struct Mover<'a> {
    /// To which release.
    pub to: &'a str,
    /// Who.
    pub by: &'a str,
    /// Since when.
    pub since: &'a str,
    /// The process that does it, when it is known.
    pub pid: Option<u32>,
    /// The machine that it is on.
    pub host: Option<&'a str>,
}

/// A command that came to its end, or never began.
#[derive(Debug, Clone, Copy)]
pub struct Over<'a> {
    /// The id of the line that says it was started; None: it could not be written.
    pub started: Option<&'a str>,
    /// What it answered with.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<&'a str>,
    /// The signals that it got.
    pub signals: &'a [&'static str],
    /// Why it could not be started, or what runs could not be seen.
    pub trouble: Option<&'a str>,
    /// Whether it was started.
    pub began: bool,
    /// What the registry says that runs since. None: it could not be worked out.
    pub running: Option<&'a [String]>,
    /// Whether somebody looked.
    pub verified: bool,
    /// Why what runs could not be written; its end is recorded all the same.
    pub unwritten: Option<&'a str>,
    /// Why its end isn't recorded, and the command that brings it in.
    pub unrecorded: Option<Unrecorded<'a>>,
    /// Commands that are worth doing next, with what each is for.
    pub proposals: &'a [Proposal],
}

/// A move that was made and isn't in the record.
#[derive(Debug, Clone, Copy)]
pub struct Unrecorded<'a> {
    /// Why.
    pub why: &'a str,
    /// What to do about it.
    pub hint: Option<&'a str>,
    /// The command that brings it in.
    pub command: &'a str,
}

impl<'a> Run<'a> {
    /// How the registry was looked at; None: it could not be loaded.
    pub fn context(&self) -> Option<&Context<'a>> {
        self.answer.as_ref().map(|answer| &answer.context)
    }

    /// The move in words: `rollback checkout 2.4.1 -> 2.4.0 in prod`.
    pub fn movement(&self) -> String {
        match &self.answer {
            Some(answer) => words::movement(&answer.advice.verdict),
            None => {
                let question = self.question;
                let from = question.from.as_deref().unwrap_or("?");
                let place = question.environment.as_ref().map_or(String::new(), |name| format!(" in {name}"));
                format!("{} {} {from} -> {}{place}", question.asked, question.service, question.to)
            }
        }
    }

    /// Whether it goes to an older release or not, as it was understood.
    pub fn kind(&self) -> MoveKind {
        self.answer.map_or(self.question.asked, |answer| answer.advice.verdict.movement.kind)
    }

    /// What ran, as far as it is known.
    pub fn from(&self) -> Option<&str> {
        let judged = self.answer.as_ref().and_then(|answer| answer.advice.verdict.movement.from.as_ref());
        judged.map(|from| &*from.text).or(self.question.from.as_deref())
    }

    /// The program's name.
    fn program(&self) -> &str {
        self.command.first().map_or("", String::as_str)
    }
}

impl Over<'_> {
    /// The first word.
    pub fn word(&self) -> &'static str {
        match (self.began, self.code) {
            (false, _) => "NOT STARTED",
            (true, Some(0)) => "DONE",
            (true, _) => "FAILED",
        }
    }

    /// How it ended: `helm ended with 0`.
    pub fn how(&self, run: &Run) -> String {
        let program = run.program();
        match (self.began, self.code, self.signal) {
            (false, _, _) => self.trouble.unwrap_or_default().to_owned(),
            (true, Some(code), _) => format!("`{program}` ended with {code}"),
            (true, None, Some(signal)) => format!("{signal} ended `{program}`"),
            (true, None, None) => format!("nobody can tell how `{program}` ended"),
        }
    }

    /// What runs since, and how that is known.
    pub fn runs(&self) -> Option<String> {
        let running = match self.running? {
            [] => "nothing".to_owned(),
            running => running.join(", "),
        };
        Some(match (self.verified, self.trouble) {
            (true, _) => format!("{running}, as it was seen"),
            (false, Some(trouble)) if self.began => format!("{running}, unverified: {trouble}"),
            (false, _) if !self.began => format!("{running}, as before"),
            (false, _) if self.code == Some(0) => {
                format!("{running}, unverified: by the command's word; `--observe` looks")
            }
            (false, _) => {
                format!("{running}, unverified: the command failed, and nobody looked; `--observe` does")
            }
        })
    }
}

/// That somebody else is at it, and what to do.
pub(super) fn under_way(run: &Run, mover: Option<Mover>) -> [String; 2] {
    let service = &run.question.service;
    let place = run.question.environment.as_ref().map_or(String::new(), |name| format!(" in {name}"));
    let who = match mover {
        Some(mover) => {
            let process = mover.pid.map(|pid| format!("process {pid}"));
            let host = mover.host.map(|host| format!("on {host}"));
            let at: Vec<String> = process.into_iter().chain(host).collect();
            let at = if at.is_empty() { String::new() } else { format!(" ({})", at.join(" ")) };
            format!("{} moves {service}{place} to {} since {}{at}", mover.by, mover.to, mover.since)
        }
        None => format!("somebody moves {service}{place} just now; who, can't be read"),
    };
    let why = "two commands at once can't both be right, so --break-glass doesn't go past it either: wait for \
               that one's end, or end it first";
    [who, why.to_owned()]
}

/// That the glass was broken, and what that leaves.
pub(super) fn glass(glass: &Glass) -> Vec<String> {
    let mut lines = vec![format!("glass broken: {}", glass.reason)];
    lines.push(match (glass.subjects, glass.debt) {
        ([], _) => "it wasn't needed: the verdict lets it go; that it was broken is recorded".into(),
        (subjects, None) => format!("against {}; no debt could be written", subjects.join(", ")),
        (subjects, Some(debt)) => {
            let due = glass.due.map_or(String::new(), |due| format!(" until {}", format_time(due)));
            format!(
                "against {}; leaves the debt {debt}, to be reviewed by both teams{due}",
                subjects.join(", ")
            )
        }
    });
    lines
}

/// The command as one line.
pub(super) fn line(command: &[String]) -> String {
    command.iter().map(|word| commands::quoted(word)).collect::<Vec<_>>().join(" ")
}
