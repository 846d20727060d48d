//! Sixteen processes and more on one registry at once: nothing that any of them did is lost, and the chains of the record
//! are whole. In both forms of a registry; nobody sleeps, and the lock does what it is for.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const SERVICES: [&str; 2] = ["shop", "till"];

fn base() -> Vec<(String, String)> {
    let mut files =
        vec![("holdpoint.toml".to_owned(), "# Ours.\nformat = 1\n[environment.prod]\n".to_owned())];
    for number in 0..4 {
        files[0].1.push_str(&format!("[environment.t{number}]\n"));
    }
    for (at, service) in SERVICES.into_iter().enumerate() {
        let text = format!(
            "[service.{service}]   # one of two\nrunning = {{ t{at} = \"1.0.0\", t{} = \"1.0.0\" }}\n\
             [[service.{service}.release]]\nversion = \"1.0.0\"\n[[service.{service}.release]]\nversion = \"1.1.0\"\n\
             [[service.{service}.release]]\nversion = \"1.2.0\"\n",
            at + 2
        );
        files.push((format!("services/{service}/service.toml"), text));
        let text = format!(
            "[instability.HELD-{service}]\ntitle = \"h\"\nseverity = \"high\"\n\
             affects = [{{ service = \"{service}\", versions = \"1.2.0\" }}]\n"
        );
        files.push((format!("services/{service}/instabilities/HELD-{service}.toml"), text));
        for number in [at, at + 2] {
            let text = format!(
                "[debt.D-{number}]\nservice = \"{service}\"\nenvironment = \"t{number}\"\nto = \"1.0.0\"\n\
                 subjects = [\"CVE-{service}-0\"]\nreason = \"r\"\nby = \"f@example.com\"\nat = 2026-01-01\n"
            );
            files.push((format!("services/{service}/debts/D-{number}.toml"), text));
        }
        for number in 0..4 {
            let id = format!("CVE-{service}-{number}");
            let text = format!(
                "[advisory.{id}]\ntitle = \"t\"   # {number}\naffects = [{{ service = \"{service}\", versions = \"*\" }}]\n"
            );
            files.push((format!("services/{service}/advisories/{id}.toml"), text));
        }
    }
    files
}

/// The folder form, or all of it in one file.
fn registry(one_file: bool) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let files = base();
    let files = match one_file {
        false => files,
        true => {
            let texts: Vec<String> = files.into_iter().map(|(_, text)| text).collect();
            vec![("holdpoint.toml".to_owned(), texts.join("\n"))]
        }
    };
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

/// What so many people type in the same second.
fn lines() -> Vec<Vec<String>> {
    let line = |text: String| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mut lines = Vec::new();
    for number in 0..4 {
        let service = SERVICES[number % 2];
        let other = SERVICES[(number + 1) % 2];
        lines.push(line(format!(
            "release add {service} 2.0.{number} --commit 00000{number}a --by e@example.com"
        )));
        lines.push(line(format!(
            "clear-flag CVE-{service}-{number} --reason wrong-{number} --by a@example.com"
        )));
        lines.push(line(format!(
            "incident start INC-{number} --service {service} --service {other} --severity sev{number} --by b@example.com"
        )));
        lines.push(line(format!(
            "clear-flag CVE-{other}-{number} --fixed-in 1.1.0 --reason mended-{number} --by c@example.com"
        )));
        lines.push(line(format!(
            "flag-release {service} 1.0.0 --unstable --title slow-{number} --id SLOW-{number} --by d@example.com"
        )));
        lines.push(line(format!(
            "sign-off {service} 1.2.0 --env t{number} --accept HELD-{service} --as reliability --reason signed-{number} \
             --by f@example.com"
        )));
        lines.push(line(format!(
            "record redeploy {service} 1.1.0 --env t{number} --key deploy-{number} --by g@example.com"
        )));
        lines
            .push(line(format!("review D-{number} --as security --note looked-{number} --by h@example.com")));
    }
    lines
}

fn command(root: &Path, args: &[String]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.args(args).current_dir(root).env_clear().stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn all_at_once(root: &Path, lines: &[Vec<String>]) {
    let children: Vec<Child> = lines.iter().map(|line| command(root, line).spawn().unwrap()).collect();
    for (child, line) in children.into_iter().zip(lines) {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{line:?}: {output:?}");
    }
}

/// All files of the registry together, the record aside.
fn texts(folder: &Path, out: &mut String) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() && !path.ends_with("log") {
            texts(&path, out);
        } else if path.is_file() {
            out.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

/// The lines of a service's record, after their chain was followed link by link.
fn chain(root: &Path, service: &str) -> Vec<Value> {
    let folder = root.join("log").join(service);
    let mut months: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    months.retain(|path| path.extension().is_some_and(|end| end == "jsonl"));
    months.sort();
    let (mut prev, mut lines) = ("0".repeat(64), Vec::new());
    for month in months {
        let bytes = fs::read(&month).unwrap();
        assert!(bytes.ends_with(b"\n"), "{} is torn", month.display());
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let value: Value = serde_json::from_slice(line).unwrap();
            assert_eq!(value["seq"], lines.len() + 1, "{value}");
            assert_eq!(value["prev"], prev, "{value}");
            prev = Sha256::digest(line).iter().map(|byte| format!("{byte:02x}")).collect();
            lines.push(value);
        }
    }
    lines
}

fn count(lines: &[Value], kind: &str) -> usize {
    lines.iter().filter(|line| line["kind"] == kind).count()
}

fn nothing_is_lost(one_file: bool) {
    let root = registry(one_file);
    let lines = lines();
    assert_eq!(lines.len(), 32);
    all_at_once(root.path(), &lines);

    let mut text = String::new();
    texts(root.path(), &mut text);
    for number in 0..4 {
        for said in [
            format!("version = \"2.0.{number}\""),
            format!("commit = \"00000{number}a\""),
            format!("reason = \"wrong-{number}\""),
            format!("[incident.INC-{number}]"),
            format!("severity = \"sev{number}\""),
            format!("title = \"slow-{number}\""),
            format!("reason = \"signed-{number}\""),
            format!("t{number} = \"1.1.0\""),
            format!("note = \"looked-{number}\""),
        ] {
            assert_eq!(text.matches(&said).count(), 1, "{said} in\n{text}");
        }
        assert_eq!(text.matches(&format!("title = \"t\"   # {number}")).count(), 2, "comments stay");
    }
    assert_eq!(text.matches("narrowed = {").count(), 4, "{text}");
    assert_eq!(text.matches("versions = \"<1.1.0\", fixed_in = [\"1.1.0\"]").count(), 4, "{text}");
    let lint = command(root.path(), &["lint".to_owned()]).output().unwrap();
    assert!(lint.status.success(), "{lint:?}");

    // The program's own word for it, and then ours.
    let verify = command(root.path(), &["log".to_owned(), "verify".to_owned()]).output().unwrap();
    assert!(verify.status.success(), "{verify:?}");
    let mut ids = BTreeSet::new();
    for service in SERVICES {
        let chain = chain(root.path(), service);
        assert_eq!(count(&chain, "cleared"), 4, "two withdrawn, two narrowed: {chain:#?}");
        assert_eq!(count(&chain, "incident-started"), 4, "{chain:#?}");
        for kind in ["flagged", "signed-off", "recorded", "reviewed"] {
            assert_eq!(count(&chain, kind), 2, "{kind}: {chain:#?}");
        }
        for line in &chain {
            assert!(ids.insert(line["id"].as_str().unwrap().to_owned()), "an id twice: {line}");
        }
    }
}

#[test]
fn so_many_at_once_lose_nothing_in_folders() {
    nothing_is_lost(false);
}

#[test]
fn so_many_at_once_lose_nothing_in_one_file() {
    nothing_is_lost(true);
}

#[test]
fn who_says_the_same_at_once_says_it_once() {
    let root = registry(true);
    let line = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let all: Vec<_> = (0..16)
        .map(|number| match number % 2 {
            0 => line("incident start INC-9 --service shop --by a@example.com"),
            _ => line("clear-flag CVE-shop-0 --reason wrong --by a@example.com"),
        })
        .collect();
    // Who comes later finds it said already. The moments differ by less than a beginning is written to.
    all_at_once(root.path(), &all);
    let chain = chain(root.path(), "shop");
    assert_eq!((count(&chain, "incident-started"), count(&chain, "cleared"), chain.len()), (1, 1, 2));
    let mut text = String::new();
    texts(root.path(), &mut text);
    assert_eq!((text.matches("[incident.INC-9]").count(), text.matches("withdrawn =").count()), (1, 1));
}
