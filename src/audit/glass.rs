//! Each broken glass and what became of it: the debt, its reviews, its end.

use std::collections::BTreeMap;

use super::facts::Facts;
use super::fold::Folds;
use super::ledger::Ledger;
use super::period::{Period, Side};
use crate::model::{Time, parse_time};
use crate::record::{Deed, Statement};

/// A glass that was broken, with all that followed.
#[derive(Debug, Clone)]
pub struct Glass<'a> {
    /// The place of its line.
    pub entry: usize,
    /// The place of the row to which it belongs: its move.
    pub row: usize,
    /// Its line.
    pub says: &'a Statement,
    /// Why.
    pub reason: &'a str,
    /// What was gone against; nothing: the verdict would have let it go.
    pub subjects: Vec<&'a str>,
    /// The debt that it left.
    pub debt: Option<&'a str>,
    /// By when both teams are to have reviewed it.
    pub due: Option<Time>,
    /// The reviews, in order.
    pub reviews: Vec<ReviewOf<'a>>,
    /// The line that closed it.
    pub closed: Option<Closed<'a>>,
    /// What the registry says of it now; None: it wasn't asked.
    pub stands: Option<bool>,
}

/// A team has looked back.
#[derive(Debug, Clone)]
pub struct ReviewOf<'a> {
    /// The place of its line.
    pub entry: usize,
    /// Its line.
    pub says: &'a Statement,
    /// For which key.
    pub key: &'a str,
    /// What was found.
    pub note: Option<&'a str>,
}

/// A debt was closed.
#[derive(Debug, Clone, Copy)]
pub struct Closed<'a> {
    /// The place of the line.
    pub entry: usize,
    /// The line.
    pub says: &'a Statement,
}

/// How a debt stood at the end of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was owed: the verdict would have let it go.
    NotNeeded,
    /// It is closed.
    Closed,
    /// It is closed, later than it was due.
    ClosedLate,
    /// It is open, and not due yet.
    Open,
    /// It is open, and was due before the end.
    Overdue,
    /// The debt could not be written, so nobody can review it.
    Unwritten,
}

impl Standing {
    /// The words in reports.
    pub fn words(self) -> &'static str {
        match self {
            Standing::NotNeeded => "not needed",
            Standing::Closed => "closed",
            Standing::ClosedLate => "closed late",
            Standing::Open => "open",
            Standing::Overdue => "overdue",
            Standing::Unwritten => "only in the record",
        }
    }

    /// Whether something is owed.
    pub fn is_owed(self) -> bool {
        matches!(self, Standing::Open | Standing::Overdue | Standing::Unwritten)
    }
}

impl Glass<'_> {
    /// How it stood at a moment.
    pub fn standing(&self, period: Period) -> Standing {
        let closed = self.closed.filter(|closed| period.knows(closed.says.at));
        match (closed, self.debt) {
            (Some(closed), _) if self.due.is_some_and(|due| closed.says.at > due) => Standing::ClosedLate,
            (Some(_), _) => Standing::Closed,
            (None, None) if self.subjects.is_empty() => Standing::NotNeeded,
            (None, None) => Standing::Unwritten,
            (None, Some(_)) if self.due.is_some_and(|due| due < period.end) => Standing::Overdue,
            (None, Some(_)) => Standing::Open,
        }
    }

    /// Whether it belongs into a report: it was broken in the period, or before it and was still open then.
    pub fn concerns(&self, period: Period) -> bool {
        match period.side(self.says.at) {
            Side::Within => true,
            Side::Later => false,
            Side::Earlier => {
                let owed = self.debt.is_some() || !self.subjects.is_empty();
                owed && self.closed.is_none_or(|closed| closed.says.at >= period.since)
            }
        }
    }
}

/// Finds every broken glass of a record.
pub fn glasses<'a>(ledger: &'a Ledger, folds: &Folds, facts: Option<&Facts>) -> Vec<Glass<'a>> {
    let mut all: Vec<Glass<'a>> = Vec::new();
    let mut by_debt: BTreeMap<String, usize> = BTreeMap::new();
    for (entry, says) in ledger.known() {
        match &says.deed {
            Deed::BrokeGlass { debt, reason, subjects, due, .. } => {
                by_debt.extend(debt.as_ref().map(|debt| (debt.to_ascii_uppercase(), all.len())));
                all.push(Glass {
                    entry,
                    row: folds.row(entry),
                    says,
                    reason,
                    subjects: subjects.iter().map(|subject| &**subject).collect(),
                    debt: debt.as_deref(),
                    due: due.as_deref().and_then(|due| parse_time(due).ok()),
                    reviews: Vec::new(),
                    closed: None,
                    stands: debt.as_deref().and_then(|debt| facts.map(|facts| facts.has_debt(debt))),
                });
            }
            Deed::Reviewed { debt, key, note, closed } => {
                let found = by_debt.get(&debt.to_ascii_uppercase()).and_then(|place| all.get_mut(*place));
                let Some(glass) = found else { continue };
                if let Some(key) = key.as_deref() {
                    glass.reviews.push(ReviewOf { entry, says, key, note: note.as_deref() });
                }
                if *closed {
                    glass.closed = Some(Closed { entry, says });
                }
            }
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing::{book, november};

    fn standing(lines: &str) -> (Standing, bool) {
        let ledger = book(lines);
        let glasses = glasses(&ledger, &Folds::of(&ledger), None);
        (glasses[0].standing(november()), glasses[0].concerns(november()))
    }

    #[test]
    fn a_debt_stands_as_its_reviews_say() {
        let glass =
            |at: &str, rest: &str| format!(r#"{{"kind":"broke-glass","at":"{at}","reason":"down",{rest}}}"#);
        let debt = r#""debt":"d1","subjects":["CVE-1"],"due":"2026-11-25T00:00:00Z""#;
        let review = |at: &str, closed: bool| {
            format!(
                r#"{{"kind":"reviewed","at":"{at}","debt":"D1","as":"security","note":"fine","closed":{closed}}}"#
            )
        };
        let both = |glass: &str, review: &str| standing(&format!("{glass}\n{review}"));
        let broken = glass("11-22T03:00", debt);
        assert_eq!(standing(&broken), (Standing::Overdue, true));
        assert_eq!(both(&broken, &review("11-23T10:00", false)), (Standing::Overdue, true));
        assert_eq!(both(&broken, &review("11-23T10:00", true)), (Standing::Closed, true));
        assert_eq!(both(&broken, &review("11-26T10:00", true)), (Standing::ClosedLate, true));
        // What was closed after the period was open at its end.
        assert_eq!(both(&broken, &review("12-02T10:00", true)), (Standing::Overdue, true));
        let later = debt.replace("11-25", "12-25");
        assert_eq!(standing(&glass("11-22T03:00", &later)), (Standing::Open, true));
        assert_eq!(standing(&glass("11-22T03:00", r#""subjects":[]"#)), (Standing::NotNeeded, true));
        assert_eq!(standing(&glass("11-22T03:00", r#""subjects":["x"]"#)), (Standing::Unwritten, true));
        // Of an earlier month: told while it was open, and not told once it was closed before.
        assert_eq!(standing(&glass("10-22T03:00", debt)), (Standing::Overdue, true));
        assert!(!both(&glass("10-22T03:00", debt), &review("10-23T10:00", true)).1);
        assert!(!standing(&glass("12-02T03:00", debt)).1);
    }
}
