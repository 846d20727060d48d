//! `holdpoint schema`: the JSON Schema of the registry's files.

use std::process::ExitCode;

use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::settings::Settings;
use super::{exit, output};
use crate::registry::schema::{self, Covers};

const AFTER: &str = "\
Examples:
  mkdir -p .holdpoint && holdpoint schema > .holdpoint/schema.json     beside holdpoint.toml
  holdpoint schema advisory

Then the first line of a file names it, by a path that is relative to the file:
  #:schema ./.holdpoint/schema.json

Exit codes:
  0 done · 2 wrong usage · 3 could not be written

Files that are read:
  none";

/// Prints the JSON Schema of the registry's files, for editors that complete, explain and check them.
///
/// It fits every file of a registry. That for one kind of file refuses also what doesn't belong there, such
/// as a flag in a service's own file; editors associate it by path. docs/editors.md shows both.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// For which files
    #[arg(value_name = "FILES", default_value = Covers::Every.word(), value_parser = covers())]
    covers: Covers,
}

fn covers() -> impl TypedValueParser<Value = Covers> {
    PossibleValuesParser::new(Covers::ALL.map(Covers::word))
        .map(|word| Covers::from_word(&word).unwrap_or(Covers::Every))
}

/// Prints the schema.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    output::check_no_files("schema", settings)?;
    let text = schema::text_of(args.covers);
    Ok(ExitCode::from(exit::of_answer(settings.outputs.print(&text))))
}
