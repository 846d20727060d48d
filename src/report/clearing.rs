//! The answer to `clear-flag`, and its words.

use crate::act::clear::{Change, Cleared, Effect, Freed, Outcome, Pointless, Request};
use crate::judge::Weight;
use crate::model::{Key, Level, format_time};
use crate::report::Context;
use crate::report::explain::Fact;
use crate::report::words::several;

/// What becomes of a flag that is cleared.
#[derive(Debug, Clone, Copy)]
pub struct Clearing<'a> {
    /// How the registry was looked at; its texts are those that it has afterwards.
    pub context: Context<'a>,
    /// What was asked.
    pub request: &'a Request,
    /// What comes of it.
    pub cleared: &'a Cleared,
    /// Whether it is only shown: nothing was written.
    pub dry_run: bool,
}

impl<'a> Clearing<'a> {
    /// The first word.
    pub fn word(&self) -> &'static str {
        match (self.cleared.outcome, self.dry_run) {
            (Outcome::Withdrawn, false) => "WITHDRAWN",
            (Outcome::Withdrawn, true) => "WOULD WITHDRAW",
            (Outcome::Narrowed, false) => "NARROWED",
            (Outcome::Narrowed, true) => "WOULD NARROW",
            (Outcome::Unchanged, _) => "UNCHANGED",
        }
    }

    /// What comes behind the first word: `advisory CVE-1 on checkout, fixed in 2.4.0: FILE:LINE`.
    pub fn headline(&self) -> String {
        let flag = &self.cleared.flag;
        let on = match &*self.cleared.effects {
            [] => self.request.service.as_ref().map_or(String::new(), |name| format!(" on {name}")),
            [one] => format!(" on {}", one.service),
            many => format!(" on {}", several(many.len(), "service")),
        };
        let fixed = self.request.fixed_in.as_ref().map_or(String::new(), |v| format!(", fixed in {v}"));
        format!("{} {}{on}{fixed}: {}", flag.kind.word(), flag.id, self.place())
    }

    /// Where the flag stands: `file:line`.
    pub fn place(&self) -> String {
        let (file, line) = &self.cleared.place;
        format!("{file}:{line}")
    }

    /// The flag in one line.
    pub fn flag(&self) -> String {
        Weight(&self.cleared.flag).to_string()
    }

    /// What it means for each service that it concerns; at most so many releases are named.
    pub fn effects(&self, most: usize) -> Vec<(&'a Effect, Vec<Fact>)> {
        self.cleared.effects.iter().map(|effect| (effect, facts(effect, most))).collect()
    }

    /// What is worth a word: of the flag, and of what the judge will say from now on.
    pub fn notes(&self) -> Vec<String> {
        let cleared = self.cleared;
        let mut notes = cleared.notes.clone();
        let effects = &cleared.effects;
        if effects.iter().any(|effect| !effect.freed.is_empty() || !effect.runs.is_empty()) {
            let how = if cleared.outcome == Outcome::Narrowed { "narrowed" } else { "withdrawn" };
            notes.push(format!(
                "until {} the checks of what is freed warn that the flag was {how} lately (flag-withdrawn)",
                format_time(cleared.young_until)
            ));
        }
        if effects.iter().any(|effect| !effect.released.is_empty()) {
            notes.push(
                "a flag that was cleared still counts as recorded, so nothing holds the way back to these as \
                 ping-pong; `record settled` is what says that a cause was dealt with"
                    .into(),
            );
        }
        if cleared.unread > 0 {
            let count = several(cleared.unread, "service");
            notes.push(format!("{count} can't be read and isn't told of here: see `holdpoint lint`"));
        }
        notes
    }
}

/// What there is to tell of one service.
fn facts(effect: &Effect, most: usize) -> Vec<Fact> {
    let ways = effect.ways_back.iter().map(|(place, to)| format!("{place} has a safe way back again: {to}"));
    let bounces = effect.released.iter().map(|(place, to)| format!("{to} in {place} is no longer held"));
    let all = [
        ("free", vec![freed(effect, most)]),
        ("still hit", still(effect, most)),
        ("runs", effect.runs.iter().map(|hit| format!("{} in {}", hit.version, hit.environment)).collect()),
        ("verdicts", verdicts(effect)),
        ("way back", ways.collect()),
        ("ping-pong", bounces.collect()),
        ("signed", effect.sign_offs.iter().map(pointless).collect()),
    ];
    let all = all.into_iter().map(|(label, lines)| Fact { label, lines });
    all.filter(|fact| !fact.lines.is_empty()).collect()
}

fn freed(effect: &Effect, most: usize) -> String {
    match &*effect.freed {
        [] => "no registered release".into(),
        freed => {
            let names: Vec<String> = freed.iter().map(one_freed).collect();
            format!("{}: {}", several(freed.len(), "release"), newest(&names, most))
        }
    }
}

/// A freed release, with what hits it otherwise.
fn one_freed(freed: &Freed) -> String {
    match &*freed.others {
        [] => freed.version.to_string(),
        others => format!("{} (but {})", freed.version, others.join(", ")),
    }
}

fn still(effect: &Effect, most: usize) -> Vec<String> {
    let names: Vec<String> = effect.still.iter().map(ToString::to_string).collect();
    if names.is_empty() { Vec::new() } else { vec![newest(&names, most)] }
}

/// The newest of a list, the older ones counted.
fn newest(names: &[String], most: usize) -> String {
    let shown = if names.len() <= most + 1 { names.len() } else { most };
    let list = names[names.len() - shown..].join(", ");
    match names.len() - shown {
        0 => list,
        older => format!("{older} older ones, {list}"),
    }
}

fn verdicts(effect: &Effect) -> Vec<String> {
    let mut lines: Vec<String> = effect.changes.iter().map(change).collect();
    if lines.is_empty() {
        lines.push("none changes: of what runs, and of going back to what ran".into());
    }
    lines
}

/// `prod: rollback 2.4.1 -> 2.3.0 was block, is allow`.
pub(super) fn change(change: &Change) -> String {
    let what = match (change.kind, &change.from) {
        (Some(kind), Some(from)) => format!("{kind} {from} -> {}", change.to),
        (Some(kind), None) => format!("{kind} to {}", change.to),
        (None, _) => format!("{}, which runs,", change.to),
    };
    let levels = if change.before.0 == change.after.0 {
        let moved = Key::ALL.iter().zip(change.before.1.iter().zip(change.after.1));
        let moved = moved.filter(|(_, (was, is))| **was != *is);
        let words = moved.map(|(key, (was, is))| format!("{key} was {was}, is {is}"));
        format!("stays {}: {}", change.after.0, words.collect::<Vec<_>>().join("; "))
    } else {
        format!("was {}, is {}", change.before.0, change.after.0)
    };
    let because = match &*change.because {
        reasons if change.after.0 == Level::Allow || reasons.is_empty() => String::new(),
        reasons => format!(" ({})", crate::report::words::some(reasons)),
    };
    format!("{}: {what} {levels}{because}", change.environment)
}

fn pointless(sign_off: &Pointless) -> String {
    let (to, place) = &sign_off.to;
    let rest = if sign_off.partly { "is needed only for what else it accepts" } else { "is needed no more" };
    let until = format_time(sign_off.until);
    format!("{} by {} for {to} in {place}, until {until}, {rest}", sign_off.id, sign_off.by)
}
