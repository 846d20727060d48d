//! `[[notify]]`: who is told what. No verdict needs it, so a mistake in it stops no check.

use std::collections::BTreeSet;

use crate::model::{EventKind, Name, Route, Sources};
use crate::registry::condition::condition;
use crate::registry::desk::Desk;
use crate::registry::mistake::{Mistake, Mistakes};
use crate::registry::reader::{Table, Value};
use crate::registry::shape::{CONDITION, NOTIFY, ROOT};
use crate::registry::wording::{meant, quoted};
use crate::registry::{Tree, TreeError, config, syntax};

/// The routes of a registry, with the text that they stand in.
#[derive(Debug, Clone, Default)]
pub struct Routes {
    /// The routes, in their order.
    pub list: Vec<Route>,
    /// Their text.
    pub sources: Sources,
}

/// Reads `[[notify]]` of the main file alone, whatever else stands there. The inner error is what is wrong with it.
///
/// # Errors
/// When the file can't be read.
pub fn routes(tree: &dyn Tree, main: &str) -> Result<Result<Routes, Mistakes>, TreeError> {
    let (mut sources, mut list) = (Sources::default(), Vec::new());
    let Some(bytes) = tree.read(main)? else { return Ok(Ok(Routes::default())) };
    let file = syntax::take(&mut sources, main, bytes, &mut list).unwrap_or_default();
    let (routes, list) = {
        // What can't be parsed elsewhere in the file is for whoever loads it to say.
        let elsewhere = Desk::new(&sources, Vec::new());
        let (map, _) = syntax::parse_anyhow(&elsewhere, file);
        let environments = config::environments(&Table::of(&map, file, &ROOT, &elsewhere));
        let desk = Desk::new(&sources, Vec::new());
        desk.declare(environments);
        let routes = read(&Table::of(&map, file, &ROOT, &desk));
        drop(map);
        (routes, desk.into_list())
    };
    Ok(if list.is_empty() { Ok(Routes { list: routes, sources }) } else { Err(Mistakes::new(sources, list)) })
}

/// `[[notify]]`.
pub(super) fn read(root: &Table<'_>) -> Vec<Route> {
    let tables = root.tables("notify", &NOTIFY);
    if tables.is_empty() {
        return Vec::new();
    }
    let names = |key: &'static str| -> BTreeSet<Name> {
        let entries = root.get(key).and_then(Value::entries).into_iter().flatten();
        entries.filter_map(|entry| Name::new(entry.key).ok()).collect()
    };
    let (sinks, teams) = (names("sink"), names("team"));
    tables.iter().filter_map(|table| route(table, &sinks, &teams)).collect()
}

fn route(table: &Table<'_>, sinks: &BTreeSet<Name>, teams: &BTreeSet<Name>) -> Option<Route> {
    let on = patterns(table);
    let team = table.get("team").and_then(|value| known(value, teams, "team"));
    let owned = table.bool("owned").unwrap_or(false);
    if owned && !table.has("team") {
        let value = table.get("owned")?;
        value.report_hint("`owned` asks what the team owns, and no team is named", "add `team = \"NAME\"`");
    }
    let to = table.get("to").map(Value::one_or_more).unwrap_or_default();
    if to.is_empty() && table.has("to") {
        table.get("to")?.report_hint("this route leads nowhere", "name at least one sink: `[sink.NAME]`");
    }
    let to: Vec<Name> = to.into_iter().filter_map(|value| known(value, sinks, "sink")).collect();
    let when = table.table("when", &CONDITION).map(|when| condition(&when)).unwrap_or_default();
    Some(Route { on, team, when, owned, to, origin: table.origin() })
}

/// Patterns on the words of events; one that means none is a mistake.
fn patterns(table: &Table<'_>) -> Vec<Box<str>> {
    let Some(on) = table.get("on") else { return Vec::new() };
    let values = on.one_or_more();
    if values.is_empty() {
        on.report_hint(
            "this route is for no event",
            "name some: `on = [\"rollback.*\"]`, or `\"*\"` for all",
        );
    }
    let mut patterns = Vec::new();
    for value in values {
        let Some(text) = value.text() else { continue };
        if !EventKind::ALL.into_iter().any(|kind| kind.is_meant(text)) {
            let hint = meant(text, EventKind::ALL.into_iter().map(EventKind::word), "events:");
            let mistake = Mistake::at(value.place(), format!("no event {}", quoted(text)));
            value.desk.report(mistake.maybe_hint(hint));
        }
        patterns.push(text.into());
    }
    patterns
}

/// A name that must be defined in this file.
fn known(value: Value<'_>, defined: &BTreeSet<Name>, what: &str) -> Option<Name> {
    let name = value.name()?;
    if !defined.contains(&name) {
        let hint = match meant(name.as_str(), defined.iter().map(Name::as_str), "defined:") {
            Some(hint) => hint,
            None => format!("define it: `[{what}.{name}]`"),
        };
        value.report_hint(format!("no {what} {}", quoted(name.as_str())), hint);
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::MemoryTree;

    fn of(text: &str) -> Result<Vec<Route>, Mistakes> {
        let text = format!(
            "format = 1\n[sink.chat]\nkind = \"file\"\npath = \"x\"\n[team.appsec]\nmembers = []\n{text}"
        );
        let tree: MemoryTree = [("holdpoint.toml", text.as_str())].into_iter().collect();
        Ok(routes(&tree, "holdpoint.toml").unwrap()?.list)
    }

    #[test]
    fn a_route_says_what_goes_where() {
        let routes = of("[[notify]]\non = [\"rollback.*\", \"break-glass.used\"]\nteam = \"appsec\"\nowned = true\nwhen = { tier = \"critical\" }\nto = \"chat\"\n").unwrap();
        let [route] = routes.as_slice() else { panic!("{routes:?}") };
        assert!(route.is_on(EventKind::RollbackStarted) && !route.is_on(EventKind::RedeployStarted));
        assert_eq!(route.team.as_ref().map(Name::as_str), Some("appsec"));
        assert_eq!((route.owned, route.to.len(), route.when.tier.len()), (true, 1, 1));
        assert!(of("").unwrap().is_empty());
    }

    #[test]
    fn what_leads_nowhere_is_said() {
        for (text, want) in [
            ("on = \"rolback.*\"\nto = \"chat\"", "no event `rolback.*`"),
            ("on = []\nto = \"chat\"", "this route is for no event"),
            ("on = \"*\"\nto = []", "this route leads nowhere"),
            ("on = \"*\"\nto = \"caht\"", "no sink `caht`"),
            ("on = \"*\"\nteam = \"sre\"\nto = \"chat\"", "no team `sre`"),
            ("on = \"*\"\nowned = true\nto = \"chat\"", "`owned` asks what the team owns"),
            ("on = \"*\"\nwhen = { teir = \"x\" }\nto = \"chat\"", "teir"),
        ] {
            let mistakes = of(&format!("[[notify]]\n{text}\n")).unwrap_err();
            assert!(
                mistakes.list.iter().any(|mistake| mistake.message.contains(want)),
                "{text}: {mistakes:?}"
            );
        }
    }

    #[test]
    fn mistakes_elsewhere_are_for_others() {
        let routes = of(
            "[[notify]]\non = \"*\"\nto = \"chat\"\n[service.x]\nflor = 1\n[policy]\nbaseline = \"never\"\n",
        );
        assert_eq!(routes.unwrap().len(), 1);
    }
}
