//! Days of the week and hours of the day in a zone: when a condition on the clock holds, and when that changes.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Timelike, Weekday};

use crate::model::{Time, Zone};

/// The words for the days of the week.
pub const WEEKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The day of the week with this word.
pub fn weekday(word: &str) -> Option<Weekday> {
    let at = WEEKDAYS.iter().position(|known| *known == word)?;
    Weekday::try_from(u8::try_from(at).ok()?).ok()
}

/// The word for a day of the week.
pub fn weekday_word(day: Weekday) -> &'static str {
    WEEKDAYS.get(day.num_days_from_monday() as usize).copied().unwrap_or_default()
}

/// Recurring times: on these days, during these hours, by the clocks of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The days; empty: all.
    pub weekdays: Vec<Weekday>,
    /// The hours; empty: all day. Those over midnight belong to the day on which they begin.
    pub hours: Vec<Hours>,
    /// Whose clocks.
    pub zone: Zone,
}

/// Hours of the day, in minutes: from the first to before the last; over midnight where the last isn't later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    from: u32,
    to: u32,
}

/// The minutes of a day.
const DAY: u32 = 24 * 60;
/// After so many days everything has come once.
const ROUND: u64 = 8;

impl Hours {
    /// Reads `09:00-17:30`, or over midnight `22:00-06:00`; `24:00` is the end of the day.
    ///
    /// None for anything else, and for what begins where it ends.
    pub fn parse(text: &str) -> Option<Hours> {
        let (from, to) = text.split_once('-')?;
        let hours = Hours { from: minute(from)?, to: minute(to)? };
        (hours.from < DAY && hours.to > 0 && hours.from != hours.to).then_some(hours)
    }

    fn is_over_midnight(self) -> bool {
        self.to < self.from
    }
}

/// `HH:MM` as a minute of the day, `24:00` among them.
fn minute(text: &str) -> Option<u32> {
    let (hour, minute) =
        text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2)?;
    let number = |digits: &str| {
        let all = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u32>().ok().filter(|_| all)
    };
    let (hour, minute) = (number(hour)?, number(minute).filter(|minute| *minute < 60)?);
    Some(hour * 60 + minute).filter(|at| *at <= DAY)
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hours { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

impl Calendar {
    /// Whether it is such a time.
    pub fn holds(&self, at: Time) -> bool {
        let local = self.zone.local(at);
        let (today, minute) = (local.weekday(), local.hour() * 60 + local.minute());
        if self.hours.is_empty() {
            return self.has_day(today);
        }
        self.hours.iter().any(|hours| match hours.is_over_midnight() {
            false => (hours.from..hours.to).contains(&minute) && self.has_day(today),
            true => {
                minute >= hours.from && self.has_day(today) || minute < hours.to && self.has_day(today.pred())
            }
        })
    }

    /// Whether it is one of the days, whatever the hour.
    pub fn has_day(&self, day: Weekday) -> bool {
        self.weekdays.is_empty() || self.weekdays.contains(&day)
    }

    /// Whether some of its hours end on the day after the one on which they begin.
    pub fn reaches_over_midnight(&self) -> bool {
        self.hours.iter().any(|hours| hours.is_over_midnight())
    }

    /// The instants within the next eight days at which it begins or ends to hold, after which it comes again.
    pub fn borders(&self, after: Time) -> BTreeSet<Time> {
        let first = self.zone.local(after).date();
        let days = (0..=ROUND + 1).filter_map(|days| first.checked_add_days(Days::new(days)));
        let days: Vec<NaiveDate> = first.pred_opt().into_iter().chain(days).collect();
        let mut times = BTreeSet::new();
        for day in &days {
            for minute in self.minutes() {
                times.extend(self.instants(*day, minute));
            }
        }
        times.extend(days.iter().filter_map(|day| self.shift(*day)));
        let changes = |at: &Time| {
            let before = at.checked_sub_signed(TimeDelta::nanoseconds(1));
            before.is_some_and(|before| self.holds(before) != self.holds(*at))
        };
        times.into_iter().filter(|at| *at > after && changes(at)).collect()
    }

    /// The minutes of the day at which something may change.
    fn minutes(&self) -> BTreeSet<u32> {
        let midnight = self.hours.is_empty().then_some(0);
        let ends = self.hours.iter().flat_map(|hours| [hours.from, hours.to % DAY]);
        midnight.into_iter().chain(ends).collect()
    }

    /// When clocks show this minute: twice where they are put back; where they are put forward over it, some instant
    /// that isn't it.
    fn instants(&self, day: NaiveDate, minute: u32) -> Vec<Time> {
        let time = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap_or_default();
        let shown = day.and_time(time).and_utc();
        let near = |days: i64| shown.checked_add_signed(TimeDelta::days(days)).unwrap_or(shown);
        let offsets = [near(-1), near(1)].map(|at| self.zone.offset(at));
        offsets.into_iter().filter_map(|offset| shown.checked_sub_signed(offset)).collect()
    }

    /// The instant of a day (UTC) at which clocks are put forward or back, to the second.
    fn shift(&self, day: NaiveDate) -> Option<Time> {
        let begin = day.and_time(NaiveTime::MIN).and_utc();
        let at = |second: i64| begin.checked_add_signed(TimeDelta::seconds(second)).unwrap_or(begin);
        let (mut before, mut after) = (0, i64::from(DAY) * 60);
        let old = self.zone.offset(at(before));
        if self.zone.offset(at(after)) == old {
            return None;
        }
        while after - before > 1 {
            let middle = i64::midpoint(before, after);
            if self.zone.offset(at(middle)) == old { before = middle } else { after = middle }
        }
        Some(at(after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{format_time, parse_time};

    fn calendar(days: &[&str], hours: &[&str], zone: &str) -> Calendar {
        Calendar {
            weekdays: days.iter().map(|word| weekday(word).unwrap()).collect(),
            hours: hours.iter().map(|text| Hours::parse(text).unwrap()).collect(),
            zone: Zone::named(zone).unwrap(),
        }
    }

    fn at(text: &str) -> Time {
        parse_time(text).unwrap()
    }

    #[test]
    fn hours_are_two_times_of_a_day() {
        for text in ["09:00-17:30", "22:00-06:00", "00:00-24:00", "18:00-24:00", "23:59-00:01"] {
            assert_eq!(Hours::parse(text).unwrap().to_string(), text);
        }
        for wrong in [
            "",
            "9:00-17:00",
            "09:00",
            "09:00-09:00",
            "24:00-06:00",
            "22:00-00:00",
            "09:60-10:00",
            "25:00-26:00",
            "09:00 - 17:00",
            "09:00-17:00-18:00",
            "+9:00-17:00",
            "24:01-25:00",
        ] {
            assert_eq!(Hours::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn it_holds_by_the_clocks_of_the_zone() {
        let weekend = calendar(&["sat", "sun"], &[], "Europe/Berlin");
        let night = calendar(&["fri"], &["22:00-06:00"], "America/New_York");
        let lunch = calendar(&[], &["12:00-13:00", "18:00-24:00"], "UTC");
        for (calendar, time, holds) in [
            (&weekend, "2026-11-20T22:59:59Z", false),
            (&weekend, "2026-11-20T23:00:00Z", true),
            (&weekend, "2026-11-22T22:59:59Z", true),
            (&weekend, "2026-11-22T23:00:00Z", false),
            (&night, "2026-11-21T02:59:59Z", false),
            (&night, "2026-11-21T03:00:00Z", true),
            (&night, "2026-11-21T10:59:00Z", true),
            (&night, "2026-11-21T11:00:00Z", false),
            (&night, "2026-11-22T04:00:00Z", false),
            (&lunch, "2026-11-22T12:59:59.9Z", true),
            (&lunch, "2026-11-22T13:00:00Z", false),
            (&lunch, "2026-11-22T23:59:59Z", true),
        ] {
            assert_eq!(calendar.holds(at(time)), holds, "{calendar:?} at {time}");
        }
    }

    #[test]
    fn borders_are_where_it_begins_and_ends() {
        let borders = |calendar: &Calendar, after: &str, count: usize| -> Vec<String> {
            calendar.borders(at(after)).into_iter().take(count).map(format_time).collect()
        };
        let weekend = calendar(&["sat", "sun"], &[], "Europe/Berlin");
        // The weekend on which clocks are put back is an hour longer.
        let want = ["2026-10-23T22:00:00Z", "2026-10-25T23:00:00Z"];
        assert_eq!(borders(&weekend, "2026-10-21T00:00:00Z", 9), want);
        // 02:30 isn't shown on the night on which clocks go from 02:00 to 03:00, and twice on the other one.
        let night = calendar(&[], &["02:30-04:00"], "Europe/Berlin");
        let want = ["2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"];
        assert_eq!(borders(&night, "2026-03-29T00:00:00Z", 2), want);
        let want =
            ["2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T03:00:00Z"];
        assert_eq!(borders(&night, "2026-10-25T00:00:00Z", 4), want);
        assert!(calendar(&[], &["00:00-24:00"], "UTC").borders(at("2026-11-22")).is_empty());
        // What ends at midnight and goes on has no border there.
        let all = calendar(&[], &["12:00-24:00", "00:00-06:00"], "UTC");
        assert_eq!(
            borders(&all, "2026-11-22T13:00:00Z", 2),
            ["2026-11-23T06:00:00Z", "2026-11-23T12:00:00Z"]
        );
        assert!(all.borders(Time::MAX_UTC).is_empty() && all.borders(Time::MIN_UTC).len() < 99);
    }

    /// Held against looking at every minute of a week.
    #[test]
    fn no_border_is_missed() {
        for zone in [
            "Europe/Berlin",
            "America/Sao_Paulo",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "America/New_York",
        ] {
            let many = calendar(&["mon", "sun", "wed"], &["00:15-00:45", "01:50-03:10", "23:00-00:30"], zone);
            for start in ["2026-03-28T00:00:00Z", "2026-10-30T17:20:00Z", "2026-04-02T05:00:00Z"] {
                let start = at(start);
                let minutes = (1..7 * 24 * 60).map(|minute| start + TimeDelta::minutes(minute));
                let seen: Vec<Time> =
                    minutes.filter(|at| many.holds(*at) != many.holds(*at - TimeDelta::seconds(1))).collect();
                let told = many.borders(start).into_iter().filter(|at| *at < start + TimeDelta::days(7));
                assert_eq!(told.collect::<Vec<_>>(), seen, "{zone}");
            }
        }
    }
}
