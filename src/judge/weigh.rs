//! One move weighed: its ends, its baseline, all findings with their levels, the verdict.

use crate::judge::rules::{self, Context};
use crate::judge::scene::{Candidate, Scene};
use crate::judge::{
    Finding, Moment, Move, Proof, Question, Reason, Verdict, artifact, exposure, freeze, history, needs,
    release, relief, upkeep,
};
use crate::model::{Entered, Incident, Level, MoveKind, Name, Registry};

/// A move with everything the finders compare: where it goes, where from, and what it is held against.
#[derive(Debug, Clone)]
pub(super) struct Step<'a> {
    pub kind: MoveKind,
    pub to: Candidate<'a>,
    /// What runs, or is said to; None: nothing, or nobody knows.
    pub from: Option<Candidate<'a>>,
    /// `--from`, when it was given.
    pub said: Option<Candidate<'a>>,
    /// `--from` isn't what the registry says. It is only a claim then: it may stop, but excuses nothing.
    pub disagrees: bool,
    /// What `to` is compared with. Meaningless while `from_unknown`.
    pub baseline: Vec<Candidate<'a>>,
    /// What runs isn't known or not placeable, so nothing counts as carried.
    pub from_unknown: bool,
    /// `to` already runs here: nothing reopens, no barrier is crossed.
    pub runs: bool,
}

impl<'a> Step<'a> {
    pub fn new(scene: &Scene<'a>, question: &Question) -> Step<'a> {
        let to = scene.candidate(&question.to);
        let said = question.from.as_deref().map(|from| scene.candidate(from));
        let from = said.clone().or_else(|| newest_other(scene, &to));
        let group = if from.is_none() && scene.ran.is_empty() { scene.group_runs() } else { Vec::new() };
        let nothing_known = scene.running.is_none() && from.is_none() && group.is_empty();
        let mut here = from.iter().chain(scene.running.iter().flatten());
        let from_unknown = nothing_known || here.any(|candidate| candidate.version.place.is_none());
        let runs = scene.runs(&to.version);
        let kind = kind(scene, question, &to, from.as_ref(), !group.is_empty());
        let baseline = if group.is_empty() { baseline(scene, &to, from.as_ref()) } else { group };
        let known = scene.running.is_some();
        let disagrees = known && said.as_ref().is_some_and(|said| !scene.runs(&said.version));
        Step { kind, to, from, said, disagrees, baseline, from_unknown, runs }
    }

    /// A step to `to` out of nothing: there is nothing to compare with, so every flag on `to` counts, and
    /// nothing that could excuse or forbid the way.
    fn from_nothing(to: Candidate<'a>) -> Step<'a> {
        Step {
            kind: MoveKind::Redeploy,
            to,
            from: None,
            said: None,
            disagrees: false,
            baseline: Vec::new(),
            from_unknown: false,
            runs: false,
        }
    }
}

/// What runs here other than `to`: the newest; `to` itself when nothing else does.
///
/// Of several the newest that has a place; one without a place is still better than none.
fn newest_other<'a>(scene: &Scene<'a>, to: &Candidate<'a>) -> Option<Candidate<'a>> {
    let running = scene.running.as_ref()?;
    let others = running.iter().filter(|candidate| !candidate.is(&to.version));
    others.max_by(|a, b| a.version.place.cmp(&b.version.place)).or_else(|| running.first()).cloned()
}

fn kind(
    scene: &Scene<'_>,
    question: &Question,
    to: &Candidate<'_>,
    from: Option<&Candidate<'_>>,
    first: bool,
) -> MoveKind {
    match from {
        None if scene.running.is_some() || first => MoveKind::Redeploy,
        None => question.asked,
        Some(from) if from.is(&to.version) => MoveKind::Redeploy,
        Some(from) => match (&to.version.place, &from.version.place) {
            (Some(to), Some(from)) if to < from => MoveKind::Rollback,
            (Some(_), Some(_)) => MoveKind::Redeploy,
            _ => question.asked,
        },
    }
}

/// What `to` is compared with: what runs, and every newer release that ran here lately. A release entered
/// by acceptance doesn't count; the one it was entered from does.
fn baseline<'a>(scene: &Scene<'a>, to: &Candidate<'a>, from: Option<&Candidate<'a>>) -> Vec<Candidate<'a>> {
    // An empty environment has no measure, whatever ran there: everything on `to` is new to it.
    if from.is_none() && scene.running.as_ref().is_some_and(Vec::is_empty) {
        return Vec::new();
    }
    let window = scene.registry.policy.baseline;
    let now = scene.moment.now;
    let counts = |candidate: &Candidate<'_>| match scene.entered {
        Some(Entered { from: Some(from), .. }) if candidate.is(from) => true,
        Some(_) => !scene.runs(&candidate.version),
        None => true,
    };
    let here = from.into_iter().chain(scene.running.iter().flatten()).filter(|candidate| counts(candidate));
    let mut baseline: Vec<Candidate<'a>> = here.cloned().collect();
    let entered_from = scene.entered.and_then(|entered| entered.from.as_ref());
    // What was entered from nothing, or from nobody knows what, has no measure either, whatever ran there.
    if scene.entered.is_some() && entered_from.is_none() {
        return baseline;
    }
    baseline.extend(entered_from.map(|from| scene.candidate(&from.text)));
    // Whatever began after the release was left that the exposure was entered from, ran under the exposure.
    let exposed_since = entered_from.and_then(|from| {
        scene.ran.iter().filter(|stay| stay.version.text == from.text).map(|stay| stay.end).max()
    });
    let newer = scene.ran.iter().filter(|stay| {
        to.version.is_older_than(&stay.version)
            && now < window.after(stay.end)
            && exposed_since.is_none_or(|since| stay.start.is_none_or(|start| start < since))
    });
    for stay in newer {
        if !baseline.iter().any(|candidate| candidate.is(&stay.version)) {
            baseline.push(scene.candidate(&stay.version.text));
        }
    }
    baseline
}

/// Weighs one move.
pub(super) fn weigh<'a>(scene: &Scene<'a>, question: &Question) -> Verdict<'a> {
    let step = Step::new(scene, question);
    let mut past = history::find(scene, &step, question);
    past.extend(needs::find(scene, &step, &question.along));
    past.extend(artifact::find(scene, &step, &question.along));
    past.extend(freeze::find(scene, &step));
    weigh_step(scene, step, past, (question.incident.as_deref(), question.asker.as_deref()))
}

/// Weighs a release that runs as if it came from nothing. Of the past of this place only the way back
/// matters then: `stranded` says that there is none.
pub(super) fn weigh_from_nothing<'a>(scene: &Scene<'a>, to: Candidate<'a>, stranded: bool) -> Verdict<'a> {
    let past = if stranded { vec![Finding::NoWayBack] } else { Vec::new() };
    weigh_step(scene, Step::from_nothing(to), past, (None, None))
}

/// Whether a move surely may not go: a flag on its target stops it, and nothing there is could lower that: no
/// sign-off, and no abort, which goes to what runs.
///
/// Much cheaper than [`weigh`], for whoever looks through many releases for one that may go. False says nothing.
pub(super) fn is_hopeless(scene: &Scene<'_>, question: &Question) -> bool {
    any_stopper(scene, question, |_| true)
}

/// Whether one of the flags that surely stop a move is `wanted`; see [`is_hopeless`].
pub(super) fn any_stopper<'a>(
    scene: &Scene<'a>,
    question: &Question,
    mut wanted: impl FnMut(&Finding<'a>) -> bool,
) -> bool {
    let signed = scene.service.sign_offs.iter().any(|sign_off| sign_off.to == question.to);
    let runs = scene.running.iter().flatten().any(|candidate| candidate.version.text == question.to);
    if signed || runs {
        return false;
    }
    let step = Step::new(scene, question);
    let incident = current_incident(scene, question.incident.as_deref());
    let teams = rules::teams_of(scene.registry, question.asker.as_deref());
    let context = Context::new(scene, &step, incident, &teams, &[]);
    // A better trade makes a hold of a block, and a hold doesn't go either.
    let decided = exposure::on_target(scene, &step).map(|finding| rules::decide(&context, finding));
    decided.filter(|reason| !reason.level.proceeds()).any(|reason| wanted(&reason.finding))
}

fn weigh_step<'a>(
    scene: &Scene<'a>,
    step: Step<'a>,
    past: Vec<Finding<'a>>,
    (incident, asker): (Option<&str>, Option<&str>),
) -> Verdict<'a> {
    let mut exposure = exposure::find(scene, &step);
    let mut findings = std::mem::take(&mut exposure.findings);
    findings.extend(release::find(scene, &step, exposure.untold));
    findings.extend(past);
    findings.extend(upkeep::find(scene, &step));

    let incident = current_incident(scene, incident);
    let teams = rules::teams_of(scene.registry, asker);
    let signed = relief::signed(scene, &step, asker);
    let context = Context::new(scene, &step, incident, &teams, &signed.given);
    let mut reasons: Vec<Reason<'a>> =
        findings.into_iter().map(|finding| rules::decide(&context, finding)).collect();
    relief::apply(scene, &step, &exposure, &signed.given, &mut reasons);
    reasons.sort_by_cached_key(|reason| {
        (std::cmp::Reverse(reason.level), reason.finding.code(), reason.finding.subject())
    });

    Verdict {
        level: reasons.iter().map(|reason| reason.level).max().unwrap_or(Level::Allow),
        reasons,
        changes: exposure.changes,
        kept: exposure.kept,
        left: exposure.left,
        proof: proof(scene, &step),
        given: signed.given,
        refused: signed.refused,
        movement: Move {
            kind: step.kind,
            service: scene.service,
            environment: scene.environment.clone(),
            from: step.from.map(|from| from.version.clone()),
            to: step.to.version.clone(),
            incident: incident.map(|incident| incident.id.as_str().into()),
        },
    }
}

/// The incidents that are on for a service at the moment.
pub fn incidents_on<'a>(
    registry: &'a Registry,
    service: &'a Name,
    moment: Moment,
) -> impl Iterator<Item = &'a Incident> + Clone {
    registry.incidents.iter().filter(move |incident| {
        incident.services.contains(service)
            && moment.sees(incident.started)
            && !incident.ended.is_some_and(|ended| moment.sees(ended))
    })
}

/// The incident of this service that is on at the moment: the one that was named, else the one that began
/// first. A name that the registry doesn't hold opens no rule.
pub(super) fn current_incident<'a>(scene: &Scene<'a>, named: Option<&str>) -> Option<&'a Incident> {
    let on = incidents_on(scene.registry, &scene.service.name, scene.moment);
    let asked = on.clone().find(|incident| named == Some(incident.id.as_str()));
    asked.or_else(|| on.min_by_key(|incident| incident.started))
}

fn proof(scene: &Scene<'_>, step: &Step<'_>) -> Proof {
    let mut stays = scene.ran.iter().filter(|stay| step.to.is(&stay.version)).peekable();
    let ran = stays.peek().is_some();
    let measured = stays.filter(|stay| stay.measured).filter_map(|stay| Some(stay.end - stay.start?));
    Proof { runs: step.runs, ran, time: measured.reduce(|sum, length| sum + length) }
}

/// Adds a finding when there is one; the finders read better with it.
pub(super) fn push_if<'a>(
    findings: &mut Vec<Finding<'a>>,
    condition: bool,
    finding: impl FnOnce() -> Finding<'a>,
) {
    if condition {
        findings.push(finding());
    }
}
