//! Releases and barriers.

use crate::model::{Barrier, Name, Need, Release, Version, Withdrawn};
use crate::registry::mistake::Mistake;
use crate::registry::reader::Table;
use crate::registry::shape::{NEED, RELEASE_WITHDRAWN, Shape};
use crate::registry::wording::quoted;
use crate::version::Scale;

/// `[[service.NAME.release]]`.
pub(super) fn release(table: &Table<'_>, of: &Name, scale: &Scale) -> Option<Release> {
    let released = table.time("released");
    let commit = table.text("commit");
    let digests = table.digests("digests");
    let tags = table.texts("tags");
    let sbom = table.text("sbom");
    let needs = needs(table, of);
    let withdrawn = withdrawn(table, "withdrawn", &RELEASE_WITHDRAWN);
    let version = table.placed("version", scale)?;
    Some(Release { version, released, commit, digests, tags, sbom, needs, withdrawn, origin: table.origin() })
}

/// `needs = [{ service = …, versions = … }]`. Under which order the versions compare is that service's to say, so
/// they are placed once it is there.
fn needs(table: &Table<'_>, of: &Name) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for table in table.tables("needs", &NEED) {
        let (service, written) = (table.name("service"), table.written_ranges("versions"));
        let Some((service, written)) = service.zip(written) else { continue };
        let name = quoted(service.as_str());
        let (message, hint) = if service == *of {
            (format!("a release of {name} can't need {name} itself"), "name another service, or remove it")
        } else if needs.iter().any(|need| need.service == service) {
            (
                format!("it needs {name} twice"),
                "say all in one: `versions` may be a list, any of which may match",
            )
        } else {
            needs.push(Need { service, written, versions: None, origin: table.origin() });
            continue;
        };
        table.desk.report(Mistake::at(table.place(), message).hint(hint));
    }
    needs
}

/// `withdrawn = { … }` of a release or a flag, `revoked = { … }` of a sign-off.
pub(super) fn withdrawn(table: &Table<'_>, key: &'static str, shape: &'static Shape) -> Option<Withdrawn> {
    let table = table.table(key, shape)?;
    let (at, by, reason) = (table.time("at"), table.text("by"), table.text("reason"));
    Some(Withdrawn { at: at?, by, reason: reason? })
}

/// `[[service.NAME.barrier]]`.
pub(super) fn barrier(table: &Table<'_>, scale: &Scale) -> Option<Barrier> {
    let before = table.placed("before", scale);
    let since = table.placed("since", scale);
    let reason = table.text("reason");
    let url = table.text("url");
    let undo = undo(table);
    let before = before?;
    if let Some(since) = &since {
        check_since(table, since, &before);
    }
    let since = since.unwrap_or_else(|| before.clone());
    Some(Barrier { before, since, reason: reason?, undo, url, origin: table.origin() })
}

fn check_since(table: &Table<'_>, since: &Version, before: &Version) {
    if !since.is_older_than(before) {
        return;
    }
    let Some(value) = table.get("since") else { return };
    let message =
        format!("`since` ({}) is older than `before` ({})", quoted(&since.text), quoted(&before.text));
    value.report_hint(
        message,
        "`since` is the oldest release that does what older ones than `before` can't live with; leave it out if that is `before`",
    );
}

/// `undo` and `reversible` say the same thing and must agree.
fn undo(table: &Table<'_>) -> Option<Box<str>> {
    let (reversible, undo) = (table.bool("reversible"), table.text("undo"));
    let undo = undo.filter(|undo| !undo.trim().is_empty());
    let (message, hint) = match (reversible, &undo) {
        (Some(true), None) => (
            "a reversible barrier needs `undo`",
            "say how to undo it: `undo = \"run db/0042.down.sql\"`; if it can't be undone, remove `reversible`",
        ),
        (Some(false) | None, Some(_)) => (
            "a barrier with `undo` must be reversible",
            "add `reversible = true`, or remove `undo` if it can't be undone",
        ),
        _ => return undo,
    };
    let key = if undo.is_some() { "undo" } else { "reversible" };
    let place = table.key_place(key).unwrap_or_else(|| table.place());
    table.desk.report(Mistake::at(place, message).hint(hint));
    undo
}
