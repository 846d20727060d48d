//! What `kubectl get … -o json` shows: workloads, their replica sets, their pods, in any mixture.
//!
//! What runs is told by the closest witness that the document has: pods, else replica sets with pods, else the
//! workload's own template. What ran is told by a deployment's replica sets (`replica_sets`). A workload
//! concerns the service when one of its containers runs an image of the service; init containers that come to
//! an end run nothing.

mod replica_sets;
mod shape;
mod workload;

use std::collections::{BTreeMap, BTreeSet};

use self::shape::Object;
use self::workload::{Id, Workload};
use super::document::{ImportError, parse, text};
use super::naming::Naming;
use super::time::time;
use super::{Observation, Runs, Tool, Wanted, Was};
use crate::model::Time;
use crate::registry::{listed, quoted};

/// Reads a list or a single object.
pub(super) fn read(bytes: &[u8], wanted: Wanted<'_>) -> Result<Observation, ImportError> {
    let text = text(Tool::Kubectl, bytes)?;
    if text.starts_with('[') {
        let hint = format!("pipe in `{}` as it is; Helm's lists go to `--helm`", Tool::Kubectl.command());
        return Err(ImportError::new("the document is a bare list, which kubectl doesn't print", hint));
    }
    let objects = flat(parse(Tool::Kubectl, text)?);
    check_kinds(&objects)?;
    let mut naming = Naming::of(wanted.service);
    let mut found = Found::default();
    for object in &objects {
        if wanted.is_in(&object.metadata.namespace)
            && let Some(workload) = Workload::of(object, &mut naming)?
        {
            found.take(workload);
        }
    }
    if found.is_empty() {
        return Err(naming.nowhere("no workload"));
    }
    found.check_namespaces(wanted)?;
    Ok(found.observation())
}

/// The objects of a list; of a typed one they may leave out their kind.
fn flat(mut object: Object<'_>) -> Vec<Object<'_>> {
    let Some(mut items) = object.items.take() else { return vec![object] };
    let kind = object.kind.strip_suffix("List").unwrap_or_default();
    items.iter_mut().filter(|item| item.kind.is_empty()).for_each(|item| item.kind = kind.to_owned());
    items
}

/// Whether anything in the document can be read.
fn check_kinds(objects: &[Object<'_>]) -> Result<(), ImportError> {
    if objects.iter().any(|object| workload::is_read(&object.kind)) {
        return Ok(());
    }
    let mut kinds: Vec<&str> = objects.iter().map(|object| &*object.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let hint = format!("pipe in `{}`", Tool::Kubectl.command());
    Err(match &*kinds {
        [] => ImportError::new(
            "kubectl found nothing",
            "is it in another namespace (`-n NAMESPACE`, `-A`)? if nothing runs, say so: `--nothing`",
        ),
        ["Status"] => {
            let said = objects.first().and_then(|object| object.message);
            let said =
                said.and_then(|raw| serde_json::from_str::<String>(raw.get()).ok()).unwrap_or_default();
            ImportError::new(format!("kubectl brought an error: {}", quoted(&said)), hint)
        }
        ["Application"] => ImportError::new(
            "the document is Argo CD's, not a workload",
            "give it to `--argocd` instead of `--kubectl`",
        ),
        [""] => ImportError::new("the document is no object of Kubernetes: it has no kind", hint),
        kinds => {
            let named: Vec<String> = kinds.iter().take(6).map(|kind| quoted(kind)).collect();
            ImportError::new(format!("no workload in the document; it holds {}", named.join(", ")), hint)
        }
    })
}

/// The workloads of the service.
#[derive(Default)]
struct Found {
    tops: Vec<Workload>,
    sets: Vec<Workload>,
    pods: Vec<Workload>,
}

impl Found {
    fn take(&mut self, workload: Workload) {
        match &*workload.object.kind {
            "Pod" => self.pods.push(workload),
            "ReplicaSet" => self.sets.push(workload),
            _ => self.tops.push(workload),
        }
    }

    fn is_empty(&self) -> bool {
        self.tops.is_empty() && self.sets.is_empty() && self.pods.is_empty()
    }

    /// Several namespaces are likely several environments; which of them is this one, nobody said.
    fn check_namespaces(&self, wanted: Wanted<'_>) -> Result<(), ImportError> {
        let all = self.tops.iter().chain(&self.sets).chain(&self.pods);
        let namespaces: BTreeSet<&str> = all.map(|workload| &*workload.object.namespace).collect();
        if namespaces.len() < 2 || !wanted.namespaces.is_empty() {
            return Ok(());
        }
        let named: Vec<&str> = namespaces.into_iter().collect();
        let message = format!("`{}` runs in several namespaces: {}", wanted.service.name, listed(&named));
        Err(ImportError::new(
            message,
            "say which are this environment: `--namespace NAMESPACE`, once for each",
        ))
    }

    fn observation(self) -> Observation {
        let mut gathered = Gathered::default();
        let mut groups: BTreeMap<Id, (Option<&Workload>, Vec<&Workload>)> = BTreeMap::new();
        for top in &self.tops {
            groups.entry(top.object.clone()).or_default().0 = Some(top);
        }
        for set in &self.sets {
            groups.entry(set.owner.clone().unwrap_or_else(|| set.object.clone())).or_default().1.push(set);
        }
        for (id, (top, sets)) in &groups {
            gathered.group(id, *top, sets);
        }
        gathered.pods(&self.pods);
        for workload in self.tops.iter().chain(&self.sets).chain(&self.pods) {
            gathered.notes.extend(workload.releases.iter().filter_map(|named| named.note.clone()));
        }
        gathered.finish()
    }
}

/// What has been gathered of what runs and ran.
#[derive(Default)]
struct Gathered {
    observation: Observation,
    notes: Vec<String>,
}

impl Gathered {
    /// Notes that a release runs, as seen at some workload.
    fn runs(&mut self, version: &str, since: Option<Time>, seen: String) {
        let running = &mut self.observation.running;
        match running.iter_mut().find(|runs| *runs.version == *version) {
            Some(runs) => {
                runs.since = runs.since.into_iter().chain(since).min();
                runs.seen.push(seen);
            }
            None => running.push(Runs { version: version.into(), since, seen: vec![seen] }),
        }
    }

    /// A workload with the replica sets that it owns; either may be missing.
    fn group(&mut self, id: &Id, top: Option<&Workload>, sets: &[&Workload]) {
        let told = replica_sets::told(top, sets);
        self.observation.past.extend(told.past);
        let none = told.running.is_empty();
        for (version, since, ready) in told.running {
            self.runs(&version, since, format!("{}, {ready}", id.called()));
        }
        let Some(top) = top else { return };
        if !told.alone && none {
            self.notes.push(format!("{} has no pods", id.called()));
        }
        if top.unseen {
            self.notes.push(format!("{} was just changed: look again in a moment", id.called()));
        }
        if !told.alone {
            return;
        }
        let (wanted, ready) = top.count();
        if wanted == 0 {
            self.notes.push(format!("{} is scaled to nothing", id.called()));
            return;
        }
        let finished = top.finished();
        if finished.is_some() {
            self.notes.push(format!(
                "what {} runs it runs since then at the latest: a change of its settings moves the date too; \
                 `kubectl get deploy,rs -o json` tells more",
                id.called()
            ));
        }
        for named in &top.releases {
            self.runs(&named.version, finished, format!("{}, {ready} of {wanted} ready", id.called()));
        }
        if ready == 0 {
            self.notes.push(format!("no pod of {} is ready", id.called()));
        }
        if let Some(updated) = top.rolling() {
            self.observation.others = true;
            self.notes.push(format!(
                "{} is rolling out, {updated} of {wanted} pods so far; \
                 `kubectl get deploy,sts,ds,rs,pods -o json` would tell what the others run",
                id.called()
            ));
        }
    }

    /// Pods know best what runs: where there are some, only what they run does.
    fn pods(&mut self, pods: &[Workload]) {
        if pods.is_empty() {
            return;
        }
        let before = std::mem::take(&mut self.observation.running);
        self.observation.others = false;
        let mut counted: BTreeMap<&str, (Option<Time>, usize, usize)> = BTreeMap::new();
        for pod in pods {
            let statuses = &pod.status.container_statuses;
            let ready = !statuses.is_empty() && statuses.iter().all(|status| status.ready);
            for named in &pod.releases {
                let entry = counted.entry(&named.version).or_default();
                let started = pod.status.start_time.as_deref().and_then(time).or(pod.created);
                entry.0 = entry.0.into_iter().chain(started).min();
                entry.1 += usize::from(ready);
                entry.2 += 1;
            }
        }
        for (version, (started, ready, all)) in counted {
            let known = before.iter().find(|runs| *runs.version == *version);
            // A pod may be younger than the release's stay, never older.
            let since = known.and_then(|runs| runs.since).into_iter().chain(started).min();
            self.runs(version, since, format!("{ready} of {all} pods ready"));
        }
    }

    fn finish(mut self) -> Observation {
        self.observation.known = "kubectl";
        self.observation.notes = self.notes;
        // What one workload left while another ran on with it wasn't left by the service.
        let running = &self.observation.running;
        self.observation.past.retain(|was| running.iter().all(|runs| !went_on(runs, was)));
        self.observation.past = joined(std::mem::take(&mut self.observation.past));
        self.observation.past.sort_by_key(|was| (was.since.or(was.until), was.until));
        self.observation
    }
}

/// Whether a stay is part of the one that goes on.
fn went_on(runs: &Runs, was: &Was) -> bool {
    if runs.version != was.version {
        return false;
    }
    runs.since.is_some_and(|since| match was.until {
        Some(until) => since < until,
        // What was left at a time that nobody knows isn't what runs, unless that began before it.
        None => was.left_for.is_none() || was.since.is_some_and(|began| since <= began),
    })
}

/// The stays of several workloads as those of the service: it left a release when the last of them did.
fn joined(mut past: Vec<Was>) -> Vec<Was> {
    past.sort_by(|a, b| (&a.version, a.since).cmp(&(&b.version, b.since)));
    let mut joined: Vec<Was> = Vec::new();
    for was in past {
        match joined.last_mut().filter(|last| overlap(last, &was)) {
            Some(last) if last.until < was.until => *last = Was { since: last.since, ..was },
            Some(_) => {}
            None => joined.push(was),
        }
    }
    joined
}

/// Whether two stays, the earlier first, are of one release at the same time.
fn overlap(last: &Was, was: &Was) -> bool {
    let together = |(since, until): (Time, Time)| since <= until;
    last.version == was.version
        && last.since.is_some()
        && was.until.is_some()
        && was.since.zip(last.until).is_some_and(together)
}
