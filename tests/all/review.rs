//! `review` with the real program: what is owed for a break-glass, who may look back, and how it is closed.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const MAIN: &str = r#"format = 1
[team.sre]
members = ["sam@example.com"]
[team.appsec]
members = ["ann@example.com"]
"#;
const SERVICE: &str = r#"[service.shop]
owner = { reliability = "sre", security = "appsec" }
running = { prod = "1.0.0" }
release = [{ version = "1.0.0" }, { version = "1.1.0" }]
"#;
const FLAG: &str = r#"[advisory.CVE-1]
title = "Path traversal"
severity = "high"
affects = [{ service = "shop", versions = "<1.1.0" }]
"#;
const DEBT: &str = r#"[debt.01KAF4]
service = "shop"
environment = "prod"
from = "1.1.0"
to = "1.0.0"
subjects = ["CVE-1"]
reason = "the shop was down"
by = "Sam <sam@example.com>"
at = 2026-02-01T03:00:00Z
due = 2126-01-01
"#;

const SAM: &str = "Sam <sam@example.com>";
const ANN: &str = "Ann <ann@example.com>";

fn registry(more: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let files = [
        ("holdpoint.toml", MAIN),
        ("services/shop/service.toml", SERVICE),
        ("services/shop/advisories/CVE-1.toml", FLAG),
        ("services/shop/debts/01KAF4.toml", DEBT),
    ];
    for (path, text) in files.iter().chain(more) {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn run(root: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.arg("review").args(words).current_dir(root).env_clear().output().unwrap()
}

fn said(root: &Path, words: &[&str]) -> (i32, String) {
    let output = run(root, words);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn json(root: &Path, words: &[&str]) -> Value {
    let output = run(root, &[words, &["--format", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[track_caller]
fn expect(root: &Path, words: &[&str], code: i32, parts: &[&str]) {
    let (was, text) = said(root, words);
    assert_eq!(was, code, "{words:?}: {text}");
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in parts {
        assert!(flat.contains(part), "{words:?} doesn't say `{part}`:\n{text}");
    }
}

/// The record of the service, line by line.
fn record(root: &Path) -> Vec<Value> {
    let folder = root.join("log/shop");
    let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
    let texts = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    texts
        .flat_map(|text| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn what_is_owed_is_told_and_nothing_is_written() {
    let root = registry(&[]);
    let root = root.path();
    let owed = [
        "01KAF4",
        "shop 1.1.0 -> 1.0.0 in prod",
        "by Sam <sam@example.com> at 2026-02-01T03:00:00Z",
        "reason the shop was down",
        "against CVE-1",
        "release 1.0.0 runs, held by CVE-1 (hold)",
        "wants its review by reliability and security until 2126-01-01T00:00:00Z",
        "wants 1.0.0 to be left or accepted, as it is held by CVE-1 (hold)",
        "holdpoint review 01KAF4 --as security --note \"<what was found>\"",
        "holdpoint sign-off shop 1.0.0 --env prod --accept CVE-1 --as security --reason \"<why>\" --expires 4h",
        "holdpoint targets shop --env prod",
    ];
    expect(root, &["01kaf4"], 0, &[&["DEBT break-glass 01KAF4"], &owed[..]].concat());
    expect(root, &[], 0, &[&["DEBTS 1 break-glass is open"], &owed[..]].concat());
    expect(root, &["-q"], 0, &["DEBTS 1 break-glass is open"]);
    expect(root, &["--as-of", "2026-01-01"], 0, &["no break-glass is open"]);
    expect(
        root,
        &["--format", "markdown", "01KAF4"],
        0,
        &["## DEBT: ", "**wants** 1.0.0 to be left or accepted"],
    );
    assert!(record(root).is_empty());
    fs::write(root.join("services/shop/debts/01KAF4.toml"), DEBT.replace("2126", "2026")).unwrap();
    expect(root, &[], 0, &["1 break-glass is open, 1 overdue", "overdue since 2026-01-01T00:00:00Z"]);
}

#[test]
fn both_teams_review_and_the_debt_is_closed_when_its_release_is_left() {
    let root = registry(&[]);
    let root = root.path();
    let dry = ["01KAF4", "--note", "watched it", "--by", SAM, "--dry-run"];
    expect(root, &dry, 0, &["WOULD REVIEW break-glass 01KAF4 as reliability", "+[[debt.01KAF4.reviews]]"]);
    assert!(record(root).is_empty());
    expect(
        root,
        &dry[..5],
        0,
        &["REVIEWED break-glass 01KAF4 as reliability", "wants its review by security"],
    );
    expect(root, &dry[..5], 0, &["UNCHANGED"]);
    let note = ["01KAF4", "--note", "nobody came in", "--by", ANN];
    expect(
        root,
        &note,
        0,
        &["REVIEWED break-glass 01KAF4 as security", "wants 1.0.0 to be left or accepted"],
    );
    let close = ["01KAF4", "--close", "--by", ANN];
    expect(root, &close, 1, &["STILL OPEN", "wants 1.0.0 to be left"]);
    fs::write(
        root.join("services/shop/service.toml"),
        SERVICE.replace("prod = \"1.0.0\"", "prod = \"1.1.0\""),
    )
    .unwrap();
    expect(root, &["01KAF4"], 0, &["release 1.0.0 was left", "holdpoint review 01KAF4 --close"]);
    let closed = json(root, &close);
    assert_eq!((&closed["schema"], &closed["outcome"]), (&"holdpoint/review/v1".into(), &"closed".into()));
    assert_eq!(closed["debts"][0]["release"]["state"], "left");
    assert_eq!(closed["changed"][0], "services/shop/debts/01KAF4.toml");
    assert!(!root.join("services/shop/debts/01KAF4.toml").exists());
    expect(root, &close, 3, &["no open break-glass is called `01KAF4`"]);
    let lines = record(root);
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line["as"].as_str(), line["note"].as_str(), line["closed"].as_bool()))
        .collect();
    assert_eq!(
        told,
        [
            (Some("reliability"), Some("watched it"), Some(false)),
            (Some("security"), Some("nobody came in"), Some(false)),
            (None, None, Some(true)),
        ]
    );
    assert!(
        lines.iter().all(|line| line["kind"] == "reviewed"
            && line["debt"] == "01KAF4"
            && line["environment"] == "prod")
    );
}

#[test]
fn the_last_review_closes_what_was_left_before() {
    let left = SERVICE.replace("prod = \"1.0.0\"", "prod = \"1.1.0\"");
    let root = registry(&[("services/shop/service.toml", &left)]);
    let root = root.path();
    expect(root, &["01KAF4", "--note", "fine", "--by", SAM], 0, &["REVIEWED"]);
    expect(root, &["01KAF4", "--note", "fine", "--by", ANN], 0, &["CLOSED break-glass 01KAF4 as security"]);
    expect(root, &[], 0, &["DEBTS no break-glass is open"]);
}

#[test]
fn who_may_not_review_is_told_why() {
    let root = registry(&[]);
    let root = root.path();
    let note = |key: &'static str, by: &'static str| ["01KAF4", "--note", "n", "--as", key, "--by", by];
    expect(
        root,
        &note("security", SAM),
        3,
        &["Sam <sam@example.com> isn't a member of `appsec`", "its members are ann@example.com"],
    );
    expect(
        root,
        &["01KAF4", "--note", "n", "--by", "Eve <eve@example.com>"],
        2,
        &["for which key is it reviewed?", "--as"],
    );
    expect(root, &["01KAF4", "--as", "security"], 2, &["--note"]);
    expect(root, &["01KAF4", "--note", " ", "--by", ANN], 2, &["it is empty"]);
    expect(root, &["01KAF5"], 3, &["no open break-glass is called `01KAF5`", "this one is open: 01KAF4"]);
    expect(
        root,
        &["01KAF4", "--note", "n", "--by", ANN, "--as-of", "2026-01-01"],
        3,
        &["no open break-glass"],
    );
    expect(
        root,
        &["01KAF4", "--note", "n", "--by", ANN, "--as-of", "2026-03-01"],
        2,
        &["--as-of is for looking"],
    );
    assert!(record(root).is_empty());
}

#[test]
fn the_same_id_in_two_services_and_a_broken_service_are_said() {
    let other = |text: &str| text.replace("shop", "cart");
    let root = registry(&[
        ("services/cart/service.toml", &other(SERVICE)),
        (
            "services/cart/debts/01KAF4.toml",
            &other(DEBT).replace("due = 2126", "due = 2125").replace("[\"CVE-1\"]", "[\"far-back\"]"),
        ),
        ("services/broken/service.toml", "what = 1\n"),
    ]);
    let root = root.path();
    expect(
        root,
        &["01KAF4", "--note", "n", "--by", ANN],
        2,
        &["`01KAF4` is a break-glass of cart and shop", "--service"],
    );
    expect(root, &["01KAF4"], 0, &["review 01KAF4 --service cart --as", "note: 1 service can't be read"]);
    expect(
        root,
        &["01KAF4", "--service", "shop", "--note", "n", "--by", ANN],
        0,
        &["REVIEWED", "shop 1.1.0 -> 1.0.0"],
    );
    let debts = json(root, &[]);
    let services: Vec<_> =
        debts["debts"].as_array().unwrap().iter().map(|debt| debt["service"].as_str().unwrap()).collect();
    assert_eq!(services, ["cart", "shop"], "what is due first stands first");
}

#[test]
fn what_runs_is_accepted_by_the_command_that_is_offered() {
    let root = registry(&[]);
    let root = root.path();
    for by in [SAM, ANN] {
        expect(root, &["01KAF4", "--note", "fine", "--by", by], 0, &["wants 1.0.0 to be left or accepted"]);
    }
    let told = json(root, &["01KAF4"]);
    let next = told["debts"][0]["next"].as_array().unwrap();
    let offered = next.iter().filter_map(|step| step["command"].as_str());
    let sign = offered
        .filter(|command| command.contains(" sign-off "))
        .map(|command| format!("{} --by '{ANN}'", command.replace("<why>", "it is watched")));
    for command in sign {
        let output = super::repository::shell(root, &command).output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
    expect(root, &["01KAF4"], 0, &["1.0.0 runs, and nothing that was gone against holds it now"]);
    expect(root, &["01KAF4", "--close", "--by", SAM, "--dry-run"], 0, &["WOULD CLOSE", "stands "]);
    let (_, closed) = said(root, &["01KAF4", "--close", "--by", SAM]);
    assert!(closed.starts_with("CLOSED  break-glass 01KAF4"), "{closed}");
    assert!(!closed.contains("stands "), "it stands nowhere any more: {closed}");
}
