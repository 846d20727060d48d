//! The tags of a Git repository, read as releases.
//!
//! Start at [`releases`]. Tags are written by people and by pipelines, so most of the work is to tell which of
//! them are versions of this service (`name`), how those compare (`order`), and to say of every other tag why
//! it is no release: a release that is dropped silently is one that no flag can hit.
//!
//! Deliberately absent: asking Git (that is the door's business), and any guess about what isn't a tag.

mod name;
mod order;

use std::collections::BTreeMap;
use std::fmt;

use crate::model::Time;
use crate::registry::shell_word;
use crate::version::{Order, Scale, TextError, check_text};

/// One tag of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name, without `refs/tags/`.
    pub name: String,
    /// When it was made: the tagger's date, else the commit's.
    pub at: Option<Time>,
    /// What it leads to.
    pub target: Target,
}

/// What a tag leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A commit, by its id.
    Commit(String),
    /// Anything else, in Git's word: a tree, a blob, another tag.
    Other(String),
}

/// How the tags are to be read.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The order, if it isn't to be guessed.
    pub order: Option<Order>,
    /// What stands before the versions; empty: to be guessed.
    pub prefixes: &'a [String],
    /// The service, if it was named: of several things that are tagged, the one of this name is meant.
    pub service: Option<&'a str>,
    /// No release was made later.
    pub now: Time,
}

/// Tags as releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// Oldest first.
    pub releases: Vec<Release>,
    /// How they compare.
    pub order: Order,
    /// Whether the order was guessed.
    pub guessed: bool,
    /// How many versions each order places that could be guessed, and how many there are.
    pub placed: Vec<(Order, usize)>,
    /// How many tags were taken for versions.
    pub versions: usize,
    /// What stood before the versions and isn't part of them.
    pub prefixes: Vec<String>,
    /// What is tagged, where the prefix names it: the `checkout` of `checkout/v1.2.3`.
    pub thing: Option<String>,
    /// How many releases have no date that can be true.
    pub undated: usize,
    /// Every tag that is no release, with the reason.
    pub odd: Vec<Odd>,
}

/// A release, from its tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Its version: the tag without the prefix, a leading `v` as it was tagged.
    pub version: String,
    /// The tag.
    pub tag: String,
    /// When it was made.
    pub released: Option<Time>,
    /// Its commit.
    pub commit: String,
}

/// A tag that is no release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odd {
    /// Its name, as Git gives it: not to be trusted.
    pub tag: String,
    /// Why.
    pub why: Why,
}

/// Why a tag is no release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It leads to something that can't be built.
    NotACommit(String),
    /// It holds no version at all, or names a channel.
    NoVersion,
    /// It belongs to something else.
    OtherPrefix,
    /// Its version can't stand in a registry.
    BadText(TextError),
    /// The order can't place it.
    NotPlaced(Order),
    /// Another tag is the same version.
    SameVersion {
        /// The tag that counts.
        as_tag: String,
        /// Whether both lead to the same commit.
        same_commit: bool,
    },
    /// It is moved along with the releases: `v1` beside `v1.2.3`.
    Moving(String),
    /// Only its date could say where it stands, and it has none.
    NoDate,
}

impl Why {
    /// The word for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Why::NotACommit(_) => "not-a-commit",
            Why::NoVersion => "no-version",
            Why::OtherPrefix => "other-prefix",
            Why::BadText(_) => "bad-text",
            Why::NotPlaced(_) => "not-placed",
            Why::SameVersion { .. } => "same-version",
            Why::Moving(_) => "moving",
            Why::NoDate => "no-date",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::NotACommit(kind) => write!(f, "leads to a {kind}, not to a commit"),
            Why::NoVersion => f.write_str("is no version"),
            Why::OtherPrefix => f.write_str("has another prefix"),
            Why::BadText(error) => write!(f, "{error}"),
            Why::NotPlaced(order) => write!(f, "can't be ordered as {}", order.word()),
            Why::SameVersion { as_tag, same_commit: true } => write!(f, "is the same version as `{as_tag}`"),
            Why::SameVersion { as_tag, same_commit: false } => {
                write!(f, "is the same version as `{as_tag}`, on another commit")
            }
            Why::Moving(with) => write!(f, "moves along: it stands on the commit of `{with}`"),
            Why::NoDate => f.write_str("has no date, so nothing says where it stands"),
        }
    }
}

/// Why tags give no releases.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagsError {
    /// There are none.
    #[error("the repository has no tags")]
    NoTags,
    /// None of them is a version.
    #[error("none of the {} tags is a version", .0.len())]
    NoVersions(Vec<Odd>),
    /// Several things are tagged: prefixes, and how many tags each has.
    #[error("the tags are of several things: {}", listed(.0))]
    Several(Vec<(String, usize)>),
}

impl TagsError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            TagsError::NoTags => "fetch them: git fetch --tags; or leave out --from-tags".into(),
            TagsError::Several(prefixes) => {
                let first = prefixes.first().map_or("", |(prefix, _)| prefix.as_str());
                format!("say which: --tag-prefix {}, or --service NAME", shell_word(first))
            }
            TagsError::NoVersions(odd) => {
                let one = |odd: &Odd| format!("`{}` {}", odd.tag, odd.why);
                let some: Vec<String> = odd.iter().take(NAMED).map(one).collect();
                let what = "--tag-prefix says what stands before versions, --order how they compare";
                format!("{}; {what}", some.join(", "))
            }
        }
    }
}

/// How many tags a hint names.
const NAMED: usize = 3;

fn listed(prefixes: &[(String, usize)]) -> String {
    let one = |(prefix, count): &(String, usize)| format!("`{prefix}` ({count})");
    prefixes.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A tag that may be a release.
struct Candidate<'a> {
    tag: &'a Tag,
    commit: &'a str,
    version: &'a str,
}

/// Reads tags as releases.
///
/// # Errors
/// When none of them is a version, or several things are tagged and nothing says which is meant.
pub fn releases(tags: &[Tag], wish: &Wish<'_>) -> Result<Tagged, TagsError> {
    if tags.is_empty() {
        return Err(TagsError::NoTags);
    }
    let reading = name::reading(tags, wish)?;
    let mut odd = Vec::new();
    let mut candidates = Vec::new();
    for tag in tags {
        match candidate(tag, &reading, wish) {
            Ok(candidate) => candidates.push(candidate),
            Err(why) => odd.push(Odd { tag: tag.name.clone(), why }),
        }
    }
    set_aside(&mut candidates, &mut odd, moving);
    set_aside(&mut candidates, &mut odd, doubles);
    let guess = order::guess(candidates.iter().map(|candidate| candidate.version));
    let order = wish.order.unwrap_or(guess.order);
    let versions = candidates.len();
    let (releases, undated) = sorted(candidates, order, wish.now, &mut odd);
    odd.sort_by(|a, b| a.tag.cmp(&b.tag));
    if releases.is_empty() {
        return Err(TagsError::NoVersions(odd));
    }
    let guessed = wish.order.is_none();
    let (prefixes, thing) = (reading.prefixes, reading.thing);
    Ok(Tagged { releases, order, guessed, placed: guess.placed, versions, prefixes, thing, undated, odd })
}

fn candidate<'a>(tag: &'a Tag, reading: &name::Reading, wish: &Wish<'_>) -> Result<Candidate<'a>, Why> {
    let commit = match &tag.target {
        Target::Commit(id) => id,
        Target::Other(kind) => return Err(Why::NotACommit(kind.clone())),
    };
    let version = reading.version(&tag.name, wish.order == Some(Order::Listed))?;
    check_text(version).map_err(Why::BadText)?;
    Ok(Candidate { tag, commit, version })
}

/// Takes out the candidates that `why` has a reason against.
fn set_aside<'a>(
    candidates: &mut Vec<Candidate<'a>>,
    odd: &mut Vec<Odd>,
    find: fn(&[Candidate<'a>]) -> BTreeMap<usize, Why>,
) {
    let mut found = find(candidates);
    let mut index = 0;
    candidates.retain(|candidate| {
        let why = found.remove(&index);
        index += 1;
        let stays = why.is_none();
        odd.extend(why.map(|why| Odd { tag: candidate.tag.name.clone(), why }));
        stays
    });
}

/// Tags such as `v1` and `v1.2` that stand on the commit of a `v1.2.3`: they are moved with every release.
fn moving(candidates: &[Candidate<'_>]) -> BTreeMap<usize, Why> {
    let mut by_place: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        by_place.entry((candidate.commit, bare(candidate.version))).or_default().push(index);
    }
    let mut found = BTreeMap::new();
    for candidate in candidates {
        let version = bare(candidate.version);
        let shorter = version.match_indices('.').map(|(at, _)| &version[..at]);
        for index in shorter.filter_map(|short| by_place.get(&(candidate.commit, short))).flatten() {
            found.insert(*index, Why::Moving(candidate.tag.name.clone()));
        }
    }
    found
}

/// Tags that are the same version but for a `v`: the spelling that most tags have counts.
fn doubles(candidates: &[Candidate<'_>]) -> BTreeMap<usize, Why> {
    let with_v = candidates.iter().filter(|candidate| has_v(candidate.version)).count();
    let mostly_v = with_v * 2 > candidates.len();
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let Some(&other) = first.get(bare(candidate.version)) else {
            first.insert(bare(candidate.version), index);
            continue;
        };
        let usual = |index: usize| has_v(candidates[index].version) == mostly_v;
        let (counts, double) = if usual(index) && !usual(other) { (index, other) } else { (other, index) };
        first.insert(bare(candidate.version), counts);
        let (as_tag, same_commit) =
            (candidates[counts].tag.name.clone(), candidates[counts].commit == candidates[double].commit);
        found.insert(double, Why::SameVersion { as_tag, same_commit });
    }
    found
}

/// The version without the `v` that people write or don't.
fn bare(version: &str) -> &str {
    version.strip_prefix(['v', 'V']).unwrap_or(version)
}

fn has_v(version: &str) -> bool {
    version.starts_with(['v', 'V'])
}

/// The releases in their order, oldest first, and how many of them have no date that can be true.
fn sorted(
    candidates: Vec<Candidate<'_>>,
    order: Order,
    now: Time,
    odd: &mut Vec<Odd>,
) -> (Vec<Release>, usize) {
    let scale = Scale::new(order);
    let mut placed = Vec::new();
    for candidate in candidates {
        let place = scale.place(candidate.version);
        let why = match (order, candidate.tag.at) {
            (Order::Listed, None) => Some(Why::NoDate),
            (Order::Listed, Some(_)) => None,
            _ if place.is_none() => Some(Why::NotPlaced(order)),
            _ => None,
        };
        match why {
            Some(why) => odd.push(Odd { tag: candidate.tag.name.clone(), why }),
            None => placed.push((place, candidate)),
        }
    }
    placed.sort_by(|(a, one), (b, other)| {
        a.cmp(b).then_with(|| (one.tag.at, one.version).cmp(&(other.tag.at, other.version)))
    });
    let releases: Vec<Release> = placed.into_iter().map(|(_, candidate)| release(&candidate, now)).collect();
    let undated = releases.iter().filter(|release| release.released.is_none()).count();
    (releases, undated)
}

fn release(candidate: &Candidate<'_>, now: Time) -> Release {
    Release {
        version: candidate.version.to_owned(),
        tag: candidate.tag.name.clone(),
        // A date before Git's own, or one in the future, is some clock's mistake.
        released: candidate.tag.at.filter(|at| at.timestamp() > 0 && *at <= now),
        commit: candidate.commit.to_owned(),
    }
}

#[cfg(test)]
mod tests;
