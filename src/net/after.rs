//! When a receiver wants to be asked again.

use crate::model::Time;

/// The longest that anybody is believed: a day.
const LONGEST: u64 = 24 * 60 * 60;

/// The seconds of a `Retry-After`: a number, or the time from now until a date.
pub(super) fn seconds(text: &str, now: Time) -> Option<u64> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.parse().unwrap_or(LONGEST).min(LONGEST));
    }
    let date = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    let left = (date.to_utc() - now).num_seconds();
    Some(u64::try_from(left).unwrap_or_default().min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_time;

    #[test]
    fn it_is_a_number_or_a_date() {
        let now = parse_time("2026-11-22T03:05:00Z").unwrap();
        for (text, want) in [
            ("30", Some(30)),
            (" 0 ", Some(0)),
            ("Sun, 22 Nov 2026 03:06:40 GMT", Some(100)),
            ("Sun, 22 Nov 2026 03:00:00 GMT", Some(0)),
            ("99999999999999999999999", Some(LONGEST)),
            ("Fri, 22 Nov 2030 03:06:40 GMT", Some(LONGEST)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(seconds(text, now), want, "{text}");
        }
    }
}
