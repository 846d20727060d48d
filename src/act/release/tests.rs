//! What comes of saying something of a release, as a table.

use super::*;
use crate::model::parse_time;
use crate::record::{Ids, Known, State, Who};
use crate::registry::LoadError;
use crate::registry::MemoryTree;

const REGISTRY: &str = r#"format = 1
[environment.prod]
[environment.staging]

[service.x]
order = "semver"

[[service.x.release]]
version = "1.0.0"
released = 2026-01-01T00:00:00Z
commit = "9f3c2ab"
digests = ["sha256:a", "sha256:B"]
tags = ["base:1"]

[[service.x.release]]
version = "1.1.0" # bare

[[service.x.release]]
version = "1.2.0"
withdrawn = { at = 2026-02-01, reason = "image deleted" }

[advisory.CVE-1]
title = "Everywhere"
affects = [{ service = "x", versions = ">=1.3.0", fixed_in = ["1.2.0"] }]
[instability.INC-1]
title = "Only there"
affects = [{ service = "x", versions = ">=1.3.0", environments = ["staging"] }]
[advisory.CVE-2]
title = "By its base"
severity = "low"
effective = 2027-01-01
affects = [{ services = "*", tag = "base:2" }]
[advisory.CVE-3]
title = "Over"
until = 2026-01-01
affects = [{ service = "x", versions = "*" }]
"#;

fn tree() -> MemoryTree {
    [("holdpoint.toml", REGISTRY), ("evidence/x.json", "{}"), ("evidence/sub/y.json", "{}")]
        .into_iter()
        .collect()
}

fn occasion() -> Occasion {
    Occasion {
        now: now(),
        who: Who { by: "ci".into(), known: Known::Ci },
        ids: Ids::from(7),
        state: State::default(),
        ci: Default::default(),
    }
}

fn now() -> Time {
    parse_time("2026-11-22T03:00:00Z").unwrap()
}

fn request(version: &str, set: impl FnOnce(&mut Request)) -> Request {
    let mut request = Request {
        service: Name::new("x").unwrap(),
        version: version.into(),
        released: None,
        commit: None,
        digests: Vec::new(),
        tags: Vec::new(),
        sbom: None,
    };
    set(&mut request);
    request
}

fn done(request: &Request) -> Result<Registered, Refusal> {
    add(&tree(), "holdpoint.toml", request, &occasion())
}

/// What a registered release is found to have otherwise, in words.
fn differences(request: &Request) -> Vec<String> {
    match done(request) {
        Err(Refusal::Otherwise(mistakes)) => {
            mistakes.list.into_iter().map(|mistake| mistake.message).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_release_is_added_and_dated_now() {
    let request = request("1.3.0", |request| request.tags = vec!["base:2".into()]);
    let registered = done(&request).unwrap();
    assert_eq!(
        (registered.outcome, registered.keys.join(" ")),
        (Outcome::Added, "version released tags".into())
    );
    let after =
        String::from_utf8(registered.changes.files()["holdpoint.toml"].after.clone().unwrap()).unwrap();
    let new = "\n[[service.x.release]]\nversion = \"1.3.0\"\nreleased = 2026-11-22T03:00:00Z\ntags = [\"base:2\"]\n";
    let at = REGISTRY.find("\n[advisory.CVE-1]").unwrap();
    assert_eq!(after, format!("{}{new}{}", &REGISTRY[..at], &REGISTRY[at..]));
    let [says] = &registered.says[..] else { panic!("{:?}", registered.says) };
    let deed = Deed::Released { version: "1.3.0".into(), commit: None, digests: Vec::new() };
    assert_eq!((&says.deed, &*says.service, &*says.by), (&deed, "x", "ci"));
    let line = after.lines().position(|line| line.contains("1.3.0")).unwrap();
    assert_eq!(registered.spot, Spot { file: "holdpoint.toml".into(), line });
    let service = &registered.after.registry.services[&request.service];
    let hits = hits(&registered.after.registry, service, registered.release(&request).unwrap(), now());
    let said: Vec<_> = hits
        .iter()
        .map(|hit| {
            (
                hit.flag.id.as_str(),
                hit.from.is_some(),
                hit.environments.iter().map(|name| name.as_str()).collect(),
            )
        })
        .collect();
    let all: &[&str] = &[];
    assert_eq!(
        said,
        [("CVE-1", false, all.to_vec()), ("INC-1", false, vec!["staging"]), ("CVE-2", true, all.to_vec())]
    );
}

#[test]
fn what_is_said_again_changes_nothing() {
    for set in [
        |_: &mut Request| {},
        |request: &mut Request| request.released = parse_time("2026-01-01T01:00:00.9+01:00").ok(),
        |request: &mut Request| request.commit = Some("9f3c2ab".into()),
        |request: &mut Request| request.commit = Some("9F3C2AB4567890123456789012345678901234ab".into()),
        |request: &mut Request| request.digests = vec!["sha256:b".into()],
        |request: &mut Request| request.tags = vec!["base:1".into()],
    ] {
        let registered = done(&request("1.0.0", set)).unwrap();
        assert_eq!((registered.outcome, registered.spot.line), (Outcome::Unchanged, 8));
        assert!(registered.changes.is_empty() && registered.says.is_empty() && registered.keys.is_empty());
    }
}

#[test]
fn what_was_not_known_is_filled_in_and_nothing_else() {
    let all = request("1.1.0", |request| {
        request.released = parse_time("2026-03-01").ok();
        request.commit = Some("abc".into());
        request.digests = vec!["sha256:c".into()];
        request.sbom = Some("evidence/x.json".into());
    });
    let registered = done(&all).unwrap();
    assert_eq!(
        (registered.outcome, registered.keys.join(" ")),
        (Outcome::Completed, "released commit digests sbom".into())
    );
    let after = registered.changes.files()["holdpoint.toml"].after.clone().unwrap();
    let lines = "version = \"1.1.0\" # bare\nreleased = 2026-03-01T00:00:00Z\ncommit = \"abc\"\n\
                 digests = [\"sha256:c\"]\nsbom = \"evidence/x.json\"\n";
    assert_eq!(
        String::from_utf8(after.clone()).unwrap(),
        REGISTRY.replace("version = \"1.1.0\" # bare\n", lines)
    );
    let again: MemoryTree =
        [("holdpoint.toml", after), ("evidence/x.json", Vec::new())].into_iter().collect();
    assert_eq!(add(&again, "holdpoint.toml", &all, &occasion()).unwrap().outcome, Outcome::Unchanged);
    let undated = done(&request("1.1.0", |request| request.commit = Some("abc".into()))).unwrap();
    assert_eq!(undated.keys, ["commit"], "a date that nobody said isn't made up for what is registered");
}

#[test]
fn what_contradicts_is_shown_with_both_sides() {
    let otherwise = request("1.0.0", |request| {
        request.released = parse_time("2026-01-01T00:00:01Z").ok();
        request.commit = Some("9f3c2ac".into());
        request.digests = vec!["sha256:b".into(), "sha256:c".into()];
        request.tags = vec!["base:2".into()];
        request.sbom = Some("evidence/x.json".into());
    });
    let want = [
        "`released` of `1.0.0` is `2026-01-01T00:00:00Z`, not `2026-01-01T00:00:01Z`",
        "`commit` of `1.0.0` is `9f3c2ab`, not `9f3c2ac`",
        "`digests` of `1.0.0` is `sha256:a`, `sha256:b`, not `sha256:b`, `sha256:c`",
        "`tags` of `1.0.0` is `base:1`, not `base:2`",
    ];
    assert_eq!(differences(&otherwise), want);
    let short = request("1.0.0", |request| request.commit = Some("9f3c2".into()));
    assert_eq!(differences(&short), ["`commit` of `1.0.0` is `9f3c2ab`, not `9f3c2`"]);
    let withdrawn = request("1.2.0", |_| {});
    assert_eq!(differences(&withdrawn), ["`1.2.0` was withdrawn at 2026-02-01T00:00:00Z: image deleted"]);
}

#[test]
fn odd_requests_are_refused_or_remarked_upon() {
    let refused = |request: &Request| match done(request) {
        Err(Refusal::Unfit { message, hint }) => (message, hint.is_some()),
        other => panic!("{other:?}"),
    };
    let words = refused(&request("nightly", |_| {}));
    assert_eq!(words, ("`nightly` can't be ordered as semver, the order of `x`".into(), true));
    let folder = refused(&request("1.3.0", |request| request.sbom = Some("evidence/sub".into())));
    assert_eq!(folder, ("`evidence/sub` is no file".into(), true));
    let odd = request("v1.1.0", |request| {
        request.released = parse_time("2026-11-22T03:10:01Z").ok();
        request.sbom = Some("evidence/z.json".into());
    });
    let notes = done(&odd).unwrap().notes;
    assert_eq!(notes[0], "there is no `evidence/z.json` in the registry yet");
    assert_eq!(notes[1], "`1.1.0` is registered too, and has the same place in the order");
    assert!(notes[2].starts_with("2026-11-22T03:10:01Z lies in the future"), "{notes:?}");
    let unknown = Request { service: Name::new("y").unwrap(), ..odd };
    assert!(matches!(done(&unknown), Err(Refusal::Unloaded(LoadError::NoService { .. }))));
}
