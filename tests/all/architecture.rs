//! The arrows between the rooms, kept a fact: which room may use which.
//!
//! A pure room uses only rooms before it. A door uses pure rooms, never another door. Only `cli`, the last,
//! uses all. A new room has to be entered here, with its place.

use std::fs;
use std::path::{Path, PathBuf};

/// The pure rooms, each of which may use those before it.
const PURE: &[&str] = &[
    "version", "model", "judge", "registry", "import", "record", "audit", "merge", "act", "gate", "playbook",
    "replay", "policy", "lint", "survey", "telling", "report",
];
/// The doors: they may use every pure room, and not each other.
const DOORS: &[&str] = &["disk", "git", "child", "net"];
/// The room that composes the others.
const TOP: &str = "cli";

/// Whether `from` may use `to`.
fn allowed(from: &str, to: &str) -> bool {
    let place = |room| PURE.iter().position(|pure| *pure == room);
    match (place(from), place(to)) {
        _ if from == to || from == TOP => true,
        (Some(from), Some(to)) => to < from,
        (None, Some(_)) => DOORS.contains(&from),
        _ => false,
    }
}

/// The rooms that a source text names by `crate::`, in code, comments left out, with the line of each.
fn named(text: &str) -> Vec<(usize, String)> {
    // Line breaks stay, so that the position of a path still tells its line.
    let code: String = text.split_inclusive('\n').map(without_comment).collect();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let line = 1 + code[..at].matches('\n').count();
        let path = &code[at + "crate::".len()..];
        found.extend(heads(path).into_iter().map(|room| (line, room)));
    }
    found
}

fn without_comment(line: &str) -> String {
    match line.find("//").filter(|at| !line[..*at].ends_with(':')) {
        Some(at) => format!("{}\n", &line[..at]),
        None => line.to_owned(),
    }
}

/// The first names of a path: of `a::b` it is `a`, of `{a::b, c}` they are `a` and `c`.
fn heads(path: &str) -> Vec<String> {
    let word = |text: &str| {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    };
    let Some(group) = path.strip_prefix('{') else { return vec![word(path)] };
    let mut depth = 0;
    let mut heads = vec![word(group)];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(word(&group[at + 1..])),
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

/// Every forbidden arrow under `src`, in words.
fn violations(src: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for file in sources(src) {
        let inside = file.strip_prefix(src).unwrap();
        let room = inside.components().next().unwrap().as_os_str().to_str().unwrap();
        if inside.components().count() == 1 {
            continue; // lib.rs and main.rs only name the rooms
        }
        if !PURE.contains(&room) && !DOORS.contains(&room) && room != TOP {
            found.push(format!("{}: the room `{room}` has no place yet", inside.display()));
            continue;
        }
        for (line, to) in named(&fs::read_to_string(&file).unwrap()) {
            if is_room(src, &to) && !allowed(room, &to) {
                found.push(format!("{}:{line}: `{room}` must not use `{to}`", inside.display()));
            }
        }
    }
    found
}

fn is_room(src: &Path, name: &str) -> bool {
    src.join(name).is_dir()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn no_room_uses_one_that_it_must_not() {
    let found = violations(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(found.is_empty(), "forbidden arrows:\n{}", found.join("\n"));
}

#[test]
fn a_planted_violation_is_found() {
    let root = tempfile::tempdir().unwrap();
    let plant = |path: &str, text: &str| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    plant("model/mod.rs", "//! About [`crate::judge`].\nuse crate::version::Scale;\n");
    plant("version/mod.rs", "// use crate::judge::Verdict;\n");
    plant("judge/mod.rs", "use crate::{model::{Level, Key}, report::plain};\n");
    plant("report/mod.rs", "fn f() {\n    crate::disk::read();\n}\n");
    plant("disk/mod.rs", "use crate::registry::Tree;\nuse crate::git::Repository;\n");
    plant("git/mod.rs", "use crate::cli::main;\n");
    plant("cli/mod.rs", "use crate::{disk, git, report};\n");
    plant("registry/mod.rs", "use crate::model::Name;\n");
    plant("attic/mod.rs", "");
    let want = [
        "attic/mod.rs: the room `attic` has no place yet",
        "disk/mod.rs:2: `disk` must not use `git`",
        "git/mod.rs:1: `git` must not use `cli`",
        "judge/mod.rs:1: `judge` must not use `report`",
        "report/mod.rs:2: `report` must not use `disk`",
    ];
    assert_eq!(violations(root.path()), want);
}
