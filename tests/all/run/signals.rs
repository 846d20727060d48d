//! Signals: they reach the command once, and the record says so.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{Ran, Shop};

#[test]
fn what_ends_a_command_is_passed_on_and_written_down() {
    let shop = Shop::new();
    let ran = shop.run("2.4.0 --env prod", "kill -KILL $$");
    assert_eq!(ran.code, 128 + 9, "{ran:?}");
    let finished = shop.finished();
    assert_eq!((&finished["signal"], &finished["code"]), (&Value::from("SIGKILL"), &Value::Null));
    assert!(ran.says("SIGKILL ended"), "{ran:?}");
}

#[test]
fn signals_reach_the_command_and_stand_in_the_record() {
    for (signal, name) in
        [(Signal::TERM, "TERM"), (Signal::HUP, "HUP"), (Signal::INT, "INT"), (Signal::QUIT, "QUIT")]
    {
        if is_ignored(signal) {
            eprintln!("skipped: SIG{name} is ignored here, as under nohup, and no shell can mind it then");
            continue;
        }
        let shop = Shop::new();
        let script = format!("trap 'echo got it; exit 9' {name}; echo ready; while :; do :; done");
        let going = shop.start("2.4.0 --env prod", &script);
        assert_eq!(shop.kinds(), ["started"], "it is written down before");
        going.signal(signal);
        let ran = going.end();
        assert_eq!((ran.code, &*ran.stdout), (9, "got it\n"), "{name}: {ran:?}");
        let finished = shop.finished();
        assert_eq!(finished["passed_on"], serde_json::json!([format!("SIG{name}")]));
        assert_eq!(finished["code"], 9);
    }
}

#[test]
fn a_command_that_minds_no_signal_is_ended_by_it() {
    let shop = Shop::new();
    let going = shop.start("2.4.0 --env prod", "echo ready; while :; do :; done");
    going.signal(Signal::TERM);
    assert_eq!(going.end().code, 128 + 15);
    let finished = shop.finished();
    assert_eq!((&finished["signal"], &finished["passed_on"][0]), (&"SIGTERM".into(), &"SIGTERM".into()));
}

#[test]
fn a_signal_before_the_command_keeps_it_from_starting() {
    let shop = Shop::new();
    // As long as somebody else writes the registry, nothing is started.
    let lock = File::create(shop.path(".holdpoint.lock")).unwrap();
    lock.lock().unwrap();
    let mut command = shop.command("2.4.0 --env prod", "echo started > started");
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("waiting") {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0);
    }
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    lock.unlock().unwrap();
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(128 + 15), "{rest}");
    assert!(!shop.path("started").exists());
    assert!(rest.contains("NOT STARTED") && rest.contains("SIGTERM came before it was started"), "{rest}");
    let finished = shop.finished();
    assert_eq!(finished["trouble"], "SIGTERM came before it was started");
    assert!(!shop.registry().contains("under-way") && shop.registry().contains("prod = \"2.4.1\""));
}

#[test]
fn a_signal_that_we_were_told_to_ignore_stays_ignored() {
    if !cfg!(target_os = "linux") {
        return; // only there it can be told
    }
    let shop = Shop::new();
    let mut command = Command::new("/bin/sh");
    let line = "trap '' HUP; exec \"$0\" run shop 2.4.0 --env prod --by Ann -- \
                /bin/sh -c 'kill -HUP $PPID; kill -HUP $$; echo alive'";
    command.args(["-c", line, env!("CARGO_BIN_EXE_holdpoint")]).current_dir(shop.path("")).env_clear();
    let ran = Ran::of(&command.output().unwrap());
    assert_eq!((ran.code, &*ran.stdout), (0, "alive\n"), "{ran:?}");
    assert_eq!(shop.finished().get("passed_on"), None);
}

/// Whether a signal was ignored when the tests were started, and so is in all that they start. Only Linux tells.
fn is_ignored(signal: Signal) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).map_or("0", str::trim);
    u64::from_str_radix(mask, 16).is_ok_and(|mask| mask >> (signal.as_raw() - 1) & 1 == 1)
}

/// The program as the leader of a session of its own, on a terminal of its own; gives the terminal's other end.
#[cfg(target_os = "linux")]
fn on_a_terminal(shop: &Shop, script: &str) -> (Child, File) {
    use rustix::fs::{Mode, OFlags, open};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
    // It must not become the terminal of whoever runs the tests.
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let slave = || Stdio::from(open(&*name, flags, Mode::empty()).unwrap());
    let mut command = Command::new("setsid");
    command.args(["--ctty", env!("CARGO_BIN_EXE_holdpoint"), "run", "shop", "2.4.0", "--env", "prod"]);
    command.args(["--by", "Ann", "--color", "never", "--", "/bin/sh", "-c", script]);
    command.current_dir(shop.path("")).env_clear().env("PATH", "/usr/bin:/bin");
    let child = command.stdin(slave()).stdout(slave()).stderr(slave()).spawn().unwrap();
    (child, File::from(terminal))
}

/// Reads a terminal up to a line; gives all that was read. At its end: what was read until then.
#[cfg(target_os = "linux")]
fn until(terminal: &mut File, line: &str) -> String {
    let (mut text, mut byte) = (String::new(), [0]);
    let wanted = format!("{line}\r\n");
    while !text.ends_with(&wanted) {
        match terminal.read(&mut byte) {
            Ok(1) => text.push(char::from(byte[0])),
            _ => break, // the other end is closed
        }
    }
    text
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_reaches_the_command_once() {
    let shop = Shop::new();
    // Behind a SIGTERM, which is passed on, a SIGINT that was passed on as well would have come, too.
    let script = "n=0; trap 'n=$((n+1)); echo first' INT; trap 'echo $n in all; exit 5' TERM; echo ready; \
                  while :; do :; done";
    let (mut child, mut terminal) = on_a_terminal(&shop, script);
    until(&mut terminal, "ready");
    terminal.write_all(b"\x03").unwrap();
    until(&mut terminal, "first");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let rest = until(&mut terminal, "never");
    assert_eq!(child.wait().unwrap().code(), Some(5), "{rest}");
    assert!(rest.contains("1 in all"), "{rest}");
    assert_eq!(shop.finished()["passed_on"], serde_json::json!(["SIGINT", "SIGTERM"]));
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_terminal_reaches_the_command_and_the_record_is_whole() {
    if is_ignored(Signal::HUP) {
        eprintln!("skipped: SIGHUP is ignored here, as under nohup, and no shell can mind it then");
        return;
    }
    let shop = Shop::new();
    let script = "trap 'echo gone > got; exit 4' HUP; echo ready; while :; do :; done";
    let (mut child, mut terminal) = on_a_terminal(&shop, script);
    until(&mut terminal, "ready");
    drop(terminal);
    assert_eq!(child.wait().unwrap().code(), Some(4));
    assert_eq!(fs::read_to_string(shop.path("got")).unwrap(), "gone\n");
    let finished = shop.finished();
    assert_eq!((&finished["passed_on"][0], &finished["code"]), (&"SIGHUP".into(), &4.into()));
    assert!(!shop.registry().contains("under-way"));
}
