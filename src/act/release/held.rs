//! What is said of a release, held against what stands of it.

use chrono::SubsecRound;

use super::Request;
use crate::model::{Release, Time, format_time};

/// The keys of a release that can be said, in the order of the format.
pub(super) const KEYS: &[&str] = &["version", "released", "commit", "digests", "tags", "sbom"];

/// How one key that is said compares with what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Held {
    /// It is said already.
    Same,
    /// Nothing stands there yet.
    Nothing,
    /// Something else stands there.
    Otherwise { stands: String, given: String },
}

/// The keys that are said, each with how it compares. What isn't said contradicts nothing.
pub(super) fn against(release: &Release, request: &Request) -> Vec<(&'static str, Held)> {
    let released = request.released.map(|given| times(release.released, given));
    let commit = request.commit.as_deref().map(|given| commits(release.commit.as_deref(), given));
    let sbom = request.sbom.as_deref().map(|given| one(release.sbom.as_deref(), given, |a, b| a == b));
    let all = [
        ("released", released),
        ("commit", commit),
        ("digests", lists(&release.digests, &request.digests)),
        ("tags", lists(&release.tags, &request.tags)),
        ("sbom", sbom),
    ];
    all.into_iter().filter_map(|(key, held)| Some((key, held?))).collect()
}

fn one(stands: Option<&str>, given: &str, same: impl Fn(&str, &str) -> bool) -> Held {
    match stands {
        None => Held::Nothing,
        Some(stands) if same(stands, given) => Held::Same,
        Some(stands) => Held::Otherwise { stands: format!("`{stands}`"), given: format!("`{given}`") },
    }
}

/// Times are written to the second, so they are compared to the second.
fn times(stands: Option<Time>, given: Time) -> Held {
    let text = |time: Time| format_time(time.trunc_subsecs(0));
    one(stands.map(text).as_deref(), &text(given), |a, b| a == b)
}

/// A commit may be abbreviated on either side.
fn commits(stands: Option<&str>, given: &str) -> Held {
    const SHORTEST: usize = 7;
    let abbreviates = |a: &str, b: &str| {
        let hex = |text: &str| text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        hex(a) && hex(b) && b.to_ascii_lowercase().starts_with(&a.to_ascii_lowercase())
    };
    one(stands, given, |a, b| a == b || abbreviates(a, b) || abbreviates(b, a))
}

/// What is said must be among what stands there: an artifact more is another content.
fn lists(stands: &[Box<str>], given: &[Box<str>]) -> Option<Held> {
    let text =
        |texts: &[Box<str>]| texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ");
    Some(match (stands, given) {
        (_, []) => return None,
        ([], _) => Held::Nothing,
        _ if given.iter().all(|one| stands.contains(one)) => Held::Same,
        _ => Held::Otherwise { stands: text(stands), given: text(given) },
    })
}
