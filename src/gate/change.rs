//! What the finder reads: the files that a change touches, and the files around them.

/// One of the two trees that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// What was.
    Base,
    /// What is to be.
    Head,
}

/// A file that isn't the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its path in both trees, with `/` between the parts.
    pub path: String,
    /// What it was; None: it wasn't there.
    pub base: Option<Vec<u8>>,
    /// What it is to be; None: it is gone.
    pub head: Option<Vec<u8>>,
}

impl Change {
    /// The file's bytes on one side.
    pub fn on(&self, side: Side) -> Option<&[u8]> {
        match side {
            Side::Base => self.base.as_deref(),
            Side::Head => self.head.as_deref(),
        }
    }
}

/// The files that a change doesn't touch, read where a changed one can't be understood by itself: who includes a
/// Kustomize base, and which repository a tag in a values file belongs to.
///
/// It is asked for a listing at most once a side. A path that the change touches is never read from here.
pub trait Around {
    /// The paths of all files of one side.
    ///
    /// # Errors
    /// When they can't be listed, in words.
    fn paths(&self, side: Side) -> Result<Vec<String>, String>;

    /// A file of one side. None: it isn't there.
    ///
    /// # Errors
    /// When it can't be read, in words.
    fn read(&self, side: Side, path: &str) -> Result<Option<Vec<u8>>, String>;
}

/// Nothing is around: the changes are all that is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Around for Nothing {
    fn paths(&self, _: Side) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }

    fn read(&self, _: Side, _: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(None)
    }
}
