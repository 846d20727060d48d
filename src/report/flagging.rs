//! The answer to `flag-release`, and its words.

use crate::act::flag::{Back, Flagged, Next, NextMove, Outcome, Reach, RunsHit, Stopped, Voided, Way};
use crate::judge::{Code, Move, and};
use crate::model::{Flag, FlagKind, MoveKind, Name, Version, format_time, format_until};
use crate::report::words::some;
use crate::report::{Context, commands};

/// What becomes of a flag.
#[derive(Debug, Clone, Copy)]
pub struct Flagging<'a> {
    /// How the registry was looked at; its texts are those that it has afterwards.
    pub context: Context<'a>,
    /// What comes of it.
    pub flagged: &'a Flagged,
    /// Whether it is only shown: nothing was written.
    pub dry_run: bool,
}

/// How many versions are named before the rest is only counted.
const NAMED: usize = 6;

impl Flagging<'_> {
    /// The first word.
    pub fn word(&self) -> &'static str {
        match (self.flagged.outcome, self.dry_run) {
            (Outcome::Flagged, false) => "FLAGGED",
            (Outcome::Flagged, true) => "WOULD FLAG",
            (Outcome::Extended, false) => "EXTENDED",
            (Outcome::Extended, true) => "WOULD EXTEND",
            (Outcome::Unchanged, _) => "UNCHANGED",
        }
    }

    /// What comes behind the first word: `CVE-2026-31337 insecure (high 8.1, exploited): 3 releases of checkout`.
    pub fn what(&self) -> String {
        let (kind, id) = (insecure(self.flagged.kind), &self.flagged.id);
        let weight = self.flagged.flag().map_or(String::new(), |flag| format!(" ({})", weight(flag)));
        let stands = if self.flagged.outcome == Outcome::Unchanged { " stands already" } else { "" };
        format!("{id} {kind}{weight}{stands}: {}", self.counts())
    }

    /// `3 releases of checkout and 1 release of cart`.
    fn counts(&self) -> String {
        let counts = self.flagged.reaches.iter().map(|reach| {
            let new = if self.flagged.outcome == Outcome::Extended { &reach.new } else { &reach.releases };
            let more = if self.flagged.outcome == Outcome::Extended { " more" } else { "" };
            let count = new.len();
            format!("{count}{more} {} of {}", if count == 1 { "release" } else { "releases" }, reach.service)
        });
        let counts: Vec<String> = counts.collect();
        and(counts.iter().map(String::as_str))
    }

    /// Whether several services are hit, so that each line has to say which.
    pub fn is_wide(&self) -> bool {
        self.flagged.reaches.len() > 1
    }

    /// Where it happens: `prod`, or with several services `checkout in prod`.
    pub fn place(&self, reach: &Reach, environment: &Name) -> String {
        if self.is_wide() { format!("{} in {environment}", reach.service) } else { environment.to_string() }
    }

    /// What runs and is hit, in words: `prod: 2.4.1 runs and is hit (block)`.
    pub fn runs(&self, reach: &Reach, runs: &RunsHit) -> String {
        let place = self.place(reach, &runs.environment);
        let version = &runs.version;
        match (runs.sure, runs.new || self.flagged.outcome == Outcome::Flagged) {
            (false, _) => format!("{place}: {version} runs, and can't be compared: it may be hit"),
            (true, _) if self.is_scheduled() => format!("{place}: {version} runs and will be hit"),
            (true, true) => format!("{place}: {version} runs and is hit"),
            (true, false) => format!("{place}: {version} runs and is hit, as before"),
        }
    }

    /// Whether it doesn't count yet.
    fn is_scheduled(&self) -> bool {
        let from = self.flagged.flag().and_then(|flag| flag.effective);
        from.is_some_and(|from| from > self.context.as_of)
    }

    /// Whether nothing that runs is hit.
    pub fn is_calm(&self) -> bool {
        self.flagged.reaches.iter().all(|reach| reach.runs.is_empty())
    }

    /// What stands in the place of what runs, when nothing that does is hit.
    pub fn calm(&self) -> String {
        let unknown = self
            .flagged
            .reaches
            .iter()
            .filter(|reach| reach.of().is_some_and(|service| service.running.is_empty()));
        let unknown: Vec<String> = unknown.map(|reach| reach.service.to_string()).collect();
        match unknown.is_empty() {
            true => "nothing that runs is hit".into(),
            false => format!("it isn't known what runs of {}", some(&unknown)),
        }
    }

    /// The releases that are hit, in words.
    pub fn hits(&self, reach: &Reach) -> String {
        let of = if self.is_wide() { format!(" of {}", reach.service) } else { String::new() };
        let none = reach.releases.is_empty();
        let names = if none { "no registered release".to_owned() } else { named(&reach.releases) };
        format!("{names}{of} ({} of {} registered)", reach.releases.len(), reach.known)
    }

    /// A way back that is another than before.
    pub fn way(&self, reach: &Reach, way: &Way) -> String {
        let place = self.place(reach, &way.environment);
        let back = |back: &Back| format!("{} ({})", back.version, back.level);
        let was = way.before.as_ref().map_or("was none".to_owned(), |before| format!("was {}", back(before)));
        match (&way.after, way.is_lost()) {
            (Some(after), true) => {
                format!("{place}: {was}; now none is safe, the least bad is {}", back(after))
            }
            (Some(after), false) => format!("{place}: {was}; now {}", back(after)),
            (None, _) => format!("{place}: {was}; now none"),
        }
    }

    /// A sign-off that no longer lets its move go.
    pub fn voided(&self, reach: &Reach, voided: &Voided) -> String {
        format!(
            "sign-off {} by {} as {} for {} in {}: the move is at {} again, for {}",
            voided.id,
            voided.by,
            voided.key,
            voided.to,
            self.place(reach, &voided.environment),
            voided.level,
            reasons(&voided.why)
        )
    }

    /// A move that no longer goes.
    pub fn stopped(&self, reach: &Reach, stopped: &Stopped) -> String {
        let from = stopped.from.as_deref().unwrap_or("?");
        format!(
            "{}: {from} -> {} was {}, is {}: {}",
            self.place(reach, &stopped.environment),
            stopped.to,
            stopped.before,
            stopped.after,
            reasons(&stopped.why)
        )
    }

    /// When it counts, where that isn't at once and for good.
    pub fn times(&self) -> Vec<String> {
        let Some(flag) = self.flagged.flag() else { return Vec::new() };
        let from = flag.effective.filter(|from| *from > self.context.as_of);
        let from = from.map(|from| format!("from {}", format_time(from)));
        from.into_iter().chain(flag.until.map(|until| format!("until {}", format_until(until)))).collect()
    }

    /// What to paste next, each with the environment that it is about.
    pub fn next(&self) -> Vec<String> {
        let mut commands = Vec::new();
        for reach in &self.flagged.reaches {
            commands.extend(reach.next.iter().filter_map(|next| self.command(reach, next)));
        }
        commands
    }

    /// What to paste for one environment.
    pub fn command(&self, reach: &Reach, next: &NextMove) -> Option<String> {
        let service = reach.of()?;
        let to = match &next.next {
            Next::Run(version) => version.clone(),
            Next::Check(to) => Version::new(to, &service.scale),
            Next::Targets => Version { text: Box::default(), place: None },
        };
        let movement = Move {
            kind: MoveKind::Rollback,
            service,
            environment: Some(next.environment.clone()),
            from: None,
            to,
            incident: None,
        };
        Some(match &next.next {
            Next::Run(version) => commands::run(&self.context, &movement, &version.text),
            Next::Check(to) => commands::check(&self.context, &movement, to),
            Next::Targets => {
                commands::targets(&self.context, (&movement.service.name, movement.environment.as_ref()))
            }
        })
    }
}

/// The word for what a flag says of releases.
pub fn insecure(kind: FlagKind) -> &'static str {
    match kind {
        FlagKind::Advisory => "insecure",
        FlagKind::Instability => "unstable",
    }
}

/// `high 8.1, exploited`.
fn weight(flag: &Flag) -> String {
    let score = flag.score().map_or(String::new(), |score| format!(" {score:.1}"));
    let exploited = if flag.exploited { ", exploited" } else { "" };
    let compromised = if flag.compromised { ", compromised" } else { "" };
    format!("{}{score}{exploited}{compromised}", flag.severity)
}

/// Versions by name, the rest counted.
fn named(versions: &[Box<str>]) -> String {
    let names: Vec<&str> = versions.iter().rev().map(|version| &**version).collect();
    match names.len().saturating_sub(NAMED) {
        0 | 1 => and(names.into_iter()),
        more => format!("{} and {more} more", names[..NAMED].join(", ")),
    }
}

/// `advisory-reopened CVE-2026-31337 and barrier-crossed:2.4.0`.
fn reasons(why: &[(Code, String)]) -> String {
    let texts: Vec<String> = why.iter().map(|(code, subject)| reason(*code, subject)).collect();
    some(&texts)
}

/// A reason by its code and subject; a subject that begins with the code says both.
fn reason(code: Code, subject: &str) -> String {
    let word = code.word();
    if subject.starts_with(word) { subject.to_owned() } else { format!("{word} {subject}") }
}
