//! A line of a tree under judgement.

use std::fmt;

/// Where a value stands: what an annotation points at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The file's path in its tree, with `/` between the parts.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
}

impl Spot {
    /// A line of a file.
    pub fn new(file: impl Into<String>, line: u32) -> Spot {
        Spot { file: file.into(), line }
    }
}

/// Paths are text that others wrote: whoever prints one strips it.
impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
