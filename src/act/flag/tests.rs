//! What comes of flagging, as tables; and that any text which is taken is stored as it was said.

use proptest::prelude::*;

use super::*;
use crate::model::{Level, parse_time};
use crate::record::{Ids, Known, State, Who};
use crate::registry::MemoryTree;

const ONE: &str = r#"format = 1
# Ours. Ask before you change it.
[team.sre]
members = ["rosa@example.com", "both@example.com"]
[team.appsec]
members = ["mina@example.com", "both@example.com"]

[service.shop]   # the shop
owner = { reliability = "sre", security = "appsec" }
running = { prod = "1.2.0", staging = "1.3.0" }
ran = [{ environment = "prod", version = "1.1.0", since = 2026-10-01, until = 2026-11-01 }]
release = [{ version = "1.0.0" }, { version = "1.1.0" }, { version = "1.2.0" }, { version = "1.3.0" }]

[service.cart]
release = [{ version = "7" }]

[advisory.CVE-1]
title = "A hole"
severity = "medium"
aliases = ["GHSA-1"]
affects = [{ service = "shop", versions = "<1.0.0", fixed_in = ["1.0.0"] }] # theirs
recorded = 2026-01-01
by = "Mina <mina@example.com>"
"#;

fn one() -> MemoryTree {
    [("holdpoint.toml", ONE)].into_iter().collect()
}

/// The same in folders.
fn folders() -> MemoryTree {
    let (main, rest) = ONE.split_at(ONE.find("[service.shop]").unwrap());
    let (shop, rest) = rest.split_at(rest.find("[service.cart]").unwrap());
    let (cart, advisory) = rest.split_at(rest.find("[advisory").unwrap());
    let files = [
        ("holdpoint.toml", main),
        ("services/shop/service.toml", shop),
        ("services/cart/service.toml", cart),
        ("services/shop/advisories/CVE-1.toml", advisory),
    ];
    files.into_iter().collect()
}

fn occasion() -> Occasion {
    Occasion {
        now: parse_time("2026-11-22T03:00:00Z").unwrap(),
        who: Who { by: "Mina <mina@example.com>".into(), known: Known::Git },
        ids: Ids::from(7),
        state: State::default(),
        ci: BTreeMap::new(),
    }
}

/// A change of a request.
type Set = fn(&mut Request);

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn request(versions: &str, set: impl FnOnce(&mut Request)) -> Request {
    let mut request = Request {
        kind: FlagKind::Advisory,
        parts: vec![Part { service: name("shop"), versions: vec![versions.into()] }],
        id: Id::new("CVE-2").ok(),
        title: Said::new("Token leak").ok(),
        url: None,
        severity: Some(Severity::High),
        cvss: None,
        exploited: false,
        compromised: false,
        aliases: Vec::new(),
        except: Vec::new(),
        fixed_in: Vec::new(),
        environments: Vec::new(),
        effective: None,
        until: None,
        mitigations: Vec::new(),
        ticket: None,
        extend: false,
        future: false,
    };
    set(&mut request);
    request
}

fn done(tree: &MemoryTree, request: &Request) -> Result<Flagged, Refusal> {
    flag(tree, "holdpoint.toml", request, &occasion())
}

/// The registry with the changes in it.
fn after(tree: &MemoryTree, flagged: &Flagged) -> MemoryTree {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let paths = ["holdpoint.toml", "services/shop/service.toml", "services/cart/service.toml"];
    let more = ["services/shop/advisories/CVE-1.toml"];
    for path in paths.into_iter().chain(more) {
        files.extend(tree.read(path).unwrap().map(|bytes| (path.to_owned(), bytes)));
    }
    for (path, change) in flagged.changes.files() {
        files.extend(change.after.clone().map(|bytes| (path.clone(), bytes)));
    }
    files.into_iter().collect()
}

fn written(flagged: &Flagged) -> Vec<(String, String)> {
    let text = |change: &crate::registry::Change| String::from_utf8(change.after.clone().unwrap()).unwrap();
    flagged.changes.files().iter().map(|(path, change)| (path.clone(), text(change))).collect()
}

/// Why nothing was flagged, and whether something is offered instead.
fn why(result: Result<Flagged, Refusal>) -> String {
    match result.unwrap_err() {
        Refusal::Otherwise(mistakes) => {
            mistakes.list.iter().map(|mistake| mistake.message.clone()).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

#[test]
fn one_file_gets_one_table_and_keeps_the_rest() {
    let flagged =
        done(&one(), &request(">=1.1.0, <1.3.0", |request| request.fixed_in = vec![(None, "1.3.0".into())]));
    let flagged = flagged.unwrap();
    let table = "\n[advisory.CVE-2]\ntitle = \"Token leak\"\nseverity = \"high\"\naffects = [{ service = \"shop\", \
                 versions = \">=1.1.0, <1.3.0\", fixed_in = [\"1.3.0\"] }]\nrecorded = 2026-11-22T03:00:00Z\n\
                 by = \"Mina <mina@example.com>\"\n";
    assert_eq!(written(&flagged), [("holdpoint.toml".into(), format!("{ONE}{table}"))]);
    assert_eq!((flagged.outcome, flagged.says.len()), (Outcome::Flagged, 1));
}

#[test]
fn a_folder_gets_one_file_and_several_services_share_one() {
    let path = |request: &Request| written(&done(&folders(), request).unwrap()).remove(0).0;
    assert_eq!(path(&request("1.2.0", |_| {})), "services/shop/advisories/CVE-2.toml");
    let unstable = |request: &mut Request| request.kind = FlagKind::Instability;
    assert_eq!(path(&request("1.2.0", unstable)), "services/shop/instabilities/CVE-2.toml");
    let both = request("1.2.0", |request| {
        request.parts.push(Part { service: name("cart"), versions: vec!["*".into()] });
        request.id = None;
    });
    let flagged = done(&folders(), &both).unwrap();
    assert_eq!(written(&flagged)[0].0, format!("advisories/{}.toml", flagged.id));
    let groups: Vec<_> = flagged.says.iter().map(|says| (says.service.clone(), says.group.clone())).collect();
    assert_eq!((&*groups[0].0, &*groups[1].0), ("shop", "cart"));
    assert!(groups[0].1.is_some() && groups[0].1 == groups[1].1, "{groups:?}");
    assert_eq!(written(&done(&one(), &both).unwrap())[0].0, "holdpoint.toml");
}

#[test]
fn it_is_said_what_runs_and_is_hit_and_where_to_go() {
    let flagged = done(&one(), &request("1.2.0", |request| request.exploited = true)).unwrap();
    let reach = &flagged.reaches[0];
    let runs: Vec<_> =
        reach.runs.iter().map(|runs| (runs.environment.as_str(), &*runs.version.text)).collect();
    assert_eq!((runs, &*reach.releases[0], reach.known), (vec![("prod", "1.2.0")], "1.2.0", 4));
    assert_eq!(reach.runs[0].level, Level::Block);
    let way = &reach.ways[0];
    assert_eq!(way.environment.as_str(), "staging");
    assert_eq!(way.before.as_ref().map(|back| &*back.version), Some("1.2.0"));
    assert_eq!(way.after.as_ref().map(|back| &*back.version), Some("1.1.0"));
    assert!(matches!(&reach.next[0].next, Next::Run(to) if &*to.text == "1.1.0"), "{:?}", reach.next);
}

#[test]
fn the_only_safe_way_back_is_missed_and_moves_that_stop_are_told() {
    let flagged = done(&one(), &request("<1.2.0", |request| request.exploited = true)).unwrap();
    let reach = &flagged.reaches[0];
    assert!(reach.runs.is_empty());
    let lost: Vec<_> =
        reach.ways.iter().filter(|way| way.is_lost()).map(|way| way.environment.as_str()).collect();
    assert_eq!(lost, ["prod"]);
    let stopped = &reach.stopped[0];
    assert_eq!((stopped.environment.as_str(), &*stopped.to, stopped.after), ("prod", "1.1.0", Level::Block));
    assert_eq!(stopped.why, [(crate::judge::Code::AdvisoryReopened, "CVE-2".to_owned())]);
    assert_eq!(reach.next[0].next, Next::Targets);
}

#[test]
fn a_sign_off_that_does_not_name_it_is_void() {
    let sign_off = "\n[advisory.CVE-9]\ntitle = \"Old\"\nseverity = \"high\"\naffects = [{ service = \"shop\", \
                    versions = \"1.1.0\" }]\n[sign-off.S1]\nservice = \"shop\"\nenvironment = \"prod\"\nto = \"1.1.0\"\n\
                    accepts = [\"CVE-9\"]\nas = \"security\"\nby = \"mina@example.com\"\nreason = \"r\"\n\
                    at = 2026-11-22T02:00:00Z\nexpires = 2026-11-22T06:00:00Z\n";
    let tree: MemoryTree = [("holdpoint.toml", format!("{ONE}{sign_off}"))].into_iter().collect();
    let flagged = done(&tree, &request("1.1.0", |request| request.kind = FlagKind::Instability)).unwrap();
    let voided = &flagged.reaches[0].voided[0];
    assert_eq!((voided.id.as_str(), &*voided.to, voided.level), ("S1", "1.1.0", Level::Hold));
    assert_eq!(voided.why, [(crate::judge::Code::UnstableRelease, "CVE-2".to_owned())]);
    assert!(done(&tree, &request("1.0.0", |_| {})).unwrap().reaches[0].voided.is_empty());
}

#[test]
fn what_is_said_again_changes_nothing() {
    for tree in [one(), folders()] {
        let all = request("1.2.0", |request| {
            request.cvss = Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N".into());
            request.aliases = vec![Said::new("GHSA-2").unwrap()];
            request.mitigations = vec![offer("waf=hold,4h: put it on").unwrap()];
            request.until = parse_time("2027-01-01").ok();
            request.except = vec![(None, "1.2.0+x".into())];
        });
        let first = done(&tree, &all).unwrap();
        let again = done(&after(&tree, &first), &all).unwrap();
        assert_eq!(
            (again.outcome, again.changes.is_empty(), again.says.len()),
            (Outcome::Unchanged, true, 0)
        );
        let less = request("1.2.0", |request| request.except = vec![(None, "1.2.0+x".into())]);
        assert_eq!(done(&after(&tree, &first), &less).unwrap().outcome, Outcome::Unchanged);
    }
}

#[test]
fn what_stands_is_only_made_wider_and_only_on_request() {
    for tree in [one(), folders()] {
        let wider = |extend: bool| {
            request("1.0.0", |request| {
                (request.id, request.title, request.extend) = (Id::new("cve-1").ok(), None, extend);
                request.title = if extend { None } else { Said::new("A hole").ok() };
                request.severity = Some(Severity::Critical);
                request.exploited = true;
            })
        };
        let refused = why(done(&tree, &wider(false)));
        assert!(
            refused.starts_with("`CVE-1` stands already: `A hole` on <1.0.0 of `shop`, by Mina"),
            "{refused}"
        );
        let flagged = done(&tree, &wider(true)).unwrap();
        assert_eq!((flagged.outcome, flagged.id.as_str()), (Outcome::Extended, "CVE-1"));
        assert_eq!(flagged.notes, ["`1.0.0` was said to mend `CVE-1`, and is taken out of its `fixed_in`"]);
        let text = &written(&flagged)[0].1;
        let affects = "affects = [{ service = \"shop\", versions = \"<1.0.0\" }, { service = \"shop\", versions = \
                       \"1.0.0\" }] # theirs\n";
        assert!(
            text.contains(affects) && text.contains("severity = \"critical\"\nexploited = true\n"),
            "{text}"
        );
        assert_eq!(flagged.reaches[0].new, ["1.0.0".into()]);
        let again = done(&after(&tree, &flagged), &wider(true)).unwrap();
        assert_eq!(again.outcome, Outcome::Unchanged);
    }
}

#[test]
fn a_flag_is_extended_to_another_service_where_it_may_name_it() {
    let further = request("*", |request| {
        request.parts = vec![Part { service: name("cart"), versions: vec!["7".into()] }];
        (request.id, request.extend, request.severity) = (Id::new("CVE-1").ok(), true, None);
        request.title = None;
    });
    let in_one = done(&one(), &further).unwrap();
    assert!(written(&in_one)[0].1.contains("{ service = \"cart\", versions = \"7\" }] # theirs"));
    // In the folder form the flag stands in the folder of the shop, which may name no other service.
    let both = request("<1.0.0", |request| {
        request.parts.push(further.parts[0].clone());
        (request.id, request.extend, request.severity) = (further.id.clone(), true, None);
        request.title = None;
    });
    let own = written(&done(&folders(), &both).unwrap());
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].0, "services/cart/advisories/CVE-1.toml");
    assert!(
        own[0].1.contains("title = \"A hole\"\nseverity = \"medium\"\naliases = [\"GHSA-1\"]\n"),
        "{}",
        own[0].1
    );
    let alone = why(done(&folders(), &further));
    assert_eq!(alone, "no flag `CVE-1` stands for it, so none can be made wider");
}

#[test]
fn of_two_flags_with_one_id_none_is_lowered() {
    let advisory = |service: &str, more: &str| {
        format!(
            "[advisory.CVE-1]\ntitle = \"A hole\"\n{more}\naffects = [{{ service = \"{service}\", versions = \"*\" }}]\n"
        )
    };
    let (shop, cart) =
        (advisory("shop", "severity = \"critical\""), advisory("cart", "aliases = [\"GHSA-1\"]"));
    let service =
        |version: &str, name: &str| format!("[service.{name}]\nrelease = [{{ version = \"{version}\" }}]\n");
    let files = [
        ("holdpoint.toml", "format = 1\n".to_owned()),
        ("services/shop/service.toml", service("1.2.0", "shop")),
        ("services/cart/service.toml", service("7", "cart")),
        ("services/shop/advisories/CVE-1.toml", shop.clone()),
        ("services/cart/advisories/CVE-1.toml", cart.clone()),
    ];
    let tree: MemoryTree = files.into_iter().collect();
    let both = request("*", |request| {
        request.parts.push(Part { service: name("cart"), versions: vec!["*".into()] });
        (request.id, request.extend, request.title) = (Id::new("CVE-1").ok(), true, None);
        (request.severity, request.aliases) = (None, vec![Said::new("GHSA-1").unwrap()]);
    });
    let added = shop.replace("affects", "aliases = [\"GHSA-1\"]\naffects");
    assert_eq!(
        written(&done(&tree, &both).unwrap()),
        [("services/shop/advisories/CVE-1.toml".into(), added)]
    );
    let high = Request { severity: Some(Severity::High), aliases: Vec::new(), ..both };
    assert_eq!(why(done(&tree, &high)), "`severity` of `CVE-1` is `critical`, not `high`");
}

#[test]
fn what_contradicts_is_shown_with_both_sides() {
    let otherwise = |set: fn(&mut Request)| {
        why(done(
            &one(),
            &request("1.0.0", |request| {
                (request.id, request.extend) = (Id::new("CVE-1").ok(), true);
                (request.title, request.severity) = (None, None);
                set(request);
            }),
        ))
    };
    let cases: [(Set, &str); 5] = [
        (|request| request.title = Said::new("B").ok(), "`title` of `CVE-1` is `A hole`, not `B`"),
        (|request| request.severity = Some(Severity::Low), "`severity` of `CVE-1` is `medium`, not `low`"),
        (|request| request.kind = FlagKind::Instability, "`CVE-1` stands already, as an advisory: `A hole`"),
        (
            |request| request.until = parse_time("2027-01-01").ok(),
            "`until` of `CVE-1` is not said, not 2026-12-31",
        ),
        (|request| request.extend = false, "a new flag needs --title"),
    ];
    for (set, want) in cases {
        assert_eq!(otherwise(set), want);
    }
    let withdrawn =
        ONE.replace("recorded = 2026-01-01", "withdrawn = { at = 2026-02-01, reason = \"no bug\" }");
    let tree: MemoryTree = [("holdpoint.toml", withdrawn)].into_iter().collect();
    let again = request("<1.0.0", |request| request.id = Id::new("CVE-1").ok());
    assert_eq!(why(done(&tree, &again)), "`CVE-1` was withdrawn at 2026-02-01T00:00:00Z: no bug");
}

#[test]
fn what_can_not_be_meant_is_refused() {
    let refused = |versions: &str, set: fn(&mut Request)| why(done(&one(), &request(versions, set)));
    let nothing: Set = |_| {};
    let cases: [(&str, Set, &str); 9] = [
        (">=1 <2", nothing, "versions `>=1 <2` of `shop`: a comma is missing in `>=1 <2`"),
        ("1.22.0", nothing, "no known release of `shop` is in `1.22.0`"),
        (
            "1.2.0",
            |request| request.except = vec![(None, "1.2.0".into())],
            "--except leaves no known release of `shop` that is hit",
        ),
        (
            "1.2.0",
            |request| request.fixed_in = vec![(None, "1.2.0".into())],
            "`1.2.0` is said to mend it, and is among the versions that are hit",
        ),
        ("1.2.0", |request| request.environments = vec![name("prd")], "no environment `prd`"),
        (
            "1.2.0",
            |request| request.until = parse_time("2026-11-22").ok(),
            "--until 2026-11-21 is not after now, so the flag would never count",
        ),
        (
            "1.2.0",
            |request| request.id = Id::new("ping-pong").ok(),
            "`ping-pong` is the code of a reason, so it can't be the id of a flag",
        ),
        (
            "1.2.0",
            |request| (request.kind, request.compromised) = (FlagKind::Instability, true),
            "--compromised is about security, and this flag says unstable",
        ),
        (
            "1.2.0",
            |request| request.fixed_in = vec![(Some(name("cart")), "8".into())],
            "`cart` isn't flagged, so nothing can be said of its releases",
        ),
    ];
    for (versions, set, want) in cases {
        assert_eq!(refused(versions, set), want);
    }
    assert!(done(&one(), &request("1.22.0", |request| request.future = true)).is_ok());
    match done(&one(), &request("1.22.0", |_| {})).unwrap_err() {
        Refusal::Unfit { hint, .. } => assert!(hint.unwrap().starts_with("the nearest is `1.2.0`; ")),
        other => panic!("{other}"),
    }
}

#[test]
fn notes_say_what_a_tired_person_may_miss() {
    let noted = |set: fn(&mut Request)| done(&one(), &request(">=1.2.0", set)).unwrap().notes.join("\n");
    let alias = noted(|request| request.aliases = vec![Said::new("ghsa-1").unwrap()]);
    assert!(
        alias
            .contains("`GHSA-1` is an alias of `CVE-1`, which stands already for `shop` (holdpoint.toml:17)"),
        "{alias}"
    );
    assert!(alias.contains("the range of `shop` has no end"), "{alias}");
    let later =
        noted(|request| (request.effective, request.severity) = (parse_time("2027-01-01").ok(), None));
    assert!(
        later.contains("it counts from 2027-01-01T00:00:00Z on") && later.contains("judged like high"),
        "{later}"
    );
    let malicious = noted(|request| (request.compromised, request.severity) = (true, None));
    assert!(!malicious.contains("judged like"), "it is blocked whatever the severity: {malicious}");
    let hidden = noted(|request| request.title = Said::new("a\u{202e}b").ok());
    assert!(hidden.contains("characters that can't be seen"), "{hidden}");
    let rpm = ONE
        .replace("[service.shop]", "[service.shop]\norder = \"rpm\"")
        .replace("1.3.0\" }]", "1.3.0-1.el9\" }]");
    let tree: MemoryTree = [("holdpoint.toml", rpm)].into_iter().collect();
    let short = done(&tree, &request(">=1.2.0, <=1.3.0", |_| {})).unwrap().notes.join("\n");
    assert!(short.contains("the bound `1.3.0` leaves out `1.3.0-1.el9`"), "{short}");
}

#[test]
fn whose_statement_it_is_is_told_by_the_team() {
    let kind = |by: &str| by_team(&one(), "holdpoint.toml", &[name("shop")], by).unwrap();
    assert_eq!(kind("Rosa <rosa@example.com>"), Ok(FlagKind::Instability));
    assert_eq!(kind("MINA@example.com"), Ok(FlagKind::Advisory));
    assert_eq!(kind("x@example.com"), Err("x@example.com isn't a member of `appsec` or `sre`".into()));
    assert_eq!(kind("both@example.com"), Err("both@example.com is a member of both keys' teams".into()));
    let unowned = by_team(&one(), "holdpoint.toml", &[name("cart")], "rosa@example.com").unwrap();
    assert_eq!(unowned, Err("the registry names no teams that own the service".into()));
}

/// Texts as nobody would type them: quotes, controls, turned lines, line breaks.
fn odd_text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        '"',
        '\'',
        '\\',
        '\n',
        '\r',
        '\t',
        '\u{1b}',
        '\u{7f}',
        '\u{202e}',
        '\u{2028}',
        '\u{feff}',
        '\u{e0041}',
        '#',
        '=',
        ']',
        '支',
    ]);
    prop::collection::vec(prop_oneof![odd, any::<char>()], 1..40)
        .prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn texts_are_stored_exactly_in_both_forms(title in odd_text(), ticket in odd_text()) {
        let (Ok(title), Ok(ticket)) = (Said::new(&title), Said::new(&ticket)) else { return Ok(()) };
        for tree in [one(), folders()] {
            let request = request("1.2.0", |request| {
                (request.title, request.ticket) = (Some(title.clone()), Some(ticket.clone()));
                request.aliases = vec![title.clone()];
            });
            let flagged = done(&tree, &request).unwrap();
            let flag = flagged.flag().unwrap();
            prop_assert_eq!((&*flag.title, flag.ticket.as_deref()), (title.as_str(), Some(ticket.as_str())));
            for (_, text) in written(&flagged) {
                prop_assert!(!text.contains(['\u{202e}', '\u{2028}', '\u{1b}']), "{:?}", text);
            }
            prop_assert_eq!(done(&after(&tree, &flagged), &request).unwrap().outcome, Outcome::Unchanged);
        }
    }
}

#[test]
fn ten_thousand_characters_are_stored_exactly() {
    let long = Said::new(&"ä\u{202e}".repeat(crate::act::LONGEST / 2)).unwrap();
    let flagged = done(&folders(), &request("1.2.0", |request| request.title = Some(long.clone()))).unwrap();
    assert_eq!(&*flagged.flag().unwrap().title, long.as_str());
}
