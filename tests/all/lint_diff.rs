//! `lint --diff` and `policy diff` over real Git repositories: what a change does, what it must not do, and what can't
//! be compared.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::repository::{sh, shell};

/// A repository with the example registry in a folder of its own, committed once.
struct Shop {
    root: TempDir,
    folder: &'static str,
}

/// What one run said.
struct Said {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Shop {
    fn new(folder: &'static str) -> Shop {
        let root = tempfile::tempdir().unwrap();
        let shop = Shop { root, folder };
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop"), &shop.at(""));
        sh(shop.root.path(), "git init -q -b main . && echo '*.tmp' > .gitignore");
        shop.commit("begin");
        shop
    }

    fn at(&self, path: &str) -> PathBuf {
        let folder = self.root.path().join(self.folder);
        if path.is_empty() { folder } else { folder.join(path) }
    }

    fn commit(&self, message: &str) {
        sh(self.root.path(), &format!("git add -A && git commit -q --allow-empty -m '{message}'"));
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn replace(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.at(path)).unwrap();
        assert!(text.contains(from), "{path} has no {from}");
        self.write(path, &text.replace(from, to));
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.at(path)).unwrap();
    }

    fn say(&self, command: &str) -> Said {
        said(&self.at(""), command)
    }

    /// What comes out as JSON, and the exit code.
    fn json(&self, command: &str) -> (Value, i32) {
        let said = self.say(&format!("{command} --format json"));
        let value = serde_json::from_str(&said.stdout);
        (value.unwrap_or_else(|_| panic!("{command}: {}{}", said.stdout, said.stderr)), said.code)
    }

    /// The kinds of the changes, and the exit code.
    fn kinds(&self, command: &str) -> (Vec<String>, i32) {
        let (value, code) = self.json(command);
        let kinds = value["changes"].as_array().unwrap().iter();
        (kinds.map(|change| change["kind"].as_str().unwrap().to_owned()).collect(), code)
    }
}

fn said(folder: &Path, command: &str) -> Said {
    let output =
        shell(folder, &format!("holdpoint {command} --as-of 2026-11-22T03:00:00Z")).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code().unwrap(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &to) } else { _ = fs::copy(entry.path(), to).unwrap() }
    }
}

const FLAG: &str = "services/checkout/instabilities/INC-482.toml";
const WITHDRAWN: &str = "withdrawn = { at = 2026-11-22T02:59:00Z, by = \"Rosa <rosa@example.com>\", reason = \"load test passed\" }\n";

#[test]
fn a_flag_that_is_closed_is_told_with_who_and_why() {
    let shop = Shop::new("");
    let text = fs::read_to_string(shop.at(FLAG)).unwrap();
    shop.write(FLAG, &format!("{text}{WITHDRAWN}"));
    shop.commit("close it");
    let (value, code) = shop.json("lint --diff HEAD~1..HEAD");
    assert_eq!((code, &value["schema"]), (0, &Value::from("holdpoint/lint-diff/v1")));
    let change = &value["changes"][0];
    assert_eq!(change["kind"], "flag-withdrawn");
    assert_eq!(change["by"], "by Rosa <rosa@example.com>: load test passed");
    assert_eq!(change["origin"]["file"], FLAG);
    assert_eq!((value["loosens"].as_bool(), value["errors"].as_bool()), (Some(true), Some(false)));
    assert_eq!(shop.say("lint --diff HEAD~1..HEAD --strict").code, 1);
    assert_eq!(
        shop.say("lint --diff HEAD..HEAD~1 --strict").code,
        0,
        "the other way round nothing gets looser"
    );
    assert_eq!(shop.say("lint --diff HEAD~1.. ledger --strict").code, 0, "not asked for");
    let said = shop.say("lint --diff HEAD~1.. nothing");
    assert!(said.code == 3 && said.stderr.contains("no service `nothing`"), "{}", said.stderr);
    // The same from the files as they stand.
    sh(shop.root.path(), "git reset -q --soft HEAD~1");
    assert_eq!(shop.kinds("lint --diff HEAD"), (vec!["flag-withdrawn".into()], 0));
}

#[test]
fn what_must_be_kept_is_an_error() {
    let shop = Shop::new("registry");
    for (path, from, to, kind) in [
        (FLAG, "", "", "flag-deleted"),
        ("advisories/CVE-2026-27180.toml", "", "", "flag-deleted"),
        ("services/checkout/service.toml", "version = \"2.1.0\"", "version = \"2.1.1\"", "release-deleted"),
        ("log/checkout/2026-11.jsonl", "", "", "log-deleted"),
        ("log/checkout/2026-11.jsonl", "\"2.4.2\"", "\"2.4.3\"", "log-changed"),
    ] {
        if path.starts_with("log") && !shop.at(path).exists() {
            let by = "holdpoint release add checkout 2.4.2 && holdpoint release add checkout 2.4.4";
            sh(&shop.at(""), by);
            shop.commit("record");
            assert!(shop.kinds("lint --diff HEAD~1..HEAD").0.contains(&"log-appended".into()));
            let month = fs::read_dir(shop.at("log/checkout")).unwrap().flatten();
            let month = month.map(|entry| entry.path()).find(|path| path.extension().is_some()).unwrap();
            // Whenever this runs, the record is that of November.
            fs::rename(month, shop.at(path)).unwrap();
            shop.commit("name it");
        }
        if from.is_empty() {
            shop.remove(path)
        } else {
            shop.replace(path, from, to)
        }
        let (kinds, code) = shop.kinds("lint --diff HEAD");
        assert!(kinds.iter().any(|found| found == kind) && code == 3, "{path}: {kinds:?}, exit {code}");
        sh(shop.root.path(), "git checkout -q -- .");
    }
    let said = shop.say("lint --diff HEAD");
    assert!(
        said.code == 0 && said.stdout.starts_with("SAME  HEAD..the files as they stand: "),
        "{}",
        said.stdout
    );
}

#[test]
fn only_the_registrys_own_files_count_new_ones_among_them() {
    let shop = Shop::new("deep/down/registry");
    fs::write(shop.root.path().join("deep/other.txt"), "not the registry's").unwrap();
    shop.write("notes.tmp", "ignored");
    assert_eq!(shop.kinds("lint --diff HEAD"), (vec![], 0));
    let flag = "[instability.INC-900]\ntitle = \"@alice | slow\"\nseverity = \"high\"\n\
                affects = [{ service = \"checkout\", versions = \"2.4.0\" }]\n";
    shop.write("services/checkout/instabilities/INC-900.toml", flag);
    let (value, code) = shop.json("lint --diff HEAD");
    assert_eq!((value["changes"][0]["kind"].as_str(), code), (Some("flag-new"), 0));
    assert_eq!(value["counts"]["services"], 1);
    let (committed, after) = (&value["before"]["commit"], &value["after"]["commit"]);
    assert!(committed.as_str().unwrap().len() == 40 && after.is_null());
    let markdown = shop.say("lint --diff HEAD --format markdown").stdout;
    assert!(markdown.starts_with("## STRICTER: ") && markdown.contains("`@alice`"), "{markdown}");
    // From anywhere, by its path.
    let said = said(shop.root.path(), "--registry deep/down/registry lint --diff HEAD");
    assert!(said.stdout.starts_with("STRICTER"), "{}{}", said.stdout, said.stderr);
}

#[test]
fn three_dots_begin_where_the_two_parted() {
    let shop = Shop::new("");
    sh(shop.root.path(), "git checkout -q -b topic");
    let text = fs::read_to_string(shop.at(FLAG)).unwrap();
    shop.write(FLAG, &format!("{text}{WITHDRAWN}"));
    shop.commit("on topic");
    sh(shop.root.path(), "git checkout -q main");
    shop.replace("services/checkout/security.toml", "floor = \"2.0.0\"", "floor = \"2.2.0\"");
    shop.commit("on main");
    assert_eq!(shop.kinds("lint --diff main...topic").0, ["flag-withdrawn"]);
    assert_eq!(shop.kinds("lint --diff main..topic").0, ["flag-withdrawn", "floor-lowered"]);
    sh(shop.root.path(), "git checkout -q --orphan apart && git commit -q -m apart");
    let said = shop.say("lint --diff main...apart");
    assert!(said.code == 3 && said.stderr.contains("no commit in common"), "{}", said.stderr);
}

#[test]
fn what_can_not_be_read_is_said() {
    let shop = Shop::new("registry");
    let broken = |text: &str| shop.replace("services/ledger/service.toml", "[service.ledger]", text);
    broken("[service.ledger]\ntierr = \"x\"");
    shop.commit("break it");
    let (value, code) = shop.json("lint --diff HEAD~1..HEAD");
    assert_eq!((code, value["mistakes"][0]["file"].as_str()), (3, Some("services/ledger/service.toml")));
    sh(shop.root.path(), "git revert --no-edit HEAD -q 2>/dev/null || git revert --no-edit HEAD");
    let (value, code) = shop.json("lint --diff HEAD~1..HEAD");
    assert_eq!((code, value["alone"][0]["service"].as_str()), (0, Some("ledger")));
    assert!(value["unread"][0].as_str().unwrap().contains("services/ledger/service.toml"), "{value}");
    let said = shop.say("lint --diff HEAD~1..HEAD");
    assert!(
        said.stdout.contains("HEAD~1 can't be read") && said.stdout.contains("As it stands"),
        "{}",
        said.stdout
    );
    for (range, words) in [
        ("nowhere..HEAD", "no revision `nowhere`"),
        ("mian..HEAD", "did you mean `main`?"),
        ("HEAD:registry..HEAD", "is a folder, not a commit"),
        ("--output=x..HEAD", "no revision"),
        ("1111111111111111111111111111111111111111..HEAD", "isn't in"),
    ] {
        let said = shop.say(&format!("lint '--diff={range}'"));
        assert!(said.code == 3 && said.stderr.contains(words), "{range}: {}", said.stderr);
    }
    for (command, words) in [
        ("lint --diff", "--diff wants two states"),
        ("lint --diff a..b..c", "must be BASE..HEAD"),
        ("lint --diff HEAD --at-revision HEAD", "the range says which commits"),
        ("lint --fix --diff A..B", "what follows is a service"),
        ("policy diff a..b..c", "must be BASE..HEAD"),
    ] {
        let said = shop.say(command);
        assert!(said.code == 2 && said.stderr.contains(words), "{command}: {}", said.stderr);
    }
}

#[test]
fn a_shallow_clone_says_how_to_get_the_rest() {
    let shop = Shop::new("");
    shop.replace("services/checkout/security.toml", "floor = \"2.0.0\"", "floor = \"2.2.0\"");
    shop.commit("raise");
    let base = shell(shop.root.path(), "git rev-parse HEAD~1").output().unwrap().stdout;
    let base = String::from_utf8(base).unwrap();
    let clone = tempfile::tempdir().unwrap();
    sh(clone.path(), &format!("git clone -q --depth 1 'file://{}' shop", shop.root.path().display()));
    let folder = clone.path().join("shop");
    for range in
        ["HEAD~1..HEAD".to_owned(), format!("{}..HEAD", base.trim()), format!("{}...HEAD", base.trim())]
    {
        let said = said(&folder, &format!("lint --diff {range}"));
        assert!(said.code == 3 && said.stderr.contains("git fetch --unshallow"), "{range}: {}", said.stderr);
    }
    sh(&folder, "git fetch -q --unshallow");
    assert!(said(&folder, "lint --diff HEAD~1..HEAD").stdout.starts_with("STRICTER"));
}

#[test]
fn rules_are_compared_on_the_later_registry_alone() {
    let shop = Shop::new("");
    shop.replace("holdpoint.toml", "then = \"block\"", "then = \"warn\"");
    let flag =
        "[instability.INC-900]\ntitle = \"slow\"\naffects = [{ service = \"checkout\", versions = \"*\" }]\n";
    shop.write("services/checkout/instabilities/INC-900.toml", flag);
    let (uncommitted, code) = shop.json("policy diff");
    shop.commit("loosen");
    let (value, again) = shop.json("policy diff HEAD~1..HEAD");
    assert_eq!((code, again, &value["schema"]), (0, 0, &Value::from("holdpoint/policy-diff/v1")));
    assert_eq!((&uncommitted["counts"], &uncommitted["rules"]), (&value["counts"], &value["rules"]));
    assert_eq!(value["rules"]["changes"][0]["what"], "changed");
    assert!(
        value["counts"]["looser"].as_u64() > Some(0) && value["counts"]["stricter"] == 0,
        "{}",
        value["counts"]
    );
    assert_eq!(shop.say("policy diff HEAD~1.. --strict").code, 1);
    // The flag makes much stricter; what the rules alone do is told apart.
    let (both, _) = shop.json("lint --diff HEAD~1..");
    assert!(both["counts"]["stricter"].as_u64() > Some(0));
    assert_eq!(both["by_rules"], value["places"]);
    shop.write("services/ledger/service.toml", "[service.ledger]\ntierr = 1\n");
    let said = shop.say("policy diff HEAD~1");
    assert!(said.code == 3 && said.stdout.starts_with("MISTAKES"), "{}", said.stdout);
}

#[test]
fn a_registry_in_other_files_is_the_same() {
    let shop = Shop::new("");
    sh(
        &shop.at(""),
        "mkdir -p services/ledger/x && rmdir services/ledger/x && git mv services/ledger/running.toml services/ledger/state.toml",
    );
    sh(
        &shop.at(""),
        "cat services/checkout/security.toml >> services/checkout/running.toml && rm services/checkout/security.toml",
    );
    let (value, code) = shop.json("lint --diff HEAD");
    assert_eq!(
        (code, value["counts"]["services"].as_u64(), value["changes"].as_array().unwrap().len()),
        (0, Some(2), 0),
        "{value}"
    );
    assert!(value["places"].as_array().unwrap().is_empty());
}
