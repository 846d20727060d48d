//! What `kubectl get … -o json` shows: workloads, their replica sets, their pods, in any mixture.
//!
//! What runs is told by the closest witness that the document has: pods, else replica sets with pods, else the
//! workload's own template. What ran is told by a deployment's replica sets (`replica_sets`). A workload
//! concerns the service when one of its containers runs an image of the service; init containers that come to
//! an end run nothing.

mod replica_sets;
mod shape;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use self::shape::{Container, Object, Spec, Status};
use super::document::{ImportError, parse, text};
use super::naming::{Named, Naming};
use super::time::time;
use super::{Observation, Runs, Tool, Wanted, Was};
use crate::import::image::Image;
use crate::model::Time;
use crate::registry::quoted;

/// The kinds whose templates are read.
const WORKLOADS: [&str; 5] = ["Deployment", "StatefulSet", "DaemonSet", "Rollout", "ReplicationController"];

/// An object of a kind that is read, with what the service's containers in it run.
struct Workload {
    object: Id,
    owner: Option<Id>,
    created: Option<Time>,
    revisions: Vec<u64>,
    spec: Spec,
    status: Status,
    /// The workload was changed, and its controller hasn't looked at that yet.
    unseen: bool,
    releases: Vec<Named>,
}

/// What identifies an object within a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Id {
    namespace: String,
    kind: String,
    name: String,
}

impl Id {
    /// `deployment shop/checkout`.
    fn called(&self) -> String {
        let namespace =
            if self.namespace.is_empty() { String::new() } else { format!("{}/", self.namespace) };
        format!("{} {namespace}{}", self.kind.to_lowercase(), self.name)
    }
}

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
        if wanted.namespace.is_none_or(|namespace| object.metadata.namespace == namespace)
            && let Some(workload) = workload(object, &mut naming)?
        {
            found.take(workload);
        }
    }
    if found.is_empty() {
        return Err(naming.nowhere("no workload"));
    }
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
    let known = |object: &Object<'_>| {
        WORKLOADS.contains(&&*object.kind) || matches!(&*object.kind, "Pod" | "ReplicaSet")
    };
    if objects.iter().any(known) {
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

/// Reads `spec` or `status` of an object of a known kind.
fn part<T: DeserializeOwned + Default>(
    object: &Object<'_>,
    raw: Option<&RawValue>,
) -> Result<T, ImportError> {
    let Some(raw) = raw else { return Ok(T::default()) };
    serde_json::from_str(raw.get()).map_err(|error| {
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or(&what);
        let (kind, name) = (object.kind.to_lowercase(), quoted(&object.metadata.name));
        let hint = format!("pipe in `{}` as it is", Tool::Kubectl.command());
        ImportError::new(format!("the {kind} {name} can't be read: {what}"), hint)
    })
}

/// Reads an object. None: it isn't of a kind that is read, or doesn't run the service.
fn workload(object: &Object<'_>, naming: &mut Naming<'_>) -> Result<Option<Workload>, ImportError> {
    let pod = object.kind == "Pod";
    if !pod && object.kind != "ReplicaSet" && !WORKLOADS.contains(&&*object.kind) {
        return Ok(None);
    }
    let metadata = &object.metadata;
    let of_job = metadata.owner_references.iter().any(|owner| owner.kind == "Job");
    let spec: Spec = part(object, object.spec)?;
    let status: Status = part(object, object.status)?;
    let over = pod && matches!(status.phase.as_deref(), Some("Succeeded" | "Failed"));
    if of_job || over || pod && metadata.deletion_timestamp.is_some() {
        return Ok(None);
    }
    let template = &spec.template.spec;
    let (containers, inits) = match pod {
        true => (&spec.containers, &spec.init_containers),
        false => (&template.containers, &template.init_containers),
    };
    let mut releases: Vec<Named> = Vec::new();
    for (container, image) in own(containers, inits, naming) {
        let statuses = status.container_statuses.iter().filter(|status| status.name == container.name);
        let resolved =
            statuses.filter_map(|status| Image::parse(&status.image_id)).find_map(|image| image.digest);
        let named = naming.of_image(&image, resolved.as_deref())?;
        if !releases.contains(&named) {
            releases.push(named);
        }
    }
    if releases.is_empty() {
        return Ok(None);
    }
    let id = |kind: &str, name: &str| Id {
        namespace: metadata.namespace.clone(),
        kind: kind.to_owned(),
        name: name.to_owned(),
    };
    let observed = status.observed_generation.as_ref().and_then(|generation| generation.number());
    Ok(Some(Workload {
        object: id(&object.kind, &metadata.name),
        owner: metadata.owner_references.first().map(|owner| id(&owner.kind, &owner.name)),
        created: time(&metadata.creation_timestamp),
        revisions: replica_sets::revisions(&metadata.annotations),
        unseen: matches!((metadata.generation, observed), (Some(wanted), Some(seen)) if seen < wanted),
        spec,
        status,
        releases,
    }))
}

/// The containers that run an image of the service, with it.
fn own<'p>(
    containers: &'p [Container],
    inits: &'p [Container],
    naming: &mut Naming<'_>,
) -> Vec<(&'p Container, Image)> {
    let sidecar = |container: &&Container| container.restart_policy.as_deref() == Some("Always");
    let going_on = containers.iter().chain(inits.iter().filter(sidecar));
    going_on.filter_map(|container| Some((container, naming.own(&container.image)?))).collect()
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
        let (wanted, ready) = count(top);
        if wanted == 0 {
            self.notes.push(format!("{} is scaled to nothing", id.called()));
            return;
        }
        let finished = finished(top);
        for named in &top.releases {
            self.runs(&named.version, finished, format!("{}, {ready} of {wanted} ready", id.called()));
        }
        if ready == 0 {
            self.notes.push(format!("no pod of {} is ready", id.called()));
        }
        if let Some(updated) = rolling(top) {
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
            let ready = pod.status.container_statuses.iter().all(|status| status.ready);
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
        let went_on = |runs: &Runs, was: &Was| {
            runs.version == was.version
                && runs.since.is_some_and(|since| was.until.is_none_or(|until| since < until))
        };
        self.observation.past.retain(|was| running.iter().all(|runs| !went_on(runs, was)));
        self.observation.past.sort_by_key(|was| (was.since.or(was.until), was.until));
        self.observation
    }
}

/// How many pods a workload wants, and how many are ready.
fn count(top: &Workload) -> (i64, i64) {
    let status = &top.status;
    if top.object.kind == "DaemonSet" {
        return (status.desired_number_scheduled.unwrap_or(0), status.number_ready.unwrap_or(0));
    }
    // Scaled to nothing, pods that are still there run all the same.
    let wanted = top.spec.replicas.unwrap_or(1).max(status.replicas.unwrap_or(0));
    (wanted, status.ready_replicas.unwrap_or(0))
}

/// How many pods run the template already, when others don't yet.
fn rolling(top: &Workload) -> Option<i64> {
    let status = &top.status;
    let (all, updated) = match &*top.object.kind {
        "DaemonSet" => (status.desired_number_scheduled?, status.updated_number_scheduled.unwrap_or(0)),
        "StatefulSet" if status.current_revision == status.update_revision => return None,
        "ReplicationController" => return None,
        _ => (status.replicas?, status.updated_replicas.unwrap_or(0)),
    };
    (updated < all).then_some(updated)
}

/// When a deployment's latest roll-out was done, if it is.
fn finished(top: &Workload) -> Option<Time> {
    let done = top.status.conditions.iter().find(|condition| {
        condition.kind == "Progressing"
            && condition.status == "True"
            && condition.reason == "NewReplicaSetAvailable"
    });
    time(&done?.last_update_time)
}
