//! What text a version may be, under any order: what a reader can see and a range can hold.

/// The most characters that a version may have.
const LONGEST: usize = 128;

/// Why a text can't be a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing is there.
    #[error("a version can't be empty")]
    Empty,
    /// More than 128 characters.
    #[error("a version can't have more than {LONGEST} characters (it has {0})")]
    TooLong(usize),
    /// It begins as a comparator or a command-line option would.
    #[error("a version can't begin with `{0}`")]
    Start(char),
    /// A comma would end it inside a range.
    #[error("a version can't hold a comma")]
    Comma,
    /// White space of any kind.
    #[error("a version can't hold white space (U+{:04X})", u32::from(*.0))]
    Whitespace(char),
    /// A control character.
    #[error("a version can't hold control characters (U+{:04X})", u32::from(*.0))]
    Control(char),
    /// An invisible or bidirectional format character: the version would read as another one.
    #[error("a version can't hold invisible characters (U+{:04X})", u32::from(*.0))]
    Invisible(char),
}

/// Whether a text may be a version; if not, why not. Whether it has a place is its scale's business.
pub fn check_text(version: &str) -> Result<(), TextError> {
    let Some(first) = version.chars().next() else { return Err(TextError::Empty) };
    if "<>=*^~!-".contains(first) {
        return Err(TextError::Start(first));
    }
    version.chars().try_for_each(check_char)?;
    match version.chars().count() {
        count if count > LONGEST => Err(TextError::TooLong(count)),
        _ => Ok(()),
    }
}

fn check_char(c: char) -> Result<(), TextError> {
    match c {
        ',' => Err(TextError::Comma),
        c if c.is_whitespace() => Err(TextError::Whitespace(c)),
        c if c.is_control() => Err(TextError::Control(c)),
        c if is_invisible(c) => Err(TextError::Invisible(c)),
        _ => Ok(()),
    }
}

/// Unicode's default-ignorable and format characters (category `Cf`), and two that are drawn as a blank.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_releases_are_called() {
        let longest = "ä".repeat(128);
        for text in ["2.4.1", "v2", "2.4.1-rc.1+b", "1:2.3~rc1", "release/2024-01", "schön", "a<b", &longest]
        {
            assert_eq!(check_text(text), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn says_why_not() {
        let too_long = "1".repeat(129);
        for (text, error) in [
            ("", TextError::Empty),
            (&too_long, TextError::TooLong(129)),
            ("1,2", TextError::Comma),
            ("1 2", TextError::Whitespace(' ')),
            ("1\n", TextError::Whitespace('\n')),
            ("1\u{a0}2", TextError::Whitespace('\u{a0}')),
            ("1\u{2028}", TextError::Whitespace('\u{2028}')),
            ("1\u{1b}[2J", TextError::Control('\u{1b}')),
            ("1\u{9b}2J", TextError::Control('\u{9b}')),
            ("1\u{200b}2", TextError::Invisible('\u{200b}')),
            ("1\u{202e}2", TextError::Invisible('\u{202e}')),
            ("1\u{2066}2", TextError::Invisible('\u{2066}')),
            ("\u{feff}1", TextError::Invisible('\u{feff}')),
            ("1\u{e0041}", TextError::Invisible('\u{e0041}')),
        ] {
            assert_eq!(check_text(text), Err(error), "{text:?}");
        }
        for first in "<>=*^~!-".chars() {
            assert_eq!(check_text(&format!("{first}1")), Err(TextError::Start(first)));
        }
        assert_eq!(
            TextError::Invisible('\u{ad}').to_string(),
            "a version can't hold invisible characters (U+00AD)"
        );
    }
}
