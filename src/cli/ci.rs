//! What a CI says of the run that we are part of: who, and which run, under OpenTelemetry's names.
//!
//! Names: OpenTelemetry semantic conventions, `cicd.*` and `vcs.*`.

#![expect(clippy::disallowed_methods, reason = "a door: it reads the environment")]

use std::collections::BTreeMap;

use super::acting::who;

/// One CI: the variable by which it is known, those that say who, and those that say what, by their name in
/// OpenTelemetry. Of several variables for one thing the first that is set counts.
struct Ci {
    sign: &'static str,
    actor: &'static [&'static str],
    says: &'static [(&'static str, &'static str)],
}

const KNOWN: &[Ci] = &[
    Ci {
        sign: "GITHUB_ACTIONS",
        actor: &["GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"],
        says: &[
            ("cicd.pipeline.name", "GITHUB_WORKFLOW"),
            ("cicd.pipeline.run.id", "GITHUB_RUN_ID"),
            ("cicd.pipeline.task.name", "GITHUB_JOB"),
            ("vcs.repository.name", "GITHUB_REPOSITORY"),
            ("vcs.ref.head.name", "GITHUB_REF_NAME"),
            ("vcs.ref.head.revision", "GITHUB_SHA"),
        ],
    },
    Ci {
        sign: "GITLAB_CI",
        actor: &["GITLAB_USER_EMAIL", "GITLAB_USER_LOGIN"],
        says: &[
            ("cicd.pipeline.name", "CI_PIPELINE_NAME"),
            ("cicd.pipeline.run.id", "CI_PIPELINE_ID"),
            ("cicd.pipeline.run.url.full", "CI_PIPELINE_URL"),
            ("cicd.pipeline.task.name", "CI_JOB_NAME"),
            ("cicd.pipeline.task.run.id", "CI_JOB_ID"),
            ("cicd.pipeline.task.run.url.full", "CI_JOB_URL"),
            ("vcs.change.id", "CI_MERGE_REQUEST_IID"),
            ("vcs.repository.url.full", "CI_PROJECT_URL"),
            ("vcs.ref.head.name", "CI_COMMIT_REF_NAME"),
            ("vcs.ref.head.revision", "CI_COMMIT_SHA"),
        ],
    },
    Ci {
        sign: "JENKINS_URL",
        actor: &["BUILD_USER_EMAIL", "BUILD_USER_ID"],
        says: &[
            ("cicd.pipeline.name", "JOB_NAME"),
            ("cicd.pipeline.run.id", "BUILD_NUMBER"),
            ("cicd.pipeline.run.url.full", "BUILD_URL"),
            ("vcs.change.id", "CHANGE_ID"),
            ("vcs.repository.url.full", "GIT_URL"),
            ("vcs.ref.head.name", "BRANCH_NAME"),
            ("vcs.ref.head.revision", "GIT_COMMIT"),
        ],
    },
    Ci {
        sign: "BUILDKITE",
        actor: &["BUILDKITE_BUILD_CREATOR_EMAIL", "BUILDKITE_BUILD_CREATOR"],
        says: &[
            ("cicd.pipeline.name", "BUILDKITE_PIPELINE_SLUG"),
            ("cicd.pipeline.run.id", "BUILDKITE_BUILD_ID"),
            ("cicd.pipeline.run.url.full", "BUILDKITE_BUILD_URL"),
            ("cicd.pipeline.task.run.id", "BUILDKITE_JOB_ID"),
            ("vcs.repository.url.full", "BUILDKITE_REPO"),
            ("vcs.ref.head.name", "BUILDKITE_BRANCH"),
            ("vcs.ref.head.revision", "BUILDKITE_COMMIT"),
        ],
    },
    Ci {
        sign: "CIRCLECI",
        actor: &["CIRCLE_USERNAME"],
        says: &[
            ("cicd.pipeline.run.id", "CIRCLE_WORKFLOW_ID"),
            ("cicd.pipeline.run.url.full", "CIRCLE_BUILD_URL"),
            ("cicd.pipeline.task.name", "CIRCLE_JOB"),
            ("vcs.repository.url.full", "CIRCLE_REPOSITORY_URL"),
            ("vcs.ref.head.name", "CIRCLE_BRANCH"),
            ("vcs.ref.head.revision", "CIRCLE_SHA1"),
        ],
    },
    Ci {
        sign: "TF_BUILD",
        actor: &["BUILD_REQUESTEDFOREMAIL", "BUILD_REQUESTEDFOR"],
        says: &[
            ("cicd.pipeline.name", "BUILD_DEFINITIONNAME"),
            ("cicd.pipeline.run.id", "BUILD_BUILDID"),
            ("cicd.pipeline.task.name", "SYSTEM_JOBDISPLAYNAME"),
            ("vcs.repository.url.full", "BUILD_REPOSITORY_URI"),
            ("vcs.ref.head.name", "BUILD_SOURCEBRANCHNAME"),
            ("vcs.ref.head.revision", "BUILD_SOURCEVERSION"),
        ],
    },
];

/// The run that we are part of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Run {
    /// Who made it run; None: it doesn't say.
    pub actor: Option<Box<str>>,
    /// What it says of itself.
    pub says: BTreeMap<String, String>,
}

/// The CI run that we are part of. None: we are in none that we know.
pub(super) fn run() -> Option<Run> {
    of(&|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()))
}

fn of(variable: &dyn Fn(&str) -> Option<String>) -> Option<Run> {
    let ci = KNOWN.iter().find(|ci| variable(ci.sign).is_some_and(|value| value != "false"))?;
    let says = ci.says.iter().filter_map(|(name, from)| Some(((*name).to_owned(), variable(from)?)));
    let mut says: BTreeMap<String, String> = says.collect();
    if ci.sign == "GITHUB_ACTIONS" {
        says.extend(github(variable));
    }
    let actor = ci.actor.iter().filter_map(|name| variable(name)).find_map(|actor| who(&actor).ok());
    Some(Run { actor, says })
}

/// What GitHub doesn't say in one piece.
fn github(variable: &dyn Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let (server, repository) = (variable("GITHUB_SERVER_URL"), variable("GITHUB_REPOSITORY"));
    let home = server.zip(repository).map(|(server, repository)| format!("{server}/{repository}"));
    let run =
        home.clone().zip(variable("GITHUB_RUN_ID")).map(|(home, id)| format!("{home}/actions/runs/{id}"));
    let change = variable("GITHUB_REF")
        .and_then(|name| Some(name.strip_prefix("refs/pull/")?.split('/').next()?.to_owned()));
    let all =
        [("vcs.repository.url.full", home), ("cicd.pipeline.run.url.full", run), ("vcs.change.id", change)];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &[(&str, &str)]) -> Option<Run> {
        of(&|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_run_is_known_by_its_ci_and_told_in_common_words() {
        assert_eq!(with(&[("CI", "true")]), None);
        let run = with(&[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_ACTOR", "ann"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "shop/checkout"),
            ("GITHUB_RUN_ID", "42"),
            ("GITHUB_REF", "refs/pull/7/merge"),
        ])
        .unwrap();
        assert_eq!(run.actor.as_deref(), Some("ann"));
        assert_eq!(
            run.says["cicd.pipeline.run.url.full"],
            "https://github.com/shop/checkout/actions/runs/42"
        );
        assert_eq!(run.says["vcs.change.id"], "7");
        let run =
            with(&[("GITLAB_CI", "true"), ("GITLAB_USER_LOGIN", "bob"), ("CI_PIPELINE_ID", "9")]).unwrap();
        assert_eq!((run.actor.as_deref(), &*run.says["cicd.pipeline.run.id"]), (Some("bob"), "9"));
    }

    #[test]
    fn an_actor_is_somebody_whatever_the_variable_holds() {
        let actor = |email, login| {
            let set = [("GITLAB_CI", "true"), ("GITLAB_USER_EMAIL", email), ("GITLAB_USER_LOGIN", login)];
            with(&set).unwrap().actor
        };
        assert_eq!(actor(" ann@example.com ", "ann").as_deref(), Some("ann@example.com"));
        assert_eq!(actor("ann\n\u{1b}[2J", "ann").as_deref(), Some("ann"), "the next one is asked");
        assert_eq!(actor("a\tb", "  "), None);
    }
}
