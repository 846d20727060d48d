//! How a change of manifests is read: which place is which environment, and what else says a version.

use crate::model::{Name, Origin, PathGlob};

/// `[gate]`.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    /// Which places are which environments; the first that matches counts. Empty: they are told by their names.
    pub environments: Vec<GateEnvironment>,
    /// Lines in other files that say a version.
    pub patterns: Vec<LinePattern>,
    /// Files that are not looked at.
    pub ignore: Vec<PathGlob>,
    /// Whether an image of no known service is an error.
    pub require_known: bool,
}

/// `[[gate.environment]]`: all conditions that are given must hold; within one, any of its words.
#[derive(Debug, Clone)]
pub struct GateEnvironment {
    /// The environment.
    pub name: Name,
    /// Paths of files.
    pub paths: Vec<PathGlob>,
    /// Namespaces; `*` and `?` are allowed.
    pub namespaces: Vec<Box<str>>,
    /// Labels of workloads with their values, all of which must be there; `*` and `?` are allowed in values.
    pub labels: Vec<(Box<str>, Box<str>)>,
    /// Where it stands.
    pub origin: Origin,
}

/// `[[gate.pattern]]`: a line of such a file says a version.
#[derive(Debug, Clone)]
pub struct LinePattern {
    /// Its name.
    pub name: Box<str>,
    /// The files.
    pub files: Vec<PathGlob>,
    /// What a line looks like.
    pub find: Find,
    /// Whose version it is, where the line doesn't say it.
    pub service: Option<Name>,
    /// Where it stands.
    pub origin: Origin,
}

/// A regular expression over one line, with named groups.
#[derive(Debug, Clone)]
pub struct Find(regex_lite::Regex);

/// What a line was found to say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Line<'l> {
    /// The service, as written.
    pub service: Option<&'l str>,
    /// The image.
    pub image: Option<&'l str>,
    /// The version.
    pub version: Option<&'l str>,
    /// The digest.
    pub digest: Option<&'l str>,
    /// The environment, as written.
    pub environment: Option<&'l str>,
}

/// Why a text is no [`Find`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// More than 1,000 bytes, or more than that when it is put together.
    #[error("is too large")]
    TooLarge,
    /// Its syntax is wrong.
    #[error("is no regular expression: {0}")]
    Syntax(String),
    /// A group of another name.
    #[error("has a group `{0}`")]
    Group(String),
    /// No group says which version.
    #[error("says no version: it needs a group `version` or `digest`")]
    NoVersion,
}

impl Find {
    /// The names that groups may have.
    pub const GROUPS: &[&str] = &["service", "image", "version", "digest", "environment"];
    /// The longest text, and how large it may become: a line is matched in time of their product.
    const LONGEST: usize = 1000;
    const LARGEST: usize = 1 << 18;

    /// Takes `text` as a regular expression.
    ///
    /// # Errors
    /// When it isn't one, is too large, or its groups don't say a version.
    pub fn new(text: &str) -> Result<Find, FindError> {
        if text.len() > Self::LONGEST {
            return Err(FindError::TooLarge);
        }
        let built = regex_lite::RegexBuilder::new(text).size_limit(Self::LARGEST).build();
        let regex = built.map_err(|error| match error.to_string() {
            said if said.contains("size") => FindError::TooLarge,
            said => FindError::Syntax(said),
        })?;
        let mut names = regex.capture_names().flatten();
        if let Some(odd) = names.find(|name| !Self::GROUPS.contains(name)) {
            return Err(FindError::Group(odd.to_owned()));
        }
        let find = Find(regex);
        if find.has("version") || find.has("digest") { Ok(find) } else { Err(FindError::NoVersion) }
    }

    /// Whether it has a group of this name.
    pub fn has(&self, group: &str) -> bool {
        self.0.capture_names().flatten().any(|name| name == group)
    }

    /// What a line says, where it matches.
    pub fn line<'l>(&self, line: &'l str) -> Option<Line<'l>> {
        let captures = self.0.captures(line)?;
        let group = |name| captures.name(name).map(|found| found.as_str()).filter(|text| !text.is_empty());
        Some(Line {
            service: group("service"),
            image: group("image"),
            version: group("version"),
            digest: group("digest"),
            environment: group("environment"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_its_groups_hold() {
        let find = Find::new(r#"^(?<service>[A-Z_]+)_VERSION=(?P<version>\S+)"#).unwrap();
        let line = find.line("CHECKOUT_VERSION=2.4.1 # comment").unwrap();
        assert_eq!((line.service, line.version, line.image), (Some("CHECKOUT"), Some("2.4.1"), None));
        assert_eq!(find.line("# nothing"), None);
    }

    #[test]
    fn what_says_no_version_is_refused() {
        let error = |text: &str| Find::new(text).unwrap_err();
        assert!(matches!(error("("), FindError::Syntax(_)));
        assert_eq!(error("(?<version>a)(?<tag>b)"), FindError::Group("tag".into()));
        assert_eq!(error("(?<image>a)"), FindError::NoVersion);
        assert_eq!(error(&"a".repeat(1001)), FindError::TooLarge);
        assert_eq!(error("(?<version>(((a{100}){100}){100}))"), FindError::TooLarge);
    }
}
