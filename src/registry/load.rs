//! From a tree to a registry, or to all its mistakes: the way of every command.
//!
//! A check of one service opens the main file, the service's folder and the two shared folders, so its
//! cost doesn't grow with the registry. What surely concerns other services only is not even decoded.

use std::collections::BTreeMap;

use crate::judge;
use crate::model::{Name, Registry, Rule, Sources};
use crate::registry::desk::Desk;
use crate::registry::known::Known;
use crate::registry::layout::{Folder, Item, Walk};
use crate::registry::mistake::{self, Mistake, Mistakes, Weight};
use crate::registry::reader::Table;
use crate::registry::shape::ROOT;
use crate::registry::tree::Tree;
use crate::registry::wording::{nearest_of, quoted};
use crate::registry::{assemble, config, format, rule, syntax, twice};

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

/// The files that a question needs.
pub(super) struct Files {
    pub(super) main: u32,
    pub(super) shared: Vec<Item>,
    pub(super) folders: BTreeMap<Name, Folder>,
}

/// What came of reading.
enum Outcome {
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
    let Some(file) = walk.read(main) else {
        return Err(match walk.list.is_empty() {
            true => LoadError::NoRegistry { file: main.to_owned() },
            false => LoadError::Mistakes(Mistakes::new(walk.sources, walk.list)),
        });
    };
    let files = gather(&mut walk, main, file, ask);
    let Walk { sources, list, .. } = walk;
    let desk = Desk::new(&sources, list);
    let outcome = read(tree, &files, ask, &desk);
    finish(outcome, ask, desk.into_list(), sources)
}

fn finish(
    outcome: Outcome,
    ask: &Ask,
    mut list: Vec<Mistake>,
    sources: Sources,
) -> Result<Loaded, LoadError> {
    let wrong = list.iter().any(|mistake| mistake.weight == Weight::Mistake);
    match (outcome, ask) {
        (Outcome::Newer(mistake), _) => Err(LoadError::Mistakes(Mistakes::new(sources, vec![mistake]))),
        (Outcome::NoService { nearest, known }, Ask::Service(name)) if !wrong => {
            Err(LoadError::NoService { name: name.clone(), nearest, known })
        }
        (Outcome::Read(registry), _) if !wrong => {
            mistake::sort(&sources, &mut list);
            Ok(Loaded { registry: Registry { sources, ..*registry }, warnings: list })
        }
        _ => Err(LoadError::Mistakes(Mistakes::new(sources, list))),
    }
}

/// Reads the files beside the main file that the question needs.
fn gather(walk: &mut Walk<'_>, main: &str, file: u32, ask: &Ask) -> Files {
    let there = walk.root(main);
    let mut shared = Vec::new();
    for folder in there.iter().filter(|folder| **folder != "services") {
        shared.extend(walk.shared(folder));
    }
    let names = match ask {
        _ if !there.contains(&"services") => Vec::new(),
        Ask::Service(name) => {
            walk.check_beside(name);
            vec![name.clone()]
        }
        Ask::Everything => walk.services(),
    };
    let found = names.into_iter().filter_map(|name| walk.service(&name).map(|folder| (name, folder)));
    let folders: BTreeMap<_, _> = found.collect();
    if folders.is_empty() && there.contains(&"services") && matches!(ask, Ask::Service(_)) {
        // The service has no folder of its own; what might have been meant as one is looked for here. With
        // one, this folder isn't listed: it grows with the number of services.
        walk.services();
    }
    Files { main: file, shared, folders }
}

fn read(tree: &dyn Tree, files: &Files, ask: &Ask, desk: &Desk<'_>) -> Outcome {
    let Some(main) = syntax::parse(desk, files.main) else {
        let newer = format::newer(&syntax::parse_anyhow(desk, files.main).0, files.main);
        return newer.map_or(Outcome::Failed, Outcome::Newer);
    };
    if let Some(mistake) = format::newer(&main, files.main) {
        return Outcome::Newer(mistake);
    }
    let root = Table::open(&main, 0..0, files.main, &ROOT, desk);
    format::check(&root);
    desk.declare(config::environments(&root));
    let mut rules = rule::rules(&root);
    rules.extend(shipped_rules(desk));
    let asked = match ask {
        Ask::Service(name) => Some(name),
        Ask::Everything => None,
    };
    let sections = assemble::sections(&root);
    let names = sections.keys().chain(files.folders.keys()).cloned();
    let known = Known::new(tree, asked, names);
    if let Some(asked) = asked
        && !sections.contains_key(asked)
        && !files.folders.contains_key(asked)
    {
        let all = known.all();
        return Outcome::NoService { nearest: nearest_of(asked.as_str(), &all), known: all };
    }
    let (services, flags) = assemble::assemble(&root, &sections, files, &known, asked);
    let registry = Registry {
        sources: Sources::default(),
        policy: config::policy(&root),
        rules,
        environments: desk.environments(),
        teams: config::teams(&root),
        incidents: config::incidents(&root, &known, desk),
        services,
        flags,
    };
    twice::check(&registry, desk);
    Outcome::Read(Box::new(registry))
}

/// The shipped defaults, read like any rules. They are part of the program, so a mistake in them is a bug;
/// it stops every check, since a reason that no rule decides would be a guess.
fn shipped_rules(desk: &Desk<'_>) -> Vec<Rule> {
    let (rules, mistakes) = read_shipped();
    for mistake in mistakes {
        let message = format!("the shipped rules are wrong: {}", mistake.message);
        desk.report(Mistake::of("defaults.toml", message).hint("this is a bug of holdpoint"));
    }
    rules
}

fn read_shipped() -> (Vec<Rule>, Vec<Mistake>) {
    let mut sources = Sources::default();
    let file = sources.add("defaults.toml", judge::DEFAULTS.to_owned());
    let own = Desk::new(&sources, Vec::new());
    let rules = syntax::parse(&own, file)
        .map(|table| rule::rules(&Table::open(&table, 0..0, file, &ROOT, &own)))
        .unwrap_or_default();
    (rules.into_iter().map(|rule| Rule { origin: None, ..rule }).collect(), own.into_list())
}

/// The shipped rules alone, for whoever has no registry at hand.
pub fn shipped() -> Vec<Rule> {
    read_shipped().0
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
