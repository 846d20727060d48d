//! Repositories made by hand, in all the shapes that Git leaves behind.

use super::*;

mod commits;
mod many;

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

/// When a repository with this log of `HEAD` was refreshed, in seconds.
fn refreshed(log: &str) -> Option<i64> {
    let root = folder(&[(".git/HEAD", ID), (".git/logs/HEAD", log)]);
    Repository::around(root.path()).unwrap().refreshed().map(|time| time.timestamp())
}

fn entry(seconds: u64, message: &str) -> String {
    format!("{ID} {OTHER} A > B <a@b> {seconds} -0500\t{message}\n")
}

#[test]
fn only_what_brings_something_new_refreshes() {
    for act in [
        "commit: x",
        "commit (initial): x",
        "commit (amend): x",
        "clone: from https://example.com/r",
        "pull: Fast-forward",
        "pull --rebase origin main (finish): returning to refs/heads/main",
        "merge topic: Fast-forward",
        "rebase (pick): x",
        "cherry-pick: x",
        "revert: Revert \"x\"",
        "am: x > 1\t2",
    ] {
        let log = entry(1_700_000_000, "commit: earlier") + &entry(1_800_000_000, act);
        assert_eq!(refreshed(&log), Some(1_800_000_000), "{act}");
    }
    for act in [
        "checkout: moving from a to b",
        "reset: moving to HEAD~1",
        "Branch: renamed",
        "amend: x",
        "",
        "commits",
    ] {
        let log = entry(1_700_000_000, "commit: earlier") + &entry(1_800_000_000, act);
        assert_eq!(refreshed(&log), Some(1_700_000_000), "{act}");
        assert_eq!(refreshed(&entry(1_800_000_000, act)), None, "{act}");
    }
    assert_eq!(refreshed("no entry"), None);
    assert_eq!(refreshed("a b C <d> x +0000\tcommit: y"), None);
}

#[test]
fn only_the_end_of_a_long_log_is_read() {
    let early = entry(1_700_000_000, "commit: x");
    let moves = |count| entry(1_800_000_000, "checkout: moving from a to b").repeat(count);
    assert_eq!(refreshed(&(moves(2_000) + &early + &moves(100))), Some(1_700_000_000));
    assert_eq!(refreshed(&(early + &moves(2_000))), None);
}

#[test]
fn a_fetch_counts_that_brought_something_to_any_work_tree() {
    let trees = [
        ("tree/.git", "gitdir: ../main/.git/worktrees/tree\n"),
        ("main/.git/worktrees/tree/HEAD", ID),
        ("main/.git/worktrees/tree/commondir", "../..\n"),
    ];
    let root = folder(&trees);
    let refreshed = || {
        let time = Repository::around(&root.path().join("tree")).unwrap().refreshed();
        time.map(|time| time.timestamp())
    };
    let fetch = |path: &str, content: &str, seconds: u64| {
        let path = root.path().join("main/.git").join(path);
        fs::write(&path, content).unwrap();
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    };
    let (own, common) = ("worktrees/tree/FETCH_HEAD", "FETCH_HEAD");
    fetch(own, "", 1_900_000_000);
    fetch(common, "", 1_900_000_000);
    assert_eq!(refreshed(), None, "both failed");
    fs::create_dir_all(root.path().join("main/.git/logs")).unwrap();
    let log = entry(1_600_000_000, "clone: from x") + &entry(1_950_000_000, "commit: on another branch");
    fs::write(root.path().join("main/.git/logs/HEAD"), log).unwrap();
    assert_eq!(
        refreshed(),
        Some(1_600_000_000),
        "it was cloned then; what others committed there isn't here"
    );
    fetch(common, ID, 1_700_000_000);
    assert_eq!(refreshed(), Some(1_700_000_000));
    fetch(own, ID, 1_800_000_000);
    assert_eq!(refreshed(), Some(1_800_000_000));
    fetch(common, ID, 1_850_000_000);
    assert_eq!(refreshed(), Some(1_850_000_000));
}

#[test]
fn what_a_repository_holds_is_read_from_its_index() {
    let root = folder(&[("ops/a/b", ""), ("ops/a/bcd", ""), ("ops/x", ""), ("out", "")]);
    let formats = ["sha1", "sha256"].into_iter().flat_map(|hash| [(hash, "2"), (hash, "3"), (hash, "4")]);
    for (hash, version) in formats {
        let _ = fs::remove_dir_all(root.path().join(".git"));
        git(root.path(), &["init", "-q", &format!("--object-format={hash}")]);
        git(root.path(), &["config", "index.version", version]);
        let who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
        git(root.path(), &[&who[..], &["commit", "-q", "--allow-empty", "-m", "x"]].concat());
        git(root.path(), &["add", "ops"]);
        // What is only intended to be added has more flags than others, from version 3 on.
        fs::write(root.path().join("ops/later"), "").unwrap();
        git(root.path(), &["add", "--intent-to-add", "ops/later"]);
        let repository = Repository::around(&root.path().join("ops")).unwrap();
        let tracks = |path: &str| repository.tracks(&root.path().join(path));
        for held in ["ops/a/b", "ops/a/bcd", "ops/x", "ops/later", "ops/../ops/x"] {
            assert!(tracks(held), "{held} in version {version} with {hash}");
        }
        for not in ["out", "ops/a/bc", "ops/a", "x", "nowhere/x", "/"] {
            assert!(!tracks(not), "{not} in version {version} with {hash}");
        }
        // No byte of it leads to a panic.
        let index = fs::read(root.path().join(".git/index")).unwrap();
        (0..index.len()).for_each(|at| _ = index::holds(&index[..at], b"y", 20));
    }
}

/// Runs the program itself in a folder.
fn git(folder: &Path, arguments: &[&str]) {
    let done = program::ask(folder, arguments);
    assert!(done.is_ok(), "{arguments:?}: {done:?}");
}

#[test]
fn a_registry_is_dirty_when_what_is_read_of_it_differs() {
    let root = folder(&[
        ("ops/holdpoint.toml", "format = 1"),
        ("ops/services/shop/service.toml", "[service.shop]"),
        ("ops/services/shop/advisories/CVE-1.toml", ""),
        ("ops/main.go", ""),
        ("src/services/x.toml", ""),
    ]);
    let registry = root.path().join("ops");
    let dirty = || is_dirty(&registry, &["holdpoint.toml", "services", "advisories"]);
    let put = |path: &str, text: &str| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let commit = || {
        git(root.path(), &["add", "-A"]);
        let who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
        git(root.path(), &[&who[..], &["commit", "-q", "-m", "x"]].concat());
    };
    assert_eq!(dirty(), None, "it is in no repository");
    git(root.path(), &["init", "-q"]);
    commit();
    for none in [
        "ops/.holdpoint.lock",
        "ops/.holdpoint-journal",
        "ops/.holdpoint-move-shop@prod.lock",
        "ops/services/shop/.holdpoint-7-0.tmp",
        "ops/services/README.md",
        "ops/log/shop/2026-11.jsonl",
        "ops/main.go",
        "ops/other.go",
        "src/services/x.toml",
        "services/x.toml",
        "holdpoint.toml",
    ] {
        put(none, "changed");
        assert_eq!(dirty(), Some(false), "{none}");
    }
    for one in ["ops/holdpoint.toml", "ops/services/shop/service.toml", "ops/services/pay/service.toml"] {
        put(one, "changed");
        assert_eq!(dirty(), Some(true), "{one}");
        commit();
        assert_eq!(dirty(), Some(false), "{one}");
    }
    fs::remove_file(registry.join("services/shop/advisories/CVE-1.toml")).unwrap();
    assert_eq!(dirty(), Some(true), "one that is gone");
}

#[cfg(unix)]
#[test]
fn what_a_repository_names_is_not_started() {
    use std::os::unix::fs::PermissionsExt;
    let root = folder(&[("a", "1"), ("watch", "#!/bin/sh\ntouch \"$(dirname \"$0\")/started\"\n")]);
    let watch = root.path().join("watch");
    fs::set_permissions(&watch, fs::Permissions::from_mode(0o755)).unwrap();
    git(root.path(), &["init", "-q"]);
    git(root.path(), &["config", "core.fsmonitor", watch.to_str().unwrap()]);
    assert_eq!(is_dirty(root.path(), &["a"]), Some(true));
    assert!(!root.path().join("started").exists());
}
