//! The keys of every table in the order of its shape, by moving pieces of the text.
//!
//! A piece is a key with its value, the comments above it and the one behind it. Pieces change places; what
//! stands between them (line breaks, blank lines, commas) stays. So nothing is printed anew: line endings,
//! spellings and alignments are those of the author.

use std::cmp::Reverse;
use std::ops::Range;

use crate::registry::document::{self, Data, Map, Node, Written};
use crate::registry::edit::says_the_same;
use crate::registry::lines::{self, line_start, same_comments, top};
use crate::registry::shape::{Kind, ROOT, Shape};

/// That something came out otherwise than it went in. It is never written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unsafe;

/// The text with its keys in order. None: they are already, or it can't be parsed.
pub(super) fn order(text: &str) -> Result<Option<String>, Unsafe> {
    let (root, errors) = document::parse(text, &mut Vec::new());
    if !errors.is_empty() {
        return Ok(None);
    }
    let mut plan = Plan { text, moves: Vec::new() };
    plan.body(&root, Form::Keys(&ROOT));
    if plan.moves.is_empty() {
        return Ok(None);
    }
    let after = plan.carry_out();
    let (again, errors) = document::parse(&after, &mut Vec::new());
    let same =
        errors.is_empty() && says_the_same((&root, text), (&again, &after)) && same_comments(text, &after);
    if same { Ok(Some(after)) } else { Err(Unsafe) }
}

/// Which order the keys of a table have, and what its values are.
#[derive(Clone, Copy)]
enum Form {
    /// That of a shape.
    Keys(&'static Shape),
    /// The author's: the keys are names, each with such a value.
    Names(&'static Kind),
    /// The author's, and nothing is known of the values.
    Any,
}

impl Form {
    fn of(kind: Kind) -> Form {
        match kind {
            Kind::Table(shape) | Kind::Tables(shape) => Form::Keys(shape),
            Kind::Map(_, kind) => Form::Names(kind),
            _ => Form::Any,
        }
    }

    /// Where a key stands that is the table's `index`th now, and what its value is.
    fn rank(self, key: &str, index: usize) -> (usize, Form) {
        match self {
            Form::Keys(shape) => match shape.fields.iter().position(|field| field.name == key) {
                Some(rank) => (rank, shape.field(key).map_or(Form::Any, |field| Form::of(field.kind))),
                None => (usize::MAX, Form::Any),
            },
            Form::Names(kind) => (index, Form::of(*kind)),
            Form::Any => (index, Form::Any),
        }
    }
}

/// A key with its value, as a line or more of a table with a header.
struct Statement {
    /// Where each part of its key stands in its table.
    rank: Vec<usize>,
    /// The last part of its key.
    key: usize,
    /// The end of its value.
    end: usize,
}

/// Pieces that change places: `order[i]` is the piece that comes to stand where the `i`th was.
struct Move {
    pieces: Vec<Range<usize>>,
    order: Vec<usize>,
}

struct Plan<'t> {
    text: &'t str,
    moves: Vec<Move>,
}

impl Plan<'_> {
    /// A table with a header, or the file's top, and everything below it.
    fn body(&mut self, map: &Map<'_>, form: Form) {
        let mut statements = Vec::new();
        self.statements(map, form, &[], &mut statements);
        statements.sort_by_key(|statement| statement.key);
        let pieces = self.lines(&statements);
        let ranks: Vec<&[usize]> = statements.iter().map(|statement| &*statement.rank).collect();
        self.put_in_order(pieces, &ranks);
    }

    /// Collects the lines of a table; those of tables with headers of their own are put in order on the way.
    fn statements(&mut self, map: &Map<'_>, form: Form, above: &[usize], into: &mut Vec<Statement>) {
        for (index, (key, node)) in map.entries().iter().enumerate() {
            let (rank, form) = form.rank(&key.text, index);
            let rank = [above, &[rank]].concat();
            match &node.data {
                Data::Table(map) if matches!(map.written(), Written::Header | Written::Implied) => {
                    self.body(map, form)
                }
                Data::Table(map) if map.written() == Written::Dotted => {
                    self.statements(map, form, &rank, into)
                }
                Data::Array(array) if node.is_list_of_headers() => {
                    array.items.iter().filter_map(Node::as_table).for_each(|map| self.body(map, form));
                }
                _ => {
                    self.value(node, form);
                    into.push(Statement { rank, key: key.span().start, end: node.span().end });
                }
            }
        }
    }

    /// The inline tables of a value.
    fn value(&mut self, node: &Node<'_>, form: Form) {
        match &node.data {
            Data::Array(array) => array.items.iter().for_each(|item| self.value(item, form)),
            Data::Table(map) => self.inline(map, node, form),
            _ => {}
        }
    }

    fn inline(&mut self, map: &Map<'_>, node: &Node<'_>, form: Form) {
        let mut pieces = Vec::new();
        let mut ranks = Vec::new();
        for (index, (key, node)) in map.entries().iter().enumerate() {
            let (rank, form) = form.rank(&key.text, index);
            if node.as_table().is_some_and(|map| map.written() == Written::Dotted) {
                return; // where such a key begins isn't kept; they are rare
            }
            self.value(node, form);
            ranks.push([rank]);
            pieces.push(key.span().start..node.span().end);
        }
        // A comment in here belongs to the line that it stands in, and pieces are no lines.
        let ends = pieces.iter().skip(1).map(|piece| piece.start).chain([node.span().end]);
        let mut between = pieces.iter().zip(ends).map(|(piece, next)| &self.text[piece.end..next]);
        if between.all(|text| !text.contains(['#', '\n'])) {
            let ranks: Vec<&[usize]> = ranks.iter().map(<[usize; 1]>::as_slice).collect();
            self.put_in_order(pieces, &ranks);
        }
    }

    fn put_in_order(&mut self, pieces: Vec<Range<usize>>, ranks: &[&[usize]]) {
        if !ranks.is_sorted() {
            let mut order: Vec<usize> = (0..pieces.len()).collect();
            order.sort_by_key(|piece| ranks[*piece]);
            self.moves.push(Move { pieces, order });
        }
    }

    /// The pieces of statements: from the first comment above to the end of the last line.
    ///
    /// Blank lines above belong to the place and not to the key. So does what stands above the first key of a
    /// table, as far as a blank line sets it apart, and all that stands at the top of a file.
    fn lines(&self, statements: &[Statement]) -> Vec<Range<usize>> {
        let mut above = None;
        let mut pieces = Vec::new();
        for statement in statements {
            let line = line_start(self.text, statement.key);
            let start = match above {
                Some(end) => end + blank_lines(&self.text[end..line]),
                None => self.first(line),
            };
            let end = self.line_end(statement.end);
            above = Some(end);
            pieces.push(start..end);
        }
        pieces
    }

    /// Where the piece of a table's first key begins, which stands in the line at `line`.
    fn first(&self, line: usize) -> usize {
        let mut start = line;
        while start > top(self.text) {
            let above = line_start(self.text, start - 1);
            match self.text[above..start].trim() {
                "" => return start,
                comment if comment.starts_with('#') => start = above,
                _ => return start,
            }
        }
        line // the top of the file: what stands there is about the file
    }

    /// The end of the line, its line break left out.
    fn line_end(&self, at: usize) -> usize {
        let line = &self.text[at..lines::line_end(self.text, at)];
        let line = line.strip_suffix('\n').unwrap_or(line);
        at + line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// The text with everything moved.
    fn carry_out(&mut self) -> String {
        self.moves.sort_by_key(|moved| (moved.start(), Reverse(moved.end())));
        let mut out = String::with_capacity(self.text.len());
        self.write(0..self.text.len(), &self.moves, &mut out);
        out
    }

    /// Writes a stretch of the text, with the moves that lie in it.
    fn write(&self, stretch: Range<usize>, moves: &[Move], out: &mut String) {
        let mut at = stretch.start;
        let mut rest = moves;
        while let Some((outer, inner)) = rest.split_first() {
            let (within, behind) = inner.split_at(inner.partition_point(|moved| moved.start() < outer.end()));
            rest = behind;
            out.push_str(&self.text[at..outer.start()]);
            for (place, piece) in outer.order.iter().enumerate() {
                let piece = outer.pieces[*piece].clone();
                let from = within.partition_point(|moved| moved.start() < piece.start);
                let to = within.partition_point(|moved| moved.start() < piece.end);
                self.write(piece, &within[from..to], out);
                let next = outer.pieces.get(place + 1).map_or(outer.end(), |next| next.start);
                out.push_str(&self.text[outer.pieces[place].end..next]);
            }
            at = outer.end();
        }
        out.push_str(&self.text[at..stretch.end]);
    }
}

impl Move {
    fn start(&self) -> usize {
        self.pieces.first().map_or(0, |piece| piece.start)
    }

    fn end(&self) -> usize {
        self.pieces.last().map_or(0, |piece| piece.end)
    }
}

/// How many bytes of line breaks and blank lines a text begins with; it ends with a line break.
fn blank_lines(text: &str) -> usize {
    let mut length = 0;
    for line in text.split_inclusive('\n').take_while(|line| line.trim().is_empty()) {
        length += line.len();
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::shape::ADVISORY;
    use proptest::prelude::*;

    fn ordered(text: &str) -> String {
        let after = order(text).unwrap().unwrap_or_else(|| text.to_owned());
        assert_eq!(order(&after), Ok(None), "in order once it is: {after}");
        after
    }

    #[test]
    fn keys_move_with_their_comments_and_blank_lines_stay() {
        let text = "\
[advisory.A] # head
# about the address
url = \"u\"   # behind

# about the title,
# in two lines
title = \"t\"

affects = [{ versions = \"*\", service = \"x\" }]
# the end
";
        let want = "\
[advisory.A] # head
# about the title,
# in two lines
title = \"t\"

# about the address
url = \"u\"   # behind

affects = [{ service = \"x\", versions = \"*\" }]
# the end
";
        assert_eq!(ordered(text), want);
    }

    #[test]
    fn line_endings_and_the_end_of_the_file_stay_as_they_are() {
        let text = "[advisory.A]\r\nurl = \"u\" # u\r\n\r\ntitle = \"\"\"\r\na\r\nb\"\"\"";
        let want = "[advisory.A]\r\ntitle = \"\"\"\r\na\r\nb\"\"\"\r\n\r\nurl = \"u\" # u";
        assert_eq!(ordered(text), want);
    }

    #[test]
    fn what_stands_at_the_top_stays_there() {
        let text =
            "\u{feff}#:schema s.json\n# ours\npolicy = {ping_pong = \"1d\",baseline=\"2d\"}\nformat = 1\n";
        let want =
            "\u{feff}#:schema s.json\n# ours\nformat = 1\npolicy = {baseline=\"2d\",ping_pong = \"1d\"}\n";
        assert_eq!(ordered(text), want);
        assert_eq!(ordered("\u{feff}policy = {}\nformat = 1"), "\u{feff}format = 1\npolicy = {}");
        let text = "[service.x]\n# --- all of it ---\n\n# t\ntier = \"a\"\nabout = \"b\"\n";
        let want = "[service.x]\n# --- all of it ---\n\nabout = \"b\"\n# t\ntier = \"a\"\n";
        assert_eq!(ordered(text), want);
    }

    #[test]
    fn tables_lists_and_names_keep_their_order() {
        for text in [
            "[service.b]\n[service.a]\n",
            "[[service.a.ran]]\nversion = \"2\"\n[[service.a.release]]\nversion = \"1\"\n[service.a]\nabout = \"x\"\n",
            "[service.a.running]\nstaging = \"1\"\nprod = \"2\"\n",
            "[service.a]\nrunning = { staging = \"1\", prod = \"2\" }\n",
            "[[rule]]\nthen = \"warn\"\n[[rule]]\nthen = \"hold\"\n",
        ] {
            assert_eq!(order(text), Ok(None), "{text}");
        }
        let text = "[[service.a.release]]\nreleased = 2026-01-01\nversion = \"2\"\n[[service.a.release]]\nversion = \"1\"\n";
        let want = "[[service.a.release]]\nversion = \"2\"\nreleased = 2026-01-01\n[[service.a.release]]\nversion = \"1\"\n";
        assert_eq!(ordered(text), want);
    }

    #[test]
    fn dotted_keys_stand_by_the_table_that_they_make() {
        let text =
            "[service.x]\nowner.security = \"s\"\ntier = \"t\"\nowner.reliability = \"r\"\nabout = \"a\"\n";
        let want =
            "[service.x]\nabout = \"a\"\nowner.reliability = \"r\"\nowner.security = \"s\"\ntier = \"t\"\n";
        assert_eq!(ordered(text), want);
    }

    #[test]
    fn inline_tables_with_comments_or_dots_are_left() {
        for text in [
            "[advisory.A]\naffects = [{ versions = \"*\", # all\n service = \"x\" }]\n",
            "[advisory.A]\naffects = [{ versions = \"*\", service = \"x\" # ours\n }]\n",
            "[service.x]\nentered = { prod.from = \"1\", prod.by = \"b\" }\n",
        ] {
            assert_eq!(order(text), Ok(None), "{text}");
        }
        let text = "[advisory.A]\naffects = [\n  { versions = \"*\", service = \"x\" }, # one\n  { tag = \"t\", services = \"*\" },\n]\n";
        let want = "[advisory.A]\naffects = [\n  { service = \"x\", versions = \"*\" }, # one\n  { services = \"*\", tag = \"t\" },\n]\n";
        assert_eq!(ordered(text), want);
    }

    #[test]
    fn what_can_not_be_parsed_is_not_touched() {
        assert_eq!(order("b = 1\na = "), Ok(None));
        assert_eq!(order(""), Ok(None));
    }

    /// A table's body: lines in any order, with comments, blank lines and values over several lines between.
    fn body() -> impl Strategy<Value = Vec<String>> {
        let keys = ["title", "url", "severity", "cvss", "aliases", "by", "ticket", "recorded", "until"];
        let value = prop::sample::select(vec![
            "\"x\"",
            "\"\"\"\n# no comment\n\n\"\"\"",
            "[\n  1, # c\n\n]",
            "1 # c",
            "1\t",
        ]);
        let above = prop::collection::vec(prop::sample::select(vec!["", "# c", "  # d", "\t"]), 0..4);
        let lines = prop::collection::vec((above, value), keys.len());
        (Just(keys.to_vec()).prop_shuffle(), lines).prop_map(|(keys, lines)| {
            let one = |(key, (above, value)): (&str, (Vec<&str>, &str))| {
                let above: String = above.iter().map(|line| format!("{line}\n")).collect();
                format!("{above}{key} = {value}")
            };
            keys.into_iter().zip(lines).map(one).collect()
        })
    }

    proptest! {
        #[test]
        fn no_line_is_lost_and_once_is_enough(
            bodies in prop::collection::vec(body(), 1..4),
            end in prop::sample::select(vec!["", "\n", "\n# the end", "\n\n"]),
            crlf in any::<bool>(),
        ) {
            let tables: Vec<String> =
                bodies.iter().enumerate().map(|(i, body)| format!("[advisory.A{i}] # h\n{}", body.join("\n"))).collect();
            let mut text = format!("{}{end}", tables.join("\n\n"));
            if crlf {
                text = text.replace('\n', "\r\n");
            }
            let after = order(&text).unwrap().unwrap_or_else(|| text.clone());
            prop_assert_eq!(order(&after), Ok(None));
            let lines = |text: &str| {
                let mut lines: Vec<String> = text.split('\n').map(|line| line.trim_end_matches('\r').to_owned()).collect();
                lines.sort();
                lines
            };
            prop_assert_eq!(lines(&text), lines(&after));
            prop_assert_eq!(text.matches("\r\n").count(), after.matches("\r\n").count());
            // Held by another parser: the keys really stand in the order of the shape.
            let document: toml_edit::DocumentMut = after.parse().unwrap();
            for (_, flag) in document["advisory"].as_table().unwrap() {
                let fields: Vec<&str> = ADVISORY.names().collect();
                let ranks: Vec<_> =
                    flag.as_table().unwrap().iter().map(|(key, _)| fields.iter().position(|f| *f == key)).collect();
                prop_assert!(ranks.is_sorted(), "{}", after);
            }
        }
    }
}
