//! The registry that a case stands on: the real one or its policy alone, with what is given in the case.

use std::collections::HashMap;

use super::shape::GIVEN;
use super::{Case, CaseFile, On, at};
use crate::judge;
use crate::model::{Incident, Name, Registry, Service};
use crate::registry::assemble;
use crate::registry::config;
use crate::registry::desk::Desk;
use crate::registry::document::Map;
use crate::registry::known::Known;
use crate::registry::mistake::{Mistake, Mistakes, Weight};
use crate::registry::reader::Table;
use crate::registry::shape::SERVICE;
use crate::registry::shared::Common;
use crate::registry::tree::MemoryTree;
use crate::registry::wording::{meant, quoted};
use crate::registry::{freeze, neighbours, service, twice};

/// What a case stands on before anything is supposed.
#[derive(Debug, Clone, Copy)]
pub struct Base<'a> {
    /// What is known: of one service, or what all of them share.
    pub registry: &'a Registry,
    /// All services that there are.
    pub names: &'a [Name],
}

/// A registry as a case supposes it.
#[derive(Debug)]
pub struct Supposed {
    /// All of it.
    pub registry: Registry,
    /// Where the move goes.
    pub environment: Option<Name>,
}

/// Puts together what a case of a file stands on.
///
/// # Errors
/// When what is given isn't understood, or the case asks for what isn't there.
pub fn suppose(base: Base<'_>, file: &CaseFile, case: &Case) -> Result<Supposed, Mistakes> {
    let mut sources = base.registry.sources.clone();
    let index = sources.adopt(&file.sources, 0);
    let desk = Desk::new(&sources, Vec::new());
    let registry = put_together(base, file, case, index, &desk);
    let environment = check(&registry, base.names, case, index, &desk);
    let list = desk.into_list();
    if list.iter().any(|mistake| mistake.weight == Weight::Mistake) {
        return Err(Mistakes::new(sources, list));
    }
    Ok(Supposed { registry: Registry { sources, ..registry }, environment })
}

fn put_together(base: Base<'_>, file: &CaseFile, case: &Case, index: u32, desk: &Desk<'_>) -> Registry {
    let mut registry = base.registry.clone();
    if case.on == On::Policy {
        registry.services.clear();
        registry.neighbours.clear();
        registry.flags.clear();
        registry.incidents.clear();
    }
    let given = file.given.iter().chain(&case.given);
    let given = given.map(|given| Table::open(&given.map, given.span.clone(), index, &GIVEN, desk));
    let given: Vec<Table<'_>> = given.collect();
    for root in &given {
        registry.environments.extend(config::environments(root));
    }
    desk.declare(registry.environments.clone());
    let names: Vec<Name> = given.iter().flat_map(|root| assemble::sections(root).into_keys()).collect();
    let asked = (case.on == On::Registry).then_some(&case.service);
    let others = if asked.is_some() { base.names } else { &[] };
    let tree = MemoryTree::default();
    let known = Known::new(&tree, asked, None, names.iter().chain(others).cloned());
    for root in &given {
        add(&mut registry, root, case, &known);
    }
    neighbours::place(&mut registry, desk);
    twice::check(&registry, desk);
    registry
}

/// Adds what is given in some tables.
fn add(registry: &mut Registry, root: &Table<'_>, case: &Case, known: &Known<'_>) {
    let desk = root.desk;
    registry.policy = config::policy_over(root, registry.policy);
    registry.teams.extend(config::teams(root));
    registry.freezes.extend(freeze::freezes(root));
    for (name, value) in &assemble::sections(root) {
        let Some(table) = value.table(&SERVICE) else { continue };
        let service = match registry.services.get(name) {
            Some(real) => service::supposed(real, table, desk).map(|given| over(real, given, &table)),
            None if case.on == On::Registry => {
                let hint = "stand on the policy alone, and give all services: `on = \"policy\"`";
                let name = quoted(name.as_str());
                let message = format!("nothing can be supposed of {name} beside `{}`", case.service);
                desk.report(Mistake::at(value.place(), message).hint(hint));
                None
            }
            None => service::service(name, &[table], table.origin(), desk),
        };
        registry.services.extend(service.map(|service| (name.clone(), service)));
    }
    assemble::add_acceptances(root, known, &mut registry.services);
    let root_only = Common {
        main: root.file,
        root: Map::default(),
        shared: Vec::new(),
        ready: HashMap::new(),
        shipped: Vec::new(),
    };
    let flags = assemble::shared_flags(root, &root_only, known, &registry.services);
    registry.flags.extend(flags);
    let incidents = config::incidents(root, known, desk);
    let said = |incident: &Incident| incidents.iter().any(|said| said.id == incident.id);
    registry.incidents.retain(|incident| !said(incident));
    registry.incidents.extend(incidents);
}

/// A service as it is, but for what is supposed of it.
fn over(real: &Service, given: Service, table: &Table<'_>) -> Service {
    let mut service = real.clone();
    let is_new = |text: &str| given.releases.iter().all(|release| *release.version.text != *text);
    service.releases.retain(|release| is_new(&release.version.text));
    service.releases.extend(given.releases);
    service.scale = given.scale;
    service.releases.sort_by(|a, b| a.version.place.cmp(&b.version.place));
    service.running.extend(given.running);
    service.entered.extend(given.entered);
    service.under_way.extend(given.under_way);
    service.settled.extend(given.settled);
    let mut take = |key: &str, set: &mut dyn FnMut(&mut Service)| {
        if table.has(key) {
            set(&mut service);
        }
    };
    let (ran, floor, support, barriers) = (given.ran, given.floor, given.support, given.barriers);
    let (owners, tier) = (given.owners, given.tier);
    take("ran", &mut |service| service.ran.clone_from(&ran));
    take("floor", &mut |service| service.floor.clone_from(&floor));
    take("support", &mut |service| service.support.clone_from(&support));
    take("barrier", &mut |service| service.barriers.clone_from(&barriers));
    take("owner", &mut |service| service.owners.clone_from(&owners));
    take("tier", &mut |service| service.tier.clone_from(&tier));
    service
}

/// Whether the registry holds what the case asks for; gives where the move goes.
fn check(registry: &Registry, names: &[Name], case: &Case, file: u32, desk: &Desk<'_>) -> Option<Name> {
    let Some(service) = registry.services.get(&case.service) else {
        let mistake = no_service(registry, names, case);
        desk.report(Mistake { place: Some(at(file, &case.places.service)), ..mistake });
        return None;
    };
    if let Some((id, span)) = case.incident.as_ref().zip(case.places.incident.as_ref()) {
        let known = registry.incidents.iter().map(|incident| incident.id.as_str());
        if !known.clone().any(|known| *known == **id) {
            let hint =
                meant(id, known, "known:").or_else(|| Some(format!("give it: `[case.given.incident.{id}]`")));
            desk.report(Mistake::at(at(file, span), format!("no incident {}", quoted(id))).maybe_hint(hint));
        }
    }
    let known: Vec<&Name> = match registry.environments.is_empty() {
        true => judge::environments(service).into_iter().collect(),
        false => registry.environments.keys().collect(),
    };
    if let Some((environment, span)) = case.environment.as_ref().zip(case.places.environment.as_ref()) {
        if !known.is_empty() && !known.contains(&environment) {
            let names: Vec<&str> = known.iter().map(|name| name.as_str()).collect();
            let message = format!("no environment {}", quoted(environment.as_str()));
            let hint = meant(environment.as_str(), names, "known:");
            desk.report(Mistake::at(at(file, span), message).maybe_hint(hint));
        }
        return Some(environment.clone());
    }
    if known.len() > 1 {
        let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        let message = format!("which environment? There are {}", names.join(", "));
        desk.report(Mistake::at(at(file, &case.places.head), message).hint("say it: `env = …`"));
    }
    known.into_iter().next().cloned()
}

/// That the service isn't there, and what could be meant.
fn no_service(registry: &Registry, names: &[Name], case: &Case) -> Mistake {
    let name = quoted(case.service.as_str());
    if case.on == On::Registry {
        let hint = meant(case.service.as_str(), names.iter().map(Name::as_str), "known:");
        return Mistake {
            path: None,
            ..Mistake::of("", format!("the registry holds no service {name}")).maybe_hint(hint)
        };
    }
    let given: Vec<&str> = registry.services.keys().map(Name::as_str).collect();
    let hint = meant(case.service.as_str(), given, "given:").unwrap_or_else(|| {
        format!(
            "give it: `[case.given.service.{}]`; or stand on the registry: `on = \"registry\"`",
            case.service
        )
    });
    Mistake { path: None, ..Mistake::of("", format!("no service {name} is given")).hint(hint) }
}
