//! `holdpoint/verdict/v1`: the answer to a check.

use std::borrow::Cow;

use serde::Serialize;

use super::error::One;
use super::{Place, Registry, score, sentence, text};
use crate::judge::{self, Changes, Given, Reason, Relief, Target};
use crate::model::{Flag, Key, format_time};
use crate::report::{Answer, Context, plain, words};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/verdict/v1";
/// How many targets a verdict names; `targets` names all.
const TARGETS: usize = 5;

/// The whole answer.
#[derive(Serialize)]
pub(super) struct Verdict<'a> {
    schema: &'static str,
    verdict: &'static str,
    proceed: bool,
    simulated: bool,
    #[serde(rename = "move")]
    movement: Move<'a>,
    keys: Keys,
    reasons: Vec<ReasonV1<'a>>,
    changes: ChangesV1<'a>,
    sign_offs: SignOffs<'a>,
    targets: Vec<TargetV1<'a>>,
    deadlock: bool,
    valid_until: Option<String>,
    registry: Registry<'a>,
    as_of: String,
    notes: Vec<Cow<'a, str>>,
    warnings: Vec<One<'a>>,
}

/// The move as it was understood.
#[derive(Serialize)]
pub(super) struct Move<'a> {
    kind: &'static str,
    service: &'a str,
    environment: Option<&'a str>,
    from: Option<&'a str>,
    to: &'a str,
    incident: Option<&'a str>,
}

/// The levels of the two keys.
#[derive(Serialize)]
pub(super) struct Keys {
    reliability: &'static str,
    security: &'static str,
}

impl Keys {
    pub(super) fn of(verdict: &judge::Verdict) -> Keys {
        let level = |key| verdict.key(key).word();
        Keys { reliability: level(Key::Reliability), security: level(Key::Security) }
    }
}

#[derive(Serialize)]
struct ReasonV1<'a> {
    code: &'static str,
    key: &'static str,
    level: &'static str,
    subject: String,
    severity: Option<&'static str>,
    score: Option<f64>,
    exploited: Option<bool>,
    message: String,
    hint: Option<String>,
    rule: Option<Cow<'a, str>>,
    origin: Option<Place<'a>>,
    url: Option<Cow<'a, str>>,
    sign_offs: Vec<&'a str>,
    signers: Vec<&'static str>,
    relief: Vec<ReliefV1<'a>>,
}

/// What lowered a reason after its rule.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum ReliefV1<'a> {
    BetterTrade { closes: &'a str },
    Abort,
    Mitigated { mitigation: &'a str, sign_off: &'a str, until: String },
    Signed,
}

/// The subjects that a move reopens, carries and closes.
#[derive(Serialize)]
pub(super) struct ChangesV1<'a> {
    reopened: Vec<&'a str>,
    carried: Vec<&'a str>,
    closed: Vec<&'a str>,
}

impl<'a> ChangesV1<'a> {
    pub(super) fn of(changes: &Changes<'a>) -> ChangesV1<'a> {
        let ids = |flags: &[&'a Flag]| {
            let mut ids: Vec<&'a str> = flags.iter().map(|flag| flag.id.as_str()).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        ChangesV1 {
            reopened: ids(&changes.reopened),
            carried: ids(&changes.carried),
            closed: ids(&changes.closed),
        }
    }
}

#[derive(Serialize)]
struct SignOffs<'a> {
    needed: Vec<&'static str>,
    given: Vec<GivenV1<'a>>,
    refused: Vec<RefusedV1<'a>>,
}

#[derive(Serialize)]
struct GivenV1<'a> {
    id: &'a str,
    #[serde(rename = "as")]
    key: &'static str,
    by: Cow<'a, str>,
    known: Cow<'a, str>,
    expires: String,
    /// Whether it is the asker's own, where it is known who asks.
    #[serde(rename = "self")]
    own: bool,
}

impl<'a> GivenV1<'a> {
    fn of(given: &Given<'a>) -> GivenV1<'a> {
        let sign_off = given.sign_off;
        GivenV1 {
            id: sign_off.id.as_str(),
            key: sign_off.key.word(),
            by: plain(&sign_off.by),
            known: plain(words::known(sign_off)),
            expires: format_time(given.expires),
            own: given.own,
        }
    }
}

#[derive(Serialize)]
struct RefusedV1<'a> {
    id: &'a str,
    reason: String,
}

#[derive(Serialize)]
struct TargetV1<'a> {
    version: &'a str,
    verdict: &'static str,
    reasons: Vec<Brief>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stay: bool,
}

/// A reason without words: those of targets.
#[derive(Serialize)]
pub(super) struct Brief {
    code: &'static str,
    key: &'static str,
    level: &'static str,
    subject: String,
}

impl Brief {
    pub(super) fn all(verdict: &judge::Verdict) -> Vec<Brief> {
        let brief = |reason: &Reason| Brief {
            code: reason.finding.code().word(),
            key: reason.finding.owner().word(),
            level: reason.level.word(),
            subject: reason.finding.subject(),
        };
        verdict.reasons.iter().map(brief).collect()
    }
}

/// Writes the answer to a check.
pub fn verdict(answer: &Answer) -> String {
    text::write(&whole(answer))
}

/// The answer to a check, to be written by itself or in another.
pub(super) fn whole<'a>(answer: &Answer<'a>) -> Verdict<'a> {
    let advice = answer.advice;
    let verdict = &advice.verdict;
    let context = &answer.context;
    Verdict {
        schema: SCHEMA,
        verdict: verdict.level.word(),
        proceed: verdict.level.proceeds(),
        simulated: context.simulated,
        movement: movement(&verdict.movement),
        keys: Keys::of(verdict),
        reasons: verdict.reasons.iter().map(|of| reason(context, verdict, of)).collect(),
        changes: ChangesV1::of(&verdict.changes),
        sign_offs: sign_offs(verdict),
        targets: advice.targets.iter().take(TARGETS).map(target).collect(),
        deadlock: advice.deadlock,
        valid_until: advice.valid_until.map(format_time),
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
        notes: answer.notes.iter().map(|note| plain(note)).collect(),
        warnings: context.warnings.iter().map(|warning| One::of(context.sources, warning)).collect(),
    }
}

pub(super) fn movement<'a>(movement: &'a judge::Move<'a>) -> Move<'a> {
    Move {
        kind: movement.kind.word(),
        service: movement.service.name.as_str(),
        environment: movement.environment.as_ref().map(|name| name.as_str()),
        from: movement.from.as_ref().map(|version| &*version.text),
        to: &movement.to.text,
        incident: movement.incident.as_deref(),
    }
}

fn reason<'a>(context: &Context<'a>, verdict: &judge::Verdict<'a>, reason: &Reason<'a>) -> ReasonV1<'a> {
    let finding = &reason.finding;
    let flag = finding.flag();
    let to = &verdict.movement.to.text;
    ReasonV1 {
        code: finding.code().word(),
        key: finding.owner().word(),
        level: reason.level.word(),
        subject: finding.subject(),
        severity: flag.map(|flag| flag.severity.word()),
        score: flag.and_then(Flag::score).map(score),
        exploited: flag.map(|flag| flag.exploited),
        message: sentence(&finding.message()),
        hint: finding.hint(verdict.movement.service.name.as_str(), to).as_deref().map(sentence),
        rule: reason.rule.map(|rule| plain(&rule.name)),
        origin: finding.origin().map(|origin| Place::of(context, origin)),
        url: words::url(finding).map(plain),
        sign_offs: reason.sign_offs.iter().map(|sign_off| sign_off.id.as_str()).collect(),
        signers: reason.signers.keys().iter().map(|key| key.word()).collect(),
        relief: reason.relief.iter().map(relief).collect(),
    }
}

pub(super) fn relief<'a>(relief: &Relief<'a>) -> ReliefV1<'a> {
    match relief {
        Relief::BetterTrade(flag) => ReliefV1::BetterTrade { closes: flag.id.as_str() },
        Relief::Abort => ReliefV1::Abort,
        Relief::Mitigated(mitigation, sign_off, until) => ReliefV1::Mitigated {
            mitigation: mitigation.id.as_str(),
            sign_off: sign_off.id.as_str(),
            until: format_time(*until),
        },
        Relief::Signed => ReliefV1::Signed,
    }
}

fn sign_offs<'a>(verdict: &judge::Verdict<'a>) -> SignOffs<'a> {
    SignOffs {
        needed: verdict.needed().into_iter().map(Key::word).collect(),
        given: verdict.given.iter().map(GivenV1::of).collect(),
        refused: verdict
            .refused
            .iter()
            .map(|(sign_off, why)| RefusedV1 {
                id: sign_off.id.as_str(),
                reason: sentence(&words::refused(sign_off, why)),
            })
            .collect(),
    }
}

fn target<'a>(target: &'a Target<'a>) -> TargetV1<'a> {
    TargetV1 {
        version: &target.verdict.movement.to.text,
        verdict: target.verdict.level.word(),
        reasons: Brief::all(&target.verdict),
        stay: target.stay,
    }
}
