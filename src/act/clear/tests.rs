//! What comes of clearing flags, as tables.

use super::find::{by_id, look, together};
use super::*;
use crate::model::{FlagKind, Id, Level, parse_time};
use crate::record::{Ids, Known, State, Who};
use crate::registry::MemoryTree;

const MAIN: &str = r#"format = 1
[environment.prod]
[team.sre]
members = ["rosa@example.com"]
[team.sec]
members = ["mina@example.com"]

[service.x]
owner = { reliability = "sre", security = "sec" }
release = [{ version = "1.0.0" }, { version = "1.1.0" }, { version = "1.2.0" }]
running = { prod = "1.0.0" }
[[service.x.ran]]
environment = "prod"
version = "1.1.0"
until = 2026-11-20T00:00:00Z
left_for = "1.0.0"
kind = "rollback"

[service.y]
owner = { security = "nobody" }
order = "calver"
release = [{ version = "2026.1" }]

[advisory.CVE-1]          # ours
title = "Everywhere"
severity = "high"
aliases = ["GHSA-1"]
affects = [{ service = "x", versions = "*" }]

[instability.INC-1]
title = "Slow"
aliases = ["GHSA-1"]
[[instability.INC-1.affects]]
service = "x"
versions = [
    ">=1.1.0",     # all of it
    "<0.5",
]

[instability.INC-2]
title = "On both"
[[instability.INC-2.affects]]
service = "x"
versions = ">=1.0.0"
[[instability.INC-2.affects]]
service = "y"
versions = ">=2025"
[advisory.CVE-3]
title = "By digest"
affects = [{ service = "x", digests = ["sha256:a"] }]
[sign-off.S1]
service = "x"
environment = "prod"
to = "1.1.0"
accepts = ["INC-1"]
as = "reliability"
by = "rosa@example.com"
reason = "ok"
at = 2026-11-22T00:00:00Z
expires = 2026-11-23T00:00:00Z
"#;

fn tree(main: &str) -> MemoryTree {
    [("holdpoint.toml", main)].into_iter().collect()
}

fn occasion(by: &str) -> Occasion {
    Occasion {
        now: parse_time("2026-11-22T03:00:00Z").unwrap(),
        who: Who { by: by.into(), known: Known::Flag },
        ids: Ids::from(7),
        state: State::default(),
        ci: std::collections::BTreeMap::new(),
    }
}

fn request(kind: FlagKind, id: &str, fixed_in: Option<&str>) -> Request {
    let holder = Holder::Shared;
    Request {
        target: Candidate { id: Id::new(id).unwrap(), kind, holder, alias: None },
        service: None,
        reason: Said::new("why \"not\"\n\u{202e}").unwrap(),
        fixed_in: fixed_in.map(Into::into),
    }
}

fn advisory(id: &str, fixed_in: Option<&str>) -> Request {
    request(FlagKind::Advisory, id, fixed_in)
}

fn instability(id: &str, fixed_in: Option<&str>) -> Request {
    request(FlagKind::Instability, id, fixed_in)
}

fn done(main: &str, request: &Request, by: &str) -> Result<Cleared, Refusal> {
    clear(&tree(main), "holdpoint.toml", request, &occasion(by))
}

fn after(cleared: &Cleared) -> String {
    String::from_utf8(cleared.changes.files()["holdpoint.toml"].after.clone().unwrap()).unwrap()
}

fn refused(main: &str, request: &Request, by: &str) -> (String, String) {
    match done(main, request, by) {
        Err(Refusal::Unfit { message, hint }) => (message, hint.unwrap_or_default()),
        other => panic!("{other:?}"),
    }
}

const MINA: &str = "Mina <mina@example.com>";
const ROSA: &str = "Rosa <rosa@example.com>";

#[test]
fn a_withdrawn_flag_stays_with_when_by_whom_and_why() {
    let cleared = done(MAIN, &advisory("CVE-1", None), MINA).unwrap();
    let line = "withdrawn = { at = 2026-11-22T03:00:00Z, by = \"Mina <mina@example.com>\", \
                reason = \"why \\\"not\\\"\\n\\u202E\" }\n";
    let affects = "affects = [{ service = \"x\", versions = \"*\" }]\n";
    assert_eq!(after(&cleared), MAIN.replace(affects, &format!("{affects}{line}")));
    assert_eq!((cleared.outcome, cleared.was), (Outcome::Withdrawn, Standing::Active));
    let effect = &cleared.effects[0];
    let freed: Vec<_> = effect.freed.iter().map(|freed| (&*freed.version, freed.others.join(" "))).collect();
    let others = ["INC-2", "INC-1 INC-2", "INC-1 INC-2"].map(String::from);
    assert_eq!(freed, ["1.0.0", "1.1.0", "1.2.0"].into_iter().zip(others).collect::<Vec<_>>());
    assert_eq!((effect.runs.len(), &*effect.runs[0].version.text), (1, "1.0.0"));
    let [line] = &*cleared.says else { panic!("{:?}", cleared.says) };
    let deed = Deed::Cleared {
        flag: "CVE-1".into(),
        key: "security".into(),
        reason: "why \"not\"\n\u{202e}".into(),
        fixed_in: None,
    };
    assert_eq!((&line.deed, &*line.service, &line.group), (&deed, "x", &None));

    let again = done(&after(&cleared), &advisory("CVE-1", None), "nobody <n@example.com>").unwrap();
    assert_eq!((again.outcome, again.changes.is_empty(), again.says.len()), (Outcome::Unchanged, true, 0));
    assert!(
        again.notes[0].starts_with("it was withdrawn at 2026-11-22T03:00:00Z by Mina"),
        "{:?}",
        again.notes
    );
}

#[test]
fn verdicts_ping_pong_and_sign_offs_are_told_before_and_after() {
    let alone = MAIN.replace("[instability.INC-2]", "[instability.INC-2]\nuntil = 2026-01-01");
    let alone = alone.replace("[advisory.CVE-1] ", "[advisory.CVE-1]\nuntil = 2026-01-01");
    let cleared = done(&alone, &instability("INC-1", None), ROSA).unwrap();
    let effect = &cleared.effects[0];
    let bounced: Vec<_> = effect.released.iter().map(|(place, to)| (place.as_str(), &**to)).collect();
    assert_eq!(bounced, [("prod", "1.1.0")]);
    let [sign_off] = &*effect.sign_offs else { panic!("{effect:?}") };
    assert_eq!((&*sign_off.id, sign_off.partly), ("S1", false));
    let [change] = &*effect.changes else { panic!("{effect:?}") };
    assert_eq!((&*change.to, change.from.as_deref()), ("1.1.0", Some("1.0.0")));
    assert!(change.before.0 >= Level::Hold && change.after.0 == Level::Warn, "{change:?}");
    assert_eq!(effect.same, 1, "what runs is judged as it was");
}

#[test]
fn an_open_range_is_closed_and_keeps_what_it_was() {
    let cleared = done(MAIN, &advisory("CVE-1", Some("1.2.0")), MINA).unwrap();
    let old = "affects = [{ service = \"x\", versions = \"*\" }]\n";
    let new = "affects = [{ service = \"x\", versions = \"<1.2.0\", fixed_in = [\"1.2.0\"] }]\n\
               narrowed = { at = 2026-11-22T03:00:00Z, was = \"*\" }\n";
    assert_eq!(after(&cleared), MAIN.replace(old, new));
    assert_eq!(cleared.outcome, Outcome::Narrowed);
    let effect = &cleared.effects[0];
    assert_eq!((effect.freed.len(), effect.still.join(" ")), (1, "1.0.0 1.1.0".into()));
    let again = done(&after(&cleared), &advisory("CVE-1", Some("1.2.0")), MINA).unwrap();
    assert_eq!((again.outcome, again.changes.is_empty()), (Outcome::Unchanged, true));
    let lower = refused(&after(&cleared), &advisory("CVE-1", Some("1.1.0")), MINA);
    assert_eq!(lower.0, "the range of CVE-1 on `x` is closed already: `<1.2.0`");

    let listed = done(MAIN, &instability("INC-1", Some("1.2.0")), ROSA).unwrap();
    let text = after(&listed);
    assert!(text.contains("    \">=1.1.0, <1.2.0\"") && text.contains("# all of it"), "{text}");
    assert!(text.contains("    \"<0.5\",\n]\nfixed_in = [\"1.2.0\"]\n"), "{text}");
    assert!(
        text.contains("narrowed = { at = 2026-11-22T03:00:00Z, was = [\">=1.1.0\", \"<0.5\"] }\n"),
        "{text}"
    );
}

#[test]
fn an_earlier_narrowing_stays_as_long_as_the_judge_speaks_of_it() {
    for (at, was) in [("2026-11-20", "[\"<3\", \"*\"]"), ("2026-11-01", "\"*\"")] {
        let main =
            MAIN.replace("aliases = [\"GHSA-1\"]\naffects", "aliases = [\"GHSA-1\"]\nNARROWED\naffects");
        let main = main.replace("NARROWED", &format!("narrowed = {{ at = {at}, was = \"<3\" }}"));
        let text = after(&done(&main, &advisory("CVE-1", Some("1.2.0")), MINA).unwrap());
        let want = format!("narrowed = {{ at = 2026-11-22T03:00:00Z, was = {was} }}\n");
        assert!(text.contains(&want), "{text}");
    }
}

#[test]
fn of_a_flag_on_several_services_one_is_closed_or_all_is_withdrawn() {
    let names = |message: &str| message.contains("INC-2 speaks of `x` and `y`");
    let several = refused(MAIN, &instability("INC-2", Some("1.2.0")), ROSA);
    assert!(names(&several.0) && several.1.contains("--service"), "{several:?}");
    let of_x = |fixed| Request { service: Name::new("x").ok(), ..instability("INC-2", fixed) };
    let whole = refused(MAIN, &of_x(None), ROSA);
    assert!(names(&whole.0) && whole.1.contains("leave --service out"), "{whole:?}");
    let text = after(&done(MAIN, &of_x(Some("1.2.0")), ROSA).unwrap());
    assert!(
        text.contains("was = \">=1.0.0\", service = \"x\" }"),
        "the other service has another order: {text}"
    );
    // And it loads for the other one, for which nothing was narrowed.
    let loaded = load(&tree(&text), "holdpoint.toml", &Ask::Everything).unwrap();
    let flag = loaded.registry.flags.iter().find(|flag| flag.id.as_str() == "INC-2").unwrap();
    assert_eq!(flag.narrowed.as_ref().unwrap().was.len(), 1);

    let all = done(MAIN, &instability("INC-2", None), ROSA).unwrap();
    let lines: Vec<(&str, bool)> =
        all.says.iter().map(|line| (&*line.service, line.group.is_some())).collect();
    assert_eq!(lines, [("x", true), ("y", true)]);
    assert_eq!(all.says[0].group, all.says[1].group);
}

#[test]
fn only_the_team_whose_statement_it_is_may_clear_it() {
    let (message, hint) = refused(MAIN, &advisory("CVE-1", None), ROSA);
    assert!(message.contains("CVE-1 is for security to take back: Rosa"), "{message}");
    assert!(hint.contains("mina@example.com"), "{hint}");
    let undefined = MAIN.replace("service = \"x\", versions = \"*\"", "service = \"y\", versions = \"*\"");
    let (_, hint) = refused(&undefined, &advisory("CVE-1", None), MINA);
    assert!(hint.contains("`[team.nobody]` isn't in the registry"), "{hint}");
    let (team, end) = (MAIN.find("[team.sre]").unwrap(), MAIN.find("[service.x]").unwrap());
    let without = format!("{}{}", &MAIN[..team], &MAIN[end..]);
    assert!(done(&without, &advisory("CVE-1", None), "anybody").is_ok(), "no team is given at all");
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (request, want) in [
        (advisory("CVE-1", Some("nightly")), "`nightly` has no place in the order of `x`, semver"),
        (
            instability("INC-1", Some("1.1.0")),
            "`>=1.1.0` can't end before 1.1.0: nothing would be left of it",
        ),
        (advisory("CVE-3", Some("1.2.0")), "CVE-3 says by tags or digests what it hits of `x`"),
        (advisory("CVE-9", None), "CVE-9 is gone from the registry"),
    ] {
        let by = if request.target.kind == FlagKind::Advisory { MINA } else { ROSA };
        assert_eq!(refused(MAIN, &request, by).0, want);
    }
    let still = MAIN.replace("\"<0.5\",", "\"<5\",");
    let (message, _) = refused(&still, &instability("INC-1", Some("1.2.0")), ROSA);
    assert!(message.starts_with("1.2.0 would still be hit by INC-1"), "{message}");
}

#[test]
fn all_services_are_told_of_that_a_flag_on_all_hits() {
    let main = MAIN
        .replace("service = \"x\", digests = [\"sha256:a\"]", "services = \"*\", tag = \"t\"")
        .replace("{ version = \"1.1.0\" }", "{ version = \"1.1.0\", tags = [\"t\"] }");
    let cleared = done(&main, &advisory("CVE-3", None), MINA).unwrap();
    let names: Vec<&str> = cleared.effects.iter().map(|effect| effect.service.as_str()).collect();
    assert_eq!(names, ["x"], "of `y` it hits nothing, so its team isn't asked either");
    let (message, _) = refused(&main, &advisory("CVE-3", Some("1.2.0")), MINA);
    assert!(message.contains("speaks of every service"), "{message}");
}

#[test]
fn a_flag_is_found_by_its_id_before_an_alias() {
    let tree: MemoryTree = [
        ("holdpoint.toml", "format = 1\n[service.x]\n[instability.A]\ntitle = 't'\naliases = ['CVE-1', 'Z']\naffects = [{ service = 'x', versions = '*' }]\n"),
        ("services/y/service.toml", "[service.y]\n"),
        ("services/y/advisories/CVE-1.toml", "[advisory.CVE-1]\ntitle = 't'\naliases = ['Z']\naffects = [{ service = 'y', versions = '*' }]\n"),
    ]
    .into_iter()
    .collect();
    let whole = Whole::open(&tree, "holdpoint.toml").unwrap();
    let called = |found: &[Candidate]| {
        let name = |one: &Candidate| format!("{} {:?} {:?}", one.id, one.holder, one.alias);
        found.iter().map(name).collect::<Vec<_>>()
    };
    let own = "CVE-1 Own(Name(\"y\")) None";
    assert_eq!(called(&by_id(&tree, &whole, "CVE-1").unwrap()), [own]);
    assert!(
        by_id(&tree, &whole, "cve-1").unwrap().is_empty() && by_id(&tree, &whole, "../x").unwrap().is_empty()
    );
    let search = |word: &str| {
        let at = |name: &Name| look(&whole.service(&tree, name).unwrap().registry, name, word);
        together(whole.names().iter().map(at), word)
    };
    assert_eq!(called(&search("cve-1").found), [own]);
    assert_eq!(called(&search("z").found), ["A Shared Some(\"Z\")", "CVE-1 Own(Name(\"y\")) Some(\"Z\")"]);
    assert_eq!(search("CVE-2").near.as_deref(), Some("CVE-1"));
}
