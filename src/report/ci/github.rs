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
    out.push_str(&format!("holdpoint gate: {}: {}{more}\n", account.verdict.to_uppercase(), account.tally));
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
