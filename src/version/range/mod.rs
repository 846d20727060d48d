//! Which versions a flag affects: alternatives, each a plain interval under the service's order.
//!
//! `<2.4.0` holds everything before 2.4.0, so also `2.4.0-rc.1` and `2.3.9+build5`. [`Ranges::contains`] has
//! three answers; the third, `None`, says that a version without a place can't be compared.

mod error;
mod misread;
mod parse;

use std::cmp::Ordering;
use std::fmt;
use std::ops::Bound;

use super::scale::{Place, Scale};
pub use error::{RangeError, RangeErrorKind};
use parse::Bare;

/// Which versions a flag affects: those that any of its alternatives contains.
///
/// Two are equal when the same thing was written but for spacing, redundant comparators and the choice
/// between `2.4.0` and `=2.4.0`; `>=2` and `>=2.0.0` are different, though they contain the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranges {
    alternatives: Vec<Alternative>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Alternative {
    /// The version as written, and nothing of equal precedence beside it.
    Exact(End),
    Interval(Interval),
}

/// All places between two ends; without an end it goes on for ever. Never empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Interval {
    lower: Option<End>,
    upper: Option<End>,
}

/// One end of an interval, with the version as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    text: Box<str>,
    place: Place,
    /// Whether the end belongs to the interval.
    closed: bool,
}

impl Ranges {
    /// Reads `versions`: strings of comma-separated comparators, any of which may match.
    ///
    /// A bare version means everything of equal precedence, as `=` does.
    pub fn parse<'a>(
        alternatives: impl IntoIterator<Item = &'a str>,
        scale: &Scale,
    ) -> Result<Ranges, RangeError> {
        parse::alternatives(alternatives, scale, Bare::Precedence).map(|alternatives| Ranges { alternatives })
    }

    /// Reads `except`: as [`Ranges::parse`], but a bare version means exactly the version as written.
    pub fn parse_except<'a>(
        alternatives: impl IntoIterator<Item = &'a str>,
        scale: &Scale,
    ) -> Result<Ranges, RangeError> {
        parse::alternatives(alternatives, scale, Bare::Exact).map(|alternatives| Ranges { alternatives })
    }

    /// Whether a version is among these, given its place under the scale that these were read with.
    ///
    /// `None`: it can't be told, since the version has no place. `*` and exact versions answer all the same.
    pub fn contains(&self, version: &str, place: Option<&Place>) -> Option<bool> {
        let mut answer = Some(false);
        for alternative in &self.alternatives {
            match alternative.contains(version, place) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => answer = None,
            }
        }
        answer
    }

    /// The intervals, one for each alternative, as written; an exact version is the point where it stands.
    pub fn intervals(&self) -> impl Iterator<Item = (Bound<&Place>, Bound<&Place>)> {
        self.alternatives.iter().map(|alternative| match alternative {
            Alternative::Exact(end) => (end.bound(), end.bound()),
            Alternative::Interval(Interval { lower, upper }) => (bound(lower), bound(upper)),
        })
    }

    /// Each alternative by itself.
    pub fn each(&self) -> impl Iterator<Item = Ranges> {
        self.alternatives.iter().map(|one| Ranges { alternatives: vec![one.clone()] })
    }

    /// The upper bound that leaves a version out only because it is a build of that bound with something behind
    /// it, as `<=2.4.0` does with `2.4.0-1.el9`: the bound as written, and its place.
    pub fn just_short_of(&self, version: &str, scale: &Scale) -> Option<(&str, &Place)> {
        let bases = scale.bases(version);
        if bases.is_empty() || self.contains(version, scale.place(version).as_ref()) != Some(false) {
            return None;
        }
        let upper = |alternative| match alternative {
            &Alternative::Interval(Interval { upper: Some(ref upper), .. }) if upper.closed => Some(upper),
            _ => None,
        };
        let bound = self.alternatives.iter().filter_map(upper).find(|upper| bases.contains(&upper.place));
        bound.map(|upper| (&*upper.text, &upper.place))
    }

    /// The alternatives, each in its canonical form: what could stand in the registry in their place.
    pub fn alternatives(&self) -> impl Iterator<Item = impl fmt::Display + '_> {
        self.alternatives.iter()
    }
}

impl Alternative {
    fn contains(&self, version: &str, place: Option<&Place>) -> Option<bool> {
        match self {
            Alternative::Exact(end) => Some(&*end.text == version),
            Alternative::Interval(Interval { lower: None, upper: None }) => Some(true),
            Alternative::Interval(interval) => interval.contains(place?),
        }
    }
}

impl Interval {
    /// `None` when the place is of another order: comparing the two would make an answer up.
    fn contains(&self, place: &Place) -> Option<bool> {
        if !self.lower.iter().chain(&self.upper).all(|end| end.place.compares_with(place)) {
            return None;
        }
        let above = self.lower.as_ref().is_none_or(|lower| lower.before(place));
        Some(above && self.upper.as_ref().is_none_or(|upper| upper.after(place)))
    }

    /// The end that both sides share, as in `=2.4.0`.
    fn point(&self) -> Option<&End> {
        let (lower, upper) = (self.lower.as_ref()?, self.upper.as_ref()?);
        (lower == upper).then_some(lower)
    }
}

impl End {
    /// As a lower end: whether the place is on its inner side.
    fn before(&self, place: &Place) -> bool {
        match self.place.cmp(place) {
            Ordering::Less => true,
            Ordering::Equal => self.closed,
            Ordering::Greater => false,
        }
    }

    /// As an upper end.
    fn after(&self, place: &Place) -> bool {
        match self.place.cmp(place) {
            Ordering::Less => false,
            Ordering::Equal => self.closed,
            Ordering::Greater => true,
        }
    }

    fn bound(&self) -> Bound<&Place> {
        if self.closed { Bound::Included(&self.place) } else { Bound::Excluded(&self.place) }
    }
}

fn bound(end: &Option<End>) -> Bound<&Place> {
    end.as_ref().map_or(Bound::Unbounded, End::bound)
}

/// The alternatives in their canonical form, joined by ` or `, which no version can hold.
impl fmt::Display for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, alternative) in self.alternatives.iter().enumerate() {
            if index > 0 {
                f.write_str(" or ")?;
            }
            write!(f, "{alternative}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Alternative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Alternative::Exact(end) => f.write_str(&end.text),
            Alternative::Interval(interval) => interval.fmt(f),
        }
    }
}

/// Equal precedence prints as `=2.4.0`, which means the same in `versions` and in `except`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(point) = self.point() {
            return write!(f, "={}", point.text);
        }
        let sign = |end: &End| if end.closed { "=" } else { "" };
        match (&self.lower, &self.upper) {
            (None, None) => f.write_str("*"),
            (Some(lower), None) => write!(f, ">{}{}", sign(lower), lower.text),
            (None, Some(upper)) => write!(f, "<{}{}", sign(upper), upper.text),
            (Some(lower), Some(upper)) => {
                write!(f, ">{}{}, <{}{}", sign(lower), lower.text, sign(upper), upper.text)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::version::Order;

    fn contains(ranges: &Ranges, scale: &Scale, version: &str) -> Option<bool> {
        ranges.contains(version, scale.place(version).as_ref())
    }

    #[test]
    fn ranges_are_plain_intervals() {
        let semver = Scale::new(Order::Semver);
        for (versions, within, without) in [
            ("<2.4.0", "2.4.0-rc.1", "2.4.0"),
            ("<2.4.0", "2.3.9+build5", "v2.4"),
            (">=2.4.0", "2.4.0+b", "2.4.0-rc.1"),
            (">2.4.0", "2.4.1-0", "2.4.0+b"),
            ("<=2.4", "2.4.0+b", "2.4.1-rc.1"),
            ("2.4.0", "v2.4+b", "2.4.0-rc.1"),
            ("= 2.4", "2.4.0", "2.4.1"),
            ("*", "0-0", ""),
            (" >= 2.1.0 ,\t<2.4.0 ", "2.1", "2.4.0"),
            ("*, <2", "1", "2"),
        ] {
            let ranges = Ranges::parse([versions], &semver).unwrap();
            assert_eq!(contains(&ranges, &semver, within), Some(true), "{within} in {versions}");
            assert!(without.is_empty() || contains(&ranges, &semver, without) == Some(false), "{without}");
        }
    }

    #[test]
    fn listed_ranges_go_by_position() {
        let listed = Scale::listed(["9", "10", "2"]);
        let ranges = Ranges::parse([">9"], &listed).unwrap();
        assert_eq!(
            ["9", "10", "2"].map(|version| contains(&ranges, &listed, version) == Some(true)),
            [false, true, true]
        );
        assert_eq!(contains(&ranges, &listed, "11"), None);
    }

    #[test]
    fn except_takes_a_bare_version_as_text() {
        let semver = Scale::new(Order::Semver);
        let except = Ranges::parse_except(["2.3.9"], &semver).unwrap();
        assert_eq!(contains(&except, &semver, "2.3.9"), Some(true));
        assert_eq!(contains(&except, &semver, "2.3.9+rebuilt"), Some(false));
        assert_eq!(contains(&except, &semver, "v2.3.9"), Some(false));
        let equal = Ranges::parse_except(["=2.3.9"], &semver).unwrap();
        assert_eq!(contains(&equal, &semver, "2.3.9+rebuilt"), Some(true));
        assert_eq!(except.intervals().collect::<Vec<_>>(), equal.intervals().collect::<Vec<_>>());
    }

    #[test]
    fn a_version_without_a_place_is_a_third_answer() {
        let semver = Scale::new(Order::Semver);
        for (versions, answer) in [
            (&["<2"][..], None),
            (&["*"], Some(true)),
            (&["<2", "*"], Some(true)),
            (&["2.3.9"], Some(false)),
            (&["2.3.9", "<2"], None),
            (&["<2", "2.3.9"], None),
        ] {
            let ranges = Ranges::parse_except(versions.iter().copied(), &semver).unwrap();
            assert_eq!(contains(&ranges, &semver, "nightly"), answer, "{versions:?}");
        }
        let exact_or_less = Ranges::parse_except(["2.3.9", "<2"], &semver).unwrap();
        assert_eq!(exact_or_less.contains("2.3.9", None), Some(true));
    }

    #[test]
    fn a_place_of_another_order_is_not_compared() {
        let ranges = Ranges::parse(["<2"], &Scale::new(Order::Semver)).unwrap();
        assert_eq!(ranges.contains("1", Scale::new(Order::Calver).place("1").as_ref()), None);
    }

    #[test]
    fn a_bound_that_leaves_a_build_of_itself_out_is_found() {
        for (order, versions, version, bound) in [
            (Order::Rpm, &[">=2.0, <=2.4.0", "2.4.1-1.el9"][..], "2.4.0-1.el9", Some("2.4.0")),
            (Order::Rpm, &["2.4.0-1"], "2.4.0-1.el9", Some("2.4.0-1")),
            (Order::Rpm, &["<=2.4.0", "2.4.0-1.el9"], "2.4.0-1.el9", None),
            (Order::Rpm, &["<2.4.0"], "2.4.0-1.el9", None),
            (Order::Rpm, &["<=2.4.0"], "2.4.1-1.el9", None),
            (Order::Pep440, &["=2.4"], "2.4.0+cu118", Some("2.4")),
            (Order::Pep440, &["<=2.4.0"], "2.4.0.post1", Some("2.4.0")),
            (Order::Pep440, &["<=2.4.0"], "2.4.0", None),
            (Order::Debian, &["<=2.4.0"], "2.4.0-1", Some("2.4.0")),
            (Order::Semver, &["<=2.4.0"], "2.4.0+b5", None),
        ] {
            let scale = Scale::new(order);
            let ranges = Ranges::parse(versions.iter().copied(), &scale).unwrap();
            assert_eq!(ranges.just_short_of(version, &scale).map(|(text, _)| text), bound, "{version}");
        }
    }

    #[test]
    fn each_alternative_stands_for_itself() {
        let ranges = Ranges::parse(["<1", "2"], &Scale::new(Order::Semver)).unwrap();
        assert_eq!(ranges.each().map(|one| one.to_string()).collect::<Vec<_>>(), ["<1", "=2"]);
    }

    #[test]
    fn prints_canonically() {
        let semver = Scale::new(Order::Semver);
        for (versions, printed) in [
            (&["<3 , >= 1,>=2.0"][..], ">=2.0, <3"),
            (&["2.4"], "=2.4"),
            (&[">=2, <=2.0.0"], "=2"),
            (&[">=2, >2.0.0"], ">2.0.0"),
            (&["*, *"], "*"),
            (&["<1", ">2,*"], "<1 or >2"),
        ] {
            let ranges = Ranges::parse(versions.iter().copied(), &semver).unwrap();
            assert_eq!(ranges.to_string(), printed);
        }
        assert_eq!(Ranges::parse_except(["2.4"], &semver).unwrap().to_string(), "2.4");
    }

    #[test]
    fn intervals_have_their_bounds() {
        let semver = Scale::new(Order::Semver);
        let ranges = Ranges::parse([">1, <=2", "*"], &semver).unwrap();
        let (one, two) = (semver.place("1").unwrap(), semver.place("2").unwrap());
        let expected = [(Bound::Excluded(&one), Bound::Included(&two)), (Bound::Unbounded, Bound::Unbounded)];
        assert_eq!(ranges.intervals().collect::<Vec<_>>(), expected);
    }
}
