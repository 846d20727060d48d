//! What only time brings: no line of the record stands for it, so it is found by looking at the registry.

use chrono::{Datelike, TimeDelta};
use sha2::{Digest, Sha256};

use crate::judge::{Code, Finding, Matter, Moment, Overview, environments, overview};
use crate::model::{EventKind, Name, Registry, Time};

/// Something that nobody did: it has come to be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passing {
    /// Its id: the same all day, so that it is told once a day as long as it lasts, whoever looks.
    pub id: Box<str>,
    /// What.
    pub kind: EventKind,
    /// When it was found.
    pub at: Time,
    /// Of which service.
    pub service: Name,
    /// Where.
    pub environment: Name,
    /// What it is about: a sign-off, a debt; empty for the place itself.
    pub subject: Box<str>,
    /// When what it is about ends, or was due.
    pub until: Option<Time>,
}

/// How long before its end a sign-off that something stands on is told of: long enough to sign again or to leave, and
/// not as soon as it is given.
pub const EXPIRING: TimeDelta = TimeDelta::hours(2);

/// How much of a hash an id has, in characters.
const SHORT: usize = 26;

/// What has come to be so of a service.
pub fn passing(registry: &Registry, service: &Name, now: Time) -> Vec<Passing> {
    let Some(found) = registry.services.get(service) else { return Vec::new() };
    let mut list = Vec::new();
    for environment in environments(found) {
        let Some(overview) = overview(registry, service, Some(environment), Moment::present(now)) else {
            continue;
        };
        list.extend(of_place(&overview, service, environment, now));
    }
    list
}

fn of_place(overview: &Overview<'_>, service: &Name, environment: &Name, now: Time) -> Vec<Passing> {
    let passing = |kind: EventKind, subject: &str, until: Option<Time>| Passing {
        id: id(kind, service, environment, subject, now),
        kind,
        at: now,
        service: service.clone(),
        environment: environment.clone(),
        subject: subject.into(),
        until,
    };
    let expiring = |subject: &str, ends: Time| {
        (ends <= now + EXPIRING).then(|| passing(EventKind::SignOffExpiring, subject, Some(ends)))
    };
    let mut list: Vec<Passing> = Vec::new();
    for attention in &overview.attention {
        let found = match &attention.matter {
            Matter::AcceptanceExpires(entered) | Matter::AcceptanceLapsed(entered) => {
                expiring(&entered.by, entered.expires)
            }
            Matter::SignOffExpires(sign_off, ends) => expiring(sign_off.id.as_str(), *ends),
            Matter::Found(reason) if reason.finding.code() == Code::AcceptanceExpired => {
                Some(passing(EventKind::SignOffExpiring, &reason.finding.subject(), None))
            }
            Matter::Found(reason) => match &reason.finding {
                Finding::OpenDebt { debt, .. } => {
                    Some(passing(EventKind::DebtOverdue, debt.id.as_str(), debt.due))
                }
                _ => None,
            },
            _ => None,
        };
        list.extend(found);
    }
    list.extend(overview.is_desert().then(|| passing(EventKind::DesertFound, "", None)));
    list
}

/// The id of what has come to be so: of kind, place, subject and day (UTC).
fn id(kind: EventKind, service: &Name, environment: &Name, subject: &str, now: Time) -> Box<str> {
    let day = format!("{:04}-{:02}-{:02}", now.year(), now.month(), now.day());
    let mut hash = Sha256::new();
    for part in [kind.word(), service.as_str(), environment.as_str(), subject, &day] {
        // No name and no id holds a NUL.
        hash.update(part);
        hash.update([0]);
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("evt-{}", &hex[..SHORT]).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_time;
    use crate::registry::{Ask, MemoryTree, load};

    const REGISTRY: &str = r#"
format = 1
[service.shop]
release = [{ version = "1.0.0" }, { version = "1.1.0" }]
[service.shop.running]
prod = "1.1.0"
staging = "1.0.0"
[service.shop.entered.prod]
from = "1.0.0"
by = "sign-off S1"
subjects = ["CVE-1"]
expires = 2026-11-22T05:00:00Z
[advisory.CVE-1]
title = "x"
severity = "high"
affects = [{ service = "shop", versions = "*" }]
[debt.D1]
service = "shop"
environment = "prod"
from = "1.0.0"
to = "1.1.0"
subjects = ["CVE-1"]
reason = "r"
by = "a"
at = 2026-11-10T00:00:00Z
due = 2026-11-13T00:00:00Z
"#;

    fn found(now: &str) -> Vec<String> {
        let tree: MemoryTree = [("holdpoint.toml", REGISTRY)].into_iter().collect();
        let loaded = load(&tree, "holdpoint.toml", &Ask::Everything).unwrap();
        let now = parse_time(now).unwrap();
        let list = passing(&loaded.registry, &Name::new("shop").unwrap(), now);
        list.iter().map(|one| format!("{} {} {}", one.kind.word(), one.environment, one.subject)).collect()
    }

    #[test]
    fn what_time_brings_is_found() {
        let early = found("2026-11-22T02:00:00Z");
        let debt = "debt.overdue prod D1".to_owned();
        assert!(early.contains(&debt) && !early.iter().any(|one| one.starts_with("sign-off")), "{early:?}");
        let late = found("2026-11-22T03:30:00Z");
        assert!(late.contains(&"sign-off.expiring prod sign-off S1".to_owned()), "{late:?}");
    }

    #[test]
    fn an_id_is_the_same_all_day_and_another_the_next() {
        let name = |text: &str| Name::new(text).unwrap();
        let of = |service: &str, subject: &str, now: &str| {
            id(EventKind::DebtOverdue, &name(service), &name("prod"), subject, parse_time(now).unwrap())
        };
        let one = of("shop", "D1", "2026-11-22T00:00:00Z");
        assert_eq!(one, of("shop", "D1", "2026-11-22T23:59:59Z"));
        assert_ne!(one, of("shop", "D1", "2026-11-23T00:00:00Z"));
        assert_ne!(one, of("shop", "D2", "2026-11-22T00:00:00Z"));
        assert_ne!(one, of("cart", "D1", "2026-11-22T00:00:00Z"));
        assert_eq!(one.len(), "evt-".len() + SHORT);
    }
}
