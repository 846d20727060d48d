//! What was typed. What it means here and now is worked out in [`super::settings`].

#![expect(clippy::disallowed_methods, reason = "a door: it reads the arguments")]

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

pub(super) use super::form::Format;
use super::form::{self, Form};
use super::{
    ask, clear_flag, complete, completions, exit, explain, failure, flag_release, gate, incident, init, lint,
    log, man, notify, observe, playbook, policy, record, redeploy_check, release, review, rollback_check,
    run, schema, sign_off, status, sync, targets,
};
use crate::model::{Name, Time, parse_time};
use crate::version::check_text;

/// Said below the help of the whole program.
const AFTER: &str = "\
Examples:
  holdpoint rollback-check checkout 2.3.0 --env prod
  holdpoint rollback-check checkout --env prod          the release that ran before
  holdpoint redeploy-check checkout 2.4.2 --env prod --format json
  holdpoint targets checkout --env prod
  holdpoint gate --diff origin/main..HEAD               what a change of manifests moves, in CI
  holdpoint status                                      everything, worst first
  holdpoint flag-release checkout 2.4.1 --unstable --title \"p99 latency x10\"    what SRE and security say
  holdpoint clear-flag INC-482 --reason \"<why>\"          take a flag back
  holdpoint release add checkout 2.4.2 --commit 9f3c2ab what CI does after a build
  holdpoint observe checkout --env prod --running 2.4.1 what runs; also from kubectl, helm, Argo CD
  holdpoint sign-off checkout 2.4.1 --env prod --accept INC-482 --as reliability --reason \"watching it\" --expires 4h
  holdpoint run checkout 2.4.0 --env prod -- helm rollback checkout    check, act, record
  holdpoint review                                      every break-glass that is still open
  holdpoint incident start INC-482 --service checkout   checks are then made under it
  holdpoint log show checkout --env prod -n 20          what was asked, decided and done
  holdpoint log verify                                  whether that is what was written
  holdpoint log replay                                  whether every decision still comes out as it did
  holdpoint sync                                        bring this clone and what is published together
  holdpoint playbook checkout --env prod                what to do now, step by step
  holdpoint policy why checkout 2.3.0 --env prod        which rules decide it
  holdpoint init registry --from-tags ../checkout       a registry to begin with
  holdpoint lint                                        all that is wrong or odd in the registry
  holdpoint explain CVE-2026-31337                      what is known of a flag, or of a reason

Exit codes:
  0  go: allow or warn (without a verdict: answered, done)
  1  block (without a verdict: answered no, such as lint --strict)
  2  wrong usage
  3  could not judge: a mistake in the registry, an unknown name, a report that can't be written
  4  hold: may go once it is signed off
  5  warn, only with --fail-on warn

Files:
  holdpoint.toml        the registry: --registry, HOLDPOINT_REGISTRY, or the nearest upwards
  services/SERVICE/     beside it: what is known of one service; a check opens only this one
  advisories/, instabilities/    beside it: flags on several services

Variables:
  HOLDPOINT_REGISTRY    a folder that holds a holdpoint.toml, or the file itself
  NO_COLOR, CLICOLOR_FORCE, TERM, COLUMNS    as everywhere";

/// May SERVICE move to another release now? Judges rollbacks and redeploys before anyone acts.
///
/// Both halves of the truth, what SRE knows to be unstable and what security knows to be insecure, stand in
/// one registry as code, and every move is judged against both.
#[derive(Debug, Parser)]
#[command(name = "holdpoint", version, after_help = AFTER, disable_help_subcommand = true, max_term_width = 100)]
pub(super) struct Args {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    #[command(flatten)]
    reports: Reports,
    /// Which command.
    #[command(subcommand)]
    pub command: Command,
}

impl Args {
    /// Every report that was asked for, before the command and after it.
    pub fn reports(&self) -> Vec<Report> {
        let after = match &self.command {
            Command::RollbackCheck(args) => args.reports(),
            Command::RedeployCheck(args) => args.reports(),
            Command::Targets(args) => args.reports(),
            Command::Gate(args) => args.reports(),
            Command::Status(args) => args.reports(),
            Command::FlagRelease(args) => args.reports(),
            Command::ClearFlag(args) => args.reports(),
            Command::Release(args) => args.reports(),
            Command::Observe(args) => args.reports(),
            Command::Run(args) => args.reports(),
            Command::Review(args) => args.reports(),
            Command::Record(args) => args.reports(),
            Command::Incident(args) => args.reports(),
            Command::Ask(args) => args.reports(),
            Command::SignOff(args) => args.reports(),
            Command::Notify(args) => args.reports(),
            Command::Sync(args) => args.reports(),
            Command::Playbook(args) => args.reports(),
            Command::Policy(args) => args.reports(),
            Command::Init(args) => args.reports(),
            Command::Lint(args) => args.reports(),
            Command::Log(args) => args.reports(),
            Command::Explain(args) => args.reports(),
            Command::Schema(_) | Command::Completions(_) | Command::Man(_) => {
                return self.reports.list.clone();
            }
        };
        [&self.reports, after].into_iter().flat_map(|reports| reports.list.iter().cloned()).collect()
    }
}

impl Command {
    /// The forms that the command has beside those that every command has.
    pub fn forms(&self) -> &'static [Form] {
        match self {
            Command::Log(args) => args.forms(),
            Command::Gate(_) => &form::CI,
            Command::Playbook(args) => args.forms(),
            Command::Policy(args) => args.forms(),
            // They have one form only, and say so themselves.
            Command::Completions(_) | Command::Man(_) => Form::value_variants(),
            _ => &[],
        }
    }
}

// The help of each command stands at its arguments, in its own file. Deferred: of the commands that weren't
// typed only the names are made, which a check would otherwise pay for.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum Command {
    RollbackCheck(rollback_check::Args),
    RedeployCheck(redeploy_check::Args),
    Targets(targets::Args),
    Gate(gate::Args),
    Status(status::Args),
    FlagRelease(flag_release::Args),
    ClearFlag(clear_flag::Args),
    Release(release::Args),
    Observe(observe::Args),
    Ask(ask::Args),
    SignOff(sign_off::Args),
    Run(run::Args),
    Record(record::Args),
    Review(review::Args),
    Incident(incident::Args),
    Log(log::Args),
    Notify(notify::Args),
    Sync(sync::Args),
    Playbook(playbook::Args),
    Policy(policy::Args),
    Init(init::Args),
    Lint(lint::Args),
    Explain(explain::Args),
    Schema(schema::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Options of every command; they stand before or after it.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    /// The registry: a folder that holds a holdpoint.toml, or that file
    #[arg(long, global = true, value_name = "PATH", value_hint = clap::ValueHint::AnyPath, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub registry: Option<String>,

    /// How to say it on standard output
    #[arg(long, global = true, value_name = "FORMAT")]
    pub format: Option<Form>,

    /// Exits with 0 whatever the verdict is, for a trial run; 2 and 3 stay
    #[arg(long, global = true)]
    pub report_only: bool,

    /// Exits with 5 on a warning
    #[arg(long, global = true, value_name = "LEVEL")]
    pub fail_on: Option<FailOn>,

    /// Judges as of this moment: RFC 3339 with an offset, or a date (its beginning, UTC)
    #[arg(long, global = true, value_name = "TIME", value_parser = moment)]
    pub as_of: Option<Time>,

    /// Reads the registry from this commit: an id, a branch, a tag, HEAD~3
    #[arg(long, global = true, value_name = "REV", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub at_revision: Option<String>,

    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Colour,

    /// Only the first line
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Also the deciding rules, and the reasons of all targets
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// The one option that may be given several times. It is no global one: of those, clap keeps only what
/// stands after the command when both places have some, and a lost report would look like a written one.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Reports {
    /// Writes a report to a file, `-` for standard output; may be given several times
    #[arg(id = "reports", long = "report", value_name = "FORMAT=FILE", value_parser = report)]
    list: Vec<Report>,
}

/// `FORMAT=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    /// How.
    pub format: Form,
    /// Where; `-` is standard output.
    pub file: String,
}

/// From which level on a verdict that may go fails all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// A warning exits with 5
    Warn,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal that can, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Reads the arguments. The error is the exit code, all being said already: wrong usage, help, version, and
/// what a shell asks for at a completion.
pub(super) fn parse() -> Result<Args, ExitCode> {
    let typed: Vec<OsString> = std::env::args_os().collect();
    if let Some(code) = complete::answer(&typed) {
        return Err(code);
    }
    Args::try_parse_from(&typed).map_err(|_| {
        let error = in_full(&typed);
        if error.exit_code() == 0 {
            // Help or version. A reader that has gone away is no reason to fail.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        failure::usage(error, asked_for(&typed));
        ExitCode::from(exit::USAGE)
    })
}

/// The same error again, in the words of a parser that knows what every command is for.
fn in_full(typed: &[OsString]) -> clap::Error {
    let mut command = Args::command();
    command.build();
    let parsed = command.try_get_matches_from_mut(typed).and_then(|found| Args::from_arg_matches(&found));
    match parsed {
        Err(error) => error,
        // The two parsers differ in what is built beforehand, not in what they take.
        Ok(_) => command.error(clap::error::ErrorKind::InvalidValue, "the arguments can't be read"),
    }
}

/// The format that arguments which could not be read ask for on standard output.
fn asked_for(typed: &[OsString]) -> Format {
    let words: Vec<&str> = typed.iter().filter_map(|word| word.to_str()).collect();
    let asks = |format: &&Format| {
        let name = format.to_possible_value().map_or(String::new(), |value| value.get_name().to_owned());
        let pair = |pair: &[&str]| match pair {
            ["--format", value] => *value == name,
            ["--report", value] => value.strip_suffix("=-") == Some(&name),
            _ => false,
        };
        let one = [format!("--format={name}"), format!("--report={name}=-")];
        words.windows(2).any(pair) || words.iter().any(|word| one.iter().any(|one| one == word))
    };
    Format::value_variants().iter().find(asks).copied().unwrap_or(Format::Human)
}

/// The command that was typed, as others are to read it: `holdpoint release add`. Made for those who write only: it
/// needs the names of all commands.
pub(super) fn typed_command() -> String {
    let (mut name, mut command) = (String::from("holdpoint"), Args::command());
    for word in std::env::args_os().skip(1) {
        if let Some(found) = command.find_subcommand(&word) {
            name = format!("{name} {}", found.get_name());
            // What it holds itself is made only now: it was deferred.
            command = found.clone();
            command.build();
        }
    }
    name
}

fn report(text: &str) -> Result<Report, String> {
    let (format, file) = text.split_once('=').ok_or("it must be FORMAT=FILE, such as json=verdict.json")?;
    let format = Form::from_str(format, false)
        .map_err(|_| format!("no format `{format}`; there are {}", form::names(&[])))?;
    match file {
        "" => Err("the file is missing; `-` is standard output".into()),
        file => Ok(Report { format, file: file.into() }),
    }
}

/// Takes a moment.
pub(super) fn moment(text: &str) -> Result<Time, String> {
    let example = "write it like 2026-11-22T03:00:00Z, with an offset, or as a date";
    parse_time(text).map_err(|error| format!("{error}; {example}"))
}

/// Takes a version as written.
pub(super) fn version(text: &str) -> Result<Box<str>, String> {
    check_text(text).map(|()| text.into()).map_err(|error| error.to_string())
}

/// Takes the name of a service or an environment.
pub(super) fn name(text: &str) -> Result<Name, String> {
    Name::new(text).map_err(|error| {
        let lower = text.to_lowercase();
        let hint =
            if Name::new(&lower).is_ok() { format!("; did you mean `{lower}`?") } else { String::new() };
        format!("a name {error}{hint}")
    })
}

/// Takes the id of an incident, as its own tool writes it.
pub(super) fn incident(text: &str) -> Result<Box<str>, String> {
    if text.trim().is_empty() { Err("it is empty".into()) } else { Ok(text.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        Args::command().debug_assert();
    }

    #[test]
    fn global_options_stand_before_or_after_the_command() {
        let parse = |line: &str| Args::try_parse_from(line.split(' ')).map(|args| args.global);
        for line in [
            "holdpoint --registry r --as-of 2026-11-22 -q targets x",
            "holdpoint targets x --registry r --as-of 2026-11-22 -q",
        ] {
            let global = parse(line).unwrap();
            assert_eq!((global.registry.as_deref(), global.quiet), (Some("r"), true), "{line}");
            assert_eq!(global.as_of, parse_time("2026-11-22").ok());
        }
        assert!(parse("holdpoint targets x -q -v").is_err());
    }

    #[test]
    fn a_format_is_recognised_in_arguments_that_make_no_sense() {
        let asked = |line: &str| asked_for(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        for json in ["holdpoint nonsense --format json", "x --format=json", "x --report json=-"] {
            assert_eq!(asked(json), Format::Json, "{json}");
        }
        assert_eq!(asked("x --report=markdown=-"), Format::Markdown);
        for human in ["holdpoint --format human json", "x --report json=file", "x --format"] {
            assert_eq!(asked(human), Format::Human, "{human}");
        }
    }

    #[test]
    fn reports_name_a_format_and_a_file() {
        assert_eq!(report("json=a=b"), Ok(Report { format: Form::Usual(Format::Json), file: "a=b".into() }));
        for wrong in ["", "json", "json=", "xml=f", "=f"] {
            assert!(report(wrong).is_err(), "{wrong}");
        }
    }
}
