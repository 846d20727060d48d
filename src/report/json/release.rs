//! `holdpoint/release/v1`: what became of a release that was registered.

use serde::Serialize;

use super::error::One;
use super::notice::Notice;
use super::published::Published;
use super::{Place, Registry, score, sentence, text};
use crate::act::release::{Hit, Outcome};
use crate::model::format_time;
use crate::report::{Context, Registering, diff};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/release/v1";

#[derive(Serialize)]
struct ReleaseV1<'a> {
    schema: &'static str,
    act: &'static str,
    outcome: &'static str,
    dry_run: bool,
    message: String,
    service: &'a str,
    version: &'a str,
    release: Option<Facts<'a>>,
    origin: At<'a>,
    /// The keys that are written.
    written: &'a [&'static str],
    /// The files that are written.
    changed: Vec<&'a str>,
    flags: Vec<Flag<'a>>,
    notes: Vec<String>,
    /// The difference, when nothing was written.
    diff: Option<String>,
    /// How far it got on its way to others; null: it was not to go anywhere, or nothing was written.
    published: Option<Published<'a>>,
    notified: Option<Notice<'a>>,
    registry: Registry<'a>,
    as_of: String,
    warnings: Vec<One<'a>>,
}

#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    line: usize,
}

/// What stands of the release.
#[derive(Serialize)]
struct Facts<'a> {
    released: Option<String>,
    commit: Option<&'a str>,
    digests: &'a [Box<str>],
    tags: &'a [Box<str>],
    sbom: Option<&'a str>,
}

/// A flag that hits it.
#[derive(Serialize)]
struct Flag<'a> {
    id: &'a str,
    kind: &'static str,
    severity: &'static str,
    score: Option<f64>,
    exploited: bool,
    compromised: bool,
    title: String,
    environments: Vec<&'a str>,
    effective: Option<String>,
    origin: Place<'a>,
}

/// Writes what became of a release.
pub fn release(registering: &Registering) -> String {
    let (context, request, registered) = (&registering.context, registering.request, registering.registered);
    let (service, version) = (request.service.as_str(), &*request.version);
    let facts = registered.release(request).map(|release| Facts {
        released: release.released.map(format_time),
        commit: release.commit.as_deref(),
        digests: &release.digests,
        tags: &release.tags,
        sbom: release.sbom.as_deref(),
    });
    let word = registering.word().to_lowercase();
    let what = registering.what();
    text::write(&ReleaseV1 {
        schema: SCHEMA,
        act: "release add",
        outcome: match registered.outcome {
            Outcome::Added => "added",
            Outcome::Completed => "completed",
            Outcome::Unchanged => "unchanged",
        },
        dry_run: registering.dry_run,
        message: sentence(&format!("{word}: {service} {version} {what} {}", registering.place())),
        service,
        version,
        release: facts,
        origin: At { file: &registered.spot.file, line: registered.spot.line },
        written: &registered.keys,
        changed: registered.changes.files().keys().map(String::as_str).collect(),
        flags: registering.hits.iter().map(|hit| flag(context, hit)).collect(),
        notes: registered.notes.iter().map(|note| sentence(note)).collect(),
        diff: registering.dry_run.then(|| diff::text(&registered.changes)),
        published: Published::of(context.published),
        notified: Notice::of(context.notice),
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
        warnings: context.warnings.iter().map(|warning| One::of(context.sources, warning)).collect(),
    })
}

fn flag<'a>(context: &Context<'a>, hit: &Hit<'a>) -> Flag<'a> {
    let flag = hit.flag;
    Flag {
        id: flag.id.as_str(),
        kind: flag.kind.word(),
        severity: flag.severity.word(),
        score: flag.score().map(score),
        exploited: flag.exploited,
        compromised: flag.compromised,
        title: sentence(&flag.title),
        environments: hit.environments.iter().map(|name| name.as_str()).collect(),
        effective: hit.from.map(format_time),
        origin: Place::of(context, flag.origin),
    }
}
