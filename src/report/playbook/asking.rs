//! How signatures are asked for and given.

use super::{Drawn, Task};
use crate::judge::Verdict;
use crate::model::{Key, Level, Owner};
use crate::report::{Context, Wanted, commands};

/// The signatures that are wanting: one command that asks for all of them, and for each key the one that gives it.
///
/// Of those that a step takes, the step has the command already.
///
/// What is blocked can't be asked for: it takes a mitigation first, of which only who signs can say that it is on.
pub(super) fn signatures(drawn: &Drawn<'_>, verdict: &Verdict<'_>, wanted: &[Wanted]) -> Vec<Task> {
    let ask = (verdict.level == Level::Hold && !wanted.is_empty()).then(|| ask(drawn, verdict));
    let steps = &drawn.playbook.steps;
    let is_stepped = |one: &&Wanted| steps.iter().any(|of| of.instruction.step.requires == Some(one.key));
    let sign =
        wanted.iter().filter(|one| !is_stepped(one)).map(|one| signature(&drawn.context, verdict, one));
    ask.into_iter().chain(sign).collect()
}

fn ask(drawn: &Drawn<'_>, verdict: &Verdict<'_>) -> Task {
    let movement = &verdict.movement;
    let ask = commands::ask(&drawn.context, movement, &movement.to.text, drawn.incident);
    let task = Task::of("Ask whoever has to sign").by(Owner::One(Key::Reliability)).run([ask]);
    task.note("with `--wait 15m` it waits for the answer; `run --ask --wait 15m` does so, and goes on")
}

/// One signature that is wanting, with the command by which the team gives it.
pub(super) fn signature(context: &Context<'_>, verdict: &Verdict<'_>, wanted: &Wanted) -> Task {
    let movement = &verdict.movement;
    let to = &movement.to;
    let sign = commands::sign_off(context, movement, &to.text, wanted.key, &wanted.subjects, &wanted.with);
    let team = movement.service.owners.of(wanted.key).map_or(String::new(), |team| format!(" (`{team}`)"));
    let named = if wanted.subjects.is_empty() { &wanted.with } else { &wanted.subjects };
    let text = format!("Sign for `{to}`{team}, naming {}", named.join(", "));
    Task::of(text).by(Owner::One(wanted.key)).run([sign])
}
