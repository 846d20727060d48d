//! Three-way, file by file.

use std::collections::{BTreeMap, BTreeSet};

/// Who changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// This clone.
    Ours,
    /// The others.
    Theirs,
}

impl Side {
    /// The words, in this order.
    pub const WORDS: &[&str] = &["ours", "theirs"];

    /// By its word.
    pub fn from_word(word: &str) -> Option<Side> {
        match word {
            "ours" => Some(Side::Ours),
            "theirs" => Some(Side::Theirs),
            _ => None,
        }
    }
}

/// What became of a file; None: it isn't there. `H` is whatever its content is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<H> {
    /// Where the two parted.
    pub before: Option<H>,
    /// Since then.
    pub after: Option<H>,
}

/// What two sides come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined<H> {
    /// What is to be put on what the others have; None: it is to go.
    pub take: BTreeMap<String, Option<H>>,
    /// What both changed, and differently.
    pub conflicts: Vec<String>,
}

/// Joins what this clone changed with what the others changed. A conflict is settled by whom to `prefer`, if anybody.
pub fn files<H: Clone + Eq>(
    ours: &BTreeMap<String, Change<H>>,
    theirs: &BTreeMap<String, Change<H>>,
    prefer: Option<Side>,
) -> Joined<H> {
    let folders = folders(theirs);
    let mut joined = Joined { take: BTreeMap::new(), conflicts: Vec::new() };
    for (path, change) in ours {
        let same = theirs.get(path).is_some_and(|other| other.after == change.after);
        if same {
            continue;
        }
        let both = theirs.contains_key(path) || change.after.is_some() && in_the_way(path, theirs, &folders);
        match (both, prefer) {
            (false, _) => _ = joined.take.insert(path.clone(), change.after.clone()),
            (true, None) => joined.conflicts.push(path.clone()),
            (true, Some(Side::Theirs)) => {}
            (true, Some(Side::Ours)) => {
                // What can't stand beside it goes.
                let beside =
                    theirs.iter().filter(|(other, change)| change.after.is_some() && clash(path, other));
                joined.take.extend(beside.map(|(other, _)| (other.clone(), None)));
                joined.take.insert(path.clone(), change.after.clone());
            }
        }
    }
    joined
}

/// Whether the others made a folder where we have a file, or a file where we have a folder.
fn in_the_way<H>(path: &str, theirs: &BTreeMap<String, Change<H>>, folders: &BTreeSet<&str>) -> bool {
    let made = |above: &str| theirs.get(above).is_some_and(|change| change.after.is_some());
    folders.contains(path) || above(path).any(made)
}

/// Whether of two paths one is a folder of the other.
fn clash(one: &str, other: &str) -> bool {
    above(one).any(|above| above == other) || above(other).any(|above| above == one)
}

/// The folders that a side has put something into.
fn folders<H>(side: &BTreeMap<String, Change<H>>) -> BTreeSet<&str> {
    let made = side.iter().filter(|(_, change)| change.after.is_some());
    made.flat_map(|(path, _)| above(path)).collect()
}

/// The folders that a path lies in.
fn above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(at, _)| path.get(..at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn side(changes: &[(&str, Option<u8>, Option<u8>)]) -> BTreeMap<String, Change<u8>> {
        changes
            .iter()
            .map(|(path, before, after)| ((*path).into(), Change { before: *before, after: *after }))
            .collect()
    }

    fn joined(
        ours: &[(&str, Option<u8>, Option<u8>)],
        theirs: &[(&str, Option<u8>, Option<u8>)],
    ) -> (Vec<String>, Vec<String>) {
        let joined = files(&side(ours), &side(theirs), None);
        let take = joined.take.into_iter().map(|(path, after)| format!("{path}={after:?}"));
        (take.collect(), joined.conflicts)
    }

    #[test]
    fn what_one_side_changed_is_taken_and_what_both_did_is_asked() {
        let none: (Vec<String>, Vec<String>) = (vec![], vec![]);
        assert_eq!(joined(&[], &[("a", None, Some(1))]), none);
        assert_eq!(joined(&[("a", None, Some(1))], &[]).0, ["a=Some(1)"]);
        assert_eq!(joined(&[("a", Some(1), None)], &[]).0, ["a=None"]);
        assert_eq!(joined(&[("a", Some(1), Some(2))], &[("a", Some(1), Some(2))]), none, "the same");
        assert_eq!(joined(&[("a", Some(1), None)], &[("a", Some(1), None)]), none);
        for (ours, theirs) in [(Some(2), Some(3)), (None, Some(3)), (Some(2), None)] {
            assert_eq!(joined(&[("a", Some(1), ours)], &[("a", Some(1), theirs)]).1, ["a"]);
        }
    }

    #[test]
    fn a_file_and_a_folder_of_one_name_are_a_conflict() {
        assert_eq!(joined(&[("a", None, Some(1))], &[("a/b", None, Some(1))]).1, ["a"]);
        assert_eq!(joined(&[("a/b/c", None, Some(1))], &[("a", None, Some(1))]).1, ["a/b/c"]);
        assert_eq!(joined(&[("a/b", None, Some(1))], &[("a", Some(1), None)]).0, ["a/b=Some(1)"]);
        let (ours, theirs) = (side(&[("a", None, Some(1))]), side(&[("a/b", None, Some(2))]));
        let take = files(&ours, &theirs, Some(Side::Ours)).take;
        assert_eq!(take, [("a".to_owned(), Some(1)), ("a/b".to_owned(), None)].into());
    }

    fn state() -> impl Strategy<Value = BTreeMap<String, u8>> {
        prop::collection::btree_map("[ab](/[ab])?", 0_u8..3, 0..5)
    }

    fn changes(from: &BTreeMap<String, u8>, to: &BTreeMap<String, u8>) -> BTreeMap<String, Change<u8>> {
        let paths: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
        let change = |path: &String| Change { before: from.get(path).copied(), after: to.get(path).copied() };
        let each = paths.into_iter().map(|path| (path.clone(), change(path)));
        each.filter(|(_, change)| change.before != change.after).collect()
    }

    proptest! {
        /// What is put on theirs changes only what we changed, and without a conflict both sides' changes are in it.
        #[test]
        fn both_sides_changes_are_in_it(base in state(), ours in state(), theirs in state()) {
            let (mine, others) = (changes(&base, &ours), changes(&base, &theirs));
            let joined = files(&mine, &others, None);
            let mut merged = theirs.clone();
            for (path, after) in &joined.take {
                match after { Some(after) => _ = merged.insert(path.clone(), *after), None => _ = merged.remove(path) }
            }
            prop_assert!(joined.take.keys().all(|path| mine.contains_key(path)));
            if joined.conflicts.is_empty() {
                for (path, change) in mine.iter().chain(&others) {
                    prop_assert_eq!(merged.get(path).copied(), change.after);
                }
            }
            prop_assert!(files(&mine, &others, Some(Side::Theirs)).conflicts.is_empty());
        }
    }
}
