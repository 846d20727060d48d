//! Which services a file that all of them share may concern, by what is different in it.
//!
//! Who compares two states of a registry looks only at the services that the difference may concern, and loads
//! nothing to find them: a table that names its services concerns these, any other concerns all.

use std::collections::BTreeSet;

use crate::model::Name;
use crate::registry::document::{self, Map, Node};
use crate::registry::edit::Plain;

/// The services that a difference may concern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Concern {
    /// All of them.
    Everyone,
    /// These.
    These(BTreeSet<Name>),
}

/// Whom the difference between two states of a shared file may concern; None: there is no such file.
pub fn concern(before: Option<&[u8]>, after: Option<&[u8]>) -> Concern {
    let texts = [before, after].map(|bytes| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned());
    let mut tokens = Vec::new();
    let (old, wrong) = document::parse(&texts[0], &mut tokens);
    let (new, wrong_now) = document::parse(&texts[1], &mut tokens);
    if !wrong.is_empty() || !wrong_now.is_empty() {
        return Concern::Everyone;
    }
    let mut names = BTreeSet::new();
    for key in keys(&old, &new) {
        let sides = [(old.get(key), &*texts[0]), (new.get(key), &*texts[1])];
        if said(sides[0]) == said(sides[1]) {
            continue;
        }
        let of_entry: fn(&str, &Node<'_>) -> Option<BTreeSet<Name>> = match key {
            "service" => |name, _| Some(Name::new(name).into_iter().collect()),
            "advisory" | "instability" => |_, flag| affected(flag),
            "sign-off" | "debt" => |_, entry| named(entry.as_table()?.get("service")?),
            "incident" => |_, entry| each(entry.as_table()?.get("services")?, named),
            _ => return Concern::Everyone,
        };
        match of_entries(sides, of_entry) {
            Some(found) => names.extend(found),
            None => return Concern::Everyone,
        }
    }
    Concern::These(names)
}

type Side<'n> = (Option<&'n Node<'n>>, &'n str);

fn keys<'m>(old: &'m Map<'_>, new: &'m Map<'_>) -> BTreeSet<&'m str> {
    old.entries().iter().chain(new.entries()).map(|(key, _)| &*key.text).collect()
}

fn said((node, text): Side<'_>) -> Option<Plain> {
    node.map(|node| Plain::of_node(node, text))
}

/// The services of those entries of a table that are different. None: that can't be told.
fn of_entries(
    sides: [Side<'_>; 2],
    of_entry: fn(&str, &Node<'_>) -> Option<BTreeSet<Name>>,
) -> Option<BTreeSet<Name>> {
    let empty = Map::default();
    let tables = [sides[0].0, sides[1].0].map(|node| match node {
        None => Some(&empty),
        Some(node) => node.as_table(),
    });
    let (old, new) = (tables[0]?, tables[1]?);
    let mut names = BTreeSet::new();
    for key in keys(old, new) {
        let (was, is) = (old.get(key), new.get(key));
        if said((was, sides[0].1)) == said((is, sides[1].1)) {
            continue;
        }
        for entry in was.into_iter().chain(is) {
            names.extend(of_entry(key, entry)?);
        }
    }
    Some(names)
}

fn affected(flag: &Node<'_>) -> Option<BTreeSet<Name>> {
    each(flag.as_table()?.get("affects")?, |entry| named(entry.as_table()?.get("service")?))
}

fn each(list: &Node<'_>, of: impl Fn(&Node<'_>) -> Option<BTreeSet<Name>>) -> Option<BTreeSet<Name>> {
    let found: Option<Vec<_>> = list.as_array()?.iter().map(of).collect();
    found.map(|found| found.into_iter().flatten().collect())
}

fn named(node: &Node<'_>) -> Option<BTreeSet<Name>> {
    Some(BTreeSet::from([Name::new(node.as_str()?).ok()?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_names_services_concerns_these() {
        let flag = |service: &str| {
            format!("[advisory.A]\ntitle = \"t\"\naffects = [{{ {service}, versions = \"1\" }}]\n")
        };
        let checkout = flag("service = \"checkout\"");
        for (before, after, wanted) in [
            ("format = 1\n", "# said otherwise\nformat = 1\n", Some("")),
            ("format = 1\n", "format = 1\n[policy]\nbaseline = \"7d\"\n", None),
            ("", "[service.a]\nabout = \"x\"\n", Some("a")),
            ("[service.a]\n[service.b]\n", "[service.b]\ntier = \"x\"\n[service.a]\n", Some("b")),
            ("", &checkout, Some("checkout")),
            (&checkout, &flag("service = \"ledger\""), Some("checkout ledger")),
            (&checkout, &flag("services = \"*\""), None),
            ("", "[sign-off.S]\nservice = \"a\"\n", Some("a")),
            ("", "[sign-off.S]\nto = \"1\"\n", None),
            ("", "[incident.I]\nservices = [\"a\", \"b\"]\n", Some("a b")),
            ("", "[[rule]]\nthen = \"warn\"\n", None),
            ("", "[service.a", None),
            ("", "[service.a]\nx = 1\n[servce.b]\n", None),
        ] {
            let said = match concern(Some(before.as_bytes()), Some(after.as_bytes())) {
                Concern::Everyone => None,
                Concern::These(names) => Some(names.iter().map(Name::as_str).collect::<Vec<_>>().join(" ")),
            };
            assert_eq!(said.as_deref(), wanted, "{before:?} -> {after:?}");
        }
        assert_eq!(concern(None, Some(b"")), Concern::These(BTreeSet::new()));
    }
}
