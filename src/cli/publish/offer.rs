//! Offering a file on a branch of its own: merging it is what counts.

use std::time::Instant;

use super::again::Base;
use super::commit::parts;
use super::wish::Wish;
use crate::cli::failure::brief;
use crate::cli::registry::Found;
use crate::cli::settings::Settings;
use crate::git::{Checkout, Far, Made, Pushed, Stand};
use crate::model::Publish;

/// A branch that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Offered {
    /// Its name.
    pub branch: String,
    /// On which remote.
    pub remote: String,
    /// The branch that it is to be merged into.
    pub into: String,
}

/// Where what is done here is published.
pub(in crate::cli) struct Out {
    pub checkout: Checkout,
    pub far: Far,
    pub stand: Stand,
}

/// Where what is done here is published. None: nowhere, or it can't be told.
pub(in crate::cli) fn way_out(found: &Found, settings: &Settings, until: Instant) -> Option<Out> {
    let wish = Wish::of(found, settings).ok()?.filter(|wish| wish.publish == Publish::Push)?;
    let checkout = Checkout::around(&found.folder, until).ok()??;
    let stand = checkout.stand(until).ok()?;
    let far = wish.far(&checkout, &stand, until).ok()?;
    Some(Out { checkout, far, stand })
}

/// Publishes a branch that holds what is published, and one file more. None: acts of this registry aren't pushed.
/// The error is why it can't be.
pub(in crate::cli) fn offer(
    found: &Found,
    settings: &Settings,
    file: (&str, &[u8]),
    branch: &str,
    message: &str,
) -> Result<Option<Offered>, String> {
    let wish = match Wish::of(found, settings) {
        Ok(Some(wish)) if wish.publish == Publish::Push => wish,
        Ok(_) => return Ok(None),
        Err(error) => return Err(brief(&error).0),
    };
    let until = Instant::now() + wish.timeout;
    let says = |failed: crate::git::Failed| failed.to_string();
    let Some(checkout) = Checkout::around(&found.folder, until).map_err(says)? else {
        return Err("the registry lies in no Git repository".into());
    };
    let stand = checkout.stand(until).map_err(says)?;
    let far = wish.far(&checkout, &stand, until).map_err(|(_, why, _)| why)?;
    let tip = checkout.fetch(&far, until).map_err(says)?;
    let tip = tip.ok_or_else(|| format!("nothing is published on {}/{} yet", far.remote, far.branch))?;
    let base = Base { id: tip, is_ours: false };
    let (path, bytes) = file;
    let files = [(path.to_owned(), Some(bytes.to_vec()))].into();
    let parts = parts(&checkout, &files, &std::collections::BTreeMap::new(), until).map_err(says)?;
    let made = Made { parents: std::slice::from_ref(&base.id), message };
    let commit = checkout.commit_on(&base.id, &parts, made, until).map_err(says)?;
    let there = Far { remote: far.remote.clone(), branch: branch.to_owned() };
    match checkout.push(&commit, &there, until) {
        Pushed::Done => Ok(Some(Offered { branch: branch.to_owned(), remote: far.remote, into: far.branch })),
        Pushed::Overtaken => Err(format!("`{branch}` is there already")),
        Pushed::Refused(why) => Err(format!("`{}` refuses: {why}", far.remote)),
        Pushed::Unreached(failed) => Err(format!("`{}` can't be reached: {failed}", far.remote)),
    }
}
