//! What is wrong with a registry: values with places, which the report room turns into excerpts.

use std::ops::Range;

use crate::model::{Origin, Source, Sources};
use crate::registry::TreeError;

/// One thing that is wrong, or odd, in a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Whether it stops a check.
    pub weight: Weight,
    /// What is wrong: a lower-case fragment with backticks round names.
    pub message: String,
    /// Where, when it stands in a text that could be read.
    pub place: Option<Place>,
    /// The file or folder, when there is no text to point into.
    pub path: Option<String>,
    /// Words for the caret, when they say more than the message.
    pub label: Option<String>,
    /// A second place that has to do with it, and words for it: "first defined here".
    pub also: Option<(Place, String)>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Whether a mistake stops a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It does: what can't be read can't be judged.
    Mistake,
    /// It is only said.
    Warning,
}

/// A stretch of one of the registry's texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Index of the file in [`Sources`].
    pub file: u32,
    /// The bytes.
    pub span: Range<usize>,
}

impl Place {
    /// A stretch of a file.
    pub fn new(file: u32, span: Range<usize>) -> Place {
        Place { file, span }
    }

    /// Its beginning, as the model keeps it.
    pub fn origin(&self) -> Origin {
        Origin { file: self.file, offset: u32::try_from(self.span.start).unwrap_or(u32::MAX) }
    }
}

impl Mistake {
    /// A mistake at a place.
    pub fn at(place: Place, message: impl Into<String>) -> Mistake {
        Mistake { place: Some(place), ..Mistake::nowhere(message.into()) }
    }

    /// A mistake of a whole file or folder.
    pub fn of(path: impl Into<String>, message: impl Into<String>) -> Mistake {
        Mistake { path: Some(path.into()), ..Mistake::nowhere(message.into()) }
    }

    fn nowhere(message: String) -> Mistake {
        Mistake {
            weight: Weight::Mistake,
            message,
            place: None,
            path: None,
            label: None,
            also: None,
            hint: None,
        }
    }

    /// The same, with what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Mistake {
        self.hint = Some(hint.into());
        self
    }

    /// The same, with what to do about it if there is something.
    #[must_use]
    pub fn maybe_hint(mut self, hint: Option<String>) -> Mistake {
        self.hint = hint;
        self
    }

    /// The same, with words for the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Mistake {
        self.label = Some(label.into());
        self
    }

    /// The same, with a second place.
    #[must_use]
    pub fn also(mut self, place: Place, label: impl Into<String>) -> Mistake {
        self.also = Some((place, label.into()));
        self
    }

    /// The same, but it stops nothing.
    #[must_use]
    pub fn warning(mut self) -> Mistake {
        self.weight = Weight::Warning;
        self
    }
}

impl From<TreeError> for Mistake {
    fn from(error: TreeError) -> Mistake {
        let hint = error.hint().map(str::to_owned);
        Mistake::of(error.path.clone(), error.to_string()).maybe_hint(hint)
    }
}

/// Everything that is wrong with a registry, and the texts to show it in.
#[derive(Debug, Clone, Default)]
pub struct Mistakes {
    /// The files as far as they could be read.
    pub sources: Sources,
    /// The mistakes, by file, then by place.
    pub list: Vec<Mistake>,
}

impl Mistakes {
    /// Puts mistakes in order, each once.
    pub fn new(sources: Sources, mut list: Vec<Mistake>) -> Mistakes {
        sort(&sources, &mut list);
        Mistakes { sources, list }
    }
}

/// Sorts by file, then by place, and drops what was said twice.
pub(super) fn sort(sources: &Sources, list: &mut Vec<Mistake>) {
    let key = |mistake: &Mistake| mistake.place.as_ref().map_or(0, |place| place.span.start);
    list.sort_by(|a, b| a.file(sources).cmp(b.file(sources)).then(key(a).cmp(&key(b))));
    list.dedup();
}

impl Mistake {
    /// The file or folder that it stands in; empty when it has none.
    pub fn file<'a>(&'a self, sources: &'a Sources) -> &'a str {
        match &self.place {
            Some(place) => sources.path(place.origin()),
            None => self.path.as_deref().unwrap_or_default(),
        }
    }

    /// Line and column of its place.
    pub fn position(&self, sources: &Sources) -> Option<(usize, usize)> {
        self.place.as_ref().map(|place| position(sources, place))
    }
}

/// Line and column at which a place begins, both counted from 1, the column in characters.
pub fn position(sources: &Sources, place: &Place) -> (usize, usize) {
    let before = sources.file(place.file).map_or("", |source| before(source, place.span.start));
    let line = before.rsplit('\n').next().unwrap_or_default();
    (1 + before.bytes().filter(|&byte| byte == b'\n').count(), 1 + line.chars().count())
}

/// The text before an offset; an offset inside a character counts as its beginning.
fn before(source: &Source, offset: usize) -> &str {
    let mut end = offset.min(source.text.len());
    while !source.text.is_char_boundary(end) {
        end -= 1;
    }
    source.text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_from_one() {
        let mut sources = Sources::default();
        let file = sources.add("a.toml", "x = 1\nä = \"ö\"\n".into());
        let at = |offset| position(&sources, &Place::new(file, offset..offset));
        assert_eq!((at(0), at(4), at(6), at(8), at(7)), ((1, 1), (1, 5), (2, 1), (2, 2), (2, 1)));
        assert_eq!(at(999), (3, 1));
        assert_eq!(position(&sources, &Place::new(9, 0..1)), (1, 1));
    }

    #[test]
    fn mistakes_stand_by_file_then_by_place_and_once() {
        let mut sources = Sources::default();
        let (b, a) = (sources.add("b.toml", "xyz".into()), sources.add("a.toml", "xyz".into()));
        let at = |file, start| Mistake::at(Place::new(file, start..start), "m");
        let sorted =
            Mistakes::new(sources, vec![at(b, 2), at(b, 1), Mistake::of("aa", "m"), at(a, 0), at(b, 1)]);
        assert_eq!(sorted.list, [at(a, 0), Mistake::of("aa", "m"), at(b, 1), at(b, 2)]);
    }
}
