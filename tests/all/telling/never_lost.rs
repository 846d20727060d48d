//! What is to be told waits in the record until it is, whoever is killed, whichever clone goes on, whatever is down.

use std::process::Stdio;

use super::place::{
    HELD, MINA, ROUTES, SAM, all_told, file, flag, flush, heard, hook, kinds, kinds_at, owed, record, script,
    shop, shop_of, text,
};
use super::stub::{Manner, Stub, nobody, says};
use crate::git::{Done, Site};
use crate::repository::shell;

/// The ids of the events that a file was told of, each once.
fn ids(site: &Site, name: &str) -> Vec<String> {
    let mut ids: Vec<String> = heard(site, name).iter().map(|event| text(event, "id")).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// SRE is told by a webhook, security by a file.
fn with_hook(address: &str) -> Site {
    shop_of(|site| format!("{ROUTES}\n{}{}{HELD}", hook(site, "sre", address), file(site, "sec")))
}

#[test]
fn what_no_time_was_given_for_is_told_by_another_clone() {
    let site = shop("");
    let done = site.run("a", &format!("{} --tell-timeout 0", flag("CVE-1")));
    done.pushed().says(0, &["NOT TOLD sre by sre: not tried, no time was given", "holdpoint notify flush"]);
    assert!(heard(&site, "sre").is_empty());
    site.clone("b");
    flush(&site, "b", MINA).says(0, &["TOLD", "1 of 1 message arrived"]);
    assert_eq!(kinds(&site, "sre"), ["release.flagged"]);
    let line = &record(&site.path("b"))[0];
    assert_eq!(ids(&site, "sre"), [text(line, "id")], "the line's id is the event's");
    all_told(&site);
    flush(&site, "b", MINA).says(0, &["NOTHING WAITS"]);
    site.sh("a", "git pull -q");
    flush(&site, "a", MINA).says(0, &["NOTHING WAITS"]);
    assert_eq!(heard(&site, "sre").len(), 1);
}

#[test]
fn whoever_acts_next_tells_what_waits() {
    let site = shop("");
    site.run("a", &format!("{} --tell-timeout 0", flag("CVE-1"))).pushed();
    site.clone("b");
    site.run("b", &flag("CVE-2")).says(0, &["told sre by sre", "of what waited from before, 1 told"]);
    assert_eq!((ids(&site, "sre").len(), heard(&site, "sre").len()), (2, 2));
    // A `run` tells twice, when it begins and when it ends; what waited goes along once.
    site.run("b", &format!("{} --tell-timeout 0", flag("CVE-3"))).pushed();
    site.run("b", &format!("run shop 1.1.0 --env prod {SAM} -- true"))
        .says(0, &["told sec by sec", "of what waited from before, 1 told"]);
    assert_eq!((ids(&site, "sre").len(), heard(&site, "sre").len()), (3, 3));
    all_told(&site);
}

/// A sink that kills holdpoint when it is told for the first time, before or after it has taken the event.
fn killer(site: &Site, takes_it: bool) -> String {
    let root = site.root.path().display().to_string();
    let take = format!("cat >> {root}/sre.jsonl");
    let kill = format!("if mkdir {root}/killed 2>/dev/null; then kill -9 $PPID; exit 1; fi");
    let text = if takes_it { format!("{take}\n{kill}") } else { format!("{kill}\n{take}") };
    format!("{ROUTES}\n{}{}", script(site, "sre", &text), file(site, "sec"))
}

#[test]
fn killed_before_or_behind_the_delivery_it_is_told_from_another_clone() {
    for takes_it in [false, true] {
        let site = shop_of(|site| killer(site, takes_it));
        let done = site.run("a", &flag("CVE-1"));
        assert_eq!(done.code, -1, "it was killed: {}", done.all());
        assert_eq!(heard(&site, "sre").len(), usize::from(takes_it));
        let (arrived, left) = owed(&site);
        assert_eq!((arrived.len(), left.len()), (0, 1), "the record knows that it isn't told yet");
        site.clone("b");
        flush(&site, "b", MINA).says(0, &["TOLD"]);
        assert_eq!(heard(&site, "sre").len(), 1 + usize::from(takes_it));
        assert_eq!(ids(&site, "sre").len(), 1, "one id, however often it was sent");
        all_told(&site);
        // The clone that was killed goes on, and what it left is no hindrance.
        site.run("a", "sync").says(0, &[]);
        site.run("a", &flag("CVE-2")).says(0, &["told sre by sre"]);
        assert_eq!(ids(&site, "sre").len(), 2);
    }
}

#[test]
fn killed_while_the_command_runs_its_beginning_is_told_from_another_clone() {
    let site = shop_of(|site| {
        killer(site, false).replace("\"rollback.*\", ", "").replace("\"release.*\"", "\"rollback.*\"")
    });
    let done = site.run("a", &format!("run shop 1.1.0 --env prod {SAM} -- cat ../never"));
    assert_eq!(done.code, -1, "{}", done.all());
    site.clone("b");
    flush(&site, "b", MINA).says(0, &["TOLD"]);
    assert_eq!(kinds(&site, "sre"), ["rollback.started"]);
    all_told(&site);
}

#[test]
fn two_who_flush_at_once_lose_nothing() {
    let site = shop("");
    for id in ["CVE-1", "CVE-2", "CVE-3"] {
        site.run("a", &format!("{} --tell-timeout 0", flag(id))).pushed();
    }
    let flushing = |clone: &str| {
        site.clone(clone);
        let mut command = shell(&site.path(clone), &format!("exec holdpoint notify flush {MINA}"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let both = [flushing("b"), flushing("c")];
    for child in both {
        let done = Done::of(&child.wait_with_output().unwrap());
        done.says(0, &[]);
    }
    assert_eq!(ids(&site, "sre").len(), 3);
    assert!((3..=6).contains(&heard(&site, "sre").len()));
    all_told(&site);
}

#[test]
fn a_sink_that_is_down_rests_from_timers_and_not_from_people() {
    let site = shop_of(|site| {
        let sre = file(site, "sre").replace("sre.jsonl", "later/sre.jsonl");
        format!("{ROUTES}\n{sre}{}", file(site, "sec"))
    });
    let down = "NOT TOLD sre by sre: it can't be written to: no such file or directory (release.flagged)";
    site.run("a", &flag("CVE-1")).pushed().says(0, &[down]);
    let lines = record(&site.path("a")).len();
    flush(&site, "a", &format!("--patient {MINA}")).says(1, &["SOME LEFT", "left alone for a while"]);
    site.run("a", &flag("CVE-2")).says(0, &["NOT TOLD sre by sre"]);
    let told = |id: usize| {
        record(&site.path("a")).iter().filter(|line| line["of"] == record(&site.path("a"))[id]["id"]).count()
    };
    assert_eq!(told(0), 1, "whoever acts next leaves it alone, too");
    flush(&site, "a", MINA).says(1, &["SOME LEFT", "0 of 2 messages arrived"]);
    assert_eq!(record(&site.path("a")).len(), lines + 2, "that it is still down is no news for the record");
    site.sh("", "mkdir later");
    flush(&site, "a", MINA).says(0, &["2 of 2 messages arrived"]);
    all_told(&site);
}

#[test]
fn a_sink_that_wants_time_gets_it_from_everybody() {
    let manner = Manner::Says(vec!["429 Too Many Requests\r\nretry-after: 3600".into(), "200 OK".into()]);
    let stub = Stub::http(manner);
    let site = with_hook(&stub.address);
    site.run("a", &flag("CVE-5")).pushed().says(0, &["NOT TOLD sre by sre: 429"]);
    flush(&site, "a", MINA).says(1, &["SOME LEFT", "the sink wants nothing before"]);
    site.run("a", &flag("CVE-6")).says(0, &["NOT TOLD sre by sre: it wants to be left alone until"]);
    flush(&site, "a", MINA).says(1, &["SOME LEFT", "the sink wants nothing before"]);
    assert_eq!(stub.asked().len(), 1, "it was asked no more");
    let (_, left) = owed(&site);
    assert_eq!(left.len(), 2);

    let stub =
        Stub::http(Manner::Says(vec!["429 Too Many Requests\r\nretry-after: 0".into(), "200 OK".into()]));
    let site = with_hook(&stub.address);
    site.run("a", &flag("CVE-5")).pushed().says(0, &["NOT TOLD sre by sre: 429"]);
    flush(&site, "a", MINA).says(0, &["TOLD"]);
    let ids: Vec<String> = stub.asked().iter().map(|asked| asked.header("webhook-id").to_owned()).collect();
    assert!(ids.len() == 2 && ids[0] == ids[1], "{ids:?}");
    all_told(&site);
}

#[test]
fn a_sink_that_is_gone_gets_nothing_until_a_test_reaches_it() {
    let stub = Stub::http(Manner::Says(vec!["410 Gone".into(), "200 OK".into()]));
    let site = with_hook(&stub.address);
    site.run("a", &flag("CVE-5")).pushed().says(0, &["the sink takes nothing any more"]);
    flush(&site, "a", MINA).says(1, &["SOME LEFT", "that it is gone"]);
    site.run("a", &flag("CVE-6")).says(0, &["that it is gone", "holdpoint notify test sre"]);
    assert_eq!(stub.asked().len(), 1);
    site.run("a", &format!("notify test sre {SAM}")).says(0, &["ARRIVED"]);
    assert_eq!(kinds_at(&stub), ["release.flagged", "test"]);
    site.clone("b");
    flush(&site, "b", MINA).says(0, &["2 of 2 messages arrived"]);
    assert_eq!(stub.asked().len(), 4);
    all_told(&site);
}

#[test]
fn twenty_sinks_that_are_down_change_nothing_and_are_told_later() {
    let names: Vec<String> = (0..20).map(|at| format!("down-{at}")).collect();
    let down = nobody();
    let site = shop_of(|site| {
        let sinks: String = names.iter().map(|name| hook(site, name, &down)).collect();
        let to = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        format!("[[notify]]\non = [\"*\"]\nteam = \"sec\"\nto = [{to}]\n{sinks}{HELD}")
    });
    let check = "rollback-check shop 1.1.0 --env prod";
    let (plain, json) = (site.run("a", check), site.run("a", &format!("{check} --format json")));
    let recorded = site.run("a", &format!("{check} --record {SAM}"));
    recorded
        .says(4, &["HOLD", "NOT TOLD sec by down-0: ", "NOT TOLD sec by down-19: ", "pushed to origin/main"]);
    assert_eq!((plain.code, json.json()["verdict"].as_str()), (4, Some("hold")));
    site.run("a", &format!("run shop 1.0.0 --env prod {SAM} -- sh -c 'exit 7'"))
        .says(7, &["NOT TOLD sec by down-7"]);
    let (arrived, left) = owed(&site);
    assert_eq!((arrived.len(), left.len()), (0, 60));
    let stub = Stub::http(says("200 OK"));
    names.iter().for_each(|name| _ = hook(&site, name, &stub.address));
    site.clone("b");
    flush(&site, "b", MINA).says(0, &["60 of 60 messages arrived"]);
    assert_eq!(stub.asked().len(), 60);
    all_told(&site);
}

#[test]
fn one_that_says_nothing_never_stops_an_act() {
    let stub = Stub::http(Manner::Silent);
    let site = with_hook(&stub.address);
    let done = site.run("a", &format!("{} --tell-timeout 300ms", flag("CVE-5")));
    done.pushed().says(0, &["NOT TOLD sre by sre: "]);
    let run = format!("run shop 1.0.0 --env prod --tell-timeout 3s {SAM} -- touch done");
    site.run("a", &run).says(0, &["DONE", "told sec by sec"]);
    assert_eq!(kinds(&site, "sec"), ["rollback.started", "rollback.finished"]);
}

#[test]
fn what_nobody_could_route_is_told_once_that_is_mended() {
    let site = shop("");
    let good = site.read("a", "holdpoint.toml");
    for (wrong, says) in [
        (good.replace("\"release.*\"", "\"relaese.*\""), "nobody can say who is to be told: holdpoint.toml:"),
        (good.replace("kind = \"file\"", "kind = \"fax\""), "`[sink.*]` has mistakes"),
    ] {
        let before = heard(&site, "sre").len();
        site.put("a", "holdpoint.toml", &wrong);
        let id = format!("CVE-{}", before + 1);
        let done = site.run("a", &flag(&id));
        done.pushed().says(0, &["FLAGGED", says, "holdpoint notify flush"]);
        assert_eq!(heard(&site, "sre").len(), before);
        flush(&site, "a", MINA).says(3, &[]);
        site.put("a", "holdpoint.toml", &good);
        flush(&site, "a", MINA).says(0, &["1 of 1 message arrived"]);
        assert_eq!(heard(&site, "sre").len(), before + 1);
        flush(&site, "a", MINA).says(0, &["NOTHING WAITS"]);
    }
    let unrouted: Vec<_> =
        record(&site.path("a")).into_iter().filter(|line| !line["unrouted"].is_null()).collect();
    assert!(
        unrouted.len() == 1 && text(&unrouted[0], "unrouted").contains("no event `relaese.*`"),
        "{unrouted:?}"
    );
}
