use super::*;
use crate::judge::Moment;
use crate::model::{Level, parse_time};
use crate::registry::MemoryTree;

const MAIN: &str = "holdpoint.toml";

/// A service whose releases and state stand beside what each test puts there.
const BASE: &str = r#"
format = 1
[environment.prod]
[service.shop]
owner = { reliability = "sre", security = "appsec" }
running = { prod = "2.0.0" }
[[service.shop.release]]
version = "1.0.0"
released = 2026-09-01
[[service.shop.release]]
version = "1.1.0"
released = 2026-10-01
[[service.shop.release]]
version = "2.0.0"
released = 2026-11-01
[[service.shop.ran]]
environment = "prod"
version = "1.1.0"
since = 2026-10-02
until = 2026-11-02
[team.sre]
members = ["sre@example.com"]
[team.appsec]
members = ["appsec@example.com"]
"#;

fn moment() -> Moment {
    Moment::present(parse_time("2026-11-22T03:00:00Z").unwrap())
}

/// What comes out of two registries, each in one file.
fn reviewed(before: &str, after: &str) -> Reviewed {
    of_trees(&tree(&[(MAIN, before)]), &tree(&[(MAIN, after)]))
}

fn tree(files: &[(&str, &str)]) -> MemoryTree {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn of_trees(before: &MemoryTree, after: &MemoryTree) -> Reviewed {
    let paths: std::collections::BTreeSet<&String> =
        before.files().keys().chain(after.files().keys()).collect();
    let differ = paths.into_iter().filter(|path| before.files().get(*path) != after.files().get(*path));
    let touched = touched(differ.map(String::as_str), MAIN, before, after);
    let pair = Pair::open(before, after, MAIN, moment()).unwrap();
    let all = pair.names(&touched);
    pair.finish(all.iter().map(|name| pair.look(name, &touched, before, after)))
}

/// The words of all changes, the gravest first.
fn words(reviewed: &Reviewed) -> String {
    assert!(reviewed.mistakes.is_empty() && reviewed.unread.is_empty(), "{:#?}", reviewed);
    reviewed.difference.changes.iter().map(|change| change.kind.word).collect::<Vec<_>>().join(" ")
}

/// The verdicts that are others: `1.1.0 allow>hold`.
fn shifts(difference: &[PlaceDifference]) -> String {
    let level = |level: Option<Level>| level.map_or("-", Level::word);
    let told = |shift: &Shift| format!("{} {}>{}", shift.version, level(shift.go.0), level(shift.go.1));
    difference.iter().flat_map(|place| &place.shifts).map(told).collect::<Vec<_>>().join(", ")
}

fn with(more: &str) -> String {
    format!("{BASE}\n{more}\n")
}

const HIGH: &str = "[advisory.CVE-1]\ntitle = \"hole\"\nseverity = \"high\"\naffects = [{ service = \"shop\", versions = \"<2.0.0\", fixed_in = [\"2.0.0\"] }]\n";

#[test]
fn kinds_have_words_of_their_own() {
    for (index, kind) in KINDS.iter().enumerate() {
        assert!(kind.word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", kind.word);
        assert!(KINDS[..index].iter().all(|other| other.word != kind.word), "{}", kind.word);
        assert!(kind.documentation.ends_with('.'), "{}", kind.word);
    }
}

#[test]
fn a_flag_that_comes_holds_what_it_hits_and_takes_the_way_back() {
    let found = reviewed(BASE, &with(HIGH));
    assert_eq!(words(&found), "flag-new");
    assert_eq!(shifts(&found.difference.places), "2.0.0 allow>warn, 1.1.0 allow>hold, 1.0.0 warn>hold");
    assert_eq!(found.difference.stranded().count(), 1);
    assert_eq!(found.difference.tally(), Tally { became: [0, 1, 2, 0], looser: 0, stricter: 3, moved: 0 });
    assert!(!found.difference.loosens() && !found.difference.has_errors());
    let back = reviewed(&with(HIGH), BASE);
    assert!(back.difference.places[0].wins_way_back() && back.difference.stranded().count() == 0);
}

/// One change of the text each: from, to, what is said, and which verdicts are others.
#[test]
fn every_kind_of_change_is_told() {
    let freeze = "[[freeze]]\nname = \"f\"\nwhen = { environment = \"prod\" }\n";
    let withdrawn = HIGH
        .replace("title", "withdrawn = { at = 2026-11-20, by = \"Ann <a@x>\", reason = \"wrong\" }\ntitle");
    let flag = |from: &str, to: &str| HIGH.replace(from, to);
    let with_until = flag("title", "until = 2026-12-01\ntitle");
    let sign_off = "[sign-off.S1]\nservice = \"shop\"\nenvironment = \"prod\"\nto = \"1.1.0\"\naccepts = [\"CVE-1\"]\nas = \"security\"\nby = \"A <appsec@example.com>\"\nreason = \"r\"\nat = 2026-11-22T02:00:00Z\nexpires = 2026-11-23T02:00:00Z\n";
    let revoked =
        format!("{sign_off}revoked = {{ at = 2026-11-22T02:30:00Z, by = \"B\", reason = \"no\" }}\n");
    let signed = format!("{HIGH}{sign_off}");
    let debt = "[debt.D1]\nservice = \"shop\"\nenvironment = \"prod\"\nfrom = \"1.1.0\"\nto = \"2.0.0\"\nsubjects = [\"far-back\"]\nreason = \"r\"\nby = \"B\"\nat = 2026-11-20\ndue = 2026-12-20\n";
    let looked = format!("{debt}reviews = [{{ as = \"security\", by = \"A\", at = 2026-11-21 }}]\n");
    let barrier = "[[service.shop.barrier]]\nbefore = \"2.0.0\"\nreason = \"migration\"\nreversible = true\nundo = \"u\"\n";
    let hard = "[[service.shop.barrier]]\nbefore = \"2.0.0\"\nreason = \"migration\"\n";
    let support = |until: &str| format!("[[service.shop.support]]\nversions = \"<2.0.0\"\nuntil = {until}\n");
    let settled = "[service.shop.settled]\n\"1.1.0\" = { at = 2026-11-21, by = \"C\", reason = \"done\" }\n";
    let rule = "[[rule]]\nname = \"soft\"\nwhen = { reason = \"advisory-reopened\", severity = \"high\" }\nthen = \"warn\"\n";
    let hard_rule = rule.replace("\"warn\"", "\"block\"");
    let other_rule =
        "[[rule]]\nname = \"other\"\nwhen = { reason = \"advisory-reopened\" }\nthen = \"block\"\n";
    let over = hard_rule.replace("then", "until = 2026-11-01\nthen");
    let mut wrong = String::new();
    let incident = "[incident.INC-9]\nservices = [\"shop\"]\nstarted = 2026-11-22T01:00:00Z\n";
    for (before, after, said, verdicts) in [
        (HIGH.to_owned(), String::new(), "flag-deleted", "1.1.0 hold>allow, 1.0.0 hold>warn"),
        (HIGH.into(), withdrawn.clone(), "flag-withdrawn", "1.1.0 hold>warn, 1.0.0 hold>warn"),
        (withdrawn.clone(), String::new(), "flag-removed", "1.1.0 warn>allow, 1.0.0 warn>warn"),
        (withdrawn.clone(), HIGH.into(), "flag-reopened", "1.1.0 warn>hold, 1.0.0 warn>hold"),
        (HIGH.into(), flag("<2.0.0\", fixed", "<1.1.0\", fixed"), "flag-narrowed", "1.1.0 hold>allow"),
        (flag("<2.0.0\", fixed", "<1.1.0\", fixed"), HIGH.into(), "flag-widened", "1.1.0 allow>hold"),
        (HIGH.into(), flag("<2.0.0\", fixed", "<1.5.0\", fixed"), "flag-narrowed", ""),
        (HIGH.into(), flag("\"high\"", "\"low\""), "flag-softened", "1.1.0 hold>warn, 1.0.0 hold>warn"),
        (
            HIGH.into(),
            flag("title", "exploited = true\ntitle"),
            "flag-hardened",
            "1.1.0 hold>block, 1.0.0 hold>block",
        ),
        (HIGH.into(), flag("\"hole\"", "\"another hole\""), "flag-reworded", ""),
        (HIGH.into(), with_until.clone(), "flag-ended", ""),
        (with_until.clone(), HIGH.into(), "flag-prolonged", ""),
        (
            HIGH.into(),
            flag("title", "until = 2026-11-01\ntitle"),
            "flag-ended",
            "1.1.0 hold>allow, 1.0.0 hold>warn",
        ),
        (
            HIGH.into(),
            flag("title", "effective = 2026-12-01\ntitle"),
            "flag-postponed",
            "1.1.0 hold>warn, 1.0.0 hold>warn",
        ),
        (HIGH.into(), signed.clone(), "sign-off-given", "1.1.0 hold>warn"),
        (signed.clone(), format!("{HIGH}{revoked}"), "sign-off-revoked", "1.1.0 warn>hold"),
        (signed.clone(), HIGH.into(), "sign-off-deleted", "1.1.0 warn>hold"),
        (format!("{HIGH}{revoked}"), HIGH.into(), "", ""),
        (signed.clone(), signed.replace("11-23T02", "11-24T02"), "sign-off-widened", ""),
        (signed.clone(), signed.replace("11-23T02", "11-23T01"), "sign-off-narrowed", ""),
        (String::new(), debt.into(), "debt-new", ""),
        (debt.into(), String::new(), "debt-deleted", ""),
        (debt.into(), looked.clone(), "debt-reviewed", ""),
        (looked.clone(), debt.into(), "debt-deleted", ""),
        (barrier.into(), String::new(), "barrier-removed", "1.1.0 hold>allow, 1.0.0 hold>warn"),
        (String::new(), barrier.into(), "barrier-added", "1.1.0 allow>hold, 1.0.0 warn>hold"),
        (hard.into(), barrier.into(), "barrier-removed", "1.1.0 block>hold, 1.0.0 block>hold"),
        (
            support("2026-11-01"),
            support("2027-11-01"),
            "support-extended",
            "1.1.0 hold>allow, 1.0.0 hold>warn",
        ),
        (
            support("2027-11-01"),
            support("2026-11-01"),
            "support-shortened",
            "1.1.0 allow>hold, 1.0.0 warn>hold",
        ),
        (String::new(), settled.into(), "settled", ""),
        (settled.into(), String::new(), "unsettled", ""),
        (HIGH.into(), format!("{HIGH}{rule}"), "rules-loosen rule-added", "1.1.0 hold>warn, 1.0.0 hold>warn"),
        (
            format!("{HIGH}{hard_rule}"),
            HIGH.into(),
            "rules-loosen rule-removed",
            "1.1.0 block>hold, 1.0.0 block>hold",
        ),
        (
            format!("{HIGH}{hard_rule}"),
            format!("{HIGH}{rule}"),
            "rules-loosen rule-changed",
            "1.1.0 block>warn, 1.0.0 block>warn",
        ),
        (
            format!("{HIGH}{hard_rule}"),
            format!("{HIGH}{over}"),
            "rules-loosen rule-changed",
            "1.1.0 block>hold, 1.0.0 block>hold",
        ),
        (
            format!("{HIGH}{rule}{other_rule}"),
            format!("{HIGH}{other_rule}{rule}"),
            "rule-moved",
            "1.1.0 warn>block, 1.0.0 warn>block",
        ),
        (
            format!("{HIGH}{other_rule}{rule}"),
            format!("{HIGH}{rule}{other_rule}"),
            "rules-loosen rule-moved",
            "1.1.0 block>warn, 1.0.0 block>warn",
        ),
        (rule.into(), rule.replace("soft", "mild"), "rule-added rule-removed", ""),
        (String::new(), "[policy]\nping_pong = \"7d\"\n".into(), "period-laxer", ""),
        (String::new(), "[policy]\nsign_off_max = \"24h\"\n".into(), "period-stricter", ""),
        ("[policy]\nmax_age = \"24h\"\n".into(), String::new(), "period-laxer", ""),
        (String::new(), "[policy]\nbaseline = \"30d\"\n".into(), "", ""),
        (String::new(), incident.into(), "incident-changed", ""),
        (String::new(), "[environment.test]\n".into(), "environments-changed", ""),
        (String::new(), freeze.into(), "freeze-added", "1.1.0 allow>hold, 1.0.0 warn>hold"),
        (freeze.into(), String::new(), "freeze-removed", "1.1.0 hold>allow, 1.0.0 hold>warn"),
        (freeze.into(), freeze.replace("prod", "p*d"), "freeze-changed", ""),
        (freeze.into(), format!("{freeze}because = \"x\"\n"), "", ""),
        (format!("{freeze}until = 2026-11-01\n"), String::new(), "", ""),
        (String::new(), "[team.other]\nmembers = [\"o@example.com\"]\n".into(), "team-changed", ""),
    ] {
        let found = reviewed(&with(&before), &with(&after));
        let told = shifts(&found.difference.places);
        // That a way back comes or goes is another test's.
        let others: Vec<&str> = told.split(", ").filter(|one| !one.starts_with('2')).collect();
        let got = (words(&found), others.join(", "));
        if (got.0.as_str(), got.1.as_str()) != (said, verdicts) {
            wrong.push_str(&format!("{before}->\n{after}\n  got  {got:?}\n  want {:?}\n", (said, verdicts)));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn releases_and_bounds_of_the_service_itself() {
    let release = "[[service.shop.release]]\nversion = \"1.0.0\"\nreleased = 2026-09-01\n";
    for (from, to, said, verdicts) in [
        (release.to_owned(), String::new(), "release-deleted", "1.0.0 warn>-"),
        (
            release.into(),
            format!("{release}withdrawn = {{ at = 2026-11-20, reason = \"gone\" }}\n"),
            "release-withdrawn",
            "1.0.0 warn>block",
        ),
        (release.into(), format!("{release}tags = [\"x\"]\n"), "release-changed", ""),
        (
            release.into(),
            format!("{release}[[service.shop.release]]\nversion = \"2.1.0\"\n"),
            "release-new",
            "2.1.0 ->allow",
        ),
        ("running".into(), "floor = \"1.1.0\"\nrunning".into(), "floor-raised", "1.0.0 warn>block"),
        ("running".into(), "tier = \"critical\"\nrunning".into(), "tier-changed", ""),
        ("security = \"appsec\"".into(), "security = \"sre\"".into(), "owner-changed", ""),
        (", security = \"appsec\"".into(), String::new(), "owner-removed", ""),
        ("prod = \"2.0.0\"".into(), "prod = \"1.1.0\"".into(), "", "2.0.0 allow>allow, 1.1.0 allow>allow"),
    ] {
        let after = BASE.replace(&from, &to);
        assert_ne!(after, BASE);
        let found = reviewed(BASE, &after);
        let place: Vec<String> = found
            .difference
            .places
            .iter()
            .flat_map(|place| &place.shifts)
            .filter(|shift| !verdicts.is_empty() && verdicts.contains(&*shift.version))
            .map(|shift| {
                shifts(&[PlaceDifference {
                    shifts: vec![shift.clone()],
                    ..found.difference.places[0].clone()
                }])
            })
            .collect();
        assert_eq!(words(&found), said, "{from} -> {to}");
        if !said.is_empty() {
            assert_eq!(place.join(", "), verdicts, "{from} -> {to}");
        }
        if said.ends_with("deleted") {
            assert!(found.difference.has_errors());
        }
    }
    let floor = |floor: &str| BASE.replace("running", &format!("floor = \"{floor}\"\nrunning"));
    assert_eq!(words(&reviewed(&floor("1.1.0"), &floor("1.0.0"))), "floor-lowered");
    assert_eq!(words(&reviewed(&floor("1.1.0"), BASE)), "floor-lowered");
    let found = reviewed(&BASE.replace("shop", "web"), BASE);
    assert_eq!(words(&found), "service-deleted service-new");
}

#[test]
fn what_runs_now_is_no_loosening_and_a_flag_on_it_is_told() {
    let flag = "[instability.INC-1]\ntitle = \"slow\"\nseverity = \"high\"\naffects = [{ service = \"shop\", versions = \"2.0.0\" }]\n";
    let back = with(flag).replace("prod = \"2.0.0\"", "prod = \"1.1.0\"");
    let found = reviewed(&with(flag), &back);
    assert!(found.difference.places[0].moved() && !found.difference.loosens(), "{:#?}", found.difference);
    let found = reviewed(&back, &with(flag));
    assert_eq!(found.difference.places[0].hits.len(), 1);
    assert!(!found.difference.places[0].hits[0].ran);
    let found = reviewed(BASE, &with(flag));
    assert!(found.difference.places[0].hits[0].ran);
}

#[test]
fn what_means_the_same_makes_no_difference() {
    let one = tree(&[(MAIN, &with(HIGH))]);
    let (main, service) = BASE.split_once("[service.shop]").unwrap();
    let (service, teams) = service.split_once("[team.sre]").unwrap();
    let folders = tree(&[
        (MAIN, &format!("{main}[team.sre]{teams}")),
        ("services/shop/service.toml", &format!("[service.shop]{service}")),
        ("services/shop/advisories/CVE-1.toml", HIGH),
    ]);
    let shared = tree(&[
        (MAIN, &format!("# moved\n{main}[team.sre]{teams}")),
        ("services/shop/state.toml", &format!("[service.shop]{service}")),
        ("advisories/CVE-1.toml", HIGH),
    ]);
    for (before, after) in [(&one, &folders), (&folders, &one), (&folders, &shared), (&shared, &one)] {
        let found = of_trees(before, after);
        assert!(found.difference.is_empty() && found.unread.is_empty(), "{:#?}", found.difference);
        assert_eq!(found.difference.services, 1, "the service was looked at");
    }
}

#[test]
fn a_flag_that_no_longer_speaks_of_one_of_its_services_is_not_deleted() {
    let both = "[advisory.CVE-1]\ntitle = \"t\"\nseverity = \"high\"\naffects = [{ service = \"shop\", versions = \"1.1.0\" }, { service = \"web\", versions = \"1\" }]\n[service.web]\n[[service.web.release]]\nversion = \"1\"\n";
    let one = both.replace("{ service = \"shop\", versions = \"1.1.0\" }, ", "");
    assert_eq!(words(&reviewed(&with(both), &with(&one))), "flag-narrowed");
    assert_eq!(words(&reviewed(&with(&one), &with(both))), "flag-widened");
}

#[test]
fn a_flag_on_all_services_is_told_once() {
    let two = "[service.web]\n[[service.web.release]]\nversion = \"1\"\ntags = [\"base:1\"]\n";
    let flag = "[advisory.CVE-2]\ntitle = \"t\"\naffects = [{ services = \"*\", tag = \"base:0\" }]\n";
    let found = reviewed(&with(two), &with(&format!("{two}{flag}")));
    let deleted = reviewed(&with(&format!("{two}{flag}")), &with(two));
    assert_eq!((words(&found).as_str(), words(&deleted).as_str()), ("flag-new", "flag-deleted"));
    assert_eq!(deleted.difference.changes[0].services.len(), 2);
}

#[test]
fn a_broken_earlier_registry_leaves_the_later_one_by_itself() {
    for before in ["format = 1\n[service.shop", "format = 1\n[service.shop]\ntierr = 1\n"] {
        let found = reviewed(before, BASE);
        assert_eq!((found.unread.len(), found.difference.alone.len()), (1, 1), "{:?}", found.unread);
        assert_eq!(found.difference.alone[0].places[0].way_back, Back::To("1.1.0".into(), Level::Allow));
    }
    let found = reviewed(BASE, "format = 1\n[service.shop]\ntierr = 1\n");
    assert_eq!(found.mistakes.len(), 1);
    let (before, after) = (tree(&[]), tree(&[(MAIN, BASE)]));
    assert!(of_trees(&before, &after).unread[0].contains("no registry"));
}

#[test]
fn unnamed_rules_are_known_by_what_they_say() {
    let one = "[[rule]]\nwhen = { reason = \"far-back\" }\nthen = \"warn\"\n";
    let two = "[[rule]]\nwhen = { reason = \"unproven-release\" }\nthen = \"hold\"\n";
    let found = reviewed(&with(one), &with(&format!("{two}{one}")));
    let rules = found.difference.rules.unwrap();
    assert_eq!(rules.changes.iter().map(|rule| rule.what).collect::<Vec<_>>(), [Retold::Added]);
    assert!(rules.lowered.is_empty() && rules.raised.len() == 1);
}

#[test]
fn a_rule_loosens_though_no_verdict_of_today_falls() {
    let rule = "[[rule]]\nname = \"canary\"\nwhen = { reason = \"unstable-release\", severity = [\"critical\", \"high\"], environment = \"canary*\" }\nthen = \"warn\"\n";
    let found = reviewed(BASE, &with(rule));
    let rules = found.difference.rules.as_ref().unwrap();
    let told: Vec<_> = rules
        .lowered
        .iter()
        .map(|one| (one.before.level, one.after.level, one.when.severity.len()))
        .collect();
    assert_eq!(told, [(Level::Block, Level::Warn, 1), (Level::Hold, Level::Warn, 1)]);
    assert_eq!(rules.lowered[0].when.environment, ["canary*".into()]);
    assert!(found.difference.loosens() && found.difference.by_rules.is_empty());
    // What nothing lowers stays where it is.
    let never = "[[rule]]\nname = \"never\"\nwhen = { reason = \"compromised-release\" }\nthen = \"warn\"\n";
    assert!(!reviewed(BASE, &with(never)).difference.loosens());
    // One signature in place of two.
    let fewer = "[[rule]]\nname = \"one\"\nwhen = { reason = \"ping-pong\" }\nthen = \"hold\"\nsign = \"reliability\"\n";
    let found = reviewed(BASE, &with(fewer));
    assert_eq!(found.difference.rules.unwrap().lowered[0].after.signers, "reliability");
}

/// The keys of what a case asks for.
fn wanted(when: &crate::model::Condition) -> String {
    let none = crate::model::Condition::default();
    let asked = [
        ("score_at_least", when.score_at_least != none.score_at_least),
        ("older_than", when.older_than != none.older_than),
        ("younger_than", when.younger_than != none.younger_than),
        ("mitigated", when.mitigated != none.mitigated),
        ("kind", when.kind != none.kind),
        ("incident_severity", when.incident_severity != none.incident_severity),
        ("weekday", when.calendar.as_ref().is_some_and(|of| !of.weekdays.is_empty())),
        ("hours", when.calendar.as_ref().is_some_and(|of| !of.hours.is_empty())),
        ("asked_by", when.asked_by != none.asked_by),
    ];
    asked.into_iter().filter(|(_, is)| *is).map(|(key, _)| key).collect::<Vec<_>>().join(" ")
}

/// Whatever a condition asks for is supposed to be so once, and once not.
#[test]
fn every_condition_is_seen_to_loosen() {
    for when in [
        "score_at_least = 9.1",
        "older_than = \"7d\"",
        "younger_than = \"7d\"",
        "mitigated = true",
        "mitigated = false",
        "kind = \"advisory\"",
        "incident_severity = \"sev1\"",
        "weekday = \"fri\", zone = \"Europe/Berlin\"",
        "hours = \"02:00-02:30\", zone = \"UTC\"",
        "asked_by = [\"leads\", \"sre\"]",
    ] {
        let rule = format!(
            "[[rule]]\nname = \"r\"\nwhen = {{ reason = \"advisory-reopened\", severity = \"critical\", {when} }}\nthen = \"warn\"\n"
        );
        let rules = reviewed(BASE, &with(&rule)).difference.rules.unwrap();
        assert!(!rules.lowered.is_empty() && rules.raised.is_empty(), "{when}: {rules:#?}");
        for one in &rules.lowered {
            let told = wanted(&one.when);
            assert!(told.contains(when.split(" = ").next().unwrap()), "{when}: {told}");
        }
        // The same rule again loosens nothing.
        assert!(reviewed(&with(&rule), &with(&rule)).difference.rules.is_none());
    }
}

/// What was done to a record, and how it begins to be told.
fn chronicled(before: &MemoryTree, after: &MemoryTree) -> Vec<(&'static str, String)> {
    let found = chronicle(&crate::record::testing::named("checkout"), before, after).unwrap();
    found.changes.into_iter().map(|change| (change.kind.word, change.message)).collect()
}

#[test]
fn lines_of_the_record_may_only_be_added() {
    let days = ["2026-11-01", "2026-11-02", "2026-11-03", "2026-12-01"];
    let all = crate::record::testing::written(&days);
    let upto = |count: usize| crate::record::testing::written(&days[..count]);
    let (november, december) = ("log/checkout/2026-11.jsonl", "log/checkout/2026-12.jsonl");
    assert_eq!(chronicled(&all, &all), []);
    assert_eq!(chronicled(&upto(2), &all), [("log-appended", "2 lines were added to the record".into())]);
    assert_eq!(
        chronicled(&MemoryTree::new(), &upto(1)),
        [("log-appended", "1 line was added to the record".into())]
    );
    type Spoil = fn(&mut Vec<String>);
    let spoils: [(Spoil, &str); 7] = [
        (|lines| lines[1] = lines[1].replace("sev1", "sev2"), "line 2 is another"),
        (|lines| drop(lines.remove(1)), "1 line from line 2 on was dropped"),
        (|lines| lines.truncate(1), "2 lines from line 2 on were cut off"),
        (|lines| lines.swap(0, 1), "lines from 1 on stand elsewhere than before"),
        (|lines| lines.insert(1, lines[0].clone()), "lines from 2 on stand elsewhere than before"),
        (|lines| lines[2] = lines[2].replace('\n', "\r\n"), "line 3 is another"),
        (|lines| lines[2] = lines[2].replace('\n', ""), "1 line from line 3 on was cut off"),
    ];
    for (spoil, said) in spoils {
        let mut after = all.clone();
        let bytes = after.files_mut().get_mut(november).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        spoil(&mut lines);
        *bytes = lines.concat().into_bytes();
        let found = chronicled(&all, &after);
        assert_eq!(found[0], ("log-changed", format!("`{november}`: {said}")), "{found:#?}");
    }
    let mut gone = all.clone();
    gone.files_mut().remove(december);
    let deleted = ("log-deleted", format!("`{december}` was deleted, with 1 line"));
    assert_eq!(chronicled(&all, &gone), [deleted]);
    // Rewritten from the beginning, with hashes that fit: every byte is another, and it verifies.
    let anew = crate::record::testing::written(&["2026-11-01", "2026-11-04", "2026-11-05", "2026-12-01"]);
    let found = chronicled(&all, &anew);
    assert!(found.iter().all(|(word, _)| *word == "log-changed") && found.len() == 2, "{found:#?}");
}

#[test]
fn added_lines_must_continue_the_chain() {
    let one = crate::record::testing::written(&["2026-11-01"]);
    let other = crate::record::testing::written(&["2026-10-31", "2026-11-02"]);
    let mut after = one.clone();
    let line = other.files()["log/checkout/2026-11.jsonl"].clone();
    after.files_mut().get_mut("log/checkout/2026-11.jsonl").unwrap().extend(line);
    let found = chronicled(&one, &after);
    assert!(!found.is_empty() && found.iter().all(|(word, _)| *word == "log-broken"), "{found:#?}");
    // What was wrong before isn't this change's doing.
    let found = chronicled(&after, &after);
    assert!(found.iter().all(|(word, _)| *word == "log-broken-before"), "{found:#?}");
    // What has no end was never a line; the next act puts it aside.
    let mut torn = one.clone();
    torn.files_mut().get_mut("log/checkout/2026-11.jsonl").unwrap().extend(b"{\"seq\":2,");
    let two = crate::record::testing::written(&["2026-11-01", "2026-11-02"]);
    assert_eq!(chronicled(&torn, &two), [("log-appended", "1 line was added to the record".into())]);
}

#[test]
fn a_debt_is_closed_where_the_record_says_so() {
    let debt = "[debt.D1]\nservice = \"shop\"\nenvironment = \"prod\"\nto = \"2.0.0\"\nsubjects = [\"far-back\"]\nreason = \"r\"\nby = \"B\"\nat = 2026-11-20\n";
    let line = r#"{"seq":1,"kind":"reviewed","service":"shop","debt":"D1","closed":true,"by":"Ann <a@x>","note":"seen"}"#;
    let before = tree(&[(MAIN, &with(debt))]);
    let log = ("log/shop/2026-11.jsonl", format!("{line}\n"));
    let after = tree(&[(MAIN, BASE), (log.0, &log.1)]);
    let found = of_trees(&before, &after);
    let closed = found.difference.changes.iter().find(|change| change.kind.word.starts_with("debt")).unwrap();
    assert_eq!((closed.kind.word, closed.by.as_deref()), ("debt-closed", Some("by Ann <a@x>: seen")));
}

#[test]
fn only_what_a_change_may_concern_is_looked_at() {
    let web = "[service.web]\n[[service.web.release]]\nversion = \"1\"\n";
    let files = |main: &str, web: &str| tree(&[(MAIN, main), ("services/web/service.toml", web)]);
    let looked = |before: &MemoryTree, after: &MemoryTree| of_trees(before, after).difference.services;
    let base = files(BASE, web);
    assert_eq!(looked(&base, &files(BASE, &format!("{web}tags = [\"x\"]\n"))), 1);
    assert_eq!(looked(&base, &files(&with(HIGH), web)), 1);
    assert_eq!(looked(&base, &files(&format!("# said\n{BASE}"), web)), 0);
    assert_eq!(looked(&base, &files(&with("[policy]\nbaseline = \"7d\"\n"), web)), 2);
    let mut noted = base.clone();
    noted.put("services/web/notes.md", "for people");
    noted.put("README.md", "for people");
    noted.put("playbooks/x.toml", "");
    assert_eq!(of_trees(&base, &noted).difference.services, 1);
    assert!(of_trees(&base, &noted).difference.is_empty());
}
