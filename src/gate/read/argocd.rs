//! `Application` and `ApplicationSet` of Argo CD: the version of a chart, and what is set for Helm and Kustomize.

use std::rc::Rc;

use crate::gate::files::name;
use crate::gate::node::Node;
use crate::gate::read::reference::{of_reference, of_subject};
use crate::gate::read::values::{self, Within};
use crate::gate::read::{Page, kubernetes};
use crate::gate::yaml::{self, YamlError};
use crate::gate::{Sighting, Source, Subject, Workload};

/// Whether an object is one of these.
pub(super) fn is_object(node: &Node) -> bool {
    let of_argo = node.text_of("apiVersion").is_some_and(|text| text.starts_with("argoproj.io/"));
    of_argo && node.text_of("kind").is_some_and(|kind| matches!(kind, "Application" | "ApplicationSet"))
}

/// Reads one: of a set its template, as far as it is literal.
pub(super) fn read(page: &mut Page<'_>, node: &Node) {
    let from = page.sheet.sightings.len();
    let is_set = node.text_of("kind") == Some("ApplicationSet");
    let spec = if is_set { node.at(&["spec", "template", "spec"]) } else { node.get("spec") };
    let Some(spec) = spec else { return };
    let mut workload = kubernetes::identity(node);
    // Where it runs, not where Argo CD keeps it.
    workload.namespace = spec.at(&["destination", "namespace"]).and_then(Node::text).map(str::to_owned);
    let one = spec.get("source").into_iter();
    let several = spec.get("sources").map(Node::items).unwrap_or_default();
    for source in one.chain(several.iter().map(|source| &**source)) {
        of_source(page, source, &workload);
    }
    let labels = kubernetes::labels(node);
    page.sheet.sightings.iter_mut().skip(from).for_each(|sighting| sighting.labels = labels.clone());
}

fn of_source(page: &mut Page<'_>, source: &Node, workload: &Workload) {
    chart(page, source, workload);
    for image in source.at(&["kustomize", "images"]).map(Node::items).unwrap_or_default() {
        let Some(text) = image.text() else { continue };
        // `old=new:tag`, or the new one alone.
        let (old, new) = text.split_once('=').map_or((None, text), |(old, new)| (Some(old), new));
        let seen = of_reference(new, Source::ArgoCd, workload.clone(), page.spot(image.line));
        let container = old.map_or_else(|| seen.subject.to_string(), str::to_owned);
        if seen.tag.is_some() || seen.digest.is_some() {
            let workload = Workload { container: Some(container), ..workload.clone() };
            page.sheet.sightings.push(Sighting { workload, ..seen });
        }
    }
    let Some(helm) = source.get("helm") else { return };
    let own = own_values(page, helm);
    let names = [source.text_of("chart"), source.text_of("path").map(name), Some(workload.name.as_str())];
    let names: Vec<String> = names.into_iter().flatten().map(str::to_owned).collect();
    let (files, side) = (page.files, page.side);
    let chart = source.text_of("path").map(|path| format!("{}/values.yaml", path.trim_matches('/')));
    let defaults = || {
        let of_chart = chart.as_ref().and_then(|path| files.document(side, path));
        own.iter().cloned().chain(of_chart).collect::<Vec<Rc<Node>>>()
    };
    let within = Within { source: Source::ArgoCd, workload: workload.clone(), names, defaults: &defaults };
    for document in &own {
        values::images(page, document, &within);
    }
    parameters(page, helm, &within);
}

/// The version of a chart: under the address where it is kept, else under its name.
fn chart(page: &mut Page<'_>, source: &Node, workload: &Workload) {
    let (Some(chart), Some(revision)) = (source.text_of("chart"), source.get("targetRevision")) else {
        return;
    };
    let Some(version) = revision.text() else { return };
    let kept = source.text_of("repoURL").map(|url| address(url, chart));
    let subject = Subject::Named(kept.into_iter().chain([chart.to_owned()]).collect());
    let workload = Workload { container: Some("chart".into()), ..workload.clone() };
    let seen = of_subject(subject, Source::ArgoCd, workload, page.spot(revision.line));
    page.sheet.sightings.push(Sighting { tag: Some(version.to_owned()), of_chart: true, ..seen }.marked());
}

/// Where a chart is kept, without the scheme: `charts.example.com/shop/checkout`.
pub(super) fn address(url: &str, chart: &str) -> String {
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    format!("{}/{chart}", bare.trim_end_matches('/'))
}

/// The values that an application says itself, as a table or as text.
fn own_values(page: &mut Page<'_>, helm: &Node) -> Vec<Rc<Node>> {
    let mut found: Vec<Rc<Node>> = helm
        .pairs()
        .iter()
        .filter(|pair| &*pair.key == "valuesObject")
        .map(|pair| pair.value.clone())
        .collect();
    if let Some(text) = helm.get("values") {
        match yaml::read_within(text) {
            Ok(documents) => found.extend(documents),
            Err(YamlError { line, why }) => page.unreadable(line, why),
        }
    }
    found
}

/// `helm.parameters`: `image.tag` beside `image.repository`.
fn parameters(page: &mut Page<'_>, helm: &Node, within: &Within<'_>) {
    let items = helm.get("parameters").map(Node::items).unwrap_or_default();
    let pairs: Vec<(&str, &Node)> =
        items.iter().filter_map(|item| Some((item.text_of("name")?, item.get("value")?))).collect();
    for (key, node) in &pairs {
        let Some(text) = node.text() else { continue };
        let (above, last) = key.rsplit_once('.').unwrap_or(("", key));
        let workload = Workload { container: Some(above.to_owned()), ..within.workload.clone() };
        let (source, spot) = (within.source.clone(), page.spot(node.line));
        let versioned = || {
            let keys: Vec<&str> = above.split('.').filter(|key| !key.is_empty()).collect();
            let subject = values::subject(repository(&pairs, above), within, &keys);
            of_subject(subject, source.clone(), workload.clone(), spot.clone())
        };
        let seen = match last {
            "tag" => Sighting { tag: Some(text.to_owned()), ..versioned() },
            "digest" => Sighting { digest: Some(text.to_ascii_lowercase()), ..versioned() },
            "image" if text.contains([':', '@']) => of_reference(text, source, workload, spot),
            _ => {
                let Some(image) = values::image_of(last) else { continue };
                let keys: Vec<&str> = above.split('.').chain([image]).filter(|key| !key.is_empty()).collect();
                let subject = values::subject(said(&pairs, above, image).map(str::to_owned), within, &keys);
                Sighting { subject, tag: Some(text.to_owned()), ..versioned() }
            }
        };
        page.sheet.sightings.push(seen.marked());
    }
}

/// The repository that is set beside a tag; of two, the last counts.
fn repository(pairs: &[(&str, &Node)], above: &str) -> Option<String> {
    let path = said(pairs, above, "repository")?;
    let registry = said(pairs, above, "registry");
    Some(registry.map_or_else(|| path.to_owned(), |registry| format!("{registry}/{path}")))
}

/// What is set for a key beside another.
fn said<'n>(pairs: &[(&str, &'n Node)], above: &str, key: &str) -> Option<&'n str> {
    let wanted = if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") };
    pairs.iter().rfind(|(name, _)| *name == wanted).and_then(|(_, node)| node.text())
}
