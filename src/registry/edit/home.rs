//! In which file a key of a service stands, or is to be written.

use crate::model::Name;
use crate::registry::document;
use crate::registry::edit::path::Path;
use crate::registry::tree::{EntryKind, Tree, TreeError};

/// The file of the layout for a key of `[service.NAME]`.
pub(super) fn layout_file(key: &str) -> &'static str {
    match key {
        "floor" | "support" => "security.toml",
        "running" | "ran" | "entered" | "under-way" | "settled" => "running.toml",
        _ => "service.toml",
    }
}

/// The files that may hold keys of one service, as they are now.
pub(super) struct Home<'a> {
    service: &'a Name,
    main: &'a str,
    /// The main file, then those of the folder.
    files: Vec<(String, String)>,
}

impl<'a> Home<'a> {
    /// Reads them. Bytes that aren't UTF-8 are the loader's business, which has refused them.
    pub(super) fn of(tree: &dyn Tree, main: &'a str, service: &'a Name) -> Result<Home<'a>, TreeError> {
        let folder = format!("services/{service}");
        let mut paths = vec![main.to_owned()];
        for entry in tree.list(&folder)?.unwrap_or_default() {
            let counts = entry.kind == EntryKind::File && entry.name.ends_with(".toml");
            if counts && !entry.name.starts_with('.') {
                paths.push(format!("{folder}/{}", entry.name));
            }
        }
        let mut files = Vec::with_capacity(paths.len());
        for path in paths {
            let bytes = tree.read(&path)?.unwrap_or_default();
            files.push((path, String::from_utf8_lossy(&bytes).into_owned()));
        }
        Ok(Home { service, main, files })
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<String> {
        self.files.iter().map(|(file, _)| file.clone()).collect()
    }

    /// The path of a key inside a file.
    pub(super) fn path<K: AsRef<str>>(&self, keys: impl IntoIterator<Item = K>) -> Path {
        keys.into_iter()
            .fold(Path::of(["service", self.service.as_str()]), |path, key| path.key(key.as_ref()))
    }

    /// The file in which `keys` stand, of several the one of the layout; None: nowhere.
    pub(super) fn stands(&self, keys: &[&str]) -> Option<&str> {
        let path = self.path(keys);
        let holds = |text: &str| path.find(&document::parse(text, &mut Vec::new()).0).is_some();
        let holding: Vec<&str> =
            self.files.iter().filter(|(_, text)| holds(text)).map(|(file, _)| file.as_str()).collect();
        let layout = keys.first().map(|key| self.in_folder(key));
        holding.iter().find(|file| layout.as_deref() == Some(**file)).or(holding.last()).copied()
    }

    /// The file to write `keys` into: where they stand, else where the first of them stands, else the layout's
    /// file if the service has files in its folder, else the main file.
    pub(super) fn file(&self, keys: &[&str]) -> String {
        let stands = self.stands(keys).or_else(|| self.stands(keys.get(..1)?));
        if let Some(file) = stands {
            return file.to_owned();
        }
        let in_main = self.files.len() == 1 && self.stands(&[]).is_some();
        match keys.first() {
            Some(key) if !in_main => self.in_folder(key),
            _ => self.main.to_owned(),
        }
    }

    fn in_folder(&self, key: &str) -> String {
        format!("services/{}/{}", self.service, layout_file(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::MemoryTree;

    #[test]
    fn keys_are_written_where_they_stand_else_where_the_layout_has_them() {
        let one = [("holdpoint.toml", "[service.x]\nfloor = '1'\n")];
        let only_flags = [one[0], ("services/x/advisories/A.toml", "[advisory.A]\n")];
        let folder =
            [("holdpoint.toml", ""), ("services/x/service.toml", "[service.x]\nrunning.prod = '1'\n")];
        let mixed = [one[0], folder[1], ("services/x/other.toml", "[[service.x.ran]]\nversion = '1'\n")];
        let cases = [
            (&one[..], &["running", "prod"][..], "holdpoint.toml"),
            (&only_flags, &["running", "prod"], "holdpoint.toml"),
            (&folder, &["running", "prod"], "services/x/service.toml"),
            (&folder, &["running", "staging"], "services/x/service.toml"),
            (&folder, &["ran"], "services/x/running.toml"),
            (&mixed, &["ran"], "services/x/other.toml"),
            (&mixed, &["floor"], "holdpoint.toml"),
            (&mixed, &["release"], "services/x/service.toml"),
        ];
        for (files, keys, want) in cases {
            let tree: MemoryTree = files.iter().copied().collect();
            let name = Name::new("x").unwrap();
            let home = Home::of(&tree, "holdpoint.toml", &name).unwrap();
            assert_eq!(home.file(keys), want, "{keys:?} in {files:?}");
        }
    }
}
