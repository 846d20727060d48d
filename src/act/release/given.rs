//! What may be said of a release: digests, commits, tags and paths as people and CI give them.

/// Why something can't be said of a release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GivenError {
    /// Nothing is there, or only blanks.
    #[error("it is empty")]
    Empty,
    /// White space or a control character in it.
    #[error("it can't hold white space")]
    Blank,
    /// Only the digits of a digest.
    #[error("a digest names its algorithm; did you mean `sha256:{0}`?")]
    Bare(String),
    /// No known algorithm.
    #[error("no digest algorithm `{0}`; there are sha256, sha384, sha512 and blake3")]
    Algorithm(String),
    /// Not so many digits.
    #[error("`{algorithm}:` is followed by {wanted} hexadecimal digits, not by {got}")]
    Digits {
        /// The algorithm.
        algorithm: &'static str,
        /// How many digits it has.
        wanted: usize,
        /// What is there instead.
        got: String,
    },
    /// A path that leads elsewhere.
    #[error("it must be a path from the registry's folder and stay in it, such as `evidence/app.cdx.json`")]
    Outside,
}

/// The algorithms of digests, with the number of their hexadecimal digits.
const ALGORITHMS: [(&str, usize); 4] = [("sha256", 64), ("sha384", 96), ("sha512", 128), ("blake3", 64)];

/// Takes a digest: `sha256:…`, or an image with one behind its `@`.
///
/// # Errors
/// When it is none.
pub fn digest(text: &str) -> Result<Box<str>, GivenError> {
    let digest = text.rsplit('@').next().unwrap_or(text).trim();
    if digest.is_empty() {
        return Err(GivenError::Empty);
    }
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let Some((algorithm, digits)) = digest.split_once(':') else {
        let bare = digest.len() == 64 && is_hex(digest);
        let known = ALGORITHMS.iter().find(|(name, _)| *name == digest);
        return Err(match known {
            _ if bare => GivenError::Bare(digest.to_ascii_lowercase()),
            Some((algorithm, wanted)) => {
                GivenError::Digits { algorithm, wanted: *wanted, got: "nothing".into() }
            }
            None => GivenError::Algorithm(digest.to_owned()),
        });
    };
    let known = ALGORITHMS.iter().find(|(name, _)| *name == algorithm.to_ascii_lowercase());
    let (algorithm, wanted) = *known.ok_or_else(|| GivenError::Algorithm(algorithm.to_owned()))?;
    if digits.len() != wanted || !is_hex(digits) {
        let got = if is_hex(digits) { digits.len().to_string() } else { format!("`{digits}`") };
        return Err(GivenError::Digits { algorithm, wanted, got });
    }
    Ok(format!("{algorithm}:{}", digits.to_ascii_lowercase()).into())
}

/// Takes a commit: any one word.
///
/// # Errors
/// When it is empty or holds white space.
pub fn commit(text: &str) -> Result<Box<str>, GivenError> {
    word(text)
}

/// Takes a tag: any one word.
///
/// # Errors
/// When it is empty or holds white space.
pub fn tag(text: &str) -> Result<Box<str>, GivenError> {
    word(text)
}

fn word(text: &str) -> Result<Box<str>, GivenError> {
    if text.trim().is_empty() {
        return Err(GivenError::Empty);
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Err(GivenError::Blank)
    } else {
        Ok(text.into())
    }
}

/// Takes a path inside the registry, with `/` between its parts.
///
/// # Errors
/// When it is empty or leads out.
pub fn path_inside(text: &str) -> Result<Box<str>, GivenError> {
    if text.trim().is_empty() {
        return Err(GivenError::Empty);
    }
    let path = text.strip_prefix("./").unwrap_or(text);
    let part = |part: &str| !matches!(part, "" | "." | "..") && !part.chars().any(char::is_control);
    let drive = path.as_bytes().get(1) == Some(&b':');
    if drive || path.contains('\\') || !path.split('/').all(part) {
        Err(GivenError::Outside)
    } else {
        Ok(path.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_taken_as_ci_prints_them() {
        let hex = "0123456789abcdef".repeat(4);
        let want: Box<str> = format!("sha256:{hex}").into();
        for text in [
            format!("sha256:{hex}"),
            format!("SHA256:{}", hex.to_uppercase()),
            format!("registry.example.com:5000/shop/checkout@sha256:{hex}"),
        ] {
            assert_eq!(digest(&text), Ok(want.clone()), "{text}");
        }
        assert_eq!(digest(&hex), Err(GivenError::Bare(hex.clone())));
        assert_eq!(digest("md5:00"), Err(GivenError::Algorithm("md5".into())));
        assert_eq!(digest("latest"), Err(GivenError::Algorithm("latest".into())));
        let digits = |got: &str| GivenError::Digits { algorithm: "sha256", wanted: 64, got: got.into() };
        assert_eq!(digest("sha256:abc"), Err(digits("3")));
        assert_eq!(digest("sha256"), Err(digits("nothing")));
        assert_eq!(
            digest(&format!("sha256:{}", "g".repeat(64))),
            Err(digits(&format!("`{}`", "g".repeat(64))))
        );
        assert_eq!((digest(""), digest("x@")), (Err(GivenError::Empty), Err(GivenError::Empty)));
    }

    #[test]
    fn words_and_paths_are_one_word_and_one_path() {
        assert_eq!(
            (tag("base:debian12"), commit("9f3c2ab")),
            (Ok("base:debian12".into()), Ok("9f3c2ab".into()))
        );
        assert_eq!((tag(" "), commit("a b")), (Err(GivenError::Empty), Err(GivenError::Blank)));
        assert_eq!(path_inside("./evidence/a b.json"), Ok("evidence/a b.json".into()));
        for outside in ["/a", "../a", "a/../b", "a//b", "a/", ".", "C:/a", "a\\b", "a\nb"] {
            assert_eq!(path_inside(outside), Err(GivenError::Outside), "{outside:?}");
        }
        assert_eq!(path_inside(""), Err(GivenError::Empty));
    }
}
