//! One `git cat-file --batch`, started when the first object is asked for and kept alive: a line is asked, an object
//! is answered. It serves everything that is read of commits.
//!
//! Where many objects are wanted, questions go ahead of their answers ([`Batch::ask_each`]): to wait for the other side at
//! each object costs more than the object.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::folder::Id;
use super::program::{Unanswered, first_line, git, not_started};

/// How much of what Git complains of is looked at.
const COMPLAINT: u64 = 16 * 1024;
/// Beyond what was asked, how long the line may be that an object begins with.
const HEADER: u64 = 256;
/// How many questions are written at once. Twice as many may wait for their answers: less than 4,096 bytes, even of long
/// ids. Every system's pipe holds as many, so writing them never waits for Git, which may itself be waiting for us to
/// read.
const AT_ONCE: usize = 30;

/// An object that is there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    /// Its id.
    pub id: Id,
    /// Whether it is a commit, a folder, a file or a tag.
    pub kind: Kind,
    /// How many bytes it has.
    pub size: u64,
}

/// The kinds of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

/// Why an object isn't answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unread {
    /// There is none of this name here.
    Missing,
    /// There are several that a short id may mean.
    Ambiguous,
    /// Git doesn't run, or gave up.
    Failed(Unanswered),
}

/// The program, if it runs, and where.
#[derive(Debug)]
pub(super) struct Batch {
    folder: PathBuf,
    running: RefCell<Option<Running>>,
}

impl Batch {
    /// For the repository in (or around) a folder. Nothing is started yet.
    pub fn new(folder: PathBuf) -> Batch {
        Batch { folder, running: RefCell::default() }
    }

    /// Asks for an object, and hands over what is known of it, with its bytes to be read; what `take` leaves is
    /// passed over, so that nothing large comes into memory that isn't wanted.
    ///
    /// A name is one line. Whatever stands in it is a name: nothing in it can be an option.
    pub fn ask<T>(
        &self,
        name: &str,
        take: impl FnOnce(Header, &mut dyn Read) -> io::Result<T>,
    ) -> Result<T, Unread> {
        if name.is_empty() || name.contains(['\n', '\0']) {
            return Err(Unread::Missing);
        }
        self.with(|program| {
            program.input.write_all(format!("{name}\n").as_bytes())?;
            program.answer(name, take)
        })?
    }

    /// The same for many at once. Where Git gives up at one of them, it is started again for those that follow.
    pub fn ask_each<T>(
        &self,
        ids: &[Id],
        mut take: impl FnMut(Header, &mut dyn Read) -> io::Result<T>,
    ) -> Vec<Result<T, Unread>> {
        let mut answers = Vec::with_capacity(ids.len());
        while let Some(left) = ids.get(answers.len()..).filter(|left| !left.is_empty()) {
            let asked = self.with(|program| program.ask_each(left, &mut take, &mut answers));
            answers.extend(asked.err().map(Err));
        }
        answers
    }

    /// Hands over the program, which is ended when nothing more can be asked of it.
    fn with<T>(&self, ask: impl FnOnce(&mut Running) -> Result<T, Broken>) -> Result<T, Unread> {
        let Ok(mut running) = self.running.try_borrow_mut() else {
            return Err(failed("it was asked while it answered"));
        };
        let program = match running.take() {
            Some(program) => running.insert(program),
            None => running.insert(Running::start(&self.folder)?),
        };
        ask(program).map_err(|Broken(error)| {
            // Where the answer was left half read, nothing that follows could be trusted.
            let complaint = running.take().map(Running::end).unwrap_or_default();
            match complaint.is_empty() {
                true => failed(&error.to_string()),
                false => failed(&first_line(&complaint)),
            }
        })
    }
}

fn failed(says: &str) -> Unread {
    Unread::Failed(Unanswered::Refused(says.to_owned()))
}

/// Nothing more can be asked.
struct Broken(io::Error);

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Broken {
        Broken(error)
    }
}

/// The program, waiting for a line.
#[derive(Debug)]
struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// What it complains of goes to a file: in a pipe that nobody empties it would wait for ever.
    complaints: Option<File>,
}

impl Running {
    fn start(folder: &Path) -> Result<Running, Unread> {
        let complaints = tempfile::tempfile().ok();
        let to_file = complaints.as_ref().and_then(|file| file.try_clone().ok());
        let mut command = git(folder);
        // A commit is what its id says, whatever a `refs/replace` of this clone would put in its place.
        command.args(["cat-file", "--batch"]).env("GIT_NO_REPLACE_OBJECTS", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(to_file.map_or_else(Stdio::null, Stdio::from));
        let mut child = command.spawn().map_err(|error| Unread::Failed(not_started(&error)))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("it has no pipes"));
        };
        Ok(Running { child, input, output: BufReader::with_capacity(64 * 1024, output), complaints })
    }

    /// Asks for each, and puts the answers behind those that are there, up to the one that can't be answered.
    fn ask_each<T>(
        &mut self,
        ids: &[Id],
        take: &mut impl FnMut(Header, &mut dyn Read) -> io::Result<T>,
        answers: &mut Vec<Result<T, Unread>>,
    ) -> Result<(), Broken> {
        let mut parts = ids.chunks(AT_ONCE);
        let mut asked = parts.next().unwrap_or_default();
        self.write(asked)?;
        while !asked.is_empty() {
            let next = parts.next().unwrap_or_default();
            // Where Git has given up, it has answered what came before that.
            let written = self.write(next);
            for id in asked {
                answers.push(self.answer(&id.to_string(), &mut *take)?);
            }
            written?;
            asked = next;
        }
        Ok(())
    }

    fn write(&mut self, ids: &[Id]) -> io::Result<()> {
        let lines: String = ids.iter().map(|id| format!("{id}\n")).collect();
        self.input.write_all(lines.as_bytes())
    }

    /// Reads what is answered to a name.
    fn answer<T>(
        &mut self,
        name: &str,
        take: impl FnOnce(Header, &mut dyn Read) -> io::Result<T>,
    ) -> Result<Result<T, Unread>, Broken> {
        let header = match self.header(name)? {
            Ok(header) => header,
            Err(unread) => return Ok(Err(unread)),
        };
        let mut object = (&mut self.output).take(header.size);
        let taken = take(header, &mut object)?;
        io::copy(&mut object, &mut io::sink())?;
        let is_whole = object.limit() == 0;
        let mut end = [0];
        self.output.read_exact(&mut end)?;
        if is_whole && end == *b"\n" { Ok(Ok(taken)) } else { Err(confused("an object without an end")) }
    }

    /// The line that an answer begins with.
    fn header(&mut self, name: &str) -> Result<Result<Header, Unread>, Broken> {
        let mut line = Vec::new();
        let most = name.len() as u64 + HEADER;
        (&mut self.output).take(most).read_until(b'\n', &mut line)?;
        let Some(line) = line.strip_suffix(b"\n") else {
            return Err(confused("it ended, and gives no reason"));
        };
        let line = String::from_utf8_lossy(line);
        match line.rsplit(' ').next() {
            Some("missing" | "submodule") => return Ok(Err(Unread::Missing)),
            Some("ambiguous") => return Ok(Err(Unread::Ambiguous)),
            _ => {}
        }
        header(&line).map(Ok).ok_or_else(|| confused("an answer that isn't understood"))
    }

    /// Ends it, and gives what it has complained of.
    fn end(mut self) -> Vec<u8> {
        self.stop();
        let mut said = Vec::new();
        if let Some(file) = &mut self.complaints {
            let _ = file.seek(SeekFrom::Start(0)).and_then(|_| file.take(COMPLAINT).read_to_end(&mut said));
        }
        said
    }

    /// It has nothing to finish, so it is killed, and waited for so that nothing of it is left.
    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

fn confused(what: &str) -> Broken {
    Broken(io::Error::other(what))
}

/// `ID SP KIND SP SIZE`.
fn header(line: &str) -> Option<Header> {
    let mut words = line.split(' ');
    let id = Id::parse(words.next()?)?;
    let kind = match words.next()? {
        "commit" => Kind::Commit,
        "tree" => Kind::Tree,
        "blob" => Kind::Blob,
        "tag" => Kind::Tag,
        _ => return None,
    };
    let size = words.next()?.parse().ok()?;
    words.next().is_none().then_some(Header { id, kind, size })
}
