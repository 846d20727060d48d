//! The answer to `playbook --check`, and its words.

use crate::playbook::by_hand::{Checked, Flaw, Looked};
use crate::report::{Context, words};

/// What became of the playbooks that were looked at.
#[derive(Debug, Clone, Copy)]
pub struct CheckReport<'a> {
    /// How the registry was looked at.
    pub context: Context<'a>,
    /// What was found.
    pub checked: &'a Checked,
}

impl CheckReport<'_> {
    /// The first word.
    pub fn word(&self) -> &'static str {
        if self.checked.passes() { "PASS" } else { "FAIL" }
    }

    /// What comes behind it.
    pub fn headline(&self) -> String {
        let playbooks = &self.checked.playbooks;
        let fails = |looked: &&Looked| looked.flaws.iter().any(|flaw| flaw.wrong.fails());
        let failing = playbooks.iter().filter(fails).count();
        let of = words::several(playbooks.len(), "playbook");
        match failing {
            0 => format!("{of}: every step of security's that is due is there"),
            _ => format!("{failing} of {of} can't be followed as they are"),
        }
    }
}

/// A flaw in a line: `file:line: sentence`.
pub(in crate::report) fn flaw(path: &str, flaw: &Flaw) -> String {
    format!("{path}:{}: {}", flaw.line, flaw.message)
}
