//! The door to other programs. One that a person waits for is run with our own terminal, and its signals are its own;
//! one that is only handed something is fed, and has so much time.
//!
//! [`run`] starts a program and waits for its end; [`listen`] does the same with a line for the shell, and takes what
//! it prints. From [`Minded::begin`] on, signals that would end us don't: they go to the program, and are noted, so
//! that what is to be written down after its end is written down. Ctrl-C reaches a program from the terminal itself,
//! as one of the group in the foreground. It is not sent a second time then, which many tools take for "at once".
//!
//! [`feed`] hands a program its input, in a group of its own, and ends that group when its time is over.
//!
//! Deliberately absent from the first two: time limits (a person or a CI job has its own), and a group or a session of its
//! own for the program, which would take the terminal away from it.

#![expect(clippy::disallowed_methods, reason = "a door: it starts programs")]

mod feed;
mod listen;
#[cfg(not(unix))]
mod plain;
#[cfg(unix)]
mod signals;

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::process::{Child, Command, ExitStatus};

#[cfg(not(unix))]
use plain::{Came, named, signal};
#[cfg(unix)]
use signals::{Came, named, signal};

pub use feed::{Environment, Fed, Feed, feed};
pub use listen::listen;
#[cfg(not(unix))]
pub use plain::Minded;
#[cfg(unix)]
pub use signals::Minded;

/// What a shell answers when there is no such program.
const NOT_FOUND: u8 = 127;
/// What a shell answers when it can't be started.
const NOT_STARTED: u8 = 126;

/// A program to be run.
#[derive(Debug, Clone, Copy)]
pub struct Program<'a> {
    /// Its name or path.
    pub name: &'a OsStr,
    /// Its arguments.
    pub arguments: &'a [OsString],
    /// Variables that are set for it, beside those that we have.
    pub variables: &'a [(&'static str, String)],
}

/// How a program came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// How.
    pub end: End,
    /// The signals that came meanwhile and that it got, each once, by name: `SIGTERM`.
    pub signals: Vec<&'static str>,
}

/// The end of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It answered with a code.
    Code(i32),
    /// A signal ended it.
    Signal {
        /// Its number.
        number: i32,
        /// Its name: `SIGTERM`.
        name: String,
    },
    /// It never began.
    NotStarted {
        /// What a shell would answer with.
        code: u8,
        /// Why: a fragment of a sentence.
        why: String,
    },
    /// It was started, and nobody can tell what became of it.
    Lost(String),
}

/// Runs a program with our own terminal, and waits for its end. Signals go to it; one that came before it was started
/// keeps it from starting.
pub fn run(program: Program<'_>, minded: &mut Minded) -> Ended {
    let mut command = Command::new(program.name);
    command.args(program.arguments).envs(program.variables.iter().map(|(name, value)| (name, value)));
    let not_started = |(code, why)| Ended { end: End::NotStarted { code, why }, signals: Vec::new() };
    match start(&mut command, minded) {
        Ok((child, signals)) => wait(child, signals, minded),
        Err(why) => not_started(why),
    }
}

/// Starts a program, unless a signal came before; gives it with the signals that it got already. The error is the
/// code that a shell would answer with, and why.
fn start(command: &mut Command, minded: &mut Minded) -> Result<(Child, Vec<&'static str>), (u8, String)> {
    if let Some(came) = minded.pending().first() {
        return Err((came.code(), format!("{} came before it was started", came.name())));
    }
    let mut child = command.spawn().map_err(|error| {
        let name = command.get_program().to_string_lossy();
        match error.kind() {
            ErrorKind::NotFound => (NOT_FOUND, format!("there is no program `{name}`")),
            _ => (NOT_STARTED, format!("`{name}` can't be started: {}", system(&error))),
        }
    })?;
    let mut signals = Vec::new();
    // What the terminal sent just before there was a program, it has missed. One that minds the signal already has
    // been there for a while.
    for came in minded.pending() {
        let reached = came.is_minded(&child);
        pass_on(came, &mut child, &mut signals, reached);
    }
    Ok((child, signals))
}

/// Waits for the end of a program that was started, and passes signals on to it.
fn wait(mut child: Child, mut signals: Vec<&'static str>, minded: &mut Minded) -> Ended {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ended { end: end(status), signals },
            Ok(None) => {}
            Err(error) => return Ended { end: End::Lost(system(&error)), signals },
        }
        for came in minded.wait(&mut child) {
            pass_on(came, &mut child, &mut signals, true);
        }
    }
}

/// Passes a signal on, unless the terminal has seen to that, and notes it.
fn pass_on(came: Came, child: &mut Child, signals: &mut Vec<&'static str>, reached: bool) {
    let got = reached && came.reached(child) || came.send(child);
    if got && !signals.contains(&came.name()) {
        signals.push(came.name());
    }
}

fn end(status: ExitStatus) -> End {
    match (status.code(), signal(status)) {
        (Some(code), _) => End::Code(code),
        (None, Some(number)) => End::Signal { number, name: named(number) },
        (None, None) => End::Lost(status.to_string()),
    }
}

/// What this machine is called, where that can be told.
#[cfg(unix)]
pub fn host() -> Option<String> {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    (!name.is_empty()).then_some(name)
}

/// What this machine is called, where that can be told.
#[cfg(not(unix))]
pub fn host() -> Option<String> {
    std::env::var("COMPUTERNAME").ok()
}

/// The system's words without its number.
fn system(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}
