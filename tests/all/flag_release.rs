//! `flag-release` with the real program: what it writes and says, who may say what, two at once, and its record.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const MAIN: &str = "\
format = 1
# Ours.
[team.sre]
members = [\"rosa@example.com\"]
[team.appsec]
members = [\"mina@example.com\"]
";

const SHOP: &str = "\
[service.shop]
owner = { reliability = \"sre\", security = \"appsec\" }
deploy = \"deploy shop {to}\"
running = { prod = \"1.2.0\" }
ran = [{ environment = \"prod\", version = \"1.1.0\" }]
release = [{ version = \"1.1.0\" }, { version = \"1.2.0\" }]
";

const ROSA: &str = "Rosa <rosa@example.com>";
const MINA: &str = "Mina <mina@example.com>";

fn registry(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn folders() -> TempDir {
    registry(&[("holdpoint.toml", MAIN), ("services/shop/service.toml", SHOP)])
}

fn one_file() -> TempDir {
    registry(&[("holdpoint.toml", &format!("{MAIN}\n{SHOP}"))])
}

fn command(root: &Path, by: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.arg("flag-release").args(arguments).args(["--by", by]).current_dir(root).env_clear();
    command.stdin(Stdio::null());
    command
}

fn run(root: &Path, by: &str, arguments: &[&str]) -> Output {
    command(root, by, arguments).output().unwrap()
}

/// The exit code with what it said.
fn said(root: &Path, by: &str, arguments: &[&str]) -> (i32, String) {
    let output = run(root, by, arguments);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn json(root: &Path, by: &str, arguments: &[&str]) -> Value {
    let output = run(root, by, &[arguments, &["--format", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn read(root: &Path, file: &str) -> String {
    fs::read_to_string(root.join(file)).unwrap()
}

/// The lines of a service's record.
fn record(root: &Path, service: &str) -> Vec<Value> {
    let Ok(months) = fs::read_dir(root.join("log").join(service)) else { return Vec::new() };
    let mut files: Vec<_> = months.map(|month| month.unwrap().path()).collect();
    files.sort();
    let text: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_runs_and_is_hit_comes_first_and_the_next_command_last() {
    let root = folders();
    let (code, text) = said(root.path(), ROSA, &["shop", "1.2.0", "--id", "INC-7", "--title", "p99 x10"]);
    let want = "FLAGGED  INC-7 unstable (unknown): 1 release of shop\n\n  \
                RUNS      prod: 1.2.0 runs and is hit (hold)\n  \
                hits      1.2.0 (1 of 2 registered)\n  \
                stands    services/shop/instabilities/INC-7.toml:1\n  \
                note      no severity was said, so it is judged like high\n\n  \
                Next: holdpoint run shop 1.1.0 --env prod -- deploy shop 1.1.0\n";
    assert_eq!((code, text.as_str()), (0, want));
    let file = read(root.path(), "services/shop/instabilities/INC-7.toml");
    let lines: Vec<&str> = file.lines().filter(|line| !line.starts_with("recorded = 20")).collect();
    let affects = "affects = [{ service = \"shop\", versions = \"1.2.0\" }]";
    let by = "by = \"Rosa <rosa@example.com>\"";
    assert_eq!(lines, ["[instability.INC-7]", "title = \"p99 x10\"", affects, by]);
    let line = &record(root.path(), "shop")[0];
    assert_eq!(
        (&line["kind"], &line["as"], &line["flag"]),
        (&"flagged".into(), &"reliability".into(), &"INC-7".into())
    );
    assert_eq!(line["affects"]["running"][0]["version"], "1.2.0");
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    let root = one_file();
    let before = read(root.path(), "holdpoint.toml");
    let arguments = ["shop", "1.2.0", "--id", "CVE-1", "--title", "A hole"];
    let (code, text) = said(root.path(), MINA, &[&arguments[..], &["--dry-run"]].concat());
    assert_eq!(code, 0);
    assert!(
        text.starts_with("WOULD FLAG  CVE-1 insecure") && text.contains("RUNS      prod: 1.2.0"),
        "{text}"
    );
    assert!(text.contains("+[advisory.CVE-1]\n"), "{text}");
    assert_eq!(read(root.path(), "holdpoint.toml"), before);
    assert!(record(root.path(), "shop").is_empty());
    assert_eq!(said(root.path(), MINA, &arguments).0, 0);
    assert!(read(root.path(), "holdpoint.toml").starts_with(&before), "what stood there stays byte for byte");
}

#[test]
fn a_pipeline_may_say_it_again_and_nobody_may_say_something_else() {
    let root = folders();
    let first = ["shop", "1.2.0", "--id", "CVE-1", "--title", "A hole"];
    assert_eq!(said(root.path(), MINA, &first).0, 0);
    let again = json(root.path(), MINA, &first);
    assert_eq!((&again["outcome"], record(root.path(), "shop").len()), (&"unchanged".into(), 1));
    let (code, text) = said(root.path(), MINA, &["shop", "1.1.0", "--id", "cve-1", "--title", "Another"]);
    assert_eq!(code, 3);
    for part in [
        "`title` of `CVE-1` is `A hole`, not `Another`",
        "services/shop/advisories/CVE-1.toml:1:1",
        "nothing was written",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let (code, text) = said(root.path(), MINA, &["shop", "1.1.0", "--id", "CVE-1", "--title", "A hole"]);
    assert!(code == 3 && text.contains("said now: `A hole` on 1.1.0 of `shop`"), "{text}");
    let wider =
        json(root.path(), MINA, &["shop", "1.1.0", "--id", "CVE-1", "--extend", "--severity", "critical"]);
    assert_eq!(
        (&wider["outcome"], &wider["services"][0]["newly_hit"][0]),
        (&"extended".into(), &"1.1.0".into())
    );
    assert_eq!(wider["flag"]["severity"], "critical");
    let line = &record(root.path(), "shop")[1];
    assert_eq!((&line["seq"], &line["extended"]), (&2.into(), &true.into()));
}

#[test]
fn several_services_share_one_flag_and_one_group_in_their_records() {
    let cart = "[service.cart]\nrelease = [{ version = \"7\" }]\n";
    let root = registry(&[
        ("holdpoint.toml", MAIN),
        ("services/shop/service.toml", SHOP),
        ("services/cart/service.toml", cart),
    ]);
    let arguments = ["shop", "<2", "--insecure", "--id", "CVE-1", "--title", "libfoo", "--service", "cart=7"];
    let fixed = ["--fixed-in", "cart=8", "--fixed-in", "2.0.0"];
    let flagged = json(root.path(), MINA, &[&arguments[..], &fixed].concat());
    assert_eq!(flagged["changed"], serde_json::json!(["advisories/CVE-1.toml"]));
    assert_eq!(flagged["services"][1]["fixed_in"], serde_json::json!(["8"]));
    let groups = ["shop", "cart"].map(|service| record(root.path(), service)[0]["group"].clone());
    assert!(groups[0].is_string() && groups[0] == groups[1], "{groups:?}");
}

#[test]
fn wrong_usage_and_what_can_not_be_done_have_their_codes() {
    let root = folders();
    let cases: [(i32, &[&str], &str); 9] = [
        (2, &["shop", "1.2.0", "--insecure"], "--title <TITLE>"),
        (2, &["shop", "1.2.0", "--title", "x"], "Bob <bob@example.com> isn't a member of `appsec` or `sre`"),
        (2, &["shop", "1.2.0", "--title", "x", "--insecure", "--unstable"], "cannot be used with"),
        (2, &["shop", "1.2.0", "--title", "x", "--unstable", "--exploited"], "--exploited is about security"),
        (2, &["shop", "1.2.0", "--title", " \n", "--insecure"], "it is empty"),
        (2, &["shop", "1.2.0", "--title", "x", "--insecure", "--extend"], "--id <ID>"),
        (2, &["shop", "1.2.0", "--title", "x", "--insecure", "--as-of", "2026-01-01"], "--effective"),
        (3, &["shop", ">=1 <2", "--title", "x", "--insecure"], "write `>=1, <2`"),
        (3, &["shpo", "1.2.0", "--title", "x", "--insecure"], "did you mean `shop`?"),
    ];
    for (code, arguments, part) in cases {
        let (got, text) = said(root.path(), "Bob <bob@example.com>", arguments);
        assert_eq!(got, code, "{arguments:?}: {text}");
        assert!(text.contains(part), "{arguments:?}: {text}");
    }
    let long = "x".repeat(10_001);
    let (code, text) = said(root.path(), MINA, &["shop", "1.2.0", "--insecure", "--title", &long]);
    assert!(
        code == 2 && text.contains("it has 10001 characters; 10000 are the most"),
        "{}",
        &text[text.len() - 200..]
    );
    assert!(!root.path().join("services/shop/advisories").exists() && record(root.path(), "shop").is_empty());
}

#[test]
fn a_title_is_stored_exactly_and_shown_safely() {
    let title = "Session \u{1b}[2Jfixation\n\"quoted\" \u{202e}gpj.exe";
    for root in [folders(), one_file()] {
        let arguments = ["shop", "1.2.0", "--insecure", "--id", "CVE-1", "--title", title];
        for format in ["human", "markdown", "json"] {
            let (code, text) =
                said(root.path(), MINA, &[&arguments[..], &["--format", format, "--dry-run"]].concat());
            assert!(code == 0 && !text.contains(['\u{1b}', '\u{202e}']), "{text}");
        }
        assert_eq!(said(root.path(), MINA, &arguments).0, 0);
        assert_eq!(record(root.path(), "shop")[0]["title"], title);
        assert_eq!(
            json(root.path(), MINA, &arguments)["outcome"],
            "unchanged",
            "it reads back as it was said"
        );
    }
}

#[test]
fn markdown_says_it_for_a_chat() {
    let root = folders();
    let arguments =
        ["shop", "1.2.0", "--insecure", "--id", "CVE-1", "--title", "Ask @everyone", "--severity", "high"];
    let (code, text) = said(root.path(), MINA, &[&arguments[..], &["--format", "markdown"]].concat());
    assert_eq!(code, 0);
    for part in [
        "## FLAGGED: CVE-1 insecure (high): 1 release of shop\n",
        "Ask `@everyone`",
        "- **prod: 1.2.0 runs and is hit** (hold)",
        "```\nholdpoint run shop 1.1.0 --env prod",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn many_at_once_all_get_their_flag_in_and_their_line() {
    for root in [folders(), one_file()] {
        let ids: Vec<String> = (0..8).map(|number| format!("INC-{number}")).collect();
        let start = |id: &String| -> Child {
            let arguments = ["shop", "1.2.0", "--unstable", "--id", id, "--title", "x"];
            command(root.path(), ROSA, &arguments)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        };
        let running: Vec<Child> = ids.iter().map(start).collect();
        for mut child in running {
            assert!(child.wait().unwrap().success());
        }
        for id in &ids {
            let arguments = ["shop", "1.2.0", "--unstable", "--id", id, "--title", "x"];
            assert_eq!(json(root.path(), ROSA, &arguments)["outcome"], "unchanged", "{id}");
        }
        let seqs: Vec<u64> =
            record(root.path(), "shop").iter().map(|line| line["seq"].as_u64().unwrap()).collect();
        assert_eq!(seqs, (1..=8).collect::<Vec<u64>>());
    }
}

#[test]
fn a_registry_with_a_mistake_is_not_written_to() {
    let root = registry(&[
        ("holdpoint.toml", MAIN),
        ("services/shop/service.toml", &format!("{SHOP}\nflor = \"1\"\n")),
    ]);
    let (code, text) = said(root.path(), MINA, &["shop", "1.2.0", "--title", "x"]);
    assert!(code == 3 && text.contains("no key `flor`") && text.contains("nothing was written"), "{text}");
    assert!(!root.path().join("services/shop/advisories").exists());
}
