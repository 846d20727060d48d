//! How far an act is to go: as `[git]` says, or the command line.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::cli::failure::Refused;
use crate::cli::registry::{Found, is_named};
use crate::cli::settings::Settings;
use crate::cli::write::duration;
use crate::git::{Checkout, Far, Stand};
use crate::model::{Publish, Sharing};
use crate::registry::sharing;
use crate::report::commands::quoted;

/// How far an act goes. What every command that acts has among its options.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(in crate::cli) struct Options {
    /// How far it goes by itself, whatever `[git]` says: none, commit or push
    #[arg(long, value_name = "HOW", value_parser = how())]
    publish: Option<Publish>,

    /// How long publishing may take; what isn't pushed by then is pushed by `holdpoint sync`
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    publish_timeout: Duration,
}

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Asked {
    publish: Option<Publish>,
    timeout: Duration,
}

fn how() -> impl clap::builder::TypedValueParser<Value = Publish> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(Publish::WORDS).map(|word| Publish::from_word(&word).unwrap_or_default())
}

impl Options {
    /// From now on, so.
    pub fn begin(self, settings: &Settings) {
        let Options { publish, publish_timeout: timeout } = self;
        let _ = settings.publishing.set(Asked { publish, timeout });
    }
}

/// How far an act is to go, and where.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Wish {
    pub publish: Publish,
    pub timeout: Duration,
    pub sharing: Sharing,
}

impl Wish {
    /// What is wished for. None: that it goes no further than the files.
    ///
    /// # Errors
    /// When `[git]` has mistakes.
    pub fn of(found: &Found, settings: &Settings) -> Result<Option<Wish>> {
        let Some(asked) = settings.publishing.get().copied() else { return Ok(None) };
        if asked.publish == Some(Publish::None) {
            return Ok(None);
        }
        // Whoever loads it says why it can't be read.
        let Ok(read) = sharing(&found.tree(), &found.main) else { return Ok(None) };
        let sharing = read.map_err(Refused)?;
        let publish = asked.publish.unwrap_or(sharing.publish);
        Ok((publish != Publish::None).then_some(Wish { publish, timeout: asked.timeout, sharing }))
    }

    /// Where commits of this checkout go. The error is why none go from here: what it would be, why, and what to do.
    pub fn far(
        &self,
        checkout: &Checkout,
        stand: &Stand,
        until: Instant,
    ) -> Result<Far, (Option<Far>, String, Vec<String>)> {
        let far = match far(&self.sharing, stand) {
            Some(far) => far,
            None => return Err((None, "no branch is checked out".into(), Vec::new())),
        };
        if let Some(why) = elsewhere(&far, stand) {
            return Err((Some(far), why, Vec::new()));
        }
        match checkout.remotes(until) {
            Ok(remotes) if remotes.contains(&far.remote) => Ok(far),
            Ok(_) => {
                let next = vec![format!("git remote add {} <address>", quoted(&far.remote))];
                let why = format!("this clone has no remote `{}`", far.remote);
                Err((Some(far), why, next))
            }
            Err(failed) => Err((Some(far), failed.to_string(), Vec::new())),
        }
    }
}

/// The branch of a remote that acts are published to. None: nothing says which.
pub(in crate::cli) fn far(sharing: &Sharing, stand: &Stand) -> Option<Far> {
    let follows = stand.upstream.as_ref();
    let remote = sharing.remote.as_deref().or(follows.map(|follows| follows.remote.as_str()));
    let branch = sharing.branch.as_deref().or(follows.map(|follows| follows.branch.as_str()));
    let branch = branch.or(stand.branch.as_deref())?;
    Some(Far { remote: remote.unwrap_or("origin").to_owned(), branch: branch.to_owned() })
}

/// That another branch is checked out than the one that is published.
pub(in crate::cli) fn elsewhere(far: &Far, stand: &Stand) -> Option<String> {
    let here = stand.branch.as_deref()?;
    let follows = stand.upstream.as_ref().is_some_and(|follows| follows.branch == far.branch);
    (here != far.branch && !follows)
        .then(|| format!("`{here}` is checked out, and `{}` is what is published", far.branch))
}

/// The command that brings a checkout and what is published together.
pub(in crate::cli) fn sync_command(found: &Found, settings: &Settings) -> String {
    match is_named(settings) {
        true => format!("holdpoint sync --registry {}", quoted(found.path())),
        false => "holdpoint sync".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Upstream;

    fn stand(branch: Option<&str>, upstream: Option<(&str, &str)>) -> Stand {
        let upstream = upstream.map(|(remote, branch)| Upstream {
            remote: remote.into(),
            branch: branch.into(),
            fetched: None,
        });
        Stand { branch: branch.map(str::to_owned), head: None, upstream }
    }

    #[test]
    fn acts_go_where_the_registry_says_else_where_the_branch_goes() {
        let says = |remote: Option<&str>, branch: Option<&str>| Sharing {
            publish: Publish::Push,
            remote: remote.map(Box::from),
            branch: branch.map(Box::from),
        };
        let to = |sharing: &Sharing, stand: &Stand| {
            far(sharing, stand).map(|far| format!("{}/{}", far.remote, far.branch))
        };
        let follows = stand(Some("topic"), Some(("up", "main")));
        assert_eq!(to(&says(None, None), &follows).as_deref(), Some("up/main"));
        assert_eq!(to(&says(Some("o"), Some("b")), &follows).as_deref(), Some("o/b"));
        assert_eq!(to(&says(None, None), &stand(Some("topic"), None)).as_deref(), Some("origin/topic"));
        assert_eq!(to(&says(None, None), &stand(None, None)), None);
        assert_eq!(to(&says(None, Some("main")), &stand(None, None)).as_deref(), Some("origin/main"));
        let main = far(&says(None, Some("main")), &follows).unwrap();
        assert_eq!(elsewhere(&main, &follows), None, "it follows the published one");
        assert_eq!(elsewhere(&main, &stand(Some("main"), None)), None);
        assert_eq!(elsewhere(&main, &stand(None, None)), None);
        assert!(elsewhere(&main, &stand(Some("topic"), None)).is_some());
    }
}
