//! The names of the orders, as the registry writes them.

/// How the versions of one service compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Order {
    /// Semantic versions, read leniently: a leading `v`, one to three numeric parts.
    #[default]
    Semver,
    /// Dotted integers of any length: dates, counters.
    Calver,
    /// The order in which the releases are listed, oldest first; nothing is parsed.
    Listed,
}

/// Orders that the format names and this version of holdpoint can't read yet.
const NOT_YET: &[&str] = &["pep440", "debian", "rpm"];

impl Order {
    /// The words of the orders that are supported.
    pub const WORDS: &[&str] = &["semver", "calver", "listed"];

    /// Reads the word of an order, as it stands in `order = "…"`.
    pub fn from_word(word: &str) -> Result<Order, OrderError> {
        match word {
            "semver" => Ok(Order::Semver),
            "calver" => Ok(Order::Calver),
            "listed" => Ok(Order::Listed),
            _ => Err(NOT_YET
                .iter()
                .find(|name| **name == word)
                .map_or(OrderError::Unknown, |name| OrderError::NotYet(name))),
        }
    }

    /// The word that stands for this order.
    pub fn word(self) -> &'static str {
        match self {
            Order::Semver => "semver",
            Order::Calver => "calver",
            Order::Listed => "listed",
        }
    }
}

/// Why a word names no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// The format knows the order, this version of holdpoint doesn't.
    #[error("order `{0}` is not supported yet; supported are `semver`, `calver` and `listed`")]
    NotYet(&'static str),
    /// No such order.
    #[error("no such order; supported are `semver`, `calver` and `listed`")]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip() {
        for word in Order::WORDS {
            assert_eq!(Order::from_word(word).unwrap().word(), *word);
        }
        assert_eq!(Order::default().word(), "semver");
    }

    #[test]
    fn other_words_are_refused() {
        for name in ["pep440", "debian", "rpm"] {
            let error = Order::from_word(name).unwrap_err();
            assert_eq!(error, OrderError::NotYet(name));
            assert!(error.to_string().contains(name));
        }
        for word in ["", "SemVer", " semver", "semvr"] {
            assert_eq!(Order::from_word(word), Err(OrderError::Unknown));
        }
        for message in [OrderError::Unknown.to_string(), OrderError::NotYet("rpm").to_string()] {
            assert!(Order::WORDS.iter().all(|word| message.contains(word)), "{message}");
        }
    }
}
