//! What is to be known of every line of a record, gathered in one reading; the lines themselves are let go.

use std::collections::HashMap;

use super::trouble::{Finding, Spot, Trouble};
use crate::model::{CLOCK_TOLERANCE, Name, Time};
use crate::record::chain::{Hash, digest, unhex};
use crate::record::read::{Files, Glance, LineEnd, Raw, each_line};
use crate::registry::{Tree, TreeError};

/// How much of an odd value is shown, in characters.
const SHOWN: usize = 80;

/// A line, as far as the chain is concerned.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    /// Which of the files.
    pub file: usize,
    /// Which line of it.
    pub line: usize,
    /// Its number; None: it can't be read.
    pub seq: Option<u64>,
    /// The hash that it holds of the line before; None: it can't be read. All zeros: it is the first.
    pub prev: Option<Hash>,
    /// Its own.
    pub hash: Hash,
    /// When.
    pub at: Option<Time>,
}

/// All lines of a record, in the order in which they stand.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub files: Vec<String>,
    pub list: Vec<Fact>,
}

/// What is wrong with lines by themselves.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub findings: Vec<Finding>,
    pub warnings: Vec<Finding>,
}

impl Facts {
    /// Reads the record of a service.
    pub fn gather(tree: &dyn Tree, service: &Name, files: Files) -> Result<(Facts, Seen), TreeError> {
        let mut facts = Facts { files: files.months, list: Vec::new() };
        let (mut seen, mut ids) = (Seen::default(), HashMap::new());
        for strange in files.strange {
            let spot = Spot { file: strange, line: 0 };
            seen.findings.push(Finding { spot, trouble: Trouble::Strange });
        }
        for file in 0..facts.files.len() {
            let mut reader =
                Reader { service, facts: &mut facts, seen: &mut seen, ids: &mut ids, file, returns: 0 };
            let path = reader.facts.files[file].clone();
            each_line(tree, &path, &mut |line| reader.take(line))?;
            reader.finish();
        }
        facts.look_at_times(&mut seen.warnings);
        Ok((facts, seen))
    }

    /// Where a line stands.
    pub fn spot(&self, index: usize) -> Spot {
        let (file, line) = self.list.get(index).map_or((0, 0), |fact| (fact.file, fact.line));
        Spot { file: self.files.get(file).cloned().unwrap_or_default(), line }
    }

    /// The hash that a line should hold: that of the one before it, of the first all zeros.
    pub fn before(&self, index: usize) -> Hash {
        index.checked_sub(1).and_then(|before| self.list.get(before)).map_or([0; 32], |fact| fact.hash)
    }

    /// The number of a line.
    pub fn seq(&self, index: usize) -> Option<u64> {
        self.list.get(index)?.seq
    }

    /// The hash that a line holds of the one before it.
    pub fn prev(&self, index: usize) -> Option<Hash> {
        self.list.get(index)?.prev
    }

    /// Whether a line is the first of its file.
    pub fn begins_file(&self, index: usize) -> bool {
        let file = |index: usize| self.list.get(index).map(|fact| fact.file);
        index == 0 || file(index) != file(index - 1)
    }

    /// Times that go back by more than clocks are apart, and lines that are later than their file.
    fn look_at_times(&self, warnings: &mut Vec<Finding>) {
        for (index, fact) in self.list.iter().enumerate() {
            let Some(at) = fact.at else { continue };
            let spot = || self.spot(index);
            let month = self.files[fact.file].rsplit('/').next().unwrap_or_default();
            if at.format("%Y-%m").to_string().as_str() > month.trim_end_matches(".jsonl") {
                warnings.push(Finding { spot: spot(), trouble: Trouble::Month(at) });
            }
            let before = index.checked_sub(1).and_then(|before| Some((before, self.list[before].at?)));
            if let Some((before, was)) = before.filter(|(_, was)| CLOCK_TOLERANCE.after(at) < *was) {
                let trouble = Trouble::Back { before: self.spot(before), was, is: at };
                warnings.push(Finding { spot: spot(), trouble });
            }
        }
    }
}

/// Takes the lines of a file.
struct Reader<'a> {
    service: &'a Name,
    facts: &'a mut Facts,
    seen: &'a mut Seen,
    /// The line of each id.
    ids: &'a mut HashMap<Box<str>, usize>,
    file: usize,
    /// How many lines of this file end in CR LF.
    returns: usize,
}

impl Reader<'_> {
    fn take(&mut self, line: Raw<'_>) {
        if line.bytes.trim_ascii().is_empty() && line.end != LineEnd::Nothing {
            return self.found(line.number, Trouble::Empty);
        }
        if is_mark(line.bytes) {
            return self.found(line.number, Trouble::Conflict);
        }
        match line.end {
            LineEnd::Newline => {}
            LineEnd::CarriageReturn => self.returns += 1,
            LineEnd::Nothing => {
                let inside = self.file + 1 < self.facts.files.len();
                self.found(line.number, Trouble::Torn { bytes: line.bytes.len(), inside });
                if !inside {
                    return; // it isn't of the record yet
                }
            }
        }
        let mut fact = Fact {
            file: self.file,
            line: line.number,
            seq: None,
            prev: None,
            // A carriage return was put there by Git or an editor: the line is what it was without.
            hash: digest(line.bytes),
            at: None,
        };
        match serde_json::from_slice::<Glance<'_>>(line.bytes) {
            Ok(_) if !line.bytes.trim_ascii_start().starts_with(b"{") => {
                self.found(line.number, Trouble::Unreadable("it is no table of fields".into()));
            }
            Ok(glance) => self.look(line.number, &glance, &mut fact),
            Err(error) => self.found(line.number, Trouble::Unreadable(why(&error))),
        }
        self.facts.list.push(fact);
    }

    /// Looks at what every line has.
    fn look(&mut self, line: usize, glance: &Glance<'_>, fact: &mut Fact) {
        fact.seq = glance.seq;
        fact.prev = glance.prev.as_deref().and_then(unhex);
        fact.at = glance.moment();
        let has = [
            ("seq", glance.seq.is_some()),
            ("id", glance.id.is_some()),
            ("at", glance.at.is_some()),
            ("kind", glance.kind.is_some()),
            ("service", glance.service.is_some()),
            ("by", glance.by.is_some()),
            ("known", glance.known.is_some()),
            ("prev", glance.prev.is_some()),
        ];
        let lacks: Vec<&str> = has.iter().filter(|(_, has)| !has).map(|(field, _)| *field).collect();
        if !lacks.is_empty() {
            self.found(line, Trouble::Lacks(lacks));
        }
        for (field, value, fits) in
            [("at", &glance.at, fact.at.is_some()), ("prev", &glance.prev, fact.prev.is_some())]
        {
            if let Some(value) = value.as_deref().filter(|_| !fits) {
                self.found(line, Trouble::Odd { field, value: value.chars().take(SHOWN).collect() });
            }
        }
        if let Some(other) = glance.service.as_deref().filter(|other| *other != self.service.as_str()) {
            self.found(line, Trouble::OtherService(other.chars().take(SHOWN).collect()));
        }
        if let Some(id) = glance.id.as_deref() {
            self.look_at_id(line, id, fact.hash);
        }
    }

    fn look_at_id(&mut self, line: usize, id: &str, hash: Hash) {
        match self.ids.get(id) {
            // A line that stands there twice is told of as that.
            Some(other) if self.facts.list[*other].hash == hash => {}
            Some(other) => {
                let other = self.facts.spot(*other);
                self.found(line, Trouble::SameId(other));
            }
            None => _ = self.ids.insert(id.into(), self.facts.list.len()),
        }
    }

    fn found(&mut self, line: usize, trouble: Trouble) {
        let spot = Spot { file: self.facts.files[self.file].clone(), line };
        self.seen.findings.push(Finding { spot, trouble });
    }

    fn finish(&mut self) {
        if self.returns > 0 {
            self.found(0, Trouble::LineEnds(self.returns));
        }
    }
}

/// The marks that Git leaves where it can't merge.
fn is_mark(line: &[u8]) -> bool {
    [b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>"].iter().any(|mark| line.starts_with(*mark))
}

/// The parser's words; of the place in the line only the column is of use.
fn why(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    let what = what.replace("EOF while", "it ends while").replace("EOF", "its end");
    match error.column() {
        0 => format!("it is no JSON of a line: {what}"),
        column if error.is_data() => {
            let what = what.replace(", expected struct Glance", ", where a line should be");
            format!("{what}, at column {column}")
        }
        column => format!("it isn't JSON: {what}, at column {column}"),
    }
}
