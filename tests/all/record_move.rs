//! `record` with the real program: moves that were made elsewhere, and causes that are dealt with.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const MAIN: &str = "\
format = 1

[team.sre]
members = [\"ann@example.com\"]

[service.shop]   # the shop
owner = { reliability = \"sre\" }
running = { prod = \"1.2.0\" }
release = [{ version = \"1.0.0\" }, { version = \"1.1.0\" }, { version = \"1.2.0\" }]

[[service.shop.ran]]
environment = \"prod\"
version = \"1.1.0\"
until = 2026-01-02T00:00:00Z
left_for = \"1.2.0\"

# Theirs.
[advisory.CVE-1]
title = \"A hole\"
severity = \"high\"
affects = [{ service = \"shop\", versions = \"<1.1.0\", fixed_in = [\"1.1.0\"] }]
";

const ANN: &str = "Ann <ann@example.com>";

fn registry() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("holdpoint.toml"), MAIN).unwrap();
    root
}

fn command(root: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.arg("record").args(words).args(["--by", ANN]).current_dir(root).env_clear();
    command
}

/// Runs it; gives the exit code with what it said.
fn said(root: &Path, words: &[&str]) -> (i32, String) {
    let output = command(root, words).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn json(root: &Path, words: &[&str]) -> Value {
    let output = command(root, words).args(["--format", "json"]).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn main_file(root: &Path) -> String {
    fs::read_to_string(root.join("holdpoint.toml")).unwrap()
}

/// The lines of the record.
fn lines(root: &Path) -> Vec<Value> {
    let Ok(months) = fs::read_dir(root.join("log/shop")) else { return Vec::new() };
    let mut months: Vec<_> = months.map(|month| month.unwrap().path()).collect();
    months.sort();
    let texts = months.iter().map(|month| fs::read_to_string(month).unwrap());
    texts.collect::<String>().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_rollback_becomes_state_a_line_and_a_proposal() {
    let root = registry();
    let (code, text) = said(root.path(), &["rollback", "shop", "1.1.0", "--env", "prod"]);
    assert_eq!(code, 0, "{text}");
    for part in [
        "RECORDED  rollback shop 1.2.0 -> 1.1.0 in prod\n",
        "  judged    allow",
        "  runs now  1.1.0, unverified: by your word\n",
        "  written   holdpoint.toml, and the record\n",
        "  holdpoint flag-release shop 1.2.0 --unstable --title \"<what is wrong>\"\n",
        "  holdpoint observe shop --env prod --running \"<version>\"\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let main = main_file(root.path());
    assert!(main.contains("running = { prod = \"1.1.0\" }") && main.contains("# Theirs."), "{main}");
    let lines = lines(root.path());
    assert_eq!(
        (lines.len(), &lines[0]["kind"], &lines[0]["move"]["to"]),
        (1, &"recorded".into(), &"1.1.0".into())
    );
    assert_eq!(lines[0]["by"], ANN);
}

#[test]
fn what_may_not_go_is_recorded_only_with_a_broken_glass() {
    let root = registry();
    let rollback = ["rollback", "shop", "1.0.0", "--at", "2026-01-03T00:00:00Z"];
    let (code, text) = said(root.path(), &rollback);
    assert_eq!(code, 4, "{text}");
    assert!(text.starts_with("HOLD  rollback shop 1.2.0 -> 1.0.0 in prod\n"), "{text}");
    let paste = "  holdpoint record rollback shop 1.0.0 --env prod --at 2026-01-03T00:00:00Z --break-glass \"<why>\"\n";
    assert!(text.contains("Nothing is recorded.") && text.contains(paste), "{text}");
    assert_eq!((main_file(root.path()), lines(root.path()).len()), (MAIN.to_owned(), 0));
    assert_eq!(said(root.path(), &[&rollback[..], &["--report-only"]].concat()).0, 0);
    assert_eq!(main_file(root.path()), MAIN);
    assert_eq!(said(root.path(), &[&rollback[..], &["--break-glass", " "]].concat()).0, 2);

    let broken = json(root.path(), &[&rollback[..], &["--break-glass", "it burnt"]].concat());
    assert_eq!((&broken["schema"], &broken["outcome"]), (&"holdpoint/record/v1".into(), &"recorded".into()));
    assert_eq!(
        (&broken["verdict"], &broken["judgement"]["schema"]),
        (&"hold".into(), &"holdpoint/verdict/v1".into())
    );
    assert_eq!(broken["break_glass"]["subjects"], serde_json::json!(["CVE-1"]));
    assert_eq!(
        (&broken["acceptance"]["state"], &broken["acceptance"]["from"]),
        (&"entered".into(), &"1.2.0".into())
    );
    let debt = broken["break_glass"]["debt"].as_str().unwrap();
    assert!(main_file(root.path()).contains(&format!("[debt.{debt}]\nservice = \"shop\"\n")));
    let kinds: Vec<Value> = lines(root.path()).iter().map(|line| line["kind"].clone()).collect();
    assert_eq!(kinds, ["broke-glass", "recorded"]);
}

#[test]
fn a_key_is_recorded_once_however_many_say_it_at_once() {
    let root = registry();
    let words = ["redeploy", "shop", "1.2.0", "--env", "prod", "--key", "pipeline/17"];
    let spawn =
        |_| command(root.path(), &words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let children: Vec<_> = (0..8).map(spawn).collect();
    let outputs: Vec<_> = children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
    let first = outputs.iter().filter(|output| output.stdout.starts_with(b"RECORDED  "));
    assert_eq!(first.count(), 1);
    assert!(outputs.iter().all(|output| output.status.success()), "{outputs:?}");
    assert_eq!(lines(root.path()).len(), 1);
    let again = json(root.path(), &words);
    assert_eq!((&again["outcome"], &again["stands"]["seq"]), (&"unchanged".into(), &1.into()));
    let (code, text) =
        said(root.path(), &["rollback", "shop", "1.1.0", "--env", "prod", "--key", "pipeline/17"]);
    assert_eq!(code, 3);
    assert!(
        text.contains("the key `pipeline/17` stands for another move: redeploy 1.2.0 -> 1.2.0 in prod"),
        "{text}"
    );
}

#[test]
fn a_dry_run_writes_nothing_and_shows_all() {
    let root = registry();
    let (code, text) = said(root.path(), &["rollback", "shop", "1.1.0", "--env", "prod", "--dry-run"]);
    assert_eq!((code, main_file(root.path()).as_str()), (0, MAIN));
    assert!(
        text.starts_with("WOULD RECORD  rollback") && text.contains("+running = { prod = \"1.1.0\" }"),
        "{text}"
    );
    assert!(!root.path().join("log").exists());
    let (code, text) = said(root.path(), &["rollback", "shop", "1.0.0", "--env", "prod", "--dry-run"]);
    assert_eq!((code, text.contains("Nothing is recorded.")), (4, true));
}

#[test]
fn mistakes_are_gone_against_only_with_a_broken_glass_and_a_named_place() {
    let root = registry();
    let spoilt = MAIN.replace("severity = \"high\"", "severty = \"high\"");
    fs::write(root.path().join("holdpoint.toml"), &spoilt).unwrap();
    let rollback = ["rollback", "shop", "1.1.0"];
    assert_eq!(said(root.path(), &rollback).0, 3);
    assert_eq!(said(root.path(), &[&rollback[..], &["--break-glass", "it burnt"]].concat()).0, 2);
    assert!(lines(root.path()).is_empty());
    let (code, text) =
        said(root.path(), &[&rollback[..], &["--env", "prod", "--break-glass", "it burnt"]].concat());
    assert_eq!((code, main_file(root.path())), (0, spoilt));
    assert!(
        text.contains("the registry has mistakes and isn't edited") && text.contains("severty"),
        "{text}"
    );
    let lines = lines(root.path());
    assert_eq!((lines.len(), &lines[0]["subjects"][0]), (2, &"could-not-judge".into()));
    assert!(lines[0]["unjudged"][0].as_str().unwrap().contains("severty"), "{lines:?}");
}

#[test]
fn a_cause_is_settled_once_and_by_those_who_may() {
    let root = registry();
    assert_eq!(said(root.path(), &["rollback", "shop", "1.1.0", "--env", "prod"]).0, 0);
    let settled = ["settled", "shop", "1.2.0", "--reason", "the pool is 64 now"];
    let (code, text) = said(root.path(), &settled);
    assert_eq!(code, 0, "{text}");
    assert!(text.starts_with("SETTLED  shop 1.2.0\n"), "{text}");
    assert!(text.contains("frees     going back there in prod: hold before, allow now"), "{text}");
    assert!(main_file(root.path()).contains("reason = \"the pool is 64 now\""));
    let (code, text) = said(root.path(), &settled);
    assert_eq!((code, text.starts_with("UNCHANGED  shop 1.2.0 is settled already\n")), (0, true), "{text}");
    let kinds: Vec<Value> = lines(root.path()).iter().map(|line| line["kind"].clone()).collect();
    assert_eq!(kinds, ["recorded", "settled"]);
    let (code, text) = said(root.path(), &["settled", "shop", "1.1.0", "--reason", "x"]);
    assert!(code == 3 && text.contains("those that were are settled: `1.2.0`"), "{text}");

    let mut other = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    other
        .arg("record")
        .args(settled)
        .args(["--by", "Joe <joe@example.com>"])
        .current_dir(root.path())
        .env_clear();
    let output = other.output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8(output.stderr).unwrap().contains("isn't a member of `sre`"));
}

#[test]
fn markdown_tells_the_move_then_the_verdict() {
    let root = registry();
    let (code, text) =
        said(root.path(), &["rollback", "shop", "1.0.0", "--env", "prod", "--format", "markdown"]);
    assert_eq!(code, 4);
    assert!(
        text.starts_with("## NOT RECORDED: rollback shop 1.2.0 -") && text.contains("## HOLD: rollback"),
        "{text}"
    );
    let (code, text) =
        said(root.path(), &["rollback", "shop", "1.1.0", "--env", "prod", "--format", "markdown"]);
    assert!(
        code == 0 && text.starts_with("## RECORDED: rollback") && text.contains("judged: allow"),
        "{text}"
    );
}
