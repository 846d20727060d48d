//! State of a service: what runs, what ran, what was entered, begun, settled.

use crate::model::{Entered, MoveKind, Ran, Settled, UnderWay, Version};
use crate::registry::document::Data;
use crate::registry::mistake::Mistake;
use crate::registry::reader::{Table, Value};
use crate::registry::shape::{ENTERED, SETTLED, UNDER_WAY};
use crate::registry::wording::quoted;
use crate::version::Scale;

/// `prod = "2.4.1"`, or a list.
pub(super) fn running(value: Value<'_>, scale: &Scale) -> Option<Vec<Version>> {
    let items: Vec<Value<'_>> = match value.raw() {
        Data::Array(_) => value.items("a version or a list of versions")?.collect(),
        _ => vec![value],
    };
    let mut versions: Vec<Version> = Vec::with_capacity(items.len());
    for item in items {
        let Some(text) = item.version() else { continue };
        if versions.iter().any(|version| &*version.text == text) {
            item.report(format!("{} runs in {} twice", quoted(text), item.called()));
        }
        versions.push(Version::new(text, scale));
    }
    Some(versions)
}

/// `[[service.NAME.ran]]`.
pub(super) fn ran(table: &Table<'_>, scale: &Scale) -> Option<Ran> {
    let environment = table.environment("environment");
    let version = table.any_version("version", scale);
    let (since, until) = (table.time("since"), table.time("until"));
    let left_for = table.any_version("left_for", scale);
    let kind = table.word("kind", &["rollback", "redeploy"], move_kind);
    let known = table.text("known");
    if let (Some(since), Some(until)) = (since, until)
        && since > until
    {
        let place = table.key_place("since").unwrap_or_else(|| table.place());
        table.desk.report(Mistake::at(place, "`since` is later than `until`"));
    }
    Some(Ran {
        environment: environment?,
        version: version?,
        since,
        until,
        left_for,
        kind,
        known,
        origin: table.origin(),
    })
}

/// The kind of move with this word.
pub(super) fn move_kind(word: &str) -> Option<MoveKind> {
    [MoveKind::Rollback, MoveKind::Redeploy].into_iter().find(|kind| kind.word() == word)
}

/// `[service.NAME.entered.ENVIRONMENT]`.
pub(super) fn entered(value: Value<'_>, scale: &Scale) -> Option<Entered> {
    let table = value.table(&ENTERED)?;
    let from = table.any_version("from", scale);
    let by = table.text("by");
    let subjects = table.some_texts("subjects");
    let expires = table.time("expires");
    let entered = Entered { from, by: by?, subjects, expires: expires?, origin: table.origin() };
    let (kind, _) = entered.by.split_once(' ').unwrap_or_default();
    if !matches!(kind, "sign-off" | "debt") || entered.id().is_none() {
        let message = format!("`by` of an `entered` entry can't be {}", quoted(&entered.by));
        table.get("by")?.report_hint(message, "write `sign-off ID` or `debt ID`");
    }
    Some(entered)
}

/// `[service.NAME.under-way.ENVIRONMENT]`.
pub(super) fn under_way(value: Value<'_>, scale: &Scale) -> Option<UnderWay> {
    let table = value.table(&UNDER_WAY)?;
    let (to, since, by) = (table.any_version("to", scale), table.time("since"), table.text("by"));
    Some(UnderWay { to: to?, since: since?, by: by?, origin: table.origin() })
}

/// `"2.4.1" = { … }` of `[service.NAME.settled]`.
pub(super) fn settled(value: Value<'_>) -> Option<Settled> {
    let table = value.table(&SETTLED)?;
    let (at, by, reason) = (table.time("at"), table.text("by"), table.text("reason"));
    Some(Settled { at: at?, by, reason: reason?, origin: table.origin() })
}
