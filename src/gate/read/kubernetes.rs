//! Objects of Kubernetes: every container of whatever has containers.
//!
//! Not a list of kinds: a Deployment, a CronJob, a Rollout, a Knative Service and the resource of some operator all
//! carry lists of containers, at different depths. Definitions (`CustomResourceDefinition`) and data aren't looked into.

use std::collections::BTreeMap;

use crate::gate::node::Node;
use crate::gate::read::Page;
use crate::gate::read::reference::of_reference;
use crate::gate::{Source, Workload};

/// The keys of lists of containers.
const LISTS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];
/// The keys of a single one, in workflows.
const SINGLE: [&str; 2] = ["container", "script"];
/// What holds text and schemas.
const CLOSED: [&str; 3] = ["CustomResourceDefinition", "ConfigMap", "Secret"];

/// Whether a document is an object of Kubernetes.
pub(super) fn is_object(node: &Node) -> bool {
    node.text_of("apiVersion").is_some() && node.text_of("kind").is_some()
}

/// What an object is called.
pub(super) fn identity(node: &Node) -> Workload {
    let metadata = node.get("metadata");
    let text = |key| metadata.and_then(|metadata| metadata.text_of(key)).map(str::to_owned);
    Workload {
        kind: node.text_of("kind").unwrap_or_default().to_owned(),
        namespace: text("namespace"),
        name: text("name").or_else(|| text("generateName")).unwrap_or_default(),
        container: None,
    }
}

/// The labels of an object, those of its pods among them.
pub(super) fn labels(node: &Node) -> BTreeMap<String, String> {
    let places: [&[&str]; 3] = [
        &["spec", "jobTemplate", "metadata", "labels"],
        &["spec", "template", "metadata", "labels"],
        &["metadata", "labels"],
    ];
    let pairs = places.iter().filter_map(|path| node.at(path)).flat_map(Node::pairs);
    pairs.filter_map(|pair| Some((pair.key.to_string(), pair.value.text()?.to_owned()))).collect()
}

/// Reads an object that no other reader knows.
pub(super) fn read(page: &mut Page<'_>, node: &Node) {
    let workload = identity(node);
    if CLOSED.contains(&workload.kind.as_str()) {
        return;
    }
    let from = page.sheet.sightings.len();
    walk(page, node, &workload);
    let labels = labels(node);
    if !labels.is_empty() {
        page.sheet.sightings.iter_mut().skip(from).for_each(|sighting| sighting.labels = labels.clone());
    }
}

fn walk(page: &mut Page<'_>, node: &Node, workload: &Workload) {
    for pair in node.pairs() {
        match &*pair.key {
            "status" => {}
            key if LISTS.contains(&key) => {
                pair.value.items().iter().for_each(|item| container(page, item, workload))
            }
            key if SINGLE.contains(&key) => container(page, &pair.value, workload),
            _ => walk(page, &pair.value, workload),
        }
    }
    node.items().iter().for_each(|item| walk(page, item, workload));
}

fn container(page: &mut Page<'_>, node: &Node, workload: &Workload) {
    let Some(image) = node.get("image") else { return };
    let Some(text) = image.text() else { return };
    let workload = Workload { container: node.text_of("name").map(str::to_owned), ..workload.clone() };
    let spot = page.spot(image.line);
    page.sheet.sightings.push(of_reference(text, Source::Kubernetes, workload, spot));
}
