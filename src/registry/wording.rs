//! Pieces of sentences: nearest names, quoted text of others, lists.

use std::borrow::Cow;

/// The longest stretch of other people's text that a message repeats, in characters.
const LONGEST: usize = 60;

/// Other people's text in backticks: cut to a sensible length, control characters made visible.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("`");
    for c in text.chars().take(LONGEST) {
        if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
    }
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out.push('`');
    out
}

/// The text as one word of a POSIX shell: as it is where that is safe, else in single quotes.
pub(crate) fn shell_word(text: &str) -> Cow<'_, str> {
    let safe = |c: char| c.is_ascii_alphanumeric() || "._-/:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(safe) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
}

/// The candidate that a misspelt word most likely meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.chars().count() > 2 * LONGEST {
        return None; // not a misspelling, and the distance would take its time
    }
    let word = word.to_lowercase().replace('_', "-");
    let allowed = match word.chars().count() {
        0..=1 => 0,
        2..=3 => 1,
        4..=6 => 2,
        _ => 3,
    };
    let distance = |candidate: &str| {
        let candidate = candidate.to_lowercase().replace('_', "-");
        let shortened = word.len() >= 3 && (candidate.starts_with(&word) || word.starts_with(&candidate));
        let distance = strsim::damerau_levenshtein(&word, &candidate);
        if shortened && candidate.len() >= 3 { distance.min(allowed) } else { distance }
    };
    candidates
        .into_iter()
        .map(|candidate| (distance(candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Up to three candidates that a misspelt word may have meant, nearest first.
pub(crate) fn nearest_of(word: &str, candidates: &[String]) -> Vec<String> {
    let mut near: Vec<&String> =
        candidates.iter().filter(|name| nearest(word, [name.as_str()]).is_some()).collect();
    near.sort_by_key(|name| strsim::damerau_levenshtein(word, name));
    near.into_iter().take(3).cloned().collect()
}

/// "did you mean `title`?", else the names that there are, if they are few enough to read.
pub(crate) fn meant<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
    are: &str,
) -> Option<String> {
    if let Some(nearest) = nearest(word, candidates.clone()) {
        return Some(format!("did you mean `{nearest}`?"));
    }
    let all: Vec<&str> = candidates.into_iter().collect();
    (!all.is_empty() && all.len() <= 24).then(|| format!("{are} {}", listed(&all)))
}

/// `` `a`, `b` and `c` ``.
pub(crate) fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => format!("`{}` and `{last}`", first.join("`, `")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_or_none() {
        let keys = ["title", "url", "under-way", "environment", "severity", "affects"];
        let near = |word| nearest(word, keys);
        assert_eq!(near("titel"), Some("title"));
        assert_eq!(near("under_way"), Some("under-way"));
        assert_eq!(near("env"), Some("environment"));
        assert_eq!(near("Severity"), Some("severity"));
        assert_eq!((near("x"), near("owner"), near(&"u".repeat(1000))), (None, None, None));
    }

    #[test]
    fn text_of_others_is_cut_and_made_visible() {
        assert_eq!(quoted("a\u{1b}b"), "`a\\u{1b}b`");
        assert_eq!(quoted(&"x".repeat(61)), format!("`{}…`", "x".repeat(60)));
        assert_eq!(listed(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
