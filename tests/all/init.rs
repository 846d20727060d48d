//! `init` from outside: what it lays, what it leaves alone, what it refuses, and what it proposes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::repository::{sh, shell, tagged};

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn run(folder: &Path, script: &str) -> Output {
    shell(folder, script).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What it says, when it does it.
fn done(folder: &Path, script: &str) -> String {
    let output = run(folder, script);
    assert_eq!(output.status.code(), Some(0), "{script}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// What it says, when it refuses.
fn refused(folder: &Path, script: &str, code: i32) -> String {
    let output = run(folder, script);
    assert_eq!(output.status.code(), Some(code), "{script}: {}", text(&output.stdout));
    text(&output.stderr)
}

fn json(folder: &Path, script: &str) -> Value {
    serde_json::from_str(&done(folder, &format!("{script} --format json"))).unwrap()
}

/// Everything below a folder: paths, and what stands in the files.
fn listing(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                found.insert(format!("{name}/"), Vec::new());
                folders.push(path);
            } else {
                found.insert(name, fs::read(&path).unwrap_or_default());
            }
        }
    }
    found
}

fn files(root: &Path) -> Vec<String> {
    listing(root).into_keys().filter(|path| !path.ends_with('/') && !path.contains(".git/")).collect()
}

/// A repository with tags of all kinds: versions of two things, odd ones, and such as nobody should make.
fn shop(root: &Path) {
    let shop = root.join("shop");
    tagged(
        &shop,
        &[
            "checkout/v2.2.0 2026-08-03",
            "checkout/v2.3.0 2026-09-22",
            "checkout/v2.4.0-rc.1 2026-10-20",
            "web/v1.0.0 2026-10-21",
            "checkout/v2.4.0 2026-10-30",
            "checkout/v2.4.1 2026-11-18",
            "nightly 2026-11-19",
        ],
    );
    sh(&shop, "git tag checkout/v2 checkout/v2.4.1 && git tag checkout/2.3.0 checkout/v2.3.0");
    sh(&shop, "git tag checkout/v9 'HEAD^{tree}' && git tag 'checkout/v2.5.0,evil' HEAD");
    sh(&shop, "git tag -a -m 'an annotated one' checkout/v2.2.1 checkout/v2.2.0");
}

#[test]
fn a_fresh_folder_gets_a_registry_and_each_command_works_as_it_is_printed() {
    for form in ["", " --single"] {
        let root = folder();
        let report = json(root.path(), &format!("holdpoint init registry --service web{form}"));
        assert_eq!((&report["schema"], &report["service"]), (&"holdpoint/init/v1".into(), &"web".into()));
        let laid: Vec<String> = files(&root.path().join("registry"));
        for file in report["files"].as_array().unwrap() {
            assert!(laid.contains(&file["path"].as_str().unwrap().to_owned()), "{file}");
        }
        assert_eq!(laid.len(), report["files"].as_array().unwrap().len() + 1, "and the lock: {laid:?}");
        lints_clean(root.path());
        assert_eq!(tried(root.path(), &report), [4, 1, 0]);
    }
}

/// Holds a registry against `lint`, as far as this program has it; that it loads is checked by every command.
fn lints_clean(folder: &Path) {
    if run(folder, "holdpoint lint --help").status.success() {
        done(folder, "holdpoint lint --strict --registry registry");
    }
}

/// Tries each command that a report proposes, in its order; gives the exit codes.
fn tried(folder: &Path, report: &Value) -> Vec<i32> {
    let steps = report["next"].as_array().unwrap();
    let code = |step: &Value| {
        let command = step["command"].as_str().unwrap();
        let output = run(folder, command);
        let code = output.status.code().unwrap();
        let (said, about) = (text(&output.stdout), step["about"].as_str().unwrap());
        assert!(step["exit"].is_null() || step["exit"] == code, "{command}: exit {code}");
        if let Some((_, says)) = about.split_once("It says ") {
            let (word, exit) = says.split_once(", exit ").unwrap();
            assert!(said.starts_with(word) && exit == format!("{code}."), "{command}: {said}");
        }
        code
    };
    steps.iter().map(code).collect()
}

#[test]
fn commands_name_the_registry_only_where_it_would_not_be_found() {
    let root = folder();
    let report = done(root.path(), "holdpoint init");
    assert!(report.contains("holdpoint targets") && !report.contains("--registry"), "{report}");
    let other = folder();
    let report = done(other.path(), "HOLDPOINT_REGISTRY=elsewhere holdpoint init");
    assert!(report.contains("--registry .") && report.contains("note: HOLDPOINT_REGISTRY"), "{report}");
    let odd = folder();
    let report = json(odd.path(), "holdpoint init 'our registry; $(x)'");
    assert_eq!(tried(odd.path(), &report), [4, 1, 0]);
}

#[test]
fn tags_become_releases_and_each_command_works_as_it_is_printed() {
    for form in ["", " --single"] {
        let root = folder();
        shop(root.path());
        let report = json(root.path(), &format!("holdpoint init registry --from-tags shop{form}"));
        assert_eq!(report["service"], "checkout", "named after what is tagged");
        let tags = &report["tags"];
        let versions: Vec<&str> =
            tags["releases"].as_array().unwrap().iter().map(|r| r["version"].as_str().unwrap()).collect();
        assert_eq!(versions, ["v2.2.0", "v2.2.1", "v2.3.0", "v2.4.0-rc.1", "v2.4.0", "v2.4.1"]);
        assert_eq!(tags["releases"][0]["released"], "2026-08-03T10:00:00Z");
        assert_eq!(tags["releases"][1]["released"], "2026-11-01T09:00:00Z", "the tagger's date");
        assert_eq!(tags["releases"][0]["commit"], tags["releases"][1]["commit"]);
        let odd: Vec<(&str, &str)> = tags["odd"]
            .as_array()
            .unwrap()
            .iter()
            .map(|odd| (odd["tag"].as_str().unwrap(), odd["code"].as_str().unwrap()))
            .collect();
        let want = [
            ("checkout/2.3.0", "same-version"),
            ("checkout/v2", "moving"),
            ("checkout/v2.5.0,evil", "bad-text"),
            ("checkout/v9", "not-a-commit"),
            ("nightly", "no-version"),
            ("web/v1.0.0", "other-prefix"),
        ];
        assert_eq!(odd, want);
        assert_eq!((&tags["order"], &tags["order_guessed"]), (&"semver".into(), &true.into()));
        lints_clean(root.path());
        assert_eq!(tried(root.path(), &report), [0, 0, 0]);
        lints_clean(root.path());
        let check = json(root.path(), "holdpoint rollback-check checkout --registry registry");
        assert_eq!((&check["move"]["from"], &check["move"]["to"]), (&"v2.4.1".into(), &"v2.4.0".into()));
    }
}

#[test]
fn people_hear_how_the_order_was_come_by_and_which_tags_are_none() {
    let root = folder();
    shop(root.path());
    let said = done(root.path(), "holdpoint init registry --from-tags shop --dry-run");
    for part in [
        "DRY RUN  11 files would be laid in registry: checkout, 6 releases, v2.2.0 to v2.4.1, from 12 tags of shop",
        "order     semver, guessed: it places 6 of 6 versions",
        "versions  as tagged, without `checkout/`, with their `v`; --tag-prefix checkout/v leaves it out",
        "6 tags are no releases:",
        "nightly               is no version",
        "checkout/v2.5.0,evil  a version can't hold a comma",
    ] {
        assert!(said.contains(part), "{part}:\n{said}");
    }
    assert!(!root.path().join("registry").exists(), "a dry run writes nothing");
}

/// Only what is copied may be longer than a terminal is wide, and every line of it stays what it is.
#[test]
fn reports_keep_to_the_width_and_paste_as_they_are() {
    let root = folder();
    shop(root.path());
    for width in [60, 80, 120] {
        let init = "holdpoint init registry --from-tags shop --dry-run";
        let said = done(root.path(), &format!("COLUMNS={width} {init} --color never"));
        assert_eq!(done(root.path(), &format!("COLUMNS={width} {init}")), said, "piped, without colour");
        let coloured = done(root.path(), &format!("COLUMNS={width} {init} --color always"));
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), said);
        let (table, next) = said.split_once("Next:\n").unwrap();
        let long = table.lines().skip(1).find(|line| line.chars().count() > width);
        assert_eq!(long, None, "{said}");
        let copied = next.lines().all(|line| {
            ["    # ", "    echo ", "    holdpoint "].iter().any(|start| line.starts_with(start))
        });
        assert!(copied, "{next}");
    }
}

#[test]
fn prefix_order_service_and_what_runs_may_be_said() {
    let root = folder();
    shop(root.path());
    let init = "holdpoint init registry --from-tags shop --service shop-checkout --tag-prefix checkout/v \
                --order calver --running prod=2.4.1 --running qa=2.4.0-rc.1";
    let report = json(root.path(), init);
    assert_eq!(report["tags"]["order"], "calver");
    assert_eq!(tried(root.path(), &report), [0, 0]);
    let check = json(root.path(), "holdpoint targets shop-checkout --env qa --registry registry");
    assert_eq!(check["from"], "2.4.0-rc.1");
    let wrong = "holdpoint init other --from-tags shop --running prod=2.4.1";
    let said = refused(root.path(), wrong, 3);
    assert!(said.contains("no release `2.4.1`") && said.contains("did you mean `v2.4.1`?"), "{said}");
    assert!(!root.path().join("other").exists());
}

#[test]
fn repositories_of_every_shape_are_read() {
    let root = folder();
    shop(root.path());
    sh(root.path(), "git clone -q --bare shop bare.git && git clone -q --depth 1 file://$PWD/shop shallow");
    sh(root.path(), "git -C shop worktree add -q ../tree checkout/v2.3.0 2>&1");
    let count = |repository: &str| {
        let report = json(root.path(), &format!("holdpoint init x --dry-run --from-tags {repository}"));
        report["tags"]["releases"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((count("bare.git"), count("tree"), count("shop/.git")), (6, 6, 6));
    let elsewhere = "GIT_DIR=/nowhere GIT_WORK_TREE=/nowhere holdpoint init x --dry-run --from-tags shop";
    done(root.path(), elsewhere);
    sh(root.path(), "git -C shallow tag v1.0.0");
    let said = done(root.path(), "holdpoint init x --dry-run --from-tags shallow --tag-prefix ''");
    assert!(said.contains("note: the repository is a shallow clone"), "{said}");
}

#[test]
fn what_is_no_repository_or_has_no_versions_is_said() {
    let root = folder();
    fs::create_dir(root.path().join("plain")).unwrap();
    sh(root.path(), "git init -q -b main empty && git init -q -b main odd");
    sh(&root.path().join("odd"), "git commit -q --allow-empty -m x && git tag nightly && git tag latest");
    tagged(&root.path().join("two"), &["a/1.0 2026-01-01", "b/1.0 2026-01-02"]);
    for (repository, part) in [
        ("nowhere", "no folder `nowhere`"),
        ("plain", "git can't read `plain`: not a git repository"),
        ("empty", "the repository has no tags"),
        ("odd", "none of the 2 tags is a version"),
        ("two", "the tags are of several things: `a/` (1), `b/` (1)"),
    ] {
        let said = refused(root.path(), &format!("holdpoint init x --from-tags {repository}"), 3);
        assert!(said.contains(part) && said.contains("hint: "), "{said}");
    }
    let holdpoint = env!("CARGO_BIN_EXE_holdpoint");
    let said = refused(root.path(), &format!("PATH=/nowhere; {holdpoint} init x --from-tags empty"), 3);
    assert!(said.contains("`git` is not installed"), "{said}");
    assert!(!root.path().join("x").exists());
}

#[test]
fn a_folder_that_holds_a_registry_is_refused_and_nothing_is_touched() {
    let root = folder();
    done(root.path(), "holdpoint init registry --service web");
    let before = listing(root.path());
    for again in ["registry", "registry --single", "registry --service other", "registry/ --dry-run"] {
        let said = refused(root.path(), &format!("holdpoint init {again}"), 3);
        assert!(said.contains("there is a registry already: `holdpoint.toml`"), "{said}");
    }
    assert_eq!(listing(root.path()), before);
    fs::remove_file(root.path().join("registry/holdpoint.toml")).unwrap();
    let before = listing(root.path());
    let said = refused(root.path(), "holdpoint init registry --service web", 3);
    assert!(said.contains("`services/web/service.toml`") && said.contains("are there already"), "{said}");
    assert_eq!(listing(root.path()), before);
}

#[test]
fn a_folder_that_holds_other_things_by_these_names_is_refused() {
    let root = folder();
    fs::create_dir_all(root.path().join("services/api")).unwrap();
    fs::write(root.path().join("services/api/main.go"), "package main").unwrap();
    let before = listing(root.path());
    for form in ["", "--single"] {
        let said = refused(root.path(), &format!("holdpoint init {form}"), 3);
        assert!(said.contains("services/api") && said.contains("holdpoint init registry"), "{said}");
    }
    assert_eq!(listing(root.path()), before);
    done(root.path(), "holdpoint init registry");
}

#[test]
fn files_that_a_repository_has_already_are_left_alone() {
    let root = folder();
    sh(root.path(), "git init -q -b main shop");
    let shop = root.path().join("shop");
    fs::create_dir(shop.join(".github")).unwrap();
    for (path, content) in
        [(".github/CODEOWNERS", "* @all\n"), (".gitignore", "/target\n"), ("README.md", "# Shop\n")]
    {
        fs::write(shop.join(path), content).unwrap();
    }
    let said = done(&shop, "holdpoint init");
    assert_eq!(fs::read_to_string(shop.join(".gitignore")).unwrap(), "/target\n");
    assert_eq!(fs::read_to_string(shop.join("README.md")).unwrap(), "# Shop\n");
    assert!(!shop.join("CODEOWNERS").exists());
    for part in
        [".github/CODEOWNERS", "/services/*/security.toml", ".holdpoint-*", "shop, with example releases"]
    {
        assert!(said.contains(part), "{part}:\n{said}");
    }
    let below = done(&shop, "holdpoint init ops/registry");
    assert!(below.contains("/ops/registry/services/*/advisories/"), "{below}");
    assert!(below.contains("holds a registry, too"), "the one above is said: {below}");
}

#[cfg(unix)]
#[test]
fn a_place_where_nothing_can_be_made_is_refused() {
    let root = folder();
    fs::write(root.path().join("file"), "x").unwrap();
    std::os::unix::fs::symlink("gone", root.path().join("link")).unwrap();
    for target in ["file", "file/below", "link", "/proc/holdpoint"] {
        let said = refused(root.path(), &format!("holdpoint init {target}"), 3);
        assert!(said.contains("error: ") && said.contains("hint: "), "{target}: {said}");
    }
    let mut left = files(root.path());
    left.sort();
    assert_eq!(left, ["file", "link"]);
    fs::create_dir(root.path().join("dangling")).unwrap();
    std::os::unix::fs::symlink("gone", root.path().join("dangling/holdpoint.toml")).unwrap();
    let said = refused(root.path(), "holdpoint init dangling", 3);
    assert!(said.contains("there is a registry already"), "{said}");
}

#[test]
fn what_makes_no_sense_is_wrong_usage() {
    let root = folder();
    for wrong in [
        "init --registry x",
        "init --as-of 2026-01-01",
        "init x/holdpoint.toml",
        "init ''",
        "init --order semver",
        "init --running prod=1",
        "init --service UPPER",
        "init --from-tags . --running prod",
        "init --from-tags . --order nonsense",
    ] {
        refused(root.path(), &format!("holdpoint {wrong}"), 2);
    }
    assert_eq!(files(root.path()), Vec::<String>::new());
    let help = done(root.path(), "holdpoint init --help");
    for part in ["Examples:", "Exit codes:", "holdpoint.toml", "--tag-prefix"] {
        assert!(help.contains(part), "{part}");
    }
}

/// What is written is written for Git: the attributes and what is ignored do what they say.
#[test]
fn git_treats_the_files_as_they_say() {
    let root = folder();
    sh(
        root.path(),
        "git init -q -b main . && holdpoint init registry --service web && mkdir -p registry/log/web",
    );
    let attributes = done(
        root.path(),
        "git check-attr merge text eol -- registry/log/web/2026-11.jsonl registry/services/web/service.toml",
    );
    for line in [
        "registry/log/web/2026-11.jsonl: merge: unset",
        "registry/log/web/2026-11.jsonl: text: unset",
        "registry/services/web/service.toml: text: set",
        "registry/services/web/service.toml: eol: lf",
    ] {
        assert!(attributes.contains(line), "{attributes}");
    }
    assert_eq!(
        done(
            root.path(),
            "git check-ignore registry/.holdpoint.lock registry/.holdpoint-move-web@prod.lock \
             registry/services/.holdpoint-x.tmp",
        ),
        "registry/.holdpoint.lock\nregistry/.holdpoint-move-web@prod.lock\nregistry/services/.holdpoint-x.tmp\n"
    );
}
