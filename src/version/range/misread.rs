//! What other tools would read as a range and holdpoint doesn't: told from versions, with what to write
//! instead. Some of it could be read as a version (`2.0-3.0` is a pre-release of 2.0.0): taken so, the flag
//! would match nothing, and everything would read as clean.

use super::error::RangeErrorKind;
use super::parse::Bare;
use crate::version::{Order, Scale};

/// What `text`, the part after the operator `sign`, is instead of a version; `None` when nothing says so.
pub(super) fn misread(sign: &str, text: &str, scale: &Scale, bare: Bare) -> Option<RangeErrorKind> {
    let written = || format!("{sign}{text}");
    if text.contains("||") {
        return Some(RangeErrorKind::Or);
    }
    if let Some(at) = second_comparator(text) {
        let instead = format!("`{sign}{}, {}`", text[..at].trim_end(), &text[at..]);
        return Some(RangeErrorKind::MissingComma { written: written(), instead });
    }
    if is_wildcard(text) {
        return Some(RangeErrorKind::Wildcard {
            written: written(),
            instead: instead_of_wildcard(sign, text, scale.order()),
        });
    }
    let (low, high, spaced) = hyphen_range(text, scale)?;
    let may_be_version = !spaced && scale.place(text).is_some();
    // With an operator, or in `except`, the whole can only be meant as one version.
    if may_be_version && (!sign.is_empty() || bare == Bare::Exact) {
        return None;
    }
    let or_equal =
        if may_be_version { format!(", or `={text}` if that is the version") } else { String::new() };
    Some(RangeErrorKind::HyphenRange {
        written: written(),
        instead: format!("`>={low}, <={high}`{or_equal}"),
    })
}

/// What to write for an operator that isn't supported.
pub(super) fn instead_of_operator(sign: &str, version: &str, order: Order) -> String {
    let of = |wanted, keep| interval(version, keep).filter(|_| order == wanted).unwrap_or_else(both_ends);
    match sign {
        "==" | "===" if is_wildcard(version) => instead_of_wildcard("=", version, order),
        "==" | "===" => format!("`={version}`"),
        "<<" => format!("`<{version}`"),
        ">>" => format!("`>{version}`"),
        "=>" => format!("`>={version}`"),
        "=<" => format!("`<={version}`"),
        "!=" | "!" | "!==" | "<>" => {
            "what is affected in `versions`, and what is left out of it in `except`".to_owned()
        }
        "^" => of(Order::Semver, Keep::Caret),
        "~" => of(Order::Semver, Keep::Tilde),
        "~=" => of(Order::Pep440, Keep::ButLast),
        _ => both_ends(),
    }
}

fn both_ends() -> String {
    "both ends, as in `>=LOW, <HIGH`".to_owned()
}

/// Where a second comparator begins: at `<`, `>` or `=`, or at any other operator after white space.
fn second_comparator(text: &str) -> Option<usize> {
    let after_space = |at: usize| text[..at].ends_with([' ', '\t', '\n', '\r']);
    text.char_indices()
        .skip(1)
        .find(|&(at, c)| "<>=".contains(c) || "!^~".contains(c) && after_space(at))
        .map(|(at, _)| at)
}

/// Numbers, then a part that is `x`, `X` or `*`.
fn is_wildcard(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    text.split('.').find(|part| !is_number(part)).is_some_and(|part| matches!(part, "x" | "X" | "*"))
}

fn instead_of_wildcard(sign: &str, text: &str, order: Order) -> String {
    let known = text.split_once(['x', 'X', '*']).map_or("", |(known, _)| known.trim_end_matches('.'));
    match sign {
        "" | "=" if known.is_empty() => "`*` alone for all versions".to_owned(),
        "" | "=" => interval(known, Keep::All).filter(|_| order != Order::Listed).unwrap_or_else(both_ends),
        _ => "the whole version in place of the wildcard".to_owned(),
    }
}

/// Two plain versions with a hyphen between them, the first the older: both, and whether there is white
/// space about the hyphen. `1.0.0-0.3.7` is none: nobody writes a range backwards.
fn hyphen_range<'a>(text: &'a str, scale: &Scale) -> Option<(&'a str, &'a str, bool)> {
    let (low, high) = match text.split_once(" - ") {
        Some(spaced) => return Some((spaced.0.trim(), spaced.1.trim(), true)),
        None => text.split_once('-')?,
    };
    let parts = |text: &str| text.split('.').count();
    let several_parts = parts(low) > 1 && parts(high) > 1;
    let alike = match scale.order() {
        Order::Semver | Order::Pep440 => several_parts || parts(low) < 3,
        // A hyphen begins the revision, so only what looks twice the same is taken for two versions.
        Order::Debian | Order::Rpm => several_parts && parts(low) == parts(high),
        Order::Calver | Order::Listed => several_parts,
    };
    let rising = is_plain(low) && is_plain(high) && scale.place(low)? < scale.place(high)?;
    (rising && alike).then_some((low, high, false))
}

fn is_plain(text: &str) -> bool {
    text.strip_prefix('v').unwrap_or(text).split('.').all(is_number)
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// Which of its leading numbers a version keeps up to the end of the interval.
#[derive(Clone, Copy)]
enum Keep {
    /// Up to the first that isn't zero.
    Caret,
    /// The first two.
    Tilde,
    /// All that there are.
    All,
    /// All but the last, of which there must be one.
    ButLast,
}

/// ``>=1.2.3, <2``: from a version to the next that differs in what is kept.
fn interval(version: &str, keep: Keep) -> Option<String> {
    let plain = version.strip_prefix('v').unwrap_or(version);
    let core = plain.split(['-', '+']).next()?;
    let numbers = core.split('.').map(|part| part.parse().ok()).collect::<Option<Vec<u64>>>()?;
    let last = numbers.len() - 1;
    let kept = match keep {
        Keep::Caret => numbers.iter().position(|number| *number != 0).unwrap_or(last),
        Keep::Tilde => last.min(1),
        Keep::All => last,
        Keep::ButLast => last.checked_sub(1)?,
    };
    let mut next = numbers[..=kept].to_vec();
    next[kept] = next[kept].checked_add(1)?;
    let next = next.iter().map(u64::to_string).collect::<Vec<_>>().join(".");
    Some(format!("`>={version}, <{next}`"))
}
