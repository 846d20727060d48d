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
use crate::disk;

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
    /// The command, as it is typed; without it, holdpoint's own page
    #[arg(value_name = "COMMAND")]
    page: Vec<String>,

    /// Writes all pages to this folder instead, which is made if it isn't there
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath, conflicts_with = "page")]
    dir: Option<String>,
}

/// Prints a page, or writes all.
pub(super) fn run(args: &Args, settings: &Settings) -> Result<ExitCode> {
    output::check_no_reports("man", settings)?;
    let mut root = args::Args::command();
    root.build();
    let text = match &args.dir {
        Some(dir) => write_all(&root, Path::new(dir))?,
        None => page(find(&root, &args.page)?)?,
    };
    Ok(ExitCode::from(exit::of_answer(settings.outputs.print(&text))))
}

/// The commands of a command that have a page.
fn commands(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|command| !command.is_hide_set())
}

/// The command and all below it.
fn all(command: &Command) -> Vec<&Command> {
    std::iter::once(command).chain(commands(command).flat_map(all)).collect()
}

/// The words that name a page, for completion: `policy-show`.
pub(super) fn pages(root: &Command) -> Vec<String> {
    all(root)
        .iter()
        .filter_map(|command| called(command).strip_prefix("holdpoint-"))
        .map(str::to_owned)
        .collect()
}

/// The command with this name: `policy show`, or `policy-show`.
fn find<'a>(root: &'a Command, words: &[String]) -> Result<&'a Command> {
    let name = words.join("-");
    let wanted = if name.is_empty() { "holdpoint".to_owned() } else { format!("holdpoint-{name}") };
    let found = all(root).into_iter().find(|command| called(command) == wanted);
    Ok(found.ok_or_else(|| unknown(root, &name))?)
}

fn unknown(root: &Command, name: &str) -> Complaint {
    let pages = pages(root);
    let distance = |page: &&String| strsim::damerau_levenshtein(name, page);
    let hint = match pages.iter().min_by_key(distance).filter(|page| distance(page) <= 1 + name.len() / 4) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "there are {}",
            pages.iter().map(|page| format!("`{page}`")).collect::<Vec<_>>().join(", ")
        ),
    };
    Complaint::usage(&format!("no command `{name}`"), &hint)
}

/// Writes every page; gives a line on what was done.
fn write_all(root: &Command, dir: &Path) -> Result<String> {
    let failed = |path: &Path, error: &std::io::Error| {
        Complaint::unjudged(format!("`{}` can't be written: {}", path.display(), disk::reason(error)), None)
    };
    fs::create_dir_all(dir).map_err(|error| failed(dir, &error))?;
    let commands = all(root);
    for command in &commands {
        let path = dir.join(format!("{}.1", called(command)));
        fs::write(&path, page(command)?).map_err(|error| failed(&path, &error))?;
    }
    Ok(format!("wrote {} pages to {}\n", commands.len(), dir.display()))
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

/// The text below a help. A line that ends with a colon heads a section; what stands to the right below it is
/// left as it is, and any other paragraph is a note.
fn parts(after: &str) -> Roff {
    let mut roff = Roff::new();
    let mut section = "";
    for paragraph in after.split("\n\n") {
        let mut begins = true;
        for line in paragraph.lines() {
            if line.starts_with(' ') {
                roff.control("nf", []).text([roman(line)]).control("fi", []);
                continue;
            }
            let named = line.strip_suffix(':').and_then(called_in_manuals).unwrap_or("NOTES");
            if begins || named != "NOTES" {
                match named == section {
                    true => roff.control("PP", []),
                    false => roff.control("SH", [named]),
                };
            }
            if named == "NOTES" || named == section {
                roff.text([roman(line)]);
            }
            (section, begins) = (named, false);
        }
    }
    roff
}

/// What manuals call a part of the help.
fn called_in_manuals(heading: &str) -> Option<&'static str> {
    match heading {
        "Examples" => Some("EXAMPLES"),
        "Exit codes" => Some("EXIT STATUS"),
        "Variables" => Some("ENVIRONMENT"),
        files if files.starts_with("Files") => Some("FILES"),
        _ => None,
    }
}

fn see_also(command: &Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    let pages: Vec<String> = match called(command) {
        "holdpoint" => pages_of(commands(command)),
        _ => [vec!["holdpoint(1)".into()], pages_of(commands(command))].concat(),
    };
    roff.text([roman(pages.join(", "))]);
    roff
}

fn pages_of<'a>(commands: impl Iterator<Item = &'a Command>) -> Vec<String> {
    commands.map(|command| format!("{}(1)", called(command))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_help_is_a_section_of_the_page() {
        let mut root = args::Args::command();
        root.build();
        for command in all(&root) {
            let page = page(command).unwrap();
            let of_help = ["EXAMPLES", "EXIT STATUS", "FILES"];
            let of_help = of_help.into_iter().filter(|_| command.get_after_help().is_some());
            for heading in ["NAME", "SYNOPSIS", "SEE ALSO"].into_iter().chain(of_help) {
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
    #[test]
    fn a_help_becomes_sections() {
        let after = "Examples:\n  one\n  two\n\nA note\nin two lines.\n\nIn words:\n  column\n\nExit codes:\n  0 done\n\nFiles that are read:\n  a\nFiles that are written:\n  b";
        let text = parts(after).render();
        let lines: Vec<&str> =
            text.lines().filter(|line| !line.contains("Aq") && *line != ".nf" && *line != ".fi").collect();
        assert_eq!(
            lines,
            [
                ".SH EXAMPLES",
                "  one",
                "  two",
                ".SH NOTES",
                "A note",
                "in two lines.",
                ".PP",
                "In words:",
                "  column",
                ".SH \"EXIT STATUS\"",
                "  0 done",
                ".SH FILES",
                "  a",
                ".PP",
                "Files that are written:",
                "  b",
            ]
        );
    }
}
