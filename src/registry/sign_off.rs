//! `[sign-off.ID]` and `[debt.ID]`.

use crate::model::{BY_MERGE, Debt, Id, Key, Name, Review, Service, SignOff, Sources, Time};
use crate::registry::Tree;
use crate::registry::mistake::Mistake;
use crate::registry::reader::Table;
use crate::registry::release::withdrawn;
use crate::registry::shape::{KNOWN, REVIEW, REVOKED};
use crate::registry::wording::quoted;
use crate::version::Scale;

/// Reads a sign-off; `folder` is the key whose folder it stands in.
pub(super) fn sign_off(id: Id, table: &Table<'_>, folder: Option<Key>) -> Option<SignOff> {
    let environment = table.environment("environment");
    let to = table.version("to");
    let with = with(table);
    let accepts = accepts(table);
    let key = table.word("as", &["reliability", "security"], key);
    if let (Some(key), Some(folder)) = (key, folder)
        && key != folder
    {
        let message = format!("a sign-off as `{key}` stands in the folder of `{folder}`");
        let hint = format!("move the file to `sign-offs/{key}/`, or sign as `{folder}`");
        table.get("as")?.report_hint(message, hint);
    }
    let (by, reason) = (table.text("by"), table.text("reason"));
    let known = table.word("known", KNOWN, |word| Some(Box::from(word)));
    let silence = silence(table);
    let (at, expires) = (table.time("at"), table.time("expires"));
    if let (Some(at), Some(expires)) = (at, expires)
        && expires <= at
    {
        let message = "a sign-off must expire later than it was signed";
        table.get("expires")?.report_hint(message, "correct `at` or `expires`");
    }
    let revoked = withdrawn(table, "revoked", &REVOKED);
    Some(SignOff {
        id,
        environment: environment?,
        to: to?.into(),
        accepts,
        with,
        key: key?,
        by: by?,
        known,
        asked_by: table.text("asked_by"),
        silence,
        reason: reason?,
        ticket: table.text("ticket"),
        at: at?,
        expires: expires?,
        revoked,
        origin: table.origin(),
    })
}

/// The rule that gave it, and when it was asked for.
fn silence(table: &Table<'_>) -> Option<(Box<str>, Time)> {
    let rule = table.text("rule");
    let asked = table.time("asked");
    for (key, other, has) in [("rule", "asked", asked.is_some()), ("asked", "rule", rule.is_some())] {
        if let Some(value) = table.get(key).filter(|_| !has) {
            value.report_hint(format!("`{key}` stands alone"), format!("say `{other}` as well"));
        }
    }
    rule.zip(asked)
}

/// Fills in who signed by merging: whoever merged the file, as it stands there, into what is published.
pub(super) fn merged<'s>(
    tree: &dyn Tree,
    services: impl Iterator<Item = &'s mut Service>,
    sources: &Sources,
) {
    let open = services.flat_map(|service| &mut service.sign_offs).filter(|sign_off| sign_off.is_open());
    for sign_off in open {
        let Some(source) = sources.file(sign_off.origin.file) else { continue };
        if let Some(by) = tree.merged_by(&source.path, source.text.as_bytes(), sign_off.expires) {
            sign_off.by = by.into();
            sign_off.known = Some(BY_MERGE.into());
        }
    }
}

/// The key with this word.
pub(super) fn key(word: &str) -> Option<Key> {
    Key::ALL.into_iter().find(|key| key.word() == word)
}

/// What it accepts: something, or at least a mitigation that is said to be on.
fn accepts(table: &Table<'_>) -> Vec<Box<str>> {
    let Some(value) = table.get("accepts") else { return Vec::new() };
    let Some(accepts) = value.texts() else { return Vec::new() };
    let says_with =
        table.get("with").and_then(|with| with.node().as_array()).is_some_and(|with| !with.is_empty());
    if accepts.is_empty() && !says_with {
        let message = "a sign-off that accepts nothing signs for nothing";
        value.report_hint(message, "name the subjects: `accepts = [\"CVE-2026-31337\"]`");
    }
    accepts
}

/// `"FLAG/MITIGATION"`, as two ids.
fn with(table: &Table<'_>) -> Vec<(Id, Id)> {
    let Some(value) = table.get("with") else { return Vec::new() };
    let mut pairs = Vec::new();
    for item in value.items("a list of texts").into_iter().flatten() {
        let Some(text) = item.text() else { continue };
        let pair = text.split_once('/').and_then(|(flag, id)| Some((Id::new(flag).ok()?, Id::new(id).ok()?)));
        if pair.is_none() {
            let message = format!("{} names no mitigation", quoted(text));
            item.report_hint(message, "write `FLAG/MITIGATION`, as in `CVE-2026-31337/waf-r3`");
        }
        pairs.extend(pair);
    }
    pairs
}

/// Reads a debt.
pub(super) fn debt(id: Id, table: &Table<'_>, scale: &Scale) -> Option<Debt> {
    let environment = table.environment("environment");
    let (from, to) = (table.any_version("from", scale), table.any_version("to", scale));
    let subjects = table.some_texts("subjects");
    let (reason, by) = (table.text("reason"), table.text("by"));
    let (at, due) = (table.time("at"), table.time("due"));
    let reviews = table.tables("reviews", &REVIEW);
    let reviews = reviews.iter().filter_map(review).collect();
    Some(Debt {
        id,
        environment: environment?,
        from,
        to: to?,
        subjects,
        reason: reason?,
        by: by?,
        at: at?,
        due,
        reviews,
        origin: table.origin(),
    })
}

fn review(table: &Table<'_>) -> Option<Review> {
    let key = table.word("as", &["reliability", "security"], key);
    let (by, at, note) = (table.text("by"), table.time("at"), table.text("note"));
    Some(Review { key: key?, by: by?, at: at?, note })
}

/// Reports a `service` that isn't the one whose folder the table stands in.
pub(super) fn check_service(table: &Table<'_>, folder: &Name) {
    let Some(value) = table.get("service") else { return };
    let Some(name) = value.name().filter(|name| name != folder) else { return };
    let message = format!("{} names {} in the folder of `{folder}`", table.shape.name, quoted(name.as_str()));
    let hint = "correct `service`, or move the file to that service's folder";
    table.desk.report(Mistake::at(value.place(), message).hint(hint));
}
