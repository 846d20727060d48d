//! What receivers are sent, put into files for receivers that are real: `tests/receivers/run.sh` shows it to them.

use std::fs;
use std::path::{Path, PathBuf};

use holdpoint::model::{EventFormat, Time};
use holdpoint::telling::body::webhook::Keys;
use holdpoint::telling::body::{Body, email, pagerduty, slack, webhook};
use holdpoint::telling::{Message, Urgency};
use serde_json::{Value, json};

use super::{mailbox, message};

const SIGNS: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ROUTING: &str = "0123456789abcdef0123456789abcdef";
const HOSTILE: &str =
    "<!channel> & <@U1|x> *b* `c` ```\r\nBcc: evil@example.com\r\n\r\n.\r\n\u{202e}\u{1b}[2J zoë 支付";

/// Messages of every sort, and one that is as bad as can be.
fn messages() -> Vec<(&'static str, Message)> {
    let hostile = HOSTILE.repeat(120);
    let named = |text: &str| Some(Box::<str>::from(text));
    let worst = Message {
        id: "evil\r\nx-evil: 1".into(),
        sentence: hostile.clone(),
        paragraph: hostile.clone(),
        fields: (0..30).map(|at| (format!("{HOSTILE} {at}"), hostile.clone())).collect(),
        command: Some(hostile.clone()),
        link: Some(HOSTILE.into()),
        service: named(HOSTILE),
        environment: named(HOSTILE),
        team: named(HOSTILE),
        incident: named(HOSTILE),
        subject_key: hostile.clone().into(),
        data: json!({ "title": hostile }),
        ..message()
    };
    let bare = Message {
        service: None,
        environment: None,
        fields: Vec::new(),
        command: None,
        link: None,
        team: None,
        paragraph: String::new(),
        urgency: Urgency::Info,
        ..message()
    };
    let rollback = Message {
        kind: "rollback.started".into(),
        urgency: Urgency::Info,
        sentence: "Ann rolls checkout back from 2.4.1 to 2.4.0 in prod".into(),
        ..message()
    };
    let cleared = Message { id: "01KAF9".into(), resolves: true, urgency: Urgency::Info, ..message() };
    vec![
        ("flagged", message()),
        ("rollback", rollback),
        ("cleared", cleared),
        ("bare", bare),
        ("worst", worst),
    ]
}

/// All that a message becomes, by the kind of receiver.
fn rendered(message: &Message, now: Time) -> Vec<(&'static str, String)> {
    let keys = Keys::parse(SIGNS).unwrap();
    let whole = |body: Body| {
        let headers: Value =
            body.headers.iter().map(|(name, says)| (name.to_string(), json!(says))).collect();
        json!({ "headers": headers, "body": body.text }).to_string()
    };
    let to = [mailbox("Zoë <zoe@example.com>"), mailbox("a@example.com")];
    let mut pager: Value = serde_json::from_str(&pagerduty::body(message, ROUTING).text).unwrap();
    pager["path"] = pagerduty::path(message).into();
    vec![
        ("webhook.json", whole(webhook::body(message, EventFormat::Json, Some(&keys), now))),
        ("cloudevent.json", webhook::body(message, EventFormat::CloudEvents, None, now).text),
        ("slack.json", slack::body(message).text),
        ("pagerduty.json", pager.to_string()),
        ("mail.eml", email::mail(message, &mailbox("Hold Point <holdpoint@example.com>"), &to)),
    ]
}

#[test]
fn bodies_for_real_receivers_are_laid_out() {
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("receivers");
    fs::create_dir_all(&folder).unwrap();
    // Who verifies a signature takes only one of these minutes.
    let now = Time::from(std::time::SystemTime::now());
    for (name, message) in messages() {
        for (kind, text) in rendered(&message, now) {
            assert!(
                !text.contains('\u{202e}') && !text.contains('\u{1b}') && !text.contains('\r'),
                "{name} {kind}"
            );
            fs::write(folder.join(format!("{name}.{kind}")), text).unwrap();
        }
    }
}
