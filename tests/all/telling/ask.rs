//! Asking from one clone, signing by merging in another, and what doesn't count as that.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};

use super::place::{HELD, MINA, SAM, file, flag, heard, kinds, record, shop, shop_of, text};
use crate::git::{Done, Site};
use crate::repository::shell;

const ASK: &str = "ask shop 1.1.0 --env prod --reason \"prod is down\"";

/// Somebody who has asked, and waits for an answer.
pub struct Waiting {
    child: Child,
    said: String,
    rest: BufReader<std::process::ChildStderr>,
}

impl Waiting {
    /// Asks in a clone, and goes on as soon as it is said that somebody is waited for.
    pub fn of(site: &Site, clone: &str, line: &str) -> Waiting {
        // What waits longer than this is broken.
        let waits = match line.split_once(" -- ") {
            Some((line, command)) => format!("{line} --wait 300s --poll 50ms -- {command}"),
            None => format!("{line} --wait 300s --poll 50ms"),
        };
        let mut command = shell(&site.path(clone), &format!("exec holdpoint {waits}"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut rest = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("(Ctrl-C ends the wait)") {
            assert!(rest.read_line(&mut said).unwrap() > 0, "it ended: {said}");
        }
        Waiting { child, said, rest }
    }

    /// The branch that it has published, as the remote has it.
    pub fn branch(&self, site: &Site) -> String {
        let branches =
            site.sh("remote", "git for-each-ref --format='%(refname:short)' refs/heads/holdpoint/ask");
        assert!(!branches.is_empty() && !branches.contains('\n'), "{branches}; {}", self.said);
        branches
    }

    /// Waits until it ends.
    pub fn ends(mut self) -> Done {
        self.rest.read_to_string(&mut self.said).unwrap();
        let mut out = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        Done { code: self.child.wait().unwrap().code().unwrap_or(-1), out, err: self.said }
    }
}

/// Merges a branch in a clone by a merge commit, as this person, and publishes it.
pub fn merge(site: &Site, clone: &str, branch: &str, name: &str, mail: &str) {
    let who = format!("-c user.name='{name}' -c user.email='{mail}'");
    let pull = "git fetch -q && git reset -q --hard origin/main";
    let merge = format!("git {who} merge -q --no-ff -m 'Merge {branch}' origin/{branch}");
    site.sh(
        clone,
        &format!("unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL; {pull} && {merge} && git push -q origin HEAD:main"),
    );
}

/// Asks in clone `a`, without waiting, and gives the branch.
fn asked(site: &Site) -> String {
    site.run("a", &format!("{ASK} {SAM}")).says(0, &["ASKED", "merging origin/holdpoint/ask/"]);
    site.sh("remote", "git for-each-ref --format='%(refname:short)' refs/heads/holdpoint/ask")
}

/// What a check says once a clone has what is published.
fn checked(site: &Site) -> i32 {
    site.sh("a", "git pull -q --no-rebase");
    site.run("a", "rollback-check shop 1.1.0 --env prod").code
}

#[test]
fn the_wait_ends_when_the_other_clone_merges_the_branch() {
    let site = shop(HELD);
    site.clone("b");
    let waiting = Waiting::of(&site, "a", &format!("{ASK} {SAM}"));
    let told = heard(&site, "sec");
    let [question] = told.as_slice() else { panic!("{told:?}") };
    let words = text(question, "paragraph");
    let branch = waiting.branch(&site);
    for part in
        ["Sam <sam@example.com> asks security to accept CVE-1", "prod is down", &branch, "--as security"]
    {
        assert!(words.contains(part), "no {part}: {words}");
    }
    // The branch holds one file more than what is published, and nothing else.
    site.sh("b", "git fetch -q");
    let files = site.sh("b", &format!("git diff --name-status origin/main...origin/{branch}"));
    assert!(
        files.starts_with("A\tservices/shop/sign-offs/security/") && files.lines().count() == 1,
        "{files}"
    );
    merge(&site, "b", &branch, "Mina", "mina@example.com");
    waiting.ends().says(0, &["SIGNED", "signed by Mina <mina@example.com>", "it may go now"]);
    assert_eq!(site.run("a", "rollback-check shop 1.1.0 --env prod").code, 0);
    // Whoever asked can go, and who merged can't take it for themselves.
    site.run("a", &format!("run shop 1.1.0 --env prod {SAM} -- true")).says(0, &["told sec by sec"]);
    assert_eq!(kinds(&site, "sec"), ["sign-off.asked", "rollback.started", "rollback.finished"]);
}

#[test]
fn only_a_merge_commit_of_a_member_who_did_not_ask_signs() {
    let site = shop(HELD);
    site.clone("b");
    let branch = asked(&site);
    let begin = site.id("remote", "main");
    let again = |site: &Site| site.sh("remote", &format!("git update-ref refs/heads/main {begin}"));
    let reset = |site: &Site| site.sh("a", &format!("git reset -q --hard {begin}"));
    // Whoever isn't of the team.
    merge(&site, "b", &branch, "Eve", "eve@example.com");
    assert_eq!(checked(&site), 4);
    again(&site);
    reset(&site);
    // Whoever asked, though they were a member.
    merge(&site, "b", &branch, "Sam", "sam@example.com");
    assert_eq!(checked(&site), 4);
    again(&site);
    reset(&site);
    // Squashed, rebased or moved forward, it bears the name of who offered it.
    for how in [
        "merge -q --squash origin/BRANCH && git commit -qm squashed",
        "cherry-pick origin/BRANCH",
        "rebase -q origin/main origin/BRANCH",
    ] {
        let how = how.replace("BRANCH", &branch);
        site.sh("b", "git fetch -q && git reset -q --hard origin/main");
        let mina = "export GIT_AUTHOR_NAME=Mina GIT_AUTHOR_EMAIL=mina@example.com GIT_COMMITTER_NAME=Mina GIT_COMMITTER_EMAIL=mina@example.com";
        site.sh("b", &format!("{mina}; git {how} && git push -q origin HEAD:main"));
        assert_eq!(checked(&site), 4, "{how}");
        again(&site);
        reset(&site);
    }
    // One that was changed since.
    merge(&site, "b", &branch, "Mina", "mina@example.com");
    assert_eq!(checked(&site), 0);
    let file = site.sh("a", "git ls-files services/shop/sign-offs");
    let text = site.read("a", &file);
    site.put("a", &file, &text.replace("prod is down", "prod is on fire"));
    assert_eq!(site.run("a", "rollback-check shop 1.1.0 --env prod").code, 4);
    site.sh("a", "git commit -qam changed && git push -q");
    assert_eq!(checked(&site), 4, "a changed file is no longer what was merged");
}

#[test]
fn a_member_who_asked_does_not_sign_by_merging() {
    let site = shop(HELD);
    site.clone("b");
    site.run("a", &format!("{ASK} {MINA}")).says(0, &["ASKED"]);
    let branch = site.sh("remote", "git for-each-ref --format='%(refname:short)' refs/heads/holdpoint/ask");
    merge(&site, "b", &branch, "Mina", "mina@example.com");
    assert_eq!(checked(&site), 4);
}

#[test]
fn what_cannot_be_asked_is_said() {
    let blocked = HELD.replace("high", "critical");
    let site = shop(&blocked);
    site.run("a", &format!("{ASK} {SAM}")).says(1, &["BLOCK", "a block can't be signed"]);
    assert!(record(&site.path("a")).is_empty());
    site.run("a", &format!("{ASK} {SAM} --wait 1s")).says(1, &["BLOCK"]);
    site.run("a", &format!("run shop 1.1.0 --env prod --ask --wait 1s {SAM} -- touch started"))
        .says(1, &["BLOCK"]);

    let site = shop(&HELD.replace("high", "low"));
    site.run("a", &format!("{ASK} {SAM} --wait 1s")).says(0, &["NOTHING TO ASK"]);
    site.run("a", &format!("ask shop 1.1.0 {SAM} --env nowhere")).says(3, &["nowhere"]);
    site.run("a", &format!("{ASK} {SAM} --as-of 2026-01-01")).says(2, &["--as-of is for looking"]);
}

#[test]
fn a_hold_that_is_ones_own_to_sign_does_not_go_by_waiting() {
    let own = "[[rule]]\nname = \"ours\"\nwhen = { reason = \"advisory-reopened\" }\nthen = \"hold\"\nsign = \"reliability\"\n";
    let site = shop(&format!("{HELD}{own}"));
    site.run("a", &format!("{ASK} {SAM}")).says(0, &["YOURS TO SIGN", "--as reliability"]);
    // `ask … --wait && go` must not go.
    site.run("a", &format!("{ASK} {SAM} --wait 1s")).says(1, &["YOURS TO SIGN"]);
    site.run("a", &format!("run shop 1.1.0 --env prod --ask --wait 1s {SAM} -- touch started"))
        .says(4, &["HOLD"]);
    assert!(!site.path("a").join("started").exists());
}

#[test]
fn without_a_branch_it_is_asked_all_the_same_and_said_why_there_is_none() {
    // In one file.
    let site = shop_of(|site| format!("{}{}", super::place::ROUTES, file(site, "sre")) + &file(site, "sec"));
    let all = site.read("a", "holdpoint.toml") + &site.read("a", "services/shop/service.toml") + HELD;
    site.sh("a", "git rm -q -r services");
    site.put("a", "holdpoint.toml", &all);
    site.sh("a", "git add -A && git commit -qm one && git push -q");
    site.run("a", &format!("{ASK} {SAM}"))
        .says(0, &["ASKED", "no branch to merge: the registry is one file"]);
    assert_eq!(kinds(&site, "sec"), ["sign-off.asked"]);

    // Not pushed.
    let site = shop(HELD);
    site.put("a", "holdpoint.toml", &site.read("a", "holdpoint.toml").replace("\"push\"", "\"none\""));
    site.run("a", &format!("{ASK} {SAM}"))
        .says(0, &["ASKED", "no branch to merge: acts of this registry aren't pushed"]);

    // No remote.
    let site = shop(HELD);
    site.sh("a", "git remote remove origin");
    let done = site.run("a", &format!("{ASK} {SAM}"));
    done.says(0, &["ASKED", "no branch to merge: "]);
    assert_eq!(kinds(&site, "sec"), ["sign-off.asked"], "{}", done.all());
}

#[test]
fn a_wait_that_is_over_ends_with_1_and_what_was_asked_stays_asked() {
    let site = shop(HELD);
    let done = site.run("a", &format!("{ASK} {SAM} --wait 0s --poll 10ms"));
    done.says(1, &["NO ANSWER", "what was asked stays asked"]);
    assert_eq!(kinds(&site, "sec"), ["sign-off.asked"]);
    let started = format!("run shop 1.1.0 --env prod --ask --wait 0s --poll 10ms {SAM} -- touch started");
    site.run("a", &started).says(4, &["nobody signed, so nothing is started", "HOLD"]);
    assert!(!site.path("a").join("started").exists());
}

#[test]
fn a_run_that_asks_starts_its_command_once_it_is_signed() {
    let site = shop(HELD);
    site.clone("b");
    let line = format!("run shop 1.1.0 --env prod --ask {SAM} -- touch started");
    let waiting = Waiting::of(&site, "a", &line);
    assert!(!site.path("a").join("started").exists());
    let branch = waiting.branch(&site);
    merge(&site, "b", &branch, "Mina", "mina@example.com");
    waiting.ends().says(0, &["SIGNED", "DONE"]);
    assert!(site.path("a").join("started").exists());
    assert_eq!(kinds(&site, "sec"), ["sign-off.asked", "rollback.started", "rollback.finished"]);
    super::place::all_told(&site);
}

#[test]
fn a_sign_off_by_command_in_another_clone_ends_the_wait_too() {
    let site = shop(HELD);
    site.clone("b");
    let waiting = Waiting::of(&site, "a", &format!("{ASK} {SAM}"));
    site.sh("b", "git pull -q");
    let sign = "sign-off shop 1.1.0 --env prod --accept CVE-1 --as security --reason \"seen\"";
    site.run("b", &format!("{sign} {MINA}")).pushed();
    waiting.ends().says(0, &["SIGNED", "signed by Mina <mina@example.com>"]);
}

#[test]
fn what_this_clone_has_of_its_own_is_not_thrown_away_by_the_answer() {
    let site = shop(HELD);
    site.clone("b");
    let waiting = Waiting::of(&site, "a", &format!("{ASK} {SAM}"));
    site.put("a", "notes.md", "mine\n");
    site.sh("a", "git add notes.md && git commit -qm mine");
    let branch = waiting.branch(&site);
    merge(&site, "b", &branch, "Mina", "mina@example.com");
    waiting.ends().says(1, &["SIGNED ELSEWHERE", "holdpoint sync"]);
    assert_eq!(fs::read_to_string(site.path("a").join("notes.md")).unwrap(), "mine\n");
    site.run("a", &flag("CVE-9")).says(0, &[]);
}

/// The least that a rule can say.
const CALM: &str = "[[rule]]\nname = \"calm\"\nwhen = { reason = \"advisory-reopened\", severity = \"high\" }\n\
                    then = \"hold\"\nif_silent = \"proceed\"\nsilent_after = \"1m\"\n";

#[test]
fn only_a_team_that_was_told_can_be_silent() {
    let calm = format!("{HELD}{CALM}");
    let now = format!("{ASK} {SAM} --wait 0s --poll 10ms");
    let goes_on = "if nobody answers, it goes on at ";
    shop(&calm).run("a", &now).says(1, &[goes_on, "NO ANSWER"]);
    // No time to tell anybody.
    let done = shop(&calm).run("a", &format!("{now} --tell-timeout 0s"));
    assert!(done.code == 1 && !done.all().contains(goes_on), "{}", done.all());
    // Only the other team hears of it.
    let site = shop_of(|site| {
        let routes = "[[notify]]\non = [\"*\"]\nteam = \"sre\"\nto = [\"sre\"]\n";
        format!("{routes}{}{calm}", file(site, "sre"))
    });
    let done = site.run("a", &now);
    assert!(done.code == 1 && !done.all().contains(goes_on), "{}", done.all());
    done.says(1, &["NOT TOLD sec: no route leads there"]);
    assert_eq!(kinds(&site, "sre"), ["sign-off.asked"]);
    // It can't be written to.
    let site = shop_of(|site| {
        let sink = file(site, "sec").replace("sec.jsonl", "no/folder");
        format!("{}{}{sink}{calm}", super::place::ROUTES, file(site, "sre"))
    });
    let done = site.run("a", &now);
    assert!(done.code == 1 && !done.all().contains(goes_on), "{}", done.all());
}

#[test]
#[ignore = "takes the minute that is the least a rule can say; .ci/soak runs it"]
fn silence_signs_by_rule_leaves_a_debt_and_is_told() {
    let site = shop(&format!("{HELD}{CALM}"));
    let line = format!("run shop 1.1.0 --env prod --ask --wait 5m --poll 100ms {SAM} -- touch started");
    site.run("a", &line).says(0, &["SILENCE", "nobody answered, and a rule lets it go on then", "DONE"]);
    assert!(site.path("a").join("started").exists());
    let debts = site.sh("a", "git ls-files services/shop/debts");
    assert_eq!(debts.lines().count(), 1, "{debts}");
    let sign_off = site.sh("a", "cat services/shop/sign-offs/security/*.toml");
    for part in ["by = \"rule calm\"", "known = \"policy\"", "rule = \"calm\""] {
        assert!(sign_off.contains(part), "no {part}: {sign_off}");
    }
    assert_eq!(
        kinds(&site, "sec"),
        ["sign-off.asked", "sign-off.given", "rollback.started", "rollback.finished"]
    );
    super::place::all_told(&site);
}
