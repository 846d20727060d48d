//! What kustomizations make of the files that they include, as far as it is about images.
//!
//! A kustomization that no other includes is a root: what it makes is what is deployed. Each root that a change
//! touches, wherever below it, is put together on both sides: files are read, patches and namespaces applied, and
//! `images` override what they name. So a base's tag counts for an environment exactly where its overlay says nothing.
//! Not computed: generators, prefixes of names, replacements, variables, Helm charts, and what lies at addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::gate::files::{Files, folder, joined, name};
use crate::gate::read::kustomize::{ImageRule, Kustomization, is_file};
use crate::gate::read::{self, Sheet};
use crate::gate::{Side, Sighting, Source, Subject, Workload};
use crate::model::{Gate, Image};

/// The most sightings that one root is put together from, and the deepest that roots are nested.
const MOST: usize = 100_000;
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
        let key = (side, path.to_owned());
        if let Some(sheet) = self.read.get(&key) {
            return sheet.clone();
        }
        let ignored = self.gate.ignore.iter().any(|glob| glob.matches(path));
        let sheet = if ignored { Sheet::default() } else { read::read(self.files, self.gate, side, path) };
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
}

/// Puts together what the change touches: the base side, then the head.
pub(super) fn overlay(sheets: &mut Sheets<'_>, changed: &BTreeSet<&str>) -> [Overlaid; 2] {
    let graphs = [Side::Base, Side::Head].map(|side| graph(sheets, side));
    let below: Vec<BTreeMap<&String, BTreeSet<String>>> = graphs
        .iter()
        .map(|graph| graph.roots.iter().map(|root| (root, closure(graph, root))).collect())
        .collect();
    // A root that is touched on one side is put together on both.
    let roots = below.iter().flatten();
    let touched: BTreeSet<&String> = roots
        .filter(|(_, below)| below.iter().any(|path| changed.contains(path.as_str())))
        .map(|(root, _)| *root)
        .collect();
    let mut found = [Overlaid::default(), Overlaid::default()];
    let sides = [Side::Base, Side::Head].into_iter().zip(&graphs).zip(&below).zip(&mut found);
    for (((side, graph), below), found) in sides {
        for (root, files) in below {
            if touched.contains(root) {
                found.made.extend(Build { sheets, graph, side, way: Vec::new() }.folder(root, Vec::new()));
                found.below.extend(files.iter().cloned());
            }
            found.covered.extend(files.iter().cloned());
        }
    }
    found
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
}

impl Build<'_, '_> {
    /// What a kustomization makes; of a component, of what is there already and of what it brings.
    fn folder(&mut self, place: &str, mut made: Vec<Placed>) -> Vec<Placed> {
        let Some(path) = self.graph.at.get(place) else { return made };
        if self.way.len() >= DEEPEST || self.way.iter().any(|other| other == place) {
            return made;
        }
        let sheet = self.sheets.get(self.side, path);
        let Some(kustomization) = &sheet.kustomization else { return made };
        self.way.push(place.to_owned());
        for resource in &kustomization.resources {
            made.extend(joined(place, resource).map(|path| self.resource(&path)).unwrap_or_default());
            made.truncate(MOST);
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

    /// A folder with a kustomization, or a file.
    fn resource(&mut self, path: &str) -> Vec<Placed> {
        if self.graph.at.contains_key(path) {
            return self.folder(path, Vec::new());
        }
        let sheet = self.sheets.get(self.side, path);
        let placed =
            |sighting: &Sighting| Placed { sighting: sighting.clone(), paths: vec![path.to_owned()] };
        sheet.sightings.iter().map(placed).collect()
    }

    /// Lays patches over what they are about: the same container of the same workload; of an operation, whose
    /// container is only a number, the same image. A patch that is about nothing here stands for itself.
    fn patch(&mut self, made: &mut Vec<Placed>, place: &str, path: &str, kustomization: &Kustomization) {
        let mut patches: Vec<(Sighting, String)> =
            kustomization.patched.iter().map(|sighting| (sighting.clone(), path.to_owned())).collect();
        for file in kustomization.patches.iter().filter_map(|patch| joined(place, patch)) {
            let sheet = self.sheets.get(self.side, &file);
            patches.extend(sheet.sightings.iter().map(|sighting| (sighting.clone(), file.clone())));
        }
        for (patch, file) in patches {
            let mut any = false;
            for one in made.iter_mut().filter(|one| is_about(&patch, &one.sighting)) {
                any = true;
                let (workload, labels) = (one.sighting.workload.clone(), one.sighting.labels.clone());
                one.sighting = Sighting { workload, labels, ..patch.clone() };
            }
            if !any {
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
        for one in made.iter_mut().filter(|one| is_image(&wanted, &one.sighting.subject)) {
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
