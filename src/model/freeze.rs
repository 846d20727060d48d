//! Change freezes: times at which nothing is to be changed without a word from who owns reliability.

use crate::model::{Condition, Name, Origin, Time};

/// A change freeze.
#[derive(Debug, Clone)]
pub struct Freeze {
    /// Its name, by which it is signed off.
    pub name: Name,
    /// Where, for which moves, on which days and hours. Conditions on reasons have no meaning here.
    pub when: Condition,
    /// The first instant at which it is on.
    pub from: Option<Time>,
    /// The first instant at which it no longer is.
    pub until: Option<Time>,
    /// Why, in words or as an address.
    pub because: Option<Box<str>>,
    /// Where it stands.
    pub origin: Origin,
}

impl Freeze {
    /// Whether it is on at an instant, wherever it concerns.
    pub fn is_on(&self, at: Time) -> bool {
        self.from.is_none_or(|from| from <= at)
            && self.until.is_none_or(|until| at < until)
            && self.when.calendar.as_ref().is_none_or(|calendar| calendar.holds(at))
    }

    /// While it is on: when that ends by itself, as far as that can be seen. None: not soon, or never.
    pub fn ends(&self, at: Time) -> Option<Time> {
        let calendar = self.when.calendar.as_ref();
        let by_calendar = calendar.and_then(|calendar| calendar.borders(at).into_iter().next());
        by_calendar.into_iter().chain(self.until).min()
    }

    /// Whether its time is over for good.
    pub fn is_over(&self, now: Time) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Calendar, Hours, Zone, format_time, parse_time, weekday};

    #[test]
    fn a_freeze_is_on_between_its_days_at_its_hours() {
        let at = |text: &str| parse_time(text).unwrap();
        let nights = Calendar {
            weekdays: ["fri", "sat"].iter().map(|word| weekday(word).unwrap()).collect(),
            hours: vec![Hours::parse("20:00-06:00").unwrap()],
            zone: Zone::named("Europe/Berlin").unwrap(),
        };
        let mut freeze = Freeze {
            name: Name::new("nights").unwrap(),
            when: Condition { calendar: Some(nights), ..Condition::default() },
            from: Some(at("2026-11-14T00:00:00Z")),
            until: Some(at("2026-11-22T00:00:00Z")),
            because: None,
            origin: Origin::default(),
        };
        let ends = |freeze: &Freeze, text| freeze.ends(at(text)).map(format_time).unwrap_or_default();
        for (text, on) in [
            ("2026-11-13T23:59:59Z", false),
            ("2026-11-14T00:00:00Z", true),
            ("2026-11-14T04:59:59Z", true),
            ("2026-11-14T05:00:00Z", false),
            ("2026-11-21T23:59:59Z", true),
            ("2026-11-22T00:00:00Z", false),
        ] {
            assert_eq!(freeze.is_on(at(text)), on, "{text}");
        }
        assert_eq!(ends(&freeze, "2026-11-14T00:00:00Z"), "2026-11-14T05:00:00Z");
        assert_eq!(ends(&freeze, "2026-11-21T23:00:00Z"), "2026-11-22T00:00:00Z");
        assert!(freeze.is_over(at("2026-11-22T00:00:00Z")) && !freeze.is_over(at("2026-11-21T23:59:59Z")));
        freeze.when.calendar = None;
        freeze.until = None;
        assert_eq!(freeze.ends(at("2026-11-14T00:00:00Z")), None);
    }
}
