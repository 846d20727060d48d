//! A playbook as lines that every format lays out: tasks, tables, blocks to copy from.
//!
//! Texts are as people wrote them; each format strips and escapes them where it prints them.

use crate::model::{Owner, Phase};

/// What a playbook says.
#[derive(Debug)]
pub struct Document {
    /// Its title.
    pub title: Vec<Span>,
    /// What stands above the first phase.
    pub intro: Vec<Item>,
    /// The phases, in their order.
    pub sections: Vec<Section>,
}

/// A phase.
#[derive(Debug)]
pub struct Section {
    /// Which.
    pub phase: Phase,
    /// Its heading.
    pub heading: Vec<Span>,
    /// What stands in it.
    pub items: Vec<Item>,
}

/// A piece of a playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A line of the template with its own markup; an empty one divides.
    Line(Vec<Span>),
    /// A block of the template to copy from: the words behind its fence, and its lines.
    Fence(String, Vec<String>),
    /// A paragraph of ours.
    Text(String),
    /// Points of ours.
    Bullets(Vec<String>),
    /// A table of ours.
    Table(&'static [&'static str], Vec<Vec<Cell>>),
    /// Commands to paste.
    Commands(Vec<String>),
    /// Something to be done.
    Task(Task),
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A name, a version.
    Code(String),
    /// A level.
    Level(crate::model::Level),
    /// Text.
    Text(String),
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Task {
    /// How far the template indents it.
    pub indent: usize,
    /// The step that it is, where a rule puts it in.
    pub step: Option<String>,
    /// Whose it is.
    pub owner: Option<Owner>,
    /// What to do.
    pub text: Vec<Span>,
    /// What to know about it.
    pub notes: Vec<String>,
    /// Commands for it.
    pub commands: Vec<String>,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// The template's own markup.
    Markup(String),
    /// Text.
    Text(String),
    /// A name, a version.
    Code(String),
    /// A word of a command inside the template's own markup.
    Word(String),
}

impl Task {
    /// One of ours.
    pub fn of(text: impl Into<String>) -> Task {
        Task { text: vec![Span::Text(text.into())], ..Task::default() }
    }

    /// The same, with who does it.
    pub fn by(self, owner: Owner) -> Task {
        Task { owner: Some(owner), ..self }
    }

    /// The same, with what to know.
    pub fn note(mut self, note: impl Into<String>) -> Task {
        self.notes.push(note.into());
        self
    }

    /// The same, with commands.
    pub fn run(mut self, commands: impl IntoIterator<Item = String>) -> Task {
        self.commands.extend(commands);
        self
    }
}

impl Document {
    /// All tasks, in their order.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        let items = self.intro.iter().chain(self.sections.iter().flat_map(|section| &section.items));
        items.filter_map(|item| if let Item::Task(task) = item { Some(task) } else { None })
    }
}
