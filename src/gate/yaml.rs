//! YAML, read: the documents of a file as [`Node`]s, within a budget.
//!
//! The grammar is `granit_parser`'s, the parser below `serde-saphyr`; serde's own way would turn `1.10` into the
//! number 1.1 and lose lines. What is ours: putting events together, following aliases and merge keys, and counting.
//! A file can hold much more than it is long (an alias of aliases of aliases), so all values are counted as if they
//! were written out, and a file over the budget isn't read at all.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use granit_parser::{Event, Parser, ScalarStyle, Span};

use crate::gate::node::{Data, Node, Pair, Scalar, Style};
use crate::registry::quoted;

/// The largest file, how many values it may hold with aliases followed, and how deep they may lie.
const MAX_BYTES: usize = 16 * 1024 * 1024;
const MAX_VALUES: usize = 1_000_000;
const MAX_DEPTH: usize = 100;

/// Why a file isn't read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct YamlError {
    pub line: u32,
    /// A lower-case fragment.
    pub why: String,
}

impl YamlError {
    fn new(line: u32, why: impl Into<String>) -> YamlError {
        YamlError { line, why: why.into() }
    }
}

/// The documents of a file.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Rc<Node>>, YamlError> {
    if bytes.len() > MAX_BYTES {
        return Err(YamlError::new(1, "it is larger than 16 MB"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = Lines::From(1).of(1 + before.iter().filter(|&&byte| byte == b'\n').count());
        YamlError::new(line, "it isn't UTF-8")
    })?;
    read_text(text, Lines::From(1))
}

/// How the lines of a text are those of the file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lines {
    /// Its first line is this one.
    From(u32),
    /// All of it stands on one.
    On(u32),
}

impl Lines {
    fn of(self, line: usize) -> u32 {
        let line = u32::try_from(line.max(1)).unwrap_or(u32::MAX);
        match self {
            Lines::From(first) => first.saturating_add(line - 1),
            Lines::On(one) => one,
        }
    }
}

/// The documents of a text that stands in another document: values as text, an inline patch.
pub(super) fn read_within(node: &Node) -> Result<Vec<Rc<Node>>, YamlError> {
    let Data::Scalar(scalar) = &node.data else { return Ok(Vec::new()) };
    let blank = scalar.text.len() - scalar.text.trim_start_matches('\n').len();
    let lines = match scalar.style {
        // A block's place is its first line that isn't blank.
        Style::Literal => Lines::From(node.line.saturating_sub(u32::try_from(blank).unwrap_or(0))),
        _ => Lines::On(node.line),
    };
    read_text(&scalar.text, lines)
}

fn read_text(text: &str, lines: Lines) -> Result<Vec<Rc<Node>>, YamlError> {
    let options = granit_parser::options! { flow_nesting_limit: MAX_DEPTH, block_nesting_limit: MAX_DEPTH };
    let mut composer =
        Composer { lines, documents: Vec::new(), open: Vec::new(), anchors: HashMap::new(), values: 0 };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) =
            event.map_err(|error| YamlError::new(lines.of(error.marker().line()), lower(&error.info())))?;
        composer.take(event, &span)?;
    }
    Ok(composer.documents)
}

/// As a fragment of a sentence.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

/// Puts events together.
struct Composer {
    lines: Lines,
    documents: Vec<Rc<Node>>,
    /// The collections that aren't closed yet, outermost first.
    open: Vec<Open>,
    anchors: HashMap<usize, Rc<Node>>,
    /// How many values there were so far.
    values: usize,
}

/// A collection that isn't closed yet.
struct Open {
    line: u32,
    anchor: usize,
    kind: Kind,
}

enum Kind {
    List(Vec<Rc<Node>>),
    Map { pairs: Vec<Pair>, keys: HashSet<Box<str>>, key: Option<Key>, merged: Vec<Rc<Node>> },
}

/// A key that waits for its value. None: a merge key.
struct Key(Option<Box<str>>);

impl Composer {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), YamlError> {
        let line = self.lines.of(span.start.line());
        match event {
            Event::DocumentStart(..) => self.anchors.clear(),
            Event::Scalar(text, style, anchor, _) => {
                let data = Data::Scalar(Scalar { text: text.into(), style: of_style(style) });
                self.put(Rc::new(Node { line, data, weight: 1, depth: 1 }), anchor)?;
            }
            Event::SequenceStart(_, anchor, _) => {
                self.open.push(Open { line, anchor, kind: Kind::List(Vec::new()) });
            }
            Event::MappingStart(_, anchor, _) => {
                let kind =
                    Kind::Map { pairs: Vec::new(), keys: HashSet::new(), key: None, merged: Vec::new() };
                self.open.push(Open { line, anchor, kind });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(line)?,
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                let node = node.ok_or_else(|| YamlError::new(line, "an alias stands for what it is in"))?;
                self.spend(node.weight, line)?;
                self.place(node)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, line: u32) -> Result<(), YamlError> {
        let Some(Open { line: start, anchor, kind }) = self.open.pop() else {
            return Err(YamlError::new(line, "something ends here that didn't begin"));
        };
        let data = match kind {
            Kind::List(items) => Data::List(items),
            Kind::Map { mut pairs, mut keys, merged, .. } => {
                self.merge(&mut pairs, &mut keys, &merged, start)?;
                Data::Map(pairs)
            }
        };
        let inner: &mut dyn Iterator<Item = &Rc<Node>> = match &data {
            Data::List(items) => &mut items.iter(),
            Data::Map(pairs) => &mut pairs.iter().map(|pair| &pair.value),
            Data::Scalar(_) => &mut std::iter::empty(),
        };
        let (weight, depth) =
            inner.fold((1, 0), |(weight, depth), node| (weight + node.weight, depth.max(node.depth)));
        if depth >= MAX_DEPTH {
            return Err(YamlError::new(start, format!("it is nested more than {MAX_DEPTH} deep")));
        }
        self.put(Rc::new(Node { line: start, data, weight, depth: depth + 1 }), anchor)
    }

    /// Adds what merge keys bring, where the map doesn't say it itself. What comes first wins.
    fn merge(
        &mut self,
        pairs: &mut Vec<Pair>,
        keys: &mut HashSet<Box<str>>,
        merged: &[Rc<Node>],
        line: u32,
    ) -> Result<(), YamlError> {
        for pair in merged.iter().flat_map(|node| node.pairs()) {
            self.spend(1, line)?;
            if keys.insert(pair.key.clone()) {
                self.spend(pair.value.weight, line)?;
                pairs.push(pair.clone());
            }
        }
        Ok(())
    }

    /// Counts values; those of an alias as if they were written out.
    fn spend(&mut self, values: usize, line: u32) -> Result<(), YamlError> {
        self.values = self.values.saturating_add(values);
        if self.values > MAX_VALUES {
            let why = format!("it holds more than {MAX_VALUES} values, aliases followed: over the budget");
            return Err(YamlError::new(line, why));
        }
        Ok(())
    }

    /// Takes a value in that was read to its end.
    fn put(&mut self, node: Rc<Node>, anchor: usize) -> Result<(), YamlError> {
        self.spend(1, node.line)?;
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        self.place(node)
    }

    /// Puts a value where it belongs.
    fn place(&mut self, node: Rc<Node>) -> Result<(), YamlError> {
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        match &mut open.kind {
            Kind::List(items) => items.push(node),
            Kind::Map { key: waiting @ None, keys, .. } => {
                let key = key(&node);
                if let Some(text) = &key.0
                    && !keys.insert(text.clone())
                {
                    return Err(YamlError::new(
                        node.line,
                        format!("the key {} stands in one map twice", quoted(text)),
                    ));
                }
                *waiting = Some(key);
            }
            Kind::Map { key: waiting, pairs, merged, .. } => match waiting.take() {
                Some(Key(Some(key))) => pairs.push(Pair { key, value: node }),
                Some(Key(None)) if node.is_map() => merged.push(node),
                _ => merged.extend(node.items().iter().cloned()),
            },
        }
        Ok(())
    }
}

/// A key as text; one that is a collection has none that anybody asks for.
fn key(node: &Node) -> Key {
    match &node.data {
        Data::Scalar(Scalar { text, style: Style::Plain }) if &**text == "<<" => Key(None),
        Data::Scalar(scalar) => Key(Some(scalar.text.clone())),
        _ => Key(Some(format!("(line {}, a collection)", node.line).into())),
    }
}

fn of_style(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Rc<Node> {
        let mut documents = read(text.as_bytes()).unwrap();
        assert_eq!(documents.len(), 1, "{text}");
        documents.remove(0)
    }

    fn line_and_text(text: &str, path: &[&str]) -> (u32, String) {
        let document = one(text);
        let node = document.at(path).unwrap();
        (node.line, node.text().unwrap_or_default().to_owned())
    }

    #[test]
    fn scalars_stay_as_written_with_their_lines() {
        for (text, want) in [
            ("a:\n  tag: 1.10\n", (2, "1.10")),
            ("a: {tag: 0x10}", (1, "0x10")),
            ("a:\r\n  # comment\r\n  tag: \"2.4.1\"\r\n", (3, "2.4.1")),
            ("\u{feff}a:\n  tag: 2.4.1   # why\n", (2, "2.4.1")),
            ("a:\n  tag: >-\n\n    2.4.1\n", (4, "2.4.1")),
            ("a:\n  tag: ~\n", (2, "")),
            ("a:\n  tag:\t2.4.1\n", (2, "2.4.1")),
            ("---\na: { \"tag\": '2.4.1' }\n...\n", (2, "2.4.1")),
        ] {
            assert_eq!(line_and_text(text, &["a", "tag"]), (want.0, want.1.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn aliases_and_merges_stand_where_they_were_written() {
        let text =
            "x: &tag 2.4.1\nbase: &base\n  tag: *tag\n  pull: Always\na:\n  <<: *base\n  pull: Never\n";
        assert_eq!(line_and_text(text, &["a", "tag"]), (1, "2.4.1".into()));
        assert_eq!(line_and_text(text, &["a", "pull"]), (7, "Never".into()));
        let several = "x: &x {tag: 1}\ny: &y {tag: 2, pull: 3}\na:\n  <<: [*x, *y]\n";
        assert_eq!(line_and_text(several, &["a", "tag"]), (1, "1".into()));
        assert_eq!(line_and_text(several, &["a", "pull"]), (2, "3".into()));
    }

    #[test]
    fn several_documents_are_read_and_empty_ones_kept() {
        let documents = read(b"a: 1\n---\n---\nb: 2\n").unwrap();
        let lines: Vec<u32> = documents.iter().map(|document| document.line).collect();
        assert_eq!(lines, [1, 2, 4]);
        assert!(read(b"").unwrap().is_empty() && read(b"# nothing\n").unwrap().is_empty());
    }

    #[test]
    fn what_is_broken_is_said_with_its_line() {
        for (text, line, why) in [
            ("a: 1\nb: [1, 2\n", 2, "unclosed bracket"),
            ("a: 1\nb: c: d\n", 2, "mapping values are not allowed"),
            ("a:\n\t- b\n", 2, "tabs disallowed"),
            ("a: *nowhere\n", 1, "unknown anchor"),
            ("a: 1\nb: 2\na: 3\n", 3, "`a` stands in one map twice"),
            ("a: &a\n  - *a\n", 2, "an alias stands for what it is in"),
        ] {
            let error = read(text.as_bytes()).unwrap_err();
            assert_eq!(error.line, line, "{text:?} {error:?}");
            assert!(error.why.contains(why), "{error:?}");
        }
        assert_eq!(read(b"a: 1\nb: \xff\n").unwrap_err(), YamlError::new(2, "it isn't UTF-8"));
    }

    #[test]
    fn a_bomb_is_refused_by_the_budget() {
        let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..30 {
            let inner = vec![format!("*a{}", level - 1); 10].join(", ");
            laughs.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
        }
        assert!(read(laughs.as_bytes()).unwrap_err().why.contains("over the budget"));
        let mut merges = String::from("m0: &m0 {k: 1}\n");
        for level in 1..200 {
            merges.push_str(&format!(
                "m{level}: &m{level}\n  <<: *m{}\n  k{level}: *m{}\n",
                level - 1,
                level - 1
            ));
        }
        assert!(read(merges.as_bytes()).is_err());
        assert!(read("[".repeat(10_000).as_bytes()).is_err());
        assert!(read("- ".repeat(10_000).as_bytes()).is_err());
        let deep: String = (0..200).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
        assert!(read(deep.as_bytes()).is_err());
        assert!(read(&vec![b' '; MAX_BYTES + 1]).unwrap_err().why.contains("16 MB"));
    }
}
