//! `Chart.yaml`: the `appVersion`, which is the tag of the images that the chart's values name without one.

use crate::gate::files::folder;
use crate::gate::node::Node;
use crate::gate::read::reference::{is_unresolved, of_subject};
use crate::gate::read::{Page, values};
use crate::gate::{Sighting, Source, Subject, Workload};

/// Reads a `Chart.yaml`.
pub(super) fn read(page: &mut Page<'_>, node: &Node) {
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
