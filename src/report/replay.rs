//! What comes of judging recorded decisions again, in words.

use std::collections::BTreeMap;

use crate::model::{Name, format_time};
use crate::record::{Movement, Reason, Spot};
use crate::replay::{Cause, Changed, Decision, Difference, Outcome, RuleChange, Unjudged};
use crate::report::log::Book;
use crate::report::words::{several, some};

/// How much of a commit's id is shown where several are listed.
const SHORT: usize = 12;

/// Decisions of the record, judged again.
#[derive(Debug, Clone, Copy)]
pub struct Replay<'a> {
    /// Whose record.
    pub book: Book<'a>,
    /// The services that were looked at.
    pub services: &'a [Name],
    /// The decisions, in the order of time, and what came of each.
    pub decisions: &'a [(Decision, Outcome)],
    /// Lines that can't be read.
    pub unreadable: &'a [Spot],
    /// Services whose record isn't what was written.
    pub broken: &'a [Name],
}

/// Decisions that can't be judged again, for one reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Apart<'a> {
    /// The reason's word, for programs.
    pub word: &'static str,
    /// The decisions.
    pub decisions: Vec<&'a Decision>,
    /// Why, in a sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<&'static str>,
}

impl<'a> Replay<'a> {
    /// The decisions that come out differently.
    pub fn differing(&self) -> impl Iterator<Item = (&'a Decision, &'a Difference)> {
        self.decisions.iter().filter_map(|(decision, outcome)| match outcome {
            Outcome::Differs(difference) => Some((decision, &**difference)),
            _ => None,
        })
    }

    /// How many were judged again.
    pub fn judged(&self) -> usize {
        self.decisions.iter().filter(|(_, outcome)| !matches!(outcome, Outcome::Not(_))).count()
    }

    /// Whether every decision that was judged again comes out the same, and every line can be read.
    pub fn is_same(&self) -> bool {
        self.differing().next().is_none() && self.unreadable.is_empty()
    }

    /// Whether there was something to judge again, and none of it could be.
    pub fn is_void(&self) -> bool {
        let wanted = |(_, outcome): &(Decision, Outcome)| *outcome != Outcome::Not(Unjudged::Then);
        self.judged() == 0 && self.decisions.iter().any(wanted)
    }

    /// The first word.
    pub fn word(&self) -> &'static str {
        match (self.is_same(), self.is_void()) {
            (false, _) => "DIFFERS",
            (true, true) => "NOT JUDGED",
            (true, false) => "SAME",
        }
    }

    /// What comes behind it.
    pub fn headline(&self) -> String {
        let (all, judged, differing) = (self.decisions.len(), self.judged(), self.differing().count());
        let of = match self.services {
            [] => String::new(),
            services => format!(" of {}", some(&services.iter().map(Name::as_str).collect::<Vec<_>>())),
        };
        let apart = match all - judged {
            0 => String::new(),
            apart => format!("; {apart} can't be judged again"),
        };
        let decisions = several(judged, "decision");
        match (all, judged, differing) {
            (0, ..) => format!("no decision is recorded{of}"),
            (_, 0, _) => format!("none of {}{of} can be judged again", several(all, "decision")),
            (_, 1, 0) => format!("{decisions}{of} comes out as it was recorded{apart}"),
            (_, _, 0) => format!("{decisions}{of} come out as they were recorded{apart}"),
            (_, _, 1) => format!("1 of {decisions}{of} comes out differently{apart}"),
            _ => format!("{differing} of {decisions}{of} come out differently{apart}"),
        }
    }

    /// What can't be judged again, by reason.
    pub fn apart(&self) -> Vec<Apart<'a>> {
        let mut groups: BTreeMap<&'static str, Vec<(&'a Decision, &'a Unjudged)>> = BTreeMap::new();
        for (decision, outcome) in self.decisions {
            if let Outcome::Not(why) = outcome {
                groups.entry(why.word()).or_default().push((decision, why));
            }
        }
        let apart = |(word, group): (&'static str, Vec<(&'a Decision, &'a Unjudged)>)| {
            let whys: Vec<&Unjudged> = group.iter().map(|(_, why)| *why).collect();
            let (message, hint) = apart(&whys);
            Apart {
                word,
                decisions: group.into_iter().map(|(decision, _)| decision).collect(),
                message,
                hint,
            }
        };
        groups.into_iter().map(apart).collect()
    }

    /// What else is to be known.
    pub fn notes(&self) -> Vec<String> {
        let spots: Vec<String> = self.unreadable.iter().map(Spot::to_string).collect();
        let unreadable = (!spots.is_empty())
            .then(|| format!("{} can't be read: {}", several(spots.len(), "line"), some(&spots)));
        let verify = self.book.command("log verify");
        let broken =
            |name: &Name| format!("the record of {name} isn't what was written; `{verify}` says more");
        self.book.notes.iter().cloned().chain(unreadable).chain(self.broken.iter().map(broken)).collect()
    }
}

/// Why decisions can't be judged again that have one kind of reason, and what to do.
fn apart(whys: &[&Unjudged]) -> (String, Option<&'static str>) {
    let revision = |why: &&Unjudged| match why {
        Unjudged::NotHere(revision) | Unjudged::NoCommit(revision) => Some(short(revision).to_owned()),
        _ => None,
    };
    let mut revisions: Vec<String> = whys.iter().filter_map(revision).collect();
    revisions.sort();
    revisions.dedup();
    let named = some(&revisions);
    match whys.first() {
        Some(Unjudged::NoRevision) => {
            ("no commit was recorded: the registry stood in no repository".into(), None)
        }
        Some(Unjudged::NotHere(_)) => (
            format!(
                "{} not in this repository: {named}",
                if revisions.len() == 1 { "a commit is" } else { "commits are" }
            ),
            Some(
                "fetch them: git fetch --unshallow (a shallow clone), git fetch --all --tags; else they were never \
                 published, or a branch was rewritten",
            ),
        ),
        Some(Unjudged::NoCommit(_)) => (format!("what is recorded is no commit's id: {named}"), None),
        Some(Unjudged::Unloaded { revision, why }) => {
            let more = match whys.len() {
                1 => String::new(),
                all => format!(", and {} more", all - 1),
            };
            (format!("the registry can't be loaded from {}: {why}{more}", short(revision)), None)
        }
        Some(Unjudged::Then) | None => {
            ("not judged then either: the glass was broken against a registry with mistakes".into(), None)
        }
    }
}

fn short(revision: &str) -> &str {
    revision.get(..SHORT).unwrap_or(revision)
}

/// `2026-11-22T03:05:00Z  checked rollback checkout 2.4.1 -> 2.3.0 in prod`.
pub fn decision(decision: &Decision) -> String {
    let place = decision.environment.as_ref().map_or(String::new(), |name| format!(" in {name}"));
    let moved =
        decision.says.movement.as_ref().map_or(String::new(), |of| movement(of, decision.service.as_str()));
    format!("{} {} {moved}{place}", format_time(decision.says.at), decision.says.deed.word())
}

fn movement(of: &Movement, service: &str) -> String {
    format!("{} {service} {} -> {}", of.kind, of.from.as_deref().unwrap_or("?"), of.to)
}

/// `was block, is allow`, and where the move was understood otherwise, that.
pub fn verdicts(difference: &Difference) -> String {
    let (was, is) = (&difference.was, &difference.is);
    let from = |of: &Movement| of.from.as_deref().unwrap_or("?").to_owned();
    let moved = match was.movement == is.movement {
        true => String::new(),
        false => format!(
            "; was a {} from {}, is a {} from {}",
            was.movement.kind,
            from(&was.movement),
            is.movement.kind,
            from(&is.movement)
        ),
    };
    match was.verdict == is.verdict {
        true => format!("was {}, and is, for other reasons{moved}", was.verdict),
        false => format!("was {}, is {}{moved}", was.verdict, is.verdict),
    }
}

/// `advisory-reopened CVE-1: was block (exploited-advisories-block), isn't found`.
pub fn changed(changed: &Changed) -> String {
    let Some(any) = changed.was.as_ref().or(changed.is.as_ref()) else { return String::new() };
    let subject = match any.subject.starts_with(&*any.code) {
        true => any.subject.to_string(),
        false => format!("{} {}", any.code, any.subject),
    };
    let level = |reason: &Reason| {
        let rule = reason.rule.as_ref().map_or(String::new(), |rule| format!(" (rule {rule})"));
        format!("{}{rule}", reason.level)
    };
    match (&changed.was, &changed.is) {
        (Some(was), Some(is)) => format!("{subject}: was {}, is {}", level(was), level(is)),
        (Some(was), None) => format!("{subject}: was {}, isn't found", level(was)),
        (None, is) => format!("{subject}: wasn't found, is {}", is.as_ref().map_or(String::new(), level)),
    }
}

/// The most likely cause, in a sentence.
pub fn cause(cause: &Cause) -> String {
    let also = |last: &bool| match last {
        true => {
            "; it is the last line of its record, so that it was changed itself would only show against an earlier head"
        }
        false => "",
    };
    match cause {
        Cause::Chain(message) => {
            format!("the line isn't what was written, or stands where it doesn't belong: {message}")
        }
        Cause::Dirty => {
            "the registry had changes then that were in no commit; the line says so, and nothing keeps them"
                .into()
        }
        Cause::PerhapsDirty => {
            "the registry may have had changes then that were in no commit; nobody could tell".into()
        }
        Cause::Rules { rules, last } => {
            let rules: Vec<String> = rules.iter().map(rule_change).collect();
            format!("the shipped rules are others than then: {}{}", some(&rules), also(last))
        }
        Cause::Holdpoint { last } => {
            format!("this holdpoint judges otherwise than the one that recorded it{}", also(last))
        }
    }
}

fn rule_change(change: &RuleChange) -> String {
    let named =
        |rule: &Option<Box<str>>| rule.as_ref().map_or("no rule".to_owned(), |rule| format!("`{rule}`"));
    match change.was == change.is {
        true => format!("{} decides {} otherwise", named(&change.was), change.code),
        false => format!("{} decided {}, now {} does", named(&change.was), change.code, named(&change.is)),
    }
}
