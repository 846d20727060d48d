//! Lints on routes: whether everybody hears of what concerns them. Told of all services together.

use std::collections::BTreeSet;

use crate::judge::and;
use crate::lint::Lint;
use crate::lint::note::{Note, Notes};
use crate::model::{EventKind, Key, Name, Registry, Route};

pub(super) static EVENT_WITHOUT_ROUTE: Lint = Lint {
    word: "event-without-route",
    documentation: "The registry has routes (`[[notify]]`), and none of them tells a team of an event that concerns it: \
        security hears of moves and of broken glass, SRE of flags and of lost ways back, and whoever owns a key of what it is \
        asked to sign. Add the event to a route of that team, or a route without a team that somebody of it reads.",
};

/// What concerns the owner of a key.
fn concerns(key: Key) -> &'static [EventKind] {
    match key {
        Key::Security => &[
            EventKind::RollbackStarted,
            EventKind::RollbackFinished,
            EventKind::VerdictHeld,
            EventKind::SignOffAsked,
            EventKind::BreakGlassUsed,
            EventKind::DebtOverdue,
            EventKind::DriftSeen,
        ],
        Key::Reliability => &[
            EventKind::ReleaseFlagged,
            EventKind::ReleaseCleared,
            EventKind::SignOffAsked,
            EventKind::BreakGlassUsed,
            EventKind::DebtOverdue,
            EventKind::DesertFound,
        ],
    }
}

/// Whether a team hears of an event whatever the routes ask for, as long as it has a route at all.
fn is_told_anyway(kind: EventKind) -> bool {
    matches!(kind, EventKind::SignOffAsked | EventKind::BreakGlassUsed)
}

/// Looks at the routes for the owners of all services. Without any route, nobody wants to be told by holdpoint.
pub(super) fn find(registry: &Registry, routes: &[Route], owners: &BTreeSet<(Name, Key)>, notes: &mut Notes) {
    if routes.is_empty() {
        return;
    }
    let teams: BTreeSet<&Name> = owners.iter().map(|(team, _)| team).collect();
    for team in teams {
        let of_team: Vec<_> =
            routes.iter().filter(|route| route.team.as_ref().is_none_or(|other| other == team)).collect();
        let own = of_team.iter().any(|route| route.team.is_some());
        let keys = owners.iter().filter(|(owner, _)| owner == team).map(|(_, key)| *key);
        let mut missing: Vec<&str> = Vec::new();
        for kind in keys.flat_map(concerns) {
            let told = of_team.iter().any(|route| route.is_on(*kind)) || own && is_told_anyway(*kind);
            if !told && !missing.contains(&kind.word()) {
                missing.push(kind.word());
            }
        }
        // The team where it is defined; one that isn't has a lint of its own.
        if let Some(of) = registry.teams.get(team).filter(|_| !missing.is_empty()) {
            let message = format!("no route tells `{team}` of {}", and(missing.into_iter()));
            let hint = "add them to `on` of its `[[notify]]`; docs/telling.md says what concerns whom";
            notes.push(Note::new(&EVENT_WITHOUT_ROUTE, of.origin, message).hint(hint));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Ask, MemoryTree, load, routes};

    fn told(text: &str) -> Vec<String> {
        let text = format!(
            "format = 1\n[team.sre]\nmembers = []\n[team.sec]\nmembers = []\n[sink.a]\nkind = \"file\"\npath = \"x\"\n{text}"
        );
        let tree: MemoryTree = [("holdpoint.toml", text.as_str())].into_iter().collect();
        let loaded = load(&tree, "holdpoint.toml", &Ask::Everything).unwrap();
        let name = |text: &str| Name::new(text).unwrap();
        let owners = [(name("sre"), Key::Reliability), (name("sec"), Key::Security)].into();
        let mut notes = Notes::default();
        let routes = routes(&tree, "holdpoint.toml").unwrap().unwrap();
        find(&loaded.registry, &routes.list, &owners, &mut notes);
        notes.placed(&loaded.registry.sources, None).into_iter().map(|warning| warning.message).collect()
    }

    #[test]
    fn a_team_that_doesnt_hear_of_what_concerns_it_is_named() {
        assert!(told("").is_empty(), "nobody wants to be told");
        assert!(told("[[notify]]\non = \"*\"\nto = \"a\"\n").is_empty(), "somebody of it reads that");
        let some = told(
            "[[notify]]\non = [\"rollback.*\", \"verdict.*\", \"debt.*\", \"drift.*\"]\nteam = \"sec\"\nto = \"a\"\n",
        );
        let [one] = some.as_slice() else { panic!("{some:?}") };
        assert!(one.starts_with("no route tells `sre` of release.flagged, release.cleared"), "{one}");
    }
}
