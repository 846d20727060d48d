//! `clear-flag` and `incident` with the real program: what they find, write, record and say.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A copy of the example.
fn shop() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop"), root.path());
    root
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

fn run(root: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.args(args).current_dir(root).env_clear().output().unwrap()
}

fn said(root: &Path, args: &[&str]) -> (i32, String) {
    let output = run(root, args);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn json(root: &Path, args: &[&str]) -> Value {
    let output = run(root, &[args, &["--format", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

const MINA: [&str; 2] = ["--by", "Mina <mina@example.com>"];

#[test]
fn a_withdrawal_says_what_it_frees_and_is_recorded() {
    let root = shop();
    let line = [&["clear-flag", "CVE-2026-31337", "--reason", "not built in"][..], &MINA].concat();
    let (code, shown) = said(root.path(), &[&line[..], &["--dry-run"]].concat());
    assert!(
        code == 0 && shown.starts_with("WOULD WITHDRAW  advisory CVE-2026-31337 on checkout: "),
        "{shown}"
    );
    assert!(
        shown.contains("prod: rollback 2.4.1 -> 2.3.0 was block, is ") && shown.contains("\n+withdrawn"),
        "{shown}"
    );
    assert!(!root.path().join("log").exists(), "only shown");

    let done = json(root.path(), &line);
    assert_eq!((&done["schema"], &done["outcome"]), (&"holdpoint/clear/v1".into(), &"withdrawn".into()));
    assert_eq!(done["services"][0]["freed"].as_array().unwrap().len(), 4);
    let check = json(root.path(), &["rollback-check", "checkout", "2.3.0", "--env", "prod"]);
    let codes: Vec<&str> =
        check["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"flag-withdrawn") && !codes.contains(&"advisory-reopened"), "{codes:?}");
    assert!(
        fs::read_to_string(root.path().join("log/checkout").join(month(root.path())))
            .unwrap()
            .contains("\"kind\":\"cleared\"")
    );

    let (code, again) = said(root.path(), &line);
    assert!(code == 0 && again.starts_with("UNCHANGED") && again.contains("it was withdrawn at "), "{again}");
}

/// The only file of the record.
fn month(root: &Path) -> String {
    let entry = fs::read_dir(root.join("log/checkout")).unwrap().next().unwrap().unwrap();
    entry.file_name().into_string().unwrap()
}

#[test]
fn a_flag_is_found_by_alias_and_what_is_not_found_is_guessed_at() {
    let root = shop();
    let (code, text) = said(root.path(), &["clear-flag", "CVE-2026-3133", "--reason", "x", "--by", "a@b"]);
    assert!(code == 3 && text.contains("did you mean `CVE-2026-31337`?"), "{text}");
    let (code, text) = said(root.path(), &["clear-flag", "INC-482", "--reason", "x", "--by", "a@b"]);
    assert!(code == 3 && text.contains("rosa@example.com"), "only the team: {text}");
    let flag = root.path().join("services/ledger/advisories/SHOP-2026-07.toml");
    let other = fs::read_to_string(&flag)
        .unwrap()
        .replace("ledger", "catalog")
        .replace("SHOP-2026-07", "CVE-2026-31337");
    let other: String =
        other.lines().filter(|line| !line.starts_with("affects")).map(|line| format!("{line}\n")).collect();
    let affects = "affects = [{ service = \"catalog\", versions = \"*\" }]\n";
    let second = root.path().join("services/catalog/advisories/CVE-2026-31337.toml");
    fs::write(second, format!("{other}{affects}")).unwrap();
    let (code, text) = said(root.path(), &["clear-flag", "CVE-2026-31337", "--reason", "x", "--by", "a@b"]);
    assert!(
        code == 3 && text.contains("`CVE-2026-31337 of catalog` and `CVE-2026-31337 of checkout`"),
        "{text}"
    );
    assert!(text.contains("--service"), "{text}");
}

#[test]
fn an_incident_shows_in_checks_and_says_at_its_end_what_is_left() {
    let root = shop();
    let start = ["incident", "start", "INC-500", "--service", "ledger", "--severity", "sev1", "--by", "a@b"];
    let begun = json(root.path(), &start);
    assert_eq!((&begun["schema"], &begun["outcome"]), (&"holdpoint/incident/v1".into(), &"started".into()));
    let check = json(root.path(), &["rollback-check", "ledger", "--env", "prod"]);
    assert_eq!(check["move"]["incident"].as_str().or(check["incident"].as_str()), Some("INC-500"), "{check}");
    let (_, text) = said(root.path(), &["rollback-check", "ledger", "--env", "prod"]);
    assert!(text.contains("Judged under the incident INC-500"), "{text}");
    let (_, status) = said(root.path(), &["status", "ledger"]);
    assert!(status.contains("INC-500"), "{status}");
    let (code, over) = said(root.path(), &["incident", "end", "inc-500", "--by", "a@b"]);
    assert!(
        code == 0 && over.starts_with("ENDED  incident INC-500 (sev1) on ledger: holdpoint.toml:"),
        "{over}"
    );
    assert!(over.contains("left to do"), "{over}");
    let (code, again) = said(root.path(), &start);
    assert!(code == 3 && again.contains("INC-500 is over") && again.contains("another id"), "{again}");
    let (code, as_of) = said(root.path(), &[&start[..], &["--as-of", "2026-11-22"]].concat());
    assert!(code == 2 && as_of.contains("--as-of is for looking"), "{as_of}");
}
