//! A program that is given something and so much time: nobody waits for it beside us, and it asks nobody.

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::{End, NOT_FOUND, NOT_STARTED, end, system};

/// How much of each output is kept.
const MOST: usize = 1024 * 1024;
/// How often is looked whether it has ended: short at first, for most end soon.
const PAUSES: [u64; 6] = [1, 1, 2, 2, 5, 10]; // milliseconds
/// How long is waited for the rest of what it said, once it has ended: what it left running may hold that open.
const GRACE: Duration = Duration::from_millis(200);

/// A program that is to be fed.
#[derive(Debug, Clone)]
pub struct Feed<'a> {
    /// Its name or path.
    pub name: OsString,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Where it runs.
    pub folder: &'a Path,
    /// What of our environment it gets.
    pub environment: Environment,
    /// What it reads.
    pub input: Vec<u8>,
}

/// What of our environment a program gets.
#[derive(Debug, Clone)]
pub enum Environment {
    /// Only these variables, as far as they are set.
    Only(Vec<String>),
    /// All but these variables.
    Without(Vec<String>),
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fed {
    /// How it ended; None: it was not done when its time was over, and was ended with all that it started.
    pub end: Option<End>,
    /// What it said to standard output, as far as it came.
    pub out: Vec<u8>,
    /// What it said to standard error.
    pub err: Vec<u8>,
}

/// Runs a program until it ends, or until that moment.
pub fn feed(task: Feed<'_>, until: Instant) -> Fed {
    let ended = |end| Fed { end, out: Vec::new(), err: Vec::new() };
    if Instant::now() >= until {
        return ended(None);
    }
    let mut child = match command(&task).spawn() {
        Ok(child) => child,
        Err(error) => {
            let code = if error.kind() == ErrorKind::NotFound { NOT_FOUND } else { NOT_STARTED };
            return ended(Some(End::NotStarted { code, why: system(&error) }));
        }
    };
    if let Some(mut stdin) = child.stdin.take() {
        // Whoever doesn't read it to its end has its reasons. When it is gone, so is whom we write to.
        thread::spawn(move || _ = stdin.write_all(&task.input));
    }
    let (out, err) = (listen(child.stdout.take()), listen(child.stderr.take()));
    let end = wait(&mut child, until);
    let heard_by = Instant::now() + GRACE;
    Fed { end, out: heard(&out, heard_by), err: heard(&err, heard_by) }
}

fn command(task: &Feed<'_>) -> Command {
    let mut command = Command::new(&task.name);
    command.args(&task.arguments).current_dir(task.folder);
    match &task.environment {
        Environment::Only(names) => {
            let set = names.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
            let set: Vec<_> = set.collect();
            command.env_clear().envs(set);
        }
        Environment::Without(names) => names.iter().for_each(|name| _ = command.env_remove(name)),
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A group of its own can be ended as a whole, and doesn't get at the terminal.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// How it ended by itself. None: it was made to.
fn wait(child: &mut Child, until: Instant) -> Option<End> {
    let mut tries = 0;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(end(status)),
            Err(error) => return Some(End::Lost(system(&error))),
            Ok(None) => {}
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            end_all(child);
            return None;
        }
        let pause = PAUSES.get(tries).or(PAUSES.last()).copied().unwrap_or_default();
        thread::sleep(Duration::from_millis(pause).min(left));
        tries += 1;
    }
}

/// Ends it with all that it has started.
fn end_all(child: &mut Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process_group};
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Reads an output piece by piece, and to its end, so that whoever writes it can go on.
fn listen(from: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let Some(mut from) = from else { return };
        let (mut piece, mut kept) = (vec![0; 8192], 0);
        while let Ok(read @ 1..) = from.read(&mut piece) {
            let wanted = read.min(MOST - kept);
            kept += wanted;
            // Nobody listens any more where its time is over.
            let _ = sender.send(piece.get(..wanted).unwrap_or_default().to_vec());
        }
    });
    receiver
}

/// All that was said until its end, or until that moment.
fn heard(from: &Receiver<Vec<u8>>, until: Instant) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        match from.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(piece) => all.extend(piece),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return all,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(line: &str, input: &str) -> Feed<'static> {
        Feed {
            name: "/bin/sh".into(),
            arguments: vec!["-c".into(), line.into()],
            folder: Path::new("/"),
            environment: Environment::Without(vec!["HOME".into()]),
            input: input.as_bytes().to_vec(),
        }
    }

    fn later() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn it_reads_what_it_is_given_and_is_heard() {
        let fed = feed(shell("cat; echo to err >&2; echo \"home $HOME\"; exit 3", "a\nb\n"), later());
        assert_eq!(fed.end, Some(End::Code(3)));
        assert_eq!(String::from_utf8_lossy(&fed.out), "a\nb\nhome \n");
        assert_eq!(String::from_utf8_lossy(&fed.err), "to err\n");
    }

    #[test]
    fn one_that_reads_nothing_and_says_much_ends_all_the_same() {
        let fed = feed(shell("head -c 3000000 /dev/zero", &"x".repeat(1_000_000)), later());
        assert_eq!((fed.end, fed.out.len()), (Some(End::Code(0)), MOST));
    }

    #[test]
    fn its_time_is_over_for_it_and_for_what_it_started() {
        let began = Instant::now();
        let until = began + Duration::from_secs(2);
        let fed = feed(shell("echo begun; sleep 600 & echo $!; sleep 600", ""), until);
        assert_eq!(fed.end, None);
        let said = String::from_utf8(fed.out).unwrap();
        let (first, other) = said.trim_end().split_once('\n').unwrap();
        assert_eq!(first, "begun", "what it said before is heard");
        let goes_on = || {
            let state = std::fs::read_to_string(format!("/proc/{other}/stat")).unwrap_or_default();
            !state.is_empty() && !state.contains(") Z ")
        };
        while goes_on() {
            assert!(began.elapsed() < Duration::from_secs(60), "what it started goes on");
            thread::yield_now();
        }
        let over = feed(shell("echo never", ""), began);
        assert_eq!((over.end, over.out), (None, Vec::new()), "nothing is begun when the time is over");
    }

    #[test]
    fn one_that_is_not_there_is_said_to_be_so() {
        let fed = feed(Feed { name: "/no/such/program".into(), ..shell("", "") }, later());
        assert!(matches!(fed.end, Some(End::NotStarted { code: 127, .. })), "{fed:?}");
    }

    #[test]
    fn only_some_variables_are_handed_on() {
        let only = Environment::Only(vec!["PATH".into(), "NOT_SET_AT_ALL".into()]);
        let fed = feed(Feed { environment: only, ..shell("env", "") }, later());
        let text = String::from_utf8(fed.out).unwrap();
        assert!(text.contains("PATH=") && !text.contains("HOME=") && !text.contains("CARGO"), "{text}");
    }
}
