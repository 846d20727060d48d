//! What `helm list -o json` and `helm history -o json` show.

use serde::Deserialize;

use super::document::{ImportError, or_default, parse, text};
use super::naming::{Naming, checked};
use super::time::time;
use super::timeline::{Row, stays};
use super::{Observation, Runs, Tool, Wanted, Was};
use crate::model::{Service, Time};
use crate::registry::{quoted, shell_word};
use crate::version::{Order, Scale};

/// Which of a chart's two versions is the release's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelmVersion {
    /// The chart's own: `2.4.1` of `checkout-2.4.1`.
    Chart,
    /// That of what the chart installs: `app_version`.
    App,
}

/// A line of either list; only `helm list` says whose it is.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    namespace: String,
    #[serde(default)]
    revision: Revision,
    #[serde(default, deserialize_with = "or_default")]
    updated: String,
    #[serde(default, deserialize_with = "or_default")]
    status: String,
    #[serde(default, deserialize_with = "or_default")]
    chart: String,
    #[serde(default, deserialize_with = "or_default")]
    app_version: String,
    #[serde(default, deserialize_with = "or_default")]
    description: String,
}

/// A number in one list, text in the other.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Revision {
    Number(u64),
    Text(String),
    Missing(()),
}

impl Default for Revision {
    fn default() -> Revision {
        Revision::Missing(())
    }
}

impl Revision {
    fn number(&self) -> Option<u64> {
        match self {
            Revision::Number(number) => Some(*number),
            Revision::Text(text) => text.parse().ok(),
            Revision::Missing(_) => None,
        }
    }
}

impl Line {
    fn at(&self) -> Option<Time> {
        time(&self.updated)
    }

    /// The name of the chart, and its version.
    fn chart(&self) -> (&str, &str) {
        split_chart(&self.chart)
    }

    fn version(&self, by: HelmVersion) -> &str {
        match by {
            HelmVersion::Chart => self.chart().1,
            HelmVersion::App => &self.app_version,
        }
    }

    fn is_pending(&self) -> bool {
        self.status.starts_with("pending")
    }

    fn is_rollback(&self) -> bool {
        self.description.to_ascii_lowercase().starts_with("rollback to")
    }

    fn called(&self) -> String {
        match &*self.namespace {
            "" => quoted(&self.name),
            namespace => quoted(&format!("{namespace}/{}", self.name)),
        }
    }
}

/// `NAME-VERSION`. A name may hold dashes and digits, a version dashes: the first rest that is a version
/// in full is taken, else the first that begins as one.
fn split_chart(chart: &str) -> (&str, &str) {
    let splits = || chart.match_indices('-').map(|(at, _)| (&chart[..at], &chart[at + 1..]));
    let strict = |version: &str| semver::Version::parse(version.strip_prefix('v').unwrap_or(version)).is_ok();
    let scale = Scale::new(Order::Semver);
    let found = splits().find(|(_, version)| strict(version));
    found.or_else(|| splits().find(|(_, version)| scale.place(version).is_some())).unwrap_or((chart, ""))
}

/// Reads either list; which one it is, its lines tell.
pub(super) fn read(bytes: &[u8], wanted: Wanted<'_>) -> Result<Observation, ImportError> {
    let text = text(Tool::Helm, bytes)?;
    if text.starts_with('{') {
        let hint = "pipe in `helm list -o json` or `helm history RELEASE -o json`; both print a list";
        return Err(ImportError::new("the document is an object, not a list of Helm's", hint));
    }
    let lines: Vec<Line> = parse(Tool::Helm, text)?;
    if lines.is_empty() {
        let hint = "is it in another namespace (`-n NAMESPACE`)? if nothing runs, say so: `--nothing`";
        return Err(ImportError::new("Helm's list is empty", hint));
    }
    if lines.iter().all(|line| line.chart.is_empty() && line.status.is_empty()) {
        let hint = "pipe in `helm list -o json` or `helm history RELEASE -o json`";
        return Err(ImportError::new("the list is none of Helm's: no line has a chart or a status", hint));
    }
    if lines.iter().any(|line| !line.name.is_empty()) { list(&lines, wanted) } else { history(lines, wanted) }
}

/// `helm list`: the present, of many.
fn list(lines: &[Line], wanted: Wanted<'_>) -> Result<Observation, ImportError> {
    let line = own_line(lines, wanted)?;
    let mut observation = Observation { known: "helm list", ..Observation::default() };
    match &*line.status {
        "uninstalled" | "uninstalling" => {
            observation.notes.push(format!("Helm says that {} is {}", line.called(), line.status));
            return Ok(observation);
        }
        "failed" => {
            let message =
                format!("the last deployment of {} failed: the list doesn't say what runs", line.called());
            let hint = format!(
                "pipe in `helm history {} -o json`, or `kubectl get deploy,rs -o json`",
                shell_word(&line.name)
            );
            return Err(ImportError::new(message, hint));
        }
        _ => {}
    }
    let by = column(&[line], wanted)?;
    let version = release(line, by, wanted.service)?;
    observation.others = line.is_pending();
    if observation.others {
        observation.notes.push(format!(
            "Helm says that {} is {}: a deployment is going on",
            line.called(),
            line.status
        ));
    }
    let revision = line.revision.number().map_or(String::new(), |number| format!(", revision {number}"));
    let seen = vec![format!("helm release {}{revision}, {}", line.called().replace('`', ""), line.chart)];
    if line.revision.number() != Some(1) && line.at().is_some() {
        observation.notes.push(format!(
            "{version} runs since then at the latest: a list tells when {} was deployed last; pipe in \
             `helm history {} -o json` for the rest",
            line.called(),
            shell_word(&line.name)
        ));
    }
    observation.running.push(Runs { version, since: line.at(), seen });
    Ok(observation)
}

/// The line of the service: the release that was named, else that of its name, else the only one of its chart.
fn own_line<'l>(lines: &'l [Line], wanted: Wanted<'_>) -> Result<&'l Line, ImportError> {
    let service = wanted.service.name.as_str();
    let here: Vec<&Line> = lines.iter().filter(|line| wanted.is_in(&line.namespace)).collect();
    let named = |name: &str| here.iter().copied().filter(|line| line.name == name).collect::<Vec<_>>();
    let own = match wanted.helm_release {
        Some(name) => named(name),
        None => match named(service) {
            own if own.is_empty() => here.iter().copied().filter(|line| line.chart().0 == service).collect(),
            own => own,
        },
    };
    let listed = |lines: &[&Line]| {
        let mut names: Vec<String> = lines.iter().take(12).map(|line| line.called()).collect();
        if lines.len() > 12 {
            names.push(format!("{} more", lines.len() - 12));
        }
        names.join(", ")
    };
    match &*own {
        [line] => Ok(line),
        [] => {
            let what = wanted.helm_release.unwrap_or(service);
            let message = match &*here {
                [] => format!("Helm's list has nothing in this namespace, so no release {}", quoted(what)),
                here => format!("Helm's list has no release {}; it has {}", quoted(what), listed(here)),
            };
            Err(ImportError::new(message, "say how Helm calls it: `--helm-release NAME`"))
        }
        several => {
            let message = format!("several releases of Helm could be `{service}`: {}", listed(several));
            Err(ImportError::new(message, "say which: `--helm-release NAME`, `--namespace NAMESPACE`"))
        }
    }
}

/// `helm history`: the present and the past, of one.
fn history(mut lines: Vec<Line>, wanted: Wanted<'_>) -> Result<Observation, ImportError> {
    lines.sort_by_key(|line| line.revision.number());
    let counted: Vec<&Line> = lines
        .iter()
        .enumerate()
        .filter(|(at, line)| ran(line, lines.get(at + 1..).unwrap_or_default()))
        .map(|(_, line)| line)
        .collect();
    let mut observation = Observation { known: "helm history", ..Observation::default() };
    let last = lines.last();
    let failed =
        |line: &&Line| line.status == "failed" && counted.iter().all(|other| !std::ptr::eq(*other, *line));
    let passed_over: Vec<&Line> = lines.iter().filter(failed).collect();
    let pending = last.filter(|line| line.is_pending());
    let all: Vec<&Line> = counted.iter().copied().chain(pending).collect();
    if all.is_empty() {
        let hint = "look at what runs itself: `kubectl get deploy,sts,ds -o json`";
        return Err(ImportError::new("Helm's history has no deployment that succeeded", hint));
    }
    let by = column(&all, wanted)?;
    let rows = counted.iter().map(|line| row(line, by, wanted.service)).collect::<Result<Vec<Row>, _>>()?;
    let mut stays = stays(&rows);
    let gone = counted.last().is_some_and(|line| line.status.starts_with("uninstall"));
    if gone {
        observation.notes.push("Helm says that it is uninstalled".into());
    } else if let Some(Was { version, since, .. }) = stays.pop() {
        let seen = counted.last().map_or(String::new(), |line| seen(line));
        observation.running.push(Runs { version, since, seen: vec![seen] });
    }
    observation.past = stays;
    if let Some(line) = pending {
        let version = release(line, by, wanted.service)?;
        observation.notes.push(format!("Helm says {}: a deployment of {version} is going on", line.status));
        if observation.running.iter().all(|runs| runs.version != version) {
            observation.running.push(Runs { version, since: line.at(), seen: vec![seen(line)] });
        }
    }
    observation.notes.extend(passed_over.into_iter().map(|line| {
        let version = quoted(line.version(by));
        match last.is_some_and(|last| std::ptr::eq(last, line)) {
            true => format!(
                "the last deployment, of {version}, failed; parts of it may run: look with `kubectl get deploy,rs -o json`"
            ),
            false => format!("a deployment of {version} failed: passed over, though parts of it may have run"),
        }
    }));
    Ok(observation)
}

/// Whether a line was deployed, given those after it. What failed never replaced what ran before, unless it
/// took a rollback to get rid of it; whether parts of it ran, Helm doesn't know.
fn ran(line: &Line, after: &[Line]) -> bool {
    let failed = |line: &Line| line.status == "failed";
    match &*line.status {
        "failed" => after.iter().find(|line| !failed(line)).is_some_and(Line::is_rollback),
        "unknown" => false,
        _ => !line.is_pending(),
    }
}

fn seen(line: &Line) -> String {
    let revision = line.revision.number().map_or(String::new(), |number| format!("revision {number}, "));
    format!("helm {revision}{}", line.chart)
}

fn row(line: &Line, by: HelmVersion, service: &Service) -> Result<Row, ImportError> {
    let (version, rollback) = (Some(release(line, by, service)?), line.is_rollback());
    Ok(Row { version, at: line.at(), rollback, gap_before: false })
}

/// The release of a line.
fn release(line: &Line, by: HelmVersion, service: &Service) -> Result<Box<str>, ImportError> {
    let version = line.version(by);
    if version.is_empty() {
        let (what, option) = match by {
            HelmVersion::Chart => ("no version of the chart can be made out", "app"),
            HelmVersion::App => ("there is no app version", "chart"),
        };
        let message = format!("{what} in the chart {} of Helm's list", quoted(&line.chart));
        return Err(ImportError::new(message, format!("take the other one: `--helm-version {option}`")));
    }
    Ok(checked(Naming::of(service).of_tag(version), None)?.version)
}

/// Which of the two versions is the release's: decided once for all lines, by which of them the registry knows.
fn column(lines: &[&Line], wanted: Wanted<'_>) -> Result<HelmVersion, ImportError> {
    if let Some(said) = wanted.helm_version {
        return Ok(said);
    }
    let service = wanted.service;
    let naming = Naming::of(service);
    let seen_before = |text: &str| {
        let mut known = service.running.values().flatten().chain(service.ran.iter().map(|ran| &ran.version));
        known.any(|version| *version.text == *text)
    };
    let knows = |by: HelmVersion| {
        let texts = lines.iter().map(|line| line.version(by)).filter(|text| !text.is_empty());
        texts.filter(|text| naming.registered(text).is_some() || seen_before(&naming.of_tag(text))).count()
    };
    let has = |by: HelmVersion| lines.iter().any(|line| !line.version(by).is_empty());
    let same =
        |line: &&&Line| naming.of_tag(line.version(HelmVersion::Chart)) == naming.of_tag(&line.app_version);
    let differing = lines.iter().find(|line| !same(line));
    match (knows(HelmVersion::Chart), knows(HelmVersion::App), differing) {
        (_, _, None) => Ok(HelmVersion::Chart),
        (1.., 0, _) => Ok(HelmVersion::Chart),
        (0, 1.., _) => Ok(HelmVersion::App),
        (0, 0, _) if !has(HelmVersion::App) => Ok(HelmVersion::Chart),
        (0, 0, _) if !has(HelmVersion::Chart) => Ok(HelmVersion::App),
        (charts, _, Some(line)) => {
            let (chart, app) = (quoted(line.version(HelmVersion::Chart)), quoted(&line.app_version));
            let known = if charts == 0 { "neither is registered" } else { "both are registered" };
            let message = format!(
                "is the release of `{}` the chart's version, {chart}, or the app's, {app}? {known}",
                service.name
            );
            Err(ImportError::new(message, "say which: `--helm-version chart` or `--helm-version app`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_are_split_before_their_version() {
        for (chart, want) in [
            ("checkout-2.4.1", ("checkout", "2.4.1")),
            ("check-out-2.4.1-rc.1+b5", ("check-out", "2.4.1-rc.1+b5")),
            ("k8s-2-app-1.0.0", ("k8s-2-app", "1.0.0")),
            ("checkout-v2.4.1", ("checkout", "v2.4.1")),
            ("checkout-2.4", ("checkout", "2.4")),
            ("checkout", ("checkout", "")),
            ("", ("", "")),
            ("-", ("-", "")),
        ] {
            assert_eq!(split_chart(chart), want);
        }
    }
}
