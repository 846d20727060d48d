//! Globs: over names, and over paths.

use std::fmt;

/// A glob over paths, which always matches a whole path.
///
/// `*` stands for any characters within one part of the path, `?` for one, and the part `**` for any number of
/// parts, none among them. A `/` at the end means all that is below. `clusters/prod/**` matches
/// `clusters/prod/a/b.yaml`; `*.yaml` matches only at the root, `**/*.yaml` anywhere.
#[derive(Clone, PartialEq, Eq)]
pub struct PathGlob {
    text: Box<str>,
    parts: Vec<Box<str>>,
}

/// Why a text is no [`PathGlob`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GlobError {
    /// Nothing stands there.
    #[error("is empty")]
    Empty,
    /// It begins at the root of the disk, or leads out of the tree.
    #[error("isn't a path within the tree")]
    Outside,
    /// Two `/` in a row.
    #[error("has an empty part")]
    EmptyPart,
    /// `**` beside other characters.
    #[error("has `**` beside other characters: it stands for whole parts of a path")]
    Joined,
    /// A character that other globs give a meaning.
    #[error("holds `{0}`, which has no meaning here; write two globs instead")]
    Character(char),
}

impl PathGlob {
    /// Takes `text` as a glob.
    ///
    /// # Errors
    /// When it couldn't match what it seems to mean.
    pub fn new(text: &str) -> Result<PathGlob, GlobError> {
        let whole = match text.strip_suffix('/') {
            Some(folder) => format!("{folder}/**"),
            None => text.to_owned(),
        };
        let whole = whole.strip_prefix("./").unwrap_or(&whole);
        if text.trim().is_empty() {
            return Err(GlobError::Empty);
        }
        if let Some(wrong) = whole.chars().find(|c| matches!(c, '[' | ']' | '{' | '}' | '\\')) {
            return Err(GlobError::Character(wrong));
        }
        if whole.starts_with('/') || whole.split('/').any(|part| matches!(part, "." | "..")) {
            return Err(GlobError::Outside);
        }
        if whole.split('/').any(str::is_empty) {
            return Err(GlobError::EmptyPart);
        }
        if whole.split('/').any(|part| part != "**" && part.contains("**")) {
            return Err(GlobError::Joined);
        }
        Ok(PathGlob { text: text.into(), parts: whole.split('/').map(Box::from).collect() })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches a path with `/` between the parts.
    pub fn matches(&self, path: &str) -> bool {
        let path: Vec<&str> = path.split('/').collect();
        let (mut g, mut p) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while let Some(part) = path.get(p) {
            match self.parts.get(g).map(|part| &**part) {
                Some("**") => {
                    star = Some((g, p));
                    g += 1;
                }
                Some(glob) if glob_matches(glob, part) => {
                    g += 1;
                    p += 1;
                }
                _ => {
                    // Let the last `**` take one more part, and try again behind it.
                    let Some((at, taken)) = star else { return false };
                    star = Some((at, taken + 1));
                    g = at + 1;
                    p = taken + 1;
                }
            }
        }
        self.parts.get(g..).is_none_or(|rest| rest.iter().all(|part| &**part == "**"))
    }
}

impl fmt::Debug for PathGlob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PathGlob({:?})", self.text)
    }
}

/// Whether `name` matches a glob: `*` stands for any characters, also none, `?` for exactly one byte.
///
/// Linear but for one remembered star: no pattern can hang it.
pub fn glob_matches(glob: &str, name: &str) -> bool {
    let (glob, name) = (glob.as_bytes(), name.as_bytes());
    let (mut g, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match glob.get(g) {
            Some(b'*') => {
                star = Some((g, n));
                g += 1;
            }
            Some(&byte) if byte == b'?' || byte == name[n] => {
                g += 1;
                n += 1;
            }
            _ => {
                // Let the last star take one more character, and try again behind it.
                let Some((at, taken)) = star else { return false };
                star = Some((at, taken + 1));
                g = at + 1;
                n = taken + 1;
            }
        }
    }
    glob[g..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_whole_names() {
        for (glob, name, expected) in [
            ("checkout", "checkout", true),
            ("checkout", "checkout2", false),
            ("*", "", true),
            ("pay*", "payments", true),
            ("*-eu", "prod-eu", true),
            ("*-eu", "prod-eu2", false),
            ("p?od", "prod", true),
            ("p?od", "pod", false),
            ("*a*b*", "xaxbx", true),
            ("*a*b*", "xbxax", false),
            ("", "a", false),
        ] {
            assert_eq!(glob_matches(glob, name), expected, "{glob} {name}");
        }
        assert!(!glob_matches(&"*a".repeat(40), &"a".repeat(39)));
    }

    #[test]
    fn globs_match_whole_paths() {
        for (glob, path, expected) in [
            ("clusters/prod/**", "clusters/prod/a/b.yaml", true),
            ("clusters/prod/**", "clusters/prod", true),
            ("clusters/prod/**", "clusters/prod-eu/a.yaml", false),
            ("clusters/prod/", "clusters/prod/a.yaml", true),
            ("./clusters/*/a.yaml", "clusters/x/a.yaml", true),
            ("clusters/*/a.yaml", "clusters/x/y/a.yaml", false),
            ("*.yaml", "a.yaml", true),
            ("*.yaml", "b/a.yaml", false),
            ("**/*.yaml", "a.yaml", true),
            ("**/*.yaml", "b/c/a.yaml", true),
            ("**/prod/**/values*.yaml", "x/prod/values-1.yaml", true),
            ("**/prod/**/values*.yaml", "x/prod/y/prod/z/values.yaml", true),
            ("**/prod/**/values*.yaml", "x/prod/y/other.yaml", false),
            ("**", "anything/at/all", true),
            ("ü/?.env", "ü/a.env", true),
        ] {
            assert_eq!(PathGlob::new(glob).unwrap().matches(path), expected, "{glob} {path}");
        }
        let long = PathGlob::new(&"**/a/".repeat(40)).unwrap();
        assert!(!long.matches(&"a/".repeat(39)));
    }

    #[test]
    fn a_glob_that_could_not_match_what_it_means_is_refused() {
        for (glob, error) in [
            ("", GlobError::Empty),
            (" ", GlobError::Empty),
            ("/etc/x", GlobError::Outside),
            ("../x", GlobError::Outside),
            ("a/./b", GlobError::Outside),
            ("a//b", GlobError::EmptyPart),
            ("/", GlobError::Outside),
            ("a/**.yaml", GlobError::Joined),
            ("{prod,live}/**", GlobError::Character('{')),
            ("a\\b", GlobError::Character('\\')),
        ] {
            assert_eq!(PathGlob::new(glob), Err(error), "{glob}");
        }
    }
}
