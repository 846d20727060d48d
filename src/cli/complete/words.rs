//! What stands on the command line already, however unfinished it is.

use std::ffi::OsString;

use clap::Command;

use super::What;

/// What the words before the one that is being typed say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    /// `--registry`.
    pub registry: Option<String>,
    /// The service that is meant.
    pub service: Option<String>,
}

impl Typed {
    /// Reads the words; the first is the program, that at `at` is being typed.
    pub fn read(command: &Command, words: &[OsString], at: usize) -> Typed {
        let before = words.get(..at).unwrap_or_default();
        let lenient = command.clone().ignore_errors(true).try_get_matches_from(before);
        let service = lenient.ok().and_then(|matches| service(command, &matches));
        let others = words.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, word)| word);
        Typed { registry: registry(others), service }
    }
}

/// The last service that was named, in whichever command.
fn service(command: &Command, matches: &clap::ArgMatches) -> Option<String> {
    if let Some((name, matches)) = matches.subcommand() {
        return service(command.find_subcommand(name)?, matches);
    }
    let arg = command.get_arguments().find(|arg| What::of(arg) == Some(What::Service))?;
    let mut raw = matches.try_get_raw(arg.get_id().as_str()).ok()??;
    raw.next_back().map(|word| word.to_string_lossy().into_owned())
}

/// `--registry PATH` or `--registry=PATH`, wherever it stands: after the word that is being typed too.
fn registry<'a>(words: impl Iterator<Item = &'a OsString>) -> Option<String> {
    let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    let next = words.windows(2).filter(|pair| matches!(pair, [name, _] if name == "--registry"));
    let next = next.filter_map(<[_]>::last).map(String::as_str).next_back();
    next.or_else(|| words.iter().rev().find_map(|word| word.strip_prefix("--registry="))).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::args::Args;

    fn read(line: &str) -> (Option<String>, Option<String>) {
        let words: Vec<OsString> = line.split(' ').filter(|word| *word != "|").map(OsString::from).collect();
        let at = line.split(' ').position(|word| word == "|").unwrap_or(words.len());
        let mut command = Args::command();
        command.build();
        let typed = Typed::read(&command, &words, at);
        (typed.registry, typed.service)
    }

    #[test]
    fn the_service_and_the_registry_are_found_in_unfinished_lines() {
        let of = |registry: Option<&str>, service: Option<&str>| {
            (registry.map(str::to_owned), service.map(str::to_owned))
        };
        for (line, registry, service) in [
            ("holdpoint", None, None),
            ("holdpoint rollback-check", None, None),
            ("holdpoint rollback-check checkout", None, Some("checkout")),
            ("holdpoint rollback-check checkout 2.3.0 --env", None, Some("checkout")),
            ("holdpoint rollback-check --env prod checkout --from", None, Some("checkout")),
            ("holdpoint --registry r redeploy-check checkout", Some("r"), Some("checkout")),
            ("holdpoint targets --registry=r checkout -v", Some("r"), Some("checkout")),
            ("holdpoint rollback-check checkout | x --registry r", Some("r"), Some("checkout")),
            ("holdpoint rollback-check | chec --registry", None, None),
            ("holdpoint nonsense checkout", None, None),
        ] {
            assert_eq!(read(line), of(registry, service), "{line}");
        }
    }
}
