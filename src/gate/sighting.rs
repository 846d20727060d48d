//! One version at one place of one tree.

use std::collections::BTreeMap;
use std::fmt;

use crate::gate::Spot;

/// Which kind of document a version stood in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A manifest of Kubernetes.
    Kubernetes,
    /// `images` of a kustomization.
    Kustomize,
    /// Values of a Helm chart.
    HelmValues,
    /// `appVersion` of a `Chart.yaml`.
    HelmChart,
    /// An `Application` or `ApplicationSet` of Argo CD.
    ArgoCd,
    /// A `HelmRelease` of Flux.
    Flux,
    /// A Compose file.
    Compose,
    /// A `[[gate.pattern]]` of this name.
    Pattern(Box<str>),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Source::Kubernetes => "Kubernetes",
            Source::Kustomize => "Kustomize",
            Source::HelmValues => "Helm values",
            Source::HelmChart => "Helm chart",
            Source::ArgoCd => "Argo CD",
            Source::Flux => "Flux",
            Source::Compose => "Compose",
            Source::Pattern(name) => return write!(f, "pattern {name}"),
        })
    }
}

/// What runs an image: the identity by which the two trees are joined.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Workload {
    /// `Deployment`, `Kustomization`, `values`, …
    pub kind: String,
    /// Its namespace, where one is said.
    pub namespace: Option<String>,
    /// Its name; of what has none, the path of its file.
    pub name: String,
    /// The container, or the key of the values, that the image stands under.
    pub container: Option<String>,
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind)?;
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}/")?;
        }
        f.write_str(&self.name)?;
        match &self.container {
            Some(container) => write!(f, ", {container}"),
            None => Ok(()),
        }
    }
}

/// Whose version it is, as the document says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// An image's repository, as written.
    Image(String),
    /// Something that has a name and no image: a chart, a service. The names to try, the surest first.
    Named(Vec<String>),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Image(repository) => f.write_str(repository),
            Subject::Named(names) => f.write_str(names.first().map_or("", String::as_str)),
        }
    }
}

/// One image or version at one place of one tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Whose version.
    pub subject: Subject,
    /// The tag, or the version, as written.
    pub tag: Option<String>,
    /// The digest.
    pub digest: Option<String>,
    /// Whether the tree alone can't tell the version: a variable without a default, a template.
    pub unresolved: bool,
    /// Whether it is the version of a chart, which need not be that of the release in it.
    pub of_chart: bool,
    /// Which kind of document it stood in.
    pub source: Source,
    /// What runs it.
    pub workload: Workload,
    /// The labels of the workload.
    pub labels: BTreeMap<String, String>,
    /// The environment, where the document says it itself.
    pub environment: Option<String>,
    /// The line of the value that changes: of the tag, else of the digest or the image.
    pub spot: Spot,
}
