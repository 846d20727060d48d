//! What a registry has for playbooks, understood: its steps, and its templates with the shipped one.

use crate::judge::Asked;
use crate::model::{Condition, Phase, Sources, Step};
use crate::playbook::template::{Piece, Spot, Template, pieces, read};
use crate::registry::{Mistake, Mistakes, PlacedStep, Playbooks, Tree, TreeError, playbooks};

/// The shipped template.
pub const DEFAULT: &str = include_str!("default.md");
/// What the shipped template is called where others have a path.
const SHIPPED: &str = "the shipped template";

/// All that playbooks are made from.
#[derive(Debug)]
pub struct Books {
    /// The texts that it was read from.
    pub sources: Sources,
    /// The steps, by phase, then order, then as they stand.
    pub steps: Vec<Instruction>,
    /// The templates, in the order in which they are tried; the shipped one is the last.
    pub templates: Vec<Book>,
}

/// A step with its texts understood.
#[derive(Debug)]
pub struct Instruction {
    /// The step.
    pub step: Step,
    /// What to do.
    pub text: Vec<Piece>,
    /// The command.
    pub command: Option<Vec<Piece>>,
    /// Where it stands: file and line.
    pub place: (String, usize),
}

/// A template, and what it is for.
#[derive(Debug)]
pub struct Book {
    /// Its path; for the shipped one, what it is.
    pub name: String,
    /// What it is for.
    pub when: Condition,
    /// The template.
    pub template: Template,
    order: Option<u32>,
    file: Option<u32>,
}

impl Books {
    /// Reads them. `main` is the name of the registry's main file. The inner error is all that is wrong with them.
    ///
    /// # Errors
    /// When files can't be read.
    pub fn open(tree: &dyn Tree, main: &str) -> Result<Result<Books, Mistakes>, TreeError> {
        let (books, list) = Books::understood(playbooks(tree, main)?);
        Ok(if list.is_empty() { Ok(books) } else { Err(Mistakes::new(books.sources, list)) })
    }

    /// Everything that is wrong with the steps and templates of a registry, also that a step of security's would have
    /// no place in a template.
    ///
    /// # Errors
    /// When files can't be read.
    pub fn inspect(tree: &dyn Tree, main: &str) -> Result<Mistakes, TreeError> {
        let (books, mut list) = Books::understood(playbooks(tree, main)?);
        list.extend(books.lacking());
        Ok(Mistakes::new(books.sources, list))
    }

    fn understood(read: Playbooks) -> (Books, Vec<Mistake>) {
        let Playbooks { sources, steps, files, mut list, .. } = read;
        let steps = instructions(&sources, steps, &mut list);
        let mut templates: Vec<Book> = Vec::new();
        for front in files {
            let Some(source) = sources.file(front.file) else { continue };
            let body = source.text.get(front.body.clone()).unwrap_or_default();
            let spot = Spot { file: front.file, start: front.body.start };
            let template = self::read(body, spot, &mut list);
            let name = source.path.clone();
            templates.push(Book {
                name,
                when: front.when,
                template,
                order: front.order,
                file: Some(front.file),
            });
        }
        templates.sort_by_key(|book| (book.order.is_none(), book.order));
        templates.push(shipped(&mut list));
        (Books { sources, steps, templates }, list)
    }

    /// The first template that is for a place, as `fits` tells of its condition.
    pub fn choose(&self, fits: impl Fn(usize, &Condition) -> bool) -> Option<&Book> {
        let mut all = self.templates.iter().enumerate();
        all.find(|(at, book)| fits(*at, &book.when)).map(|(_, book)| book)
    }

    /// The conditions of all steps, then those of all templates, to be asked about.
    pub fn asked(&self) -> Vec<Asked> {
        let steps = self.steps.iter().map(|of| &of.step.when);
        steps.chain(self.templates.iter().map(|book| &book.when)).map(Asked::of).collect()
    }

    /// That a template lacks a phase into which a step of security's belongs. Nothing is lost then: the playbook has
    /// the phase all the same. But whoever wrote the template didn't mean it to.
    fn lacking(&self) -> Vec<Mistake> {
        let mut found = Vec::new();
        for book in &self.templates {
            for phase in Phase::ALL.into_iter().filter(|phase| !book.template.has(*phase)) {
                let of_phase =
                    self.steps.iter().filter(|of| of.step.phase == phase && of.step.is_securitys());
                let names: Vec<&str> = of_phase.map(|of| of.step.name.as_str()).collect();
                if names.is_empty() || book.file.is_none() {
                    continue;
                }
                let message = format!(
                    "this playbook has no phase `{}`, where security's steps belong: {}",
                    phase.word(),
                    crate::registry::listed(&names)
                );
                let hint = format!("add a heading `## {}`", title(phase));
                found.push(Mistake::of(book.name.clone(), message).hint(hint));
            }
        }
        found
    }
}

/// A phase as a heading has it.
pub fn title(phase: Phase) -> &'static str {
    match phase {
        Phase::Before => "Before",
        Phase::Decide => "Decide",
        Phase::Act => "Act",
        Phase::After => "After",
        Phase::FollowUp => "Follow-up",
    }
}

/// The steps with their texts understood, in the order in which they are done.
pub(super) fn instructions(
    sources: &Sources,
    steps: Vec<PlacedStep>,
    list: &mut Vec<Mistake>,
) -> Vec<Instruction> {
    let mut all: Vec<Instruction> = Vec::with_capacity(steps.len());
    for placed in steps {
        let text = pieces(&placed.step.text, &placed.text, false, list);
        let command = placed.step.command.as_ref().zip(placed.command.as_ref());
        let command = command.map(|(command, place)| pieces(command, place, true, list));
        let origin = placed.step.origin;
        let place = (sources.path(origin).to_owned(), sources.line(origin));
        all.push(Instruction { step: placed.step, text, command, place });
    }
    all.sort_by_key(|of| (of.step.phase, of.step.order.is_none(), of.step.order));
    all
}

/// The shipped template. It is part of the program, so a mistake in it is a bug.
fn shipped(list: &mut Vec<Mistake>) -> Book {
    let mut found = Vec::new();
    let body = DEFAULT.trim_start_matches("+++\n");
    let template = read(body, Spot { file: u32::MAX, start: 0 }, &mut found);
    list.extend(
        found
            .into_iter()
            .map(|mistake| Mistake::of(SHIPPED, mistake.message).hint("this is a bug of holdpoint")),
    );
    Book { name: SHIPPED.into(), when: Condition::default(), template, order: None, file: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::MemoryTree;

    fn tree(main: &str, files: &[(&str, &str)]) -> MemoryTree {
        let mut tree: MemoryTree = [("holdpoint.toml", format!("format = 1\n{main}"))].into_iter().collect();
        files.iter().for_each(|(path, text)| tree.put(path, *text));
        tree
    }

    const STEP: &str = "[[step]]\nname = 'waf'\nphase = 'before'\nowner = 'security'\n";

    #[test]
    fn the_shipped_template_is_right_and_has_all_phases() {
        let mut list = Vec::new();
        let book = shipped(&mut list);
        assert!(list.is_empty(), "{list:?}");
        assert!(Phase::ALL.into_iter().all(|phase| book.template.has(phase)));
    }

    #[test]
    fn a_template_without_a_phase_of_securitys_is_a_mistake() {
        let text = format!("{STEP}text = 't'\n");
        for (template, wrong) in [("## Before\n", 0), ("## Act\n", 1)] {
            let tree = tree(&text, &[("playbooks/a.md", template)]);
            let found = Books::inspect(&tree, "holdpoint.toml").unwrap().list;
            assert_eq!(found.len(), wrong, "{found:?}");
            // It is told and stops nothing.
            assert!(Books::open(&tree, "holdpoint.toml").unwrap().is_ok());
        }
        let sre = tree(&text.replace("security", "reliability"), &[("playbooks/a.md", "## Act\n")]);
        assert!(Books::inspect(&sre, "holdpoint.toml").unwrap().list.is_empty());
    }

    #[test]
    fn an_unknown_placeholder_is_told_with_its_line() {
        let tree = tree(&format!("{STEP}text = 'x {{srvice}}'\n"), &[("playbooks/a.md", "\n{too}\n")]);
        let Err(mistakes) = Books::open(&tree, "holdpoint.toml").unwrap() else { panic!() };
        let told: Vec<(&str, usize, &str)> = mistakes
            .list
            .iter()
            .map(|m| (m.file(&mistakes.sources), m.position(&mistakes.sources).unwrap().0, &*m.message))
            .collect();
        let want = [
            ("holdpoint.toml", 6, "there is no placeholder `{srvice}`"),
            ("playbooks/a.md", 2, "there is no placeholder `{too}`"),
        ];
        assert_eq!(told, want);
    }

    #[test]
    fn templates_are_tried_in_their_order_and_the_shipped_one_last() {
        let files = [
            ("playbooks/a.md", "x"),
            ("playbooks/b.md", "+++\norder = 2\n+++\n"),
            ("playbooks/c.md", "+++\norder = 1\n+++\n"),
        ];
        let books = Books::open(&tree("", &files), "holdpoint.toml").unwrap().unwrap();
        let names: Vec<&str> = books.templates.iter().map(|book| &*book.name).collect();
        assert_eq!(names, ["playbooks/c.md", "playbooks/b.md", "playbooks/a.md", SHIPPED]);
        assert_eq!(books.choose(|at, _| at > 1).unwrap().name, "playbooks/a.md");
    }
}
