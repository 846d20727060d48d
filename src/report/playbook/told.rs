//! Whom a move is told to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Drawn, Task};
use crate::judge::{Verdict, and};
use crate::model::Key;
use crate::record::{Addressee, Deed, Known, State, Statement};
use crate::telling::{Event, routed};

/// Who hears of the move: whom the registry's routes tell, as `run` would ask them, and who is left to be told by hand.
pub(super) fn whom(drawn: &Drawn<'_>) -> Vec<Task> {
    let Some(verdict) = drawn.verdict().filter(|_| drawn.moves()) else { return Vec::new() };
    let Some(routes) = drawn.routes else {
        let text = format!("Tell {} what was done", teams(drawn, &BTreeSet::new()));
        return vec![Task::of(text).note("who is told by itself can't be said: `[[notify]]` has mistakes")];
    };
    let mut to: BTreeSet<Addressee> = BTreeSet::new();
    for deed in [
        Deed::Started { command: Vec::new() },
        Deed::Recorded { key: None, moved: None, running: Vec::new() },
    ] {
        let event = Event::of(&line(drawn, deed, verdict));
        to.extend(
            event
                .map(|event| routed(&event, routes, Some(drawn.registry), drawn.context.as_of))
                .unwrap_or_default(),
        );
    }
    let heard: BTreeSet<&str> = to.iter().filter_map(|one| one.team.as_deref()).collect();
    let text = match to.is_empty() {
        true => format!("Tell {} what was done", teams(drawn, &heard)),
        false => format!("holdpoint tells {}", listed(&to)),
    };
    let left = drawn.teams().filter(|team| !heard.contains(team)).count();
    match (to.is_empty(), left) {
        (true, _) => {
            vec![Task::of(text).note("the record gets a line of it; nobody is told by itself")]
        }
        (false, 0) => vec![Task::of(text)],
        (false, _) => vec![Task::of(text), Task::of(format!("Tell {} what was done", teams(drawn, &heard)))],
    }
}

/// The line that a move leaves in the record, as far as routes ask for it.
fn line(drawn: &Drawn<'_>, deed: Deed, verdict: &Verdict<'_>) -> Statement {
    let says = Statement {
        id: Box::default(),
        at: drawn.context.as_of,
        deed,
        service: drawn.service().as_str().into(),
        environment: None,
        movement: None,
        verdict: None,
        reasons: Vec::new(),
        incident: None,
        by: Box::default(),
        known: Known::Git,
        registry: State::default(),
        ci: BTreeMap::new(),
        group: None,
        tell: Vec::new(),
        unrouted: None,
    };
    says.judged(verdict)
}

/// `` `appsec` (by `chat`) and whoever reads `pages` ``
fn listed(to: &BTreeSet<Addressee>) -> String {
    let one = |of: &Addressee| match &of.team {
        Some(team) => format!("`{team}` (by `{}`)", of.sink),
        None => format!("whoever reads `{}`", of.sink),
    };
    let all: Vec<String> = to.iter().map(one).collect();
    and(all.iter().map(String::as_str))
}

/// The service's teams that haven't heard of it.
fn teams(drawn: &Drawn<'_>, heard: &BTreeSet<&str>) -> String {
    let owners = &drawn.playbook.overview.service.owners;
    let team = |key: Key| {
        let team = owners.of(key).filter(|team| !heard.contains(team.as_str()))?;
        Some(format!("`{team}` ({key})"))
    };
    let teams: Vec<String> = Key::ALL.into_iter().filter_map(team).collect();
    if teams.is_empty() { "both teams".to_owned() } else { and(teams.iter().map(String::as_str)) }
}
