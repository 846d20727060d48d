//! What can be wrong with a record, in words.

use std::fmt;

use crate::model::{Time, format_time};

/// A place in a record: a line of a file, or a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The file, by path inside the registry.
    pub file: String,
    /// The line, from 1; 0: the file as a whole.
    pub line: usize,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}", self.file),
        }
    }
}

/// Lines that stand one behind the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The first.
    pub first: Spot,
    /// The last; the first, when it is one line.
    pub last: Spot,
}

/// One thing that is wrong, or odd, in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub spot: Spot,
    /// What.
    pub trouble: Trouble,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A line isn't JSON, or isn't of the form of a line.
    Unreadable(String),
    /// A line lacks fields that every line has.
    Lacks(Vec<&'static str>),
    /// A field of a line can't be what it is.
    Odd {
        /// The field.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// A line is empty.
    Empty,
    /// Git has put two histories here and asks which is right.
    Conflict,
    /// Lines end in CR LF: so many of the file.
    LineEnds(usize),
    /// A line speaks of another service.
    OtherService(String),
    /// Its id is that of another line, too.
    SameId(Spot),
    /// Its number isn't the one that comes next.
    Number {
        /// What stands there.
        found: u64,
        /// What would come next.
        wanted: u64,
    },
    /// The line was changed: the next one holds the hash of another.
    Changed {
        /// The line that says so.
        by: Spot,
        /// Its own `prev` isn't the hash of this line before it, either.
        before: Option<Spot>,
    },
    /// This is the last line, and its `prev` isn't the hash of the one before: either was changed.
    Either(Spot),
    /// The first line's `prev` isn't 64 zeros.
    First,
    /// Lines are missing before this one.
    Missing {
        /// The number of the first of them.
        first: u64,
        /// The number of the last.
        last: u64,
        /// The line behind which they stood; None: the record began with them.
        behind: Option<Spot>,
        /// The line is the first of its file: whole files may be missing.
        files: bool,
    },
    /// It holds the hash of no line that is here.
    Unlinked,
    /// Two neighbours changed places, lines or runs of lines.
    Swapped(Block, Block),
    /// These files have each other's names.
    SwappedFiles(String, String),
    /// A line stands elsewhere than it belongs: behind this one.
    Belongs(Spot),
    /// It is the same as a line before.
    Repeats(Spot),
    /// This line follows an earlier one than the one before it; what stands between was put in.
    PutIn {
        /// The line that it follows; None: it is a first line.
        follows: Option<Spot>,
        /// What stands between.
        between: Block,
        /// What stands between follows the same line: two histories.
        forked: bool,
    },
    /// The last line has no end.
    Torn {
        /// How many bytes there are of it.
        bytes: usize,
        /// More follows in later files.
        inside: bool,
    },
    /// Something else stands among the files of a record.
    Strange,
    /// The line is later than the month of its file.
    Month(Time),
    /// The line is earlier than the one before it, by more than clocks are apart.
    Back {
        /// The line before.
        before: Spot,
        /// When that was.
        was: Time,
        /// When this was.
        is: Time,
    },
    /// The head names a number, and stands at another.
    HeadNumber {
        /// What it says.
        said: u64,
        /// Where its hash is found.
        found: Option<u64>,
    },
    /// This head, of which nobody says whose it is, fits no record.
    Nowhere(String),
    /// No line is the one of which this head is the hash.
    Head {
        /// The hash.
        hash: String,
        /// The number that it is said to have.
        seq: Option<u64>,
        /// The number of the last line; None: there is none.
        end: Option<u64>,
        /// Up to which number, and when, an earlier head still fits.
        fits: Option<(u64, Option<Time>)>,
    },
}

impl Trouble {
    /// Its word, for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Trouble::Unreadable(_) => "unreadable",
            Trouble::Lacks(_) => "field-missing",
            Trouble::Odd { .. } => "field-odd",
            Trouble::Empty => "empty-line",
            Trouble::Conflict => "merge-conflict",
            Trouble::LineEnds(_) => "line-ends",
            Trouble::OtherService(_) => "other-service",
            Trouble::SameId(_) => "same-id",
            Trouble::Number { .. } => "number",
            Trouble::Changed { .. } | Trouble::Either(_) => "changed",
            Trouble::First => "first-line",
            Trouble::Missing { .. } => "missing",
            Trouble::Unlinked => "unlinked",
            Trouble::Swapped(..) | Trouble::Belongs(_) => "moved",
            Trouble::SwappedFiles(..) => "files-moved",
            Trouble::Repeats(_) => "repeated",
            Trouble::PutIn { forked: true, .. } => "forked",
            Trouble::PutIn { .. } => "put-in",
            Trouble::Torn { .. } => "torn",
            Trouble::Strange => "strange-file",
            Trouble::Month(_) => "month",
            Trouble::Back { .. } => "time-back",
            Trouble::HeadNumber { .. } => "head-number",
            Trouble::Nowhere(_) | Trouble::Head { .. } => "head-missing",
        }
    }
}

impl Finding {
    /// What is wrong, in a sentence; lines of the same file go by their number alone.
    pub fn message(&self) -> String {
        let here = self.spot.line;
        let name = |spot: &Spot| self.name(spot);
        match &self.trouble {
            Trouble::Unreadable(why) => format!("line {here} can't be read: {why}"),
            Trouble::Lacks(fields) => format!("line {here} lacks {}", ticked(fields)),
            Trouble::Odd { field, value } => format!("`{field}` of line {here} can't be `{value}`"),
            Trouble::Empty => format!("line {here} is empty; the record has no empty lines"),
            Trouble::Conflict => format!(
                "line {here} is a mark of Git's: two histories are to be merged here; see docs/record.md"
            ),
            Trouble::LineEnds(count) => {
                let lines = if *count == 1 { "1 line ends" } else { &*format!("{count} lines end") };
                format!("{lines} in CR LF: Git or an editor changed the line ends; see docs/record.md")
            }
            Trouble::OtherService(other) => format!("line {here} is of another service, `{other}`"),
            Trouble::SameId(other) => format!("line {here} has the id of {}", name(other)),
            Trouble::Number { found, wanted } => number(here, *found, *wanted),
            Trouble::Changed { by, before } => self.changed(by, before.as_ref()),
            Trouble::Either(before) => {
                let before = name(before);
                format!(
                    "line {here} doesn't hold the hash of {before}: either {before} was changed after line {here} \
                     was written, or `prev` of line {here} was"
                )
            }
            Trouble::First => format!(
                "line {here} is the first, and its `prev` isn't 64 zeros: it was changed, or the beginning is missing"
            ),
            Trouble::Missing { first, last, behind, files } => {
                self.missing((*first, *last), behind.as_ref(), *files)
            }
            Trouble::Unlinked => {
                format!("line {here} doesn't follow the line before it, nor any other that is here")
            }
            Trouble::Swapped(a, b) if a.first == a.last && b.first == b.last => {
                format!("{} and {} are swapped", lines(a, &name), name(&b.first))
            }
            Trouble::Swapped(a, b) => {
                format!("{} are swapped with {}", lines(a, &name), lines(b, &name))
            }
            Trouble::SwappedFiles(a, b) => format!("the files `{a}` and `{b}` have each other's place"),
            Trouble::Belongs(after) => {
                format!("line {here} is out of place: it belongs behind {}", name(after))
            }
            Trouble::Repeats(other) => format!("line {here} repeats {}", name(other)),
            Trouble::PutIn { follows, between, forked } => self.put_in(follows.as_ref(), between, *forked),
            Trouble::Torn { bytes, inside: false } => format!(
                "line {here} has no end after {bytes} bytes: a write was cut short, or goes on just now; \
                 `holdpoint log repair` puts it aside"
            ),
            Trouble::Torn { bytes, inside: true } => {
                format!("line {here}, the last of its file, has no end after {bytes} bytes: the file was cut")
            }
            Trouble::Strange => {
                "this is no month's file of a record, such as 2026-11.jsonl: it isn't read".into()
            }
            Trouble::Month(at) => format!("line {here} is of {}, later than its file", format_time(*at)),
            Trouble::Back { before, was, is } => format!(
                "line {here} is of {}, earlier than {}, which is of {}: clocks disagree",
                format_time(*is),
                name(before),
                format_time(*was)
            ),
            Trouble::HeadNumber { said, found } => {
                let found = found.map_or("a line without one".into(), |found| found.to_string());
                format!("the head is said to be number {said}, and is that of number {found}")
            }
            Trouble::Nowhere(hash) => {
                let short = hash.get(..12).unwrap_or(hash);
                format!(
                    "the head {short}… fits no line of any record: a tail was cut off, or a record written anew"
                )
            }
            Trouble::Head { hash, seq, end, fits } => head(hash, *seq, *end, *fits),
        }
    }

    fn name(&self, spot: &Spot) -> String {
        let file = spot.file.rsplit('/').next().unwrap_or_default();
        match spot.file == self.spot.file {
            true => format!("line {}", spot.line),
            false => format!("line {} of {file}", spot.line),
        }
    }

    fn changed(&self, by: &Spot, before: Option<&Spot>) -> String {
        let (here, by) = (self.spot.line, self.name(by));
        let also = before.map_or(String::new(), |before| {
            let before = self.name(before);
            format!("; it doesn't hold the hash of {before} either, so {before} may have been changed, too")
        });
        format!("line {here} was changed after {by} was written, which holds another hash of it{also}")
    }

    fn missing(&self, (first, last): (u64, u64), behind: Option<&Spot>, files: bool) -> String {
        let here = self.spot.line;
        let what = match last - first {
            0 => format!("a line is missing, number {first},"),
            more => format!("{} lines are missing, numbers {first} to {last},", more + 1),
        };
        let place = match behind {
            Some(behind) => format!("between {} and line {here}", self.name(behind)),
            None => format!("before line {here}: the beginning of the record"),
        };
        let files = if files { "; whole files may be missing" } else { "" };
        format!("{what} {place}{files}")
    }

    fn put_in(&self, follows: Option<&Spot>, between: &Block, forked: bool) -> String {
        let here = self.spot.line;
        let name = |spot: &Spot| self.name(spot);
        let follows = follows.map_or("no line: it begins a record".into(), |spot| self.name(spot));
        let between = lines(between, &name);
        match forked {
            true => format!(
                "line {here} follows {follows}, and so does what stands between, {between}: two histories were put \
                 together, or lines were put in"
            ),
            false => format!("line {here} follows {follows}; what stands between, {between}, was put in"),
        }
    }
}

/// `line 7`, or `lines 7 to 9`.
fn lines(block: &Block, name: &dyn Fn(&Spot) -> String) -> String {
    let (first, last) = (name(&block.first), name(&block.last));
    match block.first.file == block.last.file {
        _ if block.first == block.last => first,
        true => format!("lines {} to {}", block.first.line, last.trim_start_matches("line ")),
        false => format!("{first} to {last}"),
    }
}

fn number(line: usize, found: u64, wanted: u64) -> String {
    let what = match found.cmp(&wanted) {
        std::cmp::Ordering::Greater => "skips",
        _ if found + 1 == wanted => "repeats",
        _ => "goes back",
    };
    format!("the number of line {line} {what}: it is {found}, and {wanted} comes next")
}

fn head(hash: &str, seq: Option<u64>, end: Option<u64>, fits: Option<(u64, Option<Time>)>) -> String {
    let short = hash.get(..12).unwrap_or(hash);
    let fits = match fits {
        Some((seq, Some(at))) => {
            format!("; up to number {seq}, of {}, an earlier head still fits", format_time(at))
        }
        Some((seq, None)) => format!("; up to number {seq} an earlier head still fits"),
        None => String::new(),
    };
    let what = match (seq, end) {
        (Some(seq), None) => format!("it had {seq} lines and is gone"),
        (None, None) => "it had lines and is gone".into(),
        (Some(seq), Some(end)) if end < seq => {
            format!(
                "the record had {seq} lines and ends with number {end}: its tail was cut off, or all was written anew"
            )
        }
        (Some(seq), Some(_)) => {
            format!("number {seq} isn't what it was: it was changed, or the record was written anew")
        }
        (None, Some(end)) => format!(
            "the record, which ends with number {end}, doesn't hold it: its tail was cut off, or it was written anew"
        ),
    };
    format!("the head {short}… fits no line: {what}{fits}")
}

fn ticked(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
