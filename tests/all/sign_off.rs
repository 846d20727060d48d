//! `sign-off` and `sign-off revoke` with the real program: what they write, whom and what they refuse, and
//! `docs/sign-offs.md`, replayed.
//!
//! `HOLDPOINT_BLESS=1 cargo test` writes what the commands say into the page.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

const PAGE: &str = "docs/sign-offs.md";

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE)).unwrap()
}

/// The registry of the page, with more behind it.
fn registry(more: &str) -> TempDir {
    let page = page();
    let start = page.find("# holdpoint.toml\n").unwrap();
    let text = &page[start..start + page[start..].find("```").unwrap()];
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("holdpoint.toml"), format!("{text}{more}")).unwrap();
    root
}

/// The words of a line, with what stands in double quotes as one.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![];
    for (at, part) in line.split('"').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// A command that was printed, with what a person fills in.
fn filled(printed: &str) -> String {
    printed.replace("holdpoint ", "").replace("<why>", "nobody can reach it")
}

fn command(root: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.args(words(line)).current_dir(root).env_clear().env("COLUMNS", "110");
    command
}

/// The exit code with all that was said.
fn said(root: &Path, line: &str) -> (i32, String) {
    let output = command(root, line).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn json(root: &Path, line: &str) -> Value {
    let output = command(root, &format!("{line} --format json")).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn main_file(root: &Path) -> String {
    fs::read_to_string(root.join("holdpoint.toml")).unwrap()
}

/// The lines of the record of the shop.
fn record(root: &Path) -> Vec<Value> {
    let Ok(months) = fs::read_dir(root.join("log/shop")) else { return vec![] };
    let mut files: Vec<_> = months.map(|month| month.unwrap().path()).collect();
    files.sort();
    let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
    texts
        .flat_map(|text| text.lines().map(|l| serde_json::from_str(l).unwrap()).collect::<Vec<_>>())
        .collect()
}

const MINA: &str = "--by \"Mina <mina@example.com>\"";
const ROSA: &str = "--by \"Rosa <rosa@example.com>\"";
const SIGN: &str = "sign-off shop 1.1.0 --env prod --accept CVE-2026-1 --reason r";

#[test]
fn a_sign_off_is_written_recorded_and_counts() {
    let root = registry("");
    let before = main_file(root.path());
    assert_eq!(said(root.path(), "rollback-check shop 1.1.0 --env prod").0, 4);
    let signed = json(root.path(), &format!("{SIGN} --ticket OPS-1 --expires 2h {MINA}"));
    let id = signed["sign_off"]["id"].as_str().unwrap().to_owned();
    assert_eq!((signed["outcome"].as_str(), signed["act"].as_str()), (Some("signed"), Some("sign-off")));
    assert_eq!((&signed["before"]["verdict"], &signed["after"]["verdict"]), (&"hold".into(), &"warn".into()));
    assert!(signed["next"][0].as_str().unwrap().starts_with("holdpoint run shop 1.1.0 --env prod -- helm"));
    let (at, expires) = (&signed["sign_off"]["at"], &signed["sign_off"]["expires"]);
    let table = format!(
        "\n[sign-off.{id}]\nservice = \"shop\"\nenvironment = \"prod\"\nto = \"1.1.0\"\n\
         accepts = [\"CVE-2026-1\"]\nas = \"security\"\nby = \"Mina <mina@example.com>\"\nknown = \"flag\"\n\
         reason = \"r\"\nticket = \"OPS-1\"\nat = {}\nexpires = {}\n",
        at.as_str().unwrap(),
        expires.as_str().unwrap()
    );
    assert_eq!(main_file(root.path()), before + &table);
    let lines = record(root.path());
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["kind"], &lines[0]["sign_off"]), (&"signed-off".into(), &id.as_str().into()));
    assert_eq!((&lines[0]["verdict"], &lines[0]["by"]), (&"warn".into(), &"Mina <mina@example.com>".into()));
    let verdict = json(root.path(), "rollback-check shop 1.1.0 --env prod");
    assert_eq!(verdict["sign_offs"]["given"][0]["id"], id.as_str());
    assert_eq!(verdict["sign_offs"]["given"][0]["self"], false);
    // Said again: nothing. Only a later end is news.
    let text = main_file(root.path());
    let (code, again) = said(root.path(), &format!("{SIGN} --expires 2h {MINA}"));
    assert!(code == 0 && again.starts_with("UNCHANGED"), "{again}");
    assert_eq!((main_file(root.path()), record(root.path()).len()), (text, 1));
    assert_eq!(json(root.path(), &format!("{SIGN} --expires 3h {MINA}"))["outcome"], "signed");
}

#[test]
fn a_service_with_a_folder_gets_a_file_of_the_layout() {
    let root = registry("");
    fs::create_dir_all(root.path().join("services/shop")).unwrap();
    let signed = json(root.path(), &format!("{SIGN} {MINA}"));
    let id = signed["sign_off"]["id"].as_str().unwrap();
    let file = format!("services/shop/sign-offs/security/{id}.toml");
    assert_eq!(signed["sign_off"]["origin"]["file"], file.as_str());
    assert!(fs::read_to_string(root.path().join(file)).unwrap().starts_with(&format!("[sign-off.{id}]\n")));
    assert_eq!(said(root.path(), "rollback-check shop 1.1.0 --env prod").0, 0);
}

#[test]
fn what_may_not_be_signed_is_refused_and_nothing_is_written() {
    let more = "\
        [advisory.MAL-1]\ntitle = \"t\"\ncompromised = true\naffects = [{ service = \"shop\", versions = \"0.9.0\" }]\n\
        [advisory.LOW-1]\ntitle = \"t\"\nseverity = \"low\"\naffects = [{ service = \"shop\", versions = \"1.1.0\" }]\n\
        [advisory.CVE-3]\ntitle = \"t\"\nseverity = \"high\"\naliases = [\"GHSA-3\"]\n\
        affects = [{ service = \"shop\", versions = \"1.1.0\" }]\n\
        mitigation = [{ id = \"off\", do = \"turn it off\", lowers_to = \"warn\" }]\n";
    let root = registry(more);
    let before = main_file(root.path());
    let long = "sign-off shop 1.1.0 --env prod --reason r --accept CVE-2026-1";
    let cases = [
        (format!("{SIGN} --by \"Eve <eve@example.com>\""), 2, "for which key is it signed?"),
        (format!("{SIGN} --as security --by \"Eve <eve@example.com>\""), 3, "isn't a member of `appsec`"),
        (format!("{SIGN} --as security {ROSA}"), 3, "its members are mina@example.com"),
        (format!("{SIGN} {ROSA}"), 3, "`CVE-2026-1` is for security to sign, not for reliability"),
        (
            format!("{SIGN} {MINA} --asked-by MINA@example.com"),
            3,
            "nobody signs what they ask for themselves",
        ),
        (format!("sign-off shop 1.1.0 --env prod --accept CVE-2026-1 {MINA}"), 2, "why?"),
        (format!("{long} --expires 73h {MINA}"), 2, "the longest is --expires 72h"),
        (format!("{long} --expires 2020-01-01 {MINA}"), 2, "lies in the past"),
        (format!("{long} --expires soon {MINA}"), 2, "write a period"),
        (
            format!("sign-off shop 1.1.0 --env prod --reason \" \" --accept CVE-2026-1 {MINA}"),
            2,
            "it is empty",
        ),
        (format!("{long} --accept CVE-2026-2 {MINA}"), 3, "`CVE-2026-2` is no reason of this move"),
        (format!("{long} --accept CVE-2026-3 {MINA}"), 3, "did you mean `CVE-2026-1`?"),
        (format!("{long} --accept GHSA-3 {MINA}"), 3, "an alias of `CVE-3`"),
        (format!("{long} --accept LOW-1 {MINA}"), 3, "`LOW-1` is only a warning"),
        (format!("{long} --with CVE-3/off --accept CVE-3 {MINA}"), 3, "`CVE-3` isn't held once off is on"),
        (format!("{long} --with CVE-3/of {MINA}"), 3, "offers no mitigation `of`"),
        (format!("{long} --with CVE-3/of {MINA}"), 3, "did you mean `CVE-3/off`?"),
        (format!("{long} --with CVE-2026-2/waf-7 {MINA}"), 3, "`CVE-2026-2` is no reason of this move"),
        (format!("{long} --with CVE-3/off {ROSA}"), 3, "is for security to say"),
        (
            format!("sign-off shop 1.2.0 --env prod --reason r --accept CVE-2026-2 {MINA}"),
            3,
            "a block can't be signed",
        ),
        (
            format!("sign-off shop 0.9.0 --env prod --reason r --accept MAL-1 {MINA}"),
            3,
            "no sign-off opens that",
        ),
        (
            format!("sign-off shop 0.9.0 --env prod --reason r --accept unknown-release {MINA}"),
            3,
            "compromised",
        ),
        (format!("{long} --as-of 2026-01-01 {MINA}"), 2, "this command writes"),
        (
            format!("sign-off shop 1.3.0 --env prod {MINA}"),
            2,
            "nothing is held for security: the move may go",
        ),
        (format!("sign-off shop 1.2.0 --env prod {ROSA}"), 2, "a block can't be signed off"),
    ];
    for (line, code, why) in cases {
        let (got, text) = said(root.path(), &line);
        assert!(got == code && text.contains(why), "{line}\n{got}: {text}");
        assert_eq!(main_file(root.path()), before, "{line}");
    }
    assert!(record(root.path()).is_empty());
    let dry = said(root.path(), &format!("{SIGN} --dry-run {MINA}"));
    assert!(dry.0 == 0 && dry.1.starts_with("WOULD SIGN"), "{}", dry.1);
    assert!(main_file(root.path()) == before && record(root.path()).is_empty());
}

#[test]
fn whoever_has_begun_the_move_does_not_sign_it_for_security() {
    let under_way = "[service.shop.under-way.prod]\nto = \"1.1.0\"\nsince = 2026-11-22T03:00:00Z\nby = \"mina@example.com\"\n";
    let root = registry(under_way);
    let (code, text) = said(root.path(), &format!("{SIGN} {MINA}"));
    assert!(code == 3 && text.contains("nobody signs what they ask for themselves"), "{text}");
}

#[test]
fn the_commands_that_are_printed_can_be_pasted() {
    let root = registry("");
    let paste = |line: &str, by: &str| said(root.path(), &format!("{} {by}", filled(line)));
    let (code, text) = said(root.path(), &format!("sign-off shop 1.0.0 --env prod {MINA}"));
    assert_eq!(code, 2);
    let command = text.trim().split("To accept: ").nth(1).unwrap();
    let (code, text) = paste(command, MINA);
    assert!(code == 0 && text.contains("after        HOLD"), "{text}");
    let other = text.lines().find(|line| line.contains("--as reliability")).unwrap().trim();
    let (code, text) = paste(other, ROSA);
    assert!(
        code == 0 && text.contains("after        WARN") && text.contains("Next: holdpoint run"),
        "{text}"
    );
    // A block that a mitigation makes a hold of is offered with it.
    let (_, text) = said(root.path(), &format!("sign-off shop 1.2.0 --env prod {MINA}"));
    let (code, text) = paste(text.trim().split("To accept: ").nth(1).unwrap(), MINA);
    assert!(code == 0 && text.contains("before       BLOCK") && text.contains("after        WARN"), "{text}");
}

#[test]
fn a_sign_off_that_is_taken_back_stays_and_counts_no_more() {
    let root = registry("");
    let id = json(root.path(), &format!("{SIGN} {MINA}"))["sign_off"]["id"].as_str().unwrap().to_owned();
    let revoke = format!("sign-off revoke {} --reason over", id.to_lowercase());
    let (code, text) = said(root.path(), &format!("{revoke} {ROSA}"));
    assert!(code == 3 && text.contains("neither the signer"), "{text}");
    let revoked = json(root.path(), &format!("{revoke} --by mina@example.com"));
    assert_eq!((&revoked["outcome"], &revoked["act"]), (&"revoked".into(), &"sign-off revoke".into()));
    assert_eq!(
        (&revoked["before"]["verdict"], &revoked["after"]["verdict"]),
        (&"warn".into(), &"hold".into())
    );
    assert!(main_file(root.path()).contains("revoked = { at = "));
    let (code, text) = said(root.path(), "rollback-check shop 1.1.0 --env prod");
    assert!(code == 4 && text.contains("revoked at") && text.contains("by mina@example.com: over"), "{text}");
    let text = main_file(root.path());
    assert_eq!(json(root.path(), &format!("{revoke} {MINA}"))["outcome"], "unchanged");
    assert_eq!((main_file(root.path()), record(root.path()).len()), (text, 2));
    assert_eq!(record(root.path())[1]["kind"], "revoked");
    // Another one may be signed beside it.
    assert_eq!(json(root.path(), &format!("{SIGN} {MINA}"))["after"]["verdict"], "warn");
    let (code, text) = said(root.path(), &format!("sign-off revoke 01X --reason over {MINA}"));
    assert!(code == 3 && text.contains("no sign-off is called `01X`"), "{text}");
}

#[test]
fn what_got_in_by_a_sign_off_is_said_when_it_is_taken_back() {
    let more = "[sign-off.S1]\nservice = \"shop\"\nenvironment = \"prod\"\nto = \"1.1.0\"\naccepts = [\"CVE-2026-1\"]\n\
        as = \"security\"\nby = \"mina@example.com\"\nreason = \"r\"\nat = 2020-01-01\nexpires = 2020-01-02\n\
        [service.shop.entered.prod]\nfrom = \"1.2.0\"\nby = \"sign-off S2\"\nsubjects = [\"CVE-2026-1\"]\n\
        expires = 2020-01-02\n";
    let root = registry(more);
    let lapsed = json(root.path(), &format!("sign-off revoke S1 --reason over {MINA}"));
    assert_eq!(lapsed["outcome"], "unchanged");
    assert!(lapsed["notes"][0].as_str().unwrap().starts_with("it lapsed at "), "{lapsed}");
    let id = json(root.path(), &format!("{SIGN} {MINA}"))["sign_off"]["id"].as_str().unwrap().to_owned();
    let file = root.path().join("holdpoint.toml");
    fs::write(&file, main_file(root.path()).replace("sign-off S2", &format!("sign-off {id}"))).unwrap();
    let revoked = json(root.path(), &format!("sign-off revoke {id} --reason over {MINA}"));
    assert_eq!(revoked["notes"][0], "1.3.0 got into prod by it, and goes on running: revoking moves nothing");
}

#[test]
fn what_runs_can_be_accepted_though_no_move_goes_onto_it() {
    let root = registry("");
    let text = main_file(root.path()).replace("prod = \"1.3.0\"", "prod = \"1.1.0\"");
    fs::write(root.path().join("holdpoint.toml"), text).unwrap();
    let signed = json(root.path(), &format!("{SIGN} {MINA}"));
    assert_eq!((&signed["outcome"], &signed["before"]["verdict"]), (&"signed".into(), &"warn".into()));
    assert!(signed["notes"][0].as_str().unwrap().starts_with("CVE-2026-1 holds what runs there"), "{signed}");
    let (notes, next) = (signed["notes"].as_array().unwrap(), signed["next"].as_array().unwrap());
    assert!(notes.len() == 1 && next.is_empty(), "nothing is to be run, by nobody: {signed}");
    let (_, status) = said(root.path(), "status shop");
    assert!(status.contains("accepted by") || !status.contains("hold"), "{status}");
}

#[test]
fn a_mitigation_that_lets_what_runs_be_accepted_is_not_called_useless() {
    let root = registry("");
    let text = main_file(root.path()).replace("prod = \"1.3.0\"", "prod = \"1.2.0\"");
    fs::write(root.path().join("holdpoint.toml"), text).unwrap();
    let sign = "sign-off shop 1.2.0 --env prod --accept CVE-2026-2 --reason r";
    assert_eq!(said(root.path(), &format!("{sign} {MINA}")).0, 3, "it is a block without the mitigation");
    let (code, text) = said(root.path(), &format!("{sign} --with CVE-2026-2/waf-7 {MINA}"));
    assert!(code == 0 && text.contains("waf-7 counts for 2 hours"), "{text}");
    assert!(!text.contains("changes nothing"), "{text}");
}

#[test]
fn a_sign_off_for_a_group_says_where_else_it_counts_and_where_a_flag_voids_it() {
    let root = registry("[environment.prod]\n[environment.eu]\nin = \"prod\"\n");
    let file = root.path().join("holdpoint.toml");
    let both = main_file(root.path()).replace("prod = \"1.3.0\"", "prod = \"1.3.0\", eu = \"1.3.0\"");
    fs::write(&file, both).unwrap();
    let (_, text) = said(root.path(), &format!("{SIGN} {MINA}"));
    assert!(text.contains("note         it counts in eu, too, which is in prod"), "{text}");
    assert_eq!(said(root.path(), "rollback-check shop 1.1.0 --env eu").0, 0);
    let flag = "flag-release shop 1.1.0 --unstable --title t --env eu --severity high --format json";
    let output = command(root.path(), &format!("{flag} {ROSA}")).output().unwrap();
    let flagged: Value = serde_json::from_slice(&output.stdout).unwrap();
    let voided = flagged["services"][0]["voided"].as_array().unwrap();
    assert_eq!((voided.len(), &voided[0]["environment"]), (1, &"eu".into()), "{flagged}");
    assert_eq!(said(root.path(), "rollback-check shop 1.1.0 --env eu").0, 4);
    assert_eq!(said(root.path(), "rollback-check shop 1.1.0 --env prod").0, 0);
}

#[test]
fn what_is_printed_lasts_no_longer_than_policy_allows() {
    let root = registry("[policy]\nsign_off_max = \"90m\"\n");
    let (_, check) = said(root.path(), "rollback-check shop 1.1.0 --env prod");
    let printed = check.lines().find(|line| line.contains("holdpoint sign-off")).unwrap().trim();
    assert!(printed.ends_with("--reason \"<why>\" --expires 90m"), "{printed}");
    let (code, text) = said(root.path(), &format!("{} {MINA}", printed.replace("holdpoint ", "")));
    assert!(code == 2 && text.contains("`<why>` stands there for your own words"), "{text}");
    assert_eq!(said(root.path(), &format!("{} {MINA}", filled(printed))).0, 0);
}

#[test]
fn a_service_called_revoke_is_no_trap() {
    let page = registry("");
    let text =
        main_file(page.path()).replace("service.shop", "service.revoke").replace("\"shop\"", "\"revoke\"");
    fs::write(page.path().join("holdpoint.toml"), text).unwrap();
    let (code, said_so) = said(page.path(), &format!("sign-off revoke 1.1.0 --reason r {MINA}"));
    assert!(code == 3 && said_so.contains("put an option before its name"), "{said_so}");
    let (_, check) = said(page.path(), "rollback-check revoke 1.1.0 --env prod");
    let printed = check.lines().find(|line| line.contains("holdpoint sign-off")).unwrap().trim();
    let (code, text) = said(page.path(), &format!("{} {MINA}", filled(printed)));
    assert!(code == 0 && text.starts_with("SIGNED"), "{printed}\n{text}");
}

#[test]
fn texts_are_stored_as_they_are_said_and_shown_safely() {
    let root = registry("");
    let reason = "two\nlines \u{1b}[2J 'a' \\ \u{202e}right";
    let mut command =
        command(root.path(), &format!("sign-off shop 1.1.0 --env prod --accept CVE-2026-1 {MINA}"));
    let output = command.args(["--reason", reason]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && !text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    assert_eq!(record(root.path())[0]["reason"], reason);
    assert_eq!(said(root.path(), "rollback-check shop 1.1.0 --env prod").0, 0);
}

#[test]
fn many_at_once_all_get_through() {
    let root = registry("");
    let members: Vec<String> = (0..8).map(|n| format!("m{n}@example.com")).collect();
    let text = main_file(root.path()).replace("mina@example.com", &members.join("\", \""));
    fs::write(root.path().join("holdpoint.toml"), text).unwrap();
    let children: Vec<_> = members
        .iter()
        .map(|by| command(root.path(), &format!("{SIGN} -q --by {by}")).spawn().unwrap())
        .collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    let given = json(root.path(), "rollback-check shop 1.1.0 --env prod");
    assert_eq!(given["sign_offs"]["given"].as_array().unwrap().len(), 8);
    let seqs: Vec<u64> = record(root.path()).iter().map(|line| line["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=8).collect::<Vec<u64>>());
}

/// Every id and time of a text becomes one that is always the same.
fn masked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-:".contains(c))).unwrap_or(rest.len());
        let word = &rest[..word.max(c.len_utf8())];
        let is_time = word.len() == 20 && word.starts_with("20") && word.ends_with('Z');
        let is_id = word.len() == 26 && word.starts_with("01");
        out.push_str(match (is_time, is_id) {
            (true, _) => "2026-11-22T07:05:00Z",
            (_, true) => "01KAF3XM7Y0000000000000001",
            _ => word,
        });
        rest = &rest[word.len()..];
    }
    out
}

#[test]
fn the_page_is_what_the_commands_say() {
    let root = registry("");
    let page = page();
    let mut new = String::new();
    let mut first: Option<String> = None;
    for (at, part) in page.split("```").enumerate() {
        let Some(block) = part.strip_prefix("console\n").filter(|_| at % 2 == 1) else {
            write!(new, "{}{part}", if at == 0 { "" } else { "```" }).unwrap();
            continue;
        };
        new.push_str("```console\n");
        for line in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let id = first.clone().unwrap_or_default();
            let typed = line.replace("01KAF3XM7Y0000000000000001", &id).replace("holdpoint ", "");
            let (_, text) = said(root.path(), &typed);
            if first.is_none() {
                let id = text.lines().find_map(|line| line.trim().strip_prefix("id "));
                first = id.map(|id| id.trim().to_owned());
            }
            write!(new, "$ {line}\n{}", masked(&text)).unwrap();
        }
    }
    if std::env::var_os("HOLDPOINT_BLESS").is_some() {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE), new).unwrap();
    } else {
        assert_eq!(page, new, "{PAGE} is behind the commands; write it anew with HOLDPOINT_BLESS=1");
    }
}
