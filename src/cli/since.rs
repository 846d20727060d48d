//! `holdpoint status --since`: what happened lately, from the record and by the calendar, worst first.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use anyhow::Result;

use super::args::{Format, moment};
use super::exit;
use super::failure::Complaint;
use super::registry::{self, OpenedWhole};
use super::settings::Settings;
use crate::model::{Key, Name, Service, Sources, Time, Window};
use crate::record::{Addressee, Deed, Entry, Wanted, recorded, select};
use crate::registry::{Loaded, TreeError};
use crate::report::since::{Happened, Since};
use crate::report::told::{Telling, message};
use crate::report::{human, json, markdown};
use crate::telling::{Event, passing};

/// What is asked for.
pub(super) struct Asked<'a> {
    pub services: &'a [Name],
    pub env: Option<&'a Name>,
    pub since: Ago,
    pub team: Option<&'a Name>,
}

/// Since when: so long ago, or a moment.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ago {
    Period(Window),
    Moment(Time),
}

/// Takes since when.
pub(super) fn ago(text: &str) -> Result<Ago, String> {
    match Window::parse(text) {
        Some(period) => Ok(Ago::Period(period)),
        None => moment(text).map(Ago::Moment).map_err(|_| {
            "write how long ago, such as 24h or 7d, or a time, such as 2026-11-22T03:00:00Z".to_owned()
        }),
    }
}

/// Looks, and reports.
pub(super) fn run(asked: &Asked<'_>, settings: &Settings) -> Result<ExitCode> {
    let opened = registry::open_whole(settings)?;
    if let Some(team) = asked.team {
        check_team(team, &opened)?;
    }
    let now = settings.moment.now;
    let since = match asked.since {
        Ago::Period(period) => period.before(now),
        Ago::Moment(time) => time,
    };
    let services = services(asked, &opened)?;
    let tree = opened.found.tree();
    let before = settings.moment.horizon.map(|horizon| horizon + chrono::TimeDelta::seconds(1));
    let wanted = Wanted { since: Some(since), before, environment: asked.env.cloned(), ..Wanted::default() };
    let entries = select(&tree, &services, &wanted).map_err(unread)?.entries;
    let told = told(&entries);
    let mut by_service: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in &entries {
        by_service.entry(entry.text("service").unwrap_or_default()).or_default().push(entry);
    }
    let (mut events, mut unreadable) = (Vec::new(), Vec::new());
    let none = Sources::default();
    let context = opened.context(settings, &none, &[]);
    for name in &services {
        let loaded = match opened.whole.names().contains(name) {
            true => opened.service(&tree, name).ok(),
            false => None,
        };
        let registry = loaded.as_ref().map(|Loaded { registry, .. }| registry);
        if registry.is_none() {
            unreadable.push(name.to_string());
        }
        let service = registry.and_then(|registry| registry.services.get(name));
        let lines = by_service.get(name.as_str()).into_iter().flatten();
        let lines = lines.filter_map(|entry| Event::of(&entry.known()?.statement));
        let found = registry.map(|registry| passing(registry, name, now)).unwrap_or_default();
        let found = found.into_iter().filter(|one| asked.env.is_none_or(|env| *env == one.environment));
        for event in lines.chain(found.map(Event::Passing)) {
            if asked.team.is_some_and(|team| !concerns(&event, service, team)) {
                continue;
            }
            let to = Addressee { team: asked.team.map(|team| team.as_str().into()), sink: Box::default() };
            let message = message(&Telling { context, event: &event, to: &to, registry, now });
            events.push((message.urgency, happened(&event, &message, &told)));
        }
    }
    // Of one moment, what was recorded later stands first.
    events.reverse();
    events.sort_by(|(a, one), (b, other)| (b, other.at).cmp(&(a, one.at)));
    let events: Vec<Happened> = events.into_iter().map(|(_, event)| event).collect();
    let team = asked.team.map(Name::as_str);
    let since = Since { context, since, team, events: &events, unread: &unreadable };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::since(&since, look),
        Format::Json => json::since(&since),
        Format::Markdown => markdown::since(&since, look.detail),
    });
    Ok(ExitCode::from(exit::of_answer(delivered)))
}

/// Whether an event concerns a team: it owns a key of the service, or was to be told.
fn concerns(event: &Event, service: Option<&Service>, team: &Name) -> bool {
    let owns =
        service.is_some_and(|service| Key::ALL.into_iter().any(|key| service.owners.of(key) == Some(team)));
    let told =
        event.line().is_some_and(|says| says.tell.iter().any(|to| to.team.as_deref() == Some(team.as_str())));
    owns || told
}

/// Who was told of which event, by id.
fn told(entries: &[Entry]) -> BTreeMap<String, Vec<(Addressee, String)>> {
    let mut all: BTreeMap<String, Vec<(Addressee, String)>> = BTreeMap::new();
    for line in entries.iter().filter_map(Entry::known) {
        let says = &line.statement;
        if let Deed::Told { of, who, sink, arrived: true, .. } = &says.deed {
            let at = crate::model::format_time(says.at);
            let words = match who {
                Some(team) => format!("{team} by {sink} at {at}"),
                None => format!("{sink} at {at}"),
            };
            all.entry(of.to_string())
                .or_default()
                .push((Addressee { team: who.clone(), sink: sink.clone() }, words));
        }
    }
    all
}

fn happened(
    event: &Event,
    message: &crate::telling::Message,
    told: &BTreeMap<String, Vec<(Addressee, String)>>,
) -> Happened {
    let heard = told.get(event.id()).map(Vec::as_slice).unwrap_or_default();
    let owed = event.line().map(|says| says.tell.as_slice()).unwrap_or_default();
    let untold: BTreeSet<&Addressee> =
        owed.iter().filter(|to| heard.iter().all(|(other, _)| other != *to)).collect();
    Happened {
        id: event.id().into(),
        kind: event.kind().word(),
        at: event.at(),
        service: event.service().into(),
        environment: event.environment().map(Into::into),
        urgency: message.urgency,
        sentence: message.sentence.clone(),
        command: message.command.clone(),
        told: heard.iter().map(|(_, words)| words.clone()).collect(),
        untold: untold
            .into_iter()
            .map(|to| match &to.team {
                Some(team) => format!("{team} by {}", to.sink),
                None => to.sink.to_string(),
            })
            .collect(),
    }
}

fn check_team(team: &Name, opened: &OpenedWhole) -> Result<()> {
    let shared = opened.shared()?;
    let teams = &shared.registry.teams;
    if teams.is_empty() || teams.contains_key(team) {
        return Ok(());
    }
    let known: Vec<String> = teams.keys().map(|name| format!("`{name}`")).collect();
    let hint = format!("teams: {}", known.join(", "));
    Err(Complaint::unjudged(format!("no team `{team}`"), Some(hint)).into())
}

/// The services that were named, else all that the registry or the record knows.
fn services(asked: &Asked<'_>, opened: &OpenedWhole) -> Result<Vec<Name>> {
    let tree = opened.found.tree();
    let recorded = recorded(&tree).map_err(unread)?.services;
    let known: BTreeSet<Name> = opened.whole.names().iter().chain(&recorded).cloned().collect();
    for name in asked.services.iter().filter(|name| !known.contains(*name)) {
        opened.service(&tree, name).map_err(|error| opened.found.complaint(error))?;
    }
    Ok(match asked.services.is_empty() {
        true => known.into_iter().collect(),
        false => asked.services.to_vec(),
    })
}

fn unread(error: TreeError) -> Complaint {
    let hint = error.hint().map(str::to_owned);
    Complaint::unjudged(error.to_string(), hint)
}
