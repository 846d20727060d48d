//! Placeholders: the closed list of what a template or a step may have filled in.
//!
//! `{service}` is one; `{{service}}` is how its text is written. Braces round anything but a word are left as they
//! are, for commands are full of them. A word that isn't on the list is a mistake, with its place.

use std::ops::Range;

macro_rules! placeholders {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal: $means:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $means] $variant,)*
        }

        impl $name {
            /// All of them, in the order of the documentation.
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// The word between the braces.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// What is filled in.
            pub fn means(self) -> &'static str {
                match self { $($name::$variant => $means,)* }
            }
        }
    };
}

placeholders! {
    /// A word or two in a line.
    Inline {
        Service = "service": "The service.",
        Environment = "environment": "The environment.",
        Tier = "tier": "The service's tier.",
        From = "from": "What runs.",
        To = "to": "Where the playbook goes: what was asked for, else what it recommends.",
        Verdict = "verdict": "The verdict on going there.",
        Incident = "incident": "The incident that it is judged under.",
        ReliabilityTeam = "reliability_team": "The team that owns the reliability key.",
        SecurityTeam = "security_team": "The team that owns the security key.",
        Revision = "revision": "The commit that the registry stands on.",
        AsOf = "as_of": "The moment of the judgement.",
        ValidUntil = "valid_until": "Until when the playbook holds.",
    }
}

placeholders! {
    /// Lines, in the place of a line that holds nothing else.
    Block {
        Recommendation = "recommendation": "What to do, in a sentence, with the verdict.",
        Situation = "situation": "What runs and since when, both keys of it, and what needs attention.",
        Targets = "targets": "Where the service could go, best first, with verdicts and why.",
        Deadlock = "deadlock": "Where there is no safe target: the least bad one, what it takes, a call of both teams.",
        RollForward = "roll_forward": "The way forward: newer releases, and how a fix is checked.",
        SignOffs = "sign_offs": "Who has signed, who must, and the commands for it.",
        Mitigations = "mitigations": "What to put on before anything moves, and for how long it counts.",
        Automation = "automation": "What would put the old version back, to be paused.",
        Barriers = "barriers": "Barriers that are crossed, and how to undo them.",
        Run = "run": "The command that makes the move.",
        Tell = "tell": "Who is told.",
        Verify = "verify": "How to see whether it worked.",
        FollowUp = "follow_up": "What to flag, review and close.",
        Steps = "steps": "The steps that rules put into this phase; without it, they stand at the phase's beginning.",
    }
}

/// What stands between the braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word<'t> {
    /// Filled in within a line.
    Inline(Inline),
    /// Filled in as lines.
    Block(Block),
    /// On no list.
    Unknown(&'t str),
    /// It is to stand there as it is.
    Written(&'t str),
}

impl Word<'_> {
    fn of(text: &str) -> Word<'_> {
        let inline =
            Inline::ALL.iter().find(|inline| inline.word() == text).map(|found| Word::Inline(*found));
        let block = Block::ALL.iter().find(|block| block.word() == text).map(|found| Word::Block(*found));
        inline.or(block).unwrap_or(Word::Unknown(text))
    }
}

/// The placeholders of a text, each with its bytes.
pub fn words(text: &str) -> Vec<(Range<usize>, Word<'_>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|open| at + open) {
        let word = |start: usize| {
            let rest = &text[start..];
            let length = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
            &rest[..length]
        };
        let (twice, once) = (text[open..].starts_with("{{"), word(open + 1));
        let inner = if twice { word(open + 2) } else { once };
        let end = open + 1 + usize::from(twice) + inner.len();
        let closed = text[end..].starts_with(if twice { "}}" } else { "}" });
        if inner.is_empty() || !closed {
            at = open + 1;
            continue;
        }
        at = end + 1 + usize::from(twice);
        let is = if twice { Word::Written(&text[open + 1..at - 1]) } else { Word::of(inner) };
        // A variable of a shell is none of ours: `${HOME}`.
        if !text[..open].ends_with('$') {
            found.push((open..at, is));
        }
    }
    found
}

/// The names of all placeholders.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    Inline::ALL.iter().map(|inline| inline.word()).chain(Block::ALL.iter().map(|block| block.word()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_in_braces_are_placeholders() {
        let text = "{service} {{to}} {srvice} {.items} {} ${home} {To} {steps}{";
        let found: Vec<(&str, Word<'_>)> =
            words(text).into_iter().map(|(at, word)| (&text[at], word)).collect();
        let want = [
            ("{service}", Word::Inline(Inline::Service)),
            ("{{to}}", Word::Written("{to}")),
            ("{srvice}", Word::Unknown("srvice")),
            ("{steps}", Word::Block(Block::Steps)),
        ];
        assert_eq!(found, want);
    }

    #[test]
    fn words_are_unique_and_explained() {
        let all: Vec<&str> = names().collect();
        assert!(all.iter().all(|name| all.iter().filter(|other| *other == name).count() == 1));
        assert!(Inline::ALL.iter().all(|inline| inline.means().ends_with('.')));
        assert!(Block::ALL.iter().all(|block| block.means().ends_with('.')));
    }
}
