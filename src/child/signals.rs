//! Signals that don't end us while something is to be written down yet.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};

use rustix::process::{Pid, Signal, getpgid, getpgrp, kill_process};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithRawSiginfo;
use signal_hook::low_level::signal_name;

/// What ends a program that doesn't mind it.
const MINDED: [i32; 4] = [SIGINT, SIGQUIT, SIGTERM, SIGHUP];

/// Signals that are minded from here on, and for the rest of our life: after a program's end there is its end to be
/// written down.
#[derive(Debug)]
pub struct Minded(SignalsInfo<WithRawSiginfo>);

impl Minded {
    /// Begins to mind signals. Those that we were told to ignore (by `nohup`) stay ignored, by the program, too.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn begin() -> io::Result<Minded> {
        let ignored = ignored();
        let minded = MINDED.iter().filter(|signal| !ignored(**signal));
        SignalsInfo::new(minded.chain([&SIGCHLD])).map(Minded)
    }

    /// What came since it was last asked for.
    pub(super) fn pending(&mut self) -> Vec<Came> {
        self.0.pending().filter_map(|info| Came::of(info.si_signo, info.si_code)).collect()
    }

    /// Waits until a program has ended or a signal came.
    pub(super) fn wait(&mut self, _: &mut Child) -> Vec<Came> {
        self.0.wait().filter_map(|info| Came::of(info.si_signo, info.si_code)).collect()
    }
}

/// Which signals we ignore since our start. Only Linux tells without unsafe code.
fn ignored() -> impl Fn(i32) -> bool {
    signals_of("self", "SigIgn:")
}

/// A set of signals of a process, as Linux tells it: those under this label.
fn signals_of(process: &str, label: &str) -> impl Fn(i32) -> bool + use<> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix(label));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    move |signal| u32::try_from(signal - 1).is_ok_and(|at| mask.checked_shr(at).unwrap_or(0) & 1 == 1)
}

/// A signal that came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came {
    signal: Signal,
    by_terminal: bool,
}

impl Came {
    /// None: only that a program has ended.
    fn of(number: i32, code: i32) -> Option<Came> {
        let signal = Signal::from_named_raw(number).filter(|signal| *signal != Signal::CHILD)?;
        let key = number == SIGINT || number == SIGQUIT;
        Some(Came { signal, by_terminal: key && is_from_terminal(code) })
    }

    pub fn name(self) -> &'static str {
        signal_name(self.signal.as_raw()).unwrap_or("a signal")
    }

    /// What a shell answers with for a program that it ended.
    pub fn code(self) -> u8 {
        u8::try_from(128 + self.signal.as_raw()).unwrap_or(u8::MAX)
    }

    /// Whether the terminal has sent it to the program, too: to all of the group in the foreground.
    pub fn reached(self, child: &Child) -> bool {
        self.by_terminal && getpgid(Some(Pid::from_child(child))).is_ok_and(|group| group == getpgrp())
    }

    /// Whether the program does something of its own with it, as far as that can be told.
    pub fn is_minded(self, child: &Child) -> bool {
        signals_of(&child.id().to_string(), "SigCgt:")(self.signal.as_raw())
    }

    /// Sends it to a program that nobody has waited for yet, so that its number is still its own. Whether it got it.
    pub fn send(self, child: &Child) -> bool {
        kill_process(Pid::from_child(child), self.signal).is_ok()
    }
}

/// Whether a signal of a key comes from the terminal, and not from a program.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_from_terminal(code: i32) -> bool {
    code > 0
}

/// Whether a signal of a key may come from the terminal: we are in the foreground of one.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn is_from_terminal(_: i32) -> bool {
    let terminal = std::fs::File::open("/dev/tty").ok();
    terminal
        .is_some_and(|terminal| rustix::termios::tcgetpgrp(terminal).is_ok_and(|group| group == getpgrp()))
}

/// The signal that ended a program.
pub(super) fn signal(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// The name of a signal.
pub(super) fn named(number: i32) -> String {
    signal_name(number).map_or_else(|| format!("signal {number}"), str::to_owned)
}
