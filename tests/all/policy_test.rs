//! `policy test`: the shop's cases, the shipped rules' cases, and what the page on the policy shows.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use holdpoint::registry::{Ask, MemoryTree, cases, load};
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn run(registry: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.env_clear().current_dir(root()).arg("--registry").arg(registry);
    command.args(["policy", "test"]).args(arguments).output().unwrap()
}

/// A registry that has no rules of its own.
fn bare() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("holdpoint.toml"), "format = 1\n").unwrap();
    folder
}

/// The cases of the shipped rules.
fn shipped() -> Vec<String> {
    let files = ["security", "reliability", "both"];
    files.map(|file| format!("src/judge/defaults-tests/{file}.toml")).into()
}

#[test]
fn the_shop_covers_its_rules() {
    let output = run(Path::new("examples/shop"), &["--min-coverage", "100"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let page = fs::read_to_string(root().join("docs/policy.md")).unwrap();
    assert!(page.contains(said.trim_end()), "docs/policy.md shows something else than\n{said}");
}

/// Whoever weakens a rule of the shop sees a case fail.
#[test]
fn no_rule_of_the_shop_can_be_weakened_unseen() {
    let shop = root().join("examples/shop");
    let main = fs::read_to_string(shop.join("holdpoint.toml")).unwrap();
    for (from, to) in [
        ("then = \"block\"", "then = \"hold\""),
        ("exploited = true }", "exploited = true, severity = \"critical\" }"),
        ("then = \"allow\"", "then = \"warn\""),
        ("environment = \"staging\" }", "environment = \"prod\" }"),
    ] {
        assert!(main.contains(from), "nothing to replace: {from}");
        let folder = tempfile::tempdir().unwrap();
        let copy = |path: &str| {
            let to = folder.path().join(path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(shop.join(path), to).unwrap();
        };
        for file in ["exploited", "staging"] {
            copy(&format!("policy/tests/{file}.toml"));
        }
        fs::write(folder.path().join("holdpoint.toml"), main.replacen(from, to, 1)).unwrap();
        let main = fs::read_to_string(folder.path().join("holdpoint.toml")).unwrap();
        // The incident speaks of a service that isn't copied.
        let alone = main.split("[incident.").next().unwrap();
        fs::write(folder.path().join("holdpoint.toml"), alone).unwrap();
        let output = run(folder.path(), &[]);
        assert_eq!(output.status.code(), Some(1), "{from}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_shipped_rules_keep_their_word_and_each_is_tried() {
    let bare = bare();
    let files = shipped();
    let mut arguments = vec!["--shipped", "--min-coverage", "100", "--format", "json"];
    arguments.extend(files.iter().map(String::as_str));
    let output = run(bare.path(), &arguments);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{json:#}");
    crate::docs::hold("docs/policy.md", "shipped", &table(&json));
}

/// The cases as the page shows them: what each shows, what is asked, what comes out by which rule.
fn table(json: &Value) -> String {
    let mut page = String::from("| case | verdict | reason | rule |\n|---|---|---|---|\n");
    for case in json["cases"].as_array().unwrap() {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let wanted = case["expected"]["reasons"].as_array().unwrap();
        let reasons: Vec<String> =
            wanted.iter().map(|reason| format!("[`{0}`](reasons.md#{0})", text(&reason["code"]))).collect();
        let rules: Vec<String> = wanted.iter().map(|reason| format!("`{}`", text(&reason["rule"]))).collect();
        let verdict = text(&case["expected"]["verdict"]);
        let name = text(&case["name"]);
        writeln!(page, "| {name} | **{verdict}** | {} | {} |", reasons.join(", "), rules.join(", ")).unwrap();
    }
    page.push('\n');
    page
}

/// A shipped rule that is weakened by a rule before it is seen by its case.
#[test]
fn the_shipped_cases_see_other_rules() {
    let folder = bare();
    let rule =
        "format = 1\n[[rule]]\nname = \"soft\"\nwhen = { reason = \"below-floor\" }\nthen = \"warn\"\n";
    fs::write(folder.path().join("holdpoint.toml"), rule).unwrap();
    let output = run(folder.path(), &["src/judge/defaults-tests/security.toml"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("+  warn below-floor, security, by soft"), "{said}");
}

/// The TOML on the page is read: rules and freezes as a registry, cases as cases.
#[test]
fn what_the_page_shows_is_read() {
    let page = fs::read_to_string(root().join("docs/policy.md")).unwrap();
    let (mut rules, mut tried) = (0, 0);
    for block in page.split("```toml\n").skip(1) {
        let text = block.split("```").next().unwrap();
        if text.contains("[[case]]") {
            assert_eq!(cases("page", text.into()).unwrap().cases.len(), 1);
            tried += 1;
            continue;
        }
        let declared = "format = 1\n[environment.prod]\n[environment.staging]\n";
        let tree: MemoryTree = [("holdpoint.toml", &*format!("{declared}{text}"))].into_iter().collect();
        let loaded = load(&tree, "holdpoint.toml", &Ask::Everything).unwrap();
        rules += loaded.registry.rules.iter().filter(|rule| rule.origin.is_some()).count();
    }
    assert_eq!((rules, tried), (2, 1));
}

#[test]
fn junit_tells_what_fails_and_what_is_not_covered() {
    let folder = root().join("tests/cases/policy-test-fails/registry");
    let output = run(&folder, &["--min-coverage", "90", "--format", "junit"]);
    let xml = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{xml}");
    assert!(
        xml.contains("<testsuites name=\"holdpoint policy test\" tests=\"4\" failures=\"3\" errors=\"0\">"),
        "{xml}"
    );
    assert!(
        xml.contains("<testcase classname=\"holdpoint.policy.shop\" name=\"old news is said\"/>"),
        "{xml}"
    );
    assert!(xml.contains("+ hold   advisory-reopened CVE-1, security, by reopened-high"), "{xml}");
    assert!(xml.contains("1 of 3 own rules covered (33 %, wanted 90 %)"), "{xml}");
    let wrong = run(&root().join("tests/cases/policy-test-wrong/registry"), &["--format", "junit"]);
    let xml = String::from_utf8(wrong.stdout).unwrap();
    assert_eq!(wrong.status.code(), Some(3), "{xml}");
    assert!(xml.contains("<error type=\"unread\"") && xml.contains("<error type=\"unjudged\""), "{xml}");
}

#[test]
fn what_is_asked_wrongly_is_wrong_usage() {
    let shop = Path::new("examples/shop");
    for arguments in [
        &["--min-coverage", "101"][..],
        &["--as-of", "2026-11-22"],
        &["--format", "sarif"],
        &["--min-coverage", "x"],
    ] {
        assert_eq!(run(shop, arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(run(shop, &["no-such.toml"]).status.code(), Some(3));
}

/// On the registry, what a case supposes stands over what the registry says, and nothing else changes.
#[test]
fn what_is_supposed_stands_over_the_registry() {
    let folder = tempfile::tempdir().unwrap();
    let main = "format = 1\n[service.shop]\norder = \"listed\"\nfloor = \"b\"\nrunning = { prod = \"c\", test = \"b\" }\n\
                release = [{ version = \"a\" }, { version = \"b\" }, { version = \"c\" }]\n\
                [advisory.CVE-1]\ntitle = \"t\"\nseverity = \"high\"\naffects = [{ service = \"shop\", versions = \"<c\" }]\n";
    fs::write(folder.path().join("holdpoint.toml"), main).unwrap();
    let case = |name: &str, to: &str, verdict: &str, reasons: &str, given: &str| {
        format!(
            "[[case]]\nname = \"{name}\"\non = \"registry\"\nat = 2026-11-22\nservice = \"shop\"\nenv = \"prod\"\nto = \"{to}\"\n\
             verdict = \"{verdict}\"\nreasons = [{reasons}]\nexact = true\n{given}\n"
        )
    };
    let text = [
        case("as it is", "b", "hold", "{ code = \"advisory-reopened\" }", ""),
        case(
            "another floor",
            "b",
            "block",
            "{ code = \"advisory-reopened\" }, { code = \"below-floor\" }",
            "[case.given.service.shop]\nfloor = \"c\"",
        ),
        case("what runs", "b", "warn", "{ code = \"advisory-carried\" }, { code = \"no-way-back\" }",
            "[case.given.service.shop]\nrunning = { prod = \"b\" }"),
        case(
            "a release that comes, behind the others",
            "d",
            "allow",
            "",
            "[case.given.service.shop]\nrelease = [{ version = \"d\" }]",
        ),
        case(
            "a flag beside",
            "b",
            "hold",
            "{ code = \"advisory-reopened\" }, { code = \"unstable-release\", level = \"warn\" }",
            "[case.given.instability.INC-1]\ntitle = \"t\"\nseverity = \"low\"\naffects = [{ service = \"shop\", versions = \"b\" }]",
        ),
    ]
    .concat();
    let file = folder.path().join("cases.toml");
    fs::write(&file, text).unwrap();
    let output = run(folder.path(), &[file.to_str().unwrap()]);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    // `d` closes nothing, and leaves `c` as a way back.
    assert_eq!(output.status.code(), Some(0), "{said}");
    // What a registry says can't be supposed otherwise without a word.
    let order = case("order", "b", "hold", "", "[case.given.service.shop]\norder = \"semver\"");
    fs::write(&file, order).unwrap();
    let output = run(folder.path(), &[file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stdout));
}
