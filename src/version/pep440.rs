//! `pep440`: Python's versions, compared as `packaging.version.Version` does, never as its specifiers do.
//!
//! - `[epoch!]numbers[pre][post][dev][+local]`; a leading `v`, other spellings (`1.0-alpha.1`, `1.0-1` for
//!   `1.0.post1`) and trailing zeros don't matter: `1.0` = `1` = `v1.0.0`.
//! - `1.0.dev1 < 1.0a1 < 1.0b1 < 1.0rc1 < 1.0 < 1.0+local < 1.0.post1`. A local version has a place of its own.
//! - Specifiers say something else: there `<1.0` leaves `1.0rc1` out, and `==1.0` takes `1.0+local` in.
//! - Numbers that the library would cut or mix up (64 bits and more) can't be ordered.

use std::str::FromStr;

use pep440_rs::{LocalSegment, Version};

/// A Python version. Equal are those that `packaging` calls equal, however they are spelt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Pep440(Version);

impl Pep440 {
    /// Reads a version; `None` when it can't be ordered.
    pub(super) fn parse(text: &str) -> Option<Pep440> {
        // The library trims white space, which no version may hold.
        if text.contains(|c: char| c.is_ascii_whitespace()) {
            return None;
        }
        let version = Version::from_str(text).ok()?;
        is_exact(&version).then_some(Pep440(version))
    }

    /// Whether it leads to a later release: an alpha, beta, candidate or development release.
    pub(super) fn is_prerelease(&self) -> bool {
        self.0.any_prerelease()
    }

    /// What it would be without its local part, and without its post-release too.
    pub(super) fn bases(&self) -> Vec<Pep440> {
        let Pep440(version) = self;
        let mut bases = Vec::new();
        if !version.local().is_empty() {
            bases.push(Pep440(version.clone().without_local()));
        }
        if version.post().is_some() {
            let base = Version::new(version.release()).with_epoch(version.epoch()).with_pre(version.pre());
            bases.push(Pep440(base));
        }
        bases
    }

    /// `0.dev0`: no numbers, and the first of all that leads to them.
    pub(super) fn is_lowest(&self) -> bool {
        let Pep440(version) = self;
        let alone = version.epoch() == 0 && version.pre().is_none() && version.post().is_none();
        alone
            && version.dev() == Some(0)
            && version.local().is_empty()
            && version.release().iter().all(|number| *number == 0)
    }
}

/// Whether the library holds every number as written. The largest `dev` of 64 bits stands for none there,
/// and a number in the local part that is larger still becomes a word.
fn is_exact(version: &Version) -> bool {
    let too_large = |segment: &LocalSegment| match segment {
        LocalSegment::String(word) => word.bytes().all(|byte| byte.is_ascii_digit()),
        LocalSegment::Number(_) => false,
    };
    version.dev() != Some(u64::MAX) && !version.local().iter().any(too_large)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::tables::{self, Row};

    fn read(text: &str) -> Pep440 {
        Pep440::parse(text).unwrap_or_else(|| panic!("{text:?} has a place"))
    }

    #[test]
    fn agrees_with_packaging() {
        for Row { a, b, order } in tables::read(include_str!("tables/pep440.tsv"), 3_000) {
            assert_eq!(read(a).cmp(&read(b)), order, "{a} {b}");
            assert_eq!(read(a) == read(b), order.is_eq(), "{a} {b}");
        }
    }

    #[test]
    fn refuses_what_packaging_does() {
        for text in tables::refused(include_str!("tables/pep440.tsv"), 400) {
            assert_eq!(Pep440::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn equal_precedence() {
        for (a, b) in [
            ("1.0", "1"),
            ("1.0", "v1.0.0"),
            ("1.0", "0!1.0"),
            ("01.00", "1.0"),
            ("1.0rc1", "1.0-C.1"),
            ("1.0a", "1.0alpha0"),
            ("1.0-1", "1.0.post1"),
            ("1.0-r4", "1.0.post4"),
            ("1.0.dev", "1.0dev0"),
            ("1.0+AB.1", "1.0+ab-01"),
        ] {
            assert_eq!(read(a), read(b), "{a} = {b}");
        }
    }

    #[test]
    fn ascends() {
        let ascending = [
            "0.dev0",
            "0.dev1",
            "0a0.dev0",
            "0a0",
            "0",
            "1.0.dev456",
            "1.0a1.dev18446744073709551614",
            "1.0a1",
            "1.0a2.dev456",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc2",
            "1.0",
            "1.0+ab",
            "1.0+ab.1",
            "1.0+5",
            "1.0.post456.dev34",
            "1.0.post456",
            "1.0.0.0.1",
            "1.1.dev1",
            "1.10",
            "2024.1",
            "18446744073709551615",
            "1!0.1",
        ];
        for pair in ascending.windows(2) {
            assert!(read(pair[0]) < read(pair[1]), "{pair:?}");
        }
        assert!(ascending.iter().skip(1).all(|text| !read(text).is_lowest()));
        assert!(read("v0.0-dev").is_lowest());
    }

    #[test]
    fn refuses_what_cannot_be_ordered() {
        for text in [
            "",
            "v",
            "latest",
            "1.",
            ".1",
            "1..2",
            "1.0-",
            "1.0+",
            "1.0+a..b",
            "1.0+a+b",
            "1.0-1.1",
            "1.x",
            "1.*",
            "1.0~rc1",
            "1:1.0",
            "!1",
            "1!",
            "1!!2",
            " 1.0",
            "1.0\n",
            "1_0",
            "1.0ß",
            "1.0.poſt1",
            "1.٢",
            "18446744073709551616",
            "1.18446744073709551616",
            "18446744073709551616!1",
            "1.0rc18446744073709551616",
            "1.0a1.dev18446744073709551615",
            "1.0+18446744073709551616",
        ] {
            assert_eq!(Pep440::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn knows_prereleases() {
        for text in ["1.0.dev1", "1.0a1", "1.0b2.post1", "1.0rc1", "1.0.post1.dev2"] {
            assert!(read(text).is_prerelease(), "{text}");
        }
        for text in ["1.0", "1.0.post1", "1.0+rc1", "1.0-1"] {
            assert!(!read(text).is_prerelease(), "{text}");
        }
    }
}
