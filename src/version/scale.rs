//! The scale of one service: what gives a version its place.

use super::calver::Calver;
use super::debian::Debian;
use super::lenient::Lenient;
use super::listed::Listed;
use super::order::Order;
use super::pep440::Pep440;
use super::rpm::Rpm;

/// The scale of one service: its order and, for `listed`, its releases, oldest first.
#[derive(Debug, Clone)]
pub struct Scale {
    order: Order,
    /// Empty but for `listed`.
    listed: Listed,
}

/// A version's position under its scale.
///
/// Places compare by precedence: build metadata doesn't count, so two versions written differently may have
/// equal places. Only places of the same scale mean anything to each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(Position);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Position {
    Semver(Lenient),
    Calver(Calver),
    Pep440(Pep440),
    Debian(Debian),
    Rpm(Rpm),
    Listed(usize),
}

impl Scale {
    /// A scale that needs to know nothing but its order; for `listed`, one without releases.
    pub fn new(order: Order) -> Scale {
        Scale { order, listed: Listed::default() }
    }

    /// The scale of these releases, oldest first. One that stands twice keeps its first position.
    pub fn listed<I: IntoIterator<Item = S>, S: AsRef<str>>(versions: I) -> Scale {
        Scale { order: Order::Listed, listed: Listed::new(versions) }
    }

    /// How the versions compare.
    pub fn order(&self) -> Order {
        self.order
    }

    /// The place of a version. `None`: it can't be ordered, which is a third answer, never "older" or "clean".
    pub fn place(&self, version: &str) -> Option<Place> {
        let position = match self.order {
            Order::Semver => Position::Semver(Lenient::parse(version)?),
            Order::Calver => Position::Calver(Calver::parse(version)?),
            Order::Pep440 => Position::Pep440(Pep440::parse(version)?),
            Order::Debian => Position::Debian(Debian::parse(version)?),
            Order::Rpm => Position::Rpm(Rpm::parse(version)?),
            Order::Listed => Position::Listed(self.listed.position(version)?),
        };
        Some(Place(position))
    }

    /// Whether a version leads to a later release: a semver pre-release, a calver suffix, an alpha, beta,
    /// candidate or development release of Python, a `~` in Debian's upstream version or RPM's version. A
    /// listed release never says so, nor does a version without a place.
    pub fn is_prerelease(&self, version: &str) -> bool {
        self.place(version).is_some_and(|place| match place.0 {
            Position::Semver(version) => version.is_prerelease(),
            Position::Calver(version) => version.is_prerelease(),
            Position::Pep440(version) => version.is_prerelease(),
            Position::Debian(version) => version.is_prerelease(),
            Position::Rpm(version) => version.is_prerelease(),
            Position::Listed(_) => false,
        })
    }

    /// The places that a version would have without what only tells of another build of the same: its local
    /// part and post-release (`pep440`), its revision or release, whole or from a `.`, `+` or `_` on (`debian`,
    /// `rpm`). Under the other orders such a part has no place of its own.
    pub(super) fn bases(&self, version: &str) -> Vec<Place> {
        match self.order {
            Order::Pep440 => {
                let bases = Pep440::parse(version).map_or_else(Vec::new, |version| version.bases());
                bases.into_iter().map(|base| Place(Position::Pep440(base))).collect()
            }
            Order::Debian | Order::Rpm => {
                let Some(revision) = version.rfind('-') else { return Vec::new() };
                let ends = version.match_indices(['-', '.', '+', '_']).map(|(at, _)| at);
                ends.filter(|at| *at >= revision).filter_map(|at| self.place(&version[..at])).collect()
            }
            Order::Semver | Order::Calver | Order::Listed => Vec::new(),
        }
    }

    /// The listed release most like a word; nothing under the other orders.
    pub(super) fn nearest(&self, word: &str) -> Option<&str> {
        self.listed.nearest(word)
    }
}

impl Place {
    /// Whether two places can mean anything to each other.
    pub(super) fn compares_with(&self, other: &Place) -> bool {
        std::mem::discriminant(&self.0) == std::mem::discriminant(&other.0)
    }

    /// Whether nothing can come before it. Under `debian` and `rpm` something always can: with one more `~`.
    pub(super) fn is_lowest(&self) -> bool {
        match &self.0 {
            Position::Semver(version) => version.is_lowest(),
            Position::Calver(version) => version.is_lowest(),
            Position::Pep440(version) => version.is_lowest(),
            Position::Debian(_) | Position::Rpm(_) => false,
            Position::Listed(position) => *position == 0,
        }
    }

    /// Whether nothing can come between it and `next`. Said of `listed` only, where the releases are known.
    pub(super) fn is_listed_just_before(&self, next: &Place) -> bool {
        matches!((&self.0, &next.0), (Position::Listed(a), Position::Listed(b)) if a + 1 == *b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_order_reads_its_own() {
        let listed = Scale::listed(["10", "9", "2.4.0-rc.1", "10"]);
        assert!(listed.place("10") < listed.place("9"));
        for (scale, placed, not_placed, pre) in [
            (Scale::new(Order::Semver), "1.2.3", "1.2.3.4", Some("1.2.3-rc.1")),
            (Scale::new(Order::Calver), "1.2.3.4", "1.2-3", Some("1.2.3.4rc1")),
            (Scale::new(Order::Pep440), "2!1.2.3-1+el.9", "1.2.3~rc1", Some("1.2.3.dev4")),
            (Scale::new(Order::Debian), "1:2.0-1~bpo11+1", "1.0_1", Some("1:2.0~rc1-1")),
            (Scale::new(Order::Rpm), "1:2.0^git1-1.el9", "1-2-3", Some("2.0~rc1-1.el9")),
            (listed, "2.4.0-rc.1", "2.4.0", None),
        ] {
            assert!(scale.place(placed).is_some(), "{placed}");
            assert_eq!(scale.place(not_placed), None);
            assert!(!scale.is_prerelease(placed));
            assert!(!scale.is_prerelease(not_placed));
            assert!(pre.is_none_or(|pre| scale.is_prerelease(pre)));
        }
        assert_eq!(Scale::new(Order::Listed).place("1"), None);
    }

    #[test]
    fn build_metadata_has_no_precedence() {
        for order in [Order::Semver, Order::Calver] {
            let scale = Scale::new(order);
            assert_eq!(scale.place("2.3.9+build5"), scale.place("2.3.9+build6"));
        }
    }

    #[test]
    fn a_build_of_a_version_knows_what_it_is_built_of() {
        for (order, version, bases) in [
            (Order::Pep440, "2.4.0.post1+cu118", &["2.4.0.post1", "2.4.0"][..]),
            (Order::Pep440, "2.4rc1-1", &["2.4rc1"]),
            (Order::Pep440, "1!2.4.dev1+cu118", &["1!2.4.dev1"]),
            (Order::Pep440, "2.4.0", &[]),
            (Order::Debian, "1:2.4-rc-1+b1", &["1:2.4-rc", "1:2.4-rc-1"]),
            (Order::Debian, "2.4.0", &[]),
            (Order::Rpm, "2.4.0-1.el9_2", &["2.4.0", "2.4.0-1", "2.4.0-1.el9"]),
            (Order::Rpm, "2.4.0-", &["2.4.0"]),
            (Order::Semver, "2.4.0+b5", &[]),
            (Order::Rpm, "-", &[]),
        ] {
            let scale = Scale::new(order);
            let want: Vec<Place> = bases.iter().filter_map(|base| scale.place(base)).collect();
            assert_eq!(scale.bases(version), want, "{version}");
        }
    }

    #[test]
    fn places_of_other_orders_are_told_apart() {
        let orders = Order::WORDS.iter().filter_map(|word| Order::from_word(word));
        let places: Vec<Place> = orders.filter_map(|order| Scale::new(order).place("1")).collect();
        assert_eq!(places.len(), 5, "all but `listed`");
        for (a, b) in places.iter().flat_map(|a| places.iter().map(move |b| (a, b))) {
            assert_eq!(a.compares_with(b), std::ptr::eq(a, b));
        }
    }
}
