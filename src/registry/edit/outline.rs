//! A file as a person sees it: headers with what stands below them, lines, comments, blank lines.

use std::ops::Range;

use crate::registry::document::{Data, Map, Node, Written};
use crate::registry::edit::path::Path;
use crate::registry::lines::{line_end, line_start, top};

/// A header with the lines below it; the first one is the file's top, without a header.
#[derive(Debug)]
pub(super) struct Block {
    /// Which table it is.
    pub(super) path: Path,
    /// The header, in brackets.
    pub(super) header: Range<usize>,
    /// Where the comment lines right above it begin, else its own line.
    pub(super) lead: usize,
    /// Where its line begins.
    pub(super) line: usize,
    /// Behind the line of its last key.
    pub(super) keys_end: usize,
    /// The same, with the comment lines that hang below it.
    pub(super) end: usize,
}

/// The blocks of a file, in their order.
pub(super) struct Outline<'t> {
    pub(super) text: &'t str,
    pub(super) blocks: Vec<Block>,
}

impl<'t> Outline<'t> {
    pub(super) fn of(text: &'t str, root: &Map<'_>) -> Outline<'t> {
        let mut tables = vec![(Path::default(), top(text)..top(text), last_value(root))];
        collect(root, &Path::default(), &mut tables);
        tables.sort_by_key(|(path, header, _)| (header.start, path.0.len()));
        let mut blocks: Vec<Block> = Vec::with_capacity(tables.len());
        let mut tables = tables.into_iter().peekable();
        while let Some((path, header, last)) = tables.next() {
            let line = line_start(text, header.start);
            let keys_end = match (&*path.0, last) {
                ([], None) => header.end,
                _ => line_end(text, last.unwrap_or(header.end).max(header.end)),
            };
            let next = tables.peek().map_or(text.len(), |(_, next, _)| line_start(text, next.start));
            let end = hanging(text, keys_end, next);
            let before = blocks.last().map_or(0, |block| block.end);
            let lead = if path.0.is_empty() { line } else { leading(text, line, before) };
            blocks.push(Block { path, header, lead, line, keys_end, end });
        }
        Outline { text, blocks }
    }

    /// The block of exactly this table.
    pub(super) fn block(&self, path: &Path) -> Option<&Block> {
        self.blocks.iter().find(|block| block.path == *path)
    }

    /// The blocks of this table and of those below it.
    pub(super) fn within(&self, path: &Path) -> impl DoubleEndedIterator<Item = &Block> + Clone {
        self.blocks.iter().filter(move |block| block.path.is_within(path))
    }

    /// Whether blank lines stand between the blocks; where there are none to see it by, they should.
    pub(super) fn is_spaced(&self) -> bool {
        let mut seen = self.blocks.iter().filter(|block| block.lead > top(self.text)).peekable();
        seen.peek().is_none() || seen.any(|block| is_blank(line_before(self.text, block.lead)))
    }

    /// Where a new block may stand right before this one: above its comments, but for those at the file's top,
    /// which speak of the file.
    pub(super) fn before(&self, block: &Block) -> usize {
        if self.text.get(top(self.text)..block.lead).is_some_and(|above| above.trim().is_empty()) {
            block.line
        } else {
            block.lead
        }
    }
}

/// The tables with headers below a table.
fn collect(map: &Map<'_>, path: &Path, found: &mut Vec<(Path, Range<usize>, Option<usize>)>) {
    let mut table = |node: &Node<'_>, path: Path| {
        let Some(map) = node.as_table() else { return };
        match map.written() {
            Written::Header => found.push((path.clone(), node.span(), last_value(map))),
            Written::Implied => {}
            Written::Dotted | Written::Inline => return,
        }
        collect(map, &path, found);
    };
    for (key, node) in map.entries() {
        let path = path.key(&key.text);
        match &node.data {
            Data::Array(array) if node.is_list_of_headers() => {
                array.items.iter().enumerate().for_each(|(at, node)| table(node, path.at(at)));
            }
            _ => table(node, path),
        }
    }
}

/// Where the last value ends that stands directly below a table's header.
pub(super) fn last_value(map: &Map<'_>) -> Option<usize> {
    let end = |node: &Node<'_>| match &node.data {
        Data::Array(_) if node.is_list_of_headers() => None,
        Data::Table(inner) => match inner.written() {
            Written::Inline => Some(node.span().end),
            Written::Dotted => last_value(inner),
            Written::Header | Written::Implied => None,
        },
        _ => Some(node.span().end),
    };
    map.entries().iter().filter_map(|(_, node)| end(node)).max()
}

/// The line that begins here.
fn line_at(text: &str, at: usize) -> &str {
    text.get(at..line_end(text, at)).unwrap_or_default()
}

/// The line above one that begins here.
fn line_before(text: &str, at: usize) -> &str {
    let end = at.checked_sub(1).filter(|end| *end >= top(text));
    end.map_or("", |end| text.get(line_start(text, end)..at).unwrap_or_default())
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// The end of the comment lines that hang below what ends at `from`. Those that go on to the next header
/// without a blank line between belong to that one.
fn hanging(text: &str, from: usize, next: usize) -> usize {
    let mut end = from;
    while end < next && is_comment(line_at(text, end)) {
        end = line_end(text, end);
    }
    let owned = end == text.len() || is_blank(line_at(text, end));
    if owned { end } else { from }
}

/// The beginning of the comment lines right above a line, down to `from`.
pub(super) fn leading(text: &str, line: usize, from: usize) -> usize {
    let mut start = line;
    while start > from && is_comment(line_before(text, start)) {
        start = line_start(text, start - 1);
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::document::parse;

    /// Each block's path with its lead, its keys, and what hangs below.
    fn outline(text: &str) -> Vec<String> {
        let (root, errors) = parse(text, &mut Vec::new());
        assert!(errors.is_empty(), "{errors:?}");
        let outline = Outline::of(text, &root);
        let one = |block: &Block| {
            let part = |range: Range<usize>| text[range].trim_end().replace('\n', "|");
            let (lead, keys) = (part(block.lead..block.line), part(block.line..block.keys_end));
            format!("{}: {lead} / {keys} / {}", block.path, part(block.keys_end..block.end))
        };
        outline.blocks.iter().map(one).collect()
    }

    #[test]
    fn comments_belong_to_what_they_touch() {
        let text = "\u{feff}# top\n\nx = 1 # one\n# hangs\n\n# apart\n\n# leads\n[a.b]\ny = [\n 1,\n] # end\n\
                    [[c]]\nz.u = 1\nz.v = 2\n# of the next\n[[c]]\n  # loose\n\n[c.d]\n# last";
        let want = [
            ":  / # top||x = 1 # one / # hangs",
            "a.b: # leads / [a.b]|y = [| 1,|] # end / ",
            "c[0]:  / [[c]]|z.u = 1|z.v = 2 / ",
            "c[1]: # of the next / [[c]] /   # loose",
            "c[1].d:  / [c.d] / # last",
        ];
        assert_eq!(outline(text), want);
    }

    #[test]
    fn blank_lines_between_blocks_are_a_habit() {
        for (text, want) in [
            ("x = 1\n[a]\n[b]\n", false),
            ("x = 1\n\n[a]\n[b]\n", true),
            ("[a]\nx = 1\n", true),
            ("[a]\n# b\n[b]\n", false),
            ("", true),
        ] {
            let (root, _) = parse(text, &mut Vec::new());
            assert_eq!(Outline::of(text, &root).is_spaced(), want, "{text:?}");
        }
    }
}
