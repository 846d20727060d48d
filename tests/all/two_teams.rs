//! `examples/two-teams.sh`, played in two real clones, and the report that comes of it: `docs/sample-report.md`.
//!
//! What is told of this run is translated as that of `docs/story.md` is: instants, ids and hashes become those of the
//! page. `HOLDPOINT_BLESS=1 cargo test` writes the report into the page.

use std::fs;
use std::path::Path;
use std::process::Output;

use chrono::{DateTime, Utc};

use super::repository::shell;
use super::story::{NIGHT, Translation};

const PAGE: &str = "docs/sample-report.md";

/// Said above the report on the page.
const HEAD: &str = "\
<!-- What `examples/two-teams.sh` ends with; a test holds it. Instants, ids and hashes are made up, in steps of ten
     minutes; all of it took seconds. docs/audit.md explains every figure. -->

";

fn play(folder: &Path) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/two-teams.sh");
    let mut command = shell(folder, &format!("'{}' played 2>&1", script.display()));
    // Each clone says who works in it; the script is to be right without a test around it.
    for who in ["AUTHOR", "COMMITTER"] {
        command.env_remove(format!("GIT_{who}_NAME")).env_remove(format!("GIT_{who}_EMAIL"));
        command.env_remove(format!("GIT_{who}_DATE"));
    }
    command.output().unwrap()
}

/// The report in the words of the page.
fn told(report: &str, now: DateTime<Utc>) -> String {
    let night: DateTime<Utc> = NIGHT.parse().unwrap();
    let text = Translation::beginning(now).told(report);
    seconds(&text.replace(&now.date_naive().to_string(), &night.date_naive().to_string()))
}

/// `7 s` as `2 s`: how many seconds it took is another number in every run.
fn seconds(text: &str) -> String {
    let parts: Vec<&str> = text.split_inclusive(' ').collect();
    let is_number = |part: &str| part.strip_suffix(' ').is_some_and(|digits| digits.parse::<u8>().is_ok());
    let is_unit = |part: Option<&&str>| part.and_then(|part| part.split_whitespace().next()) == Some("s");
    let told = parts
        .iter()
        .enumerate()
        .map(|(at, part)| if is_number(part) && is_unit(parts.get(at + 1)) { "2 " } else { part });
    told.collect()
}

/// What must be seen of it, however it is worded beside that.
#[track_caller]
fn in_this_order(said: &str) {
    let mut rest = said;
    for part in [
        "\nALLOW  rollback checkout 2.4.1 -> 2.4.0 in prod",
        "\nFLAGGED  CVE-2026-40110 insecure",
        "pushed to origin/main",
        "\nHOLD  rollback checkout 2.4.1 -> 2.4.0 in prod",
        "Nothing was started",
        "\nHOLD  rollback checkout 2.4.1 -> 2.4.0 in prod",
        "pushed to origin/main",
        "\nSIGNED  as security",
        "pushed to origin/main",
        "\nSYNCED  origin/main",
        "\nhelm rolls checkout back to 2.4.0\n",
        "pushed to origin/main",
        "\nSYNCED  origin/main",
        "\nVERIFIED  5 lines",
        "\nREPORT",
    ] {
        let (_, behind) =
            rest.split_once(part).unwrap_or_else(|| panic!("no `{part}` in its place:\n{said}"));
        rest = behind;
    }
    assert!(!said.contains("\nthis is never printed\n"), "{said}");
}

#[test]
fn both_teams_act_and_the_report_tells_of_both() {
    let (folder, now, output) = loop {
        let (folder, now) = (tempfile::tempdir().unwrap(), Utc::now());
        let output = play(folder.path());
        // A report over midnight has a day more in a table; one in the second of the move tells of no time.
        let report = fs::read_to_string(folder.path().join("played/report.md")).unwrap_or_default();
        if Utc::now().date_naive() == now.date_naive() && !report.contains("| goes on | 0 |") {
            break (folder, now, output);
        }
    };
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    in_this_order(&String::from_utf8_lossy(&output.stdout));
    let file = |name: &str| fs::read_to_string(folder.path().join("played").join(name)).unwrap();
    assert!(file("report.html").contains("<svg") && file("decisions.csv").starts_with("service,seq,"));
    let page = format!("{HEAD}{}", told(&file("report.md"), now));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    if std::env::var_os("HOLDPOINT_BLESS").is_some() {
        fs::write(&path, &page).unwrap();
        return;
    }
    let pinned = fs::read_to_string(&path).unwrap();
    assert_eq!(page, pinned, "{PAGE} is behind the program; write it anew with HOLDPOINT_BLESS=1");
}

#[test]
fn only_seconds_are_told_otherwise() {
    assert_eq!(seconds("| 17 s | 3 | 4 s\n5 | s | 12 h"), "| 2 s | 3 | 2 s\n5 | s | 12 h");
}
