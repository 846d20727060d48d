//! The README's examples, run as they are printed.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).unwrap()
}

/// Runs holdpoint with these arguments in a folder, away from any registry of the environment.
fn run(folder: &Path, arguments: &[&str]) -> (String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_holdpoint"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("HOLDPOINT_REGISTRY")
        .env("NO_COLOR", "1")
        .env("COLUMNS", "120")
        .output()
        .unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

/// The fenced block that contains `needle`, without its fences.
fn block<'a>(readme: &'a str, needle: &str) -> &'a str {
    let mut blocks = readme.split("```").skip(1).step_by(2);
    let block =
        blocks.find(|block| block.contains(needle)).unwrap_or_else(|| panic!("no block with `{needle}`"));
    block.split_once('\n').unwrap().1
}

#[test]
fn the_first_command_says_what_the_readme_shows() {
    let readme = readme();
    let block = block(&readme, "$ cargo run --release");
    let (command, shown) = block.split_once('\n').unwrap();
    let arguments: Vec<&str> = command.split_once(" -- ").unwrap().1.split(' ').collect();
    let (said, code) = run(&root(), &arguments);
    assert_eq!(said, shown);
    assert_eq!(code, 1);
}

#[test]
fn sixty_seconds_work_as_printed() {
    let readme = readme();
    let block = block(&readme, "holdpoint.toml <<'TOML'");
    let (_, rest) = block.split_once("<<'TOML'\n").unwrap();
    let (registry, commands) = rest.split_once("TOML\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("registry")).unwrap();
    std::fs::write(folder.path().join("registry/holdpoint.toml"), registry).unwrap();
    let mut ran = 0;
    for line in commands.lines() {
        let Some(arguments) = line.strip_prefix("$ holdpoint ") else { continue };
        let (command, comment) = arguments.split_once('#').unwrap_or((arguments, ""));
        let arguments: Vec<&str> = command.split_whitespace().collect();
        let (said, code) = run(folder.path(), &arguments);
        let first = said.split_whitespace().next().unwrap_or_default();
        assert!(
            comment.contains(first) && comment.contains(&format!("exit {code}")),
            "{line}: {first}, exit {code}"
        );
        ran += 1;
    }
    assert_eq!(ran, 3);
}

/// The tables of the shop's README: `command | says | exit | why`.
#[test]
fn the_shop_answers_as_its_readme_says() {
    let text = std::fs::read_to_string(root().join("examples/shop/README.md")).unwrap();
    let mut rows = 0;
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [command, says, exit, ..] = &cells[..] else { panic!("not a row: {line}") };
        let mut arguments = vec!["--registry", "examples/shop"];
        arguments.extend(command.trim_matches('`').split(' '));
        let (said, code) = run(&root(), &arguments);
        assert_eq!(code.to_string(), **exit, "{line}");
        if code != 3 {
            assert_eq!(said.split_whitespace().next(), Some(*says), "{line}");
        }
        rows += 1;
    }
    assert!(rows >= 35, "only {rows} rows");
}
