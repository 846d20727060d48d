//! Durations, side by side: how many, the middle one, the longest, all together.

use std::collections::BTreeMap;

use super::exposure::{Began, Exposure};
use super::period::Period;
use crate::model::{Key, Severity, Time};

/// Durations in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spread {
    /// How many.
    pub count: usize,
    /// How many of them go on, and are counted up to the end of the period.
    pub open: usize,
    /// The middle one; of an even number, the mean of the two in the middle, rounded down.
    pub median: i64,
    /// The longest.
    pub worst: i64,
    /// What of all of them lies in the period.
    pub sum: i64,
}

/// One duration.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// Its beginning.
    pub from: Time,
    /// Its end; None: it goes on.
    pub until: Option<Time>,
}

impl Spread {
    /// Of these durations, each as long as it lasted up to the end of the period; the sum is of what lies in it.
    pub fn of(stretches: &[Stretch], period: Period) -> Spread {
        let mut lengths: Vec<i64> =
            stretches.iter().map(|stretch| period.lasts(stretch.from, stretch.until)).collect();
        lengths.sort_unstable();
        let middle = lengths.len() / 2;
        let median = match (lengths.get(middle), lengths.len() % 2) {
            (None, _) => 0,
            (Some(upper), 0) => (lengths[middle - 1] + upper) / 2,
            (Some(one), _) => *one,
        };
        Spread {
            count: lengths.len(),
            open: stretches.iter().filter(|stretch| stretch.until.is_none()).count(),
            median,
            worst: lengths.last().copied().unwrap_or(0),
            sum: stretches.iter().map(|stretch| period.seconds(stretch.from, stretch.until)).sum(),
        }
    }
}

/// The severities, worst first; unknown weighs as much as high.
pub const SEVERITIES: [Severity; 5] =
    [Severity::Critical, Severity::High, Severity::Unknown, Severity::Medium, Severity::Low];

/// Which exposures are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Those of releases that ran when the flag came: from the flag until it is left.
    ToLeave,
    /// Those that were accepted: from the accepted move until they are left.
    Accepted,
    /// All.
    All,
}

impl Sort {
    /// The stretch of an exposure that it looks at, as far as it touches the period; None: it isn't of this sort.
    pub fn stretch(self, exposure: &Exposure<'_>, period: Period) -> Option<Stretch> {
        let from = match self {
            Sort::ToLeave => (exposure.began == Began::Found).then_some(exposure.from)?,
            Sort::Accepted => exposure.accepted.as_ref()?.at,
            Sort::All => exposure.from,
        };
        let until = exposure.ended.map(|ended| ended.at);
        let touches = period.knows(from) && until.is_none_or(|until| until >= period.since);
        touches.then_some(Stretch { from, until })
    }
}

/// The durations of exposures of one key by severity, those of which there are any.
pub fn by_severity(
    exposures: &[Exposure<'_>],
    key: Key,
    sort: Sort,
    period: Period,
) -> Vec<(Severity, Spread)> {
    let mut stretches: BTreeMap<usize, Vec<Stretch>> = BTreeMap::new();
    for exposure in exposures.iter().filter(|exposure| exposure.key == key) {
        let place = SEVERITIES.iter().position(|severity| *severity == exposure.severity);
        if let (Some(place), Some(stretch)) = (place, sort.stretch(exposure, period)) {
            stretches.entry(place).or_default().push(stretch);
        }
    }
    stretches.into_iter().map(|(place, list)| (SEVERITIES[place], Spread::of(&list, period))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing::{at, november};

    const HOUR: i64 = 3600;

    fn stretch(from: &str, until: Option<&str>) -> Stretch {
        Stretch { from: at(from), until: until.map(at) }
    }

    #[test]
    fn the_middle_the_longest_and_what_lies_inside() {
        let three = [
            stretch("2026-11-02T00:00:00Z", Some("2026-11-02T01:00:00Z")),
            stretch("2026-10-31T22:00:00Z", Some("2026-11-01T02:00:00Z")),
            stretch("2026-11-30T21:00:00Z", None),
        ];
        // 1 h, 4 h of which 2 h lie inside, and 3 h that go on: the middle is 3 h, all inside are 6 h.
        let want = Spread { count: 3, open: 1, median: 3 * HOUR, worst: 4 * HOUR, sum: 6 * HOUR };
        assert_eq!(Spread::of(&three, november()), want);
        // Of 1 h and 4 h the middle is 2.5 h.
        assert_eq!(Spread::of(&three[..2], november()).median, 5 * HOUR / 2);
        assert_eq!(Spread::of(&[], november()), Spread::default());
    }

    #[test]
    fn each_sort_takes_its_own_stretch() {
        use crate::audit::exposure::{Accepted, Ended};
        let accepted = Accepted { at: at("2026-11-03T00:00:00Z"), sign_offs: vec!["S1"], glass: None };
        let exposure = Exposure {
            flag: "CVE-1",
            key: Key::Security,
            severity: Severity::High,
            environment: "prod",
            versions: vec!["1"],
            began: Began::Found,
            from: at("2026-11-02T00:00:00Z"),
            accepted: Some(accepted),
            ended: Some(Ended { at: at("2026-11-04T00:00:00Z"), entry: 0, left: true }),
        };
        let sums = |sort| by_severity(std::slice::from_ref(&exposure), Key::Security, sort, november());
        assert_eq!(sums(Sort::ToLeave)[0].1.sum, 48 * HOUR);
        assert_eq!(sums(Sort::Accepted)[0].1.sum, 24 * HOUR);
        let entered = Exposure { began: Began::Entered, ..exposure.clone() };
        assert!(by_severity(&[entered], Key::Security, Sort::ToLeave, november()).is_empty());
        assert!(by_severity(&[exposure], Key::Reliability, Sort::All, november()).is_empty());
    }
}
