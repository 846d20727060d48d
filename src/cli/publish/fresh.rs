//! How fresh the checkout is that an act is about to be decided on: what a person would want to hear before a move.

use std::time::{Duration, Instant};

use super::wish::{elsewhere, far};
use crate::cli::registry::Found;
use crate::git::{self, Checkout, Failed};
use crate::model::{Publish, Sharing};
use crate::registry::{FOLDERS, sharing};

/// How long it may take. Nothing of it goes to the network.
const AT_MOST: Duration = Duration::from_secs(5);
/// How many files are named.
const NAMED: usize = 4;

/// What is odd about this checkout: another branch than the published one, behind or ahead of what was fetched last, and
/// what isn't committed. Nothing, where the registry isn't shared.
pub(in crate::cli) fn notes(found: &Found) -> Vec<String> {
    let sharing = sharing(&found.tree(), &found.main).ok().and_then(Result::ok);
    let Some(sharing) = sharing.filter(|sharing| sharing.publish != Publish::None) else { return Vec::new() };
    // What Git can't tell is no reason to stop anybody.
    let mut notes = of_branch(found, &sharing).unwrap_or_default();
    notes.extend(uncommitted_notes(found));
    notes
}

fn of_branch(found: &Found, sharing: &Sharing) -> Result<Vec<String>, Failed> {
    let until = Instant::now() + AT_MOST;
    let mut notes = Vec::new();
    let Some(checkout) = Checkout::around(&found.folder, until)? else {
        return Ok(vec![
            "`[git]` says that acts are shared, but the registry lies in no Git repository".into(),
        ]);
    };
    let stand = checkout.stand(until)?;
    let Some(far) = far(sharing, &stand) else {
        return Ok(vec!["no branch is checked out, so nobody knows what is published".into()]);
    };
    notes.extend(elsewhere(&far, &stand));
    let tracked = checkout.tracked(&far, until)?;
    let (Some(head), Some(fetched)) = (stand.head.as_deref(), tracked) else { return Ok(notes) };
    if head == fetched {
        return Ok(notes);
    }
    let (behind, ahead) = checkout.apart(&fetched, head, until)?;
    let place = format!("{}/{}", far.remote, far.branch);
    let commits = |count: u64| if count == 1 { "1 commit".to_owned() } else { format!("{count} commits") };
    if behind > 0 {
        notes.push(format!(
            "{} of {place} that were fetched aren't here yet: holdpoint sync",
            commits(behind)
        ));
    }
    if ahead > 0 && sharing.publish == Publish::Push {
        notes.push(format!("{} made here aren't in {place} yet: holdpoint sync", commits(ahead)));
    }
    Ok(notes)
}

/// What of the registry isn't committed, so that others don't know it.
pub(in crate::cli) fn uncommitted_notes(found: &Found) -> Option<String> {
    let [services, advisories, instabilities] = FOLDERS;
    let files = git::uncommitted(&found.folder, &[&*found.main, services, advisories, instabilities])?;
    if files.is_empty() {
        return None;
    }
    let named: Vec<String> = files.iter().take(NAMED).map(|file| format!("`{file}`")).collect();
    let more = files.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let what =
        if files.iter().any(|file| is_flag(file)) { "flags that aren't committed" } else { "not committed" };
    Some(format!("{what}, so others don't know them: {}{more}", named.join(", ")))
}

/// Whether flags stand in a file: of them people ask first.
fn is_flag(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "advisories" | "instabilities"))
}
