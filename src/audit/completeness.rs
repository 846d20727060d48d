//! Whether a record is whole, as far as it can tell itself: numbers, gaps, hashes, the heads of a period.

use std::collections::BTreeMap;

use super::ledger::Ledger;
use super::period::{Period, Side};
use super::population::Account;
use crate::model::Time;
use crate::record::Verified;

/// What can be said of a record and a period.
#[derive(Debug, Clone)]
pub struct Completeness {
    /// How many lines the record has in all.
    pub lines: usize,
    /// The lines of the period, by kind.
    pub kinds: BTreeMap<String, usize>,
    /// The smallest and the greatest number of a line in the period.
    pub numbers: Option<(u64, u64)>,
    /// The numbers that are missing in the whole record, from one to another.
    pub gaps: Vec<(u64, u64)>,
    /// The last line before the period.
    pub begin: Option<Head>,
    /// The last line up to the end of the period.
    pub end: Option<Head>,
    /// Lines after the period.
    pub later: usize,
    /// Lines that can't be read.
    pub unreadable: usize,
    /// Where the lines of the period are.
    pub account: Account,
    /// What is wrong with the chain of the whole record, in sentences with the place of each.
    pub wrong: Vec<(String, String)>,
    /// What is odd and no sign that anybody tampered with it.
    pub odd: usize,
}

/// The end of a record at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The number of the line; None: it doesn't say one.
    pub seq: Option<u64>,
    /// Its hash.
    pub hash: String,
    /// When it is from.
    pub at: Time,
}

impl Completeness {
    /// Looks at a record that was verified.
    pub fn of(ledger: &Ledger, verified: &Verified, account: Account, period: Period) -> Completeness {
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        let within = || ledger.entries.iter().filter(|entry| period.holds(entry.at));
        within().for_each(|entry| *kinds.entry(entry.kind().to_owned()).or_default() += 1);
        let numbers = |seqs: Vec<u64>| Some((*seqs.iter().min()?, *seqs.iter().max()?));
        let head = |until: Side| {
            let entry = ledger.entries.iter().rfind(|entry| period.side(entry.at) <= until)?;
            Some(Head { seq: entry.seq, hash: entry.hash.clone(), at: entry.at })
        };
        Completeness {
            lines: ledger.entries.len(),
            kinds,
            numbers: numbers(within().filter_map(|entry| entry.seq).collect()),
            gaps: gaps(ledger),
            begin: head(Side::Earlier),
            end: head(Side::Within),
            later: ledger.entries.iter().filter(|entry| period.side(entry.at) == Side::Later).count(),
            unreadable: ledger.entries.iter().filter(|entry| entry.kind() == "unreadable").count(),
            account,
            wrong: verified
                .findings
                .iter()
                .map(|finding| (finding.message(), finding.spot.to_string()))
                .collect(),
            odd: verified.warnings.len(),
        }
    }

    /// Whether the chain of the whole record verifies.
    pub fn is_whole(&self) -> bool {
        self.wrong.is_empty()
    }
}

/// The numbers that no line has, up to the greatest.
fn gaps(ledger: &Ledger) -> Vec<(u64, u64)> {
    let mut seqs: Vec<u64> = ledger.entries.iter().filter_map(|entry| entry.seq).collect();
    seqs.sort_unstable();
    let mut next = 1;
    let mut gaps = Vec::new();
    for seq in seqs {
        if seq > next {
            gaps.push((next, seq - 1));
        }
        next = next.max(seq.saturating_add(1));
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Population;
    use crate::audit::testing::{book, november, tree};
    use crate::record::verify;

    fn of(lines: &str) -> Completeness {
        let ledger = book(lines);
        let verified = verify(&tree(lines), &ledger.service, &[]).unwrap();
        Completeness::of(&ledger, &verified, Population::of(&ledger, november()).account, november())
    }

    const LINES: &str = r#"{"kind":"checked","at":"10-31T10:00"}
{"kind":"checked","at":"11-01T10:00"}
{"kind":"incident-ended","at":"11-02T10:00"}
{"kind":"checked","at":"12-01T00:00"}"#;

    #[test]
    fn the_heads_are_those_of_the_ends_of_the_period() {
        let whole = of(LINES);
        let seqs = [&whole.begin, &whole.end].map(|head| head.as_ref().and_then(|head| head.seq));
        assert_eq!((seqs, whole.numbers), ([Some(1), Some(3)], Some((2, 3))));
        assert_eq!((whole.lines, whole.later, whole.account.lines()), (4, 1, 2));
        assert_eq!(whole.kinds.get("checked"), Some(&1));
        assert!(whole.is_whole() && whole.gaps.is_empty());
    }

    #[test]
    fn missing_numbers_are_named_and_the_chain_says_so() {
        let torn: Vec<&str> = LINES.lines().collect();
        let gap = [torn[0], &torn[1].replace("\"kind\"", "\"seq\":4,\"kind\"")].join("\n");
        let broken = of(&gap);
        assert_eq!(broken.gaps, [(2, 3)]);
        assert!(!broken.is_whole());
        assert_eq!(of("nonsense").unreadable, 1);
    }
}
