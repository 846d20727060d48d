//! What an act leaves in Git: a commit of just that, pushed; and what it leaves alone.

use super::{Site, flag};

#[test]
fn a_commit_holds_the_act_and_nothing_else() {
    let site = Site::new();
    let done = site.run("a", &format!("{} --format json", flag("shop", "CVE-1")));
    let published = &done.json()["published"];
    assert_eq!(done.code, 0, "{}", done.all());
    let (state, branch) = (&published["state"], &published["branch"]);
    assert_eq!((state.as_str(), branch.as_str()), (Some("pushed"), Some("main")));
    assert_eq!(published["commit"], site.id("remote", "main"));
    assert_eq!(site.id("a", "HEAD"), site.id("remote", "main"));
    let files = site.sh("a", "git show --format= --name-only HEAD");
    let files: Vec<&str> = files.lines().collect();
    assert!(files.len() == 2 && files[0].starts_with("log/shop/"), "{files:?}");
    assert_eq!(files[1], "services/shop/advisories/CVE-1.toml");
    let message = site.sh("a", "git show -s --format=%B");
    assert!(message.starts_with("flag-release: shop 1.0.0 insecure: CVE-1\n\n- shop: CVE-1"), "{message}");
    let trailer = site.sh("a", "git show -s '--format=%(trailers:key=Holdpoint-Act,valueonly)'");
    assert!(site.read("a", files[0]).contains(&format!("\"id\":\"{}\"", trailer.trim())));
    assert_eq!(site.sh("a", "git status --porcelain"), "");
    site.check().equals("a");
}

#[test]
fn done_already_is_no_commit() {
    let site = Site::new();
    site.run("a", &flag("shop", "CVE-1")).pushed();
    let (before, done) =
        (site.id("a", "HEAD"), site.run("a", &format!("{} --format json", flag("shop", "CVE-1"))));
    assert_eq!((done.code, &done.json()["published"]), (0, &serde_json::Value::Null));
    assert_eq!(site.id("a", "HEAD"), before);
}

#[test]
fn how_far_it_goes_is_said_by_the_registry_and_the_command_line() {
    let site = Site::new();
    let remote = site.id("remote", "main");
    site.run("a", &format!("{} --publish commit", flag("shop", "CVE-1")))
        .says(0, &["committed as", "on main"]);
    assert_eq!(site.id("remote", "main"), remote);
    let here = site.id("a", "HEAD");
    let done = site.run("a", &format!("{} --publish none", flag("shop", "CVE-2")));
    assert!(done.code == 0 && !done.all().contains("commit"), "{}", done.all());
    assert_eq!(site.id("a", "HEAD"), here);
    site.run("a", &format!("{} --dry-run", flag("shop", "CVE-3"))).says(0, &["WOULD"]);
    assert_eq!(site.id("a", "HEAD"), here);
    // The line that was left uncommitted goes along, for the record must be whole.
    let done = site.run("a", &flag("shop", "CVE-4"));
    done.pushed().says(0, &["1 earlier line of shop's record that weren't committed go along"]);
    assert_eq!(site.check().lines("shop"), 3);
    assert_eq!(site.sh("a", "git status --porcelain"), "?? services/shop/advisories/CVE-2.toml");
    site.put("a", "holdpoint.toml", &super::MAIN.replace("push", "psuh"));
    let done = site.run("a", &flag("shop", "CVE-5"));
    done.says(3, &["`publish` of the Git settings can't be `psuh`"]);
    assert_eq!(site.read("a", "services/shop/advisories/CVE-5.toml"), "", "nothing was written");
    site.run("a", "status").says(0, &[]);
}

#[test]
fn other_work_stays_byte_for_byte() {
    for inside in ["", "ops/registry"] {
        let site = Site::inside(inside);
        site.sh("a", "echo staged > new.go; git add new.go; echo more >> main.go; git add main.go; echo yet >> main.go");
        site.sh("a", "echo x > untracked; git rm -q --cached README.md");
        site.put("a", "services/till/service.toml", &super::service("till").replace("1.2.0", "1.3.0"));
        let of = |site: &Site| {
            let all = site.seen("a");
            // What the act itself wrote, and the commit, are new.
            let (mut kept, mut skip) = (Vec::new(), false);
            for line in all.lines() {
                if line.starts_with("== ") {
                    skip = line.contains("/log/") || line.contains("CVE-");
                }
                let is_id = line.len() == 40 && line.bytes().all(|byte| byte.is_ascii_hexdigit());
                if !(skip || is_id) {
                    kept.push(line.to_owned());
                }
            }
            kept
        };
        let before = of(&site);
        site.run("a", &flag("shop", "CVE-1")).pushed();
        assert_eq!(of(&site), before);
        assert_eq!(site.check().lines("shop"), 1);
        let files = site.sh("a", "git show --format= --name-only HEAD");
        assert_eq!(files.lines().count(), 2, "{files}");
    }
}

#[test]
fn every_act_is_published() {
    let site = Site::new();
    for line in [
        "release add shop 1.3.0 --commit 9f3c2ab",
        "observe shop --env staging --running 1.2.0",
        "flag-release shop 1.2.0 --unstable --title slow --id INC-1 --severity high",
        "sign-off shop 1.2.0 --env prod --accept INC-1 --as reliability --reason watched",
        "incident start INC-1 --service shop",
        "record redeploy shop 1.2.0 --env prod --key k1",
        "run shop 1.1.0 --env staging -- true",
        "record rollback shop 1.1.0 --env prod",
        "record settled shop 1.2.0 --reason mended",
        "incident end INC-1",
        "clear-flag INC-1 --reason mended",
        "rollback-check shop 1.0.0 --env prod --record",
    ] {
        let (head, done) = (
            site.id("a", "HEAD"),
            site.run(
                "a",
                &format!("{line} --by a@example.com")
                    .replace(" -- true --by a@example.com", " --by a@example.com -- true"),
            ),
        );
        assert_eq!(done.code, 0, "{line}: {}", done.all());
        assert!(done.all().contains("pushed to origin/main"), "{line}: {}", done.all());
        assert_ne!(site.id("a", "HEAD"), head, "{line}");
        assert_eq!(site.id("a", "HEAD"), site.id("remote", "main"), "{line}");
        assert_eq!(site.sh("a", "git status --porcelain"), "", "{line}");
    }
    site.check().equals("a");
}

#[test]
fn a_file_that_was_edited_by_hand_is_committed_without_that() {
    for staged in [false, true] {
        let site = Site::new();
        let edited = format!("{}# mine\n", super::service("shop"));
        site.put("a", "services/shop/service.toml", &edited);
        if staged {
            site.sh("a", "git add services/shop/service.toml");
        }
        let done = site.run("a", "release add shop 1.3.0");
        done.pushed().says(0, &["your own changes of `services/shop/service.toml` stay uncommitted"]);
        let published = site.check().read("services/shop/service.toml");
        assert!(published.contains("1.3.0") && !published.contains("# mine"), "{published}");
        let here = site.read("a", "services/shop/service.toml");
        assert!(here.contains("1.3.0") && here.contains("# mine"), "{here}");
        let status = site.sh("a", "git status --porcelain");
        assert_eq!(
            status,
            if staged { "MM services/shop/service.toml" } else { " M services/shop/service.toml" }
        );
    }
}

#[test]
fn an_act_that_needs_an_uncommitted_edit_is_not_committed_without_it() {
    let site = Site::new();
    // The release that is observed is registered in an edit that isn't committed.
    let edited = super::service("shop").replace("running", "about = \"x\"\nrunning");
    site.put("a", "services/shop/service.toml", &edited.replace("1.2.0", "9.0.0"));
    let before = site.id("a", "HEAD");
    let done = site.run("a", "flag-release shop 9.0.0 --unstable --title x --id INC-9 --severity high");
    // A flag is a file of its own, so it is committed; what it says of 9.0.0 others understand when they know it.
    done.pushed();
    let done = site.run("a", "release add shop 9.0.0 --commit 9f3c2ab");
    done.pushed().says(0, &["stay uncommitted"]);
    assert_ne!(site.id("a", "HEAD"), before);
    site.check();
}
