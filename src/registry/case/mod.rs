//! Cases that hold a policy to its word: a move, a time, what must come out, and what is supposed to be so.
//!
//! They stand in `policy/tests/`, are no part of the registry, and no check reads them. What isn't understood is a
//! mistake with its place: a case that is passed over would be one that nobody tried.

mod read;
mod shape;
mod suppose;

use std::ops::Range;

use crate::judge::Code;
use crate::model::{Level, MoveKind, Name, Owner, Sources, Time};
use crate::registry::document::Map;
use crate::registry::mistake::Place;

pub use read::cases;
pub use shape::CASE_SHAPES;
pub use suppose::{Base, Supposed, suppose};

/// Where a registry has its cases.
pub const CASES: &str = "policy/tests";

/// A file of cases.
#[derive(Debug)]
pub struct CaseFile {
    /// Its text; it is the only one.
    sources: Sources,
    /// Its cases, in its order.
    pub cases: Vec<Case>,
    /// What is supposed to be so in all of them.
    given: Option<Given>,
}

/// One case.
#[derive(Debug)]
pub struct Case {
    /// What it shows, in a sentence.
    pub name: Box<str>,
    /// More of it, for people.
    pub about: Option<Box<str>>,
    /// Whether it stands on the registry as it is, or on its policy alone.
    pub on: On,
    /// The moment.
    pub at: Time,
    /// Which service.
    pub service: Name,
    /// Where; None: in the only environment that there is.
    pub environment: Option<Name>,
    /// What is said to run there.
    pub from: Option<Box<str>>,
    /// Where it goes.
    pub to: Box<str>,
    /// What the move is taken for where its versions can't be compared.
    pub asked: MoveKind,
    /// The incident that it is for.
    pub incident: Option<Box<str>>,
    /// Who asks.
    pub by: Option<Box<str>>,
    /// The digest of the artifact, in lower case.
    pub digest: Option<Box<str>>,
    /// What must come out.
    pub expected: Expected,
    /// The line on which it begins, counted from 1.
    pub line: usize,
    /// What is supposed to be so.
    given: Option<Given>,
    /// Where it says what the registry may not hold.
    places: Places,
}

/// What a case stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// The registry's rules, freezes, periods, environments and teams; its services, flags and incidents are the
    /// case's own.
    Policy,
    /// All of the registry as it was at the moment, and what is supposed beside it.
    Registry,
}

/// What must come out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The verdict.
    pub level: Level,
    /// Reasons that must be there.
    pub reasons: Vec<ExpectedReason>,
    /// Whether no others may be.
    pub exact: bool,
}

/// One reason that must come out; None: whatever it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedReason {
    /// Its code.
    pub code: Code,
    /// Its subject.
    pub subject: Option<Box<str>>,
    /// Its level, after everything that lowers it.
    pub level: Option<Level>,
    /// Whose business it is.
    pub key: Option<Owner>,
    /// The rule that decides.
    pub rule: Option<Box<str>>,
}

/// Tables that are supposed.
#[derive(Debug)]
struct Given {
    map: Map<'static>,
    span: Range<usize>,
}

/// Stretches of the file.
#[derive(Debug, Default)]
struct Places {
    head: Range<usize>,
    service: Range<usize>,
    environment: Option<Range<usize>>,
    incident: Option<Range<usize>>,
}

impl CaseFile {
    /// Its path, as it was given.
    pub fn path(&self) -> &str {
        self.sources.file(0).map_or("", |source| &source.path)
    }
}

/// A place in the file of a case, by the index that it has among other files.
fn at(file: u32, span: &Range<usize>) -> Place {
    Place::new(file, span.clone())
}
