//! What goes wrong on the way: killed at any point, out of reach, refused, without identity or key. Nothing is lost, and
//! `sync` brings in later what could not go then.

use super::{Site, flag};

/// What is left behind by an act that was cut short is brought in by `sync`, once and as a whole.
fn mended(site: &Site, clone: &str, lines: usize) {
    site.run(clone, "sync").says(0, &[]);
    let fresh = site.check();
    assert_eq!(fresh.lines("shop"), lines);
    fresh.equals(clone);
    // And whoever acts next is not hindered.
    site.run(clone, &flag("shop", "CVE-LATER")).pushed();
    site.check().equals(clone);
}

#[test]
fn killed_between_commit_and_push() {
    let site = Site::new();
    let done =
        site.behind("a", &flag("shop", "CVE-1"), "case \"$*\" in *' push '*) kill -9 $PPID; exit 1;; esac");
    assert_ne!(done.code, 0);
    assert_ne!(site.id("a", "HEAD"), site.id("remote", "main"));
    assert!(
        site.run("a", "log verify").code == 0
            && site.read("a", "services/shop/advisories/CVE-1.toml").contains("hole")
    );
    mended(&site, "a", 1);
}

#[test]
fn killed_before_the_commit() {
    let site = Site::new();
    let done =
        site.behind("a", &flag("shop", "CVE-1"), "case \"$*\" in *' commit '*) kill -9 $PPID; exit 1;; esac");
    assert_ne!(done.code, 0);
    // The act counts here; what isn't committed is said, and goes by hand.
    site.run("a", "sync").says(0, &["flags that aren't committed", "services/shop/advisories"]);
    site.sh("a", "git add -A && git commit -qm 'by hand'");
    mended(&site, "a", 1);
}

#[test]
fn killed_behind_the_push_of_an_act_that_was_done_again() {
    let site = Site::new();
    site.clone("b");
    site.run("a", "release add shop 1.3.0").pushed();
    // The second push is the one that arrives.
    let script =
        "case \"$*\" in *' push '*) $real \"$@\"; code=$?; [ $code = 0 ] && kill -9 $PPID; exit $code;; esac";
    let done = site.behind("b", "release add shop 1.4.0", script);
    assert_ne!(done.code, 0);
    assert_ne!(site.id("b", "HEAD"), site.id("remote", "main"), "it isn't brought here yet");
    site.run("b", "sync").says(0, &["1 commit of ours stood there already"]);
    assert_eq!(site.id("b", "HEAD"), site.id("remote", "main"));
    mended(&site, "b", 2);
}

#[test]
fn killed_in_the_midst_of_bringing_up() {
    for step in ["read-tree -m -u", "update-ref"] {
        let site = Site::new();
        site.clone("b");
        site.run("a", "release add shop 1.3.0").pushed();
        site.sh("a", "echo more >> main.go && git commit -qam more && git push -q");
        // Only looking, with -n, is not it.
        let script = format!("case \"$*\" in *' -n '*) ;; *'{step}'*) kill -9 $PPID; exit 1;; esac");
        let done = site.behind("b", "release add shop 1.4.0", &script);
        assert_ne!(done.code, 0, "{step}");
        // What counts here is what is published, whatever Git says of it.
        let here = site.read("b", "services/shop/service.toml");
        assert!(here.contains("1.3.0") && here.contains("1.4.0"), "{here}");
        mended(&site, "b", 2);
        assert!(site.read("b", "main.go").contains("more"));
    }
}

#[test]
fn out_of_reach_it_waits_and_goes_later() {
    let site = Site::new();
    site.clone("b");
    site.sh("", "mv remote gone");
    let done = site.run("a", &format!("{} --format json", flag("shop", "CVE-1")));
    let published = &done.json()["published"];
    assert_eq!((done.code, published["state"].as_str()), (0, Some("waiting")), "{}", done.all());
    assert!(published["why"].as_str().unwrap().contains("`origin` can't be reached"), "{published}");
    assert_eq!(published["next"][0], "holdpoint sync");
    site.run("a", "release add shop 1.3.0").says(0, &["NOT PUSHED", "holdpoint sync"]);
    site.run("a", "sync").says(3, &["can't be reached", "stays committed"]);
    let run = site.run("a", "run shop 1.2.0 --env prod -- true");
    run.says(0, &["2 commits made here aren't in origin/main yet", "NOT PUSHED"]);
    site.sh("", "mv gone remote");
    site.run("b", &flag("till", "CVE-2")).pushed();
    // The next act takes earlier ones along.
    site.run("a", "release add shop 1.4.0").pushed();
    let fresh = site.check();
    assert_eq!((fresh.lines("shop"), fresh.lines("till")), (5, 1));
    fresh.equals("a");
}

#[test]
fn gone_in_the_middle() {
    let site = Site::new();
    site.clone("b");
    site.run("a", "release add shop 1.3.0").pushed();
    let script = "case \"$*\" in *' fetch '*) mv remote gone 2>/dev/null || mv ../remote ../gone;; esac";
    let done = site.behind("b", "release add shop 1.4.0", script);
    done.says(0, &["NOT PUSHED", "can't be reached"]);
    site.sh("", "mv gone remote");
    site.run("b", "sync").says(1, &["CONFLICT", "services/shop/service.toml", "--take theirs"]);
}

#[test]
fn a_push_whose_answer_was_lost_is_not_done_twice() {
    let site = Site::new();
    // It arrives, but is told to have been overtaken.
    let script = "case \"$*\" in *' push '*) $real \"$@\" >/dev/null 2>&1; \
                  printf 'To x\\n!\\tx:refs/heads/main\\t[remote rejected] (cannot lock ref)\\nDone\\n'; exit 1;; esac";
    site.behind("a", &flag("shop", "CVE-1"), script).pushed();
    let fresh = site.check();
    assert_eq!(fresh.lines("shop"), 1);
    fresh.equals("a");
}

#[test]
fn it_doesnt_wait_longer_than_it_may() {
    let site = Site::new();
    let script = "case \"$*\" in *' push '*) exec sleep 600;; esac";
    let done = site.behind("a", &format!("{} --publish-timeout 500ms", flag("shop", "CVE-1")), script);
    done.says(0, &["NOT PUSHED", "in time"]);
    mended(&site, "a", 1);
}

#[test]
fn a_hook_that_refuses_here() {
    let site = Site::new();
    site.script("a/.git/hooks/pre-commit", "echo 'no flags on Fridays' >&2; exit 1");
    let done = site.run("a", &flag("shop", "CVE-1"));
    done.says(
        3,
        &["NOT COMMITTED: no flags on Fridays", "it counts here", "git -C", "commit -m", "holdpoint sync"],
    );
    assert!(site.read("a", "services/shop/advisories/CVE-1.toml").contains("hole"));
    assert_eq!(site.sh("a", "git diff --cached --name-only"), "", "nothing is staged");
    // `run` has its own code, and what is pasted works once the hook is content.
    let run = site.run("a", "run shop 1.2.0 --env prod -- sh -c 'exit 7'");
    assert!(run.code == 7 && run.all().contains("NOT COMMITTED"), "{}", run.all());
    site.run("a", "record redeploy shop 1.1.0 --env staging --key k").says(0, &["NOT COMMITTED"]);
    site.sh("a", "rm .git/hooks/pre-commit");
    let command = done.out.lines().find(|line| line.contains("git -C")).unwrap().trim();
    site.sh("a", command);
    site.run("a", "sync").says(0, &[]);
    assert!(site.check().read("services/shop/advisories/CVE-1.toml").contains("hole"));
}

#[test]
fn hooks_of_the_user_are_run() {
    let site = Site::new();
    site.script(
        "a/.git/hooks/pre-commit",
        "git diff --cached --name-only > \"$(git rev-parse --git-dir)/seen\"",
    );
    site.script("a/.git/hooks/commit-msg", "echo 'Change-Id: I1' >> \"$1\"");
    site.sh("a", "echo staged > other && git add other");
    site.run("a", &flag("shop", "CVE-1")).pushed();
    let seen = site.sh("a", "cat .git/seen");
    assert!(seen.contains("CVE-1.toml") && !seen.contains("other"), "{seen}");
    assert!(site.sh("a", "git show -s --format=%B").contains("Change-Id: I1"));
    assert_eq!(site.sh("a", "git status --porcelain"), "A  other");
}

#[test]
fn the_other_side_refuses() {
    let site = Site::new();
    site.script("remote/hooks/pre-receive", "echo 'changes go by pull request'; exit 1");
    let done = site.run("a", &flag("shop", "CVE-1"));
    done.says(0, &["NOT PUSHED: `origin` refuses: pre-receive hook declined: changes go by pull request"]);
    site.run("a", "sync").says(3, &["changes go by pull request", "pull request"]);
    site.sh("", "rm remote/hooks/pre-receive");
    mended(&site, "a", 1);
}

#[test]
fn a_key_that_is_missing_and_one_that_is_there() {
    let site = Site::new();
    site.sh("a", "git config gpg.format ssh && git config commit.gpgsign true && git config user.signingkey ../key.pub");
    site.run("a", &flag("shop", "CVE-1")).says(3, &["NOT COMMITTED", "key.pub"]);
    site.sh("", "ssh-keygen -q -t ed25519 -N '' -f key && echo \"* $(cat key.pub)\" > allowed");
    site.sh("a", "git config gpg.ssh.allowedSignersFile \"$PWD/../allowed\" && git config user.signingkey \"$PWD/../key\"");
    site.sh("a", "git add -A && git commit -qm 'by hand' && git push -q");
    site.run("a", &flag("shop", "CVE-2")).pushed();
    site.sh("a", "git verify-commit HEAD");
    // One that is done again is signed, too, and so is what joins two histories.
    site.clone("b");
    site.run("b", "release add shop 1.3.0").pushed();
    site.run("a", "release add shop 1.4.0").pushed();
    site.sh("a", "git verify-commit HEAD");
    site.run("b", &flag("till", "CVE-3")).pushed();
    site.run("a", &format!("{} --publish commit", flag("till", "CVE-4"))).says(0, &["committed as"]);
    site.run("a", "sync").says(0, &["SYNCED"]);
    site.sh("a", "git verify-commit HEAD && git rev-parse HEAD^2");
    site.check().equals("a");
}

#[test]
fn without_an_identity() {
    let site = Site::new();
    let line = format!("{} --by ann@example.com", flag("shop", "CVE-1"));
    let none = "unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL";
    site.sh("a", "git config user.useConfigOnly true");
    let output = crate::repository::shell(&site.path("a"), &format!("{none}; exec holdpoint {line}"))
        .output()
        .unwrap();
    super::Done::of(&output).says(3, &["NOT COMMITTED", "it counts here"]);
    assert!(site.read("a", "services/shop/advisories/CVE-1.toml").contains("ann@example.com"));
    assert_eq!(site.sh("a", "git log --oneline | wc -l").trim(), "1");
}

#[test]
fn nobody_is_asked_for_anything() {
    let site = Site::new();
    // Whatever would ask says so, and would then hang.
    site.script("ask", "echo asked >> ../asked; sleep 600");
    site.script("ssh", "echo \"$@\" >> ../ssh-said; exit 255");
    let ask = site.root.path().join("ask");
    let variables: Vec<(&str, &str)> =
        ["GIT_ASKPASS", "SSH_ASKPASS"].iter().map(|name| (*name, ask.to_str().unwrap())).collect();
    site.sh("a", &format!("git config core.askPass {}", ask.display()));
    site.sh("a", "git remote set-url origin ssh://example.invalid/r && git config core.sshCommand ../ssh");
    let done = site.with("a", &flag("shop", "CVE-1"), &variables);
    done.says(0, &["NOT PUSHED", "can't be reached"]);
    assert!(site.sh("", "cat ssh-said").contains("-o BatchMode=yes"));
    // A server that wants a password: nobody is asked, and it says so.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            use std::io::{Read, Write};
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(
                b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            );
        }
    });
    site.sh("a", &format!("git remote set-url origin http://{address}/r"));
    let done = site.with("a", &flag("shop", "CVE-2"), &variables);
    done.says(0, &["NOT PUSHED", "terminal prompts disabled"]);
    assert!(!site.root.path().join("asked").exists(), "somebody was asked");
}
