//! Checkouts of all kinds: linked, shallow, detached, inside another repository, in the midst of a merge.

use super::{Site, flag};

#[test]
fn a_linked_work_tree() {
    let site = Site::new();
    site.sh("a", "git worktree add -q -b topic ../linked && cd ../linked && git branch -q -u origin/main");
    site.clone("b");
    site.run("b", "release add shop 1.3.0").pushed();
    site.run("linked", "release add shop 1.4.0").pushed();
    site.check().equals("linked");
    // The other work tree, and its branch, are where they were.
    assert_eq!(site.sh("a", "git status --porcelain && git log --oneline | wc -l").trim(), "1");
}

#[test]
fn a_shallow_clone() {
    let site = Site::new();
    site.run("a", "release add shop 1.3.0").pushed();
    site.sh("", "git clone -q --depth 1 file://$PWD/remote b");
    site.run("a", "release add shop 1.4.0").pushed();
    site.run("b", "release add shop 1.5.0").pushed();
    site.check().equals("b");
    site.sh("", "git clone -q --depth 1 file://$PWD/remote c");
    site.run("a", "sync").says(0, &["SYNCED"]);
    site.run("a", &flag("till", "CVE-1")).pushed();
    site.run("c", &format!("{} --publish commit", flag("shop", "CVE-2"))).says(0, &["committed as"]);
    site.run("c", "sync").says(0, &["SYNCED"]);
    site.check().equals("c");
}

#[test]
fn a_detached_head() {
    let site = Site::new();
    site.sh("a", "git checkout -q --detach");
    let before = site.sh("a", "git log --oneline --all | wc -l");
    site.run("a", &flag("shop", "CVE-1")).says(3, &["NOT COMMITTED", "HEAD is detached", "[git] branch"]);
    assert_eq!(site.sh("a", "git log --oneline --all | wc -l"), before);
    site.sh("a", "git stash -qu && git checkout -q main && git stash pop -q && git add -A && git commit -qm flag && git push -q");
    // With a branch that is said, it is where everything goes; CI checks out so.
    site.put(
        "a",
        "holdpoint.toml",
        &super::MAIN.replace("\"push\"", "\"push\"\nbranch = \"main\"\nremote = \"origin\""),
    );
    site.sh("a", "git commit -qam branch && git push -q && git checkout -q --detach");
    site.clone("b");
    site.run("b", "release add shop 1.3.0").pushed();
    site.run("a", "release add shop 1.4.0").pushed();
    site.check().equals("a");
}

#[test]
fn another_branch_than_the_published_one() {
    let site = Site::new();
    site.put("a", "holdpoint.toml", &super::MAIN.replace("\"push\"", "\"push\"\nbranch = \"main\""));
    site.sh("a", "git commit -qam branch && git push -q && git checkout -qb topic");
    let remote = site.id("remote", "main");
    let done = site.run("a", &flag("shop", "CVE-1"));
    done.says(
        0,
        &["committed as", "on topic, NOT PUSHED: `topic` is checked out, and `main` is what is published"],
    );
    assert_eq!(site.id("remote", "main"), remote);
    assert!(site.sh("remote", "git branch --list topic").is_empty());
    site.run("a", "run shop 1.2.0 --env prod -- true").says(0, &["`topic` is checked out"]);
    site.run("a", "sync").says(3, &["`topic` is checked out", "git switch main"]);
}

#[test]
fn a_merge_in_progress() {
    let site = Site::new();
    site.sh("a", "git checkout -qb topic && echo x > main.go && git commit -qam x && git checkout -q main");
    site.sh(
        "a",
        "echo y > main.go && git commit -qam y && git push -q && ! git merge -q topic >/dev/null 2>&1",
    );
    let (before, head) = (site.sh("a", "git status --porcelain; cat main.go"), site.id("a", "HEAD"));
    site.run("a", &flag("shop", "CVE-1")).says(3, &["NOT COMMITTED: a merge is under way"]);
    let after = site.sh("a", "git status --porcelain -uno; cat main.go");
    assert_eq!((after, site.id("a", "HEAD")), (before, head));
    site.run("a", "sync").says(3, &["a merge is under way"]);
}

#[test]
fn an_index_that_somebody_has_locked() {
    let site = Site::new();
    site.sh("a", "touch .git/index.lock");
    site.run("a", &flag("shop", "CVE-1")).says(3, &["NOT COMMITTED", "index.lock"]);
    site.sh("a", "rm .git/index.lock");
    site.run("a", &flag("till", "CVE-2")).pushed();
}

#[test]
fn a_folder_of_a_bigger_repository() {
    let site = Site::inside("ops/registry");
    site.clone("b");
    site.sh("a", "echo theirs >> main.go && git commit -qam theirs && git push -q");
    site.sh("b", "echo mine >> README.md; echo new > new.go; git add new.go; echo u > untracked");
    site.run("a", "release add shop 1.3.0").pushed();
    site.run("b", "release add shop 1.4.0").pushed();
    assert_eq!(site.id("b", "HEAD"), site.id("remote", "main"));
    assert!(site.sh("b", "cat main.go").contains("theirs"));
    assert_eq!(site.sh("b", "git status --porcelain"), " M README.md\nA  new.go\n?? untracked");
    site.check();
}

#[test]
fn a_submodule() {
    let site = Site::new();
    site.sh("", "git init -q -b main shop && cd shop && git -c protocol.file.allow=always submodule --quiet add ../remote registry && git commit -qm sub");
    site.sh("", "cd shop/registry && git checkout -q main");
    site.clone("b");
    site.run("b", "release add shop 1.3.0").pushed();
    site.run("shop/registry", "release add shop 1.4.0").pushed();
    site.check().equals("shop/registry");
    assert_eq!(site.sh("shop", "git log --oneline | wc -l").trim(), "1", "what is around it is left alone");
}

#[test]
fn no_repository_and_no_remote() {
    let site = Site::new();
    site.sh("", "cp -r a c && rm -rf c/.git");
    let done = site.run("c", &format!("{} --by a@example.com", flag("shop", "CVE-1")));
    done.says(3, &["NOT COMMITTED: the registry lies in no Git repository"]);
    site.run("c", &format!("{} --by a@example.com", flag("shop", "CVE-1"))).says(0, &["UNCHANGED"]);
    site.sh("a", "git remote remove origin");
    site.run("a", &flag("shop", "CVE-1")).says(0, &["NOT PUSHED: this clone has no remote `origin`"]);
    site.run("a", "sync").says(3, &["no remote `origin`", "git remote add origin"]);
}

#[test]
fn a_new_registry_is_shared_where_there_is_a_remote() {
    let site = Site::new();
    let git = |text: &str| {
        text.lines().skip_while(|line| !line.contains("[git]")).take(2).collect::<Vec<_>>().join("|")
    };
    site.run("a", "init new --service cart").says(0, &[]);
    assert_eq!(git(&site.read("a", "new/holdpoint.toml")), "[git]|publish = \"push\"");
    site.run("a", "init one --service cart --single").says(0, &[]);
    assert_eq!(git(&site.read("a", "one/holdpoint.toml")), "[git]|publish = \"push\"");
    site.sh("", "git init -q alone");
    site.run("alone", "init . --service cart").says(0, &[]);
    assert_eq!(git(&site.read("alone", "holdpoint.toml")), "#[git]|#publish = \"push\"");
    // Until the registry itself is committed, nothing of it goes anywhere.
    let line = "release add cart 9.0.0 --registry new";
    site.run("a", line).says(3, &["NOT COMMITTED: `new/holdpoint.toml` itself isn't committed yet"]);
    site.sh("a", "git add -A && git commit -qm registry");
    site.run("a", "release add cart 9.1.0 --registry new").pushed();
    site.check().equals("a");
}

#[test]
fn edits_in_the_way_of_what_was_published() {
    let site = Site::new();
    site.clone("b");
    site.run("a", "release add shop 1.3.0").pushed();
    let edited = format!("{}# mine\n", super::service("shop"));
    site.put("b", "services/shop/service.toml", &edited);
    // It is published all the same; only the checkout stays.
    let done = site.run("b", "release add shop 1.4.0");
    done.pushed().says(0, &["this checkout stays as it is", "services/shop/service.toml", "holdpoint sync"]);
    let here = site.read("b", "services/shop/service.toml");
    assert!(here.contains("# mine") && here.contains("1.4.0") && !here.contains("1.3.0"), "{here}");
    site.run("b", "sync").says(1, &["STAYS", "git stash"]);
    site.sh("b", "git stash -q");
    site.run("b", "sync").says(0, &["SYNCED"]);
    site.check().equals("b");
    assert!(site.sh("b", "git stash show -p").contains("# mine"));
}

#[test]
fn line_ends_that_git_changes() {
    let site = Site::new();
    site.sh("", "git clone -q -c core.autocrlf=true remote b");
    assert!(site.read("b", "services/shop/service.toml").contains("\r\n"));
    site.run("a", "release add shop 1.3.0").pushed();
    site.run("b", "release add shop 1.4.0").pushed();
    site.run("b", "release add shop 1.5.0").pushed();
    assert!(!site.check().read("services/shop/service.toml").contains('\r'));
    assert_eq!(site.sh("b", "git status --porcelain"), "");
}
