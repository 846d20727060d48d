//! What is the case here, and what can't wait.

use crate::judge::{Code, Reason, Relief};
use crate::model::{Flag, Key, Mitigation, Owner, format_time};
use crate::playbook::Course;
use crate::report::playbook::Drawn;
use crate::report::playbook::document::{Item, Task};
use crate::report::status::{RunningRow, age};
use crate::report::{commands, words};

/// What runs and since when, both keys of it, and what needs attention.
pub(super) fn situation(drawn: &Drawn<'_>) -> Vec<Item> {
    let place = &drawn.place;
    let mut lines: Vec<String> = match place.running.as_deref() {
        None => vec!["nobody said what runs here".to_owned()],
        Some([]) => vec!["nothing runs here".to_owned()],
        Some(runs) => runs.iter().map(|runs| running(drawn, runs)).collect(),
    };
    let attention = place.attention.iter().filter(|item| !item.minor);
    lines.extend(attention.map(|item| format!("{}, {}: {}", item.level, item.owner, item.message)));
    let mut items = vec![Item::Bullets(lines)];
    let environment = drawn.environment().filter(|_| place.running.is_none());
    if let Some(environment) = environment {
        let observe = commands::observe(&drawn.context, drawn.service(), environment);
        items.push(Item::Task(Task::of("Say what runs here, and draw this up again").run([observe])));
    }
    items
}

fn running(drawn: &Drawn<'_>, runs: &RunningRow) -> String {
    let since = runs.since.map_or(", since nobody knows when".to_owned(), |since| {
        format!(" since {} ({})", format_time(since), age(drawn.context.as_of - since))
    });
    let [reliability, security] = runs.keys;
    format!("`{}` runs{since}: reliability {reliability}, security {security}", runs.version)
}

/// What is offered against the flags on the release that the playbook goes to, or stays on.
pub(super) fn mitigations(drawn: &Drawn<'_>) -> Vec<Item> {
    // What would open a way that isn't gone is said where it is asked for.
    let Some(verdict) =
        drawn.verdict().filter(|_| !matches!(drawn.playbook.course, Course::Stop | Course::Unknown))
    else {
        return Vec::new();
    };
    let mut items = Vec::new();
    for reason in verdict.reasons.iter().filter(|reason| is_on_target(reason)) {
        let flag = reason.finding.flag();
        for (flag, with) in flag.into_iter().flat_map(|flag| flag.mitigations.iter().map(move |m| (flag, m)))
        {
            items.push(Item::Task(put_on(drawn, reason, flag, with)));
        }
    }
    items
}

/// Whether a reason is about a flag on the target that stands.
fn is_on_target(reason: &Reason<'_>) -> bool {
    matches!(
        reason.finding.code(),
        Code::AdvisoryReopened | Code::AdvisoryCarried | Code::UnstableRelease | Code::DoesNotHelp
    )
}

fn put_on(drawn: &Drawn<'_>, reason: &Reason<'_>, flag: &Flag, with: &Mitigation) -> Task {
    let is_on = reason.relief.iter().find_map(|relief| match relief {
        Relief::Mitigated(on, sign_off, until) if on.id == with.id => Some((sign_off, until)),
        _ => None,
    });
    let when = if drawn.playbook.course == Course::Stay { "while it runs" } else { "before anything moves" };
    let task = Task::of(format!("Put on `{}` {when}: {}", with.id, with.instruction));
    let task = task.by(Owner::One(flag.kind.key()));
    let against = format!("against {} ({})", flag.id, flag.title);
    match (is_on, with.hours) {
        (Some((sign_off, until)), _) => {
            task.note(format!("{against}; on until {}, says sign-off `{}`", format_time(*until), sign_off.id))
        }
        (None, Some(hours)) => {
            let hours = words::several(hours as usize, "hour");
            task.note(format!("{against}; it counts for {hours} from the sign-off that says it is on"))
        }
        (None, None) => task.note(format!("{against}; it counts as long as the sign-off that says it is on")),
    }
}

/// What would put the old version back.
pub(super) fn automation(drawn: &Drawn<'_>) -> Vec<Item> {
    if !drawn.moves() {
        return Vec::new();
    }
    let known = drawn.playbook.overview.service.ran.iter().rev().find_map(|ran| ran.known.as_deref());
    let seen = known.map_or(String::new(), |known| format!("; what runs was last seen by {known}"));
    let task = Task::of(
        "Pause whatever would put the present release back: Argo CD's automated sync, Flux, image updaters, pipelines \
         that deploy",
    );
    let note = format!("what Git says is what they put back: change it there as well{seen}");
    vec![Item::Task(task.by(Owner::One(Key::Reliability)).note(note))]
}
