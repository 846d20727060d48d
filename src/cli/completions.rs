//! `holdpoint completions`: the script that makes a shell complete holdpoint's words.

use std::process::ExitCode;

use anyhow::Result;
use clap_complete::Shell;
use clap_complete::env::Shells;

use super::complete::VARIABLE;
use super::failure::Complaint;
use super::settings::Settings;
use super::{exit, output};

const AFTER: &str = "\
Examples:
  source <(holdpoint completions bash)              in ~/.bashrc
  source <(holdpoint completions zsh)               in ~/.zshrc, below compinit
  holdpoint completions fish | source               in ~/.config/fish/config.fish
  eval (holdpoint completions elvish | slurp)       in ~/.config/elvish/rc.elv
  holdpoint completions powershell | Out-String | Invoke-Expression    in $PROFILE

Exit codes:
  0 done · 2 wrong usage · 3 could not be written

Files that are read:
  none now; at each completion those of the registry at hand, as a check reads them";

/// Prints the script that makes a shell complete commands, services, versions and environments.
///
/// The script asks this program at each completion, so that services, versions (newest first), environments,
/// flags and incidents are those of the registry at hand: --registry, HOLDPOINT_REGISTRY, or the nearest upwards.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    output::check_no_reports("completions", settings)?;
    let shells = Shells::builtins();
    let name = args.shell.to_string();
    let unknown =
        || Complaint::usage(&format!("no completions for `{name}`"), "see `holdpoint completions --help`");
    let shell = shells.completer(&name).ok_or_else(unknown)?;
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, "holdpoint", "holdpoint", "holdpoint", &mut script)?;
    let script = String::from_utf8_lossy(&script);
    Ok(ExitCode::from(exit::of_answer(settings.outputs.print(&script))))
}
