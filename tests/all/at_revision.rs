//! A registry looked at in a commit, and what was decided judged again: the real program on real repositories.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::repository::{sh, shell};

/// A copy of the shop in `ops/registry` of a repository, committed as v1, with somebody to act.
fn shop() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop");
    let copy = format!("mkdir ops && cp -R '{}' ops/registry", shop.display());
    sh(
        root.path(),
        &format!("git init -q -b main . && {copy} && git add -A && git commit -q -m shop && git tag v1"),
    );
    root
}

/// The registry's folder.
const REGISTRY: &str = "ops/registry";

/// What a command says, given the registry's name.
fn say(root: &Path, command: &str) -> Output {
    shell(root, &format!("holdpoint {command} --registry {REGISTRY}")).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn json(root: &Path, command: &str) -> serde_json::Value {
    let output = say(root, &format!("{command} --format json"));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{command}: {}", text(&output)))
}

fn head(root: &Path, rev: &str) -> String {
    let output = shell(root, &format!("git rev-parse {rev}")).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Every way of looking.
const LOOKS: [&str; 13] = [
    "rollback-check checkout 2.3.0 --env prod",
    "redeploy-check checkout 2.4.1 --env prod",
    "targets checkout --env prod",
    "status",
    "status checkout",
    "policy show",
    "policy why checkout 2.3.0 --env prod",
    "explain CVE-2026-31337",
    "lint",
    "review",
    "log show",
    "log verify",
    "log head",
];

#[test]
fn whatever_only_looks_says_of_a_commit_what_it_said_when_that_was_checked_out() {
    let root = shop();
    let at = "--as-of 2026-11-22T03:00:00Z";
    let there: Vec<Output> = LOOKS.iter().map(|look| say(root.path(), &format!("{look} {at}"))).collect();
    fs::write(root.path().join(REGISTRY).join("holdpoint.toml"), "no registry").unwrap();
    sh(root.path(), "git rm -rq --cached ops && rm -r ops/registry/services && git commit -q -m gone");
    for (look, there) in LOOKS.iter().zip(there) {
        let then = say(root.path(), &format!("{look} {at} --at-revision v1"));
        assert_eq!(code(&then), code(&there), "{look}: {}", text(&then));
        let lines = |output: &Output| String::from_utf8_lossy(&output.stdout).lines().count();
        if !look.starts_with("log") {
            assert!(lines(&then) >= lines(&there), "{look}: {}", text(&then));
        }
        // One line says what was read; the full id stands in the JSON.
        let id = head(root.path(), "v1");
        if *look != "log head" {
            assert!(text(&then).contains(&id[..12]), "{look}: {}", text(&then));
        }
        let json = json(root.path(), &format!("{look} --at-revision v1"));
        assert_eq!(json["registry"]["revision"], *id, "{look}");
        assert_eq!(json["simulated"], true, "{look}");
    }
    let gone = say(root.path(), "status --at-revision HEAD");
    assert_eq!(code(&gone), 3);
    assert!(text(&gone).contains("no registry in `ops/registry` at commit"), "{}", text(&gone));
}

#[test]
fn a_registry_is_found_in_a_commit_by_its_folder_and_by_its_main_file() {
    let root = shop();
    sh(root.path(), "git rm -rq ops && git commit -q -m gone");
    for named in ["ops/registry", "ops/registry/holdpoint.toml", "./ops/../ops/registry"] {
        let check =
            format!("holdpoint rollback-check checkout 2.4.0 --env prod --at-revision v1 --registry {named}");
        let output = shell(root.path(), &check).output().unwrap();
        let goes = named != "./ops/../ops/registry";
        assert_eq!(code(&output) == 0, goes, "{named}: {}", text(&output));
    }
}

#[test]
fn what_is_no_commit_is_said_with_what_to_type() {
    let root = shop();
    for (rev, want) in [
        ("--at-revision mian", "did you mean `main`?"),
        ("--at-revision=--help", "no revision `--help`"),
        ("--at-revision v1:ops/registry/holdpoint.toml", "is a file, not a commit"),
        ("--at-revision 1111111111111111111111111111111111111111", "git fetch --all --tags"),
    ] {
        let output = say(root.path(), &format!("rollback-check checkout 2.4.0 --env prod {rev}"));
        assert_eq!(code(&output), 3, "{rev}");
        assert!(text(&output).contains(want), "{rev}: {}", text(&output));
    }
    let alone = tempfile::tempdir().unwrap();
    sh(alone.path(), &format!("mkdir -p ops && cp -R '{}/ops/registry' ops", root.path().display()));
    let output = say(alone.path(), "status --at-revision HEAD");
    assert!(code(&output) == 3 && text(&output).contains("is in no Git repository"), "{}", text(&output));
}

#[test]
fn whoever_writes_refuses_a_commit() {
    let root = shop();
    for act in [
        "rollback-check checkout 2.4.0 --env prod --record",
        "flag-release checkout 2.4.0 --unstable --title x",
        "clear-flag INC-482 --reason x",
        "release add checkout 9.0.0",
        "observe checkout --env prod --running 2.4.0",
        "sign-off checkout 2.4.1 --env prod --accept INC-482 --as reliability --reason x --expires 4h",
        "sign-off revoke 01KAF3 --reason x",
        "record rollback checkout 2.4.0 --env prod",
        "record settled checkout 2.4.1 --reason x",
        "incident start INC-1 --service checkout",
        "incident end INC-482",
        "log repair",
        "log repair --dry-run",
        "lint --fix",
    ] {
        let output = say(root.path(), &format!("{act} --at-revision v1"));
        assert_eq!(code(&output), 2, "{act}: {}", text(&output));
        assert!(text(&output).contains("--at-revision is for looking"), "{act}: {}", text(&output));
    }
    let run = format!(
        "holdpoint run checkout 2.4.0 --env prod --registry {REGISTRY} --at-revision v1 -- touch ran"
    );
    let run = shell(root.path(), &run).output().unwrap();
    assert!(code(&run) == 2 && !root.path().join("ran").exists(), "{}", text(&run));
    let clean = shell(root.path(), "git status --porcelain").output().unwrap();
    assert!(clean.stdout.is_empty(), "{}", text(&clean));
}

#[test]
fn only_who_asks_for_a_commit_needs_git() {
    let root = shop();
    let program = Path::new(env!("CARGO_BIN_EXE_holdpoint"));
    let check = |more: &[&str]| {
        let mut command = std::process::Command::new(program);
        command
            .args(["rollback-check", "checkout", "2.4.0", "--env", "prod", "--registry", REGISTRY])
            .args(more);
        command.current_dir(root.path()).env_clear().env("PATH", root.path()).output().unwrap()
    };
    assert_eq!(code(&check(&[])), 0);
    let without = check(&["--at-revision", "v1"]);
    assert_eq!(code(&without), 3);
    assert!(text(&without).contains("`git` is not installed"), "{}", text(&without));
}

/// A record of decisions on several commits, some of them odd.
fn decided() -> tempfile::TempDir {
    let root = shop();
    let check = format!(
        "holdpoint rollback-check checkout 2.3.0 --env prod --registry {REGISTRY} --record -q || true"
    );
    let glass = format!(
        "holdpoint run checkout 2.3.0 --env prod --registry {REGISTRY} --break-glass 'prod was down' -- true >/dev/null 2>&1"
    );
    let commit = |name: &str| format!("git add -A && git commit -q -m {name}");
    let flag = format!("{REGISTRY}/services/checkout/advisories/CVE-2026-31337.toml");
    let lower = format!("sed -i -e 's/exploited = true/exploited = false/' -e 's/\"high\"/\"low\"/' {flag}");
    // 1: on v1. 2: after the flag was made lighter, in a commit. 3, 4: the glass broken on it.
    let script =
        [&*check, &lower, &commit("lower"), &check, &commit("log"), &glass, &commit("moved")].join("\n");
    let said = shell(root.path(), &format!("set -e\n{script}")).output().unwrap();
    assert!(said.status.success(), "{}", text(&said));
    root
}

#[test]
fn decisions_come_out_as_they_were_on_their_own_commits() {
    let root = decided();
    let replay = say(root.path(), "log replay");
    assert_eq!(code(&replay), 0, "{}", text(&replay));
    assert!(text(&replay).starts_with("SAME  "), "{}", text(&replay));
    let json = json(root.path(), "log replay");
    assert_eq!((&json["schema"], &json["same"]), (&"holdpoint/log-replay/v1".into(), &true.into()));
    let lines = json["decisions"].as_u64().unwrap();
    assert_eq!((json["judged"].as_u64(), json["agreed"].as_u64()), (Some(lines), Some(lines)));
    assert!(lines >= 4, "{json}");
    let none = say(root.path(), "log replay --since 2100-01-01");
    assert!(code(&none) == 0 && text(&none).contains("no decision is recorded"), "{}", text(&none));
}

#[test]
fn what_differs_is_listed_with_its_cause_and_what_is_missing_apart() {
    let root = decided();
    let log = "$(ls ops/registry/log/checkout/*.jsonl)";
    // What stood in no commit when it was judged.
    let dirty = format!(
        "sed -i 's/\"low\"/\"critical\"/' {REGISTRY}/services/checkout/advisories/CVE-2026-31337.toml
         holdpoint rollback-check checkout 2.2.0 --env prod --registry {REGISTRY} --record -q || true
         git checkout -q {REGISTRY}/services; git add -A; git commit -qm dirty"
    );
    sh(root.path(), &dirty);
    let replay = json(root.path(), "log replay");
    assert_eq!(replay["differing"].as_array().unwrap().len(), 1, "{replay}");
    assert_eq!(replay["differing"][0]["cause"], "dirty", "{replay}");
    assert_eq!(code(&say(root.path(), "log replay")), 1);

    // A line that was changed.
    sh(root.path(), &format!("sed -i '1s/\"verdict\":\"[a-z]*\"/\"verdict\":\"allow\"/' {log}"));
    let replay = json(root.path(), "log replay");
    assert_eq!(replay["differing"][0]["cause"], "chain", "{replay}");
    assert_eq!(replay["broken"][0], "checkout");
    for format in ["human", "markdown"] {
        let said = text(&say(root.path(), &format!("log replay --format {format}")));
        assert!(said.contains("was allow, is ") && said.contains("was changed after line 2"), "{said}");
    }
    sh(root.path(), &format!("git checkout -q {log}"));

    // A clone without what came before.
    let url = format!("file://{}", root.path().display());
    sh(root.path(), &format!("git clone -q --depth 1 {url} shallow"));
    let shallow = root.path().join("shallow");
    let replay = say(&shallow, "log replay");
    assert_eq!(code(&replay), 3, "{}", text(&replay));
    assert!(text(&replay).contains("git fetch --unshallow"), "{}", text(&replay));
    let apart = &json(&shallow, "log replay")["not_judged"][0];
    assert_eq!(apart["cause"], "revision-missing", "{apart}");
}

#[test]
fn text_in_a_line_that_others_wrote_does_nothing() {
    let root = decided();
    let log = "$(ls ops/registry/log/checkout/*.jsonl)";
    let spoil = format!("sed -i '1s/\"to\":\"2.3.0\"/\"to\":\"\\\\u001b[31m@all\"/' {log}");
    sh(root.path(), &spoil);
    for format in ["human", "markdown", "json"] {
        let output = say(root.path(), &format!("log replay --format {format}"));
        assert_eq!(code(&output), 1, "{}", text(&output));
        assert!(!output.stdout.contains(&0x1b), "{}", text(&output));
    }
}
