//! A journal laid over the folder: a reader sees an act that was committed as done, also before anybody has
//! brought it to its end.
//!
//! Without a journal this costs one file that can't be opened.

use super::bare::Bare;
use super::fit::{Far, fit};
use super::journal::{JOURNAL, Journal, MAX_JOURNAL};
use crate::registry::{Changed, Changes, End, Entry, Tree, TreeError, TreeErrorKind};

/// How often is looked again when the journal doesn't fit: whoever writes may just be done with it.
const TRIES: usize = 8;

/// What lies over a folder.
#[derive(Debug)]
pub(super) enum Laid {
    /// Nothing.
    Nothing,
    /// What an act is about to write.
    Over(Changes),
    /// A journal that can't be followed: what it speaks of can't be known.
    Stuck(Stuck),
}

/// A journal that can't be followed.
#[derive(Debug)]
pub(super) struct Stuck {
    why: TreeError,
    /// The paths that it speaks of; None: that can't be made out.
    paths: Option<Vec<String>>,
}

impl Laid {
    /// Looks whether there is a journal.
    pub fn look(tree: &Bare) -> Laid {
        let mut found = read(tree);
        for _ in 0..TRIES {
            let bytes = match found {
                Ok(None) => return Laid::Nothing,
                Ok(Some(bytes)) => bytes,
                Err(why) => return Laid::Stuck(Stuck { why, paths: None }),
            };
            let journal = match Journal::decode(&bytes) {
                Ok(journal) => journal,
                Err(why) => return Laid::Stuck(Stuck { why: held_up(JOURNAL, why), paths: None }),
            };
            let why = match over(tree, &journal) {
                Ok(changes) if changes.is_empty() => return Laid::Nothing,
                Ok(changes) => return Laid::Over(changes),
                Err(why) => why,
            };
            // Whoever writes removes it before anything else is changed.
            found = read(tree);
            if found.as_ref().is_ok_and(|again| again.as_ref() == Some(&bytes)) {
                let paths = Some(journal.paths().map(str::to_owned).collect());
                return Laid::Stuck(Stuck { why: held_up(JOURNAL, why), paths });
            }
        }
        let why = held_up(JOURNAL, "somebody writes without an end".into());
        Laid::Stuck(Stuck { why, paths: None })
    }
}

/// The bytes of the journal.
pub(super) fn read(tree: &Bare) -> Result<Option<Vec<u8>>, TreeError> {
    match tree.read_up_to(JOURNAL, MAX_JOURNAL) {
        // No folder, no journal: whoever reads a file of it says what is wrong with it.
        Err(error) if error.path.is_empty() => Ok(None),
        read => read,
    }
}

/// What a journal makes of the files that it isn't done with.
fn over(tree: &Bare, journal: &Journal) -> Result<Changes, String> {
    let fit = fit(tree, journal)?;
    let mut changes = Changes::new();
    let not_done = |far: &Far| *far == Far::Before;
    for (piece, _) in journal.files.iter().zip(&fit.files).filter(|(_, far)| not_done(far)) {
        // What stood there isn't asked for by a reader; only that something did.
        changes.put(
            &piece.path,
            piece.before.as_ref().map(|hash| hash.clone().into_bytes()),
            piece.after.clone(),
        );
    }
    for (lines, _) in journal.lines.iter().zip(&fit.lines).filter(|(_, far)| not_done(far)) {
        // One that is too large to be read whole is read by nobody.
        let Ok(there) = tree.read(&lines.file) else { continue };
        let mut after = there.clone().unwrap_or_default();
        after.truncate(usize::try_from(lines.at()).unwrap_or(usize::MAX));
        after.extend_from_slice(&lines.bytes);
        changes.put(&lines.file, there, Some(after));
    }
    Ok(changes)
}

fn held_up(path: &str, why: String) -> TreeError {
    TreeError { path: path.to_owned(), kind: TreeErrorKind::HeldUp(why) }
}

impl Stuck {
    /// Refuses what the journal may speak of.
    fn refuse(&self, concerns: impl Fn(&str) -> bool) -> Result<(), TreeError> {
        let concerned = self.paths.as_ref().is_none_or(|paths| paths.iter().any(|path| concerns(path)));
        if concerned { Err(self.why.clone()) } else { Ok(()) }
    }

    /// Refuses a folder in which the journal makes or deletes something.
    fn refuse_list(&self, folder: &str, there: Option<&[Entry]>) -> Result<(), TreeError> {
        let known = |name: &str| there.is_some_and(|there| there.iter().any(|entry| entry.name == name));
        self.refuse(|path| match below(path, folder).map(|rest| rest.split_once('/')) {
            None => false,
            Some(None) => true,
            Some(Some((name, _))) => !known(name),
        })
    }
}

/// The rest of a path below a folder.
fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(folder)?;
    if folder.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// A folder with what lies over it.
pub(super) struct Layers<'a> {
    pub tree: &'a Bare,
    pub laid: &'a Laid,
}

impl Layers<'_> {
    fn changed<'b>(&'b self, changes: &'b Changes) -> Changed<'b> {
        Changed { tree: self.tree, changes }
    }
}

impl Tree for Layers<'_> {
    fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, TreeError> {
        match self.laid {
            Laid::Nothing => self.tree.list(folder),
            Laid::Over(changes) => self.changed(changes).list(folder),
            Laid::Stuck(stuck) => {
                let there = self.tree.list(folder)?;
                stuck.refuse_list(folder, there.as_deref())?;
                Ok(there)
            }
        }
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, TreeError> {
        match self.laid {
            Laid::Nothing => self.tree.read(path),
            Laid::Over(changes) => self.changed(changes).read(path),
            Laid::Stuck(stuck) => {
                stuck.refuse(|concerned| concerned == path)?;
                self.tree.read(path)
            }
        }
    }

    fn read_end(&self, path: &str, at_most: usize) -> Result<Option<End>, TreeError> {
        match self.laid {
            Laid::Nothing => self.tree.read_end(path, at_most),
            Laid::Over(changes) => self.changed(changes).read_end(path, at_most),
            Laid::Stuck(stuck) => {
                stuck.refuse(|concerned| concerned == path)?;
                self.tree.read_end(path, at_most)
            }
        }
    }

    fn stream(&self, path: &str, take: &mut dyn FnMut(&[u8])) -> Result<bool, TreeError> {
        match self.laid {
            Laid::Nothing => self.tree.stream(path, take),
            Laid::Over(changes) => self.changed(changes).stream(path, take),
            Laid::Stuck(stuck) => {
                stuck.refuse(|concerned| concerned == path)?;
                self.tree.stream(path, take)
            }
        }
    }

    fn has_folder(&self, path: &str) -> Result<bool, TreeError> {
        match self.laid {
            Laid::Nothing => self.tree.has_folder(path),
            Laid::Over(changes) => self.changed(changes).has_folder(path),
            Laid::Stuck(stuck) => {
                let there = self.tree.has_folder(path)?;
                if !there {
                    stuck.refuse(|concerned| below(concerned, path).is_some())?;
                }
                Ok(there)
            }
        }
    }

    fn is_link(&self, path: &str) -> Result<bool, TreeError> {
        match self.laid {
            Laid::Over(changes) => self.changed(changes).is_link(path),
            _ => self.tree.is_link(path),
        }
    }
}
