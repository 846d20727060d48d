//! What is written about reasons: their keys and levels in words, and every word that holdpoint documents.
//!
//! `docs/reasons.md` and `explain` say the same, for both are made from here.
//! What a layout needs of a word it asks [`Documented`] for, so that new kinds of words touch this file only.

use crate::judge::Code;
use crate::lint::{LINTS, Lint};
use crate::model::{Condition, Owner, Rule};
use crate::registry::wording::nearest;
use crate::report::conditions;

/// A word that reports say and that has a documentation of its own.
///
/// Whatever gets such words later becomes a variant here: then `explain` knows it, and suggests it.
#[derive(Debug, Clone, Copy)]
pub enum Documented {
    /// The code of a reason.
    Reason(Code),
    /// A warning of `lint`.
    Lint(&'static Lint),
}

impl Documented {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Documented> {
        let lints = LINTS.iter().copied().map(Documented::Lint);
        Code::ALL.into_iter().map(Documented::Reason).chain(lints)
    }

    /// The one with this word; case doesn't count, nor does `_` in the place of `-`.
    pub fn of(word: &str) -> Option<Documented> {
        let word = word.to_ascii_lowercase().replace('_', "-");
        Documented::all().find(|documented| documented.word() == word)
    }

    /// The word that is most likely meant by a misspelt one.
    pub fn nearest(word: &str) -> Option<&'static str> {
        nearest(word, Documented::all().map(Documented::word))
    }

    /// What it is a word for.
    pub fn kind(self) -> &'static str {
        match self {
            Documented::Reason(_) => "reason",
            Documented::Lint(_) => "lint",
        }
    }

    /// The code, where it is that of a reason: only such a word has a key, cases and levels.
    pub fn code(self) -> Option<Code> {
        match self {
            Documented::Reason(code) => Some(code),
            Documented::Lint(_) => None,
        }
    }

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Documented::Reason(code) => code.word(),
            Documented::Lint(lint) => lint.word,
        }
    }

    /// What it means and what to do.
    pub fn documentation(self) -> &'static str {
        match self {
            Documented::Reason(code) => code.documentation(),
            Documented::Lint(lint) => lint.documentation,
        }
    }
}

/// One of the levels that a reason can have by some rules, first match first.
#[derive(Debug, Clone, Copy)]
pub struct LevelOf<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// Whether it takes what the rules before it leave.
    pub rest: bool,
}

/// Whose business a reason is.
pub fn key(code: Code) -> &'static str {
    code.owner().map_or("the flag's", Owner::word)
}

/// The rules that speak of a reason, in their order: those that name it, and those that name none and could
/// match it.
pub fn levels(code: Code, rules: &[Rule]) -> Vec<LevelOf<'_>> {
    let level = |(index, rule)| LevelOf { rule, rest: index > 0 };
    rules.iter().filter(|rule| speaks_of(&rule.when, code)).enumerate().map(level).collect()
}

fn speaks_of(when: &Condition, code: Code) -> bool {
    let named = |list: &[Box<str>], words: &[&str]| {
        list.is_empty() || list.iter().any(|word| words.contains(&&**word))
    };
    let of_key = when.key.is_empty() || code.owner().is_none_or(|owner| when.key.contains(&owner));
    named(&when.reason, &[code.word()]) && named(&when.case, code.cases()) && of_key
}

impl LevelOf<'_> {
    /// When it is so: `when the flag is exploited`, `else`; nothing when it always is.
    pub fn when(&self) -> String {
        let words = conditions::words(&self.rule.when);
        if words.is_empty() && self.rest { "else".into() } else { words.join(" and ") }
    }

    /// Who signs and when it is so, without the level.
    pub fn without_level(&self) -> String {
        let signers = conditions::signers(self.rule).trim_start_matches(", ").to_owned();
        let any = if self.rule.when.reason.is_empty() { "any reason" } else { "" };
        let parts = [any.to_owned(), self.when(), signers].into_iter().filter(|part| !part.is_empty());
        let parts = parts.collect::<Vec<_>>().join(", ");
        if parts.is_empty() { "always".into() } else { parts }
    }

    /// The level and when it is so, in a sentence: `block when the flag is exploited`, `else hold`. `level`
    /// puts the level in the style of the page.
    pub fn sentence(&self, level: impl Fn(&str) -> String) -> String {
        let gives = format!("{}{}", level(self.rule.then.word()), conditions::signers(self.rule));
        match &*self.when() {
            "" => gives,
            "else" => format!("else {gives}"),
            when => format!("{gives} {when}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_however_they_are_written_and_no_two_are_alike() {
        let code = |word| Documented::of(word).and_then(Documented::code);
        assert_eq!(code("Advisory_Reopened"), Some(Code::AdvisoryReopened));
        assert_eq!(code("advisory-reopend"), None);
        assert_eq!(Documented::nearest("advisory-reopend"), Some("advisory-reopened"));
        let rules = crate::registry::shipped();
        for code in Code::ALL {
            assert!(!levels(code, &rules).is_empty(), "{code:?}");
        }
        let mut words: Vec<&str> = Documented::all().map(Documented::word).collect();
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }
}
