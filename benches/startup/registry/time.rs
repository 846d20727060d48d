//! Times as the format writes them, counted from one fixed day: nothing here looks at the clock.

use chrono::DateTime;

/// 2026-11-12T00:00:00Z, the day of every service's newest release.
const NEWEST: i64 = 1_794_441_600;
const HOUR: i64 = 3_600;

/// So many days before the newest release, at that hour.
pub fn before(days: usize, hour: usize) -> String {
    write(days, hour, "%Y-%m-%dT%H:%M:%SZ")
}

/// The month of that day: `2026-11`.
pub fn month_before(days: usize) -> String {
    write(days, 0, "%Y-%m")
}

fn write(days: usize, hour: usize, pattern: &str) -> String {
    let seconds = NEWEST - days as i64 * 24 * HOUR + hour as i64 * HOUR;
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().format(pattern).to_string()
}
