//! Warnings: as finders note them, and as values that outlive the texts they were found in.

use crate::lint::Lint;
use crate::model::{Name, Origin, Sources};

/// One warning. It holds no reference to the registry, so that a service can be let go once it was looked at.
#[derive(Debug, Clone)]
pub struct Warning {
    /// Of which kind it is.
    pub lint: &'static Lint,
    /// The service that it was found at; None: it is no single service's.
    pub service: Option<Name>,
    /// What is odd: a lower-case fragment with backticks round names.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The file.
    pub file: Box<str>,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// The line, as far as it is worth showing; empty where there is none.
    pub excerpt: Box<str>,
    /// The files that it speaks of, where there are many and something is to be done to each.
    pub files: Vec<Box<str>>,
}

/// A warning at a place that still needs its texts.
pub(super) struct Note {
    pub lint: &'static Lint,
    pub origin: Origin,
    pub message: String,
    pub hint: Option<String>,
    pub files: Vec<Box<str>>,
}

/// What the finders note.
#[derive(Default)]
pub(super) struct Notes {
    list: Vec<Note>,
}

impl Note {
    pub fn new(lint: &'static Lint, origin: Origin, message: String) -> Note {
        Note { lint, origin, message, hint: None, files: Vec::new() }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Note {
        self.hint = Some(hint.into());
        self
    }
}

impl Note {
    /// The warning. Notes come in the order of their places.
    pub fn placed(self, counter: &mut Counter<'_>, service: Option<&Name>) -> Warning {
        let (line, column) = counter.position(self.origin);
        Warning {
            lint: self.lint,
            service: service.cloned(),
            message: self.message,
            hint: self.hint,
            file: counter.sources.path(self.origin).into(),
            line,
            column,
            excerpt: excerpt(counter.sources, self.origin),
            files: self.files,
        }
    }
}

impl Notes {
    pub fn push(&mut self, note: Note) {
        self.list.push(note);
    }

    pub fn extend(&mut self, notes: impl IntoIterator<Item = Note>) {
        self.list.extend(notes);
    }

    /// The warnings, by file and place. Lines are counted once through each file, however many there are.
    pub fn placed(mut self, sources: &Sources, service: Option<&Name>) -> Vec<Warning> {
        self.list.sort_by_key(|note| note.origin);
        let mut counter = Counter::new(sources);
        let mut warnings: Vec<Warning> =
            self.list.into_iter().map(|note| note.placed(&mut counter, service)).collect();
        warnings.sort_by(|a, b| a.place().cmp(&b.place()));
        warnings
    }
}

impl Warning {
    /// What warnings are sorted by.
    pub fn place(&self) -> (&str, usize, usize) {
        (&self.file, self.line, self.column)
    }
}

/// How much of a line is kept, in characters: warnings outlive the texts, so they keep little of them.
const KEPT: usize = 120;

/// The line of a place without the blanks round it, cut where it is long.
pub(super) fn excerpt(sources: &Sources, origin: Origin) -> Box<str> {
    let Some(source) = sources.file(origin.file) else { return Box::default() };
    let at = boundary(&source.text, origin);
    let start = source.text[..at].rfind('\n').map_or(0, |line_break| line_break + 1);
    let line = source.text[start..].lines().next().unwrap_or_default().trim();
    match line.char_indices().nth(KEPT) {
        Some((end, _)) => format!("{}…", &line[..end]).into(),
        None => line.into(),
    }
}

/// Where a place lies in its text: at the beginning of a character, at the end at the latest.
fn boundary(text: &str, origin: Origin) -> usize {
    let mut at = (origin.offset as usize).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Counts lines for places that come in order.
pub(super) struct Counter<'a> {
    sources: &'a Sources,
    file: u32,
    /// How far was counted, and the line there.
    at: usize,
    line: usize,
}

impl<'a> Counter<'a> {
    pub fn new(sources: &'a Sources) -> Counter<'a> {
        Counter { sources, file: 0, at: 0, line: 1 }
    }

    /// Line and column of a place that doesn't lie before the last one.
    fn position(&mut self, origin: Origin) -> (usize, usize) {
        if origin.file != self.file {
            *self = Counter { file: origin.file, ..Counter::new(self.sources) };
        }
        let text = self.sources.file(origin.file).map_or("", |source| &source.text);
        let end = boundary(text, origin).max(self.at);
        self.line += text.as_bytes()[self.at..end].iter().filter(|&&byte| byte == b'\n').count();
        self.at = end;
        let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
        (self.line, 1 + text[start..end].chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::odd::ODD_VALUE;

    #[test]
    fn places_are_counted_once_and_right() {
        let mut sources = Sources::default();
        let b = sources.add("b.toml", "x\nä = 1\n\nz".into());
        let a = sources.add("a.toml", "x\ny".into());
        let mut notes = Notes::default();
        for (file, offset) in [(b, 9), (b, 5), (a, 2), (b, 0), (b, 3), (a, 99), (7, 1)] {
            notes.push(Note::new(&ODD_VALUE, Origin { file, offset }, String::new()));
        }
        let places: Vec<(String, usize, usize)> = notes
            .placed(&sources, None)
            .into_iter()
            .map(|warning| (warning.file.into(), warning.line, warning.column))
            .collect();
        let want = [
            ("", 1, 1),
            ("a.toml", 2, 1),
            ("a.toml", 2, 2),
            ("b.toml", 1, 1),
            ("b.toml", 2, 1),
            ("b.toml", 2, 3),
            ("b.toml", 3, 1),
        ];
        assert_eq!(places, want.map(|(file, line, column)| (file.to_owned(), line, column)));
    }
}
