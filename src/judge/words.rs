//! Small types for the numbers, lists and flags in messages.

use std::fmt;

use chrono::TimeDelta;

use crate::model::{Flag, Version};

/// A flag in a sentence: `CVE-2026-31337 (high 8.1, exploited): session fixation`.
pub struct Weight<'a>(pub &'a Flag);

impl fmt::Display for Weight<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Weight(flag) = self;
        write!(f, "{} ({}", flag.id, flag.severity)?;
        if let Some(score) = flag.score() {
            write!(f, " {score:.1}")?;
        }
        f.write_str(if flag.exploited { ", exploited)" } else { ")" })?;
        write!(f, ": {}", flag.title)
    }
}

/// A period in whole days: `1 day`, `40 days`; below a day in hours.
pub struct Days(pub TimeDelta);

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self.0.num_days() {
            0 => (self.0.num_hours(), "hour"),
            days => (days, "day"),
        };
        write!(f, "{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}

/// Flags by id with the verb: `INC-482 is`, `INC-482 and CVE-1 are`.
pub struct Several<'a>(pub &'a [&'a Flag]);

impl<'a> Several<'a> {
    /// Only the ids: `INC-482 and CVE-1`.
    pub fn ids(flags: &[&'a Flag]) -> String {
        and(flags.iter().map(|flag| flag.id.as_str()))
    }
}

impl fmt::Display for Several<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", Several::ids(self.0), if self.0.len() == 1 { "is" } else { "are" })
    }
}

/// Versions with a verb, in the singular and the plural: `2.4.1 runs`, `2.4.1 and 2.4.0 run`.
pub struct List<'a>(pub &'a [Version], pub &'a str, pub &'a str);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let List(versions, one, many) = self;
        let verb = if versions.len() == 1 { one } else { many };
        write!(f, "{} {verb}", and(versions.iter().map(|version| &*version.text)))
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn and<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let items: Vec<&str> = items.collect();
    match items.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_read_as_a_person_would_say_them() {
        assert_eq!(Days(TimeDelta::days(1)).to_string(), "1 day");
        assert_eq!(Days(TimeDelta::days(40)).to_string(), "40 days");
        assert_eq!(Days(TimeDelta::minutes(90)).to_string(), "1 hour");
        assert_eq!(and(["a", "b", "c"].into_iter()), "a, b and c");
        assert_eq!(and(["a"].into_iter()), "a");
    }
}
