//! `Chart.yaml`: the `appVersion`, which is the tag of the images that the chart's values name without one, and the
//! versions of the charts that it depends on.

use crate::gate::files::folder;
use crate::gate::node::Node;
use crate::gate::read::argocd::address;
use crate::gate::read::reference::{is_unresolved, of_subject};
use crate::gate::read::{Page, values};
use crate::gate::{Sighting, Source, Subject, Workload};

/// Reads a `Chart.yaml`.
pub(super) fn read(page: &mut Page<'_>, node: &Node) {
    dependencies(page, node);
    let Some((line, version)) = node.get("appVersion").and_then(|node| Some((node.line, node.text()?)))
    else {
        return;
    };
    let name = node.text_of("name").unwrap_or_default().to_owned();
    let workload = Workload { kind: "Chart".into(), name: name.clone(), ..Workload::default() };
    let beside = match folder(page.path) {
        "" => "values.yaml".to_owned(),
        folder => format!("{folder}/values.yaml"),
    };
    let named = || vec![Subject::Named(vec![name.clone()])];
    let subjects = page
        .files
        .document(page.side, &beside)
        .map_or_else(named, |values| values::untagged(&values).into_iter().map(Subject::Image).collect());
    for subject in subjects {
        let seen = of_subject(subject, Source::HelmChart, workload.clone(), page.spot(line));
        let (tag, unresolved) = (Some(version.to_owned()), is_unresolved(version));
        page.sheet.sightings.push(Sighting { tag, unresolved, ..seen });
    }
}

/// The charts that it brings along, each known as one that is deployed by itself.
fn dependencies(page: &mut Page<'_>, node: &Node) {
    let chart = node.text_of("name").unwrap_or_default();
    for item in node.get("dependencies").map(Node::items).unwrap_or_default() {
        let (Some(name), Some(version)) = (item.text_of("name"), item.get("version")) else { continue };
        let Some(text) = version.text() else { continue };
        let workload = Workload {
            kind: "Chart".into(),
            name: chart.to_owned(),
            container: Some(item.text_of("alias").unwrap_or(name).to_owned()),
            ..Workload::default()
        };
        let kept = item.text_of("repository").map(|url| address(url, name));
        let subject = Subject::Named(kept.into_iter().chain([name.to_owned()]).collect());
        let seen = of_subject(subject, Source::HelmChart, workload, page.spot(version.line));
        page.sheet.sightings.push(Sighting { tag: Some(text.to_owned()), of_chart: true, ..seen }.marked());
    }
}
