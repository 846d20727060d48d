//! Whether it worked, and what is left to do.

use crate::act::movement::Named;
use crate::judge::{Matter, Verdict};
use crate::model::{FlagKind, Key, Owner};
use crate::report::commands;
use crate::report::playbook::Drawn;
use crate::report::playbook::document::{Item, Task};

const SRE: Owner = Owner::One(Key::Reliability);

/// How to see whether it worked.
pub(super) fn verify(drawn: &Drawn<'_>) -> Vec<Item> {
    let verdict = drawn.verdict();
    let mut tasks = Vec::new();
    if let Some(verdict) = verdict.filter(|_| drawn.moves()) {
        let to = &verdict.movement.to;
        let left = verdict.left.iter().filter(|flag| flag.kind == FlagKind::Instability);
        tasks.extend(left.map(|flag| Task::of(format!("{} is gone: {}", flag.id, flag.title)).by(SRE)));
        tasks.push(
            Task::of(format!(
                "`{to}` serves, and still does in a quarter of an hour: nothing has put another back"
            ))
            .by(SRE),
        );
    }
    let status = commands::status(&drawn.context, [drawn.service()]);
    tasks.push(Task::of("Both keys are what this playbook says").run([status]));
    tasks.into_iter().map(Item::Task).collect()
}

/// What to flag, review and close.
pub(super) fn follow_up(drawn: &Drawn<'_>) -> Vec<Item> {
    let verdict = drawn.verdict();
    let mut tasks = Vec::new();
    tasks.extend(verdict.and_then(|verdict| flag(drawn, verdict)));
    if drawn.moves() {
        tasks.push(Task::of("Resume what was paused, once Git says what runs").by(SRE));
    }
    let accepted = verdict.filter(|verdict| drawn.moves() && !verdict.changes.reopened.is_empty());
    tasks.extend(accepted.map(|verdict| {
        let to = &verdict.movement.to;
        Task::of(format!("Leave `{to}` before its acceptance lapses: what was accepted ends with it"))
            .by(Owner::Both)
    }));
    let debt = |matter: &Matter<'_>| matches!(matter, Matter::DebtOpen(_));
    if drawn.playbook.overview.attention.iter().any(|one| debt(&one.matter)) {
        tasks.push(Task::of("Review every break-glass that is still open").by(Owner::Both));
    }
    let incidents = drawn.playbook.overview.attention.iter().filter_map(|one| match one.matter {
        Matter::Incident(incident) => Some(incident),
        _ => None,
    });
    tasks.extend(incidents.map(|incident| {
        let end = commands::end_incident(&drawn.context, incident.id.as_str());
        Task::of(format!("End the incident `{}`, once it is over", incident.id)).by(SRE).run([end])
    }));
    let log = commands::log(&drawn.context, (drawn.service(), drawn.environment()));
    tasks.push(Task::of("Read what the record says of it").run([log]));
    tasks.into_iter().map(Item::Task).collect()
}

/// What was wrong with the release that is left, where nobody has said so yet.
fn flag(drawn: &Drawn<'_>, verdict: &Verdict<'_>) -> Option<Task> {
    let from = verdict.movement.from.as_ref().filter(|_| drawn.moves())?;
    let unstable = verdict.left.iter().chain(&verdict.kept).any(|flag| flag.kind == FlagKind::Instability);
    if unstable {
        return Some(
            Task::of(format!(
                "When what is wrong with `{from}` is fixed, say so with `holdpoint clear-flag`"
            ))
            .by(SRE),
        );
    }
    // What is left for a vulnerability needs no instability.
    if !verdict.left.is_empty() {
        return None;
    }
    let registered = verdict.movement.service.release(&from.text).is_some();
    let (service, none) = (drawn.service(), Named::Nothing);
    let command = commands::flag_unstable(&drawn.context, service, &from.text, &none, !registered);
    Some(Task::of(format!("Write down what was wrong with `{from}`")).by(SRE).run([command]))
}
