//! Levels of a verdict, the two keys, and the kinds of a move.

use std::fmt;

/// How far a reason, a target or a whole verdict stands in the way.
///
/// Ordered by weight: `Allow < Warn < Hold < Block`. A verdict is the worst level of its reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Level {
    /// Go.
    #[default]
    Allow,
    /// Go, knowing this.
    Warn,
    /// Stop, unless the key's owner team signs for it.
    Hold,
    /// Stop. Can't be signed off.
    Block,
}

impl Level {
    /// All levels, lightest first.
    pub const ALL: [Level; 4] = [Level::Allow, Level::Warn, Level::Hold, Level::Block];

    /// The word in the registry, in JSON and in messages.
    pub fn word(self) -> &'static str {
        match self {
            Level::Allow => "allow",
            Level::Warn => "warn",
            Level::Hold => "hold",
            Level::Block => "block",
        }
    }

    /// Whether a move of this level may go ahead.
    pub fn proceeds(self) -> bool {
        self <= Level::Warn
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One half of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// SRE's half: is it stable, can it be reached?
    Reliability,
    /// Security's half: is it secure?
    Security,
}

impl Key {
    /// Both keys, in the order in which they are always shown.
    pub const ALL: [Key; 2] = [Key::Reliability, Key::Security];

    /// The word in the registry, in JSON and in messages.
    pub fn word(self) -> &'static str {
        match self {
            Key::Reliability => "reliability",
            Key::Security => "security",
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Whose business a reason is, and who may sign for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// One key.
    One(Key),
    /// Both keys; a hold then needs a sign-off of each.
    Both,
}

impl Owner {
    /// The keys it consists of, reliability first.
    pub fn keys(self) -> &'static [Key] {
        match self {
            Owner::One(Key::Reliability) => &[Key::Reliability],
            Owner::One(Key::Security) => &[Key::Security],
            Owner::Both => &Key::ALL,
        }
    }

    /// The word in the registry and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Owner::One(key) => key.word(),
            Owner::Both => "both",
        }
    }
}

/// Which way a move goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MoveKind {
    /// To a release older than what runs.
    Rollback,
    /// To the same release, a newer one, or onto an empty environment.
    Redeploy,
}

impl MoveKind {
    /// The word in the registry, in JSON and in messages.
    pub fn word(self) -> &'static str {
        match self {
            MoveKind::Rollback => "rollback",
            MoveKind::Redeploy => "redeploy",
        }
    }
}

impl fmt::Display for MoveKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
