//! `holdpoint policy diff`: what other rules and periods do to the verdicts of this registry.

#![expect(clippy::disallowed_methods, reason = "a door: it reads a file with proposed rules")]

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::cli::args::{Format, Reports};
use crate::cli::between::{Between, Range};
use crate::cli::exit;
use crate::cli::failure::{Broken, Complaint};
use crate::cli::registry;
use crate::cli::settings::Settings;
use crate::cli::side_by_side::{each, each_service};
use crate::cli::source::Files;
use crate::disk::reason;
use crate::judge::Moment;
use crate::model::{Name, Registry, Sources};
use crate::registry::{LoadError, Loaded, Mistake, Mistakes, Whole, proposed as policy_of};
use crate::report::difference::{Compares, Comparing, Revision};
use crate::report::{Context, human, json, markdown};
use crate::survey::{Compared, Difference, Reviewed, compare_rules, rules};

const AFTER: &str = "\
Examples:
  holdpoint policy diff                            the rules as they stand against those committed last
  holdpoint policy diff origin/main...HEAD         what a branch does to the rules
  holdpoint policy diff --rules proposed.toml      what other rules would do, before anybody writes them
  holdpoint policy diff --rules proposed.toml --strict --format json

The verdict on every release of every service, where it runs or ran, is asked of the same registry with the
one policy and with the other. So what changes by the rules alone is told, whatever else a branch does. Rules
can also weigh a reason less that this registry has nowhere yet: such cases are supposed, by what the rules
themselves name.

Exit codes:
  0 answered · 1 something gets looser, only with --strict · 2 wrong usage
  3 a policy, or a service, can't be read

Files that are read:
  all of the registry; with RANGE: of the later state, and the rules and periods of the earlier one";

/// What other rules and periods do to the verdicts of this registry.
///
/// RANGE is BASE..HEAD, BASE...HEAD (from where they parted), BASE.. (to HEAD), or BASE alone (to the files as they
/// stand); without it, HEAD. Of --rules FILE, a holdpoint.toml, the rules and [policy] are taken in place of the
/// registry's own.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// Two states of the registry
    #[arg(value_name = "RANGE")]
    range: Option<String>,

    /// A file with the proposed rules and periods
    #[arg(long, value_name = "FILE", conflicts_with = "range", value_hint = clap::ValueHint::FilePath)]
    rules: Option<String>,

    /// Exits with 1 when something gets looser
    #[arg(long)]
    strict: bool,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Compares two policies on one registry.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    match &args.rules {
        Some(file) => proposed(file, args.strict, settings),
        None => {
            let range = args.range.as_deref().map_or_else(|| Ok(Range::uncommitted()), Range::parse);
            let example = "such as: holdpoint policy diff origin/main...HEAD";
            let range = range.map_err(|message| Complaint::usage(&message, example))?;
            committed(&range, args.strict, settings)
        }
    }
}

/// The policy of an earlier state against that of a later one, on the later one.
fn committed(range: &Range, strict: bool, settings: &Settings) -> Result<ExitCode> {
    let between = Between::open(range, settings)?;
    let (before, after) = between.trees();
    let (main, found) = (&between.found.main, &between.found);
    let shared = |tree: &Files| Whole::open(tree, main).and_then(|whole| Ok((whole.shared(tree)?, whole)));
    let (old, _) = shared(&before).map_err(|error| found.complaint(error))?;
    let (new, whole) = shared(&after).map_err(|error| found.complaint(error))?;
    let (old, new) = (&old.registry, &new.registry);
    let moment = settings.moment;
    let all = each(
        whole.names(),
        settings,
        || between.trees(),
        |(_, after), name| {
            looked(name, whole.service(after, name), |registry| {
                compare_rules(name, registry, (&old.rules, old.policy), fresh(moment))
            })
        },
    );
    let revision = between.after().id.map(str::to_owned).or_else(|| found.revision());
    let sources = Sources::default();
    let comparing = Comparing {
        context: Context { revision: revision.as_deref(), ..found.bare(settings, &sources) },
        what: Compares::Policy,
        before: between.before(),
        after: between.after(),
        reviewed: &put_together(old, new, all, moment),
    };
    tell(&comparing, strict, settings)
}

/// Proposed rules against those of the registry, on the registry.
fn proposed(file: &str, strict: bool, settings: &Settings) -> Result<ExitCode> {
    let opened = registry::open_whole(settings)?;
    let own = opened.shared()?.registry;
    let other = read(file)?;
    let moment = settings.moment;
    let all = each_service(&opened, opened.whole.names(), settings, |name, loaded| {
        looked(name, loaded, |registry| {
            registry.rules.clone_from(&other.rules);
            registry.policy = other.policy;
            compare_rules(name, registry, (&own.rules, own.policy), fresh(moment))
        })
    });
    let sources = Sources::default();
    let context = opened.context(settings, &sources, &[]);
    let comparing = Comparing {
        context,
        what: Compares::Policy,
        before: Revision { said: "the registry's policy", id: None },
        after: Revision { said: file, id: None },
        reviewed: &put_together(&own, &other, all, moment),
    };
    tell(&comparing, strict, settings)
}

/// How old the registry is has nothing to do with its rules.
fn fresh(moment: Moment) -> Moment {
    Moment { refreshed: Some(moment.now), ..moment }
}

/// The policy of a file.
fn read(file: &str) -> Result<Registry> {
    let bytes = fs::read(file).map_err(|error| {
        let hint = "give a holdpoint.toml: `format = 1`, and its [[rule]]s and [policy]".to_owned();
        Complaint::unjudged(format!("the rules in `{file}` can't be read: {}", reason(&error)), Some(hint))
    })?;
    let name = Path::new(file).file_name().map_or_else(|| file.into(), |name| name.to_string_lossy());
    policy_of(&name, bytes).map_err(|mistakes| Broken(mistakes).into())
}

type Looked = Result<Compared, Mistakes>;

fn looked(
    name: &Name,
    loaded: Result<Loaded, LoadError>,
    compare: impl FnOnce(&mut Registry) -> Compared,
) -> Looked {
    match loaded {
        Ok(mut loaded) => Ok(compare(&mut loaded.registry)),
        Err(LoadError::Mistakes(mistakes)) => Err(mistakes),
        Err(error) => {
            let mistake = Mistake::of(format!("services/{name}"), error.to_string());
            Err(Mistakes::new(Sources::default(), vec![mistake]))
        }
    }
}

fn put_together(before: &Registry, after: &Registry, all: Vec<Looked>, moment: Moment) -> Reviewed {
    let mut difference = Difference::default();
    difference.add_rules(rules(before, after, moment.now));
    let mut reviewed = Reviewed::default();
    for looked in all {
        match looked {
            Ok(compared) => difference.add(compared),
            Err(mistakes) => reviewed.mistakes.push(mistakes),
        }
    }
    Reviewed { difference: difference.finish(), ..reviewed }
}

fn tell(comparing: &Comparing, strict: bool, settings: &Settings) -> Result<ExitCode> {
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::difference(comparing, look),
        Format::Json => json::difference(comparing),
        Format::Markdown => markdown::difference(comparing, look.detail),
    });
    let looser = comparing.difference().loosens() || comparing.difference().stranded().next().is_some();
    let unread = !comparing.reviewed.mistakes.is_empty();
    Ok(ExitCode::from(exit::of_lint(unread, strict && looser, delivered)))
}
