//! Telling: messages to real receivers on loopback by the real helper, those that behave and those that don't; and the
//! whole tool in real repositories, from an act to who hears of it.
#![cfg(unix)]

mod ask;
mod bodies;
mod deliver;
mod learn;
mod misbehaving;
mod never_lost;
mod place;
mod routes;
mod stub;
mod untrusted;
mod views;
mod words;

use std::path::Path;
use std::time::Duration;

use holdpoint::cli::telling::{Post, deliver as hand_over};
use holdpoint::model::{EventFormat, Mailbox, Name, Origin, Secret, Sink, SinkKind, parse_time};
use holdpoint::telling::{Answer, Message, Parcel, Urgency};
use serde_json::json;
use tempfile::TempDir;

/// A budget that no machine is too slow for.
const AMPLE: Duration = Duration::from_secs(120);

/// What stands in addresses and keys, and must be seen nowhere.
const SECRET: &str = "T0S3CR3T";

/// The folder of a registry, with files that hold secrets.
struct Desk(TempDir);

impl Desk {
    fn new() -> Desk {
        Desk(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Puts a secret into a file.
    fn secret(&self, name: &str, text: &str) -> Secret {
        std::fs::write(self.path().join(name), format!("{text}\n")).unwrap();
        Secret::File(name.into())
    }

    /// A webhook at this address.
    fn hook(&self, name: &str, address: &str) -> Sink {
        let url = self.secret(name, &format!("{address}/hooks/{SECRET}?token={SECRET}"));
        sink(name, SinkKind::Webhook { url, secret: None, format: EventFormat::Json, ca_file: None })
    }

    /// Hands one message to some receivers.
    fn tell(&self, sinks: &[Sink], budget: Duration) -> Vec<Answer> {
        let message = message();
        let parcels: Vec<Parcel<'_>> = sinks.iter().map(|sink| Parcel { message: &message, sink }).collect();
        self.hand_over(&parcels, budget)
    }

    fn hand_over(&self, parcels: &[Parcel<'_>], budget: Duration) -> Vec<Answer> {
        let answers = hand_over(parcels, &self.post(budget));
        for answer in &answers {
            assert!(!answer.answer.contains(SECRET), "{answer:?}");
            assert!(
                !answer.answer.contains(char::is_control) && answer.answer.chars().count() <= 200,
                "{answer:?}"
            );
        }
        answers
    }

    fn post(&self, budget: Duration) -> Post<'_> {
        Post {
            folder: self.path(),
            helper: Some(env!("CARGO_BIN_EXE_holdpoint-send").into()),
            now: parse_time("2026-11-22T03:05:01Z").unwrap(),
            budget,
        }
    }
}

fn sink(name: &str, kind: SinkKind) -> Sink {
    Sink { name: Name::new(name).unwrap(), kind, origin: Origin::default() }
}

fn words(words: &[&str]) -> Vec<Box<str>> {
    words.iter().map(|word| Box::from(*word)).collect()
}

fn mailbox(text: &str) -> Mailbox {
    Mailbox::parse(text).unwrap()
}

/// What runs in prod was flagged.
fn message() -> Message {
    Message {
        id: "01KAF3M6Q0000000000000000A".into(),
        kind: "release.flagged".into(),
        at: parse_time("2026-11-22T03:05:00Z").unwrap(),
        service: Some("checkout".into()),
        environment: Some("prod".into()),
        urgency: Urgency::Page,
        sentence: "checkout 2.4.1, which runs in prod, is insecure: CVE-2026-31337 (high)".into(),
        paragraph: "Security flagged it at 03:05 UTC. Session fixation in token refresh & more.".into(),
        fields: vec![("safe target".into(), "2.4.0".into()), ("says".into(), "<!channel> *zoë*".into())],
        command: Some("holdpoint run checkout 2.4.0 --env prod -- ./deploy 2.4.0".into()),
        link: Some("https://example.com/CVE-2026-31337?a=b&c=d".into()),
        team: Some("payments-sre".into()),
        incident: None,
        subject_key: "checkout/CVE-2026-31337".into(),
        resolves: false,
        data: json!({ "flag": "CVE-2026-31337" }),
    }
}
