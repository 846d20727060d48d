//! A list of moves that are to be judged together, as somebody wrote it: TOML with `[[move]]`, or JSON.
//!
//! It is no part of the registry, and is read as one: what isn't understood is a mistake with its place. A move that is
//! passed over would be one that nobody judged.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::model::{Name, Sources};
use crate::registry::desk::Desk;
use crate::registry::mistake::{Mistake, Mistakes, Place};
use crate::registry::reader::Table;
use crate::registry::shape::{Field, Kind, Shape};
use crate::registry::syntax;
use crate::registry::wording::quoted;
use crate::version::check_text;

/// A move of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The service.
    pub service: Name,
    /// Where; None: in the only environment that there is.
    pub environment: Option<Name>,
    /// What runs there, where the registry doesn't know; as written.
    pub from: Option<Box<str>>,
    /// Where it goes, as written.
    pub to: Box<str>,
    /// The artifact's digest, in lower case.
    pub digest: Option<Box<str>>,
    /// The line on which it begins, counted from 1.
    pub line: u32,
}

const fn field(name: &'static str, kind: Kind, required: bool, doc: &'static str) -> Field {
    Field { name, kind, required, doc }
}

static LIST: Shape = Shape {
    name: "a list of moves",
    header: "[[move]]",
    doc: "Moves that are judged together.",
    fields: &[field("move", Kind::Tables(&MOVE), false, "The moves.")],
};

static MOVE: Shape = Shape {
    name: "a move",
    header: "[[move]]",
    doc: "A service that is to go to a release.",
    fields: &[
        field("service", Kind::Name, true, "The service."),
        field("env", Kind::Name, false, "Where; may be left out when there is only one environment."),
        field("from", Kind::Version, false, "What runs there, when the registry doesn't know or is behind."),
        field("to", Kind::Version, true, "The release to go to."),
        field("digest", Kind::Text, false, "The digest of the artifact."),
    ],
};

/// Reads a list. One that begins like JSON is read as that: an array of moves, a table with `move`, or one move.
///
/// # Errors
/// When anything in it isn't understood, or no move is in it.
pub fn moves(path: &str, bytes: Vec<u8>) -> Result<Vec<Listed>, Mistakes> {
    let (mut sources, mut list) = (Sources::default(), Vec::new());
    let Some(file) = syntax::take(&mut sources, path, bytes, &mut list) else {
        return Err(Mistakes::new(sources, list));
    };
    let text = sources.file(file).map_or("", |source| source.text.as_str());
    let (begin, line) = {
        let begin = text.trim_start_matches('\u{feff}').trim_start();
        (begin.chars().next(), begin.get(..6) == Some("[[move"))
    };
    let (moves, list) = {
        let desk = Desk::new(&sources, Vec::new());
        // A file of TOML may begin with `[[move]]`, which no JSON does that says anything.
        let moves = match begin {
            Some('{') => of_json(text, file, &desk),
            Some('[') if !line => of_json(text, file, &desk),
            _ => of_toml(text, file, &desk),
        };
        if moves.is_empty() && !desk.has(|_| true) {
            let mistake = Mistake::at(Place::new(file, 0..0), "there is no move in it");
            desk.report(mistake.hint("write one: `[[move]]` with `service`, `to` and `env`"));
        }
        (moves, desk.into_list())
    };
    if list.is_empty() { Ok(moves) } else { Err(Mistakes::new(sources, list)) }
}

fn of_toml(text: &str, file: u32, desk: &Desk<'_>) -> Vec<Listed> {
    let Some(map) = syntax::parse(desk, file) else { return Vec::new() };
    let root = Table::open(&map, 0..0, file, &LIST, desk);
    let moves = root.tables("move", &MOVE);
    let listed = moves.iter().map(|table| listed(table, text));
    // All of them are read, so that all mistakes are said.
    listed.collect::<Vec<_>>().into_iter().flatten().collect()
}

fn listed(table: &Table<'_>, text: &str) -> Option<Listed> {
    let (service, to) = (table.name("service"), table.version("to"));
    let (environment, from) = (table.name("env"), table.version("from"));
    let digest = table.text("digest").map(|digest| digest.trim().to_ascii_lowercase().into_boxed_str());
    let line = line(text, table.origin().offset as usize);
    Some(Listed { service: service?, environment, from: from.map(Box::from), to: to?.into(), digest, line })
}

/// A move as JSON has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    service: String,
    env: Option<String>,
    from: Option<String>,
    to: String,
    digest: Option<String>,
}

/// The file as JSON, where it is a table of moves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Many<'t> {
    #[serde(borrow, rename = "move", alias = "moves")]
    moves: Vec<&'t RawValue>,
}

fn of_json(text: &str, file: u32, desk: &Desk<'_>) -> Vec<Listed> {
    let bare = text.trim_start_matches('\u{feff}');
    // What is no JSON at all is said as such, whatever it was going to be.
    let items =
        serde_json::from_str::<&RawValue>(bare).and_then(|all| match bare.trim_start().starts_with('[') {
            true => serde_json::from_str::<Vec<&RawValue>>(bare),
            false if names(bare, "service") => Ok(vec![all]),
            false => serde_json::from_str::<Many<'_>>(bare).map(|many| many.moves),
        });
    let at = |stretch: &str| stretch.as_ptr() as usize - text.as_ptr() as usize;
    let report = |error: &serde_json::Error, stretch: &str| {
        let said = error.to_string();
        let message = said.split(" at line ").next().unwrap_or(&said).to_owned();
        let offset = at(stretch) + within(stretch, error.line(), error.column());
        desk.report(Mistake::at(Place::new(file, offset..offset), message));
    };
    let items = items.map_err(|error| report(&error, bare)).unwrap_or_default();
    let one = |item: &RawValue| {
        let read = serde_json::from_str(item.get()).map_err(|error| report(&error, item.get()));
        of_written(read.ok()?, at(item.get()), (text, file), desk)
    };
    items.into_iter().filter_map(one).collect()
}

/// Whether a table in JSON has a key.
fn names(text: &str, key: &str) -> bool {
    let table = serde_json::from_str::<std::collections::BTreeMap<String, &RawValue>>(text);
    table.is_ok_and(|table| table.contains_key(key))
}

fn of_written(written: Written, at: usize, (text, file): (&str, u32), desk: &Desk<'_>) -> Option<Listed> {
    let report = |message: String| desk.report(Mistake::at(Place::new(file, at..at), message));
    let name = |text: &str| {
        let report = |error| report(format!("the name {} {error}", quoted(text)));
        Name::new(text).map_err(report).ok()
    };
    let version = |text: String| {
        let report = |error| report(format!("{error}: {}", quoted(&text)));
        check_text(&text).map_err(report).ok().map(|()| text.clone().into_boxed_str())
    };
    let (service, to) = (name(&written.service), version(written.to));
    let (environment, from) = (written.env.as_deref().map(name), written.from.map(version));
    Some(Listed {
        service: service?,
        environment: environment.map_or(Some(None), |name| name.map(Some))?,
        from: from.map_or(Some(None), |from| from.map(Some))?,
        to: to?,
        digest: written.digest.map(|digest| digest.trim().to_ascii_lowercase().into_boxed_str()),
        line: line(text, at),
    })
}

/// The offset of a line and a column, both counted from 1.
fn within(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// The line of an offset.
fn line(text: &str, offset: usize) -> u32 {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    u32::try_from(1 + before.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let moves = moves("m", text.into()).unwrap_or_else(|error| panic!("{:?}", error.list));
        let shown = |listed: &Listed| {
            let env = listed.environment.as_ref().map_or("-", Name::as_str);
            let from = listed.from.as_deref().unwrap_or("-");
            format!("{}: {} {from} {} {env}", listed.line, listed.service, listed.to)
        };
        moves.iter().map(shown).collect()
    }

    #[test]
    fn moves_are_read_from_toml_and_from_json() {
        let toml = "# a release train\n\n[[move]]\nservice = \"checkout\"\nto = \"2.4.0\"\nenv = \"prod\"\n\n[[move]]\n\
                    service = 'cart'\nfrom = '1.8.0'\nto = '1.7.0'\n";
        assert_eq!(shown(toml), ["3: checkout - 2.4.0 prod", "8: cart 1.8.0 1.7.0 -"]);
        let inline = "move = [\n  { service = \"checkout\", to = \"2.4.0\" },\n]\n";
        assert_eq!(shown(inline), ["2: checkout - 2.4.0 -"]);
        let array = "[\n {\"service\": \"checkout\", \"to\": \"2.4.0\", \"env\": \"prod\"},\n {\"service\": \"cart\", \
                     \"from\": \"1.8.0\", \"to\": \"1.7.0\"}]";
        assert_eq!(shown(array), ["2: checkout - 2.4.0 prod", "3: cart 1.8.0 1.7.0 -"]);
        for one in [
            "{\"service\": \"checkout\", \"to\": \"2.4.0\"}",
            "{\"move\": [{\"service\": \"checkout\", \"to\": \"2.4.0\"}]}",
            "\u{feff}{\"moves\": [{\"service\": \"checkout\", \"to\": \"2.4.0\"}]}",
        ] {
            assert_eq!(shown(one), ["1: checkout - 2.4.0 -"], "{one}");
        }
    }

    #[test]
    fn whatever_is_not_understood_is_a_mistake_with_its_line() {
        for (text, line, said) in [
            ("", 1, "no move"),
            ("move = []", 1, "no move"),
            ("[]", 1, "no move"),
            ("[[move]]\nservice = 'a'\nto = '1'\nverison = '2'\n", 4, "no key `verison`"),
            ("[[move]]\nservice = 'a'\n", 1, "needs `to`"),
            ("[[move]]\nservice = 'A'\nto = '1'\n", 2, "the name `A`"),
            ("[[moves]]\nservice = 'a'\nto = '1'\n", 1, "no key `moves`"),
            ("\n\n[[move]]\nservice = 'a'\nto = 1\n", 5, "must be a version"),
            ("[[move]]\nservice = 'a'\nto = ''\n", 3, "empty"),
            (
                "[\n{\"service\": \"a\", \"to\": \"1\"},\n{\"service\": \"a\",\n \"too\": \"1\"}]",
                4,
                "unknown field `too`",
            ),
            ("[\n{\"service\": \"a\", \"to\": 1}]", 2, "invalid type"),
            ("{\"service\": \"a\"", 1, "EOF"),
            ("{\"move\": [], \"x\": 1}", 1, "unknown field `x`"),
        ] {
            let mistakes = moves("m", text.into()).unwrap_err();
            let first = &mistakes.list[0];
            assert!(first.message.contains(said), "{text}: {first:?}");
            assert_eq!(
                first.position(&mistakes.sources).map(|(line, _)| line),
                Some(line),
                "{text}: {first:?}"
            );
        }
    }
}
