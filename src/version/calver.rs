//! `calver`: dotted integers of any length and size, with an optional pre-release suffix.
//!
//! - Leading zeros and trailing zero parts don't matter: `2024.01` = `2024.1` = `2024.1.0`.
//! - What follows the integers, when it begins with a letter or with one of `. - _ ~` and a letter, is a
//!   pre-release, whatever its words: `2024.1-rc1`, `2024.1rc1` and `2024.1.dev3` come before `2024.1`. Its
//!   words sort by the alphabet, ignoring case; its numbers by size; its separators only separate.
//! - A separator followed by a digit (`2024-01-15`, `2024.1-1`) can't be ordered: some write a date so, some
//!   a rebuild that comes *after*, and a wrong guess would call an affected release clean.

use super::number::{Number, digits_len};

/// A calendar version without its build metadata: what precedence compares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Calver {
    /// Without trailing zeros, so that the derived order reads missing parts as zero.
    numbers: Vec<Number>,
    stage: Stage,
}

/// The variants stand in their order: a pre-release comes before the release it leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Stage {
    Pre(Vec<Segment>),
    Final,
}

/// As in semver, a number sorts before a word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Segment {
    Number(Number),
    Word(Box<str>),
}

impl Calver {
    /// Reads a version; `None` when it can't be ordered.
    pub(super) fn parse(text: &str) -> Option<Calver> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let text = match text.split_once('+') {
            Some((text, build)) => fields(build).map(|_| text)?,
            None => text,
        };
        let (integers, suffix) = text.split_at(integers_end(text)?);
        let mut numbers: Vec<Number> = integers.split('.').map(Number::new).collect();
        while numbers.last() == Some(&Number::ZERO) {
            numbers.pop();
        }
        Some(Calver { numbers, stage: Stage::parse(suffix)? })
    }

    pub(super) fn is_prerelease(&self) -> bool {
        self.stage != Stage::Final
    }

    /// `0a`: no numbers, and the least word that a suffix can be.
    pub(super) fn is_lowest(&self) -> bool {
        self.numbers.is_empty()
            && matches!(&self.stage, Stage::Pre(words) if *words == [Segment::Word("a".into())])
    }
}

impl Stage {
    fn parse(suffix: &str) -> Option<Stage> {
        if suffix.is_empty() {
            return Some(Stage::Final);
        }
        let words = suffix.strip_prefix(is_separator).unwrap_or(suffix);
        if !words.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return None;
        }
        Some(Stage::Pre(fields(words)?.into_iter().flat_map(segments).collect()))
    }
}

/// Where the leading dotted integers end; `None` when there are none.
fn integers_end(text: &str) -> Option<usize> {
    let mut end = None;
    let mut start = 0;
    for part in text.split('.') {
        let digits = digits_len(part);
        if digits > 0 {
            end = Some(start + digits);
        }
        if digits < part.len() || digits == 0 {
            break;
        }
        start += part.len() + 1;
    }
    end
}

fn is_separator(c: char) -> bool {
    matches!(c, '.' | '-' | '_' | '~')
}

/// The letters and digits between separators; `None` when two of these meet, or anything else stands there.
fn fields(text: &str) -> Option<Vec<&str>> {
    let fields: Vec<&str> = text.split(is_separator).collect();
    let plain = |field: &&str| !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fields.iter().all(plain).then_some(fields)
}

/// The runs of digits and of letters in one field.
fn segments(field: &str) -> Vec<Segment> {
    field
        .as_bytes()
        .chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit())
        .map(String::from_utf8_lossy)
        .map(|run| match digits_len(&run) {
            0 => Segment::Word(run.to_ascii_lowercase().into()),
            _ => Segment::Number(Number::new(&run)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Calver {
        Calver::parse(text).unwrap_or_else(|| panic!("{text:?} has a place"))
    }

    #[test]
    fn equal_precedence() {
        for (a, b) in [
            ("2024.01", "2024.1"),
            ("2024.1", "2024.1.0"),
            ("2024.1", "v2024.1.0.0"),
            ("0", "0.0"),
            ("20240115", "020240115"),
            ("099999999999999999999", "99999999999999999999"),
            ("2024.1+build-5", "2024.1"),
            ("2024.1-rc1", "2024.1rc1"),
            ("2024.1-rc1", "2024.1.0.RC.01"),
            ("2024.1~rc1", "2024.1_rc1+x"),
        ] {
            assert_eq!(read(a), read(b), "{a} = {b}");
        }
    }

    #[test]
    fn ascends() {
        let ascending = [
            "0rc",
            "0",
            "0.0.1",
            "2023.12.31",
            "2024-rc1",
            "2024",
            "2024.0.1",
            "2024.1a",
            "2024.1a1",
            "2024.1a1.1",
            "2024.1a1b",
            "2024.1a2",
            "2024.1a10",
            "2024.1-beta.2",
            "2024.1-beta.21",
            "2024.1.dev3",
            "2024.1-rc",
            "2024.1rc1",
            "2024.1RC2",
            "2024.1-rc99999999999999999999",
            "2024.1",
            "2024.1.1-rc1",
            "2024.1.1",
            "2024.2",
            "2024.10",
            "18446744073709551615",
            "18446744073709551616",
            "99999999999999999999",
            "100000000000000000000",
        ];
        for pair in ascending.windows(2) {
            assert!(read(pair[0]) < read(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn refuses_what_cannot_be_ordered() {
        for text in [
            "",
            "v",
            "V2024",
            "rc1",
            ".1",
            "1.",
            "1..2",
            "2024.1-",
            "2024.1-rc.",
            "2024.1--rc",
            "2024.1+",
            "2024.1+a+b",
            "2024-01-15",
            "2024.1-1",
            "2024.1_1",
            "2024.1 rc1",
            "2024.1rcß",
            "2024/1",
            "-1",
            "+1",
            "٢",
            "2024.1*",
        ] {
            assert_eq!(Calver::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn knows_prereleases() {
        assert!(read("2024.1.dev3").is_prerelease());
        assert!(!read("2024.1+rc1").is_prerelease());
    }
}
