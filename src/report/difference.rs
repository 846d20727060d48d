//! What `lint --diff` and `policy diff` say: what a change does, in words, the gravest first.

use crate::model::{Condition, Level, Name};
use crate::report::policy::matches;
use crate::report::words::several;
use crate::report::{Context, conditions};
use crate::survey::{
    Back, Change, Difference, Effect, Given, Hit, Lowered, PlaceDifference, Retold, Reviewed, RuleChange,
    Shift, Told, Way,
};

/// Two states of a registry, compared.
#[derive(Debug, Clone, Copy)]
pub struct Comparing<'a> {
    /// How the later one was looked at.
    pub context: Context<'a>,
    /// What was compared.
    pub what: Compares,
    /// The earlier one.
    pub before: Revision<'a>,
    /// The later one.
    pub after: Revision<'a>,
    /// What was found.
    pub reviewed: &'a Reviewed,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compares {
    /// Everything that a registry says.
    Registry,
    /// Its rules and periods alone.
    Policy,
}

/// One of the two states.
#[derive(Debug, Clone, Copy)]
pub struct Revision<'a> {
    /// As it was named, or what it is.
    pub said: &'a str,
    /// The whole id of the commit; None: it is no commit.
    pub id: Option<&'a str>,
}

/// Releases whose verdict is another in the same way.
#[derive(Debug, Clone)]
pub struct Fold<'a> {
    /// Their versions, newest first.
    pub versions: Vec<&'a str>,
    /// The first of them.
    pub shift: &'a Shift,
}

impl<'a> Comparing<'a> {
    /// What is different.
    pub fn difference(&self) -> &'a Difference {
        &self.reviewed.difference
    }

    /// The first word.
    pub fn word(&self) -> &'static str {
        let difference = self.difference();
        let stricter = difference.of(Effect::Stricter).next().is_some() || difference.tally().stricter > 0;
        match () {
            () if !self.reviewed.mistakes.is_empty() => "MISTAKES",
            () if difference.has_errors() => "ERRORS",
            () if difference.stranded().next().is_some() => "STRANDED",
            () if difference.loosens() => "LOOSER",
            () if stricter => "STRICTER",
            () if !difference.is_empty() => "CHANGED",
            () => "SAME",
        }
    }

    /// `main..HEAD: 2 verdicts get looser, 1 stricter`
    pub fn headline(&self) -> String {
        match (self.before.id, self.after.id) {
            (None, None) => format!("{} against {}: {}", self.after.said, self.before.said, self.sum()),
            _ => format!("{}..{}: {}", self.before.said, self.after.said, self.sum()),
        }
    }

    fn sum(&self) -> String {
        let difference = self.difference();
        let tally = difference.tally();
        let mut parts = Vec::new();
        let count = |list: &[crate::registry::Mistakes]| list.iter().map(|one| one.list.len()).sum::<usize>();
        let mut add = |count: usize, words: &dyn Fn(usize) -> String| {
            if count > 0 {
                parts.push(words(count));
            }
        };
        add(count(&self.reviewed.mistakes), &|count| several(count, "mistake"));
        add(difference.of(Effect::Error).count(), &|count| several(count, "error"));
        add(difference.stranded().count(), &|count| match count {
            1 => "1 place loses its safe way back".into(),
            count => format!("{count} places lose their safe way back"),
        });
        add(tally.looser, &|count| format!("{} {} looser", several(count, "verdict"), get(count)));
        add(tally.stricter, &|count| format!("{} {} stricter", several(count, "verdict"), get(count)));
        add(tally.moved, &|count| format!("{} since what runs is another", differ(count)));
        if parts.is_empty() {
            parts.push(if difference.is_empty() {
                "no difference".into()
            } else {
                "no verdict is another".into()
            });
        }
        parts.join("; ")
    }

    /// How much was looked at.
    pub fn looked_at(&self) -> String {
        let difference = self.difference();
        format!(
            "{} looked at, {}, {} compared",
            several(difference.services, "service"),
            several(difference.looked_at, "place"),
            several(difference.verdicts, "verdict")
        )
    }

    /// The changes of one effect; rules have a section of their own.
    pub fn changes(&self, effect: Effect) -> Vec<&'a Change> {
        self.difference().of(effect).filter(|change| !change.kind.word.starts_with("rule-")).collect()
    }

    /// The places, those first that matter most.
    pub fn places(&self) -> Vec<&'a PlaceDifference> {
        let mut places: Vec<&PlaceDifference> = self.difference().places.iter().collect();
        places.sort_by_key(|place| std::cmp::Reverse(weight(place)));
        places
    }

    /// The places whose verdicts the rules and periods alone make others; none where all that is different is by them.
    pub fn by_rules(&self) -> Vec<&'a PlaceDifference> {
        let difference = self.difference();
        if difference.by_rules == difference.places {
            return Vec::new();
        }
        let mut places: Vec<&PlaceDifference> = difference.by_rules.iter().collect();
        places.sort_by_key(|place| std::cmp::Reverse(weight(place)));
        places
    }
}

fn get(count: usize) -> &'static str {
    if count == 1 { "gets" } else { "get" }
}

fn differ(count: usize) -> String {
    if count == 1 { "1 verdict differs".into() } else { format!("{count} verdicts differ") }
}

fn weight(place: &PlaceDifference) -> (bool, bool, bool, bool) {
    let way = |way| place.shifts.iter().any(|shift| shift.way() == way);
    (place.strands(), way(Way::Looser), !place.hits.is_empty(), way(Way::Stricter))
}

/// `shop in prod`
pub fn place(of: &PlaceDifference) -> String {
    in_place(&of.service, of.environment.as_ref())
}

/// `shop in prod`
pub fn in_place(service: &Name, environment: Option<&Name>) -> String {
    environment.map_or_else(|| service.to_string(), |name| format!("{service} in {name}"))
}

/// The services of a change in a few words.
pub fn services(change: &Change) -> String {
    let names: Vec<&str> = change.services.iter().map(Name::as_str).collect();
    match names.len() {
        0 => "all services".into(),
        1..=3 => names.join(", "),
        count => format!("{} and {} more services", names[..2].join(", "), count - 2),
    }
}

/// Verdicts that differ alike, told together; those of one way only.
pub fn folds(place: &PlaceDifference, wanted: impl Fn(Way) -> bool) -> Vec<Fold<'_>> {
    let mut folds: Vec<Fold<'_>> = Vec::new();
    for shift in place.shifts.iter().filter(|shift| wanted(shift.way())) {
        let alike = |fold: &&mut Fold<'_>| {
            fold.shift.go == shift.go && fold.shift.came == shift.came && fold.shift.went == shift.went
        };
        match folds.iter_mut().find(alike) {
            Some(fold) => fold.versions.push(&shift.version),
            None => folds.push(Fold { versions: vec![&shift.version], shift }),
        }
    }
    folds
}

/// How many versions are named before the rest is only counted.
const NAMED: usize = 4;

impl Fold<'_> {
    /// `2.3.0, 2.2.0 and 7 more`
    pub fn called(&self) -> String {
        let versions = &self.versions;
        match versions.len() {
            count if count <= NAMED + 1 => versions.join(", "),
            count => format!("{} and {} more", versions[..NAMED].join(", "), count - NAMED),
        }
    }

    /// `hold -> warn`
    pub fn levels(&self) -> String {
        let word = |level: Option<Level>, none: &'static str| level.map_or(none, Level::word);
        format!("{} -> {}", word(self.shift.go.0, "not there"), word(self.shift.go.1, "gone"))
    }

    /// Why: the reasons that came, went, or weigh something else.
    pub fn why(&self) -> String {
        let (came, went) = (&self.shift.came, &self.shift.went);
        let mut parts = Vec::new();
        for told in came {
            let was = went.iter().find(|was| was.key() == told.key());
            parts.push(match was {
                Some(was) => format!("{told} was {} and is {}{}", was.level, told.level, ruled(was, told)),
                None => format!("{told} ({})", told.level),
            });
        }
        let gone = went.iter().filter(|was| came.iter().all(|told| told.key() != was.key()));
        parts.extend(gone.map(|was| format!("no longer {was} ({})", was.level)));
        if let ((Some(was), Some(is)), true) = (self.shift.itself, parts.is_empty()) {
            parts.push(format!("by itself it was {was} and is {is}"));
        }
        parts.join("; ")
    }
}

/// By which rules, where they are others.
fn ruled(was: &Told, is: &Told) -> String {
    match (&was.rule, &is.rule) {
        (was, is) if was == is => String::new(),
        (_, Some(rule)) => format!(" by rule {rule}"),
        _ => String::new(),
    }
}

/// Where a rollback would go.
pub fn back(back: &Back) -> String {
    match back {
        Back::To(version, level) => format!("{version} ({level})"),
        Back::Desert(version, level) => format!("none; the least bad is {version} ({level})"),
        Back::NothingOlder => "none older is known".into(),
        Back::Untold => "unknown".into(),
        Back::NothingRuns => "nothing runs".into(),
    }
}

/// What runs, in words.
pub fn running(running: Option<&Vec<Box<str>>>) -> String {
    match running {
        None => "unknown".into(),
        Some(none) if none.is_empty() => "nothing".into(),
        Some(versions) => versions.join(", "),
    }
}

/// `2.4.1 runs, and is hit by unstable-release INC-9 (hold)`
pub fn hit(hit: &Hit) -> String {
    let runs = if hit.ran { "runs" } else { "runs now" };
    format!("{} {runs}, and is hit by {} ({})", hit.version, hit.told, hit.told.level)
}

/// The lines that tell of a rule that is another.
pub fn rule(change: &RuleChange) -> Vec<String> {
    let says = |rule: &crate::model::Rule| {
        let until = rule
            .until
            .map_or(String::new(), |until| format!(", until {}", crate::model::format_until(until)));
        format!("{} for {}{until}", rule.then, matches(rule))
    };
    let name = change.name();
    let number = |of: Option<usize>| of.map_or(String::new(), |number| number.to_string());
    match (change.what, &change.before, &change.after) {
        (Retold::Changed, Some(was), Some(is)) => {
            vec![format!("{name} was {}", says(was)), format!("and is {}", says(is))]
        }
        (Retold::Moved, _, Some(is)) => vec![format!(
            "{name} stood at {} and stands at {}: {}",
            number(change.numbers.0),
            number(change.numbers.1),
            says(is)
        )],
        (_, was, is) => {
            is.as_ref().or(was.as_ref()).map(|rule| format!("{name}: {}", says(rule))).into_iter().collect()
        }
    }
}

/// A supposed case that the rules weigh differently: `advisory-reopened when …: hold -> warn`.
pub fn case(of: &Lowered) -> String {
    let rules = match (&of.before.rule, &of.after.rule) {
        (Some(was), Some(is)) if was != is => format!(" (rule {is}, and was {was})"),
        (_, Some(is)) => format!(" (rule {is})"),
        _ => String::new(),
    };
    format!("{}: {} -> {}{rules}", supposed(&of.when), given(&of.before), given(&of.after))
}

fn supposed(when: &Condition) -> String {
    let reason = conditions::reasons(when).unwrap_or_else(|| "any reason".into());
    let words = conditions::words(when);
    if words.is_empty() { reason } else { format!("{reason} {}", words.join(" and ")) }
}

fn given(given: &Given) -> String {
    match given.signers {
        "" => given.level.to_string(),
        "both" => format!("{}, signed for by both", given.level),
        signers => format!("{}, signed for by {signers}", given.level),
    }
}
