//! Releases as they are written, and the made-up ones of an empty registry.

use chrono::{Days, NaiveDate};

use super::template::escaped;
use crate::import::tags::Release;
use crate::model::{Name, format_time};
use crate::registry::edit::written_key;

/// The example's releases, and how many days ago each was made. Old enough to tell a story, young enough to
/// be offered as targets: 1.0.0 is insecure, 1.2.0 unstable, and 1.1.0 is where both teams meet.
const EXAMPLE: [(&str, u64); 4] = [("1.0.0", 80), ("1.1.0", 50), ("1.2.0", 12), ("1.2.1", 5)];
/// How many days ago the example's flags were recorded.
pub(super) const FLAGGED: u64 = 6;

/// So many days before today.
pub(super) fn day(today: NaiveDate, ago: u64) -> NaiveDate {
    today.checked_sub_days(Days::new(ago)).unwrap_or(today)
}

/// The releases of an example.
pub(super) fn example(today: NaiveDate) -> Vec<Release> {
    let one = |(version, ago): &(&str, u64)| Release {
        version: (*version).to_owned(),
        tag: String::new(),
        released: day(today, *ago).and_hms_opt(0, 0, 0).map(|time| time.and_utc()),
        commit: String::new(),
    };
    EXAMPLE.iter().map(one).collect()
}

/// What ran in the example, each release from the day after it was made until the next one's.
pub(super) fn example_ran(service: &Name, today: NaiveDate) -> String {
    let one = |pair: &[(&str, u64)]| {
        let [(version, since), (next, until)] = pair else { return String::new() };
        let (since, until) = (day(today, since - 1), day(today, until - 1));
        format!(
            "[[service.{key}.ran]]\nenvironment = \"prod\"\nversion = \"{version}\"\nsince = {since}\n\
             until = {until}\nleft_for = \"{next}\"\nkind = \"redeploy\"\n\n",
            key = key(service)
        )
    };
    EXAMPLE.windows(2).map(one).collect()
}

/// A service's name as part of a table's header.
pub(super) fn key(service: &Name) -> String {
    written_key(service.as_str())
}

/// `[[service.NAME.release]]`, one after the other, oldest first.
pub(super) fn written(service: &Name, releases: &[Release]) -> String {
    let mut out = String::with_capacity(releases.len() * 128);
    for release in releases {
        let version = escaped(&release.version);
        out.push_str(&format!("[[service.{}.release]]\nversion = \"{version}\"\n", key(service)));
        if let Some(released) = release.released {
            let at = format_time(released);
            out.push_str(&format!("released = {}\n", at.strip_suffix("T00:00:00Z").unwrap_or(&at)));
        }
        if !release.commit.is_empty() {
            out.push_str(&format!("commit = \"{}\"\n", escaped(&release.commit)));
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}
