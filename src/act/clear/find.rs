//! Which flag is meant by an id or an alias.
//!
//! The path is the index: a flag's file is named by its id, so [`by_id`] looks for files and reads none of the
//! services. Only a word that is no file's name is searched for, service by service ([`look`]): an alias, or an
//! id in another case.

use crate::model::{Flag, FlagKind, Id, Name, Registry, Service};
use crate::registry::wording::nearest;
use crate::registry::{LoadError, Tree, Whole};

/// A flag that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: Id,
    /// Advisory or instability.
    pub kind: FlagKind,
    /// Where it stands.
    pub holder: Holder,
    /// The alias by which it was found; None: by its id.
    pub alias: Option<Box<str>>,
}

/// Where a flag stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// In the folder of this service.
    Own(Name),
    /// In the main file or a shared folder.
    Shared,
}

/// What one service showed.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// The flags that are meant.
    pub found: Vec<Candidate>,
    /// The nearest id, where none is.
    pub near: Option<String>,
}

impl Candidate {
    /// Whether it is this flag.
    pub fn is(&self, flag: &Flag) -> bool {
        flag.id == self.id && flag.kind == self.kind
    }

    /// The flag itself, among others.
    pub fn among<'a>(&self, mut flags: impl Iterator<Item = &'a Flag>) -> Option<&'a Flag> {
        flags.find(|flag| self.is(flag))
    }
}

/// The flags with this very id: in the main file, the shared folders, and the services' folders.
///
/// # Errors
/// When what is shared can't be loaded, or a folder can't be looked at.
pub fn by_id(tree: &dyn Tree, whole: &Whole, word: &str) -> Result<Vec<Candidate>, LoadError> {
    let Ok(id) = Id::new(word) else { return Ok(Vec::new()) };
    let shared = whole.shared(tree)?.registry;
    let candidate = |kind, holder| Candidate { id: id.clone(), kind, holder, alias: None };
    let mut found: Vec<Candidate> = shared
        .flags
        .iter()
        .filter(|flag| flag.id == id)
        .map(|flag| candidate(flag.kind, Holder::Shared))
        .collect();
    for name in whole.names() {
        for (kind, folder) in [(FlagKind::Advisory, "advisories"), (FlagKind::Instability, "instabilities")] {
            // What can't be looked at is told when the service is loaded, or no business of this flag.
            if let Ok(Some(_)) = tree.read(&format!("services/{name}/{folder}/{id}.toml")) {
                found.push(candidate(kind, Holder::Own(name.clone())));
            }
        }
    }
    Ok(found)
}

/// Looks for a flag at one service: by its id in any case, else by an alias.
pub fn look(registry: &Registry, service: &Name, word: &str) -> Look {
    let Some(service) = registry.services.get(service) else { return Look::default() };
    let flags = || registry.flags_of(service).filter(|flag| speaks_of(flag, service));
    let same = |name: &str| name.eq_ignore_ascii_case(word);
    let of_id = flags().filter(|flag| same(flag.id.as_str())).map(|flag| candidate(flag, service, None));
    let mut found: Vec<Candidate> = of_id.collect();
    if found.is_empty() {
        let of_alias = flags().filter_map(|flag| {
            let alias = flag.aliases.iter().find(|alias| same(alias))?;
            Some(candidate(flag, service, Some(alias.clone())))
        });
        found.extend(of_alias);
    }
    let near = if found.is_empty() { nearest(word, flags().map(|flag| flag.id.as_str())) } else { None };
    Look { near: near.map(str::to_owned), found }
}

fn speaks_of(flag: &Flag, service: &Service) -> bool {
    flag.affects.iter().any(|affects| affects.scope.covers(&service.name))
}

fn candidate(flag: &Flag, service: &Service, alias: Option<Box<str>>) -> Candidate {
    let own = service.flags.iter().any(|own| std::ptr::eq(own, flag));
    let holder = if own { Holder::Own(service.name.clone()) } else { Holder::Shared };
    Candidate { id: flag.id.clone(), kind: flag.kind, holder, alias }
}

/// What all looks found, each flag once; an id goes before an alias.
pub fn together(looks: impl IntoIterator<Item = Look>, word: &str) -> Look {
    let mut all = Look::default();
    for look in looks {
        let near: Vec<String> = all.near.into_iter().chain(look.near).collect();
        all.near = nearest(word, near.iter().map(String::as_str)).map(str::to_owned);
        for candidate in look.found {
            if !all.found.contains(&candidate) {
                all.found.push(candidate);
            }
        }
    }
    if all.found.iter().any(|candidate| candidate.alias.is_none()) {
        all.found.retain(|candidate| candidate.alias.is_none());
    }
    all
}
