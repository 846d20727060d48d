//! What `notify`, `ask` and `status --since` say, word by word: pinned in `tests/telling/`, in that night's time.
//!
//! `HOLDPOINT_BLESS=1 cargo test` writes them anew.

use std::fs;
use std::path::Path;

use chrono::Utc;

use super::place::{HELD, MINA, SAM, file, flag, script, shop_of};
use crate::git::Site;
use crate::story::Translation;

/// Two teams, one sink that works, one that fails, one whose address isn't there.
fn site() -> Site {
    let site = shop_of(|site| {
        let routes = "[[notify]]\non = [\"release.*\", \"sign-off.*\"]\nteam = \"sre\"\nto = [\"sre\"]\n\n\
                      [[notify]]\non = [\"rollback.*\", \"sign-off.asked\"]\nteam = \"sec\"\nowned = true\n\
                      when = { environment = \"prod\" }\nto = [\"sec\"]\n\n\
                      [[notify]]\non = [\"break-glass.used\"]\nto = [\"chat\"]\n\n";
        let chat = "[sink.chat]\nkind = \"slack\"\nurl_env = \"HOLDPOINT_SLACK_URL\"\n";
        format!(
            "{routes}{}{}{chat}{HELD}",
            file(site, "sre"),
            script(site, "sec", "echo queue is full >&2; exit 1")
        )
    });
    site.run("a", &format!("{} --tell-timeout 0", flag("CVE-2"))).pushed();
    site.run("a", &format!("run shop 1.0.0 --env prod {SAM} -- true")).says(0, &["NOT TOLD sec by sec"]);
    site
}

/// What a command said in each format, as on a page of that night.
fn said(site: &Site, line: &str) -> String {
    let mut told = Translation::beginning(Utc::now());
    let mut page = format!("$ holdpoint {line}\n");
    for format in ["human", "json", "markdown"] {
        let done = site.run("a", &format!("{line} --format {format}"));
        let text = done.out.replace(&site.root.path().display().to_string(), "/srv");
        page += &format!("-- {format}, exit {}\n{}", done.code, told.told(&text));
    }
    page
}

fn pinned(name: &str, page: &str) {
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
    pinned("notify-list", &said(&site(), "notify list"));
}

#[test]
fn what_a_flush_would_tell_is_shown() {
    pinned("notify-flush-dry-run", &said(&site(), &format!("notify flush --dry-run {MINA}")));
}

#[test]
fn what_a_flush_told_and_left_is_shown() {
    let site = site();
    site.run("a", &format!("notify flush {MINA}")).says(1, &["SOME LEFT"]);
    pinned("notify-flush", &said(&site, &format!("notify flush {MINA}")));
}

#[test]
fn what_sinks_made_of_a_test_is_shown() {
    pinned("notify-test", &said(&site(), &format!("notify test {MINA}")));
}

#[test]
fn what_is_asked_is_shown() {
    let site =
        shop_of(|site| format!("{}{}{}{HELD}", super::place::ROUTES, file(site, "sre"), file(site, "sec")));
    let ask = format!("ask shop 1.1.0 --env prod --reason \"prod is down\" --ticket OPS-1 --dry-run {SAM}");
    pinned("ask-dry-run", &said(&site, &ask));
    pinned("ask", &said(&site, &ask.replace(" --dry-run", "")));
}

#[test]
fn what_happened_since_is_shown_worst_first() {
    let site = site();
    pinned("status-since", &said(&site, "status --since 1h --team sec"));
}
