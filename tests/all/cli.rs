//! The program from outside: exit codes on every path, options, output that can't be written.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// One service that can be blocked, held, warned of and let go.
const REGISTRY: &str = r#"
format = 1
[team.appsec]
members = ["a@example.com"]
[service.shop]
owner = { security = "appsec" }
deploy = "deploy {to}"
running = { prod = "1.5.0", staging = "1.5.0" }
[[service.shop.release]]
version = "1.0.0"
[[service.shop.release]]
version = "1.1.0"
[[service.shop.release]]
version = "1.2.0"
[[service.shop.release]]
version = "1.3.0"
[[service.shop.release]]
version = "1.4.0"
[[service.shop.release]]
version = "1.5.0"
[[service.shop.ran]]
environment = "prod"
version = "1.3.0"
since = 2026-01-01
until = 2026-02-01
left_for = "1.4.0"
kind = "redeploy"
[[service.shop.ran]]
environment = "prod"
version = "1.4.0"
since = 2026-02-01
until = 2026-03-01
left_for = "1.5.0"
kind = "redeploy"
[advisory.CVE-1]
title = "An exploited one"
severity = "high"
exploited = true
affects = [{ service = "shop", versions = "<1.2.0", fixed_in = ["1.2.0"] }]
[advisory.CVE-2]
title = "A high one"
severity = "high"
affects = [{ service = "shop", versions = "=1.2.0", fixed_in = ["1.3.0"] }]
[advisory.CVE-3]
title = "A low one"
severity = "low"
affects = [{ service = "shop", versions = "=1.3.0", fixed_in = ["1.4.0"] }]
"#;

fn registry() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("holdpoint.toml"), REGISTRY).unwrap();
    root
}

fn command(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.args(line.split_whitespace()).current_dir(folder).env_clear();
    command
}

fn output(folder: &Path, line: &str) -> Output {
    command(folder, line).output().unwrap()
}

fn code(folder: &Path, line: &str) -> i32 {
    output(folder, line).status.code().unwrap()
}

fn stdout(folder: &Path, line: &str) -> String {
    String::from_utf8(output(folder, line).stdout).unwrap()
}

fn stderr(folder: &Path, line: &str) -> String {
    String::from_utf8(output(folder, line).stderr).unwrap()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn the_verdict_decides_the_exit_code_and_stands_first() {
    let root = registry();
    let cases = [("1.4.0", "ALLOW", 0), ("1.3.0", "WARN", 0), ("1.2.0", "HOLD", 4), ("1.1.0", "BLOCK", 1)];
    for (version, word, want) in cases {
        let line = format!("rollback-check shop {version} --env prod");
        let text = stdout(root.path(), &line);
        assert!(text.starts_with(word), "{text}");
        assert_eq!(code(root.path(), &line), want, "{line}");
        let report = json(&stdout(root.path(), &format!("{line} --format json")));
        assert_eq!(report["verdict"], word.to_lowercase());
        assert_eq!(report["proceed"], want == 0);
        assert_eq!(code(root.path(), &format!("{line} --format json")), want, "{line}");
        assert_eq!(code(root.path(), &format!("{line} -q")), want);
        assert_eq!(code(root.path(), &format!("--report-only {line}")), 0, "{line}");
    }
    assert_eq!(code(root.path(), "rollback-check shop 1.3.0 --env prod --fail-on warn"), 5);
    assert_eq!(code(root.path(), "--fail-on warn rollback-check shop 1.4.0 --env prod"), 0);
    assert_eq!(code(root.path(), "rollback-check shop 1.1.0 --env prod --fail-on warn"), 1);
    assert_eq!(code(root.path(), "rollback-check shop 1.3.0 --env prod --fail-on warn --report-only"), 0);
    assert_eq!(code(root.path(), "targets shop --env prod"), 0);
}

#[test]
fn wrong_usage_is_2_whatever_else_is_asked() {
    let root = registry();
    for line in [
        "",
        "nonsense",
        "rollback-check",
        "rollback-check shop 1,0 --env prod",
        "rollback-check shop >=1 --env prod",
        "rollback-check Shop 1.0.0",
        "rollback-check shop 1.0.0",
        "rollback-check shop 1.0.0 --env prod --as-of yesterday",
        "rollback-check shop 1.0.0 --env prod --format xml",
        "rollback-check shop 1.0.0 --env prod --report json",
        "rollback-check shop 1.0.0 --env prod -q -v",
        "rollback-check shop 1.0.0 --env prod --format json --report human=-",
        "rollback-check shop 1.0.0 --env prod --fail-on hold",
        "targets",
        "targets shop",
    ] {
        for line in [line.to_owned(), format!("{line} --report-only")] {
            let output = output(root.path(), &line);
            assert_eq!(output.status.code(), Some(2), "{line}");
            assert!(!output.stderr.is_empty(), "{line}");
        }
    }
    let text = stderr(root.path(), "rollback-check shop 1.0.0");
    assert!(text.contains("`prod`, `staging`"), "{text}");
    for line in
        ["nonsense --format json", "rollback-check shop 1,0 --format=json", "targets shop --format json"]
    {
        assert_eq!(json(&stdout(root.path(), line))["schema"], "holdpoint/error/v1", "{line}");
    }
}

#[test]
fn what_can_not_be_judged_is_3_and_told_in_every_report() {
    let root = registry();
    for (line, says) in [
        ("rollback-check shopp 1.0.0 --env prod", "shop"),
        ("rollback-check shop 1.0.0 --env prd", "prod"),
        ("targets shop --env prd", "prod"),
        ("targets shopp", "shop"),
    ] {
        assert_eq!(code(root.path(), line), 3, "{line}");
        assert_eq!(code(root.path(), &format!("{line} --report-only")), 3, "{line}");
        let text = stderr(root.path(), line);
        assert!(text.starts_with("error: ") && text.contains("hint: ") && text.contains(says), "{text}");
        let error = json(&stdout(root.path(), &format!("{line} --format json")));
        assert_eq!(error["schema"], "holdpoint/error/v1");
        assert!(error["errors"][0]["hint"].as_str().unwrap().contains(says));
    }
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(code(empty.path(), "targets shop"), 3);
    assert_eq!(code(empty.path(), "--registry nowhere targets shop"), 3);
}

#[test]
fn quiet_is_what_is_seen_and_not_what_is_kept() {
    let root = registry();
    let line = "rollback-check shop 1.0.0 --env prod -q --report human=whole.txt --report markdown=whole.md";
    assert_eq!(stdout(root.path(), line).lines().count(), 1);
    for file in ["whole.txt", "whole.md"] {
        let kept = fs::read_to_string(root.path().join(file)).unwrap();
        assert!(kept.lines().count() > 3, "{kept}");
    }
}

#[test]
fn a_mistake_in_the_registry_is_3_with_its_place() {
    let root = registry();
    fs::write(root.path().join("holdpoint.toml"), format!("{REGISTRY}\n[policy]\nbaselin = \"30d\"\n"))
        .unwrap();
    let line = "rollback-check shop 1.4.0 --env prod";
    assert_eq!(code(root.path(), line), 3);
    assert_eq!(stdout(root.path(), line), "");
    let text = stderr(root.path(), line);
    assert!(
        text.contains("holdpoint.toml:") && text.contains("1 mistake in 1 file; nothing was judged"),
        "{text}"
    );
    let error = json(&stdout(root.path(), &format!("{line} --format json")));
    assert_eq!(error["errors"][0]["file"], "holdpoint.toml");
    assert!(error["errors"][0]["line"].as_u64().unwrap() > 1);
}

#[test]
fn the_registry_is_found_by_option_variable_or_upwards() {
    let root = registry();
    let deep = root.path().join("a/b");
    fs::create_dir_all(&deep).unwrap();
    let line = "rollback-check shop 1.4.0 --env prod";
    assert_eq!(code(&deep, line), 0);

    let away = tempfile::tempdir().unwrap();
    let path = root.path().to_str().unwrap();
    assert_eq!(code(away.path(), &format!("--registry {path} {line}")), 0);
    assert_eq!(code(away.path(), &format!("{line} --registry {path}/holdpoint.toml")), 0);
    let by_variable =
        |value: &str| command(away.path(), line).env("HOLDPOINT_REGISTRY", value).status().unwrap().code();
    assert_eq!((by_variable(path), by_variable("")), (Some(0), Some(3)));
    let text = stdout(away.path(), &format!("--registry {path} rollback-check shop 1.4.0 --env prod"));
    assert!(
        text.contains(&format!("--registry {path} -- deploy 1.4.0")),
        "commands to paste name it too: {text}"
    );
}

#[test]
#[cfg(unix)]
fn a_link_that_leads_nowhere_is_called_so() {
    let root = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("gone/holdpoint.toml", root.path().join("holdpoint.toml")).unwrap();
    for (line, says) in [
        ("targets shop", "`holdpoint.toml` is a link that leads nowhere"),
        ("--registry . targets shop", "no registry in `.`: `holdpoint.toml` is a link that leads nowhere"),
        (
            "--registry holdpoint.toml targets shop",
            "no registry: `holdpoint.toml` is a link that leads nowhere",
        ),
    ] {
        assert_eq!(code(root.path(), line), 3, "{line}");
        let text = stderr(root.path(), line);
        assert!(text.contains(says), "{line}: {text}");
    }
}

#[test]
fn reports_go_to_files_and_to_standard_output() {
    let root = registry();
    let line =
        "rollback-check shop 1.1.0 --env prod --report json=out.json --report human=out.txt --color always";
    assert!(stdout(root.path(), line).contains("BLOCK"));
    let read = |name: &str| fs::read_to_string(root.path().join(name)).unwrap();
    assert_eq!(json(&read("out.json"))["verdict"], "block");
    assert!(read("out.txt").starts_with("BLOCK  rollback shop"), "no colours in files");

    // A report of an earlier run must not pass for this one's.
    assert_eq!(code(root.path(), "rollback-check none 1.1.0 --env prod --report json=out.json"), 3);
    assert_eq!(json(&read("out.json"))["schema"], "holdpoint/error/v1");
}

#[test]
fn an_unwritable_report_is_3_and_never_makes_a_code_smaller() {
    let root = registry();
    for (version, want) in [("1.4.0", 3), ("1.1.0", 3), ("1.2.0", 4)] {
        for more in ["", " --report-only"] {
            let line = format!("rollback-check shop {version} --env prod --report json=none/out.json{more}");
            let output = output(root.path(), &line);
            assert_eq!(output.status.code(), Some(if more.is_empty() { want } else { 3 }), "{line}");
            assert!(!output.stdout.is_empty(), "the other report is written all the same");
            assert!(String::from_utf8(output.stderr).unwrap().contains("none/out.json"));
        }
    }
}

#[test]
fn reports_count_before_and_after_the_command() {
    let root = registry();
    let line =
        "--report json=a.json rollback-check shop 1.4.0 --env prod --report json=b.json --report human=c";
    assert_eq!(code(root.path(), line), 0);
    let read = |file: &str| fs::read_to_string(root.path().join(file)).unwrap();
    assert_eq!(read("a.json"), read("b.json"));
    assert!(read("c").starts_with("ALLOW"));
    for line in [
        "--report json=- rollback-check shop 1.4.0 --env prod --report human=-",
        "--report json=a.json redeploy-check shop 1.4.0 --env prod --report human=a.json",
        "--report json=new targets shop --env prod --report human=./new",
    ] {
        assert_eq!(code(root.path(), line), 2, "{line}");
    }
    let text = stderr(root.path(), "targets shop --env prod --report json=a.json --report human=./a.json");
    assert!(text.contains("two reports can't both go to `./a.json`"), "{text}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_behind_standard_output_is_3() {
    let root = registry();
    let full = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    for (version, want) in [("1.4.0", 3), ("1.1.0", 3), ("1.2.0", 4)] {
        let line = format!("rollback-check shop {version} --env prod");
        let status = command(root.path(), &line).stdout(full()).stderr(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(want), "{line}");
    }
    let status =
        command(root.path(), "targets shop --env prod").stdout(full()).stderr(full()).status().unwrap();
    assert_eq!(status.code(), Some(3));
}

#[test]
fn a_reader_that_has_gone_away_changes_nothing() {
    let root = registry();
    for (line, want) in [
        ("rollback-check shop 1.4.0 --env prod", 0),
        ("rollback-check shop 1.1.0 --env prod --format json", 1),
        ("rollback-check shop 1.2.0 --env prod -v", 4),
        ("rollback-check none --format json", 3),
        ("nonsense --format json", 2),
        ("--help", 0),
        ("--version", 0),
    ] {
        let mut child =
            command(root.path(), line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(want), "{line}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn colours_are_for_who_wants_them() {
    let root = registry();
    let coloured = |line: &str, variables: &[(&str, &str)]| {
        let line = format!("rollback-check shop 1.1.0 --env prod {line}");
        let output = command(root.path(), &line).envs(variables.iter().copied()).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!coloured("", &[]), "plain when piped");
    assert!(!coloured("", &[("TERM", "xterm-256color")]));
    assert!(coloured("--color always", &[]));
    assert!(coloured("--color always", &[("NO_COLOR", "1")]), "what was typed wins");
    assert!(coloured("", &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured("--color never", &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured("", &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
}

#[test]
fn text_is_as_wide_as_the_terminal() {
    let root = registry();
    for columns in ["1", "40", "60", "100", "99999", "x"] {
        let mut command = command(root.path(), "rollback-check shop 1.1.0 --env prod");
        let output = command.env("COLUMNS", columns).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{columns}");
    }
}

#[test]
fn without_a_version_a_check_says_what_it_judged() {
    let root = registry();
    let text = stdout(root.path(), "rollback-check shop --env prod");
    assert!(text.starts_with("ALLOW  rollback shop 1.5.0 -> 1.4.0 in prod\n"), "{text}");
    assert!(text.contains("no version was given: this is the release that ran here before"), "{text}");
    let text = stdout(root.path(), "redeploy-check shop --env prod");
    assert!(
        text.contains("redeploy shop 1.5.0 -> 1.5.0 in prod\n") && text.contains("a restart of what runs"),
        "{text}"
    );
    assert_eq!(code(root.path(), "rollback-check shop --env prod --from 1.0.0 --as-of 2020-01-01"), 3);
}

#[test]
fn a_move_of_the_other_kind_is_said_and_judged_as_what_it_is() {
    let root = registry();
    let text = stdout(root.path(), "rollback-check shop 1.6.0 --env prod");
    assert!(
        text.contains("redeploy shop 1.5.0 -> 1.6.0")
            && text.contains("1.6.0 is newer than 1.5.0: this is a redeploy"),
        "{text}"
    );
    let text = stdout(root.path(), "redeploy-check shop 1.4.0 --env prod");
    assert!(text.contains("1.4.0 is older than 1.5.0: this is a rollback"), "{text}");
}

#[test]
fn an_incident_that_is_not_on_is_left_out_and_said() {
    let root = registry();
    let line = "rollback-check shop 1.4.0 --env prod";
    let told = |more: &str| {
        let line = format!("{line} {more}");
        let report = json(&stdout(root.path(), &format!("{line} --format json")));
        let notes = report["notes"].to_string();
        let first = notes.trim_matches(['[', ']', '"']).to_owned();
        assert!(stdout(root.path(), &line).replace("\n       ", " ").contains(&first), "{line}: {first}");
        (report["move"]["incident"].clone(), first)
    };
    let left_out = "no incident `typo` is on for shop: it is left out of account";
    assert_eq!(told("--incident typo"), (Value::Null, left_out.into()));

    let incident = |id: &str, more: &str| format!("[incident.{id}]\nservices = ['shop']\n{more}\n");
    let one = incident("INC-1", "started = 2026-01-01")
        + &incident("OLD", "started = 2025-01-01\nended = 2025-01-02");
    fs::write(root.path().join("holdpoint.toml"), format!("{REGISTRY}{one}")).unwrap();
    assert_eq!(told("--incident INC-1"), ("INC-1".into(), String::new()));
    assert_eq!(told(""), ("INC-1".into(), String::new()));
    let counts = format!("{left_out}; `INC-1` is on, and counts");
    assert_eq!(told("--incident typo"), ("INC-1".into(), counts.clone()));
    assert_eq!(told("--incident OLD"), ("INC-1".into(), counts.replace("typo", "OLD")));
    assert_eq!(told("--incident INC-1 --as-of 2025-06-01"), (Value::Null, left_out.replace("typo", "INC-1")));
    assert_eq!(told("--incident OLD --as-of 2025-01-01"), ("OLD".into(), String::new()));

    let two = one + &incident("INC-22", "started = 2026-01-02");
    fs::write(root.path().join("holdpoint.toml"), format!("{REGISTRY}{two}")).unwrap();
    let counts = "no incident `INC-23` is on for shop: it is left out of account; \
        on are `INC-22`, `INC-1`, of which `INC-1` counts";
    assert_eq!(told("--incident INC-23"), ("INC-1".into(), counts.into()));
    assert_eq!(told("--incident INC-22"), ("INC-22".into(), String::new()));
}

#[test]
fn a_simulated_moment_is_said() {
    let root = registry();
    let line = "rollback-check shop 1.4.0 --env prod --as-of 2026-11-22T04:00:00+01:00";
    assert!(stdout(root.path(), line).contains("(simulated, as of 2026-11-22T03:00:00Z)"));
    let report = json(&stdout(root.path(), &format!("{line} --format json")));
    assert_eq!(
        (&report["simulated"], &report["as_of"]),
        (&Value::Bool(true), &"2026-11-22T03:00:00Z".into())
    );
}

#[test]
fn every_key_of_the_contract_is_in_the_json() {
    let root = registry();
    let report = json(&stdout(root.path(), "rollback-check shop 1.1.0 --env prod --format json"));
    let has = |value: &Value, keys: &str| {
        keys.split(' ').for_each(|key| assert!(value.get(key).is_some(), "`{key}` is missing in {value}"));
    };
    has(
        &report,
        "schema verdict proceed simulated move keys reasons changes sign_offs targets deadlock valid_until registry as_of",
    );
    has(&report["move"], "kind service environment from to");
    has(&report["keys"], "reliability security");
    has(&report["changes"], "reopened carried closed");
    has(&report["sign_offs"], "needed given");
    has(&report["registry"], "path revision");
    for reason in report["reasons"].as_array().unwrap() {
        has(reason, "code key level subject severity score exploited message hint rule origin sign_offs");
    }
    for target in report["targets"].as_array().unwrap() {
        has(target, "version verdict reasons");
    }
    let stays: Vec<_> =
        report["targets"].as_array().unwrap().iter().filter(|t| t.get("stay").is_some()).collect();
    assert!(stays.len() <= 1 && stays.iter().all(|stay| stay["stay"] == true && stay["version"] == "1.5.0"));
}

#[test]
fn help_names_examples_codes_and_files() {
    let root = registry();
    for line in ["--help", "rollback-check --help", "redeploy-check --help", "targets --help"] {
        let text = stdout(root.path(), line);
        for part in ["Examples:", "Exit codes:", "holdpoint.toml"] {
            assert!(text.contains(part), "{line}: {part}");
        }
        assert_eq!(code(root.path(), line), 0);
    }
    assert_eq!(stdout(root.path(), "--version"), format!("holdpoint {}\n", env!("CARGO_PKG_VERSION")));
}

/// What can't be read stops the check, whatever it is: a flag may stand in it.
#[cfg(unix)]
#[test]
fn what_can_not_be_read_is_not_judged() {
    let with = |prepare: fn(&Path)| {
        let root = registry();
        fs::create_dir_all(root.path().join("services/shop/advisories")).unwrap();
        prepare(&root.path().join("services/shop/advisories/CVE-9.toml"));
        let out = output(root.path(), "rollback-check shop 1.4.0 --env prod");
        (out.status.code(), String::from_utf8(out.stderr).unwrap())
    };
    let huge = with(|path| fs::File::create(path).unwrap().set_len(17 * 1024 * 1024).unwrap());
    assert_eq!(huge.0, Some(3));
    assert!(huge.1.contains("is larger than 16 MB"), "{}", huge.1);

    let pipe = with(|path| {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    });
    assert_eq!(pipe.0, Some(3), "a pipe must not make a check wait: {}", pipe.1);

    let nowhere = with(|path| std::os::unix::fs::symlink("gone.toml", path).unwrap());
    assert_eq!(nowhere.0, Some(3), "{}", nowhere.1);

    let out = with(|path| std::os::unix::fs::symlink("/etc/hostname", path).unwrap());
    assert_eq!(out.0, Some(3));
    assert!(out.1.contains("leads out of the registry"), "{}", out.1);
}

/// A service's own folder that is a link to nowhere isn't "no folder".
#[cfg(unix)]
#[test]
fn a_service_folder_that_leads_nowhere_is_not_judged() {
    let root = registry();
    fs::create_dir(root.path().join("services")).unwrap();
    std::os::unix::fs::symlink("../gone", root.path().join("services/shop")).unwrap();
    let out = output(root.path(), "rollback-check shop 1.4.0 --env prod");
    assert_eq!(out.status.code(), Some(3), "{}", String::from_utf8_lossy(&out.stdout));
}
