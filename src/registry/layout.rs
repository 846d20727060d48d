//! Which files there are: the layout's, and nothing else where the layout knows all names.
//!
//! Reads the files that a question needs and reports what has no place in the registry's folders: a
//! misspelt `advisorys/` must not silently hide a flag.

use crate::model::{Id, Key, Name, Sources};
use crate::registry::mistake::Mistake;
use crate::registry::syntax;
use crate::registry::tree::{Entry, EntryKind, Tree};
use crate::registry::wording::{meant, quoted};

/// The folder of one service, read.
#[derive(Default)]
pub(super) struct Folder {
    /// Files with keys of `[service.NAME]`.
    pub(super) tables: Vec<u32>,
    /// Files with one flag, sign-off or debt each.
    pub(super) items: Vec<Item>,
}

/// A file that holds one table, named by its path.
pub(super) struct Item {
    pub(super) file: u32,
    pub(super) id: Id,
    pub(super) slot: Slot,
}

/// Which table a file of its folder holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Advisory,
    Instability,
    SignOff(Key),
    Debt,
}

impl Slot {
    /// The word of the table in TOML.
    pub(super) fn word(self) -> &'static str {
        match self {
            Slot::Advisory => "advisory",
            Slot::Instability => "instability",
            Slot::SignOff(_) => "sign-off",
            Slot::Debt => "debt",
        }
    }
}

/// The folders that a registry has beside its main file. Nothing else there is read for a verdict.
pub const FOLDERS: [&str; 3] = ["services", "advisories", "instabilities"];
/// The same, and how far a misspelt name may be from theirs.
const TOP: [(&str, usize); 3] = [(FOLDERS[0], 1), (FOLDERS[1], 3), (FOLDERS[2], 3)];

/// The main file's usual name.
const MAIN: (&str, usize) = ("holdpoint.toml", 2);

/// A walk over the tree: what was read, and what was wrong on the way.
pub(super) struct Walk<'a> {
    tree: &'a dyn Tree,
    pub(super) sources: Sources,
    pub(super) list: Vec<Mistake>,
}

/// What to do with a file in `services/`.
const EACH_A_FOLDER: &str = "each service has a folder: `services/<name>/service.toml`";

impl<'a> Walk<'a> {
    pub(super) fn new(tree: &'a dyn Tree) -> Walk<'a> {
        Walk::on(tree, Sources::default(), Vec::new())
    }

    /// A walk that goes on from another.
    pub(super) fn on(tree: &'a dyn Tree, sources: Sources, list: Vec<Mistake>) -> Walk<'a> {
        Walk { tree, sources, list }
    }

    /// Reads a file. None: it isn't there, or can't be read, which is then reported.
    pub(super) fn read(&mut self, path: &str) -> Option<u32> {
        match self.tree.read(path) {
            Ok(bytes) => syntax::take(&mut self.sources, path, bytes?, &mut self.list),
            Err(error) => {
                self.list.push(error.into());
                None
            }
        }
    }

    /// Reads a file that was listed.
    fn read_listed(&mut self, path: &str) -> Option<u32> {
        let before = (self.sources.files().len(), self.list.len());
        let file = self.read(path);
        if file.is_none() && before == (self.sources.files().len(), self.list.len()) {
            self.list.push(Mistake::of(path, format!("{} is listed, but can't be opened", quoted(path))));
        }
        file
    }

    /// What counts in a folder that was listed before, or holds the main file: it must be there.
    fn list_listed(&mut self, folder: &str) -> Vec<Entry> {
        let before = self.list.len();
        let entries = self.list(folder);
        if entries.is_none() && self.list.len() == before {
            self.list.push(Mistake::of(folder, format!("the folder {} can't be opened", quoted(folder))));
        }
        entries.unwrap_or_default()
    }

    /// What counts in a folder. None: there is no such folder, or it can't be listed, which is then reported.
    fn list(&mut self, folder: &str) -> Option<Vec<Entry>> {
        match self.tree.list(folder) {
            Ok(entries) => {
                let ignored = |entry: &Entry| entry.name.starts_with('.') || entry.name.ends_with(".md");
                entries.map(|entries| entries.into_iter().filter(|entry| !ignored(entry)).collect())
            }
            Err(error) => {
                self.list.push(error.into());
                None
            }
        }
    }

    /// Looks beside the main file; gives the folders of the layout that are there.
    pub(super) fn root(&mut self, main: &str) -> Vec<&'static str> {
        let mut there = Vec::new();
        for entry in self.list_listed("") {
            if entry.name == main || entry.name == MAIN.0 {
                continue;
            }
            match TOP.iter().find(|(name, _)| *name == entry.name) {
                Some((name, _)) if entry.kind == EntryKind::Folder => there.push(*name),
                Some(_) => self.unknown(&entry.name, entry.kind, &[], "a folder is wanted here"),
                None => self.check_resemblance(&entry),
            }
        }
        there
    }

    fn check_resemblance(&mut self, entry: &Entry) {
        let Some(meant) = resembled(&entry.name) else { return };
        let message = format!("{} resembles `{meant}`, but nothing reads it", quoted(&entry.name));
        let hint = format!("rename it to `{meant}`, or to something else if it isn't the registry's");
        self.list.push(Mistake::of(entry.name.clone(), message).hint(hint));
    }

    /// The names of the folders in `services/`.
    pub(super) fn services(&mut self) -> Vec<Name> {
        let mut names = Vec::new();
        for entry in self.list_listed("services") {
            let path = format!("services/{}", entry.name);
            match (entry.kind, Name::new(&entry.name)) {
                (EntryKind::Folder, Ok(name)) => names.push(name),
                (EntryKind::Folder, Err(error)) => {
                    let message =
                        format!("the folder {} can't be a service: its name {error}", quoted(&path));
                    let hint = "names are lower-case letters, digits, `.`, `_` and `-`";
                    self.list.push(Mistake::of(path, message).hint(hint));
                }
                (kind, _) => self.unknown(&path, kind, &[], EACH_A_FOLDER),
            }
        }
        names
    }

    /// Reports a file that stands where a service's folder is wanted.
    pub(super) fn check_beside(&mut self, name: &Name) {
        let path = format!("services/{name}.toml");
        match self.tree.read(&path) {
            Ok(None) => {}
            Ok(Some(_)) => self.unknown(&path, EntryKind::File, &[], EACH_A_FOLDER),
            Err(error) => self.list.push(error.into()),
        }
    }

    /// The flags of one of the two shared folders.
    pub(super) fn shared(&mut self, folder: &str) -> Vec<Item> {
        let slot = if folder == "advisories" { Slot::Advisory } else { Slot::Instability };
        let mut items = Vec::new();
        self.items(folder, slot, &mut items);
        items
    }

    /// Reads a service's folder; None when it has none.
    pub(super) fn service(&mut self, name: &Name) -> Option<Folder> {
        let path = format!("services/{name}");
        let mut folder = Folder::default();
        for entry in self.list(&path)? {
            let path = format!("{path}/{}", entry.name);
            match (entry.kind, entry.name.as_str()) {
                (EntryKind::File, name) if name.ends_with(".toml") => {
                    folder.tables.extend(self.read_listed(&path))
                }
                (EntryKind::Folder, "advisories") => self.items(&path, Slot::Advisory, &mut folder.items),
                (EntryKind::Folder, "instabilities") => {
                    self.items(&path, Slot::Instability, &mut folder.items)
                }
                (EntryKind::Folder, "debts") => self.items(&path, Slot::Debt, &mut folder.items),
                (EntryKind::Folder, "sign-offs") => self.sign_offs(&path, &mut folder.items),
                (kind, _) => self.unknown(
                    &path,
                    kind,
                    &["advisories", "instabilities", "sign-offs", "debts"],
                    "a service's folder holds `*.toml` files and the folders",
                ),
            }
        }
        Some(folder)
    }

    /// Reads the tables that stand directly in a service's folder; None when it has none. What else is there is that
    /// service's own business.
    pub(super) fn tables_of(&mut self, name: &Name) -> Option<Folder> {
        let path = format!("services/{name}");
        let mut folder = Folder::default();
        for entry in self.list(&path)? {
            if entry.kind == EntryKind::File && entry.name.ends_with(".toml") {
                folder.tables.extend(self.read_listed(&format!("{path}/{}", entry.name)));
            }
        }
        Some(folder)
    }

    fn sign_offs(&mut self, folder: &str, items: &mut Vec<Item>) {
        for entry in self.list_listed(folder) {
            let path = format!("{folder}/{}", entry.name);
            match Key::ALL.into_iter().find(|key| key.word() == entry.name) {
                Some(key) if entry.kind == EntryKind::Folder => self.items(&path, Slot::SignOff(key), items),
                _ => self.unknown(
                    &path,
                    entry.kind,
                    &["reliability", "security"],
                    "sign-offs stand in the folders",
                ),
            }
        }
    }

    /// The files of a folder that holds one table a file.
    fn items(&mut self, folder: &str, slot: Slot, items: &mut Vec<Item>) {
        for entry in self.list_listed(folder) {
            let path = format!("{folder}/{}", entry.name);
            let stem = entry.name.strip_suffix(".toml").filter(|_| entry.kind == EntryKind::File);
            match stem.map(Id::new) {
                Some(Ok(id)) => items.extend(self.read_listed(&path).map(|file| Item { file, id, slot })),
                Some(Err(error)) => {
                    let message = format!("the name of {} {error}", quoted(&path));
                    let hint = "a file is named by its id: letters, digits, `.`, `_` and `-`";
                    self.list.push(Mistake::of(path, message).hint(hint));
                }
                None => {
                    let hint =
                        format!("only `<id>.toml` stands in `{folder}`, with `[{}.<id>]` in it", slot.word());
                    self.unknown(&path, entry.kind, &[], &hint);
                }
            }
        }
    }

    /// Reports something that the layout doesn't know.
    fn unknown(&mut self, path: &str, kind: EntryKind, names: &[&str], otherwise: &str) {
        let what = match kind {
            EntryKind::File => "file",
            EntryKind::Folder => "folder",
            EntryKind::Other => "special file, or link to nowhere,",
        };
        let message = format!("the {what} {} is not part of the layout", quoted(path));
        let name = path.rsplit('/').next().unwrap_or(path);
        let hint = match names {
            [] => Some(otherwise.to_owned()),
            _ => meant(name.trim_end_matches(".toml"), names.iter().copied(), otherwise),
        };
        self.list.push(Mistake::of(path, message).maybe_hint(hint));
    }
}

/// The name of the layout that a name beside the main file resembles.
fn resembled(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    if lower.len() > 64 {
        return None;
    }
    let close =
        |name: &str, (wanted, allowed): (&str, usize)| strsim::damerau_levenshtein(name, wanted) <= allowed;
    let stem = lower.strip_suffix(".toml").unwrap_or(&lower);
    let folder = TOP.into_iter().find(|top| close(stem, *top)).map(|(name, _)| name);
    folder.or_else(|| close(&lower, MAIN).then_some(MAIN.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_resembles_the_layout_is_noticed_beside_the_main_file() {
        for (name, meant) in [
            ("service", "services"),
            ("Services", "services"),
            ("services.toml", "services"),
            ("advisorys", "advisories"),
            ("advisory", "advisories"),
            ("ADVISORIES.toml", "advisories"),
            ("instability", "instabilities"),
            ("holdpoint.tml", "holdpoint.toml"),
            ("Holdpoint.toml", "holdpoint.toml"),
            ("holdpiont.toml", "holdpoint.toml"),
        ] {
            assert_eq!(resembled(name), Some(meant), "{name}");
        }
        for name in
            ["src", "server", "devices", "Cargo.toml", "playbooks", "log", "evidence", "policy", "README"]
        {
            assert_eq!(resembled(name), None, "{name}");
        }
    }
}
