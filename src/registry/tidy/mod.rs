//! Tidying: keys in the order of the format's tables, and files named by what they hold. Nothing else.
//!
//! [`tidy`] works out what would change in a registry. It moves text and writes none of its own: what stands in
//! a file afterwards is what stood there before, byte for byte, in another order. Comments go with the key
//! below them, and the values are held against those from before. Lists of tables (`release`, `ran`, `rule`)
//! keep their order, which has a meaning; tables keep theirs, which is the author's; and a file with a mistake
//! is left alone, but for a name that keeps it from being read.

mod names;
mod order;

use std::collections::BTreeSet;

use crate::model::Name;
use crate::registry::{
    Changed, Changes, Entry, EntryKind, LoadError, Mistakes, Tree, TreeError, Weight, Whole,
};

/// What tidying would do.
#[derive(Debug, Default)]
pub struct Tidied {
    /// The files before and after.
    pub changes: Changes,
    /// Files that get another name: the old path and the new one.
    pub renamed: Vec<(String, String)>,
    /// Files that are left alone although something could be done, by path.
    pub left: Vec<Left>,
}

/// A file that is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Its path.
    pub file: String,
    /// Why.
    pub why: String,
}

/// What becomes of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done<'a> {
    /// Its path, the new one if it gets one.
    pub file: &'a str,
    /// Its old path, if it gets another.
    pub renamed_from: Option<&'a str>,
    /// Its text before.
    pub before: &'a [u8],
    /// Its text afterwards; the same, if it is only renamed.
    pub after: &'a [u8],
}

/// Tidies a registry, or only the folders of some services.
///
/// # Errors
/// When there is no registry, its main file can't be parsed, or a folder can't be listed.
pub fn tidy(tree: &dyn Tree, main: &str, services: Option<&[Name]>) -> Result<Tidied, LoadError> {
    let whole = Whole::open(tree, main)?;
    let mut tidied = Tidied::default();
    let wanted = services.unwrap_or(whole.names());
    tidied.rename(tree, services.is_none(), wanted).map_err(unlisted)?;
    let renamed = tidied.changes.clone();
    let tree = Changed { tree, changes: &renamed };
    let wrong = with_mistakes(&tree, main, services.is_none(), wanted)?;
    let mut files = all_files(&tree, services.is_none(), wanted).map_err(unlisted)?;
    if services.is_none() {
        files.insert(0, main.to_owned());
    }
    for file in files {
        if wrong.contains(&file) {
            tidied.leave(file, "it has mistakes");
        } else {
            tidied.order(&tree, file).map_err(unlisted)?;
        }
    }
    tidied.left.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(tidied)
}

impl Tidied {
    /// What becomes of each file, by path.
    pub fn done(&self) -> impl Iterator<Item = Done<'_>> {
        self.changes.files().iter().filter_map(|(file, change)| {
            let renamed = self.renamed.iter().find(|(_, to)| to == file).map(|(from, _)| from);
            let before = renamed.map_or(Some(change), |from| self.changes.files().get(from));
            Some(Done {
                file,
                renamed_from: renamed.map(String::as_str),
                before: before?.before.as_deref()?,
                after: change.after.as_deref()?,
            })
        })
    }

    /// Leaves a file alone; what was said of it already is the cause of all else.
    fn leave(&mut self, file: String, why: &str) {
        if self.left.iter().all(|left| left.file != file) {
            self.left.push(Left { file, why: why.to_owned() });
        }
    }

    /// Puts the keys of a file in order.
    fn order(&mut self, tree: &dyn Tree, file: String) -> Result<(), TreeError> {
        let Some(bytes) = tree.read(&file)? else { return Ok(()) };
        let Ok(text) = std::str::from_utf8(&bytes) else { return Ok(()) };
        match order::order(text) {
            Ok(Some(after)) => {
                let after = after.into_bytes();
                self.changes.put(&file, Some(bytes), Some(after));
            }
            Ok(None) => {}
            Err(order::Unsafe) => self.leave(file, "its keys can't be moved safely"),
        }
        Ok(())
    }

    /// Renames the files that are named otherwise than what they hold.
    fn rename(&mut self, tree: &dyn Tree, shared: bool, services: &[Name]) -> Result<(), TreeError> {
        for folder in folders(tree, shared, services)? {
            for rename in names::renames(tree, &folder)? {
                match rename {
                    Ok((from, to, bytes)) => {
                        self.changes.put(&from, Some(bytes.clone()), None);
                        self.changes.put(&to, None, Some(bytes));
                        self.renamed.push((from, to));
                    }
                    Err(left) => self.left.push(left),
                }
            }
        }
        Ok(())
    }
}

fn unlisted(error: TreeError) -> LoadError {
    LoadError::Mistakes(Mistakes { list: vec![error.into()], ..Mistakes::default() })
}

/// The files that have mistakes.
fn with_mistakes(
    tree: &dyn Tree,
    main: &str,
    shared: bool,
    services: &[Name],
) -> Result<BTreeSet<String>, LoadError> {
    let whole = Whole::open(tree, main)?;
    let mut wrong = BTreeSet::new();
    let mut note = |mistakes: &Mistakes| {
        let list = mistakes.list.iter().filter(|mistake| mistake.weight == Weight::Mistake);
        wrong.extend(list.map(|mistake| mistake.file(&mistakes.sources).to_owned()));
    };
    if shared {
        note(whole.mistakes());
    }
    for service in services {
        if let Err(LoadError::Mistakes(mistakes)) = whole.service(tree, service) {
            note(&mistakes);
        }
    }
    Ok(wrong)
}

/// A folder of the layout, and what stands in its files.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Folder {
    path: String,
    /// The word of the tables in it.
    word: &'static str,
    /// The service whose keys stand in it; None: each file holds one table, and is named by its id.
    keys_of: Option<Name>,
}

/// The folders of the layout that are there.
fn folders(tree: &dyn Tree, shared: bool, services: &[Name]) -> Result<Vec<Folder>, TreeError> {
    const ITEMS: [(&str, &str); 5] = [
        ("advisories", "advisory"),
        ("instabilities", "instability"),
        ("sign-offs/reliability", "sign-off"),
        ("sign-offs/security", "sign-off"),
        ("debts", "debt"),
    ];
    let items = |path: String, word| Folder { path, word, keys_of: None };
    let mut all = Vec::new();
    if shared {
        all.extend(ITEMS[..2].iter().map(|(path, word)| items((*path).to_owned(), *word)));
    }
    for name in services {
        let path = format!("services/{name}");
        all.extend(ITEMS.iter().map(|(folder, word)| items(format!("{path}/{folder}"), *word)));
        all.push(Folder { path, word: "service", keys_of: Some(name.clone()) });
    }
    let mut there = Vec::new();
    for folder in all {
        if tree.has_folder(&folder.path)? {
            there.push(folder);
        }
    }
    Ok(there)
}

/// The TOML files of these folders.
fn all_files(tree: &dyn Tree, shared: bool, services: &[Name]) -> Result<Vec<String>, TreeError> {
    let mut files = Vec::new();
    for folder in folders(tree, shared, services)? {
        let entries = listed(tree, &folder.path)?.into_iter();
        let named = entries.filter(|entry| entry.name.ends_with(".toml"));
        files.extend(named.map(|entry| format!("{}/{}", folder.path, entry.name)));
    }
    Ok(files)
}

/// The files of a folder that the loader would look at.
fn listed(tree: &dyn Tree, folder: &str) -> Result<Vec<Entry>, TreeError> {
    let mut entries = tree.list(folder)?.unwrap_or_default();
    entries.retain(|entry| entry.kind == EntryKind::File && !entry.name.starts_with('.'));
    Ok(entries)
}
