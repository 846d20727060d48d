//! JUnit's XML, as Jenkins and most others read it: a suite for each file, a test for each finding and each move.
//!
//! What stops is a failure, what could not be judged an error; a warning passes and says so, and so does what is
//! signed off.

use std::collections::BTreeMap;

use super::suites::{NO_FILE, Outcome, Test, suites};
use super::{About, Account, Clear, Finding, Weight};
use crate::gate::Spot;

/// Writes the suites, in the order of their files.
pub fn junit(account: &Account) -> String {
    let mut by_file: BTreeMap<&str, Vec<Test>> = BTreeMap::new();
    for finding in &account.findings {
        by_file.entry(file(finding.spot.as_ref())).or_default().push(of(finding, account.about));
    }
    for clear in &account.clear {
        by_file.entry(file(clear.spot.as_ref())).or_default().push(of_clear(clear));
    }
    suites(&format!("holdpoint {}", account.about.word()), &by_file)
}

fn file(spot: Option<&Spot>) -> &str {
    spot.map_or(NO_FILE, |spot| &spot.file)
}

fn of(finding: &Finding, about: About) -> Test {
    let about = if finding.movement.is_empty() { about.thing() } else { &finding.movement };
    let (message, body) = (finding.message.clone(), finding.details().join("\n"));
    let word = finding.weight.word();
    Test {
        class: class(finding.service.as_deref(), finding.environment.as_deref()),
        name: format!("{about}: {} {}", finding.rule.word(), finding.subject),
        outcome: match finding.weight {
            Weight::Unjudged => Outcome::Unjudged("unjudged", message, body),
            Weight::Hold | Weight::Block => Outcome::Failed(word, message, body),
            _ => Outcome::Noted(format!("{word}: {message}\n{body}")),
        },
    }
}

fn of_clear(clear: &Clear) -> Test {
    Test {
        class: class(Some(&clear.service), clear.environment.as_deref()),
        name: clear.movement.clone(),
        outcome: Outcome::Passed,
    }
}

/// The class of a test: what a viewer groups by.
fn class(service: Option<&str>, environment: Option<&str>) -> String {
    let parts = ["holdpoint", service.unwrap_or_default(), environment.unwrap_or_default()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
}
