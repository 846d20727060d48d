//! Who works in a repository, and whether its files are as they were committed; asked of the `git` program.

use std::path::Path;

use super::program::ask;

/// Git's identity in a folder, as `Name <e-mail>`: what a commit made there would carry. None: there is no Git, or
/// nobody has said who they are; a made-up identity (of an account and a host) doesn't count.
pub fn identity(folder: &Path) -> Option<String> {
    let said = ask(folder, &["-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT"]).ok()?;
    // Behind the address stand the seconds and the zone.
    let end = said.rfind('>')?;
    let identity = said[..=end].trim();
    let address = identity.rsplit_once('<')?.1;
    (address.len() > 1).then(|| identity.to_owned())
}

/// Whether any of these paths in a folder differs from the last commit, what Git ignores, dotfiles and notes for people
/// aside. None: that can't be told.
///
/// What else stands in the folder, or beside it in the same repository, is none of the registry's business.
pub fn is_dirty(folder: &Path, paths: &[&str]) -> Option<bool> {
    uncommitted(folder, paths).map(|files| !files.is_empty())
}

/// Which files at these paths in a folder differ from the last commit; of a folder that is new as a whole, the folder.
/// None: that can't be told.
pub fn uncommitted(folder: &Path, paths: &[&str]) -> Option<Vec<String>> {
    let named: Vec<String> = paths.iter().map(|path| format!(":(literal){path}")).collect();
    let mut arguments = vec!["status", "--porcelain", "--no-renames", "-z", "--untracked-files=normal", "--"];
    arguments.extend(named.iter().map(String::as_str));
    arguments.extend([":(exclude,glob)**/.*", ":(exclude,glob)**/*.md"]);
    let said = ask(folder, &arguments).ok()?;
    let top = ask(folder, &["rev-parse", "--show-prefix"]).ok()?;
    let file = |line: &str| {
        let path = line.get(3..)?;
        Some(path.strip_prefix(top.trim_end()).unwrap_or(path).to_owned())
    };
    Some(said.split('\0').filter_map(file).collect())
}
