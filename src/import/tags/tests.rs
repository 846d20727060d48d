//! Lists of tags, as repositories have them, and what becomes of each.

use super::*;
use crate::model::parse_time;

const NOW: &str = "2026-11-22T03:00:00Z";

fn time(text: &str) -> Time {
    parse_time(text).unwrap()
}

/// Tags on commits of their own, a day apart.
fn tags(names: &[&str]) -> Vec<Tag> {
    let day = |index: usize| time("2026-01-01") + chrono::TimeDelta::days(index as i64);
    let one = |(index, name): (usize, &&str)| Tag {
        name: (*name).to_owned(),
        at: Some(day(index)),
        target: Target::Commit(format!("{index:040x}")),
    };
    names.iter().enumerate().map(one).collect()
}

fn wish() -> Wish<'static> {
    Wish { order: None, prefixes: &[], service: None, now: time(NOW) }
}

fn versions(tagged: &Tagged) -> Vec<&str> {
    tagged.releases.iter().map(|release| &*release.version).collect()
}

fn odd(tagged: &Tagged) -> Vec<(&str, String)> {
    tagged.odd.iter().map(|odd| (&*odd.tag, odd.why.to_string())).collect()
}

#[test]
fn versions_become_releases_oldest_first_and_the_rest_is_said() {
    let mut tags = tags(&["v1.10.0", "v1.2.0", "v1.2.0-rc.1", "nightly", "latest", "v1.3.0.7", "web-2.0.0"]);
    tags.push(Tag { name: "v9".into(), at: None, target: Target::Other("tree".into()) });
    let tagged = releases(&tags, &wish()).unwrap();
    assert_eq!(tagged.order.word(), "calver", "four parts: it places one more than semver");
    let semver = releases(&tags, &Wish { order: Some(Order::Semver), ..wish() }).unwrap();
    assert_eq!(versions(&semver), ["v1.2.0-rc.1", "v1.2.0", "v1.10.0"]);
    assert_eq!((semver.guessed, semver.versions), (false, 4));
    let want = [
        ("latest", "is no version"),
        ("nightly", "is no version"),
        ("v1.3.0.7", "can't be ordered as semver"),
        ("v9", "leads to a tree, not to a commit"),
        ("web-2.0.0", "has another prefix"),
    ];
    assert_eq!(odd(&semver), want.map(|(tag, why)| (tag, why.to_owned())));
    assert_eq!(semver.releases.len() + semver.odd.len(), tags.len(), "no tag is lost");
}

#[test]
fn a_release_has_its_tag_commit_and_date() {
    let tagged = releases(&tags(&["checkout/v1.2.0"]), &wish()).unwrap();
    let want = Release {
        version: "v1.2.0".into(),
        tag: "checkout/v1.2.0".into(),
        released: Some(time("2026-01-01")),
        commit: "0".repeat(40),
    };
    assert_eq!((tagged.releases, tagged.thing.as_deref()), (vec![want], Some("checkout")));
}

#[test]
fn dates_that_can_not_be_true_are_left_out_and_counted() {
    let mut tags = tags(&["1.0.0", "1.1.0", "1.2.0", "1.3.0"]);
    tags[0].at = Some(time("1970-01-01"));
    tags[1].at = Some(time("2026-11-22T03:00:01Z"));
    tags[2].at = None;
    let tagged = releases(&tags, &wish()).unwrap();
    assert_eq!(tagged.undated, 3);
    assert_eq!(tagged.releases.iter().filter(|release| release.released.is_some()).count(), 1);
}

#[test]
fn the_same_version_twice_counts_once_in_the_usual_spelling() {
    let mut tags = tags(&["1.2.0", "v1.2.0", "v1.3.0", "v1.4.0", "1.4.0"]);
    tags[1].target = tags[0].target.clone();
    let tagged = releases(&tags, &wish()).unwrap();
    assert_eq!(versions(&tagged), ["v1.2.0", "v1.3.0", "v1.4.0"]);
    let want = [
        ("1.2.0", "is the same version as `v1.2.0`"),
        ("1.4.0", "is the same version as `v1.4.0`, on another commit"),
    ];
    assert_eq!(odd(&tagged), want.map(|(tag, why)| (tag, why.to_owned())));
}

#[test]
fn tags_that_move_along_are_no_releases() {
    let mut tags = tags(&["v1", "v1.2", "v1.2.0", "v1.1.0", "v2.0"]);
    tags[0].target = tags[2].target.clone();
    tags[1].target = tags[2].target.clone();
    let tagged = releases(&tags, &wish()).unwrap();
    assert_eq!(versions(&tagged), ["v1.1.0", "v1.2.0", "v2.0"]);
    assert_eq!(tagged.odd.iter().map(|odd| odd.why.word()).collect::<Vec<_>>(), ["moving", "moving"]);
}

#[test]
fn several_things_are_not_guessed_between() {
    let tags = tags(&["checkout/v1.0.0", "checkout/v1.1.0", "web/v2.0.0", "web-v2.1.0", "web/v2.2.0", "1.0"]);
    let error = releases(&tags, &wish()).unwrap_err();
    assert_eq!(error.to_string(), "the tags are of several things: `web/` (3), `checkout/` (2), `` (1)");
    let named = releases(&tags, &Wish { service: Some("checkout"), ..wish() }).unwrap();
    assert_eq!(versions(&named), ["v1.0.0", "v1.1.0"]);
    let prefixes = ["web/".to_owned(), "web-".to_owned()];
    let chosen = releases(&tags, &Wish { prefixes: &prefixes, ..wish() }).unwrap();
    assert_eq!(versions(&chosen), ["v2.0.0", "v2.1.0", "v2.2.0"]);
    assert!(chosen.odd.iter().all(|odd| odd.why == Why::OtherPrefix));
}

#[test]
fn a_prefix_may_be_the_v_and_neutral_words_belong_together() {
    let tags =
        tags(&["release-1.0.0", "v1.1.0", "1.2.0", "rel/1.3.0", "nightly-2026-01-01", "nightly-2026-01-02"]);
    let tagged = releases(&tags, &wish()).unwrap();
    assert_eq!(versions(&tagged), ["1.0.0", "v1.1.0", "1.2.0", "1.3.0"]);
    assert_eq!(tagged.thing, None);
    let v = ["v".to_owned()];
    assert_eq!(versions(&releases(&tags, &Wish { prefixes: &v, ..wish() }).unwrap()), ["1.1.0"]);
}

#[test]
fn what_no_order_places_is_listed_by_date() {
    let mut tags = tags(&["curl-7_88_1", "curl-7_9", "curl-7_88_0", "curl-8_0", "latest"]);
    tags[0].at = Some(time("2026-03-01"));
    tags[1].at = None;
    let tagged = releases(&tags, &wish()).unwrap();
    assert_eq!((tagged.order, tagged.thing.as_deref()), (Order::Listed, Some("curl")));
    assert_eq!(versions(&tagged), ["7_88_0", "8_0", "7_88_1"]);
    assert_eq!(odd(&tagged)[0].1, "has no date, so nothing says where it stands");
    let names = ["blue", "green", "latest"];
    let listed = Wish { order: Some(Order::Listed), prefixes: &[String::new()], ..wish() };
    assert_eq!(versions(&releases(&self::tags(&names), &listed).unwrap()), ["blue", "green"]);
}

#[test]
fn text_that_a_registry_can_not_hold_is_said() {
    let long = format!("v1.{}", "0".repeat(200));
    let names = ["v1.0.0", "v1.0.1,2", "v1.0\u{202e}", "v1.0.2\u{200b}", &long, "v1.\u{fffd}"];
    let tagged = releases(&tags(&names), &wish()).unwrap();
    assert_eq!(versions(&tagged), ["v1.0.0"]);
    assert_eq!(tagged.odd.iter().filter(|odd| matches!(odd.why, Why::BadText(_))).count(), 4);
    assert_eq!(tagged.odd.len(), 5);
}

#[test]
fn no_releases_is_an_error_that_says_why() {
    assert_eq!(releases(&[], &wish()), Err(TagsError::NoTags));
    let error = releases(&tags(&["nightly", "latest"]), &wish()).unwrap_err();
    assert_eq!(error.to_string(), "none of the 2 tags is a version");
    assert!(matches!(error, TagsError::NoVersions(odd) if odd.len() == 2));
}

#[test]
fn thousands_of_tags_are_read() {
    let names: Vec<String> = (0..5000).map(|n| format!("v{}.{}.0", n / 100, n % 100)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut tags = tags(&names);
    // All on one commit, as a repository that was imported without its history has them.
    tags.iter_mut().for_each(|tag| tag.target = Target::Commit("0".repeat(40)));
    let tagged = releases(&tags, &wish()).unwrap();
    assert_eq!(tagged.releases.len(), 5000);
}
