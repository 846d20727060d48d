//! `holdpoint ask`: asks the other team to sign, with everything it needs, and waits for the answer.

mod asking;
mod wait;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;

use super::acting::Acting;
use super::args::{Format, Reports, incident, name, version};
use super::exit;
use super::failure::Complaint;
use super::registry::Found;
use super::settings::Settings;
use super::write::{duration, refuse_as_of};
use super::{check, environment};
use crate::act::{Said, said};
use crate::judge::{Along, Question};
use crate::model::{MoveKind, Name, Window};
use crate::registry::{Ask, load};
use crate::report::{human, json, markdown};

pub(super) use self::asking::{Asking, Wait};

const AFTER: &str = "\
Examples:
  holdpoint ask checkout 2.3.9 --env prod --reason \"prod is down, 2.3.9 ran for weeks\"
  holdpoint ask checkout 2.3.9 --env prod --incident INC-482 --wait 15m && ./go-on.sh
  holdpoint run checkout 2.3.9 --env prod --ask --wait 15m -- ./deploy.sh 2.3.9     asks, waits, and goes on

The team whose key holds the move is told what is to be accepted and why, what else could be done, and how to sign: by
the command to paste, or, where acts are pushed (`[git] publish = \"push\"`), by merging a branch that holds nothing but
the sign-off, from a phone if need be. Who makes the merge commit has signed. A block can't be signed, so it isn't asked.

--wait looks for the answer until then, and ends with 0 the moment the move may go. Where the rules that hold it say
`if_silent = \"proceed\"`, and somebody was told, silence for their time is an answer, too: it leaves a debt.

Exit codes:
  0 asked, or with --wait: it may go now; also when nobody need be asked
  1 it is blocked, or with --wait: no answer, or it is yours to sign
  2 wrong usage · 3 could not judge, or not record
  --report-only and --fail-on are about verdicts and change nothing here

Files that are read:
  holdpoint.toml, services/SERVICE/, advisories/, instabilities/
Files that are written:
  log/SERVICE/; services/SERVICE/sign-offs/ and debts/ only where silence counts";

/// Asks the other team to sign, with everything it needs.
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

    /// The incident that it is for
    #[arg(long, value_name = "ID", value_parser = incident)]
    incident: Option<Box<str>>,

    /// Why; unless given, it says which move it is needed for
    #[arg(long, value_name = "REASON", value_parser = said)]
    reason: Option<Said>,

    /// A ticket
    #[arg(long, value_name = "TICKET", value_parser = said)]
    ticket: Option<Said>,

    /// For how long what is signed is to count, such as 4h; policy may allow less
    #[arg(long, value_name = "PERIOD", value_parser = period)]
    expires: Option<Window>,

    #[command(flatten)]
    wait: Waiting,

    /// Only shows what would be asked
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    acting: Acting,

    #[command(flatten)]
    reports: Reports,
}

/// How an answer is waited for.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Waiting {
    /// Waits so long for the answer, such as 15m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    wait: Option<Duration>,

    /// How often the answer is looked for at first
    #[arg(long, value_name = "DURATION", value_parser = duration, hide = true)]
    poll: Option<Duration>,
}

impl Waiting {
    /// How long, if at all.
    pub fn wait(self) -> Option<Wait> {
        self.wait.map(|most| Wait { most, poll: self.poll.unwrap_or(POLL) })
    }
}

/// How often the answer is looked for at first.
const POLL: Duration = Duration::from_secs(2);

fn period(text: &str) -> Result<Window, String> {
    Window::parse(text).ok_or_else(|| "write a period, such as 4h or 2d".to_owned())
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Asks, waits if that is wanted, and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "leave it out: it is asked now")?;
    let found = Found::by(settings)?;
    let occasion = args.acting.occasion(&found, settings)?;
    let question = question(args, &found, &occasion.who.by)?;
    let asking = Asking {
        found: &found,
        settings,
        occasion: &occasion,
        question,
        reason: args.reason.clone(),
        ticket: args.ticket.clone(),
        lasts: args.expires,
        dry_run: args.dry_run,
    };
    if !args.dry_run {
        settings.outputs.check_files()?;
    }
    let done = asking.ask(args.wait.wait())?;
    let revision = found.revision();
    let stand = done.asked.stand();
    let context = found.context(settings, &stand.before, revision.as_deref());
    let context = context.reached(done.published.as_ref()).told(done.notice.as_ref());
    let Some(advice) = stand.advice() else { return Err(check::gone(&args.service).into()) };
    let report = done.report(context, &advice);
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::asking(&report, look),
        Format::Json => json::asking(&report),
        Format::Markdown => markdown::asking(&report, look.detail),
    });
    Ok(ExitCode::from(exit::of_question(report.is_well(), delivered)))
}

/// The move that is asked about.
fn question(args: &Args, found: &Found, by: &str) -> Result<Question> {
    let loaded = load(&found.tree(), &found.main, &Ask::Service(args.service.clone()))
        .map_err(|error| found.complaint(error))?;
    let service = loaded.registry.services.get(&args.service).ok_or_else(|| check::gone(&args.service))?;
    let environment = environment::choose(&loaded.registry, service, args.env.as_ref())?;
    let environment = environment.ok_or_else(|| {
        Complaint::usage("which environment? a sign-off is for one, and none is known", "name it: --env prod")
    })?;
    Ok(Question {
        service: args.service.clone(),
        environment: Some(environment),
        from: args.from.clone(),
        to: args.version.clone(),
        asked: MoveKind::Rollback,
        incident: args.incident.clone(),
        asker: Some(by.into()),
        along: Along::default(),
    })
}
