//! A deployment's replica sets: which of its revisions ran when.
//!
//! A replica set belongs to one template. Rolled back to, it is used again: it keeps its date, gets a new
//! revision, and remembers the old ones. So its date tells when its first revision began, and of the later
//! ones only the latest is dated, by the deployment's word on when its roll-out was done.

use std::collections::{BTreeMap, BTreeSet};

use super::workload::Workload;
use crate::import::sight::Was;
use crate::import::sight::timeline::{Row, stays};
use crate::model::Time;

/// What replica sets tell.
#[derive(Default)]
pub(super) struct Told {
    /// What runs, since when, and how many pods of it are ready.
    pub running: Vec<(Box<str>, Option<Time>, String)>,
    /// What ran, oldest first.
    pub past: Vec<Was>,
    /// There is nothing but the workload's own word on what runs.
    pub alone: bool,
}

/// The revisions that a replica set has served for, oldest first: of a deployment, or of an Argo rollout.
pub(super) fn revisions(annotations: &BTreeMap<String, String>) -> Vec<u64> {
    let of = |prefix: &str| {
        let text = |key: &str| annotations.get(&format!("{prefix}/{key}")).map_or("", |text| text);
        let texts = text("revision-history").split(',').chain([text("revision")]);
        texts.filter_map(|text| text.trim().parse().ok()).collect::<BTreeSet<u64>>()
    };
    let deployment = of("deployment.kubernetes.io");
    let found = if deployment.is_empty() { of("rollout.argoproj.io") } else { deployment };
    found.into_iter().collect()
}

/// Reads the replica sets of one workload.
pub(super) fn told(top: Option<&Workload>, sets: &[&Workload]) -> Told {
    if sets.is_empty() {
        return Told { alone: true, ..Told::default() };
    }
    let mut past = stays(&rows(sets, top.and_then(Workload::finished)));
    let mut running: Vec<(Box<str>, Option<Time>, String)> = Vec::new();
    let mut pods: BTreeMap<&str, (Option<Time>, i64, i64)> = BTreeMap::new();
    for set in sets {
        let (all, ready) = (set.status.replicas.or(set.spec.replicas), set.status.ready_replicas);
        for named in set.releases.iter().filter(|_| all.is_some_and(|all| all > 0)) {
            let counted = pods.entry(&named.version).or_default();
            counted.0 = counted.0.into_iter().chain(set.created).min();
            counted.1 += ready.unwrap_or(0);
            counted.2 += all.unwrap_or(0);
        }
    }
    // The newest template without pods was scaled away, or hasn't come up: its stay isn't past.
    if past.last().is_some_and(|last| !pods.contains_key(&*last.version)) {
        past.pop();
    }
    for (version, (created, ready, all)) in pods {
        // Its latest stay still goes on, also while a newer one begins.
        let latest = past.iter().rposition(|was| *was.version == *version);
        let since = latest.map_or(created, |at| past.remove(at).since);
        running.push((version.into(), since, format!("{ready} of {all} ready")));
    }
    Told { running, past, alone: false }
}

/// The revisions in their order, as far as they are remembered.
fn rows(sets: &[&Workload], done: Option<Time>) -> Vec<Row> {
    let mut all: Vec<(u64, Row)> = Vec::new();
    for set in sets {
        let version = match &*set.releases {
            [named] => Some(named.version.clone()),
            _ => None,
        };
        for (index, revision) in set.revisions.iter().enumerate() {
            let at = if index == 0 { set.created } else { None };
            all.push((*revision, Row { version: version.clone(), at, ..Row::default() }));
        }
    }
    all.sort_by_key(|(revision, _)| *revision);
    let mut before = None;
    for (revision, row) in &mut all {
        row.gap_before = before.is_some_and(|before| before + 1 < *revision);
        before = Some(*revision);
    }
    let mut rows: Vec<Row> = all.into_iter().map(|(_, row)| row).collect();
    let newest = rows.iter().filter_map(|row| row.at).max();
    if let Some(last) = rows.last_mut().filter(|last| last.at.is_none()) {
        // A roll-out that was done before the youngest set was made isn't the one back to an older set.
        last.at = done.filter(|done| newest.is_none_or(|newest| newest <= *done));
    }
    rows
}
