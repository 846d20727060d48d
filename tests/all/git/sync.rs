//! `sync`: what came, what went, and what both changed.

use super::{Site, flag};

fn apart(site: &Site, line: &str) {
    site.run("a", &format!("{line} --publish commit")).says(0, &["committed as"]);
}

#[test]
fn nothing_behind_and_ahead() {
    let site = Site::new();
    site.clone("b");
    site.run("a", "sync").says(0, &["UP TO DATE"]);
    site.run("b", &flag("shop", "CVE-1")).pushed();
    site.run("a", "sync --dry-run").says(0, &["WOULD SYNC origin/main: 1 commit came"]);
    assert_ne!(site.id("a", "HEAD"), site.id("remote", "main"));
    site.run("a", "sync").says(0, &["SYNCED origin/main: 1 commit came"]);
    apart(&site, &flag("shop", "CVE-2"));
    site.run("a", "sync --dry-run").says(0, &["1 commit went"]);
    let done = site.run("a", "sync --format json").json();
    assert_eq!((done["outcome"].as_str(), done["went"].as_u64()), (Some("pushed"), Some(1)));
    assert_eq!(done["commit"], site.id("remote", "main"));
    site.check().equals("a");
}

#[test]
fn both_sides_are_joined_and_our_lines_go_behind_theirs() {
    let site = Site::new();
    site.clone("b");
    apart(&site, &flag("shop", "CVE-1"));
    apart(&site, "flag-release shop 1.2.0 --unstable --title slow --id INC-1 --severity low");
    let ours = site.id("a", "HEAD");
    site.run("b", &flag("shop", "CVE-2")).pushed();
    let theirs = site.id("b", "HEAD");
    site.run("a", "sync").says(0, &["SYNCED origin/main: 1 commit came, 2 commits went"]);
    assert_eq!(site.sh("a", "git log -1 --format=%P"), format!("{theirs} {ours}"));
    let fresh = site.check();
    assert_eq!(fresh.lines("shop"), 3);
    fresh.equals("a");
    let log = site.sh("a", "cat log/shop/*.jsonl");
    let flags: Vec<&str> = log
        .lines()
        .map(|line| {
            if line.contains("CVE-1") {
                "1"
            } else if line.contains("CVE-2") {
                "2"
            } else {
                "i"
            }
        })
        .collect();
    assert_eq!(flags, ["2", "1", "i"]);
    // Every revision that the record names can be reached.
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let revision = line["registry"]["revision"].as_str().unwrap();
        site.sh("a", &format!("git merge-base --is-ancestor {revision} HEAD"));
    }
    site.run("b", "sync").says(0, &["SYNCED"]);
    fresh.equals("b");
}

#[test]
fn what_both_changed_is_shown_and_nothing_is_changed() {
    let site = Site::new();
    site.clone("b");
    apart(&site, "release add shop 1.3.0");
    site.run("b", "release add shop 1.4.0").pushed();
    site.sh("a", "echo mine >> README.md");
    let before = site.seen("a");
    let done = site.run("a", "sync");
    done.says(
        1,
        &[
            "CONFLICT",
            "`services/shop/service.toml` was changed here and there",
            "-version = \"1.4.0\"",
            "+version = \"1.3.0\"",
            "--take",
        ],
    );
    assert_eq!(site.seen("a"), before);
    let json = site.run("a", "sync --format json");
    assert_eq!(
        (json.code, json.json()["conflicts"][0]["path"].as_str()),
        (1, Some("services/shop/service.toml"))
    );
    site.run("a", "sync --take theirs").says(0, &["SYNCED"]);
    let fresh = site.check();
    let text = fresh.read("services/shop/service.toml");
    assert!(text.contains("1.4.0") && !text.contains("1.3.0"), "{text}");
    assert_eq!(fresh.lines("shop"), 2, "the record keeps both");
    assert_eq!(site.sh("a", "git status --porcelain"), " M README.md");
}

#[test]
fn ours_can_be_taken() {
    let site = Site::new();
    site.clone("b");
    apart(&site, "release add shop 1.3.0");
    site.run("b", "release add shop 1.4.0").pushed();
    site.run("a", "sync --take ours").says(0, &["SYNCED"]);
    let fresh = site.check();
    assert!(fresh.read("services/shop/service.toml").contains("1.3.0"));
    assert_eq!(fresh.lines("shop"), 2);
}

#[test]
fn what_makes_a_mistake_together_is_a_conflict() {
    let site = Site::new();
    site.clone("b");
    apart(&site, &flag("shop", "CVE-1"));
    // The same id in the shared folder: each alone is fine.
    site.put(
        "b",
        "advisories/CVE-1.toml",
        "[advisory.CVE-1]\ntitle = \"t\"\naffects = [{ service = \"shop\", versions = \"1.0.0\" }]\n",
    );
    site.sh("b", "git add -A && git commit -qm shared && git push -q");
    let before = site.seen("a");
    site.run("a", "sync").says(1, &["CONFLICT", "together they make a mistake", "git merge origin/main"]);
    assert_eq!(site.seen("a"), before);
}

#[test]
fn other_files_of_the_repository_are_joined_too() {
    let site = Site::inside("ops");
    site.clone("b");
    site.sh("a", "echo a > a.go && git add a.go && git rm -q README.md && git commit -qm a");
    site.sh("b", "echo b > b.go && git add b.go && git commit -qm b && git push -q");
    site.run("a", "sync").says(0, &["SYNCED"]);
    assert_eq!(site.sh("a", "ls; git status --porcelain"), "a.go\nb.go\nmain.go\nops");
    site.sh("a", "echo x > main.go && git commit -qam x");
    site.run("b", "sync").says(0, &["SYNCED"]);
    site.sh("b", "echo y > main.go && git commit -qam y && git push -q");
    site.run("a", "sync").says(1, &["`main.go`: it was changed here and there; it isn't of the registry"]);
}

#[test]
fn uncommitted_lines_of_the_record_go_behind_what_came() {
    let site = Site::new();
    site.clone("b");
    site.run("a", "rollback-check shop 1.0.0 --env prod --record --publish none").says(0, &["recorded as"]);
    site.run("b", &flag("shop", "CVE-1")).pushed();
    site.run("a", "sync").says(0, &["SYNCED"]);
    assert_eq!(site.run("a", "log verify").code, 0);
    assert_eq!(site.sh("a", "cat log/shop/*.jsonl | wc -l").trim(), "2");
    site.run("a", &flag("shop", "CVE-2")).pushed();
    assert_eq!(site.check().lines("shop"), 3);
}

#[test]
fn what_has_nothing_in_common_is_not_joined() {
    let site = Site::new();
    site.sh("", "git init -q -b main c && cd c && cp -r ../a/holdpoint.toml ../a/services . && git add -A && git commit -qm other && git remote add origin ../remote");
    site.run("c", "sync").says(3, &["no history in common"]);
}
