//! Values of Helm charts: images at any depth, as texts or as tables.
//!
//! ```yaml
//! image: registry.example.com/shop/checkout:2.4.1
//! web: { image: { registry: registry.example.com, repository: shop/checkout, tag: 2.4.1, digest: "" } }
//! worker: { image: shop/worker, imageTag: 2.4.1 }
//! ```
//!
//! A tag often stands alone, in a file of one environment; its repository is looked for at the same keys in the
//! `values.yaml` of this folder and of those above it, and else the nearest key or folder may be a service's name.

use std::rc::Rc;

use crate::gate::files::{folder, folders, name};
use crate::gate::node::{Node, Scalar, Style};
use crate::gate::read::Page;
use crate::gate::read::reference::{of_reference, of_subject};
use crate::gate::{Sighting, Source, Subject, Workload};

/// In what the values stand, and what else may name the service.
pub(super) struct Within<'w> {
    pub source: Source,
    pub workload: Workload,
    /// Names to try for a tag that stands alone, when no key above it names a service.
    pub names: Vec<String>,
    /// Other values, nearest first, that may say the repository of a tag.
    pub defaults: &'w dyn Fn() -> Vec<Rc<Node>>,
}

/// An image as a table says it, before it is known to be one.
struct Table<'n> {
    registry: Option<&'n str>,
    repository: Option<&'n str>,
    tag: Option<&'n Node>,
    digest: Option<&'n Node>,
}

/// Reads a file of values.
pub(super) fn read(page: &mut Page<'_>, node: &Node) {
    let workload = Workload { kind: "values".into(), name: page.path.to_owned(), ..Workload::default() };
    let names = folders(page.path).map(name).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let (files, side, path) = (page.files, page.side, page.path);
    let defaults = || {
        let beside = folders(path).map(|folder| match folder {
            "" => "values.yaml".to_owned(),
            folder => format!("{folder}/values.yaml"),
        });
        beside.filter(|other| other != path).filter_map(|other| files.document(side, &other)).collect()
    };
    let within = Within { source: Source::HelmValues, workload, names, defaults: &defaults };
    images(page, node, &within);
}

/// The images of values that stand anywhere.
pub(super) fn images(page: &mut Page<'_>, node: &Node, within: &Within<'_>) {
    walk(page, node, within, &mut Vec::new());
}

fn walk<'n>(page: &mut Page<'_>, node: &'n Node, within: &Within<'_>, keys: &mut Vec<&'n str>) {
    for pair in node.pairs() {
        keys.push(&pair.key);
        let value = &*pair.value;
        let seen = match value.text() {
            Some(text) if is_image_key(&pair.key) => of_text(page, text, value, node, within, keys),
            Some(_) => of_tag(page, value, node, within, keys),
            None => of_table(page, value, is_image_key(&pair.key), within, keys),
        };
        page.sheet.sightings.extend(seen);
        walk(page, value, within, keys);
        keys.pop();
    }
    for item in node.items() {
        walk(page, item, within, keys);
    }
}

/// `image`, `initImage`, `sidecar_image`.
fn is_image_key(key: &str) -> bool {
    key == "image" || key.ends_with("Image") || key.ends_with("_image") || key.ends_with("-image")
}

/// The key of the image whose tag a key is: of `imageTag` it is `image`.
pub(super) fn image_of(key: &str) -> Option<&str> {
    let image = key.strip_suffix("Tag").or_else(|| key.strip_suffix("_tag"))?;
    Some(image).filter(|image| is_image_key(image))
}

/// `image: "reference"`, with its tag beside it in older charts.
fn of_text(
    page: &Page<'_>,
    text: &str,
    value: &Node,
    beside: &Node,
    within: &Within<'_>,
    keys: &[&str],
) -> Option<Sighting> {
    let workload = under(within, keys);
    let mut seen = of_reference(text, within.source.clone(), workload, page.spot(value.line));
    if seen.tag.is_none() && seen.digest.is_none() {
        let key = keys.last()?;
        let names = [format!("{key}Tag"), format!("{key}_tag"), "tag".to_owned()];
        let tag = names.iter().find_map(|name| beside.get(name))?;
        seen.tag = Some(version(tag)?);
        seen.spot = page.spot(tag.line);
    }
    Some(seen.marked())
}

/// `imageTag: 2.4.1` without the image, which other values say.
fn of_tag(
    page: &Page<'_>,
    tag: &Node,
    beside: &Node,
    within: &Within<'_>,
    keys: &[&str],
) -> Option<Sighting> {
    let (key, above) = keys.split_last()?;
    let image = image_of(key).filter(|image| beside.get(image).is_none())?;
    let keys: Vec<&str> = above.iter().copied().chain([image]).collect();
    let said = (within.defaults)().iter().find_map(|values| values.at(&keys)?.text().map(str::to_owned));
    let seen = of_subject(
        subject(said, within, &keys),
        within.source.clone(),
        under(within, &keys),
        page.spot(tag.line),
    );
    Some(Sighting { tag: Some(version(tag)?), ..seen }.marked())
}

/// `image: { repository, tag }`.
fn of_table(
    page: &mut Page<'_>,
    node: &Node,
    is_image: bool,
    within: &Within<'_>,
    keys: &[&str],
) -> Option<Sighting> {
    let table = table(node);
    let decides = table.tag.filter(|tag| version(tag).is_some()).or(table.digest);
    let line = decides?.line;
    // Where this file says a tag alone, other values may say that it is an image's.
    let said = repository(&table).or_else(|| by_default(within, keys));
    if !is_image && said.is_none() {
        return None;
    }
    let subject = subject(said, within, keys);
    let seen = of_subject(subject, within.source.clone(), under(within, keys), page.spot(line));
    if let Some(said) = table.tag.and_then(as_number) {
        page.hint(line, said);
    }
    let tag = table.tag.and_then(version);
    let digest = table.digest.and_then(Node::text).map(|digest| match digest.contains(':') {
        true => digest.to_ascii_lowercase(),
        false => format!("sha256:{}", digest.to_ascii_lowercase()),
    });
    Some(Sighting { tag, digest, ..seen }.marked())
}

/// Whose version a tag is: of its repository, of that which other values say, or of what some name means.
pub(super) fn subject(repository: Option<String>, within: &Within<'_>, keys: &[&str]) -> Subject {
    match repository.or_else(|| by_default(within, keys)) {
        Some(repository) => Subject::Image(repository),
        None => Subject::Named(names(within, keys)),
    }
}

fn table(node: &Node) -> Table<'_> {
    let value =
        |keys: &[&str]| keys.iter().filter_map(|key| node.get(key)).find(|node| node.text().is_some());
    let text = |keys: &[&str]| value(keys).and_then(Node::text);
    Table {
        registry: text(&["registry"]),
        repository: text(&["repository"]).or_else(|| text(&["name"]).filter(|name| name.contains('/'))),
        tag: value(&["tag"]),
        digest: value(&["digest", "sha", "sha256"]),
    }
}

/// The images that values name without a tag: whose version is the chart's `appVersion`.
pub(super) fn untagged(node: &Node) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        let said = table(node);
        if said.tag.is_none() && said.digest.is_none() {
            found.extend(repository(&said));
        }
        open.extend(node.pairs().iter().map(|pair| &*pair.value));
        open.extend(node.items().iter().map(|item| &**item));
    }
    found
}

fn repository(table: &Table<'_>) -> Option<String> {
    let path = table.repository?;
    Some(match table.registry {
        Some(registry) => format!("{registry}/{path}"),
        None => path.to_owned(),
    })
}

/// The repository that other values say at the same keys.
fn by_default(within: &Within<'_>, keys: &[&str]) -> Option<String> {
    (within.defaults)().iter().find_map(|values| repository(&table(values.at(keys)?)))
}

/// The names that a tag without a repository may be for: the keys above it, then what it stands in.
fn names(within: &Within<'_>, keys: &[&str]) -> Vec<String> {
    let above = keys.iter().rev().skip(1).map(|key| (*key).to_owned());
    above.chain(within.names.iter().cloned()).collect()
}

fn under(within: &Within<'_>, keys: &[&str]) -> Workload {
    Workload { container: Some(keys.join(".")), ..within.workload.clone() }
}

/// A tag as Helm takes it: a number without quotes is a number, and 1.10 becomes 1.1.
fn version(node: &Node) -> Option<String> {
    let scalar = node.scalar()?;
    let text = node.text()?;
    Some(number(scalar).unwrap_or_else(|| text.to_owned()))
}

fn as_number(node: &Node) -> Option<String> {
    let text = node.text()?;
    let number = number(node.scalar()?)?;
    Some(format!("`{text}` stands without quotes, so Helm takes it as the number {number}"))
}

/// What a number with a fraction is written as when it is printed again, if that differs.
fn number(scalar: &Scalar) -> Option<String> {
    let (whole, fraction) = scalar.text.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if scalar.style != Style::Plain || !digits(whole) || !digits(fraction) || !fraction.ends_with('0') {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}

/// Folders in which CI systems and editors keep what is theirs.
const TOOLS: [&str; 9] = [
    ".github",
    ".gitlab",
    ".gitea",
    ".forgejo",
    ".circleci",
    ".buildkite",
    ".devcontainer",
    ".vscode",
    ".idea",
];

/// Whether a file of values may stand here: not what a tool keeps for itself, nor its settings (`.gitlab-ci.yml`).
pub(super) fn is_file(path: &str) -> bool {
    !folder(path).split('/').any(|part| TOOLS.contains(&part)) && !name(path).starts_with('.')
}
