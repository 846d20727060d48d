//! Every act, cut short at every step, in every way that a machine has.
//!
//! - **Killed**: this test binary runs itself again, does the act, and aborts after a given step.
//! - **Powerless**: the steps of an act are played again on a disk that forgets whatever wasn't waited for.
//! - **Refused**: a step fails, once or from then on, with every error that disks have.
//!
//! Always the registry must load, be the old or the new one as a whole, and its record must verify; and the next one
//! who writes must get through. A new act is a line in [`acts::ACTS`].

mod acts;
mod hands;
mod image;

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use holdpoint::disk::{ApplyError, DiskTree, LOCK, OwnHands, Writer, apply_with};
use holdpoint::record::FIRST;
use holdpoint::registry::{Ask, EntryKind, Tree, load};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use acts::{ACTS, Act, NEXT, REGISTRY, Written};
use hands::{Tried, Wrong};
use image::{Disk, Image};

/// What a reader sees: every file but dotfiles, by path. A file of the record without a line is none.
type Sight = BTreeMap<String, Vec<u8>>;

fn sight(root: &Path) -> Sight {
    let tree = DiskTree::new(root);
    let mut found = Sight::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in
            tree.list(&folder).unwrap().unwrap().into_iter().filter(|entry| !entry.name.starts_with('.'))
        {
            let path = if folder.is_empty() { entry.name } else { format!("{folder}/{}", entry.name) };
            match entry.kind {
                EntryKind::Folder => folders.push(path),
                _ => {
                    let bytes = tree.read(&path).unwrap().unwrap();
                    if !(bytes.is_empty() && path.starts_with("log/")) {
                        found.insert(path, bytes);
                    }
                }
            }
        }
    }
    found
}

/// What stands there, whoever looks; None: a folder.
fn image(root: &Path) -> Image {
    let mut found = Image::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_owned();
            if path.is_dir() {
                found.insert(name, None);
                folders.push(path);
            } else if name != Path::new(LOCK) {
                found.insert(name, Some(fs::read(path).unwrap()));
            }
        }
    }
    found
}

/// A folder that holds an image.
fn lay(image: &Image) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, bytes) in image {
        match bytes {
            None => fs::create_dir_all(root.path().join(path)).unwrap(),
            Some(bytes) => fs::write(root.path().join(path), bytes).unwrap(),
        }
    }
    root
}

/// The registry before each act, the folders of its files among it.
fn beginning() -> Image {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in REGISTRY {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let (changes, says) = (Default::default(), acts::before());
    let writes = holdpoint::record::Writes { changes: &changes, says: &says };
    apply_with(&OwnHands, root.path(), writes, &Writer::default(), &|_| ()).unwrap();
    image(root.path())
}

/// Puts on disk what an act writes, with these hands.
fn does(written: &Written, root: &Path, hands: &Tried) -> Result<(), ApplyError> {
    apply_with(hands, root, written.writes(), &Writer::default(), &|_| ())
}

fn well(act: Act, root: &Path) -> Tried {
    let hands = Tried::new(root, Wrong::Never);
    does(&act.1(&DiskTree::new(root)), root, &hands).unwrap();
    hands
}

/// Whether every service's record is a chain from its first line to its last; a line at the end may be torn, which is
/// given back as true.
fn check_record(sight: &Sight) -> bool {
    let mut ends: BTreeMap<&str, (u64, String)> = BTreeMap::new();
    let mut torn = false;
    for (path, bytes) in sight.iter().filter(|(path, _)| path.starts_with("log/")) {
        let service = path.split('/').nth(1).unwrap();
        let (seq, prev) = ends.entry(service).or_insert((0, FIRST.to_owned()));
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if !line.ends_with(b"\n") {
                torn = true;
                continue;
            }
            let said: serde_json::Value = serde_json::from_slice(line).unwrap();
            *seq += 1;
            assert_eq!((&said["seq"], &said["prev"]), (&(*seq).into(), &prev.as_str().into()), "{path}");
            *prev = Sha256::digest(line).iter().map(|byte| format!("{byte:02x}")).collect();
        }
    }
    torn
}

/// The old and the new state of an act.
struct States {
    old: Sight,
    new: Sight,
    /// What the next one who writes makes of either.
    old_and_next: Sight,
    new_and_next: Sight,
    /// Whether it is a single line, which may be torn.
    line: bool,
}

impl States {
    fn of(act: Act, begin: &Image) -> States {
        let root = lay(begin);
        let old = sight(root.path());
        let written = act.1(&DiskTree::new(root.path()));
        well(act, root.path());
        let new = sight(root.path());
        let and_next = |sight: &Sight| {
            let root = lay_sight(sight);
            well(NEXT, root.path());
            self::sight(root.path())
        };
        let states = States {
            old_and_next: and_next(&old),
            new_and_next: and_next(&new),
            old,
            new,
            line: written.changes.is_empty() && written.says.len() == 1,
        };
        assert_ne!(states.old, states.new);
        assert!(!check_record(&states.new));
        assert_eq!(dotfiles(root.path()), [""; 0]);
        states
    }

    /// Looks at what is there after a crash; whether it is the new state.
    fn check(&self, root: &Path, when: &str) -> bool {
        load(&DiskTree::new(root), "holdpoint.toml", &Ask::Everything)
            .unwrap_or_else(|error| panic!("{when}: {error}"));
        let seen = sight(root);
        if check_record(&seen) {
            assert!(self.line, "{when}: torn");
            let lines = |sight: &Sight| -> Sight {
                let whole = |bytes: &Vec<u8>| {
                    bytes[..bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1)].to_vec()
                };
                let each = sight.iter().map(|(path, bytes)| (path.clone(), whole(bytes)));
                each.filter(|(_, bytes)| !bytes.is_empty()).collect()
            };
            assert_eq!(lines(&seen), lines(&self.old), "{when}");
            return false;
        }
        assert!(
            seen == self.old || seen == self.new,
            "{when}: {:#?}",
            difference(&seen, &self.old, &self.new)
        );
        seen == self.new
    }
}

/// The paths in which a state is neither the old nor the new one, or some of each.
fn difference<'a>(seen: &'a Sight, old: &'a Sight, new: &'a Sight) -> Vec<(&'a str, &'static str, String)> {
    let paths: std::collections::BTreeSet<&String> =
        seen.keys().chain(old.keys()).chain(new.keys()).collect();
    let which = |path: &String| match seen.get(path) {
        there if there == old.get(path) && there == new.get(path) => None,
        there if there == old.get(path) => Some("old"),
        there if there == new.get(path) => Some("new"),
        _ => Some("neither"),
    };
    let text =
        |path: &String| String::from_utf8_lossy(seen.get(path).map_or(b"", |bytes| bytes)).into_owned();
    paths.into_iter().filter_map(|path| Some((path.as_str(), which(path)?, text(path)))).collect()
}

/// Dotfiles but the lock and what was put aside, which are nobody's business when all is done.
fn dotfiles(root: &Path) -> Vec<String> {
    let names = image(root).into_keys().map(|path| path.to_string_lossy().into_owned());
    let left = |name: &String| {
        name.rsplit('/').next().unwrap().starts_with('.') && !name.contains(".holdpoint-torn-")
    };
    names.filter(left).collect()
}

/// The next one who writes gets through, and leaves nothing behind of what was cut short. Files that are being
/// written are swept where somebody writes, so only there.
fn goes_on(root: &Path, states: &States, is_new: bool, when: &str) {
    well(NEXT, root);
    let seen = sight(root);
    let want = if is_new { &states.new_and_next } else { &states.old_and_next };
    assert!(seen == *want, "{when}, and then: {:#?}", difference(&seen, want, want));
    let mut left = dotfiles(root);
    left.retain(|name| !(name.ends_with(".tmp") && name.contains('/')));
    assert_eq!(left, [""; 0], "{when}");
    assert!(!check_record(&seen), "{when}");
}

fn lay_sight(sight: &Sight) -> TempDir {
    let mut image = Image::new();
    for (path, bytes) in sight {
        let path = PathBuf::from(path);
        path.ancestors().skip(1).for_each(|folder| _ = image.insert(folder.to_owned(), None));
        image.insert(path, Some(bytes.clone()));
    }
    lay(&image)
}

/// Where the re-executed test finds what to do: `ACT MOMENT ROOT`.
const ORDER: &str = "HOLDPOINT_TEST_CRASH";

/// Not a test by itself: what a process does that is to be killed.
#[test]
fn the_one_that_is_killed() {
    let Ok(order) = std::env::var(ORDER) else { return };
    let mut words = order.splitn(3, ' ');
    let (name, moment, root) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
    let act = *ACTS.iter().find(|act| act.0 == name).unwrap();
    let root = Path::new(root);
    let written = act.1(&DiskTree::new(root));
    let _ = does(&written, root, &Tried::new(root, Wrong::Dies(moment.parse().unwrap())));
}

#[test]
fn a_process_that_is_killed_at_any_step_leaves_a_whole_registry() {
    let begin = beginning();
    std::thread::scope(|scope| {
        for part in 0..2 {
            let begin = &begin;
            scope.spawn(move || ACTS.iter().skip(part).step_by(2).for_each(|act| killed(*act, begin)));
        }
    });
}

fn killed(act: Act, begin: &Image) {
    let states = States::of(act, begin);
    let moments = well(act, lay(begin).path()).moments();
    let mut news = 0;
    for moment in 1..=moments {
        let root = lay(begin);
        let when = format!("{} killed at {moment} of {moments}", act.0);
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::the_one_that_is_killed"])
            .env(ORDER, format!("{} {moment} {}", act.0, root.path().display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(!status.success(), "{when}: it wasn't");
        let is_new = states.check(root.path(), &when);
        assert!(is_new || news == 0, "{when}: what was new is old again");
        news += usize::from(is_new);
        goes_on(root.path(), &states, is_new, &when);
    }
    assert!(news > 0, "{}: it never comes to anything", act.0);
}

#[test]
fn a_machine_that_loses_power_at_any_step_leaves_a_whole_registry() {
    let begin = beginning();
    for act in ACTS {
        let states = States::of(*act, &begin);
        let root = lay(&begin);
        let steps = well(*act, root.path()).steps();
        let mut disk = Disk::of(&begin);
        let mut known = BTreeMap::new();
        for (number, step) in steps.iter().enumerate() {
            disk.step(step);
            for image in disk.images() {
                if known.contains_key(&image) {
                    continue;
                }
                let when =
                    format!("{} without power after step {} of {}: {step:?}", act.0, number + 1, steps.len());
                let root = lay(&image);
                let is_new = states.check(root.path(), &when);
                goes_on(root.path(), &states, is_new, &when);
                known.insert(image, is_new);
            }
        }
        assert_eq!(disk.seen(), image(root.path()), "{}: the model of the disk is wrong", act.0);
        // Once it is said to be done, it is.
        assert!(disk.images().iter().all(|image| known[image]), "{}: done, and not sure", act.0);
    }
}

#[test]
fn power_that_goes_after_somebody_has_gone_on_takes_nothing_back() {
    let begin = beginning();
    for act in ACTS {
        let states = States::of(*act, &begin);
        let root = lay(&begin);
        let steps = well(*act, root.path()).steps();
        for cut in 0..=steps.len() {
            // Killed after so many steps, nothing of which is lost; then the next one does all of its own.
            let mut disk = Disk::of(&begin);
            steps[..cut].iter().for_each(|step| disk.step(step));
            let root = lay(&disk.seen());
            let when = format!("{} killed after step {cut}, and power lost after the next one's", act.0);
            let is_new = states.check(root.path(), &when);
            well(NEXT, root.path()).steps().iter().for_each(|step| disk.step(step));
            let want = sight(root.path());
            for image in disk.images() {
                let root = lay(&image);
                let seen = sight(root.path());
                assert!(seen == want, "{when} (new: {is_new}): {:#?}", difference(&seen, &want, &want));
            }
        }
    }
}

#[test]
fn a_step_that_fails_leaves_all_as_it_was_or_is_brought_to_its_end() {
    use ErrorKind::{PermissionDenied, ReadOnlyFilesystem, StorageFull};
    let begin = beginning();
    for act in ACTS {
        let states = States::of(*act, &begin);
        let written = act.1(&DiskTree::new(lay(&begin).path()));
        let steps = well(*act, lay(&begin).path()).steps().len();
        for step in 1..=steps {
            let fails = [StorageFull, PermissionDenied].map(|kind| Wrong::Fails(step, kind));
            for wrong in fails.into_iter().chain([Wrong::Gone(step, ReadOnlyFilesystem), Wrong::Full(step)]) {
                refused(act.0, &written, wrong, &begin, &states);
            }
        }
    }
}

fn refused(name: &str, written: &Written, wrong: Wrong, begin: &Image, states: &States) {
    let root = lay(begin);
    let root = root.path();
    let when = format!("{name} with {wrong:?}");
    let done = does(written, root, &Tried::new(root, wrong));
    match &done {
        // What fails was no more than tidying up.
        Ok(()) => assert!(states.check(root, &when), "{when}: done, and not done"),
        Err(ApplyError::Refused { .. }) => {
            assert!(!states.check(root, &when), "{when}: refused, and done");
            // Where nothing can be removed any more, something stays.
            if !matches!(wrong, Wrong::Gone(..)) {
                assert_eq!(image(root), *begin, "{when}: something is left");
            }
        }
        Err(ApplyError::Unfinished { .. }) => {
            assert!(
                matches!(wrong, Wrong::Gone(..) | Wrong::Full(_)),
                "{when}: it could have been taken back"
            );
            assert!(states.check(root, &when), "{when}: unfinished, and not seen");
        }
        Err(ApplyError::HalfDone { left, .. }) => {
            assert!(matches!(wrong, Wrong::Gone(..) | Wrong::Full(_)) && left.len() == 1, "{when}");
        }
        Err(error) => panic!("{when}: {error}"),
    }
    if let Err(error) = done {
        assert!(
            !error.hint().is_empty() && error.to_string().contains("can't be written"),
            "{when}: {error}"
        );
    }
    if image(root) != *begin {
        let is_new = states.check(root, &when);
        goes_on(root, states, is_new, &when);
    }
}
