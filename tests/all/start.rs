//! `docs/start.md`, replayed: a repository with tags, then every command and every edit as it is printed.
//!
//! `HOLDPOINT_BLESS=1 cargo test` writes what the commands say into the page.

use std::fs;
use std::path::Path;

use super::repository::{sh, shell, tagged};

/// The repository that the page speaks of.
fn checkout(root: &Path) {
    let checkout = root.join("checkout");
    tagged(
        &checkout,
        &[
            "v2.2.0 2026-03-02",
            "v2.3.0 2026-03-19",
            "v2.4.0-rc.1 2026-04-01",
            "nightly 2026-04-02",
            "v2.4.0 2026-04-09",
            "v2.4.1 2026-04-28",
        ],
    );
    sh(&checkout, "git tag v2 v2.4.1 && git tag 2.3.0 v2.3.0");
}

/// The exit code that a verdict's first word stands for; other commands answer.
fn code(said: &str) -> i32 {
    match said.split_whitespace().next() {
        Some("BLOCK") => 1,
        Some("HOLD") => 4,
        _ => 0,
    }
}

/// What a block becomes when it is done: commands with what they say, edits as they are.
fn replayed(root: &Path, language: &str, block: &str) -> String {
    match language {
        "console" => {
            let commands = block.lines().filter_map(|line| line.strip_prefix("$ "));
            commands.map(|command| format!("$ {command}\n{}", said(root, command))).collect()
        }
        "toml" => {
            let path = block.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap();
            fs::write(root.join(path), block).unwrap();
            block.to_owned()
        }
        other => panic!("a block of `{other}`"),
    }
}

fn said(root: &Path, command: &str) -> String {
    let output = shell(root, command).env("COLUMNS", "100").output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(err, "", "{command}");
    assert_eq!(output.status.code(), Some(code(&out)), "{command}: {out}");
    out
}

#[test]
fn the_first_minute_works_as_printed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/start.md");
    let page = fs::read_to_string(&path).unwrap();
    let root = tempfile::tempdir().unwrap();
    checkout(root.path());
    let mut done = String::new();
    for (index, part) in page.split("```").enumerate() {
        if index % 2 == 0 {
            done.push_str(part);
            continue;
        }
        let (language, block) = part.split_once('\n').unwrap();
        done.push_str(&format!("```{language}\n{}```", replayed(root.path(), language, block)));
    }
    assert!(page.matches("$ holdpoint ").count() >= 4 && page.contains("\nBLOCK  ") || blesses(), "{page}");
    if blesses() {
        fs::write(&path, done).unwrap();
        return;
    }
    assert_eq!(done, page, "docs/start.md is behind the program; write it anew with HOLDPOINT_BLESS=1");
}

fn blesses() -> bool {
    std::env::var_os("HOLDPOINT_BLESS").is_some()
}

/// The page goes from nothing to a verdict by what `init` itself proposes.
#[test]
fn the_page_does_what_init_proposes() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/start.md")).unwrap();
    let typed: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    let proposed = |command: &&&str| page.contains(&format!("\n    {command}"));
    let edit = typed.iter().find(|command| command.starts_with("echo ")).unwrap();
    assert!(proposed(&edit), "`init` proposes the edit: {edit}");
    let minute = typed.iter().skip(1).take(3).map(|command| command.len()).sum::<usize>();
    assert!(minute < 200, "{minute} characters are over a minute of typing");
}
