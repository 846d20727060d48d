//! Telling others of an act, as part of it: what its lines owe is sent, and what became of that is written down.
//!
//! It comes behind the act, which is done and recorded by then, and nothing of it changes a verdict or an exit code. A
//! `Round` is all that is sent at once: to all sinks side by side, within one budget. What doesn't arrive waits in
//! the record, for whoever acts next or for `holdpoint notify flush`.

mod send;
mod sent;

use std::collections::{BTreeMap, BTreeSet};
use std::thread::JoinHandle;
use std::time::Duration;

use super::publish::Way;
use super::registry::Found;
use super::settings::{self, Settings};
use super::write::duration;
use crate::model::{Name, Sink, Sources, Time, format_time};
use crate::record::{Addressee, Deed, Occasion, Statement};
use crate::registry::{Ask, Loaded, load, sinks};
use crate::report::told::{self, message};
use crate::report::{Notice, Told};
use crate::telling::{Answer, Attempts, Event, Message, Outbox, Parcel, Patience, passed_over, pending};

pub(super) use self::send::missing;
pub use self::send::{Post, deliver};
pub(super) use self::sent::Sent;

/// How long telling may take, unless that was said.
const BUDGET: Duration = Duration::from_secs(5);
/// How long publishing that somebody was told may take.
const PUBLISHING: Duration = Duration::from_secs(10);
/// In how many of a record's newest files whoever acts looks for what waits from before.
const NEWEST: usize = 2;
/// How much of that goes along with an act at most.
const ALONG: usize = 20;

/// How long telling may take. What every command that acts has among its options.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Telling {
    /// How long telling others may take, all of them side by side; 0: nobody now, it waits for `notify flush`
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration)]
    tell_timeout: Duration,
}

impl Telling {
    /// From now on, so long.
    pub fn begin(self, settings: &Settings) {
        let _ = settings.telling.set(self.tell_timeout);
    }
}

/// How long telling may take.
pub(super) fn budget(settings: &Settings) -> Duration {
    settings.telling.get().copied().unwrap_or(BUDGET)
}

/// One event that one sink is to be told of.
#[derive(Debug, Clone)]
pub(super) struct Due {
    pub event: Event,
    pub to: Addressee,
    /// What was tried before.
    pub attempts: Attempts,
    /// Whether it is of an earlier act.
    pub earlier: bool,
}

/// All that is sent at once. It owns what it needs, so it can be sent while something else goes on.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// One for each event and sink, with all whom it tells by that.
    parcels: Vec<(Vec<Due>, Message, Sink)>,
    /// What can't be sent, and why.
    stuck: Vec<(Due, Answer)>,
    trouble: Vec<String>,
    unreachable: BTreeSet<String>,
    folder: std::path::PathBuf,
}

/// A round that goes on beside something else.
pub(super) struct Going(JoinHandle<Sent>);

impl Round {
    /// What an act's lines owe, and with `waits` what waits from before of the same services. None: nobody is to be
    /// told.
    pub fn after(found: &Found, settings: &Settings, says: &[Statement], waits: bool) -> Option<Round> {
        if says.iter().all(|says| says.tell.is_empty() && says.unrouted.is_none()) {
            return None;
        }
        let (outbox, now) = (outbox(found, says), settings::now());
        let (mut due, mut stuck): (Vec<Due>, Vec<(Due, Answer)>) = (Vec::new(), Vec::new());
        let mut trouble: Vec<String> = Vec::new();
        for says in says {
            let Some(event) = Event::of(says) else { continue };
            for to in &says.tell {
                let (event, to) = (event.clone(), to.clone());
                let one = Due { event, to, attempts: Attempts::default(), earlier: false };
                match shut(&outbox, &one.to.sink, now) {
                    Some(why) => stuck.push((one, Answer::failed(why))),
                    None => due.push(one),
                }
            }
            let why = says.unrouted.as_ref().map(|why| format!("nobody can say who is to be told: {why}"));
            trouble.extend(why.filter(|why| !trouble.contains(why)));
        }
        if waits {
            due.extend(waiting(&outbox, says, now));
        }
        let mut round = Round::of(found, settings, due);
        round.stuck.extend(stuck);
        round.trouble.splice(0..0, trouble);
        round.unreachable = unreachable(found, says);
        Some(round)
    }

    /// What is to be sent, rendered.
    pub fn of(found: &Found, settings: &Settings, due: Vec<Due>) -> Round {
        let mut round = Round { folder: found.folder.clone(), ..Round::default() };
        let sinks = match sinks(&found.tree(), &found.main) {
            Ok(Ok(sinks)) => sinks,
            Ok(Err(mistakes)) => {
                let first = mistakes.list.first().map_or(String::new(), |mistake| mistake.message.clone());
                round
                    .trouble
                    .push(format!("`[sink.*]` has mistakes: {first} (holdpoint lint shows them all)"));
                return round;
            }
            Err(error) => {
                round.trouble.push(error.to_string());
                return round;
            }
        };
        let mut all: BTreeMap<String, Option<Loaded>> = BTreeMap::new();
        let none = Sources::default();
        for due in together(due) {
            let Some(Due { event, to, .. }) = due.first() else { continue };
            let Some(sink) = Name::new(&to.sink).ok().and_then(|name| sinks.get(&name)).cloned() else {
                let answer = Answer::failed(format!("no sink `{}` is defined any more", to.sink));
                round.stuck.extend(due.into_iter().map(|due| (due, answer.clone())));
                continue;
            };
            let loaded = all.entry(event.service().to_owned()).or_insert_with(|| {
                let name = Name::new(event.service()).ok()?;
                load(&found.tree(), &found.main, &Ask::Service(name)).ok()
            });
            let registry = loaded.as_ref().map(|loaded| &loaded.registry);
            let mut context = found.bare(settings, &none);
            context.longest = registry.map(|registry| registry.policy.sign_off_max);
            let now = settings::now();
            // What several teams read in one place is worded for all of them.
            let team = to.team.clone().filter(|_| due.len() == 1);
            let to = Addressee { team, sink: to.sink.clone() };
            let message = message(&told::Telling { context, event, to: &to, registry, now });
            round.parcels.push((due, message, sink));
        }
        round
    }

    /// Sends it, within a budget.
    pub fn send(self, budget: Duration) -> Sent {
        let Round { parcels, stuck, trouble, unreachable, folder } = self;
        let all: Vec<Parcel<'_>> =
            parcels.iter().map(|(_, message, sink)| Parcel { message, sink }).collect();
        let answers = if budget.is_zero() {
            all.iter().map(|_| None).collect()
        } else {
            let answers = deliver(&all, &Post::here(&folder, settings::now(), budget));
            answers.into_iter().map(Some).collect::<Vec<_>>()
        };
        let came = parcels
            .into_iter()
            .zip(answers)
            .flat_map(|((due, ..), answer)| due.into_iter().map(move |due| (due, answer.clone())));
        let stuck = stuck.into_iter().map(|(due, answer)| (due, Some(answer)));
        Sent { came: came.chain(stuck).collect(), trouble, unreachable }
    }

    /// Sends it while something else goes on.
    pub fn go(self, budget: Duration) -> Going {
        Going(std::thread::spawn(move || self.send(budget)))
    }
}

impl Going {
    /// Waits for what became of it, which takes no longer than its budget.
    pub fn done(self) -> Sent {
        self.0.join().unwrap_or_else(|_| Sent {
            trouble: vec!["telling others failed by a defect of holdpoint".into()],
            ..Sent::default()
        })
    }
}

/// Tells others of an act that was written, and writes down who was told. None: nobody is to be told.
pub(super) fn tell(
    found: &Found,
    settings: &Settings,
    says: &[Statement],
    occasion: &Occasion,
) -> Option<Notice> {
    let round = Round::after(found, settings, says, true)?;
    Some(round.send(budget(settings)).write_down(found, settings, occasion))
}

/// What goes to the same sink of the same event, together: it gets each event once.
fn together(due: Vec<Due>) -> Vec<Vec<Due>> {
    let mut all: Vec<Vec<Due>> = Vec::new();
    for one in due {
        let same = |other: &Due| other.event.id() == one.event.id() && other.to.sink == one.to.sink;
        match all.iter_mut().find(|group| group.first().is_some_and(same)) {
            Some(group) => group.push(one),
            None => all.push(vec![one]),
        }
    }
    all
}

/// What the newest lines of the same services say of who is to be told, and of sinks.
fn outbox(found: &Found, says: &[Statement]) -> Outbox {
    let services: BTreeSet<Name> = says.iter().filter_map(|says| Name::new(&says.service).ok()).collect();
    let services: Vec<Name> = services.into_iter().collect();
    // What can't be read is for whoever verifies the record.
    pending(&found.tree(), &services, Some(NEWEST)).unwrap_or_default()
}

/// Why a sink is sent nothing now, of this act either: it asked for that itself.
fn shut(outbox: &Outbox, sink: &str, now: Time) -> Option<String> {
    if let Some(since) = outbox.gone.get(sink) {
        let since = format_time(*since);
        return Some(format!(
            "it said at {since} that it is gone; `holdpoint notify test {sink}` tries it again"
        ));
    }
    let until = outbox.quiet(sink, now)?;
    Some(format!("it wants to be left alone until {} (UTC)", format_time(until)))
}

/// What waits from before of the same services, and may be tried again.
fn waiting(outbox: &Outbox, says: &[Statement], now: Time) -> Vec<Due> {
    let own = |event: &Event| says.iter().any(|says| *says.id == *event.id());
    let due = outbox.pending.iter().filter(|one| {
        let may = one.attempts.is_due(now, Patience::BackOff) && shut(outbox, &one.to.sink, now).is_none();
        may && !own(&one.event)
    });
    due.take(ALONG)
        .map(|one| Due {
            event: one.event.clone(),
            to: one.to.clone(),
            attempts: one.attempts.clone(),
            earlier: true,
        })
        .collect()
}

/// The teams that must hear of it, and to which no route leads.
fn unreachable(found: &Found, says: &[Statement]) -> BTreeSet<String> {
    let mut teams = BTreeSet::new();
    for says in says {
        let keys = match &says.deed {
            Deed::BrokeGlass { .. } => passed_over(says),
            Deed::Asked { key, .. } => {
                crate::model::Key::ALL.into_iter().filter(|own| own.word() == &**key).collect()
            }
            _ => continue,
        };
        let Ok(name) = Name::new(&says.service) else { continue };
        let Ok(loaded) = load(&found.tree(), &found.main, &Ask::Service(name.clone())) else { continue };
        let Some(service) = loaded.registry.services.get(&name) else { continue };
        let owners = keys.into_iter().filter_map(|key| service.owners.of(key));
        let is_told = |team: &Name| says.tell.iter().any(|to| to.team.as_deref() == Some(team.as_str()));
        teams.extend(owners.filter(|team| !is_told(team)).map(ToString::to_string));
    }
    teams
}

/// How publishing that somebody was told goes: what was told was told.
const WAY: Way = Way { at_most: Some(PUBLISHING), stands: true };

/// The line of a report on one parcel.
fn told(due: &Due, answer: Option<&Answer>, not_before: Option<Time>) -> Told {
    Told {
        event: due.event.id().into(),
        kind: due.event.kind().word().into(),
        service: due.event.service().into(),
        team: due.to.team.clone(),
        sink: due.to.sink.clone(),
        arrived: answer.is_some_and(|answer| answer.arrived),
        answer: answer.map_or("not tried, no time was given", |answer| &answer.answer).into(),
        not_before,
        gone: answer.is_some_and(|answer| answer.gone),
        earlier: due.earlier,
    }
}
