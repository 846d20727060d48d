//! What can only be told of all services together.
//!
//! Each service brings [`Facts`]: what it has, and what rules and shared flags ask for. [`Overall`] puts them
//! together in any order, and warns of what was asked for and nobody has.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

use crate::judge::Moment;
use crate::lint::ask::{Ask, What};
use crate::lint::findings::{Collected, Findings};
use crate::lint::note::{Counter, Notes};
use crate::lint::ranges::meant;
use crate::lint::{Linted, View, Warning, routes, service, shared};
use crate::model::{Name, Registry, Route, glob_matches};
use crate::registry::{LoadError, Loaded, Mistakes};

/// An ask that outlives the texts.
#[derive(Debug)]
struct Asked {
    what: What,
    word: Box<str>,
    met: bool,
    warning: Warning,
}

/// What one service adds to the whole.
#[derive(Debug, Default)]
pub struct Facts {
    service: Option<Name>,
    tier: Option<Box<str>>,
    environments: BTreeSet<Name>,
    owners: Vec<(Name, crate::model::Key)>,
    asked: Vec<Asked>,
}

impl Facts {
    pub(super) fn of(view: &View<'_>, mut asks: Vec<Ask>) -> Facts {
        let service = view.service;
        let mut environments: BTreeSet<Name> = service.running.keys().cloned().collect();
        environments.extend(service.ran.iter().map(|ran| ran.environment.clone()));
        environments.extend(view.registry.environments.keys().cloned());
        asks.sort_by_key(|ask| ask.note.origin);
        let mut counter = Counter::new(&view.registry.sources);
        let placed = |Ask { what, word, met, note }| Asked {
            what,
            word,
            met,
            warning: note.placed(&mut counter, None),
        };
        let asked = asks.into_iter().map(placed).collect();
        let owner = |key| Some((service.owners.of(key)?.clone(), key));
        let owners = crate::model::Key::ALL.into_iter().filter_map(owner).collect();
        Facts { service: Some(service.name.clone()), tier: service.tier.clone(), environments, owners, asked }
    }
}

/// What is asked for, by what, word and place: the same in every service that it is shared by.
type Key = (What, Box<str>, Box<str>, usize, usize);

/// All services, put together.
#[derive(Debug, Default)]
pub struct Overall {
    warnings: Vec<Warning>,
    /// Where each warning stands, by its hash: what is shared is found at every service.
    known: HashMap<u64, usize>,
    services: BTreeSet<Name>,
    tiers: BTreeSet<Box<str>>,
    environments: BTreeSet<Name>,
    owners: BTreeSet<(Name, crate::model::Key)>,
    asked: BTreeMap<Key, Asked>,
    mistakes: Collected,
    looked_at: usize,
    /// Whether a service could not be loaded, or was left out.
    partial: bool,
}

/// What looking at one service gave, once the service itself was let go.
#[derive(Debug)]
pub enum Looked {
    /// It loads.
    Linted(Linted, Mistakes),
    /// It doesn't.
    Broken(Mistakes),
}

/// Looks at a service that was loaded, or could not be.
pub fn look(name: &Name, loaded: Result<Loaded, LoadError>, moment: Moment) -> Looked {
    match loaded {
        Ok(loaded) => {
            let linted = service(&loaded.registry, name, moment);
            let Loaded { registry, warnings } = loaded;
            // Without anything to show, the texts need not be kept.
            let sources = if warnings.is_empty() { Default::default() } else { registry.sources };
            Looked::Linted(linted, Mistakes { sources, list: warnings })
        }
        Err(LoadError::Mistakes(mistakes)) => Looked::Broken(mistakes),
        // The services are listed before they are loaded, so somebody removed it meanwhile.
        Err(LoadError::NoRegistry { .. } | LoadError::NoService { .. }) => {
            Looked::Broken(Mistakes::default())
        }
    }
}

impl Overall {
    /// Nothing yet. `complete`: every service of the registry will be added; else it can't be told what nobody
    /// has.
    pub fn new(complete: bool) -> Overall {
        Overall { partial: !complete, ..Overall::default() }
    }

    /// Adds what is wrong, or odd, in what all services share.
    pub fn shared(&mut self, mistakes: &Mistakes) {
        for warning in self.mistakes.add(mistakes, None) {
            self.warn(warning);
        }
    }

    /// Adds what is odd in rules and freezes among themselves.
    pub fn rules(&mut self, registry: &Registry, moment: Moment) {
        for warning in shared(registry, moment) {
            self.warn(warning);
        }
    }

    /// Adds what looking at one service gave.
    pub fn add(&mut self, name: &Name, looked: Looked) {
        self.looked_at += 1;
        let (linted, mistakes) = match looked {
            Looked::Linted(linted, mistakes) => (linted, mistakes),
            Looked::Broken(mistakes) => {
                self.partial = true;
                (Linted::default(), mistakes)
            }
        };
        for warning in self.mistakes.add(&mistakes, Some(name)) {
            self.warn(warning);
        }
        self.linted(linted);
    }

    /// Adds one warning, unless it is known; one that is found at several services is no single one's.
    fn warn(&mut self, warning: Warning) {
        let mut hasher = DefaultHasher::new();
        (warning.lint.word, &warning.file, warning.line, warning.column, &warning.message).hash(&mut hasher);
        match self.known.get(&hasher.finish()).and_then(|at| self.warnings.get_mut(*at)) {
            Some(known) if known.service != warning.service => known.service = None,
            Some(_) => {}
            None => {
                self.known.insert(hasher.finish(), self.warnings.len());
                self.warnings.push(warning);
            }
        }
    }

    fn linted(&mut self, linted: Linted) {
        linted.warnings.into_iter().for_each(|warning| self.warn(warning));
        let Facts { service, tier, environments, owners, asked } = linted.facts;
        self.owners.extend(owners);
        self.services.extend(service);
        self.tiers.extend(tier);
        self.environments.extend(environments);
        for ask in asked {
            let (file, line, column) = ask.warning.place();
            let key = (ask.what, ask.word.clone(), Box::from(file), line, column);
            let met = ask.met;
            self.asked.entry(key).or_insert(ask).met |= met;
        }
    }

    /// Looks at what can only be told of what all services share, once all of them were added.
    pub fn routes(&mut self, shared: &Registry, routes: &[Route]) {
        let mut notes = Notes::default();
        routes::find(shared, routes, &self.owners, &mut notes);
        for warning in notes.placed(&shared.sources, None) {
            self.warn(warning);
        }
    }

    /// All of it, by file and place.
    pub fn finish(mut self) -> Findings {
        if !self.partial {
            let unmet: Vec<Warning> = self
                .asked
                .values()
                .filter(|ask| !ask.met && !self.has(ask))
                .map(|ask| self.unmet(ask))
                .collect();
            self.warnings.extend(unmet);
        }
        self.warnings
            .sort_by(|a, b| (a.place(), a.lint.word, &a.message).cmp(&(b.place(), b.lint.word, &b.message)));
        Findings { mistakes: self.mistakes.finish(), warnings: self.warnings, services: self.looked_at }
    }

    /// Whether the services together have it.
    fn has(&self, ask: &Asked) -> bool {
        let word = &*ask.word;
        match ask.what {
            What::Service => self.services.iter().any(|name| glob_matches(word, name.as_str())),
            What::Tier => self.tiers.contains(word),
            // A registry that knows no environment takes any.
            What::Environment | What::FlagEnvironment if self.environments.is_empty() => true,
            What::Environment => self.environments.iter().any(|name| glob_matches(word, name.as_str())),
            What::FlagEnvironment => self.environments.contains(word),
            What::Tag | What::FlagTag | What::FlagDigest => false,
        }
    }

    fn unmet(&self, ask: &Asked) -> Warning {
        let names = |names: &BTreeSet<Name>| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
        let known: Vec<String> = match ask.what {
            What::Service => names(&self.services),
            What::Tier => self.tiers.iter().map(|tier| tier.to_string()).collect(),
            What::Environment | What::FlagEnvironment => names(&self.environments),
            What::Tag | What::FlagTag | What::FlagDigest => Vec::new(),
        };
        let hint = meant(&ask.word, known.iter().map(String::as_str), "correct it, or remove it");
        Warning { hint: Some(hint), ..ask.warning.clone() }
    }
}
