//! What `argocd app get APP -o json` shows (`kubectl get application APP -o json` prints the same).
//!
//! What runs is told by the images that Argo CD sees live. What ran is told by its history, which knows
//! sources and not images: a chart's version, a commit or a tag of Git, an image set for Kustomize or Helm.
//! A line whose source names no release is passed over, and counted.

use serde::Deserialize;

use super::document::{ImportError, or_default, parse, text};
use super::naming::{Named, Naming};
use super::time::time;
use super::timeline::{Row, stays};
use super::{Observation, Runs, Tool, Wanted, Was};
use crate::model::Image;
use crate::registry::quoted;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Application {
    #[serde(deserialize_with = "or_default")]
    kind: String,
    #[serde(deserialize_with = "or_default")]
    metadata: Metadata,
    #[serde(deserialize_with = "or_default")]
    status: Status,
    items: Option<Vec<Application>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    #[serde(deserialize_with = "or_default")]
    name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    #[serde(deserialize_with = "or_default")]
    summary: Summary,
    #[serde(deserialize_with = "or_default")]
    history: Vec<Deployed>,
    #[serde(deserialize_with = "or_default")]
    sync: State,
    #[serde(deserialize_with = "or_default")]
    health: State,
    #[serde(deserialize_with = "or_default")]
    operation_state: Operation,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Summary {
    #[serde(deserialize_with = "or_default")]
    images: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct State {
    #[serde(deserialize_with = "or_default")]
    status: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Operation {
    #[serde(deserialize_with = "or_default")]
    phase: String,
}

/// A line of the history: of one source, or of several.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Deployed {
    id: Option<i64>,
    #[serde(deserialize_with = "or_default")]
    revision: String,
    #[serde(deserialize_with = "or_default")]
    revisions: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    deployed_at: String,
    source: Option<Source>,
    #[serde(deserialize_with = "or_default")]
    sources: Vec<Source>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Source {
    #[serde(deserialize_with = "or_default")]
    chart: String,
    #[serde(deserialize_with = "or_default")]
    target_revision: String,
    #[serde(deserialize_with = "or_default")]
    helm: Helm,
    #[serde(deserialize_with = "or_default")]
    kustomize: Kustomize,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Helm {
    #[serde(deserialize_with = "or_default")]
    parameters: Vec<Parameter>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Parameter {
    #[serde(deserialize_with = "or_default")]
    name: String,
    #[serde(deserialize_with = "or_default")]
    value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Kustomize {
    #[serde(deserialize_with = "or_default")]
    images: Vec<String>,
}

/// Reads an application.
pub(super) fn read(bytes: &[u8], wanted: Wanted<'_>) -> Result<Observation, ImportError> {
    let application = application(text(Tool::ArgoCd, bytes)?)?;
    let mut naming = Naming::of(wanted.service);
    let mut live: Vec<Named> = Vec::new();
    for reference in &application.status.summary.images {
        if let Some(image) = naming.own(reference) {
            let named = naming.of_image(&image, None)?;
            if live.iter().all(|other| other.version != named.version) {
                live.push(named);
            }
        }
    }
    let rows: Vec<Row> = history(&application.status.history, &mut naming);
    if live.is_empty() {
        return Err(naming.nowhere("no live workload"));
    }
    let mut observation = Observation { known: "argocd", ..Observation::default() };
    observation.notes.extend(live.iter().filter_map(|named| named.note.clone()));
    let unknown = rows.iter().filter(|row| row.version.is_none()).count();
    if unknown > 0 {
        observation.notes.push(format!(
            "of {} deployments in Argo CD's history, {unknown} can't be told by chart, commit, tag or image to be of \
             a registered release: passed over",
            rows.len()
        ));
    }
    observation.past = stays(&rows);
    let name = &application.metadata.name;
    let past = std::mem::take(&mut observation.past);
    let going_on: Vec<Option<usize>> = live.iter().map(|named| going_on(&past, named, &live)).collect();
    for (named, at) in live.into_iter().zip(&going_on) {
        let since = at.and_then(|at| past.get(at)?.since);
        let seen = vec![format!("Argo CD application {name}")];
        observation.running.push(Runs { version: named.version, since, seen });
    }
    let over = past.into_iter().enumerate().filter(|(at, _)| !going_on.contains(&Some(*at)));
    observation.past = over.map(|(_, was)| was).collect();
    // The last line is what Argo CD deployed last. If that isn't live, it isn't over either.
    observation.past.retain(|was| was.until.is_some() || was.left_for.is_some());
    observation.notes.extend(said(&application));
    Ok(observation)
}

/// The application itself, also when it comes as a list of one.
fn application(text: &str) -> Result<Application, ImportError> {
    let hint = "pipe in `argocd app get APP -o json`";
    let application = match text.starts_with('[') {
        true => only(parse(Tool::ArgoCd, text)?)?,
        false => match parse(Tool::ArgoCd, text)? {
            Application { items: Some(items), .. } => only(items)?,
            application => application,
        },
    };
    match &*application.kind {
        "" | "Application" => Ok(application),
        kind => Err(ImportError::new(
            format!("the document is a {}, not an application of Argo CD", quoted(kind)),
            hint,
        )),
    }
}

fn only(mut items: Vec<Application>) -> Result<Application, ImportError> {
    let hint = "pipe in that of one: `argocd app get APP -o json`";
    match (items.pop(), items.len()) {
        (Some(application), 0) => Ok(application),
        (None, _) => Err(ImportError::new("the list holds no application", hint)),
        (Some(_), more) => Err(ImportError::new(format!("the list holds {} applications", more + 1), hint)),
    }
}

/// The history as deployments of releases.
fn history(lines: &[Deployed], naming: &mut Naming<'_>) -> Vec<Row> {
    let mut lines: Vec<&Deployed> = lines.iter().collect();
    lines.sort_by_key(|line| line.id);
    let row = |line: &&Deployed| Row {
        version: of_line(line, naming),
        at: time(&line.deployed_at),
        ..Row::default()
    };
    lines.iter().map(row).collect()
}

/// The release that a line deployed, as far as its sources tell: an image first, then a chart, a tag, a commit.
fn of_line(line: &Deployed, naming: &mut Naming<'_>) -> Option<Box<str>> {
    let sources = || line.source.iter().chain(&line.sources);
    let set = sources().flat_map(|source| &source.kustomize.images);
    // Kustomize writes `old=new:tag`, or the new one alone.
    let set: Vec<Image> =
        set.filter_map(|image| naming.own(image.rsplit_once('=').map_or(image, |(_, new)| new))).collect();
    let by_image = set.iter().find_map(|image| naming.of_image(image, None).ok()).map(|named| named.version);
    let registered = |text: &str| naming.registered(text).map(|release| release.version.text.clone());
    let by_parameter = || {
        let tags = sources().flat_map(|source| &source.helm.parameters);
        tags.filter(|parameter| parameter.name == "tag" || parameter.name.ends_with("image.tag"))
            .find_map(|parameter| registered(&parameter.value))
    };
    let by_target = || {
        let targets = sources().map(|source| &*source.target_revision);
        targets.map(|target| target.rsplit('/').next().unwrap_or(target)).find_map(registered)
    };
    let by_chart = || {
        let of_chart = sources().any(|source| !source.chart.is_empty());
        let revisions = line.revisions.iter().chain([&line.revision]).filter(|_| of_chart);
        revisions.map(|revision| &**revision).find_map(registered)
    };
    let by_commit = || {
        let revisions = line.revisions.iter().chain([&line.revision]);
        revisions.filter_map(|revision| naming.by_commit(revision)).next().map(|r| r.version.text.clone())
    };
    by_image.or_else(by_parameter).or_else(by_target).or_else(by_chart).or_else(by_commit)
}

/// Which stay of a live release goes on. A newer one that is live too, or isn't yet, hasn't ended it.
fn going_on(past: &[Was], named: &Named, live: &[Named]) -> Option<usize> {
    let at = past.iter().rposition(|was| was.version == named.version)?;
    let goes_on = |was: &Was| {
        let open = was.until.is_none() && was.left_for.is_none();
        open || live.iter().any(|other| other.version == was.version)
    };
    past.iter().skip(at + 1).all(goes_on).then_some(at)
}

/// What Argo CD says of the application that is worth a word.
fn said(application: &Application) -> Vec<String> {
    let status = &application.status;
    let mut notes = Vec::new();
    if status.operation_state.phase == "Running" {
        notes.push("Argo CD is syncing it right now: look again when it is done".into());
    }
    if status.sync.status == "OutOfSync" {
        notes.push(
            "Argo CD says OutOfSync: what runs isn't what Git asks for, and a sync would change it".into(),
        );
    }
    if matches!(&*status.health.status, "Degraded" | "Missing") {
        notes.push(format!("Argo CD says that its health is {}", status.health.status));
    }
    notes
}
