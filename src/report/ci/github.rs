//! GitHub: commands on standard output that the runner shows as annotations, and values for later steps.
//!
//! A line that begins with `::`, or has `##[` anywhere, is a command to the runner. So every line of ours is
//! a command of ours or words of ours only; what others wrote stands in a command's value, escaped.

use super::{Account, Finding, Weight};
use crate::gate::Spot;

/// GitHub shows so many of each kind in one step.
const SHOWN: usize = 10;

/// The kinds of annotations, worst first.
const KINDS: [(&str, &str); 3] = [("error", "error"), ("warning", "warning"), ("notice", "notice")];

/// Writes the annotations, worst first, then one line that counts.
pub fn github(account: &Account) -> String {
    let mut out = String::new();
    let mut more = Vec::new();
    for (command, word) in KINDS {
        let all: Vec<&Finding> =
            account.findings.iter().filter(|finding| kind(finding.weight) == command).collect();
        all.iter().take(SHOWN).for_each(|finding| out.push_str(&annotation(command, finding)));
        let left = all.len().saturating_sub(SHOWN);
        if left > 0 {
            more.push(format!("{left} more {word}{}", if left == 1 { "" } else { "s" }));
        }
    }
    let more = if more.is_empty() { String::new() } else { format!("; not shown: {}", more.join(", ")) };
    out.push_str(&format!(
        "holdpoint {}: {}: {}{more}\n",
        account.about.word(),
        account.verdict.to_uppercase(),
        account.tally
    ));
    out
}

/// The kind of annotation for a weight.
fn kind(weight: Weight) -> &'static str {
    match weight {
        Weight::Unjudged | Weight::Block | Weight::Hold => "error",
        Weight::Warn => "warning",
        Weight::Signed | Weight::Noted => "notice",
    }
}

fn annotation(kind: &str, finding: &Finding) -> String {
    let message = std::iter::once(finding.message.clone()).chain(finding.details());
    command(kind, &finding.title(), finding.spot.as_ref(), &message.collect::<Vec<_>>().join("\n"))
}

/// One command. Values that are empty are left out, as the runner would.
fn command(kind: &str, title: &str, spot: Option<&Spot>, message: &str) -> String {
    let line = spot.map(|spot| spot.line.to_string());
    let properties =
        [("title", Some(title)), ("file", spot.map(|spot| &*spot.file)), ("line", line.as_deref())];
    let said =
        properties.into_iter().filter_map(|(name, value)| Some((name, value.filter(|v| !v.is_empty())?)));
    let said: Vec<String> = said.map(|(name, value)| format!("{name}={}", property(value))).collect();
    let gap = if said.is_empty() { "" } else { " " };
    format!("::{kind}{gap}{}::{}\n", said.join(","), data(message))
}

/// The value of a command: what would end its line is escaped.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property: what would end it is escaped as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The values for later steps, as they are put into the file that `GITHUB_OUTPUT` names. `delimiter` must be one
/// that nobody can guess.
pub fn outputs(account: &Account, delimiter: &str) -> String {
    let proceed = matches!(account.verdict, "allow" | "warn").to_string();
    let values = [
        ("verdict", account.verdict.to_owned()),
        ("proceed", proceed),
        ("holds", account.holds.to_string()),
        ("blocks", account.blocks.to_string()),
    ];
    values.iter().map(|(name, value)| output(name, value, delimiter)).collect()
}

/// A name and its value, however many lines that has.
fn output(name: &str, value: &str, delimiter: &str) -> String {
    format!("{name}<<{delimiter}\n{value}\n{delimiter}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ci::{Rule, testing};
    use crate::report::{Gap, GapKind};
    use serde_json::Value;

    /// What npm's `@actions/core` printed.
    fn reference() -> Value {
        serde_json::from_str(include_str!("../../../tests/data/github/actions-core.json")).unwrap()
    }

    #[test]
    fn commands_are_those_of_actions_core() {
        let reference = reference();
        let cases = reference["commands"].as_array().unwrap();
        for case in cases {
            let text = |key: &str| case[key].as_str().unwrap();
            let line = u32::try_from(case["line"].as_u64().unwrap()).unwrap();
            let spot = (line > 0).then(|| Spot::new(text("file"), line));
            let ours = command(text("kind"), text("title"), spot.as_ref(), text("message"));
            assert_eq!(ours, text("printed"));
        }
        assert!(cases.len() > 40);
    }

    #[test]
    fn values_are_those_of_actions_core() {
        for case in reference()["outputs"].as_array().unwrap() {
            let text = |key: &str| case[key].as_str().unwrap();
            assert_eq!(output(text("name"), text("value"), "DELIMITER"), text("printed"));
        }
        let said = outputs(&Account::of_failure("x", None), "D");
        assert_eq!(said, "verdict<<D\nunjudged\nD\nproceed<<D\nfalse\nD\nholds<<D\n0\nD\nblocks<<D\n0\nD\n");
    }

    #[test]
    fn a_stopped_move_is_an_error_at_its_line_and_says_what_to_do_instead() {
        let shop = testing::shop("Session fixation", "");
        let (advice, found) = (testing::to(&shop, "2.3.0"), testing::found("deploy/prod.yaml", "2.3.0"));
        let moves = [testing::moved(&shop, &advice, &found)];
        let text = github(&Account::of(&testing::gate(&shop, &moves, &[])));
        let first = text.lines().next().unwrap();
        let head = "::error title=BLOCK rollback checkout 2.4.1 -> 2.3.0 in prod,file=deploy/prod.yaml,line=12::\
                    reopens CVE-2026-31337 (high, exploited): Session fixation%0A";
        assert!(first.starts_with(head), "{first}");
        assert!(first.contains("%0Ainstead: 2.4.0 (allow): ran here 16 days"), "{first}");
        assert_eq!(text.lines().last(), Some("holdpoint gate: BLOCK: 1 move: 1 block"));
    }

    #[test]
    fn ten_of_each_kind_are_shown_and_the_rest_is_counted() {
        let finding = |weight| Finding::bare(Rule::Gap(GapKind::Unjudged), weight, "x");
        let many = |weight, count| std::iter::repeat_with(move || finding(weight)).take(count);
        let mut account = Account::of_failure("x", None);
        account.findings =
            many(Weight::Block, 12).chain(many(Weight::Warn, 11)).chain(many(Weight::Signed, 2)).collect();
        let text = github(&account);
        let count = |kind: &str| text.lines().filter(|line| line.starts_with(kind)).count();
        assert_eq!((count("::error "), count("::warning "), count("::notice ")), (10, 10, 2));
        assert!(text.ends_with("; not shown: 2 more errors, 1 more warning\n"), "{text}");
    }

    #[test]
    fn nothing_that_others_wrote_is_a_command() {
        let wild = "x\n::add-mask::y\r##[add-mask]z %0A::error::";
        let shop = testing::shop(wild, "");
        let (advice, found) = (testing::to(&shop, "2.3.0"), testing::found("a\n::error::b,c", "2.3.0"));
        let moves = [testing::moved(&shop, &advice, &found)];
        let gap = Gap::unjudged(None, wild, wild, Some(wild.into()));
        let text = github(&Account::of(&testing::gate(&shop, &moves, &[gap])));
        let lines: Vec<&str> = text.lines().collect();
        let (last, commands) = lines.split_last().unwrap();
        assert!(
            commands
                .iter()
                .all(|line| line.starts_with("::error title=") || line.starts_with("::warning title="))
        );
        assert!(!last.contains("::") && !last.contains("##["), "{last}");
        assert!(!text.contains('\r'));
    }
}
