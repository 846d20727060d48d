//! Receivers that misbehave: what is said of each, that none holds up another, and that nothing is told twice.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use holdpoint::model::SinkKind;
use holdpoint::telling::wire::Reply;
use holdpoint::telling::{Answer, Message, Parcel};

use super::stub::{Manner, Stub, nobody, says};
use super::{AMPLE, Desk, SECRET, message, sink, words};

fn failed(answer: &str) -> Answer {
    Answer::failed(answer)
}

#[test]
fn what_goes_wrong_is_said_of_each() {
    let desk = Desk::new();
    let (elsewhere, taken) = (Stub::http(says("200 OK")), Arc::new(Mutex::new(0)));
    let moved = format!("301 Moved\r\nlocation: {}/elsewhere", elsewhere.address);
    let late = "503 Busy\r\nretry-after: Sun, 06 Nov 1994 08:49:37 GMT".to_owned();
    let stubs = [
        Stub::http(Manner::HalfWay),
        Stub::http(says(&moved)),
        Stub::http(says("429 Slow Down\r\nretry-after: 30")),
        Stub::http(Manner::Says(vec![late])),
        Stub::http(says("410 Gone")),
        Stub::http(Manner::Huge(taken.clone())),
        Stub::http(says("500 Oh")),
    ];
    let mut sinks: Vec<_> =
        stubs.iter().enumerate().map(|(at, stub)| desk.hook(&format!("s{at}"), &stub.address)).collect();
    sinks.push(desk.hook("nobody", &nobody()));
    sinks.push(desk.hook("nowhere", "http://nowhere.invalid"));
    let answers = desk.tell(&sinks, AMPLE);
    let huge = format!("500: {}…", "x".repeat(194));
    let want = [
        failed("127.0.0.1: the connection was closed before it answered"),
        failed("301 (it points elsewhere, and nothing is sent there)"),
        Answer { retry_after: Some(30), ..failed("429") },
        Answer { retry_after: Some(0), ..failed("503") },
        Answer { gone: true, ..failed("410 (it wants nothing more)") },
        failed(&huge),
        failed("500"),
        failed("127.0.0.1: connection refused"),
    ];
    assert_eq!(answers[..8], want);
    assert!(!answers[8].arrived && answers[8].answer.starts_with("nowhere.invalid: "), "{:?}", answers[8]);
    assert!(elsewhere.asked().is_empty(), "nothing is sent where it points");
    // What the system holds on the way may have been sent, too.
    assert!(*taken.lock().unwrap() < 9_000_000, "{}", taken.lock().unwrap());
    assert!(stubs.iter().all(|stub| stub.asked().len() == 1), "nobody is asked twice");
}

#[test]
fn one_that_fails_thrice_gets_it_at_last_under_the_same_id() {
    let desk = Desk::new();
    let manner = ["500 Oh", "500 Oh", "502 Oh", "200 OK"].map(str::to_owned).to_vec();
    let stub = Stub::http(Manner::Says(manner));
    let hook = [desk.hook("hook", &stub.address)];
    let arrived: Vec<bool> = (0..4).map(|_| desk.tell(&hook, AMPLE)[0].arrived).collect();
    assert_eq!(arrived, [false, false, false, true]);
    let ids: Vec<String> = stub.asked().iter().map(|asked| asked.header("webhook-id").to_owned()).collect();
    assert_eq!(ids, vec!["01KAF3M6Q0000000000000000A"; 4]);
}

#[test]
fn one_that_asks_for_time_or_for_nothing_more_gets_no_more_in_that_call() {
    let desk = Desk::new();
    for (status, retry_after, gone) in
        [("429 Slow Down\r\nretry-after: 30", Some(30), false), ("410 Gone", None, true)]
    {
        let stub = Stub::http(says(status));
        let hook = desk.hook("hook", &stub.address);
        let messages = [message(), Message { id: "second".into(), ..message() }];
        let parcels: Vec<Parcel<'_>> =
            messages.iter().map(|message| Parcel { message, sink: &hook }).collect();
        let answers = desk.hand_over(&parcels, AMPLE);
        assert!(
            answers
                .iter()
                .all(|answer| !answer.arrived && answer.retry_after == retry_after && answer.gone == gone)
        );
        assert!(answers[1].answer.ends_with("not tried, for this reason"), "{answers:?}");
        assert_eq!(stub.asked().len(), 1);
    }
}

#[test]
fn twenty_that_are_silent_cost_the_budget_once_and_hold_up_nobody() {
    let (desk, good) = (Desk::new(), Stub::http(says("200 OK")));
    let silent: Vec<Stub> = (0..20).map(|_| Stub::http(Manner::Silent)).collect();
    let mut sinks: Vec<_> =
        silent.iter().enumerate().map(|(at, stub)| desk.hook(&format!("s{at}"), &stub.address)).collect();
    sinks.push(desk.hook("good", &good.address));
    let hangs = words(&["/bin/sh", "-c", "sleep 600"]);
    sinks.push(sink("hangs", SinkKind::Command { command: hangs }));
    let (budget, began) = (Duration::from_secs(3), Instant::now());
    let answers = desk.tell(&sinks, budget);
    // One behind the other, they would take a minute.
    assert!(began.elapsed() < budget + Duration::from_secs(10), "{:?}", began.elapsed());
    for answer in &answers[..20] {
        assert!(!answer.arrived && answer.answer.ends_with("no answer within 3 s"), "{answer:?}");
    }
    assert_eq!(answers[20], Answer::arrived("200"));
    assert_eq!(answers[21], failed("no answer within 3 s"));
}

#[test]
fn nothing_is_tried_without_time() {
    let (desk, stub) = (Desk::new(), Stub::http(says("200 OK")));
    let hook = desk.hook("hook", &stub.address);
    assert_eq!(desk.tell(&[hook], Duration::ZERO), [failed("no answer within 0 s")]);
    assert!(stub.asked().is_empty());
}

/// Asks the helper itself, in this environment.
fn helper(input: &str, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint-send"));
    command.env_clear().envs(variables.iter().copied());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_helper_takes_the_way_that_the_usual_variables_name() {
    let proxy = Stub::http(says("200 OK"));
    let order = |url: &str| {
        format!(
            "{{\"n\":7,\"lane\":0,\"url\":\"{url}\",\"headers\":[],\"body\":\"{{}}\",\"within\":60000}}\n"
        )
    };
    let through = [("http_proxy", &*proxy.address), ("no_proxy", "straight.invalid")];
    let said = |url: &str| {
        let (code, out) = helper(&order(url), &through);
        assert_eq!(code, Some(0));
        serde_json::from_str::<Reply>(&out).unwrap()
    };
    let by_proxy = said(&format!("http://there.invalid/{SECRET}"));
    assert_eq!((by_proxy.n, by_proxy.status), (7, None));
    assert!(!by_proxy.says.contains(SECRET), "{by_proxy:?}");
    assert_eq!(proxy.asked()[0].path, "there.invalid:80", "it is asked for the way there, and not for what");
    let straight = said(&format!("http://straight.invalid/{SECRET}"));
    assert_eq!(proxy.asked().len(), 1);
    assert_eq!(straight.says, "straight.invalid: there is no such host");
    let (_, out) = helper(&order("https://there.invalid"), &[("https_proxy", "gopher://u:T0S3CR3T@x")]);
    assert!(out.contains("the proxy that https_proxy names can't be used") && !out.contains(SECRET), "{out}");
}

#[test]
fn the_helper_shows_nothing_of_what_it_cant_read() {
    assert_eq!(helper("", &[]), (Some(0), String::new()));
    assert_eq!(helper(&format!("{{\"url\":\"{SECRET}\"}}\n"), &[]), (Some(2), String::new()));
}
