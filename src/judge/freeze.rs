//! Change freezes: whether one is on for a move.

use crate::judge::Finding;
use crate::judge::rules::elsewhere_of;
use crate::judge::scene::Scene;
use crate::judge::weigh::Step;
use crate::model::Freeze;

/// The freezes that a move comes into. Going to what runs changes nothing, so it is never frozen.
pub(super) fn find<'a>(scene: &Scene<'a>, step: &Step<'a>) -> Vec<Finding<'a>> {
    if step.runs {
        return Vec::new();
    }
    let at = scene.moment.now;
    let concerns = |freeze: &&'a Freeze| {
        let moves = &freeze.when.movement;
        (moves.is_empty() || moves.contains(&step.kind))
            && elsewhere_of(&freeze.when, scene).is_none()
            && freeze.is_on(at)
    };
    let freezes = scene.registry.freezes.iter().filter(concerns);
    freezes.map(|freeze| Finding::Frozen { freeze, at }).collect()
}
