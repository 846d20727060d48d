//! The editor's changes of what isn't a service's own: flags, sign-offs, debts, incidents.

use crate::model::Name;
use crate::registry::Tree;
use crate::registry::edit::draft::Draft;
use crate::registry::edit::editor::{EditError, Editor, Spot};
use crate::registry::edit::look::entry_at;
use crate::registry::edit::path::Path;
use crate::registry::edit::revise::Edit;
use crate::registry::edit::value::{Fields, Value};

impl Editor<'_> {
    /// Makes a new file with one table in it: `advisories/CVE-1.toml` with `[advisory.CVE-1]`. `service` is the
    /// one that it speaks of.
    ///
    /// # Errors
    /// When something stands there, or can't be looked at.
    pub fn create(
        &mut self,
        service: &Name,
        file: &str,
        table: [&str; 2],
        fields: &Fields,
    ) -> Result<Spot, EditError> {
        if self.read(file)?.is_some() {
            return Err(EditError::Exists(file.to_owned()));
        }
        self.set_at(service, file, Path::of(table), Value::Section(fields.clone()))
    }

    /// Makes a table with an id that is of one service only, such as a sign-off: in a file of its own in this folder
    /// of the service's, else, where the service has none, in the main file.
    ///
    /// # Errors
    /// When the file can't be read or edited, or something stands there.
    pub fn add_own(
        &mut self,
        service: &Name,
        folder: &str,
        table: [&str; 2],
        fields: &Fields,
    ) -> Result<Spot, EditError> {
        let home = format!("services/{service}");
        match self.changed().list(&home)? {
            Some(_) => self.create(service, &format!("{home}/{folder}/{}.toml", table[1]), table, fields),
            None => self.set_at(service, self.main, Path::of(table), Value::Section(fields.clone())),
        }
    }

    /// Sets a table or a key of one: of a flag, a sign-off, a debt, an incident, in the file in which it stands.
    /// `service` is one that it speaks of.
    ///
    /// # Errors
    /// When the file can't be read or edited.
    pub fn set_in(
        &mut self,
        service: &Name,
        file: &str,
        keys: &[&str],
        value: Value,
    ) -> Result<Spot, EditError> {
        self.set_at(service, file, Path::of(keys), value)
    }

    /// Adds a mitigation at the end of those that a flag offers.
    ///
    /// # Errors
    /// When the file can't be read or edited.
    pub fn add_mitigation(
        &mut self,
        service: &Name,
        file: &str,
        flag: [&str; 2],
        entry: &Fields,
    ) -> Result<Spot, EditError> {
        let list = Path::of(flag).key("mitigation");
        match self.holds(file, &list)? {
            true => self.append(service, file, &list, entry),
            false => self.set_at(service, file, list, Value::List(vec![Value::Table(entry.clone())])),
        }
    }

    /// Sets the texts of a key of one entry of what a flag hits, or takes the key out when there are none. The entry
    /// is the one that begins at this offset of the file as it is now.
    ///
    /// # Errors
    /// When the file can't be read or edited, or there is no such entry.
    pub fn set_affected(
        &mut self,
        service: &Name,
        file: &str,
        flag: [&str; 2],
        offset: usize,
        key: &str,
        texts: &[&str],
    ) -> Result<(), EditError> {
        let flag = Path::of(flag);
        let form = || EditError::Form { file: file.to_owned(), path: format!("{flag}.affects") };
        let position = self.with(file, |draft| entry_at(&draft.root, &flag, offset))?.ok_or_else(form)?;
        let path = flag.key("affects").at(position).key(key);
        self.touched.insert(service.clone());
        match texts {
            [] => self.revise(file, &Edit::Remove(path)),
            texts => self.revise(file, &Edit::Set(path, Value::texts(texts))),
        }
    }

    pub(super) fn append(
        &mut self,
        service: &Name,
        file: &str,
        list: &Path,
        entry: &Fields,
    ) -> Result<Spot, EditError> {
        let count = self.with(file, |draft| list.find(&draft.root).and_then(|list| list.count()))?;
        self.insert_at(service, file, list, count.unwrap_or_default(), entry)
    }

    /// Has the registry loaded in the end for this service, too: something that was changed speaks of it.
    pub fn concerns(&mut self, service: &Name) {
        self.touched.insert(service.clone());
    }

    /// Sets a key of an entry of a flag's `affects`; its position is that in the file. `flag` is the flag's table:
    /// `["advisory", "CVE-1"]`.
    ///
    /// # Errors
    /// When the file can't be read or edited, or there is no such entry.
    pub fn change_affects(
        &mut self,
        service: &Name,
        file: &str,
        flag: [&str; 2],
        position: usize,
        key: &str,
        value: Value,
    ) -> Result<Spot, EditError> {
        let path = Path::of(flag).key("affects").at(position).key(key);
        self.set_at(service, file, path, value)
    }

    /// Sets one alternative of `versions` in an entry of a flag's `affects`: the one at this position where they
    /// stand in a list, else the only one there is.
    ///
    /// # Errors
    /// When the file can't be read or edited, or there is no such alternative.
    pub fn change_range(
        &mut self,
        service: &Name,
        file: &str,
        flag: [&str; 2],
        (entry, alternative): (usize, Option<usize>),
        range: &str,
    ) -> Result<Spot, EditError> {
        let path = Path::of(flag).key("affects").at(entry).key("versions");
        let path = alternative.map_or(path.clone(), |position| path.at(position));
        self.set_at(service, file, path, Value::from(range))
    }

    /// Adds a table at the end of a list in any table: a review to a debt, an entry to what a flag hits; in the file in
    /// which that stands.
    /// `service` is one that it speaks of.
    ///
    /// # Errors
    /// When the file can't be read or edited.
    pub fn push_in(
        &mut self,
        service: &Name,
        file: &str,
        keys: &[&str],
        entry: &Fields,
    ) -> Result<Spot, EditError> {
        self.append(service, file, &Path::of(keys), entry)
    }

    /// Takes a table out: a debt, in the file in which it stands. A file of its own goes with it, comments and all.
    /// `service` is one that it speaks of.
    ///
    /// # Errors
    /// When the file can't be read or edited.
    pub fn take_out(&mut self, service: &Name, file: &str, table: [&str; 2]) -> Result<(), EditError> {
        self.touched.insert(service.clone());
        let path = Path::of(table);
        let holds_more = |draft: &Draft<'_>| {
            let others = |map: &crate::registry::document::Map<'_>, key: &str| {
                map.entries().iter().any(|(other, _)| other.text != key)
            };
            let above = Path::of(&table[..1]).find(&draft.root).and_then(|found| found.map);
            others(&draft.root, table[0]) || above.is_none_or(|map| others(map, table[1]))
        };
        if file == self.main || self.with(file, holds_more)? {
            return self.revise(file, &Edit::Remove(path));
        }
        let before = self.changed().read(file)?;
        self.changes.put(file, before, None);
        Ok(())
    }
}
