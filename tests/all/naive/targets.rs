//! Where the service could go instead, and whether staying is no answer.

use std::collections::BTreeSet;

use holdpoint::judge::{Moment, Question};
use holdpoint::model::{Registry, Version};

use super::judge::case;
use super::past::older;

/// Whether an active flag surely hits what the move comes from.
pub fn is_from_flagged(registry: &Registry, question: &Question, moment: Moment) -> bool {
    let case = case(registry, question, moment).unwrap();
    let facts = case.facts();
    let from = facts.from.as_ref();
    from.is_some_and(|from| facts.flags.iter().any(|flag| flag.active && case.hits(flag, from)))
}

/// What the service could go to instead: what runs, what ran lately, what is older and newer than `from`.
/// The worlds are so small that "the nearest ten" are all.
pub fn candidates(registry: &Registry, question: &Question, moment: Moment) -> BTreeSet<String> {
    let case = case(registry, question, moment).unwrap();
    let facts = case.facts();
    let mut versions: Vec<&Version> = case.running().iter().collect();
    // What is only said to run is a place to stay where the registry knows of no other.
    if versions.iter().all(|version| version.text == case.to.text) {
        versions.extend(&facts.from);
    }
    for stay in &case.state.stays {
        if moment.now < registry.policy.target_age.after(stay.end) {
            versions.push(&stay.version);
        }
    }
    let is_pre = |version: &Version| case.service.scale.is_prerelease(&version.text);
    let pre_runs = case.running().iter().any(is_pre);
    let centre = facts.from.as_ref().unwrap_or(&case.to);
    for known in &facts.registered {
        let other = older(&known.version, centre) || older(centre, &known.version);
        if other && (pre_runs || !is_pre(&known.version)) {
            versions.push(&known.version);
        }
    }
    versions.retain(|version| version.text != case.to.text);
    versions.into_iter().map(|version| version.text.to_string()).collect()
}
