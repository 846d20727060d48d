//! What the registry at hand knows: services, versions, environments, flags, incidents.
//!
//! Only what is asked for is loaded, as a check would load it. A mistake in the registry leaves out what it
//! concerns; telling people of it is the business of the command that they are typing.

#![expect(clippy::disallowed_methods, reason = "a door: where the user's home and working directory are")]

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;

use super::words::Typed;
use super::{Candidate, What};
use crate::cli::args::Format;
use crate::cli::environment;
use crate::cli::registry::Found;
use crate::cli::settings;
use crate::judge::Code;
use crate::model::{Flag, Name, Registry, Service};
use crate::registry::{Ask, Tree, Whole, load};

/// Up to how many services the flags of all are loaded for their titles; beyond, their files are only listed.
const MANY: usize = 200;

/// The registry, as far as the words on the command line tell which.
#[derive(Debug)]
pub(super) struct Known {
    found: Option<Found>,
    service: Option<Name>,
}

impl Known {
    /// Finds the registry.
    pub fn new(typed: Typed) -> Known {
        let said = settings::said(typed.registry.map(at_home));
        let here = std::env::current_dir().ok();
        let found = Found::of(said.as_ref(), here.as_deref()).ok();
        Known { found, service: typed.service.and_then(|name| Name::new(&name).ok()) }
    }

    /// What can be typed, best first; `start` is what stands there already.
    pub fn candidates(&self, what: What, start: &str, pages: &[String]) -> Vec<Candidate> {
        match what {
            What::Service => self.services(),
            What::Version => self.versions(),
            What::Environment => self.environments(),
            What::Incident => self.incidents(),
            What::Flag => self.flags(),
            What::FlagOrCode => self.flags().into_iter().chain(codes()).collect(),
            What::SignOff => self.sign_offs(),
            What::Debt => self.debts(),
            What::Report if start.contains('=') => Vec::new(),
            What::Report => reports().collect(),
            What::Page => pages.iter().map(|page| Candidate::new(page, "")).collect(),
        }
    }

    /// The names of all services; of a registry that can't be read, those of the folders.
    fn names(&self) -> Vec<Name> {
        let Some(found) = &self.found else { return Vec::new() };
        let tree = found.tree();
        if let Ok(whole) = Whole::open(&tree, &found.main) {
            return whole.names().to_vec();
        }
        let entries = tree.list("services").ok().flatten().unwrap_or_default();
        entries.iter().filter_map(|entry| Name::new(&entry.name).ok()).collect()
    }

    fn services(&self) -> Vec<Candidate> {
        self.names().iter().map(|name| Candidate::new(name.as_str(), "")).collect()
    }

    /// What is known of one service, as its check would know it.
    fn load(&self, name: &Name) -> Option<Registry> {
        let found = self.found.as_ref()?;
        Some(load(&found.tree(), &found.main, &Ask::Service(name.clone())).ok()?.registry)
    }

    /// The registry as the service that was named sees it; without one, as the first does.
    fn seen(&self) -> Option<Registry> {
        match &self.service {
            Some(name) => self.load(name),
            None => self.names().first().and_then(|name| self.load(name)),
        }
    }

    /// The versions of the service, newest first.
    fn versions(&self) -> Vec<Candidate> {
        let Some((name, registry)) = self.service.as_ref().and_then(|name| Some((name, self.load(name)?)))
        else {
            return Vec::new();
        };
        let Some(service) = registry.services.get(name) else { return Vec::new() };
        let releases = service.releases.iter().rev();
        releases
            .map(|release| {
                let released = release.released.map(|at| format!("released {}", at.format("%Y-%m-%d")));
                let gone = release.withdrawn.is_some().then(|| "withdrawn".to_owned());
                let about: Vec<String> =
                    released.into_iter().chain(running(service, &release.version.text)).chain(gone).collect();
                Candidate::new(&*release.version.text, &about.join(", "))
            })
            .collect()
    }

    fn environments(&self) -> Vec<Candidate> {
        let Some(registry) = self.seen() else { return Vec::new() };
        let service = self.service.as_ref().and_then(|name| registry.services.get(name));
        match service.or_else(|| registry.services.values().next()) {
            Some(service) => environment::known(&registry, service)
                .into_iter()
                .map(|name| Candidate::new(name.as_str(), &runs(service, name)))
                .collect(),
            None => Vec::new(),
        }
    }

    /// Incidents that are on, then those that have ended.
    fn incidents(&self) -> Vec<Candidate> {
        let Some(registry) = self.seen() else { return Vec::new() };
        let (on, ended): (Vec<_>, Vec<_>) =
            registry.incidents.iter().partition(|incident| incident.ended.is_none());
        let about = |ended: bool| if ended { "ended" } else { "" };
        on.into_iter()
            .chain(ended)
            .map(|incident| Candidate::new(incident.id.as_str(), about(incident.ended.is_some())))
            .collect()
    }

    /// The flags of all services, those that count first.
    fn flags(&self) -> Vec<Candidate> {
        let names = self.names();
        if names.len() > MANY {
            return self.listed_flags(&names);
        }
        let mut flags: BTreeMap<(bool, String), String> = BTreeMap::new();
        let mut add = |flag: &Flag| {
            let about = if flag.withdrawn.is_some() { "withdrawn: " } else { "" };
            let key = (flag.withdrawn.is_some(), flag.id.to_string());
            flags.entry(key).or_insert_with(|| format!("{about}{}", flag.title));
        };
        for registry in names.iter().filter_map(|name| self.load(name)) {
            registry
                .flags
                .iter()
                .chain(registry.services.values().flat_map(|of| &of.flags))
                .for_each(&mut add);
        }
        flags.into_iter().map(|((_, id), about)| Candidate::new(id, &about)).collect()
    }

    /// The sign-offs that nobody has taken back, the newest first; of a registry with many services those of one.
    fn sign_offs(&self) -> Vec<Candidate> {
        let names = match &self.service {
            Some(name) => vec![name.clone()],
            None => self.names(),
        };
        let mut found = BTreeMap::new();
        for registry in names.iter().take(MANY).filter_map(|name| self.load(name)) {
            let all = registry.services.values().flat_map(|of| of.sign_offs.iter().map(move |one| (of, one)));
            for (service, one) in all.filter(|(_, one)| one.revoked.is_none()) {
                let about = format!("{} for {} {} in {}", one.key, service.name, one.to, one.environment);
                found.insert((std::cmp::Reverse(one.at), one.id.to_string()), about);
            }
        }
        found.into_iter().map(|((_, id), about)| Candidate::new(id, &about)).collect()
    }

    /// The open break-glasses of all services, those that are due first.
    fn debts(&self) -> Vec<Candidate> {
        let names = match &self.service {
            Some(name) => vec![name.clone()],
            None => self.names(),
        };
        if names.len() > MANY {
            let ids = self.listed(&names, &["debts"]);
            return ids.into_iter().map(|id| Candidate::new(id, "")).collect();
        }
        let mut debts = BTreeMap::new();
        for registry in names.iter().filter_map(|name| self.load(name)) {
            for (service, debt) in
                registry.services.values().flat_map(|of| of.debts.iter().map(move |debt| (of, debt)))
            {
                let about = format!("{} {} in {}", service.name, debt.way(), debt.environment);
                debts.insert((debt.due.unwrap_or(debt.at), debt.id.to_string()), about);
            }
        }
        debts.into_iter().map(|((_, id), about)| Candidate::new(id, &about)).collect()
    }

    /// The ids of flags by the names of their files alone.
    fn listed_flags(&self, names: &[Name]) -> Vec<Candidate> {
        let mut ids = self.listed(names, &["advisories", "instabilities"]);
        let Some(found) = &self.found else { return Vec::new() };
        let tree = found.tree();
        ["advisories", "instabilities"].iter().for_each(|folder| ids.extend(stems(&tree, folder)));
        ids.into_iter().map(|id| Candidate::new(id, "")).collect()
    }

    /// The names of the files in these folders of services.
    fn listed(&self, names: &[Name], folders: &[&str]) -> BTreeSet<String> {
        let Some(found) = &self.found else { return BTreeSet::new() };
        let tree = found.tree();
        let all = names.iter().flat_map(|name| folders.iter().map(move |at| format!("services/{name}/{at}")));
        all.flat_map(|folder| stems(&tree, &folder)).collect()
    }
}

/// The names of the TOML files in a folder, without their ending.
fn stems(tree: &dyn Tree, folder: &str) -> Vec<String> {
    let entries = tree.list(folder).ok().flatten().unwrap_or_default();
    entries.iter().filter_map(|entry| entry.name.strip_suffix(".toml").map(str::to_owned)).collect()
}

/// `json=` and its like; a file follows.
fn reports() -> impl Iterator<Item = Candidate> {
    let values = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    values.map(|value| Candidate::new(format!("{}=", value.get_name()), ""))
}

fn codes() -> impl Iterator<Item = Candidate> {
    Code::ALL.into_iter().map(|code| Candidate::new(code.word(), "a reason"))
}

/// "runs in prod, staging", where it does.
fn running(service: &Service, version: &str) -> Option<String> {
    let runs = |releases: &[crate::model::Version]| releases.iter().any(|running| &*running.text == version);
    let places = service.running.iter().filter(|(_, releases)| runs(releases));
    let places: Vec<&str> = places.map(|(name, _)| name.as_str()).collect();
    (!places.is_empty()).then(|| format!("runs in {}", places.join(", ")))
}

/// "runs 2.4.1", when that is known.
fn runs(service: &Service, environment: &Name) -> String {
    let releases = service.running.get(environment).map(Vec::as_slice).unwrap_or_default();
    let texts: Vec<&str> = releases.iter().map(|version| &*version.text).collect();
    if texts.is_empty() { String::new() } else { format!("runs {}", texts.join(", ")) }
}

/// A path as the shell would hand it over: `~/` is the user's home.
fn at_home(path: String) -> String {
    let home = || std::env::var("HOME").ok();
    match path.strip_prefix("~/") {
        Some(rest) => home().map_or_else(|| path.clone(), |home| format!("{home}/{rest}")),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop(service: Option<&str>) -> Known {
        let registry = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/shop");
        Known::new(Typed { registry: Some(registry.into()), service: service.map(str::to_owned) })
    }

    fn texts(candidates: &[Candidate]) -> Vec<&str> {
        candidates.iter().map(|candidate| &*candidate.text).collect()
    }

    #[test]
    fn flags_are_those_of_all_services_and_codes_follow() {
        let known = shop(None);
        let flags = known.candidates(What::Flag, "", &[]);
        assert_eq!(
            texts(&flags),
            [
                "CVE-2026-27180",
                "CVE-2026-31337",
                "CVE-2026-38820",
                "INC-466",
                "INC-479",
                "INC-482",
                "INC-484",
                "SHOP-2026-07",
                "INC-455",
            ],
            "what was withdrawn comes last"
        );
        assert_eq!(flags[1].about, "Session fixation in token refresh");
        let listed = known.listed_flags(&known.names());
        let sorted: BTreeSet<&str> = texts(&flags).into_iter().collect();
        assert_eq!(texts(&listed), Vec::from_iter(sorted), "by the names of the files alone");
        let both = known.candidates(What::FlagOrCode, "", &[]);
        assert_eq!(both.len(), flags.len() + Code::ALL.len());
    }

    #[test]
    fn what_needs_a_service_takes_the_first_or_none() {
        let known = shop(None);
        assert_eq!(
            texts(&known.candidates(What::Incident, "", &[])),
            ["INC-482"; 0],
            "it is not the first's"
        );
        assert_eq!(texts(&known.candidates(What::Environment, "", &[])), ["prod", "prod-eu", "staging"]);
        assert_eq!(texts(&known.candidates(What::Version, "", &[])), [""; 0]);
        let known = shop(Some("checkout"));
        assert_eq!(texts(&known.candidates(What::Incident, "", &[])), ["INC-482"]);
        let running = known.candidates(What::Environment, "", &[]);
        assert_eq!(running[0].about, "runs 2.4.1");
        let none = Known { found: None, service: None };
        for what in [What::Service, What::Version, What::Environment, What::Incident, What::Flag] {
            assert_eq!(none.candidates(what, "", &[]), []);
        }
    }
}
