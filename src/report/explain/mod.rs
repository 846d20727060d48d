//! What `explain` says: of a word that holdpoint documents, and of a flag.
//!
//! Services are loaded one by one and let go, so what is told of a flag is kept in values of its own
//! ([`FlagPage`]); all layouts say it by the same [`Fact`]s.

mod search;

pub use search::{Found, Glance};

use crate::judge::{Hit, HitBefore, Portrait, Refusal, Standing, and};
use crate::model::{
    Affects, Debt, Flag, Key, Mitigation, Name, Registry, Rule, Scope, SignOff, Sources, Time, format_time,
};
use crate::report::reasons::Documented;
use crate::report::{Context, words};

/// The answer to `explain WORD`.
#[derive(Debug, Clone, Copy)]
pub struct Meaning<'a> {
    /// The word.
    pub word: Documented,
    /// The shipped rules.
    pub shipped: &'a [Rule],
    /// The registry's own rules, where one is at hand, with how it was looked at.
    pub own: Option<(&'a [Rule], Context<'a>)>,
    /// What else is to be said.
    pub notes: &'a [String],
}

/// The answer to `explain ID`.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// As it was asked for: an id or an alias.
    pub asked: &'a str,
    /// Every flag with this id or alias.
    pub flags: &'a [FlagPage],
    /// What else is to be said.
    pub notes: &'a [String],
}

/// One flag, with what it does to each service.
#[derive(Debug, Clone)]
pub struct FlagPage {
    /// The flag; its `affects` are told by service.
    pub flag: Flag,
    /// The file that it stands in.
    pub file: String,
    /// The line.
    pub line: usize,
    /// Where it stands in its life.
    pub standing: Standing,
    /// When it was recorded, where that lies in the future: it counts as now.
    pub ahead: Option<Time>,
    /// The services that it speaks of, those first where it runs, then those with a release that it hits.
    pub services: Vec<AtService>,
}

/// A flag at one service; see [`Portrait`].
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of `Portrait`")]
pub struct AtService {
    pub service: Name,
    pub affects: Vec<Affects>,
    pub releases: Vec<Box<str>>,
    pub known: usize,
    pub runs: Vec<Hit>,
    pub ran: Vec<HitBefore>,
    /// The team that can close it, and its members.
    pub team: Option<(Name, Vec<Box<str>>)>,
    pub sign_offs: Vec<(SignOff, Result<Time, Refusal>)>,
    pub debts: Vec<(Debt, Time, Vec<Key>)>,
}

/// How much a flag concerns a service; the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Concern {
    /// It hits what runs.
    Runs,
    /// It may hit what runs.
    MayRun,
    /// It hits a release.
    Releases,
    /// It is named: by the flag, in a sign-off or in a debt.
    Named,
    /// It is only one of all services.
    None,
}

/// Something to tell, under a short label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: &'static str,
    /// One thing a line.
    pub lines: Vec<String>,
}

impl FlagPage {
    /// Begins the page of a flag.
    pub fn of(portrait: &Portrait, sources: &Sources, now: Time) -> FlagPage {
        let flag = portrait.flag.clone();
        FlagPage {
            file: sources.path(flag.origin).to_owned(),
            line: sources.line(flag.origin),
            standing: portrait.standing,
            ahead: flag.recorded.filter(|at| *at > now),
            services: Vec::new(),
            flag,
        }
    }

    /// Puts those services first that somebody has to act on; what is alike stays in its order.
    fn sort(&mut self) {
        self.services.sort_by_key(AtService::concern);
    }

    /// The services with something to tell, and what is said of all others together.
    pub fn told(&self) -> (&[AtService], Option<String>) {
        if self.services.len() < 2 {
            return (&self.services, None);
        }
        let told = self.services.partition_point(|at| at.concern() < Concern::None);
        let rest = match self.services.len() - told {
            0 => None,
            _ if told == 0 => {
                Some(format!("none of its {} services has such a release", self.services.len()))
            }
            1 => Some("1 other service has no such release".into()),
            count => Some(format!("{count} other services have no such release")),
        };
        (&self.services[..told], rest)
    }

    /// How it is called: `advisory on checkout`, `instability on 3 services`.
    pub fn called(&self) -> String {
        let on = match &*self.services {
            [one] => one.service.to_string(),
            many => words::several(many.len(), "service"),
        };
        let compromised = if self.flag.compromised { "compromised artifact, " } else { "" };
        format!("{compromised}{} on {on}", self.flag.kind.word())
    }

    /// Where it stands in its life, in one word.
    pub fn standing_word(&self) -> &'static str {
        match self.standing {
            Standing::Active => "active",
            Standing::Scheduled(_) => "scheduled",
            Standing::Withdrawn(_) => "withdrawn",
            Standing::Over => "over",
        }
    }

    /// How bad it is, and how else it is called.
    pub fn weight(&self) -> Vec<String> {
        let flag = &self.flag;
        let score = flag.score().map_or(String::new(), |score| format!(" {score:.1}"));
        let mut parts = vec![format!("{}{score}", flag.severity)];
        parts.extend(flag.exploited.then(|| "exploited".into()));
        parts.extend((!flag.aliases.is_empty()).then(|| format!("also {}", flag.aliases.join(", "))));
        parts
    }

    /// What is to be told of the flag itself.
    pub fn facts(&self) -> Vec<Fact> {
        let flag = &self.flag;
        let said = flag.by.iter().map(|by| match flag.recorded {
            Some(at) => format!("{by} at {}", format_time(at)),
            None => by.to_string(),
        });
        let mitigations = flag.mitigations.iter().map(mitigation);
        facts([
            ("standing", self.standing()),
            ("said by", said.collect()),
            ("ticket", flag.ticket.iter().map(ToString::to_string).collect()),
            ("mitigations", mitigations.collect()),
        ])
    }

    fn standing(&self) -> Vec<String> {
        let flag = &self.flag;
        let until = flag.until.map_or(String::new(), |until| format!(", until {}", format_time(until)));
        let stands = match self.standing {
            Standing::Active => match self.ahead.or(flag.recorded.max(flag.effective)) {
                Some(at) if self.ahead.is_some() => format!(
                    "active{until}: recorded at {}, in the future, which counts as now: clocks disagree",
                    format_time(at)
                ),
                Some(since) => format!("active since {}{until}", format_time(since)),
                None => format!("active{until}"),
            },
            Standing::Scheduled(from) => format!("scheduled: counts from {}{until}", format_time(from)),
            Standing::Over => {
                flag.until.map_or("over".into(), |until| format!("over since {}", format_time(until)))
            }
            Standing::Withdrawn(at) => {
                let (by, reason) =
                    flag.withdrawn.as_ref().map_or((None, ""), |of| (of.by.as_deref(), &*of.reason));
                let by = by.map_or(String::new(), |by| format!(" by {by}"));
                format!("withdrawn at {}{by}: {reason}", format_time(at))
            }
        };
        let narrowed = flag.narrowed.iter().map(|narrowed| {
            let was: Vec<String> = narrowed.was.iter().map(|(_, ranges)| ranges.to_string()).collect();
            let was = if was.is_empty() {
                String::new()
            } else {
                format!("; until then {}", and(was.iter().map(|w| &**w)))
            };
            format!("narrowed at {}{was}", format_time(narrowed.at))
        });
        std::iter::once(stands).chain(narrowed).collect()
    }
}

impl AtService {
    /// What a flag does to a service.
    pub fn of(portrait: &Portrait, registry: &Registry) -> AtService {
        let service = portrait.service;
        let covers = |affects: &&Affects| affects.scope.covers(&service.name);
        let team = service.owners.of(portrait.flag.kind.key()).map(|name| {
            let members = registry.teams.get(name).map_or_else(Vec::new, |team| team.members.clone());
            (name.clone(), members)
        });
        let debts = portrait.debts.iter().map(|owed| (owed.debt.clone(), owed.due, owed.unreviewed.clone()));
        AtService {
            service: service.name.clone(),
            affects: portrait.flag.affects.iter().filter(covers).cloned().collect(),
            releases: portrait.releases.iter().map(|release| release.version.text.clone()).collect(),
            known: portrait.known,
            runs: portrait.runs.clone(),
            ran: portrait.ran.clone(),
            team,
            sign_offs: portrait
                .sign_offs
                .iter()
                .map(|(of, counts)| ((*of).clone(), counts.clone()))
                .collect(),
            debts: debts.collect(),
        }
    }

    fn concern(&self) -> Concern {
        let every = self.affects.iter().all(|affects| affects.scope == Scope::Every);
        if self.runs.iter().any(|hit| hit.sure) {
            Concern::Runs
        } else if !self.runs.is_empty() {
            Concern::MayRun
        } else if !(self.releases.is_empty() && self.ran.is_empty()) {
            Concern::Releases
        } else if !(every && self.sign_offs.is_empty() && self.debts.is_empty()) {
            Concern::Named
        } else {
            Concern::None
        }
    }

    /// The releases that mend it, each once.
    pub fn fixed_in(&self) -> Vec<&str> {
        let mut fixed: Vec<&str> = Vec::new();
        for version in self.affects.iter().flat_map(|affects| &affects.fixed_in) {
            if !fixed.contains(&&*version.text) {
                fixed.push(&version.text);
            }
        }
        fixed
    }

    /// What is to be told of the flag at this service; at most so many releases are named.
    pub fn facts(&self, flag: &Flag, most: usize) -> Vec<Fact> {
        let fixed = self.fixed_in();
        let fixed = if fixed.is_empty() { "nobody said".into() } else { fixed.join(", ") };
        let sign_offs = self.sign_offs.iter().map(|(sign_off, counts)| signed(sign_off, counts));
        facts([
            ("affects", self.affects.iter().map(affects).chain([self.hits(most)]).collect()),
            ("runs", self.runs()),
            ("ran lately", self.ran.iter().map(ran).collect()),
            ("fixed in", vec![fixed]),
            ("may close", vec![self.closers(flag)]),
            ("signed", sign_offs.collect()),
            ("debts", self.debts.iter().map(|(debt, due, left)| debt_words(debt, *due, left)).collect()),
        ])
    }

    /// `4 of 11 releases: 2.1.0, 2.2.0, 2.3.0 and 2.3.8`
    fn hits(&self, most: usize) -> String {
        let count = format!("{} of {}", self.releases.len(), words::several(self.known, "release"));
        let named = if self.releases.len() <= most + 1 { self.releases.len() } else { most };
        // The newest are the likeliest to be of interest.
        let shown = self.releases[self.releases.len() - named..].iter().map(|version| &**version);
        let shown = shown.collect::<Vec<_>>().join(", ");
        match self.releases.len() - named {
            _ if named == 0 => count,
            0 => format!("{count}: {shown}"),
            older => format!("{count}: {older} older ones, {shown}"),
        }
    }

    fn runs(&self) -> Vec<String> {
        if self.runs.is_empty() {
            return vec!["nowhere".into()];
        }
        let words = |hit: &Hit| {
            let doubt = if hit.sure { "" } else { " (it can't be told whether that is affected)" };
            format!("{} {}{doubt}", hit.environment, hit.version)
        };
        self.runs.iter().map(words).collect()
    }

    fn closers(&self, flag: &Flag) -> String {
        let key = flag.kind.key();
        match &self.team {
            None => format!("{key}: no team owns it"),
            Some((team, members)) if members.is_empty() => format!("{key}: {team}"),
            Some((team, members)) => format!("{key}: {team} ({})", members.join(", ")),
        }
    }
}

/// Facts with something in them.
fn facts<const N: usize>(all: [(&'static str, Vec<String>); N]) -> Vec<Fact> {
    let all = all.into_iter().map(|(label, lines)| Fact { label, lines });
    all.filter(|fact| !fact.lines.is_empty()).collect()
}

/// What one entry of a flag hits, as it is written.
fn affects(affects: &Affects) -> String {
    let texts = |list: &[Box<str>]| list.join(", ");
    let mut parts: Vec<String> = affects.versions.iter().map(ToString::to_string).collect();
    parts.extend(affects.except.as_ref().map(|except| format!("except {except}")));
    parts.extend(affects.tag.as_ref().map(|tag| format!("tagged {tag}")));
    parts.extend(
        (!affects.digests.is_empty()).then(|| format!("with the digest {}", texts(&affects.digests))),
    );
    let environments: Vec<Box<str>> = affects.environments.iter().map(|name| name.as_str().into()).collect();
    parts.extend((!environments.is_empty()).then(|| format!("in {}", texts(&environments))));
    parts.join("; ")
}

fn ran(ran: &HitBefore) -> String {
    format!("{} {} until {}", ran.environment, ran.version, format_time(ran.until))
}

fn mitigation(mitigation: &Mitigation) -> String {
    let hours = mitigation.hours.map_or(String::new(), |hours| format!(" for {hours} hours"));
    format!("{}: {} (lowers to {}{hours})", mitigation.id, mitigation.instruction, mitigation.lowers_to)
}

fn signed(sign_off: &SignOff, counts: &Result<Time, Refusal>) -> String {
    let place = format!("{} in {}", sign_off.to, sign_off.environment);
    let with: Vec<String> = sign_off.with.iter().map(|(flag, id)| format!("{flag}/{id}")).collect();
    let with = if with.is_empty() { String::new() } else { format!(" with {}", with.join(", ")) };
    let counts = match counts {
        Ok(until) => format!("counts until {}", format_time(*until)),
        Err(refusal) => format!("doesn't count: {}", words::refusal(sign_off, refusal)),
    };
    format!("{} by {} as {} for {place}{with}; {counts}", sign_off.id, sign_off.by, sign_off.key)
}

fn debt_words(debt: &Debt, due: Time, unreviewed: &[Key]) -> String {
    let review = match unreviewed {
        [] => "reviewed by both".into(),
        keys => {
            let keys = and(keys.iter().map(|key| key.word()));
            format!("not reviewed by {keys}, due {}", format_time(due))
        }
    };
    format!("{} in {}: {} by {}; {review}", debt.id, debt.environment, debt.way(), debt.by)
}
