//! Targets, their order, deadlock, and the release before.

use super::{advice, changed, now, question, with};
use holdpoint::judge::{Advice, Question, previous, survey};

fn targets(advice: &Advice<'_>) -> Vec<String> {
    let word = |target: &holdpoint::judge::Target<'_>| {
        let stay = if target.stay { "stay " } else { "" };
        format!("{stay}{} {}", target.verdict.movement.to, target.verdict.level)
    };
    advice.targets.iter().map(word).collect()
}

const UNSTABLE: &str = "[instability.INC-1]\ntitle = 't'\nseverity = 'high'\naffects = [{ service = 'shop', versions = '1.3.0' }]\n";
const INSECURE: &str = "[advisory.CVE-1]\ntitle = 't'\nseverity = 'critical'\naffects = [{ service = 'shop', versions = '<1.2.0', fixed_in = ['1.2.0'] }]\n";

#[test]
fn the_third_release_comes_first() {
    let registry = with(&format!("{UNSTABLE}{INSECURE}"));
    let advice = advice(&registry, "1.1.0");
    assert_eq!(targets(&advice), ["1.2.0 allow", "stay 1.3.0 warn", "1.0.0 block"]);
    assert!(!advice.deadlock);
}

#[test]
fn a_deadlock_is_when_nothing_helps() {
    let everywhere = INSECURE.replace("<1.2.0', fixed_in = ['1.2.0']", "<1.3.0', fixed_in = ['1.3.0']");
    let registry = with(&format!("{UNSTABLE}{everywhere}"));
    let stuck = advice(&registry, "1.2.0");
    assert!(stuck.deadlock);
    assert!(targets(&stuck)[0].starts_with("stay 1.3.0 warn"));
    // Without a flag on what runs, staying is an answer.
    let fine = with(&everywhere);
    assert!(!advice(&fine, "1.2.0").deadlock);
}

#[test]
fn pre_releases_are_offered_only_where_one_runs() {
    let more = "{ version = \"1.3.0\", released = 2026-11-10 }, { version = \"1.4.0-rc.1\" }, { version = \"1.4.0\" },";
    let registry = changed("{ version = \"1.3.0\", released = 2026-11-10 },", more, "");
    let names = targets(&advice(&registry, "1.2.0"));
    assert!(
        names.contains(&"1.4.0 allow".to_owned()) && !names.iter().any(|name| name.contains("rc")),
        "{names:?}"
    );
    let text = super::BASE
        .replace("{ version = \"1.3.0\", released = 2026-11-10 },", more)
        .replace("running = { prod = \"1.3.0\" }", "running = { prod = [\"1.3.0\", \"1.4.0-rc.1\"] }");
    let registry = super::world(&text);
    let names = targets(&advice(&registry, "1.2.0"));
    assert!(names.iter().any(|name| name.starts_with("stay 1.4.0-rc.1")), "{names:?}");
}

#[test]
fn every_release_is_a_target_of_the_survey() {
    let registry = with(&format!("{UNSTABLE}{INSECURE}"));
    let all = survey(&registry, &question("1.3.0"), now()).unwrap();
    let names: Vec<_> = all.iter().map(|target| target.verdict.movement.to.to_string()).collect();
    assert_eq!(names, ["1.2.0", "1.3.0", "1.1.0", "1.0.0"]);
}

#[test]
fn the_release_before_is_what_ran_or_the_next_older() {
    let before = |registry: &holdpoint::model::Registry, environment: &str| {
        let question = Question { to: "".into(), ..question(&format!(" in {environment}")) };
        previous(registry, &question, now()).map(|found| (found.version.to_string(), found.ran))
    };
    let registry =
        changed("running = { prod = \"1.3.0\" }", "running = { prod = \"1.3.0\", test = \"1.2.0\" }", "");
    assert_eq!(before(&registry, "prod"), Some(("1.2.0".into(), true)));
    assert_eq!(before(&registry, "test"), Some(("1.1.0".into(), false)));
    let oldest = changed("running = { prod = \"1.3.0\" }", "running = { test = \"1.0.0\" }", "");
    assert_eq!(before(&oldest, "test"), None);
}
