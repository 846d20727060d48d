//! `holdpoint status`: what runs where, both keys, the safe way back.

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::Result;

use super::args::{Format, Reports, name};
use super::environment;
use super::exit;
use super::registry::{self, OpenedWhole};
use super::settings::Settings;
use super::side_by_side::each_service;
use super::since::{self, Ago, ago};
use crate::judge::{self, Moment};
use crate::model::{Name, Registry, Service, Sources};
use crate::registry::{LoadError, Loaded, Weight};
use crate::report::status::{Place, Status, Timeline, Unjudged};
use crate::report::{human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint status                          everything, worst first
  holdpoint status --env prod               also what is in the group prod
  holdpoint status checkout                 one service, release by release
  holdpoint status checkout ledger --format json
  holdpoint status -q                       only the sum
  holdpoint status --since 24h --team appsec    what happened that concerns a team, worst first, and who was told

What the columns say:
  reliability, security   the verdict on what runs, as if it came from nothing: every flag on it counts
  way back                the best older release to go back to; none: no older one is better than a hold
  exposed, unstable       places where security, or reliability, is at hold or block
  An acceptance that ends within 24 hours, and support that ends within 14 days, need attention.

Exit codes:
  0 answered · 2 wrong usage · 3 a service, or all, could not be judged

Files that are read:
  holdpoint.toml, services/, advisories/, instabilities/; with --since log/";

/// What runs where, both keys, the safe way back; worst first.
///
/// What runs is judged as if it came from nothing, so that every flag on it counts. With exactly one SERVICE its
/// releases follow, each with its flags: which are stable, which secure, and where one can go from here.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// Only these services; without any, all
    #[arg(value_name = "SERVICE", value_parser = name)]
    services: Vec<Name>,

    /// Only this environment, or this group's members
    #[arg(long, value_name = "ENV", value_parser = name)]
    env: Option<Name>,

    /// Instead: what happened since then (24h, 7d, or a time), worst first, and who was told
    #[arg(long, value_name = "PERIOD|TIME", value_parser = ago)]
    since: Option<Ago>,

    /// With --since: only what concerns this team
    #[arg(long, value_name = "TEAM", value_parser = name, requires = "since")]
    team: Option<Name>,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// What was seen of one service.
#[derive(Default)]
struct Seen {
    places: Vec<Place>,
    /// The environments that could be asked for.
    environments: BTreeSet<Name>,
    unjudged: Option<Unjudged>,
}

/// Looks at every service that is wanted, and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    if let Some(since) = args.since {
        let (env, team) = (args.env.as_ref(), args.team.as_ref());
        return since::run(&since::Asked { services: &args.services, env, since, team }, settings);
    }
    let opened = registry::open_whole(settings)?;
    let wanted: BTreeSet<&Name> = args.services.iter().collect();
    let one = wanted.len() == 1;
    for name in &wanted {
        // An unknown name, or the only service having mistakes, is told in full.
        let known = opened.whole.names().contains(name);
        if !known || one {
            let loaded = opened.service(&opened.found.tree(), name);
            loaded.map_err(|error| opened.found.complaint(error))?;
        }
    }
    let names: Vec<Name> = match wanted.is_empty() {
        true => opened.whole.names().to_vec(),
        false => wanted.into_iter().cloned().collect(),
    };
    let look = Look { env: args.env.as_ref(), in_detail: one, moment: opened.moment };
    let seen = each_service(&opened, &names, settings, |name, loaded| look.at(name, loaded));
    let status = look.put_together(&opened, seen)?;

    let sources = Sources::default();
    let context = opened.context(settings, &sources, &[]);
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::status(&context, &status, look),
        Format::Json => json::status(&context, &status),
        Format::Markdown => markdown::status(&context, &status, look.detail),
    });
    Ok(ExitCode::from(exit::of_answer(delivered && status.unjudged.is_empty())))
}

/// What is looked for in each service.
struct Look<'a> {
    env: Option<&'a Name>,
    in_detail: bool,
    moment: Moment,
}

impl Look<'_> {
    /// How one service stands in each of its environments; what can't be judged is never shown as fine.
    fn at(&self, name: &Name, loaded: Result<Loaded, LoadError>) -> Seen {
        match loaded {
            Ok(Loaded { registry, .. }) => match registry.services.get(name) {
                Some(service) => self.places(&registry, service),
                None => Seen::default(),
            },
            Err(LoadError::Mistakes(mistakes)) => {
                let unjudged = Unjudged::of(name.as_str(), &mistakes);
                Seen { unjudged: Some(unjudged), ..Seen::default() }
            }
            Err(error) => {
                let unjudged = Unjudged::because(name.as_str(), &error.to_string());
                Seen { unjudged: Some(unjudged), ..Seen::default() }
            }
        }
    }

    fn places(&self, registry: &Registry, service: &Service) -> Seen {
        let known = judge::environments(service);
        let environments = match self.env {
            Some(_) => registry.environments.keys().chain(known.iter().copied()).cloned().collect(),
            None => BTreeSet::new(),
        };
        let wanted = |name: &&Name| self.env.is_none_or(|env| registry.lineage(name).contains(&env));
        let mut places: Vec<Option<&Name>> = known.iter().copied().filter(wanted).map(Some).collect();
        if known.is_empty() && self.env.is_none() {
            places.push(None);
        }
        let place = |environment| self.place(registry, service, environment);
        Seen { places: places.into_iter().filter_map(place).collect(), environments, unjudged: None }
    }

    fn place(&self, registry: &Registry, service: &Service, environment: Option<&Name>) -> Option<Place> {
        let overview = judge::overview(registry, &service.name, environment, self.moment)?;
        let mut place = Place::of(registry, &overview);
        if self.in_detail {
            let timeline = judge::timeline(registry, &service.name, environment, self.moment)?;
            place.timeline = Some(Timeline::of(service, &timeline, self.moment.now));
        }
        Some(place)
    }

    fn put_together(&self, opened: &OpenedWhole, seen: Vec<Seen>) -> Result<Status> {
        let services = seen.len();
        let (mut places, mut unjudged, mut environments) = (Vec::new(), Vec::new(), BTreeSet::new());
        for one in seen {
            places.extend(one.places);
            unjudged.extend(one.unjudged);
            environments.extend(one.environments);
        }
        // Where a service can't be read, nobody knows which environments it has.
        if let Some(env) = self.env.filter(|env| unjudged.is_empty() && !environments.contains(*env)) {
            return Err(environment::unknown(env, &environments.iter().collect()).into());
        }
        let of_registry = opened.whole.mistakes().list.iter();
        let beside = match unjudged.is_empty() {
            true => of_registry.filter(|mistake| mistake.weight == Weight::Mistake).count(),
            false => 0,
        };
        Ok(Status::new(places, unjudged, services, beside))
    }
}
