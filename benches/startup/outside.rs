//! What other programs measure for us, where they are at hand.

use std::process::Stdio;

use crate::contender::Contender;

/// Peak resident memory in bytes, by GNU time.
///
/// A program's peak counts what its parent held between fork and exec. GNU time is small enough for that; a
/// script's interpreter isn't, so there is no fallback.
pub fn peak_memory(contender: &Contender) -> Option<u64> {
    let kibibytes: u64 =
        said(contender, &["/usr/bin/time", "-f", "%M"])?.lines().last()?.trim().parse().ok()?;
    Some(kibibytes * 1_024)
}

/// Executed instructions, by callgrind.
pub fn instructions(contender: &Contender) -> Option<u64> {
    let wrapper = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"];
    let said = said(contender, &wrapper)?;
    let line = said.lines().find(|line| line.contains("Collected :"))?;
    line.rsplit(' ').next()?.parse().ok()
}

/// Version of the compiler, for the line above the tables.
pub fn compiler() -> Option<String> {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = std::process::Command::new(program).arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).split(' ').take(2).collect::<Vec<_>>().join(" "))
}

/// What the wrapper says on standard error, if it can be started and the program ends as it must.
fn said(contender: &Contender, wrapper: &[&str]) -> Option<String> {
    let output = contender.command_under(wrapper).stderr(Stdio::piped()).output().ok()?;
    contender.accept(output.status).ok()?;
    Some(String::from_utf8_lossy(&output.stderr).into_owned())
}
