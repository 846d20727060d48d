//! Who writes: what stands in the lock file as long as somebody holds the lock, for those who wait.
//!
//! One line of text, a claim and nothing more: `pid=4711 host=build-7 since=2026-11-22T03:00:00Z holdpoint run`.
//! The lock itself is the system's. Where the file may only be read, or a killed program has left its line behind,
//! the line says nothing or something stale, so it is believed only as long as it can be true.

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::time::Duration;

use chrono::Utc;

use crate::model::{Time, Window, format_time, parse_time};

/// Who is about to write, and how long it waits for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    /// The command, as others are to read it: `holdpoint release add`.
    pub command: String,
    /// How long it waits for the lock at most; nothing: not at all.
    pub patience: Duration,
}

impl Default for Writer {
    fn default() -> Writer {
        Writer { command: "holdpoint".into(), patience: Writer::PATIENCE }
    }
}

impl Writer {
    /// How long is waited unless something else is said. Nobody who writes takes a second.
    pub const PATIENCE: Duration = Duration::from_secs(30);
}

/// How long a line from another machine is believed, where nobody can look whether the program still runs.
const BELIEVED: Window = Window::hours(1);

/// The longest line that is read.
const LONGEST: u64 = 1024;

/// Who holds the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    /// The process.
    pub pid: u32,
    /// The machine's name.
    pub host: String,
    /// Since when.
    pub since: Time,
    /// The command.
    pub command: String,
}

impl fmt::Display for Writing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Writing { pid, host, since, command } = self;
        write!(f, "`{command}`, process {pid} on {host} since {}", format_time(*since))
    }
}

impl Writing {
    /// This program.
    pub(super) fn present(writer: &Writer) -> Writing {
        Writing { pid: std::process::id(), host: host(), since: Utc::now(), command: writer.command.clone() }
    }

    /// Writes it down, as far as that is possible.
    pub(super) fn note(&self, file: &File) -> bool {
        let Writing { pid, host, since, command } = self;
        let line = format!("pid={pid} host={host} since={} {command}\n", format_time(*since));
        clear(file) && { file }.write_all(line.as_bytes()).is_ok()
    }

    /// Reads who it is. None: that isn't said, or can't be true.
    pub(super) fn read(file: &File) -> Option<Writing> {
        let mut text = String::new();
        { file }.seek(SeekFrom::Start(0)).ok()?;
        file.take(LONGEST).read_to_string(&mut text).ok()?;
        Writing::parse(text.strip_suffix('\n')?).filter(Writing::is_fresh)
    }

    fn parse(line: &str) -> Option<Writing> {
        let mut words = line.splitn(4, ' ');
        let mut value = |name: &str| words.next()?.strip_prefix(name)?.strip_prefix('=');
        let (pid, host, since) = (value("pid")?.parse().ok()?, value("host")?.into(), value("since")?);
        let since = parse_time(since).ok()?;
        let command = words.next().filter(|text| !text.contains(char::is_control))?.into();
        Some(Writing { pid, host, since, command })
    }

    fn is_fresh(&self) -> bool {
        if self.host == host() { runs(self.pid) } else { BELIEVED.after(self.since) > Utc::now() }
    }
}

/// Takes the line away.
pub(super) fn clear(file: &File) -> bool {
    file.set_len(0).and_then(|()| { file }.seek(SeekFrom::Start(0))).is_ok()
}

/// The name of this machine.
#[cfg(unix)]
fn host() -> String {
    word(&rustix::system::uname().nodename().to_string_lossy())
}

/// The name of this machine.
#[cfg(not(unix))]
fn host() -> String {
    word(&std::env::var("COMPUTERNAME").unwrap_or_default())
}

/// A name as one word.
fn word(name: &str) -> String {
    let odd = |c: char| c.is_whitespace() || c.is_control();
    if name.is_empty() { "?".into() } else { name.replace(odd, "_") }
}

/// Whether a process of this machine runs; it may be somebody else's.
#[cfg(unix)]
fn runs(pid: u32) -> bool {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

#[cfg(not(unix))]
fn runs(_pid: u32) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_holds_it_can_be_read_while_it_can_be_true() {
        let file = tempfile::tempfile().unwrap();
        let holder = Writing::present(&Writer { command: "holdpoint run".into(), patience: Duration::ZERO });
        assert!(holder.note(&file));
        let read = Writing::read(&file).unwrap();
        assert_eq!((read.pid, read.command.as_str()), (std::process::id(), "holdpoint run"));
        let words = format!("`holdpoint run`, process {} on ", read.pid);
        assert!(read.to_string().starts_with(&words), "{read}");
        assert!(clear(&file));
        assert_eq!(Writing::read(&file), None);
        // A line that a killed program has left behind. No process has this number.
        assert!(Writing { pid: 0x7fff_fff0, ..holder.clone() }.note(&file));
        assert_eq!(Writing::read(&file), if cfg!(unix) { None } else { Some(read) });
        let elsewhere = Writing { host: "elsewhere".into(), ..holder };
        assert!(elsewhere.note(&file) && Writing::read(&file).is_some());
        assert!(
            Writing { since: Time::UNIX_EPOCH, ..elsewhere }.note(&file) && Writing::read(&file).is_none()
        );
    }

    #[test]
    fn any_other_text_says_nothing() {
        for line in [
            "",
            "4711",
            "pid=x host=a since=2026-11-22 c",
            "pid=1 host=a since=2026-11-22",
            "pid=1 host=a \
                     since=2026-11-22 \u{1b}[2J",
        ] {
            assert_eq!(Writing::parse(line), None, "{line}");
        }
    }
}
