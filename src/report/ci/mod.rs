//! Reports for CI systems, all of them over one flat record, [`Finding`].
//!
//! What matters is worked out once, in [`Account`]; a format is a file and knows layout and escaping only.
//! Each format has its own way to be misled by text that others wrote (a line that becomes a command, a control
//! character that makes a whole file unreadable), and defuses that in its own file.

mod account;
mod finding;
mod github;
mod gitlab;
mod junit;
mod sarif;
pub(in crate::report) mod suites;
#[cfg(test)]
pub(in crate::report) mod testing;

pub use account::{Account, Clear};
pub use finding::{About, Finding, Place, Rule, Weight};
pub use github::outputs;

/// The formats that CI systems read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Commands that GitHub shows as annotations.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit's XML, for lists of tests.
    Junit,
    /// GitLab's code quality.
    Gitlab,
}

impl Format {
    /// All formats.
    pub const ALL: [Format; 4] = [Format::Github, Format::Sarif, Format::Junit, Format::Gitlab];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Format::Github => "github",
            Format::Sarif => "sarif",
            Format::Junit => "junit",
            Format::Gitlab => "gitlab",
        }
    }

    /// Writes an account.
    pub fn write(self, account: &Account) -> String {
        match self {
            Format::Github => github::github(account),
            Format::Sarif => sarif::sarif(account),
            Format::Junit => junit::junit(account),
            Format::Gitlab => gitlab::gitlab(account),
        }
    }
}
