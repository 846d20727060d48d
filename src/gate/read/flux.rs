//! Flux: `HelmRelease` with its chart's version, values and the images that are set behind them, `Kustomization` with
//! its images.

use crate::gate::node::Node;
use crate::gate::read::reference::of_subject;
use crate::gate::read::values::{self, Within};
use crate::gate::read::{Page, kubernetes, kustomize};
use crate::gate::{Sighting, Source, Subject, Workload};

/// Whether an object is one of these.
pub(super) fn is_object(node: &Node) -> bool {
    matches!(
        (node.text_of("apiVersion").and_then(|text| text.split('/').next()), node.text_of("kind")),
        (Some("helm.toolkit.fluxcd.io"), Some("HelmRelease"))
            | (Some("kustomize.toolkit.fluxcd.io"), Some("Kustomization"))
    )
}

/// Reads one.
pub(super) fn read(page: &mut Page<'_>, node: &Node) {
    let from = page.sheet.sightings.len();
    let mut workload = kubernetes::identity(node);
    if let Some(namespace) = node.at(&["spec", "targetNamespace"]).and_then(Node::text) {
        workload.namespace = Some(namespace.to_owned());
    }
    match node.text_of("kind") {
        Some("HelmRelease") => release(page, node, &workload),
        _ => images(page, node.at(&["spec", "images"]), &workload),
    }
    let labels = kubernetes::labels(node);
    page.sheet.sightings.iter_mut().skip(from).for_each(|sighting| sighting.labels = labels.clone());
}

fn release(page: &mut Page<'_>, node: &Node, workload: &Workload) {
    let chart = node.at(&["spec", "chart", "spec"]);
    let name = chart.and_then(|chart| chart.text_of("chart"));
    // A chart in a repository of Git is named by its path.
    let name = name.map(|name| name.rsplit('/').next().unwrap_or(name).to_owned());
    if let (Some(name), Some(version)) = (&name, chart.and_then(|chart| chart.get("version")))
        && let Some(text) = version.text()
    {
        let workload = Workload { container: Some("chart".into()), ..workload.clone() };
        let seen =
            of_subject(Subject::Named(vec![name.clone()]), Source::Flux, workload, page.spot(version.line));
        page.sheet.sightings.push(Sighting { tag: Some(text.to_owned()), of_chart: true, ..seen }.marked());
    }
    let names = name.into_iter().chain([workload.name.clone()]).collect();
    let within = Within { source: Source::Flux, workload: workload.clone(), names, defaults: &Vec::new };
    if let Some(values) = node.at(&["spec", "values"]) {
        values::images(page, values, &within);
    }
    for renderer in node.at(&["spec", "postRenderers"]).map(Node::items).unwrap_or_default() {
        images(page, renderer.at(&["kustomize", "images"]), workload);
    }
}

fn images(page: &mut Page<'_>, list: Option<&Node>, workload: &Workload) {
    let rules = kustomize::images(list, |line| page.spot(line));
    page.sheet.sightings.extend(rules.into_iter().filter_map(|rule| rule.sighting(workload, Source::Flux)));
}
