//! The registries that a gate judges by: the one that is found; where a change of the same repository is judged, as it
//! is to be after the change, and as it is where the change is to go. A change can't judge itself free.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Error, Result};

use super::former;
use super::moving::Moving;
use super::revisions::Revisions;
use crate::cli::failure::{Broken, Complaint, brief};
use crate::cli::publish::fresh;
use crate::cli::registry::{Found, OpenedWhole, whole_of};
use crate::cli::settings::Settings;
use crate::cli::source::unread;
use crate::gate::Side;
use crate::git::{Commit, Objects, Repository};
use crate::model::{Name, Registry, Service, Version};
use crate::registry::{LoadError, Loaded, Tree};
use crate::report::Context;

/// One registry.
#[derive(Debug)]
pub(super) struct Book {
    /// The side of the change that it is read from; None: it is no part of the change.
    pub side: Option<Side>,
    pub opened: OpenedWhole,
    /// What services release and what runs of them, until it is handed over.
    outlines: BTreeMap<Name, Service>,
    /// Which services need one: their names, by its name.
    needed_by: BTreeMap<Name, BTreeSet<Name>>,
    /// Services whose tables can't be read, and why.
    pub broken: BTreeMap<Name, (String, Option<String>)>,
    /// The services that move, and those that one of them needs or that need it.
    loaded: BTreeMap<Name, Result<Loaded, Error>>,
    /// Where it says that something runs already to which the manifests only go now.
    pub behind: Vec<(Name, String)>,
}

/// All registries that count.
#[derive(Debug)]
pub(super) struct Books {
    /// The one of the change as it is to be, or the only one.
    pub first: Book,
    /// The one of where the change is to go, where that has one.
    pub base: Option<Book>,
    /// Why the one of where the change is to go can't be read.
    pub base_error: Option<Error>,
}

impl Books {
    /// Finds them; what is to be said of that goes to the notes.
    ///
    /// # Errors
    /// When there is none, or it can't be read.
    pub fn open(
        revisions: Option<&Revisions>,
        settings: &Settings,
        notes: &mut Vec<String>,
    ) -> Result<Books> {
        let found = Found::by(settings)?;
        let inside = revisions.filter(|revisions| is_inside(&found, revisions));
        if let Some(revisions) = inside
            && let Some(books) = Books::of_change(&found, revisions, settings, notes)?
        {
            notes.extend(fresh::uncommitted_notes(&found).map(|note| format!("the registry: {note}")));
            return Ok(books);
        }
        Ok(Books { first: Book::read(None, whole_of(found, settings)?), base: None, base_error: None })
    }

    /// As of both ends of the change. None: neither has a registry, so it isn't committed.
    fn of_change(
        found: &Found,
        revisions: &Revisions,
        settings: &Settings,
        notes: &mut Vec<String>,
    ) -> Result<Option<Books>> {
        let objects = Objects::open(&found.folder).map_err(unread)?;
        let at = |commit: &Commit| held(found, &objects, commit);
        let (mut base, head) = (at(&revisions.base)?, at(&revisions.head)?);
        if base.is_none() && head.is_some() {
            base = former::registry(found, &objects, revisions)?;
            notes.extend(base.as_ref().map(|base| {
                format!("where this is to go, the registry is that in {}: it counts as well", base.path())
            }));
        }
        let book = |side, found| Ok(Book::read(Some(side), whole_of(found, settings)?));
        let only = |first| Ok(Some(Books { first, base: None, base_error: None }));
        match (base, head) {
            (None, None) => {
                notes.push("the registry isn't committed, so it is taken as it stands".into());
                Ok(None)
            }
            (None, Some(head)) => {
                notes.push(
                    "there is no registry yet where this is to go: the one of the change counts".into(),
                );
                only(book(Side::Head, head)?)
            }
            (Some(base), None) => {
                notes.push("the change takes the registry away: the one of where it is to go counts".into());
                only(book(Side::Base, base)?)
            }
            (Some(base), Some(head)) => {
                let first = book(Side::Head, head)?;
                let (base, base_error) = match book(Side::Base, base) {
                    Ok(base) => (Some(base), None),
                    Err(error) => (None, Some(error)),
                };
                Ok(Some(Books { first, base, base_error }))
            }
        }
    }

    /// All of them, the first one first.
    pub fn all(&self) -> impl Iterator<Item = &Book> {
        [&self.first].into_iter().chain(&self.base)
    }

    /// What a change is read by: the settings of the gate as they are where it is to go, and the services of both.
    ///
    /// # Errors
    /// When what all services share has mistakes.
    pub fn finder(&mut self) -> Result<Registry> {
        let mut registry = self.first.opened.shared()?.registry;
        registry.services = std::mem::take(&mut self.first.outlines);
        if self.base_error.is_some() {
            // Nobody knows what is left out where this is to go.
            registry.gate.ignore.clear();
        }
        let Some(base) = &mut self.base else { return Ok(registry) };
        let shared = base.opened.shared()?.registry;
        registry.gate = shared.gate;
        let was = std::mem::take(&mut base.outlines);
        // A new environment must not draw a place to it that has another one's name.
        let runs = |service: &Service| !service.running.is_empty() || !service.ran.is_empty();
        if !shared.environments.is_empty() || was.values().any(runs) {
            registry.environments = shared.environments;
            for service in registry.services.values_mut() {
                service.running.clear();
                service.ran.clear();
            }
        }
        for (name, was) in was {
            match registry.services.get_mut(&name) {
                Some(is) => join(is, was),
                None => _ = registry.services.insert(name, was),
            }
        }
        Ok(registry)
    }

    /// Where the registry of where the change is to go can't be read, nothing can be judged that is of any interest;
    /// what isn't is mended by the change.
    ///
    /// # Errors
    /// When something is of interest.
    pub fn settle(&mut self, is_of_interest: bool, notes: &mut Vec<String>) -> Result<()> {
        match self.base_error.take() {
            Some(error) if is_of_interest => Err(error),
            Some(error) => {
                let (why, _) = brief(&error);
                notes.push(format!("where this is to go, {why}; nothing moves, so that stops nothing"));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Loads the services that move.
    pub fn load(&mut self, moves: &[Moving]) {
        self.first.load(moves);
        self.base.iter_mut().for_each(|base| base.load(moves));
    }
}

impl Book {
    /// Reads the tables of all services.
    fn read(side: Option<Side>, opened: OpenedWhole) -> Book {
        let tree = opened.found.tree();
        let (mut outlines, mut broken) = (BTreeMap::new(), BTreeMap::new());
        let mut needed_by: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
        for name in opened.whole.names() {
            match opened.whole.outline(&tree, name) {
                Ok(Some(service)) => {
                    for need in service.releases.iter().flat_map(|release| &release.needs) {
                        needed_by.entry(need.service.clone()).or_default().insert(name.clone());
                    }
                    outlines.insert(name.clone(), service);
                }
                Ok(None) => {}
                Err(mistakes) => _ = broken.insert(name.clone(), brief(&Broken(mistakes).into())),
            }
        }
        let (loaded, behind) = (BTreeMap::new(), Vec::new());
        Book { side, opened, outlines, needed_by, broken, loaded, behind }
    }

    fn load(&mut self, moves: &[Moving]) {
        let tree = self.opened.found.tree();
        let none = BTreeSet::new();
        let services: BTreeSet<&Name> = moves.iter().map(|moving| &moving.service).collect();
        for name in services.into_iter().filter(|name| self.opened.whole.names().contains(name)) {
            let beside = self.needed_by.get(name).unwrap_or(&none);
            let loaded = self.opened.whole.service_among(&tree, name, beside);
            let mut loaded = loaded.map_err(|error| self.opened.found.complaint(error));
            if let Some(service) = loaded.iter_mut().find_map(|of| of.registry.services.get_mut(name)) {
                let own = moves.iter().filter(|moving| moving.service == *name);
                self.behind.extend(own.filter_map(|moving| catch_up(service, moving)));
            }
            self.loaded.insert(name.clone(), loaded);
        }
    }

    /// A service that moves, as it was loaded. None: this registry doesn't hold it.
    pub fn service(&self, name: &Name) -> Option<&Result<Loaded, Error>> {
        self.loaded.get(name)
    }

    /// That there is no such service, with the names that were probably meant.
    pub fn no_service(&self, name: &Name) -> Error {
        match self.opened.service(&self.opened.found.tree(), name) {
            Err(error @ LoadError::NoService { .. }) => self.opened.found.complaint(error),
            _ => Complaint::unjudged(format!("no service `{name}`"), None).into(),
        }
    }

    /// What every report says of it.
    pub fn context<'a>(&'a self, settings: &Settings, loaded: &'a Loaded) -> Context<'a> {
        let longest = Some(loaded.registry.policy.sign_off_max);
        let context = self.opened.context(settings, &loaded.registry.sources, &loaded.warnings);
        Context { longest, ..context }
    }
}

/// Goes by the manifests where the registry says that something runs already to which they only go now: it is behind, or
/// ahead, and that must be no way onto a release that was left. What it says beside that stays.
fn catch_up(service: &mut Service, moving: &Moving) -> Option<(Name, String)> {
    moving.found?;
    let (from, environment) = (moving.from.as_deref()?, moving.environment.as_ref()?);
    let version = service.release(from).map(|release| release.version.clone());
    let from = version.unwrap_or_else(|| Version::new(from, &service.scale));
    let running = service.running.get_mut(environment)?;
    if running.iter().any(|runs| runs.text == from.text) {
        return None;
    }
    let to = running.iter_mut().find(|runs| *runs.text == *moving.to)?;
    let note = format!(
        "the registry says that {to} runs in {environment} already, the manifests that {from} does: judged as coming from {from}"
    );
    *to = from;
    Some((service.name.clone(), note))
}

/// Whether the registry lies in the repository whose change is judged.
fn is_inside(found: &Found, revisions: &Revisions) -> bool {
    let repository = Repository::around(&found.folder);
    repository.is_some_and(|repository| repository.is_same(revisions.objects.repository()))
}

/// The registry in a commit. None: there is none.
fn held(found: &Found, objects: &Objects, commit: &Commit) -> Result<Option<Found>> {
    let there = found.in_commit(objects, commit);
    let main = there.tree().read(&found.main);
    let main = main.map_err(|error| {
        let hint = error.hint().map(str::to_owned);
        Complaint::unjudged(format!("the registry in {}: {error}", commit.id), hint)
    })?;
    Ok(main.map(|_| there))
}

/// What deployments call a service in either registry, and the releases of both. Which commit and digest are whose counts
/// as it is where the change is to go: a change gives no release another one's name.
fn join(is: &mut Service, was: Service) {
    for image in was.images {
        if !is.images.contains(&image) {
            is.images.push(image);
        }
    }
    is.running.extend(was.running);
    is.ran.extend(was.ran);
    let taken: BTreeSet<&str> =
        was.releases.iter().flat_map(|release| &release.digests).map(|digest| &**digest).collect();
    let commits: Vec<&str> = was.releases.iter().filter_map(|release| release.commit.as_deref()).collect();
    // Either may be shortened.
    let is_taken = |commit: &str| commits.iter().any(|of| of.starts_with(commit) || commit.starts_with(of));
    for release in &mut is.releases {
        release.digests.retain(|digest| !taken.contains(&**digest));
        release.commit = release.commit.take().filter(|commit| !is_taken(commit));
    }
    for release in was.releases {
        match is.releases.iter_mut().find(|other| other.version.text == release.version.text) {
            Some(other) => {
                other.digests.extend(release.digests);
                other.commit = release.commit.or(other.commit.take());
            }
            None => is.releases.push(release),
        }
    }
}
