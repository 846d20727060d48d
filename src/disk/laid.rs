//! A journal laid over the folder: a reader sees an act that was committed as done, also before anybody has
//! brought it to its end.
//!
//! Without a journal this costs one file that can't be opened.

use super::bare::Bare;
use super::fit::{Far, fit};
use super::journal::{JOURNAL, Journal, Lines, MAX_JOURNAL};
use crate::registry::{Changed, Changes, End, Entry, Tree, TreeError, TreeErrorKind};

/// How often is looked again when the journal doesn't fit: whoever writes may just be done with it.
const TRIES: usize = 8;

/// What lies over a folder.
#[derive(Debug)]
pub(super) enum Laid {
    /// Nothing.
    Nothing,
    /// What an act is about to write.
    Over(Over),
    /// A journal that can't be followed: what it speaks of can't be known.
    Stuck(Stuck),
}

/// What an act is about to write.
#[derive(Debug, Default)]
pub(super) struct Over {
    /// Its files; those of the record as if they were empty, so that they are listed.
    changes: Changes,
    /// What it puts at the end of files of the record, which may be of any size and aren't held here.
    lines: Vec<Lines>,
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
                Ok(over) if over.changes.is_empty() && over.lines.is_empty() => return Laid::Nothing,
                Ok(over) => return Laid::Over(over),
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
fn over(tree: &Bare, journal: &Journal) -> Result<Over, String> {
    let fit = fit(tree, journal)?;
    let mut over = Over::default();
    let not_done = |far: &Far| *far == Far::Before;
    for (piece, _) in journal.files.iter().zip(&fit.files).filter(|(_, far)| not_done(far)) {
        // What stood there isn't asked for by a reader; only that something did.
        let before = piece.before.as_ref().map(|hash| hash.clone().into_bytes());
        over.changes.put(&piece.path, before, piece.after.clone());
    }
    for (lines, _) in journal.lines.iter().zip(&fit.lines).filter(|(_, far)| not_done(far)) {
        let before = lines.end.as_ref().map(|end| end.hash.clone().into_bytes());
        over.changes.put(&lines.file, before, Some(Vec::new()));
        over.lines.push(lines.clone());
    }
    Ok(over)
}

impl Over {
    /// The lines that come behind what stands in a file.
    fn lines(&self, path: &str) -> Option<&Lines> {
        self.lines.iter().find(|lines| lines.file == path)
    }
}

impl Lines {
    /// The file with the lines at its end.
    fn read(&self, tree: &Bare) -> Result<Option<Vec<u8>>, TreeError> {
        let mut bytes = tree.read(&self.file)?.unwrap_or_default();
        bytes.truncate(usize::try_from(self.at()).unwrap_or(usize::MAX));
        bytes.extend_from_slice(&self.bytes);
        Ok(Some(bytes))
    }

    /// The end of that.
    fn read_end(&self, tree: &Bare, at_most: usize) -> Result<Option<End>, TreeError> {
        let length = self.at() + self.bytes.len() as u64;
        let start = length.saturating_sub(at_most as u64);
        let mut bytes = Vec::new();
        if start < self.at() {
            bytes = tree.read_from(&self.file, |_| start)?.map_or(bytes, |end| end.bytes);
            bytes.truncate(usize::try_from(self.at() - start).unwrap_or(usize::MAX));
        }
        let whole = self.bytes.len();
        bytes.extend_from_slice(&self.bytes[whole - whole.min(at_most)..]);
        Ok(Some(End { length, bytes }))
    }

    /// The same, piece by piece.
    fn stream(&self, tree: &Bare, take: &mut dyn FnMut(&[u8])) -> Result<bool, TreeError> {
        let mut left = self.at();
        tree.stream(&self.file, &mut |piece| {
            let known = usize::try_from(left).map_or(piece.len(), |left| left.min(piece.len()));
            left -= known as u64;
            take(&piece[..known]);
        })?;
        take(&self.bytes);
        Ok(true)
    }
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
    fn changed<'b>(&'b self, over: &'b Over) -> Changed<'b> {
        Changed { tree: self.tree, changes: &over.changes }
    }
}

impl Tree for Layers<'_> {
    fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, TreeError> {
        match self.laid {
            Laid::Nothing => self.tree.list(folder),
            Laid::Over(over) => self.changed(over).list(folder),
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
            Laid::Over(over) => match over.lines(path) {
                Some(lines) => lines.read(self.tree),
                None => self.changed(over).read(path),
            },
            Laid::Stuck(stuck) => {
                stuck.refuse(|concerned| concerned == path)?;
                self.tree.read(path)
            }
        }
    }

    fn read_end(&self, path: &str, at_most: usize) -> Result<Option<End>, TreeError> {
        match self.laid {
            Laid::Nothing => self.tree.read_end(path, at_most),
            Laid::Over(over) => match over.lines(path) {
                Some(lines) => lines.read_end(self.tree, at_most),
                None => self.changed(over).read_end(path, at_most),
            },
            Laid::Stuck(stuck) => {
                stuck.refuse(|concerned| concerned == path)?;
                self.tree.read_end(path, at_most)
            }
        }
    }

    fn stream(&self, path: &str, take: &mut dyn FnMut(&[u8])) -> Result<bool, TreeError> {
        match self.laid {
            Laid::Nothing => self.tree.stream(path, take),
            Laid::Over(over) => match over.lines(path) {
                Some(lines) => lines.stream(self.tree, take),
                None => self.changed(over).stream(path, take),
            },
            Laid::Stuck(stuck) => {
                stuck.refuse(|concerned| concerned == path)?;
                self.tree.stream(path, take)
            }
        }
    }

    fn has_folder(&self, path: &str) -> Result<bool, TreeError> {
        match self.laid {
            Laid::Nothing => self.tree.has_folder(path),
            Laid::Over(over) => self.changed(over).has_folder(path),
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
            Laid::Over(over) => self.changed(over).is_link(path),
            _ => self.tree.is_link(path),
        }
    }
}
