//! A line for the shell, and what it prints.

use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use super::{End, Minded, start, system, wait};

/// How often is looked for a signal while what a line left running still prints.
const PAUSE: Duration = Duration::from_millis(50);

/// Runs a line by the shell and gives what it prints, at most `most` bytes and one more; what it says of errors goes
/// where ours goes. Signals go to it.
///
/// # Errors
/// Why there is nothing to be read, as a fragment of a sentence.
pub fn listen(
    line: &str,
    variables: &[(&'static str, String)],
    most: u64,
    minded: &mut Minded,
) -> Result<Vec<u8>, String> {
    let mut command = shell(line);
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let (mut child, signals) = start(&mut command, minded).map_err(|(_, why)| why)?;
    let (sender, receiver) = channel();
    if let Some(stdout) = child.stdout.take() {
        thread::spawn(move || {
            let (mut bytes, mut stdout) = (Vec::new(), stdout.take(most + 1));
            let read = stdout.read_to_end(&mut bytes).map(|_| bytes);
            // Nobody waits any more when the line failed. One that prints too much fails only now, when nobody reads.
            let _ = sender.send(read);
        });
    }
    let ended = wait(child, signals, minded);
    let why = match ended.end {
        // A signal that came as it ended says the same as one that comes later.
        End::Code(0) => return said(&receiver, ended.signals.first().copied(), minded),
        End::Code(code) => format!("it failed with {code}"),
        End::Signal { name, .. } => format!("{name} ended it"),
        End::NotStarted { why, .. } | End::Lost(why) => why,
    };
    match receiver.try_recv() {
        Ok(Ok(bytes)) if bytes.len() as u64 > most => Ok(bytes),
        _ => Err(why),
    }
}

/// What was printed. It isn't waited for any more once a signal came: something that the line left running may hold
/// its output open for ever.
fn said(
    receiver: &Receiver<io::Result<Vec<u8>>>,
    mut signal: Option<&'static str>,
    minded: &mut Minded,
) -> Result<Vec<u8>, String> {
    loop {
        match receiver.recv_timeout(PAUSE) {
            Ok(read) => return read.map_err(|error| system(&error)),
            Err(RecvTimeoutError::Disconnected) => return Err("it can't be read".into()),
            Err(RecvTimeoutError::Timeout) => {
                signal = signal.or(minded.pending().first().map(|came| came.name()));
                if let Some(name) = signal {
                    return Err(format!("{name} came before all of it was read"));
                }
            }
        }
    }
}

#[cfg(unix)]
fn shell(line: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", line]);
    command
}

#[cfg(not(unix))]
fn shell(line: &str) -> Command {
    let mut command = Command::new("cmd");
    command.args(["/C", line]);
    command
}
