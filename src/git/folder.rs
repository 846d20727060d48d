//! What Git's objects hold: ids, commits, and folders (`tree` objects), read from their bytes.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter, Write};

/// An object's id: SHA-1 or SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    bytes: [u8; 32],
    length: usize,
}

impl Id {
    /// From its bytes.
    fn of(bytes: &[u8]) -> Option<Id> {
        let mut id = Id { bytes: [0; 32], length: bytes.len() };
        matches!(id.length, 20 | 32).then_some(())?;
        id.bytes.get_mut(..id.length)?.copy_from_slice(bytes);
        Some(id)
    }

    /// From hexadecimal.
    pub fn parse(text: &str) -> Option<Id> {
        if !is_full(text) {
            return None;
        }
        let byte = |at: usize| text.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
        let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(byte).collect();
        Id::of(&bytes?)
    }

    /// How many bytes it has.
    pub fn length(self) -> usize {
        self.length
    }
}

/// Whether a text is a whole id in hexadecimal.
pub(super) fn is_full(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Display for Id {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(64);
        self.bytes.iter().take(self.length).try_for_each(|byte| write!(text, "{byte:02x}"))?;
        f.write_str(&text)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

/// What a name in a folder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    Submodule,
    /// A mode that no Git of today writes.
    Other,
}

/// What has a name in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    /// What it is.
    pub kind: Kind,
    /// Where it is kept.
    pub id: Id,
}

/// One folder of a commit: what stands directly in it, by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Folder(pub BTreeMap<Vec<u8>, Item>);

impl Folder {
    /// Reads `MODE SP NAME NUL ID`, again and again; an id is so many bytes long. None: that isn't a folder.
    pub fn parse(mut bytes: &[u8], length: usize) -> Option<Folder> {
        let mut items = BTreeMap::new();
        while !bytes.is_empty() {
            let (mode, rest) = cut(bytes, b' ')?;
            let (name, rest) = cut(rest, 0)?;
            let (id, rest) = rest.split_at_checked(length)?;
            items.insert(name.to_vec(), Item { kind: kind(mode)?, id: Id::of(id)? });
            bytes = rest;
        }
        Some(Folder(items))
    }
}

/// What a mode says, in octal: the first digits are the kind.
fn kind(mode: &[u8]) -> Option<Kind> {
    let mode = u32::from_str_radix(std::str::from_utf8(mode).ok()?, 8).ok()?;
    Some(match mode & 0o170_000 {
        0o100_000 => Kind::File,
        0o040_000 => Kind::Folder,
        0o120_000 => Kind::Link,
        0o160_000 => Kind::Submodule,
        _ => Kind::Other,
    })
}

/// The folder that a commit holds: its first line.
pub(super) fn tree_of_commit(bytes: &[u8]) -> Option<Id> {
    let (line, _) = cut(bytes, b'\n')?;
    Id::parse(std::str::from_utf8(line.strip_prefix(b"tree ")?).ok()?)
}

/// What stands before the first of these bytes, and what behind it.
fn cut(bytes: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = bytes.iter().position(|byte| *byte == at)?;
    Some((bytes.get(..place)?, bytes.get(place + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_from_hexadecimal_and_go_back() {
        for text in ["0123456789abcdef0123456789abcdef01234567", &"fe".repeat(32)] {
            assert_eq!(Id::parse(text).unwrap().to_string(), text);
        }
        for wrong in ["", "01234567", &"0".repeat(41), &"zz".repeat(20), &"é".repeat(20)] {
            assert_eq!(Id::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_folder_is_read_in_both_lengths_of_ids_and_nothing_is_made_up() {
        for length in [20, 32] {
            let mut bytes = Vec::new();
            for (mode, name) in [("100644", "a b"), ("40000", "ü"), ("120000", "l"), ("160000", "s")] {
                bytes.extend_from_slice(format!("{mode} {name}\0").as_bytes());
                bytes.extend((0..length).map(|byte| byte as u8));
            }
            let folder = Folder::parse(&bytes, length).unwrap();
            let kinds: Vec<(&[u8], Kind)> =
                folder.0.iter().map(|(name, item)| (name.as_slice(), item.kind)).collect();
            let want = [("a b", Kind::File), ("l", Kind::Link), ("s", Kind::Submodule), ("ü", Kind::Folder)];
            assert_eq!(kinds, want.map(|(name, kind)| (name.as_bytes(), kind)));
            assert_eq!(folder.0.values().next().unwrap().id.length(), length);
            let ends = (1..bytes.len()).filter(|end| Folder::parse(&bytes[..*end], length).is_some());
            assert_eq!(ends.count(), 3, "only where an entry ends");
        }
        assert_eq!(Folder::parse(b"", 20), Some(Folder::default()));
    }

    #[test]
    fn a_commit_says_which_folder_it_holds() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(tree_of_commit(format!("tree {id}\nparent x\n").as_bytes()), Id::parse(id));
        for wrong in ["", "tree", "tree x\n", "object y\n"] {
            assert_eq!(tree_of_commit(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
