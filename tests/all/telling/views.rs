//! What `notify`, `ask` and `status --since` say, word by word: pinned in `tests/telling/`, in that night's time.
//!
//! `HOLDPOINT_BLESS=1 cargo test` writes them anew.

use std::fs;
use std::path::Path;

use chrono::Utc;

use super::place::{HELD, MINA, SAM, file, flag, shop_of};
use crate::git::Site;
use crate::story::Translation;

/// Two teams, one sink that works, one that fails, one whose address isn't there.
fn site() -> (Site, Translation) {
    // It is three o'clock when it begins, and stays so for ten minutes.
    let told = Translation::beginning(Utc::now());
    let site = shop_of(|site| {
        let routes = "[[notify]]\non = [\"release.*\", \"sign-off.*\"]\nteam = \"sre\"\nto = [\"sre\"]\n\n\
                      [[notify]]\non = [\"rollback.*\", \"sign-off.asked\"]\nteam = \"sec\"\nowned = true\n\
                      when = { environment = \"prod\" }\nto = [\"sec\"]\n\n\
                      [[notify]]\non = [\"break-glass.used\"]\nto = [\"chat\"]\n\n";
        let chat = "[sink.chat]\nkind = \"slack\"\nurl_env = \"HOLDPOINT_SLACK_URL\"\n";
        // No path of this test's own: how lines are broken would depend on it.
        site.script("a/sec.sh", "echo queue is full >&2; exit 1");
        let sec = "[sink.sec]\nkind = \"command\"\ncommand = [\"./sec.sh\"]\n";
        format!("{routes}{}{sec}{chat}{HELD}", file(site, "sre"))
    });
    site.run("a", &format!("{} --tell-timeout 0", flag("CVE-2"))).pushed();
    site.run("a", &format!("run shop 1.0.0 --env prod {SAM} -- true")).says(0, &["NOT TOLD sec by sec"]);
    (site, told)
}

/// What a command said in each format, as on a page of that night.
fn said(site: &Site, mut told: Translation, line: &str) -> String {
    let mut page = format!("$ holdpoint {line}\n");
    for format in ["human", "json", "markdown"] {
        let done = site.run("a", &format!("{line} --format {format}"));
        let text = done.out.replace(&site.root.path().display().to_string(), "/srv");
        page += &format!("-- {format}, exit {}\n{}", done.code, without_commits(&told.told(&text)));
    }
    page
}

/// A commit's id depends on the moment at which it was made.
fn without_commits(text: &str) -> String {
    let mut out = String::new();
    for (at, part) in text.split("pushed to origin/main as ").enumerate() {
        match at {
            0 => out.push_str(part),
            _ => {
                let rest = part.trim_start_matches(|c: char| c.is_ascii_hexdigit() || c == '`');
                out.push_str(&format!("pushed to origin/main as <commit>{rest}"));
            }
        }
    }
    out
}

pub fn pinned(name: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/telling/{name}.txt"));
    if std::env::var_os("HOLDPOINT_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, page).unwrap();
        return;
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(page, known, "{} is behind the program; write it anew with HOLDPOINT_BLESS=1", path.display());
}

#[test]
fn what_is_routed_and_waits_is_listed() {
    let (site, told) = site();
    pinned("notify-list", &said(&site, told, "notify list"));
}

#[test]
fn what_a_flush_would_tell_is_shown() {
    let (site, told) = site();
    pinned("notify-flush-dry-run", &said(&site, told, &format!("notify flush --dry-run {MINA}")));
}

#[test]
fn what_a_flush_told_and_left_is_shown() {
    let (site, told) = site();
    site.run("a", &format!("notify flush {MINA}")).says(1, &["SOME LEFT"]);
    pinned("notify-flush", &said(&site, told, &format!("notify flush {MINA}")));
}

#[test]
fn what_sinks_made_of_a_test_is_shown() {
    let (site, told) = site();
    pinned("notify-test", &said(&site, told, &format!("notify test {MINA}")));
}

#[test]
fn what_is_asked_is_shown() {
    let night = || Translation::beginning(Utc::now());
    let site =
        shop_of(|site| format!("{}{}{}{HELD}", super::place::ROUTES, file(site, "sre"), file(site, "sec")));
    let ask = format!("ask shop 1.1.0 --env prod --reason \"prod is down\" --ticket OPS-1 --dry-run {SAM}");
    pinned("ask-dry-run", &said(&site, night(), &ask));
    pinned("ask", &said(&site, night(), &ask.replace(" --dry-run", "")));
}

#[test]
fn what_happened_since_is_shown_worst_first() {
    let (site, told) = site();
    pinned("status-since", &said(&site, told, "status --since 1h --team sec"));
}
