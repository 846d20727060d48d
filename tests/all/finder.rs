//! The gate's finder by folders of data: `tests/gate/<name>/` holds two trees and what a change between them does.
//!
//! | file | what |
//! |---|---|
//! | `about` | what the case shows |
//! | `base/`, `head/` | the two trees |
//! | `registry/` | where it is there: the registry; else that of all cases, `tests/gate/registry` |
//! | `expected.json` | the moves, and what else is found; lists that are empty are left out |
//!
//! A `verdict` in `expected.json` is that of the whole; the finder doesn't look at it.
//! `HOLDPOINT_BLESS=1 cargo test` writes all expectations anew, and keeps each `verdict`; look at the difference
//! before you commit it. `HOLDPOINT_CASE=name` runs the cases whose names hold `name`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use holdpoint::gate::{self, Around, Change, Found, Said, Side, Spot};
use holdpoint::model::Registry;
use holdpoint::registry::{Ask, MemoryTree, load};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A tree as it stands on disk.
type Files = BTreeMap<String, Vec<u8>>;

/// Two trees, of which what is the same is around the change.
pub struct Trees {
    base: Files,
    head: Files,
}

impl Trees {
    fn changes(&self) -> Vec<Change> {
        let paths: BTreeSet<&String> = self.base.keys().chain(self.head.keys()).collect();
        let change = |path: &&String| Change {
            path: (*path).clone(),
            base: self.base.get(*path).cloned(),
            head: self.head.get(*path).cloned(),
        };
        paths.iter().map(change).filter(|change| change.base != change.head).collect()
    }

    pub fn find(&self, registry: &Registry) -> Found {
        gate::find(registry, &self.changes(), self)
    }
}

impl Around for Trees {
    fn paths(&self, side: Side) -> Result<Vec<String>, String> {
        let files = if side == Side::Base { &self.base } else { &self.head };
        Ok(files.keys().cloned().collect())
    }

    fn read(&self, side: Side, path: &str) -> Result<Option<Vec<u8>>, String> {
        let files = if side == Side::Base { &self.base } else { &self.head };
        Ok(files.get(path).cloned())
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gate")
}

pub fn cases() -> Vec<PathBuf> {
    let wanted = std::env::var("HOLDPOINT_CASE").unwrap_or_default();
    let mut cases: Vec<PathBuf> = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.join("head").is_dir());
    cases.retain(|case| case.file_name().unwrap().to_str().unwrap().contains(&wanted));
    cases.sort();
    cases
}

fn files(folder: &Path) -> Files {
    fn walk(root: &Path, folder: &Path, into: &mut Files) {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                walk(root, &entry, into);
            } else {
                let parts: Vec<&str> =
                    entry.strip_prefix(root).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
                into.insert(parts.join("/"), fs::read(&entry).unwrap());
            }
        }
    }
    let mut found = Files::new();
    walk(folder, folder, &mut found);
    found
}

pub fn trees(case: &Path) -> Trees {
    Trees { base: files(&case.join("base")), head: files(&case.join("head")) }
}

fn registry(case: &Path) -> Registry {
    loaded(&text(case))
}

pub fn text(case: &Path) -> String {
    let own = case.join("registry/holdpoint.toml");
    let path = if own.exists() { own } else { root().join("registry/holdpoint.toml") };
    fs::read_to_string(path).unwrap()
}

pub fn loaded(text: &str) -> Registry {
    let tree: MemoryTree = [("holdpoint.toml", text)].into_iter().collect();
    load(&tree, "holdpoint.toml", &Ask::Everything).unwrap().registry
}

/// What was found, as a case expects it.
fn shown(found: &Found) -> Map<String, Value> {
    let said = |said: &Said| {
        let mut out = said.version.to_string();
        if said.disagrees() {
            out += &format!(" (its tag says {})", said.tagged.as_deref().unwrap_or_default());
        }
        if said.digest.is_some() && said.digested.is_empty() {
            out += " (a digest of no release)";
        }
        out + if said.unresolved { " (unresolved)" } else { "" }
    };
    let spots = |spots: &[Spot]| spots.iter().map(Spot::to_string).collect::<Vec<_>>();
    let moves = found.moves.iter().map(|found| {
        json!({
            "service": found.service.as_str(), "environment": found.environment.as_str(),
            "from": found.from.as_ref().map(said), "to": said(&found.to),
            "at": found.spot.to_string(), "also": spots(&found.also),
            "was": found.base_spot.as_ref().map(Spot::to_string),
            "by": format!("{}: {}, {}", found.source, found.workload, found.image),
        })
    });
    let removed = found.removed.iter().map(|removed| {
        json!({
            "service": removed.service.as_str(), "environment": removed.environment.as_str(),
            "from": said(&removed.from), "was": removed.base_spot.to_string(), "goes_on": removed.goes_on,
        })
    });
    let unknown = found.unknown_images.iter().map(|image| {
        let version = image.version.as_deref().unwrap_or("no version");
        let why = image.why.as_ref().map_or(String::new(), |why| format!(": {why}"));
        json!(format!("{} {version} at {}{why}", image.image, image.spot))
    });
    let unmapped = found.unmapped.iter().map(|place| {
        let to = place.to.as_ref().map_or("nothing".into(), said);
        json!(format!("{} to {to} at {}", place.service, place.spot))
    });
    let unreadable = found.unreadable.iter().map(|file| {
        let side = if file.side == Side::Base { "base" } else { "head" };
        json!(format!("{side} {}: {}", file.spot, file.why))
    });
    let hints = found.hints.iter().map(|hint| json!(hint.text));
    let all = [
        ("moves", moves.collect::<Vec<Value>>()),
        ("removed", removed.collect()),
        ("unknown_images", unknown.collect()),
        ("unmapped", unmapped.collect()),
        ("unreadable", unreadable.collect()),
        ("templates", found.templates.iter().map(|path| json!(path)).collect()),
        ("hints", hints.collect()),
    ];
    let there = all.into_iter().filter(|(name, list)| *name == "moves" || !list.is_empty());
    there.map(|(name, list)| (name.to_owned(), Value::Array(list))).collect()
}

#[test]
fn every_change_does_what_it_did() {
    let mut failures = Vec::new();
    for case in cases() {
        let name = case.file_name().unwrap().to_str().unwrap().to_owned();
        let mut found = shown(&trees(&case).find(&registry(&case)));
        let path = case.join("expected.json");
        let expected: Map<String, Value> = fs::read_to_string(&path)
            .map_or_else(|_| Map::new(), |text| serde_json::from_str(&text).unwrap());
        if let Some(verdict) = expected.get("verdict") {
            found.insert("verdict".into(), verdict.clone());
        }
        if found == expected {
            continue;
        }
        if std::env::var_os("HOLDPOINT_BLESS").is_some() {
            fs::write(&path, format!("{:#}\n", Value::Object(found))).unwrap();
        } else {
            failures.push(format!("== tests/gate/{name}\n{:#}", Value::Object(found)));
        }
    }
    assert!(failures.is_empty(), "{}\n(HOLDPOINT_BLESS=1 writes the expectations anew)", failures.join("\n"));
}

#[test]
fn every_case_says_what_it_shows() {
    assert!(cases().len() >= 40 || std::env::var_os("HOLDPOINT_CASE").is_some());
    for case in cases() {
        let about = fs::read_to_string(case.join("about")).unwrap();
        assert!(about.trim_end().ends_with('.'), "{}", case.display());
    }
}

/// What was found, without where: formatting moves lines.
fn anywhere(found: &Found) -> Vec<String> {
    found
        .moves
        .iter()
        .map(|m| {
            let from = m.from.as_ref().map(|said| said.version.clone());
            format!("{} {} {from:?} {} {}", m.service, m.environment, m.to.version, m.also.len())
        })
        .collect()
}

#[test]
fn a_change_and_its_formatting_do_the_same() {
    for case in cases() {
        let (before, registry) = (trees(&case), registry(&case));
        if before.find(&registry).unreadable.is_empty() {
            let mut after = Trees { base: before.base.clone(), head: before.head.clone() };
            for (path, bytes) in after.head.iter_mut().filter(|(path, _)| path.ends_with(".yaml")) {
                *bytes = reformatted(path, &before.head[path]);
            }
            let (one, other) = (before.find(&registry), after.find(&registry));
            assert_eq!(anywhere(&one), anywhere(&other), "{}", case.display());
        }
    }
}

/// The same with a comment above, CRLF and a line at the end; text within a block keeps its own lines.
fn reformatted(path: &str, bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let text = format!("# {path}\n\n{}\n# the end\n", text.trim_start_matches('\u{feff}').trim_end());
    text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()
}

#[test]
fn one_downgrade_in_a_change_of_500_files_is_found() {
    let registry = registry(&root());
    let deployment = |name: &str, image: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: {name} }}\nspec:\n  template:\n    spec:\n      \
             containers:\n        - name: {name}\n          image: {image}\n"
        )
        .into_bytes()
    };
    let mut trees = Trees { base: Files::new(), head: Files::new() };
    for at in 0..500 {
        let path = format!("clusters/prod/apps/app-{at:03}/deployment.yaml");
        let name = format!("app-{at}");
        let (from, to) = match at {
            317 => (
                "registry.example.com/shop/checkout:2.4.1".into(),
                "registry.example.com/shop/checkout:2.3.0".into(),
            ),
            _ => (
                format!("registry.example.com/other/{name}:1.0.0"),
                format!("registry.example.com/other/{name}:1.0.1"),
            ),
        };
        trees.base.insert(path.clone(), deployment(&name, &from));
        trees.head.insert(path, deployment(&name, &to));
    }
    let found = trees.find(&registry);
    assert_eq!(anywhere(&found), ["checkout prod Some(\"2.4.1\") 2.3.0 0"]);
    assert_eq!(found.moves[0].spot, Spot::new("clusters/prod/apps/app-317/deployment.yaml", 9));
    assert_eq!(found.unknown_images.len(), 499);
}

#[test]
fn kustomizations_that_include_each_other_again_and_again_are_refused() {
    let kustomization = |text: String| text.into_bytes();
    let mut trees = Trees { base: Files::new(), head: Files::new() };
    let put = |trees: &mut Trees, path: String, text: String| {
        trees.base.insert(path.clone(), kustomization(text.clone()));
        trees.head.insert(path, kustomization(text + "# x\n"));
    };
    // Each includes two that include the next one: a few files, and a million ways through them.
    for at in 0..14 {
        put(
            &mut trees,
            format!("{at}/kustomization.yaml"),
            format!("resources: [../{at}a, ../{at}b, ../{at}c]\n"),
        );
        for way in ["a", "b", "c"] {
            let next = format!("resources: [../{}]\n", at + 1);
            put(&mut trees, format!("{at}{way}/kustomization.yaml"), next);
        }
    }
    put(&mut trees, "14/kustomization.yaml".into(), "resources: [a.yaml]\n".into());
    let found = trees.find(&registry(&root()));
    let of_head: Vec<_> = found.unreadable.iter().filter(|file| file.side == Side::Head).collect();
    assert!(of_head.len() == 1 && of_head[0].why.contains("over the budget"), "{:?}", found.unreadable);
    assert_eq!(of_head[0].spot, Spot::new("0/kustomization.yaml", 1));
}

#[test]
fn many_containers_of_one_service_are_joined() {
    let registry = registry(&root());
    let deployment = |prefix: &str, version: &str| {
        let container = |at: usize| {
            format!(
                "        - {{ name: {prefix}{at}, image: registry.example.com/shop/checkout:{version} }}\n"
            )
        };
        let all: String = (0..10_000).map(container).collect();
        let head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: checkout }\nspec:\n  template:\n    spec:\n";
        Files::from([(
            "clusters/prod/a.yaml".to_owned(),
            format!("{head}      containers:\n{all}").into_bytes(),
        )])
    };
    let trees = Trees { base: deployment("a", "2.4.1"), head: deployment("b", "2.3.0") };
    assert_eq!(anywhere(&trees.find(&registry)), ["checkout prod Some(\"2.4.1\") 2.3.0 9999"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever becomes of the files, the finder ends, and says each line as one of the file's.
    #[test]
    fn spoilt_files_are_read_or_refused(
        case in 0usize..1000, file in 0usize..100, at in 0usize..4000, cut in 0usize..40,
        put in "(\\PC|\n| |:|-|\\[|\\{|&a|\\*a|<<: |#|\t|\"|'|\\||\u{feff}){0,12}",
    ) {
        let cases = cases();
        let case = &cases[case % cases.len()];
        let mut trees = trees(case);
        let count = trees.head.len();
        if let Some((path, bytes)) = trees.head.iter_mut().nth(file % count.max(1)) {
            let start = at % (bytes.len() + 1);
            let end = (start + cut).min(bytes.len());
            bytes.splice(start..end, put.bytes());
            let path = path.clone();
            // What can't be read may be either side's.
            let sides = [trees.head.get(&path), trees.base.get(&path)].into_iter().flatten();
            let lines = sides.map(|bytes| bytes.iter().filter(|&&byte| byte == b'\n').count());
            let lines = 1 + lines.max().unwrap_or_default();
            let found = trees.find(&registry(case));
            let spots = found.moves.iter().map(|m| &m.spot).chain(found.unreadable.iter().map(|u| &u.spot));
            for spot in spots.filter(|spot| spot.file == path) {
                prop_assert!(spot.line >= 1 && spot.line as usize <= lines + 1, "{spot} of {lines}");
            }
        }
    }
}
