//! `holdpoint playbook --check`: do playbooks that people wrote have the steps that security's rules put in?

#![expect(clippy::disallowed_methods, reason = "a door: it reads the files that are named")]

use std::fs::File;
use std::io::Read;
use std::process::ExitCode;

use anyhow::Result;

use super::unread;
use crate::cli::args::Format;
use crate::cli::exit;
use crate::cli::failure::{Broken, Complaint};
use crate::cli::form::Form;
use crate::cli::registry::Found;
use crate::cli::settings::Settings;
use crate::disk::reason;
use crate::model::Sources;
use crate::playbook::by_hand::check;
use crate::registry::MAX_PLAYBOOK;
use crate::report::ci::Account;
use crate::report::playbook::CheckReport;
use crate::report::{Context, human, json, markdown};

/// Looks at the files and reports.
pub(super) fn run(files: &[String], settings: &Settings) -> Result<ExitCode> {
    let found = Found::by(settings)?;
    let files = files.iter().map(|file| read(file)).collect::<Result<Vec<_>>>()?;
    let checked = found.steady(|tree| check(tree, &found.main, files.clone()));
    let checked = checked.map_err(unread)?.map_err(Broken)?;
    let (sources, revision) = (Sources::default(), found.revision());
    let bare = found.bare(settings, &sources);
    let report =
        CheckReport { context: Context { revision: revision.as_deref(), ..bare }, checked: &checked };
    let delivered = settings.outputs.write_forms(|form, look| {
        Some(match form {
            Form::Usual(Format::Human) => human::playbook_check(&report, look),
            Form::Usual(Format::Json) => json::playbook_check(&report),
            Form::Usual(Format::Markdown) => markdown::playbook_check(&report),
            Form::Ci(format) => format.write(&Account::of_playbooks(&report)),
            Form::Csv | Form::Html => return None,
        })
    });
    Ok(ExitCode::from(exit::of_question(checked.passes(), delivered)))
}

/// A file's bytes: no more of them than tell that it is too large.
fn read(path: &str) -> Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_PLAYBOOK).unwrap_or(u64::MAX).saturating_add(1);
    let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    read.map_err(|error| {
        let message = format!("the playbook `{path}` can't be read: {}", reason(&error));
        Complaint::unjudged(message, Some("name files that are there".into()))
    })?;
    Ok((path.to_owned(), bytes))
}
