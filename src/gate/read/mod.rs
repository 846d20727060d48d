//! Readers: a file of one side becomes a [`Sheet`] of sightings. One file per kind of document.

mod argocd;
mod chart;
mod compose;
mod flux;
mod kubernetes;
pub(super) mod kustomize;
mod patch;
mod pattern;
mod reference;
mod values;

use crate::gate::files::{Files, name};
use crate::gate::node::Node;
use crate::gate::yaml::{self, YamlError};
use crate::gate::{Hint, Side, Sighting, Spot, Unreadable};
use crate::model::Gate;
use kustomize::Kustomization;

/// What a file of one side says.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub sightings: Vec<Sighting>,
    pub kustomization: Option<Kustomization>,
    pub unreadable: Vec<Unreadable>,
    pub hints: Vec<Hint>,
    /// Whether it is a template of a chart, which is no document by itself.
    pub is_template: bool,
}

/// A file while it is read.
pub(super) struct Page<'a> {
    pub files: &'a Files<'a>,
    pub side: Side,
    pub path: &'a str,
    pub sheet: Sheet,
}

impl Page<'_> {
    fn spot(&self, line: u32) -> Spot {
        Spot::new(self.path, line)
    }

    fn hint(&mut self, line: u32, text: String) {
        let spot = Some(self.spot(line));
        self.sheet.hints.push(Hint { text, spot });
    }

    fn unreadable(&mut self, line: u32, why: String) {
        let hint = "mend it, or leave it out with `ignore` in `[gate]` if it says nothing about what runs";
        let unreadable = Unreadable { spot: self.spot(line), side: self.side, why, hint: Some(hint.into()) };
        self.sheet.unreadable.push(unreadable);
    }
}

/// Reads a file of one side, which is a document or only lines. What isn't there says nothing.
pub(super) fn read<'a>(
    files: &'a Files<'a>,
    gate: &Gate,
    side: Side,
    path: &'a str,
    is_document: bool,
) -> Sheet {
    let mut page = Page { files, side, path, sheet: Sheet::default() };
    if is_document {
        documents(&mut page);
    }
    for pattern in gate.patterns.iter().filter(|p| p.files.iter().any(|glob| glob.matches(path))) {
        if let Some(bytes) = files.bytes(side, path) {
            pattern::read(&mut page, pattern, &bytes);
        }
    }
    page.sheet
}

/// Whether a file of this path is looked at, as far as its name tells.
pub fn is_read(gate: &Gate, path: &str) -> bool {
    let is_pattern = |files: &[crate::model::PathGlob]| files.iter().any(|glob| glob.matches(path));
    let is_ignored = gate.ignore.iter().any(|glob| glob.matches(path));
    !is_ignored && (is_document(path) || gate.patterns.iter().any(|pattern| is_pattern(&pattern.files)))
}

/// Whether a file of this path may be a document of YAML, of which JSON is a part.
pub(super) fn is_document(path: &str) -> bool {
    let name = name(path);
    kustomize::is_file(name) || [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end))
}

fn documents(page: &mut Page<'_>) {
    let Some(bytes) = page.files.bytes(page.side, page.path) else { return };
    if is_template(page, &bytes) {
        page.sheet.is_template = true;
        return;
    }
    // JSON is everywhere; only what Kubernetes or Kustomize would take is read.
    let both = |one, other| holds(&bytes, one) && holds(&bytes, other);
    let is_json = page.path.ends_with(".json");
    let is_meant = !is_json || both("\"apiVersion\"", "\"kind\"") || both("\"op\"", "image");
    // A key may be spelt with escapes: then only what it is read as tells.
    if !is_meant && !holds(&bytes, "\\u") {
        return;
    }
    match yaml::read(&bytes) {
        Ok(documents) => {
            let wanted = |node: &Node| is_meant || kubernetes::is_object(node) || patch::is_operations(node);
            documents.iter().filter(|node| wanted(node)).for_each(|node| document(page, node));
        }
        Err(YamlError { line, why }) if is_meant => page.unreadable(line, why),
        Err(_) => {}
    }
}

/// Whether it is below the `templates` of a chart.
fn is_template(page: &Page<'_>, bytes: &[u8]) -> bool {
    let folders =
        page.path.match_indices("templates/").map(|(at, _)| page.path.get(..at).unwrap_or_default());
    let mut folders = folders.filter(|above| above.is_empty() || above.ends_with('/'));
    let is_chart = |above: &str| page.files.documents(page.side, &format!("{above}Chart.yaml")).is_some();
    folders.any(|above| is_chart(above) || holds(bytes, "{{"))
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

/// Reads a document as what it is.
fn document(page: &mut Page<'_>, node: &Node) {
    let name = name(page.path);
    // `kubectl apply -f` takes whatever object stands in a file of that name.
    if kustomize::is_document(node) || kustomize::is_file(name) && !kubernetes::is_object(node) {
        kustomize::read(page, node);
    } else if kubernetes::is_object(node) {
        object(page, node);
    } else if name == "Chart.yaml" {
        chart::read(page, node);
    } else if patch::is_operations(node) {
        patch::operations(page, node);
    } else if compose::is_document(node) {
        compose::read(page, node);
    } else if node.is_map() && values::is_file(page.path) {
        values::read(page, node);
    }
}

/// Reads an object of Kubernetes, or each of a list.
fn object(page: &mut Page<'_>, node: &Node) {
    let is_list = node.text_of("kind").is_some_and(|kind| kind.ends_with("List"));
    match node.get("items").filter(|_| is_list) {
        Some(items) => items.items().iter().for_each(|item| object(page, item)),
        None if argocd::is_object(node) => argocd::read(page, node),
        None if flux::is_object(node) => flux::read(page, node),
        None => kubernetes::read(page, node),
    }
}
