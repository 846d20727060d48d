//! Reading the record as it stands: the services that have one, its files, its lines.
//!
//! Tolerant, for a record outlives the program that wrote it: whatever a line holds is kept, known or not. Whether
//! the lines are what was written is another question ([`super::verify()`]).

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::model::{Name, Time, parse_time};
use crate::record::Line;
use crate::record::chain::is_month;
use crate::registry::{EntryKind, Tree, TreeError};

/// The folder of all records.
pub const FOLDER: &str = "log";

/// Who has a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// The services, by name.
    pub services: Vec<Name>,
    /// What stands among their folders and is none, by path.
    pub strange: Vec<String>,
}

/// The services that have a record, whether the registry still knows them or not.
///
/// # Errors
/// When the folder can't be listed.
pub fn recorded(tree: &dyn Tree) -> Result<Recorded, TreeError> {
    let mut recorded = Recorded::default();
    for entry in tree.list(FOLDER)?.unwrap_or_default() {
        match Name::new(&entry.name) {
            Ok(name) if entry.kind == EntryKind::Folder => recorded.services.push(name),
            _ if is_aside(&entry.name) => {}
            _ => recorded.strange.push(format!("{FOLDER}/{}", entry.name)),
        }
    }
    Ok(recorded)
}

/// The files of a service's record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// Those of its months, in order, by path.
    pub months: Vec<String>,
    /// What else stands there, by path.
    pub strange: Vec<String>,
}

/// Finds the files of a service's record. None: it has no folder.
///
/// # Errors
/// When the folder can't be listed.
pub fn files(tree: &dyn Tree, service: &Name) -> Result<Option<Files>, TreeError> {
    let folder = format!("{FOLDER}/{service}");
    let Some(entries) = tree.list(&folder)? else { return Ok(None) };
    let mut files = Files::default();
    for entry in entries {
        let path = format!("{folder}/{}", entry.name);
        match entry.kind {
            EntryKind::File if is_month(&entry.name) => files.months.push(path),
            _ if is_aside(&entry.name) => {}
            _ => files.strange.push(path),
        }
    }
    files.months.sort();
    Ok(Some(files))
}

/// Dotfiles (what was set aside, locks) and notes for people stand beside the record and aren't of it.
fn is_aside(name: &str) -> bool {
    name.starts_with('.') || name.ends_with(".md")
}

/// How a line of a file ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    /// As it is written: with a newline.
    Newline,
    /// With a carriage return before it, which holdpoint never writes.
    CarriageReturn,
    /// With the file.
    Nothing,
}

impl LineEnd {
    /// How many bytes that is.
    pub fn length(self) -> usize {
        match self {
            LineEnd::Newline => 1,
            LineEnd::CarriageReturn => 2,
            LineEnd::Nothing => 0,
        }
    }
}

/// A line of a file.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a> {
    /// Its number in the file, from 1.
    pub number: usize,
    /// Its bytes, without the end.
    pub bytes: &'a [u8],
    /// How it ends.
    pub end: LineEnd,
}

/// Gives every line of a file, without holding more than one of them.
///
/// # Errors
/// When it can't be read.
pub fn each_line(tree: &dyn Tree, file: &str, take: &mut dyn FnMut(Raw<'_>)) -> Result<(), TreeError> {
    let (mut begun, mut number) = (Vec::new(), 0);
    tree.stream(file, &mut |mut piece| {
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            number += 1;
            let (line, rest) = (&piece[..end], &piece[end + 1..]);
            if begun.is_empty() {
                take(ended(number, line));
            } else {
                begun.extend_from_slice(line);
                take(ended(number, &begun));
                begun.clear();
            }
            piece = rest;
        }
        begun.extend_from_slice(piece);
    })?;
    if !begun.is_empty() {
        take(Raw { number: number + 1, bytes: &begun, end: LineEnd::Nothing });
    }
    Ok(())
}

fn ended(number: usize, line: &[u8]) -> Raw<'_> {
    match line.strip_suffix(b"\r") {
        Some(bytes) => Raw { number, bytes, end: LineEnd::CarriageReturn },
        None => Raw { number, bytes: line, end: LineEnd::Newline },
    }
}

/// What is looked at of every line: for its place in the chain, and to pick lines.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Glance<'a> {
    pub seq: Option<u64>,
    #[serde(borrow)]
    pub id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub at: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub service: Option<Cow<'a, str>>,
    #[serde(borrow)]
    environment: Option<Loose<'a>>,
    #[serde(borrow)]
    incident: Option<Loose<'a>>,
    #[serde(borrow)]
    pub by: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub known: Option<Cow<'a, str>>,
    #[serde(borrow)]
    group: Option<Loose<'a>>,
    #[serde(borrow)]
    pub prev: Option<Cow<'a, str>>,
    /// What the line is about: the line that says it was started, a flag, a sign-off, a debt.
    #[serde(borrow)]
    of: Option<Loose<'a>>,
    #[serde(borrow)]
    flag: Option<Loose<'a>>,
    #[serde(borrow)]
    sign_off: Option<Loose<'a>>,
    #[serde(borrow)]
    debt: Option<Loose<'a>>,
}

/// Text, or something else where a later holdpoint puts more into a field.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Loose<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Other(IgnoredAny),
}

impl Loose<'_> {
    fn text(&self) -> Option<&str> {
        match self {
            Loose::Text(text) => Some(text),
            Loose::Other(_) => None,
        }
    }
}

/// From how many letters on the beginning of a line's id is enough.
const ENOUGH: usize = 6;

impl Glance<'_> {
    /// When, if that is a time.
    pub fn moment(&self) -> Option<Time> {
        self.at.as_deref().and_then(|at| parse_time(at).ok())
    }

    /// Where.
    pub fn environment(&self) -> Option<&str> {
        text(&self.environment)
    }

    /// For which incident.
    pub fn incident(&self) -> Option<&str> {
        text(&self.incident)
    }

    /// Of which act over several services.
    pub fn group(&self) -> Option<&str> {
        text(&self.group)
    }

    /// Whether the line has this id, or is about what has it. Of ids no two differ in case only.
    pub fn names(&self, id: &str) -> bool {
        let about = [&self.of, &self.flag, &self.sign_off, &self.debt].map(text);
        let begins = |own: &str| {
            id.len() >= ENOUGH && own.get(..id.len()).is_some_and(|own| own.eq_ignore_ascii_case(id))
        };
        self.id.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(id) || begins(own))
            || about.into_iter().flatten().any(|about| about.eq_ignore_ascii_case(id))
    }
}

fn text<'g>(field: &'g Option<Loose<'_>>) -> Option<&'g str> {
    field.as_ref().and_then(Loose::text)
}

/// A line of the record with all that it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The file, by path inside the registry.
    pub file: String,
    /// Its number there, from 1.
    pub line: usize,
    /// When, if it says so.
    pub at: Option<Time>,
    /// What it says, field by field, as it stands.
    pub says: Map<String, Value>,
}

impl Entry {
    /// A field that is text.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.says.get(field)?.as_str()
    }

    /// Its number in the record.
    pub fn seq(&self) -> Option<u64> {
        self.says.get("seq")?.as_u64()
    }

    /// The line as this holdpoint would have written it. None: it is of a kind that isn't known here.
    pub fn known(&self) -> Option<Line> {
        Line::deserialize(&Value::Object(self.says.clone())).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::MemoryTree;

    #[test]
    fn services_and_files_are_found_and_what_is_none_of_them_is_named() {
        let tree: MemoryTree = [
            "log/checkout/2026-11.jsonl",
            "log/checkout/2026-02.jsonl",
            "log/checkout/2026-13.jsonl",
            "log/checkout/.2026-11.torn-1",
            "log/checkout/README.md",
            "log/checkout/2025/old.jsonl",
            "log/Shop/2026-11.jsonl",
            "log/notes.txt",
            "log/cart/2026-11.jsonl",
        ]
        .into_iter()
        .map(|path| (path, ""))
        .collect();
        let found = recorded(&tree).unwrap();
        assert_eq!(found.services.iter().map(Name::as_str).collect::<Vec<_>>(), ["cart", "checkout"]);
        assert_eq!(found.strange, ["log/Shop", "log/notes.txt"]);
        let files = files(&tree, &Name::new("checkout").unwrap()).unwrap().unwrap();
        assert_eq!(files.months, ["log/checkout/2026-02.jsonl", "log/checkout/2026-11.jsonl"]);
        assert_eq!(files.strange, ["log/checkout/2025", "log/checkout/2026-13.jsonl"]);
        assert_eq!(super::files(&tree, &Name::new("nothing").unwrap()).unwrap(), None);
        assert_eq!(recorded(&MemoryTree::new()).unwrap(), Recorded::default());
    }

    /// A tree that gives a file in pieces of one size.
    struct InPieces(&'static [u8], usize);

    impl Tree for InPieces {
        fn list(&self, _: &str) -> Result<Option<Vec<crate::registry::Entry>>, TreeError> {
            Ok(None)
        }

        fn read(&self, _: &str) -> Result<Option<Vec<u8>>, TreeError> {
            Ok(Some(self.0.to_vec()))
        }

        fn has_folder(&self, _: &str) -> Result<bool, TreeError> {
            Ok(false)
        }

        fn stream(&self, _: &str, take: &mut dyn FnMut(&[u8])) -> Result<bool, TreeError> {
            self.0.chunks(self.1).for_each(take);
            Ok(true)
        }
    }

    #[test]
    fn lines_are_whole_however_a_file_comes() {
        for size in 1..12 {
            let mut found = Vec::new();
            each_line(&InPieces(b"a\n\nbcd\r\n\ref", size), "x", &mut |line| {
                found.push((line.number, String::from_utf8(line.bytes.to_vec()).unwrap(), line.end));
            })
            .unwrap();
            let want = [
                (1, "a", LineEnd::Newline),
                (2, "", LineEnd::Newline),
                (3, "bcd", LineEnd::CarriageReturn),
                (4, "\ref", LineEnd::Nothing),
            ];
            assert_eq!(found, want.map(|(number, text, end)| (number, text.to_owned(), end)), "{size}");
        }
    }
}
