//! One `git cat-file --batch`, started when the first object is asked for and kept alive: a line is asked, an object
//! is answered. It serves everything that is read of commits.

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
        let Ok(mut running) = self.running.try_borrow_mut() else {
            return Err(failed("it was asked while it answered"));
        };
        let program = match running.take() {
            Some(program) => running.insert(program),
            None => running.insert(Running::start(&self.folder)?),
        };
        let answer = program.ask(name, take);
        if let Err(Broken(error)) = answer {
            // Where the answer was left half read, nothing that follows could be trusted.
            let complaint = running.take().map(Running::end).unwrap_or_default();
            return Err(match complaint.is_empty() {
                true => failed(&error.to_string()),
                false => failed(&first_line(&complaint)),
            });
        }
        answer.unwrap_or_else(|Broken(error)| Err(failed(&error.to_string())))
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

    fn ask<T>(
        &mut self,
        name: &str,
        take: impl FnOnce(Header, &mut dyn Read) -> io::Result<T>,
    ) -> Result<Result<T, Unread>, Broken> {
        self.input.write_all(format!("{name}\n").as_bytes())?;
        self.input.flush()?;
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
