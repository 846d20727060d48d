//! Which part of a tag's name is the version, and what stands before it.
//!
//! `v1.2.3`, `release-1.2.3`, `checkout/v1.2.3`, `checkout-1.2.3`, `go1.21`: what comes before the version says
//! what is tagged, unless it is a word such as `release`. A repository may tag several things; then nothing is
//! guessed.

use std::collections::BTreeMap;

use super::{Tag, TagsError, Target, Why, Wish};

/// What stands between a prefix and its version.
const SEPARATORS: [char; 5] = ['/', '-', '_', '@', '.'];
/// Prefixes that say nothing of what is tagged.
const NEUTRAL: [&str; 9] = ["release", "releases", "rel", "version", "ver", "v", "tag", "tags", "stable"];
/// Prefixes of what is no release, whatever number follows.
const NO_RELEASE: [&str; 10] =
    ["nightly", "daily", "canary", "snapshot", "snapshots", "backup", "archive", "tmp", "test", "wip"];
/// Names that are moved from commit to commit.
const MOVING: [&str; 12] = [
    "nightly", "daily", "canary", "snapshot", "latest", "edge", "tip", "stable", "current", "main", "master",
    "head",
];

/// How names are read.
pub(super) struct Reading {
    /// What is cut off, longest first.
    pub prefixes: Vec<String>,
    /// What is tagged, if the prefix names it.
    pub thing: Option<String>,
}

impl Reading {
    /// The version in a tag's name. `any`: what follows the prefix counts, even if it has no number.
    pub(super) fn version<'a>(&self, name: &'a str, any: bool) -> Result<&'a str, Why> {
        let cut = self.prefixes.iter().find_map(|prefix| name.strip_prefix(prefix.as_str()));
        let version = cut.filter(|version| !version.is_empty()).ok_or_else(|| other(name))?;
        match start(version) {
            Some(0) => Ok(version),
            Some(_) => Err(other(name)),
            None if any && !MOVING.contains(&&*version.to_lowercase()) => Ok(version),
            None => Err(Why::NoVersion),
        }
    }
}

/// Why a name without our prefix is no release.
fn other(name: &str) -> Why {
    match start(name) {
        Some(at) if !is_no_release(&name[..at]) => Why::OtherPrefix,
        _ => Why::NoVersion,
    }
}

/// Works out what stands before the versions.
pub(super) fn reading(tags: &[Tag], wish: &Wish<'_>) -> Result<Reading, TagsError> {
    let mut prefixes = wish.prefixes.to_vec();
    let mut thing = single(wish.prefixes).and_then(thing_of);
    if prefixes.is_empty() {
        let groups = Groups::of(tags);
        let (key, group) = groups.choose(wish.service)?;
        prefixes = group.keys().map(|prefix| (*prefix).to_owned()).collect();
        thing = thing_of(&key);
    }
    prefixes.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
    Ok(Reading { prefixes, thing })
}

fn single(prefixes: &[String]) -> Option<&str> {
    if let [prefix] = prefixes { Some(prefix) } else { None }
}

/// What a prefix names: the last word that isn't a neutral one.
fn thing_of(prefix: &str) -> Option<String> {
    let key = key(prefix);
    let word = key.rsplit(['/', '@']).next().unwrap_or_default();
    (!word.is_empty()).then(|| word.to_owned())
}

/// The tags that hold a version, by what they tag.
struct Groups<'a> {
    /// By key: the prefixes as they are written, and how many tags each has.
    by_key: BTreeMap<String, BTreeMap<&'a str, usize>>,
}

impl<'a> Groups<'a> {
    fn of(tags: &'a [Tag]) -> Groups<'a> {
        let mut by_key: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
        let commits = tags.iter().filter(|tag| matches!(tag.target, Target::Commit(_)));
        for name in commits.map(|tag| tag.name.as_str()) {
            let Some(at) = start(name) else { continue };
            let prefix = &name[..at];
            if !is_no_release(prefix) {
                *by_key.entry(key(prefix)).or_default().entry(prefix).or_default() += 1;
            }
        }
        Groups { by_key }
    }

    /// The group that the service's name names, else the one that has over half of the tags.
    fn choose(mut self, service: Option<&str>) -> Result<(String, BTreeMap<&'a str, usize>), TagsError> {
        let total: usize = self.by_key.values().map(count).sum();
        let named = service.filter(|service| self.by_key.contains_key(*service)).map(str::to_owned);
        let most = || {
            let most = self.by_key.iter().max_by_key(|(_, group)| count(group));
            most.filter(|(_, group)| count(group) * 2 > total).map(|(key, _)| key.clone())
        };
        let Some(key) = named.or_else(most) else {
            return if self.by_key.is_empty() {
                // Every tag then says for itself that it is no version.
                Ok((String::new(), BTreeMap::from([("", 0)])))
            } else {
                Err(TagsError::Several(self.shown()))
            };
        };
        let group = self.by_key.remove(&key).unwrap_or_default();
        Ok((key, group))
    }

    /// Each group by its most usual prefix, the largest first.
    fn shown(&self) -> Vec<(String, usize)> {
        let usual = |group: &BTreeMap<&str, usize>| {
            group.iter().max_by_key(|(_, count)| **count).map(|(prefix, _)| (*prefix).to_owned())
        };
        let mut shown: Vec<(String, usize)> =
            self.by_key.values().filter_map(|group| Some((usual(group)?, count(group)))).collect();
        shown.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        shown
    }
}

fn count(group: &BTreeMap<&str, usize>) -> usize {
    group.values().sum()
}

/// What a prefix says of what is tagged: in lower case, without separators at its end and neutral words.
fn key(prefix: &str) -> String {
    let lower = prefix.to_lowercase();
    let mut key = lower.trim_end_matches(SEPARATORS);
    loop {
        let at = key.rfind(SEPARATORS).map_or(0, |at| at + 1);
        if key.is_empty() || !NEUTRAL.contains(&&key[at..]) {
            return key.to_owned();
        }
        key = key[..at].trim_end_matches(SEPARATORS);
    }
}

fn is_no_release(prefix: &str) -> bool {
    NO_RELEASE.contains(&key(prefix).rsplit(SEPARATORS).next().unwrap_or_default())
}

/// Where the version begins in a name; None: it holds none.
///
/// In what follows the last `/`: at the first number that stands at the beginning or behind a separator, a `v`
/// before it included; else, in a name such as `go1.21`, behind the letters.
fn start(name: &str) -> Option<usize> {
    let base = name.rfind('/').map_or(0, |at| at + 1);
    let text = &name[base..];
    let digits = || text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at);
    let ends_word = |before: &str| before.is_empty() || before.ends_with(['-', '_', '@']);
    let behind = |at: usize| {
        let before = &text[..at];
        let without_v = before.strip_suffix(['v', 'V']).filter(|rest| ends_word(rest));
        without_v.map(str::len).or_else(|| ends_word(before).then_some(at))
    };
    let letters = || {
        let first = digits().next()?;
        let before = text[..first].trim_end_matches('.');
        before.bytes().all(|byte| byte.is_ascii_alphabetic()).then_some(first)
    };
    digits().find_map(behind).or_else(letters).map(|at| base + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_begins_where_a_person_would_say() {
        for (name, prefix) in [
            ("1.2.3", ""),
            ("v1.2.3", ""),
            ("V1", ""),
            ("release-1.2.3", "release-"),
            ("checkout/v1.2.3", "checkout/"),
            ("checkout-1.2.3", "checkout-"),
            ("checkout-v1.2.3-rc.1", "checkout-"),
            ("@shop/checkout@2.0.0", "@shop/checkout@"),
            ("releases/2024/v1.2", "releases/2024/"),
            ("log4j-2.17", "log4j-"),
            ("k8s_1.2", "k8s_"),
            ("go1.21", "go"),
            ("v.1.2", "v."),
            ("nightly-2024-01-15", "nightly-"),
            ("OpenSSL_1_1_1k", "OpenSSL_"),
        ] {
            assert_eq!(start(name).map(|at| &name[..at]), Some(prefix), "{name}");
        }
        for name in ["nightly", "latest", "checkout/latest", "", "a/", "b-side", "x.y2"] {
            assert_eq!(start(name), None, "{name}");
        }
    }

    #[test]
    fn neutral_words_say_nothing() {
        for (prefix, want) in [
            ("", ""),
            ("v.", ""),
            ("release-", ""),
            ("Release_v", ""),
            ("rel/", ""),
            ("checkout/release-", "checkout"),
            ("checkout-", "checkout"),
            ("releases/checkout/", "releases/checkout"),
            ("go", "go"),
        ] {
            assert_eq!(key(prefix), want, "{prefix}");
        }
    }
}
