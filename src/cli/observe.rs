//! `holdpoint observe`: what runs in an environment, from another tool or by hand.

#![expect(clippy::disallowed_methods, reason = "a door: it reads the document from a file or standard input")]

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;

use super::acting::Acting;
use super::args::{Format, Reports, moment, name, version};
use super::environment;
use super::failure::Complaint;
use super::registry::Found;
use super::settings::Settings;
use super::write::{self, carry_out, refuse_as_of, unedited, unloaded};
use crate::act::observe::{Observed, Sight, observe};
use crate::disk::reason;
use crate::import::sight::{self, HelmVersion, MAX_DOCUMENT, Observation, Runs, Tool, Wanted};
use crate::model::{Name, Service, Time};
use crate::record::{Deeds, Occasion, Statement, Writes};
use crate::registry::{Ask, Loaded, Tree, load};
use crate::report::{self, human, json, markdown};

const AFTER: &str = "\
Examples:
  kubectl -n shop get deploy,sts,ds,rs -o json | holdpoint observe checkout --env prod --kubectl -
  kubectl -n shop get deploy,sts,ds,rs,pods -o json > shop.json
  holdpoint observe checkout --env prod --kubectl shop.json
  helm -n shop history checkout -o json | holdpoint observe checkout --env prod --helm -
  helm list -A -o json | holdpoint observe checkout --env prod --helm - --namespace shop
  argocd app get checkout-prod -o json | holdpoint observe checkout --env prod --argocd -
  holdpoint observe checkout --env prod --running 2.4.1 --since 2026-11-18T14:00:00Z
  holdpoint observe checkout --env prod --running 2.4.0 2.4.1    (a roll-out that isn't finished)
  holdpoint observe checkout --env prod --nothing

Which image is the service's, `images` of the service says. Replica sets and Helm's history also tell what ran
before; what the registry knows already is never rewritten, and seeing the same twice changes nothing.

Exit codes:
  0 done, also when something else runs than the registry said · 2 wrong usage
  3 could not be done: nothing was written; or it was, and the report could not be, which is said

Files that are read:
  holdpoint.toml, services/SERVICE/, advisories/, instabilities/
Files that are written:
  the one that holds `running` and `ran` of the service, else services/SERVICE/running.toml
  log/SERVICE/YYYY-MM.jsonl: who saw what. Where neither --by nor the CI nor Git says who, it is the account
  that the program runs under (a timer's, say). What changes nothing leaves no line";

/// Says what runs, from kubectl, helm, Argo CD or by hand.
///
/// Writes `running` and `ran` of the service: what runs, since when, what ran before, and how that is known.
/// What is seen is written also when it isn't registered, for it is what runs.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The service
    #[arg(value_parser = name)]
    service: Name,

    /// Where; may be left out when there is only one environment
    #[arg(long, value_name = "ENV", value_parser = name)]
    env: Option<Name>,

    #[command(flatten)]
    source: Source,

    /// Since when that runs, by hand: RFC 3339 with an offset, or a date (its beginning, UTC)
    #[arg(long, value_name = "TIME", value_parser = moment, conflicts_with_all = ["nothing", "kubectl", "helm", "argocd"])]
    since: Option<Time>,

    /// Only what lies in this namespace; may be given several times
    #[arg(short, long, value_name = "NAMESPACE", conflicts_with_all = ["running", "nothing", "argocd"])]
    namespace: Vec<String>,

    /// What Helm calls the service, when that isn't its name
    #[arg(long, value_name = "NAME", conflicts_with_all = ["running", "nothing", "kubectl", "argocd"])]
    helm_release: Option<String>,

    /// Which version of a chart is the release's; unless given, the one that is registered
    #[arg(long, value_name = "WHICH", conflicts_with_all = ["running", "nothing", "kubectl", "argocd"])]
    helm_version: Option<Which>,

    /// Only shows what would be written
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    acting: Acting,

    #[command(flatten)]
    reports: Reports,
}

/// Where it is known from: exactly one.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Source {
    /// What runs: one release, or several while rolling out
    #[arg(long, value_name = "VERSION", num_args = 1.., value_parser = running)]
    running: Vec<Box<str>>,

    /// Nothing runs there
    #[arg(long)]
    nothing: bool,

    /// The JSON of `kubectl get deploy,sts,ds,rs -o json`; `-` is standard input
    #[arg(long, value_name = "FILE")]
    kubectl: Option<String>,

    /// The JSON of `helm history RELEASE -o json` or `helm list -o json`
    #[arg(long, value_name = "FILE")]
    helm: Option<String>,

    /// The JSON of `argocd app get APP -o json`
    #[arg(long, value_name = "FILE")]
    argocd: Option<String>,
}

/// See [`HelmVersion`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Which {
    /// The chart's own
    Chart,
    /// The app's
    App,
}

impl From<Which> for HelmVersion {
    fn from(which: Which) -> HelmVersion {
        match which {
            Which::Chart => HelmVersion::Chart,
            Which::App => HelmVersion::App,
        }
    }
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Takes a version; the words by which nothing is likely meant are no version.
fn running(text: &str) -> Result<Box<str>, String> {
    match text {
        "" | "none" | "nothing" => Err("if nothing runs there, say so: `--nothing`".into()),
        text => version(text),
    }
}

/// What was seen, before it is read.
enum Seen {
    ByHand(Observation),
    Document(Tool, Vec<u8>),
}

/// What became of it, with the registry that it was worked out from.
struct Done {
    before: Loaded,
    environment: Name,
    observation: Observation,
    observed: Observed,
}

impl Deeds for Done {
    fn writes(&self) -> Writes<'_> {
        self.observed.writes()
    }

    fn says_mut(&mut self) -> &mut [Statement] {
        self.observed.says_mut()
    }
}

/// Reads what was seen, writes what follows from it, and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "leave it out; `--since` says since when something runs")?;
    let found = Found::by(settings)?;
    let seen = seen(args)?;
    let occasion = args.acting.machines_occasion(&found, settings)?;
    let acted = carry_out(&found, settings, args.dry_run, &occasion, |tree, main, on| {
        act(args, &seen, on, &found, (tree, main))
    })?;
    let (done, revision) = (&acted.value, found.revision());
    let context = found.context(settings, &done.before, revision.as_deref());
    let report = report::Observation {
        context: context.reached(acted.published.as_ref()).told(acted.notice.as_ref()),
        service: service(&done.before, &args.service)?,
        environment: &done.environment,
        known: done.observation.known,
        observed: &done.observed,
        dry_run: args.dry_run,
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::observation(&report, look),
        Format::Json => json::observation(&report),
        Format::Markdown => markdown::observation(&report, look.detail),
    });
    let written = !args.dry_run && !done.observed.changes.is_empty();
    Ok(write::code(&acted, write::delivered(delivered, written, settings)))
}

/// Works out what changes, on the registry as it is.
fn act(
    args: &Args,
    seen: &Seen,
    occasion: &Occasion,
    found: &Found,
    (tree, main): (&dyn Tree, &str),
) -> Result<Done> {
    let before =
        load(tree, main, &Ask::Service(args.service.clone())).map_err(|error| unloaded(error, found))?;
    let service = service(&before, &args.service)?;
    let (environment, note) = environment::to_write(&before.registry, service, args.env.as_ref())?;
    let observation = read(seen, args, service)?;
    let now = occasion.now;
    let sight = Sight { environment: &environment, observation: &observation, now, kind: None };
    let mut observed = observe(tree, main, &before.registry, service, sight, occasion)
        .map_err(|error| unedited(error, found))?;
    observed.notes.extend(note);
    Ok(Done { before, environment, observation, observed })
}

/// The loader gives the service or an error; this is for the compiler.
fn service<'a>(loaded: &'a Loaded, name: &Name) -> Result<&'a Service> {
    let gone = || Complaint::unjudged(format!("no service `{name}`"), None);
    Ok(loaded.registry.services.get(name).ok_or_else(gone)?)
}

/// What was said, or the bytes of the document.
fn seen(args: &Args) -> Result<Seen> {
    let source = &args.source;
    let documents =
        [(Tool::Kubectl, &source.kubectl), (Tool::Helm, &source.helm), (Tool::ArgoCd, &source.argocd)];
    for (tool, file) in documents {
        if let Some(file) = file {
            return Ok(Seen::Document(tool, bytes(tool, file)?));
        }
    }
    let mut observation = Observation { known: "by hand", ..Observation::default() };
    for version in &source.running {
        if observation.running.iter().all(|runs| runs.version != *version) {
            let seen = vec!["said by hand".into()];
            observation.running.push(Runs { version: version.clone(), since: args.since, seen });
        }
    }
    Ok(Seen::ByHand(observation))
}

fn read(seen: &Seen, args: &Args, service: &Service) -> Result<Observation> {
    let (tool, bytes) = match seen {
        Seen::ByHand(observation) => return Ok(observation.clone()),
        Seen::Document(tool, bytes) => (*tool, bytes),
    };
    let wanted = Wanted {
        service,
        namespaces: &args.namespace,
        helm_release: args.helm_release.as_deref(),
        helm_version: args.helm_version.map(Into::into),
    };
    Ok(sight::read(tool, bytes, wanted).map_err(|error| Complaint::unjudged(error.message, error.hint))?)
}

/// Reads a file or standard input, up to just over what is taken.
fn bytes(tool: Tool, file: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = MAX_DOCUMENT as u64 + 1;
    let done = if file == "-" {
        let stdin = io::stdin();
        if stdin.is_terminal() {
            let hint = format!("pipe it in: `{} | holdpoint observe … --{} -`", tool.command(), tool.name());
            return Err(Complaint::usage("nothing is piped in to be read from `-`", &hint).into());
        }
        stdin.lock().take(most).read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|opened| opened.take(most).read_to_end(&mut bytes))
    };
    done.map_err(|error| {
        let what = reason(&error);
        let hint = format!("give the file that holds `{}`, or `-` for standard input", tool.command());
        Complaint::unjudged(format!("`{file}` can't be read: {what}"), Some(hint))
    })?;
    Ok(bytes)
}
