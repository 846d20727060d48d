//! `holdpoint run`: checks a move, makes it, and records it.

mod begin;
mod end;
mod ground;
mod look;
mod tell;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use super::acting::Acting;
use super::args::{Reports, incident, name, version};
use super::ask::{Asking, Waiting};
use super::failure::Complaint;
use super::observe::Which;
use super::registry::Found;
use super::settings::Settings;
use super::telling;
use super::write::refuse_as_of;
use crate::act::{Said, said};
use crate::child::{self, Minded, Program};
use crate::model::Name;
use crate::record::Occasion;
use crate::report::human;

use self::begin::Begin;
use self::ground::Ground;

const AFTER: &str = "\
Examples:
  holdpoint run checkout 2.4.0 --env prod -- helm upgrade checkout shop/checkout --version 2.4.0
  holdpoint run checkout 2.4.0 --env prod --incident INC-482 \\
      --observe 'kubectl -n shop get deploy,rs -o json' -- ./deploy.sh 2.4.0
  holdpoint run checkout 2.4.0 --env prod --break-glass 'prod is down, nobody of security answers' -- ./deploy.sh
  holdpoint run checkout 2.3.9 --env prod --ask --wait 15m -- ./deploy.sh     asks the team that has to sign, and waits
  holdpoint run checkout 2.4.0 --env prod --report-only -- ./deploy.sh        judges only, for a trial
  holdpoint run checkout 2.4.0 --env prod -- helm upgrade checkout -o json | jq .    its output is the command's

The move is judged as by the checks. What may not go is not started, and nothing is written. What may go is written
down as begun; the command runs with this terminal; then its end is written down, and what runs since: as --observe
sees it, else by the command's word (unverified). Standard output is the command's alone: what holdpoint says goes to
standard error, and to the files of --report. With --format json or markdown its report follows the command's output.

Ctrl-C, SIGTERM, SIGQUIT and a closed terminal reach the command; holdpoint itself waits for its end, and says in the
record which of them came. While it runs, nobody else can `run` a move of this service in this environment.

--break-glass goes on against a hold, a block, or a registry that can't be judged, never to a compromised release, and
not while another move is under way. It is recorded in any case, and leaves a debt that both teams review. With it, a
record that can't be written doesn't stop the command either: that is said, and ends with 3.

--report-only and --dry-run start nothing and write nothing; --dry-run keeps the verdict's exit code and shows what
would be written.

Variables that are set for the command and for --observe, empty where there is nothing to say:
  HOLDPOINT_SERVICE, HOLDPOINT_ENVIRONMENT, HOLDPOINT_FROM, HOLDPOINT_TO, HOLDPOINT_INCIDENT
  HOLDPOINT_VERDICT    allow, warn, hold, block; unjudged: the glass was broken on a registry with mistakes

Exit codes:
  before the command: 1 block · 2 wrong usage · 3 could not judge, or not record · 4 hold, or another move is under way
  5 warn, only with --fail-on warn
  once it was started: the command's own; 128+n when signal n ended it; 127 no such program · 126 it can't be started
  3 also when its end could not be recorded, however it ended: it is said how, with the `holdpoint record` line that
  brings it in; and when the command succeeded and what runs, or a report, could not be written

Files that are read:
  holdpoint.toml, services/SERVICE/, advisories/, instabilities/
Files that are written:
  log/SERVICE/; the one that holds `running` and `ran` of the service, else services/SERVICE/running.toml;
  with --break-glass services/SERVICE/debts/; while it runs .holdpoint-move-SERVICE@ENV.lock";

/// Checks a move, makes it with a command, and records it.
///
/// What may not go isn't started. The exit code is the command's own once it was started.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The service
    #[arg(value_parser = name)]
    service: Name,

    /// The release to go to
    #[arg(value_parser = version)]
    version: Box<str>,

    /// Where; may be left out when there is only one environment
    #[arg(long, value_name = "ENV", value_parser = name)]
    env: Option<Name>,

    /// What runs there, when the registry doesn't know or is behind
    #[arg(long, value_name = "VERSION", value_parser = version)]
    from: Option<Box<str>>,

    /// The incident that it is for, of those that are on for the service; rules can ask for it
    #[arg(long, value_name = "ID", value_parser = incident)]
    incident: Option<Box<str>>,

    /// Looks what runs afterwards: a line for the shell that prints the JSON of kubectl, helm or argocd
    #[arg(long, value_name = "CMD", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    observe: Option<String>,

    /// Of what --observe shows, only what lies in this namespace; may be given several times
    #[arg(short, long, value_name = "NAMESPACE", requires = "observe")]
    namespace: Vec<String>,

    /// What Helm calls the service, when that isn't its name
    #[arg(long, value_name = "NAME", requires = "observe")]
    helm_release: Option<String>,

    /// Which version of a chart is the release's; unless given, the one that is registered
    #[arg(long, value_name = "WHICH", requires = "observe")]
    helm_version: Option<Which>,

    /// Goes on whatever the verdict is, and says why
    #[arg(long, value_name = "REASON", value_parser = said)]
    break_glass: Option<Said>,

    /// Asks the team whose key holds the move, and waits for its answer
    #[arg(long, requires = "wait", conflicts_with = "break_glass")]
    ask: bool,

    #[command(flatten)]
    waiting: Waiting,

    /// Only shows the verdict and what would be written
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    acting: Acting,

    #[command(flatten)]
    reports: Reports,

    /// The command that makes the move, behind `--`
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }

    fn break_glass(&self) -> Option<&str> {
        self.break_glass.as_ref().map(Said::as_str)
    }
}

/// Judges, runs the command if it may go, records, and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "leave it out: a command runs now")?;
    if !args.ask && args.waiting.wait().is_some() {
        return Err(Complaint::usage("--wait is for an answer, and nobody is asked", "add --ask").into());
    }
    let found = Found::by(settings)?;
    let mut ground = Ground::of(args, settings, &found)?;
    settings.outputs.check_files()?;
    let occasion = args.acting.occasion(&found, settings)?;
    ground.question.asker = Some(occasion.who.by.clone());
    if args.dry_run || settings.report_only {
        return begin::tried(&ground, &occasion);
    }
    if args.ask && !ask(&ground, &occasion)? {
        // Nobody signed: what it is judged stops it, as if nobody had been asked.
        settings.outputs.mutter("nobody signed, so nothing is started\n");
    }
    let lock = match begin::lock(&ground, &occasion)? {
        Ok(lock) => lock,
        Err(holder) => return Ok(begin::held(&ground, holder.as_ref())),
    };
    // From here on nothing ends us before the command's end is written down.
    let mut minded = Minded::begin()?;
    let mut begun = match begin::begin(&ground, &occasion)? {
        Begin::Goes(begun) => begun,
        Begin::Stopped(stopped, published) => {
            return Ok(begin::stopped(&ground, &stopped, published.as_ref()));
        }
    };
    begun.say(&ground);
    // Others hear of it while the command runs: nobody waits for a sink at 3 a.m.
    let telling = begun.telling.take().map(|round| round.go(telling::budget(settings)));
    let variables = begun.variables();
    let (name, arguments) = ground.command();
    let ended = child::run(Program { name, arguments, variables: &variables }, &mut minded);
    let seen = look::look(&ground, &begun, &ended, &variables, &mut minded);
    let code = end::end(&ground, &begun, telling, &occasion, (&ended, &seen));
    drop(lock);
    Ok(ExitCode::from(code))
}

/// Asks whoever has to sign, and waits. Whether the move may go as far as that is concerned; `begin` judges it again.
fn ask(ground: &Ground, occasion: &Occasion) -> Result<bool> {
    let Ground { found, settings, args, .. } = ground;
    let (question, reason) = (ground.question.clone(), None);
    let asking =
        Asking { found, settings, occasion, question, reason, ticket: None, lasts: None, dry_run: false };
    let done = asking.ask(args.waiting.wait())?;
    let stand = done.asked.stand();
    let revision = found.revision();
    let context = found.context(settings, &stand.before, revision.as_deref());
    let context = context.reached(done.published.as_ref()).told(done.notice.as_ref());
    let Some(advice) = stand.advice() else { return Ok(true) };
    let report = done.report(context, &advice);
    settings.outputs.mutter(&human::asking(&report, settings.outputs.look));
    Ok(report.is_well())
}
