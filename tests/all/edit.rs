//! Edits of whole registries, seen from outside: each changes what it says, and nothing else.
//!
//! The services of all test cases and of generated worlds are edited, as they are and as Windows would have
//! them. What came of it is read with the `toml` crate, which shares nothing with the reader and the editor.

use std::collections::BTreeMap;
use std::path::Path;

use holdpoint::model::{Name, Service, parse_time};
use holdpoint::registry::edit::{EditError, Editor, Fields, Value};
use holdpoint::registry::{Ask, Changes, MemoryTree, Tree, load};
use holdpoint::version::Order;
use toml::{Table, Value as Toml};

use crate::dice::Dice;
use crate::mutate::files_of;
use crate::naive::generate::world;

const MAIN: &str = "holdpoint.toml";

/// Every registry that loads, with a name for it.
fn registries() -> Vec<(String, MemoryTree)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = std::fs::read_dir(root.join("tests/cases")).unwrap().map(|entry| entry.unwrap().path());
    let folders = cases.map(|case| case.join("registry")).chain([root.join("examples/shop")]);
    let mut found: Vec<(String, MemoryTree)> = folders
        .filter(|folder| folder.is_dir())
        .map(|folder| (folder.display().to_string(), files_of(&folder).into_iter().collect()))
        .collect();
    for seed in 0..40 {
        found.push((format!("world {seed}"), world(seed).files.into_iter().collect()));
    }
    found.retain(|(_, tree)| load(tree, MAIN, &Ask::Everything).is_ok());
    assert!(found.len() > 50, "only {} registries load", found.len());
    found
}

/// Does something with every service of every registry; every third as Windows would have it.
fn each(act: impl Fn(&str, &MemoryTree, &Service)) {
    for (index, (name, mut tree)) in registries().into_iter().enumerate() {
        if index % 3 == 0 {
            for bytes in tree.files_mut().values_mut() {
                let text = String::from_utf8(std::mem::take(bytes)).unwrap();
                *bytes = text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
            }
        }
        for service in load(&tree, MAIN, &Ask::Everything).unwrap().registry.services.values() {
            act(&format!("{} of {name}", service.name), &tree, service);
        }
    }
}

fn edit(
    tree: &MemoryTree,
    act: impl FnOnce(&mut Editor<'_>) -> Result<(), EditError>,
) -> Result<Changes, EditError> {
    let mut editor = Editor::new(tree, MAIN);
    act(&mut editor)?;
    editor.finish()
}

/// The tree with changes in it.
fn with(tree: &MemoryTree, changes: &Changes) -> MemoryTree {
    let mut tree = tree.clone();
    for (path, change) in changes.files() {
        assert_eq!(tree.read(path).unwrap(), change.before, "`before` is what stood in {path}");
        match &change.after {
            Some(bytes) => tree.put(path, bytes.clone()),
            None => drop(tree.files_mut().remove(path)),
        }
    }
    tree
}

/// What the files say of a service, put together, and what else they say.
fn said(tree: &MemoryTree, service: &Name) -> (Table, BTreeMap<String, Table>) {
    let (mut of_service, mut rest) = (Table::new(), BTreeMap::new());
    for (path, bytes) in tree.files() {
        let mut table: Table = toml::from_str(std::str::from_utf8(bytes).unwrap()).unwrap();
        if let Some(Toml::Table(services)) = table.get_mut("service")
            && let Some(Toml::Table(keys)) = services.remove(service.as_str())
        {
            for (key, value) in keys {
                match (of_service.get_mut(&key), value) {
                    (Some(Toml::Array(list)), Toml::Array(more)) => list.extend(more),
                    (Some(Toml::Table(table)), Toml::Table(more)) => table.extend(more),
                    (_, value) => drop(of_service.insert(key, value)),
                }
            }
        }
        table.retain(|_, value| !matches!(value, Toml::Table(table) if table.is_empty()));
        if !table.is_empty() {
            rest.insert(path.clone(), table);
        }
    }
    (of_service, rest)
}

/// All else is as it was; gives what was and is said of the service.
fn only_the_service(what: &str, before: &MemoryTree, after: &MemoryTree, service: &Name) -> (Table, Table) {
    let ((old, rest), (new, rest_after)) = (said(before, service), said(after, service));
    assert_eq!(rest, rest_after, "{what}");
    (old, new)
}

/// Every character that stood there stands there still, in its order: comments, blanks, all of it.
fn only_added(what: &str, changes: &Changes) {
    for (path, change) in changes.files() {
        let after = String::from_utf8(change.after.clone().unwrap()).unwrap();
        let before = String::from_utf8(change.before.clone().unwrap_or_default()).unwrap();
        let mut rest = after.chars();
        assert!(
            before.chars().all(|c| rest.any(|other| other == c)),
            "{what}: {path}\n{before}\n->\n{after}"
        );
        let is_crlf =
            |text: &str| !text.is_empty() && text.matches('\n').count() == text.matches("\r\n").count();
        assert!(before.is_empty() || is_crlf(&before) == is_crlf(&after), "{what}: {path}");
    }
}

/// A version that isn't registered yet.
fn new_version(service: &Service, dice: &mut Dice) -> &'static str {
    let versions: &[&str] = match service.scale.order() {
        Order::Calver => &["2026.4", "2025.1", "2031.12", "2026.02.5"],
        _ => &["2.3.5", "9.9.9", "0.0.1", "2.4.0-rc.9"],
    };
    let fresh: Vec<&'static str> =
        versions.iter().copied().filter(|version| service.release(version).is_none()).collect();
    fresh[dice.below(fresh.len())]
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect()
}

fn environment(service: &Service) -> Name {
    service.running.keys().next().cloned().unwrap_or_else(|| Name::new("prod").unwrap())
}

/// Takes a table with this version out of a list.
fn without(list: Option<&Toml>, version: &str) -> Vec<Toml> {
    let list = list.and_then(Toml::as_array).cloned().unwrap_or_default();
    let count = list.len();
    let is_it = |one: &Toml| one.get("version").and_then(Toml::as_str) == Some(version);
    let kept: Vec<Toml> = list.into_iter().filter(|one| !is_it(one)).collect();
    assert_eq!(kept.len() + 1, count, "{version} stands there once");
    kept
}

#[test]
fn a_release_is_added_and_nothing_else_happens() {
    each(|what, tree, service| {
        let mut dice = Dice::new(what.len() as u64);
        let version = new_version(service, &mut dice);
        let release = vec![
            ("version".to_owned(), Value::from(version)),
            ("released".to_owned(), parse_time("2026-11-22").unwrap().into()),
            ("tags".to_owned(), Value::texts(["base:new", "say \"hi\""])),
        ];
        let changes = edit(tree, |editor| editor.add_release(service, &release).map(drop)).unwrap();
        only_added(what, &changes);
        let after = with(tree, &changes);
        let (mut old, mut new) = only_the_service(what, tree, &after, &service.name);
        let before = old.remove("release").and_then(|list| list.as_array().cloned()).unwrap_or_default();
        assert_eq!(without(new.remove("release").as_ref(), version), before, "{what}");
        assert_eq!(old, new, "{what}");
        let twice = edit(&after, |editor| editor.add_release(service, &release).map(drop));
        assert!(matches!(twice, Err(EditError::Spoilt(_))), "{what}: a second one is a mistake");
    });
}

#[test]
fn a_stay_is_added_and_its_end_set() {
    each(|what, tree, service| {
        let environment = environment(service);
        let stay = fields(&[("environment", environment.as_str()), ("version", "0.0.0-new")]);
        let changes = edit(tree, |editor| {
            editor.add_ran(&service.name, &stay)?;
            editor.change_ran(
                &service.name,
                service.ran.len(),
                "until",
                parse_time("2026-11-22").unwrap().into(),
            )?;
            editor.change_ran(
                &service.name,
                service.ran.len(),
                "since",
                parse_time("2026-11-21").unwrap().into(),
            )?;
            Ok(())
        });
        if load_environments(tree, &environment) {
            let changes = changes.unwrap_or_else(|error| panic!("{what}: {error:?}"));
            only_added(what, &changes);
            let after = with(tree, &changes);
            let (mut old, mut new) = only_the_service(what, tree, &after, &service.name);
            let before = old.remove("ran").and_then(|list| list.as_array().cloned()).unwrap_or_default();
            let added = new.get("ran").and_then(Toml::as_array).and_then(|list| list.last()).unwrap().clone();
            let keys: Vec<&String> = added.as_table().unwrap().keys().collect();
            assert_eq!(keys, ["environment", "since", "until", "version"], "{what}");
            assert_eq!(without(new.remove("ran").as_ref(), "0.0.0-new"), before, "{what}");
            assert_eq!(old, new, "{what}");
        }
    });
}

/// Whether the registry allows this environment.
fn load_environments(tree: &MemoryTree, environment: &Name) -> bool {
    let environments = load(tree, MAIN, &Ask::Everything).unwrap().registry.environments;
    environments.is_empty() || environments.contains_key(environment)
}

#[test]
fn what_runs_is_set_and_setting_it_again_changes_nothing() {
    each(|what, tree, service| {
        let environment = environment(service);
        if !load_environments(tree, &environment) {
            return;
        }
        let all = [&["1.2.3"][..], &["1.2.3", "1.2.4"], &[]];
        for versions in [all[what.len() % 3], all[(what.len() + 1) % 3]] {
            let set = |tree: &MemoryTree| {
                edit(tree, |editor| editor.set_running(&service.name, &environment, versions).map(drop))
                    .unwrap()
            };
            let after = with(tree, &set(tree));
            let (mut old, mut new) = only_the_service(what, tree, &after, &service.name);
            let (was, is) = (old.remove("running"), new.remove("running").unwrap());
            let mut wanted = was.and_then(|was| was.as_table().cloned()).unwrap_or_default();
            let one = |version: &&str| Toml::from(*version);
            let value = if let [only] = versions {
                one(only)
            } else {
                Toml::Array(versions.iter().map(one).collect())
            };
            wanted.insert(environment.to_string(), value);
            assert_eq!((is.as_table().unwrap(), &old), (&wanted, &new), "{what}");
            assert!(set(&after).is_empty(), "{what}: set again");
        }
    });
}

#[test]
fn what_is_put_there_and_taken_away_again_leaves_no_trace() {
    each(|what, tree, service| {
        let environment = environment(service);
        if !load_environments(tree, &environment) || service.under_way.contains_key(&environment) {
            return;
        }
        let keys = ["under-way", environment.as_str()];
        let begun = Value::Section(vec![
            ("to".to_owned(), "1.2.3".into()),
            ("since".to_owned(), parse_time("2026-11-22").unwrap().into()),
            ("by".to_owned(), "ann <ann@example.com>".into()),
        ]);
        let put = edit(tree, |editor| editor.set(&service.name, &keys, begun.clone()).map(drop)).unwrap();
        only_added(what, &put);
        let there = with(tree, &put);
        assert!(edit(&there, |editor| editor.set(&service.name, &keys, begun).map(drop)).unwrap().is_empty());
        let taken =
            edit(&there, |editor| editor.remove(&service.name, &keys).map(|was| assert!(was))).unwrap();
        let after = with(&there, &taken);
        let text = |tree: &MemoryTree| {
            let lines = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).trim_end().to_owned();
            tree.files().iter().map(|(path, bytes)| (path.clone(), lines(bytes))).collect::<Vec<_>>()
        };
        assert_eq!(text(&after), text(tree), "{what}");
    });
}

#[test]
fn a_registry_with_mistakes_is_not_edited() {
    let name = Name::new("x").unwrap();
    let good = "format = 1\n[service.x]\nrelease = [{ version = \"1.0.0\" }]\n";
    let service = load(&MemoryTree::from_iter([(MAIN, good)]), MAIN, &Ask::Everything).unwrap();
    let service = &service.registry.services[&name];
    let release = fields(&[("version", "1.1.0")]);
    for (path, text) in [
        (MAIN, good.replace("1.0.0\"", "1.0.0")),
        (MAIN, good.replace("format = 1", "format = 2")),
        (MAIN, good.replace("release", "relaese")),
        ("services/x/service.toml", "[service.y]\n".into()),
        ("services/x/oops.toml", "[service.x]\nabout = \n".into()),
        ("services/x/advisories/A.toml", "[advisory.B]\n".into()),
    ] {
        let mut tree = MemoryTree::from_iter([(MAIN, good)]);
        tree.put(path, text.clone());
        let done = edit(&tree, |editor| editor.add_release(service, &release).map(drop));
        assert!(matches!(done, Err(EditError::Broken(_))), "{path}: {text}: {done:?}");
    }
}
