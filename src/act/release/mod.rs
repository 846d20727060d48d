//! Registering a release: what CI says of a version becomes a `[[service.NAME.release]]`.
//!
//! [`add`] is the entry point. A version is built once, so what stands of it is never changed: what is said
//! again changes nothing, what wasn't said yet is filled in, and what contradicts is refused with both sides
//! shown. A service is not made here: its owners, order and environments are no business of a build.

mod given;
mod held;
mod hits;
#[cfg(test)]
mod tests;

pub use given::{GivenError, commit, digest, path_inside, tag};
pub use hits::{Hit, hits};

use held::{Held, against};

use crate::act::refusal::{Refusal, unfit_with};
use crate::model::{CLOCK_TOLERANCE, Name, Release, Service, Time, Version, format_time};
use crate::record::{Deed, Occasion, Statement};
use crate::registry::edit::{EditError, Editor, Fields, Spot, Value};
use crate::registry::{Ask, Changed, Changes, EntryKind, Loaded, Mistake, Mistakes, Place, Tree, load};
use crate::version::Order;

/// What is said of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Of which service.
    pub service: Name,
    /// Its version, as written.
    pub version: Box<str>,
    /// When it was released. None: nothing is said of it; a new release gets the moment.
    pub released: Option<Time>,
    /// The commit that it was built from.
    pub commit: Option<Box<str>>,
    /// The artifacts' digests.
    pub digests: Vec<Box<str>>,
    /// Words that flags and rules can match.
    pub tags: Vec<Box<str>>,
    /// Where its bill of materials lies, in the registry.
    pub sbom: Option<Box<str>>,
}

/// What becomes of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The release is new.
    Added,
    /// It was registered, and gets what wasn't known of it.
    Completed,
    /// It was registered, with all that is said of it.
    Unchanged,
}

/// A release as it will be registered.
#[derive(Debug, Clone)]
pub struct Registered {
    /// What becomes of the registry.
    pub outcome: Outcome,
    /// The files to write.
    pub changes: Changes,
    /// What the record is to say; nothing when nothing changes.
    pub says: Vec<Statement>,
    /// Where it stands, once they are written.
    pub spot: Spot,
    /// The keys that are written.
    pub keys: Vec<&'static str>,
    /// The registry as it will be.
    pub after: Loaded,
    /// What is worth a word.
    pub notes: Vec<String>,
}

impl Registered {
    /// The release as it will be registered.
    pub fn release(&self, request: &Request) -> Option<&Release> {
        self.after.registry.services.get(&request.service)?.release(&request.version)
    }
}

/// Works out what registering a release changes. `main` is the name of the registry's main file.
///
/// # Errors
/// When the registry can't be read, the version has no place in its order, it was withdrawn, or it is
/// registered with something else.
pub fn add(
    tree: &dyn Tree,
    main: &str,
    request: &Request,
    occasion: &Occasion,
) -> Result<Registered, Refusal> {
    let now = occasion.now;
    let ask = Ask::Service(request.service.clone());
    let before = load(tree, main, &ask)?;
    let service = before.registry.services.get(&request.service);
    let service = service.ok_or_else(|| unfit_with(format!("no service `{}`", request.service), None))?;
    let mut notes = Vec::new();
    check_sbom(tree, request, &mut notes)?;
    let mut editor = Editor::new(tree, main);
    let (outcome, keys, spot) = match service.release(&request.version) {
        Some(release) => {
            let keys = missing(&before, service, release, request)?;
            let fields = fields(request).into_iter().filter(|(key, _)| keys.contains(&&**key));
            let spot = complete(&mut editor, &before, service, release, fields)?;
            (if keys.is_empty() { Outcome::Unchanged } else { Outcome::Completed }, keys, spot)
        }
        None => {
            check_place(service, &request.version)?;
            notes.extend(beside(service, &request.version));
            let request = Request { released: Some(request.released.unwrap_or(now)), ..request.clone() };
            let spot = editor.add_release(service, &fields(&request))?;
            (Outcome::Added, held::KEYS.iter().copied().filter(|key| is_given(&request, key)).collect(), spot)
        }
    };
    notes.extend(ahead(request, now));
    let changes = editor.finish()?;
    let after =
        if changes.is_empty() { before } else { load(&Changed { tree, changes: &changes }, main, &ask)? };
    let says = if changes.is_empty() { Vec::new() } else { vec![says(request, occasion)] };
    Ok(Registered { outcome, changes, says, spot, keys, after, notes })
}

/// What the record is to say: what was said of the release, and by whom.
fn says(request: &Request, occasion: &Occasion) -> Statement {
    let deed = Deed::Released {
        version: request.version.clone(),
        commit: request.commit.clone(),
        digests: request.digests.clone(),
    };
    occasion.says(&request.service, deed)
}

/// The keys with their values, in the order of the format.
fn fields(request: &Request) -> Fields {
    let texts = |texts: &[Box<str>]| (!texts.is_empty()).then(|| Value::texts(texts));
    let text = |text: &Option<Box<str>>| text.as_deref().map(Value::from);
    let all = [
        ("version", Some(Value::from(&*request.version))),
        ("released", request.released.map(Value::from)),
        ("commit", text(&request.commit)),
        ("digests", texts(&request.digests)),
        ("tags", texts(&request.tags)),
        ("sbom", text(&request.sbom)),
    ];
    all.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

fn is_given(request: &Request, key: &str) -> bool {
    fields(request).iter().any(|(given, _)| given == key)
}

/// The keys that are said and that a registered release lacks.
fn missing(
    before: &Loaded,
    service: &Service,
    release: &Release,
    request: &Request,
) -> Result<Vec<&'static str>, Refusal> {
    let sources = &before.registry.sources;
    let place = |key| {
        let of_key = crate::registry::edit::place_of_release_key(
            sources,
            &service.name,
            release.origin,
            &request.version,
            key,
        );
        let start = release.origin.offset as usize;
        of_key.unwrap_or(Place::new(release.origin.file, start..start))
    };
    let mut list = Vec::new();
    if let Some(withdrawn) = &release.withdrawn {
        let message = format!(
            "`{}` was withdrawn at {}: {}",
            request.version,
            format_time(withdrawn.at),
            withdrawn.reason
        );
        let hint = "a withdrawn version isn't used again; register the build under a new one";
        list.push(Mistake::at(place("withdrawn"), message).hint(hint));
    }
    let mut missing = Vec::new();
    for (key, held) in against(release, request) {
        match held {
            Held::Same => {}
            Held::Nothing => missing.push(key),
            Held::Otherwise { stands, given } => {
                let message = format!("`{key}` of `{}` is {stands}, not {given}", request.version);
                let hint =
                    "a version is built once: give the new build a version of its own, or mend this by hand";
                list.push(Mistake::at(place(key), message).label("what is registered").hint(hint));
            }
        }
    }
    if list.is_empty() { Ok(missing) } else { Err(Refusal::Otherwise(Mistakes::new(sources.clone(), list))) }
}

/// Writes what a registered release lacks; gives where it stands.
fn complete(
    editor: &mut Editor<'_>,
    before: &Loaded,
    service: &Service,
    release: &Release,
    fields: impl Iterator<Item = (String, Value)>,
) -> Result<Spot, Refusal> {
    for (key, value) in fields {
        editor.change_release(&service.name, &release.version.text, &key, value)?;
    }
    let sources = &before.registry.sources;
    Ok(Spot { file: sources.path(release.origin).to_owned(), line: sources.line(release.origin) })
}

/// Refuses a version that the service's order can't place.
fn check_place(service: &Service, version: &str) -> Result<(), Refusal> {
    let order = service.scale.order();
    if order == Order::Listed || service.scale.place(version).is_some() {
        return Ok(());
    }
    let hint = crate::version::Ranges::parse([version], &service.scale).err().and_then(|error| error.hint());
    Err(unfit_with(
        format!("`{version}` can't be ordered as {}, the order of `{}`", order.word(), service.name),
        hint,
    ))
}

/// Another release that is neither older nor newer.
fn beside(service: &Service, version: &str) -> Option<String> {
    let place = Version::new(version, &service.scale).place?;
    let same = service.releases.iter().find(|release| release.version.place.as_ref() == Some(&place))?;
    Some(format!("`{}` is registered too, and has the same place in the order", same.version))
}

/// A bill of materials that isn't there may come later; a folder in its place is a slip.
fn check_sbom(tree: &dyn Tree, request: &Request, notes: &mut Vec<String>) -> Result<(), Refusal> {
    let Some(sbom) = &request.sbom else { return Ok(()) };
    let (folder, name) = sbom.rsplit_once('/').unwrap_or(("", sbom));
    let entries = tree.list(folder).map_err(EditError::Unreadable)?.unwrap_or_default();
    match entries.iter().find(|entry| entry.name == name).map(|entry| entry.kind) {
        Some(EntryKind::File) => {}
        Some(_) => {
            let hint = "name the file, by its path from the registry's folder";
            return Err(unfit_with(format!("`{sbom}` is no file"), Some(hint.to_owned())));
        }
        None => notes.push(format!("there is no `{sbom}` in the registry yet")),
    }
    Ok(())
}

/// That the release is dated in the future, if it is far enough for the clocks not to be it.
fn ahead(request: &Request, now: Time) -> Option<String> {
    let released = request.released.filter(|released| *released > CLOCK_TOLERANCE.after(now))?;
    Some(format!(
        "{} lies in the future: until then checks will say `clock-disagrees`",
        format_time(released)
    ))
}
