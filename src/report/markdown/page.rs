//! The page of a Markdown report: headings, lists and tables that know their limit.
//!
//! What is put here is Markdown already; escaping is [`super`]'s business.

use super::{fenced, longest_run, row, table_head, text};
use crate::model::Level;
use crate::model::is_unseen;

/// What GitHub takes in one comment, in characters.
pub(super) const LIMIT: usize = 65_536;
/// What a section may take when nothing else is said. The sections of a report together, with what always
/// stays, are below [`LIMIT`].
pub(super) const SECTION: usize = 6_000;

/// What a difference of files may take.
const DIFFERENCE: usize = 30_000;

/// A report in the making.
#[derive(Debug, Default)]
pub(super) struct Page {
    out: String,
}

impl Page {
    /// The text of the page.
    pub fn finish(self) -> String {
        self.out
    }

    /// How long it is by now, in characters.
    pub fn length(&self) -> usize {
        self.out.chars().count()
    }

    /// The first line: a word that says it all, then the rest; `rest` is Markdown.
    pub fn head(&mut self, word: &str, rest: &str) {
        self.out.push_str(&format!("## {word}: {rest}\n"));
    }

    /// The heading of a section; a word of ours.
    pub fn heading(&mut self, words: &str) {
        self.out.push_str(&format!("\n### {words}\n"));
    }

    /// A paragraph of Markdown.
    pub fn paragraph(&mut self, markdown: &str) {
        self.out.push_str(&format!("\n{markdown}\n"));
    }

    /// A list; whole items beyond `most` characters are left out and counted.
    pub fn list(&mut self, most: usize, items: impl ExactSizeIterator<Item = String>) {
        if items.len() > 0 {
            self.out.push('\n');
            self.cut(most, items, |item| format!("- {item}\n"), |more| format!("- … and {more} more\n"));
        }
    }

    /// A table; whole rows beyond `most` characters are left out and counted.
    pub fn table(&mut self, most: usize, columns: &[&str], rows: impl ExactSizeIterator<Item = Vec<String>>) {
        if rows.len() == 0 {
            return;
        }
        self.out.push_str(&format!("\n{}\n", table_head(columns)));
        self.cut(most, rows, |cells| format!("{}\n", row(&cells)), |more| format!("\n… and {more} more\n"));
    }

    /// A block to copy from. False: it is too long to be shown whole, and so isn't shown at all.
    pub fn block(&mut self, lines: &[String]) -> bool {
        let block = fenced(lines);
        let fits = block.chars().count() <= SECTION;
        if fits {
            self.out.push_str(&format!("\n{block}"));
        }
        fits
    }

    /// A difference of files, its blanks kept; one that is too long isn't shown at all, which is said.
    pub fn difference(&mut self, lines: &str) {
        let seen = |c: char| if is_unseen(c) && !matches!(c, '\t' | '\n') { ' ' } else { c };
        let lines: String = lines.replace("\r\n", "\n").chars().map(seen).collect();
        let fence = "`".repeat((longest_run(&lines) + 1).max(3));
        if lines.chars().count() > DIFFERENCE {
            return self.paragraph("The difference is too long to be shown here.");
        }
        self.out.push_str(&format!("\n{fence}diff\n{lines}{fence}\n"));
    }

    fn cut<T>(
        &mut self,
        most: usize,
        items: impl ExactSizeIterator<Item = T>,
        shown: impl Fn(T) -> String,
        more: impl Fn(usize) -> String,
    ) {
        let (mut used, all) = (0, items.len());
        for (index, item) in items.enumerate() {
            let item = shown(item);
            used += item.chars().count();
            if used > most {
                self.out.push_str(&more(all - index));
                return;
            }
            self.out.push_str(&item);
        }
    }
}

/// A level as it stands in a table or before a reason.
pub(super) fn level(level: Level) -> String {
    format!("**{level}**")
}

/// Parts of a line, joined by dots.
pub(super) fn joined(parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

/// An item and what hangs below it.
pub(super) fn item(line: &str, below: &[String]) -> String {
    let below = below.iter().filter(|line| !line.is_empty()).map(|line| format!("\n  - {line}"));
    format!("{line}{}", below.collect::<String>())
}

/// Several texts, each escaped.
pub(super) fn texts<S: AsRef<str>>(list: &[S]) -> Vec<String> {
    list.iter().map(|item| text(item.as_ref())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_rows_are_left_out_and_counted() {
        let mut page = Page::default();
        page.list(20, ["aaaa", "bbbb", "cccc"].iter().map(|item| (*item).to_owned()));
        page.list(10, ["aaaa", "bbbb", "cccc"].iter().map(|item| (*item).to_owned()));
        page.table(9, &["x"], vec![vec!["1".to_owned()], vec!["2".to_owned()]].into_iter());
        let lists = "\n- aaaa\n- bbbb\n- … and 1 more\n\n- aaaa\n- … and 2 more\n";
        let table = "\n| x |\n|---|\n| 1 |\n\n… and 1 more\n";
        assert_eq!(page.finish(), format!("{lists}{table}"));
    }

    #[test]
    fn a_block_is_whole_or_not_there() {
        let mut page = Page::default();
        assert!(!page.block(&["x".repeat(SECTION)]));
        assert!(page.block(&["holdpoint".into()]));
        assert_eq!(page.finish(), "\n```\nholdpoint\n```\n");
    }
}
