//! Kustomizations: what they include, patch and override. What they make of it is computed in `overlay`.

use crate::gate::node::Node;
use crate::gate::read::reference::of_subject;
use crate::gate::read::{Page, patch};
use crate::gate::{Sighting, Source, Spot, Subject, Workload};

/// A kustomization, as much of it as decides about images.
#[derive(Debug, Clone, Default)]
pub(in crate::gate) struct Kustomization {
    /// The namespace that it puts everything into.
    pub namespace: Option<String>,
    /// Files, folders and addresses that it includes.
    pub resources: Vec<String>,
    /// Folders whose patches and `images` are laid over all that it includes.
    pub components: Vec<String>,
    /// Files with patches.
    pub patches: Vec<String>,
    /// The images that its inline patches set.
    pub patched: Vec<Sighting>,
    /// Its `images`.
    pub images: Vec<ImageRule>,
}

/// An entry of `images`.
#[derive(Debug, Clone)]
pub(in crate::gate) struct ImageRule {
    /// The image that is meant, by its repository.
    pub name: String,
    pub new_name: Option<String>,
    pub tag: Option<(String, Spot)>,
    pub digest: Option<(String, Spot)>,
}

impl ImageRule {
    /// The rule as a sighting of its own, where nothing around says which containers it is about. None: it sets no
    /// version.
    pub fn sighting(self, workload: &Workload, source: Source) -> Option<Sighting> {
        let spot = self.tag.as_ref().or(self.digest.as_ref())?.1.clone();
        let workload = Workload { container: Some(self.name.clone()), ..workload.clone() };
        let subject = Subject::Image(self.new_name.unwrap_or(self.name));
        let seen = of_subject(subject, source, workload, spot);
        let digest = self.digest.map(|(digest, _)| digest.to_ascii_lowercase());
        Some(Sighting { tag: self.tag.map(|(tag, _)| tag), digest, ..seen }.marked())
    }
}

const FILES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Whether a file of this name is a kustomization.
pub(in crate::gate) fn is_file(name: &str) -> bool {
    FILES.contains(&name)
}

/// Whether a document is one, whatever its file is called.
pub(super) fn is_document(node: &Node) -> bool {
    let of_kustomize =
        node.text_of("apiVersion").is_some_and(|text| text.starts_with("kustomize.config.k8s.io/"));
    of_kustomize && node.text_of("kind").is_some_and(|kind| matches!(kind, "Kustomization" | "Component"))
}

/// Reads a kustomization.
pub(super) fn read(page: &mut Page<'_>, node: &Node) {
    let texts = |keys: &[&str]| -> Vec<String> {
        let items = keys.iter().filter_map(|key| node.get(key)).flat_map(|list| list.items());
        items.filter_map(|item| item.text().map(str::to_owned)).collect()
    };
    let mut kustomization = Kustomization {
        namespace: node.text_of("namespace").map(str::to_owned),
        resources: texts(&["resources", "bases"]),
        components: texts(&["components"]),
        patches: texts(&["patchesStrategicMerge"]),
        images: images(node.get("images"), |line| page.spot(line)),
        ..Kustomization::default()
    };
    for key in ["patches", "patchesJson6902"] {
        for item in node.get(key).map(Node::items).unwrap_or_default() {
            kustomization.patches.extend(item.text_of("path").map(str::to_owned));
            kustomization
                .patched
                .extend(item.get("patch").map(|text| patch::inline(page, text)).unwrap_or_default());
        }
    }
    // A strategic merge may stand as text among the files.
    for item in node.get("patchesStrategicMerge").map(Node::items).unwrap_or_default() {
        if item.scalar().is_some_and(|scalar| scalar.text.trim().contains('\n')) {
            kustomization.patched.extend(patch::inline(page, item));
        }
    }
    kustomization.patches.retain(|patch| !patch.contains('\n'));
    page.sheet.kustomization = Some(kustomization);
}

/// The entries of `images`; what has no name is none.
pub(super) fn images(list: Option<&Node>, spot: impl Fn(u32) -> Spot) -> Vec<ImageRule> {
    let value = |item: &Node, key: &str| {
        let node = item.get(key)?;
        Some((node.text()?.to_owned(), spot(node.line)))
    };
    let rule = |item: &std::rc::Rc<Node>| {
        Some(ImageRule {
            name: item.text_of("name")?.to_owned(),
            new_name: item.text_of("newName").map(str::to_owned),
            tag: value(item, "newTag"),
            digest: value(item, "digest"),
        })
    };
    list.map(Node::items).unwrap_or_default().iter().filter_map(rule).collect()
}
