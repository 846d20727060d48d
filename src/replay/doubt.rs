//! Lines that don't fit their chain: what they say may not be what was written.

use std::collections::BTreeMap;

use crate::record::{Block, Spot, Trouble, Verified};

/// What speaks against lines of a record.
#[derive(Debug, Default)]
pub struct Doubts {
    /// By the line, what was found of it.
    lines: BTreeMap<Spot, String>,
    /// Runs of lines that stand where they don't belong.
    runs: Vec<(Block, String)>,
    /// The last line, whose change only an earlier head would show.
    last: Option<Spot>,
}

impl Doubts {
    /// What a verification says of each line.
    pub fn of(verified: &Verified) -> Doubts {
        let mut doubts =
            Doubts { last: verified.end.as_ref().map(|end| end.spot.clone()), ..Doubts::default() };
        for finding in &verified.findings {
            let message = finding.message();
            let (also, runs): (Option<&Spot>, Vec<&Block>) = match &finding.trouble {
                Trouble::Changed { before, .. } => (before.as_ref(), Vec::new()),
                Trouble::Either(before) => (Some(before), Vec::new()),
                Trouble::Swapped(one, other) => (None, vec![one, other]),
                Trouble::PutIn { between, .. } => (None, vec![between]),
                _ => (None, Vec::new()),
            };
            for spot in [Some(&finding.spot), also].into_iter().flatten() {
                doubts.lines.entry(spot.clone()).or_insert_with(|| message.clone());
            }
            doubts.runs.extend(runs.into_iter().map(|run| (run.clone(), message.clone())));
        }
        doubts
    }

    /// What speaks against a line.
    pub fn against(&self, spot: &Spot) -> Option<&str> {
        let is_in = |(run, _): &&(Block, String)| run.first <= *spot && *spot <= run.last;
        let run = || self.runs.iter().find(is_in).map(|(_, message)| message.as_str());
        self.lines.get(spot).map(String::as_str).or_else(run)
    }

    /// Whether it is the last line of its record.
    pub fn is_last(&self, spot: &Spot) -> bool {
        self.last.as_ref() == Some(spot)
    }
}
