//! What lies between two commits, or between a commit and the files as they stand: which paths differ, and where two
//! histories parted.

use super::objects::{Commit, Objects, ObjectsError};
use super::program::{Unanswered, ask};

impl Objects {
    /// The paths below the registry's folder that differ between a commit and another, or what stands there now,
    /// new files among them. Whether a file says something else is still to be seen.
    ///
    /// # Errors
    /// When Git can't tell.
    pub fn changed(&self, from: &Commit, to: Option<&Commit>) -> Result<Vec<String>, ObjectsError> {
        let inside = self.inside();
        let relative = format!("--relative={inside}");
        let diff = ["-r", "-z", "--no-renames", "--name-only", "--ignore-submodules=all", &relative];
        let mut arguments = vec![if to.is_some() { "diff-tree" } else { "diff-index" }];
        // Without a folder, `--relative` would mean the one that Git is started in, which is the same.
        arguments.extend(diff.iter().take(if inside.is_empty() { 5 } else { 6 }));
        arguments.push(&from.id);
        arguments.extend(to.map(|to| to.id.as_str()));
        arguments.push("--");
        let mut paths = self.paths(&arguments)?;
        if to.is_none() {
            let folder = if inside.is_empty() { ".".to_owned() } else { format!(":(literal){inside}") };
            let new = ["ls-files", "-z", "--others", "--exclude-standard", "--", &folder];
            let new = self.paths(&new)?;
            let below = new.iter().filter_map(|path| path.strip_prefix(inside.as_str()));
            paths.extend(below.map(str::to_owned));
        }
        paths.sort();
        paths.dedup();
        Ok(paths)
    }

    /// The newest commit that two have in common. None: their histories have none, or it isn't in this clone.
    ///
    /// # Errors
    /// When Git can't be asked.
    pub fn merge_base(&self, one: &Commit, other: &Commit) -> Result<Option<Commit>, ObjectsError> {
        match ask(self.top(), &["merge-base", &one.id, &other.id]) {
            Ok(id) if !id.trim().is_empty() => self.commit(id.trim()).map(Some),
            Ok(_) => Ok(None),
            // It says nothing at all where there is none.
            Err(Unanswered::Refused(says)) if says.starts_with("it gives no reason") => Ok(None),
            Err(unanswered) => Err(self.unanswered(unanswered)),
        }
    }

    /// The registry's folder as Git wants it before a path: `""`, `ops/registry/`.
    fn inside(&self) -> String {
        let prefix = self.prefix();
        if prefix.is_empty() { prefix } else { format!("{prefix}/") }
    }

    fn paths(&self, arguments: &[&str]) -> Result<Vec<String>, ObjectsError> {
        let said = ask(self.top(), arguments).map_err(|unanswered| self.unanswered(unanswered))?;
        Ok(said.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
    }
}
