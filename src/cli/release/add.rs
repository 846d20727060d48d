//! `holdpoint release add`: registers a release, as CI does after a build.

use std::process::ExitCode;

use anyhow::{Error, Result};

use crate::act::Refusal;
use crate::act::release::{self, Request, hits};
use crate::cli::acting::Acting;
use crate::cli::args::{Format, Reports, moment, name, version};
use crate::cli::failure::Complaint;
use crate::cli::registry::Found;
use crate::cli::settings::Settings;
use crate::cli::write::{self, carry_out, refuse_as_of};
use crate::model::{Name, Time};
use crate::registry::LoadError;
use crate::report::{Registering, human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint release add checkout 2.4.2
  holdpoint release add checkout 2.4.2 --commit \"$GIT_COMMIT\" --digest \"$IMAGE_DIGEST\" --tag base:debian12-1104
  holdpoint release add checkout 2.4.2 --sbom evidence/checkout-2.4.2.cdx.json
  holdpoint release add checkout 2.4.2 --dry-run                what would be written
  holdpoint release add checkout 1.8.0 --released 2024-03-01    one that is older than the registry

Doing it again changes nothing, so a build may be repeated: without --released a new release is dated now, and
a registered one keeps its date. What wasn't known of a registered release (a digest, a tag) is filled in. What
contradicts it is refused, with what stands there and what was said: a version is built once.

The release is written where the others of its service stand and as they are written; comments and order stay.
Two builds at once both get their release in.

Exit codes:
  0 registered, or registered already · 2 wrong usage
  3 could not be registered: nothing was written; or it was, and the report could not be, which is said
  --report-only and --fail-on are about verdicts and change nothing here

Files that are read:
  holdpoint.toml, services/SERVICE/, advisories/, instabilities/
Files that are written:
  the one that holds the service's releases, else services/SERVICE/service.toml or holdpoint.toml
  log/SERVICE/YYYY-MM.jsonl: who registered what. Where neither --by nor the CI nor Git says who, it is the
  account that the program runs under. What changes nothing leaves no line";

/// Registers a release; CI does this after a build.
///
/// The service must be in the registry already. Flags that hit the release are said.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(in crate::cli) struct Args {
    /// The service
    #[arg(value_parser = name)]
    service: Name,

    /// The version, as it is deployed
    #[arg(value_parser = version)]
    version: Box<str>,

    /// When it was released: RFC 3339 with an offset, or a date (its beginning, UTC); now, unless given
    #[arg(long, value_name = "TIME", value_parser = moment)]
    released: Option<Time>,

    /// The commit that it was built from
    #[arg(long, value_name = "COMMIT", value_parser = release::commit)]
    commit: Option<Box<str>>,

    /// A digest of an artifact, such as sha256:…, or the image with it; may be given several times
    #[arg(long = "digest", value_name = "DIGEST", value_parser = release::digest)]
    digests: Vec<Box<str>>,

    /// A word that flags and rules can match, such as base:debian12-1104; may be given several times
    #[arg(long = "tag", value_name = "TAG", value_parser = release::tag)]
    tags: Vec<Box<str>>,

    /// Where its bill of materials lies: a path from the registry's folder
    #[arg(long, value_name = "PATH", value_parser = release::path_inside)]
    sbom: Option<Box<str>>,

    /// Only shows what would be written
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    acting: Acting,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }

    fn request(&self) -> Request {
        Request {
            service: self.service.clone(),
            version: self.version.clone(),
            released: self.released,
            commit: self.commit.clone(),
            digests: once(&self.digests),
            tags: once(&self.tags),
            sbom: self.sbom.clone(),
        }
    }
}

/// What was said twice counts once.
fn once(texts: &[Box<str>]) -> Vec<Box<str>> {
    let mut kept: Vec<Box<str>> = Vec::with_capacity(texts.len());
    texts.iter().for_each(|text| {
        if !kept.contains(text) {
            kept.push(text.clone())
        }
    });
    kept
}

/// Registers the release and reports.
pub(in crate::cli) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    refuse_as_of(settings, "say when it was released with --released")?;
    let found = Found::by(settings)?;
    let (request, now) = (args.request(), settings.moment.now);
    let occasion = args.acting.machines_occasion(&found, settings)?;
    let acted = carry_out(&found, settings, args.dry_run, &occasion, |tree, main, on| {
        release::add(tree, main, &request, on).map_err(|refusal| refused(refusal, &found))
    })?;
    let (registered, revision) = (&acted.value, found.revision());
    let registry = &registered.after.registry;
    let service = registry.services.get(&request.service);
    let hits = service
        .zip(registered.release(&request))
        .map(|(service, release)| hits(registry, service, release, now));
    let registering = Registering {
        context: found
            .context(settings, &registered.after, revision.as_deref())
            .reached(acted.published.as_ref())
            .told(acted.notice.as_ref()),
        request: &request,
        registered,
        hits: &hits.unwrap_or_default(),
        dry_run: args.dry_run,
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::release(&registering, look),
        Format::Json => json::release(&registering),
        Format::Markdown => markdown::release(&registering, look.detail),
    });
    let written = !args.dry_run && !registered.changes.is_empty();
    Ok(write::code(&acted, write::delivered(delivered, written, settings)))
}

fn refused(refusal: Refusal, found: &Found) -> Error {
    match refusal {
        Refusal::Unloaded(error @ LoadError::NoService { .. }) => {
            let by_hand = format!("a new one is begun by hand: {}", begin(found, &error));
            let hint = error.hint().map_or(by_hand.clone(), |hint| format!("{hint}; {by_hand}"));
            Complaint::unjudged(error.to_string(), Some(hint)).into()
        }
        other => write::refused(other, found),
    }
}

/// Where a service is begun.
fn begin(found: &Found, error: &LoadError) -> String {
    let name = if let LoadError::NoService { name, .. } = error { name.as_str() } else { "NAME" };
    format!("`[service.{name}]` in `{}` or in `services/{name}/service.toml`", found.main)
}
