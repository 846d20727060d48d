//! The marks of a playbook, and the text that is seen behind each.

use super::phase_of;
use crate::model::Phase;
use crate::playbook::template::heading;

/// What a mark begins with, inside its comment.
const MARK: &str = "holdpoint:step";

/// The marks of a playbook.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub list: Vec<Marked>,
    /// Where comments begin that have no end.
    pub open: Vec<usize>,
}

/// A mark.
#[derive(Debug)]
pub(super) struct Marked {
    pub name: String,
    /// Its line in the body, counted from 1.
    pub line: usize,
    /// The phase whose heading stands above it.
    pub phase: Option<Phase>,
    /// What is seen from here to the next mark or heading, without markup.
    pub text: String,
}

/// Reads a body.
pub(super) fn read(body: &str) -> Marks {
    let mut reader = Reader::default();
    let mut at = 0;
    for (number, line) in body.split_inclusive('\n').enumerate() {
        reader.line(line, number + 1, at);
        at += line.len();
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    marks: Marks,
    phase: Option<Phase>,
    /// The fence of the open block.
    fence: Option<String>,
    /// Whether a comment is open, where it began, and what stands in it.
    comment: Option<(usize, usize, String)>,
    /// Whether text belongs to the last mark.
    behind: bool,
}

impl Reader {
    fn line(&mut self, line: &str, number: usize, at: usize) {
        let trimmed = line.trim();
        if let Some(fence) = &self.fence {
            if trimmed.starts_with(fence.as_str()) && trimmed.trim_matches(['`', '~']).is_empty() {
                self.fence = None;
            } else {
                self.seen(line);
            }
            return;
        }
        if self.comment.is_none() {
            let run = |c: char| trimmed.len() - trimmed.trim_start_matches(c).len();
            let fence = run('`').max(run('~'));
            if fence >= 3 {
                self.fence = Some(trimmed[..fence].to_owned());
                return;
            }
            if let Some((_, text)) = heading(line.trim_end()) {
                self.behind = false;
                self.phase = phase_of(text).or(self.phase);
            }
        }
        self.pieces(line, number, at);
    }

    /// What of a line is seen, and what stands in comments.
    fn pieces(&mut self, line: &str, number: usize, at: usize) {
        let mut rest = line;
        while !rest.is_empty() {
            let here = at + line.len() - rest.len();
            match self.comment.take() {
                None => match rest.find("<!--") {
                    None => return self.seen(rest),
                    Some(open) => {
                        self.seen(&rest[..open]);
                        self.comment = Some((here + open, number, String::new()));
                        rest = &rest[open + 4..];
                    }
                },
                Some((start, first, text)) => match rest.find("-->") {
                    None => {
                        self.comment = Some((start, first, text + rest));
                        return;
                    }
                    Some(end) => {
                        self.mark(&(text + &rest[..end]), first);
                        rest = &rest[end + 3..];
                    }
                },
            }
        }
    }

    fn mark(&mut self, comment: &str, line: usize) {
        let Some(name) = comment.trim().strip_prefix(MARK).filter(|name| name.starts_with([' ', '\t']))
        else {
            return;
        };
        let (name, phase) = (name.trim().to_owned(), self.phase);
        self.marks.list.push(Marked { name, line, phase, text: String::new() });
        self.behind = true;
    }

    fn seen(&mut self, text: &str) {
        if let Some(mark) = self.marks.list.last_mut().filter(|_| self.behind) {
            mark.text.push_str(text);
        }
    }

    fn finish(self) -> Marks {
        let mut marks = self.marks;
        marks.open.extend(self.comment.map(|(start, ..)| start));
        marks.list.iter_mut().for_each(|mark| mark.text = plainly(&mark.text));
        marks
    }
}

/// A text without markup and white space, so that it can be looked for however it is laid out.
pub(super) fn plainly(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&#124;", "|").replace("&amp;", "&");
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '`' | '\\' | '*' | '_' | '~' | '\'')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_have_the_text_behind_them() {
        let body = "# a\n<!-- holdpoint:step a --> x *y*\nz\n<!--\nholdpoint:step b\n-->w\n### c\nv\n<!-- other -->\n";
        let marks = read(body);
        let told: Vec<_> = marks.list.iter().map(|m| (&*m.name, m.line, &*m.text)).collect();
        assert_eq!(told, [("a", 2, "xyz"), ("b", 4, "w")]);
        assert_eq!(read("a <!-- b").open, [2]);
    }
}
