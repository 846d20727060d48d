//! The verdict of every case of the finder, by the real program: two rendered folders, and two commits where a case
//! brings its registry along.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::json;
use crate::repository::sh;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gate")
}

/// The verdict of the whole, and the exit code.
fn verdict(case: &Path) -> (String, i32) {
    let (code, said) = if case.join("base/holdpoint.toml").exists() {
        let clone = tempfile::tempdir().unwrap();
        let copy = |from: &str| format!("cp -R '{}/{from}/.' .", case.display());
        let head = "find . -mindepth 1 -maxdepth 1 ! -name .git -exec rm -r {} +";
        sh(
            clone.path(),
            &format!("git init -q -b main . && {} && git add -A && git commit -q -m base", copy("base")),
        );
        sh(
            clone.path(),
            &format!(
                "git checkout -q -b topic && {head} && {} && git add -A && git commit -q -m head",
                copy("head")
            ),
        );
        json(clone.path(), "--diff main..topic")
    } else {
        let own = case.join("registry");
        let registry = if own.is_dir() { own } else { root().join("registry") };
        // Git keeps no empty folder.
        let empty = tempfile::tempdir().unwrap();
        let folder =
            |name: &str| if case.join(name).is_dir() { case.join(name) } else { empty.path().to_owned() };
        let (base, head) = (folder("base"), folder("head"));
        let folders = format!("--rendered '{}' '{}'", base.display(), head.display());
        json(case, &format!("{folders} --registry '{}'", registry.display()))
    };
    (said["verdict"].as_str().unwrap_or("unjudged").to_owned(), code)
}

#[test]
fn every_change_is_judged_as_it_was() {
    let wanted = std::env::var("HOLDPOINT_CASE").unwrap_or_default();
    let mut failures = Vec::new();
    for entry in fs::read_dir(root()).unwrap() {
        let case = entry.unwrap().path();
        let name = case.file_name().unwrap().to_str().unwrap().to_owned();
        if !case.join("expected.json").exists() || !name.contains(&wanted) {
            continue;
        }
        let path = case.join("expected.json");
        let mut expected: Map<String, Value> =
            serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let (verdict, code) = verdict(&case);
        let codes = [("allow", 0), ("warn", 0), ("hold", 4), ("block", 1), ("unjudged", 3)];
        assert!(codes.contains(&(&verdict, code)), "{name}: {verdict} and {code}");
        let said = expected.insert("verdict".into(), verdict.clone().into());
        if said.as_ref().and_then(Value::as_str) == Some(&verdict) {
            continue;
        }
        if std::env::var_os("HOLDPOINT_BLESS").is_some() {
            fs::write(&path, format!("{:#}\n", Value::Object(expected))).unwrap();
        } else {
            failures.push(format!("{name}: {verdict}, not {said:?}"));
        }
    }
    assert!(failures.is_empty(), "{}\n(HOLDPOINT_BLESS=1 writes the verdicts anew)", failures.join("\n"));
}
