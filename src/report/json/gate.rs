//! `holdpoint/gate/v1`: the answer to `gate`.

use serde::Serialize;

use super::error::One;
use super::verdict::{Verdict, whole};
use super::{Registry, score, sentence, text};
use crate::gate::{self, FoundMove, Said, Side};
use crate::model::{Level, Owner, format_time};
use crate::report::ci::Finding;
use crate::report::{Asked, Gap, Gated, GatedMove, plain, removed};

/// The name of this schema.
const SCHEMA: &str = "holdpoint/gate/v1";

#[derive(Serialize)]
struct Gate<'a> {
    schema: &'static str,
    /// Null where not all of it could be judged.
    verdict: Option<&'static str>,
    proceed: bool,
    of: Of<'a>,
    counts: Counts,
    moves: Vec<Move<'a>>,
    findings: Vec<FindingV1>,
    unjudged: Vec<GapV1<'a>>,
    passed_over: Vec<GapV1<'a>>,
    templates: &'a [String],
    removed: Vec<Removed<'a>>,
    hints: Vec<Hint<'a>>,
    valid_until: Option<String>,
    registry: Registry<'a>,
    as_of: String,
    notes: Vec<String>,
    warnings: Vec<One<'a>>,
}

/// What was to be judged.
#[derive(Serialize)]
struct Of<'a> {
    kind: &'static str,
    file: Option<&'a str>,
    base: Option<&'a str>,
    head: Option<&'a str>,
}

#[derive(Serialize)]
struct Counts {
    allow: usize,
    warn: usize,
    hold: usize,
    block: usize,
    unjudged: usize,
}

#[derive(Serialize)]
struct Move<'a> {
    verdict: &'static str,
    proceed: bool,
    service: &'a str,
    environment: Option<&'a str>,
    from: Option<&'a str>,
    to: &'a str,
    spot: Option<Spot<'a>>,
    /// Null where the move was named, not found.
    found: Option<Found<'a>>,
    next: Option<String>,
    /// Whose registry decides: `base` or `head`; null: there is only one.
    decided_by: Option<&'static str>,
    answer: Verdict<'a>,
    other: Option<Verdict<'a>>,
}

#[derive(Serialize)]
struct Spot<'a> {
    file: &'a str,
    line: u32,
}

/// How a move stands in the manifests.
#[derive(Serialize)]
struct Found<'a> {
    from: Option<SaidV1<'a>>,
    to: SaidV1<'a>,
    base_spot: Option<Spot<'a>>,
    also: Vec<Spot<'a>>,
    image: &'a str,
    workload: String,
    source: String,
}

#[derive(Serialize)]
struct SaidV1<'a> {
    version: &'a str,
    tag: Option<&'a str>,
    digest: Option<&'a str>,
    unresolved: bool,
}

/// One flat record, worst first: what the formats for CI systems show.
#[derive(Serialize)]
struct FindingV1 {
    code: &'static str,
    level: &'static str,
    key: Option<&'static str>,
    subject: String,
    message: String,
    hint: Option<String>,
    instead: Option<String>,
    service: Option<String>,
    environment: Option<String>,
    to: Option<String>,
    file: Option<String>,
    line: Option<u32>,
    origin: Option<OriginV1>,
    /// The side whose registry alone says so.
    only_by: Option<&'static str>,
    signed: Option<String>,
    score: Option<f64>,
    url: Option<String>,
    fingerprint: String,
}

#[derive(Serialize)]
struct OriginV1 {
    file: String,
    line: usize,
}

#[derive(Serialize)]
struct GapV1<'a> {
    kind: &'static str,
    service: Option<&'a str>,
    subject: &'a str,
    message: String,
    hint: Option<String>,
    spot: Option<Spot<'a>>,
}

#[derive(Serialize)]
struct Removed<'a> {
    service: &'a str,
    environment: &'a str,
    from: &'a str,
    base_spot: Spot<'a>,
    goes_on: bool,
    message: String,
}

#[derive(Serialize)]
struct Hint<'a> {
    message: String,
    spot: Option<Spot<'a>>,
}

/// Writes the answer to a gate.
pub fn gate(gated: &Gated) -> String {
    let context = &gated.context;
    let gaps = |stop: bool| gated.gaps.iter().filter(|gap| gap.stops == stop).map(gap).collect();
    text::write(&Gate {
        schema: SCHEMA,
        verdict: gated.level().map(Level::word),
        proceed: gated.proceeds(),
        of: of(&gated.asked),
        counts: counts(gated),
        moves: gated.worst_first().into_iter().map(one).collect(),
        findings: Finding::all(gated).into_iter().map(finding).collect(),
        unjudged: gaps(true),
        passed_over: gaps(false),
        templates: gated.templates,
        removed: gated.removed.iter().map(gone).collect(),
        hints: gated.hints.iter().map(hint).collect(),
        valid_until: gated.valid_until().map(format_time),
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
        notes: gated.notes.iter().map(|note| sentence(note)).collect(),
        warnings: context.warnings.iter().map(|warning| One::of(context.sources, warning)).collect(),
    })
}

fn of<'a>(asked: &Asked<'a>) -> Of<'a> {
    let (base, head) = match *asked {
        Asked::Diff { base, head } | Asked::Rendered { base, head } => (Some(base), Some(head)),
        Asked::Named | Asked::List(_) => (None, None),
    };
    let file = if let Asked::List(file) = *asked { Some(file) } else { None };
    Of { kind: asked.word(), file, base, head }
}

fn counts(gated: &Gated) -> Counts {
    Counts {
        allow: gated.count(Level::Allow),
        warn: gated.count(Level::Warn),
        hold: gated.count(Level::Hold),
        block: gated.count(Level::Block),
        unjudged: gated.stopping().count(),
    }
}

fn one<'a>(of: &'a GatedMove<'a>) -> Move<'a> {
    let (deciding, movement) = (of.deciding(), &of.verdict().movement);
    Move {
        verdict: of.level().word(),
        proceed: of.level().proceeds(),
        service: movement.service.name.as_str(),
        environment: movement.environment.as_ref().map(|name| name.as_str()),
        from: movement.from.as_ref().map(|version| &*version.text),
        to: &movement.to.text,
        spot: of.spot().map(spot),
        found: of.found.map(found),
        next: of.next().as_deref().map(sentence),
        decided_by: deciding.side.map(side),
        answer: whole(&deciding.answer),
        other: of.other().map(|other| whole(&other.answer)),
    }
}

fn found(found: &FoundMove) -> Found<'_> {
    Found {
        from: found.from.as_ref().map(said),
        to: said(&found.to),
        base_spot: found.base_spot.as_ref().map(spot),
        also: found.also.iter().map(spot).collect(),
        image: &found.image,
        workload: sentence(&found.workload.to_string()),
        source: sentence(&found.source.to_string()),
    }
}

fn said(said: &Said) -> SaidV1<'_> {
    let (tag, digest) = (said.tag.as_deref(), said.digest.as_deref());
    SaidV1 { version: &said.version, tag, digest, unresolved: said.unresolved }
}

fn spot(spot: &gate::Spot) -> Spot<'_> {
    Spot { file: &spot.file, line: spot.line }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Base => "base",
        Side::Head => "head",
    }
}

fn finding(of: Finding) -> FindingV1 {
    FindingV1 {
        code: of.rule.word(),
        level: of.weight.word(),
        key: of.key.map(Owner::word),
        fingerprint: of.fingerprint(),
        file: of.spot.as_ref().map(|spot| spot.file.clone()),
        line: of.spot.as_ref().map(|spot| spot.line),
        origin: of.origin.map(|place| OriginV1 { file: place.file, line: place.line }),
        only_by: of.side.map(side),
        score: of.score.map(score),
        subject: of.subject,
        message: of.message,
        hint: of.hint,
        instead: of.instead,
        service: of.service,
        environment: of.environment,
        to: of.version,
        signed: of.signed,
        url: of.url,
    }
}

fn gap(gap: &Gap) -> GapV1<'_> {
    GapV1 {
        kind: gap.kind.word(),
        service: gap.service.as_ref().map(|name| name.as_str()),
        subject: &gap.subject,
        message: sentence(&gap.message),
        hint: gap.hint.as_deref().map(sentence),
        spot: gap.spot.as_ref().map(spot),
    }
}

fn gone(of: &gate::Removed) -> Removed<'_> {
    Removed {
        service: of.service.as_str(),
        environment: of.environment.as_str(),
        from: &of.from.version,
        base_spot: spot(&of.base_spot),
        goes_on: of.goes_on,
        message: sentence(&removed(of)),
    }
}

fn hint(hint: &gate::Hint) -> Hint<'_> {
    Hint { message: plain(&hint.text).into_owned(), spot: hint.spot.as_ref().map(spot) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ci::testing;
    use serde_json::Value;

    #[test]
    fn each_move_has_its_whole_verdict_and_all_that_matters_is_flat() {
        let shop = testing::shop("Session fixation", "");
        let (advice, found) = (testing::to(&shop, "2.3.0"), testing::found("prod.yaml", "2.3.0"));
        let moves = [testing::moved(&shop, &advice, &found)];
        let value: Value = serde_json::from_str(&gate(&testing::gate(&shop, &moves, &[]))).unwrap();
        assert_eq!((&value["verdict"], &value["proceed"]), (&"block".into(), &false.into()));
        let one = &value["moves"][0];
        assert_eq!(
            (&one["answer"]["schema"], &one["answer"]["verdict"]),
            (&"holdpoint/verdict/v1".into(), &"block".into())
        );
        assert_eq!((&one["spot"]["file"], &one["spot"]["line"]), (&"prod.yaml".into(), &12.into()));
        let finding = &value["findings"][0];
        assert_eq!((&finding["code"], &finding["line"]), (&"advisory-reopened".into(), &12.into()));
        assert_eq!(finding["instead"], "2.4.0 (allow): ran here 16 days, no open flag");
    }

    #[test]
    fn what_was_not_all_judged_has_no_verdict() {
        let shop = testing::shop("t", "");
        let gap = Gap::unjudged(None, "cart in prod", "no service `cart`", None);
        let value: Value = serde_json::from_str(&gate(&testing::gate(&shop, &[], &[gap]))).unwrap();
        assert_eq!((&value["verdict"], &value["proceed"]), (&Value::Null, &false.into()));
        assert_eq!(value["unjudged"][0]["kind"], "unjudged-move");
    }
}
