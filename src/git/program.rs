//! The `git` program, asked so that it neither waits for an answer, nor goes to the network, nor starts what the
//! repository's configuration names. Only for acts that a person waits for: a check never starts a program.

use std::io::{self, ErrorKind};
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

/// Git in (or around) a folder, with nothing of ours to read.
pub(super) fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    // A file system monitor is a program that the repository's configuration names.
    command.args(["--no-pager", "-c", "core.fsmonitor=false", "-C"]).arg(folder);
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_NO_LAZY_FETCH", "1").env("GIT_OPTIONAL_LOCKS", "0");
    command.env("LC_ALL", "C").stdin(Stdio::null());
    ELSEWHERE.iter().for_each(|variable| _ = command.env_remove(variable));
    command
}

/// What Git says to standard output, in (or around) a folder.
pub(super) fn ask(folder: &Path, arguments: &[&str]) -> Result<String, Unanswered> {
    let output = git(folder).args(arguments).output().map_err(|error| not_started(&error))?;
    if !output.status.success() {
        return Err(Unanswered::Refused(first_line(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Why Git could not be started.
pub(super) fn not_started(error: &io::Error) -> Unanswered {
    match error.kind() {
        ErrorKind::NotFound => Unanswered::NoGit,
        _ => Unanswered::Refused(error.to_string()),
    }
}

/// The first line of what Git says to standard error.
pub(super) fn first_line(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let first = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it gives no reason");
    first.trim_start_matches("fatal: ").to_owned()
}
