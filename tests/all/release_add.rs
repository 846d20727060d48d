//! `release add` with the real program: what it writes, what it leaves alone, two at once, and a disk that refuses.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

fn registry(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn command(root: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdpoint"));
    command.args(["release", "add"]).args(line.split_whitespace()).current_dir(root).env_clear();
    command
}

fn run(root: &Path, line: &str) -> Output {
    command(root, line).output().unwrap()
}

/// Runs it; gives the exit code with what it said.
fn said(root: &Path, line: &str) -> (i32, String) {
    let output = run(root, line);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn json(root: &Path, line: &str) -> Value {
    let output = run(root, &format!("{line} --format json"));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// Every file but the lock, with its text.
fn files(root: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with(".holdpoint.lock") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

const ONE_FILE: &str = "\
# Ours. Ask before you change it.
format = 1

[service.shop]   # the shop
running = { prod = \"1.1.0\" }
# Newest last.
release = [
    { version = \"1.0.0\" },                    # the first
    { version = \"1.1.0\", commit = \"9f3c2ab\" } # no comma
]

# Theirs.
[advisory.CVE-1]
title = \"A hole\"
severity = \"high\"
affects = [{ service = \"shop\", versions = \"<1.3.0\", fixed_in = [\"1.3.0\"] }]
";

const SERVICE: &str = "\
[service.shop]
about = \"The shop\"

# Newest first, for those who read.
[[service.shop.release]]
version = \"1.1.0\"   # it runs
commit = \"9f3c2ab\"

[[service.shop.release]]
version = \"1.0.0\"
";

const MAIN: &str = "format = 1\n";
const AT: &str = "--released 2026-11-22T04:00:00+01:00";

#[test]
fn one_file_keeps_its_comments_and_its_look() {
    let root = registry(&[("holdpoint.toml", ONE_FILE)]);
    let (code, text) = said(root.path(), &format!("shop 1.2.0 {AT} --tag base:2"));
    let want = "ADDED  shop 1.2.0 in holdpoint.toml:10\n\n  released  2026-11-22T03:00:00Z\n  tags      base:2\n  \
                hit by    CVE-1 (high): A hole\n            holdpoint.toml:14\n";
    assert_eq!((code, text.as_str()), (0, want));
    let old = "commit = \"9f3c2ab\" } # no comma\n";
    let new = "commit = \"9f3c2ab\" }, # no comma\n    \
               { version = \"1.2.0\", released = 2026-11-22T03:00:00Z, tags = [\"base:2\"] }\n";
    assert_eq!(files(root.path())[0].1, ONE_FILE.replace(old, new));
}

#[test]
fn a_folder_and_a_mixed_registry_are_written_where_the_releases_stand() {
    let with_main = format!("{MAIN}\n[service.shop]\ntier = \"critical\"\n");
    for (main, file) in [(MAIN, "service.toml"), (&with_main, "releases.toml")] {
        let path = format!("services/shop/{file}");
        let root = registry(&[("holdpoint.toml", main), (&path, SERVICE)]);
        assert_eq!(said(root.path(), &format!("shop 1.2.0 {AT} --commit abcdef0")).0, 0);
        let new = "[[service.shop.release]]\nversion = \"1.2.0\"\nreleased = 2026-11-22T03:00:00Z\ncommit = \"abcdef0\"\n\n";
        let wanted = SERVICE.replace("# Newest first", &format!("{new}# Newest first"));
        // The comment right above the first release goes on to stand above it, for it may be about it.
        assert_eq!(fs::read_to_string(root.path().join(&path)).unwrap(), wanted);
        assert_eq!(fs::read_to_string(root.path().join("holdpoint.toml")).unwrap(), main);
    }
}

#[test]
fn the_first_release_goes_to_the_file_of_the_layout() {
    let root = registry(&[
        ("holdpoint.toml", MAIN),
        ("services/shop/security.toml", "[service.shop]\nsupport = []\n"),
    ]);
    assert_eq!(said(root.path(), &format!("shop v1 {AT}")).0, 0);
    let text = fs::read_to_string(root.path().join("services/shop/service.toml")).unwrap();
    assert_eq!(text, "[[service.shop.release]]\nversion = \"v1\"\nreleased = 2026-11-22T03:00:00Z\n");
}

#[test]
fn windows_files_stay_windows_files() {
    let crlf = format!("\u{feff}{}", SERVICE.replace('\n', "\r\n").trim_end());
    let root = registry(&[("holdpoint.toml", MAIN), ("services/shop/service.toml", &crlf)]);
    assert_eq!(said(root.path(), &format!("shop 0.9.0 {AT}")).0, 0);
    let new = "\r\n\r\n[[service.shop.release]]\r\nversion = \"0.9.0\"\r\nreleased = 2026-11-22T03:00:00Z";
    let text = fs::read_to_string(root.path().join("services/shop/service.toml")).unwrap();
    assert_eq!(text, format!("{crlf}{new}"));
}

#[test]
fn a_build_may_be_repeated() {
    let root = registry(&[("holdpoint.toml", ONE_FILE)]);
    assert!(said(root.path(), "shop 1.2.0 --commit abcdef0").1.starts_with("ADDED"));
    let written = files(root.path());
    for line in ["shop 1.2.0 --commit abcdef0", "shop 1.2.0", "shop 1.2.0 --commit abcdef0123456789"] {
        let (code, text) = said(root.path(), line);
        assert!(code == 0 && text.starts_with("UNCHANGED  shop 1.2.0 is registered already"), "{text}");
        assert_eq!(files(root.path()), written);
    }
    assert!(said(root.path(), "shop 1.2.0 --tag a --tag a").1.starts_with("COMPLETED  shop 1.2.0 with tags"));
    let value = json(root.path(), "shop 1.2.0 --tag a");
    assert_eq!(
        (value["outcome"].as_str(), value["release"]["tags"][0].as_str()),
        (Some("unchanged"), Some("a"))
    );
    assert_eq!(value["changed"].as_array().unwrap().len(), 0);
}

#[test]
fn another_content_is_refused_with_both_shown() {
    let root = registry(&[("holdpoint.toml", ONE_FILE)]);
    let before = files(root.path());
    let output = run(root.path(), "shop 1.1.0 --commit 1111111 --tag x");
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(3), 0));
    assert!(
        text.starts_with("error: `commit` of `1.1.0` is `9f3c2ab`, not `1111111`\n --> holdpoint.toml:9:"),
        "{text}"
    );
    assert!(
        text.contains("hint: a version is built once") && text.ends_with("\nnothing was written\n"),
        "{text}"
    );
    let error = &json(root.path(), "shop 1.1.0 --commit 1111111")["errors"][0];
    assert_eq!((error["file"].as_str(), error["line"].as_u64()), (Some("holdpoint.toml"), Some(9)));
    let markdown = said(root.path(), "shop 1.1.0 --commit 1111111 --format markdown").1;
    assert!(markdown.contains("## NOT WRITTEN: 1 mistake in 1 file\n"), "{markdown}");
    assert_eq!(files(root.path()), before);
}

#[test]
fn what_cannot_be_done_is_said_and_writes_nothing() {
    let root = registry(&[("holdpoint.toml", ONE_FILE)]);
    let before = files(root.path());
    let digest = format!("--digest {}", "a".repeat(64));
    for (line, want, words) in [
        ("shpo 1.2.0", 3, "hint: did you mean `shop`?; a new one is begun by hand: `[service.shpo]` in"),
        ("shop nightly", 3, "`nightly` can't be ordered as semver, the order of `shop`\nhint: "),
        ("shop 1,2", 2, "a version can't hold a comma"),
        ("shop", 2, "<VERSION>"),
        ("shop 1.2.0 --digest sha256:abc", 2, "`sha256:` is followed by 64 hexadecimal digits, not by 3"),
        (&*format!("shop 1.2.0 {digest}"), 2, "did you mean `sha256:aaaa"),
        ("shop 1.2.0 --sbom ../sbom.json", 2, "must be a path from the registry's folder"),
        ("shop 1.2.0 --released yesterday", 2, "is no time; write it like"),
        ("shop 1.2.0 --as-of 2026-01-01", 2, "say when it was released with --released"),
        ("shop 1.2.0 --registry nowhere", 3, "no registry in `nowhere`"),
    ] {
        let (code, text) = said(root.path(), line);
        assert!(code == want && text.contains(words), "{line}: exit {code}\n{text}");
    }
    assert_eq!(files(root.path()), before);
    fs::write(root.path().join("holdpoint.toml"), ONE_FILE.replace("format = 1", "format = ")).unwrap();
    let (code, text) = said(root.path(), "shop 1.2.0");
    assert!(
        code == 3 && text.contains("--> holdpoint.toml:2:") && text.ends_with("nothing was written\n"),
        "{text}"
    );
}

#[test]
fn a_dry_run_shows_a_difference_that_git_takes_and_writes_nothing() {
    let root = registry(&[("holdpoint.toml", MAIN), ("services/shop/service.toml", SERVICE)]);
    let before = files(root.path());
    let line = format!("shop 1.2.0 {AT} --dry-run");
    let (code, text) = said(root.path(), &line);
    assert_eq!(code, 0);
    assert!(text.starts_with("WOULD ADD  shop 1.2.0 in services/shop/service.toml:4\n"), "{text}");
    assert_eq!(files(root.path()), before);
    assert!(!root.path().join(".holdpoint.lock").exists());
    let value = json(root.path(), &line);
    let diff = value["diff"].as_str().unwrap();
    assert!(value["dry_run"] == true && text.contains(diff), "{text}");
    assert!(
        said(root.path(), &format!("{line} --format markdown")).1.contains(&format!("```diff\n{diff}```\n"))
    );
    fs::write(root.path().join("d.patch"), diff).unwrap();
    let apply = Command::new("git").args(["apply", "d.patch"]).current_dir(root.path()).status().unwrap();
    assert!(apply.success());
    fs::remove_file(root.path().join("d.patch")).unwrap();
    assert!(said(root.path(), &format!("shop 1.2.0 {AT}")).1.starts_with("UNCHANGED"));
}

#[test]
fn formats_and_detail_are_as_everywhere() {
    let root = registry(&[("holdpoint.toml", ONE_FILE)]);
    let (code, text) = said(root.path(), &format!("shop 1.2.0 {AT} -q --report json=f.json"));
    assert_eq!((code, text.as_str()), (0, "ADDED  shop 1.2.0 in holdpoint.toml:10\n"));
    let value: Value =
        serde_json::from_str(&fs::read_to_string(root.path().join("f.json")).unwrap()).unwrap();
    assert_eq!(
        (value["schema"].as_str(), value["flags"][0]["id"].as_str()),
        (Some("holdpoint/release/v1"), Some("CVE-1"))
    );
    assert_eq!(value["written"], serde_json::json!(["version", "released"]));
    let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
    let want = [
        "schema",
        "act",
        "outcome",
        "dry_run",
        "message",
        "service",
        "version",
        "release",
        "origin",
        "written",
        "changed",
        "flags",
        "notes",
        "diff",
        "published",
        "notified",
        "registry",
        "as_of",
        "warnings",
    ];
    assert_eq!(keys, want);
    let markdown = said(root.path(), "shop 1.2.0 --format markdown").1;
    let head = "## UNCHANGED: `shop` `1.2.0` is registered already in `holdpoint.toml:10`\n\n- **hit by** CVE-1 (high): A hole\n";
    assert!(markdown.starts_with(head), "{markdown}");
}

#[test]
fn builds_at_once_all_get_their_release_in() {
    let root = registry(&[("holdpoint.toml", MAIN), ("services/shop/service.toml", SERVICE)]);
    let begin = |number: usize| -> Child {
        let mut command = command(root.path(), &format!("shop 2.{number}.0 {AT}"));
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let builds: Vec<Child> = (0..12).map(begin).collect();
    for build in builds {
        let output = build.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let text = fs::read_to_string(root.path().join("services/shop/service.toml")).unwrap();
    let versions: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("version = \"2.")).collect();
    let want: Vec<String> = (0..12).rev().map(|number| format!("{number}.0\"")).collect();
    assert_eq!(versions, want, "each once, newest first as before:\n{text}");
    assert!(text.ends_with(&SERVICE[SERVICE.find("# Newest").unwrap()..]), "{text}");
    let names = fs::read_dir(root.path().join("services/shop")).unwrap().count();
    assert_eq!(names, 1, "nothing is left behind");
}

#[cfg(unix)]
#[test]
fn a_disk_that_refuses_leaves_everything_as_it_was() {
    let root = registry(&[("holdpoint.toml", MAIN), ("services/shop/service.toml", SERVICE)]);
    let before = files(root.path());
    // As full a disk as can be had without one: no file may grow.
    let full = "trap '' XFSZ; ulimit -f 0; exec \"$0\" release add shop 1.2.0";
    let output = Command::new("sh")
        .args(["-c", full, env!("CARGO_BIN_EXE_holdpoint")])
        .current_dir(root.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{text}");
    let words =
        "error: `services/shop/service.toml` can't be written: file too large\nhint: nothing was written\n";
    assert_eq!(text, words);
    assert_eq!(files(root.path()), before);
    // A folder where the lock should be.
    let lock = root.path().join(".holdpoint.lock");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    let (code, text) = said(root.path(), "shop 1.2.0");
    assert!(
        code == 3 && text.starts_with("error: `.holdpoint.lock` can't be written: is a directory"),
        "{text}"
    );
    assert_eq!(files(root.path()), before);
}

#[cfg(unix)]
#[test]
fn without_the_right_to_write_nothing_is_written() {
    use std::os::unix::fs::PermissionsExt;
    let root = registry(&[("holdpoint.toml", MAIN), ("services/shop/service.toml", SERVICE)]);
    let before = files(root.path());
    let folder = root.path().join("services/shop");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    let allowed = fs::write(folder.join("probe"), "").is_ok();
    if allowed {
        return; // root may write anywhere
    }
    let (code, text) = said(root.path(), "shop 1.2.0");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(code == 3 && text.contains("permission denied") && text.contains("ask for the right"), "{text}");
    assert_eq!(files(root.path()), before);
}

#[test]
fn a_report_that_can_not_be_written_is_seen_before_anything_is() {
    let root = registry(&[("holdpoint.toml", "format = 1\n[service.shop]\n")]);
    let text = || fs::read_to_string(root.path().join("holdpoint.toml")).unwrap();
    let (code, told) = said(root.path(), "shop 1.0.0 --report json=no/such/folder.json");
    assert!(code == 3 && told.contains("can't be written"), "{code} {told}");
    assert_eq!(text(), "format = 1\n[service.shop]\n");
    if Path::new("/dev/full").exists() {
        let (code, told) = said(root.path(), "shop 1.0.0 --report json=/dev/full");
        assert!(code == 3 && told.contains("the registry was written; only the report"), "{code} {told}");
        assert!(text().contains("1.0.0"));
    }
}
