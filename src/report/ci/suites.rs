//! JUnit's XML: suites of tests, by file. What the tests are is said by whoever has some.
//!
//! One character that XML forbids would make the whole file unreadable, so all text goes through `escaped`.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::plain;

/// One test.
pub(in crate::report) struct Test {
    /// What a viewer groups by.
    pub class: String,
    /// Its name.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a test.
pub(in crate::report) enum Outcome {
    /// It passed.
    Passed,
    /// It passed, and something is to be said.
    Noted(String),
    /// It failed: a word, a sentence, and more of it.
    Failed(&'static str, String, String),
    /// It could not be told: the same.
    Unjudged(&'static str, String, String),
}

/// Writes suites of tests; the key is their file, none for [`NO_FILE`].
pub(in crate::report) fn suites(of: &str, suites: &BTreeMap<&str, Vec<Test>>) -> String {
    let tests = || suites.values().flatten();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!("<testsuites name=\"{of}\" {}>\n", counts(tests())));
    let mut seen = BTreeSet::new();
    for (file, tests) in suites {
        out.push_str(&suite(file, tests, &mut seen));
    }
    out.push_str("</testsuites>\n");
    out
}

/// What stands for a file where a test has none.
pub(in crate::report) const NO_FILE: &str = "moves";

fn counts<'t>(tests: impl Iterator<Item = &'t Test> + Clone) -> String {
    let count = |of: fn(&Outcome) -> bool| tests.clone().filter(|test| of(&test.outcome)).count();
    let failures = count(|outcome| matches!(outcome, Outcome::Failed(..)));
    let errors = count(|outcome| matches!(outcome, Outcome::Unjudged(..)));
    format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\"", tests.clone().count())
}

fn suite(file: &str, tests: &[Test], seen: &mut BTreeSet<(String, String)>) -> String {
    let name = escaped(file);
    let place = if file == NO_FILE { String::new() } else { format!(" file=\"{name}\"") };
    let head = format!("  <testsuite name=\"{name}\" {}{place}>\n", counts(tests.iter()));
    let body: String = tests.iter().map(|test| test.write(seen)).collect();
    format!("{head}{body}  </testsuite>\n")
}

impl Test {
    /// Of several tests of one class and name only the first would be counted, so each gets its own.
    fn write(&self, seen: &mut BTreeSet<(String, String)>) -> String {
        let mut name = escaped(&self.name);
        let class = escaped(&self.class);
        let mut number = 2;
        while !seen.insert((class.clone(), name.clone())) {
            name = format!("{} ({number})", escaped(&self.name));
            number += 1;
        }
        let head = format!("    <testcase classname=\"{class}\" name=\"{name}\"");
        match self.outcome.write() {
            None => format!("{head}/>\n"),
            Some(outcome) => format!("{head}>\n      {outcome}\n    </testcase>\n"),
        }
    }
}

impl Outcome {
    fn write(&self) -> Option<String> {
        let element = |name: &str, word: &str, message: &str, body: &str| {
            let (message, body) = (escaped(message), lines(body));
            format!("<{name} type=\"{word}\" message=\"{message}\">{body}</{name}>")
        };
        Some(match self {
            Outcome::Passed => return None,
            Outcome::Noted(text) => format!("<system-out>{}</system-out>", lines(text)),
            Outcome::Failed(word, message, body) => element("failure", word, message, body),
            Outcome::Unjudged(word, message, body) => element("error", word, message, body),
        })
    }
}

fn lines(text: &str) -> String {
    text.split('\n').map(escaped).collect::<Vec<_>>().join("\n")
}

/// Text for XML, in a value or between elements: what can't be seen is taken out, markup is escaped.
fn escaped(text: &str) -> String {
    let text = plain(text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Characters that aren't any, and that XML has no place for.
            '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_makes_the_file_unreadable() {
        let wild = "<a>&\"'\u{0}\u{1b}[2J\u{b}\u{fffe}\u{ffff}\u{d}\n]]> --> \u{202e}x";
        assert_eq!(escaped(wild), "&lt;a&gt;&amp;&quot;'[2J  ]]&gt; --&gt; x");
    }
}
