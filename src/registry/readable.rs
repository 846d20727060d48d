//! What can still be read of a registry that has mistakes: never good enough to let anything go, but what it says
//! against a move is worth hearing.
//!
//! A compromised release must never run, so beside what could be read as a whole every file is looked through for
//! flags that call a release compromised and could *not* be read: of those nobody can tell which releases they mean.

use std::ops::Range;

use crate::model::{Flag, Name, Origin, Registry};
use crate::registry::desk::Desk;
use crate::registry::document::{Data, Map, Node};
use crate::registry::known::Known;
use crate::registry::layout::Walk;
use crate::registry::load::{Folders, Outcome, Which, folders, read};
use crate::registry::mistake::{Mistake, Weight};
use crate::registry::shared::{Base, Common};
use crate::registry::tree::Tree;
use crate::registry::{flag, syntax};

/// What is left of a registry for one service.
#[derive(Debug)]
pub struct Readable {
    /// What could be read as a whole; None: nothing that could be judged.
    pub registry: Option<Registry>,
    /// Where flags stand that call releases compromised, and can't be read: a file and a line.
    pub doubtful: Vec<(String, usize)>,
}

/// Reads what can still be read of a service.
pub fn readable(tree: &dyn Tree, main: &str, service: &Name) -> Readable {
    let mut walk = Walk::new(tree);
    let base = Base::gather(&mut walk, main);
    let folders = match &base {
        Some(base) if !base.has_services => Folders::new(),
        _ => folders(&mut walk, Which::One(service)),
    };
    let Walk { sources, list, .. } = walk;
    let desk = Desk::new(&sources, list);
    let common = base.and_then(|base| Common::parse(base, &desk).ok());
    let read = common.map(|common| read(tree, &common, &folders, Which::One(service), None, &desk));
    let registry = match read {
        Some(Outcome::Read(registry)) => Some(*registry),
        _ => None,
    };
    let mut doubtful = Vec::new();
    let known = Known::new(tree, Some(service), None, [service.clone()]);
    for file in (0..).take(sources.files().len()) {
        let look = Look { desk: &desk, file, known: &known, registry: registry.as_ref() };
        let offsets = look.doubtful().into_iter();
        doubtful.extend(offsets.map(|offset| Origin { file, offset }));
    }
    drop(desk);
    let place = |origin: Origin| (sources.path(origin).to_owned(), sources.line(origin));
    let doubtful = doubtful.into_iter().map(place).collect();
    Readable { registry: registry.map(|registry| Registry { sources, ..registry }), doubtful }
}

/// A look through one file.
struct Look<'a> {
    desk: &'a Desk<'a>,
    file: u32,
    known: &'a Known<'a>,
    registry: Option<&'a Registry>,
}

impl Look<'_> {
    /// Where flags begin that call a release compromised, and of which it isn't sure which ones they mean.
    fn doubtful(&self) -> Vec<u32> {
        let (root, errors) = syntax::parse_anyhow(self.desk, self.file);
        let tables = ["advisory", "instability"].into_iter().filter_map(|word| root.get(word)?.as_table());
        let flags = tables.flat_map(Map::entries).map(|(_, node)| node);
        let saying: Vec<&Node<'_>> = flags.filter(|node| says_so(node)).collect();
        let is_sound = errors.is_empty();
        let is_told = |node: &Node<'_>| {
            is_withdrawn(node)
                || flag::is_of_others(node, self.known, self.desk)
                || (is_sound && self.is_read(node))
        };
        let (told, doubtful): (Vec<&Node<'_>>, Vec<&Node<'_>>) =
            saying.into_iter().partition(|node| is_told(node));
        let mut doubtful: Vec<usize> = doubtful.into_iter().map(|node| node.span().start).collect();
        if !is_sound && doubtful.is_empty() {
            let told: Vec<Range<usize>> = told.into_iter().map(extent).collect();
            doubtful.extend(self.said_in_words().filter(|line| told.iter().all(|told| !told.contains(line))));
        }
        doubtful.into_iter().map(narrow).collect()
    }

    /// Where the lines are that say so in a file whose tables can't all be told apart: the words themselves.
    fn said_in_words(&self) -> impl Iterator<Item = usize> {
        let text = self.desk.sources.file(self.file).map_or("", |source| &source.text);
        let lines = text.split_inclusive('\n').scan(0, |at, line| {
            let begin = *at;
            *at += line.len();
            Some((begin, line))
        });
        let code = lines.filter(|(_, line)| !line.trim_start().starts_with('#'));
        code.flat_map(|(begin, line)| said_in(line).map(move |at| begin + at))
    }

    /// Whether a flag was read without a mistake.
    fn is_read(&self, node: &Node<'_>) -> bool {
        let extent = extent(node);
        let is_here =
            |flag: &Flag| flag.origin.file == self.file && extent.contains(&(flag.origin.offset as usize));
        let Some(registry) = self.registry else { return false };
        let own = registry.services.values().flat_map(|service| &service.flags);
        own.chain(&registry.flags).any(is_here) && !self.desk.has(|mistake| self.is_in(mistake, &extent))
    }

    fn is_in(&self, mistake: &Mistake, extent: &Range<usize>) -> bool {
        let place = mistake.place.as_ref().filter(|place| place.file == self.file);
        mistake.weight == Weight::Mistake && place.is_some_and(|place| extent.contains(&place.span.start))
    }
}

/// Where a line that may be spoilt calls something compromised: wherever the word stands and isn't followed by a
/// plain `false`.
fn said_in(line: &str) -> impl Iterator<Item = usize> {
    let is_denied = |rest: &str| {
        rest.trim_start_matches(['"', '\''])
            .trim_start()
            .trim_start_matches('=')
            .trim_start()
            .starts_with("false")
    };
    let said = line
        .match_indices("compromised")
        .filter(move |(at, word)| !line.get(at + word.len()..).is_some_and(is_denied));
    said.map(|(at, _)| at)
}

/// Whether a flag, not yet read, calls a release compromised; only a plain `false` doesn't.
fn says_so(flag: &Node<'_>) -> bool {
    let said = flag.as_table().and_then(|table| table.get("compromised"));
    said.is_some_and(|said| !matches!(said.data, Data::Bool(false)))
}

fn is_withdrawn(flag: &Node<'_>) -> bool {
    flag.as_table().is_some_and(|table| table.get("withdrawn").is_some())
}

/// The bytes of a table with all that stands in it.
fn extent(node: &Node<'_>) -> Range<usize> {
    let all =
        |extent: Range<usize>, more: Range<usize>| extent.start.min(more.start)..extent.end.max(more.end);
    let (own, table) = (node.span(), node.as_table().map_or(&[][..], Map::entries));
    let table = table.iter().map(|(key, node)| all(key.span(), extent(node)));
    let items = node.as_array().unwrap_or_default().iter().map(extent);
    table.chain(items).fold(own, all)
}

fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
