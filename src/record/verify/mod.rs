//! Verifying a record: whether its lines are what was written, in the order in which it was written.
//!
//! [`verify()`] is the entry point. It finds everything that is wrong, not only the first, and guesses what happened.
//! Hashes go over the bytes as they stand, so lines of a later holdpoint verify, too. What it can't see without an
//! earlier [`Head`]: that lines were cut off at the end, that the last line was changed, or that somebody wrote the
//! whole record anew.

mod facts;
mod head;
mod links;
#[cfg(test)]
mod tests;
mod trouble;

pub use head::{Head, HeadError};
pub use trouble::{Block, Finding, Spot, Trouble};

use std::collections::BTreeSet;

use crate::model::{Name, Time};
use crate::record::chain::hex;
use crate::record::read::files;
use crate::registry::{Tree, TreeError};

use facts::Facts;

/// What was found of a service's record.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Whose.
    pub service: Name,
    /// Its files, by path, in order.
    pub files: Vec<String>,
    /// How many lines it has.
    pub lines: usize,
    /// When the first is from.
    pub first: Option<Time>,
    /// When the last is from.
    pub last: Option<Time>,
    /// Its last line; None: it has none.
    pub end: Option<Last>,
    /// What is wrong, in the order of the lines; nothing: it verifies.
    pub findings: Vec<Finding>,
    /// What is odd and no sign that anybody tampered with it.
    pub warnings: Vec<Finding>,
    /// The earlier heads that were held against it, and the number of the line of each; None: it is in no line.
    pub heads: Vec<(Head, Option<u64>)>,
}

/// The last line of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last {
    /// Its number; None: it can't be read.
    pub seq: Option<u64>,
    /// Its hash, in hexadecimal: the head of the record.
    pub hash: String,
    /// Where it stands.
    pub spot: Spot,
}

impl Verified {
    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Verifies the record of a service, and holds earlier heads of it against it.
///
/// A service without a record has no lines; that is wrong only when there is a head of it.
///
/// # Errors
/// When it can't be read.
pub fn verify(tree: &dyn Tree, service: &Name, heads: &[Head]) -> Result<Verified, TreeError> {
    let found = files(tree, service)?.unwrap_or_default();
    let (facts, seen) = Facts::gather(tree, service, found)?;
    let lines: Vec<Option<usize>> = heads.iter().map(|head| head.line(&facts)).collect();
    let trusted: BTreeSet<usize> = lines.iter().flatten().copied().collect();
    let mut findings = seen.findings;
    findings.extend(links::broken(&facts, &trusted));
    findings.sort_by(|a, b| a.spot.cmp(&b.spot));
    findings.extend(head::missed(service, &facts, heads, &lines));
    let last = facts.list.last();
    let end = last.map(|fact| Last {
        seq: fact.seq,
        hash: hex(&fact.hash),
        spot: facts.spot(facts.list.len() - 1),
    });
    let number = |line: &Option<usize>| line.and_then(|line| facts.seq(line));
    Ok(Verified {
        service: service.clone(),
        lines: facts.list.len(),
        first: facts.list.first().and_then(|fact| fact.at),
        last: last.and_then(|fact| fact.at),
        end,
        findings,
        warnings: seen.warnings,
        heads: heads.iter().cloned().zip(lines.iter().map(number)).collect(),
        files: facts.files,
    })
}
