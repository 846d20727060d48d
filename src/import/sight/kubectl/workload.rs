//! One object of a kind that is read: what it runs of the service, and how far it has come with that.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::replica_sets;
use super::shape::{Container, Object, Spec, Status};
use crate::import::sight::Tool;
use crate::import::sight::document::ImportError;
use crate::import::sight::naming::{Named, Naming};
use crate::import::sight::time::time;
use crate::model::Image;
use crate::model::Time;
use crate::registry::quoted;

/// The kinds whose templates are read.
const WORKLOADS: [&str; 5] = ["Deployment", "StatefulSet", "DaemonSet", "Rollout", "ReplicationController"];

/// An object of a kind that is read, with what the service's containers in it run.
pub(super) struct Workload {
    pub object: Id,
    pub owner: Option<Id>,
    pub created: Option<Time>,
    pub revisions: Vec<u64>,
    pub spec: Spec,
    pub status: Status,
    /// The workload was changed, and its controller hasn't looked at that yet.
    pub unseen: bool,
    pub releases: Vec<Named>,
}

/// What identifies an object within a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    pub namespace: String,
    pub kind: String,
    pub name: String,
}

impl Id {
    /// `deployment shop/checkout`.
    pub fn called(&self) -> String {
        let namespace =
            if self.namespace.is_empty() { String::new() } else { format!("{}/", self.namespace) };
        format!("{} {namespace}{}", self.kind.to_lowercase(), self.name)
    }
}

/// Whether objects of a kind are read.
pub(super) fn is_read(kind: &str) -> bool {
    WORKLOADS.contains(&kind) || matches!(kind, "Pod" | "ReplicaSet")
}

impl Workload {
    /// Reads an object. None: it isn't of a kind that is read, or doesn't run the service.
    pub fn of(object: &Object<'_>, naming: &mut Naming<'_>) -> Result<Option<Workload>, ImportError> {
        if !is_read(&object.kind) {
            return Ok(None);
        }
        let metadata = &object.metadata;
        let spec: Spec = part(object, object.spec)?;
        let status: Status = part(object, object.status)?;
        if is_over(object, &status) {
            return Ok(None);
        }
        let releases = releases(object, &spec, &status, naming)?;
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

    /// How many pods a workload wants, and how many are ready.
    pub fn count(&self) -> (i64, i64) {
        let status = &self.status;
        if self.object.kind == "DaemonSet" {
            return (status.desired_number_scheduled.unwrap_or(0), status.number_ready.unwrap_or(0));
        }
        // Scaled to nothing, pods that are still there run all the same.
        let wanted = self.spec.replicas.unwrap_or(1).max(status.replicas.unwrap_or(0));
        (wanted, status.ready_replicas.unwrap_or(0))
    }

    /// How many pods run the template already, when others don't yet.
    pub fn rolling(&self) -> Option<i64> {
        let status = &self.status;
        let (all, updated) = match &*self.object.kind {
            "DaemonSet" => (status.desired_number_scheduled?, status.updated_number_scheduled.unwrap_or(0)),
            "StatefulSet" if status.current_revision == status.update_revision => return None,
            "ReplicationController" => return None,
            _ => (status.replicas?, status.updated_replicas.unwrap_or(0)),
        };
        (updated < all).then_some(updated)
    }

    /// When a deployment's latest roll-out was done, if it is.
    pub fn finished(&self) -> Option<Time> {
        let done = self.status.conditions.iter().find(|condition| {
            condition.kind == "Progressing"
                && condition.status == "True"
                && condition.reason == "NewReplicaSetAvailable"
        });
        time(&done?.last_update_time)
    }
}

/// Whether a pod is at its end, or one that is meant to come to it.
fn is_over(object: &Object<'_>, status: &Status) -> bool {
    let ended = matches!(status.phase.as_deref(), Some("Succeeded" | "Failed"));
    let of_job = object.metadata.owner_references.iter().any(|owner| owner.kind == "Job");
    object.kind == "Pod" && (ended || of_job || object.metadata.deletion_timestamp.is_some())
}

/// What the service's containers run.
fn releases(
    object: &Object<'_>,
    spec: &Spec,
    status: &Status,
    naming: &mut Naming<'_>,
) -> Result<Vec<Named>, ImportError> {
    let template = &spec.template.spec;
    let (containers, inits) = match &*object.kind {
        "Pod" => (&spec.containers, &spec.init_containers),
        _ => (&template.containers, &template.init_containers),
    };
    let mut releases: Vec<Named> = Vec::new();
    for (container, image) in own(containers, inits, naming) {
        let statuses = status.container_statuses.iter().filter(|status| status.name == container.name);
        let resolved =
            statuses.filter_map(|status| Image::parse(&status.image_id)).find_map(|image| image.digest);
        match naming.of_image(&image, resolved.as_deref()) {
            Ok(named) if releases.contains(&named) => {}
            Ok(named) => releases.push(named),
            // What ran once and can't be told any more is a gap in the history, and no reason to stop.
            Err(_) if object.kind == "ReplicaSet" && status.replicas.unwrap_or(0) == 0 => {}
            Err(error) => return Err(error),
        }
    }
    Ok(releases)
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
