//! `holdpoint/lint-diff/v1` and `holdpoint/policy-diff/v1`: what a change of the registry does.

use std::borrow::Cow;

use serde::Serialize;

use super::error::One;
use super::policy::{RuleV1, WhenV1, rule, when};
use super::{Registry, sentence, text};
use crate::model::{Level, Name, format_time};
use crate::report::difference::{Compares, Comparing};
use crate::report::plain;
use crate::survey::{
    Back, Change, Difference, Effect, Given, Lowered, PlaceDifference, RuleChange, Shift, Spot, Told, Way,
};

/// The names of these schemas.
const LINT: &str = "holdpoint/lint-diff/v1";
const POLICY: &str = "holdpoint/policy-diff/v1";

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    before: RevisionV1<'a>,
    after: RevisionV1<'a>,
    counts: Counts,
    loosens: bool,
    strands: bool,
    errors: bool,
    changes: Vec<ChangeV1<'a>>,
    places: Vec<PlaceV1<'a>>,
    /// Null where the rules and periods are the same.
    rules: Option<RulesV1<'a>>,
    /// What the rules and periods alone make of the verdicts of now.
    by_rules: Vec<PlaceV1<'a>>,
    /// What stands for itself, since what was before can't be read.
    alone: Vec<AloneV1<'a>>,
    /// What can't be read of the earlier state, and why.
    unread: Vec<Cow<'a, str>>,
    mistakes: Vec<One<'a>>,
    simulated: bool,
    registry: Registry<'a>,
    as_of: String,
}

#[derive(Serialize)]
struct RevisionV1<'a> {
    said: &'a str,
    /// Null: the files as they stand.
    commit: Option<&'a str>,
}

#[derive(Serialize)]
struct Counts {
    services: usize,
    places: usize,
    verdicts: usize,
    looser: usize,
    stricter: usize,
    /// Those that differ since what runs is another.
    moved: usize,
    blocked: usize,
    held: usize,
    warned: usize,
    free: usize,
    stranded: usize,
    errors: usize,
}

#[derive(Serialize)]
struct ChangeV1<'a> {
    kind: &'static str,
    effect: &'static str,
    /// Empty: what all services share.
    services: Vec<&'a str>,
    subject: &'a str,
    message: String,
    by: Option<String>,
    origin: Option<SpotV1<'a>>,
}

#[derive(Serialize)]
struct SpotV1<'a> {
    file: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct PlaceV1<'a> {
    service: &'a str,
    environment: Option<&'a str>,
    /// Null: nobody said what ran.
    ran: Option<&'a [Box<str>]>,
    runs: Option<&'a [Box<str>]>,
    way_back: Change2<BackV1<'a>>,
    strands: bool,
    wins_way_back: bool,
    hits: Vec<HitV1<'a>>,
    releases: Vec<ShiftV1<'a>>,
    levels: Change2<LevelsV1>,
}

/// What was, and what is.
#[derive(Serialize)]
struct Change2<T> {
    before: T,
    after: T,
}

#[derive(Serialize)]
struct LevelsV1 {
    allow: usize,
    warn: usize,
    hold: usize,
    block: usize,
}

#[derive(Serialize)]
struct BackV1<'a> {
    /// `open`, `desert`, `first`, `unknown`, `empty`.
    state: &'static str,
    version: Option<&'a str>,
    level: Option<&'static str>,
}

#[derive(Serialize)]
struct HitV1<'a> {
    version: &'a str,
    #[serde(flatten)]
    reason: ToldV1<'a>,
    /// Whether the release ran before, too.
    ran: bool,
}

#[derive(Serialize)]
struct ShiftV1<'a> {
    version: &'a str,
    /// `looser`, `stricter`, `same`, `moved`, `other`.
    way: &'static str,
    /// Null: the release wasn't there, or isn't any more.
    verdict: Change2<Option<&'static str>>,
    /// As if it came from nothing.
    itself: Change2<Option<&'static str>>,
    came: Vec<ToldV1<'a>>,
    went: Vec<ToldV1<'a>>,
}

#[derive(Serialize)]
struct ToldV1<'a> {
    code: &'static str,
    subject: &'a str,
    level: &'static str,
    rule: Option<Cow<'a, str>>,
    signed: bool,
}

#[derive(Serialize)]
struct RulesV1<'a> {
    changes: Vec<RuleChangeV1<'a>>,
    periods: Vec<PeriodV1<'a>>,
    lowered: Vec<CaseV1<'a>>,
    raised: Vec<CaseV1<'a>>,
}

#[derive(Serialize)]
struct RuleChangeV1<'a> {
    what: &'static str,
    name: Cow<'a, str>,
    number: Change2<Option<usize>>,
    rule: Change2<Option<RuleV1<'a>>>,
    origin: Option<SpotV1<'a>>,
}

#[derive(Serialize)]
struct PeriodV1<'a> {
    key: &'static str,
    effect: &'static str,
    /// Null: off.
    length: Change2<Option<String>>,
    origin: Option<SpotV1<'a>>,
}

#[derive(Serialize)]
struct CaseV1<'a> {
    when: WhenV1<'a>,
    given: Change2<GivenV1<'a>>,
}

#[derive(Serialize)]
struct GivenV1<'a> {
    level: &'static str,
    /// Null: it isn't held.
    signers: Option<&'static str>,
    rule: Option<Cow<'a, str>>,
}

#[derive(Serialize)]
struct AloneV1<'a> {
    service: &'a str,
    environment: Option<&'a str>,
    runs: Option<&'a [Box<str>]>,
    way_back: BackV1<'a>,
    levels: LevelsV1,
}

/// Writes what is different.
pub fn difference(of: &Comparing) -> String {
    let (context, difference) = (&of.context, of.difference());
    let mistakes = of.reviewed.mistakes.iter();
    text::write(&Report {
        schema: if of.what == Compares::Policy { POLICY } else { LINT },
        before: RevisionV1 { said: of.before.said, commit: of.before.id },
        after: RevisionV1 { said: of.after.said, commit: of.after.id },
        counts: counts(difference),
        loosens: difference.loosens(),
        strands: difference.stranded().next().is_some(),
        errors: difference.has_errors() || !of.reviewed.mistakes.is_empty(),
        changes: difference.changes.iter().map(change).collect(),
        places: difference.places.iter().map(place).collect(),
        rules: difference.rules.as_ref().map(|rules| RulesV1 {
            changes: rules.changes.iter().map(rule_change).collect(),
            periods: rules
                .periods
                .iter()
                .map(|period| PeriodV1 {
                    key: period.key,
                    effect: period.kind.effect.word(),
                    length: Change2 {
                        before: period.before.map(|length| length.to_string()),
                        after: period.after.map(|length| length.to_string()),
                    },
                    origin: period.spot.as_ref().map(spot),
                })
                .collect(),
            lowered: rules.lowered.iter().map(case).collect(),
            raised: rules.raised.iter().map(case).collect(),
        }),
        by_rules: difference.by_rules.iter().map(place).collect(),
        alone: alone(difference),
        unread: of.reviewed.unread.iter().map(|why| plain(why)).collect(),
        mistakes: mistakes
            .flat_map(|one| one.list.iter().map(|mistake| One::of(&one.sources, mistake)))
            .collect(),
        simulated: context.simulated,
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
    })
}

fn counts(difference: &Difference) -> Counts {
    let tally = difference.tally();
    Counts {
        services: difference.services,
        places: difference.looked_at,
        verdicts: difference.verdicts,
        looser: tally.looser,
        stricter: tally.stricter,
        moved: tally.moved,
        blocked: tally.became(Level::Block),
        held: tally.became(Level::Hold),
        warned: tally.became(Level::Warn),
        free: tally.became(Level::Allow),
        stranded: difference.stranded().count(),
        errors: difference.of(Effect::Error).count(),
    }
}

fn change(change: &Change) -> ChangeV1<'_> {
    ChangeV1 {
        kind: change.kind.word,
        effect: change.kind.effect.word(),
        services: change.services.iter().map(Name::as_str).collect(),
        subject: &change.subject,
        message: sentence(&change.message),
        by: change.by.as_deref().map(sentence),
        origin: change.spot.as_ref().map(spot),
    }
}

fn spot(spot: &Spot) -> SpotV1<'_> {
    SpotV1 { file: &spot.file, line: spot.line }
}

fn place(place: &PlaceDifference) -> PlaceV1<'_> {
    PlaceV1 {
        service: place.service.as_str(),
        environment: place.environment.as_ref().map(Name::as_str),
        ran: place.ran.as_deref(),
        runs: place.runs.as_deref(),
        way_back: Change2 { before: back(&place.way_back.0), after: back(&place.way_back.1) },
        strands: place.strands(),
        wins_way_back: place.wins_way_back(),
        hits: place
            .hits
            .iter()
            .map(|hit| HitV1 { version: &hit.version, reason: told(&hit.told), ran: hit.ran })
            .collect(),
        releases: place.shifts.iter().map(shift).collect(),
        levels: Change2 { before: levels(place.counts.0), after: levels(place.counts.1) },
    }
}

fn levels([allow, warn, hold, block]: [usize; 4]) -> LevelsV1 {
    LevelsV1 { allow, warn, hold, block }
}

fn back(back: &Back) -> BackV1<'_> {
    let (state, best) = match back {
        Back::To(version, level) => ("open", Some((version, level))),
        Back::Desert(version, level) => ("desert", Some((version, level))),
        Back::NothingOlder => ("first", None),
        Back::Untold => ("unknown", None),
        Back::NothingRuns => ("empty", None),
    };
    BackV1 { state, version: best.map(|(version, _)| &**version), level: best.map(|(_, level)| level.word()) }
}

fn shift(shift: &Shift) -> ShiftV1<'_> {
    let pair = |pair: (Option<Level>, Option<Level>)| Change2 {
        before: pair.0.map(Level::word),
        after: pair.1.map(Level::word),
    };
    ShiftV1 {
        version: &shift.version,
        way: match shift.way() {
            Way::Looser => "looser",
            Way::Stricter => "stricter",
            Way::Same => "same",
            Way::Moved => "moved",
            Way::Other => "other",
        },
        verdict: pair(shift.go),
        itself: pair(shift.itself),
        came: shift.came.iter().map(told).collect(),
        went: shift.went.iter().map(told).collect(),
    }
}

fn told(told: &Told) -> ToldV1<'_> {
    ToldV1 {
        code: told.code.word(),
        subject: &told.subject,
        level: told.level.word(),
        rule: told.rule.as_deref().map(plain),
        signed: told.signed,
    }
}

fn rule_change(change: &RuleChange) -> RuleChangeV1<'_> {
    RuleChangeV1 {
        what: change.what.word(),
        name: plain(change.name()),
        number: Change2 { before: change.numbers.0, after: change.numbers.1 },
        rule: Change2 {
            before: change.before.as_ref().map(|of| rule(of, None)),
            after: change.after.as_ref().map(|of| rule(of, None)),
        },
        origin: change.spot.as_ref().map(spot),
    }
}

fn case(case: &Lowered) -> CaseV1<'_> {
    let given = Change2 { before: given(&case.before), after: given(&case.after) };
    CaseV1 { when: when(&case.when), given }
}

fn given(given: &Given) -> GivenV1<'_> {
    GivenV1 {
        level: given.level.word(),
        signers: Some(given.signers).filter(|signers| !signers.is_empty()),
        rule: given.rule.as_deref().map(plain),
    }
}

fn alone(difference: &Difference) -> Vec<AloneV1<'_>> {
    difference
        .alone
        .iter()
        .flat_map(|alone| {
            alone.places.iter().map(|one| AloneV1 {
                service: alone.service.as_str(),
                environment: one.environment.as_ref().map(Name::as_str),
                runs: one.running.as_deref(),
                way_back: back(&one.way_back),
                levels: levels(one.counts()),
            })
        })
        .collect()
}
