//! From a tree to a registry, or to all its mistakes: the way of every command.
//!
//! A check of one service opens the main file, the service's folder and the two shared folders, so its
//! cost doesn't grow with the registry. What surely concerns other services only is not even decoded.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Gate, Name, Registry, Sources};
use crate::registry::desk::Desk;
use crate::registry::known::Known;
use crate::registry::layout::{Folder, Walk};
use crate::registry::mistake::{self, Mistake, Mistakes, Weight};
use crate::registry::neighbours::Reading;
use crate::registry::reader::Table;
use crate::registry::shape::ROOT;
use crate::registry::shared::{Base, Common, Useless};
use crate::registry::tree::{Tree, TreeError};
use crate::registry::wording::{nearest_of, quoted};
use crate::registry::{
    assemble, config, document, format, freeze, gate, neighbours, playbook, rule, sharing, sign_off, twice,
};

/// How much of a registry is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// What the check of one service needs.
    Service(Name),
    /// All of it.
    Everything,
}

/// A registry that was read without a mistake.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What both teams know.
    pub registry: Registry,
    /// What is odd, but stops nothing.
    pub warnings: Vec<Mistake>,
}

/// Why nothing can be judged.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LoadError {
    /// There are mistakes that the question may depend on.
    #[error("the registry can't be read: {}", count(.0))]
    Mistakes(Mistakes),
    /// There is no main file.
    #[error("no registry: there is no `{file}`")]
    NoRegistry {
        /// The main file's name.
        file: String,
    },
    /// The registry doesn't hold the service.
    #[error("no service `{name}`")]
    NoService {
        /// As it was asked for.
        name: Name,
        /// The names that were most likely meant, nearest first.
        nearest: Vec<String>,
        /// All names, sorted.
        known: Vec<String>,
    },
}

fn count(mistakes: &Mistakes) -> String {
    let count = mistakes.list.iter().filter(|mistake| mistake.weight == Weight::Mistake).count();
    if count == 1 { "1 mistake".to_owned() } else { format!("{count} mistakes") }
}

/// Which services are put together from what was read.
#[derive(Clone, Copy)]
pub(super) enum Which<'a> {
    /// This one.
    One(&'a Name),
    /// All.
    Every,
    /// None of them: what they share is looked at for itself.
    Nobody,
}

impl Which<'_> {
    /// Whether this service is one of them.
    pub(super) fn has(self, name: &Name) -> bool {
        match self {
            Which::One(one) => one == name,
            Which::Every => true,
            Which::Nobody => false,
        }
    }
}

/// The services' folders that were read.
pub(super) type Folders = BTreeMap<Name, Folder>;

/// What came of reading.
pub(super) enum Outcome {
    Read(Box<Registry>),
    /// Written for a newer holdpoint: nothing else can be said about it.
    Newer(Mistake),
    NoService {
        nearest: Vec<String>,
        known: Vec<String>,
    },
    /// The mistakes lie on the desk.
    Failed,
}

/// Reads a registry, or as much of it as is asked for. `main` is the name of its main file.
///
/// # Errors
/// When there is no registry, no such service, or anything wrong that the question may depend on.
pub fn load(tree: &dyn Tree, main: &str, ask: &Ask) -> Result<Loaded, LoadError> {
    let mut walk = Walk::new(tree);
    let Some(base) = Base::gather(&mut walk, main) else { return Err(no_main(main, walk)) };
    let which = match ask {
        Ask::Service(name) => Which::One(name),
        Ask::Everything => Which::Every,
    };
    let beside = BTreeSet::new();
    let folders = if base.has_services { folders(&mut walk, which) } else { Folders::new() };
    let Walk { sources, list, .. } = walk;
    let desk = Desk::new(&sources, list);
    let common = match Common::parse(base, &desk) {
        Ok(common) => common,
        Err(Useless::Newer(mistake)) => {
            let outcome = Outcome::Newer(*mistake);
            return finish((outcome, sources.clone(), desk.into_list()), which);
        }
        Err(Useless::Broken) => return finish((Outcome::Failed, sources.clone(), desk.into_list()), which),
    };
    let outcome = read(tree, &common, &folders, which, None, &desk);
    let reading = neighbours::bring(tree, &common, &beside, (outcome, sources.clone(), desk.into_list()));
    finish(reading, which)
}

/// Whether a service has a place in the registry, whatever mistakes there are: a folder, or a table in the main
/// file.
///
/// # Errors
/// When that can't be looked at.
pub fn holds_service(tree: &dyn Tree, main: &str, service: &Name) -> Result<bool, TreeError> {
    if tree.has_folder(&format!("services/{service}"))? {
        return Ok(true);
    }
    let bytes = tree.read(main)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let (root, _) = document::parse(&text, &mut Vec::new());
    let services = root.get("service").and_then(|node| node.as_table());
    Ok(services.is_some_and(|services| services.get(service.as_str()).is_some()))
}

/// The main file isn't there, or can't be read.
pub(super) fn no_main(main: &str, walk: Walk<'_>) -> LoadError {
    match walk.list.is_empty() {
        true => LoadError::NoRegistry { file: main.to_owned() },
        false => LoadError::Mistakes(Mistakes::new(walk.sources, walk.list)),
    }
}

pub(super) fn finish(reading: Reading, which: Which<'_>) -> Result<Loaded, LoadError> {
    let (outcome, sources, mut list) = reading;
    let wrong = list.iter().any(|mistake| mistake.weight == Weight::Mistake);
    match (outcome, which) {
        (Outcome::Newer(mistake), _) => Err(LoadError::Mistakes(Mistakes::new(sources, vec![mistake]))),
        (Outcome::NoService { nearest, known }, Which::One(name)) if !wrong => {
            Err(LoadError::NoService { name: name.clone(), nearest, known })
        }
        (Outcome::Read(registry), _) if !wrong => {
            mistake::sort(&sources, &mut list);
            Ok(Loaded { registry: Registry { sources, ..*registry }, warnings: list })
        }
        _ => Err(LoadError::Mistakes(Mistakes::new(sources, list))),
    }
}

/// Reads the folders of the services that are asked for.
pub(super) fn folders(walk: &mut Walk<'_>, which: Which<'_>) -> Folders {
    let names = match which {
        Which::One(name) => {
            walk.check_beside(name);
            vec![name.clone()]
        }
        _ => walk.services(),
    };
    let found = names.into_iter().filter_map(|name| walk.service(&name).map(|folder| (name, folder)));
    let folders: Folders = found.collect();
    if folders.is_empty() && matches!(which, Which::One(_)) {
        // The service has no folder of its own; what might have been meant as one is looked for here. With
        // one, this folder isn't listed: it grows with the number of services.
        walk.services();
    }
    folders
}

/// Turns tables into the model. `listed`: the names of all folders of services, where they are known.
pub(super) fn read(
    tree: &dyn Tree,
    common: &Common<'_>,
    folders: &Folders,
    which: Which<'_>,
    listed: Option<&BTreeSet<Name>>,
    desk: &Desk<'_>,
) -> Outcome {
    let root = Table::open(&common.root, 0..0, common.main, &ROOT, desk);
    format::check(&root);
    desk.declare(config::environments(&root));
    if !matches!(which, Which::One(_)) {
        // No verdict needs it.
        sharing::read(&root);
    }
    if matches!(which, Which::Every) {
        // Only playbooks need them.
        playbook::steps(&root);
    }
    let mut rules = rule::rules(&root);
    rules.extend_from_slice(&common.shipped);
    let sections = assemble::sections(&root);
    let asked = if let Which::One(name) = which { Some(name) } else { None };
    let names = sections.keys().chain(folders.keys()).cloned();
    let known = Known::new(tree, asked, listed, names);
    if let Some(asked) = asked
        && !sections.contains_key(asked)
        && !folders.contains_key(asked)
    {
        let all = known.all();
        return Outcome::NoService { nearest: nearest_of(asked.as_str(), &all), known: all };
    }
    let (mut services, flags) = assemble::assemble(&root, &sections, common, folders, &known, which);
    sign_off::merged(tree, services.values_mut(), desk.sources);
    let registry = Registry {
        sources: Sources::default(),
        policy: config::policy(&root),
        rules,
        freezes: freeze::freezes(&root),
        environments: desk.environments(),
        teams: config::teams(&root),
        incidents: config::incidents(&root, &known, desk),
        // Not on the way of a check: no verdict on one service needs it.
        gate: if asked.is_some() { Gate::default() } else { gate::gate(&root) },
        services,
        neighbours: BTreeMap::new(),
        flags,
    };
    twice::check(&registry, desk);
    Outcome::Read(Box::new(registry))
}

impl LoadError {
    /// What to do about it, for what is no list of mistakes.
    pub fn hint(&self) -> Option<String> {
        match self {
            LoadError::Mistakes(_) => None,
            LoadError::NoRegistry { .. } => {
                Some("begin one with `format = 1`, or name it with `--registry`".to_owned())
            }
            LoadError::NoService { nearest, .. } if !nearest.is_empty() => {
                let names: Vec<String> = nearest.iter().map(|name| quoted(name)).collect();
                Some(format!("did you mean {}?", names.join(" or ")))
            }
            LoadError::NoService { known, .. } if known.is_empty() => {
                Some("the registry holds no service yet".to_owned())
            }
            LoadError::NoService { known, .. } => {
                let names: Vec<String> = known.iter().take(10).map(|name| quoted(name)).collect();
                let more =
                    if known.len() > 10 { format!(" and {} more", known.len() - 10) } else { String::new() };
                Some(format!("known: {}{more}", names.join(", ")))
            }
        }
    }
}
