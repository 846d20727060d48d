//! Commands that write, with the real program: who waits for whom, what a crash has left, and folders that refuse.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

const SERVICE: &str = "\
[service.shop]
running = { prod = \"1.1.0\" }

[[service.shop.release]]
version = \"1.0.0\"

[[service.shop.release]]
version = \"1.1.0\"
";

fn registry() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "holdpoint.toml", "format = 1\n[environment.prod]\n");
    put(root.path(), "services/shop/service.toml", SERVICE);
    for id in ["INC-1", "INC-2"] {
        let flag = format!(
            "[instability.{id}]\ntitle = \"Slow\"\naffects = [{{ service = \"shop\", versions = \"1.0.0\" }}]\n"
        );
        put(root.path(), &format!("services/shop/instabilities/{id}.toml"), &flag);
    }
    root
}

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn command(root: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.args(line.split_whitespace()).current_dir(root).env_clear();
    command
}

/// Runs it; gives the exit code with what it said.
fn said(root: &Path, line: &str) -> (i32, String) {
    let output = command(root, line).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// An act that writes a file and a line.
fn clear(root: &Path, id: &str) -> (i32, String) {
    said(root, &format!("clear-flag {id} --reason mended --by ann@example.com"))
}

fn log(root: &Path) -> (std::path::PathBuf, String) {
    let month = fs::read_dir(root.join("log/shop")).unwrap().map(|entry| entry.unwrap().path());
    let month = month.into_iter().find(|path| path.extension().is_some_and(|end| end == "jsonl")).unwrap();
    let text = fs::read_to_string(&month).unwrap();
    (month, text)
}

#[test]
fn who_has_to_wait_hears_for_whom_and_not_longer_than_they_will() {
    let root = registry();
    let path = root.path().join(".holdpoint.lock");
    let lock = File::create(&path).unwrap();
    lock.lock().unwrap();
    let (code, text) = said(root.path(), "release add shop 1.2.0 --lock-timeout 0");
    let want = "error: somebody else is writing this registry: `.holdpoint.lock` is locked\n\
                hint: nothing was written; do it again, or wait with --lock-timeout 30\n";
    assert_eq!((code, text.as_str()), (3, want));
    let since = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    fs::write(&path, format!("pid=47 host=build-7 since={since} holdpoint run\n")).unwrap();
    let who = format!("`holdpoint run`, process 47 on build-7 since {since}");
    let (code, text) = said(root.path(), "release add shop 1.2.0 --lock-timeout 200ms");
    let want = format!(
        "waiting: another program is writing this registry: {who}\n\
         error: somebody else has been writing this registry for 0.2 s: {who}\n\
         hint: nothing was written; end the program that hangs, and do it again\n"
    );
    assert_eq!((code, text), (3, want));
    drop(lock);
    // Every command that writes takes it, and it goes on as soon as it may.
    for line in [
        "release add shop 1.2.0 --lock-timeout 1",
        "observe shop --env prod --running 1.0.0 --lock-timeout 90s",
        "lint --fix --lock-timeout 2m",
        "init new --lock-timeout 0",
        "clear-flag INC-1 --reason mended --by ann@example.com --lock-timeout 1h",
    ] {
        let (code, text) = said(root.path(), line);
        assert_eq!(code, 0, "{line}: {text}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "", "nobody writes any more");
    for wrong in ["", "x", "1d", "-1", "99999999999999999999", "9999999999999999999h"] {
        let (code, text) = said(root.path(), &format!("release add shop 1.3.0 --lock-timeout={wrong}"));
        assert!(code == 2 && text.contains("--lock-timeout"), "{wrong}: {text}");
    }
}

#[test]
fn a_torn_last_line_stops_nobody_and_is_kept() {
    let root = registry();
    assert_eq!(clear(root.path(), "INC-1").0, 0);
    let (month, whole) = log(root.path());
    fs::write(&month, format!("{whole}{{\"seq\":2,\"kin")).unwrap();
    let (code, text) = clear(root.path(), "INC-2");
    let name = month.strip_prefix(root.path()).unwrap().to_str().unwrap();
    let note = format!(
        "note: the last line of `{name}` had no end, for a write was cut short: its 13 bytes were put aside as `log/shop/.holdpoint-torn-"
    );
    assert!(code == 0 && text.contains(&note), "{text}");
    let (_, after) = log(root.path());
    let new = after.strip_prefix(&whole).unwrap();
    assert!(new.starts_with("{\"seq\":2,") && new.ends_with("}\n") && new.lines().count() == 1, "{new}");
    let kept = fs::read_dir(root.path().join("log/shop")).unwrap().map(|entry| entry.unwrap().path());
    let kept = kept.into_iter().find(|path| path.to_str().unwrap().contains("/.holdpoint-torn-")).unwrap();
    assert_eq!(fs::read(kept).unwrap(), b"{\"seq\":2,\"kin");
}

#[test]
fn a_whole_line_that_is_nobodys_is_left_to_people() {
    let root = registry();
    assert_eq!(clear(root.path(), "INC-1").0, 0);
    let (month, whole) = log(root.path());
    let spoilt = format!("{whole}not ours\n");
    fs::write(&month, &spoilt).unwrap();
    let flag = root.path().join("services/shop/instabilities/INC-2.toml");
    let before = fs::read(&flag).unwrap();
    let (code, text) = clear(root.path(), "INC-2");
    assert!(code == 3 && text.contains("can't be read") && text.contains("holdpoint log verify"), "{text}");
    assert_eq!((fs::read(&flag).unwrap(), log(root.path()).1), (before, spoilt));
}

#[test]
fn what_is_in_the_way_of_the_record_is_named_and_nothing_is_written() {
    for (path, words) in [("log", "`log"), ("log/shop", "`log/shop` is not a folder")] {
        let root = registry();
        put(root.path(), path, "in the way");
        let flag = root.path().join("services/shop/instabilities/INC-1.toml");
        let before = fs::read(&flag).unwrap();
        let (code, text) = clear(root.path(), "INC-1");
        assert!(code == 3 && text.contains(words) && text.contains("nothing was written"), "{path}: {text}");
        assert_eq!(fs::read(&flag).unwrap(), before);
        assert!(!root.path().join(".holdpoint-journal").exists());
    }
}

#[test]
fn a_journal_that_fits_no_more_stops_checks_that_it_may_concern_and_says_what_to_do() {
    let root = registry();
    put(
        root.path(),
        "services/pay/service.toml",
        "[service.pay]\n[[service.pay.release]]\nversion = \"1\"\n",
    );
    put(root.path(), ".holdpoint-journal", "holdpoint-journal 9 x\n");
    let (code, text) = said(root.path(), "rollback-check shop 1.0.0 --env prod");
    assert!(
        code == 3 && text.contains(".holdpoint-journal") && text.contains("holdpoint log repair"),
        "{text}"
    );
    let (code, text) = said(root.path(), "release add pay 2");
    assert!(code == 3 && text.contains("holdpoint log repair"), "{text}");
    fs::remove_file(root.path().join(".holdpoint-journal")).unwrap();
    assert_eq!(said(root.path(), "rollback-check shop 1.0.0 --env prod").0 % 4, 0);
}

#[cfg(unix)]
/// A journal, as a command leaves it that is killed once it counts: it makes a file, and deletes one.
fn journal(root: &Path, delete: &str) {
    let hash =
        |bytes: &[u8]| -> String { Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect() };
    let before = hash(&fs::read(root.join(delete)).unwrap());
    let body = format!(
        "{{\"file\":{{\"path\":\"{delete}\",\"before\":\"{before}\",\"bytes\":null}}}}\n\n\
         {{\"file\":{{\"path\":\"services/shop/advisories/CVE-9.toml\",\"before\":null,\"bytes\":0}}}}\n\n"
    );
    put(root, ".holdpoint-journal", &format!("holdpoint-journal 1 {}\n{body}", hash(body.as_bytes())));
}

fn git(root: &Path, line: &str) {
    let mut git = Command::new("git");
    let done = git.args(line.split(' ')).current_dir(root).env("GIT_CONFIG_GLOBAL", "/dev/null").output();
    assert!(done.as_ref().unwrap().status.success(), "{line}: {done:?}");
}

#[test]
fn a_journal_that_came_with_a_commit_speaks_for_no_file() {
    let root = registry();
    let root = root.path();
    let flag = "services/shop/instabilities/INC-1.toml";
    put(root, "services/shop/advisories/CVE-9.toml", "");
    fs::remove_file(root.join("services/shop/advisories/CVE-9.toml")).unwrap();
    git(root, "init -q");
    journal(root, flag);
    let (code, text) = said(root, "lint");
    assert!(code != 3 || !text.contains("is in Git"), "one's own is followed: {text}");
    git(root, "add -A");
    git(root, "-c user.name=a -c user.email=a@b -c commit.gpgsign=false commit -q -m x");
    for line in ["rollback-check shop 1.0.0 --env prod", "status", "lint", "release add shop 1.2.0"] {
        let (code, text) = said(root, line);
        assert!(code == 3 && text.contains("`.holdpoint-journal` is in Git"), "{line}: {text}");
        assert!(root.join(flag).exists() && text.contains("git rm -f .holdpoint-journal"), "{text}");
    }
    git(root, "rm -q -f .holdpoint-journal");
    let (code, text) = said(root, "rollback-check shop 1.0.0 --env prod");
    assert!(code != 3 && text.contains("INC-1"), "{text}");
}

#[test]
fn without_rights_nothing_is_half_done() {
    use std::os::unix::fs::PermissionsExt;
    for closed in ["", "services/shop/instabilities", "log/shop"] {
        let root = registry();
        assert_eq!(clear(root.path(), "INC-1").0, 0);
        let record = log(root.path()).1;
        let flag = root.path().join("services/shop/instabilities/INC-2.toml");
        let before = fs::read(&flag).unwrap();
        let folder = root.path().join(closed);
        let rights = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        let month = log(root.path()).0;
        rights(0o555);
        fs::set_permissions(&month, fs::Permissions::from_mode(0o444)).unwrap();
        if fs::write(folder.join("probe"), "").is_ok() {
            return; // root may write anywhere
        }
        let (code, text) = clear(root.path(), "INC-2");
        rights(0o755);
        assert!(
            code == 3 && text.contains("permission denied") && text.contains("ask for the right"),
            "{text}"
        );
        assert_eq!((fs::read(&flag).unwrap(), log(root.path()).1), (before, record), "{closed}");
        assert!(!root.path().join(".holdpoint-journal").exists());
    }
}
