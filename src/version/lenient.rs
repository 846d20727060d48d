//! `semver`, read leniently in what real releases need: a leading `v`, one to three numeric parts.

use semver::{BuildMetadata, Prerelease};

/// A semantic version without its build metadata: what precedence compares.
///
/// The derived order is semver's precedence: the numbers, then the pre-release, where none is the highest:
/// `2.4.0-rc.1 < 2.4.0-rc.2 < 2.4.0 < 2.4.1-0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Lenient {
    numbers: [u64; 3],
    pre: Prerelease,
}

impl Lenient {
    /// Reads a version; `None` when it isn't one, or when a number doesn't fit: then it can't be ordered.
    pub(super) fn parse(text: &str) -> Option<Lenient> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, build) = cut(text, '+');
        let (text, pre) = cut(text, '-');
        build.map(filled).unwrap_or(Some("")).and_then(|build| BuildMetadata::new(build).ok())?;
        let pre = pre.map(filled).unwrap_or(Some("")).and_then(|pre| Prerelease::new(pre).ok())?;
        Some(Lenient { numbers: numbers(text)?, pre })
    }

    pub(super) fn is_prerelease(&self) -> bool {
        !self.pre.is_empty()
    }

    /// `0.0.0-0`: the least numbers, the least pre-release.
    pub(super) fn is_lowest(&self) -> bool {
        self.numbers == [0; 3] && &*self.pre == "0"
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// A `-` or `+` with nothing after it isn't semver, though the crate reads the empty text as "none".
fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn numbers(text: &str) -> Option<[u64; 3]> {
    let mut numbers = [0; 3];
    for (index, part) in text.split('.').enumerate() {
        *numbers.get_mut(index)? = number(part)?;
    }
    Some(numbers)
}

/// By hand where `str::parse` is too kind: it takes `+1` and `01`.
fn number(part: &str) -> Option<u64> {
    let leading_zero = part.len() > 1 && part.starts_with('0');
    let digits = part.bytes().all(|byte| byte.is_ascii_digit());
    (digits && !leading_zero).then(|| part.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_real_releases_need() {
        for (lenient, strict) in [
            ("v2.4.1", "2.4.1"),
            ("2.4", "2.4.0"),
            ("2", "2.0.0"),
            ("v2-rc.1", "2.0.0-rc.1"),
            ("2.4.1+build.5", "2.4.1"),
            ("2.4.1+a-b", "2.4.1"),
            ("2.4.1-rc.1+007", "2.4.1-rc.1"),
        ] {
            assert_eq!(Lenient::parse(lenient).unwrap(), Lenient::parse(strict).unwrap(), "{lenient}");
        }
    }

    #[test]
    fn refuses_what_cannot_be_ordered() {
        for text in [
            "",
            "v",
            "vv1",
            "V1",
            "1.",
            ".1",
            "1..2",
            "1.2.3.4",
            "01",
            "1.02",
            "+1",
            "1.+2",
            "-1",
            "1.x",
            "1.2.3-",
            "1.2.3+",
            "1.2.3-+b",
            "1.2.3-01",
            "1.2.3-a..b",
            "1.2.3-ä",
            "1.2.3+b+c",
            "18446744073709551616",
            " 1",
            "1 ",
            "١.٢",
            "latest",
        ] {
            assert_eq!(Lenient::parse(text), None, "{text:?}");
        }
        assert!(Lenient::parse("18446744073709551615").is_some());
    }

    #[test]
    fn ascends_by_precedence() {
        let ascending = [
            "0-0",
            "0",
            "1.0.0-0",
            "1.0.0-9",
            "1.0.0-10",
            "1-99999999999999999999",
            "1.0.0--",
            "1.0.0-A",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1-0",
            "1.0.1",
            "1.2",
            "1.10",
            "2",
        ];
        for pair in ascending.windows(2) {
            assert!(Lenient::parse(pair[0]).unwrap() < Lenient::parse(pair[1]).unwrap(), "{pair:?}");
        }
    }

    #[test]
    fn knows_prereleases() {
        assert!(Lenient::parse("2-rc.1+b").unwrap().is_prerelease());
        assert!(!Lenient::parse("2+rc-1").unwrap().is_prerelease());
    }
}
