//! What could be typed next: the answer to a shell that asks.
//!
//! [`super::completions`] prints the script that makes a shell ask. It calls `holdpoint -- WORDS…` with
//! [`VARIABLE`] set. Both are needed: a variable that leaks into a pipeline must not turn a check into a list
//! of words with exit code 0, and no command begins with `--`, so nothing is looked up on a check's way.
//!
//! Commands, options and their words are clap's; what the registry knows is added here, to every argument
//! that is named like one of [`What`], in any command. Whatever goes wrong, there are no candidates, and not
//! a word is said: it would stand in somebody's prompt.

#![expect(
    clippy::disallowed_methods,
    reason = "a door: it reads the shell's variables and answers on standard output"
)]

mod known;
mod words;

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{EnvCompleter, Shells};

use super::args::Args;
use super::man;
use known::Known;
use words::Typed;

/// Set by the script to the name of the shell that asks.
pub(super) const VARIABLE: &str = "HOLDPOINT_COMPLETE";

/// What an argument takes that can be told from its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Service,
    Version,
    Environment,
    Incident,
    Flag,
    FlagOrCode,
    SignOff,
    Debt,
    Report,
    Page,
}

impl What {
    fn of(arg: &Arg) -> Option<What> {
        let id = arg.get_id().as_str();
        let name = arg.get_value_names().and_then(<[_]>::first).map_or(id, |name| name.as_str());
        match (id, name.to_uppercase().as_str()) {
            ("incident", _) => Some(What::Incident),
            ("reports", _) => Some(What::Report),
            ("page", _) => Some(What::Page),
            (_, "SERVICE" | "SERVICES") => Some(What::Service),
            (_, "VERSION" | "VERSIONS") => Some(What::Version),
            (_, "ENV" | "ENVIRONMENT") => Some(What::Environment),
            (_, "ID") => Some(What::Flag),
            (_, "CODE" | "CODE-OR-ID" | "SUBJECT") => Some(What::FlagOrCode),
            (_, "SIGN-OFF") => Some(What::SignOff),
            (_, "DEBT") => Some(What::Debt),
            ("service" | "services", _) => Some(What::Service),
            ("version" | "versions", _) => Some(What::Version),
            ("env" | "environment", _) => Some(What::Environment),
            _ => None,
        }
        .filter(|_| arg.get_action().takes_values())
    }
}

/// Answers a shell. None: none has asked.
pub(super) fn answer(typed: &[OsString]) -> Option<ExitCode> {
    let words = match typed {
        [_, dashes, words @ ..] if dashes == "--" => words,
        _ => return None,
    };
    let shells = Shells::builtins();
    let shell = shells.completer(std::env::var_os(VARIABLE)?.to_str()?)?;
    panic::set_hook(Box::new(|_| {}));
    let text = panic::catch_unwind(AssertUnwindSafe(|| candidates(shell, words.to_vec())));
    if let Ok(Some(text)) = text {
        let _ = std::io::stdout().lock().write_all(&text);
    }
    Some(ExitCode::SUCCESS)
}

/// The candidates in the form that the shell's script wants.
fn candidates(shell: &dyn EnvCompleter, words: Vec<OsString>) -> Option<Vec<u8>> {
    let index = std::env::var("_CLAP_COMPLETE_INDEX").ok().and_then(|index| index.parse().ok());
    let at = index.unwrap_or(words.len().checked_sub(1)?);
    let mut command = Args::command();
    command.build();
    let typed = Typed::read(&command, &words, at);
    let mut command = with_candidates(command, &Arc::new(Known::new(typed)));
    let mut text = Vec::new();
    let here = std::env::current_dir().ok();
    shell.write_complete(&mut command, words, here.as_deref(), &mut text).ok()?;
    Some(text)
}

/// The commands, each argument with what completes it.
fn with_candidates(command: Command, known: &Arc<Known>) -> Command {
    let pages: Arc<[String]> = man::pages(&command).into();
    attach(command, &|what| {
        let (known, pages) = (Arc::clone(known), Arc::clone(&pages));
        ArgValueCompleter::new(move |current: &OsStr| {
            let start = current.to_str().unwrap_or_default();
            let all = known.candidates(what, start, &pages);
            all.into_iter()
                .enumerate()
                .filter_map(|(order, candidate)| candidate.typed(start, order))
                .collect()
        })
    })
}

fn attach(command: Command, completer: &dyn Fn(What) -> ArgValueCompleter) -> Command {
    let add = |arg: Arg| match What::of(&arg) {
        Some(what) => arg.add(completer(what)),
        None => arg,
    };
    command.mut_args(add).mut_subcommands(|sub| attach(sub, completer))
}

/// Something that can be typed, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    text: String,
    about: String,
}

impl Candidate {
    fn new(text: impl Into<String>, about: &str) -> Candidate {
        Candidate { text: text.into(), about: crate::report::plain(about).into_owned() }
    }

    /// As the shell takes it. None: it doesn't begin so, or the shell would do something with it once it
    /// stands on the command line: bash inserts a candidate as it is.
    fn typed(self, start: &str, order: usize) -> Option<CompletionCandidate> {
        let harmless = |c: char| c.is_alphanumeric() || "._+:~@%/=,-".contains(c);
        if !self.text.starts_with(start) || !self.text.chars().all(harmless) || self.text.starts_with('~') {
            return None;
        }
        let about = Some(self.about).filter(|about| !about.is_empty()).map(Into::into);
        Some(CompletionCandidate::new(self.text).help(about).display_order(Some(order)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(command: &Command, found: &mut Vec<String>) {
        // A closed list of words names nothing of the registry, and completes by itself.
        let open = |arg: &&clap::Arg| arg.get_action().takes_values() && arg.get_possible_values().is_empty();
        for arg in command.get_arguments().filter(open) {
            let id = arg.get_id().as_str().to_lowercase();
            let names = arg.get_value_names().unwrap_or_default();
            let words = names.iter().map(|name| name.to_lowercase()).chain([id]);
            let words: Vec<String> = words
                .flat_map(|name| name.split(['-', '_', '|']).map(str::to_owned).collect::<Vec<_>>())
                .collect();
            let of_registry =
                ["service", "services", "env", "environment", "version", "versions", "id", "incident"];
            if words.iter().any(|word| of_registry.contains(&word.as_str())) && What::of(arg).is_none() {
                found.push(format!("{} {}", command.get_name(), arg));
            }
        }
        command.get_subcommands().for_each(|sub| walk(sub, found));
    }

    #[test]
    fn what_the_registry_knows_is_completed_in_every_command() {
        let mut command = Args::command();
        command.build();
        let mut found = Vec::new();
        walk(&command, &mut found);
        assert!(
            found.is_empty(),
            "no completer for {found:?}: name its value as `What` does, or add it there"
        );
        let check = command.find_subcommand("rollback-check").unwrap();
        let what = |id: &str| {
            let arg = check.get_arguments().find(|arg| arg.get_id() == id);
            arg.and_then(What::of)
        };
        assert_eq!(
            ["service", "version", "env", "from", "incident", "reports", "registry"].map(what),
            [
                Some(What::Service),
                Some(What::Version),
                Some(What::Environment),
                Some(What::Version),
                Some(What::Incident),
                Some(What::Report),
                None
            ]
        );
    }

    #[test]
    fn what_a_shell_would_act_on_is_not_offered() {
        for text in ["$(reboot)", "1.0;ls", "1.0`ls`", "a b", "1\u{202e}0", "~root", "a'b", "a\"b", "<1", "*"]
        {
            assert_eq!(Candidate::new(text, "").typed("", 0), None, "{text}");
        }
        assert!(Candidate::new("1:2.3~rc1+b7", "").typed("1:", 0).is_some());
        assert_eq!(Candidate::new("1.0", "").typed("2", 0), None);
    }

    #[test]
    fn only_a_shell_gets_an_answer() {
        let typed = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        for line in ["holdpoint", "holdpoint targets checkout", "holdpoint run x -- y", "holdpoint -- x"] {
            assert!(answer(&typed(line)).is_none(), "{line}");
        }
    }
}
