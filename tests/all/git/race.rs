//! Others were first: the act is done again on what they have published, all arrive, and nothing is lost.

use std::thread;

use super::{Site, flag};

#[test]
fn an_act_that_was_overtaken_is_done_again() {
    let site = Site::new();
    site.clone("b");
    site.run("a", "release add shop 1.3.0").pushed();
    let done = site.run("b", "release add shop 1.4.0");
    done.pushed();
    let fresh = site.check();
    fresh.equals("b");
    let text = fresh.read("services/shop/service.toml");
    assert!(text.contains("1.3.0") && text.contains("1.4.0"), "{text}");
    assert_eq!(fresh.lines("shop"), 2);
    // The line says on which state it was decided: the one that it was done again on.
    let log = site.sh("b", "cat log/shop/*.jsonl");
    let parent = site.id("b", "HEAD~1");
    assert!(log.lines().last().unwrap().contains(&parent), "{log}");
    assert_eq!(site.sh("b", "git log --oneline | wc -l").trim(), "3");
}

#[test]
fn what_others_did_already_is_nothing_to_do() {
    let site = Site::new();
    site.clone("b");
    site.run("a", &flag("shop", "CVE-1")).pushed();
    site.run("b", &flag("shop", "CVE-1")).says(0, &["UNCHANGED"]);
    let fresh = site.check();
    fresh.equals("b");
    assert_eq!(fresh.lines("shop"), 1);
}

#[test]
fn what_cant_be_done_any_more_is_taken_back_and_kept() {
    let site = Site::new();
    site.clone("b");
    site.sh("b", "echo mine >> README.md; echo x > untracked");
    site.run("a", "flag-release shop 1.0.0 --insecure --title 'another one' --id CVE-1 --severity high")
        .pushed();
    let done = site.run("b", &flag("shop", "CVE-1"));
    done.says(3, &["others were first", "it was taken back here", "refs/holdpoint/refused/"]);
    assert_eq!(site.id("b", "HEAD"), site.id("remote", "main"));
    let kept = site.sh("b", "git for-each-ref --format='%(objectname)' refs/holdpoint/refused");
    assert!(site.sh("b", &format!("git show {kept}:services/shop/advisories/CVE-1.toml")).contains("hole"));
    assert!(site.read("b", "services/shop/advisories/CVE-1.toml").contains("another one"));
    assert_eq!(site.sh("b", "git status --porcelain"), " M README.md\n?? untracked");
    assert_eq!(site.check().lines("shop"), 1);
}

#[test]
fn a_flag_that_came_meanwhile_stops_a_run_before_it_starts() {
    let site = Site::new();
    site.clone("b");
    let flagged = "flag-release shop 1.2.0 --insecure --title x --id CVE-9 --severity critical";
    site.run("a", flagged).pushed();
    let done = site.run("b", "run shop 1.2.0 --env prod -- touch ../ran");
    done.says(1, &["BLOCK", "CVE-9", "Nothing was started", "others were first"]);
    assert!(!done.all().contains("stays as it is"), "{}", done.all());
    assert!(!site.root.path().join("ran").exists());
    assert_eq!(site.id("b", "HEAD"), site.id("remote", "main"));
    let fresh = site.check();
    assert_eq!(fresh.lines("shop"), 1, "only the flag");
    fresh.equals("b");
    // With the glass broken nothing of that stops it.
    site.run("a", "release add shop 1.3.0").pushed();
    let done = site.run("b", "run shop 1.2.0 --env prod --break-glass down -- touch ../ran");
    done.says(0, &[]);
    assert!(site.root.path().join("ran").exists());
    site.check().equals("b");
}

#[test]
fn no_broken_glass_goes_to_a_release_that_others_found_compromised() {
    let site = Site::new();
    site.clone("b");
    site.run("a", "flag-release shop 1.2.0 --insecure --title evil --id CVE-0 --compromised").pushed();
    let done = site.run("b", "run shop 1.2.0 --env prod --break-glass down -- touch ../ran");
    done.says(1, &["BLOCK", "No break-glass goes to a compromised release"]);
    assert!(!site.root.path().join("ran").exists());
    let fresh = site.check();
    assert_eq!(fresh.lines("shop"), 1, "only the flag");
    fresh.equals("b");
}

/// So many clones do so many acts each at once.
fn at_once(clones: usize, acts: usize) {
    let site = Site::new();
    let names: Vec<String> = (0..clones).map(|clone| format!("c{clone}")).collect();
    names.iter().for_each(|name| site.clone(name));
    thread::scope(|scope| {
        for name in &names {
            let site = &site;
            scope.spawn(move || {
                for act in 0..acts {
                    let line = match act % 4 {
                        0 => flag("shop", &format!("CVE-{name}-{act}")),
                        1 => format!("release add shop 2.{act}.0-{name}"),
                        2 => format!("incident start INC-{name}-{act} --service shop --service till"),
                        _ => format!(
                            "flag-release till 1.0.0 --unstable --title t --id I-{name}-{act} --severity low"
                        ),
                    };
                    site.run(name, &format!("{line} --publish-timeout 10m")).pushed();
                }
            });
        }
    });
    let fresh = site.check();
    let each = |kind: usize| clones * (0..acts).filter(|act| act % 4 == kind).count();
    assert_eq!(fresh.lines("shop"), each(0) + each(1) + each(2));
    assert_eq!(fresh.lines("till"), each(2) + each(3));
    for name in &names {
        for act in 0..acts {
            let (path, has) = match act % 4 {
                0 => (format!("services/shop/advisories/CVE-{name}-{act}.toml"), "hole".to_owned()),
                1 => ("services/shop/service.toml".to_owned(), format!("2.{act}.0-{name}")),
                2 => ("holdpoint.toml".to_owned(), format!("[incident.INC-{name}-{act}]")),
                _ => (format!("services/till/instabilities/I-{name}-{act}.toml"), "title".to_owned()),
            };
            assert!(fresh.read(&path).contains(&has), "{name} {act}");
        }
        site.run(name, "sync").says(0, &[]);
        fresh.equals(name);
    }
    assert_eq!(site.sh(&fresh.name, "git log --oneline | wc -l").trim(), (clones * acts + 1).to_string());
}

#[test]
fn four_clones_at_once_all_arrive() {
    at_once(4, 5);
}

#[test]
#[ignore = "the soak runs it: it takes minutes"]
fn eight_clones_at_once_all_arrive() {
    at_once(8, 20);
}

#[test]
fn several_in_one_clone_wait_for_each_other() {
    let site = Site::new();
    thread::scope(|scope| {
        for number in 0..4 {
            let site = &site;
            scope.spawn(move || site.run("a", &flag("shop", &format!("CVE-{number}"))).pushed().code);
        }
    });
    let fresh = site.check();
    assert_eq!(fresh.lines("shop"), 4);
    fresh.equals("a");
}
