//! Free text that an act is given: titles, reasons, notes, tickets.
//!
//! One rule for all acts: it is stored exactly as it was said, line breaks and all, and stripped only where it is
//! shown (`model::plain`). What could not be read back, or by nobody, is refused with the reason.

use std::fmt;

use crate::version::is_invisible;

/// The longest text, in characters: more belongs behind a link.
pub const LONGEST: usize = 10_000;

/// A text that can be stored and read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said(Box<str>);

/// Why a text isn't taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaidError {
    /// Nothing is there, or only blanks.
    #[error("it is empty")]
    Empty,
    /// There are only characters that nobody can see.
    #[error("it holds nothing that can be read, only invisible characters")]
    Unseen,
    /// It is longer than [`LONGEST`].
    #[error("it has {0} characters; {LONGEST} are the most: say the gist, and link to the rest")]
    TooLong(usize),
    /// TOML could store it, but the tools around it end a text there.
    #[error("it holds a NUL character, at which many tools would cut it off")]
    Nul,
    /// It is what a printed command has in the place of the words that only a person can find.
    #[error("`{0}` stands there for your own words: put them in its place")]
    Placeholder(Box<str>),
}

impl Said {
    /// Takes a text.
    ///
    /// # Errors
    /// When it is empty or can't be seen, is too long, holds a NUL, or was pasted and not filled in.
    pub fn new(text: &str) -> Result<Said, SaidError> {
        let unseen = |c: char| c.is_whitespace() || c.is_control() || is_invisible(c);
        match text.chars().count() {
            _ if text.trim().is_empty() => Err(SaidError::Empty),
            _ if text.contains('\0') => Err(SaidError::Nul),
            count if count > LONGEST => Err(SaidError::TooLong(count)),
            _ if text.chars().all(unseen) => Err(SaidError::Unseen),
            _ if is_placeholder(text.trim()) => Err(SaidError::Placeholder(text.trim().into())),
            _ => Ok(Said(text.into())),
        }
    }

    /// The text, as it was said.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text is nothing but words in angle brackets, as in the commands that are offered for pasting:
/// `--reason "<why>"`. An address or a link in brackets isn't.
fn is_placeholder(text: &str) -> bool {
    let inside = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let is_word = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'');
    inside.is_some_and(|inside| inside.contains(char::is_alphabetic) && inside.chars().all(is_word))
}

/// Takes a text, for the arguments of a command.
///
/// # Errors
/// As [`Said::new`].
pub fn said(text: &str) -> Result<Said, SaidError> {
    Said::new(text)
}

impl From<Said> for Box<str> {
    fn from(said: Said) -> Box<str> {
        said.0
    }
}

/// As it was said: whoever shows it strips it.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_taken_exactly_as_they_are_said() {
        let longest = "ä".repeat(LONGEST);
        for text in [
            "<https://example.com>",
            "<=2.0.0",
            "a <b> c",
            "<>",
            "p99 x10",
            "two\nlines\r\n",
            " \u{1b}[2J \"q\" 'a' \\",
            "abc\u{202e}def",
            &longest,
        ] {
            assert_eq!(Said::new(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_nobody_could_read_is_refused() {
        for (text, error) in [
            ("", SaidError::Empty),
            (" \n\t", SaidError::Empty),
            ("\u{200b}\u{202e}\u{7} ", SaidError::Unseen),
            ("a\0b", SaidError::Nul),
            (" <what was found> ", SaidError::Placeholder("<what was found>".into())),
            (&"x".repeat(LONGEST + 1), SaidError::TooLong(LONGEST + 1)),
        ] {
            assert_eq!(Said::new(text), Err(error), "{text:?}");
        }
    }
}
