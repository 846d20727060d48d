//! The registry's folder as it was in a commit, as a [`Tree`].
//!
//! Paths are followed through Git's own folders, each read once, so listing and reading cost what they touch. A link
//! is followed as long as it stays in the registry's folder, as on disk; what is missing in this clone is an error,
//! never "no such file".

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::rc::Rc;
use std::sync::Arc;

use super::batch::{Header, Unread};
use super::folder::{Folder, Id, Item, Kind};
use super::merged::merged_by;
use super::objects::{Commit, Objects};
use super::program::Unanswered;
use crate::model::Time;
use crate::registry::{End, Entry, EntryKind, MAX_FILE, Tree, TreeError, TreeErrorKind};

/// A folder of more bytes than this is none that we read: half a million names.
const LARGEST_FOLDER: u64 = 32 * 1024 * 1024;
/// How many links a path may lead through, as systems have it.
const LINKS: usize = 40;
/// How long a link's path may be.
const LONGEST_LINK: u64 = 4096;
/// How much of a file is handed over at once, where it is read piece by piece.
const PIECE: usize = 256 * 1024;

/// A folder of a commit.
#[derive(Debug)]
pub struct CommitTree<'o> {
    objects: Held<'o>,
    /// The commit's id.
    commit: String,
    /// The top folder of the commit.
    top: Id,
    folders: RefCell<BTreeMap<Id, Rc<Folder>>>,
    /// Where the registry's folder is, once it was looked for; None: the commit has none.
    root: RefCell<Option<Option<Place>>>,
}

/// Whose program is asked: somebody else's, or one of its own.
#[derive(Debug)]
pub(super) enum Held<'o> {
    Lent(&'o Objects),
    Own(Box<Objects>),
}

/// Something of a commit, and where it is found from the top, once no name on the way is a link.
#[derive(Debug, Clone)]
struct Place {
    path: Vec<Vec<u8>>,
    item: Item,
}

/// Why there is nothing at a path.
enum Lost {
    /// There is no such thing.
    Absent,
    /// A file stands where the path goes on.
    NotAFolder,
    /// It can't be told.
    Wrong(TreeErrorKind),
}

impl<'o> CommitTree<'o> {
    /// The registry's folder in a commit.
    pub(super) fn new(objects: Held<'o>, commit: &Commit) -> CommitTree<'o> {
        let (commit, top) = (commit.id.clone(), commit.tree);
        CommitTree { objects, commit, top, folders: RefCell::default(), root: RefCell::default() }
    }

    fn objects(&self) -> &Objects {
        match &self.objects {
            Held::Lent(objects) => objects,
            Held::Own(objects) => objects,
        }
    }

    /// Reads a folder.
    fn folder(&self, id: Id) -> Result<Rc<Folder>, TreeErrorKind> {
        if let Some(known) = self.folders.borrow().get(&id) {
            return Ok(Rc::clone(known));
        }
        let read = self.read_whole(id, LARGEST_FOLDER)?;
        let bytes = read.ok_or_else(|| TreeErrorKind::Io("it holds too many names".into()))?;
        let folder = Folder::parse(&bytes, id.length())
            .ok_or_else(|| TreeErrorKind::Io(format!("Git's object {id} is no folder")))?;
        let folder = Rc::new(folder);
        self.folders.borrow_mut().insert(id, Rc::clone(&folder));
        Ok(folder)
    }

    /// The bytes of an object; None: there are more than so many.
    fn read_whole(&self, id: Id, most: u64) -> Result<Option<Arc<[u8]>>, TreeErrorKind> {
        let kept = &self.objects().kept;
        let known = kept.borrow().get(id);
        if let Some(known) = known {
            return Ok(Some(known).filter(|known| known.len() as u64 <= most));
        }
        let read = self.object(id, |header, bytes| {
            let mut taken = Vec::new();
            if header.size > most {
                return Ok(None);
            }
            taken.reserve_exact(usize::try_from(header.size).unwrap_or_default());
            bytes.read_to_end(&mut taken).map(|_| Some(taken))
        })?;
        let read: Option<Arc<[u8]>> = read.map(Into::into);
        read.iter().for_each(|read| kept.borrow_mut().keep(id, read));
        Ok(read)
    }

    /// Asks for an object that the commit says is there.
    fn object<T>(
        &self,
        id: Id,
        take: impl FnOnce(Header, &mut dyn Read) -> io::Result<T>,
    ) -> Result<T, TreeErrorKind> {
        self.objects().batch.ask(&id.to_string(), take).map_err(|unread| match unread {
            Unread::Missing | Unread::Ambiguous => TreeErrorKind::NotHere(id.to_string()),
            Unread::Failed(Unanswered::NoGit) => TreeErrorKind::Io("`git` is not installed".into()),
            Unread::Failed(Unanswered::Refused(says)) => TreeErrorKind::Io(format!("git says: {says}")),
        })
    }

    /// The registry's folder itself.
    fn root(&self) -> Result<Option<Place>, TreeErrorKind> {
        if let Some(known) = &*self.root.borrow() {
            return Ok(known.clone());
        }
        let top = Place { path: Vec::new(), item: Item { kind: Kind::Folder, id: self.top } };
        let names = self.objects().prefix_names().iter().map(|name| name.as_bytes().to_vec()).collect();
        let found = match self.walk(top, names, true, &mut 0) {
            Ok(place) => Some(place),
            Err(Lost::Absent | Lost::NotAFolder) => None,
            Err(Lost::Wrong(kind)) => return Err(kind),
        };
        *self.root.borrow_mut() = Some(found.clone());
        Ok(found)
    }

    /// What stands at a path of the registry; a link there is followed, or given as it is.
    fn find(&self, path: &str, follow: bool) -> Result<Place, Lost> {
        let root = self.root().map_err(Lost::Wrong)?.ok_or(Lost::Absent)?;
        let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
        let (inside, mut place, mut links) = (root.path.clone(), root, 0);
        for (left, name) in (0..names.len()).rev().zip(names) {
            place = self.walk(place, vec![name.as_bytes().to_vec()], follow || left > 0, &mut links)?;
            if !place.path.starts_with(&inside) {
                return Err(Lost::Wrong(TreeErrorKind::LeadsOut));
            }
        }
        Ok(place)
    }

    /// Goes down from a folder, name by name. Links are counted, so that those in a circle come to an end.
    fn walk(&self, from: Place, names: Vec<Vec<u8>>, follow: bool, links: &mut usize) -> Result<Place, Lost> {
        let (mut place, count) = (from, names.len());
        for (index, name) in names.into_iter().enumerate() {
            let folder = match place.item.kind {
                Kind::Folder => self.folder(place.item.id).map_err(Lost::Wrong)?,
                Kind::Submodule => return Err(Lost::Wrong(TreeErrorKind::Submodule)),
                _ => return Err(Lost::NotAFolder),
            };
            let item = *folder.0.get(&name).ok_or(Lost::Absent)?;
            if item.kind == Kind::Link && (follow || index + 1 < count) {
                place = self.through(&place.path, item.id, links)?;
            } else {
                place.path.push(name);
                place.item = item;
            }
        }
        Ok(place)
    }

    /// Where a link leads that stands in this folder.
    fn through(&self, folder: &[Vec<u8>], link: Id, links: &mut usize) -> Result<Place, Lost> {
        *links += 1;
        if *links > LINKS {
            return Err(Lost::Wrong(TreeErrorKind::Io("too many levels of symbolic links".into())));
        }
        let target = self.read_whole(link, LONGEST_LINK).map_err(Lost::Wrong)?;
        let target = target.filter(|target| !target.starts_with(b"/"));
        let leads_out = || Lost::Wrong(TreeErrorKind::LeadsOut);
        let mut place = self.back_at(folder)?;
        for name in target.ok_or_else(leads_out)?.split(|byte| *byte == b'/') {
            place = match name {
                b"" | b"." => place,
                b".." if place.path.is_empty() => return Err(leads_out()),
                b".." => self.back_at(&place.path[..place.path.len() - 1])?,
                name => self.walk(place, vec![name.to_vec()], true, links)?,
            };
        }
        Ok(place)
    }

    /// A folder by its names from the top, none of which is a link.
    fn back_at(&self, path: &[Vec<u8>]) -> Result<Place, Lost> {
        let top = Place { path: Vec::new(), item: Item { kind: Kind::Folder, id: self.top } };
        self.walk(top, path.to_vec(), false, &mut 0)
    }

    /// A file at a path. None: there is no such file.
    fn file(&self, path: &str) -> Result<Option<Id>, TreeError> {
        let wrong = |kind| Err(TreeError { path: path.to_owned(), kind });
        match self.find(path, true) {
            Ok(Place { item: Item { kind: Kind::File, id }, .. }) => Ok(Some(id)),
            Ok(Place { item: Item { kind: Kind::Submodule, .. }, .. }) => wrong(TreeErrorKind::Submodule),
            Ok(_) => wrong(TreeErrorKind::NotAFile),
            Err(Lost::Absent | Lost::NotAFolder) => Ok(None),
            Err(Lost::Wrong(kind)) => wrong(kind),
        }
    }

    /// What an entry of a folder is; a link is what it leads to.
    fn kind(&self, path: &str, kind: Kind) -> EntryKind {
        match kind {
            Kind::File => EntryKind::File,
            // What is in a submodule can't be listed, and whoever tries is told.
            Kind::Folder | Kind::Submodule => EntryKind::Folder,
            Kind::Other => EntryKind::Other,
            Kind::Link => match self.find(path, true) {
                Ok(place) => self.kind("", place.item.kind),
                Err(Lost::Absent | Lost::NotAFolder) => EntryKind::Other,
                // A link that leads out, or in a circle: to be refused when it is opened.
                Err(Lost::Wrong(_)) => EntryKind::File,
            },
        }
    }

    /// The bytes of a file from a place on, which depends on its length, with that length.
    fn tail(&self, id: Id, at_most: usize) -> Result<Option<End>, TreeErrorKind> {
        self.object(id, |header, bytes| {
            let length = header.size;
            let start = length.saturating_sub(at_most as u64);
            if length - start > MAX_FILE as u64 {
                return Ok(None);
            }
            io::copy(&mut bytes.take(start), &mut io::sink())?;
            let mut end = Vec::new();
            bytes.read_to_end(&mut end)?;
            Ok(Some(End { length, bytes: end }))
        })
    }
}

impl Tree for CommitTree<'_> {
    fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>, TreeError> {
        let wrong = |kind| TreeError { path: folder.to_owned(), kind };
        let place = match self.find(folder, true) {
            Ok(place) => place,
            Err(Lost::Absent) => return Ok(None),
            Err(Lost::NotAFolder) => return Err(wrong(TreeErrorKind::NotAFolder)),
            Err(Lost::Wrong(kind)) => return Err(wrong(kind)),
        };
        let found = match place.item.kind {
            Kind::Folder => self.folder(place.item.id),
            Kind::Submodule => Err(TreeErrorKind::Submodule),
            _ => Err(TreeErrorKind::NotAFolder),
        };
        let found = found.map_err(wrong)?;
        let entry = |(name, item): (&Vec<u8>, &Item)| {
            let name = String::from_utf8_lossy(name).into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            Entry { kind: self.kind(&path, item.kind), name }
        };
        let mut entries: Vec<Entry> = found.0.iter().map(entry).collect();
        entries.sort_unstable();
        Ok(Some(entries))
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, TreeError> {
        let wrong = |kind| TreeError { path: path.to_owned(), kind };
        let Some(id) = self.file(path)? else { return Ok(None) };
        match self.read_whole(id, MAX_FILE as u64).map_err(wrong)? {
            None => Err(wrong(TreeErrorKind::TooLarge)),
            Some(bytes) => Ok(Some(bytes.to_vec())),
        }
    }

    fn read_end(&self, path: &str, at_most: usize) -> Result<Option<End>, TreeError> {
        let wrong = |kind| TreeError { path: path.to_owned(), kind };
        let Some(id) = self.file(path)? else { return Ok(None) };
        match self.tail(id, at_most) {
            Ok(None) => Err(wrong(TreeErrorKind::TooLarge)),
            read => read.map_err(wrong),
        }
    }

    fn merged_by(&self, path: &str, bytes: &[u8], _: Time) -> Option<String> {
        let folder = self.objects().top().join(self.objects().prefix());
        // The folder may not be there any more; its top is.
        match folder.is_dir() {
            true => merged_by(&folder, &self.commit, path, bytes),
            false => None,
        }
    }

    fn stream(&self, path: &str, take: &mut dyn FnMut(&[u8])) -> Result<bool, TreeError> {
        let Some(id) = self.file(path)? else { return Ok(false) };
        let hand_over = |header: Header, bytes: &mut dyn Read| {
            let mut piece = vec![0; PIECE.min(usize::try_from(header.size).unwrap_or(PIECE)).max(1)];
            loop {
                match bytes.read(&mut piece)? {
                    0 => return Ok(()),
                    count => take(&piece[..count]),
                }
            }
        };
        self.object(id, hand_over).map(|()| true).map_err(|kind| TreeError { path: path.to_owned(), kind })
    }

    fn has_folder(&self, path: &str) -> Result<bool, TreeError> {
        match self.find(path, true) {
            Ok(place) => Ok(matches!(place.item.kind, Kind::Folder | Kind::Submodule)),
            Err(Lost::Absent | Lost::NotAFolder) => Ok(false),
            Err(Lost::Wrong(kind)) => Err(TreeError { path: path.to_owned(), kind }),
        }
    }

    fn is_link(&self, path: &str) -> Result<bool, TreeError> {
        match self.find(path, false) {
            Ok(place) => Ok(place.item.kind == Kind::Link),
            Err(Lost::Absent | Lost::NotAFolder) => Ok(false),
            Err(Lost::Wrong(kind)) => Err(TreeError { path: path.to_owned(), kind }),
        }
    }
}
