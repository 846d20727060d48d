//! The laws of the room, tried on generated versions.

use std::cmp::Ordering;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;

use super::{Order, Place, Ranges, Scale, check_text};

const OPERATORS: &[&str] = &["<", "<=", ">", ">=", "="];
const LISTED: &[&str] = &["10", "9", "v9", "1.x", "1-2", "a<b", "blue", "2.4.0-rc.1", "2.4.0"];

fn config() -> Config {
    Config { cases: 300, failure_persistence: None, ..Config::default() }
}

fn numbers(choices: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(select(choices), 1..=most).prop_map(|numbers| numbers.join("."))
}

fn semver() -> impl Strategy<Value = String> {
    let numbers = numbers(&["0", "0", "1", "2", "10", "18446744073709551615"], 3);
    let pre = [
        "",
        "",
        "",
        "-0",
        "-1",
        "-10",
        "-a",
        "-A",
        "--",
        "-a.0",
        "-a.a",
        "-rc.1",
        "-rc.1.0",
        "-99999999999999999999",
    ];
    let build = ["", "", "+b", "+007", "+a-b.1"];
    (select(&["", "v"][..]), numbers, select(pre.to_vec()), select(build.to_vec()))
        .prop_map(|(v, numbers, pre, build)| format!("{v}{numbers}{pre}{build}"))
}

fn calver() -> impl Strategy<Value = String> {
    const NUMBERS: &[&str] = &[
        "0",
        "00",
        "0",
        "1",
        "01",
        "2",
        "10",
        "2024",
        "18446744073709551615",
        "18446744073709551616",
        "099999999999999999999",
    ];
    let suffix = [
        "",
        "",
        "",
        "a",
        "-a",
        "a1",
        ".a.1",
        "_A01",
        "rc1",
        "-RC.1",
        "~rc2",
        "rc10",
        "rc1b",
        "rc1.2",
        "rc1.b",
        ".dev99999999999999999999",
        "-b-1.c",
    ];
    (select(&["", "v"][..]), numbers(NUMBERS, 4), select(suffix.to_vec()), select(&["", "", "+b.1"][..]))
        .prop_map(|(v, numbers, suffix, build)| format!("{v}{numbers}{suffix}{build}"))
}

fn pep440() -> impl Strategy<Value = String> {
    const NUMBERS: &[&str] =
        &["0", "00", "1", "01", "2", "10", "255", "256", "65536", "18446744073709551615"];
    let pre = ["", "", "a", "a1", "-alpha.1", "b0", "rc1", ".C_1", "preview2"];
    let post = ["", "", "-1", ".post", "post1", "-r2"];
    let dev = ["", "", ".dev", "dev1", "_DEV2", ".dev18446744073709551614"];
    let local = ["", "", "+a", "+A.1", "+1", "+01-b", "+10"];
    let stages = (select(pre.to_vec()), select(post.to_vec()), select(dev.to_vec()));
    (select(&["", "v", "0!", "1!"][..]), numbers(NUMBERS, 5), stages, select(local.to_vec())).prop_map(
        |(epoch, numbers, (pre, post, dev), local)| format!("{epoch}{numbers}{pre}{post}{dev}{local}"),
    )
}

/// Runs of what may follow a digit, between numbers of any size: what `debian` and `rpm` are made of.
fn runs(between: &'static [&'static str]) -> impl Strategy<Value = String> {
    const NUMBERS: &[&str] =
        &["", "0", "00", "1", "01", "2", "10", "18446744073709551615", "99999999999999999999999"];
    let run = (select(between), select(NUMBERS)).prop_map(|(between, number)| format!("{between}{number}"));
    (select(&NUMBERS[1..]), prop::collection::vec(run, 0..4))
        .prop_map(|(first, runs)| first.to_owned() + &runs.concat())
}

fn debian() -> impl Strategy<Value = String> {
    let upstream = runs(&[".", ".", "~", "~~", "+", "-", "a", "A", ".a", "~rc", "+dfsg"]);
    let revision = prop::option::of(runs(&[".", "~", "~bpo", "+b", "ubuntu"]));
    (select(&["", "", "0:", "1:", "01:"][..]), upstream, revision).prop_map(|(epoch, upstream, revision)| {
        // Without a revision, a last hyphen would be followed by one, or by nothing.
        let revision = revision.map_or("-0".to_owned(), |revision| format!("-{revision}"));
        format!("{epoch}{upstream}{revision}")
    })
}

fn rpm() -> impl Strategy<Value = String> {
    let version = runs(&[".", ".", "_", "~", "~~", "^", "^git", "+", "a", "A", ".a", "~rc"]);
    let release = prop::option::of(runs(&[".", ".el", "~bp", "^"]));
    (select(&["", "", "0:", "1:", "01:"][..]), version, release).prop_map(|(epoch, version, release)| {
        let release = release.map_or(String::new(), |release| format!("-{release}"));
        format!("{epoch}{version}{release}")
    })
}

/// No longer than a version may be.
fn short(versions: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    versions.prop_filter("too long", |version| check_text(version).is_ok())
}

/// A scale, and versions that all have a place on it.
fn placed(count: usize) -> impl Strategy<Value = (Scale, Vec<String>)> {
    let listed = || Scale::listed(LISTED);
    prop_oneof![
        prop::collection::vec(semver(), count).prop_map(|versions| (Scale::new(Order::Semver), versions)),
        prop::collection::vec(calver(), count).prop_map(|versions| (Scale::new(Order::Calver), versions)),
        prop::collection::vec(short(pep440()), count)
            .prop_map(|versions| (Scale::new(Order::Pep440), versions)),
        prop::collection::vec(short(debian()), count)
            .prop_map(|versions| (Scale::new(Order::Debian), versions)),
        prop::collection::vec(short(rpm()), count).prop_map(|versions| (Scale::new(Order::Rpm), versions)),
        prop::collection::vec(select(LISTED).prop_map(str::to_owned), count)
            .prop_map(move |versions| (listed(), versions)),
    ]
}

fn all_scales() -> Vec<Scale> {
    let orders = Order::WORDS.iter().filter_map(|word| Order::from_word(word));
    let scale = |order| if order == Order::Listed { Scale::listed(LISTED) } else { Scale::new(order) };
    orders.map(scale).collect()
}

fn place(scale: &Scale, version: &str) -> Place {
    scale.place(version).unwrap_or_else(|| panic!("{version:?} has a place"))
}

fn contains(ranges: &Ranges, scale: &Scale, version: &str) -> Option<bool> {
    ranges.contains(version, scale.place(version).as_ref())
}

/// One comparator, evaluated as directly as it can be said.
fn holds(operator: &str, version: &Place, bound: &Place) -> bool {
    let order = version.cmp(bound);
    match operator {
        "<" => order == Ordering::Less,
        "<=" => order != Ordering::Greater,
        ">" => order == Ordering::Greater,
        ">=" => order != Ordering::Less,
        _ => order == Ordering::Equal,
    }
}

/// The comparators that together say the opposite of one.
fn opposite(operator: &str) -> &'static [&'static str] {
    match operator {
        "<" => &[">="],
        "<=" => &[">"],
        ">" => &["<="],
        ">=" => &["<"],
        _ => &["<", ">"],
    }
}

fn parse(alternatives: &[String], scale: &Scale) -> Option<Ranges> {
    Ranges::parse(alternatives.iter().map(String::as_str), scale).ok()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn places_are_totally_ordered((scale, versions) in placed(3)) {
        let places: Vec<Place> = versions.iter().map(|version| place(&scale, version)).collect();
        let [a, b, c] = &places[..] else { unreachable!() };
        prop_assert_eq!(a.cmp(b), b.cmp(a).reverse(), "antisymmetric: {:?}", versions);
        prop_assert_eq!(a == b, a.cmp(b) == Ordering::Equal, "Eq agrees with Ord: {:?}", versions);
        prop_assert_eq!(a.partial_cmp(b), Some(a.cmp(b)));
        if a <= b && b <= c {
            prop_assert!(a <= c, "transitive: {:?}", versions);
            prop_assert_eq!(a == c, a == b && b == c, "{:?}", versions);
        }
        prop_assert!(!a.is_lowest() || a <= b, "{:?}", versions);
    }

    #[test]
    fn strict_semver_agrees_with_the_crate(a in semver(), b in semver()) {
        if let (Ok(strict_a), Ok(strict_b)) = (semver::Version::parse(&a), semver::Version::parse(&b)) {
            let scale = Scale::new(Order::Semver);
            prop_assert_eq!(place(&scale, &a).cmp(&place(&scale, &b)), strict_a.cmp_precedence(&strict_b));
        }
    }

    #[test]
    fn no_text_is_too_strange_to_read(text in "[v0-9a-z.+~^:!_x*<>=,| -]{0,12}|\\PC{0,8}|[0-9]{0,40}[.:!+-][0-9]{0,300}") {
        for scale in all_scales() {
            if scale.order() != Order::Listed && text.len() <= 128 && scale.place(&text).is_some() {
                prop_assert_eq!(check_text(&text), Ok(()));
            }
            for read in [Ranges::parse([&*text], &scale), Ranges::parse_except([&*text], &scale)] {
                if let Err(error) = read {
                    prop_assert!(text.get(error.span.clone()).is_some(), "{:?}", error);
                    prop_assert!(!error.to_string().is_empty() && error.hint() != Some(String::new()));
                }
            }
        }
    }

    /// It may be refused as a hyphen range, which `=` never is; but it never means anything else.
    #[test]
    fn a_bare_version_means_its_precedence((scale, versions) in placed(1)) {
        let equal = Ranges::parse([&*format!("={}", versions[0])], &scale);
        prop_assert!(equal.is_ok());
        if let Ok(bare) = Ranges::parse([&*versions[0]], &scale) {
            prop_assert_eq!(Ok(bare), equal);
        }
    }

    #[test]
    fn a_range_and_its_opposite_share_the_versions(
        (scale, versions) in placed(3), first in select(OPERATORS), second in select(OPERATORS)
    ) {
        let (low, high, version) = (&versions[0], &versions[1], &versions[2]);
        let range = parse(&[format!("{first}{low}, {second}{high}")], &scale);
        let opposites = opposite(first).iter().map(|sign| format!("{sign}{low}"))
            .chain(opposite(second).iter().map(|sign| format!("{sign}{high}")));
        // One of the opposites may be empty and refused (`<` the oldest listed release): then it adds nothing.
        let outside = opposites.filter_map(|text| parse(&[text], &scale))
            .any(|ranges| contains(&ranges, &scale, version) == Some(true));
        let inside = range.is_some_and(|range| contains(&range, &scale, version) == Some(true));
        prop_assert!(inside != outside, "{} {} {} {} : {}", first, low, second, high, version);
    }

    #[test]
    fn contains_agrees_with_its_comparators(
        (scale, versions) in placed(5), operators in prop::collection::vec(select(OPERATORS), 4)
    ) {
        let version = place(&scale, &versions[4]);
        let term = |index: usize| holds(operators[index], &version, &place(&scale, &versions[index]));
        let text = |index: usize| format!("{}{}", operators[index], versions[index]);
        for (a, b) in [(0, 1), (2, 3)] {
            let naive = term(a) && term(b);
            match parse(&[format!("{}, {}", text(a), text(b))], &scale) {
                Some(ranges) => prop_assert_eq!(contains(&ranges, &scale, &versions[4]), Some(naive)),
                None => prop_assert!(!naive, "refused, so empty: {} {} {}", text(a), text(b), versions[4]),
            }
        }
        if let Some(ranges) = parse(&[format!("{}, {}", text(0), text(1)), text(2)], &scale) {
            let naive = term(0) && term(1) || term(2);
            prop_assert_eq!(contains(&ranges, &scale, &versions[4]), Some(naive));
            prop_assert_eq!(ranges.contains("no place", None), None);
        }
    }

    #[test]
    fn below_a_version_are_its_prereleases_and_all_before(
        numbers in numbers(&["0", "1", "2", "10"], 3), pre in "[a-z]{1,3}[0-9]{0,2}", other in semver()
    ) {
        for (scale, other) in [(Scale::new(Order::Semver), Some(&other)), (Scale::new(Order::Calver), None)] {
            let below = Ranges::parse([&*format!("<{numbers}")], &scale).unwrap();
            let pre = format!("{numbers}-{pre}");
            prop_assert!(scale.is_prerelease(&pre));
            prop_assert_eq!(contains(&below, &scale, &pre), Some(true));
            prop_assert_eq!(contains(&below, &scale, &format!("{numbers}+build")), Some(false));
            if let Some(other) = other {
                let before = place(&scale, other) < place(&scale, &numbers);
                prop_assert_eq!(contains(&below, &scale, other), Some(before));
            }
        }
    }

    #[test]
    fn what_is_printed_reads_the_same(
        (scale, versions) in placed(3), operators in prop::collection::vec(select(OPERATORS), 3)
    ) {
        let text = |index: usize| format!("{}{}", operators[index], versions[index]);
        let bare = &versions[1];
        let written = [format!("{} , {}", text(0), text(1)), text(2), format!("*, {}", text(0)), bare.clone()];
        for alternatives in [&written[..], &written[..3], &written[1..]] {
            let alternatives = || alternatives.iter().map(String::as_str);
            if let Ok(ranges) = Ranges::parse(alternatives(), &scale) {
                let printed = ranges.to_string();
                prop_assert_eq!(Ranges::parse(printed.split(" or "), &scale), Ok(ranges));
            }
            if let Ok(ranges) = Ranges::parse_except(alternatives(), &scale) {
                let printed: Vec<String> = ranges.alternatives().map(|one| one.to_string()).collect();
                prop_assert_eq!(Ranges::parse_except(printed.iter().map(String::as_str), &scale), Ok(ranges));
            }
        }
    }
}
