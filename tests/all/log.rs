//! The record with the real program: what checks and acts leave there, and how it is shown, verified and repaired.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const BY: [&str; 2] = ["--by", "Ann <ann@example.com>"];
const FILE: &str = "services/checkout/service.toml";

/// A registry of one service with two releases and a flag; nothing is recorded yet.
fn registry() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let service = "[service.checkout]\nrelease = [{ version = \"2.3.0\" }, { version = \"2.4.1\" }]\nrunning = { prod = \"2.4.1\" }\n";
    let flag = "[advisory.CVE-1]\ntitle = \"A hole\"\nseverity = \"critical\"\n\
                affects = [{ service = \"checkout\", versions = \"<2.4.0\", fixed_in = [\"2.4.0\"] }]\n";
    fs::create_dir_all(root.path().join("services/checkout/advisories")).unwrap();
    fs::write(root.path().join("holdpoint.toml"), "format = 1\n").unwrap();
    fs::write(root.path().join(FILE), service).unwrap();
    fs::write(root.path().join("services/checkout/advisories/CVE-1.toml"), flag).unwrap();
    root
}

fn run(root: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.args(words).current_dir(root).env_clear().env("NO_COLOR", "1").env("COLUMNS", "120");
    command.output().unwrap()
}

/// The exit code with what was said.
fn said(root: &Path, line: &str) -> (i32, String) {
    let output = run(root, &line.split(' ').collect::<Vec<_>>());
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn json(root: &Path, line: &str) -> Value {
    let output = run(root, &format!("{line} --format json").split(' ').collect::<Vec<_>>());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// A check that is recorded; gives its exit code.
fn check(root: &Path, version: &str) -> i32 {
    let words = [&["rollback-check", "checkout", version, "--record"], &BY[..]].concat();
    run(root, &words).status.code().unwrap()
}

/// The only file of the record.
fn file(root: &Path) -> PathBuf {
    let mut files = fs::read_dir(root.join("log/checkout")).unwrap().map(|entry| entry.unwrap().path());
    files.find(|file| file.extension().is_some()).unwrap()
}

fn lines(root: &Path) -> Vec<Value> {
    let Ok(text) = fs::read_to_string(file(root)) else { return Vec::new() };
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A registry with a record of a block, a release and an observation.
fn recorded() -> TempDir {
    let root = registry();
    assert_eq!(check(root.path(), "2.3.0"), 1);
    assert_eq!(said(root.path(), "release add checkout 2.4.2 --commit 9f3c2ab").0, 0);
    assert_eq!(said(root.path(), "observe checkout --env prod --running 2.4.2").0, 0);
    root
}

#[test]
fn a_check_is_recorded_only_when_that_is_asked_for() {
    let root = registry();
    assert_eq!(said(root.path(), "rollback-check checkout 2.3.0").0, 1);
    assert!(!root.path().join("log").exists() && !root.path().join(".holdpoint.lock").exists());
    let words = [&["rollback-check", "checkout", "2.3.0", "--record"], &BY[..]].concat();
    let output = run(root.path(), &words);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    let [line] = &lines(root.path())[..] else { panic!("not one line") };
    assert!(
        text.contains(&format!("recorded as {} in log/checkout", line["id"].as_str().unwrap())),
        "{text}"
    );
    assert_eq!((line["kind"].as_str(), line["verdict"].as_str()), (Some("checked"), Some("block")));
    assert_eq!((line["by"].as_str(), line["known"].as_str()), (Some("Ann <ann@example.com>"), Some("flag")));
    assert_eq!(line["move"], serde_json::json!({"kind": "rollback", "from": "2.4.1", "to": "2.3.0"}));
    assert_eq!(line["reasons"][0]["subject"], "CVE-1");
    let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
    assert_eq!((keys[0].as_str(), keys[keys.len() - 1].as_str()), ("seq", "prev"));
}

#[test]
fn a_check_that_can_not_be_recorded_is_no_go() {
    let root = registry();
    for (line, code, words) in [
        ("redeploy-check checkout 2.4.1 --record", 2, "nobody says who does this"),
        ("redeploy-check checkout 2.4.1 --by Ann", 2, "add --record"),
        ("redeploy-check checkout 2.4.1 --record --by Ann --as-of 2026-01-01", 2, "leave out --record"),
        ("redeploy-check checkout nonsense,1 --record --by Ann", 2, "comma"),
        ("redeploy-check chekout 2.4.1 --record --by Ann", 3, "did you mean `checkout`?"),
    ] {
        let (got, text) = said(root.path(), line);
        assert!(got == code && text.contains(words), "{line}: {got}\n{text}");
        assert!(!root.path().join("log").exists(), "{line}");
    }
    // The verdict is told all the same, and the code is never smaller than it would be.
    fs::create_dir_all(root.path().join("log")).unwrap();
    fs::write(root.path().join("log/checkout"), "a file where a folder should be").unwrap();
    for (version, word, code) in [("2.4.1", "redeploy", 3), ("2.3.0", "rollback", 3)] {
        let (got, text) = said(root.path(), &format!("{word}-check checkout {version} --record --by Ann"));
        assert!(got == code && text.contains("the check is not recorded: "), "{got} {text}");
        assert!(text.contains(&format!("{word} checkout 2.4.1 -> {version}")), "{text}");
        let value = json(root.path(), &format!("{word}-check checkout {version} --record --by Ann"));
        assert!(value["notes"].to_string().contains("the check is not recorded"), "{value}");
    }
    assert_eq!(said(root.path(), "redeploy-check checkout 2.4.1 --record --by Ann --report-only").0, 3);
}

#[test]
fn what_machines_do_leaves_a_line_and_doing_it_again_none() {
    let root = recorded();
    let all = lines(root.path());
    let kinds: Vec<&str> = all.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["checked", "released", "observed"]);
    assert_eq!((all[1]["version"].as_str(), all[1]["commit"].as_str()), (Some("2.4.2"), Some("9f3c2ab")));
    assert_eq!((all[1]["by"].as_str(), all[1]["known"].as_str()), (Some("unknown"), Some("account")));
    assert_eq!(all[2]["was"], serde_json::json!(["2.4.1"]));
    assert_eq!((all[2]["environment"].as_str(), all[2]["source"].as_str()), (Some("prod"), Some("by hand")));
    for again in ["release add checkout 2.4.2", "observe checkout --env prod --running 2.4.2"] {
        assert_eq!(said(root.path(), again).0, 0);
    }
    assert_eq!(said(root.path(), "release add checkout 2.4.3 --dry-run").0, 0);
    assert_eq!(lines(root.path()).len(), 3);
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.args(["release", "add", "checkout", "2.5.0"]).current_dir(root.path()).env_clear();
    command.envs([
        ("GITLAB_CI", "true"),
        ("GITLAB_USER_LOGIN", "bob"),
        ("CI_PIPELINE_ID", "7"),
        ("USER", "runner"),
    ]);
    assert!(command.output().unwrap().status.success());
    let last = lines(root.path()).pop().unwrap();
    assert_eq!((last["by"].as_str(), last["known"].as_str()), (Some("bob"), Some("ci")));
    assert_eq!(last["ci"]["cicd.pipeline.run.id"], "7");
}

#[test]
fn the_record_is_shown_and_picked_from_whatever_the_registry_is_like() {
    let root = recorded();
    let (code, text) = said(root.path(), "log show");
    assert_eq!(code, 0);
    let want = [
        "LOG  3 lines of checkout",
        "checked   block  rollback 2.4.1 -> 2.3.0 in prod: advisory-reopened CVE-1 · Ann <ann@example.com> (flag)",
        "released         2.4.2, commit 9f3c2ab · unknown (account)",
        "observed         prod runs 2.4.2, not 2.4.1 as was known (by hand) · unknown (account)",
    ];
    let at: Vec<Option<usize>> = want.iter().map(|words| text.find(words)).collect();
    assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{at:?}\n{text}");
    for (line, count) in [
        ("--kind released --kind observed", 2),
        ("--env prod", 2),
        ("--env staging", 0),
        ("--by ann@", 1),
        ("-n 1", 1),
        ("--since 2000-01-01 --until 2000-01-01", 0),
        ("--until 2999-12-31", 3),
        ("--incident INC-1", 0),
    ] {
        let value = json(root.path(), &format!("log show checkout {line}"));
        assert_eq!(value["lines"].as_array().unwrap().len(), count, "{line}");
        assert_eq!(value["all"], 3);
    }
    let value = json(root.path(), "log show");
    assert_eq!(value["lines"], Value::Array(lines(root.path())), "as they stand");
    assert_eq!(value["schema"], "holdpoint/log/v1");
    let markdown = said(root.path(), "log show --format markdown").1;
    assert!(markdown.contains("| `checkout` | checked | **block** | rollback 2.4.1"), "{markdown}");
    let verbose = said(root.path(), "log show -v --kind checked").1;
    assert!(
        verbose.contains("block advisory-reopened CVE-1") && verbose.contains("number 1, 01"),
        "{verbose}"
    );
    for (line, code, words) in [
        ("log show chekout", 3, "did you mean `checkout`?"),
        ("log show --kind flaged", 2, "flagged"),
        ("log verify nothing", 3, "there are `checkout`"),
        ("log show --registry nowhere", 3, "no registry in `nowhere`"),
    ] {
        let (got, text) = said(root.path(), line);
        assert!(got == code && text.contains(words), "{line}: {got}\n{text}");
    }
    // A service that is gone from the registry, and a registry that can't be loaded.
    fs::remove_dir_all(root.path().join("services")).unwrap();
    fs::write(root.path().join("holdpoint.toml"), "format = \"none\n").unwrap();
    for line in ["log show checkout", "log verify checkout", "log head checkout"] {
        assert_eq!(said(root.path(), line).0, 0, "{line}");
    }
    assert!(said(root.path(), "log show cart").1.contains("the registry has mistakes"));
}

#[test]
fn a_service_without_a_record_is_no_mistake() {
    let root = registry();
    for line in ["log show checkout", "log verify checkout", "log head checkout", "log show", "log repair"] {
        let (code, text) = said(root.path(), line);
        assert!(code == 0, "{line}: {text}");
    }
    assert!(said(root.path(), "log show checkout").1.contains("nothing is recorded of checkout yet"));
}

#[test]
fn heads_are_kept_and_held_against_the_record() {
    let root = recorded();
    let (code, head) = said(root.path(), "log head");
    let head = head.trim();
    assert!(code == 0 && head.starts_with("checkout:3:") && head.len() == "checkout:3:".len() + 64, "{head}");
    assert_eq!(json(root.path(), "log head")["heads"][0]["head"], head);
    assert_eq!(check(root.path(), "2.3.0"), 1);
    let kept = root.path().join("heads.txt");
    fs::write(&kept, format!("{head}\n")).unwrap();
    let bare = head.rsplit(':').next().unwrap();
    let forms = [
        format!("--head {head}"),
        format!("--head checkout={bare}"),
        format!("--head {bare}"),
        "--heads heads.txt".into(),
    ];
    for form in &forms {
        let (code, text) = said(root.path(), &format!("log verify {form}"));
        assert!(code == 0 && text.starts_with("VERIFIED  4 lines of 1 service"), "{form}: {text}");
        assert!(text.contains("fits   the head of number 3"), "{text}");
    }
    // The tail is cut off: the chain alone doesn't tell.
    let text = fs::read_to_string(file(root.path())).unwrap();
    let cut: String = text.split_inclusive('\n').take(2).collect();
    fs::write(file(root.path()), cut).unwrap();
    assert_eq!(said(root.path(), "log verify").0, 0);
    for form in &forms {
        let (code, text) = said(root.path(), &format!("log verify {form}"));
        assert!(code == 1 && text.starts_with("BROKEN  1 finding in 2 lines"), "{form}: {text}");
    }
    // All of it is gone.
    fs::remove_dir_all(root.path().join("log")).unwrap();
    assert_eq!(said(root.path(), "log verify").0, 0);
    let (code, text) = said(root.path(), &format!("log verify --head {head}"));
    assert!(code == 1 && text.contains("it had 3 lines and is gone"), "{text}");
    for (form, words) in [("--head x", "`x` is no hash of 64"), ("--heads none", "`none` can't be read")] {
        let (code, text) = said(root.path(), &format!("log verify {form}"));
        assert!(code > 1 && text.contains(words), "{text}");
    }
}

#[test]
fn damage_is_named_with_its_line_in_every_format() {
    let root = recorded();
    let text = fs::read_to_string(file(root.path())).unwrap();
    fs::write(file(root.path()), text.replacen("\"block\"", "\"allow\"", 1)).unwrap();
    let path = file(root.path());
    let spot = format!("log/checkout/{}:1", path.file_name().unwrap().to_str().unwrap());
    let (code, text) = said(root.path(), "log verify");
    let words = "wrong  line 1 was changed after line 2 was written, which holds another hash of it";
    assert!(code == 1 && text.contains(words) && text.contains(&spot), "{text}");
    let value = json(root.path(), "log verify");
    let finding = &value["services"][0]["findings"][0];
    assert_eq!((value["verified"].as_bool(), finding["line"].as_u64()), (Some(false), Some(1)));
    assert_eq!(finding["kind"], "changed");
    let markdown = said(root.path(), "log verify --format markdown").1;
    assert!(markdown.contains("**wrong** line 1 was changed") && markdown.contains(&spot), "{markdown}");
    assert_eq!(said(root.path(), "log repair").1, "NOTHING TO REPAIR  no record ends with a torn line\n");
    assert_eq!(said(root.path(), "log verify").0, 1, "what is whole is evidence, and stays");
    // A stray file, and an unreadable line.
    fs::write(root.path().join("log/checkout/2026-11.json"), "{}").unwrap();
    fs::write(path, "nonsense\n").unwrap();
    let (code, text) = said(root.path(), "log show");
    assert!(
        code == 0 && text.contains("1 line can't be read: ") && text.contains("`holdpoint log verify`"),
        "{text}"
    );
    assert!(said(root.path(), "log verify").1.contains("no month's file"));
}

#[test]
fn a_torn_line_is_put_aside_and_kept() {
    let root = recorded();
    let whole = fs::read_to_string(file(root.path())).unwrap();
    let torn = "{\"seq\":4,\"id\":\"01K";
    fs::write(file(root.path()), format!("{whole}{torn}")).unwrap();
    assert_eq!(said(root.path(), "log verify").0, 1);
    let (code, text) = said(root.path(), "log head");
    assert!(code == 3 && text.contains("has no end") && text.contains("log repair"), "{text}");
    let (code, text) = said(root.path(), "log repair --dry-run");
    assert!(code == 0 && text.starts_with("WOULD REPAIR") && text.contains("18 bytes"), "{text}");
    assert_eq!(fs::read_to_string(file(root.path())).unwrap(), format!("{whole}{torn}"));
    let value = json(root.path(), "log repair");
    let aside = value["aside"][0]["to"].as_str().unwrap_or_else(|| panic!("{value}"));
    assert_eq!(fs::read_to_string(root.path().join(aside)).unwrap(), torn, "kept");
    assert_eq!(fs::read_to_string(file(root.path())).unwrap(), whole);
    assert!(said(root.path(), "log verify").1.starts_with("VERIFIED  3 lines"));
    assert_eq!(check(root.path(), "2.3.0"), 1);
    assert_eq!(lines(root.path()).len(), 4);
}

/// What docs/record.md says about verifying by hand: its script, word by word.
#[test]
fn the_documented_script_verifies_without_holdpoint() {
    let works = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if !works("jq") || !works("sha256sum") {
        eprintln!("skipped: jq or sha256sum isn't there");
        return;
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/record.md");
    let page = fs::read_to_string(page).unwrap();
    let script = page.split("```sh\n#!/bin/sh\n").nth(1).unwrap().split("```").next().unwrap();
    let root = recorded();
    let path = root.path().join("verify.sh");
    fs::write(&path, script).unwrap();
    let verify = || {
        let output =
            Command::new("sh").args(["verify.sh", "checkout"]).current_dir(root.path()).output().unwrap();
        (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let (ok, text) = verify();
    assert!(ok && text == said(root.path(), "log head").1, "{text}");
    let whole = fs::read_to_string(file(root.path())).unwrap();
    for (damage, words) in [
        (whole.replacen("\"block\"", "\"allow\"", 1), "line 2"),
        (whole.split_inclusive('\n').skip(1).collect(), "line 1"),
        (format!("{whole}{{\"seq\""), "no end"),
    ] {
        fs::write(file(root.path()), damage).unwrap();
        let (ok, text) = verify();
        assert!(!ok && text.contains(words), "{text}");
    }
}
