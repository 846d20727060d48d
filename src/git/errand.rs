//! Calls of the `git` program that change a repository or go to the network.
//!
//! Unlike [`super::program::ask`] they honour what the user has set up: identity, signing, hooks, credential helpers,
//! the way by `ssh`. But none asks anybody for anything, none goes on beyond its limit, and what it says is bounded.

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::program::{ELSEWHERE, ask};

/// How much of each output is kept. What a hook or a server says beyond that helps nobody.
const MOST: u64 = 4 * 1024 * 1024;

/// How long a call that is over its limit may take to end by itself.
const GRACE: Duration = Duration::from_millis(500);

/// How often is looked whether a call has ended: short at first, for most end soon.
const PAUSES: [u64; 6] = [1, 1, 2, 2, 5, 10]; // milliseconds

/// Why a call did not do what it was to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// There is no such program.
    NoGit,
    /// It was not done when its time was over.
    TimeUp,
    /// What Git, a hook or a server says, the telling line first.
    Refused(String),
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failed::NoGit => f.write_str("`git` is not installed, or not in PATH"),
            Failed::TimeUp => f.write_str("it took longer than it may"),
            Failed::Refused(says) => f.write_str(says.lines().next().unwrap_or("Git gives no reason")),
        }
    }
}

/// What a call ended with.
#[derive(Debug)]
pub(super) struct Answer {
    /// Whether it did what it was to do.
    pub done: bool,
    /// What it says to standard output.
    pub out: Vec<u8>,
    /// What it says to standard error.
    pub err: String,
}

impl Answer {
    /// Standard output as text, without the newline at its end.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).trim_end().to_owned()
    }

    /// The answer of a call that did it.
    pub fn well(self) -> Result<Answer, Failed> {
        if self.done { Ok(self) } else { Err(Failed::Refused(telling(&self.err))) }
    }
}

/// A call in the making.
#[derive(Debug)]
pub(super) struct Errand<'a> {
    folder: &'a Path,
    arguments: Vec<OsString>,
    input: Vec<u8>,
    index: Option<PathBuf>,
    /// Whether it may go to the network.
    far: bool,
    until: Instant,
}

impl<'a> Errand<'a> {
    /// In (or around) a folder, to be ended at that moment.
    pub fn new(folder: &'a Path, until: Instant) -> Errand<'a> {
        Errand { folder, arguments: Vec::new(), input: Vec::new(), index: None, far: false, until }
    }

    /// With these arguments behind those that it has.
    pub fn with(mut self, arguments: &[&str]) -> Errand<'a> {
        self.arguments.extend(arguments.iter().map(OsString::from));
        self
    }

    /// With this on standard input, which is else empty.
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Errand<'a> {
        self.input = bytes.into();
        self
    }

    /// With another index than the work tree's.
    pub fn index(mut self, index: Option<&Path>) -> Errand<'a> {
        self.index = index.map(Path::to_owned);
        self
    }

    /// To the network.
    pub fn far(mut self) -> Errand<'a> {
        self.far = true;
        self
    }

    /// Runs it; whatever it ends with is an answer.
    pub fn answer(&self) -> Result<Answer, Failed> {
        if Instant::now() >= self.until {
            return Err(Failed::TimeUp);
        }
        let mut child = self.command().spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failed::NoGit,
            _ => Failed::Refused(error.to_string()),
        })?;
        if let Some(mut stdin) = child.stdin.take() {
            let input = self.input.clone();
            // Whoever doesn't read it to its end has its reasons, and says them.
            thread::spawn(move || _ = stdin.write_all(&input));
        }
        let (out, err) = (listen(child.stdout.take()), listen(child.stderr.take()));
        let status = self.wait(&mut child)?;
        let heard = |from: Receiver<Vec<u8>>| {
            // What a hook has left running may hold it open.
            from.recv_timeout(GRACE).unwrap_or_default()
        };
        let (out, err) = (heard(out), String::from_utf8_lossy(&heard(err)).into_owned());
        Ok(Answer { done: status.success(), out, err })
    }

    /// Runs it, and gives the answer if it did what it was to do.
    pub fn run(&self) -> Result<Answer, Failed> {
        self.answer().and_then(Answer::well)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.args(["--no-pager", "--literal-pathspecs", "-C"]).arg(self.folder).args(&self.arguments);
        ELSEWHERE.iter().for_each(|variable| _ = command.env_remove(variable));
        // Nobody is asked for a password or a passphrase, on whatever way, and no editor is opened.
        command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ASKPASS", "").env("GCM_INTERACTIVE", "never");
        command.env_remove("SSH_ASKPASS").env("SSH_ASKPASS_REQUIRE", "never").env_remove("GPG_TTY");
        command.env("GIT_EDITOR", ":").env("LC_ALL", "C");
        if self.far {
            command.env("GIT_SSH_COMMAND", by_ssh(self.folder));
        }
        if let Some(index) = &self.index {
            command.env("GIT_INDEX_FILE", index);
        }
        command.stdin(if self.input.is_empty() { Stdio::null() } else { Stdio::piped() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own can be ended as a whole, and doesn't get at the terminal.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }

    fn wait(&self, child: &mut Child) -> Result<ExitStatus, Failed> {
        let mut tries = 0;
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if Instant::now() >= self.until => {
                    end(child);
                    return Err(Failed::TimeUp);
                }
                Ok(None) => {}
                Err(error) => return Err(Failed::Refused(error.to_string())),
            }
            let pause = PAUSES.get(tries).or(PAUSES.last()).copied().unwrap_or_default();
            thread::sleep(Duration::from_millis(pause));
            tries += 1;
        }
    }
}

/// Ends a call with all that it has started: it may clear up first, but not for long.
fn end(child: &mut Child) {
    signal(child, false);
    let begun = Instant::now();
    while begun.elapsed() < GRACE {
        if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
            break;
        }
        thread::sleep(Duration::from_millis(5));
    }
    // Git may be gone, and what it started not.
    signal(child, true);
    let _ = child.wait();
}

#[cfg(unix)]
fn signal(child: &mut Child, at_once: bool) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let signal = if at_once { Signal::KILL } else { Signal::TERM };
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, signal);
    }
}

#[cfg(not(unix))]
fn signal(child: &mut Child, at_once: bool) {
    if at_once {
        let _ = child.kill();
    }
}

/// Reads an output to its end, without holding more of it than is of use.
fn listen(from: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut from) = from {
            let _ = from.by_ref().take(MOST).read_to_end(&mut bytes);
            let _ = std::io::copy(&mut from, &mut std::io::sink());
        }
        // Nobody waits any more where the call was ended.
        let _ = sender.send(bytes);
    });
    receiver
}

/// The way by `ssh` that the user has set up, told to ask nobody.
fn by_ssh(folder: &Path) -> OsString {
    let variable = |name| std::env::var_os(name).filter(|text| !text.is_empty());
    let configured = || ask(folder, &["config", "core.sshCommand"]).ok();
    let program = || variable("GIT_SSH").map(|program| shell_word(&program.to_string_lossy()));
    let own = variable("GIT_SSH_COMMAND").map(|text| text.to_string_lossy().into_owned());
    let own =
        own.or_else(|| configured().map(|text| text.trim_end().to_owned()).filter(|text| !text.is_empty()));
    without_questions(&own.or_else(program).unwrap_or_else(|| "ssh".to_owned())).into()
}

/// An `ssh` command that asks nobody, unless it says itself whether it does.
fn without_questions(command: &str) -> String {
    let program = command.split_whitespace().next().unwrap_or_default().trim_matches(['\'', '"']);
    let name = program.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    match name.trim_end_matches(".exe") {
        _ if command.to_lowercase().contains("batchmode") => command.to_owned(),
        "plink" => format!("{command} -batch"),
        "tortoiseplink" => command.to_owned(),
        _ => format!("{command} -o BatchMode=yes"),
    }
}

fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// What Git says, the line that tells the reason first: what a hook or a server says comes before what Git makes of it.
pub(super) fn telling(said: &str) -> String {
    let lines: Vec<&str> = said.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).collect();
    let rank = |line: &str| match line {
        line if line.starts_with("remote: error:") || line.starts_with("remote: fatal:") => 0,
        line if line.starts_with("fatal:") => 1,
        line if line.starts_with("error:") => 2,
        line if line.starts_with("remote:") => 3,
        line if line.starts_with("hint:") || line.starts_with("To ") => 5,
        _ => 4,
    };
    let Some(first) = (0..lines.len()).min_by_key(|at| (rank(lines[*at]), *at)) else {
        return "it gives no reason".into();
    };
    let bare = |line: &str| {
        let line = line.strip_prefix("remote: ").unwrap_or(line);
        let line = line.strip_prefix("fatal: ").or_else(|| line.strip_prefix("error: ")).unwrap_or(line);
        line.trim().to_owned()
    };
    let rest = lines.iter().enumerate().filter(|(at, _)| *at != first).map(|(_, line)| bare(line));
    std::iter::once(bare(lines[first])).chain(rest).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ssh_asks_nobody_unless_it_is_told_to() {
        for (own, want) in [
            ("ssh", "ssh -o BatchMode=yes"),
            ("ssh -i /k", "ssh -i /k -o BatchMode=yes"),
            ("ssh -o BatchMode=no", "ssh -o BatchMode=no"),
            ("'C:/Program Files/plink.exe' -x", "'C:/Program Files/plink.exe' -x -o BatchMode=yes"),
            ("/usr/bin/plink", "/usr/bin/plink -batch"),
            ("tortoiseplink.exe", "tortoiseplink.exe"),
        ] {
            assert_eq!(without_questions(own), want);
        }
        assert_eq!(shell_word("a'b c"), "'a'\\''b c'");
    }

    #[test]
    fn the_line_that_tells_comes_first() {
        let said = "To ../remote\nremote: no flags on Fridays\n ! [remote rejected] x -> main\nerror: failed to push some refs\n";
        assert_eq!(telling(said).lines().next(), Some("failed to push some refs"));
        assert_eq!(telling("hint: x\nremote: fatal: full\nfatal: y\n").lines().next(), Some("full"));
        assert_eq!(telling("\n \n"), "it gives no reason");
    }

    #[cfg(unix)]
    #[test]
    fn a_call_is_ended_with_what_it_started_when_its_time_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let sleeps = "alias.wait=!echo begun >&2; sleep 600 & sleep 600";
        let begun = Instant::now();
        let errand =
            Errand::new(folder.path(), begun + Duration::from_millis(300)).with(&["-c", sleeps, "wait"]);
        assert_eq!(errand.run().unwrap_err(), Failed::TimeUp);
        assert!(begun.elapsed() < Duration::from_secs(60));
        let over = Errand::new(folder.path(), begun).with(&["version"]).run().unwrap_err();
        assert_eq!(over, Failed::TimeUp, "nothing is begun when the time is over");
    }

    #[test]
    fn what_it_is_given_is_read_and_what_it_says_is_heard() {
        let folder = tempfile::tempdir().unwrap();
        let later = Instant::now() + Duration::from_secs(60);
        let errand = Errand::new(folder.path(), later).with(&["hash-object", "--stdin"]).input("x");
        assert_eq!(errand.run().unwrap().text(), "c1b0730e0133447badcfd47fd144e254807b06e1");
        let error = Errand::new(folder.path(), later).with(&["no-such-command"]).run().unwrap_err();
        assert!(matches!(error, Failed::Refused(says) if says.contains("not a git command")));
    }
}
