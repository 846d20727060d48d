//! What the move does to the flags: what it reopens, carries and leaves, and what is worth knowing of them.

use chrono::TimeDelta;

use crate::judge::scene::{Candidate, Scene, Standing, Standpoint};
use crate::judge::weigh::Step;
use crate::judge::{Changes, Finding};
use crate::model::{Flag, FlagKind};

/// For how long an all-clear is young.
pub const YOUNG: TimeDelta = TimeDelta::days(7);

/// What was found of the flags.
pub(super) struct Exposure<'a> {
    pub findings: Vec<Finding<'a>>,
    pub changes: Changes<'a>,
    /// Active flags on `from` that `to` has as well, or may have.
    pub kept: Vec<&'a Flag>,
    /// Active flags on `from` that `to` doesn't have.
    pub left: Vec<&'a Flag>,
    /// The closed advisories that really run: those that a better trade may count on.
    pub traded: Vec<&'a Flag>,
    /// How many active flags could not be compared with `to`.
    pub untold: usize,
}

pub(super) fn find<'a>(scene: &Scene<'a>, step: &Step<'a>) -> Exposure<'a> {
    let mut found = Exposure {
        findings: Vec::new(),
        changes: Changes::default(),
        kept: Vec::new(),
        left: Vec::new(),
        traded: Vec::new(),
        untold: 0,
    };
    let older = nearest_older(scene, step);
    for point in scene.flags.iter() {
        let flag = point.flag;
        match point.standing {
            Standing::Active => active(scene, step, point, &older, &mut found),
            Standing::Scheduled(from) if point.hits(&step.to) == Some(true) => {
                found.findings.push(Finding::Scheduled(flag, from));
            }
            Standing::Withdrawn(at) if young(scene, at) && point.hits(&step.to) == Some(true) => {
                found.findings.push(Finding::Retracted(flag, at));
            }
            _ => {}
        }
        narrowed(scene, step, point, &mut found.findings);
    }
    for list in [&mut found.changes.reopened, &mut found.changes.carried, &mut found.changes.closed] {
        list.sort_by(|a, b| a.id.cmp(&b.id));
    }
    found
}

/// What the flags that hit the target say of it; of all that [`find`] finds, what can stop a move.
pub(super) fn on_target<'s, 'a>(
    scene: &'s Scene<'a>,
    step: &'s Step<'a>,
) -> impl Iterator<Item = Finding<'a>> + use<'s, 'a> {
    let hits = scene.active().filter(|point| point.hits(&step.to) == Some(true));
    hits.map(
        |point| if point.flag.compromised { Finding::Compromised(point.flag) } else { brought(step, point) },
    )
}

fn active<'a>(
    scene: &Scene<'a>,
    step: &Step<'a>,
    point: &Standpoint<'a>,
    older: &[Candidate<'a>],
    found: &mut Exposure<'a>,
) {
    let flag = point.flag;
    let on_to = point.hits(&step.to);
    let on_from = step.from.as_ref().is_some_and(|from| point.hits(from) == Some(true));
    match on_to {
        Some(true) => {
            hit(step, point, found);
            if on_from {
                found.kept.push(flag);
            }
        }
        Some(false) => {
            if on_from {
                found.left.push(flag);
                if flag.kind == FlagKind::Advisory {
                    found.changes.closed.push(flag);
                    if really_runs(scene, step, point) {
                        found.traded.push(flag);
                    }
                    found.findings.push(Finding::AdvisoryClosed(flag));
                }
            }
            spared(scene, step, point, older, found);
        }
        None => {
            found.untold += 1;
            // Not surely left behind.
            if on_from {
                found.kept.push(flag);
            }
        }
    }
}

/// Whether a flag on `from` runs for certain: where `--from` disagrees with the registry, on all that runs.
fn really_runs(scene: &Scene<'_>, step: &Step<'_>, point: &Standpoint<'_>) -> bool {
    let mut running = scene.running.iter().flatten();
    !step.disagrees || running.all(|candidate| point.hits(candidate) == Some(true))
}

/// An active flag hits the target: does the move bring it, or was it here?
fn brought<'a>(step: &Step<'a>, point: &Standpoint<'a>) -> Finding<'a> {
    let flag = point.flag;
    let carried = step.runs
        || !step.from_unknown
            && !step.baseline.is_empty()
            && step.baseline.iter().all(|candidate| point.hits(candidate) == Some(true));
    match (flag.kind, carried) {
        (FlagKind::Instability, false) => Finding::Unstable(flag),
        (FlagKind::Instability, true) => Finding::DoesNotHelp(flag),
        (FlagKind::Advisory, false) => Finding::AdvisoryReopened(flag),
        (FlagKind::Advisory, true) => Finding::AdvisoryCarried(flag),
    }
}

fn hit<'a>(step: &Step<'a>, point: &Standpoint<'a>, found: &mut Exposure<'a>) {
    let flag = point.flag;
    if flag.compromised {
        found.findings.push(Finding::Compromised(flag));
    }
    let finding = brought(step, point);
    match finding {
        Finding::AdvisoryReopened(_) => found.changes.reopened.push(flag),
        Finding::AdvisoryCarried(_) => found.changes.carried.push(flag),
        _ => {}
    }
    // A compromised artifact says all there is to say; its advisory still stands among the changes.
    if !(flag.compromised && flag.kind == FlagKind::Advisory) {
        found.findings.push(finding);
    }
}

/// An active flag doesn't hit the target here: elsewhere, or is it only that nobody said where it ends?
fn spared<'a>(
    scene: &Scene<'a>,
    step: &Step<'a>,
    point: &Standpoint<'a>,
    older: &[Candidate<'a>],
    found: &mut Exposure<'a>,
) {
    let flag = point.flag;
    let elsewhere = scene.hits_where(flag, &step.to, |affects| !scene.concerns_here(flag, affects));
    if elsewhere == Some(true) {
        found.findings.push(Finding::Elsewhere(flag));
    }
    let unfixed = |candidate: &Candidate<'a>| {
        scene.hits_where(flag, candidate, |affects| {
            affects.fixed_in.is_empty() && scene.concerns_here(flag, affects)
        })
    };
    // What surely isn't hit need not be looked at again, entry by entry.
    let mut hit = older.iter().filter(|candidate| point.hits(candidate) != Some(false));
    if hit.any(|candidate| unfixed(candidate) == Some(true)) {
        found.findings.push(Finding::FixUnclear(flag));
    }
}

/// A flag was narrowed lately, and hit the target until then.
fn narrowed<'a>(scene: &Scene<'a>, step: &Step<'a>, point: &Standpoint<'a>, findings: &mut Vec<Finding<'a>>) {
    let flag = point.flag;
    let Some(narrowed) = flag.narrowed.as_ref().filter(|narrowed| scene.moment.sees(narrowed.at)) else {
        return;
    };
    if matches!(point.standing, Standing::Withdrawn(_)) || !young(scene, narrowed.at) {
        return;
    }
    let now = point.hits(&step.to) == Some(true);
    if !now && formerly_hit(scene, flag, &step.to) {
        findings.push(Finding::Retracted(flag, scene.moment.past(narrowed.at)));
    }
}

/// Whether the flag hit this version here before it was narrowed.
pub(super) fn formerly_hit(scene: &Scene<'_>, flag: &Flag, candidate: &Candidate<'_>) -> bool {
    flag.affects
        .iter()
        .filter(|affects| affects.scope.covers(&scene.service.name) && scene.concerns_here(flag, affects))
        .any(|affects| scene.formerly_hits(flag, affects, candidate) == Some(true))
}

fn young(scene: &Scene<'_>, at: crate::model::Time) -> bool {
    scene.moment.now < scene.moment.past(at) + YOUNG
}

/// The registered release just before the target; of several with equal precedence, all.
fn nearest_older<'a>(scene: &Scene<'a>, step: &Step<'a>) -> Vec<Candidate<'a>> {
    if step.to.version.place.is_none() {
        return Vec::new();
    }
    // The releases stand in the order of their places, so those before `to` are found by halving.
    let releases = &scene.service.releases;
    let before = releases.partition_point(|release| release.version.place < step.to.version.place);
    let seen = releases[..before].iter().rev().filter(|release| scene.moment.sees_opt(release.released));
    let mut nearest = seen.peekable();
    let place = nearest.peek().map(|release| &release.version.place);
    nearest
        .take_while(|release| place == Some(&release.version.place))
        .map(|release| scene.candidate(&release.version.text))
        .collect()
}
