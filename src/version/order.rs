//! The names of the orders, as the registry writes them.

/// How the versions of one service compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Order {
    /// Semantic versions, read leniently: a leading `v`, one to three numeric parts.
    #[default]
    Semver,
    /// Dotted integers of any length: dates, counters.
    Calver,
    /// Python's versions, compared as `packaging` does.
    Pep440,
    /// Debian's versions, compared as `dpkg` does.
    Debian,
    /// RPM's epoch, version and release, compared as `rpm` does.
    Rpm,
    /// The order in which the releases are listed, oldest first; nothing is parsed.
    Listed,
}

impl Order {
    /// The words of the orders.
    pub const WORDS: &[&str] = &["semver", "calver", "pep440", "debian", "rpm", "listed"];

    /// Reads the word of an order, as it stands in `order = "…"`.
    pub fn from_word(word: &str) -> Option<Order> {
        Some(match word {
            "semver" => Order::Semver,
            "calver" => Order::Calver,
            "pep440" => Order::Pep440,
            "debian" => Order::Debian,
            "rpm" => Order::Rpm,
            "listed" => Order::Listed,
            _ => return None,
        })
    }

    /// The word that stands for this order.
    pub fn word(self) -> &'static str {
        match self {
            Order::Semver => "semver",
            Order::Calver => "calver",
            Order::Pep440 => "pep440",
            Order::Debian => "debian",
            Order::Rpm => "rpm",
            Order::Listed => "listed",
        }
    }
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
        for word in ["", "SemVer", " semver", "semvr", "deb", "pep-440"] {
            assert_eq!(Order::from_word(word), None);
        }
    }
}
