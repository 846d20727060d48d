//! Bringing a checkout from one commit to another, for what isn't of the registry: by Git, which refuses rather than
//! overwriting what somebody has changed. The registry's own files are put there as acts are, by who asks for this.

use std::time::Instant;

use super::checkout::Checkout;
use super::errand::Failed;
use super::graph::Differs;
use super::parts::{OwnIndex, Part};

/// What remains to be brought once the registry's own files are there.
#[derive(Debug)]
pub struct Rest(String);

impl Checkout {
    /// Looks whether Git would bring all but these paths of the registry from one commit to another. Nothing is
    /// changed.
    ///
    /// # Errors
    /// What stands in the way.
    pub fn could_bring(&self, from: &str, to: &str, own: &[Differs], until: Instant) -> Result<Rest, Failed> {
        let _ = self.errand(until).with(&["update-index", "-q", "--refresh"]).answer()?;
        let paths: Vec<&str> = own.iter().map(|differs| differs.path.as_str()).collect();
        let indexed = self.indexed(&paths, until)?;
        for differs in own {
            let held = indexed.get(&differs.path);
            if held != differs.before.as_ref() && held != differs.after.as_ref() {
                return Err(Failed::Refused(format!(
                    "`{}` is staged with changes of your own",
                    differs.path
                )));
            }
        }
        // As if the registry's files had been there before: Git then looks at the others only.
        let rest = self.tree_on(from, &parts(own), until)?;
        let index = OwnIndex::copied(self)?;
        self.put(Some(index.path()), &parts(own), until)?;
        let how = ["read-tree", "-m", "-u", "-n", &rest, to];
        self.errand(until).index(Some(index.path())).with(&how).run()?;
        Ok(Rest(rest))
    }

    /// Brings the index, all files but these of the registry, and the branch from one commit to another.
    ///
    /// # Errors
    /// When something stands in the way by now. The branch is where it was then.
    pub fn bring(
        &self,
        (from, to): (&str, &str),
        own: &[Differs],
        rest: &Rest,
        branch: Option<&str>,
        until: Instant,
    ) -> Result<(), Failed> {
        self.put_patiently(&parts(own), until)?;
        let _ = self.errand(until).with(&["update-index", "-q", "--refresh"]).answer()?;
        self.errand(until).with(&["read-tree", "-m", "-u", &rest.0, to]).run()?;
        let name = branch.map_or_else(|| "HEAD".to_owned(), |branch| format!("refs/heads/{branch}"));
        self.point(&name, to, Some(from), "holdpoint: brought up to what is published", until)
    }
}

/// What the second commit holds of these.
fn parts(own: &[Differs]) -> Vec<Part> {
    own.iter().map(|differs| Part { path: differs.path.clone(), held: differs.after.clone() }).collect()
}
