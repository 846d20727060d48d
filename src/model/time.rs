//! Instants and periods. All times are UTC.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, Utc};

/// An instant, UTC.
pub type Time = DateTime<Utc>;

/// Why a text is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no time")]
pub struct TimeError;

/// Reads RFC 3339 with an offset, or a date (its first instant, 00:00Z).
///
/// # Errors
/// Anything else, a local time without an offset among it: which instant it means would be a guess.
pub fn parse_time(text: &str) -> Result<Time, TimeError> {
    // Years of more digits, which chrono would take, are outside RFC 3339, and adding to them can overflow.
    if !text.as_bytes().iter().take(4).all(u8::is_ascii_digit) || text.as_bytes().get(4) != Some(&b'-') {
        return Err(TimeError);
    }
    if let Ok(date) = text.parse::<NaiveDate>() {
        return date.and_hms_opt(0, 0, 0).map(|time| time.and_utc()).ok_or(TimeError);
    }
    DateTime::parse_from_rfc3339(text).map(|time| time.to_utc()).map_err(|_| TimeError)
}

/// Writes an instant as RFC 3339 in UTC, to the second: `2026-11-22T03:00:00Z`.
pub fn format_time(time: Time) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Writes until when something goes on, given the first instant at which it doesn't: the last day where it ends
/// with one, as a date in `until` does; else the instant.
pub fn format_until(end: Time) -> String {
    let last = end.checked_sub_signed(TimeDelta::nanoseconds(1)).filter(|_| end.time() == NaiveTime::MIN);
    last.map_or_else(|| format_time(end), |last| last.date_naive().to_string())
}

/// A period such as `30d`, `72h`, `15m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window(TimeDelta);

/// How far clocks may be apart before it is worth a word.
pub const CLOCK_TOLERANCE: Window = Window::minutes(10);

/// The longest period that makes sense here: a hundred years.
const LONGEST_DAYS: i64 = 36_525;

impl Window {
    /// A period of whole days.
    pub const fn days(days: i64) -> Window {
        Window(TimeDelta::days(days))
    }

    /// A period of whole hours.
    pub const fn hours(hours: i64) -> Window {
        Window(TimeDelta::hours(hours))
    }

    /// A period of whole minutes.
    pub const fn minutes(minutes: i64) -> Window {
        Window(TimeDelta::minutes(minutes))
    }

    /// Reads a whole number and a unit: `m` minutes, `h` hours, `d` days, `w` weeks.
    ///
    /// None for anything else, for nothing at all (`0d`) and for over a hundred years.
    pub fn parse(text: &str) -> Option<Window> {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        let minutes = match unit {
            "m" => 1,
            "h" => 60,
            "d" => 24 * 60,
            "w" => 7 * 24 * 60,
            _ => return None,
        };
        let minutes = number.parse::<i64>().ok()?.checked_mul(minutes)?;
        (1..=LONGEST_DAYS * 24 * 60).contains(&minutes).then(|| Window::minutes(minutes))
    }

    /// The length.
    pub fn length(self) -> TimeDelta {
        self.0
    }

    /// The instant at which a period began that is over at `end`.
    pub fn before(self, end: Time) -> Time {
        end.checked_sub_signed(self.0).unwrap_or(Time::MIN_UTC)
    }

    /// The instant at which a period that began at `start` is over.
    pub fn after(self, start: Time) -> Time {
        start.checked_add_signed(self.0).unwrap_or(Time::MAX_UTC)
    }
}

/// As people would write it: `90d`, `72h`, `15m`. Up to three days are told in hours.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0.num_minutes();
        let (count, unit) = match minutes {
            _ if minutes % (24 * 60) == 0 && minutes > 3 * 24 * 60 => (minutes / (24 * 60), 'd'),
            _ if minutes % 60 == 0 => (minutes / 60, 'h'),
            _ => (minutes, 'm'),
        };
        f.pad(&format!("{count}{unit}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_need_an_offset_or_are_dates() {
        let at = |text| parse_time(text).map(format_time);
        assert_eq!(at("2026-11-22T04:05:06+01:00").unwrap(), "2026-11-22T03:05:06Z");
        assert_eq!(at("2026-11-22").unwrap(), "2026-11-22T00:00:00Z");
        for wrong in [
            "",
            "2026-11-22T03:05:06",
            "2026-13-01",
            "2026-02-30",
            "now",
            "22.11.2026",
            "+262142-12-31",
            "-1-01-01",
            "12026-01-01",
        ] {
            assert_eq!(parse_time(wrong), Err(TimeError), "{wrong}");
        }
    }

    #[test]
    fn an_end_is_its_last_day_where_it_ends_with_one() {
        let until = |text| format_until(parse_time(text).unwrap());
        assert_eq!(until("2026-11-26"), "2026-11-25");
        assert_eq!(until("2026-11-26T01:00:00+01:00"), "2026-11-25");
        assert_eq!(until("2026-11-26T00:00:01Z"), "2026-11-26T00:00:01Z");
        assert_eq!(format_until(Time::MIN_UTC), format_time(Time::MIN_UTC));
    }

    #[test]
    fn windows_are_a_number_and_a_unit() {
        assert_eq!(Window::parse("30d"), Some(Window::days(30)));
        assert_eq!(Window::parse("72h"), Some(Window::days(3)));
        assert_eq!(Window::parse("2w"), Some(Window::days(14)));
        for text in ["30d", "72h", "24h", "15m", "90m"] {
            assert_eq!(Window::parse(text).unwrap().to_string(), text);
        }
        for wrong in ["", "d", "30", "30 d", "-1d", "0d", "1y", "99999999999999999999d", "40000d"] {
            assert_eq!(Window::parse(wrong), None, "{wrong}");
        }
    }
}
