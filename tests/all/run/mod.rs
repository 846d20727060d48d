//! `run` with the real program and real commands: what is judged, started, passed on, recorded, and what is left when
//! something breaks on the way. Nothing here waits for time to pass: commands say when they are ready, and wait for
//! a pipe.
#![cfg(unix)]

mod signals;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

const REGISTRY: &str = r#"# Ours.
format = 1

[environment.prod]
[environment.staging]

[service.shop]
images = ["registry.example.com/shop/checkout"]
deploy = "helm upgrade shop shop/shop --version {to}"
running = { prod = "2.4.1", staging = "2.4.1" }
release = [{ version = "2.1.0" }, { version = "2.2.0" }, { version = "2.3.0" }, { version = "2.4.0" }, { version = "2.4.1" }]

[[service.shop.ran]]
environment = "prod"
version = "2.4.0"
since = 2026-01-01
until = 2026-01-20
left_for = "2.4.1"
kind = "redeploy"

[advisory.CVE-3]
title = "Everybody may read everything"
severity = "critical"
affects = [{ service = "shop", versions = "=2.3.0", fixed_in = ["2.4.0"] }]

[advisory.CVE-2]
title = "Some may read something"
severity = "high"
affects = [{ service = "shop", versions = "=2.2.0", fixed_in = ["2.3.0"] }]

[advisory.CVE-1]
title = "The build was taken over"
compromised = true
affects = [{ service = "shop", versions = "=2.1.0" }]
"#;

/// A temporary registry, and what runs in it.
struct Shop(TempDir);

impl Shop {
    fn new() -> Shop {
        let shop = Shop(tempfile::tempdir().unwrap());
        fs::write(shop.path("holdpoint.toml"), REGISTRY).unwrap();
        shop
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// `holdpoint run shop VERSION OPTIONS -- sh -c SCRIPT`.
    fn command(&self, options: &str, script: &str) -> Command {
        let mut command = self.bare(&format!("run shop {options}"));
        command.args(["--", "/bin/sh", "-c", script]);
        command
    }

    fn bare(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
        command.args(line.split_whitespace()).current_dir(self.0.path()).env_clear();
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        if line.starts_with("run ") {
            command.args(["--by", "Ann <ann@example.com>"]);
        }
        command
    }

    fn run(&self, options: &str, script: &str) -> Ran {
        Ran::of(&self.command(options, script).output().unwrap())
    }

    /// Starts it, and waits until the command has said `ready`.
    fn start(&self, options: &str, script: &str) -> Going {
        let mut command = self.command(options, script);
        let child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Going::of(child)
    }

    /// The record, line by line.
    fn record(&self) -> Vec<Value> {
        let Ok(months) = fs::read_dir(self.path("log/shop")) else { return Vec::new() };
        let mut months: Vec<PathBuf> = months.map(|month| month.unwrap().path()).collect();
        months.sort();
        let text: String = months.iter().map(|month| fs::read_to_string(month).unwrap()).collect();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn kinds(&self) -> Vec<String> {
        self.record().iter().map(|line| line["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// The line that says how the last command ended.
    fn finished(&self) -> Value {
        let last = self.record().pop().unwrap();
        assert_eq!(last["kind"], "finished", "{last}");
        last
    }

    fn registry(&self) -> String {
        fs::read_to_string(self.path("holdpoint.toml")).unwrap()
    }

    fn fifo(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    }
}

/// What became of a program.
#[derive(Debug)]
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn of(output: &Output) -> Ran {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// Its JSON, which stands behind whatever the command printed.
    fn json(&self) -> Value {
        let at = self.stdout.find("{\n").unwrap_or_else(|| panic!("{self:?}"));
        serde_json::from_str(&self.stdout[at..]).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    fn says(&self, text: &str) -> bool {
        self.stderr.split_whitespace().collect::<Vec<_>>().join(" ").contains(text)
    }
}

/// A `run` whose command runs.
struct Going {
    child: Child,
    stdout: BufReader<std::process::ChildStdout>,
    /// What the command said before `ready`.
    before: String,
}

impl Going {
    fn of(mut child: Child) -> Going {
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut before = String::new();
        loop {
            let mut line = String::new();
            if stdout.read_line(&mut line).unwrap() == 0 {
                panic!("it ended before it was ready: {:?}", Ran::of(&child.wait_with_output().unwrap()));
            }
            if line == "ready\n" {
                return Going { child, stdout, before };
            }
            before.push_str(&line);
        }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    fn end(mut self) -> Ran {
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).unwrap();
        let output = self.child.wait_with_output().unwrap();
        Ran { stdout, ..Ran::of(&output) }
    }
}

#[test]
fn a_command_has_its_output_and_its_code_to_itself() {
    for code in [0, 7, 255] {
        let shop = Shop::new();
        let ran = shop.run("2.4.0 --env prod", &format!("echo '{{\"a\": 1}}'; echo oh >&2; exit {code}"));
        assert_eq!((ran.code, &*ran.stdout), (code, "{\"a\": 1}\n"), "{ran:?}");
        let (verdict, rest) = ran.stderr.split_once("oh\n").unwrap();
        assert!(verdict.starts_with("ALLOW  rollback shop 2.4.1 -> 2.4.0 in prod\n"), "{verdict}");
        assert!(rest.starts_with(if code == 0 { "DONE" } else { "FAILED" }), "{rest}");
        assert_eq!(shop.kinds(), ["started", "finished"]);
        let finished = shop.finished();
        assert_eq!(
            (finished["code"].as_i64(), &finished["verified"]),
            (Some(code.into()), &Value::Bool(false))
        );
        assert_eq!(finished["of"], shop.record()[0]["id"]);
        let runs = if code == 0 { "2.4.0" } else { "2.4.1" };
        assert_eq!(finished["running"], serde_json::json!([runs]), "a failed command's word isn't taken");
        let text = shop.registry();
        assert!(text.starts_with("# Ours.\n") && !text.contains("under-way"), "{text}");
        assert!(text.contains(&format!("prod = \"{runs}\"")), "{text}");
        let left: Vec<_> =
            fs::read_dir(shop.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".holdpoint-move")), "{left:?}");
    }
}

#[test]
fn one_moves_at_a_time_and_the_second_hears_who() {
    let shop = Shop::new();
    let fifo = shop.fifo("go");
    let first = shop.start("2.4.0 --env prod", "echo ready; read x < go");
    let before = (shop.registry(), shop.record());
    for glass in [&[][..], &["--break-glass", "now!"]] {
        let mut second = shop.command("2.4.1 --env prod --format json", "echo started > started");
        let at = second.get_args().position(|arg| arg == "--").unwrap();
        let mut args: Vec<_> = second.get_args().map(ToOwned::to_owned).collect();
        args.splice(at..at, glass.iter().map(Into::into));
        second = shop.bare("");
        let ran = Ran::of(&second.args(args).output().unwrap());
        assert_eq!(ran.code, 4, "{ran:?}");
        assert!(ran.stderr.starts_with("HOLD  "), "{ran:?}");
        assert!(ran.says("Ann <ann@example.com> moves shop in prod to 2.4.0 since 20"), "{ran:?}");
        assert!(ran.says("two commands at once can't both be right"), "{ran:?}");
        let json = ran.json();
        assert_eq!((&json["outcome"], &json["verdict"]), (&"move-under-way".into(), &"hold".into()));
        assert_eq!(json["under_way"]["pid"], first.child.id());
        assert_eq!(json["under_way"]["by"], "Ann <ann@example.com>");
    }
    assert!(!shop.path("started").exists());
    assert_eq!((shop.registry(), shop.record()), before, "nothing is written");
    // Elsewhere, another move may go.
    let ran = shop.run("2.4.0 --env staging", "exit 0");
    assert_eq!(ran.code, 0, "{ran:?}");
    File::options().write(true).open(fifo).unwrap().write_all(b"x\n").unwrap();
    assert_eq!(first.end().code, 0);
    assert_eq!(shop.run("2.4.1 --env prod", "exit 0").code, 4, "ping-pong, and no move under way");
}

#[test]
fn a_crash_is_seen_by_the_next_check_and_ended_by_the_next_run() {
    let shop = Shop::new();
    let _fifo = shop.fifo("go");
    let first = shop.start("2.4.0 --env prod", "echo $$; echo ready; read x < go");
    let orphan: i32 = first.before.trim().parse().unwrap();
    first.signal(Signal::KILL);
    kill_process(Pid::from_raw(orphan).unwrap(), Signal::KILL).unwrap();
    first.end();
    assert_eq!(shop.kinds(), ["started"]);
    let check = Ran::of(&shop.bare("rollback-check shop 2.4.0 --env prod --format json").output().unwrap());
    let verdict: Value = serde_json::from_str(&check.stdout).unwrap();
    let reason =
        verdict["reasons"].as_array().unwrap().iter().find(|reason| reason["code"] == "move-under-way");
    let reason = reason.unwrap_or_else(|| panic!("{verdict}"));
    let (message, hint) = (reason["message"].as_str().unwrap(), reason["hint"].as_str().unwrap());
    let since = shop.record()[0]["at"].as_str().unwrap().to_owned();
    assert!(message.contains("Ann <ann@example.com>") && message.contains(&since), "{message}");
    assert!(message.contains("crashed") && hint.contains("holdpoint observe shop"), "{message}; {hint}");
    let again = shop.run("2.4.0 --env prod", "exit 0");
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.says("isn't marked as under way any more"), "{again:?}");
    assert_eq!(shop.kinds(), ["started", "started", "finished"]);
    assert!(!shop.registry().contains("under-way"), "{}", shop.registry());
}

#[test]
fn a_command_that_can_not_be_started_moves_nothing() {
    let shop = Shop::new();
    fs::write(shop.path("no-program"), "x").unwrap();
    for (program, code, why) in [
        ("holdpoint-knows-no-such-program", 127, "there is no program `holdpoint-knows-no-such-program`"),
        ("./no-program", 126, "`./no-program` can't be started: permission denied"),
    ] {
        let mut command = shop.bare("run shop 2.4.0 --env prod");
        let ran = Ran::of(&command.args(["--", program]).output().unwrap());
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(ran.says("NOT STARTED") && ran.says(why), "{ran:?}");
        let finished = shop.finished();
        assert_eq!(
            (&finished["trouble"], &finished["running"]),
            (&why.into(), &serde_json::json!(["2.4.1"]))
        );
        assert!(!shop.registry().contains("under-way") && shop.registry().contains("prod = \"2.4.1\""));
    }
}

#[test]
fn a_record_that_can_not_be_written_behind_the_command_is_given_to_paste() {
    // Rights bind nobody who is root, so the record's place is taken.
    let take = "rm -r log/shop; echo > log/shop";
    let shop = Shop::new();
    let ran = shop.run("2.4.0 --env prod --format json", take);
    assert_eq!(ran.code, 3, "{ran:?}");
    let json = ran.json();
    let line = json["record"]["command"].as_str().unwrap();
    assert!(
        line.starts_with("holdpoint record rollback shop 2.4.0 --env prod --from 2.4.1 --at 20"),
        "{line}"
    );
    let key = json["record"]["started"].as_str().unwrap();
    assert!(line.contains(&format!(" --key {key}")), "{line}");
    assert!(line.ends_with(" --by 'Ann <ann@example.com>'"), "{line}");
    assert!(ran.says("NOT RECORDED") && ran.says(line), "{ran:?}");
    assert_eq!(json["record"]["finished"], false);
    // However it ended, which is said; and what didn't move isn't to be recorded as moved.
    let shop = Shop::new();
    let ran = shop.run("2.4.0 --env prod", &format!("{take}; exit 7"));
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.says("`/bin/sh` ended with 7") && ran.says("NOT RECORDED"), "{ran:?}");
    assert!(ran.says("holdpoint observe shop --env prod"), "{ran:?}");
    assert!(!ran.stderr.contains("holdpoint record"), "{ran:?}");
    // Everything is gone.
    let shop = Shop::new();
    let ran = shop.run("2.4.0 --env prod", "rm -r * .h*");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.says("holdpoint record rollback shop 2.4.0"), "{ran:?}");
}

/// Nobody may be told of a debt that isn't there; and that the glass was broken isn't lost when the command failed.
#[test]
fn a_broken_glass_goes_on_without_a_record_and_gives_all_of_it_to_paste() {
    for (script, is_doubtful) in [("exit 0", false), ("exit 7", true)] {
        let shop = Shop::new();
        fs::write(shop.path("log"), "").unwrap();
        let ran = shop.run("2.3.0 --env prod --break-glass now! --format json", script);
        assert_eq!(ran.code, 3, "{ran:?}");
        let json = ran.json();
        assert!(json["break_glass"]["debt"].is_null() && ran.says("no debt could be written"), "{ran:?}");
        assert_eq!(ran.says("holdpoint observe shop --env prod"), is_doubtful, "{ran:?}");
        fs::remove_file(shop.path("log")).unwrap();
        let line = json["record"]["command"].as_str().unwrap().replacen("holdpoint", "\"$0\"", 1);
        let mut paste = Command::new("/bin/sh");
        paste.args(["-c", &line, env!("CARGO_BIN_EXE_holdpoint")]).current_dir(shop.0.path()).env_clear();
        let pasted = Ran::of(&paste.output().unwrap());
        assert_eq!(pasted.code, 0, "{line}: {pasted:?}");
        assert_eq!(shop.kinds(), ["broke-glass", "recorded"]);
        assert!(shop.registry().contains("[debt."), "{}", shop.registry());
    }
}

#[test]
fn mistakes_that_came_meanwhile_lose_no_line_of_the_record() {
    let shop = Shop::new();
    let ran = shop.run("2.4.0 --env prod", "echo nonsense >> holdpoint.toml");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.says("NOT WRITTEN what runs:"), "{ran:?}");
    assert_eq!(shop.kinds(), ["started", "finished"]);
    assert!(shop.finished()["trouble"].as_str().unwrap().contains("what runs could not be written"));
}

#[test]
fn a_record_that_can_not_be_written_before_stops_the_command_but_for_a_broken_glass() {
    let shop = Shop::new();
    fs::write(shop.path("log"), "").unwrap();
    let ran = shop.run("2.4.0 --env prod", "echo started > started");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(!shop.path("started").exists() && ran.stderr.starts_with("error: `log"), "{ran:?}");
    let before = shop.registry();
    let ran = shop.run("2.4.0 --env prod --break-glass now!", "echo started > started");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(shop.path("started").exists(), "{ran:?}");
    assert!(ran.says("the glass is broken, so the command runs all the same"), "{ran:?}");
    assert!(ran.says("holdpoint record rollback shop 2.4.0 --env prod"), "{ran:?}");
    assert!(ran.says("--break-glass 'now!'") || ran.says("--break-glass now!"), "{ran:?}");
    assert_eq!(shop.registry(), before);
}

#[test]
fn the_command_knows_the_move_and_nothing_of_one_around_it() {
    let shop = Shop::new();
    let mut command = shop.command("2.4.0 --env prod", "env | grep ^HOLDPOINT_ | sort");
    command.env("HOLDPOINT_INCIDENT", "INC-9").env("HOLDPOINT_VERDICT", "block");
    command.arg("ignored").args(["--", "x"]);
    let ran = Ran::of(&command.output().unwrap());
    let want = "HOLDPOINT_ENVIRONMENT=prod\nHOLDPOINT_FROM=2.4.1\nHOLDPOINT_INCIDENT=\nHOLDPOINT_SERVICE=shop\n\
                HOLDPOINT_TO=2.4.0\nHOLDPOINT_VERDICT=allow\n";
    assert_eq!(ran.stdout, want);
}

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/observe");

/// The `--observe` line goes in whole.
fn observing(shop: &Shop, line: &str, script: &str) -> Ran {
    let mut command = shop.bare("run shop 2.4.0 --env prod");
    Ran::of(&command.args(["--observe", line, "--", "/bin/sh", "-c", script]).output().unwrap())
}

#[test]
fn what_runs_is_what_is_seen_to_run() {
    let running = |shop: &Shop| shop.finished()["running"].clone();
    let shop = Shop::new();
    let see = format!("test $HOLDPOINT_TO = 2.4.0 && cat {FIXTURES}/kubectl-deploy.json");
    let ran = observing(&shop, &see, "exit 0");
    assert_eq!((ran.code, &*ran.stdout), (0, ""), "{ran:?}");
    assert_eq!(shop.finished()["verified"], true, "{ran:?}");
    let seen = running(&shop);
    assert_eq!(seen, serde_json::json!(["2.4.1"]), "the document's word counts, not the command's");
    assert!(ran.says("2.4.1, as it was seen"), "{ran:?}");
    // The command failed, and what runs is seen all the same.
    let shop = Shop::new();
    let ran = observing(&shop, &format!("cat {FIXTURES}/kubectl-rolling.json"), "exit 7");
    assert_eq!(ran.code, 7);
    assert_eq!(shop.finished()["verified"], true, "{ran:?}");
}

#[test]
fn a_failing_look_never_loses_the_record() {
    for (line, why) in [
        ("exit 3", "--observe: it failed with 3"),
        ("echo NAME READY", "--observe: the document is not JSON"),
        ("echo '{}'", "--observe: the document is none of kubectl, helm or Argo CD"),
        ("kill -TERM $$", "--observe: SIGTERM ended it"),
        ("true", "--observe: the document is empty"),
    ] {
        let shop = Shop::new();
        let ran = observing(&shop, line, "exit 0");
        assert_eq!(ran.code, 0, "{ran:?}");
        let finished = shop.finished();
        assert!(finished["trouble"].as_str().unwrap().starts_with(why), "{finished}");
        assert_eq!(
            (&finished["verified"], &finished["running"]),
            (&false.into(), &serde_json::json!(["2.4.0"]))
        );
        assert!(ran.says(&format!("2.4.0, unverified: {why}")), "{ran:?}");
    }
}

#[test]
fn a_look_that_hangs_is_ended_by_a_signal_and_the_record_is_whole() {
    let shop = Shop::new();
    let mut fifo = File::options().read(true).write(true).open(shop.fifo("never")).unwrap();
    let mut command = shop.bare("run shop 2.4.0 --env prod");
    // What the line leaves running holds its output open.
    command.args(["--observe", "(echo ready >&2; read x < never) & exit 0", "--", "/bin/sh", "-c", "exit 0"]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while line != "ready\n" {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0);
    }
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let finished = shop.finished();
    assert!(finished["trouble"].as_str().unwrap().contains("SIGTERM"), "{finished}");
    fifo.write_all(b"let go of what hangs\n").unwrap();
}

#[test]
fn what_may_not_go_is_not_started() {
    let shop = Shop::new();
    for (options, code, word) in [
        ("2.3.0 --env prod", 1, "BLOCK"),
        ("2.2.0 --env prod", 4, "HOLD"),
        ("2.4.0 --env staging --from 2.4.0 --fail-on warn", 5, "WARN"),
        ("2.3.0 --env prod --report-only", 0, "BLOCK"),
        ("2.4.0 --env prod --report-only", 0, "ALLOW"),
        ("2.3.0 --env prod --dry-run", 1, "BLOCK"),
        ("2.4.0 --env prod --dry-run", 0, "ALLOW"),
        ("2.1.0 --env prod --break-glass now!", 1, "BLOCK"),
    ] {
        let ran = shop.run(options, "echo started > started");
        assert_eq!(ran.code, code, "{options}: {ran:?}");
        assert!(ran.stdout.is_empty() && ran.stderr.starts_with(word), "{options}: {ran:?}");
        assert_eq!(
            ran.says("+[service.shop.under-way.prod]"),
            code == 0 && word == "ALLOW",
            "{options}: {ran:?}"
        );
        assert!(!shop.path("started").exists() && !shop.path("log").exists(), "{options}");
        assert_eq!(shop.registry(), REGISTRY, "{options}");
    }
}

#[test]
fn a_broken_glass_goes_on_and_leaves_a_debt() {
    let shop = Shop::new();
    let ran =
        shop.run("2.3.0 --env prod --break-glass nobody-answers --format json", "echo $HOLDPOINT_VERDICT");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.starts_with("block\n"), "{ran:?}");
    assert_eq!(shop.kinds(), ["broke-glass", "started", "finished"]);
    let json = ran.json();
    let debt = json["break_glass"]["debt"].as_str().unwrap();
    assert!(shop.registry().contains(&format!("[debt.{debt}]")), "{}", shop.registry());
    assert!(ran.says(&format!("leaves the debt {debt}")), "{ran:?}");
    // Where it wasn't needed, it is recorded all the same, and nothing is owed.
    let shop = Shop::new();
    let ran = shop.run("2.4.0 --env prod --break-glass to-be-sure", "exit 0");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.says("it wasn't needed"), "{ran:?}");
    assert_eq!(shop.kinds(), ["broke-glass", "started", "finished"]);
    assert!(!shop.registry().contains("[debt."));
}

#[test]
fn a_registry_that_can_not_be_judged_stops_it_but_for_a_broken_glass() {
    let shop = Shop::new();
    let broken = format!("{REGISTRY}\n[advisory.CVE-4]\nsevere = true\n");
    fs::write(shop.path("holdpoint.toml"), &broken).unwrap();
    let ran = shop.run("2.4.0 --env prod", "echo started > started");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(!shop.path("started").exists() && !shop.path("log").exists());
    let ran = shop.run("2.4.0 --env prod --break-glass now!", "echo $HOLDPOINT_VERDICT,$HOLDPOINT_FROM");
    assert!(ran.stdout.starts_with("unjudged,"), "{ran:?}");
    assert!(ran.says("NOT JUDGED rollback shop ? -> 2.4.0 in prod"), "{ran:?}");
    assert_eq!(shop.kinds(), ["broke-glass", "started", "finished"]);
    assert!(!shop.record()[0]["unjudged"].as_array().unwrap().is_empty());
    assert_eq!(ran.code, 3, "what runs could not be written: {ran:?}");
    // What can still be read says that this one is compromised.
    let ran = shop.run("2.1.0 --env prod --break-glass now!", "echo started > started");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(!shop.path("started").exists() && ran.says("compromised"), "{ran:?}");
}

#[test]
fn a_rollback_proposes_to_flag_what_was_left_and_does_not_do_it() {
    let shop = Shop::new();
    let ran = shop.run("2.4.0 --env prod", "exit 0");
    assert!(ran.says("holdpoint flag-release shop 2.4.1 --unstable"), "{ran:?}");
    assert!(!shop.registry().contains("instability"));
}

#[test]
fn wrong_usage_is_told_with_what_would_be_right() {
    let shop = Shop::new();
    let ran = Ran::of(&shop.bare("run shop 2.4.0 --env prod").output().unwrap());
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.says("holdpoint run shop 2.4.0 --env prod -- helm upgrade shop shop/shop --version 2.4.0"),
        "{ran:?}"
    );
    for (options, why) in [
        ("2.4.0", "`shop` has 2 environments"),
        ("2.4.0 --env prod --as-of 2026-11-22", "--as-of is for looking"),
        ("2.4.0 --env prod --break-glass= ", "it is empty"),
    ] {
        let ran = shop.run(options, "echo started > started");
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains(why) && !shop.path("started").exists(), "{ran:?}");
    }
    assert_eq!(shop.run("2.4.0 --env nowhere", "exit 0").code, 3);
}

#[test]
fn reports_tell_it_all() {
    let shop = Shop::new();
    let options =
        "2.4.0 --env prod --report json=run.json --report markdown=run.md --report human=run.txt -q";
    let ran = shop.run(options, "echo mine");
    assert_eq!((ran.code, &*ran.stdout), (0, "mine\n"));
    assert_eq!(ran.stderr.lines().count(), 2, "{ran:?}");
    let json: Value = serde_json::from_str(&fs::read_to_string(shop.path("run.json")).unwrap()).unwrap();
    assert_eq!((&json["schema"], &json["outcome"]), (&"holdpoint/run/v1".into(), &"ended".into()));
    assert_eq!(json["judgement"]["schema"], "holdpoint/verdict/v1");
    assert_eq!(json["end"]["code"], 0);
    assert_eq!(json["record"]["started"], shop.record()[0]["id"]);
    let markdown = fs::read_to_string(shop.path("run.md")).unwrap();
    assert!(markdown.starts_with("## DONE: ") && markdown.contains("## ALLOW: rollback"), "{markdown}");
    let human = fs::read_to_string(shop.path("run.txt")).unwrap();
    assert!(human.starts_with("ALLOW  ") && human.contains("\nDONE  "), "{human}");
    // A report that can't be written stops it before; one that can't any more is said.
    let ran = shop.run("2.4.0 --env staging --report json=no/run.json", "echo started > started");
    assert_eq!((ran.code, shop.path("started").exists()), (3, false), "{ran:?}");
    fs::create_dir(shop.path("out")).unwrap();
    let ran = shop.run("2.4.0 --env staging --report json=out/run.json", "rm -r out");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert_eq!(shop.kinds().len(), 4, "it is recorded all the same");
}
