//! Playbooks that people wrote, held to security's steps.
//!
//! A mark, `<!-- holdpoint:step NAME -->`, says that the text behind it is that step. Which steps a playbook has to
//! have is told by its head: `when` says what it is for, with the rules' own conditions, and a step is left out only
//! where its condition can't hold there. Without a head it is for everything, and has to have all of security's.
//! A playbook that holdpoint made has its marks already.

mod marks;
mod scope;

use crate::model::{Condition, Phase};
use crate::playbook::books::{Instruction, instructions};
use crate::playbook::template::Piece;
use crate::registry::{Mistake, Mistakes, Place, Tree, TreeError, playbooks_by_hand};
use marks::{Marked, plainly};

/// What is wrong with a playbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wrong {
    /// It lacks a step.
    Lacks,
    /// The step says something else by now.
    Changed,
    /// The step stands in a later phase than it belongs in.
    Late,
    /// It marks a step that there is none of.
    Unknown,
}

impl Wrong {
    /// All kinds.
    pub const ALL: [Wrong; 4] = [Wrong::Lacks, Wrong::Changed, Wrong::Late, Wrong::Unknown];

    /// The word, in reports.
    pub fn word(self) -> &'static str {
        match self {
            Wrong::Lacks => "step-missing",
            Wrong::Changed => "step-changed",
            Wrong::Late => "step-late",
            Wrong::Unknown => "step-unknown",
        }
    }

    /// What it means and what to do, for people.
    pub fn documentation(self) -> &'static str {
        match self {
            Wrong::Lacks => {
                "A rule of security's puts a step into playbooks for this, and the playbook lacks it. Write the step \
                 down with its mark, or say in the playbook's head what it is for."
            }
            Wrong::Changed => {
                "The step was changed since it was copied into the playbook. Copy its text and its command anew."
            }
            Wrong::Late => {
                "The step stands below the heading of a later phase than the one that it belongs in. Move it up."
            }
            Wrong::Unknown => {
                "The playbook marks a step that no rule has: it was renamed or removed. Take the mark away, or \
                 correct its name."
            }
        }
    }

    /// Whether a playbook fails by it.
    pub fn fails(self) -> bool {
        self != Wrong::Unknown
    }
}

/// One thing that is wrong with a playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// What.
    pub wrong: Wrong,
    /// Of which step.
    pub step: String,
    /// The line of its mark, counted from 1; for one that lacks, the first.
    pub line: usize,
    /// A sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// Where the step stands: file and line.
    pub origin: Option<(String, usize)>,
}

/// A playbook, looked at.
#[derive(Debug)]
pub struct Looked {
    /// Its path, as it was named.
    pub path: String,
    /// The steps that it has to have.
    pub required: Vec<String>,
    /// What is wrong with it, by line.
    pub flaws: Vec<Flaw>,
}

/// Playbooks, looked at.
#[derive(Debug)]
pub struct Checked {
    /// One for each file.
    pub playbooks: Vec<Looked>,
    /// How many steps the registry has.
    pub steps: usize,
}

impl Checked {
    /// Whether none fails.
    pub fn passes(&self) -> bool {
        self.playbooks.iter().flat_map(|looked| &looked.flaws).all(|flaw| !flaw.wrong.fails())
    }
}

/// Looks at playbooks: their paths and bytes. The inner error is what keeps that from being done.
///
/// # Errors
/// When the main file can't be read.
pub fn check(
    tree: &dyn Tree,
    main: &str,
    files: Vec<(String, Vec<u8>)>,
) -> Result<Result<Checked, Mistakes>, TreeError> {
    let read = playbooks_by_hand(tree, main, files)?;
    let mut list = read.list;
    let steps = instructions(&read.sources, read.steps, &mut list);
    let mut playbooks = Vec::new();
    for front in &read.files {
        let Some(source) = read.sources.file(front.file) else { continue };
        let body = source.text.get(front.body.clone()).unwrap_or_default();
        let marked = marks::read(body);
        for at in &marked.open {
            let start = front.body.start + at;
            let mistake = Mistake::at(Place::new(front.file, start..start + 4), "this comment has no end");
            list.push(mistake.hint("close it with `-->`"));
        }
        let before = source.text.get(..front.body.start).unwrap_or_default().matches('\n').count();
        let when = scope::of(&front.when, &read.environments);
        let book = Book { path: &source.path, marked: &marked, before };
        playbooks.push(book.looked(&steps, &when));
    }
    if list.is_empty() {
        return Ok(Ok(Checked { playbooks, steps: steps.len() }));
    }
    Ok(Err(Mistakes::new(read.sources, list)))
}

/// A playbook that is looked at.
struct Book<'b> {
    path: &'b str,
    marked: &'b marks::Marks,
    /// How many lines stand above its body.
    before: usize,
}

impl Book<'_> {
    fn looked(&self, steps: &[Instruction], when: &Condition) -> Looked {
        let is_due = |of: &&Instruction| of.step.is_securitys() && scope::meets(when, &of.step.when);
        let due: Vec<&Instruction> = steps.iter().filter(is_due).collect();
        let mut flaws: Vec<Flaw> = Vec::new();
        for of in &due {
            if !self.marked.list.iter().any(|mark| mark.name == of.step.name.as_str()) {
                flaws.push(self.lacks(of));
            }
        }
        for mark in &self.marked.list {
            match steps.iter().find(|of| of.step.name.as_str() == mark.name) {
                Some(of) => flaws.extend(self.marked_step(of, mark)),
                None => flaws.push(self.unknown(mark, steps)),
            }
        }
        flaws.sort_by_key(|flaw| flaw.line);
        let required = due.iter().map(|of| of.step.name.to_string()).collect();
        Looked { path: self.path.to_owned(), required, flaws }
    }

    fn line(&self, mark: &Marked) -> usize {
        self.before + mark.line
    }

    fn lacks(&self, of: &Instruction) -> Flaw {
        let step = &of.step;
        Flaw {
            wrong: Wrong::Lacks,
            step: step.name.to_string(),
            line: 1,
            message: format!("it lacks security's step `{}`: {}", step.name, step.text),
            hint: format!(
                "put it into the phase `{}`: `- [ ] <!-- holdpoint:step {} --> {}`",
                step.phase.word(),
                step.name,
                step.text
            ),
            origin: Some(of.place.clone()),
        }
    }

    fn marked_step(&self, of: &Instruction, mark: &Marked) -> Vec<Flaw> {
        let step = &of.step;
        let flaw = |wrong, message, hint| Flaw {
            wrong,
            step: step.name.to_string(),
            line: self.line(mark),
            message,
            hint,
            origin: Some(of.place.clone()),
        };
        let mut flaws = Vec::new();
        let missing = |pieces: &[Piece]| !has(&mark.text, pieces);
        if missing(&of.text) || of.command.as_ref().is_some_and(|command| missing(command)) {
            let message = format!("the step `{}` says something else by now", step.name);
            let command = step.command.as_ref().map_or(String::new(), |command| format!(" · `{command}`"));
            flaws.push(flaw(Wrong::Changed, message, format!("it says: {}{command}", step.text)));
        }
        if let Some(phase) = mark.phase.filter(|phase| *phase > step.phase) {
            let message = format!("the step `{}` stands in the phase `{}`", step.name, phase.word());
            flaws.push(flaw(Wrong::Late, message, format!("it belongs in `{}`", step.phase.word())));
        }
        flaws
    }

    fn unknown(&self, mark: &Marked, steps: &[Instruction]) -> Flaw {
        let names = steps.iter().map(|of| of.step.name.as_str());
        let near = crate::registry::wording::nearest(&mark.name, names);
        let hint = near.map_or_else(
            || "take the mark away, or correct its name".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Flaw {
            wrong: Wrong::Unknown,
            step: mark.name.clone(),
            line: self.line(mark),
            message: format!("no rule has a step `{}`", mark.name),
            hint,
            origin: None,
        }
    }
}

/// Whether a text has the written pieces of a step, in their order. What is filled in between may be filled in, or
/// stand there in its braces.
fn has(text: &str, pieces: &[Piece]) -> bool {
    let mut rest = text;
    for piece in pieces {
        let Piece::Written(written) = piece else { continue };
        let written = plainly(written);
        let Some(at) = rest.find(&written) else { return false };
        rest = &rest[at + written.len()..];
    }
    true
}

/// The phase that a heading begins, if it does.
pub(super) fn phase_of(heading: &str) -> Option<Phase> {
    let word = heading.split([':', ' ']).next().unwrap_or_default().to_lowercase();
    Phase::from_word(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::MemoryTree;

    const STEPS: &str = "format = 1\n[[step]]\nname = 'waf'\nphase = 'before'\nowner = 'security'\n\
        text = 'Enable *R3* for {service}'\ncommand = 'wafctl on R3 {service}'\nwhen = { exploited = true }\n\
        [[step]]\nname = 'talk'\nphase = 'decide'\nowner = 'reliability'\ntext = 'talk'\n";

    fn flaws(playbook: &str) -> Vec<(Wrong, usize)> {
        let tree: MemoryTree = [("holdpoint.toml", STEPS)].into_iter().collect();
        let files = vec![("p.md".to_owned(), playbook.as_bytes().to_vec())];
        let checked = check(&tree, "holdpoint.toml", files).unwrap().unwrap();
        checked.playbooks[0].flaws.iter().map(|flaw| (flaw.wrong, flaw.line)).collect()
    }

    #[test]
    fn a_step_is_held_to_its_name_text_command_and_phase() {
        let good = "- [ ] <!-- holdpoint:step waf --> **security** Enable \\*R3\\* for\n  `checkout`\n\n  ```\n  \
            wafctl on R3 checkout\n  ```\n";
        for (playbook, want) in [
            (good.to_owned(), &[][..]),
            (format!("## Before\n{good}"), &[]),
            (format!("x\n## Act\n{good}"), &[(Wrong::Late, 3)]),
            ("# nothing\n".into(), &[(Wrong::Lacks, 1)]),
            (good.replace("Enable", "Disable"), &[(Wrong::Changed, 1)]),
            (good.replace("wafctl on", "wafctl off"), &[(Wrong::Changed, 1)]),
            (format!("{good}<!-- holdpoint:step wav -->\n"), &[(Wrong::Unknown, 7)]),
            ("+++\nwhen = { exploited = false }\n+++\nx\n".into(), &[]),
            ("+++\nwhen = { service = 'shop' }\n+++\nx\n".into(), &[(Wrong::Lacks, 1)]),
            // What nobody sees isn't there.
            (format!("```\n{good}"), &[(Wrong::Lacks, 1)]),
            (
                "<!-- holdpoint:step waf --> <!-- Enable *R3* for wafctl on R3 -->\n".into(),
                &[(Wrong::Changed, 1)],
            ),
            (
                "<!-- holdpoint:step waf -->\n## Act\nEnable *R3* for wafctl on R3 x\n".into(),
                &[(Wrong::Changed, 1)],
            ),
        ] {
            assert_eq!(flaws(&playbook), want, "{playbook}");
        }
    }

    #[test]
    fn what_can_not_be_read_is_not_checked() {
        let tree: MemoryTree = [("holdpoint.toml", STEPS)].into_iter().collect();
        for bytes in ["+++\nx = 1\n+++\n", "<!-- open", &"x".repeat(300_000)] {
            let files = vec![("p.md".to_owned(), bytes.as_bytes().to_vec())];
            assert!(check(&tree, "holdpoint.toml", files).unwrap().is_err());
        }
    }
}
