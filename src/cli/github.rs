//! What GitHub takes beside standard output: the summary of a step, and values for the steps that follow.
//!
//! GitHub names a file for each in a variable; without the variables nothing is done, so a gate on a laptop or in
//! another CI leaves nothing behind. The values are for steps that act upon a verdict: one that can't be written is a
//! report that can't be written.

#![expect(clippy::disallowed_methods, reason = "a door: it reads the environment and appends to files")]
#![expect(dead_code, reason = "the gate's command, which is to use it, isn't here yet")]

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::output::Outputs;
use crate::disk::reason;
use crate::report::ci::{self, Account};

/// The variables that name the files.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";
const OUTPUT: &str = "GITHUB_OUTPUT";
/// The most that GitHub takes for one step's summary; of more it shows nothing at all.
const LARGEST: u64 = 1 << 20;

/// The files that GitHub named.
#[derive(Debug, Default)]
pub(super) struct Github {
    summary: Option<PathBuf>,
    output: Option<PathBuf>,
}

impl Github {
    /// Where this run is to leave what, by the environment.
    pub fn here() -> Github {
        let path = |name| std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        Github { summary: path(SUMMARY), output: path(OUTPUT) }
    }

    /// Leaves the values and the summary where they were asked for. False: something can't be written, which is said.
    pub fn leave(&self, account: &Account, summary: impl FnOnce() -> String, outputs: &Outputs) -> bool {
        let values = |path: &Path| append(path, &ci::outputs(account, &delimiter()?));
        let said = told(OUTPUT, self.output.as_deref(), values, outputs);
        let shown = told(SUMMARY, self.summary.as_deref(), |path| summarise(path, &summary()), outputs);
        said && shown
    }
}

fn told(
    name: &str,
    path: Option<&Path>,
    write: impl FnOnce(&Path) -> io::Result<()>,
    outputs: &Outputs,
) -> bool {
    let Some(Err(error)) = path.map(write) else { return true };
    outputs.complain(&format!("the file that {name} names can't be written: {}", reason(&error)));
    false
}

/// Appends a summary whole, or says in its place that there is no room for it.
fn summarise(path: &Path, summary: &str) -> io::Result<()> {
    let there = fs::metadata(path).map_or(0, |data| data.len());
    if there.saturating_add(summary.len() as u64) <= LARGEST {
        return append(path, summary);
    }
    let first = format!(
        "{}\n\nThere is no room for the whole report here.\n",
        summary.lines().next().unwrap_or_default()
    );
    if there.saturating_add(first.len() as u64) <= LARGEST { append(path, &first) } else { Ok(()) }
}

/// What ends a value: a word that nobody can guess, and so nobody can put into one.
fn delimiter() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(format!("holdpoint_{:032x}", u128::from_le_bytes(bytes)))
}

fn append(path: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::human::{Detail, Look};
    use anstream::ColorChoice;

    fn outputs() -> Outputs {
        Outputs::plain(ColorChoice::Never, Look { width: 80, detail: Detail::Usual })
    }

    #[test]
    fn values_and_summary_are_appended_where_they_were_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let github = Github { summary: Some(path("summary")), output: Some(path("output")) };
        let account = Account::of_failure("no registry", None);
        fs::write(path("output"), "a=b\n").unwrap();
        assert!(github.leave(&account, || "## X\n".into(), &outputs()));
        assert!(github.leave(&account, || "## Y\n".into(), &outputs()));
        assert_eq!(fs::read_to_string(path("summary")).unwrap(), "## X\n## Y\n");
        let said = fs::read_to_string(path("output")).unwrap();
        let delimiters: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("verdict<<")).collect();
        assert!(
            said.starts_with("a=b\n") && delimiters.len() == 2 && delimiters[0] != delimiters[1],
            "{said}"
        );
        assert!(Github::default().leave(&account, || unreachable!(), &outputs()));
    }

    #[test]
    fn a_summary_is_whole_or_says_that_it_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary");
        fs::write(&path, vec![b'x'; (LARGEST - 200) as usize]).unwrap();
        summarise(&path, &format!("## BLOCK: x\n{}", "y".repeat(400))).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.ends_with("## BLOCK: x\n\nThere is no room for the whole report here.\n"));
        summarise(&path, &"z".repeat(400)).unwrap();
        assert!(fs::metadata(&path).unwrap().len() <= LARGEST);
    }

    #[test]
    fn what_can_not_be_written_is_not_delivered() {
        let github = Github { summary: None, output: Some("/no/such/folder/file".into()) };
        assert!(!github.leave(&Account::of_failure("x", None), String::new, &outputs()));
    }
}
