//! Files' names: a file is named by what it holds.
//!
//! Only the case of letters is mended (`cve-1.toml` for `[advisory.CVE-1]`, `CVE-1.TOML`): a name that differs
//! by more may as well be the right one, and a sign-off in the other key's folder is somebody's decision. A
//! symbolic link keeps its name: what it leads to may bear that of somebody else's choice.

use super::{Folder, Left, listed};
use crate::model::Id;
use crate::registry::document::{self, Map};
use crate::registry::{Tree, TreeError};

/// The old path, the new one, and what stands there.
type Rename = (String, String, Vec<u8>);

/// The files of a folder that need another name. An error is one that can't have it.
pub(super) fn renames(tree: &dyn Tree, folder: &Folder) -> Result<Vec<Result<Rename, Left>>, TreeError> {
    let entries = listed(tree, &folder.path)?;
    let mut renames = Vec::new();
    for entry in &entries {
        let Some(stem) = stem(&entry.name) else { continue };
        let from = format!("{}/{}", folder.path, entry.name);
        if entry.name.ends_with(".toml") && folder.keys_of.is_some() {
            continue; // any name will do
        }
        let Ok(Some(bytes)) = tree.read(&from) else { continue };
        let Some(name) = proper_name(folder, stem, &bytes).filter(|name| *name != entry.name) else {
            continue;
        };
        let to = format!("{}/{name}", folder.path);
        if tree.is_link(&from)? {
            let why = format!("it is a link, and should be called `{name}`");
            renames.push(Err(Left { file: from, why }));
            continue;
        }
        let rivals = entries.iter().filter(|other| other.name.eq_ignore_ascii_case(&name)).count();
        // Where case doesn't count, the new name finds the old file.
        renames.push(if rivals > 1 || tree.read(&to)?.is_some() {
            Err(Left { file: from, why: format!("it should be called `{name}`, and something is already") })
        } else {
            Ok((from, to, bytes))
        });
    }
    Ok(renames)
}

/// What stands before `.toml`, in whatever case that is written.
fn stem(name: &str) -> Option<&str> {
    let at = name.len().checked_sub(".toml".len())?;
    let (stem, suffix) = (name.get(..at)?, name.get(at..)?);
    (suffix.eq_ignore_ascii_case(".toml") && !stem.is_empty()).then_some(stem)
}

/// The name that a file should have, when what it holds leaves no doubt.
fn proper_name(folder: &Folder, stem: &str, bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (root, errors) = document::parse(text, &mut Vec::new());
    let key = only_key(&root, folder.word).filter(|_| errors.is_empty())?;
    match &folder.keys_of {
        Some(service) => (key == service.as_str()).then(|| format!("{stem}.toml")),
        None => {
            let id = Id::new(key).ok()?;
            id.as_str().eq_ignore_ascii_case(stem).then(|| format!("{id}.toml"))
        }
    }
}

/// The name of the only table `[word.NAME]` of a file that holds nothing else.
fn only_key<'a>(root: &'a Map<'_>, word: &str) -> Option<&'a str> {
    let [(table, node)] = root.entries() else { return None };
    let [(key, _)] = node.as_table()?.entries() else { return None };
    (table.text == word).then_some(&*key.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::MemoryTree;

    fn renamed(path: &str, word: &'static str, files: &[(&str, &str)]) -> Vec<String> {
        let tree: MemoryTree = files.iter().map(|(name, text)| (format!("{path}/{name}"), *text)).collect();
        let keys_of = (word == "service").then(|| crate::model::Name::new("x").unwrap());
        let folder = Folder { path: path.into(), word, keys_of };
        let said = |rename| match rename {
            Ok((from, to, _)) => format!("{from} -> {to}"),
            Err(Left { file, why }) => format!("{file}: {why}"),
        };
        renames(&tree, &folder).unwrap().into_iter().map(said).collect()
    }

    #[test]
    fn only_the_case_of_a_name_is_mended() {
        let advisories = |files: &[(&str, &str)]| renamed("a", "advisory", files);
        assert_eq!(advisories(&[("cve-1.toml", "[advisory.CVE-1]")]), ["a/cve-1.toml -> a/CVE-1.toml"]);
        assert_eq!(advisories(&[("CVE-1.Toml", "[advisory.CVE-1]")]), ["a/CVE-1.Toml -> a/CVE-1.toml"]);
        for (name, text) in [
            ("CVE-1.toml", "[advisory.CVE-1]"),
            ("CVE-2.toml", "[advisory.CVE-1]"),
            ("cve-1.toml", "[instability.CVE-1]"),
            ("cve-1.toml", "[advisory.CVE-1]\n[advisory.CVE-2]"),
            ("cve-1.toml", "[advisory.CVE-1]\n[team.x]"),
            ("cve-1.toml", "[advisory.CVE-1"),
            (".cve-1.toml", "[advisory.CVE-1]"),
            ("cve-1.md", "[advisory.CVE-1]"),
        ] {
            assert!(advisories(&[(name, text)]).is_empty(), "{name}: {text}");
        }
        let keys = |name, text| renamed("services/x", "service", &[(name, text)]);
        assert_eq!(keys("Run.TOML", "[service.x]"), ["services/x/Run.TOML -> services/x/Run.toml"]);
        assert!(keys("Run.toml", "[service.x]").is_empty() && keys("run.TOML", "[service.y]").is_empty());
    }

    #[test]
    fn a_name_that_is_taken_is_left() {
        let files = [("CVE-1.toml", "[advisory.CVE-1]"), ("cve-1.toml", "[advisory.CVE-1]")];
        let said = renamed("a", "advisory", &files);
        assert_eq!(said, ["a/cve-1.toml: it should be called `CVE-1.toml`, and something is already"]);
    }
}
