//! What kustomizations make of the files that they include, as far as it is about images.
//!
//! A kustomization that no other includes is a root: what it makes is what is deployed. Each root that a change
//! touches, wherever below it, is put together on both sides: files are read, patches and namespaces applied, and
//! `images` override what they name. So a base's tag counts for an environment exactly where its overlay says nothing.
//! What is a root on one side is one on the other, too: a change that includes it somewhere else takes it from nobody
//! who deploys it.
//! Not computed: generators, prefixes of names, replacements, variables, Helm charts, and what lies at addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::gate::files::{Files, folder, joined, name};
use crate::gate::read::kustomize::{ImageRule, Kustomization, is_file};
use crate::gate::read::{self, Sheet};
use crate::gate::{Side, Sighting, Source, Spot, Subject, Unreadable, Workload};
use crate::model::{Gate, Image};

/// The most files, folders and sightings that roots are put together from, and the deepest that they are nested.
const MOST: usize = 500_000;
const DEEPEST: usize = 32;

/// The sheets of files, each read once.
pub(super) struct Sheets<'a> {
    files: &'a Files<'a>,
    gate: &'a Gate,
    read: BTreeMap<(Side, String), Rc<Sheet>>,
}

impl<'a> Sheets<'a> {
    pub fn new(files: &'a Files<'a>, gate: &'a Gate) -> Sheets<'a> {
        Sheets { files, gate, read: BTreeMap::new() }
    }

    /// What a file of one side says.
    pub fn get(&mut self, side: Side, path: &str) -> Rc<Sheet> {
        self.known_as(side, path, read::is_document(path))
    }

    /// The same for a file that a kustomization names: it is a document, whatever it is called.
    fn included(&mut self, side: Side, path: &str) -> Rc<Sheet> {
        self.known_as(side, path, true)
    }

    fn known_as(&mut self, side: Side, path: &str, is_document: bool) -> Rc<Sheet> {
        let key = (side, path.to_owned());
        if let Some(sheet) = self.read.get(&key) {
            return sheet.clone();
        }
        let ignored = self.gate.ignore.iter().any(|glob| glob.matches(path));
        let read = || read::read(self.files, self.gate, side, path, is_document);
        let sheet = if ignored { Sheet::default() } else { read() };
        let sheet = Rc::new(sheet);
        self.read.insert(key, sheet.clone());
        sheet
    }

    /// All that were read.
    pub fn all(&self) -> impl Iterator<Item = (&(Side, String), &Rc<Sheet>)> {
        self.read.iter()
    }
}

/// A sighting with the paths that may say its environment: of the outermost kustomization first, its own last.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub sighting: Sighting,
    pub paths: Vec<String>,
}

impl Placed {
    /// A sighting of a file that stands for itself.
    pub fn alone(sighting: &Sighting, path: &str) -> Placed {
        Placed { sighting: sighting.clone(), paths: vec![path.to_owned()] }
    }
}

/// The kustomizations of one side.
struct Graph {
    /// By folder: the path of its file.
    at: BTreeMap<String, String>,
    /// By folder: the files, and the folders of others, that it includes or patches with.
    includes: BTreeMap<String, BTreeSet<String>>,
    roots: Vec<String>,
}

/// What the roots that a change touches make of one side.
#[derive(Default)]
pub(super) struct Overlaid {
    pub made: Vec<Placed>,
    /// The files below those roots.
    pub below: BTreeSet<String>,
    /// The files below any root: they don't stand for themselves.
    pub covered: BTreeSet<String>,
    /// The roots that can't be put together.
    pub unreadable: Vec<Unreadable>,
}

/// Puts together what the change touches: the base side, then the head.
pub(super) fn overlay(sheets: &mut Sheets<'_>, changed: &BTreeSet<&str>) -> [Overlaid; 2] {
    let graphs = [Side::Base, Side::Head].map(|side| graph(sheets, side));
    let roots: BTreeSet<&String> = graphs.iter().flat_map(|graph| &graph.roots).collect();
    let below: Vec<BTreeMap<&String, BTreeSet<String>>> = graphs
        .iter()
        .map(|graph| {
            let there = roots.iter().filter(|root| graph.includes.contains_key(**root));
            there.map(|root| (*root, closure(graph, root))).collect()
        })
        .collect();
    // A root that is touched on one side is put together on both.
    let odd = oddly_named(sheets.files, below.iter().flat_map(BTreeMap::values).flatten());
    let is_changed = |path: &String| changed.contains(path.as_str()) || odd.contains(path);
    let touched: BTreeSet<&String> = below
        .iter()
        .flatten()
        .filter(|(_, below)| below.iter().any(is_changed))
        .map(|(root, _)| *root)
        .collect();
    let mut found = [Overlaid::default(), Overlaid::default()];
    let mut left = MOST;
    let sides = [Side::Base, Side::Head].into_iter().zip(&graphs).zip(&below).zip(&mut found);
    for (((side, graph), below), found) in sides {
        for (root, files) in below {
            if touched.contains(root) {
                let mut build = Build { sheets, graph, side, way: Vec::new(), left: &mut left, over: false };
                found.made.extend(build.folder(root, Vec::new()));
                found.unreadable.extend(build.over.then(|| too_much(graph, side, root)));
                found.below.extend(files.iter().cloned());
            }
            found.covered.extend(files.iter().cloned());
        }
    }
    found
}

/// The files that differ, of those whose names don't say that they are documents: nobody has compared them yet.
fn oddly_named<'p>(files: &Files<'_>, below: impl Iterator<Item = &'p String>) -> BTreeSet<&'p String> {
    let odd: BTreeSet<&String> = below.filter(|path| !read::is_document(path)).collect();
    let differs = |path: &&String| files.bytes(Side::Base, path) != files.bytes(Side::Head, path);
    odd.into_iter().filter(differs).collect()
}

fn too_much(graph: &Graph, side: Side, root: &str) -> Unreadable {
    let file = graph.at.get(root).map_or(root, String::as_str);
    let why = format!(
        "it includes more than {MOST} files and images, each as often as it is included, or kustomizations more than \
         {DEEPEST} deep: over the budget"
    );
    let hint = "render both sides, and compare the results with --rendered".to_owned();
    Unreadable { spot: Spot::new(file, 1), side, why, hint: Some(hint) }
}

fn graph(sheets: &mut Sheets<'_>, side: Side) -> Graph {
    let paths: Vec<String> =
        sheets.files.paths(side).iter().filter(|path| is_file(name(path))).cloned().collect();
    let at: BTreeMap<String, String> =
        paths.into_iter().map(|path| (folder(&path).to_owned(), path)).collect();
    let mut includes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (place, path) in &at {
        let sheet = sheets.get(side, path);
        let Some(kustomization) = &sheet.kustomization else { continue };
        let included = kustomization.resources.iter().chain(&kustomization.components);
        let named = included.chain(&kustomization.patches);
        includes.insert(place.clone(), named.filter_map(|path| joined(place, path)).collect());
    }
    let included: BTreeSet<&String> = includes
        .iter()
        .flat_map(|(place, named)| named.iter().filter(move |other| *other != place))
        .collect();
    let roots = includes.keys().filter(|place| !included.contains(place)).cloned().collect();
    Graph { at, includes, roots }
}

/// The paths of all files below a root, those of kustomizations among them.
fn closure(graph: &Graph, root: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![root.to_owned()];
    while let Some(path) = open.pop() {
        let file = graph.at.get(&path).unwrap_or(&path);
        if found.insert(file.clone()) {
            open.extend(graph.includes.get(&path).into_iter().flatten().cloned());
        }
    }
    found
}

/// One root while it is put together.
struct Build<'b, 'a> {
    sheets: &'b mut Sheets<'a>,
    graph: &'b Graph,
    side: Side,
    /// The folders on the way down, so that a circle ends.
    way: Vec<String>,
    /// How much may still be put together, by all roots.
    left: &'b mut usize,
    /// There was more than that.
    over: bool,
}

impl Build<'_, '_> {
    /// What a kustomization makes; of a component, of what is there already and of what it brings.
    fn folder(&mut self, place: &str, mut made: Vec<Placed>) -> Vec<Placed> {
        let Some(path) = self.graph.at.get(place) else { return made };
        self.spend(1);
        self.over |= self.way.len() >= DEEPEST;
        // Kustomize refuses a circle.
        if self.over || self.way.iter().any(|other| other == place) {
            return made;
        }
        let sheet = self.sheets.get(self.side, path);
        let Some(kustomization) = &sheet.kustomization else { return made };
        self.way.push(place.to_owned());
        for resource in &kustomization.resources {
            let more = joined(place, resource).map(|path| self.resource(&path)).unwrap_or_default();
            self.spend(1 + more.len());
            made.extend(more);
            if self.over {
                break;
            }
        }
        for component in kustomization.components.iter().filter_map(|path| joined(place, path)) {
            made = self.folder(&component, made);
        }
        self.way.pop();
        self.patch(&mut made, place, path, kustomization);
        if let Some(namespace) = &kustomization.namespace {
            made.iter_mut().for_each(|one| one.sighting.workload.namespace = Some(namespace.clone()));
        }
        override_images(&mut made, place, kustomization);
        for one in &mut made {
            one.paths.insert(0, path.clone());
        }
        made
    }

    fn spend(&mut self, steps: usize) {
        self.over |= steps > *self.left;
        *self.left = self.left.saturating_sub(steps);
    }

    /// A folder with a kustomization, or a file.
    fn resource(&mut self, path: &str) -> Vec<Placed> {
        if self.graph.at.contains_key(path) {
            return self.folder(path, Vec::new());
        }
        let sheet = self.sheets.included(self.side, path);
        let placed =
            |sighting: &Sighting| Placed { sighting: sighting.clone(), paths: vec![path.to_owned()] };
        sheet.sightings.iter().map(placed).collect()
    }

    /// Lays patches over what they are about: the same container of the same workload; of an operation, whose
    /// container is only a number, the same image, where only one container has it. A patch that is about nothing here
    /// stands for itself.
    fn patch(&mut self, made: &mut Vec<Placed>, place: &str, path: &str, kustomization: &Kustomization) {
        let mut patches: Vec<(Sighting, String)> =
            kustomization.patched.iter().map(|sighting| (sighting.clone(), path.to_owned())).collect();
        for file in kustomization.patches.iter().filter_map(|patch| joined(place, patch)) {
            let sheet = self.sheets.included(self.side, &file);
            patches.extend(sheet.sightings.iter().map(|sighting| (sighting.clone(), file.clone())));
        }
        for (patch, file) in patches {
            let about = made.iter().filter(|one| is_about(&patch, &one.sighting)).count();
            let is_clear = about == 1 || patch.source != Source::Kustomize;
            for one in made.iter_mut().filter(|one| is_clear && is_about(&patch, &one.sighting)) {
                let (workload, labels) = (one.sighting.workload.clone(), one.sighting.labels.clone());
                one.sighting = Sighting { workload, labels, ..patch.clone() };
            }
            if about == 0 || !is_clear {
                made.push(Placed { sighting: patch, paths: vec![file] });
            }
        }
    }
}

fn is_about(patch: &Sighting, sighting: &Sighting) -> bool {
    let (one, other) = (&patch.workload, &sighting.workload);
    match patch.source {
        Source::Kustomize => is_image(&patch.subject, &sighting.subject),
        _ => (&one.kind, &one.name, &one.container) == (&other.kind, &other.name, &other.container),
    }
}

fn is_image(one: &Subject, other: &Subject) -> bool {
    match (one, other) {
        (Subject::Image(one), Subject::Image(other)) => home(one) == home(other),
        _ => false,
    }
}

fn home(repository: &str) -> String {
    Image::parse(repository).map_or_else(|| repository.to_owned(), |image| image.home())
}

/// Applies `images`; an entry that names nothing here stands for itself.
fn override_images(made: &mut Vec<Placed>, place: &str, kustomization: &Kustomization) {
    for rule in &kustomization.images {
        let wanted = Subject::Image(rule.name.clone());
        let mut any = false;
        // Kustomize compares names as they are written, and knows containers only: no values of Helm.
        let is_meant = |one: &Sighting| {
            one.subject == wanted && matches!(one.source, Source::Kubernetes | Source::Kustomize)
        };
        for one in made.iter_mut().filter(|one| is_meant(&one.sighting)) {
            any = true;
            apply(rule, &mut one.sighting);
        }
        if !any {
            let workload = Workload {
                kind: "Kustomization".into(),
                namespace: kustomization.namespace.clone(),
                name: place.to_owned(),
                container: None,
            };
            let sighting = rule.clone().sighting(&workload, Source::Kustomize);
            made.extend(sighting.map(|sighting| Placed { sighting, paths: Vec::new() }));
        }
    }
}

/// As Kustomize does: a new tag drops the digest, a digest without a new tag drops the tag.
fn apply(rule: &ImageRule, sighting: &mut Sighting) {
    if let Some(name) = &rule.new_name {
        sighting.subject = Subject::Image(name.clone());
    }
    let Some((_, spot)) = rule.tag.as_ref().or(rule.digest.as_ref()) else { return };
    sighting.spot = spot.clone();
    sighting.source = Source::Kustomize;
    sighting.tag = rule.tag.as_ref().map(|(tag, _)| tag.clone());
    sighting.digest = rule.digest.as_ref().map(|(digest, _)| digest.to_ascii_lowercase());
    *sighting = sighting.clone().marked();
}
