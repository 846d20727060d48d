//! `holdpoint gate`: the same judgement for CI, of a move, of a list of moves, or of all that a change of manifests
//! moves.
//!
//! What is asked (`asked`) becomes moves: named, listed, or found between two trees (`change`: two commits or two
//! folders). Each is judged by the registry (`sides`: as it is found, or as of both ends of the change), all of them
//! together (`judged`), and the whole is the worst of them.

mod asked;
mod change;
mod folders;
mod former;
mod judged;
mod moving;
mod range;
mod revisions;
mod sides;

use std::process::ExitCode;

use anyhow::Result;

use super::args::{Format, Reports, incident, name, version};
use super::check::Recording;
use super::exit;
use super::failure::brief;
use super::form::Form;
use super::github::Github;
use super::publish::fresh;
use super::settings::Settings;
use super::write::refuse_as_of;
use crate::model::Name;
use crate::report::ci::Account;
use crate::report::human::Detail;
use crate::report::{Gated, human, json, markdown};
use asked::Asked;
use change::Leniency;
use judged::Judging;
use range::Range;

const AFTER: &str = "\
Examples:
  holdpoint gate --diff origin/main..HEAD            what a change of manifests moves
  holdpoint gate                                     the same in a pull or merge request of GitHub or GitLab
  holdpoint gate --diff main.. --repo ../deploy clusters/prod
  holdpoint gate --service checkout --to 2.4.0 --env prod
  holdpoint gate --moves train.toml                  several moves, judged together
  holdpoint gate --rendered before/ after/           two trees that helm template or kustomize made
  holdpoint gate --report github=- --report sarif=holdpoint.sarif --report-only

A list of moves is TOML or JSON; `-` is standard input:
  [[move]]
  service = \"checkout\"
  to = \"2.4.0\"
  env = \"prod\"                  # may be left out when there is only one; `from` and `digest` may be given

The verdict of the whole is the worst of its moves. What a release needs of other services (`needs`) is
held against what runs once all of them are made. --diff compares HEAD with where it parted from BASE.
Where registry and manifests are in one repository, flags, floors, rules, teams and sign-offs count as of
BASE and as of HEAD, whichever is worse, and the settings of the gate are those of BASE: a change can't
judge itself free. docs/ci.md has a gate in five minutes, docs/gate.md what is found and what isn't.

Further formats: github (annotations; the step's summary and outputs are written where GitHub asks for
them), sarif, junit, gitlab (code quality).

Exit codes:
  0 go (allow or warn) · 1 block · 2 wrong usage · 4 hold · 5 warn, only with --fail-on warn
  3 could not judge: a file that can't be read, a service in no known environment, a shallow clone, a
    mistake in the registry; of several codes the whole has 3 before 1 before 4

Files that are read:
  the registry: holdpoint.toml, advisories/, instabilities/, the tables of all services, and all of those
  that move; the changed manifests, and what they need around them
Files that are written:
  none; with --record: log/SERVICE/YYYY-MM.jsonl; those that GITHUB_STEP_SUMMARY and GITHUB_OUTPUT name";

/// May this change of what runs go?
///
/// For CI: judges the moves that a change of deployment manifests makes, or moves that are named. Nothing is
/// deployed, and nothing is asked of a cluster.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// One move: the service
    #[arg(long, value_name = "SERVICE", value_parser = name, requires = "to", conflicts_with_all = ["moves", "diff", "rendered"])]
    service: Option<Name>,

    /// The release that it goes to
    #[arg(long, value_name = "VERSION", value_parser = version, requires = "service")]
    to: Option<Box<str>>,

    /// What runs there, when the registry doesn't know or is behind
    #[arg(long, value_name = "VERSION", value_parser = version, requires = "service")]
    from: Option<Box<str>>,

    /// Where; may be left out when there is only one environment
    #[arg(long, value_name = "ENV", value_parser = name, requires = "service")]
    env: Option<Name>,

    /// A list of moves, judged together: TOML or JSON; - is standard input
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, conflicts_with_all = ["diff", "rendered"])]
    moves: Option<String>,

    /// The moves that a change of manifests makes
    #[arg(long, value_name = "BASE..HEAD", value_parser = Range::parse, conflicts_with = "rendered")]
    diff: Option<Range>,

    /// The repository that holds the manifests; unless given, the one around the working directory
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::DirPath, conflicts_with_all = ["service", "moves", "rendered"])]
    repo: Option<String>,

    /// Only what changes below these paths, as Git understands them
    #[arg(value_name = "PATHS", value_hint = clap::ValueHint::AnyPath, conflicts_with_all = ["service", "moves", "rendered"])]
    paths: Vec<String>,

    /// The moves between two folders of rendered manifests: as they are, and as they are to be
    #[arg(long, num_args = 2, value_names = ["BASE_DIR", "HEAD_DIR"], value_hint = clap::ValueHint::DirPath)]
    rendered: Option<Vec<String>>,

    /// A changed image that belongs to no known service can't be judged
    #[arg(long)]
    require_known: bool,

    /// Passes over manifests that can't be read, and says so
    #[arg(long)]
    skip_unreadable: bool,

    /// The incident that it is for, of those that are on for the services; rules can ask for it
    #[arg(long, value_name = "ID", value_parser = incident)]
    incident: Option<Box<str>>,

    #[command(flatten)]
    recording: Recording,
    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }

    fn leniency(&self) -> Leniency {
        Leniency { skip_unreadable: self.skip_unreadable, require_known: self.require_known }
    }
}

/// Judges, reports, and answers with the exit code of the whole.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let github = Github::here();
    gate(args, &github, settings).inspect_err(|error| {
        // Steps that follow must not read an earlier verdict, or none, as one that lets go.
        let (message, hint) = brief(error);
        let account = Account::of_failure(&message, hint.as_deref());
        github.leave(&account, || markdown::failure(&message, hint.as_deref()), &settings.outputs);
    })
}

fn gate(args: &Args, github: &Github, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "leave it out: a gate judges what is about to happen")?;
    let recorder = args.recording.recorder_of_asker(settings)?;
    let asked = Asked::of(args, settings)?;
    let judging = Judging::new(args, asked, settings)?;
    let (judged, mut gaps) = judging.judge();
    gaps.extend_from_slice(&judging.change.gaps);
    let moves = judging.gated(&judged, settings);
    let mut notes = judging.notes.clone();
    notes.extend(fresh::notes(judging.registry()));
    let recorded = recorder.is_none_or(|recorder| {
        let verdicts: Vec<_> = moves.iter().map(|of| of.verdict()).collect();
        verdicts.is_empty() || recorder.record_all(&verdicts, settings, &mut notes)
    });
    let gated = Gated {
        context: judging.context(settings),
        asked: judging.asked.shown(),
        moves: &moves,
        removed: &judging.change.removed,
        gaps: &gaps,
        hints: &judging.change.hints,
        templates: &judging.change.templates,
        notes: &notes,
    };
    let delivered = report(&gated, github, settings);
    let code = match gated.level() {
        Some(level) => exit::of_verdict(level, settings, delivered && recorded),
        None => exit::UNJUDGED,
    };
    Ok(ExitCode::from(code))
}

fn report(gated: &Gated<'_>, github: &Github, settings: &Settings) -> bool {
    let account = Account::of(gated);
    let written = settings.outputs.write_forms(|form, look| {
        Some(match form {
            Form::Usual(Format::Human) => human::gate(gated, look),
            Form::Usual(Format::Json) => json::gate(gated),
            Form::Usual(Format::Markdown) => markdown::gate(gated, look.detail),
            Form::Ci(format) => format.write(&account),
            Form::Csv | Form::Html => return None,
        })
    });
    github.leave(&account, || markdown::gate(gated, Detail::Usual), &settings.outputs) && written
}
