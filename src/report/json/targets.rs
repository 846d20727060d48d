//! `holdpoint/targets/v1`: every release as a target, best first.

use serde::Serialize;

use super::error::One;
use super::verdict::{Brief, ChangesV1, Keys};
use super::{Registry, text};
use crate::judge::Target;
use crate::model::format_time;
use crate::report::Survey;

/// The name of this schema.
const SCHEMA: &str = "holdpoint/targets/v1";

#[derive(Serialize)]
struct Targets<'a> {
    schema: &'static str,
    service: &'a str,
    environment: Option<&'a str>,
    from: Option<&'a str>,
    simulated: bool,
    targets: Vec<TargetV1<'a>>,
    registry: Registry<'a>,
    as_of: String,
    warnings: Vec<One<'a>>,
}

#[derive(Serialize)]
struct TargetV1<'a> {
    version: &'a str,
    stay: bool,
    kind: &'static str,
    verdict: &'static str,
    proceed: bool,
    keys: Keys,
    reasons: Vec<Brief>,
    changes: ChangesV1<'a>,
    /// Whether it ran here, ever.
    proven: bool,
    released: Option<String>,
}

/// Writes all targets.
pub fn targets(survey: &Survey) -> String {
    let context = &survey.context;
    text::write(&Targets {
        schema: SCHEMA,
        service: survey.service.name.as_str(),
        environment: survey.environment.map(|name| name.as_str()),
        from: survey.from().map(|version| &*version.text),
        simulated: context.simulated,
        targets: survey.targets.iter().map(|target| one(survey, target)).collect(),
        registry: Registry::of(context),
        as_of: format_time(context.as_of),
        warnings: context.warnings.iter().map(|warning| One::of(context.sources, warning)).collect(),
    })
}

fn one<'a>(survey: &Survey<'a>, target: &'a Target<'a>) -> TargetV1<'a> {
    let verdict = &target.verdict;
    let version = &*verdict.movement.to.text;
    TargetV1 {
        version,
        stay: target.stay,
        kind: verdict.movement.kind.word(),
        verdict: verdict.level.word(),
        proceed: verdict.level.proceeds(),
        keys: Keys::of(verdict),
        reasons: Brief::all(verdict),
        changes: ChangesV1::of(&verdict.changes),
        proven: verdict.proof.proven(),
        released: survey.service.release(version).and_then(|release| release.released).map(format_time),
    }
}
