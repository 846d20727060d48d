//! `holdpoint init`: lays a new registry.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use super::args::{Format, Reports, name, version};
use super::exit;
use super::failure::Complaint;
use super::ground::Place;
use super::settings::{Said, Settings};
use super::write::{self, Patience, mutter, writer};
use crate::act::init::{self, Form, Request, service_name};
use crate::disk::{self, DiskTree};
use crate::git::{self, Tagging};
use crate::import::tags::{Tagged, Wish, releases};
use crate::model::Name;
use crate::registry::Tree;
use crate::report::commands::quoted;
use crate::report::{Laid, Source, human, json, markdown};
use crate::version::Order;

const AFTER: &str = "\
Examples:
  holdpoint init registry                               with examples that explain themselves
  holdpoint init registry --from-tags ../checkout       with the releases that a repository has tagged
  holdpoint init registry --from-tags . --tag-prefix checkout/ --running prod=v2.4.1
  holdpoint init --single --dry-run                     everything in one file; only shows what would be

Tags that are no releases are listed with the reason; how versions compare is guessed, and said. A version is
the tag as it is written, without its prefix; `--tag-prefix v` leaves out the `v`.

Exit codes:
  0 laid · 2 wrong usage · 3 there is a registry already, or another file in the way: nothing was touched;
  or all was laid, and the report could not be written, which is said

Files that are written, in FOLDER:
  holdpoint.toml, services/SERVICE/, CODEOWNERS, .gitattributes, .gitignore, README.md, and for editors
  .holdpoint/schema.json; with --single holdpoint.toml and .gitignore only; never over what is
  there";

/// Lays a new registry: commented files from which both teams go on.
///
/// Nothing that is there is changed: of a CODEOWNERS that exists, the lines to add are shown.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// Where; it is made if it isn't there
    #[arg(default_value = ".", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    folder: String,

    /// The first service; by default named after what is tagged, the Git repository, or the folder
    // Not called after what it names: a new name is nothing that the registry could complete.
    #[arg(id = "called", long = "service", value_name = "NAME", value_parser = name)]
    service: Option<Name>,

    /// One file, `holdpoint.toml`, with everything
    #[arg(long)]
    single: bool,

    /// Takes the version tags of this Git repository as releases, with their dates and commits
    #[arg(long, value_name = "REPO", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    from_tags: Option<String>,

    /// What stands before the versions in tags, such as `checkout/`; guessed otherwise; may be given several times
    #[arg(long, value_name = "PREFIX", requires = "from_tags")]
    tag_prefix: Vec<String>,

    /// How versions compare; guessed otherwise
    #[arg(long, value_name = "ORDER", requires = "from_tags", value_parser = order)]
    order: Option<Order>,

    /// What runs where; may be given several times, also for one environment while a roll-out is under way
    #[arg(long, value_name = "ENV=VERSION", requires = "from_tags", value_parser = running)]
    running: Vec<(Name, String)>,

    /// Only says what would be written
    #[arg(long)]
    dry_run: bool,

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

fn order(text: &str) -> Result<Order, String> {
    Order::from_word(text).ok_or_else(|| format!("no such order; there are {}", Order::WORDS.join(", ")))
}

fn running(text: &str) -> Result<(Name, String), String> {
    let (environment, runs) = text.split_once('=').ok_or("it must be ENV=VERSION, such as prod=2.4.1")?;
    Ok((name(environment)?, version(runs)?.into()))
}

/// Lays the registry, or says what would be, and reports.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    check_usage(args, settings)?;
    args.patience.begin(settings);
    let place = Place::of(&args.folder)?;
    let tagging = args.from_tags.as_deref().map(|path| tags(path, args, settings)).transpose()?;
    let tagged = tagging.as_ref().map(|(tagged, _)| tagged);
    let repository = tagging.as_ref().and_then(|(_, tagging)| tagging.name.as_deref());
    let candidates = [tagged.and_then(|tagged| tagged.thing.as_deref()), repository];
    let candidates = candidates.into_iter().chain([place.repository_name(), place.name()]);
    let named = args.service.clone().or_else(|| service_name(candidates.flatten()));
    let service = named.ok_or_else(|| Complaint::usage("no name for the service", "give --service NAME"))?;
    let request = Request {
        service: &service,
        form: if args.single { Form::Single } else { Form::Folders },
        tagged,
        running: &args.running,
        today: settings.moment.now.date_naive(),
        inside: &place.inside,
        shared: place.repository.as_deref().is_some_and(git::has_remote),
    };
    let around = place.repository.as_deref().map(DiskTree::new);
    let around = around.as_ref().map(|tree| tree as &dyn Tree);
    let plan = init::settle(&request, &DiskTree::new(&place.folder), around)
        .map_err(|error| Complaint::unjudged(error.to_string(), Some(error.hint(&args.folder))))?;
    if !args.dry_run {
        settings.outputs.check_files()?;
        disk::make(&place.folder, &plan.changes, &writer(settings), &|note| mutter(note, settings))
            .map_err(|error| Complaint::unjudged(error.to_string(), Some(error.hint())))?;
    }
    let laid = Laid {
        folder: &args.folder,
        named: args.folder != "." || settings.registry.is_some(),
        dry_run: args.dry_run,
        service: &service,
        plan: &plan,
        next: &init::next(&request),
        source: args
            .from_tags
            .as_deref()
            .zip(tagged)
            .map(|(repository, tagged)| Source { repository, tagged }),
        notes: &place.notes(tagging.as_ref(), settings),
    };
    let delivered = settings.outputs.write(|format, look| match format {
        Format::Human => human::init(&laid, look),
        Format::Json => json::init(&laid),
        Format::Markdown => markdown::init(&laid, look.detail),
    });
    Ok(ExitCode::from(exit::of_answer(write::delivered(delivered, !args.dry_run, settings))))
}

fn check_usage(args: &Args, settings: &Settings) -> Result<()> {
    if let Some(Said::Option(path)) = &settings.registry {
        let hint = format!("holdpoint init {}", quoted(path));
        return Err(
            Complaint::usage("`init` takes its folder as an argument, not by --registry", &hint).into()
        );
    }
    if settings.simulated {
        let hint = "leave it out: `--as-of` and `--at-revision` are for commands that judge";
        return Err(Complaint::usage("`init` lays what holds today, not as of another time", hint).into());
    }
    let path = Path::new(&args.folder);
    if path.file_name().is_some_and(|name| name == init::MAIN) {
        return Err(
            Complaint::usage("`init` takes the folder, not the file in it", "holdpoint init FOLDER").into()
        );
    }
    Ok(())
}

/// The repository's tags, as releases.
fn tags(path: &str, args: &Args, settings: &Settings) -> Result<(Tagged, Tagging)> {
    let tagging = git::tags(Path::new(path))
        .map_err(|error| Complaint::unjudged(error.to_string(), Some(error.hint().into())))?;
    let wish = Wish {
        order: args.order,
        prefixes: &args.tag_prefix,
        service: args.service.as_ref().map(Name::as_str),
        now: settings.moment.now,
    };
    let tagged = releases(&tagging.tags, &wish)
        .map_err(|error| Complaint::unjudged(error.to_string(), Some(error.hint())))?;
    for (_, version) in &args.running {
        if !tagged.releases.iter().any(|release| release.version == *version) {
            return Err(no_release(version, &tagged).into());
        }
    }
    Ok((tagged, tagging))
}

/// What runs isn't among the releases.
fn no_release(version: &str, tagged: &Tagged) -> Complaint {
    let distance = |other: &&str| strsim::damerau_levenshtein(version, other);
    let nearest = tagged.releases.iter().map(|release| &*release.version).min_by_key(distance);
    let hint = nearest.map(|nearest| format!("did you mean `{nearest}`?"));
    Complaint::unjudged(format!("no release `{version}` among the tags"), hint)
}
