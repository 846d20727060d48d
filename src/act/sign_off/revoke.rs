//! Taking a sign-off back.

use super::give::{pairs, spot};
use super::{Done, Outcome, Refusal, gone, judged, question, unfit};
use crate::act::Said;
use crate::judge::Moment;
use crate::model::{
    Id, Membership, Name, Registry, Service, SignOff, Withdrawn, format_time, is_same_person,
};
use crate::record::{Deed, Occasion};
use crate::registry::edit::{Editor, Value};
use crate::registry::{Ask, Changed, Tree, load};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Revocation {
    /// Of which service.
    pub service: Name,
    /// Which sign-off.
    pub id: Id,
    /// Why.
    pub reason: Said,
}

/// Works out what taking a sign-off back changes. `main` is the name of the registry's main file.
///
/// One that doesn't count any more is left as it is.
///
/// # Errors
/// When there is no such sign-off, the person is neither the signer nor of the signing team, or the file can't be
/// edited.
pub fn revoke(
    tree: &dyn Tree,
    main: &str,
    request: &Revocation,
    moment: Moment,
    occasion: &Occasion,
) -> Result<Done, Refusal> {
    let ask = Ask::Service(request.service.clone());
    let before = load(tree, main, &ask)?;
    let service = before.registry.services.get(&request.service).ok_or_else(|| gone(&request.service))?;
    let is_it = |sign_off: &&SignOff| sign_off.id == request.id;
    let sign_off = service.sign_offs.iter().find(is_it).ok_or_else(|| {
        let message = format!("{} has no sign-off `{}`", service.name, request.id);
        unfit(message, "`holdpoint log show` tells of those that are gone")
    })?;
    let by = &*occasion.who.by;
    check_person(&before.registry, service, sign_off, by)?;
    let question = question(&request.service, sign_off);
    let spot = spot(&before, sign_off.origin);
    let mut sign_off = sign_off.clone();
    let mut notes = Vec::from_iter(over(&before.registry, &sign_off, moment));
    if !notes.is_empty() {
        let (changes, says) = Default::default();
        let outcome = Outcome::Gone;
        return Ok(Done {
            outcome,
            sign_off,
            spot,
            changes,
            says,
            changed: None,
            question,
            moment,
            notes,
            before,
        });
    }
    notes.extend(used(service, &sign_off));
    let reason: Box<str> = request.reason.as_str().into();
    let mut editor = Editor::new(tree, main);
    let marks = vec![
        ("at".to_owned(), Value::from(moment.now)),
        ("by".to_owned(), Value::from(by)),
        ("reason".to_owned(), Value::from(&*reason)),
    ];
    let keys = ["sign-off", sign_off.id.as_str(), "revoked"];
    editor.set_in(&request.service, &spot.file, &keys, Value::Table(marks))?;
    let changes = editor.finish()?;
    let after = load(&Changed { tree, changes: &changes }, main, &ask)?;
    let deed = Deed::Revoked {
        sign_off: sign_off.id.as_str().into(),
        key: sign_off.key.word().into(),
        reason: reason.clone(),
    };
    let mut statement = occasion.says(&request.service, deed);
    if let Some(verdict) = judged(&after, &question, moment) {
        statement = statement.judged(&verdict);
    }
    sign_off.revoked = Some(Withdrawn { at: moment.now, by: Some(by.into()), reason });
    let (outcome, says) = (Outcome::Revoked, vec![statement]);
    Ok(Done { outcome, sign_off, spot, changes, says, changed: Some(after), question, moment, notes, before })
}

/// The signing team may, and the signer, who may have left it since.
fn check_person(registry: &Registry, service: &Service, sign_off: &SignOff, by: &str) -> Result<(), Refusal> {
    match registry.membership(service, sign_off.key, by) {
        Membership::Outsider(team) if !is_same_person(by, &sign_off.by) => {
            let message = format!("{by} is neither the signer of {} nor a member of {team}", sign_off.id);
            Err(unfit(message, format!("have {} or somebody of {team} take it back", sign_off.by)))
        }
        _ => Ok(()),
    }
}

/// Why there is nothing left to take back.
fn over(registry: &Registry, sign_off: &SignOff, moment: Moment) -> Option<String> {
    if let Some(revoked) = &sign_off.revoked {
        let by = revoked.by.as_ref().map_or(String::new(), |by| format!(" by {by}"));
        return Some(format!(
            "it was revoked already at {}{by}: {}",
            format_time(revoked.at),
            revoked.reason
        ));
    }
    let ends = sign_off.ends(registry.policy.sign_off_max);
    (ends <= moment.now)
        .then(|| format!("it lapsed at {}, so there is nothing to take back", format_time(ends)))
}

/// What has been done by it.
fn used(service: &Service, sign_off: &SignOff) -> Vec<String> {
    let by = format!("sign-off {}", sign_off.id);
    let mut notes: Vec<String> = Vec::new();
    for (environment, _) in service.entered.iter().filter(|(_, entered)| *entered.by == *by) {
        let running = service.running.get(environment).map_or(&[][..], |running| running);
        let running: Vec<&str> = running.iter().map(|version| &*version.text).collect();
        let what = if running.is_empty() { "what runs".to_owned() } else { running.join(", ") };
        notes.push(format!(
            "{what} got into {environment} by it, and goes on running: revoking moves nothing"
        ));
    }
    if !sign_off.with.is_empty() {
        let with = pairs(&sign_off.with).join(", ");
        notes.push(format!("nobody says any more that {with} is on; it wasn't taken off by this"));
    }
    notes
}
