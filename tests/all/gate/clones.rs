//! What lies between two commits of a real repository, however it was cloned and whatever is in it.

use std::fs;

use super::{MANIFEST, commit, deployment, gate, json, put, repository, said, text};
use crate::repository::{sh, shell};

const BACK: &str =
    "block: checkout 2.4.1 -> 2.3.0 at clusters/prod/checkout.yaml:9: CVE-1 block, needs-other:cart hold";

#[test]
fn a_change_is_what_lies_between_where_it_parted_and_its_head() {
    let clone = repository();
    let root = clone.path();
    // What others do meanwhile is none of it.
    sh(root, "git checkout -q main");
    commit(root, "clusters/prod/cart.yaml", &deployment("cart", "1.7.0"));
    sh(root, "git checkout -q topic");
    commit(root, MANIFEST, &deployment("checkout", "2.3.0"));
    for range in ["main..topic", "main...topic", "main..", "main"] {
        let (code, of) = json(root, &format!("--diff {range}"));
        assert_eq!((code, said(&of)), (1, vec![BACK.to_owned()]), "{range}");
    }
    // From elsewhere, of the checked-out commit itself, and with nothing checked out but it.
    put(root, "sub/x", "");
    assert_eq!(json(&root.join("sub"), "--diff main..").0, 1);
    assert_eq!(
        json(
            root.parent().unwrap(),
            &format!("--diff main..topic --repo '{0}' --registry '{0}'", root.display())
        )
        .0,
        1
    );
    sh(root, "git checkout -q --detach topic && git branch -q -f topic main");
    let (code, of) = json(root, "--diff main..HEAD");
    assert_eq!((code, said(&of)), (1, vec![BACK.to_owned()]));
    // Only what is asked for.
    assert_eq!(json(root, "--diff main.. clusters/dev 'clusters/prod/ca*'").0, 0);
    assert_eq!(json(root, "--diff main.. clusters").0, 1);
    assert_eq!(json(root, "--diff main..main").0, 0);
}

#[test]
fn a_merge_commit_brings_what_its_branch_did() {
    let clone = repository();
    let root = clone.path();
    commit(root, MANIFEST, &deployment("checkout", "2.3.0"));
    // As GitHub checks out a pull request: main, with the branch merged into it.
    sh(root, "git checkout -q main");
    commit(root, "README.md", "x");
    sh(root, "git checkout -q --detach main && git merge -q --no-ff -m merged topic");
    let (code, of) = json(root, "--diff main..HEAD");
    assert_eq!((code, said(&of)), (1, vec![BACK.to_owned()]));
}

#[test]
fn a_revert_is_named_as_one() {
    let clone = repository();
    let root = clone.path();
    commit(root, MANIFEST, &deployment("checkout", "2.4.0"));
    sh(root, "git branch -q -f main && git revert --no-edit HEAD");
    let (code, of) = json(root, "--diff main..");
    // The registry says that 2.4.1 runs still: that is no way onto what was left.
    assert_eq!(
        (code, said(&of)),
        (4, vec!["hold: checkout 2.4.0 -> 2.4.1 at clusters/prod/checkout.yaml:9: INC-1 hold".to_owned()])
    );
    assert!(of["moves"][0]["answer"]["notes"].to_string().contains("judged as coming from 2.4.0"), "{of}");
    assert!(of["hints"][0]["message"].as_str().unwrap().starts_with("this reverts commit "), "{of}");
}

#[test]
fn a_shallow_clone_without_the_commit_where_they_parted_judges_nothing() {
    let clone = repository();
    let root = clone.path();
    commit(root, MANIFEST, &deployment("checkout", "2.3.0"));
    let work = tempfile::tempdir().unwrap();
    let from = format!("file://{}", root.display());
    sh(work.path(), &format!("git clone -q --depth 1 --branch topic '{from}' one"));
    let one = work.path().join("one");
    let missing = gate(&one, "--diff origin/main..HEAD");
    assert_eq!(missing.status.code(), Some(3), "{}", text(&missing));
    let fetch = "git fetch --unshallow origin '+refs/heads/main:refs/remotes/origin/main'";
    assert!(text(&missing).replace("\n  ", " ").contains(fetch), "{}", text(&missing));
    sh(&one, "git fetch -q --depth 1 origin '+refs/heads/main:refs/remotes/origin/main'");
    let apart = gate(&one, "--diff origin/main..HEAD --report-only");
    assert_eq!(apart.status.code(), Some(3), "{}", text(&apart));
    assert!(text(&apart).contains("no commit in common"), "{}", text(&apart));
    sh(&one, fetch);
    assert_eq!(json(&one, "--diff origin/main..HEAD").0, 1);
}

#[test]
fn paths_may_hold_anything_and_a_submodule_is_not_looked_into() {
    let clone = repository();
    let root = clone.path();
    let odd = "clusters/prod/größe & \"mehr\"\tx.yaml";
    commit(root, odd, &deployment("checkout", "2.4.1"));
    sh(root, "git branch -q -f main");
    commit(root, odd, &deployment("checkout", "2.3.0"));
    let id = "1".repeat(40);
    sh(
        root,
        &format!("git update-index --add --cacheinfo 160000,{id},clusters/prod/sub && git commit -q -m sub"),
    );
    let (code, of) = json(root, "--diff main..");
    assert_eq!(code, 1);
    let line = "9";
    assert_eq!(said(&of), [BACK.replace(MANIFEST, odd).replace(":9:", &format!(":{line}:"))]);
    let hints = of["hints"].to_string();
    assert!(hints.contains("the submodule clusters/prod/sub goes from nothing to 111111111111"), "{hints}");
}

#[test]
fn a_link_is_what_it_leads_to() {
    let clone = repository();
    let root = clone.path();
    put(root, "versions/a.yaml", &deployment("checkout", "2.4.1"));
    put(root, "versions/b.yaml", &deployment("checkout", "2.3.0"));
    sh(
        root,
        "cd clusters/prod && ln -s ../../versions/a.yaml now.yaml && git add -A ../.. && git commit -q -m link",
    );
    sh(
        root,
        "git branch -q -f main && cd clusters/prod && ln -sf ../../versions/b.yaml now.yaml && git commit -qam over",
    );
    let (code, of) = json(root, "--diff main..");
    assert_eq!((code, said(&of)), (1, vec![BACK.replace("checkout.yaml", "now.yaml")]));
}

#[test]
fn a_link_to_a_folder_is_all_that_the_folder_holds() {
    let clone = repository();
    let root = clone.path();
    put(root, "versions/a/checkout.yaml", &deployment("checkout", "2.4.1"));
    put(root, "versions/b/checkout.yaml", &deployment("checkout", "2.3.0"));
    sh(
        root,
        "git rm -q clusters/prod/checkout.yaml && mkdir -p clusters/prod && ln -s ../../versions/a clusters/prod/now && \
         git add -A && git commit -q -m link && git branch -q -f main",
    );
    sh(root, "ln -sfn ../../versions/b clusters/prod/now && git commit -qam over");
    let (code, of) = json(root, "--diff main..");
    assert_eq!((code, said(&of)), (1, vec![BACK.replace("prod/checkout", "prod/now/checkout")]), "{of}");
    // A folder becomes a link.
    sh(root, "git reset -q --hard main && git rm -q clusters/prod/now");
    commit(root, "clusters/prod/now/checkout.yaml", &deployment("checkout", "2.4.1"));
    sh(
        root,
        "git branch -q -f main && git rm -q -r clusters/prod/now && ln -s ../../versions/b clusters/prod/now",
    );
    sh(root, "git add -A && git commit -q -m over");
    let (code, of) = json(root, "--diff main..");
    assert_eq!((code, said(&of)), (1, vec![BACK.replace("prod/checkout", "prod/now/checkout")]), "{of}");
}

#[test]
fn paths_that_are_nowhere_look_at_nothing_and_are_refused() {
    let clone = repository();
    let root = clone.path();
    commit(root, MANIFEST, &deployment("checkout", "2.3.0"));
    let misspelt = gate(root, "--diff main.. clutsers/prod");
    assert_eq!(misspelt.status.code(), Some(3), "{}", text(&misspelt));
    assert!(text(&misspelt).contains("nothing at clutsers/prod"), "{}", text(&misspelt));
    let (code, of) = json(root, "--diff main.. clutsers/prod clusters/prod");
    assert_eq!((code, of["hints"].to_string().contains("clutsers/prod")), (1, true), "{of}");
    // As Git does, from where one stands.
    assert_eq!(json(&root.join("clusters"), "--diff main.. prod ../README.md").0, 1);
    assert_eq!(json(&root.join("clusters"), "--diff main.. clusters/prod").0, 3);
    // A variable that isn't set leaves no BASE.
    assert_eq!(gate(root, "--diff ..HEAD").status.code(), Some(2));
}

#[test]
fn what_can_not_be_read_is_not_judged_unless_it_is_to_be_passed_over() {
    let clone = repository();
    let root = clone.path();
    commit(root, "clusters/prod/broken.yaml", "kind: [\n");
    let (code, of) = json(root, "--diff main..");
    assert_eq!((code, &of["verdict"]), (3, &serde_json::Value::Null));
    assert_eq!(of["unjudged"][0]["spot"]["file"], "clusters/prod/broken.yaml");
    let (code, of) = json(root, "--diff main.. --skip-unreadable");
    assert_eq!(
        (code, of["verdict"].as_str(), of["passed_over"].as_array().unwrap().len()),
        (0, Some("allow"), 1)
    );
    // Each level of aliases is ten of the one before.
    let levels: Vec<String> = (1..12)
        .map(|level| format!("l{level}: &l{level} [{}]\n", vec![format!("*l{}", level - 1); 10].join(", ")))
        .collect();
    commit(root, "clusters/prod/broken.yaml", &format!("l0: &l0 x\n{}", levels.concat()));
    let (code, of) = json(root, "--diff main..");
    assert_eq!(code, 3, "{of}");
    assert!(of["unjudged"][0]["message"].as_str().unwrap().contains("budget"), "{of}");
}

#[test]
fn images_of_no_service_and_places_of_no_environment_are_said() {
    let clone = repository();
    let root = clone.path();
    commit(root, "clusters/prod/other.yaml", &deployment("other", "1.0.0"));
    assert_eq!(json(root, "--diff main..").0, 0);
    assert!(text(&gate(root, "--diff main..")).contains("1 image of no known service"));
    assert!(text(&gate(root, "--diff main.. -v")).contains("r.example.com/shop/other"));
    assert_eq!(json(root, "--diff main.. --require-known").0, 3);
    sh(root, "git reset -q --hard main");
    commit(root, "elsewhere/checkout.yaml", &deployment("checkout", "2.3.0"));
    let (code, of) = json(root, "--diff main..");
    assert_eq!((code, of["unjudged"][0]["kind"].as_str()), (3, Some("no-environment")), "{of}");
}

#[test]
fn a_ci_says_which_change_it_checks() {
    let clone = repository();
    let root = clone.path();
    commit(root, MANIFEST, &deployment("checkout", "2.3.0"));
    sh(root, "git update-ref refs/remotes/origin/main main");
    let run = |variables: &[(&str, &str)]| {
        let mut command = shell(root, "holdpoint gate");
        command.envs(variables.iter().copied());
        command.output().unwrap()
    };
    let github = run(&[("GITHUB_ACTIONS", "true"), ("GITHUB_BASE_REF", "main")]);
    assert_eq!(github.status.code(), Some(1), "{}", text(&github));
    let main = String::from_utf8(shell(root, "git rev-parse main").output().unwrap().stdout).unwrap();
    let gitlab = run(&[("GITLAB_CI", "true"), ("CI_MERGE_REQUEST_DIFF_BASE_SHA", main.trim())]);
    assert_eq!(gitlab.status.code(), Some(1), "{}", text(&gitlab));
    let nothing = run(&[]);
    assert_eq!(nothing.status.code(), Some(2), "{}", text(&nothing));
    // Later steps read no verdict of an earlier one.
    let output = root.join("output");
    let failed = run(&[
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_BASE_REF", "gone"),
        ("GITHUB_OUTPUT", output.to_str().unwrap()),
    ]);
    assert_eq!(failed.status.code(), Some(3), "{}", text(&failed));
    assert!(fs::read_to_string(output).unwrap().contains("unjudged"));
}
