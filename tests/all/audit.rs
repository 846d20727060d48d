//! The record for auditors with the real program: what is exported and reported, in every form, and traced by hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const SAM: &str = "Sam <sam@example.com>";
const ANN: &str = "Ann <ann@example.com>";
const BEN: &str = "Ben <ben@example.com>";

const MAIN: &str = "format = 1\n[team.sre]\nmembers = [\"sam@example.com\", \"ben@example.com\"]\n\
                    [team.appsec]\nmembers = [\"ann@example.com\"]\n[environment.prod]\n";
const SERVICE: &str = "[service.shop]\nowner = { reliability = \"sre\", security = \"appsec\" }\n\
                       running = { prod = \"1.3.0\" }\nrelease = [{ version = \"1.1.0\" }, { version = \"1.2.0\" }, \
                       { version = \"1.3.0\" }]\n";

fn holdpoint(root: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.args(words).current_dir(root).env_clear().env("NO_COLOR", "1").env("COLUMNS", "120");
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.output().unwrap()
}

/// The exit code, and what was said on standard output.
fn said(root: &Path, line: &str) -> (i32, String) {
    let output = holdpoint(root, &line.split(' ').collect::<Vec<_>>());
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[track_caller]
fn done(root: &Path, words: &[&str]) -> String {
    let output = holdpoint(root, words);
    assert!(output.status.success(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(root: &Path, line: &str) -> Value {
    serde_json::from_str(&said(root, &format!("{line} --format json")).1).unwrap()
}

fn git(root: &Path, words: &[&str]) {
    let mut git = Command::new("git");
    git.args(words).current_dir(root).env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", root);
    for role in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{role}_NAME"), "Sam").env(format!("GIT_{role}_EMAIL"), "sam@example.com");
    }
    let output = git.output().unwrap();
    assert!(output.status.success(), "{words:?}: {output:?}");
}

fn commit(root: &Path) {
    git(root, &["add", "-A"]);
    git(root, &["commit", "-q", "-m", "what was decided"]);
}

/// A registry in Git, in which both teams have done what they do: a flag, a block that was recorded, a sign-off and the
/// move by it, a broken glass with a review, an incident, a release, an observation.
fn played() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("services/shop")).unwrap();
    fs::write(root.join("holdpoint.toml"), MAIN).unwrap();
    fs::write(root.join("services/shop/service.toml"), SERVICE).unwrap();
    git(root, &["init", "-q", "-b", "main"]);
    commit(root);
    let acts: [&[&str]; 4] = [
        &[
            "flag-release",
            "shop",
            "1.2.0",
            "--insecure",
            "--id",
            "CVE-1",
            "--title",
            "=HYPERLINK(\"http://evil.example\")",
            "--severity",
            "high",
            "--by",
            ANN,
        ],
        &[
            "flag-release",
            "shop",
            "1.1.0",
            "--insecure",
            "--id",
            "CVE-2",
            "--title",
            "<script>alert(1)</script> & <b>",
            "--severity",
            "critical",
            "--by",
            ANN,
        ],
        &[
            "flag-release",
            "shop",
            "1.3.0",
            "--unstable",
            "--id",
            "INC-1",
            "--title",
            "p99",
            "--severity",
            "medium",
            "--by",
            SAM,
        ],
        &["incident", "start", "INC-1", "--service", "shop", "--by", SAM],
    ];
    acts.iter().for_each(|words| drop(done(root, words)));
    commit(root);
    let check = ["rollback-check", "shop", "1.1.0", "--record", "--by", SAM];
    assert_eq!(holdpoint(root, &check).status.code(), Some(1));
    done(
        root,
        &[
            "sign-off",
            "shop",
            "1.2.0",
            "--env",
            "prod",
            "--accept",
            "CVE-1",
            "--reason",
            "the endpoint is off,\nsee the ticket",
            "--ticket",
            "OPS-1",
            "--by",
            ANN,
        ],
    );
    commit(root);
    done(root, &["run", "shop", "1.2.0", "--env", "prod", "--by", SAM, "--", "true"]);
    done(
        root,
        &[
            "run",
            "shop",
            "1.1.0",
            "--env",
            "prod",
            "--break-glass",
            "the shop is down",
            "--by",
            BEN,
            "--",
            "true",
        ],
    );
    let debt = fs::read_dir(root.join("services/shop/debts")).unwrap().next().unwrap().unwrap().path();
    let debt = debt.file_stem().unwrap().to_str().unwrap().to_owned();
    done(root, &["review", &debt, "--note", "nobody came in", "--by", ANN]);
    done(root, &["release", "add", "shop", "1.4.0", "--by", SAM]);
    done(root, &["observe", "shop", "--env", "prod", "--running", "1.3.0", "--by", SAM]);
    done(root, &["incident", "end", "INC-1", "--by", SAM]);
    commit(root);
    folder
}

/// The only file of the record.
fn file(root: &Path) -> PathBuf {
    let mut files = fs::read_dir(root.join("log/shop")).unwrap().map(|entry| entry.unwrap().path());
    files.find(|file| file.extension().is_some()).unwrap()
}

fn lines(root: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file(root)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_line_of_the_record_is_a_row_a_part_or_counted() {
    let folder = played();
    let (root, all) = (folder.path(), lines(folder.path()));
    let export = json(root, "log export");
    assert_eq!(
        (export["schema"].as_str(), export["verified"].as_bool()),
        (Some("holdpoint/log-export/v1"), Some(true))
    );
    let mut named: Vec<u64> = Vec::new();
    for row in export["rows"].as_array().unwrap() {
        named.push(row["seq"].as_u64().unwrap());
        named.extend(row["parts"].as_array().unwrap().iter().map(|part| part["seq"].as_u64().unwrap()));
    }
    let beside = ["released", "incident-started", "incident-ended"];
    let kinds = |line: &&Value| beside.contains(&line["kind"].as_str().unwrap());
    named.extend(all.iter().filter(kinds).map(|line| line["seq"].as_u64().unwrap()));
    named.sort_unstable();
    assert_eq!(named, (1..=all.len() as u64).collect::<Vec<_>>(), "each line once");
    let of = &export["completeness"][0];
    let count = |field: &str| of[field].as_u64().unwrap();
    assert_eq!(count("rows") + count("parts") + count("elsewhere") + count("beside"), all.len() as u64);
    assert_eq!((count("beside"), count("first"), count("last")), (3, 1, all.len() as u64));
    let head = said(root, "log head").1;
    assert!(head.trim().ends_with(of["end"]["hash"].as_str().unwrap()), "{head}");
}

#[test]
fn a_row_has_who_what_why_by_which_approval_and_what_followed() {
    let folder = played();
    let export = json(folder.path(), "log export");
    let rows = export["rows"].as_array().unwrap();
    let kinds: Vec<&str> = rows.iter().map(|row| row["kind"].as_str().unwrap()).collect();
    let want = [
        "flagged",
        "flagged",
        "flagged",
        "checked",
        "signed-off",
        "started",
        "started",
        "reviewed",
        "observed",
    ];
    assert_eq!(kinds, want);
    let (signed, broken, reviewed) = (&rows[5], &rows[6], &rows[7]);
    assert_eq!(signed["approvals"][0]["by"], ANN);
    assert_eq!((&signed["approver_not_requester"], &signed["outcome"]["code"]), (&"yes".into(), &0.into()));
    assert_eq!((&signed["ticket"], &signed["reasons"][0]["subject"]), (&"OPS-1".into(), &"CVE-1".into()));
    let revision = signed["registry"]["revision"].as_str().unwrap();
    assert!(revision.len() == 40 && signed["registry"]["dirty"] == false, "{signed}");
    assert_eq!(
        (&broken["why"], &broken["approver_not_requester"]),
        (&"the shop is down".into(), &"no".into())
    );
    assert_eq!(
        (&broken["follow_up"]["state"], &broken["follow_up"]["reviews"][0]["by"]),
        (&"open".into(), &ANN.into())
    );
    let parts: Vec<&str> =
        broken["parts"].as_array().unwrap().iter().map(|part| part["kind"].as_str().unwrap()).collect();
    assert_eq!(parts, ["broke-glass", "finished"]);
    assert_eq!(reviewed["approver_not_requester"], "yes");
    assert_eq!(rows[4]["approver_not_requester"], "yes", "by who moved by it");
    assert_eq!(rows[3]["approver_not_requester"], Value::Null);
}

#[test]
fn the_table_is_read_by_others_and_holds_no_formula() {
    let folder = played();
    let output = holdpoint(folder.path(), &["log", "export", "--format", "csv"]);
    let beside = String::from_utf8(output.stderr).unwrap();
    assert!(beside.contains("stand in rows") && beside.contains("no --since was given"), "{beside}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().count() > 10 && text.ends_with("\r\n"), "{text}");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(columns, holdpoint::report::audit::cells::COLUMNS);
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    let cell = |row: usize, column: &str| {
        rows[row].get(columns.iter().position(|name| name == column).unwrap()).unwrap().to_owned()
    };
    let export = json(folder.path(), "log export");
    assert_eq!(rows.len(), export["rows"].as_array().unwrap().len());
    for (index, row) in export["rows"].as_array().unwrap().iter().enumerate() {
        assert_eq!(cell(index, "line_hash"), row["hash"].as_str().unwrap());
    }
    assert_eq!(cell(0, "why"), "'=HYPERLINK(\"http://evil.example\")");
    assert_eq!(cell(4, "why"), "the endpoint is off,\nsee the ticket");
    for row in &rows {
        let bad = row.iter().find(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
        assert!(bad.is_none(), "{bad:?}");
    }
}

#[test]
fn a_form_is_refused_where_a_command_does_not_have_it() {
    let folder = played();
    let root = folder.path();
    for (line, words) in [
        ("rollback-check shop --format csv", "`holdpoint rollback-check` has no format `csv`"),
        ("rollback-check shop --report html=x.html", "it has human, json and markdown"),
        ("log show --format csv", "`holdpoint log show` has no format `csv`"),
        ("log export --format html", "it has human, json, markdown and csv"),
        ("log report --format csv", "it has human, json, markdown and html"),
        ("schema --format html", "`holdpoint schema` has no format `html`"),
        ("--report csv=x.csv man", "`man` makes no reports"),
        ("log export --format xml", "invalid value 'xml'"),
    ] {
        let output = holdpoint(root, &line.split(' ').collect::<Vec<_>>());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && text.contains(words), "{line}: {text}");
        assert!(output.stdout.is_empty() && !root.join("x.html").exists(), "{line}");
    }
    // A form that fails leaves no older file behind that could pass for it.
    fs::write(root.join("rows.csv"), "old").unwrap();
    let line = "log export --registry nowhere --report csv=rows.csv --report json=-";
    assert_eq!(said(root, line).0, 3);
    let text = fs::read_to_string(root.join("rows.csv")).unwrap();
    assert!(text.starts_with("error,hint\r\n") && text.contains("nowhere"), "{text}");
    assert_eq!(said(root, "log report --registry nowhere --report html=r.html").0, 3);
    assert!(fs::read_to_string(root.join("r.html")).unwrap().contains("<h1>No report</h1>"));
}

#[test]
fn a_period_has_its_ends_and_says_how_it_came() {
    let folder = played();
    let root = folder.path();
    let usual = json(root, "log export");
    assert_eq!(usual["period"]["usual"], true);
    for (line, rows) in [("--until 2020-12-31", 0), ("--since 2020-01-01 --until 2999-12-31", 9)] {
        let export = json(root, &format!("log export {line}"));
        assert_eq!(export["rows"].as_array().unwrap().len(), rows, "{line}");
    }
    for (line, words) in [
        ("--since 2020-01-02 --until 2020-01-01", "ends before it begins"),
        ("--since 2999-01-01", "ends before it begins"),
        ("--since yesterday", "is no time"),
    ] {
        let output = holdpoint(root, &format!("log report {line}").split(' ').collect::<Vec<_>>());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && text.contains(words), "{line}: {text}");
    }
    assert_eq!(said(root, "log report nosuch").0, 3);
    assert_eq!(json(root, "log export --as-of 2020-01-01")["completeness"][0]["lines"], 0);
}

#[test]
fn the_report_says_what_became_of_everything() {
    let folder = played();
    let root = folder.path();
    let report = json(root, "log report");
    assert_eq!(
        (report["schema"].as_str(), report["verified"].as_bool()),
        (Some("holdpoint/log-report/v1"), Some(true))
    );
    let shop = &report["services"][0];
    assert_eq!(shop["registry_missing"], Value::Null);
    let then: Vec<&str> =
        shop["stops"].as_array().unwrap().iter().map(|stop| stop["then"].as_str().unwrap()).collect();
    assert_eq!(
        then,
        ["elsewhere", "broke-glass"],
        "the block was gone round first, and another gone against"
    );
    let signed = &shop["sign_offs"][0];
    assert_eq!((signed["state"].as_str(), signed["used_by"].as_array().unwrap().len()), (Some("stands"), 1));
    let glass = &shop["broken_glass"][0];
    assert_eq!((&glass["state"], &glass["stands"]), (&"open".into(), &true.into()));
    let exposed: Vec<String> = (shop["exposures"].as_array().unwrap().iter())
        .map(|one| {
            format!(
                "{} {} {}",
                one["flag"].as_str().unwrap(),
                one["began"].as_str().unwrap(),
                one["accepted_by"].as_array().unwrap().len()
            )
        })
        .collect();
    // INC-1 ran when it was flagged, and came again; both advisories were entered by acceptance.
    assert_eq!(exposed, ["INC-1 found 0", "CVE-1 entered 1", "CVE-2 entered 1", "INC-1 entered 0"]);
    let changes = &shop["changes"][0];
    // Two moves back, and one forward that was only observed.
    let counts =
        ["deployments", "rollbacks", "failed", "rework"].map(|field| changes[field].as_u64().unwrap());
    assert_eq!((counts, &changes["ping_pong"]), ([1, 2, 0, 2], &1.into()), "{changes}");
    for words in
        ["Completeness", "Holds and blocks", "the debt", "Sign-offs", "Exposure", "no claim of compliance"]
    {
        for form in ["human", "markdown", "html"] {
            let (code, text) = said(root, &format!("log report --format {form}"));
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(code == 0 && text.contains(words), "{form}: no `{words}` in {text}");
        }
    }
}

#[test]
fn a_record_that_does_not_verify_says_so_at_the_top() {
    let folder = played();
    let root = folder.path();
    let text = fs::read_to_string(file(root)).unwrap();
    fs::write(file(root), text.replacen("\"block\"", "\"allow\"", 1)).unwrap();
    for (form, top) in [
        ("human", "BROKEN  shop"),
        ("markdown", "## BROKEN: shop"),
        ("html", "<span class=\"state broken\">BROKEN"),
    ] {
        let (code, text) = said(root, &format!("log report --format {form}"));
        let place = text.find(top).unwrap_or_else(|| panic!("{form}: {text}"));
        assert!(
            code == 1 && text.contains("verify") && place < text.find("Completeness").unwrap(),
            "{form}: {text}"
        );
        assert!(text.contains("was changed after line"), "{form}: {text}");
    }
    assert_eq!(json(root, "log report")["verified"], false);
    let output = holdpoint(root, &["log", "export", "--format", "csv"]);
    let beside = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(1) && beside.contains("the record of shop doesn't verify"),
        "{beside}"
    );
}

#[test]
fn a_registry_that_does_not_load_is_said_and_done_without() {
    let folder = played();
    let root = folder.path();
    fs::write(root.join("holdpoint.toml"), "format = \"none\n").unwrap();
    let (code, text) = said(root, "log report --format markdown");
    assert!(code == 0 && text.contains("the registry adds nothing"), "{text}");
    assert_eq!(json(root, "log export")["rows"].as_array().unwrap().len(), 9);
    fs::write(root.join("holdpoint.toml"), MAIN).unwrap();
    fs::remove_dir_all(root.join("services")).unwrap();
    let (code, text) = said(root, "log report --format markdown");
    assert!(code == 0 && text.contains("there is no service `shop` in it any more"), "{text}");
}

#[test]
fn who_was_told_is_read_whatever_a_later_version_writes() {
    let folder = played();
    let root = folder.path();
    let all = lines(root);
    let id = all.iter().find(|line| line["kind"] == "signed-off").unwrap()["id"].as_str().unwrap();
    let mut text = fs::read_to_string(file(root)).unwrap();
    let told = serde_json::json!({"seq": all.len() + 1, "kind": "told", "of": id, "sink": "chat", "at": "2026-11-22T03:06:00Z", "answer": 200, "more": {"x": 1}});
    text.push_str(&format!("{told}\n"));
    fs::write(file(root), text).unwrap();
    let export = json(root, "log export --since 2020-01-01");
    let row = export["rows"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap();
    assert_eq!(
        row["told"][0],
        serde_json::json!({"who": "chat", "at": "2026-11-22T03:06:00Z", "answer": "200", "arrived": true})
    );
}

/// The page holds all that it needs, and whatever stands in it is text.
#[test]
fn the_page_is_well_formed_and_does_nothing() {
    let folder = played();
    let (code, page) = said(folder.path(), "log report --format html");
    assert_eq!(code, 0);
    assert!(page.contains("&lt;script&gt;") || !page.contains("alert(1)"), "titles are escaped");
    for forbidden in ["<script", "<link", "<img", "<iframe", "href=", "src=", "url(http", "@import", "onload"]
    {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()) {
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        match tag {
            _ if tag.starts_with('!') || tag.ends_with('/') || name == "meta" => {}
            _ if tag.starts_with('/') => assert_eq!(open.pop(), Some(name), "</{name}> closes another"),
            _ => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?} stay open");
    let heads: Vec<&str> = page.split("<h").skip(1).filter_map(|rest| rest.split('>').next()).collect();
    assert!(heads.contains(&"1") && heads.iter().filter(|head| **head == "2").count() == 9, "{heads:?}");
}

#[test]
fn the_same_record_gives_the_same_text_wherever_it_lies() {
    let folder = played();
    let root = folder.path();
    let until = "2999-01-01";
    let line = format!("log report --since 2020-01-01 --until {until} --as-of 2030-01-01 --format markdown");
    let here = said(root, &line).1;
    let elsewhere = said(Path::new("/"), &format!("{line} --registry {}", root.display())).1;
    assert_eq!(here, elsewhere);
    assert!(!here.contains(root.to_str().unwrap()) && here.contains("2029-12-31"), "{here}");
}

#[test]
fn the_documented_script_traces_a_row_without_holdpoint() {
    let works = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if !["jq", "sha256sum", "git"].into_iter().all(works) {
        eprintln!("skipped: jq, sha256sum or git isn't there");
        return;
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/audit.md");
    let page = fs::read_to_string(page).unwrap();
    let script = page.split("```sh\n#!/bin/sh\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = played();
    let root = folder.path();
    fs::write(root.join("trace.sh"), script).unwrap();
    let export = said(root, "log export --report json=population.json -q");
    assert_eq!(export.0, 0);
    let rows = json(root, "log export");
    let rows = rows["rows"].as_array().unwrap().clone();
    let trace = |id: &str| {
        let mut sh = Command::new("sh");
        sh.args(["trace.sh", "population.json", id]).current_dir(root).env("HOME", root);
        let output = sh.output().unwrap();
        (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    for row in &rows {
        let (ok, text) = trace(row["id"].as_str().unwrap());
        assert!(ok && text.contains("chain      followed by number"), "{row}\n{text}");
    }
    let (_, text) = trace(rows[5]["id"].as_str().unwrap());
    for words in [
        "registry   ",
        "with changes: false",
        &format!("by {ANN}: services/shop/sign-offs/security/"),
        "part       finished",
        "approver not requester: yes",
    ] {
        assert!(text.contains(words), "no `{words}` in {text}");
    }
    // Somebody changes the line; or the sign-off, to look as if another had signed.
    let whole = fs::read_to_string(file(root)).unwrap();
    fs::write(file(root), whole.replacen("\"block\"", "\"allow\"", 1)).unwrap();
    let (ok, text) = trace(rows[3]["id"].as_str().unwrap());
    assert!(!ok && text.contains("isn't the line of the row"), "{text}");
    fs::write(file(root), whole).unwrap();
    let signed =
        fs::read_dir(root.join("services/shop/sign-offs/security")).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(&signed).unwrap();
    fs::write(&signed, text.replace("ann@", "sam@")).unwrap();
    let (ok, text) = trace(rows[5]["id"].as_str().unwrap());
    assert!(!ok && text.contains("isn't signed by"), "{text}");
    assert!(!trace("01K").0);
}
