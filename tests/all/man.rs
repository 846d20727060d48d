//! The manual pages, as they are written and as a formatter takes them.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::completions::is_here;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_holdpoint")).args(arguments).env_clear().output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The names of the commands, from the help.
fn commands() -> BTreeSet<String> {
    let help = text(&run(&["--help"]));
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap().to_owned();
    let word = |line: &str| {
        line.strip_prefix("  ")?.split(' ').next().filter(|word| !word.is_empty()).map(str::to_owned)
    };
    list.lines().filter_map(word).collect()
}

#[test]
fn every_command_has_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("share/man1");
    let written = run(&["man", "--dir", pages.to_str().unwrap()]);
    assert!(written.status.success() && text(&written).starts_with("wrote "), "{written:?}");
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(&pages).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let command = name.trim_end_matches(".1").trim_start_matches("holdpoint").trim_start_matches('-');
        let printed = if command.is_empty() { run(&["man"]) } else { run(&["man", command]) };
        assert_eq!(text(&printed), fs::read_to_string(entry.path()).unwrap(), "{name}");
        names.insert(command.to_owned());
    }
    let mut wanted = commands();
    assert!(wanted.len() > 3, "{wanted:?}");
    wanted.insert(String::new());
    assert!(names.is_superset(&wanted), "{names:?}");
}

#[test]
fn the_pages_are_well_formed() {
    if !is_here("groff") {
        return;
    }
    for name in commands().iter().map(|name| vec!["man", name]).chain([vec!["man"]]) {
        let page = run(&name);
        let mut groff = Command::new("groff")
            .args(["-man", "-Tutf8", "-ww", "-P-cbou"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        groff.stdin.take().unwrap().write_all(&page.stdout).unwrap();
        let output = groff.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && said.is_empty(), "{name:?}: {said}");
        let shown = String::from_utf8(output.stdout).unwrap();
        // A command that only holds others has no examples of its own.
        let holds_others = name.len() == 2 && shown.lines().any(|line| line == "SUBCOMMANDS");
        for part in ["EXAMPLES", "EXIT STATUS", "FILES", "SEE ALSO"].into_iter().filter(|_| !holds_others) {
            assert!(shown.lines().any(|line| line == part), "{name:?} has no {part}:\n{shown}");
        }
        assert!(shown.contains("holdpoint manual"), "{shown}");
    }
    assert!(
        text(&run(&["man"])).contains("ENVIRONMENT") && text(&run(&["man"])).contains("HOLDPOINT_REGISTRY")
    );
}

#[test]
fn what_has_no_page_is_said() {
    let unknown = run(&["man", "rolback-check"]);
    let said = String::from_utf8(unknown.stderr).unwrap();
    assert_eq!(said, "error: no command `rolback-check`\nhint: did you mean `rollback-check`?\n");
    assert_eq!(unknown.status.code(), Some(2));
    assert_eq!(run(&["man", "--format", "json"]).status.code(), Some(2));
    assert_eq!(run(&["man", "targets", "--dir", "x"]).status.code(), Some(2));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "kept").unwrap();
    let refused = run(&["man", "--dir", file.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(3), "{refused:?}");
    assert_eq!(fs::read_to_string(file).unwrap(), "kept");
}
