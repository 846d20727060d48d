//! A document: sections of texts, lists, tables and charts, which every format lays out in its own way.
//!
//! All that is said stands here already, so that a report says the same on a screen, on paper and in a pull request.
//! Texts are as people wrote them; each format strips and escapes them where it prints them.

use crate::audit::Calendar;

/// What a report says.
#[derive(Debug, Clone)]
pub struct Document {
    /// The first word: whether the record verifies.
    pub word: &'static str,
    /// What stands behind it.
    pub headline: String,
    /// The parts.
    pub sections: Vec<Section>,
}

/// A part with a heading.
#[derive(Debug, Clone)]
pub struct Section {
    /// The heading.
    pub title: &'static str,
    /// What it gives evidence for, in one line; empty: nothing.
    pub evidence: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone)]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// Several points.
    List(Vec<String>),
    /// A table.
    Table(Table),
    /// Exposure over time.
    Chart(Chart),
}

/// A table. One without rows isn't shown; what stands in its place is said by whoever makes it.
#[derive(Debug, Clone)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Its columns.
    pub columns: &'static [Column],
    /// A cell for each column.
    pub rows: Vec<Vec<String>>,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column(pub &'static str, pub Kind);

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A name, an id, a hash.
    Code,
    /// A number, or several of them.
    Number,
}

/// Hours of exposure over time.
#[derive(Debug, Clone)]
pub struct Chart {
    /// What it shows.
    pub caption: String,
    /// The bars.
    pub calendar: Calendar,
}

impl Section {
    /// An empty one.
    pub fn new(title: &'static str, evidence: String) -> Section {
        Section { title, evidence, blocks: Vec::new() }
    }

    /// Puts a paragraph in.
    pub fn text(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Text(text.into()));
    }

    /// Puts a table in; without rows, what is said in its place.
    pub fn table(&mut self, table: Table, without: &str) {
        match table.rows.is_empty() {
            true if without.is_empty() => {}
            true => self.text(without),
            false => self.blocks.push(Block::Table(table)),
        }
    }

    /// Puts points in, if there are any.
    pub fn list(&mut self, points: Vec<String>) {
        if !points.is_empty() {
            self.blocks.push(Block::List(points));
        }
    }
}
