//! Times as these tools write them.

use chrono::{Datelike, SubsecRound};

use crate::model::{Time, parse_time};

/// Reads RFC 3339, or what Go prints of a time: `2026-11-18 14:00:00.123456789 +0000 UTC`.
///
/// Whole seconds; None for anything else, and for Go's time that was never set (year 1).
pub(super) fn time(text: &str) -> Option<Time> {
    let time = parse_time(text).ok().or_else(|| parse_time(&rfc_3339(text)?).ok())?;
    (time.year() > 1970).then(|| time.trunc_subsecs(0))
}

/// `DATE TIME +HHMM ZONE` as RFC 3339.
fn rfc_3339(text: &str) -> Option<String> {
    let mut words = text.split_whitespace();
    let (date, time, offset) = (words.next()?, words.next()?, words.next()?);
    let (hours, minutes) = offset.split_at_checked(3)?;
    Some(format!("{date}T{time}{hours}:{minutes}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::format_time;

    #[test]
    fn both_ways_of_writing_a_time_are_read() {
        for (text, want) in [
            ("2026-11-18T14:00:00Z", Some("2026-11-18T14:00:00Z")),
            ("2026-11-18T15:00:00.987654321+01:00", Some("2026-11-18T14:00:00Z")),
            ("2026-11-18 14:00:00.123456789 +0000 UTC", Some("2026-11-18T14:00:00Z")),
            ("2026-11-18 15:00:00 +0100 CET", Some("2026-11-18T14:00:00Z")),
            ("2026-11-18 09:00:00.1 -0500 -0500", Some("2026-11-18T14:00:00Z")),
            ("0001-01-01T00:00:00Z", None),
            ("0001-01-01 00:00:00 +0000 UTC", None),
            ("Mon Oct  3 10:15:13 2016", None),
            ("2026-11-18 14:00:00 ä0000", None),
            ("", None),
        ] {
            assert_eq!(time(text).map(format_time).as_deref(), want, "{text}");
        }
    }
}
