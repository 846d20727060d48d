//! The way back: could any older release be returned to, once a redeploy is done?
//!
//! It is answered by judging those moves in the scene after the redeploy. Where many releases are newer than
//! what runs, each of them asks about all that are older; what stands in the way whatever the redeploy goes
//! to is remembered for the scene, so that it is found once.

use crate::judge::scene::Scene;
use crate::judge::weigh::{Step, any_stopper, weigh};
use crate::judge::{Finding, Question};
use crate::model::{Flag, MoveKind, Release, Version};

/// Whether no older release would be better than a hold after this redeploy.
pub(super) fn is_missing<'a>(scene: &Scene<'a>, step: &Step<'a>, question: &Question) -> bool {
    if step.kind != MoveKind::Redeploy || step.to.version.place.is_none() {
        return false;
    }
    let after = scene.after(&step.to);
    let opens = |release: &Release| {
        let text = &release.version.text;
        if scene.barred.borrow().contains(text) {
            return false;
        }
        let (to, along) = (text.clone(), question.along.elsewhere());
        let back = Question { from: None, to, asked: MoveKind::Rollback, along, ..question.clone() };
        let bar = || _ = scene.barred.borrow_mut().insert(text.clone());
        let lasts = |finding: &Finding<'_>| lasts(scene, &after, &release.version, finding);
        let mut stopped = false;
        let for_good = any_stopper(&after, &back, |finding| {
            stopped = true;
            lasts(finding)
        });
        if stopped {
            for_good.then(bar);
            return false;
        }
        let verdict = weigh(&after, &back);
        let mut stops = verdict.reasons.iter().filter(|reason| !reason.level.proceeds());
        stops.any(|reason| lasts(&reason.finding)).then(bar);
        verdict.in_need().proceeds()
    };
    // The nearest is the likeliest, so it is asked first.
    let mut older = scene.releases().rev().filter(|release| release.version.is_older_than(&step.to.version));
    !older.any(opens)
}

/// Whether a reason that stops this way back does so from wherever it would begin.
///
/// The floor excuses only what doesn't go down, and a way back does. A flag that something has not which
/// ran here before the redeploy reopens whatever the redeploy went to; a trade makes a block a hold at best.
/// Under an acceptance the baseline depends on whether the redeploy leaves it, so nothing is remembered then.
fn lasts(scene: &Scene<'_>, after: &Scene<'_>, to: &Version, finding: &Finding<'_>) -> bool {
    match finding {
        Finding::Compromised(_)
        | Finding::Withdrawn(_)
        | Finding::BelowFloor { .. }
        | Finding::PingPong { .. } => true,
        Finding::AdvisoryReopened(flag) | Finding::Unstable(flag) => {
            scene.entered.is_none() && was_without(after, to, flag)
        }
        _ => false,
    }
}

/// Whether a newer release of the baseline's window, that ran here, didn't have this flag.
fn was_without(after: &Scene<'_>, to: &Version, flag: &Flag) -> bool {
    let Some(point) = after.flags.iter().find(|point| std::ptr::eq(point.flag, flag)) else { return false };
    let window = after.registry.policy.baseline;
    let counts = |end| after.moment.now < window.after(end);
    let mut newer = after.ran.iter().filter(|stay| to.is_older_than(&stay.version) && counts(stay.end));
    newer.any(|stay| point.hits(&after.candidate(&stay.version.text)) != Some(true))
}
