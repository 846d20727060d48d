//! The registry of the same repository: as of both ends of a change, so that no change judges itself free.

use std::fs;

use super::{MANIFEST, REGISTRY, commit, deployment, gate, json, put, repository, said, text};
use crate::repository::sh;

/// The subjects that hold or block, of the first move.
fn stops(of: &serde_json::Value) -> String {
    said(of)[0].rsplit(": ").next().unwrap().to_owned()
}

#[test]
fn a_change_can_not_judge_itself_free() {
    for (what, from, to) in [
        (
            "withdraws the flag",
            "title = \"A hole\"",
            "title = \"A hole\"\nwithdrawn = { at = 2026-01-01, reason = \"no\" }",
        ),
        ("narrows it", "versions = \"2.3.0\", fixed_in", "versions = \"<2.3.0\", fixed_in"),
        (
            "allows it by a rule",
            "format = 1",
            "format = 1\n[[rule]]\nwhen = { reason = \"advisory-reopened\" }\nthen = \"allow\"\n",
        ),
        ("looks elsewhere", "paths = [\"clusters/prod/**\"]", "paths = [\"nowhere/**\"]"),
        ("ignores it", "[environment.prod]", "[gate]\nignore = [\"**\"]\n[environment.prod]"),
        (
            "calls it otherwise",
            "images = [\"r.example.com/shop/checkout\"]",
            "images = [\"r.example.com/x\"]",
        ),
        ("takes the service away", "[service.checkout]", "[service.other]"),
    ] {
        let clone = repository();
        let root = clone.path();
        put(root, MANIFEST, &deployment("checkout", "2.3.0"));
        let text = REGISTRY.replacen(from, to, 1);
        assert_ne!(text, REGISTRY, "{what}");
        let text = if what.starts_with("takes") {
            text.replace("service = \"checkout\"", "service = \"other\"")
        } else {
            text
        };
        commit(root, "holdpoint.toml", &text);
        let (code, of) = json(root, "--diff main..");
        assert_eq!(code, 1, "{what}: {of}");
        assert!(stops(&of).contains("CVE-1 block"), "{what}: {of}");
        assert!(of["moves"][0]["decided_by"].is_string(), "{what}: {of}");
    }
}

/// Where no settings say which place is which environment: places are told by their names.
const BY_NAME: &str = "[[gate.environment]]\nname = \"prod\"\npaths = [\"clusters/prod/**\"]\n";

#[test]
fn a_change_can_not_name_an_environment_after_a_folder() {
    let clone = repository();
    let root = clone.path();
    let text = REGISTRY
        .replace(BY_NAME, "[environment.dev]\n")
        .replace("fixed_in", "environments = [\"prod\"], fixed_in");
    sh(root, "git checkout -q main");
    commit(root, "holdpoint.toml", &text);
    sh(root, "git checkout -q -B topic");
    put(root, MANIFEST, &deployment("checkout", "2.3.0"));
    commit(root, "holdpoint.toml", &format!("{text}[environment.checkout]\n"));
    let (code, of) = json(root, "--diff main..");
    assert_eq!((code, of["moves"][0]["environment"].as_str()), (1, Some("prod")), "{of}");
}

#[test]
fn a_change_can_not_give_a_release_another_ones_commit_or_digest() {
    let digest = format!("sha256:{}", "a".repeat(64));
    for (image, own) in [
        ("r.example.com/shop/checkout:deadbeef1".to_owned(), "commit = \"deadbeef1\"".to_owned()),
        (format!("r.example.com/shop/checkout@{digest}"), format!("digests = [\"{digest}\"]")),
    ] {
        let clone = repository();
        let root = clone.path();
        let of = |bad: &str, good: &str| {
            let text = REGISTRY
                .replace("{ version = \"2.3.0\", needs", &format!("{{ version = \"2.3.0\"{bad}, needs"));
            text.replace("{ version = \"2.4.0\" }", &format!("{{ version = \"2.4.0\"{good} }}"))
        };
        sh(root, "git checkout -q main");
        commit(root, "holdpoint.toml", &of(&format!(", {own}"), ""));
        sh(root, "git checkout -q -B topic");
        let manifest = deployment("checkout", "X").replace("r.example.com/shop/checkout:X", &image);
        put(root, MANIFEST, &manifest);
        commit(root, "holdpoint.toml", &of("", &format!(", {own}")));
        let (code, of) = json(root, "--diff main..");
        assert_eq!((code, of["moves"][0]["to"].as_str()), (1, Some("2.3.0")), "{of}");
    }
}

#[test]
fn a_registry_that_is_put_nearer_or_moved_judges_nothing_alone() {
    let lenient = REGISTRY.split("[advisory").next().unwrap();
    // Nearer to where the gate stands.
    let clone = repository();
    let root = clone.path();
    put(root, MANIFEST, &deployment("checkout", "2.3.0"));
    commit(root, "clusters/holdpoint.toml", lenient);
    let (code, of) = json(&root.join("clusters"), "--diff main..");
    assert_eq!((code, stops(&of).contains("CVE-1 block")), (1, true), "{of}");
    assert!(of["notes"].to_string().contains("it counts as well"), "{of}");
    // Elsewhere.
    let clone = repository();
    let root = clone.path();
    put(root, MANIFEST, &deployment("checkout", "2.3.0"));
    sh(root, "git rm -q holdpoint.toml");
    commit(root, "ops/holdpoint.toml", lenient);
    let (code, of) = json(root, "--diff main.. --registry ops");
    assert_eq!((code, stops(&of).contains("CVE-1 block")), (1, true), "{of}");
    // Of several that went, nobody knows which it was.
    let clone = repository();
    let root = clone.path();
    sh(root, "git checkout -q main");
    sh(root, "mkdir a && git mv holdpoint.toml a/");
    commit(root, "b/holdpoint.toml", lenient);
    sh(root, "git checkout -q -B topic");
    put(root, MANIFEST, &deployment("checkout", "2.3.0"));
    sh(root, "git rm -q a/holdpoint.toml b/holdpoint.toml");
    commit(root, "ops/holdpoint.toml", lenient);
    let output = gate(root, "--diff main.. --registry ops");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert!(text(&output).contains("in a change of their own"), "{}", text(&output));
}

#[test]
fn what_is_left_out_is_not_said_by_the_change_that_mends_the_registry() {
    let clone = repository();
    let root = clone.path();
    sh(root, "git checkout -q main");
    commit(root, "holdpoint.toml", "format = 1\nnonsense");
    sh(root, "git checkout -q -B topic");
    put(root, MANIFEST, &deployment("checkout", "2.3.0"));
    commit(
        root,
        "holdpoint.toml",
        &REGISTRY.replace("[environment.prod]", "[gate]\nignore = [\"**\"]\n[environment.prod]"),
    );
    let output = gate(root, "--diff main..");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
}

#[test]
fn what_a_change_adds_counts_as_well() {
    let clone = repository();
    let root = clone.path();
    put(root, MANIFEST, &deployment("checkout", "2.4.0"));
    let flag = "[advisory.CVE-2]\ntitle = \"Another\"\nseverity = \"critical\"\naffects = [{ service = \"checkout\", versions = \"2.4.0\" }]\n";
    commit(root, "holdpoint.toml", &format!("{REGISTRY}{flag}"));
    let (code, of) = json(root, "--diff main..");
    assert_eq!((code, stops(&of).as_str()), (1, "CVE-2 block"), "{of}");
    assert_eq!(of["moves"][0]["decided_by"], "head");
}

#[test]
fn what_is_published_meanwhile_counts() {
    let clone = repository();
    let root = clone.path();
    commit(root, MANIFEST, &deployment("checkout", "2.4.0"));
    assert_eq!(json(root, "--diff main..").0, 0);
    sh(root, "git checkout -q main");
    let flag = "[advisory.CVE-2]\ntitle = \"Another\"\nseverity = \"critical\"\naffects = [{ service = \"checkout\", versions = \"2.4.0\" }]\n";
    commit(root, "holdpoint.toml", &format!("{REGISTRY}{flag}"));
    sh(root, "git checkout -q topic");
    let (code, of) = json(root, "--diff main..");
    assert_eq!((code, stops(&of).as_str()), (1, "CVE-2 block"), "{of}");
    assert_eq!(of["moves"][0]["decided_by"], "base");
}

#[test]
fn a_registry_that_comes_goes_or_is_broken_on_one_side() {
    // It comes with the change.
    let clone = repository();
    let root = clone.path();
    sh(
        root,
        "git checkout -q main && git rm -q holdpoint.toml && git commit -q -m none && git checkout -q -b new",
    );
    put(root, MANIFEST, &deployment("checkout", "2.3.0"));
    commit(root, "holdpoint.toml", REGISTRY);
    let (code, of) = json(root, "--diff main..");
    assert_eq!((code, of["notes"].to_string().contains("no registry yet")), (1, true), "{of}");
    // It is broken where the change is to go, and mended by it.
    sh(root, "git checkout -q main");
    commit(root, "holdpoint.toml", "format = 1\nnonsense");
    sh(root, "git checkout -q -b mend");
    commit(root, "holdpoint.toml", REGISTRY);
    let (code, of) = json(root, "--diff main..");
    assert_eq!((code, of["notes"].to_string().contains("nothing moves")), (0, true), "{of}");
    commit(root, MANIFEST, &deployment("checkout", "2.4.0"));
    let broken = gate(root, "--diff main..");
    assert_eq!(broken.status.code(), Some(3), "{}", text(&broken));
    // It goes with the change.
    let clone = repository();
    let root = clone.path();
    put(root, MANIFEST, &deployment("checkout", "2.3.0"));
    sh(root, "git rm -q --cached holdpoint.toml && git add clusters && git commit -q -m gone");
    let (code, of) = json(root, "--diff main..");
    assert_eq!((code, of["notes"].to_string().contains("takes the registry away")), (1, true), "{of}");
    // It was never committed.
    sh(root, "git checkout -q -B other && git branch -q -f main");
    fs::write(root.join("holdpoint.toml"), REGISTRY).unwrap();
    commit_only(root, MANIFEST, &deployment("checkout", "2.4.0"));
    let (code, of) = json(root, "--diff main..");
    assert_eq!((code, of["notes"].to_string().contains("isn't committed")), (0, true), "{of}");
}

fn commit_only(root: &std::path::Path, path: &str, text: &str) {
    put(root, path, text);
    sh(root, &format!("git add '{path}' && git commit -q -m change"));
}

#[test]
fn a_registry_of_its_own_repository_is_taken_as_it_is_found() {
    let (clone, registry) = (repository(), tempfile::tempdir().unwrap());
    let root = clone.path();
    put(registry.path(), "holdpoint.toml", &REGISTRY.replace("critical", "low").replace("<1.8.0", "*"));
    sh(registry.path(), "git init -q -b main . && git add -A && git commit -q -m registry");
    put(root, MANIFEST, &deployment("checkout", "2.3.0"));
    commit(root, "holdpoint.toml", "nonsense");
    let (code, of) = json(root, &format!("--diff main.. --registry '{}'", registry.path().display()));
    assert_eq!((code, of["verdict"].as_str()), (0, Some("warn")), "{of}");
    assert!(of["moves"][0]["decided_by"].is_null());
}

#[test]
fn a_service_that_can_not_be_read_may_be_whose_image_it_is() {
    let clone = repository();
    let root = clone.path();
    commit(root, "services/ledger/service.toml", "nonsense");
    let (code, _) = json(root, "--diff main..");
    assert_eq!(code, 0, "nothing moves");
    commit(root, MANIFEST, &deployment("checkout", "2.4.0"));
    let (code, of) = json(root, "--diff main..");
    assert_eq!((code, of["unjudged"][0]["kind"].as_str()), (3, Some("unjudged-move")), "{of}");
    assert!(of["unjudged"][0]["message"].as_str().unwrap().contains("ledger"), "{of}");
}
