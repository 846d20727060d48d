//! Moves: that one begins, is over, or was judged and may not go.

use super::places::{moving, occasion};
use super::{Teller, Words};
use crate::model::{EventKind, Key, MoveKind};
use crate::record::{Deed, Reason, Statement};
use crate::report::commands::quoted;
use crate::report::log::because;
use crate::report::words::some;

impl Teller<'_> {
    /// A move that begins, or is over.
    pub(super) fn moved(&self, says: &Statement, kind: EventKind) -> Words {
        let what = match kind {
            EventKind::RollbackStarted | EventKind::RollbackFinished => "Rollback",
            _ => "Redeploy",
        };
        let verdict = says.verdict.as_ref().map_or(String::new(), |verdict| format!(" (judged {verdict})"));
        let (moving, occasion) = (moving(says), occasion(says));
        let sentence = match &says.deed {
            Deed::Started { .. } => format!("{what} of {moving} begins{verdict}, {occasion}."),
            Deed::Finished { .. } => {
                format!("{what} of {moving} is over: {}; {occasion}.", how(&says.deed))
            }
            _ => {
                format!("{what} of {moving} was made without `holdpoint run`{verdict}; recorded {occasion}.")
            }
        };
        let mut words = Words::of(sentence);
        words.more.extend(exposure(says));
        let to = says.movement.as_ref().map(|movement| &*movement.to).unwrap_or_default();
        let place = says.environment.as_deref();
        if self.role().minds(Key::Security) {
            words.more.push(format!(
                "If {to} is insecure, say so now: `{}`.",
                self.command(
                    "flag-release",
                    &format!("{} --insecure --title \"<what is wrong>\"", quoted(to)),
                    None
                )
            ));
        } else {
            words.more.push(format!(
                "If {to} is unstable, say so: `{}`.",
                self.command(
                    "flag-release",
                    &format!("{} --unstable --title \"<what is wrong>\"", quoted(to)),
                    None
                )
            ));
        }
        words.command = Some(self.command("status", "", place));
        words.field("Verdict", says.verdict.as_deref().unwrap_or_default());
        if let Deed::Finished { running, .. } | Deed::Recorded { running, .. } = &says.deed {
            words.field("Runs now", some(running));
        }
        words
    }

    /// A move that was judged hold or block, and recorded.
    pub(super) fn judged(&self, says: &Statement) -> Words {
        let verdict = says.verdict.as_deref().unwrap_or("unjudged");
        let kind = says.movement.as_ref().map_or("move", |movement| &*movement.kind);
        let why = because(says);
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        let sentence =
            format!("The {kind} of {} was judged {verdict}{why}; asked {}.", moving(says), occasion(says));
        let mut words = Words::of(sentence);
        words.more.extend(exposure(says));
        words.field("Verdict", verdict);
        let (Some(movement), Some(environment)) = (&says.movement, says.environment.as_deref()) else {
            return words;
        };
        let asked = if &*movement.kind == "rollback" { MoveKind::Rollback } else { MoveKind::Redeploy };
        let safe = self.safe(environment, &movement.to, None);
        let needs = self.advice(environment, &movement.to, asked).map(|advice| {
            let needed = advice.verdict.needed();
            let mine = needed.into_iter().filter(|key| self.role().minds(*key));
            (mine.collect::<Vec<Key>>(), advice)
        });
        if let Some((mine, advice)) = &needs
            && let Some(key) = mine.first()
        {
            let command = self.sign_off(&advice.verdict, *key);
            words.more.push(format!("Your team can accept it in writing, for a while: `{command}`."));
            words.command = Some(command);
        }
        match safe {
            Some(safe) => {
                words.more.push(format!("Better than that is {}.", safe.words));
                words.field("Safe target", safe.words);
                words.command.get_or_insert(safe.command);
            }
            None => words.more.push("No other release is better than a hold there.".into()),
        }
        let check = format!("{}-check", movement.kind);
        words.command.get_or_insert_with(|| self.command(&check, &quoted(&movement.to), Some(environment)));
        words
    }

    /// Something else was seen than the registry said.
    pub(super) fn drifted(&self, says: &Statement) -> Words {
        let Deed::Observed { was, running, source } = &says.deed else { return Words::default() };
        let place = says.environment.as_deref().unwrap_or("?");
        let list = |list: &[Box<str>]| if list.is_empty() { "nothing".to_owned() } else { some(list) };
        let was = was.as_deref().map_or_else(|| "nothing was known".to_owned(), list);
        let sentence = format!(
            "{} in {place} was seen to run {} ({source}), where the registry said {was}; no move was recorded, seen {}.",
            says.service,
            list(running),
            occasion(says)
        );
        let mut words = Words::of(sentence);
        words.more.push(
            "Somebody moved it past holdpoint, or automation did; the registry now says what was seen."
                .into(),
        );
        words.field("Was", was);
        words.field("Runs now", list(running));
        words.command = Some(self.command("status", "", says.environment.as_deref()));
        words
    }
}

/// How a command ended, and what runs.
fn how(deed: &Deed) -> String {
    let Deed::Finished { code, signal, running, verified, trouble, .. } = deed else { return String::new() };
    let end = match (code, signal) {
        (_, Some(signal)) => format!("the command was ended by {signal}"),
        (Some(0), None) => "the command succeeded".into(),
        (Some(code), None) => format!("the command failed with code {code}"),
        (None, None) => "the command ended".into(),
    };
    let looked = if *verified { "as was seen" } else { "by its word" };
    let trouble = trouble.as_ref().map_or(String::new(), |trouble| format!(" ({trouble})"));
    let runs = if running.is_empty() { "nothing".to_owned() } else { some(running) };
    format!("{end}{trouble}, and {runs} runs, {looked}")
}

/// What a move does to known vulnerabilities and instabilities, as it was judged.
fn exposure(says: &Statement) -> Vec<String> {
    let of = |codes: &[&str]| -> Vec<&str> {
        let is = |reason: &&Reason| codes.contains(&&*reason.code);
        says.reasons.iter().filter(is).map(|reason| &*reason.subject).collect()
    };
    let line = |what: &str, codes: &[&str]| {
        let subjects = of(codes);
        (!subjects.is_empty()).then(|| format!("{what} {}.", some(&subjects)))
    };
    [
        line("It goes to a compromised release:", &["compromised-release"]),
        line("It reopens", &["advisory-reopened"]),
        line("It carries on with", &["advisory-carried"]),
        line("It leaves", &["advisory-closed"]),
        line("The release is known to be unstable:", &["unstable-release", "does-not-help"]),
    ]
    .into_iter()
    .flatten()
    .collect()
}
