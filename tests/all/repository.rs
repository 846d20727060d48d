//! Git repositories made for a test: real ones, the same on every machine and every day.

use std::path::Path;
use std::process::Command;

/// A shell in a folder, with holdpoint and Git, and nothing of the environment's.
pub fn shell(folder: &Path, script: &str) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_holdpoint"));
    let path = std::env::join_paths(
        std::iter::once(program.parent().unwrap().to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(folder).env_clear().env("PATH", path.unwrap());
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder);
    command.env("COLUMNS", "120").env("LC_ALL", "C");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Somebody").env(format!("GIT_{who}_EMAIL"), "s@example.com");
        command.env(format!("GIT_{who}_DATE"), "2026-11-01T09:00:00Z");
    }
    command
}

/// Runs a script that has to work.
pub fn sh(folder: &Path, script: &str) {
    let output = shell(folder, script).output().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A repository with a commit for each of these tags, made at that date: `v1.0.0 2026-08-03`.
pub fn tagged(folder: &Path, tags: &[&str]) {
    std::fs::create_dir_all(folder).unwrap();
    sh(folder, "git init -q -b main .");
    for line in tags {
        let (tag, date) = line.split_once(' ').unwrap();
        let commit = format!("git commit -q --allow-empty -m '{tag}' && git tag '{tag}'");
        let mut command = shell(folder, &commit);
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_DATE"), format!("{date}T10:00:00Z"));
        }
        assert!(command.status().unwrap().success(), "{line}");
    }
}
