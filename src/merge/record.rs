//! The record of a service, of which two clones wrote lines: ours are put behind theirs.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Name;
use crate::record::{Broken, Unsealable, each_line, files, id_of, reseal, tail};
use crate::registry::{Changed, Changes, Tree, TreeError};

/// Why two records can't be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unjoined {
    /// One of them can't be read.
    #[error(transparent)]
    Unreadable(#[from] TreeError),
    /// What the others have can't be gone on from.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// A line of ours isn't one.
    #[error(transparent)]
    Unsealable(#[from] Unsealable),
    /// Lines that both had were changed here.
    #[error("the record of {service} was changed here, and not only added to")]
    Changed {
        /// Whose record.
        service: Name,
    },
}

/// Puts the lines that this clone wrote since both had the same behind what the others have: what becomes of their
/// files. A line that they have already is left out.
///
/// # Errors
/// When the record was changed here, or can't be read.
pub fn record(
    service: &Name,
    base: &dyn Tree,
    ours: &dyn Tree,
    theirs: &dyn Tree,
) -> Result<BTreeMap<String, Vec<u8>>, Unjoined> {
    let (before, mine) = (lines(service, base)?, lines(service, ours)?);
    let own =
        mine.strip_prefix(before.as_slice()).ok_or_else(|| Unjoined::Changed { service: service.clone() })?;
    let known = ids(service, theirs)?;
    let is_new = |line: &&Vec<u8>| id_of(line).is_none_or(|id| !known.contains(&id));
    let own: Vec<&Vec<u8>> = own.iter().filter(is_new).collect();
    behind(service, theirs, &own)
}

/// The ids of all lines of a record.
///
/// # Errors
/// When it can't be read.
pub fn ids(service: &Name, tree: &dyn Tree) -> Result<BTreeSet<Box<str>>, TreeError> {
    Ok(lines(service, tree)?.iter().filter_map(|line| id_of(line)).collect())
}

/// Puts lines behind the end of a record: what becomes of its files.
///
/// # Errors
/// When it can't be gone on from, or a line isn't one.
pub fn behind<L: AsRef<[u8]>>(
    service: &Name,
    tree: &dyn Tree,
    lines: &[L],
) -> Result<BTreeMap<String, Vec<u8>>, Unjoined> {
    let mut changes = Changes::new();
    if lines.is_empty() {
        return Ok(BTreeMap::new());
    }
    for sealed in reseal(service, &tail(tree, service)?, lines)? {
        let so_far = Changed { tree, changes: &changes }.read(&sealed.file)?.unwrap_or_default();
        changes.write(tree, &sealed.file, [so_far, sealed.bytes].concat())?;
    }
    let files = changes.files().iter();
    Ok(files.filter_map(|(path, change)| Some((path.clone(), change.after.clone()?))).collect())
}

/// The lines of a record, without their ends.
fn lines(service: &Name, tree: &dyn Tree) -> Result<Vec<Vec<u8>>, TreeError> {
    let mut lines = Vec::new();
    for file in files(tree, service)?.unwrap_or_default().months {
        each_line(tree, &file, &mut |line| lines.push(line.bytes.to_vec()))?;
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Deed, Ids, Known, Occasion, State, Who, seal, verify};
    use crate::registry::MemoryTree;

    fn named() -> Name {
        Name::new("checkout").unwrap()
    }

    /// A record with a line at each of these times.
    fn with(mut tree: MemoryTree, times: &[&str]) -> MemoryTree {
        for at in times {
            let now = crate::model::parse_time(at).unwrap();
            let who = Who { by: "Ann".into(), known: Known::Flag };
            let (ids, state) = (Ids::from(7), State::default());
            let occasion = Occasion { now, who, ids, state, ci: BTreeMap::new() };
            let says = occasion.says(&named(), Deed::IncidentEnded);
            let sealed = seal(&named(), &tail(&tree, &named()).unwrap(), &[&says]).unwrap();
            tree.files_mut().entry(sealed.file).or_default().extend(sealed.bytes);
        }
        tree
    }

    fn put(mut tree: MemoryTree, files: BTreeMap<String, Vec<u8>>) -> MemoryTree {
        files.into_iter().for_each(|(path, bytes)| tree.put(&path, bytes));
        tree
    }

    #[test]
    fn both_sides_lines_are_kept_over_months_and_it_verifies() {
        let base = with(MemoryTree::new(), &["2026-10-01", "2026-11-01"]);
        let ours = with(base.clone(), &["2026-11-02", "2026-12-02"]);
        let theirs = with(base.clone(), &["2026-11-03"]);
        let joined = put(theirs.clone(), record(&named(), &base, &ours, &theirs).unwrap());
        let verified = verify(&joined, &named(), &[]).unwrap();
        assert!(verified.is_whole() && verified.lines == 5, "{verified:?}");
        assert!(
            joined.files()["log/checkout/2026-11.jsonl"]
                .starts_with(&theirs.files()["log/checkout/2026-11.jsonl"])
        );
        // Done again it changes nothing: the lines are there.
        assert_eq!(record(&named(), &base, &ours, &joined).unwrap(), BTreeMap::new());
    }

    #[test]
    fn what_was_changed_here_is_not_put_anywhere() {
        let base = with(MemoryTree::new(), &["2026-11-01", "2026-11-02"]);
        let ours = with(MemoryTree::new(), &["2026-11-01"]);
        let changed = record(&named(), &base, &ours, &base).unwrap_err();
        assert_eq!(changed, Unjoined::Changed { service: named() });
        let broken = put(base.clone(), [("log/checkout/2026-11.jsonl".to_owned(), b"{}".to_vec())].into());
        let ours = with(base.clone(), &["2026-11-03"]);
        assert!(matches!(record(&named(), &base, &ours, &broken), Err(Unjoined::Broken(_))));
    }
}
