//! `debian`: `[epoch:]upstream[-revision]`, compared as dpkg does.
//!
//! - The epoch counts first, then the upstream version, then the revision. No epoch is `0`, and no revision
//!   the same as `0`: `2.4` = `0:2.4` = `2.4-0`.
//! - Words and numbers take turns. Numbers sort by size, however long. In words `~` comes before everything,
//!   even the end (`2.4~rc1 < 2.4`), letters before all other characters, and the alphabet is ASCII's.
//! - A version begins with a digit, as Debian's policy has it. dpkg only warns and goes on: here `v2.4` and
//!   `latest` have no place, since all that dpkg could say of them is that they are newer than any number.

use super::number::{Number, digits_len};

/// A Debian version. The derived order is dpkg's: `1.0~rc1-1 < 1.0-1~bpo12+1 < 1.0-1 < 1:0.1-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Debian {
    epoch: i32,
    upstream: Box<[Token]>,
    revision: Box<[Token]>,
}

/// The variants stand in their order. A number where another version has a letter says that the word has
/// ended, so it stands between `~`, which comes before the end, and all that makes a word longer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Token {
    Tilde,
    Number(Number),
    Letter(u8),
    Other(u8),
}

impl Debian {
    /// Reads a version; `None` when it can't be ordered.
    pub(super) fn parse(text: &str) -> Option<Debian> {
        let (epoch, text) = match text.split_once(':') {
            Some((epoch, text)) => (read_epoch(epoch)?, text),
            None => (0, text),
        };
        let (upstream, revision) = match text.rsplit_once('-') {
            Some((_, "")) => return None,
            Some(split) => split,
            None => (text, ""),
        };
        let sound =
            digits_len(upstream) > 0 && is_made_of(upstream, b".-+~:") && is_made_of(revision, b".+~");
        sound.then(|| Debian { epoch, upstream: tokens(upstream), revision: tokens(revision) })
    }

    /// Whether the upstream version is one: a `~` in the revision tells of a rebuild for an older system
    /// (`2.4.1-1~bpo12+1`).
    pub(super) fn is_prerelease(&self) -> bool {
        self.upstream.contains(&Token::Tilde)
    }
}

/// dpkg takes no larger one than `INT_MAX`.
fn read_epoch(digits: &str) -> Option<i32> {
    (digits_len(digits) == digits.len()).then(|| digits.parse().ok()).flatten()
}

fn is_made_of(text: &str, others: &[u8]) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

/// The text in turns of a word, which may be empty at the start, and a number, which is 0 where there is none.
///
/// Behind its end a text goes on as with empty words and zeros. Two of these at its end say so: one alone
/// would make `1.` the beginning of `1.0~`, which comes before it.
fn tokens(text: &str) -> Box<[Token]> {
    let mut tokens = Vec::with_capacity(text.len() + 2);
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.bytes().take_while(|byte| !byte.is_ascii_digit());
        tokens.extend(word.map(Token::of));
        rest = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
        let (digits, behind) = rest.split_at(digits_len(rest));
        tokens.push(Token::Number(Number::new(digits)));
        rest = behind;
    }
    tokens.pop_if(|last| *last == Token::Number(Number::ZERO));
    tokens.extend([Token::Number(Number::ZERO), Token::Number(Number::ZERO)]);
    tokens.into()
}

impl Token {
    fn of(byte: u8) -> Token {
        match byte {
            b'~' => Token::Tilde,
            byte if byte.is_ascii_alphabetic() => Token::Letter(byte),
            byte => Token::Other(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::tables::{self, Row};

    fn read(text: &str) -> Debian {
        Debian::parse(text).unwrap_or_else(|| panic!("{text:?} has a place"))
    }

    #[test]
    fn agrees_with_dpkg() {
        for Row { a, b, order } in tables::read(include_str!("tables/debian.tsv"), 3_000) {
            assert_eq!(read(a).cmp(&read(b)), order, "{a} {b}");
            assert_eq!(read(a) == read(b), order.is_eq(), "{a} {b}");
        }
    }

    #[test]
    fn refuses_what_dpkg_does() {
        for text in tables::refused(include_str!("tables/debian.tsv"), 400) {
            assert_eq!(Debian::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn equal_precedence() {
        for (a, b) in [
            ("2.4", "0:2.4"),
            ("2.4", "2.4-0"),
            ("2.4-0", "2.4-00"),
            ("2.4.0", "2.4."),
            ("2.04", "2.4"),
            ("001:2.4", "1:2.4"),
            ("1.0a", "1.0a0"),
        ] {
            assert_eq!(read(a), read(b), "{a} = {b}");
        }
    }

    #[test]
    fn ascends() {
        let nines = "9".repeat(100);
        let huge = format!("1{}", "0".repeat(100));
        let ascending = [
            "0~~",
            "0~",
            "0",
            "1.0~~-1",
            "1.0~rc1-1",
            "1.0~rc1-1.1",
            "1.0~rc10-1",
            "1.0",
            "1.0-1~bpo12+1",
            "1.0-1",
            "1.0-1ubuntu1",
            "1.0-1+b1",
            "1.0-1.1",
            "1.0-10",
            "1.0A-1",
            "1.0a-1",
            "1.0a.1",
            "1.0+dfsg-1",
            "1.0-1-1",
            "1.0.1",
            "1.10",
            &nines,
            &huge,
            "1:0.1",
            "1:0.1:2",
            "10:0.1",
        ];
        for pair in ascending.windows(2) {
            assert!(read(pair[0]) < read(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn refuses_what_cannot_be_ordered() {
        for text in [
            "",
            "-1",
            "1-",
            "1.0-",
            "1:",
            ":1",
            "1:-1",
            "a:1",
            "-1:1",
            "+1:1",
            "2147483648:1",
            "99999999999999999999:1",
            "v2.4",
            "latest",
            "~1",
            ".1",
            "1_0",
            "1 0",
            "1.0-1_2",
            "1.0-1:2",
            "1^2",
            "1/2",
            "1.ß",
            "١",
        ] {
            assert_eq!(Debian::parse(text), None, "{text:?}");
        }
        assert!(Debian::parse("2147483647:1").is_some());
    }

    #[test]
    fn knows_prereleases() {
        assert!(read("1:2.0~rc1-1").is_prerelease());
        assert!(!read("1:2.0-1~bpo11+1").is_prerelease());
    }
}
