//! Moves that are named or listed: judged together, recorded, and told from what is no list.

use std::fs;

use super::{REGISTRY, gate, json, put, said, text};
use crate::repository::shell;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "holdpoint.toml", REGISTRY);
    folder
}

const LIST: &str = "[[move]]\nservice = \"checkout\"\nto = \"2.3.0\"\n\n[[move]]\nservice = \"cart\"\nto = \"1.7.0\"\nenv = \"prod\"\n";

#[test]
fn one_move_is_judged_as_a_check_judges_it() {
    let folder = folder();
    let root = folder.path();
    let (code, of) = json(root, "--service checkout --to 2.4.0 --env prod");
    assert_eq!((code, said(&of)), (0, vec!["allow: checkout 2.4.1 -> 2.4.0: ".to_owned()]));
    let check = shell(root, "holdpoint rollback-check checkout 2.4.0 --format json").output().unwrap();
    let check: serde_json::Value = serde_json::from_slice(&check.stdout).unwrap();
    for key in ["verdict", "move", "keys", "reasons", "changes", "targets", "valid_until"] {
        assert_eq!(of["moves"][0]["answer"][key], check[key], "{key}");
    }
    assert_eq!(json(root, "--service checkout --to 2.3.0").0, 1);
    assert_eq!(json(root, "--service checkout --to 2.3.0 --report-only").0, 0);
    assert_eq!(json(root, "--service cart --to 1.7.0 --fail-on warn").0, 0);
    assert_eq!(json(root, "--service crat --to 1.7.0").0, 3);
    let unknown = json(root, "--service cart --to 1.7.0 --env prd").1;
    assert!(
        unknown["unjudged"][0]["message"].as_str().unwrap().contains("no environment `prd`"),
        "{unknown}"
    );
}

#[test]
fn moves_of_one_list_see_each_other() {
    let folder = folder();
    let root = folder.path();
    let alone = json(root, "--service checkout --to 2.3.0").1;
    assert!(said(&alone)[0].contains("needs-other:cart hold"), "{alone}");
    put(root, "list.toml", LIST);
    let (code, of) = json(root, "--moves list.toml");
    assert_eq!(code, 1);
    assert_eq!(
        said(&of),
        [
            "block: checkout 2.4.1 -> 2.3.0 at list.toml:1: CVE-1 block",
            "allow: cart 1.8.0 -> 1.7.0 at list.toml:5: "
        ]
    );
    // A canary: both run, and both are judged.
    let both = r#"[{"service": "checkout", "to": "2.3.0"}, {"service": "cart", "to": "1.7.0"}, {"service": "cart", "to": "1.8.0"}]"#;
    let piped = shell(root, &format!("printf '%s' '{both}' | holdpoint gate --moves - --format json"));
    let piped: serde_json::Value = serde_json::from_slice(&{ piped }.output().unwrap().stdout).unwrap();
    assert!(said(&piped)[0].ends_with("CVE-1 block, needs-other:cart hold"), "{piped}");
    assert_eq!(piped["moves"].as_array().unwrap().len(), 3);
}

#[test]
fn what_stays_and_needs_what_goes_is_heard() {
    let folder = folder();
    let root = folder.path();
    let needy = REGISTRY.replace(
        "{ version = \"1.8.0\" }",
        "{ version = \"1.8.0\", needs = [{ service = \"checkout\", versions = \">=2.4.1\" }] }",
    );
    put(root, "holdpoint.toml", &needy);
    let (code, of) = json(root, "--service checkout --to 2.4.0");
    assert_eq!(
        (code, said(&of)),
        (4, vec!["hold: checkout 2.4.1 -> 2.4.0: needs-other:cart hold".to_owned()])
    );
    put(
        root,
        "list.json",
        r#"{"move": [{"service": "checkout", "to": "2.4.0"}, {"service": "cart", "to": "1.7.0"}]}"#,
    );
    assert_eq!(json(root, "--moves list.json").0, 0);
}

#[test]
fn what_is_no_list_of_moves_says_where() {
    let folder = folder();
    let root = folder.path();
    for (list, said) in [
        ("[[move]]\nservice = \"checkout\"\nversion = \"2\"\n", "list:3"),
        ("[\n{\"service\": \"checkout\"}]", "list:2"),
        ("", "there is no move in it"),
    ] {
        put(root, "list", list);
        let output = gate(root, "--moves list");
        assert_eq!(output.status.code(), Some(3), "{list}");
        assert!(text(&output).contains(said), "{list}: {}", text(&output));
    }
    assert_eq!(gate(root, "--moves gone").status.code(), Some(3));
    for wrong in [
        "--service checkout",
        "--to 2.4.0",
        "--service checkout --to 2.4.0 --moves list",
        "--moves list --diff main..",
        "--rendered one",
        "--service checkout --to 2.4.0 --as-of 2026-01-01",
        "--service checkout --to 2.4.0 --at-revision HEAD",
        "--service checkout --to 2.4.0 clusters",
        "",
    ] {
        assert_eq!(gate(root, wrong).status.code(), Some(2), "{wrong}");
    }
}

#[test]
fn an_artifact_is_held_against_what_is_registered() {
    let folder = folder();
    let root = folder.path();
    let with =
        REGISTRY.replace("{ version = \"2.4.0\" }", "{ version = \"2.4.0\", digests = [\"sha256:aa\"] }");
    put(root, "holdpoint.toml", &with);
    let list =
        |digest: &str| format!("[[move]]\nservice = \"checkout\"\nto = \"2.4.0\"\ndigest = \"{digest}\"\n");
    put(root, "list", &list("sha256:AA"));
    assert_eq!(json(root, "--moves list").0, 0);
    put(root, "list", &list("sha256:bb"));
    let (code, of) = json(root, "--moves list");
    assert_eq!(
        (code, said(&of)),
        (4, vec!["hold: checkout 2.4.1 -> 2.4.0 at list:1: digest-mismatch hold".to_owned()])
    );
}

#[test]
fn nobody_signs_for_security_what_the_gate_is_asked_for_by_them() {
    let folder = folder();
    let root = folder.path();
    let signed = "[sign-off.S1]\nservice = \"checkout\"\nenvironment = \"prod\"\nto = \"2.3.0\"\naccepts = [\"CVE-1\", \"needs-other:cart\"]\nas = \"security\"\nby = \"Rosa <rosa@example.com>\"\nreason = \"r\"\nat = AT\nexpires = UNTIL\n";
    let now = shell(root, "date -u +%Y-%m-%dT%H:%M:%SZ").output().unwrap();
    let now = String::from_utf8(now.stdout).unwrap();
    let text = signed.replace("AT", now.trim()).replace("UNTIL", "2099-01-01");
    put(
        root,
        "holdpoint.toml",
        &format!("{}{text}", REGISTRY.replace("critical", "high").replace("<1.8.0", "*")),
    );
    let ask = |more: &str| json(root, &format!("--service checkout --to 2.3.0 {more}")).0;
    assert_eq!(
        (ask(""), ask("--by 'Rosa <rosa@example.com>'"), ask("--by 'Ann <ann@example.com>'")),
        (0, 4, 0)
    );
}

#[test]
fn each_move_leaves_a_line_where_that_is_wanted() {
    let folder = folder();
    let root = folder.path();
    put(root, "list.toml", LIST);
    let output = gate(root, "--moves list.toml --record --by 'Ann <ann@example.com>'");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    for service in ["checkout", "cart"] {
        let folder = root.join("log").join(service);
        let file = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
        let lines = fs::read_to_string(file).unwrap();
        assert_eq!(lines.lines().count(), 1, "{lines}");
    }
    let verify = shell(root, "holdpoint log verify").output().unwrap();
    assert!(verify.status.success(), "{}", text(&verify));
}
