//! Repositories made by hand, in all the shapes that Git leaves behind.

use super::*;

const ID: &str = "0123456789abcdef0123456789abcdef01234567";
const OTHER: &str = "fedcba9876543210fedcba9876543210fedcba98";

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    root
}

fn revision(files: &[(&str, &str)], inside: &str) -> Option<String> {
    let root = folder(files);
    Repository::around(&root.path().join(inside))?.revision()
}

#[test]
fn a_commit_is_found_loose_packed_and_detached() {
    let head = (".git/HEAD", "ref: refs/heads/main\n");
    let id = format!("{ID}\n");
    let packed =
        format!("# pack-refs with: peeled\n{OTHER} refs/heads/mainx\n{ID} refs/heads/main\n^{OTHER}\n");
    assert_eq!(revision(&[head, (".git/refs/heads/main", &id)], "").as_deref(), Some(ID));
    assert_eq!(revision(&[head, (".git/packed-refs", &packed)], "").as_deref(), Some(ID));
    assert_eq!(revision(&[(".git/HEAD", &id)], "").as_deref(), Some(ID));
}

#[test]
fn it_is_looked_for_upwards() {
    let files = [(".git/HEAD", ID), ("deep/down/holdpoint.toml", "")];
    assert_eq!(revision(&files, "deep/down").as_deref(), Some(ID));
}

#[test]
fn work_trees_and_submodules_say_where_their_state_lies() {
    let files = [
        ("tree/.git", "gitdir: ../main/.git/worktrees/tree\n"),
        ("main/.git/worktrees/tree/HEAD", "ref: refs/heads/topic\n"),
        ("main/.git/worktrees/tree/commondir", "../..\n"),
        ("main/.git/refs/heads/topic", ID),
    ];
    assert_eq!(revision(&files, "tree").as_deref(), Some(ID));
}

#[test]
fn what_is_odd_gives_nothing() {
    for head in [
        "",
        "ref: ",
        "ref: refs/heads/none",
        "ref: refs/../../x",
        "ref: /etc/passwd",
        "nonsense",
        "ref: refs/a",
    ] {
        let files = [(".git/HEAD", head), (".git/refs/a", "ref: refs/a"), (".git/x", ID)];
        assert_eq!(revision(&files, ""), None, "{head:?}");
    }
    assert_eq!(revision(&[(".git", "gitdir: /nowhere")], ""), None);
    assert_eq!(revision(&[(".git", "\0")], ""), None);
}

#[test]
fn the_newest_sign_of_life_counts() {
    let log = format!(
        "{ID} {OTHER} A <a@b> 1700000000 +0100\tclone\n{ID} {OTHER} A > B <a@b> 1800000000 -0500\tpull: > 1\n"
    );
    let root = folder(&[(".git/HEAD", ID), (".git/logs/HEAD", &log)]);
    let refreshed = || Repository::around(root.path()).unwrap().refreshed().map(|time| time.timestamp());
    assert_eq!(refreshed(), Some(1_800_000_000));
    fs::write(root.path().join(".git/FETCH_HEAD"), "").unwrap();
    assert_ne!(refreshed(), None);
    assert_eq!(entry_time("no entry"), None);
    assert_eq!(entry_time("a b C <d> x +0000"), None);
}
