//! What was committed, read back from real repositories.

use std::process::{Command, Stdio};

use super::*;
use crate::registry::{End, EntryKind, MAX_FILE, Tree, TreeErrorKind};

/// A shell in a folder, with Git, and nothing of the environment's.
pub fn sh(folder: &Path, script: &str) -> String {
    let mut command = Command::new("sh");
    command.args(["-ec", script]).current_dir(folder).env_clear().stdin(Stdio::null());
    command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", folder).env("LC_ALL", "C");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Somebody").env(format!("GIT_{who}_EMAIL"), "s@example.com");
        command.env(format!("GIT_{who}_DATE"), "2026-11-01T09:00:00Z");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A repository with all that a registry's folder can hold, the folder being `deep/reg`.
fn repository(format: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    sh(
        root.path(),
        &format!(
            "git init -q -b main --object-format={format} .
             mkdir -p deep/reg/services/a deep/reg/empty other 'deep/reg/a b'
             printf one > deep/reg/holdpoint.toml; printf secret > other/x.toml; printf top > top.toml
             printf two > 'deep/reg/a b/ä ö.toml'; : > deep/reg/services/a/none.toml
             cd deep/reg
             ln -s holdpoint.toml inside.toml; ln -s ../../other/x.toml outside.toml; ln -s ../.. up
             ln -s nowhere broken; ln -s circle circle; ln -s services alias; ln -s /etc/passwd absolute
             ln -s ../reg/services/../holdpoint.toml round; ln -s alias/a twice; ln -s ../../../../.. far
             git add -A . ../..; git commit -q -m first; git tag -a -m t v1; git tag -a -m t v2 v1"
        ),
    );
    root
}

fn names(tree: &CommitTree<'_>, folder: &str) -> Option<Vec<(String, EntryKind)>> {
    tree.list(folder).unwrap().map(|list| list.into_iter().map(|entry| (entry.name, entry.kind)).collect())
}

#[test]
fn a_folder_is_read_as_it_was_in_a_commit() {
    for format in ["sha1", "sha256"] {
        let root = repository(format);
        let folder = root.path().join("deep/reg");
        let objects = Objects::open(&folder).unwrap();
        let commit = objects.commit("HEAD").unwrap();
        assert_eq!(commit.id, sh(root.path(), "git rev-parse HEAD"));
        sh(root.path(), "rm -r deep; git rm -rq deep; git commit -qm gone");
        assert_eq!(objects.prefix(), "deep/reg");
        let tree = objects.tree(&commit);
        assert_eq!(tree.read("holdpoint.toml").unwrap().unwrap(), b"one");
        assert_eq!(tree.read("a b/ä ö.toml").unwrap().unwrap(), b"two");
        assert_eq!(tree.read("services/a/none.toml").unwrap().unwrap(), b"");
        assert_eq!(names(&tree, "a b").unwrap(), [("ä ö.toml".to_owned(), EntryKind::File)]);
        assert_eq!(names(&tree, "services").unwrap(), [("a".to_owned(), EntryKind::Folder)]);
        for absent in ["nothing.toml", "services/b/x", "holdpoint.toml/x", "empty/x"] {
            assert_eq!(tree.read(absent).unwrap(), None, "{absent}");
        }
        assert_eq!(
            (names(&tree, "nothing"), names(&tree, "empty")),
            (None, None),
            "Git keeps no empty folder"
        );
        assert_eq!(tree.list("holdpoint.toml").unwrap_err().kind, TreeErrorKind::NotAFolder);
        assert_eq!(tree.read("services").unwrap_err().kind, TreeErrorKind::NotAFile);
        assert!(tree.has_folder("services/a").unwrap() && tree.has_folder("").unwrap());
        assert!(!tree.has_folder("holdpoint.toml").unwrap() && !tree.has_folder("services/x").unwrap());

        // The folder itself is gone by now, here and in the commit; another one can still be read.
        let again = Objects::open(&folder).unwrap();
        let gone = again.tree(&again.commit("HEAD").unwrap());
        assert_eq!((gone.read("holdpoint.toml").unwrap(), names(&gone, "")), (None, None));
        let before = again.tree(&again.commit("HEAD^").unwrap());
        assert_eq!(before.read("holdpoint.toml").unwrap().unwrap(), b"one");
    }
}

#[test]
fn links_are_followed_inside_and_refused_outside() {
    let root = repository("sha1");
    let objects = Objects::open(&root.path().join("deep/reg")).unwrap();
    let tree = objects.tree(&objects.commit("main").unwrap());
    for link in ["inside.toml", "round"] {
        assert_eq!(tree.read(link).unwrap().unwrap(), b"one", "{link}");
    }
    for out in
        ["outside.toml", "absolute", "far", "up/other/x.toml", "up/nothing", "up/deep/reg/holdpoint.toml"]
    {
        assert_eq!(tree.read(out).unwrap_err().kind, TreeErrorKind::LeadsOut, "{out}");
    }
    assert_eq!(tree.list("up").unwrap_err().kind, TreeErrorKind::LeadsOut);
    assert_eq!(tree.has_folder("up/deep").unwrap_err().kind, TreeErrorKind::LeadsOut);
    assert!(matches!(tree.read("circle").unwrap_err().kind, TreeErrorKind::Io(_)));
    assert_eq!(tree.read("broken").unwrap(), None);
    assert_eq!(names(&tree, "twice").unwrap(), [("none.toml".to_owned(), EntryKind::File)]);
    assert!(tree.has_folder("alias/a").unwrap());
    let links =
        ["inside.toml", "broken", "holdpoint.toml", "nothing"].map(|path| tree.is_link(path).unwrap());
    assert_eq!(links, [true, true, false, false]);
    let all = names(&tree, "").unwrap();
    let kind = |name: &str| all.iter().find(|(of, _)| of == name).unwrap().1;
    let kinds = ["alias", "inside.toml", "broken", "circle", "outside.toml"].map(kind);
    use EntryKind::{File, Folder, Other};
    assert_eq!(kinds, [Folder, File, Other, File, File]);
}

#[test]
fn a_folder_that_was_a_link_is_found() {
    let root = repository("sha1");
    sh(
        root.path(),
        "git mv deep/reg deep/real; ln -s real deep/reg; git add -A; git commit -qm moved; rm deep/reg",
    );
    let objects = Objects::open(&root.path().join("deep/reg")).unwrap();
    let tree = objects.tree(&objects.commit("HEAD").unwrap());
    assert_eq!(tree.read("inside.toml").unwrap().unwrap(), b"one");
    assert_eq!(tree.read("up/top.toml").unwrap_err().kind, TreeErrorKind::LeadsOut);
}

#[test]
fn nothing_large_comes_into_memory_and_the_end_of_a_file_is_read_by_itself() {
    let root = repository("sha1");
    let file = |name: &str, length: usize| {
        File::create(root.path().join("deep/reg").join(name)).unwrap().set_len(length as u64).unwrap();
    };
    file("large", MAX_FILE + 1);
    file("just", MAX_FILE);
    sh(root.path(), "git add -A; git commit -qm large");
    let objects = Objects::open(&root.path().join("deep/reg")).unwrap();
    let tree = objects.tree(&objects.commit("HEAD").unwrap());
    assert_eq!(tree.read("large").unwrap_err().kind, TreeErrorKind::TooLarge);
    assert_eq!(tree.read("just").unwrap().unwrap().len(), MAX_FILE);
    assert_eq!(tree.read_end("large", 2).unwrap().unwrap().bytes, [0, 0]);
    assert_eq!(tree.read_end("large", usize::MAX).unwrap_err().kind, TreeErrorKind::TooLarge);
    let end = |at_most| tree.read_end("holdpoint.toml", at_most).unwrap().unwrap();
    assert_eq!(end(1), End { length: 3, bytes: b"e".to_vec() });
    assert_eq!((end(0).bytes.len(), end(100).bytes.len()), (0, 3));
    assert_eq!(tree.read_end("nothing", 1).unwrap(), None);
    let mut length = 0;
    assert!(tree.stream("large", &mut |piece| length += piece.len()).unwrap());
    assert_eq!(length, MAX_FILE + 1);
    assert!(!tree.stream("nothing", &mut |_| ()).unwrap());
    // Asked while a file is handed over: refused, and nothing is mixed up.
    let mut inner = None;
    tree.stream("holdpoint.toml", &mut |_| inner = Some(tree.read("just"))).unwrap();
    assert!(matches!(inner.unwrap().unwrap_err().kind, TreeErrorKind::Io(_)));
    assert_eq!(tree.read("holdpoint.toml").unwrap().unwrap(), b"one");
}

#[test]
fn revisions_are_named_as_git_names_them() {
    let root = repository("sha1");
    let objects = Objects::open(&root.path().join("deep/reg")).unwrap();
    let first = sh(root.path(), "git rev-parse HEAD");
    sh(root.path(), "git branch -- feature/x; git commit -q --allow-empty -m 'fix it all' -m body");
    for rev in
        ["main~1", "v1", "v2", "v1^{commit}", "feature/x", &first, &first[..8], "refs/tags/v1", " main^ "]
    {
        assert_eq!(objects.commit(rev).unwrap().id, first, "{rev}");
    }
    let head = sh(root.path(), "git rev-parse HEAD");
    for rev in ["HEAD", "@", ":/fix it", "HEAD^{/fix it all}"] {
        assert_eq!(objects.commit(rev).unwrap().id, head, "{rev}");
    }
}

#[test]
fn what_is_no_revision_is_said_and_is_never_an_option() {
    let root = repository("sha1");
    let objects = Objects::open(&root.path().join("deep/reg")).unwrap();
    let wrong = |rev: &str| objects.commit(rev).unwrap_err();
    for rev in [
        "",
        "--help",
        "-h",
        "--batch-all-objects",
        "x\nHEAD",
        "HEAD\nHEAD",
        "\0",
        "HEAD\u{7}",
        "a b commit 5",
    ] {
        assert!(matches!(wrong(rev), ObjectsError::NoRevision { .. }), "{rev:?}");
    }
    let ObjectsError::NoRevision { nearest, .. } = wrong("mian") else { panic!("{:?}", wrong("mian")) };
    assert_eq!(nearest.as_deref(), Some("main"));
    assert!(wrong("mian").hint().unwrap().contains("did you mean `main`?"));
    for (rev, kind) in [("HEAD:top.toml", "file"), ("HEAD^{tree}", "folder"), ("main:deep", "folder")] {
        assert_eq!(wrong(rev), ObjectsError::NotACommit { rev: rev.into(), kind });
    }
    let never = "1".repeat(40);
    assert!(matches!(wrong(&never), ObjectsError::NotHere { shallow: false, .. }));
    // Where Git gives up, it says why, and can be asked again.
    assert!(matches!(wrong("HEAD@{99999}"), ObjectsError::Refused { .. }), "{:?}", wrong("HEAD@{99999}"));
    assert!(objects.commit("HEAD").is_ok());
    let nowhere = tempfile::tempdir().unwrap();
    assert!(matches!(Objects::open(nowhere.path()), Err(ObjectsError::NoRepository(_))));
    assert!(matches!(Objects::open(&root.path().join("gone/../x")), Err(ObjectsError::NoRepository(_))));
}

#[test]
fn what_a_clone_lacks_is_never_taken_for_absent() {
    let root = repository("sha1");
    let url = format!("file://{}", root.path().display());
    sh(root.path(), "git commit -q --allow-empty -m second; git config uploadpack.allowFilter true");
    let first = sh(root.path(), "git rev-parse HEAD^");
    sh(root.path(), &format!("git clone -q --depth 1 {url} ../shallow-$$ && mv ../shallow-$$ shallow"));
    let shallow = Objects::open(&root.path().join("shallow/deep/reg")).unwrap();
    let error = shallow.commit(&first).unwrap_err();
    assert!(matches!(error, ObjectsError::NotHere { shallow: true, .. }), "{error:?}");
    assert!(error.hint().unwrap().contains("git fetch --unshallow"));
    assert!(shallow.commit("HEAD").is_ok());

    sh(root.path(), &format!("git clone -q --no-checkout --filter=blob:none {url} partial"));
    let partial = Objects::open(&root.path().join("partial/deep/reg")).unwrap();
    let tree = partial.tree(&partial.commit("HEAD").unwrap());
    assert!(matches!(tree.read("holdpoint.toml").unwrap_err().kind, TreeErrorKind::NotHere(_)));
    assert!(names(&tree, "services").is_some());
    sh(&root.path().join("partial"), "git fetch -q --refetch --no-filter");
    let again = Objects::open(&root.path().join("partial/deep/reg")).unwrap();
    let tree = again.tree(&again.commit("HEAD").unwrap());
    assert_eq!(tree.read("holdpoint.toml").unwrap().unwrap(), b"one", "what the hint says helps");

    sh(root.path(), "rm .git/objects/$(git rev-parse HEAD:deep/reg/services | sed 's|^..|&/|')");
    let damaged = Objects::open(&root.path().join("deep/reg")).unwrap();
    let tree = damaged.tree(&damaged.commit("HEAD").unwrap());
    assert!(matches!(tree.list("services").unwrap_err().kind, TreeErrorKind::NotHere(_)));
    assert!(matches!(tree.has_folder("services/a").unwrap_err().kind, TreeErrorKind::NotHere(_)));
}

#[test]
fn a_submodule_is_no_empty_folder_and_has_a_registry_of_its_own() {
    let root = repository("sha1");
    let id = sh(root.path(), "git rev-parse HEAD");
    let add =
        format!("git update-index --add --cacheinfo 160000,{id},deep/reg/advisories; git commit -qm sub");
    sh(root.path(), &add);
    let objects = Objects::open(&root.path().join("deep/reg")).unwrap();
    let tree = objects.tree(&objects.commit("HEAD").unwrap());
    assert_eq!(tree.list("advisories").unwrap_err().kind, TreeErrorKind::Submodule);
    assert_eq!(tree.read("advisories/x.toml").unwrap_err().kind, TreeErrorKind::Submodule);
    assert!(tree.has_folder("advisories").unwrap());

    let outer = tempfile::tempdir().unwrap();
    let from = format!(
        "git init -q -b main . && git -c protocol.file.allow=always submodule --quiet add {}",
        root.path().display()
    );
    sh(
        outer.path(),
        &format!("{from} inner && git commit -qm outer && git -C inner worktree add -q ../tree HEAD^"),
    );
    for inside in ["inner/deep/reg", "tree/deep/reg"] {
        let objects = Objects::open(&outer.path().join(inside)).unwrap();
        let tree = objects.tree(&objects.commit(&id).unwrap());
        assert_eq!(tree.read("holdpoint.toml").unwrap().unwrap(), b"one", "{inside}");
    }
}

#[test]
fn each_thread_opens_its_own() {
    let root = repository("sha1");
    let folder = root.path().join("deep/reg");
    let read = || {
        let objects = Objects::open(&folder).unwrap();
        let tree = objects.tree(&objects.commit("HEAD").unwrap());
        (0..50).all(|_| tree.read("holdpoint.toml").unwrap().unwrap() == b"one")
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(read)).collect();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
    });
}

#[test]
fn a_commit_is_what_its_id_says_though_something_was_put_in_its_place() {
    let root = repository("sha1");
    let first = sh(root.path(), "git rev-parse HEAD");
    sh(
        root.path(),
        "printf changed > deep/reg/holdpoint.toml; git commit -qam second; git replace HEAD^ HEAD",
    );
    let objects = Objects::open(&root.path().join("deep/reg")).unwrap();
    let tree = objects.tree(&objects.commit(&first).unwrap());
    assert_eq!(tree.read("holdpoint.toml").unwrap().unwrap(), b"one");
}
