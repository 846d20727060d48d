//! `holdpoint man`: the manual pages.

#![expect(clippy::disallowed_methods, reason = "a door: it writes the pages to a folder")]

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::args;
use super::failure::Complaint;
use super::settings::Settings;
use super::{exit, output};

const AFTER: &str = "\
Examples:
  holdpoint man | man -l -
  holdpoint man rollback-check
  holdpoint man --dir ~/.local/share/man/man1

Exit codes:
  0 done · 2 wrong usage · 3 could not be written

Files that are read:
  none";

/// Prints the manual page of holdpoint or of a command, or writes them all to a folder.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The command; without it, holdpoint's own page
    #[arg(value_name = "COMMAND")]
    page: Option<String>,

    /// Writes all pages to this folder instead, which is made if it isn't there
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath, conflicts_with = "page")]
    dir: Option<String>,
}

/// Prints a page, or writes all.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    output::check_no_reports("man", settings)?;
    let mut root = args::Args::command();
    root.build();
    let text = match (&args.dir, &args.page) {
        (Some(dir), _) => write_all(&root, Path::new(dir))?,
        (None, None) => page(&root)?,
        (None, Some(name)) => page(find(&root, name)?)?,
    };
    Ok(ExitCode::from(exit::of_answer(settings.outputs.print(&text))))
}

/// The commands that have a page.
fn commands(root: &Command) -> impl Iterator<Item = &Command> {
    root.get_subcommands().filter(|command| !command.is_hide_set())
}

fn find<'a>(root: &'a Command, name: &str) -> Result<&'a Command> {
    let names: Vec<&str> = commands(root).map(Command::get_name).collect();
    let unknown = || {
        let near = names.iter().min_by_key(|known| strsim::damerau_levenshtein(name, known));
        let near = near.filter(|known| strsim::damerau_levenshtein(name, known) <= 1 + name.len() / 4);
        let all = || {
            format!(
                "there are {}",
                names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            )
        };
        Complaint::usage(
            &format!("no command `{name}`"),
            &near.map_or_else(all, |near| format!("did you mean `{near}`?")),
        )
    };
    Ok(commands(root).find(|command| command.get_name() == name).ok_or_else(unknown)?)
}

/// Writes every page; gives a line on what was done.
fn write_all(root: &Command, dir: &Path) -> Result<String> {
    let failed = |path: &Path, error: &std::io::Error| {
        Complaint::unjudged(format!("`{}` can't be written: {}", path.display(), output::reason(error)), None)
    };
    fs::create_dir_all(dir).map_err(|error| failed(dir, &error))?;
    let mut count = 0;
    for command in std::iter::once(root).chain(commands(root)) {
        let path = dir.join(format!("{}.1", called(command)));
        fs::write(&path, page(command)?).map_err(|error| failed(&path, &error))?;
        count += 1;
    }
    Ok(format!("wrote {count} pages to {}\n", dir.display()))
}

/// `holdpoint-rollback-check`.
fn called(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// A page: what the help says, its last part with a heading of its own for each of its parts.
fn page(command: &Command) -> Result<String> {
    let man = Man::new(command.clone());
    // Without a date, `Man` would leave that place out, and what follows would take it.
    let version = env!("CARGO_PKG_VERSION");
    let title = called(command).to_uppercase();
    let title = format!(".TH \"{title}\" \"1\" \"\" \"holdpoint {version}\" \"holdpoint manual\"\n");
    let mut text = title.into_bytes();
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    if commands(command).next().is_some() {
        man.render_subcommands_section(&mut text)?;
    }
    man.render_options_section(&mut text)?;
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    parts(&after).to_writer(&mut text)?;
    see_also(command).to_writer(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The text below a help: each paragraph whose first line ends with a colon is a section.
fn parts(after: &str) -> Roff {
    let mut roff = Roff::new();
    for paragraph in after.split("\n\n") {
        let (heading, lines) = match paragraph.split_once('\n') {
            Some((first, rest)) if !first.starts_with(' ') && first.ends_with(':') => (Some(first), rest),
            _ => (None, paragraph),
        };
        match heading.map(|heading| section(heading.trim_end_matches(':'))) {
            Some(Ok(name)) => _ = roff.control("SH", [name.as_str()]),
            Some(Err(said)) => _ = roff.control("PP", []).text([roman(said)]),
            None => _ = roff.control("PP", []),
        }
        roff.control("nf", []);
        lines.lines().for_each(|line| _ = roff.text([roman(line)]));
        roff.control("fi", []);
    }
    roff
}

/// What a part of the help is called in a manual. Err: it is no part, but a sentence.
fn section(heading: &str) -> Result<String, String> {
    match heading {
        "Exit codes" => Ok("EXIT STATUS".into()),
        "Variables" => Ok("ENVIRONMENT".into()),
        "Files that are read" => Ok("FILES".into()),
        short if short.split(' ').count() <= 3 => Ok(short.to_uppercase()),
        sentence => Err(format!("{sentence}:")),
    }
}

fn see_also(command: &Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    let pages: Vec<String> = match called(command) {
        "holdpoint" => commands(command).map(|sub| format!("{}(1)", called(sub))).collect(),
        _ => vec!["holdpoint(1)".into()],
    };
    roff.text([roman(pages.join(", "))]);
    roff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_help_is_a_section_of_the_page() {
        let mut root = args::Args::command();
        root.build();
        for command in std::iter::once(&root).chain(commands(&root)) {
            let page = page(command).unwrap();
            for heading in ["NAME", "SYNOPSIS", "EXAMPLES", "EXIT STATUS", "FILES", "SEE ALSO"] {
                let line = [format!(".SH {heading}\n"), format!(".SH \"{heading}\"\n")];
                assert!(
                    line.iter().any(|line| page.contains(line)),
                    "{}: {heading}\n{page}",
                    called(command)
                );
            }
            assert!(page.starts_with(&format!(".TH \"{}\" \"1\"", called(command).to_uppercase())), "{page}");
        }
    }
}
