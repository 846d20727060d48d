//! Change freezes: what they hold, and what they never stand in the way of.

use super::{advice, changed, expect, now, question, said, with};
use holdpoint::judge::{Moment, Question, WayBack, judge, overview};
use holdpoint::model::{Level, Name, format_time, parse_time};

const FREEZE: &str =
    "[[freeze]]\nname = 'weekend'\nwhen = { weekday = ['sat', 'sun'], zone = 'Europe/Berlin' }\n";
const INCIDENT: &str = "[incident.INC-9]\nservices = ['shop']\nstarted = 2026-11-22T02:50:00Z\n";

#[test]
fn a_freeze_holds_what_comes_into_it() {
    for (when, frozen) in [
        ("weekday = 'sun', zone = 'UTC'", true),
        ("weekday = 'mon', zone = 'UTC'", false),
        ("hours = '03:00-04:00', zone = 'UTC'", true),
        ("service = 'sh*'", true),
        ("service = 'other'", false),
        ("tier = 'critical'", false),
        ("environment = 'p*'", true),
        ("environment = 'staging'", false),
        ("move = 'rollback'", true),
        ("move = 'redeploy'", false),
    ] {
        let registry = with(&format!("[[freeze]]\nname = 'f'\nwhen = {{ {when} }}\n"));
        expect(&registry, "1.2.0", if frozen { &["frozen frozen:f hold"] } else { &[] });
    }
    for (dates, frozen) in [
        ("from = 2026-11-22", true),
        ("from = 2026-11-22T03:00:01Z", false),
        ("until = 2026-11-22", true),
        ("until = 2026-11-21", false),
    ] {
        let registry = with(&format!("[[freeze]]\nname = 'f'\n{dates}\n"));
        expect(&registry, "1.2.0", if frozen { &["frozen frozen:f hold"] } else { &[] });
    }
}

#[test]
fn an_incident_opens_a_freeze_and_a_mere_word_does_not() {
    let registry = with(&format!("{FREEZE}{INCIDENT}"));
    expect(&registry, "1.2.0", &["frozen frozen:weekend warn"]);
    let registry = with(FREEZE);
    let claimed = Question { incident: Some("INC-9".into()), ..question("1.2.0") };
    assert_eq!(judge(&registry, &claimed, now()).unwrap().level, Level::Hold);
}

#[test]
fn what_runs_is_never_frozen() {
    let registry = with(FREEZE);
    expect(&registry, "1.3.0", &[]);
    // A roll-out may be ended either way, and goes nowhere else.
    let half = changed("{ prod = \"1.3.0\" }", "{ prod = [\"1.2.0\", \"1.3.0\"] }", FREEZE);
    expect(&half, "1.2.0", &[]);
    expect(&half, "1.3.0", &[]);
    expect(&half, "1.1.0", &["frozen frozen:weekend hold"]);
    // Staying is a target, and the other ones are told as they are.
    let advice = advice(&registry, "1.2.0");
    let levels: Vec<(bool, Level)> = advice.targets.iter().map(|of| (of.stay, of.verdict.level)).collect();
    assert_eq!(levels, [(true, Level::Allow), (false, Level::Hold), (false, Level::Hold)]);
    assert!(!advice.deadlock);
}

#[test]
fn an_empty_place_is_filled_by_a_change() {
    let empty = changed("{ prod = \"1.3.0\" }", "{ prod = [] }", FREEZE);
    let verdict = super::verdict(&empty, "1.3.0");
    assert!(said(&verdict).contains(&"frozen frozen:weekend hold".to_owned()), "{:?}", said(&verdict));
}

#[test]
fn a_freeze_is_signed_for_by_its_name() {
    let sign_off = |accepts: &str, key: &str| {
        format!(
            "[sign-off.S]\nservice = 'shop'\nenvironment = 'prod'\nto = '1.2.0'\naccepts = ['{accepts}']\nas = '{key}'\n\
             by = 'x'\nreason = 'r'\nat = 2026-11-22T02:00:00Z\nexpires = 2026-11-22T09:00:00Z\n"
        )
    };
    for (accepts, key, level) in [
        ("frozen:weekend", "reliability", "warn"),
        ("frozen:weekend", "security", "hold"),
        ("frozen", "reliability", "hold"),
        ("frozen:other", "reliability", "hold"),
    ] {
        let registry = with(&format!("{FREEZE}{}", sign_off(accepts, key)));
        expect(&registry, "1.2.0", &[&format!("frozen frozen:weekend {level}")]);
    }
}

#[test]
fn a_verdict_knows_when_a_freeze_begins_and_ends() {
    let until = |more: &str| advice(&with(more), "1.2.0").valid_until.map(format_time);
    assert_eq!(until(FREEZE).as_deref(), Some("2026-11-22T23:00:00Z"));
    for (freeze, wanted) in [
        ("from = 2026-12-01\nuntil = 2026-12-24", Some("2026-12-01T00:00:00Z")),
        ("until = 2026-12-24", Some("2026-12-25T00:00:00Z")),
        ("from = 2026-12-01\nwhen = { hours = '08:00-09:00', zone = 'UTC' }", Some("2026-12-01T08:00:00Z")),
        ("from = 2026-12-01\nwhen = { service = 'other' }", None),
    ] {
        assert_eq!(until(&format!("[[freeze]]\nname = 'f'\n{freeze}\n")).as_deref(), wanted, "{freeze}");
    }
    // What runs is never frozen, whenever it begins.
    assert_eq!(advice(&with(FREEZE), "1.3.0").valid_until, None);
}

#[test]
fn it_says_until_when_and_why() {
    let registry = with(&format!("{FREEZE}because = 'nobody is here'\n"));
    let verdict = super::verdict(&registry, "1.2.0");
    assert_eq!(
        verdict.reasons[0].finding.message(),
        "changes are frozen by weekend until 2026-11-22T23:00:00Z: nobody is here"
    );
}

/// A way back is needed in an incident, and in one no freeze stands in its way.
#[test]
fn a_freeze_takes_no_way_back_away() {
    let redeploy = "release = [\n    { version = \"1.4.0\", released = 2026-11-20 },";
    let registry = changed("release = [", redeploy, FREEZE);
    expect(&registry, "1.4.0", &["frozen frozen:weekend hold"]);
    let (shop, prod) = (Name::new("shop").unwrap(), Name::new("prod").unwrap());
    let seen = overview(&registry, &shop, Some(&prod), now()).unwrap();
    let WayBack::To(back) = &seen.way_back else { panic!("{:?}", seen.way_back) };
    assert_eq!((&*back.movement.to.text, back.level, back.in_need()), ("1.2.0", Level::Hold, Level::Allow));
    // What else stands in the way does so still.
    let flag = "[advisory.CVE-1]\ntitle = 't'\nseverity = 'high'\naffects = [{ service = 'shop', versions = '=1.2.0', fixed_in = ['1.3.0'] }]\n";
    let registry = with(&format!("{FREEZE}{flag}"));
    let seen = overview(&registry, &shop, Some(&prod), now()).unwrap();
    assert_eq!(seen.way_back.best().map(|back| &*back.movement.to.text), Some("1.1.0"));
}

#[test]
fn time_travel_sees_the_freeze_of_that_day() {
    let registry = with(FREEZE);
    let at = |time: &str| {
        let moment = Moment::as_of(parse_time(time).unwrap());
        judge(&registry, &question("1.2.0"), moment).unwrap().level
    };
    assert_eq!((at("2026-11-20T22:59:59Z"), at("2026-11-20T23:00:00Z")), (Level::Allow, Level::Hold));
}
