//! SARIF 2.1.0, as GitHub's code scanning reads it.
//!
//! An alert shows in a pull request only on lines that it changes, so a result points at the changed line. What
//! it is known by from run to run doesn't hang on that line.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Account, Finding, Rule, Weight};
use crate::model::Key;
use crate::report::json::text;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Value,
    automation_details: Value,
    invocations: Value,
    column_kind: &'static str,
    results: Vec<Value>,
}

/// Writes the log: every rule there is, and one result a finding.
pub fn sarif(account: &Account) -> String {
    let rules = Rule::all(account.about);
    let driver = json!({
        "name": "holdpoint",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules.iter().map(|rule| described(*rule, account)).collect::<Vec<_>>(),
    });
    let run = Run {
        tool: json!({ "driver": driver }),
        automation_details: json!({ "id": format!("holdpoint/{}/", account.about.word()) }),
        invocations: json!([{ "executionSuccessful": account.verdict != "unjudged" }]),
        column_kind: "utf16CodeUnits",
        results: account.findings.iter().map(|finding| result(finding, &rules)).collect(),
    };
    text::write(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

fn described(rule: Rule, account: &Account) -> Value {
    let documentation = rule.documentation();
    let first = documentation.split_inclusive(". ").next().unwrap_or(documentation).trim();
    let help = match rule {
        Rule::Reason(code) => format!("{documentation} `holdpoint explain {}` says more.", code.word()),
        Rule::Gap(_) | Rule::Step(_) => documentation.to_owned(),
    };
    json!({
        "id": rule.word(),
        "shortDescription": { "text": first },
        "fullDescription": { "text": documentation },
        "help": { "text": help },
        "properties": properties(rule, account),
    })
}

/// Only security's rules have a security severity; with one, GitHub takes the alert for security's.
fn properties(rule: Rule, account: &Account) -> Value {
    let mut tags = vec!["holdpoint"];
    let keys = match rule {
        Rule::Reason(code) => code.owner().map_or(&Key::ALL[..], |owner| owner.keys()),
        Rule::Gap(_) => &[],
        Rule::Step(_) => &[Key::Security],
    };
    tags.extend(keys.iter().map(|key| key.word()));
    let mut properties = json!({ "tags": tags });
    if keys.contains(&Key::Security) {
        properties["security-severity"] = severity(rule, account).into();
    }
    properties
}

/// A rule's severity is that of its worst finding: a CVSS score, else what its level comes to.
fn severity(rule: Rule, account: &Account) -> String {
    let of_rule = account.findings.iter().filter(|finding| finding.rule == rule);
    let score = |finding: &Finding| {
        finding.score.unwrap_or(match finding.weight {
            Weight::Unjudged | Weight::Block => 9.0,
            Weight::Hold => 7.0,
            Weight::Warn => 4.0,
            Weight::Signed | Weight::Noted => 2.0,
        })
    };
    let worst = of_rule.map(score).reduce(f64::max).unwrap_or(5.0);
    format!("{:.1}", worst.clamp(0.1, 10.0))
}

fn result(finding: &Finding, rules: &[Rule]) -> Value {
    let (file, line) = finding.location();
    let text = std::iter::once(format!("{}: {}", finding.title(), finding.message)).chain(finding.details());
    let mut result = json!({
        "ruleId": finding.rule.word(),
        "ruleIndex": rules.iter().position(|rule| *rule == finding.rule),
        "level": level(finding.weight),
        "message": { "text": text.collect::<Vec<_>>().join("\n") },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(file), "uriBaseId": "%SRCROOT%" },
            "region": { "startLine": line },
        } }],
        "partialFingerprints": { "primaryLocationLineHash": finding.fingerprint() },
        "properties": said(finding),
    });
    if let Some(signed) = &finding.signed {
        result["suppressions"] =
            json!([{ "kind": "external", "status": "accepted", "justification": signed }]);
    }
    result
}

fn level(weight: Weight) -> &'static str {
    match weight {
        Weight::Unjudged | Weight::Block | Weight::Hold => "error",
        Weight::Warn => "warning",
        Weight::Signed | Weight::Noted => "note",
    }
}

/// What a program would want to filter by.
fn said(finding: &Finding) -> Map<String, Value> {
    let texts = [
        ("verdict", Some(finding.weight.word())),
        ("key", finding.key.map(|key| key.word())),
        ("service", finding.service.as_deref()),
        ("environment", finding.environment.as_deref()),
        ("to", finding.version.as_deref()),
        ("subject", Some(&*finding.subject)),
    ];
    texts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect()
}

/// A path as a relative reference: what has a meaning in an address is escaped byte by byte.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ci::About;
    use crate::report::ci::testing;

    fn run(account: &Account) -> Value {
        let log: Value = serde_json::from_str(&sarif(account)).unwrap();
        log["runs"][0].clone()
    }

    #[test]
    fn a_result_points_at_the_changed_line_and_is_known_without_it() {
        let shop = testing::shop("Session fixation", "");
        let advice = testing::to(&shop, "2.3.0");
        let of = |file: &str| {
            let found = testing::found(file, "2.3.0");
            run(&Account::of(&testing::gate(&shop, &[testing::moved(&shop, &advice, &found)], &[])))
        };
        let (one, other) = (of("deploy/a b/ü.yaml"), of("other.yaml"));
        let result = &one["results"][0];
        assert_eq!((&result["ruleId"], &result["level"]), (&json!("advisory-reopened"), &json!("error")));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "deploy/a%20b/%C3%BC.yaml");
        assert_eq!(place["region"]["startLine"], 12);
        assert_eq!(result["partialFingerprints"], other["results"][0]["partialFingerprints"]);
        let rule = &one["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], "advisory-reopened");
        assert_eq!(rule["properties"]["security-severity"], "9.0");
    }

    #[test]
    fn without_findings_all_rules_are_there_and_no_results() {
        let shop = testing::shop("t", "");
        let run = run(&Account::of(&testing::gate(&shop, &[], &[])));
        assert_eq!(run["results"], json!([]));
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), Rule::all(About::Gate).len());
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
        assert!(run["automationDetails"]["id"].as_str().unwrap().ends_with('/'));
    }
}
