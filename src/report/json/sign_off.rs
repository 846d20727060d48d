//! `holdpoint/sign-off/v1`: what became of a sign-off that was given or taken back.

use std::borrow::Cow;

use serde::Serialize;

use super::error::One;
use super::notice::Notice;
use super::published::Published;
use super::verdict::{Brief, Keys, Move, movement};
use super::{Registry, sentence, text};
use crate::act::sign_off::Outcome;
use crate::judge::Verdict;
use crate::model::{Key, format_time};
use crate::report::signing::After;
use crate::report::{Signing, diff, plain, words};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/sign-off/v1";

#[derive(Serialize)]
struct SignOffV1<'a> {
    schema: &'static str,
    act: &'static str,
    outcome: &'static str,
    dry_run: bool,
    message: String,
    sign_off: Facts<'a>,
    #[serde(rename = "move")]
    movement: Move<'a>,
    before: Judged,
    after: Judged,
    /// The files that are written.
    changed: Vec<&'a str>,
    notes: Vec<String>,
    /// Commands to paste: for who runs the move, or for who has to sign as well.
    next: Vec<String>,
    /// The difference, when nothing was written.
    diff: Option<String>,
    /// How far it got on its way to others; null: it was not to go anywhere, or nothing was written.
    published: Option<Published<'a>>,
    notified: Option<Notice<'a>>,
    registry: Registry<'a>,
    as_of: String,
    warnings: Vec<One<'a>>,
}

/// What the sign-off says.
#[derive(Serialize)]
struct Facts<'a> {
    id: &'a str,
    service: &'a str,
    environment: &'a str,
    to: &'a str,
    accepts: &'a [Box<str>],
    with: Vec<String>,
    #[serde(rename = "as")]
    key: &'static str,
    by: Cow<'a, str>,
    known: Cow<'a, str>,
    reason: String,
    ticket: Option<String>,
    at: String,
    expires: String,
    revoked: Option<Revoked>,
    origin: At<'a>,
}

#[derive(Serialize)]
struct Revoked {
    at: String,
    by: Option<String>,
    reason: String,
}

#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    line: usize,
}

/// A verdict in short.
#[derive(Serialize)]
struct Judged {
    verdict: &'static str,
    proceed: bool,
    keys: Keys,
    reasons: Vec<Brief>,
    /// The keys that must still sign.
    needed: Vec<&'static str>,
}

impl Judged {
    fn of(verdict: &Verdict) -> Judged {
        Judged {
            verdict: verdict.level.word(),
            proceed: verdict.level.proceeds(),
            keys: Keys::of(verdict),
            reasons: Brief::all(verdict),
            needed: verdict.needed().into_iter().map(Key::word).collect(),
        }
    }
}

/// Writes what became of a sign-off.
pub fn sign_off(signing: &Signing) -> String {
    let (context, done) = (&signing.context, signing.done);
    let (act, outcome) = match done.outcome {
        Outcome::Signed => ("sign-off", "signed"),
        Outcome::Stands => ("sign-off", "unchanged"),
        Outcome::Revoked => ("sign-off revoke", "revoked"),
        Outcome::Gone => ("sign-off revoke", "unchanged"),
    };
    let next = match signing.next() {
        After::Nothing | After::Shut(_) => Vec::new(),
        After::Run(command) => vec![command],
        After::Sign(signers) => signers.into_iter().map(|(_, command)| command).collect(),
    };
    text::write(&SignOffV1 {
        schema: SCHEMA,
        act,
        outcome,
        dry_run: signing.dry_run,
        message: sentence(&format!("{}: {}", signing.word().to_lowercase(), signing.headline())),
        sign_off: facts(signing),
        movement: movement(&signing.after.movement),
        before: Judged::of(signing.before),
        after: Judged::of(signing.after),
        changed: done.changes.files().keys().map(String::as_str).collect(),
        notes: done.notes.iter().map(|note| sentence(note)).collect(),
        next,
        diff: signing.dry_run.then(|| diff::text(&done.changes)),
        published: Published::of(context.published),
        notified: Notice::of(context.notice),
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
        warnings: context.warnings.iter().map(|warning| One::of(context.sources, warning)).collect(),
    })
}

fn facts<'a>(signing: &Signing<'a>) -> Facts<'a> {
    let (done, sign_off) = (signing.done, &signing.done.sign_off);
    let revoked = sign_off.revoked.as_ref().map(|revoked| Revoked {
        at: format_time(revoked.at),
        by: revoked.by.as_deref().map(sentence),
        reason: sentence(&revoked.reason),
    });
    Facts {
        id: sign_off.id.as_str(),
        service: signing.after.movement.service.name.as_str(),
        environment: sign_off.environment.as_str(),
        to: &sign_off.to,
        accepts: &sign_off.accepts,
        with: sign_off.with.iter().map(|(flag, id)| format!("{flag}/{id}")).collect(),
        key: sign_off.key.word(),
        by: plain(&sign_off.by),
        known: plain(words::known(sign_off)),
        reason: sentence(&sign_off.reason),
        ticket: sign_off.ticket.as_deref().map(sentence),
        at: format_time(sign_off.at),
        expires: format_time(sign_off.expires),
        revoked,
        origin: At { file: &done.spot.file, line: done.spot.line },
    }
}
