//! Finding the registry, and loading what a command needs of it: one service, or all, one after the other.

#![expect(clippy::disallowed_methods, reason = "a door: whether --registry names a file or a folder")]

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Error, Result};

use super::failure::{Broken, Complaint};
use super::settings::{Said, Settings};
use crate::disk::{DiskTree, JOURNAL, MAIN_FILE, find_registry, steady};
use crate::git::Repository;
use crate::judge::Moment;
use crate::model::{Name, Registry, Sources, Time};
use crate::registry::{Ask, LoadError, Loaded, Mistake, Whole, load};
use crate::report::Context;

/// A registry, loaded for one service.
#[derive(Debug)]
pub(super) struct Opened {
    /// What it holds.
    pub registry: Registry,
    /// The moment to judge.
    pub moment: Moment,
    /// Where it lies, as it was named or found.
    path: String,
    /// The Git commit that it stands on.
    revision: Option<String>,
    /// What is odd in it and stops nothing.
    warnings: Vec<Mistake>,
}

impl Opened {
    /// What every report says of it.
    pub fn context<'a>(&'a self, settings: &Settings) -> Context<'a> {
        Context {
            sources: &self.registry.sources,
            registry: &self.path,
            named: matches!(settings.registry, Some(Said::Option(_))),
            revision: self.revision.as_deref(),
            as_of: self.moment.now,
            simulated: settings.simulated,
            longest: Some(self.registry.policy.sign_off_max),
            warnings: &self.warnings,
            published: None,
        }
    }
}

/// Finds the registry and loads what a check of this service needs.
pub(super) fn open(settings: &Settings, service: &Name) -> Result<Opened> {
    let found = Found::by(settings)?;
    let ask = Ask::Service(service.clone());
    let loaded = steady(&found.folder, |tree| load(tree, &found.main, &ask));
    let loaded = loaded.map_err(|error| found.complaint(error))?;
    let repository = Repository::around(&found.folder);
    let mut moment = settings.moment;
    if loaded.registry.policy.max_age.is_some() {
        moment.refreshed = repository.as_ref().and_then(Repository::refreshed);
    }
    Ok(Opened {
        moment,
        path: found.path,
        revision: repository.and_then(|repository| repository.revision()),
        warnings: loaded.warnings,
        registry: loaded.registry,
    })
}

/// A registry whose services are loaded one at a time.
#[derive(Debug)]
pub(super) struct OpenedWhole {
    /// Where it is.
    pub found: Found,
    /// What it holds.
    pub whole: Whole,
    /// The moment to judge.
    pub moment: Moment,
    /// The Git commit that it stands on.
    revision: Option<String>,
}

impl OpenedWhole {
    /// What all services share, without any service.
    pub fn shared(&self) -> Result<Loaded> {
        self.whole.shared(&self.found.tree()).map_err(|error| self.found.complaint(error))
    }

    /// Loads one service; each thread needs a tree of its own ([`Found::tree`]).
    pub fn service(&self, tree: &DiskTree, name: &Name) -> Result<Loaded, LoadError> {
        self.whole.service(tree, name)
    }

    /// What every report says of it; `sources` are the texts of what the report shows.
    pub fn context<'a>(
        &'a self,
        settings: &Settings,
        sources: &'a Sources,
        warnings: &'a [Mistake],
    ) -> Context<'a> {
        Context {
            sources,
            registry: &self.found.path,
            named: matches!(settings.registry, Some(Said::Option(_))),
            revision: self.revision.as_deref(),
            as_of: self.moment.now,
            simulated: settings.simulated,
            longest: None,
            warnings,
            published: None,
        }
    }
}

/// Finds the registry and reads what all its services share.
pub(super) fn open_whole(settings: &Settings) -> Result<OpenedWhole> {
    let found = Found::by(settings)?;
    let whole = Whole::open(&found.tree(), &found.main).map_err(|error| found.complaint(error))?;
    let repository = Repository::around(&found.folder);
    let mut moment = settings.moment;
    moment.refreshed = repository.as_ref().and_then(Repository::refreshed);
    Ok(OpenedWhole {
        moment,
        whole,
        revision: repository.and_then(|repository| repository.revision()),
        found,
    })
}

/// Where the registry is.
#[derive(Debug)]
pub(super) struct Found {
    /// Its folder.
    pub folder: PathBuf,
    /// The name of its main file.
    pub main: String,
    /// How it is called in reports.
    path: String,
}

impl Found {
    /// By `--registry`, else by `HOLDPOINT_REGISTRY`, else upwards.
    ///
    /// # Errors
    /// When there is none, or one in which a commit speaks for other files.
    pub fn by(settings: &Settings) -> Result<Found> {
        let found = Found::in_any_state(settings)?;
        let journal = found.folder.join(JOURNAL);
        if journal.exists() && is_committed(&journal) {
            return Err(committed());
        }
        Ok(found)
    }

    /// The same for those who look at the record, or mend what is left of an act.
    pub fn in_any_state(settings: &Settings) -> Result<Found> {
        Found::of(settings.registry.as_ref(), settings.here.as_deref())
    }

    /// By what was said, else upwards from here.
    pub fn of(said: Option<&Said>, here: Option<&Path>) -> Result<Found> {
        match said {
            Some(said) => Ok(Found::named(said.path())),
            None => {
                let upwards = here.and_then(find_registry);
                let folder = upwards.ok_or_else(|| {
                    let message =
                        format!("no registry: there is no `{MAIN_FILE}` here or in any folder above");
                    Complaint::unjudged(message, Some(NOT_FOUND.into()))
                })?;
                Ok(Found { path: folder.to_string_lossy().into_owned(), main: MAIN_FILE.into(), folder })
            }
        }
    }

    /// A folder that holds a main file, or the main file itself.
    fn named(path: &str) -> Found {
        let (folder, main) = match (Path::new(path).parent(), Path::new(path).file_name()) {
            (Some(folder), Some(name)) if Path::new(path).is_file() => {
                (folder, name.to_string_lossy().into_owned())
            }
            _ => (Path::new(path), MAIN_FILE.into()),
        };
        // The parent of a bare file name is the empty path, which nothing can open.
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        Found { folder: folder.to_owned(), main, path: path.to_owned() }
    }

    /// How it is called in reports.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The Git commit that it stands on.
    pub fn revision(&self) -> Option<String> {
        Repository::around(&self.folder).and_then(|repository| repository.revision())
    }

    /// What every report says of it, as it was loaded.
    pub fn context<'a>(
        &'a self,
        settings: &Settings,
        loaded: &'a Loaded,
        revision: Option<&'a str>,
    ) -> Context<'a> {
        Context {
            sources: &loaded.registry.sources,
            registry: &self.path,
            named: matches!(settings.registry, Some(Said::Option(_))),
            revision,
            as_of: settings.moment.now,
            simulated: settings.simulated,
            longest: Some(loaded.registry.policy.sign_off_max),
            warnings: &loaded.warnings,
            published: None,
        }
    }

    /// The same where nothing is known but the texts that were read.
    pub fn bare<'a>(&'a self, settings: &Settings, sources: &'a Sources) -> Context<'a> {
        Context {
            sources,
            registry: &self.path,
            named: matches!(settings.registry, Some(Said::Option(_))),
            revision: None,
            as_of: settings.moment.now,
            simulated: settings.simulated,
            longest: None,
            warnings: &[],
            published: None,
        }
    }

    /// When it was fetched or committed to last, as far as Git's files tell.
    pub fn refreshed(&self) -> Option<Time> {
        Repository::around(&self.folder).as_ref().and_then(Repository::refreshed)
    }

    /// Its files. A tree isn't shared between threads.
    pub fn tree(&self) -> DiskTree {
        DiskTree::new(&self.folder)
    }

    /// Why it can't be loaded, for people.
    pub fn complaint(&self, error: LoadError) -> Error {
        match error {
            LoadError::Mistakes(mistakes) => Broken(mistakes).into(),
            LoadError::NoRegistry { file } => {
                let (link, folder) = (leads_nowhere(&self.folder.join(&file)), leads_nowhere(&self.folder));
                let message = match (link, folder) {
                    (true, _) => {
                        format!("no registry in `{}`: `{file}` is a link that leads nowhere", self.path)
                    }
                    (_, true) => format!("no registry: `{}` is a link that leads nowhere", self.path),
                    _ => format!("no registry in `{}`: there is no `{file}`", self.path),
                };
                Complaint::unjudged(message, Some(NOT_FOUND.into())).into()
            }
            LoadError::NoService { name, nearest, known } => {
                Complaint::unjudged(format!("no service `{name}`"), Some(services(&nearest, &known))).into()
            }
        }
    }
}

/// Whether a file came with a commit, or is to go with one.
fn is_committed(file: &Path) -> bool {
    file.parent().and_then(Repository::around).is_some_and(|repository| repository.tracks(file))
}

/// A journal counts as the files that it is going to write, so in a commit it would speak for files of which others
/// are the owners, where nobody looks at it.
fn committed() -> Error {
    let message = format!("`{JOURNAL}` is in Git: what an act has yet to write is nothing for a commit");
    let hint = format!(
        "if the act is yours, `holdpoint log repair` brings it to its end; then, or else, `git rm -f {JOURNAL}`, \
         and `{JOURNAL}` into .gitignore"
    );
    Complaint::unjudged(message, Some(hint)).into()
}

/// Whether the caller named the registry with `--registry`: commands to paste then name it too.
pub(super) fn is_named(settings: &Settings) -> bool {
    matches!(settings.registry, Some(Said::Option(_)))
}

/// Whether a path is a link to something that isn't there.
fn leads_nowhere(path: &Path) -> bool {
    path.is_symlink() && path.metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

/// How a registry is found.
const NOT_FOUND: &str = "name its folder with --registry or HOLDPOINT_REGISTRY, or stand in it";
/// How many names a hint lists.
const LISTED: usize = 24;

/// The services that could be meant.
fn services(nearest: &[String], known: &[String]) -> String {
    let named = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
    match (nearest, known) {
        ([_, ..], _) => format!("did you mean {}?", named(nearest).join(" or ")),
        ([], []) => "the registry holds no service yet".into(),
        ([], known) if known.len() <= LISTED => format!("there are {}", named(known).join(", ")),
        ([], known) => {
            let rest = known.len() - LISTED;
            format!("there are {} and {rest} more", named(&known[..LISTED]).join(", "))
        }
    }
}
