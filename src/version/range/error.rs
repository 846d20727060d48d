//! What can be wrong with a range, in words, and what to write instead.

use std::ops::Range;

use super::misread;
use crate::version::{Order, Scale, TextError};

/// The first mistake in a range, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct RangeError {
    /// Which of the alternatives, counted from 0.
    pub alternative: usize,
    /// The bytes within that alternative; empty where something is missing.
    pub span: Range<usize>,
    /// What is wrong.
    pub kind: RangeErrorKind,
}

impl RangeError {
    /// What there is to say of a version alone that the service's order can't place.
    pub fn not_placed(version: &str, scale: &Scale) -> RangeError {
        let kind = RangeErrorKind::not_placed(version, scale);
        RangeError { alternative: 0, span: 0..version.len(), kind }
    }

    /// What to write instead, where that can be said.
    pub fn hint(&self) -> Option<String> {
        self.kind.hint()
    }
}

/// What is wrong with a range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeErrorKind {
    /// No alternative at all.
    #[error("the list of versions is empty")]
    EmptyList,
    /// Nothing between two commas, or at an end.
    #[error("a comparator is missing")]
    EmptyComparator,
    /// The comparators leave no version; both as they were written.
    #[error("`{lower}` and `{upper}` leave no version")]
    EmptyInterval {
        /// The comparator that sets the lower end.
        lower: String,
        /// The comparator that sets the upper end.
        upper: String,
    },
    /// Nothing can come before the bound, as with the oldest listed release.
    #[error("`{bound}` leaves no version: nothing comes before it")]
    BelowAll {
        /// The comparator as it was written.
        bound: String,
    },
    /// An operator with nothing after it.
    #[error("`{operator}` has no version")]
    MissingVersion {
        /// The operator.
        operator: String,
    },
    /// An operator that other tools know and holdpoint doesn't.
    #[error("operator `{operator}` is not supported")]
    Operator {
        /// The operator as it was written.
        operator: String,
        /// What to write instead.
        instead: String,
    },
    /// `1.x`, `1.2.*`.
    #[error("wildcards such as `{written}` are not supported")]
    Wildcard {
        /// The comparator as it was written.
        written: String,
        /// What to write instead.
        instead: String,
    },
    /// `2.0 - 3.0`.
    #[error("`{written}` reads as a hyphen range, which is not supported")]
    HyphenRange {
        /// The range as it was written.
        written: String,
        /// What to write instead.
        instead: String,
    },
    /// `>=1 <2`.
    #[error("a comma is missing in `{written}`")]
    MissingComma {
        /// The comparators as they were written.
        written: String,
        /// The same with a comma.
        instead: String,
    },
    /// `<1 || >2`.
    #[error("`||` is not supported")]
    Or,
    /// A version that no version may be.
    #[error("{0}")]
    Text(TextError),
    /// A bound that the service's order can't place.
    #[error("{}", not_placed(version, *order))]
    NotPlaced {
        /// The version as it was written.
        version: String,
        /// The order of the service.
        order: Order,
        /// The listed release that is most like it.
        nearest: Option<String>,
    },
    /// In `except`: an exact version beside other comparators.
    #[error("`{version}` means exactly that version, so it must stand alone")]
    ExactNotAlone {
        /// The version as it was written.
        version: String,
    },
}

impl RangeErrorKind {
    pub(super) fn operator(sign: &str, version: &str, scale: &Scale) -> RangeErrorKind {
        let instead = misread::instead_of_operator(sign, version, scale.order());
        RangeErrorKind::Operator { operator: sign.to_owned(), instead }
    }

    pub(super) fn not_placed(version: &str, scale: &Scale) -> RangeErrorKind {
        let nearest = scale.nearest(version).map(str::to_owned);
        RangeErrorKind::NotPlaced { version: version.to_owned(), order: scale.order(), nearest }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            RangeErrorKind::EmptyList => "write `*` for all versions".to_owned(),
            RangeErrorKind::EmptyComparator => {
                "remove the spare comma, or write a comparator; `*` alone means all versions".to_owned()
            }
            RangeErrorKind::EmptyInterval { lower, upper } => {
                format!("both must hold; for either of them write a list: [\"{lower}\", \"{upper}\"]")
            }
            RangeErrorKind::BelowAll { .. } | RangeErrorKind::MissingVersion { .. } => return None,
            RangeErrorKind::Operator { instead, .. }
            | RangeErrorKind::Wildcard { instead, .. }
            | RangeErrorKind::HyphenRange { instead, .. }
            | RangeErrorKind::MissingComma { instead, .. } => format!("write {instead}"),
            RangeErrorKind::Or => "write a list of strings, any of which may match".to_owned(),
            RangeErrorKind::Text(_) => return None,
            RangeErrorKind::NotPlaced { version, order, nearest } => {
                return not_placed_hint(version, *order, nearest.as_deref());
            }
            RangeErrorKind::ExactNotAlone { version } => {
                format!("write a list with a string for each version, or `={version}` for its precedence")
            }
        })
    }
}

fn not_placed(version: &str, order: Order) -> String {
    match order {
        Order::Listed => format!("`{version}` isn't a listed release"),
        _ => format!("`{version}` can't be ordered as {}", order.word()),
    }
}

/// Whether a number has more digits than surely fit into 64 bits.
fn has_large_number(version: &str) -> bool {
    version.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > 19)
}

fn not_placed_hint(version: &str, order: Order, nearest: Option<&str>) -> Option<String> {
    match order {
        Order::Semver | Order::Pep440 if has_large_number(version) => {
            Some(format!("its numbers must be smaller than {}", u64::MAX))
        }
        Order::Semver => Some("write one to three numbers, as in `2.4.1` or `v2.4.1-rc.1`".to_owned()),
        Order::Calver => Some("write numbers with dots, as in `2024.1.15` or `2024.1.15-rc1`".to_owned()),
        Order::Pep440 => {
            Some("write a Python version, as in `2.4.1`, `2.4.1rc1` or `2.4.1.post1`".to_owned())
        }
        Order::Debian => {
            Some("write it as dpkg has it, as in `2.4.1-1` or `1:2.4.1~rc1-1`, without a `v`".to_owned())
        }
        Order::Rpm => {
            Some("write it as rpm has it, as in `2.4.1-1.el9` or `1:2.4.1~rc1-1`, without a `v`".to_owned())
        }
        Order::Listed => nearest.map(|nearest| format!("did you mean `{nearest}`?")),
    }
}

#[cfg(test)]
mod tests {
    use crate::version::{Order, RangeError, Ranges, Scale};

    fn refused(text: &str, scale: &Scale) -> RangeError {
        Ranges::parse([text], scale).expect_err(text)
    }

    #[test]
    fn mistakes_say_what_is_wrong_where_and_what_to_write() {
        let semver = Scale::new(Order::Semver);
        for (text, marked, message, hint) in [
            ("", "", "a comparator is missing", "`*` alone"),
            (" ", "", "a comparator is missing", "`*` alone"),
            (">1,", "", "a comparator is missing", "spare comma"),
            (">1,,<2", "", "a comparator is missing", "spare comma"),
            ("* , >2 , <1", ">2 , <1", "`>2` and `<1` leave no version", "[\">2\", \"<1\"]"),
            (">=2, <2", ">=2, <2", "`>=2` and `<2` leave no version", "list"),
            ("<=2, >2.0.0", "<=2, >2.0.0", "`>2.0.0` and `<=2` leave no version", "list"),
            ("2.3.9, 2.3.10", "2.3.9, 2.3.10", "`2.3.10` and `2.3.9` leave no version", "list"),
            (">=", ">=", "`>=` has no version", ""),
            ("^1.2.3", "^1.2.3", "operator `^`", "`>=1.2.3, <2`"),
            ("^0.2", "^0.2", "operator `^`", "`>=0.2, <0.3`"),
            ("~1.2.3", "~1.2.3", "operator `~`", "`>=1.2.3, <1.3`"),
            (">1, !=1.5", "!=1.5", "operator `!=`", "`except`"),
            ("==2", "==2", "operator `==`", "`=2`"),
            ("=> 2", "=> 2", "operator `=>`", "`>=2`"),
            ("~=2.1", "~=2.1", "operator `~=`", "both ends"),
            ("1.x", "1.x", "wildcards such as `1.x`", "`>=1, <2`"),
            ("1.2.*", "1.2.*", "wildcards such as `1.2.*`", "`>=1.2, <1.3`"),
            (">=1.X", ">=1.X", "wildcards such as `>=1.X`", "whole version"),
            ("2.0 - 3.0", "2.0 - 3.0", "`2.0 - 3.0` reads as a hyphen range", "`>=2.0, <=3.0`"),
            ("2.0-3.0", "2.0-3.0", "`2.0-3.0` reads as a hyphen range", "or `=2.0-3.0`"),
            (">=1 <2", ">=1 <2", "a comma is missing", "`>=1, <2`"),
            (">=1<2", ">=1<2", "a comma is missing", "`>=1, <2`"),
            ("<1 || >2", "<1 || >2", "`||` is not supported", "list"),
            (">\u{a0}1", ">\u{a0}1", "white space (U+00A0)", ""),
            ("> =1", "> =1", "can't begin with `=`", ""),
            ("1.2.3.4", "1.2.3.4", "`1.2.3.4` can't be ordered as semver", "one to three"),
            ("<latest", "<latest", "`latest` can't be ordered as semver", "one to three"),
        ] {
            let error = refused(text, &semver);
            assert_eq!(&text[error.span.clone()], marked, "{text}");
            assert!(error.to_string().contains(message), "{text}: {error}");
            assert!(error.hint().unwrap_or_default().contains(hint), "{text}: {:?}", error.hint());
        }
    }

    #[test]
    fn a_bound_must_be_listed() {
        let listed = Scale::listed(["blue", "green", "red"]);
        let error = refused("<=gren", &listed);
        assert_eq!(error.to_string(), "`gren` isn't a listed release");
        assert_eq!(error.hint().unwrap(), "did you mean `green`?");
        assert_eq!(refused("<=xyz", &listed).hint(), None);
        assert_eq!(
            refused("<blue", &listed).to_string(),
            "`<blue` leaves no version: nothing comes before it"
        );
        assert_eq!(refused(">blue, <green", &listed).to_string(), "`>blue` and `<green` leave no version");
        assert!(Ranges::parse([">red"], &listed).is_ok(), "releases to come");
    }

    #[test]
    fn calver_does_not_take_misreadings_for_suffixes() {
        let calver = Scale::new(Order::Calver);
        for text in ["2024.x", "2024.1.*", "2024.1 - 2024.3", "2024.1-2024.3", ">2024.1<2024.3", "2024-01-15"]
        {
            assert!(refused(text, &calver).hint().is_some(), "{text}");
        }
    }

    #[test]
    fn every_order_says_what_it_wants_and_what_to_write_for_its_own_operators() {
        let scale = |order| Scale::new(order);
        for (order, text, message, hint) in [
            (Order::Pep440, "<1.0~rc1", "`1.0~rc1` can't be ordered as pep440", "`2.4.1rc1`"),
            (
                Order::Pep440,
                "<1.18446744073709551616",
                "can't be ordered",
                "smaller than 18446744073709551615",
            ),
            (Order::Pep440, "~=2.1", "operator `~=`", "`>=2.1, <3`"),
            (Order::Pep440, "~=2.1.3", "operator `~=`", "`>=2.1.3, <2.2`"),
            (Order::Pep440, "~=2", "operator `~=`", "both ends"),
            (Order::Pep440, "~=1!2.1", "operator `~=`", "both ends"),
            (Order::Pep440, "==2.1.*", "operator `==`", "`>=2.1, <2.2`"),
            (Order::Pep440, "===2.1", "operator `===`", "`=2.1`"),
            (Order::Pep440, ">=1, !=1.5", "operator `!=`", "`except`"),
            (Order::Pep440, "1.0-2", "hyphen range", "or `=1.0-2`"),
            (Order::Pep440, "1.0-1.1", "hyphen range", "`>=1.0, <=1.1`"),
            (Order::Debian, "<v2.4", "`v2.4` can't be ordered as debian", "`1:2.4.1~rc1-1`"),
            (Order::Debian, "<< 1:2.0-1", "operator `<<`", "`<1:2.0-1`"),
            (Order::Debian, ">>2.0", "operator `>>`", "`>2.0`"),
            (Order::Debian, "2.0-3.0", "hyphen range", "or `=2.0-3.0`"),
            (Order::Debian, "2.0-1 - 3.0-1", "hyphen range", "`>=2.0-1, <=3.0-1`"),
            (Order::Debian, "~2.0", "operator `~`", "both ends"),
            (Order::Rpm, "=latest", "`latest` can't be ordered as rpm", "`2.4.1-1.el9`"),
            (Order::Rpm, "^2.0", "operator `^`", "both ends"),
            (Order::Rpm, "2.x", "wildcards such as `2.x`", "`>=2, <3`"),
        ] {
            let error = refused(text, &scale(order));
            assert!(error.to_string().contains(message), "{text}: {error}");
            assert!(error.hint().unwrap_or_default().contains(hint), "{text}: {:?}", error.hint());
        }
    }

    #[test]
    fn signs_inside_a_version_are_its_own() {
        for (order, texts) in [
            (Order::Pep440, ["<1!2.0", "1.2.3-4", "=1.0-2", ">=1.0+cu118, <2"]),
            (Order::Debian, ["1:2.0-1~bpo11+1", "2.4.1-1.1", "<2.4~", "=2.0-3.0"]),
            (Order::Rpm, ["1.0^git1-1.el9", "2.4.1-150400.3.5.1", ">=1.0~rc1, <1:0", "=2.0-3.0"]),
        ] {
            for text in texts {
                assert!(Ranges::parse([text], &Scale::new(order)).is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn a_version_that_only_looks_like_a_misreading_is_taken() {
        let semver = Scale::new(Order::Semver);
        for text in ["1.0.0-0.3.7", "=2.0-3.0", "2.4.0-rc.x", "1.0.0-1"] {
            assert!(Ranges::parse([text], &semver).is_ok(), "{text}");
        }
        let listed = Scale::listed(["a", "1.x", "1-2", "a<b"]);
        for text in ["1.x", ">=1-2", "=a<b"] {
            assert!(Ranges::parse([text], &listed).is_ok(), "{text}");
        }
    }

    #[test]
    fn an_exact_version_stands_alone() {
        let semver = Scale::new(Order::Semver);
        for text in ["2.3.9, 2.3.10", "2.3.9, <3"] {
            let error = Ranges::parse_except([text], &semver).unwrap_err();
            assert_eq!(&text[error.span.clone()], "2.3.9");
            assert!(error.to_string().contains("must stand alone"), "{error}");
        }
        assert!(Ranges::parse_except(["2.3.9, *"], &semver).is_ok());
    }

    #[test]
    fn lists_are_not_empty_and_mistakes_know_their_alternative() {
        let semver = Scale::new(Order::Semver);
        assert_eq!(Ranges::parse([], &semver).unwrap_err().to_string(), "the list of versions is empty");
        assert_eq!(Ranges::parse(["<1", "2", "<"], &semver).unwrap_err().alternative, 2);
    }
}
