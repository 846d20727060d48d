//! What is still to be told: lines of the record that say so, without a line that says it arrived.
//!
//! It is read from the record alone, so any clone can go on where another was stopped. A line that tells of an attempt
//! always stands behind the line that it is about, so what is pending while reading is what is left at the end.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::Deserialize;

use crate::model::{Name, Time, parse_time};
use crate::record::{Addressee, Line, each_line, files};
use crate::registry::{Tree, TreeError};
use crate::telling::Event;

/// What is still to be told.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    /// Event by event, oldest first.
    pub pending: Vec<Pending>,
    /// Events of which nobody could say who is to hear of them.
    pub unrouted: Vec<Event>,
    /// Sinks that said that they are gone for good, and when; one that took something since isn't.
    pub gone: BTreeMap<Box<str>, Time>,
    /// Sinks that want to be left alone, and until when; one that took something since doesn't.
    quiet: BTreeMap<Box<str>, Time>,
    /// What was tried of events that no line tells.
    passing: BTreeMap<(Box<str>, Addressee), Attempts>,
}

/// An event that somebody wasn't told yet.
#[derive(Debug, Clone)]
pub struct Pending {
    /// The event.
    pub event: Event,
    /// Who is to hear of it.
    pub to: Addressee,
    /// What was tried.
    pub attempts: Attempts,
}

/// What was tried to tell somebody of an event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attempts {
    /// How often.
    pub count: u32,
    /// When last.
    pub last: Option<Time>,
    /// What was answered last.
    pub answer: Option<Box<str>>,
    /// Before when the sink doesn't want to be asked again.
    pub not_before: Option<Time>,
    /// Whether it arrived.
    pub arrived: bool,
}

/// How patient whoever tells is with sinks that were down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Whoever acts tries what is left of others, less and less often.
    BackOff,
    /// Somebody asked for it: all at once. Only what a sink asked for itself holds it back.
    None,
}

/// How long a sink is left alone after the first, second, … attempt that failed.
const PAUSES: [TimeDelta; 7] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(15),
    TimeDelta::hours(1),
    TimeDelta::hours(4),
    TimeDelta::hours(12),
    TimeDelta::hours(24),
];

impl Attempts {
    /// Whether to try again now.
    pub fn is_due(&self, now: Time, patience: Patience) -> bool {
        let asked = self.not_before.is_none_or(|time| time <= now);
        asked && (patience == Patience::None || self.rested(now))
    }

    /// Whether as long as after so many attempts is over; a clock that went back doesn't stretch it.
    pub fn rested(&self, now: Time) -> bool {
        let Some(last) = self.last.filter(|last| *last <= now) else { return true };
        let at = (self.count.max(1) as usize - 1).min(PAUSES.len() - 1);
        now - last >= PAUSES[at]
    }
}

/// What is looked at of every line.
#[derive(Deserialize)]
struct Glimpse {
    id: Box<str>,
    at: Box<str>,
    kind: Box<str>,
    #[serde(default)]
    tell: Vec<Addressee>,
    #[serde(default)]
    unrouted: Option<Box<str>>,
    #[serde(default)]
    of: Option<Box<str>>,
    #[serde(default)]
    who: Option<Box<str>>,
    #[serde(default)]
    sink: Option<Box<str>>,
    #[serde(default)]
    arrived: bool,
    #[serde(default)]
    answer: Option<Box<str>>,
    #[serde(default)]
    not_before: Option<Box<str>>,
    #[serde(default)]
    gone: bool,
}

/// A line that says that somebody is to be told.
struct Owing {
    line: Vec<u8>,
    tell: Vec<(Addressee, Attempts)>,
    unrouted: bool,
}

/// Reads what is still to be told of these services; with `newest`, only in so many of the newest files of each.
///
/// # Errors
/// When a record can't be read. Lines that can't be understood are the business of who verifies it.
pub fn pending(tree: &dyn Tree, services: &[Name], newest: Option<usize>) -> Result<Outbox, TreeError> {
    let mut outbox = Outbox::default();
    for service in services {
        let months = files(tree, service)?.unwrap_or_default().months;
        let skip = newest.map_or(0, |newest| months.len().saturating_sub(newest));
        // In the order of the record.
        let mut owing: Vec<(Box<str>, Owing)> = Vec::new();
        for month in months.iter().skip(skip) {
            each_line(tree, month, &mut |raw| outbox.take(raw.bytes, &mut owing))?;
        }
        owing.into_iter().for_each(|(_, owing)| outbox.keep(owing));
    }
    outbox.pending.sort_by_key(|pending| pending.event.at());
    Ok(outbox)
}

impl Outbox {
    /// Takes account of a line.
    fn take(&mut self, line: &[u8], owing: &mut Vec<(Box<str>, Owing)>) {
        // Most lines of most records are neither, and need not be parsed.
        let has = |word: &[u8]| line.windows(word.len()).any(|piece| piece == word);
        if !has(b"\"tell\"") && !has(b"\"unrouted\"") && !has(b"\"told\"") {
            return;
        }
        let Ok(glimpse) = serde_json::from_slice::<Glimpse>(line) else { return };
        if &*glimpse.kind == "told" {
            self.told(glimpse, owing);
        } else if !glimpse.tell.is_empty() || glimpse.unrouted.is_some() {
            let tell = glimpse.tell.into_iter().map(|to| (to, Attempts::default())).collect();
            let unrouted = glimpse.unrouted.is_some();
            owing.push((glimpse.id, Owing { line: line.to_vec(), tell, unrouted }));
        }
    }

    fn told(&mut self, told: Glimpse, owing: &mut Vec<(Box<str>, Owing)>) {
        let (Some(of), Some(sink)) = (told.of, told.sink) else { return };
        let at = parse_time(&told.at).ok();
        match at {
            Some(at) if told.gone => self.gone.insert(sink.clone(), at),
            _ if told.arrived => self.gone.remove(&sink),
            _ => None,
        };
        match told.not_before.as_deref().and_then(|text| parse_time(text).ok()) {
            Some(until) if !told.arrived => self.quiet.insert(sink.clone(), until),
            _ if told.arrived => self.quiet.remove(&sink),
            _ => None,
        };
        let to = Addressee { team: told.who, sink };
        let attempt = |attempts: &mut Attempts| {
            attempts.count += 1;
            attempts.last = at.or(attempts.last);
            attempts.not_before = told.not_before.as_deref().and_then(|text| parse_time(text).ok());
            attempts.answer.clone_from(&told.answer);
            attempts.arrived |= told.arrived;
        };
        let Some(index) = owing.iter().rposition(|(id, _)| *id == of) else {
            attempt(self.passing.entry((of, to)).or_default());
            return;
        };
        let entry = &mut owing[index].1;
        // What was routed later isn't among the line's own routes.
        if let Some(at) = entry.tell.iter().position(|(other, _)| *other == to) {
            attempt(&mut entry.tell[at].1);
        } else {
            let mut attempts = Attempts::default();
            attempt(&mut attempts);
            entry.tell.push((to, attempts));
        }
        if !entry.unrouted && entry.tell.iter().all(|(_, attempts)| attempts.arrived) {
            owing.remove(index);
        }
    }

    /// Keeps what of a line nobody was told.
    fn keep(&mut self, owing: Owing) {
        let Ok(line) = serde_json::from_slice::<Line>(&owing.line) else { return };
        let Some(event) = Event::of(&line.statement) else { return };
        if owing.unrouted {
            for (to, attempts) in owing.tell {
                self.passing.insert((event.id().into(), to), attempts);
            }
            self.unrouted.push(event);
            return;
        }
        let left = owing.tell.into_iter().filter(|(_, attempts)| !attempts.arrived);
        self.pending.extend(left.map(|(to, attempts)| Pending { event: event.clone(), to, attempts }));
    }

    /// Until when a sink wants to be left alone, whatever it is to be told; None: it doesn't.
    pub fn quiet(&self, sink: &str, now: Time) -> Option<Time> {
        self.quiet.get(sink).copied().filter(|until| *until > now)
    }

    /// What was tried to tell somebody of an event that no line's routes name: one that time brought, or one that was
    /// routed later.
    pub fn attempts(&self, event: &Event, to: &Addressee) -> Attempts {
        self.passing.get(&(event.id().into(), to.clone())).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::testing::{named, statement};
    use crate::record::{Deed, Statement, seal, tail};
    use crate::registry::MemoryTree;

    fn to(sink: &str) -> Addressee {
        Addressee { team: Some("appsec".into()), sink: sink.into() }
    }

    fn event(id: &str, tell: &[&str]) -> Statement {
        let deed = Deed::Revoked { sign_off: "S".into(), key: "security".into(), reason: "r".into() };
        Statement {
            id: id.into(),
            deed,
            tell: tell.iter().map(|sink| to(sink)).collect(),
            ..statement("2026-11-22T03:00:00Z")
        }
    }

    fn told(of: &str, sink: &str, at: &str, arrived: bool) -> Statement {
        let deed = Deed::Told {
            of: of.into(),
            event: "sign-off.revoked".into(),
            subject: None,
            who: Some("appsec".into()),
            sink: sink.into(),
            arrived,
            answer: if arrived { "204".into() } else { "503".into() },
            not_before: (!arrived).then(|| "2026-11-22T03:30:00Z".into()),
            gone: false,
        };
        Statement { id: format!("T-{of}-{sink}-{at}").into(), deed, ..statement(at) }
    }

    fn outbox(says: &[Statement]) -> Outbox {
        let mut tree = MemoryTree::new();
        let service = named("checkout");
        for says in says {
            let sealed = seal(&service, &tail(&tree, &service).unwrap(), &[says]).unwrap();
            let before = tree.files().get(&sealed.file).cloned().unwrap_or_default();
            tree.put(&sealed.file, [before, sealed.bytes].concat());
        }
        pending(&tree, &[service], None).unwrap()
    }

    fn shown(outbox: &Outbox) -> Vec<String> {
        let one = |one: &Pending| format!("{} {} {}", one.event.id(), one.to.sink, one.attempts.count);
        outbox.pending.iter().map(one).collect()
    }

    #[test]
    fn pending_is_what_has_no_line_that_says_it_arrived() {
        let says = [
            event("A", &["chat", "mail"]),
            event("B", &["chat"]),
            event("C", &[]),
            told("A", "chat", "2026-11-22T03:00:05Z", true),
            told("A", "mail", "2026-11-22T03:00:05Z", false),
            told("A", "mail", "2026-11-22T03:10:00Z", false),
        ];
        assert_eq!(shown(&outbox(&says)), ["A mail 2", "B chat 0"]);
        let later = [
            told("A", "mail", "2026-11-22T04:00:00Z", true),
            told("B", "chat", "2026-11-22T04:00:00Z", true),
        ];
        assert!(outbox(&[&says[..], &later].concat()).pending.is_empty());
    }

    #[test]
    fn what_could_not_be_routed_waits_for_routes() {
        let unrouted = Statement { unrouted: Some("holdpoint.toml:3: no sink".into()), ..event("A", &[]) };
        let found = outbox(&[unrouted.clone(), told("A", "chat", "2026-11-22T03:00:05Z", true)]);
        assert_eq!((found.pending.len(), found.unrouted.len()), (0, 1));
        assert!(found.attempts(&found.unrouted[0], &to("chat")).arrived);
        assert!(!found.attempts(&found.unrouted[0], &to("mail")).arrived);
    }

    #[test]
    fn a_sink_that_wants_to_be_left_alone_is_until_then_or_until_it_takes_something() {
        let asked = [event("A", &["chat"]), told("A", "chat", "2026-11-22T03:00:05Z", false)];
        let found = outbox(&asked);
        let at = |text: &str| parse_time(text).unwrap();
        assert_eq!(found.quiet("chat", at("2026-11-22T03:29:59Z")), Some(at("2026-11-22T03:30:00Z")));
        assert_eq!(found.quiet("chat", at("2026-11-22T03:30:00Z")), None);
        assert_eq!(found.quiet("mail", at("2026-11-22T03:10:00Z")), None);
        let since = [&asked[..], &[told("A", "chat", "2026-11-22T03:20:00Z", true)]].concat();
        assert_eq!(outbox(&since).quiet("chat", at("2026-11-22T03:21:00Z")), None);
    }

    #[test]
    fn a_sink_that_is_gone_stays_gone_until_it_takes_something() {
        let mut gone = told("A", "chat", "2026-11-22T03:00:05Z", false);
        if let Deed::Told { gone, .. } = &mut gone.deed {
            *gone = true;
        }
        let says = [event("A", &["chat"]), gone];
        assert_eq!(outbox(&says).gone.keys().map(|sink| &**sink).collect::<Vec<_>>(), ["chat"]);
        let back = [&says[..], &[told("test", "chat", "2026-11-22T05:00:00Z", true)]].concat();
        assert!(outbox(&back).gone.is_empty());
        assert_eq!(shown(&outbox(&back)), ["A chat 1"], "what waited goes on");
    }

    #[test]
    fn a_sink_is_asked_less_and_less_often_and_never_before_it_wants() {
        let time = |text: &str| parse_time(text).unwrap();
        let then = time("2026-11-22T03:00:00Z");
        let last = Some(then);
        let after = |count, minutes: i64| {
            let attempts = Attempts { count, last, ..Attempts::default() };
            attempts.is_due(then + TimeDelta::minutes(minutes), Patience::BackOff)
        };
        assert!(after(0, 1) && !after(1, 0) && after(1, 1) && !after(2, 4) && after(2, 5));
        assert!(!after(9, 23 * 60) && after(9, 24 * 60) && after(3, -5), "a clock went back");
        let asked = Attempts {
            count: 1,
            last,
            not_before: Some(time("2026-11-22T03:30:00Z")),
            ..Attempts::default()
        };
        assert!(!asked.is_due(time("2026-11-22T03:29:59Z"), Patience::None));
        assert!(asked.is_due(time("2026-11-22T03:30:00Z"), Patience::None));
        let down = Attempts { not_before: None, ..asked };
        assert!(down.is_due(time("2026-11-22T03:00:01Z"), Patience::None), "somebody asked for it");
    }
}
