//! Every kind of receiver gets what it understands.

use std::fs;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use holdpoint::cli::telling::{Post, deliver};
use holdpoint::model::{EventFormat, Secret, SinkKind};
use holdpoint::telling::{Message, Parcel, Urgency};
use serde_json::Value;

use super::stub::{Certificate, Manner, Stub, says};
use super::{AMPLE, Desk, SECRET, mailbox, message, sink, words};

const SIGNS: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[test]
fn each_receiver_gets_what_it_understands() {
    let (desk, stub) = (Desk::new(), Stub::http(says("202 Accepted")));
    let url = |name: &str| desk.secret(name, &format!("{}/{name}/{SECRET}", stub.address));
    let (secret, plain) = (Some(desk.secret("signs", SIGNS)), None);
    let tee = |file: &str| words(&["/bin/sh", "-c", &format!("cat > {file}")]);
    let (from, to) = (mailbox("Hold Point <h@example.com>"), vec![mailbox("a@example.com")]);
    let key = desk.secret("pd-key", SECRET);
    let pagerduty = SinkKind::PagerDuty { key, url: Some(stub.address.clone().into()), ca_file: None };
    let webhook = |url, secret, format| SinkKind::Webhook { url, secret, format, ca_file: None };
    let sinks = [
        sink("hook", webhook(url("hook"), secret, EventFormat::Json)),
        sink("cloud", webhook(url("cloud"), plain, EventFormat::CloudEvents)),
        sink("chat", SinkKind::Slack { url: url("chat"), ca_file: None }),
        sink("pager", pagerduty),
        sink("tool", SinkKind::Command { command: tee("event.json") }),
        sink("mail", SinkKind::Email { command: tee("mail"), from, to }),
        sink("log", SinkKind::File { path: "told.jsonl".into() }),
    ];
    let answers = desk.tell(&sinks, AMPLE);
    let said: Vec<(bool, &str)> = answers.iter().map(|answer| (answer.arrived, &*answer.answer)).collect();
    let took = (true, "`/bin/sh` took it");
    assert_eq!(
        said,
        [(true, "202"), (true, "202"), (true, "202"), (true, "202"), took, took, (true, "written")]
    );

    let asked = stub.asked();
    let at = |path: &str| asked.iter().find(|asked| asked.path.starts_with(path)).unwrap();
    let hook = at("/hook/");
    assert_eq!(hook.path, format!("/hook/{SECRET}"));
    assert_eq!(hook.header("webhook-id"), "01KAF3M6Q0000000000000000A");
    assert_eq!(hook.header("webhook-timestamp"), "1795316701");
    assert!(hook.header("webhook-signature").starts_with("v1,"));
    assert!(hook.header("user-agent").starts_with("holdpoint/"));
    let cloud = at("/cloud/");
    assert_eq!(cloud.header("content-type"), "application/cloudevents+json; charset=utf-8");
    assert_eq!(cloud.header("webhook-signature"), "");
    assert!(at("/chat/").body.contains("&lt;!channel&gt; *zoë*"));
    let alert: Value = serde_json::from_str(&at("/v2/enqueue").body).unwrap();
    assert_eq!(
        (alert["routing_key"].as_str(), alert["event_action"].as_str()),
        (Some(SECRET), Some("trigger"))
    );

    let read = |file: &str| fs::read_to_string(desk.path().join(file)).unwrap();
    assert_eq!(read("event.json"), read("told.jsonl"), "one line of the same JSON");
    assert_eq!(read("event.json"), format!("{}\n", hook.body));
    assert!(read("mail").contains("\nSubject: [holdpoint] checkout 2.4.1, which runs in prod"));
}

#[test]
fn receivers_get_it_side_by_side_and_each_its_messages_in_order() {
    let desk = Desk::new();
    // Nobody is answered before all have been asked.
    let barrier = Arc::new(Barrier::new(20));
    let stubs: Vec<Stub> = (0..20).map(|_| Stub::http(Manner::Together(barrier.clone()))).collect();
    let sinks: Vec<_> =
        stubs.iter().enumerate().map(|(at, stub)| desk.hook(&format!("hook-{at}"), &stub.address)).collect();
    assert!(desk.tell(&sinks, AMPLE).iter().all(|answer| answer.arrived));

    let (stub, log) = (Stub::http(says("200 OK")), sink("log", SinkKind::File { path: "log".into() }));
    let hook = desk.hook("one", &stub.address);
    let messages: Vec<Message> =
        (0..10).map(|at| Message { id: format!("event-{at}").into(), ..message() }).collect();
    let mut parcels: Vec<Parcel<'_>> =
        messages.iter().map(|message| Parcel { message, sink: &hook }).collect();
    parcels.extend(messages.iter().map(|message| Parcel { message, sink: &log }));
    assert!(desk.hand_over(&parcels, AMPLE).iter().all(|answer| answer.arrived));
    let ids: Vec<String> = stub.asked().iter().map(|asked| asked.header("webhook-id").to_owned()).collect();
    assert_eq!(ids, (0..10).map(|at| format!("event-{at}")).collect::<Vec<_>>());
    let lines = fs::read_to_string(desk.path().join("log")).unwrap();
    let in_file: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(in_file, ids);
}

#[test]
fn only_a_certificate_that_is_trusted_is_spoken_to() {
    let (desk, certificate) = (Desk::new(), Certificate::of("localhost"));
    let stub = Stub::https(says("200 OK"), &certificate);
    fs::write(desk.path().join("right.pem"), &certificate.pem).unwrap();
    fs::write(desk.path().join("other.pem"), Certificate::of("localhost").pem).unwrap();
    fs::write(desk.path().join("odd.pem"), "no certificate").unwrap();
    let with = |name: &str, ca_file: Option<&str>| {
        let url = desk.secret(name, &format!("{}/{SECRET}", stub.address));
        sink(name, SinkKind::Slack { url, ca_file: ca_file.map(Box::from) })
    };
    let sinks = [
        with("system", None),
        with("right", Some("right.pem")),
        with("other", Some("other.pem")),
        with("odd", Some("odd.pem")),
        with("none", Some("none.pem")),
    ];
    let answers = desk.tell(&sinks, AMPLE);
    let said: Vec<(bool, &str)> = answers.iter().map(|answer| (answer.arrived, &*answer.answer)).collect();
    let untrusted =
        |said: (bool, &str)| !said.0 && said.1.starts_with("localhost: its certificate isn't trusted (");
    assert!(untrusted(said[0]) && untrusted(said[2]), "{said:?}");
    assert_eq!(said[1], (true, "200"));
    assert_eq!(said[3], (false, "its `ca_file` holds no certificate"));
    assert_eq!(said[4], (false, "its `ca_file`: there is no file `none.pem`"));
    assert_eq!(stub.asked().len(), 1, "the others were not told anything");

    let elsewhere = Certificate::of("elsewhere.example");
    let stub = Stub::https(says("200 OK"), &elsewhere);
    fs::write(desk.path().join("right.pem"), &elsewhere.pem).unwrap();
    let url = desk.secret("named", &format!("{}/{SECRET}", stub.address));
    let named = sink("named", SinkKind::Slack { url, ca_file: Some("right.pem".into()) });
    let answer = &desk.tell(&[named], AMPLE)[0].answer;
    assert!(answer.contains("isn't trusted"), "one of another name: {answer}");
}

#[test]
fn what_is_not_set_up_is_said_and_stops_nobody_else() {
    let (desk, stub) = (Desk::new(), Stub::http(says("200 OK")));
    let slack = |name: &str, url| sink(name, SinkKind::Slack { url, ca_file: None });
    let signed = |name: &str, signs: &str| {
        let (url, secret) = (desk.secret("good-url", &stub.address), Some(desk.secret(name, signs)));
        sink(name, SinkKind::Webhook { url, secret, format: EventFormat::Json, ca_file: None })
    };
    let sinks = [
        slack("unset", Secret::Env("HOLDPOINT_TEST_IS_NEVER_SET".into())),
        slack("missing", Secret::File("no-file".into())),
        slack("ftp", desk.secret("ftp", &format!("ftp://example.com/{SECRET}"))),
        slack("words", desk.secret("words", SECRET)),
        signed("no-prefix", SECRET),
        signed("short", "whsec_YWJj"),
        sink("tool", SinkKind::Command { command: words(&["no-such-program-anywhere"]) }),
        sink("file", SinkKind::File { path: "no/folder/told.jsonl".into() }),
        desk.hook("good", &stub.address),
    ];
    let answers: Vec<String> = desk.tell(&sinks, AMPLE).into_iter().map(|answer| answer.answer).collect();
    for (answer, says) in answers.iter().zip([
        "environment variable HOLDPOINT_TEST_IS_NEVER_SET isn't set",
        "there is no file `no-file`",
        "what file `ftp` holds is no address that begins with https://",
        "what file `words` holds is no address that begins with https://",
        "what file `no-prefix` holds doesn't begin with `whsec_`; make one with: ",
        "what file `short` holds has 3 bytes, and not 24 to 64; make one with: ",
        "`no-such-program-anywhere` can't be started: no such file or directory",
        "it can't be written to: no such file or directory",
        "200",
    ]) {
        assert!(answer.starts_with(says), "{answer}\n{says}");
    }
    let post = Post { helper: Some(desk.path().join("nothing")), ..desk.post(AMPLE) };
    let (message, hook) = (message(), desk.hook("good", &stub.address));
    let answer = &deliver(&[Parcel { message: &message, sink: &hook }], &post)[0];
    assert_eq!(
        answer.answer,
        "`holdpoint-send`, which sends by HTTP, isn't beside `holdpoint`; install both"
    );
    assert!(deliver(&[], &post).is_empty());
}

#[test]
fn a_program_gets_no_secret_of_others_and_its_failure_is_told() {
    let desk = Desk::new();
    let program =
        |name: &str, line: &str| sink(name, SinkKind::Command { command: words(&["/bin/sh", "-c", line]) });
    fs::write(desk.path().join("own.sh"), "#!/bin/sh\ncat > own.json\n").unwrap();
    std::os::unix::fs::symlink("/bin/sh", desk.path().join("shell")).unwrap();
    let own = sink("own", SinkKind::Command { command: words(&["./shell", "own.sh"]) });
    let sinks = [
        // Cargo sets this one: it stands for a secret.
        sink("chat", SinkKind::Slack { url: Secret::Env("CARGO_MANIFEST_DIR".into()), ca_file: None }),
        program("env", "env > variables"),
        program("bad", "echo first >&2; echo second >&2; exit 7"),
        program("deaf", "exit 0"),
        own,
    ];
    let answers = desk.tell(&sinks, AMPLE);
    assert!(!answers[0].arrived);
    let variables = fs::read_to_string(desk.path().join("variables")).unwrap();
    assert!(variables.contains("PATH=") && !variables.contains("CARGO_MANIFEST_DIR="), "{variables}");
    assert_eq!(answers[2].answer, "`/bin/sh` failed with 7: first");
    assert!(answers[3].arrived && answers[4].arrived, "{answers:?}");
    assert!(desk.path().join("own.json").exists(), "a path begins at the registry, and so does what it does");
}

#[test]
fn a_pager_is_told_of_changes_alerts_and_their_end() {
    let (desk, stub) = (Desk::new(), Stub::http(says("202 Accepted")));
    let key = desk.secret("key", SECRET);
    let pager =
        sink("pager", SinkKind::PagerDuty { key, url: Some(stub.address.clone().into()), ca_file: None });
    let messages = [
        Message { kind: "rollback.started".into(), urgency: Urgency::Info, ..message() },
        message(),
        Message { id: "cleared".into(), resolves: true, urgency: Urgency::Info, ..message() },
    ];
    let parcels: Vec<Parcel<'_>> = messages.iter().map(|message| Parcel { message, sink: &pager }).collect();
    assert!(desk.hand_over(&parcels, Duration::from_secs(60)).iter().all(|answer| answer.arrived));
    let asked = stub.asked();
    let paths: Vec<&str> = asked.iter().map(|asked| &*asked.path).collect();
    assert_eq!(paths, ["/v2/change/enqueue", "/v2/enqueue", "/v2/enqueue"]);
    let of = |at: usize| serde_json::from_str::<Value>(&asked[at].body).unwrap();
    assert_eq!(of(1)["dedup_key"], of(2)["dedup_key"]);
    assert_eq!(of(2)["event_action"], "resolve");
}
