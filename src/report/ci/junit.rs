//! JUnit's XML, as Jenkins and most others read it: a suite for each file, a test for each finding and each move.
//!
//! What stops is a failure, what could not be judged an error; a warning passes and says so, and so does what is
//! signed off. One character that XML forbids would make the whole file unreadable, so all text goes through
//! `escaped`.

use std::collections::{BTreeMap, BTreeSet};

use super::{About, Account, Clear, Finding, Weight};
use crate::gate::Spot;
use crate::report::plain;

/// What stands for a file where a move has none.
const NO_FILE: &str = "moves";

/// One test.
struct Test {
    class: String,
    name: String,
    weight: Option<Weight>,
    message: String,
    body: String,
}

/// Writes the suites, in the order of their files.
pub fn junit(account: &Account) -> String {
    let mut suites: BTreeMap<&str, Vec<Test>> = BTreeMap::new();
    for finding in &account.findings {
        suites.entry(file(finding.spot.as_ref())).or_default().push(Test::of(finding, account.about));
    }
    for clear in &account.clear {
        suites.entry(file(clear.spot.as_ref())).or_default().push(Test::of_clear(clear));
    }
    let tests = || suites.values().flatten();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!("<testsuites name=\"holdpoint {}\" {}>\n", account.about.word(), counts(tests())));
    let mut seen = BTreeSet::new();
    for (file, tests) in &suites {
        out.push_str(&suite(file, tests, &mut seen));
    }
    out.push_str("</testsuites>\n");
    out
}

fn file(spot: Option<&Spot>) -> &str {
    spot.map_or(NO_FILE, |spot| &spot.file)
}

fn counts<'t>(tests: impl Iterator<Item = &'t Test> + Clone) -> String {
    let count = |of: fn(&Test) -> bool| tests.clone().filter(|test| of(test)).count();
    let (failures, errors) = (count(Test::fails), count(Test::errs));
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
    fn of(finding: &Finding, about: About) -> Test {
        let about = if finding.movement.is_empty() { about.thing() } else { &finding.movement };
        Test {
            class: class(finding.service.as_deref(), finding.environment.as_deref()),
            name: format!("{about}: {} {}", finding.rule.word(), finding.subject),
            weight: Some(finding.weight),
            message: finding.message.clone(),
            body: finding.details().join("\n"),
        }
    }

    fn of_clear(clear: &Clear) -> Test {
        Test {
            class: class(Some(&clear.service), clear.environment.as_deref()),
            name: clear.movement.clone(),
            weight: None,
            message: String::new(),
            body: String::new(),
        }
    }

    fn fails(&self) -> bool {
        matches!(self.weight, Some(Weight::Block | Weight::Hold))
    }

    fn errs(&self) -> bool {
        self.weight == Some(Weight::Unjudged)
    }

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
        match self.outcome() {
            None => format!("{head}/>\n"),
            Some(outcome) => format!("{head}>\n      {outcome}\n    </testcase>\n"),
        }
    }

    fn outcome(&self) -> Option<String> {
        let weight = self.weight?;
        let (message, body) = (escaped(&self.message), lines(&self.body));
        Some(match weight {
            Weight::Unjudged => format!("<error type=\"unjudged\" message=\"{message}\">{body}</error>"),
            Weight::Hold | Weight::Block => {
                format!("<failure type=\"{}\" message=\"{message}\">{body}</failure>", weight.word())
            }
            _ => format!("<system-out>{}: {message}\n{body}</system-out>", weight.word()),
        })
    }
}

/// The class of a test: what a viewer groups by.
fn class(service: Option<&str>, environment: Option<&str>) -> String {
    let parts = ["holdpoint", service.unwrap_or_default(), environment.unwrap_or_default()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
}

fn lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
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
    use crate::report::Gap;
    use crate::report::ci::testing;

    #[test]
    fn a_stop_fails_a_signed_one_passes_and_what_was_not_judged_is_an_error() {
        let signed = r#"[sign-off.01KAF3]
service = "checkout"
environment = "prod"
to = "2.4.1"
accepts = ["INC-482"]
as = "reliability"
by = "Ann <ann@example.com>"
reason = "r"
at = 2026-11-21T20:00:00Z
expires = 2026-11-23T00:00:00Z
[service.checkout.owner]
reliability = "appsec"
"#;
        let shop = testing::shop("Session fixation", signed);
        let advice = ["2.3.0", "2.4.0"].map(|version| testing::to(&shop, version));
        let found = ["a.yaml", "b.yaml"].map(|file| testing::found(file, "2.3.0"));
        let moves = [0, 1].map(|at| testing::moved(&shop, &advice[at], &found[at]));
        let gap = Gap::unjudged(None, "cart in prod", "no service `cart`", None);
        let text = junit(&Account::of(&testing::gate(&shop, &moves, &[gap])));
        assert!(text.contains("<testsuite name=\"a.yaml\" tests=\""), "{text}");
        assert!(text.contains("<failure type=\"block\" message=\"reopens CVE-2026-31337"), "{text}");
        assert!(
            text.contains("<error type=\"unjudged\" message=\"cart in prod could not be judged"),
            "{text}"
        );
        let clear = "<testcase classname=\"holdpoint.checkout.prod\" name=\"rollback checkout 2.4.1 -&gt; 2.4.0 in prod\"/>";
        assert!(text.contains(clear), "{text}");
    }

    #[test]
    fn equal_tests_get_names_of_their_own() {
        let shop = testing::shop("t", "");
        let advice = testing::to(&shop, "2.4.0");
        let found = testing::found("a.yaml", "2.4.0");
        let moves = [(); 3].map(|()| testing::moved(&shop, &advice, &found));
        let text = junit(&Account::of(&testing::gate(&shop, &moves, &[])));
        let names: BTreeSet<&str> = text.lines().filter(|line| line.contains("<testcase")).collect();
        assert_eq!(names.len(), 3, "{text}");
    }

    #[test]
    fn no_character_makes_the_file_unreadable() {
        let wild = "<a>&\"'\u{0}\u{1b}[2J\u{b}\u{fffe}\u{ffff}\u{d}\n]]> --> \u{202e}x";
        assert_eq!(escaped(wild), "&lt;a&gt;&amp;&quot;'[2J  ]]&gt; --&gt; x");
    }
}
