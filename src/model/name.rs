//! Names of services, environments and teams; ids of flags, sign-offs, debts and incidents.

use std::borrow::Borrow;
use std::fmt;

use crate::model::Time;

/// The name of a service, an environment or a team: `[a-z0-9][a-z0-9._-]*`.
///
/// The narrow alphabet makes a name a safe file name on every system, and the path its index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Box<str>);

/// Why a text is no [`Name`] or no [`Id`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing stands there.
    #[error("is empty")]
    Empty,
    /// Longer than a file name may be.
    #[error("is longer than 128 characters")]
    TooLong,
    /// A character outside the alphabet.
    #[error("holds `{}`, which can't stand in a name", .0.escape_default())]
    Character(char),
    /// Begins with a dot, a dash or an underscore where that is not allowed.
    #[error("begins with `{0}`")]
    Start(char),
}

/// The longest name or id, in characters; below every file system's limit with `.toml` added.
const LONGEST: usize = 128;

impl Name {
    /// Takes `text` as a name.
    ///
    /// # Errors
    /// When it doesn't match `[a-z0-9][a-z0-9._-]*`, or is longer than 128 characters.
    pub fn new(text: &str) -> Result<Name, NameError> {
        check(text, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-'))?;
        match text.chars().next() {
            Some(first @ ('.' | '_' | '-')) => Err(NameError::Start(first)),
            _ => Ok(Name(text.into())),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id of a flag, sign-off, debt or incident: `[A-Za-z0-9._-]+`.
///
/// Ids that differ only in case are the same id to the loader, since some file systems think so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Box<str>);

impl Id {
    /// Takes `text` as an id.
    ///
    /// # Errors
    /// When it doesn't match `[A-Za-z0-9._-]+`, begins with a dot (its file would be a dotfile, which
    /// nothing reads), or is longer than 128 characters.
    pub fn new(text: &str) -> Result<Id, NameError> {
        check(text, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))?;
        if text.starts_with('.') { Err(NameError::Start('.')) } else { Ok(Id(text.into())) }
    }

    /// A new id: a ULID of an instant and of the low 80 of these random bits. Later ones sort behind earlier ones.
    pub fn ulid(now: Time, random: u128) -> Id {
        let milliseconds = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        Id(ulid::Ulid::from_parts(milliseconds, random).to_string().into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check(text: &str, allowed: impl Fn(char) -> bool) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if let Some(wrong) = text.chars().find(|&c| !allowed(c)) {
        return Err(NameError::Character(wrong));
    }
    if text.len() > LONGEST { Err(NameError::TooLong) } else { Ok(()) }
}

macro_rules! as_text {
    ($($kind:ty),*) => {$(
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl Borrow<str> for $kind {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )*};
}
as_text!(Name, Id);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_to_their_alphabet() {
        for good in ["checkout", "a", "0", "prod-eu", "a.b_c-d"] {
            assert_eq!(Name::new(good).unwrap().as_str(), good);
        }
        assert_eq!(Name::new(""), Err(NameError::Empty));
        assert_eq!(Name::new("Checkout"), Err(NameError::Character('C')));
        assert_eq!(Name::new("a/b"), Err(NameError::Character('/')));
        assert_eq!(Name::new("-a"), Err(NameError::Start('-')));
        assert_eq!(Name::new(".."), Err(NameError::Start('.')));
        assert_eq!(Name::new(&"a".repeat(129)), Err(NameError::TooLong));
    }

    #[test]
    fn ids_can_not_leave_their_folder_or_hide() {
        for good in ["CVE-2026-31337", "01KAF3", "INC_1.2"] {
            assert_eq!(Id::new(good).unwrap().as_str(), good);
        }
        assert_eq!(Id::new("../x"), Err(NameError::Character('/')));
        assert_eq!(Id::new(".hidden"), Err(NameError::Start('.')));
        assert_eq!(Id::new("a b"), Err(NameError::Character(' ')));
    }
}
