//! The editor: changes in the words of the format, one after the other.

use std::collections::BTreeSet;

use crate::model::{Name, Service, Sources, Version};
use crate::registry::desk::Desk;
use crate::registry::edit::draft::Draft;
use crate::registry::edit::home::Home;
use crate::registry::edit::path::Path;
use crate::registry::edit::revise::{Edit, Stuck, revise};
use crate::registry::edit::value::{Fields, Value};
use crate::registry::{Ask, Changed, Changes, LoadError, Mistake, Mistakes, Tree, TreeError, load, syntax};
use crate::version::Order;

/// Why nothing is changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EditError {
    /// A file can't be read.
    #[error(transparent)]
    Unreadable(#[from] TreeError),
    /// The registry can't be loaded as it is; one that has mistakes isn't edited.
    #[error(transparent)]
    Broken(LoadError),
    /// The registry would have mistakes after the change, which its texts show as they would be.
    #[error("the change would leave mistakes in the registry")]
    Spoilt(Mistakes),
    /// It is written in a form in which it can't be changed without touching something else.
    #[error("`{path}` in `{file}` is written in a form that can't be edited safely")]
    Form {
        /// The file.
        file: String,
        /// What was to be changed.
        path: String,
    },
    /// A new file was to be made where one stands.
    #[error("`{0}` stands there already")]
    Exists(String),
}

impl EditError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            EditError::Unreadable(error) => error.hint().map(str::to_owned),
            EditError::Broken(error) => error.hint(),
            EditError::Spoilt(_) => None,
            EditError::Form { .. } => Some("nothing was written; change it by hand".to_owned()),
            EditError::Exists(_) => Some("nothing was written; take another id".to_owned()),
        }
    }
}

/// Where something was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The file.
    pub file: String,
    /// The line, counted from 1, as the file will be after this change.
    pub line: usize,
}

/// Changes of a registry in the making.
pub struct Editor<'a> {
    pub(super) tree: &'a dyn Tree,
    pub(super) main: &'a str,
    pub(super) changes: Changes,
    pub(super) touched: BTreeSet<Name>,
}

impl<'a> Editor<'a> {
    /// An editor that has changed nothing yet. `main` is the name of the registry's main file.
    pub fn new(tree: &'a dyn Tree, main: &'a str) -> Editor<'a> {
        Editor { tree, main, changes: Changes::new(), touched: BTreeSet::new() }
    }

    /// Adds a release. Releases that stand oldest first or newest first go on so; under the order `listed` the
    /// new one is the newest.
    ///
    /// # Errors
    /// When the file can't be read or edited.
    pub fn add_release(&mut self, service: &Service, release: &Fields) -> Result<Spot, EditError> {
        let file = self.file(&service.name, &["release"])?;
        let list = key_path(&service.name, &["release"]);
        let position = self.with(&file, |draft| release_position(draft, &list, service, release))?;
        self.insert_at(&service.name, &file, &list, position.unwrap_or_default(), release)
    }

    /// Says what runs in an environment: one release as a text, none or several as a list.
    ///
    /// # Errors
    /// When the file can't be read or edited.
    pub fn set_running(
        &mut self,
        service: &Name,
        environment: &Name,
        versions: &[&str],
    ) -> Result<Spot, EditError> {
        let value = match versions {
            [only] => Value::from(*only),
            several => Value::texts(several),
        };
        self.set(service, &["running", environment.as_str()], value)
    }

    /// Adds an entry at the end of `ran`.
    ///
    /// # Errors
    /// When the file can't be read or edited.
    pub fn add_ran(&mut self, service: &Name, stay: &Fields) -> Result<Spot, EditError> {
        self.push(service, "ran", stay)
    }

    /// Adds entries to `ran`, one behind the other, so that the first has this position: the position in
    /// [`Service::ran`]. Many are written at once.
    ///
    /// # Errors
    /// When the file can't be read or edited, or the list isn't so long.
    pub fn insert_ran_run(
        &mut self,
        service: &Name,
        mut position: usize,
        mut stays: &[Fields],
    ) -> Result<(), EditError> {
        let file = self.file(service, &["ran"])?;
        let list = key_path(service, &["ran"]);
        let has_headers = |draft: &Draft<'_>| {
            list.find(&draft.root).and_then(|found| found.node).is_some_and(|node| node.is_list_of_headers())
        };
        // The first one of all makes the list; one in square brackets grows one by one.
        while let [first, rest @ ..] = stays {
            if !rest.is_empty() && self.with(&file, has_headers)? {
                self.touched.insert(service.clone());
                let values = stays.iter().cloned().map(Value::Section).collect();
                return self.revise(&file, &Edit::InsertRun(list, position, values));
            }
            self.insert_at(service, &file, &list, position, first)?;
            (position, stays) = (position + 1, rest);
        }
        Ok(())
    }

    /// Sets a key of an entry of `ran`; its position is the one in [`Service::ran`].
    ///
    /// # Errors
    /// When the file can't be read or edited, or there is no such entry.
    pub fn change_ran(
        &mut self,
        service: &Name,
        position: usize,
        key: &str,
        value: Value,
    ) -> Result<Spot, EditError> {
        let file = self.file(service, &["ran"])?;
        let path = key_path(service, &["ran"]).at(position).key(key);
        self.set_at(service, &file, path, value)
    }

    /// Sets a key of a release, which must be registered.
    ///
    /// # Errors
    /// When the file can't be read or edited, or there is no such release.
    pub fn change_release(
        &mut self,
        service: &Name,
        version: &str,
        key: &str,
        value: Value,
    ) -> Result<Spot, EditError> {
        let list = key_path(service, &["release"]);
        for file in self.home(service)?.all() {
            let position = self.with(&file, |draft| position_of(draft, &list, version))?;
            if let Some(position) = position {
                return self.set_at(service, &file, list.at(position).key(key), value);
            }
        }
        Err(EditError::Form { file: self.main.to_owned(), path: format!("{list}[{version}]") })
    }

    /// Sets a key of a service, where it stands or else where the layout has it. The keys are those below
    /// `[service.NAME]`. A table becomes the new one key by key.
    ///
    /// # Errors
    /// When the file can't be read or edited.
    pub fn set(&mut self, service: &Name, keys: &[&str], value: Value) -> Result<Spot, EditError> {
        let file = self.file(service, keys)?;
        let path = key_path(service, keys);
        if let ([above @ .., last], false) = (keys, self.holds(&file, &key_path(service, &keys[..1]))?)
            && !self.holds(&file, &key_path(service, &[]))?
        {
            // The first key of the service in this file: a table with a header, as the layout has it.
            let section = match value {
                Value::Section(_) => return self.set_at(service, &file, path, value),
                value => Value::Section(vec![((*last).to_owned(), value)]),
            };
            return self.set_at(service, &file, key_path(service, above), section);
        }
        self.set_at(service, &file, path, value)
    }

    /// Takes a key of a service out, wherever it stands. False: it stood nowhere.
    ///
    /// # Errors
    /// When the file can't be read or edited.
    pub fn remove(&mut self, service: &Name, keys: &[&str]) -> Result<bool, EditError> {
        let Some(file) = self.home(service)?.stands(keys).map(str::to_owned) else { return Ok(false) };
        self.touched.insert(service.clone());
        self.revise(&file, &Edit::Remove(key_path(service, keys)))?;
        self.tidy(service, &file)?;
        Ok(true)
    }

    /// Adds an entry at the end of a list of tables of a service.
    ///
    /// # Errors
    /// When the file can't be read or edited.
    pub fn push(&mut self, service: &Name, list: &str, entry: &Fields) -> Result<Spot, EditError> {
        let file = self.file(service, &[list])?;
        self.append(service, &file, &key_path(service, &[list]), entry)
    }

    /// The registry as it would be now.
    pub fn changed(&self) -> Changed<'_> {
        Changed { tree: self.tree, changes: &self.changes }
    }

    /// The changes, after the registry was loaded with them for every service that they speak of.
    ///
    /// # Errors
    /// When the registry can't be loaded, with the changes or already without.
    pub fn finish(self) -> Result<Changes, EditError> {
        for service in self.touched.iter().filter(|_| !self.changes.is_empty()) {
            let ask = Ask::Service(service.clone());
            let Err(error) = load(&self.changed(), self.main, &ask) else { continue };
            load(self.tree, self.main, &ask).map_err(EditError::Broken)?;
            return Err(match error {
                LoadError::Mistakes(mistakes) => EditError::Spoilt(mistakes),
                other => EditError::Broken(other),
            });
        }
        Ok(self.changes)
    }

    /// The changes to a registry that has mistakes: new files only, with which the loader finds nothing wrong.
    ///
    /// # Errors
    /// When something else was changed, or there is something wrong with a new file.
    pub fn finish_new_files(self) -> Result<Changes, EditError> {
        if let Some(file) =
            self.changes.files().iter().find_map(|(file, change)| change.before.as_ref().map(|_| file))
        {
            return Err(EditError::Form { file: file.clone(), path: String::new() });
        }
        for service in &self.touched {
            let loaded = load(&self.changed(), self.main, &Ask::Service(service.clone()));
            let Err(LoadError::Mistakes(mistakes)) = loaded else { continue };
            let is_new =
                |mistake: &Mistake| self.changes.files().contains_key(mistake.file(&mistakes.sources));
            if mistakes.list.iter().any(is_new) {
                return Err(EditError::Spoilt(mistakes));
            }
        }
        Ok(self.changes)
    }

    fn home<'s>(&'s self, service: &'s Name) -> Result<Home<'s>, EditError> {
        let home = Home::of(&self.changed(), self.main, service)?;
        // Where a key stands can't be told of a file that can't be read.
        home.all().iter().try_for_each(|file| self.with(file, |_| ()))?;
        Ok(home)
    }

    pub(super) fn file(&self, service: &Name, keys: &[&str]) -> Result<String, EditError> {
        Ok(self.home(service)?.file(keys))
    }

    pub(super) fn read(&self, file: &str) -> Result<Option<String>, EditError> {
        let bytes = self.changed().read(file)?;
        bytes
            .map(|bytes| String::from_utf8(bytes).map_err(|error| broken(file, error.into_bytes())))
            .transpose()
    }

    /// Looks at a file; one that isn't there is empty.
    pub(super) fn with<T>(&self, file: &str, look: impl FnOnce(&Draft<'_>) -> T) -> Result<T, EditError> {
        let text = self.read(file)?.unwrap_or_default();
        let looked = Draft::of(&text).map(|draft| look(&draft));
        looked.ok_or_else(|| broken(file, text.into_bytes()))
    }

    pub(super) fn holds(&self, file: &str, path: &Path) -> Result<bool, EditError> {
        self.with(file, |draft| path.find(&draft.root).is_some())
    }

    pub(super) fn insert_at(
        &mut self,
        service: &Name,
        file: &str,
        list: &Path,
        position: usize,
        entry: &Fields,
    ) -> Result<Spot, EditError> {
        self.touched.insert(service.clone());
        self.revise(file, &Edit::Insert(list.clone(), position, Value::Section(entry.clone())))?;
        self.spot(file, &list.at(position))
    }

    pub(super) fn set_at(
        &mut self,
        service: &Name,
        file: &str,
        path: Path,
        value: Value,
    ) -> Result<Spot, EditError> {
        self.touched.insert(service.clone());
        self.revise(file, &Edit::Set(path.clone(), value))?;
        self.spot(file, &path)
    }

    pub(super) fn spot(&self, file: &str, path: &Path) -> Result<Spot, EditError> {
        let line = self.with(file, |draft| draft.line(path))?;
        Ok(Spot { file: file.to_owned(), line })
    }

    pub(super) fn revise(&mut self, file: &str, edit: &Edit) -> Result<(), EditError> {
        let before = self.read(file)?;
        let text = before.as_deref().unwrap_or_default();
        let after = revise(text, edit).map_err(|stuck| match stuck {
            Stuck::Broken => broken(file, text.as_bytes().to_vec()),
            Stuck::Form => EditError::Form { file: file.to_owned(), path: edit.path().to_string() },
        })?;
        self.changes.put(file, before.map(String::into_bytes), Some(after.into_bytes()));
        Ok(())
    }

    /// Deletes a file of a service's folder in which nothing is left; were there comments left, it keeps a header.
    fn tidy(&mut self, service: &Name, file: &str) -> Result<(), EditError> {
        let Some(text) = self.read(file)?.filter(|_| file != self.main) else { return Ok(()) };
        if !self.with(file, |draft| draft.root.entries().is_empty())? {
            return Ok(());
        }
        if text.trim_matches('\u{feff}').trim().is_empty() {
            self.changes.put(file, Some(text.into_bytes()), None);
            return Ok(());
        }
        self.revise(file, &Edit::Set(key_path(service, &[]), Value::Section(Vec::new())))
    }
}

/// The mistakes of a file that isn't TOML.
fn broken(file: &str, bytes: Vec<u8>) -> EditError {
    let (mut sources, mut list) = (Sources::default(), Vec::new());
    if let Some(file) = syntax::take(&mut sources, file, bytes, &mut list) {
        let desk = Desk::new(&sources, Vec::new());
        syntax::parse(&desk, file);
        list = desk.into_list();
    }
    EditError::Broken(LoadError::Mistakes(Mistakes::new(sources, list)))
}

/// The path of a service's key.
fn key_path(service: &Name, keys: &[&str]) -> Path {
    Path::of(["service", service.as_str()].iter().chain(keys))
}

/// At which position of its list a new release stands.
fn release_position(draft: &Draft<'_>, list: &Path, service: &Service, release: &Fields) -> Option<usize> {
    let count = list.find(&draft.root)?.count()?;
    if service.scale.order() == Order::Listed {
        return Some(count);
    }
    let version = |text: &str| Version::new(text, &service.scale);
    let written = release.iter().find_map(|(key, value)| match value {
        Value::Text(text) if key == "version" => Some(version(text)),
        _ => None,
    })?;
    let listed: Vec<Version> = versions(draft, list).into_iter().map(version).collect();
    let is_older = |a: &Version, b: &Version| a.is_older_than(b);
    let rises = listed.windows(2).filter(|pair| is_older(&pair[0], &pair[1])).count();
    let falls = listed.windows(2).filter(|pair| is_older(&pair[1], &pair[0])).count();
    Some(match (rises, falls) {
        (_, 0) => listed.iter().rposition(|other| !is_older(&written, other)).map_or(0, |last| last + 1),
        (0, _) => listed.iter().position(|other| !is_older(&written, other)).unwrap_or(count),
        // In no order, by date most likely: the new one is the newest.
        _ if rises >= falls => count,
        _ => 0,
    })
}

/// The versions of a list of releases, as they stand.
fn versions<'d>(draft: &'d Draft<'_>, list: &Path) -> Vec<&'d str> {
    let items = list.find(&draft.root).and_then(|found| found.node).and_then(|node| node.as_array());
    let version = |node: &'d crate::registry::document::Node<'_>| node.as_table()?.get("version")?.as_str();
    items.unwrap_or_default().iter().map(|node| version(node).unwrap_or_default()).collect()
}

fn position_of(draft: &Draft<'_>, list: &Path, version: &str) -> Option<usize> {
    versions(draft, list).iter().position(|other| *other == version)
}
