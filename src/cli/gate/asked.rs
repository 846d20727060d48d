//! What is to be judged: a named move, a list, two commits, or two folders.

#![expect(clippy::disallowed_methods, reason = "a door: it reads the list of moves")]

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;

use anyhow::Result;

use super::Args;
use super::range::Range;
use crate::cli::failure::{Broken, Complaint};
use crate::cli::settings::Settings;
use crate::disk::reason;
use crate::registry::{Listed, MAX_FILE, moves};
use crate::report;

/// See the module.
#[derive(Debug)]
pub(super) enum Asked {
    /// The move that was named.
    Named(Box<Listed>),
    /// A list, and the name of its file.
    List(Vec<Listed>, String),
    /// What lies between two commits of a repository, below these paths.
    Diff(Diff),
    /// What lies between two folders.
    Rendered { base: String, head: String },
}

/// Which commits, and where.
#[derive(Debug)]
pub(super) struct Diff {
    pub range: Range,
    /// A folder of the repository.
    pub folder: PathBuf,
    pub paths: Vec<String>,
}

impl Asked {
    /// What was typed; in the CI of a pull or merge request, its change.
    pub fn of(args: &Args, settings: &Settings) -> Result<Asked> {
        if let (Some(service), Some(to)) = (&args.service, &args.to) {
            let (service, to) = (service.clone(), to.clone());
            let (environment, from) = (args.env.clone(), args.from.clone());
            return Ok(Asked::Named(Box::new(Listed {
                service,
                environment,
                from,
                to,
                digest: None,
                line: 0,
            })));
        }
        if let Some(file) = &args.moves {
            let bytes = read(file)?;
            return Ok(Asked::List(moves(file, bytes).map_err(Broken)?, file.clone()));
        }
        if let Some([base, head]) = args.rendered.as_deref() {
            return Ok(Asked::Rendered { base: base.clone(), head: head.clone() });
        }
        let range = args.diff.clone().or_else(Range::of_ci).ok_or_else(nothing)?;
        let here = settings.here.clone().unwrap_or_else(|| PathBuf::from("."));
        let folder = args.repo.as_ref().map_or(here, PathBuf::from);
        Ok(Asked::Diff(Diff { range, folder, paths: args.paths.clone() }))
    }

    /// The same for reports.
    pub fn shown(&self) -> report::Asked<'_> {
        match self {
            Asked::Named(_) => report::Asked::Named,
            Asked::List(_, file) => report::Asked::List(file),
            Asked::Diff(diff) => report::Asked::Diff { base: &diff.range.base, head: &diff.range.head },
            Asked::Rendered { base, head } => report::Asked::Rendered { base, head },
        }
    }
}

fn nothing() -> Complaint {
    let hint = "name it: --diff BASE..HEAD, --rendered BASE_DIR HEAD_DIR, --moves FILE, or --service and --to; in pull \
                and merge requests of GitHub and GitLab it is their change";
    Complaint::usage("nothing says what is to be judged", hint)
}

/// The bytes of a list.
fn read(file: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = MAX_FILE as u64 + 1;
    let read = match file {
        "-" => io::stdin().lock().take(most).read_to_end(&mut bytes),
        // A pipe may be given as well, so it isn't asked what it is.
        path => File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)),
    };
    let unread = |why: String| {
        let message = format!("the list of moves `{file}` can't be read: {why}");
        Complaint::unjudged(message, fs::metadata(file).is_err().then(|| "name a file, or `-`".into()))
    };
    read.map_err(|error| unread(reason(&error)))?;
    if bytes.len() > MAX_FILE { Err(unread("it is too large".into()).into()) } else { Ok(bytes) }
}
