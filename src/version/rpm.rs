//! `rpm`: `[epoch:]version[-release]`, compared as rpm does.
//!
//! - The epoch counts first, then the version, then the release. No epoch is `0`; a version without a release
//!   comes before all its releases: `2.4 < 2.4-1.el9`.
//! - Runs of digits and of letters take turns, whatever separates them: `2.4` = `2_4`. Numbers sort by size,
//!   however long, and after letters. `~` comes before the end (`2.4~rc1 < 2.4`), `^` just after it
//!   (`2.4 < 2.4^git1 < 2.4.1`).
//! - rpm compares anything with anything: a word sorts before all numbers, and what isn't ASCII counts as
//!   nothing. Taken so, a range would call `latest` or `v2.4.1` clean. A version therefore needs a digit,
//!   and has no `v` before it.

use rpm_version::EvrSortKey;

/// The sort key counts the digits of a number in one byte.
const LONGEST: usize = 255;

/// An RPM version. The derived order is rpm's: `1.0~rc1-1 < 1.0-1 < 1.0^git1-1 < 1.0.1-1 < 1:0.1-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Rpm {
    key: EvrSortKey,
    /// Equal keys have it equal, so that it never decides.
    prerelease: bool,
}

impl Rpm {
    /// Reads a version; `None` when it can't be ordered.
    pub(super) fn parse(text: &str) -> Option<Rpm> {
        let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
        let (version, release) = match rest.split_once('-') {
            Some((version, release)) => (version, Some(release)),
            None => (rest, None),
        };
        let sound = is_epoch(epoch) && is_version(version) && release.is_none_or(is_part);
        let read = || Rpm {
            key: EvrSortKey::from_values(epoch, version, release.unwrap_or_default()),
            prerelease: version.contains('~'),
        };
        (sound && text.len() <= LONGEST).then(read)
    }

    /// Whether the version is one; a `~` in the release tells of a rebuild.
    pub(super) fn is_prerelease(&self) -> bool {
        self.prerelease
    }
}

/// rpm holds 32 bits.
fn is_epoch(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u32>().is_ok()
}

fn is_version(text: &str) -> bool {
    let prefixed = text.strip_prefix(['v', 'V']).is_some_and(|rest| rest.starts_with(is_digit));
    is_part(text) && text.contains(is_digit) && !prefixed
}

/// What rpm lets a version or a release be made of.
fn is_part(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+~^".contains(&byte))
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::tables::{self, Row};

    fn read(text: &str) -> Rpm {
        Rpm::parse(text).unwrap_or_else(|| panic!("{text:?} has a place"))
    }

    #[test]
    fn agrees_with_rpm() {
        for Row { a, b, order } in tables::read(include_str!("tables/rpm.tsv"), 3_000) {
            assert_eq!(read(a).cmp(&read(b)), order, "{a} {b}");
            assert_eq!(read(a) == read(b), order.is_eq(), "{a} {b}");
        }
    }

    /// All of `rpmvercmp.at`; what has no digit, isn't ASCII or begins with a separator has no place here.
    #[test]
    fn agrees_with_the_cases_of_rpm_itself() {
        let mut refused = 0;
        for Row { a, b, order } in tables::read(include_str!("tables/rpmvercmp.tsv"), 90) {
            match (Rpm::parse(a), Rpm::parse(b)) {
                (Some(placed_a), Some(placed_b)) => assert_eq!(placed_a.cmp(&placed_b), order, "{a} {b}"),
                _ => {
                    refused += 1;
                    let odd = |text: &str| !text.is_ascii() || !text.contains(is_digit);
                    assert!(odd(a) || odd(b), "{a} {b}");
                }
            }
        }
        assert_eq!(refused, 18);
    }

    #[test]
    fn equal_precedence() {
        for (a, b) in [
            ("2.4", "0:2.4"),
            ("001:2.4", "1:2.4"),
            ("2.4", "2_4"),
            ("2.4", "2..4."),
            ("2.04", "2.4"),
            ("2.4-1.el9", "2.4-01_el9"),
            ("2a", "2.a"),
        ] {
            assert_eq!(read(a), read(b), "{a} = {b}");
        }
    }

    #[test]
    fn ascends() {
        let nines = "9".repeat(100);
        let huge = format!("1{}", "0".repeat(100));
        let ascending = [
            "svn9",
            "svn15878.0",
            "0~~",
            "0~",
            "0",
            "1.0~~",
            "1.0~rc1-1.el9",
            "1.0~rc1^git1",
            "1.0~rc2",
            "1.0",
            "1.0-0.1.rc1",
            "1.0-1~bp1",
            "1.0-1",
            "1.0-1.el8",
            "1.0-1.el9",
            "1.0-1.el10",
            "1.0-2.el9",
            "1.0-10",
            "1.0^git1",
            "1.0^20160101^git1",
            "1.0^20160102",
            "1.0A",
            "1.0a",
            "1.0aa",
            "1.0.1",
            "1.10",
            &nines,
            &huge,
            "1:0.1",
            "10:0.1",
        ];
        for pair in ascending.windows(2) {
            assert!(read(pair[0]) < read(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn refuses_what_cannot_be_ordered() {
        let too_long = "1".repeat(256);
        for text in [
            "",
            "-1",
            "1-",
            "1-2-3",
            "1.0-_",
            "1:",
            ":1",
            "a:1",
            "-1:1",
            "+1:1",
            "1:2:3",
            "4294967296:1",
            "v2.4",
            "V2",
            "latest",
            "nightly-20261101",
            "~1",
            "^1",
            "_1",
            "1 0",
            "1/2",
            "1.%{rel}",
            "1.α",
            "١",
            &too_long,
        ] {
            assert_eq!(Rpm::parse(text), None, "{text:?}");
        }
        assert!(Rpm::parse("4294967295:1").is_some());
    }

    #[test]
    fn knows_prereleases() {
        assert!(read("1:2.0~rc1-1").is_prerelease());
        assert!(!read("1:2.0-1~bp1").is_prerelease());
        assert!(!read("2.0^git1").is_prerelease());
    }
}
