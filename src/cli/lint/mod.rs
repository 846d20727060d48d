//! `holdpoint lint`: everything that is wrong or odd in the registry, and what a change does to verdicts.

mod diff;

use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use super::args::{Format, Reports, name};
use super::between::Range;
use super::exit;
use super::failure::Complaint;
use super::registry::{self, OpenedWhole};
use super::settings::Settings;
use super::side_by_side::each_service;
use super::write::{self, Patience, put, refuse_as_of};
use crate::lint::{self, Findings, Overall};
use crate::model::{Name, Sources};
use crate::playbook::Books;
use crate::record::Writes;
use crate::registry::{Mistakes, Snapshot, Tidied, Tree, routes, tidy};
use crate::report::{Linting, Tidying, human, json, markdown};

const AFTER: &str = "\
Examples:
  holdpoint lint                                 the whole registry
  holdpoint lint checkout payments               only what concerns these services
  holdpoint lint --strict --report json=f.json   in CI
  holdpoint lint --diff origin/main...HEAD       what a change does to verdicts, for its review
  holdpoint lint --diff HEAD                     the same for what isn't committed yet
  holdpoint lint --fix --diff                    what --fix would change
  holdpoint lint --fix

A mistake stops the checks that it may concern. A warning is what a careful person would want to
hear, and stops nothing; docs/lints.md says what each word behind a warning means. -v shows all of
them, with their lines. None can be silenced.

--fix puts the keys of every table in the order of the format, and gives a file the name of what it
holds where only the case of letters differs. Comments, values, and the order of tables and lists
stay. A file with mistakes is left alone, and a symbolic link keeps its name.

--diff RANGE compares two states of the registry: which verdicts come out differently, which places lose
their safe way back, which flags were closed and by whom, which rules weigh a reason less. RANGE is
BASE..HEAD, BASE...HEAD (from where they parted), BASE.. (to HEAD), or BASE alone (to the files as they
stand). Deleting a release or an open flag, or an open break-glass, and changing any line of the record,
are errors. docs/review.md has all kinds of changes, and how a pull request is told of them.

Exit codes:
  0 no mistakes · 1 warnings, only with --strict (with --fix --diff also: something to fix)
  2 wrong usage · 3 mistakes, or the registry can't be looked at
  with --diff RANGE: 1 something gets looser, or loses its way back, only with --strict · 3 also errors
  --report-only and --fail-on are about verdicts and change nothing here

Files that are read:
  all of the registry; with SERVICE: holdpoint.toml, services/SERVICE/, advisories/, instabilities/;
  with --diff RANGE: of both states what differs, with the services and records that it may concern";

/// Says everything that is wrong or odd in the registry.
///
/// All mistakes of all files, and warnings: flags that say too little, ranges that hit nothing, releases with
/// no safe way back, names that nothing bears. What can only be told of all services together is looked for
/// without SERVICE only.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// Only what concerns these services
    #[arg(value_name = "SERVICE", value_parser = name)]
    services: Vec<Name>,

    /// Exits with 1 on a warning
    #[arg(long)]
    strict: bool,

    /// Puts keys and files' names in order first
    #[arg(long)]
    fix: bool,

    /// Compares two states of the registry; with --fix, and without RANGE: shows what it would change, writes nothing
    #[arg(long, value_name = "RANGE", num_args = 0..=1, allow_hyphen_values = false)]
    diff: Option<Option<String>>,

    #[command(flatten)]
    patience: Patience,

    #[command(flatten)]
    reports: Reports,
}

impl Args {
    pub fn reports(&self) -> &Reports {
        &self.reports
    }
}

/// What is to be done.
struct Wanted {
    services: Vec<Name>,
    /// Two states are to be compared.
    range: Option<Range>,
    /// What `--fix` would do is only to be shown.
    diff: bool,
}

impl Args {
    /// What was typed, understood: behind `--fix --diff` stands a service, else behind `--diff` a range.
    fn wanted(&self) -> Result<Wanted> {
        let mut wanted = Wanted { services: self.services.clone(), range: None, diff: self.diff.is_some() };
        let usage = |message: &str, hint| Complaint::usage(message, hint);
        match (self.fix, &self.diff) {
            (_, None) | (true, Some(None)) => {}
            (true, Some(Some(service))) => {
                let service = name(service);
                wanted.services.push(service.map_err(|message| {
                    usage(&message, "with --fix, --diff takes no range: what follows is a service")
                })?);
            }
            (false, Some(None)) => {
                let message = "--diff wants two states of the registry, or --fix";
                return Err(usage(message, "such as: holdpoint lint --diff origin/main...HEAD").into());
            }
            (false, Some(Some(range))) => {
                let range = Range::parse(range);
                wanted.range = Some(range.map_err(|message| {
                    usage(&message, "such as: holdpoint lint --diff origin/main...HEAD")
                })?);
            }
        }
        Ok(wanted)
    }
}

/// Fixes if that is wanted, looks at every service, and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    let wanted = args.wanted()?;
    if let Some(range) = &wanted.range {
        return diff::run(range, &wanted.services, args.strict, settings);
    }
    if args.fix && !wanted.diff {
        refuse_as_of(settings, "leave it out, or add --diff to see what --fix would change")?;
    }
    args.patience.begin(settings);
    let mut opened = registry::open_whole(settings)?;
    check_names(&wanted, &opened)?;
    let tidied = if args.fix { Some(fix(&wanted, &opened, settings)?) } else { None };
    if tidied.as_ref().is_some_and(|tidied| !wanted.diff && !tidied.changes.is_empty()) {
        opened = registry::open_whole(settings)?;
    }
    let findings = look(&wanted, &opened, settings);
    let linting = Linting {
        context: opened.context(settings, &findings.mistakes.sources, &[]),
        findings: &findings,
        tidying: tidied.as_ref().map(|tidied| Tidying { tidied, written: !wanted.diff }),
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::lint(&linting, look),
        Format::Json => json::lint(&linting),
        Format::Markdown => markdown::lint(&linting),
    });
    let to_fix = tidied.as_ref().is_some_and(|tidied| !tidied.changes.is_empty());
    let delivered = write::delivered(delivered, to_fix && !wanted.diff, settings);
    if wanted.diff && settings.outputs.on_stdout() == Format::Human {
        mutter_left(tidied.as_ref(), settings);
    }
    let odd = args.strict && (wanted.diff && to_fix || !findings.warnings.is_empty());
    Ok(ExitCode::from(exit::of_lint(!findings.mistakes.list.is_empty(), odd, delivered)))
}

/// Refuses a service that isn't there.
fn check_names(wanted: &Wanted, opened: &OpenedWhole) -> Result<()> {
    for name in &wanted.services {
        if !opened.whole.names().contains(name) {
            // Its own load says so, with the nearest names.
            opened.service(&opened.found.tree(), name).map_err(|error| opened.found.complaint(error))?;
        }
    }
    Ok(())
}

/// Tidies, and writes that unless only the difference is wanted.
fn fix(wanted: &Wanted, opened: &OpenedWhole, settings: &Settings) -> Result<Tidied> {
    let found = &opened.found;
    let services = Some(&*wanted.services).filter(|services| !services.is_empty());
    let work_out =
        |tree: &dyn Tree| tidy(tree, &found.main, services).map_err(|error| found.complaint(error));
    if wanted.diff {
        return found.steady(|tree| work_out(&Snapshot::new(tree)));
    }
    settings.outputs.check_files()?;
    // To tidy is no act of the field: it leaves no line, and goes with the author's own commit.
    put(found, settings, work_out, |tidied| Writes::unrecorded(&tidied.changes))
}

/// What is wrong with the steps of rules and with the templates of playbooks.
fn playbooks(opened: &OpenedWhole) -> Mistakes {
    let found = Books::inspect(&opened.found.tree(), &opened.found.main);
    found.unwrap_or_else(|error| Mistakes::new(Sources::default(), vec![error.into()]))
}

fn look(wanted: &Wanted, opened: &OpenedWhole, settings: &Settings) -> Findings {
    let all = wanted.services.is_empty();
    let mut names = if all { opened.whole.names().to_vec() } else { wanted.services.clone() };
    names.sort();
    names.dedup();
    let mut overall = Overall::new(all);
    if all {
        overall.shared(opened.whole.mistakes());
        overall.shared(&playbooks(opened));
        // Where that can't be read, its mistakes say so.
        if let Ok(shared) = opened.shared() {
            overall.rules(&shared.registry, opened.moment);
        }
    }
    // The services come in any order, which makes no difference, and are let go one by one.
    let overall = Mutex::new(overall);
    each_service(opened, &names, settings, |name, loaded| {
        let looked = lint::look(name, loaded, opened.moment);
        overall.lock().unwrap_or_else(PoisonError::into_inner).add(name, looked);
    });
    let mut overall = overall.into_inner().unwrap_or_else(PoisonError::into_inner);
    // What can't be loaded is among the mistakes already.
    let tree = opened.found.tree();
    if let (true, Ok(Ok(routes)), Ok(shared)) =
        (all, routes(&tree, &opened.found.main), opened.whole.shared(&tree))
    {
        overall.routes(&shared.registry, &routes.list);
    }
    overall.finish()
}

/// A difference that is to be applied holds nothing else, so what was left alone is said beside it.
fn mutter_left(tidied: Option<&Tidied>, settings: &Settings) {
    for left in tidied.into_iter().flat_map(|tidied| &tidied.left) {
        settings
            .outputs
            .mutter(&human::failure(&format!("`{}` is left alone: {}", left.file, left.why), None));
    }
}
