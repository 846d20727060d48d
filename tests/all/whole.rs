//! A registry that is loaded service by service is the one that each check loads, and misses no mistake.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use holdpoint::disk::DiskTree;
use holdpoint::playbook::Books;
use holdpoint::registry::{Ask, LoadError, MemoryTree, Mistakes, Tree, Whole, load};

use crate::dice::Dice;
use crate::mutate;

/// Every folder of a case, and every example, that holds a main file.
pub fn registries() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open = vec![root.join("tests/cases"), root.join("examples")];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        if folder.join("holdpoint.toml").exists() {
            found.push(folder);
            continue;
        }
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            open.extend(path.is_dir().then_some(path));
        }
    }
    found
}

/// Mistakes by file, place and message.
fn said(mistakes: &Mistakes) -> BTreeSet<String> {
    let one = |mistake: &holdpoint::registry::Mistake| {
        let (file, place) = (mistake.file(&mistakes.sources), mistake.position(&mistakes.sources));
        format!("{file} {place:?} {}", mistake.message)
    };
    mistakes.list.iter().map(one).collect()
}

fn of_error(error: &LoadError) -> BTreeSet<String> {
    match error {
        LoadError::Mistakes(mistakes) => said(mistakes),
        other => [other.to_string()].into(),
    }
}

/// Holds each service against its own load, and all mistakes against those of the load of everything.
fn hold(tree: &dyn Tree, called: &str) {
    let every = load(tree, "holdpoint.toml", &Ask::Everything);
    let whole = match Whole::open(tree, "holdpoint.toml") {
        Ok(whole) => whole,
        // Without a main file that can be parsed no service can be read, so nothing is said of them.
        Err(error) => return assert!(of_error(&error).is_subset(&of_error(&every.unwrap_err())), "{called}"),
    };
    let mut found = said(whole.mistakes());
    // Steps are looked at with the playbooks that they belong to.
    found.extend(Books::inspect(tree, "holdpoint.toml").map(|steps| said(&steps)).unwrap_or_default());
    for name in whole.names() {
        let one = whole.service(tree, name);
        let own = load(tree, "holdpoint.toml", &Ask::Service(name.clone()));
        assert!(format!("{one:?}") == format!("{own:?}"), "{called}: {name} isn't the same");
        match one {
            Ok(loaded) => {
                found.extend(said(&Mistakes { sources: loaded.registry.sources, list: loaded.warnings }))
            }
            Err(LoadError::Mistakes(mistakes)) => found.extend(said(&mistakes)),
            Err(other) => panic!("{called}: {name}: {other}"),
        }
    }
    let every = match every {
        Ok(loaded) => {
            assert!(loaded.registry.services.keys().eq(whole.names()), "{called}");
            Mistakes { sources: loaded.registry.sources, list: loaded.warnings }
        }
        Err(LoadError::Mistakes(mistakes)) => mistakes,
        Err(other) => panic!("{called}: {other}"),
    };
    let missed: Vec<String> = said(&every).difference(&found).cloned().collect();
    assert!(missed.is_empty(), "{called} misses\n{}", missed.join("\n"));
}

#[test]
fn every_registry_of_the_tests_is_the_same_service_by_service() {
    let registries = registries();
    assert!(registries.len() > 100, "{}", registries.len());
    for folder in registries {
        hold(&DiskTree::new(&folder), &folder.to_string_lossy());
    }
}

#[test]
fn so_are_spoilt_ones() {
    let files = mutate::example();
    for seed in 0..1000 {
        let tree: MemoryTree = mutate::mutated(&files, &mut Dice::new(seed ^ 0x3110)).into_iter().collect();
        hold(&tree, &format!("seed {seed}"));
    }
}
