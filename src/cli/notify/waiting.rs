//! What waits in the whole registry: what lines owe, what could not be routed, and what time has brought.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::cli::failure::{Complaint, Refused};
use crate::cli::registry::{OpenedWhole, open_whole};
use crate::cli::settings::Settings;
use crate::cli::side_by_side::each_service;
use crate::cli::telling::Due;
use crate::model::{Name, Time};
use crate::record::{Addressee, recorded};
use crate::registry::{Loaded, TreeError, routes};
use crate::telling::{Attempts, Event, Outbox, Patience, passing, pending, routed};

/// What waits, and what else there is to know of it.
pub(super) struct Waiting {
    pub opened: OpenedWhole,
    /// What may be told now.
    pub due: Vec<Due>,
    /// What a sink has put off, or what goes to one that is gone.
    pub held: Vec<(Due, Held)>,
    /// Services that can't be read, so that nobody knows what time has brought there.
    pub unread: Vec<String>,
}

/// Why something isn't told now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// The sink wants to be left alone until then.
    Until(Time),
    /// The sink said that it is gone.
    Gone(Time),
    /// It was tried just before, and rests for a while.
    Resting,
}

/// Looks for what waits of these services; of all, where none is named.
pub(super) fn waiting(named: &[Name], settings: &Settings, patience: Patience) -> Result<Waiting> {
    let opened = open_whole(settings)?;
    let tree = opened.found.tree();
    let routes = routes(&tree, &opened.found.main).map_err(unread)?.map_err(Refused)?.list;
    let services = services(named, &opened)?;
    let outbox = pending(&tree, &services, None).map_err(unread)?;
    let known: Vec<Name> =
        services.iter().filter(|name| opened.whole.names().contains(name)).cloned().collect();
    let now = settings.moment.now;
    let mut all: Vec<Due> = outbox
        .pending
        .iter()
        .map(|one| Due {
            event: one.event.clone(),
            to: one.to.clone(),
            attempts: one.attempts.clone(),
            earlier: true,
        })
        .collect();
    let mut unread = Vec::new();
    if !routes.is_empty() {
        let seen = each_service(&opened, &known, settings, |name, loaded| {
            let Ok(Loaded { registry, .. }) = loaded else { return Err(name.to_string()) };
            let events = passing(&registry, name, now).into_iter().map(Event::Passing);
            let unrouted = outbox.unrouted.iter().filter(|event| event.service() == name.as_str()).cloned();
            let to = |event: Event| {
                let to = routed(&event, &routes, Some(&registry), now);
                (event, to)
            };
            Ok(events.chain(unrouted).map(to).collect::<Vec<_>>())
        });
        for one in seen {
            match one {
                Ok(events) => {
                    all.extend(events.into_iter().flat_map(|(event, to)| open(&outbox, &event, to)))
                }
                Err(name) => unread.push(name),
            }
        }
    }
    all.sort_by_key(|due| due.event.at());
    let (mut due, mut held) = (Vec::new(), Vec::new());
    for one in all {
        match hold(&outbox, &one, now, patience) {
            Some(why) => held.push((one, why)),
            None => due.push(one),
        }
    }
    Ok(Waiting { opened, due, held, unread })
}

/// An event that is routed only now, to all who weren't told of it yet.
fn open(outbox: &Outbox, event: &Event, to: Vec<Addressee>) -> Vec<Due> {
    let due = |to: Addressee| {
        let attempts: Attempts = outbox.attempts(event, &to);
        (!attempts.arrived).then(|| Due { event: event.clone(), to, attempts, earlier: true })
    };
    to.into_iter().filter_map(due).collect()
}

fn hold(outbox: &Outbox, due: &Due, now: Time, patience: Patience) -> Option<Held> {
    if let Some(since) = outbox.gone.get(&due.to.sink) {
        return Some(Held::Gone(*since));
    }
    let asked = due.attempts.not_before.filter(|time| *time > now);
    match asked.max(outbox.quiet(&due.to.sink, now)) {
        Some(time) => Some(Held::Until(time)),
        None => (!due.attempts.is_due(now, patience)).then_some(Held::Resting),
    }
}

/// The services that were named, else all that the registry or the record knows.
fn services(named: &[Name], opened: &OpenedWhole) -> Result<Vec<Name>> {
    let tree = opened.found.tree();
    let recorded = recorded(&tree).map_err(unread)?.services;
    let known: BTreeMap<&Name, ()> =
        opened.whole.names().iter().chain(&recorded).map(|name| (name, ())).collect();
    for name in named {
        if !known.contains_key(name) {
            opened.service(&tree, name).map_err(|error| opened.found.complaint(error))?;
        }
    }
    Ok(match named.is_empty() {
        true => known.into_keys().cloned().collect(),
        false => named.to_vec(),
    })
}

fn unread(error: TreeError) -> Complaint {
    let hint = error.hint().map(str::to_owned);
    Complaint::unjudged(error.to_string(), hint)
}
