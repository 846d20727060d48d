//! The page of the human report: columns, wrapping, colours. It knows nothing of verdicts.
//!
//! All text goes through [`plain`] here. Styles are written as escape sequences; who writes the page to a
//! terminal or a file decides whether they stay.

use std::borrow::Cow;

use anstream::adapter::strip_str;
use anstyle::{AnsiColor, Style};
use textwrap::core::{Word, display_width};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use crate::model::Level;
use crate::report::plain;

/// What is said quietly: origins, hints, when the answer ends.
pub(super) const QUIET: Style = Style::new().dimmed();
/// What stands out without being good or bad: labels, commands.
pub(super) const STRONG: Style = Style::new().bold();
/// No style.
pub(super) const NONE: Style = Style::new();

/// Beside columns that leave less than this, text stands on lines of its own.
const NARROWEST: usize = 30;

/// The style of a level.
pub(super) fn of_level(level: Level) -> Style {
    let colour = match level {
        Level::Allow => AnsiColor::Green,
        Level::Warn => AnsiColor::Yellow,
        Level::Hold => AnsiColor::Magenta,
        Level::Block => AnsiColor::Red,
    };
    colour.on_default().bold()
}

/// A cell of a row: text, width, style.
pub(super) struct Cell<'a>(pub Cow<'a, str>, pub usize, pub Style);

/// A report in the making.
pub(super) struct Page {
    out: String,
    width: usize,
}

impl Page {
    /// An empty page that is `width` columns wide.
    pub fn new(width: usize) -> Page {
        Page { out: String::new(), width }
    }

    /// The text of the page.
    pub fn finish(self) -> String {
        if self.out.contains("::") { self.out.split_inclusive('\n').map(inert).collect() } else { self.out }
    }

    /// The first line: one word in its style, then text, never wrapped.
    pub fn head(&mut self, word: &str, style: Style, text: &str) {
        self.styled(word, style);
        self.out.push_str("  ");
        self.out.push_str(&plain(text));
        self.out.push('\n');
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.out.push('\n');
    }

    /// Text on lines of its own, `indent` columns in.
    pub fn text(&mut self, indent: usize, text: &str, style: Style) {
        for line in self.wrapped(&plain(text), indent) {
            self.line(indent, &line, style);
        }
    }

    /// Text that must stay one line, so that it can be copied.
    pub fn verbatim(&mut self, indent: usize, text: &str) {
        self.line(indent, &plain(text), STRONG);
    }

    /// A line that is finished already, styles and all.
    pub fn raw(&mut self, indent: usize, line: &str) {
        self.out.push_str(&" ".repeat(indent));
        self.out.push_str(line);
        self.end_line();
    }

    /// A word in a style, then text that hangs behind it.
    pub fn hanging(&mut self, indent: usize, word: &str, style: Style, text: &str) {
        self.out.push_str(&" ".repeat(indent));
        self.styled(word, style);
        let column = indent + display_width(word) + 2;
        let text = plain(text);
        let lines = self.wrapped(&text, column);
        for (index, line) in lines.iter().enumerate() {
            self.out.push_str(&" ".repeat(if index == 0 { 2 } else { column }));
            self.out.push_str(line);
            self.end_line();
        }
    }

    /// A remark that must stay one line beside what is copied.
    pub fn aside(&mut self, indent: usize, text: &str) {
        self.line(indent, &plain(text), QUIET);
    }

    /// Cells side by side, then text that hangs behind them; gives the column of the text.
    pub fn row(&mut self, cells: &[Cell], text: &str) -> usize {
        self.out.push_str("  ");
        let mut column = 2;
        for Cell(cell, width, style) in cells {
            let cell = plain(cell);
            let pad = width.saturating_sub(display_width(&cell));
            self.styled(&cell, *style);
            self.out.push_str(&" ".repeat(pad + 2));
            column += display_width(&cell) + pad + 2;
        }
        if self.width < column + NARROWEST {
            self.end_line();
            column = 4;
            self.text(column, text, NONE);
            return column;
        }
        let text = plain(text);
        let lines = self.wrapped(&text, column);
        let mut lines = lines.iter();
        self.out.push_str(lines.next().map_or("", |line| line));
        self.end_line();
        lines.for_each(|line| self.line(column, line, NONE));
        column
    }

    /// Parts joined by ` · `, broken between parts where that is possible.
    pub fn parts(&mut self, indent: usize, parts: &[String]) {
        const DOT: &str = " · ";
        let room = self.width.saturating_sub(indent);
        let mut line = String::new();
        for part in parts.iter().map(|part| plain(part)).filter(|part| !part.is_empty()) {
            if !line.is_empty() && display_width(&line) + 3 + display_width(&part) > room {
                self.text(indent, &std::mem::take(&mut line), QUIET);
            }
            if !line.is_empty() {
                line.push_str(DOT);
            }
            line.push_str(&part);
        }
        if !line.is_empty() {
            self.text(indent, &line, QUIET);
        }
    }

    fn line(&mut self, indent: usize, text: &str, style: Style) {
        self.out.push_str(&" ".repeat(indent));
        self.styled(text, style);
        self.out.push('\n');
    }

    fn styled(&mut self, text: &str, style: Style) {
        if !text.is_empty() {
            self.out.push_str(&format!("{style}{text}{style:#}"));
        }
    }

    /// Ends a line that may have been padded for text that never came.
    fn end_line(&mut self) {
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
    }

    fn wrapped<'t>(&self, text: &'t str, indent: usize) -> Vec<Cow<'t, str>> {
        let width = self.width.saturating_sub(indent).max(NARROWEST.min(self.width));
        textwrap::wrap(text, words_stay_whole(width))
    }
}

/// A line that begins with `::` is a command to a CI that reads what is printed, and wrapping can bring any word
/// to the beginning of a line.
fn inert(line: &str) -> Cow<'_, str> {
    let begins = line.contains("::") && strip_str(line).to_string().trim_start().starts_with("::");
    if begins { Cow::Owned(line.replacen("::", ": :", 1)) } else { Cow::Borrowed(line) }
}

/// Text in lines of at most `width` columns, where its words allow that.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    textwrap::wrap(text, words_stay_whole(width)).into_iter().map(Cow::into_owned).collect()
}

/// The words of a line: what stands between blanks, and each wide character by itself, since what is written
/// with them has no blanks.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    if line.is_ascii() {
        return WordSeparator::AsciiSpace.find_words(line);
    }
    let width = |c: char| display_width(c.encode_utf8(&mut [0; 4]));
    let mut starts = vec![0];
    let pairs = line.char_indices().zip(line.chars().skip(1));
    starts.extend(pairs.filter_map(|((at, before), c)| {
        // What has no width joins its neighbours.
        let parts = width(c) > 0 && width(before) > 0 && (width(before) > 1 || width(c) > 1);
        let begins = c != ' ' && (before == ' ' || parts);
        begins.then_some(at + before.len_utf8())
    }));
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([line.len()]).collect();
    Box::new(starts.into_iter().zip(ends).map(|(start, end)| Word::from(&line[start..end])))
}

/// Words are never broken: addresses, paths and ids must stay whole to be copied.
fn words_stay_whole<'o>(width: usize) -> Options<'o> {
    Options::new(width)
        .word_separator(WordSeparator::Custom(words))
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .break_words(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: usize, write: impl FnOnce(&mut Page)) -> String {
        let mut page = Page::new(width);
        write(&mut page);
        anstream::adapter::strip_str(&page.finish()).to_string()
    }

    #[test]
    fn text_hangs_behind_its_cells_and_ids_stay_whole() {
        let out = page(53, |page| {
            let cells = [Cell("security".into(), 11, NONE), Cell("block".into(), 5, NONE)];
            page.row(&cells, "reopens CVE-2026-31337 and then CVE-2026-31338");
        });
        let want =
            "  security     block  reopens CVE-2026-31337 and then\n                      CVE-2026-31338\n";
        assert_eq!(out, want);
    }

    #[test]
    fn a_narrow_page_gives_text_its_own_lines() {
        let out = page(40, |page| {
            let cells = [Cell("security".into(), 11, NONE), Cell("block".into(), 5, NONE)];
            page.row(&cells, "reopens CVE-2026-31337");
        });
        assert_eq!(out, "  security     block\n    reopens CVE-2026-31337\n");
    }

    #[test]
    fn text_without_blanks_breaks_between_its_wide_characters() {
        let title = "認証トークンの更新でセッションが固定される v2.4.0 まで";
        let lines = wrap(title, 20);
        assert!(lines.iter().all(|line| display_width(line) <= 20), "{lines:#?}");
        assert_eq!(lines.concat().replace(' ', ""), title.replace(' ', ""));
        assert_eq!(wrap("naïve café au lait", 10), ["naïve café", "au lait"]);
    }

    #[test]
    fn parts_break_between_each_other() {
        let parts = ["fixed in 2.4.0".into(), "a/b.toml:1".into(), "https://example.com/x".into()];
        assert_eq!(
            page(40, |page| page.parts(4, &parts)),
            "    fixed in 2.4.0 · a/b.toml:1\n    https://example.com/x\n"
        );
    }

    #[test]
    fn what_others_wrote_can_not_move_the_cursor() {
        let out = page(80, |page| {
            page.head("BLOCK", NONE, "a\u{1b}[2Jb");
            page.row(&[Cell("x\u{202e}".into(), 2, NONE)], "y\rz");
            page.parts(2, &["p\nq".into()]);
            page.verbatim(2, "run\n--now");
            page.text(2, "::add-mask::x ##[add-mask]y", QUIET);
        });
        let last = "  : :add-mask::x # #[add-mask]y\n";
        assert_eq!(out, format!("BLOCK  a[2Jb\n  x   y z\n  p q\n  run --now\n{last}"));
    }
}
