//! What is written, what is left alone, and what becomes of a journal that was left behind.
//!
//! Every step that fails and every crash: `tests/all/crash/`.

use std::cell::Cell;
use std::fs::Permissions;

use super::journal::{Journal, Lines};
use super::*;
use crate::record::Writes;
use crate::registry::{Changes, TreeErrorKind};

/// Hands that let something happen before the first rename of an act.
struct Meanwhile<'a>(Cell<Option<Box<dyn FnOnce() + 'a>>>);

impl Hands for Meanwhile<'_> {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        OwnHands.make_folder(path)
    }
    fn create(&self, path: &Path, bytes: &[u8], rights: Option<Permissions>) -> io::Result<()> {
        OwnHands.create(path, bytes, rights)
    }
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        OwnHands.append(path, bytes)
    }
    fn truncate(&self, path: &Path, length: u64) -> io::Result<()> {
        OwnHands.truncate(path, length)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        if let Some(happens) = self.0.take() {
            happens();
        }
        OwnHands.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        OwnHands.remove(path)
    }
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        OwnHands.remove_folder(path)
    }
    fn sync_file(&self, path: &Path) -> io::Result<()> {
        OwnHands.sync_file(path)
    }
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        OwnHands.sync_folder(path)
    }
}

fn apply(root: &Path, changes: &Changes) -> Result<(), ApplyError> {
    meanwhile(root, changes, || ())
}

fn meanwhile(root: &Path, changes: &Changes, happens: impl FnOnce()) -> Result<(), ApplyError> {
    let hands = Meanwhile(Cell::new(Some(Box::new(happens))));
    apply_with(&hands, root, Writes::unrecorded(changes), &Writer::default(), &|_| ())
}

fn changes(files: &[(&str, Option<&str>, Option<&str>)]) -> Changes {
    let mut changes = Changes::new();
    let bytes = |text: &Option<&str>| text.map(|text| text.as_bytes().to_vec());
    files.iter().for_each(|(path, before, after)| changes.put(path, bytes(before), bytes(after)));
    changes
}

/// Every path below a folder but the lock, with its text.
fn files(root: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                found.push((format!("{name}/"), String::new()));
                folders.push(path);
            } else if name != LOCK {
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn named(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect()
}

#[test]
fn the_nearest_registry_upwards_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    fs::create_dir_all(root.join("services/checkout")).unwrap();
    for name in [MAIN_FILE, JOURNAL] {
        fs::write(root.join(name), "").unwrap();
        assert_eq!(find_registry(&root.join("services/checkout")), Some(root.clone()));
        assert_eq!(find_registry(&root.join("services/not/there")), Some(root.clone()));
        assert_eq!(find_registry(&root), Some(root.clone()));
        fs::remove_file(root.join(name)).unwrap();
    }
}

#[test]
fn files_are_made_changed_and_deleted() {
    let root = tempfile::tempdir().unwrap();
    apply(root.path(), &changes(&[("a/b/c", None, Some("1")), ("d", None, Some("2"))])).unwrap();
    apply(root.path(), &changes(&[("a/b/c", Some("1"), Some("3")), ("d", Some("2"), None)])).unwrap();
    assert_eq!(files(root.path()), named(&[("a/", ""), ("a/b/", ""), ("a/b/c", "3")]));
}

#[test]
fn nobodys_work_is_overwritten() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a"), "theirs").unwrap();
    for (before, after) in [(Some("mine"), Some("new")), (None, Some("new")), (Some("mine"), None)] {
        let error = apply(root.path(), &changes(&[("a", before, after), ("b/c", None, Some("x"))]));
        assert!(matches!(error, Err(ApplyError::Overtaken(path)) if path == "a"));
    }
    assert_eq!(files(root.path()), named(&[("a", "theirs")]));
}

#[test]
fn what_can_not_be_staged_leaves_no_trace() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("c"), "old").unwrap();
    // Nothing can stand below a file; two others were staged by then.
    let all = changes(&[("a/b", None, Some("1")), ("c", Some("old"), Some("2")), ("c/d", None, Some("3"))]);
    let error = apply(root.path(), &all).unwrap_err();
    assert!(matches!(&error, ApplyError::Refused { path, .. } if path == "c/d"), "{error:?}");
    assert_eq!(files(root.path()), named(&[("c", "old")]));
}

#[test]
fn what_was_moved_is_taken_back_when_a_later_move_fails() {
    for (last, before, after) in [("z", None, Some("3")), ("z", Some("z"), Some("3")), ("z", Some("z"), None)]
    {
        let root = tempfile::tempdir().unwrap();
        let (kept, gone, z) = (root.path().join("kept"), root.path().join("gone"), root.path().join("z"));
        fs::write(&kept, "old").unwrap();
        fs::write(&gone, "was").unwrap();
        before.iter().for_each(|text| fs::write(&z, text).unwrap());
        let all = changes(&[
            ("a/b", None, Some("1")),
            ("gone", Some("was"), None),
            ("kept", Some("old"), Some("2")),
            (last, before, after),
        ]);
        // Where a file was to come or to go, somebody makes a folder.
        let error = meanwhile(root.path(), &all, || {
            let _ = fs::remove_file(&z);
            fs::create_dir(&z).unwrap();
            fs::write(z.join("theirs"), "").unwrap();
        });
        // A folder can be put aside as a file can; what is put there then is a file again.
        if after.is_some() {
            assert!(matches!(&error, Err(ApplyError::Refused { path, .. }) if path == "z"), "{error:?}");
            let want = [("gone", "was"), ("kept", "old"), ("z/", ""), ("z/theirs", "")];
            assert_eq!(files(root.path()), named(&want));
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_deleted_and_put_back_itself() {
    use std::os::unix::fs::symlink;
    let root = tempfile::tempdir().unwrap();
    let (link, shared) = (root.path().join("link"), root.path().join("shared"));
    fs::write(&shared, "1").unwrap();
    symlink("shared", &link).unwrap();
    let all = changes(&[("link", Some("1"), None), ("new", None, Some("2"))]);
    let new = root.path().join("new");
    let error = meanwhile(root.path(), &all, || fs::create_dir(&new).unwrap());
    assert!(matches!(error, Err(ApplyError::Refused { path, .. }) if path == "new"));
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("shared"));
    fs::remove_dir(&new).unwrap();
    apply(root.path(), &all).unwrap();
    assert!(!link.is_symlink());
    assert_eq!(fs::read_to_string(&shared).unwrap(), "1", "what it led to is somebody else's");
}

#[cfg(unix)]
#[test]
fn links_and_rights_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("real");
    fs::write(&file, "1").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o664)).unwrap();
    symlink("real", root.path().join("link")).unwrap();
    apply(root.path(), &changes(&[("link", Some("1"), Some("2"))])).unwrap();
    assert!(root.path().join("link").is_symlink());
    assert_eq!(fs::read_to_string(&file).unwrap(), "2");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o664, "whatever the mask");
}

#[test]
fn a_folder_that_has_gone_is_said() {
    let root = tempfile::tempdir().unwrap();
    let gone = root.path().join("gone");
    let error = apply(&gone, &changes(&[("a", None, Some("1"))])).unwrap_err();
    assert!(matches!(error, ApplyError::Vanished(_)), "{error}");
    assert!(!gone.exists());
}

/// A registry in which somebody was cut short right after the commit.
fn cut_short(left: &[(&str, Option<&str>, Option<&str>)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, before, _) in left.iter().filter(|(_, before, _)| before.is_some()) {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, before.unwrap()).unwrap();
    }
    let lines = Lines { file: "log/a/2026-11.jsonl".into(), end: None, bytes: b"{}\n{}\n".to_vec() };
    let journal = Journal::of(&changes(left), vec![lines]);
    fs::write(root.path().join(JOURNAL), journal.encode().unwrap()).unwrap();
    root
}

const LEFT: &[(&str, Option<&str>, Option<&str>)] = &[
    ("kept", Some("old"), Some("new")),
    ("s/a/flags/new", None, Some("made")),
    ("s/a/gone", Some("was"), None),
];

const WHOLE: &[(&str, &str)] = &[
    ("kept", "new"),
    ("log/", ""),
    ("log/a/", ""),
    ("log/a/2026-11.jsonl", "{}\n{}\n"),
    ("s/", ""),
    ("s/a/", ""),
    ("s/a/flags/", ""),
    ("s/a/flags/new", "made"),
];

#[test]
fn a_reader_sees_an_act_that_was_cut_short_as_done() {
    let root = cut_short(LEFT);
    let tree = DiskTree::new(root.path());
    assert_eq!(tree.read("kept").unwrap().unwrap(), b"new");
    assert_eq!(tree.read("s/a/gone").unwrap(), None);
    assert_eq!(tree.read_end("log/a/2026-11.jsonl", 3).unwrap().unwrap().length, 6);
    let names = |folder| {
        let list: Vec<Entry> = tree.list(folder).unwrap().unwrap();
        list.into_iter().map(|entry| entry.name).collect::<Vec<_>>()
    };
    assert_eq!((names("s/a"), names("s/a/flags")), (vec!["flags".to_owned()], vec!["new".to_owned()]));
    assert!(tree.has_folder("s/a/flags").unwrap() && tree.has_folder("log/a").unwrap());
}

#[test]
fn a_reader_sees_lines_behind_a_record_of_any_size() {
    for length in [0, 5, crate::registry::MAX_FILE as u64 + 1] {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("log/a/2026-11.jsonl");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = fs::File::create(&path).unwrap();
        file.set_len(length).unwrap();
        let hash = journal::hash(&vec![0; journal::LOOKED_AT.min(length as usize)]);
        let end = Some(journal::Ending { at: length, hash });
        let name = || "log/a/2026-11.jsonl".to_owned();
        let lines = Lines { file: name(), end, bytes: b"{}\n{}\n".to_vec() };
        let journal = Journal::of(&changes(&[("kept", None, Some("x"))]), vec![lines]);
        fs::write(root.path().join(JOURNAL), journal.encode().unwrap()).unwrap();
        let tree = DiskTree::new(root.path());
        assert_eq!(tree.read("kept").unwrap().unwrap(), b"x");
        // Whoever writes gets on meanwhile: the reader isn't to see the lines twice.
        for so_far in [0, 4, 6] {
            file.set_len(length).unwrap();
            OwnHands.append(&path, &b"{}\n{}\n"[..so_far]).unwrap();
            for at_most in [0, 2, 6, 9, 100] {
                let mut want = vec![0; length.min(100) as usize];
                want.extend_from_slice(b"{}\n{}\n");
                let end = tree.read_end(&name(), at_most).unwrap().unwrap();
                assert_eq!(end.length, length + 6, "{so_far}");
                assert_eq!(end.bytes, want[want.len() - at_most.min(want.len())..], "{at_most}");
            }
            let mut streamed = 0;
            assert!(tree.stream(&name(), &mut |piece| streamed += piece.len() as u64).unwrap());
            assert_eq!(streamed, length + 6);
            assert_eq!(tree.read(&name()).is_ok(), length <= 5, "what is too large is said to be");
        }
        // The end of another file isn't read as a whole either.
        fs::File::create(root.path().join("other")).unwrap().set_len(length).unwrap();
        assert_eq!(tree.read_end("other", 1).unwrap().unwrap().length, length);
    }
}

#[test]
fn the_next_one_who_writes_brings_it_to_its_end() {
    let notes = std::cell::RefCell::new(Vec::new());
    let root = cut_short(LEFT);
    fs::create_dir_all(root.path().join("log/a")).unwrap();
    fs::write(root.path().join("log/a/2026-11.jsonl"), "{}\0").unwrap(); // begun, and partly lost
    fs::write(root.path().join("s/a/.holdpoint-1-0.tmp"), "").unwrap();
    let mine = changes(&[("mine", None, Some("1"))]);
    let tell = |note: &Note| notes.borrow_mut().push(note.clone());
    super::apply(root.path(), Writes::unrecorded(&mine), &Writer::default(), &tell).unwrap();
    let mut want = named(WHOLE);
    want.push(("mine".into(), "1".into()));
    want.sort();
    assert_eq!(files(root.path()), want);
    assert!(matches!(&notes.borrow()[..], [Note::Finished(paths)] if paths.len() == 4));
    // And so does a repair.
    let root = cut_short(LEFT);
    let settled = put_aside_journal(root.path(), &Writer::default(), &|_| ()).unwrap();
    assert!(matches!(settled, Some(Settled::Finished(paths)) if paths.len() == 4));
    assert_eq!(files(root.path()), named(WHOLE));
    assert_eq!(put_aside_journal(root.path(), &Writer::default(), &|_| ()).unwrap(), None);
}

#[test]
fn a_journal_that_fits_no_more_stops_what_it_concerns_until_it_is_put_aside() {
    let wrongs: &[(&str, Option<&str>, &str)] = &[
        ("kept", Some("by hand"), "`kept` was changed since"),
        ("kept", None, "`kept` is gone"),
        ("s/a/flags/new", Some("other"), "`s/a/flags/new` was changed since"),
        ("log/a/2026-11.jsonl", Some("{\"x\":1}\n"), "`log/a/2026-11.jsonl` goes on otherwise"),
        (JOURNAL, Some("holdpoint-journal 2 x\n"), "it is none that this program can read"),
    ];
    for (path, text, why) in wrongs {
        let root = cut_short(LEFT);
        fs::write(root.path().join("other"), "x").unwrap();
        let place = root.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        match text {
            Some(text) => fs::write(&place, text).unwrap(),
            None => fs::remove_file(&place).unwrap(),
        }
        let before = files(root.path());
        let tree = DiskTree::new(root.path());
        let stopped =
            |error: TreeError| assert_eq!(error.kind, TreeErrorKind::HeldUp(why.to_string()), "{path}");
        stopped(tree.read("kept").unwrap_err());
        stopped(tree.read("s/a/gone").unwrap_err());
        stopped(tree.read_end("log/a/2026-11.jsonl", 1).unwrap_err());
        stopped(tree.list("s/a").unwrap_err());
        // What it doesn't speak of is as it was, as long as that is known.
        let other = tree.read("other");
        if *path == JOURNAL {
            stopped(other.unwrap_err())
        } else {
            assert_eq!(other.unwrap().unwrap(), b"x")
        }
        let error = apply(root.path(), &changes(&[("mine", None, Some("1"))])).unwrap_err();
        assert!(error.to_string().ends_with(why) && error.hint().contains("holdpoint log repair"), "{error}");
        assert_eq!(files(root.path()), before, "nothing of it is applied");
        let settled = put_aside_journal(root.path(), &Writer::default(), &|_| ()).unwrap().unwrap();
        let Settled::PutAside { why: said, paths, aside } = settled else { panic!("{settled:?}") };
        assert_eq!((said.as_str(), aside.to.as_str()), (*why, ".holdpoint-journal-1"));
        assert_eq!(paths.len(), if *path == JOURNAL { 0 } else { 4 });
        assert!(root.path().join(&aside.to).exists());
        assert!(
            DiskTree::new(root.path()).read("s/a/gone").unwrap().is_some(),
            "nothing lies over it any more"
        );
        apply(root.path(), &changes(&[("mine", None, Some("1"))])).unwrap();
    }
}
