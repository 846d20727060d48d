//! `holdpoint gate`, the real program: on the folders of `tests/gate/`, on lists of moves, and on real repositories.

mod cases;
mod clones;
mod moves;
mod sides;

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::repository::{sh, shell};

/// The file that says what runs in prod, as [`repository`] has it.
pub const MANIFEST: &str = "clusters/prod/checkout.yaml";

/// What is known of checkout and cart.
pub const REGISTRY: &str = r#"format = 1
[environment.prod]
[[gate.environment]]
name = "prod"
paths = ["clusters/prod/**"]

[service.checkout]
images = ["r.example.com/shop/checkout"]
running = { prod = "2.4.1" }
release = [
    { version = "2.3.0", needs = [{ service = "cart", versions = "<1.8.0" }] },
    { version = "2.4.0" },
    { version = "2.4.1" },
]
[service.cart]
images = ["r.example.com/shop/cart"]
running = { prod = "1.8.0" }
release = [{ version = "1.7.0" }, { version = "1.8.0" }]

[advisory.CVE-1]
title = "A hole"
severity = "critical"
affects = [{ service = "checkout", versions = "2.3.0", fixed_in = ["2.4.0"] }]

[instability.INC-1]
title = "It hangs"
severity = "high"
affects = [{ service = "checkout", versions = "2.4.1" }]
"#;

/// A deployment of one image.
pub fn deployment(name: &str, version: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: {name} }}\nspec:\n  template:\n    spec:\n      \
         containers:\n        - name: {name}\n          image: r.example.com/shop/{name}:{version}\n"
    )
}

/// A repository with manifests and the registry, committed on `main`; `topic` is checked out.
pub fn repository() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "holdpoint.toml", REGISTRY);
    put(root.path(), MANIFEST, &deployment("checkout", "2.4.1"));
    put(root.path(), "clusters/prod/cart.yaml", &deployment("cart", "1.8.0"));
    sh(
        root.path(),
        "git init -q -b main . && git add -A && git commit -q -m base && git checkout -q -b topic",
    );
    root
}

pub fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Puts a file there and commits it.
pub fn commit(root: &Path, path: &str, text: &str) {
    put(root, path, text);
    sh(root, "git add -A && git commit -q -m change");
}

/// What the gate says, in a folder.
pub fn gate(root: &Path, arguments: &str) -> Output {
    shell(root, &format!("holdpoint gate {arguments}")).output().unwrap()
}

/// The exit code and what JSON says.
pub fn json(root: &Path, arguments: &str) -> (i32, Value) {
    let output = gate(root, &format!("{arguments} --format json"));
    let said = serde_json::from_slice(&output.stdout);
    (output.status.code().unwrap(), said.unwrap_or_else(|_| panic!("{arguments}: {}", text(&output))))
}

pub fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// `VERDICT: SERVICE FROM -> TO at SPOT: CODE LEVEL, …` of each move.
pub fn said(of: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let one = |of: &Value| {
        let reasons = of["answer"]["reasons"].as_array().unwrap().iter();
        let reasons: Vec<String> = reasons
            .filter(|reason| reason["level"] != "allow" && reason["level"] != "warn")
            .map(|reason| format!("{} {}", word(&reason["subject"]), word(&reason["level"])))
            .collect();
        let spot = &of["spot"];
        let spot = if spot.is_null() {
            String::new()
        } else {
            format!(" at {}:{}", word(&spot["file"]), spot["line"])
        };
        format!(
            "{}: {} {} -> {}{spot}: {}",
            word(&of["verdict"]),
            word(&of["service"]),
            word(&of["from"]),
            word(&of["to"]),
            reasons.join(", ")
        )
    };
    of["moves"].as_array().unwrap().iter().map(one).collect()
}
