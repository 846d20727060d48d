//! Finding the registry, and loading what a command needs of it: one service, or all, one after the other.

#![expect(clippy::disallowed_methods, reason = "a door: whether --registry names a file or a folder")]

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Error, Result};

use super::failure::{Broken, Complaint};
use super::settings::{Said, Settings};
use super::source::{Files, Source};
use crate::disk::{JOURNAL, MAIN_FILE, find_registry};
use crate::git::{Commit, Objects, Repository};
use crate::judge::Moment;
use crate::model::{Name, Registry, Sources, Time};
use crate::registry::{Ask, LoadError, Loaded, Mistake, Tree, Whole, load};
use crate::report::Context;

/// A registry, loaded for one service.
#[derive(Debug)]
pub(super) struct Opened {
    /// What it holds.
    pub registry: Registry,
    /// The moment to judge.
    pub moment: Moment,
    /// Where it is.
    found: Found,
    /// The Git commit that it stands on.
    revision: Option<String>,
    /// What is odd in it and stops nothing.
    warnings: Vec<Mistake>,
}

impl Opened {
    /// What every report says of it.
    pub fn context<'a>(&'a self, settings: &Settings) -> Context<'a> {
        Context {
            revision: self.revision.as_deref(),
            longest: Some(self.registry.policy.sign_off_max),
            warnings: &self.warnings,
            ..self.found.bare(settings, &self.registry.sources)
        }
    }
}

/// Finds the registry and loads what a check of this service needs.
pub(super) fn open(settings: &Settings, service: &Name) -> Result<Opened> {
    open_with(settings, service, |_, _| ()).map(|(opened, ())| opened)
}

/// The same, with something else read in the same state: of the files, and the name of the main one.
pub(super) fn open_with<T>(
    settings: &Settings,
    service: &Name,
    beside: impl Fn(&dyn Tree, &str) -> T,
) -> Result<(Opened, T)> {
    let found = Found::by(settings)?;
    let ask = Ask::Service(service.clone());
    let (loaded, beside) = found.steady(|tree| (load(tree, &found.main, &ask), beside(tree, &found.main)));
    let loaded = loaded.map_err(|error| found.complaint(error))?;
    let repository = found.repository();
    let mut moment = settings.moment;
    if loaded.registry.policy.max_age.is_some() {
        moment.refreshed = repository.as_ref().and_then(Repository::refreshed);
    }
    let revision = found.source.revision(repository.as_ref());
    Ok((Opened { moment, found, revision, warnings: loaded.warnings, registry: loaded.registry }, beside))
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
    pub fn service(&self, tree: &Files, name: &Name) -> Result<Loaded, LoadError> {
        self.whole.service(tree, name)
    }

    /// What every report says of it; `sources` are the texts of what the report shows.
    pub fn context<'a>(
        &'a self,
        settings: &Settings,
        sources: &'a Sources,
        warnings: &'a [Mistake],
    ) -> Context<'a> {
        Context { revision: self.revision.as_deref(), warnings, ..self.found.bare(settings, sources) }
    }
}

/// Finds the registry and reads what all its services share.
pub(super) fn open_whole(settings: &Settings) -> Result<OpenedWhole> {
    whole_of(Found::by(settings)?, settings)
}

/// Reads what all services of a registry share.
pub(super) fn whole_of(found: Found, settings: &Settings) -> Result<OpenedWhole> {
    let whole = Whole::open(&found.tree(), &found.main).map_err(|error| found.complaint(error))?;
    let repository = found.repository();
    let refreshed = repository.as_ref().and_then(Repository::refreshed);
    let revision = found.source.revision(repository.as_ref());
    Ok(OpenedWhole { moment: Moment { refreshed, ..settings.moment }, whole, revision, found })
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
    /// Whether it is read from there, or from a commit.
    source: Source,
}

impl Found {
    /// By `--registry`, else by `HOLDPOINT_REGISTRY`, else upwards; in the commit of `--at-revision`.
    ///
    /// # Errors
    /// When there is none, or one in which a commit speaks for other files.
    pub fn by(settings: &Settings) -> Result<Found> {
        let found = Found::in_any_state(settings)?;
        let journal = found.folder.join(JOURNAL);
        // What is read from a commit isn't spoken for by a journal.
        if !found.source.is_past() && journal.exists() && is_committed(&journal) {
            return Err(committed());
        }
        Ok(found)
    }

    /// The same for those who look at the record, or mend what is left of an act.
    pub fn in_any_state(settings: &Settings) -> Result<Found> {
        let mut found = Found::of(settings.registry.as_ref(), settings.here.as_deref())?;
        if let Some(rev) = &settings.at_revision {
            let (source, file) = Source::at(rev, &found.folder)?;
            found.source = source;
            if let Some((folder, main)) = file {
                (found.folder, found.main) = (folder, main);
            }
        }
        Ok(found)
    }

    /// The same registry as it is in a commit.
    pub fn in_commit(&self, objects: &Objects, commit: &Commit) -> Found {
        let (folder, main, path) = (self.folder.clone(), self.main.clone(), self.path.clone());
        Found { folder, main, path, source: Source::of(objects.another(), commit.clone()) }
    }

    /// Another registry of the same repository, as it is in a commit.
    pub fn elsewhere(&self, folder: PathBuf, main: &str, objects: Objects, commit: &Commit) -> Found {
        let path = folder.to_string_lossy().into_owned();
        Found { folder, main: main.to_owned(), path, source: Source::of(objects, commit.clone()) }
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
                let path = folder.to_string_lossy().into_owned();
                Ok(Found { path, main: MAIN_FILE.into(), folder, source: Source::Folder })
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
        Found { folder: folder.to_owned(), main, path: path.to_owned(), source: Source::Folder }
    }

    /// How it is called in reports.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The Git commit that it is read from, or stands on.
    pub fn revision(&self) -> Option<String> {
        self.source.revision(self.repository().as_ref())
    }

    /// That it is read from a commit, where nothing else in a report says so.
    pub fn note(&self) -> Option<String> {
        let commit = self.revision().filter(|_| self.is_past())?;
        Some(format!("read from commit {commit}, not from what is checked out"))
    }

    /// The repository that it lies in.
    pub fn repository(&self) -> Option<Repository> {
        self.source.repository(&self.folder)
    }

    /// Whether it is read from a commit, and not as it stands there.
    pub fn is_past(&self) -> bool {
        self.source.is_past()
    }

    /// What every report says of it, as it was loaded.
    pub fn context<'a>(
        &'a self,
        settings: &Settings,
        loaded: &'a Loaded,
        revision: Option<&'a str>,
    ) -> Context<'a> {
        Context {
            revision,
            longest: Some(loaded.registry.policy.sign_off_max),
            warnings: &loaded.warnings,
            ..self.bare(settings, &loaded.registry.sources)
        }
    }

    /// The same where nothing is known but the texts that were read.
    pub fn bare<'a>(&'a self, settings: &Settings, sources: &'a Sources) -> Context<'a> {
        Context {
            sources,
            registry: &self.path,
            named: is_named(settings),
            revision: None,
            committed: self.is_past(),
            as_of: settings.moment.now,
            simulated: settings.simulated,
            longest: None,
            warnings: &[],
            published: None,
            notice: None,
        }
    }

    /// When it was fetched or committed to last, as far as Git's files tell.
    pub fn refreshed(&self) -> Option<Time> {
        self.repository().as_ref().and_then(Repository::refreshed)
    }

    /// Its files. A tree isn't shared between threads.
    pub fn tree(&self) -> Files {
        self.source.tree(&self.folder)
    }

    /// Reads it in one state, though others may write.
    pub fn steady<T>(&self, read: impl Fn(&dyn Tree) -> T) -> T {
        self.source.steady(&self.folder, read)
    }

    /// Why it can't be loaded, for people.
    pub fn complaint(&self, error: LoadError) -> Error {
        match error {
            LoadError::Mistakes(mistakes) => Broken(mistakes).into(),
            LoadError::NoRegistry { file } if self.is_past() => {
                let commit = self.revision().unwrap_or_default();
                let message =
                    format!("no registry in `{}` at commit {commit}: there is no `{file}`", self.path);
                let hint = "name the folder that it was in then with --registry, or a later commit";
                Complaint::unjudged(message, Some(hint.into())).into()
            }
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
