//! Where a fact stands: file and offset, turned into a line only when something is printed.

use std::sync::Arc;

/// A place in one of the registry's files.
///
/// It is eight bytes: a check makes hundreds of these and prints a handful, so counting lines waits
/// until [`Sources::line`] is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Origin {
    /// Index of the file in [`Sources`].
    pub file: u32,
    /// Byte offset in the file's text.
    pub offset: u32,
}

/// One file of the registry as it was read.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path inside the registry, with `/` between folders.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// All files that were read. A copy shares their texts.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Arc<Source>>,
}

impl Sources {
    /// Keeps a file and gives its index, for [`Origin::file`].
    pub fn add(&mut self, path: impl Into<String>, text: String) -> u32 {
        self.files.push(Arc::new(Source { path: path.into(), text }));
        u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX)
    }

    /// Keeps a file of other sources, text and all, and gives its index here.
    pub fn adopt(&mut self, other: &Sources, index: u32) -> u32 {
        self.files.extend(other.files.get(index as usize).cloned());
        u32::try_from(self.files.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// The file with this index.
    pub fn file(&self, index: u32) -> Option<&Source> {
        self.files.get(index as usize).map(|source| &**source)
    }

    /// The files, in the order in which they were read.
    pub fn files(&self) -> impl ExactSizeIterator<Item = &Source> {
        self.files.iter().map(|source| &**source)
    }

    /// The path of the file that `origin` lies in; empty when it isn't one of these.
    pub fn path(&self, origin: Origin) -> &str {
        self.file(origin.file).map_or("", |source| &source.path)
    }

    /// The line of `origin`, counted from 1.
    pub fn line(&self, origin: Origin) -> usize {
        let before = self.file(origin.file).map_or(&[][..], |source| {
            let end = (origin.offset as usize).min(source.text.len());
            &source.text.as_bytes()[..end]
        });
        1 + before.iter().filter(|&&byte| byte == b'\n').count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_from_one() {
        let mut sources = Sources::default();
        let file = sources.add("holdpoint.toml", "a\nb\r\nc".into());
        let line = |offset| sources.line(Origin { file, offset });
        assert_eq!((line(0), line(1), line(2), line(5), line(99)), (1, 1, 2, 3, 3));
        assert_eq!(sources.path(Origin { file, offset: 0 }), "holdpoint.toml");
        assert_eq!(sources.path(Origin { file: 7, offset: 0 }), "");
    }
}
