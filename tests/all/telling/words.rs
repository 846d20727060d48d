//! The words of every kind of event, as whoever is told reads them at three in the morning: pinned in
//! `tests/telling/words.txt`, in that night's time.

use chrono::{TimeDelta, Utc};

use super::place::{HELD, MINA, SAM, file, heard, shop_of, text};
use super::views::pinned;
use crate::story::Translation;
use holdpoint::model::EventKind;

#[test]
fn every_kind_of_event_is_told_in_words_that_leave_nothing_to_ask() {
    let now = Utc::now();
    let mut told = Translation::beginning(now);
    let ago = |hours: i64| (now - TimeDelta::hours(hours)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    // Staging got where it is by an acceptance that has ended, and by a break-glass that nobody has reviewed in time.
    let past = format!(
        "[service.shop.entered.staging]\nfrom = \"1.2.0\"\nby = \"sign-off S2\"\nsubjects = [\"CVE-1\"]\nexpires = {}\n\
         [debt.D1]\nservice = \"shop\"\nenvironment = \"staging\"\nfrom = \"1.2.0\"\nto = \"1.1.0\"\nsubjects = [\"CVE-1\"]\n\
         reason = \"it was down\"\nby = \"sam@example.com\"\nat = {}\ndue = {}\n\
         [advisory.CVE-0]\ntitle = \"Remote code execution\"\nseverity = \"critical\"\n\
         affects = [{{ service = \"shop\", versions = \"1.0.0\", fixed_in = [\"1.1.0\"] }}]\n",
        ago(1),
        ago(48),
        ago(3)
    );
    let site = shop_of(|site| {
        let routes = "[[notify]]\non = [\"*\"]\nteam = \"sre\"\nto = [\"sre\"]\n\
                      [[notify]]\non = [\"*\"]\nteam = \"sec\"\nto = [\"sec\"]\n";
        format!("{routes}{}{}{HELD}{past}", file(site, "sre"), file(site, "sec"))
    });
    let service = site.read("a", "services/shop/service.toml");
    site.put(
        "a",
        "services/shop/service.toml",
        &service.replace("{ prod = \"1.2.0\" }", "{ prod = \"1.2.0\", staging = \"1.1.0\" }"),
    );
    site.sh("a", "git commit -qam staging && git push -q");
    let sign = "sign-off shop 1.1.0 --env prod --accept CVE-1 --as security --reason \"the endpoint is off\"";
    for (line, code) in [
        (format!("rollback-check shop 1.1.0 --env prod --record {SAM}"), 4),
        (format!("rollback-check shop 1.0.0 --env prod --record {SAM}"), 1),
        (format!("ask shop 1.1.0 --env prod --reason \"prod is down\" --ticket OPS-1 {SAM}"), 0),
        (format!("{sign} {MINA}"), 0),
        (format!("run shop 1.1.0 --env prod {SAM} -- sh -c 'exit 3'"), 3),
        (
            format!(
                "sign-off revoke $(ls services/shop/sign-offs/security | sed s/.toml//) --reason \"it is on again\" {MINA}"
            ),
            0,
        ),
        (format!("run shop 1.1.0 --env prod --break-glass \"prod is down\" {SAM} -- true"), 0),
        (
            format!(
                "flag-release shop 1.1.0 --unstable --title \"runs out of memory\" --id INC-1 --severity high {SAM}"
            ),
            0,
        ),
        (format!("clear-flag INC-1 --reason \"it was the node\" {SAM}"), 0),
        (format!("run shop 1.2.0 --env prod --break-glass \"the node is mended\" {SAM} -- true"), 0),
        (format!("observe shop --env prod --running 1.1.0 {SAM}"), 0),
        (format!("notify flush {SAM}"), 0),
    ] {
        let done = site.run("a", &line);
        assert_eq!(done.code, code, "{line}\n{}", done.all());
    }
    let mut page = String::new();
    for kind in EventKind::ALL {
        for team in ["sre", "sec"] {
            let events = heard(&site, team);
            let event = events.iter().find(|event| event["type"] == kind.word());
            let event = event.unwrap_or_else(|| panic!("{team} heard nothing of {}", kind.word()));
            page += &format!(
                "\n== {} to {team}, {}\n{}\n",
                kind.word(),
                text(event, "urgency"),
                text(event, "paragraph")
            );
            for field in event["fields"].as_array().unwrap() {
                page += &format!("   {}: {}\n", text(field, "name"), text(field, "value"));
            }
            page += &format!("   next: {}\n", text(event, "command"));
        }
    }
    pinned("words", &told.told(&page));
}
