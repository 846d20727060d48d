//! `holdpoint policy test`: cases that hold the policy to its word.

#![expect(clippy::disallowed_methods, reason = "a door: it reads files of cases")]

use std::collections::BTreeSet;
use std::fs;
use std::process::ExitCode;

use anyhow::Result;

use crate::cli::args::{Format, Reports};
use crate::cli::exit;
use crate::cli::failure::Complaint;
use crate::cli::form::Form;
use crate::cli::registry::{self, OpenedWhole};
use crate::cli::settings::Settings;
use crate::cli::side_by_side::each;
use crate::cli::source::Files;
use crate::disk::reason;
use crate::model::{Name, Registry};
use crate::policy::{Coverage, Outcome, Trial, Tried, try_case};
use crate::registry::{
    Base, CASES, Case, CaseFile, EntryKind, LoadError, Mistake, Mistakes, On, Tree, cases,
};
use crate::report::ci;
use crate::report::trial::Testing;
use crate::report::{human, json, junit, markdown};

const AFTER: &str = "\
Examples:
  holdpoint policy test                                 the cases in policy/tests/*.toml of the registry
  holdpoint policy test --min-coverage 100              and every rule of its own decides in one of them
  holdpoint policy test policy/tests/freezes.toml -v    one file, and what comes out of each case
  holdpoint policy test --report junit=policy.xml       for a CI that lists tests

A case is a move at a moment and what must come out: a verdict, and reasons with their levels and the rules that
decide them. It stands on the registry's policy alone, with services and flags of its own, or on all of the registry as
it was at that moment. docs/policy.md teaches both.

Exit codes:
  0 all pass · 1 a case comes out otherwise, or fewer rules are covered than --min-coverage says
  2 wrong usage · 3 a file of cases, or the registry, can't be read

Files that are read:
  holdpoint.toml, policy/tests/*.toml or FILE…; advisories/, instabilities/ and services/SERVICE/ of the services whose
  cases stand on the registry";

/// Holds the rules to cases: the verdict and the reasons of each must come out as it says.
///
/// Cases are judged side by side. --min-coverage wants that many percent of the registry's own rules to have decided
/// a reason in some case; with --shipped, the shipped ones count as well.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// Files of cases; those of the registry, unless given
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    files: Vec<String>,

    /// The least coverage of rules, in percent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    min_coverage: Option<u8>,

    /// Counts the shipped rules as well
    #[arg(long)]
    shipped: bool,

    #[command(flatten)]
    reports: Reports,
}

/// The form that it has beside the usual ones.
pub(in crate::cli) const FORMS: &[Form] = &[Form::Ci(ci::Format::Junit)];

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// Tries the cases and tells.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    if settings.simulated && settings.at_revision.is_none() {
        let hint = "say it in the case: `at`";
        return Err(Complaint::usage("--as-of is for checks; each case has its own moment", hint).into());
    }
    let opened = registry::open_whole(settings)?;
    let shared = opened.shared()?;
    let mut trial = Trial { wanted: args.min_coverage, ..Trial::default() };
    let mut files = Vec::new();
    for (path, bytes) in read(args, &opened)? {
        match cases(&path, bytes) {
            Ok(file) => files.push(file),
            Err(mistakes) => trial.unread.push(mistakes),
        }
    }
    let items: Vec<(&CaseFile, &Case)> =
        files.iter().flat_map(|file| file.cases.iter().map(move |case| (file, case))).collect();
    let own = || opened.found.tree();
    trial.outcomes = each(&items, settings, own, |tree, (file, case)| {
        attempt(&opened, &shared.registry, tree, file, case)
    });
    trial.coverage = Coverage::of(&shared.registry.rules, &trial.outcomes, args.shipped);
    let context = opened.context(settings, &shared.registry.sources, &shared.warnings);
    let testing = Testing { context, trial: &trial, shipped: args.shipped };
    let delivered = settings.outputs.write_forms(|form, look| {
        Some(match form {
            Form::Usual(Format::Human) => human::trial(&testing, look),
            Form::Usual(Format::Json) => json::trial(&testing),
            Form::Usual(Format::Markdown) => markdown::trial(&testing, look.detail),
            Form::Ci(ci::Format::Junit) => junit::trial(&testing),
            _ => return None,
        })
    });
    Ok(ExitCode::from(exit::of_lint(trial.is_unjudged(), !trial.holds(), delivered)))
}

/// The files of cases, each with what it is called.
fn read(args: &Args, opened: &OpenedWhole) -> Result<Vec<(String, Vec<u8>)>> {
    if args.files.is_empty() {
        return of_registry(opened);
    }
    let mut seen = BTreeSet::new();
    let files = args.files.iter().filter(|file| seen.insert(file.as_str()));
    let one = |file: &String| {
        let bytes = fs::read(file).map_err(|error| {
            let message = format!("the cases in `{file}` can't be read: {}", reason(&error));
            Complaint::unjudged(message, Some(format!("the registry's own stand in `{CASES}/`")))
        })?;
        Ok((file.clone(), bytes))
    };
    files.map(one).collect()
}

fn of_registry(opened: &OpenedWhole) -> Result<Vec<(String, Vec<u8>)>> {
    let tree = opened.found.tree();
    let broken = |error| opened.found.complaint(LoadError::Mistakes(unreadable(error)));
    let entries = tree.list(CASES).map_err(broken)?.unwrap_or_default();
    let named =
        entries.into_iter().filter(|entry| !entry.name.starts_with('.') && entry.kind != EntryKind::Folder);
    let mut files = Vec::new();
    for entry in named.filter(|entry| entry.name.ends_with(".toml")) {
        let path = format!("{CASES}/{}", entry.name);
        let bytes = tree.read(&path).map_err(broken)?.unwrap_or_default();
        files.push((path, bytes));
    }
    if files.is_empty() {
        let message = format!("the registry has no cases: there is no `{CASES}/*.toml`");
        let hint = "write one, as docs/policy.md shows, or name a file of cases";
        return Err(Complaint::unjudged(message, Some(hint.into())).into());
    }
    Ok(files)
}

fn unreadable(error: crate::registry::TreeError) -> Mistakes {
    Mistakes::new(Default::default(), vec![Mistake::from(error)])
}

/// Judges one case on what it stands on.
fn attempt(opened: &OpenedWhole, shared: &Registry, tree: &Files, file: &CaseFile, case: &Case) -> Outcome {
    let names: &[Name] = opened.whole.names();
    if case.on == On::Policy || !names.contains(&case.service) {
        // A service that isn't there is said at its place.
        return try_case(Base { registry: shared, names }, file, case);
    }
    match opened.service(tree, &case.service) {
        Ok(loaded) => try_case(Base { registry: &loaded.registry, names }, file, case),
        Err(LoadError::Mistakes(mistakes)) => Outcome::of(file, case, Tried::Unjudged(mistakes)),
        Err(error) => {
            let mistake = Mistake::of(format!("services/{}", case.service), error.to_string());
            let mistakes = Mistakes::new(Default::default(), vec![mistake]);
            Outcome::of(file, case, Tried::Unjudged(mistakes))
        }
    }
}
