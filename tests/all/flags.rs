//! `docs/flags.md`, replayed: a registry as the page begins, then every command as it is printed.
//!
//! `HOLDPOINT_BLESS=1 cargo test` writes what the commands say into the page.

use std::fs;
use std::path::Path;

use super::repository::shell;

/// What a command says, standard error behind standard output.
fn said(root: &Path, command: &str) -> String {
    let output = shell(root, command).env("COLUMNS", "100").output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let code = output.status.code().unwrap();
    let refused = text.lines().any(|line| line.starts_with("error: "));
    let wanted = match text.split_whitespace().next() {
        Some("BLOCK") => 1,
        Some("HOLD") => 4,
        _ if refused => 3,
        _ => 0,
    };
    assert_eq!(code, wanted, "{command}: {text}");
    text
}

/// What a block becomes when it is done: commands with what they say, files as they are.
fn replayed(root: &Path, language: &str, block: &str) -> String {
    match language {
        "console" => {
            let commands = block.lines().filter_map(|line| line.strip_prefix("$ "));
            commands.map(|command| format!("$ {command}\n{}", said(root, command))).collect()
        }
        "toml" => {
            let path = root.join(block.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, block).unwrap();
            block.to_owned()
        }
        _ => block.to_owned(),
    }
}

#[test]
fn flags_are_made_as_printed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/flags.md");
    let page = fs::read_to_string(&path).unwrap();
    let root = tempfile::tempdir().unwrap();
    let mut done = String::new();
    for (index, part) in page.split("```").enumerate() {
        if index % 2 == 0 {
            done.push_str(part);
            continue;
        }
        let (language, block) = part.split_once('\n').unwrap();
        done.push_str(&format!("```{language}\n{}```", replayed(root.path(), language, block)));
    }
    assert!(page.matches("$ holdpoint flag-release ").count() >= 3, "{page}");
    if std::env::var_os("HOLDPOINT_BLESS").is_some() {
        fs::write(&path, done).unwrap();
        return;
    }
    assert_eq!(done, page, "docs/flags.md is behind the program; write it anew with HOLDPOINT_BLESS=1");
}
