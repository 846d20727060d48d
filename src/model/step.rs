//! Steps: what a rule puts into playbooks.

use crate::model::{Condition, Id, Key, Origin, Owner};

/// The phases of a playbook, in the order in which they are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// What is done before anybody decides: what can't wait.
    Before,
    /// What there is to choose from.
    Decide,
    /// The move.
    Act,
    /// Whether it worked.
    After,
    /// What is left to do in calm hours.
    FollowUp,
}

impl Phase {
    /// All phases, in their order.
    pub const ALL: [Phase; 5] = [Phase::Before, Phase::Decide, Phase::Act, Phase::After, Phase::FollowUp];

    /// Their words, in the same order.
    pub const WORDS: &[&str] = &["before", "decide", "act", "after", "follow-up"];

    /// The word in the registry, in headings of playbooks and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Phase::Before => "before",
            Phase::Decide => "decide",
            Phase::Act => "act",
            Phase::After => "after",
            Phase::FollowUp => "follow-up",
        }
    }

    /// By its word.
    pub fn from_word(word: &str) -> Option<Phase> {
        Phase::ALL.into_iter().find(|phase| phase.word() == word)
    }
}

/// `[[step]]`: where its condition holds, a playbook has it.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name, by which playbooks written by hand say that they have it.
    pub name: Id,
    /// Where it belongs.
    pub when: Condition,
    /// Into which phase.
    pub phase: Phase,
    /// Whose step it is.
    pub owner: Owner,
    /// What to do; placeholders are allowed.
    pub text: Box<str>,
    /// A command for it; placeholders are allowed.
    pub command: Option<Box<str>>,
    /// The key whose sign-off it takes.
    pub requires: Option<Key>,
    /// Its place among the steps of its phase, from 1; None: behind those that have one.
    pub order: Option<u32>,
    /// Where it stands.
    pub origin: Origin,
}

impl Step {
    /// Whether security has a say in it: no playbook may lack it then.
    pub fn is_securitys(&self) -> bool {
        self.owner.keys().contains(&Key::Security)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back() {
        for (phase, word) in Phase::ALL.into_iter().zip(Phase::WORDS) {
            assert_eq!((phase.word(), Phase::from_word(word)), (*word, Some(phase)));
        }
        assert_eq!(Phase::from_word("Act"), None);
    }
}
