//! The `git` program, asked so that it neither waits for an answer, nor goes to the network, nor starts what the
//! repository's configuration names. Only for acts that a person waits for: a check never starts a program.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

/// Variables by which a caller (a hook, another tool) tells Git to look elsewhere than we do.
pub(super) const ELSEWHERE: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
];

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unanswered {
    /// There is no such program.
    NoGit,
    /// What it says.
    Refused(String),
}

/// What Git says to standard output, in (or around) a folder.
pub(super) fn ask(folder: &Path, arguments: &[&str]) -> Result<String, Unanswered> {
    let mut command = Command::new("git");
    // A file system monitor is a program that the repository's configuration names.
    command.args(["--no-pager", "-c", "core.fsmonitor=false", "-C"]).arg(folder).args(arguments);
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_NO_LAZY_FETCH", "1").env("GIT_OPTIONAL_LOCKS", "0");
    command.env("LC_ALL", "C").stdin(Stdio::null());
    ELSEWHERE.iter().for_each(|variable| _ = command.env_remove(variable));
    let output = command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => Unanswered::NoGit,
        _ => Unanswered::Refused(error.to_string()),
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let first = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it gives no reason");
        return Err(Unanswered::Refused(first.trim_start_matches("fatal: ").to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
