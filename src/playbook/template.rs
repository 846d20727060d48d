//! Templates: Markdown with placeholders, whose headings of the second level are the phases.
//!
//! A template is read line by line and nothing in it nests for us, so no text can make it slow or deep. Its own
//! markup stays as its authors wrote it. Comments (`<!-- … -->`) are for them and are left out.

use std::ops::Range;

use crate::model::Phase;
use crate::playbook::words::{Block, Inline, Word, names, words};
use crate::registry::wording::meant;
use crate::registry::{Mistake, Place, quoted};

/// How far a line may be indented, or a quotation nested, in characters: more is nobody's hand.
const DEEPEST: usize = 60;
/// What stands in the place of each byte of a comment.
const BLANK: char = '\0';
/// What quotations nest by.
const QUOTES: usize = 8;

/// A template that can be filled in.
#[derive(Debug, Clone, Default)]
pub struct Template {
    /// The heading of the first level.
    pub title: Vec<Piece>,
    /// What stands above the first phase.
    pub intro: Vec<Line>,
    /// Its phases, in their order.
    pub sections: Vec<Section>,
}

/// A phase.
#[derive(Debug, Clone)]
pub struct Section {
    /// Which.
    pub phase: Phase,
    /// Its heading as written.
    pub heading: Vec<Piece>,
    /// What stands in it.
    pub lines: Vec<Line>,
}

/// A line of a template.
#[derive(Debug, Clone)]
pub enum Line {
    /// With its own markup; an empty one divides.
    Text(Vec<Piece>),
    /// A point of a task list, so far indented.
    Task(usize, Vec<Piece>),
    /// A block to copy from: the words behind its fence, and its lines.
    Fence(Box<str>, Vec<Vec<Piece>>),
    /// Filled in.
    Block(Block),
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// As written.
    Written(Box<str>),
    /// Filled in.
    Inline(Inline),
    /// Filled in, as a word of a command.
    Word(Inline),
}

impl Template {
    /// Whether it has a phase.
    pub fn has(&self, phase: Phase) -> bool {
        self.sections.iter().any(|section| section.phase == phase)
    }
}

/// Where a text stands.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    /// The file.
    pub file: u32,
    /// The byte that it begins with.
    pub start: usize,
}

impl Spot {
    fn place(self, range: Range<usize>) -> Place {
        Place::new(self.file, self.start + range.start..self.start + range.end)
    }
}

/// Reads a template, and reports what is wrong with it.
pub fn read(body: &str, spot: Spot, list: &mut Vec<Mistake>) -> Template {
    let mut reader = Reader { spot, list, template: Template::default(), fence: None };
    let body = reader.without_comments(body);
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        reader.line(line.trim_end_matches(['\n', '\r']), at);
        at += line.len();
    }
    if let Some(Fence { start, .. }) = reader.fence {
        reader.report(start..start + 3, "this block has no end", "close it with a fence like its first");
    }
    reader.template
}

/// The pieces of a text that stands in no template; `is_command`: what is filled in becomes words of a shell.
pub fn pieces(text: &str, place: &Place, is_command: bool, list: &mut Vec<Mistake>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    for (range, word) in words(text) {
        written(&mut pieces, &text[at..range.start]);
        at = range.end;
        match word {
            Word::Inline(inline) if is_command => pieces.push(Piece::Word(inline)),
            Word::Inline(inline) => pieces.push(Piece::Inline(inline)),
            Word::Written(text) => written(&mut pieces, text),
            Word::Block(block) => {
                let message =
                    format!("`{{{}}}` stands for whole lines, and for none of a step", block.word());
                list.push(Mistake::at(place.clone(), message));
            }
            Word::Unknown(name) => list.push(unknown(place.clone(), name)),
        }
    }
    written(&mut pieces, &text[at..]);
    pieces
}

fn written(pieces: &mut Vec<Piece>, text: &str) {
    let text = text.replace(BLANK, "");
    if !text.is_empty() {
        pieces.push(Piece::Written(text.into()));
    }
}

fn unknown(place: Place, name: &str) -> Mistake {
    let hint = meant(name, names(), "there are");
    Mistake::at(place, format!("there is no placeholder {}", quoted(&format!("{{{name}}}")))).maybe_hint(hint)
}

/// A template on its way.
struct Reader<'l> {
    spot: Spot,
    list: &'l mut Vec<Mistake>,
    template: Template,
    /// The open block.
    fence: Option<Fence>,
}

/// A block that isn't closed yet.
struct Fence {
    /// What it began with, and ends with.
    mark: String,
    /// Where it began.
    start: usize,
    /// The words behind that.
    info: Box<str>,
    lines: Vec<Vec<Piece>>,
}

impl Reader<'_> {
    fn report(&mut self, range: Range<usize>, message: impl Into<String>, hint: &str) {
        self.list.push(Mistake::at(self.spot.place(range), message).hint(hint));
    }

    /// The text with its comments blanked out; what isn't one byte for one byte would move all places.
    fn without_comments(&mut self, body: &str) -> String {
        let (mut out, mut at) = (String::with_capacity(body.len()), 0);
        while let Some(open) = body[at..].find("<!--").map(|open| at + open) {
            out.push_str(&body[at..open]);
            let Some(end) = body[open..].find("-->").map(|end| open + end + 3) else {
                self.report(open..open + 4, "this comment has no end", "close it with `-->`");
                return out;
            };
            let blank =
                |c: char| if c == '\n' { "\n".to_owned() } else { BLANK.to_string().repeat(c.len_utf8()) };
            out.extend(body[open..end].chars().map(blank));
            at = end;
        }
        out.push_str(&body[at..]);
        out
    }

    fn line(&mut self, line: &str, at: usize) {
        let is_blank = |c: char| c.is_whitespace() || c == BLANK;
        if line.contains(BLANK) && line.chars().all(is_blank) {
            return;
        }
        let trimmed = line.trim_start_matches(is_blank);
        if let Some(Fence { mark, .. }) = &self.fence {
            if trimmed.starts_with(mark.as_str())
                && trimmed.trim_end().trim_start_matches(['`', '~']).is_empty()
            {
                if let Some(Fence { info, lines, .. }) = self.fence.take() {
                    self.push(Line::Fence(info, lines));
                }
            } else {
                let pieces = self.pieces(line, at, true);
                if let Some(Fence { lines, .. }) = &mut self.fence {
                    lines.push(pieces);
                }
            }
            return;
        }
        let marks = trimmed.len() - trimmed.trim_start_matches('`').len();
        let waves = trimmed.len() - trimmed.trim_start_matches('~').len();
        if marks >= 3 || waves >= 3 {
            let (mark, info) = trimmed.split_at(marks.max(waves));
            self.fence =
                Some(Fence { mark: mark.to_owned(), start: at, info: info.trim().into(), lines: Vec::new() });
            return;
        }
        self.check_depth(line, trimmed, at);
        match heading(line) {
            Some((1, text)) if self.template.sections.is_empty() && self.template.title.is_empty() => {
                self.template.title = self.pieces(text, at + line.len() - text.len(), false);
            }
            Some((2, text)) => self.phase(text, at..at + line.len()),
            _ => self.plain(line, trimmed, at),
        }
    }

    fn check_depth(&mut self, line: &str, trimmed: &str, at: usize) {
        let quotes = trimmed.chars().take_while(|c| matches!(c, '>' | ' ')).filter(|c| *c == '>').count();
        let blanks = line.chars().take_while(|c| c.is_whitespace()).count();
        if blanks > DEEPEST || quotes > QUOTES {
            let hint = "at most 60 blanks, and 8 quotations";
            self.report(at..at + line.len(), "this line is nested too deep", hint);
        }
    }

    /// `## Before`, or `## Before: stop the bleeding`.
    fn phase(&mut self, text: &str, range: Range<usize>) {
        let word = text.split([':', ' ']).next().unwrap_or_default().to_lowercase();
        let rest = text.get(word.len()..).unwrap_or_default();
        let fits = rest.is_empty() || rest.trim_start().starts_with([':', '-', '–', '—']);
        let Some(phase) = Phase::from_word(&word).filter(|_| fits) else {
            let message = format!("{} is no phase", quoted(text));
            let hint = meant(&word, Phase::WORDS.iter().copied(), "phases, each a heading `## …`:");
            let hint = hint.unwrap_or_else(|| "within a phase, headings begin with `###`".into());
            return self.report(range, message, &hint);
        };
        if self.template.sections.last().is_some_and(|last| last.phase >= phase) {
            let message = format!("the phase `{}` stands behind `{}`", phase.word(), self.last_phase());
            let hint = "each phase stands once, in this order: before, decide, act, after, follow-up";
            self.report(range.clone(), message, hint);
        }
        let start = range.end - text.len();
        let heading = self.pieces(text, start, false);
        self.template.sections.push(Section { phase, heading, lines: Vec::new() });
    }

    fn last_phase(&self) -> &'static str {
        self.template.sections.last().map_or("", |last| last.phase.word())
    }

    fn plain(&mut self, line: &str, trimmed: &str, at: usize) {
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        if let [(range, Word::Block(block))] = &*words(trimmed)
            && trimmed[range.clone()].len() == trimmed.trim_end().len()
        {
            if *block == Block::Steps && self.template.sections.is_empty() {
                let message = "`{steps}` stands above the first phase";
                self.report(at..at + line.len(), message, "the steps of rules stand in their phases");
            }
            return self.push(Line::Block(*block));
        }
        let point = trimmed.strip_prefix("- [ ] ").or_else(|| trimmed.strip_prefix("* [ ] "));
        let line = match point {
            Some(text) => Line::Task(indent, self.pieces(text, at + line.len() - text.len(), false)),
            None => Line::Text(self.pieces(line, at, false)),
        };
        self.push(line);
    }

    /// The pieces of a line; `fenced`: it stands in a block to copy from. In a code span words become those of a shell
    /// as well: what is filled in could end the span.
    fn pieces(&mut self, text: &str, at: usize, fenced: bool) -> Vec<Piece> {
        let (mut pieces, mut done) = (Vec::new(), 0);
        for (range, word) in words(text) {
            written(&mut pieces, &text[done..range.start]);
            let in_code = fenced || text[..range.start].matches('`').count() % 2 == 1;
            let place = at + range.start..at + range.end;
            done = range.end;
            match word {
                Word::Inline(inline) if in_code => pieces.push(Piece::Word(inline)),
                Word::Inline(inline) => pieces.push(Piece::Inline(inline)),
                Word::Written(text) => written(&mut pieces, text),
                Word::Block(block) => {
                    let message = format!("`{{{}}}` stands for whole lines", block.word());
                    self.report(place, message, "give it a line of its own, outside of code");
                }
                Word::Unknown(name) => self.list.push(unknown(self.spot.place(place), name)),
            }
        }
        written(&mut pieces, &text[done..]);
        pieces
    }

    fn push(&mut self, line: Line) {
        match self.template.sections.last_mut() {
            Some(section) => section.lines.push(line),
            None => self.template.intro.push(line),
        }
    }
}

/// The level of a heading, and its text.
pub(super) fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let text = line.get(level..)?;
    ((1..=6).contains(&level) && text.starts_with([' ', '\t'])).then(|| (level, text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> (Template, Vec<Mistake>) {
        let mut list = Vec::new();
        (read(body, Spot { file: 0, start: 0 }, &mut list), list)
    }

    #[test]
    fn phases_hold_lines_tasks_and_blocks() {
        let (template, list) =
            of("# T {service}\n<!-- {nonsense}\n-->intro\n\n## Before: first\n- [ ] do `{to}`\n\
             {steps}\n```sh\nx {to} {.y}\n```\n## Act\n");
        assert!(list.is_empty(), "{list:?}");
        assert_eq!(template.title, [Piece::Written("T ".into()), Piece::Inline(Inline::Service)]);
        assert!(template.has(Phase::Act) && !template.has(Phase::After));
        let lines = &template.sections[0].lines;
        let Line::Task(0, pieces) = &lines[0] else { panic!("{lines:?}") };
        assert_eq!(pieces[1], Piece::Word(Inline::To));
        assert!(matches!(lines[1], Line::Block(Block::Steps)));
        let Line::Fence(info, lines) = &lines[2] else { panic!("{lines:?}") };
        assert_eq!((&**info, lines[0][2].clone()), ("sh", Piece::Written(" {.y}".into())));
    }

    #[test]
    fn mistakes_have_their_places() {
        for (body, said, at) in [
            ("a\n{srvice}\n", "no placeholder `{srvice}`", 2),
            ("## Act\nx {run}\n", "stands for whole lines", 9),
            ("```\n{run}\n```\n", "stands for whole lines", 4),
            ("## Befor\n", "is no phase", 0),
            ("## Act\n## Before\n", "stands behind `act`", 7),
            ("## Act\n## Act\n", "stands behind `act`", 7),
            ("{steps}\n", "above the first phase", 0),
            ("x\n```\n", "has no end", 2),
            ("x\n<!-- y", "has no end", 2),
            (&format!("{}x", " ".repeat(200)), "too deep", 0),
            (&"> ".repeat(50_000), "too deep", 0),
        ] {
            let (_, list) = of(body);
            assert!(list[0].message.contains(said), "{body}: {list:?}");
            assert_eq!(list[0].place.as_ref().unwrap().span.start, at, "{body}");
        }
    }

    #[test]
    fn steps_can_not_be_hidden() {
        let (template, list) = of("## Act\n<!-- {steps} -->\n");
        assert!(
            list.is_empty() && template.sections[0].lines.iter().all(|line| !matches!(line, Line::Block(_)))
        );
        assert_eq!(of("## Act\n~~~\n{steps}\n~~~\n").1.len(), 1);
    }
}
