//! The command line: what was typed, the environment, the clock, the terminal, and the exit code.
//!
//! The way of a check: parse (`args`) -> resolve (`settings`) -> load (`registry`) -> judge -> report
//! (`output`) -> exit (`exit`). One file per command, named as typed. Nothing is judged here.

mod acting;
mod args;
mod ask;
mod between;
mod check;
mod ci;
mod clear_flag;
mod complete;
mod completions;
mod environment;
mod exit;
mod explain;
mod failure;
mod flag_release;
mod form;
mod gate;
mod github;
mod ground;
mod incident;
mod init;
mod lint;
mod log;
mod man;
mod notify;
mod observe;
mod output;
mod playbook;
mod policy;
mod publish;
mod question;
mod record;
mod redeploy_check;
mod registry;
mod release;
mod review;
mod rollback_check;
mod run;
mod schema;
mod settings;
mod side_by_side;
mod sign_off;
mod since;
mod source;
mod status;
mod sync;
mod targets;
pub mod telling;
mod write;

use std::panic::{UnwindSafe, catch_unwind};
use std::process::ExitCode;

use args::Command;
use settings::Settings;

/// Runs the program: does what the arguments say, and answers with the exit code of the contract.
pub fn main() -> ExitCode {
    guarded(run)
}

/// A panic is a defect of ours: it is called so, and its code, 101, can't be taken for an answer.
fn guarded(run: impl FnOnce() -> ExitCode + UnwindSafe) -> ExitCode {
    catch_unwind(run).unwrap_or_else(|_| {
        failure::bug();
        ExitCode::from(exit::BUG)
    })
}

fn run() -> ExitCode {
    let args = match args::parse() {
        Ok(args) => args,
        Err(code) => return code,
    };
    let settings = match Settings::resolve(&args) {
        Ok(settings) => settings,
        Err(error) => return failure::tell(&error, &Settings::fallback(&args.global)),
    };
    let done = match &args.command {
        Command::RollbackCheck(args) => rollback_check::run(args, &settings),
        Command::RedeployCheck(args) => redeploy_check::run(args, &settings),
        Command::Targets(args) => targets::run(args, &settings),
        Command::Gate(args) => gate::run(args, &settings),
        Command::Status(args) => status::run(args, &settings),
        Command::FlagRelease(args) => flag_release::run(args, &settings),
        Command::ClearFlag(args) => clear_flag::run(args, &settings),
        Command::Release(args) => release::run(args, &settings),
        Command::Observe(args) => observe::run(args, &settings),
        Command::Run(args) => run::run(args, &settings),
        Command::Review(args) => review::run(args, &settings),
        Command::Record(args) => record::run(args, &settings),
        Command::Incident(args) => incident::run(args, &settings),
        Command::Ask(args) => ask::run(args, &settings),
        Command::SignOff(args) => sign_off::run(args, &settings),
        Command::Notify(args) => notify::run(args, &settings),
        Command::Sync(args) => sync::run(args, &settings),
        Command::Playbook(args) => playbook::run(args, &settings),
        Command::Policy(args) => policy::run(args, &settings),
        Command::Init(args) => init::run(args, &settings),
        Command::Lint(args) => lint::run(args, &settings),
        Command::Log(args) => log::run(args, &settings),
        Command::Explain(args) => explain::run(args, &settings),
        Command::Schema(args) => schema::run(args, &settings),
        Command::Completions(args) => completions::run(args, &settings),
        Command::Man(args) => man::run(args, &settings),
    };
    done.unwrap_or_else(|error| failure::tell(&error, &settings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_101() {
        let code = guarded(|| panic!("on purpose"));
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(101)));
    }
}
