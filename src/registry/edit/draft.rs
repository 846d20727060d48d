//! One file's text, and where in it a change has to be written.
//!
//! Nothing is printed anew: a change is a few pieces put between what stands there, so all else, comments and
//! order among it, stays byte for byte. Where a piece goes and how it looks is taken from what stands beside it.

use std::ops::Range;

use crate::registry::document::{self, Map, Node, Written};
use crate::registry::edit::hand::{Hand, braces};
use crate::registry::edit::outline::{Block, Outline, last_value, leading};
use crate::registry::edit::path::{Path, Step};
use crate::registry::edit::splice::Splice;
use crate::registry::edit::value::{Fields, Value, written_key};
use crate::registry::lines::{comments, line_end, line_start};
use crate::registry::shape::{Kind, ROOT, Shape};

/// A file that was read without a syntax error.
pub(super) struct Draft<'t> {
    pub(super) text: &'t str,
    pub(super) root: Map<'t>,
    outline: Outline<'t>,
}

/// Pieces to put in; None: it is written in a form that isn't edited, which a person has to do.
type Pieces = Option<Vec<Splice>>;

impl<'t> Draft<'t> {
    /// Reads a file. None: it has syntax errors, and a file with those is never edited.
    pub(super) fn of(text: &'t str) -> Option<Draft<'t>> {
        let (root, errors) = document::parse(text, &mut Vec::new());
        let outline = Outline::of(text, &root);
        errors.is_empty().then_some(Draft { text, root, outline })
    }

    /// The line on which something stands, counted from 1.
    pub(super) fn line(&self, path: &Path) -> usize {
        let at = self.start(path).unwrap_or_default();
        1 + self.text.get(..at).unwrap_or_default().matches('\n').count()
    }

    /// Where something begins: its header, its key, or as an element itself.
    fn start(&self, path: &Path) -> Option<usize> {
        let node = path.find(&self.root)?.node?;
        let keyed = match path.0.split_last()? {
            (Step::Key(key), above) => {
                Path(above.to_vec()).find(&self.root)?.map?.entry(key).map(|(key, _)| key.span().start)
            }
            (Step::At(_), _) => None,
        };
        let header = node.as_table().is_some_and(|map| map.written() == Written::Header);
        Some(keyed.filter(|_| !header).unwrap_or(node.span().start))
    }

    /// Puts another value in place of the one that stands at a path, or adds it there.
    pub(super) fn set(&self, path: &Path, value: &Value) -> Pieces {
        let Some(found) = path.find(&self.root) else { return self.add(path, value) };
        let node = found.node?;
        match found.map.map(Map::written) {
            None if !node.is_list_of_headers() => {}
            Some(Written::Inline) => {}
            _ => return None,
        }
        let old = self.text.get(node.span())?;
        let new = match value.fields() {
            Some(fields) => braces(fields, Some(old)),
            None => value.inline(),
        };
        Some(self.saved(old, path).into_iter().chain([Splice::replace(node.span(), new)]).collect())
    }

    /// The comments in a value that is replaced: they go above its line, for what they say may still be wanted.
    fn saved(&self, old: &str, path: &Path) -> Option<Splice> {
        let lost = comments(old);
        if lost.is_empty() {
            return None;
        }
        let line = line_start(self.text, self.start(path)?);
        let indent = self.text.get(line..).map_or("", |rest| &rest[..rest.len() - rest.trim_start().len()]);
        Some(Splice::insert(
            line,
            lost.iter().map(|comment| format!("{indent}{comment}\n")).collect::<String>(),
        ))
    }

    /// Adds a value where there is none yet.
    fn add(&self, path: &Path, value: &Value) -> Pieces {
        let depth = (0..path.0.len()).rev().find(|depth| self.map(&path.0[..*depth]).is_some())?;
        let (above, rest) = path.0.split_at(depth);
        let (above, map) = (Path(above.to_vec()), self.map(above)?);
        if matches!(value, Value::Section(_)) && matches!(map.written(), Written::Header | Written::Implied) {
            return self.add_section(&above, path, value.fields()?);
        }
        match map.written() {
            Written::Header => self.add_line(&above, map, rest, value),
            Written::Implied => self.add_header(&above, path, value),
            Written::Inline => self.add_in_braces(&above, map, rest, value),
            Written::Dotted => self.add_dotted(&above, map, path, value),
        }
    }

    fn map(&self, path: &[Step]) -> Option<&Map<'t>> {
        Path(path.to_vec()).find(&self.root)?.map
    }

    /// A line in the table of a header, below its last one.
    fn add_line(&self, above: &Path, map: &Map<'_>, rest: &[Step], value: &Value) -> Pieces {
        let (key, value) = nested(rest, value)?;
        let line = self.hand(above, map).line(&written_key(&key), &value);
        let block = self.outline.block(above)?;
        // The comments at the file's top speak of the file; those below a header hang below its keys.
        let end = if above.0.is_empty() { block.end } else { block.keys_end };
        let at = match neighbour(above, map, &key) {
            None => end,
            Some(Neighbour::Before { end }) => line_end(self.text, end),
            Some(Neighbour::After { start }) => {
                let next = line_start(self.text, start);
                if above.0.is_empty() { next } else { leading(self.text, next, block.line) }
            }
        };
        Some(vec![Splice::lines(self.text, at, &line)])
    }

    /// A dotted key, behind the last one that begins the same: on a line of its own, or in curly brackets.
    fn add_dotted(&self, above: &Path, map: &Map<'_>, path: &Path, value: &Value) -> Pieces {
        let is_home =
            |depth: &usize| self.map(&above.0[..*depth]).is_some_and(|map| map.written() != Written::Dotted);
        let (home, rest) = path.0.split_at((0..above.0.len()).rev().find(is_home)?);
        let (home, key) = (Path(home.to_vec()), Path(rest.to_vec()).dotted());
        let (last, map) = (last_value(map)?, self.map(&home.0)?);
        if map.written() == Written::Inline {
            return Some(vec![Splice::insert(last, format!(", {key} = {}", value.inline()))]);
        }
        let line = self.hand(&home, map).line(&key, &plain(value));
        Some(vec![Splice::lines(self.text, line_end(self.text, last), &line)])
    }

    /// The hand of a table's own lines; where it has none, that of its header's indent.
    fn hand(&self, path: &Path, map: &Map<'_>) -> Hand {
        let hand = Hand::of(self.text, map);
        match self.outline.block(path) {
            Some(block) if last_value(map).is_none() => hand.indented(self.indent(block)),
            _ => hand,
        }
    }

    fn indent(&self, block: &Block) -> &str {
        self.text.get(block.line..block.header.start).filter(|indent| indent.trim().is_empty()).unwrap_or("")
    }

    /// A pair in curly brackets.
    fn add_in_braces(&self, above: &Path, map: &Map<'_>, rest: &[Step], value: &Value) -> Pieces {
        let (key, value) = nested(rest, value)?;
        let pair = format!("{} = {}", written_key(&key), value.inline());
        Some(vec![match neighbour(above, map, &key) {
            None => Splice::replace(above.find(&self.root)?.node?.span(), format!("{{ {pair} }}")),
            Some(Neighbour::Before { end }) => Splice::insert(end, format!(", {pair}")),
            Some(Neighbour::After { start }) => Splice::insert(start, format!("{pair}, ")),
        }])
    }

    /// A header for a table that so far only longer headers imply, with the value below it.
    fn add_header(&self, above: &Path, path: &Path, value: &Value) -> Pieces {
        let (last, header) = path.0.split_last()?;
        let Step::Key(key) = last else { return None };
        let fields = vec![(key.clone(), plain(value))];
        let header = format!("[{}]", Path(header.to_vec()).dotted());
        let block = section(&header, &Hand::default(), &fields);
        let first = self.outline.within(above).next()?;
        Some(vec![self.block_before(first, &block, self.outline.is_spaced())])
    }

    /// A table with a header, behind all of the table that it is in.
    fn add_section(&self, above: &Path, path: &Path, fields: &Fields) -> Pieces {
        if path.0.iter().any(|step| matches!(step, Step::At(_))) && !self.is_last_element(above) {
            return None;
        }
        let hand = self.outline.within(above).next_back().map_or_else(Hand::default, |block| {
            self.map(&block.path.0).map_or_else(Hand::default, |map| Hand::of(self.text, map))
        });
        let block = section(&format!("[{}]", path.dotted()), &hand, fields);
        Some(vec![self.block_behind(above, &block)])
    }

    /// Whether a header would go into this element: it goes into the last one of each list before it.
    fn is_last_element(&self, path: &Path) -> bool {
        path.0.iter().enumerate().all(|(depth, step)| match step {
            Step::Key(_) => true,
            Step::At(position) => {
                let list = Path(path.0[..depth].to_vec());
                list.find(&self.root).and_then(|list| list.count()) == Some(position + 1)
            }
        })
    }

    /// Puts a block behind all blocks of a table.
    fn block_behind(&self, above: &Path, block: &str) -> Splice {
        let last = self.outline.within(above).next_back().or(self.outline.blocks.last());
        self.block_at(last.map_or(self.text.len(), |last| last.end), block, self.outline.is_spaced())
    }

    /// Puts a block where another one ends, with the blank lines that are usual here.
    fn block_at(&self, at: usize, block: &str, spaced: bool) -> Splice {
        let gap = |wanted: bool| if spaced && wanted { "\n" } else { "" };
        let blank = |c: char| c.is_whitespace() || c == '\u{feff}';
        let first = self.text.get(..at).is_none_or(|before| before.chars().all(blank));
        let touches = self.outline.blocks.iter().any(|block| block.lead == at && !block.path.0.is_empty());
        Splice::lines(self.text, at, &format!("{}{block}{}", gap(!first), gap(touches)))
    }

    fn block_before(&self, next: &Block, block: &str, spaced: bool) -> Splice {
        let gap = if spaced { "\n" } else { "" };
        Splice::lines(self.text, self.outline.before(next), &format!("{block}{gap}"))
    }

    /// Puts a value into a list, so that it has this position.
    pub(super) fn insert(&self, list: &Path, position: usize, value: &Value) -> Pieces {
        let Some(found) = list.find(&self.root) else { return self.add_list(list, value.fields()?) };
        let node = found.node?;
        let items = node.as_array()?;
        if position > items.len() {
            return None;
        }
        if !node.is_list_of_headers() {
            let like = items.get(position.saturating_sub(1)).and_then(|item| self.text.get(item.span()));
            let item = value.fields().map_or_else(|| value.inline(), |fields| braces(fields, like));
            return self.insert_item(node, position, &item);
        }
        self.insert_run(list, position, std::slice::from_ref(value))
    }

    /// Puts tables into a list of tables with headers, so that the first has this position.
    pub(super) fn insert_run(&self, list: &Path, position: usize, values: &[Value]) -> Pieces {
        let items = list.find(&self.root)?.node?.as_array()?;
        let neighbour = position.saturating_sub(1).min(items.len().saturating_sub(1));
        let like = self.outline.block(&list.at(neighbour))?;
        let hand = self.hand(&like.path, items.get(neighbour)?.as_table()?);
        let header = format!("{}{}", self.indent(like), self.text.get(like.header.clone())?);
        let spaced = self.are_spaced(list, items.len());
        let blocks = values.iter().map(|value| Some(section(&header, &hand, value.fields()?)));
        let block = blocks.collect::<Option<Vec<String>>>()?.join(if spaced { "\n" } else { "" });
        if position == items.len() {
            let end = self.outline.within(&list.at(neighbour)).map(|block| block.end).max()?;
            return Some(vec![self.block_at(end, &block, spaced)]);
        }
        let next = self.outline.block(&list.at(position))?;
        Some(vec![self.block_before(next, &block, spaced)])
    }

    /// Whether blank lines stand between the elements of a list; of one with a single one, between all blocks.
    fn are_spaced(&self, list: &Path, count: usize) -> bool {
        let second = if count > 1 { self.outline.block(&list.at(count - 1)) } else { None };
        second.map_or(self.outline.is_spaced(), |block| {
            self.text
                .get(..block.lead)
                .is_some_and(|above| above.ends_with("\n\n") || above.ends_with("\n\r\n"))
        })
    }

    /// The first element of a list that isn't there yet.
    fn add_list(&self, list: &Path, fields: &Fields) -> Pieces {
        let depth = (0..list.0.len()).rev().find(|depth| self.map(&list.0[..*depth]).is_some())?;
        let above = Path(list.0[..depth].to_vec());
        match self.map(&above.0)?.written() {
            Written::Header | Written::Implied if self.is_last_element(&above) => {
                let header = format!("[[{}]]", list.dotted());
                Some(vec![self.block_behind(&above, &section(&header, &Hand::default(), fields))])
            }
            Written::Header | Written::Implied => None,
            Written::Inline | Written::Dotted => {
                self.add(list, &Value::List(vec![Value::Table(fields.clone())]))
            }
        }
    }

    /// Puts an item into a list in square brackets.
    fn insert_item(&self, list: &Node<'_>, position: usize, item: &str) -> Pieces {
        let items = list.as_array()?;
        let span = list.span();
        let Some(before) = position.checked_sub(1) else { return self.insert_first(items, &span, item) };
        let before = items.get(before)?.span();
        let line_end = line_end(self.text, before.end);
        let comma = self.comma(before.end, span.end);
        let Some(indent) = self.own_line(&before).filter(|_| comma.is_none_or(|comma| comma < line_end))
        else {
            return Some(vec![Splice::insert(before.end, format!(", {item}"))]);
        };
        let line = |comma| Splice::lines(self.text, line_end, &format!("{indent}{item}{comma}\n"));
        Some(match comma {
            Some(_) => vec![line(",")],
            None => vec![Splice::insert(before.end, ","), line("")],
        })
    }

    fn insert_first(&self, items: &[Node<'_>], span: &Range<usize>, item: &str) -> Pieces {
        let Some(next) = items.first().map(Node::span) else {
            let open = self.text.get(span.clone())?;
            let empty = open.get(1..open.len().checked_sub(1)?)?.trim().is_empty();
            return empty.then(|| vec![Splice::replace(span.clone(), format!("[{item}]"))]);
        };
        Some(vec![match self.own_line(&next) {
            Some(indent) => {
                let at = line_start(self.text, next.start);
                Splice::insert(at, format!("{indent}{item},\n"))
            }
            None => Splice::insert(next.start, format!("{item}, ")),
        }])
    }

    /// The indent of an item that has its lines for itself, but for comments.
    fn own_line(&self, item: &Range<usize>) -> Option<&'t str> {
        let indent = self.text.get(line_start(self.text, item.start)..item.start)?;
        let rest = self.text.get(item.end..line_end(self.text, item.end))?.trim_start();
        let rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        (indent.trim().is_empty() && (rest.is_empty() || rest.starts_with('#'))).then_some(indent)
    }

    /// Where the comma behind an item stands, if there is one before the end of its list.
    fn comma(&self, from: usize, end: usize) -> Option<usize> {
        let mut at = from;
        while at < end {
            let rest = self.text.get(at..end)?;
            match rest.chars().next()? {
                ',' => return Some(at),
                '#' => at = line_end(self.text, at),
                c if c.is_whitespace() => at += c.len_utf8(),
                _ => return None,
            }
        }
        None
    }

    /// Takes out what stands at a path. Comment lines beside it stay.
    pub(super) fn remove(&self, path: &Path) -> Pieces {
        let node = path.find(&self.root)?.node?;
        let blocks: Vec<&Block> = self.outline.within(path).collect();
        if !blocks.is_empty() {
            return Some(blocks.into_iter().map(|block| Splice::remove(self.with_gap(block))).collect());
        }
        let (last, above) = path.0.split_last()?;
        let Step::Key(key) = last else { return self.remove_item(&Path(above.to_vec()), node) };
        let map = self.map(above)?;
        match map.written() {
            Written::Inline => self.remove_pair(map, key, above),
            _ if self.is_in_braces(above) => None,
            _ => {
                let start = map.entry(key)?.0.span().start;
                node.as_table().is_none_or(|map| map.written() == Written::Inline).then(|| {
                    let lines = line_start(self.text, start)..line_end(self.text, node.span().end);
                    vec![Splice::remove(lines)]
                })
            }
        }
    }

    /// A block's lines, and a blank one that would be left over.
    fn with_gap(&self, block: &Block) -> Range<usize> {
        let before = self.text.get(..block.line).unwrap_or_default();
        let gap = ["\r\n\r\n", "\n\n"].iter().find(|gap| before.ends_with(**gap));
        let start = gap.map_or(block.line, |gap| block.line - gap.len() / 2);
        start..block.keys_end
    }

    fn is_in_braces(&self, path: &[Step]) -> bool {
        (1..=path.len())
            .any(|depth| self.map(&path[..depth]).is_some_and(|map| map.written() == Written::Inline))
    }

    /// Takes a pair out of curly brackets. Not one of several dotted ones: their parts stand apart.
    fn remove_pair(&self, map: &Map<'_>, key: &str, above: &[Step]) -> Pieces {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (key, node) in map.entries() {
            if node.as_table().is_some_and(|map| map.written() == Written::Dotted) {
                return None;
            }
            pairs.push((key.span().start, node.span().end));
        }
        pairs.sort_unstable();
        let start = map.entry(key)?.0.span().start;
        let position = pairs.iter().position(|(key, _)| *key == start)?;
        let span = Path(above.to_vec()).find(&self.root)?.node?.span();
        self.take_out(&pairs, position, span, "{}")
    }

    /// Takes an item out of square brackets.
    fn remove_item(&self, list: &Path, item: &Node<'_>) -> Pieces {
        let list = list.find(&self.root)?.node?;
        let items: Vec<(usize, usize)> =
            list.as_array()?.iter().map(|node| (node.span().start, node.span().end)).collect();
        let position = items.iter().position(|(start, _)| *start == item.span().start)?;
        if self.own_line(&item.span()).is_some() && items.len() > 1 {
            let lines = line_start(self.text, item.span().start)..line_end(self.text, item.span().end);
            return Some(vec![Splice::remove(lines)]);
        }
        self.take_out(&items, position, list.span(), "[]")
    }

    /// Takes one of several comma-separated things out, with the comma that is then too many.
    fn take_out(&self, all: &[(usize, usize)], position: usize, span: Range<usize>, empty: &str) -> Pieces {
        let (start, end) = *all.get(position)?;
        let stretch =
            match (position.checked_sub(1).and_then(|before| all.get(before)), all.get(position + 1)) {
                (Some((_, before)), _) => *before..end,
                (None, Some((next, _))) => start..*next,
                (None, None) => return Some(vec![Splice::replace(span, empty)]),
            };
        let clean = !self.text.get(stretch.clone())?.contains(['#', '\n']);
        clean.then(|| vec![Splice::remove(stretch)])
    }
}

/// What a new key is put beside.
enum Neighbour {
    /// Behind a key whose value ends here.
    Before { end: usize },
    /// Before a key that begins here.
    After { start: usize },
}

/// The key of a table that a new one is put beside: behind those that the format has before it, if it has an
/// order, else behind all. None: there is no key yet.
fn neighbour(path: &Path, map: &Map<'_>, key: &str) -> Option<Neighbour> {
    let rank = |key: &str| shape_at(path).and_then(|shape| shape.names().position(|name| name == key));
    let own = rank(key);
    let mut entries: Vec<(usize, usize, bool)> = Vec::new();
    for (key, node) in map.entries() {
        let end = match node.as_table().map(Map::written) {
            _ if node.is_list_of_headers() => continue,
            Some(Written::Header | Written::Implied) => continue,
            Some(Written::Dotted) => node.as_table().and_then(last_value)?,
            Some(Written::Inline) | None => node.span().end,
        };
        entries.push((key.span().start, end, own.is_none() || rank(&key.text) <= own));
    }
    let last = entries.iter().filter(|(_, _, before)| *before).map(|(_, end, _)| *end).max();
    let first = entries.iter().map(|(start, _, _)| *start).min();
    last.map(|end| Neighbour::Before { end }).or(first.map(|start| Neighbour::After { start }))
}

/// The table of the format that stands at a path.
fn shape_at(path: &Path) -> Option<&'static Shape> {
    let mut kind = Kind::Table(&ROOT);
    for step in &path.0 {
        kind = match (kind, step) {
            (Kind::Table(shape), Step::Key(key)) => shape.field(key)?.kind,
            (Kind::Tables(shape), Step::At(_)) => Kind::Table(shape),
            (Kind::Map(_, inner), Step::Key(_)) => *inner,
            _ => return None,
        };
    }
    if let Kind::Table(shape) = kind { Some(shape) } else { None }
}

/// The key to write, and what stands behind it: all further keys in curly brackets.
fn nested(rest: &[Step], value: &Value) -> Option<(String, Value)> {
    let (Step::Key(key), further) = rest.split_first()? else { return None };
    match further {
        [] => Some((key.clone(), plain(value))),
        _ => {
            let (inner, value) = nested(further, value)?;
            Some((key.clone(), Value::Table(vec![(inner, value)])))
        }
    }
}

/// The value as it stands behind a key: without a header.
fn plain(value: &Value) -> Value {
    match value {
        Value::Section(fields) => Value::Table(fields.clone()),
        other => other.clone(),
    }
}

/// A header with the lines below it.
fn section(header: &str, hand: &Hand, fields: &Fields) -> String {
    format!("{header}\n{}", hand.lines(fields))
}
