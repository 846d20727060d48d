//! Times as TOML has them, turned into instants.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use toml_datetime::{Date, Datetime, Offset};

use crate::model::{Time, parse_time};
use crate::registry::document::Data;
use crate::registry::reader::{Table, Value};

impl Table<'_> {
    /// A moment.
    pub(super) fn time(&self, key: &'static str) -> Option<Time> {
        self.get(key)?.time()
    }

    /// An end: the first instant that is over.
    pub(super) fn until(&self, key: &'static str) -> Option<Time> {
        self.get(key)?.until()
    }
}

impl Value<'_> {
    /// RFC 3339 with an offset, or a date: its first instant.
    pub(super) fn time(self) -> Option<Time> {
        self.moment(TimeDelta::zero())
    }

    /// RFC 3339 with an offset, or a date: the first instant after it.
    pub(super) fn until(self) -> Option<Time> {
        self.moment(TimeDelta::days(1))
    }

    fn moment(self, date_adds: TimeDelta) -> Option<Time> {
        let written = match self.raw() {
            Data::Time(written) => written,
            Data::Text(text) => return self.wrong("a time", Some(instead_of_text(text, self.key))),
            _ => return self.wrong("a time", Some(example(self.key))),
        };
        match written {
            Datetime { date: Some(date), time: None, .. } => self.possible(
                day(date)
                    .and_then(|day| day.and_time(NaiveTime::MIN).and_utc().checked_add_signed(date_adds)),
            ),
            Datetime { date: Some(_), time: Some(_), offset: Some(_) } => self.possible(instant(written)),
            Datetime { date: Some(_), time: Some(_), offset: None } => {
                let message =
                    format!("{} has no offset, so which moment it means would be a guess", self.called());
                self.report_hint(
                    message,
                    format!("write `{written}Z` if it is UTC, else add the offset, as in `+01:00`"),
                );
                None
            }
            _ => {
                self.report_hint(format!("{} has no date", self.called()), example(self.key));
                None
            }
        }
    }

    fn possible(self, time: Option<Time>) -> Option<Time> {
        if time.is_none() {
            self.report_hint(format!("{} is no possible time", self.called()), example(self.key));
        }
        time
    }
}

fn day(date: &Date) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
}

/// An offset date-time. A leap second (`:60`) is kept as such, which is how RFC 3339 texts are read too.
fn instant(written: &Datetime) -> Option<Time> {
    let (date, time) = (written.date?, written.time?);
    let (second, nanosecond) = (time.second.unwrap_or(0), time.nanosecond.unwrap_or(0));
    let leap = u32::from(second == 60);
    let time = NaiveTime::from_hms_nano_opt(
        time.hour.into(),
        time.minute.into(),
        u32::from(second) - leap,
        nanosecond.checked_add(leap * 1_000_000_000)?,
    )?;
    let minutes = match written.offset? {
        Offset::Z => 0,
        Offset::Custom { minutes } => i32::from(minutes),
    };
    let offset = FixedOffset::east_opt(minutes.checked_mul(60)?)?;
    let local = NaiveDateTime::new(day(&date)?, time);
    Some(local.checked_sub_offset(offset)?.and_utc())
}

fn instead_of_text(text: &str, key: &str) -> String {
    match parse_time(text) {
        Ok(_) => format!("write it without quotes: `{key} = {text}`"),
        Err(_) => example(key),
    }
}

fn example(key: &str) -> String {
    format!("write a date or a time with its offset, without quotes: `{key} = 2026-11-22T03:00:00Z`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::format_time;

    #[test]
    fn offsets_and_leap_seconds_are_read_as_in_rfc_3339() {
        for text in [
            "2026-11-22T04:05:06+01:00",
            "2016-12-31T23:59:60Z",
            "0000-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59.999999999-23:59",
        ] {
            let written: Datetime = text.parse().unwrap();
            let expected = parse_time(text).unwrap();
            assert_eq!(instant(&written), Some(expected), "{text}: {}", format_time(expected));
        }
    }
}
