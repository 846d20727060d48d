//! What Alertmanager posts to a webhook (version 4): a group of alerts, firing or resolved, as what is known of an
//! incident.
//!
//! Whoever can reach the webhook can post anything, so all of it is bounded, only labels that name things are looked at,
//! and nothing of an alert's text goes further.

use std::collections::BTreeMap;

use chrono::{Datelike, SubsecRound};
use serde::Deserialize;

use crate::import::sight::ImportError;
use crate::model::{Time, parse_time};

/// The largest notification that is read.
pub const MAX_NOTIFICATION: usize = 1024 * 1024;
/// How many alerts of a group are taken.
const MAX_ALERTS: usize = 1_000;
/// How long a group's key, or a label, may be.
const MAX_TEXT: usize = 4_096;
/// The labels that name a service, in the order in which they are asked.
pub const LABELS: [&str; 5] = ["service", "app", "app_kubernetes_io_name", "deployment", "job"];

/// A group of alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// What the group is known by, from notification to notification.
    pub key: Box<str>,
    /// Whether none of its alerts fires any more.
    pub resolved: bool,
    /// When the first of its firing alerts began; of all, where none fires.
    pub started: Option<Time>,
    /// When the last of its alerts ended.
    pub ended: Option<Time>,
    /// For each alert what names its service: the values of [`LABELS`] that it has, in their order.
    pub named: Vec<Vec<Box<str>>>,
    /// How bad it is, where all alerts say the same.
    pub severity: Option<Box<str>>,
}

/// The fields that are read; whatever else is there is left alone.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Posted {
    version: String,
    group_key: String,
    status: String,
    alerts: Vec<Alert>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alert {
    status: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    starts_at: Option<String>,
    ends_at: Option<String>,
}

/// Reads a notification.
///
/// # Errors
/// When it is too large, or isn't one of version 4.
pub fn notification(bytes: &[u8]) -> Result<Notification, ImportError> {
    if bytes.len() > MAX_NOTIFICATION {
        let hint = "group fewer alerts: `group_by` with `service` in Alertmanager's route";
        return Err(ImportError::new("the notification is larger than 1 MB", hint));
    }
    let posted: Posted = serde_json::from_slice(bytes).map_err(|error| {
        let hint = "pass on what Alertmanager posts to a `webhook_configs` receiver, as it is";
        ImportError::new(format!("this is no notification of Alertmanager: {error}"), hint)
    })?;
    check(&posted)?;
    let firing: Vec<&Alert> = posted.alerts.iter().filter(|alert| alert.status == "firing").collect();
    let resolved = firing.is_empty() && posted.status == "resolved";
    let concerned: Vec<&Alert> = if firing.is_empty() { posted.alerts.iter().collect() } else { firing };
    let started = concerned.iter().filter_map(|alert| time(alert.starts_at.as_deref())).min();
    let ended = posted.alerts.iter().filter_map(|alert| time(alert.ends_at.as_deref())).max();
    Ok(Notification {
        resolved,
        started,
        ended: ended.filter(|_| resolved),
        named: concerned.iter().map(|alert| named(alert)).collect(),
        severity: severity(&concerned),
        key: posted.group_key.into(),
    })
}

fn check(posted: &Posted) -> Result<(), ImportError> {
    let hint = "Alertmanager posts version 4 to a `webhook_configs` receiver";
    if posted.version != "4" {
        let version: String = posted.version.chars().take(20).collect();
        return Err(ImportError::new(format!("a notification of version `{version}` isn't known"), hint));
    }
    if posted.group_key.trim().is_empty() || posted.group_key.len() > MAX_TEXT {
        return Err(ImportError::new("the notification has no `groupKey` of a sensible length", hint));
    }
    if posted.alerts.is_empty() || posted.alerts.len() > MAX_ALERTS {
        let message = format!("the notification has {} alerts, not 1 to {MAX_ALERTS}", posted.alerts.len());
        return Err(ImportError::new(message, "set `max_alerts` at the receiver, or group fewer"));
    }
    if !matches!(&*posted.status, "firing" | "resolved") {
        return Err(ImportError::new("the notification is neither `firing` nor `resolved`", hint));
    }
    Ok(())
}

/// Alertmanager writes the year 1 where an alert hasn't ended.
fn time(text: Option<&str>) -> Option<Time> {
    let time = parse_time(text?).ok()?;
    (time.year() > 1970).then(|| time.trunc_subsecs(0))
}

fn named(alert: &Alert) -> Vec<Box<str>> {
    let values = LABELS.iter().filter_map(|label| alert.labels.get(*label));
    values
        .filter(|value| !value.is_empty() && value.len() <= MAX_TEXT)
        .map(|value| value.as_str().into())
        .collect()
}

/// The longest word that is taken for a severity.
const LONGEST_WORD: usize = 40;

fn severity(alerts: &[&Alert]) -> Option<Box<str>> {
    let mut words = alerts.iter().map(|alert| alert.labels.get("severity"));
    let first = words.next()??;
    let fits = first.chars().count() <= LONGEST_WORD && words.all(|word| word == Some(first));
    fits.then(|| first.as_str().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::format_time;

    fn posted(status: &str, alerts: &str) -> String {
        format!(
            r#"{{"version":"4","groupKey":"{{}}:{{x}}","status":"{status}","alerts":[{alerts}],"receiver":"r"}}"#
        )
    }

    const FIRING: &str = r#"{"status":"firing","labels":{"service":"checkout","app":"x","severity":"critical"},
        "startsAt":"2026-11-22T02:50:00.123Z","endsAt":"0001-01-01T00:00:00Z"}"#;
    const OVER: &str = r#"{"status":"resolved","labels":{"job":"ledger","severity":"critical"},
        "startsAt":"2026-11-22T01:00:00Z","endsAt":"2026-11-22T04:00:00Z"}"#;

    #[test]
    fn a_group_says_who_since_when_and_how_bad() {
        let read = notification(posted("firing", &format!("{FIRING},{OVER}")).as_bytes()).unwrap();
        assert!(!read.resolved && read.ended.is_none());
        assert_eq!(format_time(read.started.unwrap()), "2026-11-22T02:50:00Z");
        assert_eq!(read.named, [[Box::from("checkout"), Box::from("x")]], "only what fires");
        assert_eq!(read.severity.as_deref(), Some("critical"));
        let read = notification(posted("resolved", OVER).as_bytes()).unwrap();
        assert!(read.resolved);
        assert_eq!(format_time(read.ended.unwrap()), "2026-11-22T04:00:00Z");
    }

    #[test]
    fn what_is_hostile_or_something_else_is_refused() {
        let many = vec![FIRING; MAX_ALERTS + 1].join(",");
        let deep = format!(r#"{{"version":"4","x":{}"#, "[".repeat(100_000));
        for bad in [
            "",
            "[]",
            "{}",
            &posted("firing", ""),
            &posted("odd", FIRING),
            &posted("firing", FIRING).replace("\"4\"", "\"5\""),
            &posted("firing", FIRING).replace("{}:{x}", ""),
            &posted("firing", FIRING).replace("{}:{x}", &"k".repeat(5000)),
            &posted("firing", &many),
            &" ".repeat(MAX_NOTIFICATION + 1),
            &deep,
        ] {
            let error = notification(bad.as_bytes()).unwrap_err();
            assert!(error.hint.is_some() && error.message.len() < 300, "{error}");
        }
    }
}
