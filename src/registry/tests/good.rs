//! The whole format, in one file, spread over folders, and mixed: the same model.

use super::{ask, read};
use crate::model::{
    FlagKind, Hours, IncidentCondition, Key, Level, MoveKind, Owner, Registry, Score, Severity, Window,
    format_time,
};
use crate::registry::{Ask, MemoryTree, load};

/// Sections of a registry: where each stands in the folder form, and its text.
const SECTIONS: &[(&str, &str)] = &[
    ("holdpoint.toml", include_str!("good/holdpoint.toml")),
    ("services/checkout/service.toml", include_str!("good/service.toml")),
    ("services/checkout/security.toml", include_str!("good/security.toml")),
    ("services/checkout/running.toml", include_str!("good/running.toml")),
    ("services/checkout/advisories/CVE-2026-31337.toml", include_str!("good/advisory.toml")),
    ("services/checkout/instabilities/INC-482.toml", include_str!("good/instability.toml")),
    ("services/checkout/sign-offs/security/01KAF3.toml", include_str!("good/sign-off.toml")),
    ("services/checkout/debts/01KAF4.toml", include_str!("good/debt.toml")),
    ("advisories/CVE-2026-1.toml", include_str!("good/shared.toml")),
];

pub(super) fn folders() -> MemoryTree {
    SECTIONS.iter().copied().collect()
}

/// The same tables in one file. Keys of a service may stand in one table only, so its three are joined.
fn one_file() -> MemoryTree {
    let mut text = String::new();
    for (path, section) in SECTIONS {
        let own_header =
            *path != "services/checkout/service.toml" && section.starts_with("[service.checkout]\n");
        if !own_header {
            text += &format!("\n{section}");
            continue;
        }
        let section = section.strip_prefix("[service.checkout]\n").unwrap();
        let (keys, rest) = section.split_once("\n\n").unwrap_or((section.trim_end(), ""));
        text = text.replacen("[service.checkout]\n", &format!("[service.checkout]\n{keys}\n"), 1);
        text += &format!("\n{rest}");
    }
    [("holdpoint.toml", text)].into_iter().collect()
}

/// Everything but where it stands, and but in whose list a flag stands.
fn model(registry: &Registry) -> String {
    let mut registry = registry.clone();
    registry.sources = Default::default();
    for service in registry.services.values_mut() {
        registry.flags.append(&mut service.flags);
    }
    registry.flags.sort_by(|a, b| a.id.cmp(&b.id));
    let text = format!("{registry:#?}");
    let mut parts = text.split("Origin {");
    let mut out = parts.next().unwrap().to_owned();
    parts.for_each(|part| out += part.split_once('}').unwrap().1);
    out
}

#[test]
fn both_forms_give_the_same_model() {
    let (folders, one_file) = (folders(), one_file());
    let mut mixed = folders.clone();
    let own = mixed.files_mut().remove("services/checkout/advisories/CVE-2026-31337.toml").unwrap();
    mixed.files_mut().get_mut("holdpoint.toml").unwrap().extend_from_slice(&own);
    let expected = model(&read(&folders, &ask("checkout")).registry);
    for tree in [&folders, &one_file, &mixed] {
        for ask in [ask("checkout"), Ask::Everything] {
            let loaded = read(tree, &ask);
            assert_eq!(loaded.warnings, []);
            pretty_eq(&model(&loaded.registry), &expected);
        }
    }
}

fn pretty_eq(got: &str, expected: &str) {
    let differing = got.lines().zip(expected.lines()).find(|(got, expected)| got != expected);
    assert!(got == expected, "{differing:?}");
}

#[test]
fn everything_of_the_format_arrives() {
    let registry = read(&folders(), &ask("checkout")).registry;
    let service = &registry.services["checkout"];
    let at = |time: crate::model::Time| format_time(time);
    assert_eq!(service.owners.of(Key::Security).unwrap().as_str(), "appsec");
    assert_eq!(service.images.len(), 1);
    assert_eq!(&*service.floor.as_ref().unwrap().version.text, "2.0.0");
    assert_eq!(at(service.support[0].until), "2025-05-01T00:00:00Z", "a date ends with its day");
    assert_eq!(service.running["staging"].len(), 2);
    assert!(service.running["dr"].is_empty());
    let versions: Vec<&str> = service.releases.iter().map(|release| &*release.version.text).collect();
    assert_eq!(versions, ["2.3.0", "2.4.0", "2.4.1"], "oldest first, whatever the file says");
    let newest = &service.releases[2];
    assert_eq!((newest.digests.len(), newest.tags.len(), newest.sbom.is_some()), (1, 1, true));
    assert_eq!(&*newest.withdrawn.as_ref().unwrap().reason, "image deleted");
    let barrier = &service.barriers[0];
    assert_eq!((&*barrier.before.text, &*barrier.since.text), ("2.2.0", "2.3.0"));
    assert!(barrier.undo.is_some());
    assert_eq!(service.ran[0].kind, Some(MoveKind::Redeploy));
    assert_eq!(service.entered["prod"].id().unwrap().as_str(), "01KAF3");
    assert_eq!(&*service.under_way["prod"].to.text, "2.4.0");
    assert_eq!(&*service.settled["2.4.1"].reason, "load test passed");

    let flag = registry.flags_of(service).find(|flag| flag.id.as_str() == "CVE-2026-31337").unwrap();
    assert_eq!((flag.kind, flag.severity, flag.exploited), (FlagKind::Advisory, Severity::High, true));
    assert_eq!(flag.score().map(|score| format!("{score:.1}")).unwrap(), "8.7");
    assert_eq!(at(flag.until.unwrap()), "2026-12-20T00:00:00Z");
    let affects = &flag.affects[0];
    let hits = |version: &str| {
        let version = crate::model::Version::new(version, &service.scale);
        affects.hits(&version, service.release(&version.text))
    };
    assert_eq!((hits("2.3.0"), hits("2.3.9"), hits("2.4.0")), (Some(true), Some(false), Some(false)));
    assert_eq!((affects.environments.len(), affects.fixed_in.len()), (1, 2));
    let narrowed = flag.narrowed.as_ref().unwrap();
    assert_eq!((narrowed.was.len(), narrowed.was[0].1.to_string()), (1, "<2.5.0".to_owned()));
    let mitigation = &flag.mitigations[0];
    assert_eq!(
        (mitigation.id.as_str(), mitigation.lowers_to, mitigation.hours),
        ("waf-r3", Level::Hold, Some(4))
    );

    let sign_off = &service.sign_offs[0];
    assert_eq!((sign_off.key, sign_off.with[0].1.as_str()), (Key::Security, "waf-r3"));
    assert_eq!((service.debts[0].reviews.len(), service.debts[0].due.is_some()), (1, true));
    assert_eq!(registry.incidents[0].id.as_str(), "INC-482");
    assert!(registry.teams["appsec"].has("appsec@example.com"));
    assert_eq!(registry.environments["prod-eu"].within.as_ref().unwrap().as_str(), "prod");
    assert_eq!(
        (registry.policy.baseline, registry.policy.max_age),
        (Window::days(20), Some(Window::hours(24)))
    );
}

#[test]
fn rules_stand_before_the_shipped_ones() {
    let registry = read(&folders(), &ask("checkout")).registry;
    let rule = &registry.rules[0];
    assert_eq!(
        (&*rule.name, rule.then, rule.sign),
        ("exploited-advisories-block", Level::Block, Some(Owner::One(Key::Security)))
    );
    assert_eq!(format_time(rule.until.unwrap()), "2027-01-02T00:00:00Z");
    assert_eq!(rule.when.reason, [Box::from("advisory-reopened")]);
    let every = &registry.rules[1];
    assert_eq!(&*every.name, "rule 2");
    assert_eq!(every.when.severity, [Severity::High, Severity::Unknown]);
    assert_eq!(every.when.movement, [MoveKind::Rollback]);
    assert_eq!(every.when.incident, Some(IncidentCondition::Ids(vec!["INC-482".into()])));
    assert_eq!(every.when.kind, [FlagKind::Advisory, FlagKind::Instability]);
    assert_eq!((every.when.score_at_least, every.when.mitigated), (Score::parse("7.5"), Some(false)));
    assert_eq!(
        (every.when.older_than, every.when.younger_than),
        (Some(Window::days(7)), Some(Window::days(14)))
    );
    assert_eq!(every.when.incident_severity, ["sev1".into(), "sev2".into()]);
    let calendar = every.when.calendar.as_ref().unwrap();
    assert_eq!((calendar.weekdays.len(), calendar.zone.name()), (2, "Europe/Berlin"));
    assert_eq!(calendar.hours, ["09:00-17:30", "22:00-06:00"].map(|text| Hours::parse(text).unwrap()));
    assert_eq!(every.when.asked_by[0].as_str(), "payments-sre");
    let shipped = registry.rules.iter().filter(|rule| rule.origin.is_none()).count();
    assert_eq!((registry.rules.len() - shipped, shipped > 25), (2, true));
}

#[test]
fn digests_are_compared_in_lower_case() {
    let text = "format = 1\n[service.x]\n[[service.x.release]]\nversion = \"1.0.0\"\n\
                digests = [\"sha256:ABcd\", \"OCI:Other\"]\n[advisory.A]\ntitle = \"T\"\n\
                affects = [{ service = \"x\", digests = [\"sha256:abCD\"] }]\n";
    let tree: MemoryTree = [("holdpoint.toml", text)].into_iter().collect();
    let registry = load(&tree, "holdpoint.toml", &Ask::Everything).unwrap().registry;
    let releases: Vec<_> = registry.services.values().flat_map(|service| &service.releases).collect();
    assert_eq!(*releases[0].digests, ["sha256:abcd".into(), "OCI:Other".into()], "only hexadecimal digits");
    let affects = &registry.flags[0].affects[0];
    assert_eq!(affects.hits(&releases[0].version, Some(releases[0])), Some(true));
}
