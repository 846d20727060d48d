//! Who merged a file: for what is signed by merging it.

use std::path::Path;

use super::program::{ask, git};

/// Who brought a file, as it is, by a merge: the author of the merge commit, on the line that whoever merges goes
/// along (first parents), by which the file came there. None: it came otherwise, was changed since, or it can't be
/// told.
///
/// It is a claim as any name in Git is. A commit that was put there without a merge (rebased, squashed, pushed forward)
/// bears its author's name and not the name of who let it in, so it tells nothing.
pub fn merged_by(folder: &Path, revision: &str, path: &str, bytes: &[u8]) -> Option<String> {
    // What stands there must be what is committed: then a commit is found that put it there, however long ago.
    let there = git(folder).args(["cat-file", "blob", &format!("{revision}:./{path}")]).output().ok()?;
    if !there.status.success() || !same(&there.stdout, bytes) {
        return None;
    }
    let format = "--format=%P%x00%an <%ae>";
    let how = [
        "log",
        "-1",
        "--first-parent",
        "--diff-merges=first-parent",
        "--no-renames",
        "--name-status",
        format,
    ];
    let arguments = [&how[..], &[revision, "--", path]].concat();
    let said = ask(folder, &arguments).ok()?;
    let (head, rest) = said.split_once('\n')?;
    let (parents, by) = head.split_once('\0')?;
    // The last commit that touched it brought it, so nothing of it was changed since.
    let came = rest.lines().any(|line| line.starts_with("A\t"));
    let merged = parents.split(' ').filter(|parent| !parent.is_empty()).count() >= 2;
    (came && merged).then(|| by.to_owned())
}

/// Whether two texts are the same but for how their lines end, which a checkout may change.
fn same(one: &[u8], other: &[u8]) -> bool {
    let bare = |bytes: &[u8]| bytes.iter().copied().filter(|byte| *byte != b'\r').collect::<Vec<u8>>();
    one == other || bare(one) == bare(other)
}
