//! The time that a report speaks of.

use crate::model::{Time, Window};

/// How long the period is when nobody says: the last ninety days.
pub const USUAL: Window = Window::days(90);

/// From when until when. What lies after its end isn't known there, also when it stands in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first moment of it.
    pub since: Time,
    /// Its end: what goes on is counted up to here.
    pub end: Time,
    /// The first moment whose lines aren't of it: of a time that was given, its own second still is.
    pub before: Time,
}

/// Where a moment lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Before the period.
    Earlier,
    /// In it.
    Within,
    /// After it.
    Later,
}

impl Period {
    /// On which side of the period a moment lies.
    pub fn side(&self, at: Time) -> Side {
        match at {
            at if at < self.since => Side::Earlier,
            at if at < self.before => Side::Within,
            _ => Side::Later,
        }
    }

    /// Whether a moment lies in it.
    pub fn holds(&self, at: Time) -> bool {
        self.side(at) == Side::Within
    }

    /// Whether a moment lies before its end, in it or earlier.
    pub fn knows(&self, at: Time) -> bool {
        self.side(at) != Side::Later
    }

    /// How many seconds of a stretch lie in it; one without an end goes on.
    pub fn seconds(&self, from: Time, until: Option<Time>) -> i64 {
        let until = until.unwrap_or(self.end).min(self.end);
        (until - from.max(self.since)).num_seconds().max(0)
    }

    /// How many seconds a stretch lasts up to the end of the period, with what lies before it.
    pub fn lasts(&self, from: Time, until: Option<Time>) -> i64 {
        (until.unwrap_or(self.end).min(self.end) - from).num_seconds().max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::testing::{at, november};

    #[test]
    fn a_stretch_counts_as_far_as_it_lies_inside() {
        let period = november();
        // From the 31st of October to the 2nd of November: a day of it is inside, two days it lasts.
        assert_eq!(period.seconds(at("2026-10-31"), Some(at("2026-11-02"))), 86_400);
        assert_eq!(period.lasts(at("2026-10-31"), Some(at("2026-11-02"))), 2 * 86_400);
        // Without an end it goes on to the end of the period, also when its end lies behind that.
        for until in [None, Some(at("2026-12-05"))] {
            assert_eq!(period.seconds(at("2026-11-30"), until), 86_400);
        }
        assert_eq!(period.seconds(at("2026-09-01"), Some(at("2026-10-01"))), 0);
        let sides =
            ["2026-10-31", "2026-11-01", "2026-11-30T23:59:59Z", "2026-12-01"].map(|t| period.side(at(t)));
        assert_eq!(sides, [Side::Earlier, Side::Within, Side::Within, Side::Later]);
    }
}
