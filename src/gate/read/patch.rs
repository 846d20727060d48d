//! Patches: parts of objects, and lists of operations (JSON 6902).

use crate::gate::node::Node;
use crate::gate::read::reference::of_reference;
use crate::gate::read::{Page, kubernetes};
use crate::gate::yaml::{self, YamlError};
use crate::gate::{Sighting, Source, Workload};

/// Whether a document is a list of operations.
pub(super) fn is_operations(node: &Node) -> bool {
    let items = node.items();
    !items.is_empty()
        && items.iter().all(|item| item.text_of("op").is_some() && item.text_of("path").is_some())
}

/// Reads a list of operations: those that set an image.
pub(super) fn operations(page: &mut Page<'_>, node: &Node) {
    for item in node.items() {
        let (Some(path), Some(value)) = (item.text_of("path"), item.get("value")) else { continue };
        let workload = Workload {
            kind: "patch".into(),
            name: page.path.to_owned(),
            container: Some(path.to_owned()),
            ..Workload::default()
        };
        let image = if path.ends_with("/image") { Some(value) } else { value.get("image") };
        if let Some((image, text)) = image.and_then(|image| Some((image, image.text()?))) {
            let spot = page.spot(image.line);
            page.sheet.sightings.push(of_reference(text, Source::Kustomize, workload, spot));
        }
    }
}

/// The images that an inline patch sets.
pub(super) fn inline(page: &mut Page<'_>, text: &Node) -> Vec<Sighting> {
    let from = page.sheet.sightings.len();
    match yaml::read_within(text) {
        Ok(documents) => {
            for document in documents {
                match is_operations(&document) {
                    true => operations(page, &document),
                    false => kubernetes::read(page, &document),
                }
            }
        }
        Err(YamlError { line, why }) => page.unreadable(line, why),
    }
    page.sheet.sightings.split_off(from)
}
