//! `listed`: a release's place is its position in the list; nothing is parsed.

use std::collections::BTreeMap;

/// How alike a name must be, from 0 to 1, to be worth suggesting.
const ALIKE: f64 = 0.5;

/// The releases of one service in their order, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Listed {
    positions: BTreeMap<Box<str>, usize>,
}

impl Listed {
    /// A name that stands twice keeps its first position.
    pub(super) fn new<S: AsRef<str>>(versions: impl IntoIterator<Item = S>) -> Listed {
        let mut positions = BTreeMap::new();
        for version in versions {
            let next = positions.len();
            positions.entry(version.as_ref().into()).or_insert(next);
        }
        Listed { positions }
    }

    pub(super) fn position(&self, version: &str) -> Option<usize> {
        self.positions.get(version).copied()
    }

    /// The listed name most like a word that isn't listed; the older one of two that are equally like it.
    pub(super) fn nearest(&self, word: &str) -> Option<&str> {
        self.positions
            .iter()
            .map(|(name, position)| (strsim::normalized_damerau_levenshtein(word, name), position, name))
            .filter(|(likeness, ..)| *likeness >= ALIKE)
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
            .map(|(_, _, name)| &**name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_position_wins() {
        let listed = Listed::new(["blue", "green", "blue", "red"]);
        let positions = ["blue", "green", "red", "Blue", ""].map(|name| listed.position(name));
        assert_eq!(positions, [Some(0), Some(1), Some(2), None, None]);
    }

    #[test]
    fn suggests_only_what_is_alike() {
        let listed = Listed::new(["r-2", "r-1", "bluebird"]);
        assert_eq!(listed.nearest("bluebrid"), Some("bluebird"));
        assert_eq!(listed.nearest("r-3"), Some("r-2"), "the older one of two");
        assert_eq!(listed.nearest("zzz"), None);
        assert_eq!(Listed::default().nearest("r-1"), None);
    }
}
