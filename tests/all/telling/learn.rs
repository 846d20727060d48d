//! Each team learns at once what the other did, in the example's registry, from flag to rollback to sign-off.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::ask::{Waiting, merge};
use super::place::{hook, kinds_at, text};
use super::stub::{Stub, says};
use crate::git::Site;

const ROUTES: &str = "
[git]
publish = \"push\"

[[notify]]
on = [\"release.flagged\", \"sign-off.*\", \"break-glass.used\"]
team = \"payments-sre\"
to = [\"sre\"]

[[notify]]
on = [\"rollback.*\", \"verdict.*\", \"sign-off.*\", \"break-glass.used\"]
team = \"appsec\"
to = [\"sec\"]
";

/// The example, published, with receivers for both teams.
fn shop() -> (Site, Stub, Stub) {
    let (site, sre, sec) = (Site::empty(""), Stub::http(says("200 OK")), Stub::http(says("200 OK")));
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop");
    site.sh("", &format!("cp -R '{}/.' a", shop.display()));
    let sinks = hook(&site, "sre", &sre.address) + &hook(&site, "sec", &sec.address);
    let main = site.read("a", "holdpoint.toml");
    // Nobody in it takes part in an incident here: the example's is of one night.
    site.put("a", "holdpoint.toml", &format!("{main}{ROUTES}{sinks}"));
    site.put("a", ".gitignore", ".holdpoint*\n");
    site.begin();
    (site, sre, sec)
}

fn fields(event: &Value) -> Vec<String> {
    let all = event["fields"].as_array().unwrap();
    all.iter().map(|field| format!("{}: {}", text(field, "name"), text(field, "value"))).collect()
}

#[test]
fn each_team_learns_at_once_what_the_other_did() {
    let (site, sre, sec) = shop();
    let mina = "--by \"Mina <mina@example.com>\"";
    let rosa = "--by \"Rosa <rosa@example.com>\"";

    // Security flags what runs: SRE's channel has one message that leaves nothing to ask.
    let flag = "flag-release checkout 2.4.1 --insecure --title \"Tokens in logs\" --id CVE-2026-40110 --severity high";
    site.run("a", &format!("{flag} {mina}")).pushed().says(0, &["told payments-sre by sre"]);
    assert_eq!((kinds_at(&sre), kinds_at(&sec).len()), (vec!["release.flagged".to_owned()], 0));
    let event: Value = serde_json::from_str(&sre.asked()[0].body).unwrap();
    let sentence = text(&event, "sentence");
    for part in [
        "checkout 2.4.1",
        "insecure",
        "CVE-2026-40110 (high)",
        "prod (2.4.1)",
        "Tokens in logs",
        "mina@example.com",
    ] {
        assert!(sentence.contains(part), "no {part}: {sentence}");
    }
    let fields = fields(&event);
    for field in ["Service: checkout", "Severity: high", "Runs in prod: 2.4.1", "Safe target in prod: 2.4.0"]
    {
        assert!(fields.iter().any(|known| known == field), "no {field}: {fields:?}");
    }
    let next =
        "holdpoint run checkout 2.4.0 --env prod -- helm upgrade checkout shop/checkout --version 2.4.0";
    assert_eq!(event["command"], next);
    assert!(text(&event, "paragraph").contains(next));

    // SRE does what the message says: security's has the beginning and the end, once each.
    let run = format!("run checkout 2.4.0 --env prod {rosa} -- true");
    site.run("a", &run).says(0, &["told appsec by sec"]);
    assert_eq!(kinds_at(&sec), ["rollback.started", "rollback.finished"]);
    let ids: Vec<String> = sec.asked().iter().map(|asked| asked.header("webhook-id").to_owned()).collect();
    assert!(ids[0] != ids[1] && !ids[0].is_empty(), "{ids:?}");
    let begun: Value = serde_json::from_str(&sec.asked()[0].body).unwrap();
    let words = text(&begun, "paragraph");
    for part in ["Rollback of checkout 2.4.1 -> 2.4.0 in prod", "Rosa", "leaves CVE-2026-40110"] {
        assert!(words.contains(part), "no {part}: {words}");
    }

    // SRE wants to go back to what both hold: signs its own half, and asks; security merges the branch in its own clone.
    let own = "sign-off checkout 2.4.1 --env prod --accept INC-482 --accept ping-pong --as reliability --reason \"watched\"";
    site.run("a", &format!("{own} {rosa}")).pushed();
    site.clone("b");
    let asking = Waiting::of(&site, "a", &format!("ask checkout 2.4.1 --env prod {rosa}"));
    let branch = asking.branch(&site);
    merge(&site, "b", &branch, "Mina", "mina@example.com");
    asking.ends().says(0, &["SIGNED", "Mina <mina@example.com>: it may go now"]);
    assert!(kinds_at(&sec).contains(&"sign-off.asked".to_owned()));

    // The record shows all of it as told.
    site.clone("c");
    let log = site.run("c", "log show checkout --format json").json();
    let lines = log["lines"].as_array().or(log["entries"].as_array()).cloned().unwrap_or_default();
    let told: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "told").collect();
    assert!(told.len() >= 4 && told.iter().all(|line| line["arrived"] == true), "{log}");
    site.run("c", "notify flush --dry-run checkout").says(0, &["WOULD TELL"]);
    let waits = site.run("c", "notify list checkout --format json").json();
    let waits = waits["waiting"].as_array().unwrap();
    let of_lines = waits.iter().filter(|one| !text(one, "event").starts_with("evt-"));
    assert_eq!(of_lines.count(), 0, "{waits:?}");
    assert!(fs::read_dir(site.path("c").join("log/checkout")).unwrap().count() > 0);
}
