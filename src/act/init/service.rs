//! What the first service is called, when nobody says.

use crate::model::Name;

/// Names of folders that say what they hold, and not of which service.
const SAY_NOTHING: [&str; 8] =
    ["registry", "holdpoint", "holdpoint-registry", "releases", "ops", "infra", "deploy", "gitops"];
/// The name where nothing says another.
const USUAL: &str = "web";

/// The first of these names that says something, made a valid name; else `web`.
pub fn service_name<'a>(candidates: impl IntoIterator<Item = &'a str>) -> Option<Name> {
    let mut names = candidates.into_iter().filter_map(made_valid);
    names.find(|name| !SAY_NOTHING.contains(&name.as_str())).or_else(|| Name::new(USUAL).ok())
}

/// The text in lower case, with a dash for whatever can't stand in a name.
fn made_valid(text: &str) -> Option<Name> {
    let keep = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_');
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c| !keep(c)).filter(|word| !word.is_empty()).collect();
    let joined: String = words.join("-").chars().take(64).collect();
    Name::new(joined.trim_matches(['.', '_', '-'])).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_that_says_something_is_made_valid() {
        for (candidates, want) in [
            (&["Checkout Service"][..], "checkout-service"),
            (&["registry", "shop.api"], "shop.api"),
            (&["Holdpoint", "@@"], "web"),
            (&[], "web"),
            (&["--x__"], "x"),
            (&["été"], "t"),
            (&["支付", "pay"], "pay"),
        ] {
            assert_eq!(service_name(candidates.iter().copied()).unwrap().as_str(), want, "{candidates:?}");
        }
        assert_eq!(service_name(["a".repeat(300).as_str()]).unwrap().as_str().len(), 64);
    }
}
