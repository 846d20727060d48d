//! Hours of exposure, day by day, week by week or month by month.

use chrono::{Datelike, Days, Months, NaiveTime, TimeDelta};

use super::exposure::Exposure;
use super::period::Period;
use super::spread::{SEVERITIES, Sort};
use crate::model::{Key, Time};

/// How long a bar stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A day.
    Day,
    /// A week from Monday on.
    Week,
    /// A month.
    Month,
}

/// Exposure over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// What a bar stands for.
    pub step: Step,
    /// The bars, oldest first. The first and the last are cut at the ends of the period.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// The first day of its day, week or month.
    pub from: Time,
    /// The seconds of exposure in it, by severity in the order of [`SEVERITIES`]; two that go on at once count twice.
    pub seconds: [i64; SEVERITIES.len()],
}

impl Step {
    /// The step that gives a readable number of bars: up to 31 days, up to 26 weeks, else months.
    fn of(period: Period) -> Step {
        match (period.end - period.since).num_hours() {
            hours if hours <= 31 * 24 => Step::Day,
            hours if hours <= 26 * 7 * 24 => Step::Week,
            _ => Step::Month,
        }
    }

    /// The word for one.
    pub fn word(self) -> &'static str {
        match self {
            Step::Day => "day",
            Step::Week => "week",
            Step::Month => "month",
        }
    }

    /// The beginning of the step in which a moment lies.
    fn floor(self, at: Time) -> Time {
        let date = at.date_naive();
        let first = match self {
            Step::Day => date,
            Step::Week => date - TimeDelta::days(i64::from(date.weekday().num_days_from_monday())),
            Step::Month => date.with_day(1).unwrap_or(date),
        };
        first.and_time(NaiveTime::MIN).and_utc()
    }

    fn next(self, from: Time) -> Option<Time> {
        match self {
            Step::Day => from.checked_add_days(Days::new(1)),
            Step::Week => from.checked_add_days(Days::new(7)),
            Step::Month => from.checked_add_months(Months::new(1)),
        }
    }
}

/// The most bars there are: fifty years of months.
const MOST: usize = 600;

impl Calendar {
    /// Spreads the exposures of one key over the period. None: there are none in it.
    pub fn of(exposures: &[Exposure<'_>], key: Key, period: Period) -> Option<Calendar> {
        let of_key =
            |exposure: &&Exposure<'_>| exposure.key == key && Sort::All.stretch(exposure, period).is_some();
        let exposures: Vec<&Exposure<'_>> = exposures.iter().filter(of_key).collect();
        if exposures.is_empty() {
            return None;
        }
        // A period without a beginning begins with the first exposure.
        let first = exposures.iter().map(|exposure| exposure.from).min()?.max(period.since);
        let step = Step::of(Period { since: first, ..period });
        let (mut bars, mut from) = (Vec::new(), step.floor(first));
        while from < period.end && bars.len() < MOST {
            let next = step.next(from)?;
            let inside = Period { since: from.max(period.since), end: next.min(period.end), before: next };
            let mut seconds = [0; SEVERITIES.len()];
            for exposure in &exposures {
                let place = SEVERITIES.iter().position(|severity| *severity == exposure.severity);
                let until = exposure.ended.map(|ended| ended.at);
                if let Some(place) = place {
                    seconds[place] += inside.seconds(exposure.from, until);
                }
            }
            bars.push(Bar { from, seconds });
            from = next;
        }
        Some(Calendar { step, bars })
    }

    /// The most seconds that a bar holds.
    pub fn most(&self) -> i64 {
        self.bars.iter().map(|bar| bar.seconds.iter().sum()).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::exposure::{Began, Ended};
    use crate::audit::testing::{at, november};
    use crate::model::Severity;

    fn exposure(severity: Severity, from: &str, until: Option<&str>) -> Exposure<'static> {
        Exposure {
            flag: "CVE-1",
            key: Key::Security,
            severity,
            environment: "prod",
            versions: vec!["1"],
            began: Began::Found,
            from: at(from),
            accepted: None,
            ended: until.map(|until| Ended { at: at(until), entry: 0, left: true }),
        }
    }

    #[test]
    fn hours_fall_into_their_days() {
        let two = [
            exposure(Severity::High, "2026-11-02T22:00:00Z", Some("2026-11-03T05:00:00Z")),
            exposure(Severity::Critical, "2026-11-03T01:00:00Z", Some("2026-11-03T02:00:00Z")),
        ];
        let calendar = Calendar::of(&two, Key::Security, november()).unwrap();
        assert_eq!((calendar.step, calendar.bars.len()), (Step::Day, 29), "from the first exposure on");
        // Two hours on the 2nd; five and one on the 3rd.
        assert_eq!(calendar.bars[0].seconds, [0, 2 * 3600, 0, 0, 0]);
        assert_eq!(calendar.bars[1].seconds, [3600, 5 * 3600, 0, 0, 0]);
        assert_eq!(calendar.most(), 6 * 3600);
        assert_eq!(Calendar::of(&two, Key::Reliability, november()), None);
    }

    #[test]
    fn weeks_begin_on_monday_and_what_goes_on_is_cut_at_the_end() {
        let period = Period { since: at("2026-09-03"), ..november() };
        let one = [exposure(Severity::Low, "2026-09-01", None)];
        let calendar = Calendar::of(&one, Key::Security, period).unwrap();
        // The 3rd of September is a Thursday: its week begins on the 31st of August, and four days of it count.
        assert_eq!((calendar.step, calendar.bars[0].from), (Step::Week, at("2026-08-31")));
        assert_eq!(calendar.bars[0].seconds[4], 4 * 86_400);
        // The last week begins on the 30th of November, and one day of it is inside.
        assert_eq!(
            calendar.bars.last().map(|bar| (bar.from, bar.seconds[4])),
            Some((at("2026-11-30"), 86_400))
        );
        let years = Period { since: at("2024-01-15"), ..november() };
        let old = [exposure(Severity::Low, "2024-01-15", Some("2024-02-02"))];
        let calendar = Calendar::of(&old, Key::Security, years).unwrap();
        assert_eq!((calendar.step, calendar.bars.len()), (Step::Month, 35));
        assert_eq!((calendar.bars[0].seconds[4], calendar.bars[1].seconds[4]), (17 * 86_400, 86_400));
    }
}
