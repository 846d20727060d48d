//! Messages for the tests of bodies.

use serde_json::json;

use crate::model::parse_time;
use crate::telling::{Message, Urgency};

/// What others could write to be obeyed somewhere.
pub(super) const HOSTILE: &str = "<!channel> & *bold* `x` <@U1> <https://evil.example|ok> \u{202e}\u{1b}[2J\r\nBcc: evil@example.com\n\n.\n```";

/// An ordinary message: what runs in prod was flagged.
pub(super) fn message() -> Message {
    Message {
        id: "01KAF3M6Q0000000000000000A".into(),
        kind: "release.flagged".into(),
        at: parse_time("2026-11-22T03:05:00Z").unwrap(),
        service: Some("checkout".into()),
        environment: Some("prod".into()),
        urgency: Urgency::Page,
        sentence: "checkout 2.4.1, which runs in prod, is insecure: CVE-2026-31337 (high, exploited)".into(),
        paragraph:
            "Security flagged checkout >=2.1.0, <2.5.0. 2.4.1 runs in prod since 2026-11-18 14:00 UTC.".into(),
        fields: vec![
            ("service".into(), "checkout".into()),
            ("environment".into(), "prod".into()),
            ("safe target".into(), "2.4.0".into()),
        ],
        command: Some(
            "holdpoint run checkout 2.4.0 --env prod -- helm upgrade checkout --version 2.4.0".into(),
        ),
        link: Some("https://example.com/CVE-2026-31337".into()),
        team: Some("payments-sre".into()),
        incident: None,
        subject_key: "checkout/CVE-2026-31337".into(),
        resolves: false,
        data: json!({ "flag": "CVE-2026-31337", "severity": "high" }),
    }
}

/// A message all of whose texts are hostile, and long.
pub(super) fn hostile() -> Message {
    let long = HOSTILE.repeat(200);
    Message {
        id: "x\r\nx-evil: 1".into(),
        kind: "release.flagged".into(),
        sentence: long.clone(),
        paragraph: long.clone(),
        fields: (0..40).map(|at| (format!("{HOSTILE}{at}"), long.clone())).collect(),
        command: Some(long.clone()),
        link: Some(HOSTILE.into()),
        team: Some(HOSTILE.into()),
        incident: Some(HOSTILE.into()),
        service: Some(HOSTILE.into()),
        environment: Some(HOSTILE.into()),
        subject_key: long.clone().into(),
        data: json!({ "title": long }),
        ..message()
    }
}

/// The same without anything but what must be there.
pub(super) fn bare() -> Message {
    Message {
        service: None,
        environment: None,
        fields: Vec::new(),
        command: None,
        link: None,
        team: None,
        ..message()
    }
}
