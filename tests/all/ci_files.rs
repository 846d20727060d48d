//! The files that CI systems begin with: examples, and the hooks at the top.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ci_formats::python;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap()
}

/// What a program of Python's says of a file; None: it isn't installed, which is said.
fn checked(module: &str, options: &[&str], file: &str) -> Option<(bool, String)> {
    let has = Command::new(python()).args(["-c", &format!("import {module}")]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        println!("skipped: Python's {module} isn't here");
        return None;
    }
    let cache = tempfile::tempdir().unwrap();
    let mut command = Command::new(python());
    command.args(["-m", module]).args(options).arg(root().join(file));
    command.env("PRE_COMMIT_HOME", cache.path()).env("XDG_CACHE_HOME", cache.path());
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    Some((output.status.success(), said.concat()))
}

#[test]
fn examples_are_as_their_ci_wants_them() {
    for (schema, file) in [
        ("vendor.github-actions", "examples/ci/github/action.yml"),
        ("vendor.github-workflows", "examples/ci/github/workflow.yml"),
        ("vendor.gitlab-ci", "examples/ci/gitlab/.gitlab-ci.yml"),
    ] {
        if let Some((good, said)) = checked("check_jsonschema", &["--builtin-schema", schema], file) {
            assert!(good, "{file}: {said}");
        }
    }
}

#[test]
fn hooks_are_as_pre_commit_wants_them_and_only_read() {
    let file = ".pre-commit-hooks.yaml";
    if let Some((good, said)) = checked("pre_commit", &["validate-manifest"], file) {
        assert!(good, "{said}");
    }
    let entries = read(file);
    let entries: Vec<&str> = entries.lines().filter(|line| line.trim().starts_with("entry:")).collect();
    assert_eq!(entries.len(), 2);
    assert!(entries.iter().all(|entry| entry.contains("holdpoint lint") || entry.contains("holdpoint gate")));
    assert!(entries.iter().all(|entry| !entry.contains("--fix") && !entry.contains("--record")));
}

#[test]
fn no_text_from_outside_is_put_into_a_script() {
    let file = "examples/ci/github/action.yml";
    let text = read(file);
    let runs = text.lines().filter(|line| line.trim_start().starts_with("run:")).count();
    let shells = text.lines().filter(|line| line.trim_start().starts_with("shell: ")).count();
    assert!(runs > 2 && runs == shells, "each step of a composite action needs its shell");
    for file in [file, "examples/ci/github/workflow.yml"] {
        let text = read(file);
        assert!(scripts(&text).all(|line| !line.contains("${{")), "{file}");
    }
}

/// The lines of all scripts of a workflow or an action.
fn scripts(text: &str) -> impl Iterator<Item = &str> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut inside = None;
    text.lines().filter(move |line| {
        let at = depth(line);
        if inside.is_some_and(|run| at <= run && !line.trim().is_empty()) {
            inside = None;
        }
        if line.trim_start().starts_with("run:") {
            inside = Some(at);
        }
        inside.is_some()
    })
}

#[test]
fn every_option_that_an_example_names_is_there() {
    let help = Command::new(env!("CARGO_BIN_EXE_holdpoint")).args(["gate", "--help"]).output().unwrap();
    if !help.status.success() {
        println!("skipped: there is no `gate` yet");
        return;
    }
    let help = String::from_utf8(help.stdout).unwrap();
    for file in ["github/action.yml", "gitlab/.gitlab-ci.yml", "Jenkinsfile"] {
        let text = read(&Path::new("examples/ci").join(file).display().to_string());
        for option in ["--diff", "--report", "--report-only", "--fail-on", "--registry"] {
            assert!(!text.contains(option) || help.contains(option), "{file}: {option}");
        }
    }
}
